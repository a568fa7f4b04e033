//! Looking into versions and at what differs, without downloading packages.

use std::fs;

use serde_json::json;

use crate::support::{Computer, files, redacted};

/// Two versions that differ in every way that is told.
fn shelf() -> Computer {
    let computer = Computer::new();
    let first = computer.plugin_with("weather-card", "1.0.0", &json!({ "permissions": ["location"] }));
    computer.write(&format!("{first}/lib/old-name.js"), "export const moved = true;\n");
    computer.write(&format!("{first}/icon.bin"), b"\x00\x01\x02");
    computer.write(&format!("{first}/gone.txt"), "going\n");
    computer.run(&["publish", &first]).ok();
    let second = computer.plugin_with(
        "weather-card",
        "1.1.0",
        &json!({ "permissions": ["location", "network"], "hosts": { "homebridge": ">=1.8" } }),
    );
    computer.write(&format!("{second}/lib/new-name.js"), "export const moved = true;\n");
    computer.write(&format!("{second}/icon.bin"), b"\x00\x01\x03");
    computer.write(&format!("{second}/come.txt"), "// \u{202e}trojan\n");
    computer.run(&["publish", &second]).ok();
    computer
}

#[test]
fn the_files_of_a_version() {
    let computer = shelf();
    let ran = computer.run(&["files", "weather-card@1.0.0"]).ok();
    let first = ran.stdout.lines().next().unwrap();
    assert!(first.starts_with("weather-card 1.0.0, every platform: 6 files, "), "{ran:#?}");
    assert!(ran.stdout.contains("27 B  0644  ") && ran.stdout.contains("  lib/old-name.js\n"), "{ran:#?}");
    insta::assert_json_snapshot!("files", redacted(computer.json(&["files", "weather-card"])));
    assert_eq!(computer.json(&["files", "weather-card@stable"])["version"], "1.1.0");
    let told = "error: There is no channel beta.\n";
    assert!(computer.run(&["files", "weather-card@beta"]).stderr.starts_with(told), "{:#?}", computer.run(&["files", "weather-card@beta"]));
    assert_eq!(computer.run(&["files", "weather-card@9.9.9"]).code, 3);
    assert_eq!(computer.run(&["files", "nobody"]).code, 3);
}

#[test]
fn one_file_exactly_as_it_is() {
    let computer = shelf();
    assert_eq!(computer.run(&["cat", "weather-card@1.0.0", "lib/old-name.js"]).ok().stdout, "export const moved = true;\n");
    let output = computer.command(&["cat", "weather-card", "icon.bin"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"\x00\x01\x03"[..]));
    let text = computer.json(&["cat", "weather-card@1.0.0", "gone.txt"]);
    assert_eq!((&text["text"], &text["version"], &text["file"]["size"]), (&json!("going\n"), &json!("1.0.0"), &json!(6)));
    computer
        .run(&["cat", "weather-card", "gone.txt"])
        .failed(3, "error: weather-card 1.1.0 has no file “gone.txt”.\nhint: See its files with `patchbay files weather-card@1.1.0`.\n");
}

/// A package that was damaged in the bucket is named, exit 7, and nothing of the file is printed.
#[test]
fn a_damaged_package_is_named_and_not_shown() {
    let computer = shelf();
    let package =
        files(&computer.home()).into_iter().find(|path| path.to_string_lossy().replace('\\', "/").contains("packages/weather-card/1.0.0/"));
    let package = package.unwrap();
    let mut bytes = fs::read(&package).unwrap();
    let at = bytes.windows(5).position(|part| part == b"going").unwrap();
    bytes[at] = b'G';
    fs::write(&package, &bytes).unwrap();
    let told = "error: “gone.txt” of weather-card 1.0.0 is not what was published: its bytes differ from its digest.\n\
        hint: Do not use it. Tell whoever administers the registry.\n";
    computer.run(&["cat", "weather-card@1.0.0", "gone.txt"]).failed(7, told);
    assert_eq!(computer.run(&["cat", "weather-card@1.0.0", "main.js"]).ok().stdout, "export const version = \"1.0.0\";\n");
    let diff = computer.run(&["diff", "weather-card", "1.0.0", "1.1.0"]).ok();
    assert!(diff.stdout.contains("NOT WHAT WAS PUBLISHED") && !diff.stdout.contains("Going"), "{diff:#?}");
    // Only files that differ are fetched: of one that does not, damage goes unnoticed until somebody reads it.
    let at = bytes.windows(9).position(|part| part == b"# Weather").unwrap();
    bytes[at] = b'!';
    fs::write(&package, bytes).unwrap();
    assert_eq!(computer.run(&["diff", "weather-card", "1.0.0", "1.1.0"]).ok().stdout, diff.stdout);
    assert_eq!(computer.run(&["cat", "weather-card@1.0.0", "README.md"]).code, 7);
}

#[test]
fn what_differs_between_two_versions() {
    let computer = shelf();
    insta::assert_snapshot!("diff", computer.run(&["diff", "weather-card", "1.0.0", "1.1.0"]).ok().stdout);
    let stat = computer.run(&["diff", "weather-card", "1.0.0", "stable", "--stat"]).ok().stdout;
    assert!(!stat.contains("@@") && stat.contains("lib/old-name.js → lib/new-name.js"), "{stat}");
    let one = computer.run(&["diff", "weather-card", "1.0.0", "1.1.0", "--file", "main.js"]).ok().stdout;
    assert!(one.contains("+export const version = \"1.1.0\";") && !one.contains("gone.txt"), "{one}");
    insta::assert_json_snapshot!("diff_json", redacted(computer.json(&["diff", "weather-card", "1.0.0", "1.1.0", "--file", "main.js"])));
    let same = computer.run(&["diff", "weather-card", "1.0.0", "1.0.0"]).ok().stdout;
    assert_eq!(same, "weather-card 1.0.0 → 1.0.0\nNothing differs.\n");
}

#[test]
fn what_publishing_a_folder_would_change() {
    let computer = shelf();
    let folder = computer.plugin("weather-card", "1.2.0");
    let against_newest = computer.json(&["diff", &folder]);
    assert_eq!((&against_newest["old"]["version"], &against_newest["new"]["version"]), (&json!("1.1.0"), &json!("1.2.0")));
    assert_eq!(computer.json(&["diff", &folder, "1.0.0"])["old"]["version"], "1.0.0");
    // A fix of an older line is compared with that line.
    let fix = computer.plugin("weather-card", "1.0.1");
    assert_eq!(computer.json(&["diff", &fix])["old"]["version"], "1.0.0");
    let first = computer.plugin("brand-new", "1.0.0");
    let ran = computer.run_with("", &["diff", &first]).ok();
    assert_eq!(ran.stdout, "brand-new 1.0.0 would be the first version.\n");
    computer.run(&["diff", "weather-cart"]).failed(
        2,
        "error: There is no folder weather-cart to compare.\n\
         hint: Name two versions, as in `patchbay diff weather-cart 1.0.0 1.1.0`, or a folder that exists.\n",
    );
}
