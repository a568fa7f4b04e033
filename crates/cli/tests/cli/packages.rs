//! `pack`, `init`, and what a publish says about what goes in.

use std::fs;

use serde_json::json;

use crate::support::{Computer, files};

/// A token that looks real and is put together here, so that this file holds none.
fn token() -> String {
    format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")
}

#[test]
fn packing_gives_the_same_bytes_and_a_dry_run_none() {
    let computer = Computer::new();
    let folder = computer.plugin("weather-card", "1.0.0");
    let plan = computer.json(&["pack", &folder, "--dry-run"]);
    assert_eq!((plan["manifest"]["id"].clone(), plan["package"]["platform"].clone()), (json!("weather-card"), json!("any")));
    assert!(!computer.path("weather-card-1.0.0.zip").exists());
    let first = computer.json(&["pack", &folder]);
    assert_eq!(first["path"], "weather-card-1.0.0.zip");
    let again = computer.json(&["pack", &format!("linux-x64={folder}"), "-o", "b.zip"]);
    assert_eq!((again["sha256"].clone(), again["platform"].clone()), (first["sha256"].clone(), json!("linux-x64")));
    let (a, b) = (fs::read(computer.path("weather-card-1.0.0.zip")).unwrap(), fs::read(computer.path("b.zip")).unwrap());
    assert_eq!(a, b);
    // Its own package is an archive as an author may have it.
    let from_archive = computer.json(&["pack", "b.zip", "-o", "c.zip"]);
    assert_eq!(from_archive["sha256"], first["sha256"]);
}

#[test]
fn init_writes_what_it_finds_once() {
    let computer = Computer::new();
    computer.write(
        "hue/package.json",
        r#"{"name":"@acme/homebridge-hue","version":"1.2.0","license":"MIT","engines":{"homebridge":"^1.6.0"}}"#,
    );
    let shown = computer.run(&["init", "hue", "--dry-run"]).ok();
    assert!(shown.stdout.contains("\"id\": \"acme.homebridge-hue\""), "{}", shown.stdout);
    assert!(shown.stdout.contains("hosts.homebridge  engines.homebridge in package.json"), "{}", shown.stdout);
    assert!(!computer.path("hue/patchbay.json").exists());
    assert_eq!(computer.json(&["init", "hue"])["written"], true);
    computer.run(&["init", "hue"]).failed(
        8,
        "error: The folder has a patchbay.json already; it stays as it is.\n\
         hint: Edit it, or see what it comes to with `patchbay pack --dry-run`.\n",
    );
}

#[test]
fn a_secret_stops_it_until_this_one_is_allowed() {
    let computer = Computer::new();
    let folder = computer.plugin("weather-card", "1.0.0");
    computer.write(&format!("{folder}/lib.js"), format!("// one\nconst t = \"{}\";\n", token()));
    let ran = computer.run(&["publish", &folder]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stderr,
        "error: Line 2 of “lib.js” holds what looks like a secret (github-token).\n\
         hint: Take it out and revoke it. If it is none, allow exactly this finding: --allow-secret github-token:lib.js:2\n"
    );
    computer.run(&["publish", &folder, "--allow-secret", "github-token:lib.js"]).failed(1, &ran.stderr);
    let packed = computer.run(&["pack", &folder, "--json"]);
    let said = format!("{}{}{}{}", ran.stdout, ran.stderr, packed.stdout, packed.stderr);
    assert!(!said.contains(&token()), "{said}");
    computer.run(&["publish", &folder, "--allow-secret", "github-token:lib.js:2"]).ok();
}

#[test]
fn packages_for_several_platforms_are_one_release() {
    let computer = Computer::new();
    for (platform, file) in [("linux", "a"), ("mac", "b")] {
        let folder = computer.plugin("weather-card", "1.0.0");
        fs::rename(computer.path(&folder), computer.path(platform)).unwrap();
        computer.write(&format!("{platform}/native.node"), file);
    }
    let both = ["publish", "linux-x64=linux", "darwin-arm64=mac"];
    let plan = computer.json(&[&both[..], &["--dry-run"]].concat());
    assert_eq!(plan["others"][0]["platform"], "darwin-arm64");
    computer.run(&both).ok();
    let show = computer.json(&["show", "weather-card"]);
    let platforms: Vec<_> = show["releases"][0]["artifacts"].as_array().unwrap().iter().map(|a| a["platform"].clone()).collect();
    assert_eq!(platforms, ["linux-x64", "darwin-arm64"]);
    assert_eq!(computer.json(&[&both[..], &["--dry-run"]].concat())["already_live"], true);
    computer.run(&["publish", "linux", "mac"]).failed(
        8,
        "error: “[computer]/linux” and “[computer]/mac” are both for any.\n\
         hint: Say in each manifest what it runs on (“platform”), or name it before the path: linux-x64=PATH.\n",
    );
    let other = computer.plugin("weather-card", "1.1.0");
    computer.run(&["publish", "linux-x64=linux", &format!("darwin-arm64={other}")]).failed(
        8,
        "error: “[computer]/linux” is weather-card 1.0.0, and “[computer]/weather-card-1.1.0” is weather-card 1.1.0.\n\
         hint: The packages of one release have one id and one version.\n",
    );
}

/// The registry's own limit, which its administrator has set: the limit, the size and the largest files are said, nothing is uploaded.
#[test]
fn a_package_that_is_larger_than_the_registry_takes() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    // The bucket's, and not the copy of it that this computer keeps.
    let in_bucket = |path: &std::path::Path| path.ends_with("registry.json") && path.to_string_lossy().contains("buckets");
    let about = files(&computer.home()).into_iter().find(|path| in_bucket(path)).unwrap();
    let mut told: serde_json::Value = serde_json::from_slice(&fs::read(&about).unwrap()).unwrap();
    told["limits"] = json!({ "package": 5000 });
    fs::write(&about, told.to_string()).unwrap();
    let folder = computer.plugin("weather-card", "1.1.0");
    // What does not compress: the high bytes of a sequence that is random enough.
    let noise: Vec<u8> = (0..6000_u32).map(|n| n.wrapping_mul(2_654_435_761).rotate_left(n % 31).to_be_bytes()[0]).collect();
    computer.write(&format!("{folder}/big.bin"), &noise[..5000]);
    computer.write(&format!("{folder}/small.bin"), &noise[5000..]);
    let stored = || files(&computer.home()).into_iter().filter(|path| path.to_string_lossy().contains("buckets")).count();
    let before = stored();
    let ran = computer.run(&["publish", &folder]);
    assert_eq!((ran.code, ran.stdout.as_str()), (8, ""), "{ran:#?}");
    let size = computer.json(&["pack", &folder])["size"].clone();
    assert!(ran.stderr.starts_with(&format!("error: The package has {size} bytes, and the registry takes 5000. The largest files: big.bin (5000 bytes), small.bin (1000 bytes), ")), "{ran:#?}");
    assert_eq!(stored(), before);
}
