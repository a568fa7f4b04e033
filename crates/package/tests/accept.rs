//! The strict door: the one form of a package passes, and everything else is refused with its reason.

use std::{fs, ops::ControlFlow, path::Path};

use patchbay_package::{
    Accepted, ArchiveError, Contents, Expected, Explain, Flaw, Limits, Manifest, Mode, Packed, accept, pack, scan, unpack,
};
use patchbay_testkit::zip::{Entry, Zip, deflate, extra, file, zip};

fn check(bytes: &[u8], limits: &Limits) -> Result<Accepted, ArchiveError> {
    accept(bytes, &Expected::default(), limits, &mut |_| ControlFlow::Continue(()))
}

fn refused(zip: &Zip) -> String {
    said(&zip.bytes(), &Limits::DEFAULT)
}

fn said(bytes: &[u8], limits: &Limits) -> String {
    match check(bytes, limits) {
        Err(ArchiveError::Refused(flaw)) => flaw.to_string(),
        other => panic!("{other:?}"),
    }
}

fn noise(len: usize) -> Vec<u8> {
    (0_u32..).flat_map(|i| patchbay_package::Digest::of(&i.to_le_bytes()).0).take(len).collect()
}

fn two() -> [Entry; 2] {
    [file("a.js", &b"the same ".repeat(30)), file("b.bin", b"stored")]
}

fn first(change: impl FnOnce(&mut Entry)) -> Zip {
    let [a, b] = two();
    zip([a.with(change), b])
}

#[test]
fn what_pack_makes_passes_and_comes_out_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.path().join("plugin").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write("patchbay.json", br#"{"id":"a","version":"1.0.0","executables":["bin/run"]}"#);
    write("bin/run", b"#!/bin/sh\n");
    write("lib/\u{fc}.js", &b"words and words ".repeat(100_000));
    write("noise.bin", &noise(700_000));
    write("empty", b"");
    let folder = dir.path().join("plugin");
    let (packed, bytes) = pack_folder(&folder);

    let accepted = check(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(accepted, Accepted { sha256: packed.sha256, size: packed.size, list: packed.list.clone() });
    let expected = Expected { sha256: Some(packed.sha256), size: Some(packed.size), list: Some(&packed.list) };
    let into = dir.path().join("out/new");
    fs::create_dir(dir.path().join("out")).unwrap();
    let mut told = 0;
    let unpacked = unpack(&bytes, &expected, &into, &Limits::DEFAULT, &mut |done| {
        told = done;
        ControlFlow::Continue(())
    });
    assert_eq!(unpacked.unwrap(), accepted);
    assert_eq!(told, packed.unpacked_size);
    for entry in &packed.list.files {
        assert_eq!(fs::read(into.join(&entry.path)).unwrap(), fs::read(folder.join(&entry.path)).unwrap(), "{}", entry.path);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(into.join(&entry.path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o100 != 0, entry.mode == Mode::Executable, "{}", entry.path);
        }
    }
    assert_eq!(scan(&into, &Limits::DEFAULT).unwrap().files.len(), packed.list.files.len(), "and nothing else");
    assert_eq!(fs::read_dir(dir.path().join("out")).unwrap().count(), 1, "nothing is left beside");
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    unpack(&bytes, &expected, &empty, &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(pack_folder(&empty), (packed, bytes), "it packs to the same bytes");
}

fn pack_folder(folder: &Path) -> (Packed, Vec<u8>) {
    let manifest = Manifest::read(folder).unwrap().manifest;
    let contents: Contents = scan(folder, &Limits::DEFAULT).unwrap();
    let (mut bytes, scratch) = (Vec::new(), tempfile::tempdir().unwrap());
    let packed = pack(folder, &contents, &manifest, &Limits::DEFAULT, scratch.path(), &mut bytes, &mut |_| ControlFlow::Continue(()));
    (packed.unwrap(), bytes)
}

#[test]
fn the_builder_writes_packages_until_it_is_told_to_lie() {
    let accepted = check(&zip(two()).bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!(accepted.list.files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["a.js", "b.bin"]);
}

#[test]
fn an_end_that_is_not_the_end() {
    let end = "The archive does not end as one does: it is cut off, or something stands after its end.";
    let whole = zip(two()).bytes();
    for len in (0..whole.len()).rev() {
        assert!(matches!(check(&whole[..len], &Limits::DEFAULT), Err(ArchiveError::Refused(_))), "cut at {len}");
    }
    assert_eq!(said(b"", &Limits::DEFAULT), end);
    assert_eq!(refused(&zip(two()).with(|z| z.after = vec![0])), end);
    assert_eq!(refused(&zip(two()).with(|z| z.comment = b"hello".to_vec())), end);
    assert_eq!(refused(&zip(two()).with(|z| z.list_size = Some(5000))), end);
    // One archive in the comment of another; readers take the first end or the last.
    let inner = zip([file("evil", b"1")]).bytes();
    assert_eq!(
        refused(&zip(two()).with(|z| z.comment = inner)),
        "The archive holds 214 bytes at byte 85 that belong to none of its entries."
    );
    assert_eq!(refused(&zip(two()).with(|z| z.disks = [1, 1])), "The archive is a part of one that is divided into several files.");
    assert_eq!(refused(&zip([])), "There is nothing in the archive.");
    let zip64 = "The archive's fields for large sizes (ZIP64) are not what they must be.";
    assert_eq!(refused(&zip(two()).with_zip64()), zip64);
    assert_eq!(refused(&zip(two()).with(|z| z.count = Some(u16::MAX))), zip64);
    let record = zip(two()).with_zip64().after_list;
    let hidden = refused(&zip(two()).with(|z| z.after_list = record));
    assert!(hidden.starts_with("The archive holds 76 bytes at byte "), "{hidden}");
}

#[test]
fn bytes_that_belong_to_nothing() {
    let hidden = |zip: &Zip| assert!(refused(zip).contains("belong to none of its entries"), "{}", refused(zip));
    // Before the first entry, between two, before the list: a prefix, an entry that only readers of the stream see.
    hidden(&first(|e| e.before = b"#!/bin/sh\n".to_vec()));
    let [a, b] = two();
    hidden(&zip([a.clone(), b.clone().with(|e| e.before = b"gap".to_vec())]));
    hidden(&zip([a.clone(), file("aa", b"unlisted").with(|e| e.is_listed = false), b.clone()]));
    hidden(&zip([a.clone(), b.clone()]).with(|z| z.before_list = b"gap".to_vec()));
    // Listed after what the end record counts.
    hidden(&zip([a.clone(), b.clone()]).with(|z| z.count = Some(1)));
    assert_eq!(refused(&zip([a, b]).with(|z| z.count = Some(3))), "The archive's header number 3 is damaged.");
}

#[test]
fn entries_that_share_bytes() {
    let [a, b] = two();
    // Both at one place (Fifield's quoted overlap in its simplest form).
    let same = file("b", &b"the same ".repeat(30)).with(|e| (e.is_written, e.offset) = (false, Some(0)));
    assert_eq!(refused(&zip([a.clone(), same, b.clone()])), "“b” shares bytes with another entry of the archive.");
    let reaching = a.both(|h| h.packed += 10);
    assert_eq!(refused(&zip([reaching, b])), "“b.bin” shares bytes with another entry of the archive.");
}

#[test]
fn headers_that_disagree() {
    let about = |change: fn(&mut Entry)| refused(&first(change));
    assert_eq!(about(|e| e.local.crc32 += 1), "“a.js”: the archive contradicts itself about its checksum.");
    assert_eq!(about(|e| e.local.size += 1), "“a.js”: the archive contradicts itself about its size.");
    assert_eq!(about(|e| e.local.packed = 0), "“a.js”: the archive contradicts itself about its size.");
    assert_eq!(about(|e| e.local.name = b"z.js".to_vec()), "“a.js”: the archive contradicts itself about its name.");
    assert_eq!(about(|e| e.local.method = 0), "“a.js”: the archive contradicts itself about its header.");
    assert_eq!(about(|e| e.local.extra = extra(1, &[0; 16])), "“a.js”: the archive contradicts itself about its header.");
    assert_eq!(about(|e| e.local.signature = *b"XXXX"), "The archive's header number 1 is damaged.");
    assert_eq!(about(|e| e.central.signature = *b"XXXX"), "The archive's header number 1 is damaged.");
}

#[test]
fn what_no_package_has() {
    let about = |change: fn(Entry) -> Entry| {
        let [a, b] = two();
        refused(&zip([change(a), b]))
    };
    let both = |zip: String, field: &str| assert_eq!(zip, format!("“a.js”: the {field} is not what Patchbay writes into a package."));
    assert_eq!(about(|e| e.both(|h| h.flags |= 1)), "“a.js” is encrypted.");
    assert_eq!(about(|e| e.both(|h| h.flags |= 1 << 13)), "“a.js” is encrypted.");
    assert_eq!(about(|e| e.both(|h| h.method = 14)), "“a.js” is compressed with method 14; only stored and deflated entries are read.");
    assert_eq!(about(|e| e.with(|e| e.central.extra = extra(0x7075, b"x"))), "“a.js” has extra fields that are not allowed.");
    assert_eq!(about(|e| e.with(|e| e.disk = 1)), "The archive is a part of one that is divided into several files.");
    assert_eq!(about(|e| e.with(|e| e.external = 0o120_777 << 16)), "“a.js” is a link, and links are refused.");
    assert_eq!(about(|e| e.with(|e| e.external = 0o020_666 << 16)), "“a.js” is neither a file nor a folder.");
    assert_eq!(about(|e| e.both(|h| h.size = u32::MAX)), "The archive's fields for large sizes (ZIP64) are not what they must be.");
    both(about(Entry::streamed), "data descriptor");
    both(about(|e| e.with(|e| e.comment = b"x".to_vec())), "comment");
    both(about(|e| e.with(|e| e.external = 0o100_666 << 16)), "mode");
    both(about(|e| e.with(|e| e.external |= 1)), "mode");
    both(about(|e| e.with(|e| e.internal = 1)), "header");
    both(about(|e| e.with(|e| e.made_by = 20)), "header");
    both(about(|e| e.both(|h| h.time = 1)), "header");
    both(about(|e| e.both(|h| h.date = 0)), "header");
    both(about(|e| e.both(|h| h.needed = 10)), "header");
    both(about(|e| e.both(|h| h.flags = 0)), "header");
    // Deflated without being smaller, and stored in fewer bytes than there are.
    both(about(|_| file("a.js", b"x").both(|h| (h.method, h.packed) = (8, 3)).with(|e| e.data = deflate(b"x"))), "method");
    both(about(|e| e.both(|h| h.method = 0)), "method");
    let [a, b] = two();
    assert_eq!(refused(&zip([b.clone(), a.clone()])), "“a.js”: the order is not what Patchbay writes into a package.");
    assert_eq!(refused(&zip([a.clone(), a.clone(), b])), "“a.js” is in the archive twice.");
    // A folder has an entry in ordinary archives, and none in a package.
    let folder = file("a/", b"").with(|e| e.external = 0o040_755 << 16);
    both(refused(&zip([folder])).replace("a/", "a.js"), "mode");
}

#[test]
fn names() {
    let name = |name: &str| refused(&zip([file(name, b"1")]));
    for bad in
        ["../x", "/etc/x", "C:x", "\\\\h\\s", "a//b", "a/./b", "~/x", "con", "nul.js", "a.", "b ", "a:b", "a\u{202e}b", "a\0b", "e\u{301}"]
    {
        assert!(name(bad).contains(&patchbay_package::check_path(bad).unwrap_err().to_string()), "{bad}");
    }
    assert!(name(&"a".repeat(101)).contains("too long"));
    assert!(name(&["a"; 17].join("/")).contains("17 folders deep"));
    assert!(name(&"aa/".repeat(200)).contains("at most 240"));
    let odd = zip([file("a", b"1").both(|h| h.name = vec![0xff])]);
    assert_eq!(refused(&odd), "The name “\u{fffd}” is not UTF-8 text.");
    for [one, other] in [["A", "a"], ["\u{fb03}", "ffi"], ["ſ", "s"], ["a", "a/b"], ["X/a", "x/b"]] {
        let mut names = [one, other];
        names.sort_unstable();
        let said = refused(&zip(names.map(|n| file(n, b"1"))));
        assert!(said.ends_with("are the same name on some systems."), "{said}");
    }
}

#[test]
fn contents_that_are_not_what_is_said() {
    let about = |change: fn(Entry) -> Entry| {
        let [a, b] = two();
        refused(&zip([change(a), b]))
    };
    assert_eq!(about(|e| e.both(|h| h.crc32 ^= 1)), "“a.js” is damaged: its checksum is another.");
    assert!(about(|e| e.with(|e| e.data[5] ^= 0x55)).contains("“a.js”"));
    // More comes out than is said (a bomb), and less.
    assert_eq!(about(|e| e.both(|h| h.size = 100)), "“a.js” says that it has 100 bytes, and that is not so.");
    assert_eq!(about(|e| e.both(|h| h.size = 1000)), "“a.js” says that it has 1000 bytes, and that is not so.");
    // Something behind the end of the compressed stream, and a stream without an end.
    let damaged = "The compressed bytes of “a.js” are damaged.";
    assert_eq!(about(|e| e.both(|h| h.packed += 4).with(|e| e.data.extend([0; 4]))), damaged);
    assert_eq!(about(|e| e.both(|h| h.packed -= 1).with(|e| e.data.truncate(e.data.len() - 1))), damaged);
}

#[test]
fn limits_are_values() {
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::DEFAULT;
        change(&mut limits);
        said(&zip(two()).bytes(), &limits)
    };
    assert_eq!(limits(|l| l.files = 1), "The archive has more than 1 entries.");
    assert_eq!(limits(|l| l.file_size = 100), "“a.js” is larger than 100 bytes, the most that one file may have.");
    assert_eq!(limits(|l| l.unpacked_size = 271), "The files in the archive are larger together than 271 bytes.");
    assert_eq!(limits(|l| l.package_size = 100), "The package is larger than 100 bytes.");
}

#[test]
fn what_is_expected() {
    let bytes = zip(two()).bytes();
    let accepted = check(&bytes, &Limits::DEFAULT).unwrap();
    let other = check(&zip([file("a.js", b"other")]).bytes(), &Limits::DEFAULT).unwrap();
    let about = |expected: Expected<'_>| match accept(&bytes, &expected, &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())) {
        Err(ArchiveError::Refused(Flaw::NotExpected { about })) => about,
        other => panic!("{other:?}"),
    };
    assert_eq!(about(Expected { sha256: Some(other.sha256), ..Expected::default() }), "digest");
    assert_eq!(about(Expected { size: Some(1), ..Expected::default() }), "size");
    assert_eq!(about(Expected { list: Some(&other.list), ..Expected::default() }), "file list");
    let right = Expected { sha256: Some(accepted.sha256), size: Some(accepted.size), list: Some(&accepted.list) };
    accept(&bytes, &right, &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).unwrap();
}

#[test]
fn nothing_is_left_of_a_package_that_is_refused_or_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let [a, b] = two();
    let good = zip([a.clone(), b.clone()]).bytes();
    let damaged = zip([a, b.both(|h| h.crc32 ^= 1)]).bytes();
    let (new, empty, full) = (dir.path().join("new"), dir.path().join("empty"), dir.path().join("full"));
    fs::create_dir(&empty).unwrap();
    fs::create_dir(&full).unwrap();
    fs::write(full.join("mine"), "1").unwrap();
    let run = |bytes: &[u8], into: &Path, flow: ControlFlow<()>| {
        unpack(bytes, &Expected::default(), into, &Limits::DEFAULT, &mut |_| flow).unwrap_err()
    };
    for into in [&new, &empty] {
        assert_eq!(run(&damaged, into, ControlFlow::Continue(())).to_string(), "“b.bin” is damaged: its checksum is another.");
        assert_eq!(run(&good, into, ControlFlow::Break(())).kind(), "cancelled");
    }
    assert_eq!(run(&good, &full, ControlFlow::Continue(())).kind(), "folder_not_empty");
    assert_eq!(run(&good, &full.join("mine"), ControlFlow::Continue(())).kind(), "folder_not_empty");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no new folder, and nothing beside");
    assert_eq!(fs::read_dir(&empty).unwrap().count(), 0);
    assert_eq!(fs::read_dir(&full).unwrap().count(), 1);
}
