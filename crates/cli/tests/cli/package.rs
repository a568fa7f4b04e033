//! Packages as files: `verify` and `unpack`.

use std::fs;

use crate::support::Computer;

/// A computer with a package of a plugin in `good.zip`, and its bytes.
fn with_package() -> (Computer, Vec<u8>) {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.run(&["download", "weather-card", "-o", "good.zip"]).ok();
    let bytes = fs::read(computer.path("good.zip")).unwrap();
    (computer, bytes)
}

#[test]
fn a_package_is_checked_and_unpacked() {
    let (computer, bytes) = with_package();
    let told = computer.run(&["verify", "good.zip"]).ok();
    assert!(told.stdout.starts_with("good.zip is a package in order.\n"), "{told:#?}");
    let found = computer.run(&["verify", "good.zip", "--json"]).ok().json();
    assert_eq!((found["size"].as_u64(), &found["folder"]), (Some(bytes.len() as u64), &serde_json::Value::Null));
    let done = computer.run(&["unpack", "good.zip", "new", "--json"]).ok().json();
    assert_eq!((&done["folder"], &done["sha256"]), (&"new".into(), &found["sha256"]));
    assert_eq!(Some(fs::read_dir(computer.path("new")).unwrap().count() as u64), done["files"].as_u64());
    let told = computer.run(&["unpack", "good.zip", "again"]).ok();
    assert!(told.stdout.starts_with("Unpacked good.zip into again.\n"), "{told:#?}");
    computer
        .run(&["unpack", "good.zip", "new"])
        .failed(2, "error: “new” is not an empty folder.\nhint: Name a folder that does not exist yet, or an empty one.\n");
}

#[test]
fn a_package_that_is_refused() {
    let (computer, bytes) = with_package();
    fs::write(computer.path("longer.zip"), [&bytes[..], b"x"].concat()).unwrap();
    let told = "error: The archive does not end as one does: it is cut off, or something stands after its end.\n\
                hint: Make it again from its files, or get it again from where it came.\n";
    computer.run(&["verify", "longer.zip"]).failed(7, told);
    computer.run(&["unpack", "longer.zip", "new"]).failed(7, told);
    assert!(!computer.path("new").exists());
    let refused = computer.run(&["verify", "longer.zip", "--json"]);
    assert_eq!((refused.code, refused.json()["error"]["kind"].as_str()), (7, Some("archive_end")));
    computer
        .run(&["verify", "nowhere.zip"])
        .failed(3, "error: The archive cannot be read: it is not there.\nhint: Check the path, and that you may read it.\n");
}

/// Somebody replaced a package in the bucket: it is called what it is, and nothing of it is saved or shown.
#[test]
fn a_package_in_the_bucket_that_is_another_one_now() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    let mut open = vec![computer.home().join("registry/buckets")];
    let mut packages = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "zip") {
                packages.push(path);
            }
        }
    }
    let [package] = &packages[..] else { panic!("{packages:?}") };
    let mut bytes = fs::read(package).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(package, bytes).unwrap();
    let ran = computer.run(&["download", "weather-card", "-o", "it.zip"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (7, ""), "{ran:#?}");
    assert!(ran.stderr.contains("packages/weather-card/1.0.0/"), "{ran:#?}");
    assert!(!computer.path("it.zip").exists());
}
