//! The lenient door never panics, and writes nothing outside of the folder, nor links, nor names that no package can have.
#![no_main]

use std::{fs, ops::ControlFlow};

use libfuzzer_sys::fuzz_target;
use patchbay_package::{Limits, scan, unpack_input};

fuzz_target!(|bytes: &[u8]| {
    let dir = tempfile::tempdir().expect("a folder");
    let (archive, into) = (dir.path().join("archive"), dir.path().join("into"));
    fs::write(&archive, bytes).expect("a file");
    fs::create_dir(&into).expect("a folder");
    let limits = Limits { unpacked_size: 1 << 20, files: 100, ..Limits::DEFAULT };
    let result = unpack_input(&archive, &into, &limits, &mut |_| ControlFlow::Continue(()));
    assert_eq!(fs::read_dir(dir.path()).expect("the folder").count(), 2);
    if result.is_ok() {
        let contents = scan(&into, &limits).expect("what was unpacked");
        assert!(contents.unpacked_size <= limits.unpacked_size);
        let never = ["link", "special_file", "name_not_unicode", "path_collision"];
        assert!(contents.problems.iter().all(|p| !never.contains(&p.kind)), "{:?}", contents.problems);
    }
});
