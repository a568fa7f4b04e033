//! The strict door never panics, and what it accepts is the same to the crate `zip`.
#![no_main]

use std::{
    io::{Cursor, Read as _},
    ops::ControlFlow,
};

use libfuzzer_sys::fuzz_target;
use patchbay_package::{Digest, Expected, Limits, accept};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { unpacked_size: 1 << 20, ..Limits::DEFAULT };
    let Ok(accepted) = accept(bytes, &Expected::default(), &limits, &mut |_| ControlFlow::Continue(())) else { return };
    assert_eq!(accepted.sha256, Digest::of(bytes));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("accepted");
    assert_eq!(archive.len(), accepted.list.files.len());
    for (index, entry) in accepted.list.files.iter().enumerate() {
        let mut file = archive.by_index(index).expect("accepted");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("accepted");
        assert_eq!((file.name().expect("accepted").as_ref(), file.data_start()), (entry.path.as_str(), Some(entry.offset)));
        assert_eq!((Digest::of(&content), content.len() as u64), (entry.sha256, entry.size));
    }
});
