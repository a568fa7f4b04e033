//! What authors have is unpacked as it is, or refused.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Write as _},
    ops::ControlFlow,
    path::Path,
};

use patchbay_package::{ArchiveError, Explain, InputKind, Limits, unpack_input};

/// What comes out of an archive: every file with its bytes, every folder with none.
fn unpack(archive: &[u8]) -> Result<(InputKind, BTreeMap<String, String>), ArchiveError> {
    let dir = tempfile::tempdir().unwrap();
    let (file, into) = (dir.path().join("archive"), dir.path().join("into"));
    fs::write(&file, archive).unwrap();
    fs::create_dir(&into).unwrap();
    let kind = unpack_input(&file, &into, &Limits::DEFAULT, &mut |_| ControlFlow::Continue(()))?;
    let mut found = BTreeMap::new();
    list(&into, "", &mut found);
    Ok((kind, found))
}

fn list(folder: &Path, name: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            found.insert(format!("{name}/"), String::new());
            list(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        let options = zip::write::SimpleFileOptions::default();
        if name.ends_with('/') {
            zip.add_directory(*name, options).unwrap();
        } else {
            zip.start_file(*name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn names(found: &BTreeMap<String, String>) -> Vec<&str> {
    found.keys().map(String::as_str).collect()
}

#[test]
fn a_zip_with_the_files_or_with_their_folder() {
    let (kind, found) = unpack(&zipped(&[("package.json", "{}"), ("empty/", ""), ("lib/a.js", "1")])).unwrap();
    assert_eq!((kind, names(&found)), (InputKind::Zip, vec!["empty/", "lib/", "lib/a.js", "package.json"]));
    assert_eq!(found["lib/a.js"], "1");
    let one_folder = [("plug/", ""), ("plug/package.json", "{}"), ("plug/lib/a.js", "1"), ("__MACOSX/plug/._a.js", "x"), ("._plug", "x")];
    assert_eq!(names(&unpack(&zipped(&one_folder)).unwrap().1), ["lib/", "lib/a.js", "package.json"]);
}

#[test]
fn a_vsix_is_what_is_in_its_extension_folder() {
    let entries = [("extension.vsixmanifest", "<x/>"), ("[Content_Types].xml", "<x/>"), ("extension/package.json", "{}")];
    let (kind, found) = unpack(&zipped(&entries)).unwrap();
    assert_eq!((kind, names(&found)), (InputKind::Vsix, vec!["package.json"]));
    // Without its manifest it is a folder of that name.
    assert_eq!(unpack(&zipped(&entries[1..])).unwrap().0, InputKind::Zip);
}

#[test]
fn other_files_are_named_as_such() {
    for bytes in [b"".as_slice(), b"x", b"<html>", b"P", &[0x1f]] {
        let e = unpack(bytes).unwrap_err();
        assert_eq!(e.kind(), "archive_unknown", "{e}");
    }
    let e = unpack(b"PK").unwrap_err();
    assert_eq!(e.to_string(), "The archive does not end as one does: it is cut off, or something stands after its end.");
    assert_eq!(unpack(&[0x1f, 0x8b, 8]).unwrap_err().to_string(), "The archive's compressed bytes (gzip) are damaged or cut off.");
}
