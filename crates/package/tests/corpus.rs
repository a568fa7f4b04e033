//! What fuzzing kept, through both doors: neither breaks, and what the strict one lets in the lenient one unpacks as well.

use std::{fs, ops::ControlFlow, path::Path};

use patchbay_package::{Expected, Limits, accept, scan, unpack_input};

#[test]
fn what_fuzzing_kept() {
    let mut seen = 0;
    for folder in ["strict", "lenient"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let archive = entry.unwrap().path();
            let file = fs::File::open(&archive).unwrap();
            let accepted = accept(&file, &Expected::default(), &Limits::DEFAULT, &mut |_| ControlFlow::Continue(()));
            let into = tempfile::tempdir().unwrap();
            let unpacked = unpack_input(&archive, into.path(), &Limits::DEFAULT, &mut |_| ControlFlow::Continue(()));
            seen += 1;
            let Ok(accepted) = accepted else { continue };
            unpacked.unwrap();
            // Rules keep files out and bring none in.
            let contents = scan(into.path(), &Limits::DEFAULT).unwrap();
            assert!(contents.files.len() <= accepted.list.files.len(), "{}", archive.display());
        }
    }
    assert!(seen > 8, "{seen}");
}
