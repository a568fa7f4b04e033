//! What authors have is unpacked as it is, or refused.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Write as _},
    ops::ControlFlow,
    path::Path,
};

use patchbay_package::{ArchiveError, Explain, InputKind, Limits, Manifest, scan_packed, unpack_input};
use patchbay_testkit::{
    tar::{self, entry, gzip, pax, tgz},
    zip::{Entry, extra, file, zip},
};

/// What comes out of an archive: every file with its bytes, every folder with none.
type Found = BTreeMap<String, String>;

fn unpack(archive: &[u8]) -> Result<(InputKind, Found), ArchiveError> {
    within(archive, &Limits::DEFAULT)
}

fn within(archive: &[u8], limits: &Limits) -> Result<(InputKind, Found), ArchiveError> {
    let dir = tempfile::tempdir().unwrap();
    let (file, into) = (dir.path().join("archive"), dir.path().join("into"));
    fs::write(&file, archive).unwrap();
    fs::create_dir(&into).unwrap();
    let kind = unpack_input(&file, &into, limits, &mut |_| ControlFlow::Continue(()))?;
    let mut found = Found::new();
    list(&into, "", &mut found);
    Ok((kind, found))
}

fn list(folder: &Path, name: &str, found: &mut Found) {
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
    let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        let options = ::zip::write::SimpleFileOptions::default();
        if name.ends_with('/') {
            zip.add_directory(*name, options).unwrap();
        } else {
            zip.start_file(*name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn names(found: &Found) -> Vec<&str> {
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
    // What it says about itself comes along, unless the plugin has a file of that name.
    assert_eq!((kind, names(&found)), (InputKind::Vsix, vec!["extension.vsixmanifest", "package.json"]));
    let own = unpack(&zipped(&[&entries[..], &[("extension/Extension.vsixmanifest", "own")]].concat())).unwrap().1;
    assert_eq!((names(&own), own["Extension.vsixmanifest"].as_str()), (vec!["Extension.vsixmanifest", "package.json"], "own"));
    // Without its manifest it is a folder of that name.
    assert_eq!(unpack(&zipped(&entries[1..])).unwrap().0, InputKind::Zip);
}

/// The same plugin for one platform and for another is told apart by the manifest in the `.vsix`, whatever its name is.
#[test]
fn the_platform_of_a_vsix_is_what_its_manifest_says() {
    let package = r#"{"name":"tool","publisher":"ada","version":"1.0.0","engines":{"vscode":"^1.80.0"}}"#;
    for (target, expected) in [
        (r#"TargetPlatform="linux-arm64""#, "linux-arm64"),
        (r#"TargetPlatform="web""#, "web"),
        (r#"TargetPlatform="universal""#, "any"),
        ("", "any"),
    ] {
        let vsix = format!(r#"<PackageManifest><Metadata><Identity Id="tool" Version="1.0.0" {target} /></Metadata></PackageManifest>"#);
        let dir = tempfile::tempdir().unwrap();
        let (archive, into) = (dir.path().join("tool.vsix"), dir.path().join("into"));
        fs::create_dir(&into).unwrap();
        fs::write(&archive, zipped(&[("extension.vsixmanifest", &vsix), ("extension/package.json", package), ("extension/a.js", "")]))
            .unwrap();
        unpack_input(&archive, &into, &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(Manifest::read(&into).unwrap().manifest.platform, expected, "{target}");
        // It is about the plugin and not of it: the same files packed from the author's folder are the same package.
        let contents = scan_packed(&into, &Limits::DEFAULT).unwrap();
        assert_eq!(contents.files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["a.js", "package.json"]);
        assert_eq!(contents.excluded[0].path, "extension.vsixmanifest");
    }
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

/// Why an archive is refused. Nothing was written into the folder by then.
fn refused(archive: &[u8]) -> String {
    match unpack(archive) {
        Err(ArchiveError::Refused(flaw)) => flaw.to_string(),
        other => panic!("{other:?}"),
    }
}

fn text() -> Entry {
    file("a.js", &b"the same ".repeat(30))
}

fn one(change: impl FnOnce(Entry) -> Entry) -> Vec<u8> {
    zip([change(text()), file("b", b"stored")]).bytes()
}

#[test]
fn what_ordinary_programs_write_into_a_zip() {
    let passes = |bytes: &[u8]| assert_eq!(names(&unpack(bytes).unwrap().1), ["a.js", "b"]);
    passes(&one(|e| e));
    passes(&one(|e| e.streamed()));
    // Without the signature, and with the flag in the local header only.
    passes(&one(|e| e.streamed().with(|e| drop(e.descriptor.drain(..4)))));
    passes(&one(|e| e.streamed().with(|e| e.central.flags &= !(1 << 3))));
    passes(&zip([text(), file("b", b"stored")]).with(|z| z.comment = b"made by hand".to_vec()).bytes());
    passes(&zip([text(), file("b", b"stored")]).with_zip64().bytes());
    passes(&one(|e| e.both(|h| h.extra = extra(0x5455, b"\x03abcdefgh")).with(|e| e.comment = b"x".to_vec())));
    passes(&one(|e| e.with(|e| (e.made_by, e.external) = (20, 0x20)).both(|h| (h.time, h.date, h.needed, h.flags) = (7, 0x5a21, 10, 2))));
    // ZIP64's sizes where they would not be needed.
    passes(&one(|e| {
        let sizes = [e.local.size, e.local.packed].map(|n| u64::from(n).to_le_bytes()).concat();
        e.both(|h| (h.size, h.packed, h.extra) = (u32::MAX, u32::MAX, extra(1, &sizes)))
    }));
    // The same name again, in UTF-8.
    let mut again = vec![1];
    again.extend(patchbay_testkit::zip::crc32(b"a.js").to_le_bytes());
    again.extend(b"a.js");
    passes(&one(|e| e.both(|h| h.extra = extra(0x7075, &again))));
    // In any order, with any name that a folder could have.
    let mut both = zip([file("b", b"stored"), text()]);
    passes(&both.bytes());
    both.entries.push(file("e\u{301}.md", b""));
    assert_eq!(unpack(&both.bytes()).unwrap().1.len(), 3, "macOS decomposes names");
}

#[test]
fn a_zip_that_programs_read_differently() {
    let contradicts = |bytes: &[u8], about: &str| {
        assert_eq!(refused(bytes), format!("“a.js”: the archive contradicts itself about its {about}."));
    };
    contradicts(&one(|e| e.with(|e| e.local.name = b"z.js".to_vec())), "name");
    contradicts(&one(|e| e.with(|e| e.local.method = 0)), "method");
    contradicts(&one(|e| e.with(|e| e.local.flags = 0)), "flags");
    contradicts(&one(|e| e.with(|e| e.local.crc32 ^= 1)), "checksum");
    contradicts(&one(|e| e.with(|e| e.local.size += 1)), "size");
    contradicts(&one(|e| e.streamed().with(|e| e.descriptor[9] ^= 1)), "size");
    contradicts(&one(|e| e.streamed().with(|e| e.descriptor.truncate(7))), "size");
    contradicts(&one(|e| e.both(|h| h.extra = extra(0x7075, b"\x01\0\0\0\0../x"))), "name");
    contradicts(&one(|e| e.with(|e| e.external = 0o040_755 << 16)), "kind");
    contradicts(&one(|e| e.with(|e| e.external |= 0x10)), "kind");
    let fields = |bytes: &[u8], what: &str| assert_eq!(refused(bytes), format!("“a.js” has {what} that are not allowed."));
    fields(&one(|e| e.both(|h| h.extra = vec![1, 2, 3])), "extra fields");
    fields(&one(|e| e.both(|h| h.extra = extra(1, b"")[..3].to_vec())), "extra fields");
    fields(&one(|e| e.both(|h| h.flags |= 1 << 4)), "flags");
    let zip64 = "The archive's fields for large sizes (ZIP64) are not what they must be.";
    assert_eq!(refused(&one(|e| e.both(|h| h.size = u32::MAX))), zip64);
    assert_eq!(refused(&one(|e| e.both(|h| h.extra = extra(1, &[0; 8])))), zip64);
    // The two end records of ZIP64 and of old programs list other numbers.
    for count in [0, 1] {
        assert_eq!(refused(&zip([text(), file("b", b"")]).with_zip64().with(|z| z.count = Some(count)).bytes()), zip64);
    }
    assert_eq!(refused(&zip([text()]).with_zip64().with(|z| z.after_list[60] ^= 1).bytes()), zip64);
    assert_eq!(refused(&zip([text()]).with(|z| z.list_start = Some(u32::MAX)).bytes()), zip64);
    let ends = "The archive has more than one end; programs disagree about which of its lists counts.";
    let inner = zip([file("evil", b"")]).bytes();
    assert_eq!(refused(&zip([text()]).with(|z| z.comment = inner.clone()).bytes()), ends);
    assert_eq!(refused(&zip([text()]).with(|z| z.comment = b"PK\x05\x06".to_vec()).bytes()), ends);
    assert_eq!(refused(&[zip([text()]).bytes(), inner].concat()).split(" bytes").next(), Some("The archive holds 122"));
}

#[test]
fn a_zip_with_something_hidden() {
    let hidden = |bytes: &[u8]| assert!(refused(bytes).contains("that belong to none of its entries"), "{}", refused(bytes));
    hidden(&zip([text(), file("b", b"").with(|e| e.is_listed = false), file("c", b"")]).bytes());
    hidden(&zip([text(), file("b", b"").with(|e| e.before = b"gap".to_vec())]).bytes());
    hidden(&zip([text()]).with(|z| z.before_list = b"gap".to_vec()).bytes());
    hidden(&zip([text(), file("b", b"")]).with(|z| z.count = Some(1)).bytes());
    hidden(&zip([text()]).with(|z| z.after_list = b"gap".to_vec()).bytes());
    let same = file("c", &b"the same ".repeat(30)).with(|e| (e.is_written, e.offset) = (false, Some(0)));
    assert!(refused(&zip([text(), same]).bytes()).ends_with("shares bytes with another entry of the archive."));
    let end = "The archive does not end as one does: it is cut off, or something stands after its end.";
    assert_eq!(refused(&zip([text()]).with(|z| z.after = vec![0]).bytes()), end);
    assert_eq!(refused(&zip([text()]).with(|z| z.comment_len = Some(1)).bytes()), end);
    assert_eq!(
        refused(&zip([text()]).with(|z| z.disks = [1, 1]).bytes()),
        "The archive is a part of one that is divided into several files."
    );
}

#[test]
fn entries_of_a_zip_that_are_no_files() {
    let link = "“a.js” is a link, and links are refused.";
    let special = "“a.js” is neither a file nor a folder.";
    assert_eq!(refused(&one(|e| e.with(|e| e.external = 0o120_777 << 16))), link);
    // Whatever system is said to have made it.
    assert_eq!(refused(&one(|e| e.with(|e| (e.made_by, e.external) = (20, 0o120_777 << 16)))), link);
    let asi = [&[0; 4][..], &0o120_777_u16.to_le_bytes(), &[0; 8], b"/etc"].concat();
    assert_eq!(refused(&one(|e| e.both(|h| h.extra = extra(0x756e, &asi)))), link);
    assert_eq!(refused(&one(|e| e.both(|h| h.extra = extra(0x000d, &[0; 16])))), link);
    for kind in [0o010_000, 0o020_000, 0o060_000, 0o140_000] {
        assert_eq!(refused(&one(|e| e.with(|e| e.external = kind << 16))), special);
    }
    assert_eq!(refused(&one(|e| e.with(|e| e.external |= 0x08))), special);
    assert_eq!(refused(&one(|e| e.both(|h| h.flags |= 1))), "“a.js” is encrypted.");
    assert_eq!(refused(&one(|e| e.both(|h| h.extra = extra(0x9901, &[0; 7])))), "“a.js” is encrypted.");
    let method = "“a.js” is compressed with method 93; only stored and deflated entries are read.";
    assert_eq!(refused(&one(|e| e.both(|h| h.method = 93))), method);
    let folder = |data: &[u8]| zip([file("lib/", data).with(|e| e.external = 0o040_755 << 16), text()]).bytes();
    assert_eq!(names(&unpack(&folder(b"")).unwrap().1), ["a.js", "lib/"]);
    assert_eq!(refused(&folder(b"payload")), "“lib/” is a folder and has content.");
}

#[test]
fn names_that_no_package_can_have() {
    for name in ["../x", "/etc/x", "C:x", "a\\..\\x", "a/./b", "~/x", "con.js", "a.", "a:b", "a\u{202e}b", "a\nb"] {
        let said = patchbay_package::check_path(name).unwrap_err().to_string();
        assert_eq!(refused(&zip([text(), file(name, b"")]).bytes()), said);
        assert_eq!(refused(&tgz(&[tar::file("package/a", b""), tar::file(name, b"")])), said);
    }
    assert_eq!(refused(&zip([text(), text()]).bytes()), "“a.js” is in the archive twice.");
    assert_eq!(refused(&tgz(&[tar::file("a", b"1"), tar::file("a", b"2")])), "“a” is in the archive twice.");
    assert_eq!(refused(&one(|e| e.both(|h| h.name = b"\xe4".to_vec()))), "The name “\u{fffd}” is not UTF-8 text.");
    assert_eq!(refused(&tgz(&[tar::file("a", b"").with(|e| e.name = b"\xe4".to_vec())])), "The name “\u{fffd}” is not UTF-8 text.");
    let same = |names: [&str; 2]| {
        assert!(refused(&zip(names.map(|n| file(n, b""))).bytes()).ends_with("are the same name on some systems."));
        assert!(refused(&tgz(&names.map(|n| tar::file(n, b"")))).ends_with("are the same name on some systems."));
    };
    same(["A.js", "a.js"]);
    same(["\u{e9}", "e\u{301}"]);
    same(["a", "a/b"]);
    let folders = [entry(b'5', "Lib/", b""), entry(b'5', "lib/", b"")];
    assert_eq!(refused(&tgz(&folders)), "“Lib” and “lib” are the same name on some systems.");
}

#[test]
fn damage_and_bombs() {
    assert_eq!(refused(&one(|e| e.both(|h| h.crc32 ^= 1))), "“a.js” is damaged: its checksum is another.");
    assert_eq!(refused(&one(|e| e.both(|h| h.size = 100))), "“a.js” says that it has 100 bytes, and that is not so.");
    assert_eq!(refused(&one(|e| e.both(|h| h.size = 300))), "“a.js” says that it has 300 bytes, and that is not so.");
    assert_eq!(refused(&one(|e| e.both(|h| h.packed += 1).with(|e| e.data.push(0)))), "The compressed bytes of “a.js” are damaged.");
    let limits = |archive: &[u8], change: fn(&mut Limits)| {
        let mut limits = Limits::DEFAULT;
        change(&mut limits);
        within(archive, &limits).unwrap_err().to_string()
    };
    let (zipped, tarred) = (zip([text(), file("b", b"12")]).bytes(), tgz(&[tar::file("a.js", &[0; 270]), tar::file("b", b"12")]));
    for archive in [&zipped, &tarred] {
        assert_eq!(limits(archive, |l| l.files = 1), "The archive has more than 1 entries.");
        assert_eq!(limits(archive, |l| l.unpacked_size = 271), "The files in the archive are larger together than 271 bytes.");
        assert_eq!(limits(archive, |l| l.file_size = 269), "“a.js” is larger than 269 bytes, the most that one file may have.");
    }
    // Records without end, none of which is an entry.
    let records: Vec<_> = (0..20).map(|_| entry(b'g', "g", pax(&[("comment", "x")]).data.as_slice())).collect();
    assert_eq!(limits(&tgz(&records), |l| l.files = 2), "The archive has more than 2 entries.");
}

#[test]
fn what_ordinary_programs_write_into_a_tar() {
    let long = ["a", "b"].map(|c| c.repeat(99)).join("/");
    let archive = |entries: &[tar::Entry]| names(&unpack(&tgz(entries)).unwrap().1).join(" ");
    let npm = [tar::file("package/package.json", b"{}"), tar::file("package/lib/a.js", b"1")];
    assert_eq!(archive(&npm), "lib/ lib/a.js package.json");
    assert_eq!(archive(&npm.clone().map(|e| e.with(|e| e.name.splice(..7, *b"node-x1").for_each(drop)))), "lib/ lib/a.js package.json");
    // The attributes of macOS beside the folder, and a comment of git.
    let [a, b] = npm;
    let comment = entry(b'g', "pax_global_header", &pax(&[("comment", "0123")]).data);
    assert_eq!(archive(&[comment, tar::file("._package", b"x"), a.clone(), b.clone()]), "lib/ lib/a.js package.json");
    let here = [entry(b'5', "./", b""), tar::file("./a", b"1"), entry(b'5', "./lib/", b"")];
    assert_eq!(archive(&here), "a lib/");
    let name = format!("{}/ {long}", "a".repeat(99));
    assert_eq!(archive(&[pax(&[("path", &long), ("mtime", "1.5")]), tar::file("cut", b"1"), tar::file("c", b"")]), format!("{name} c"));
    let gnu = |e: tar::Entry| e.with(|e| e.magic = *b"ustar  \0");
    let record = gnu(entry(b'L', "././@LongLink", format!("{long}\0").as_bytes()));
    assert_eq!(archive(&[record, gnu(tar::file("cut", b"1")), tar::file("c", b"")]), format!("{name} c"));
    let prefixed = tar::file(&"b".repeat(99), b"1").with(|e| e.prefix = "a".repeat(99).into());
    assert_eq!(archive(&[prefixed, tar::file("c", b"")]), format!("{name} c"));
    // Before ustar, and without the zeros at the end.
    let old = entry(0, "old/", b"").with(|e| e.magic = [0; 8]);
    assert_eq!(archive(&[old, tar::file("c", b"")]), "c old/");
    assert_eq!(names(&unpack(&gzip(&tar::file("a", b"1").bytes())).unwrap().1), ["a"]);
}

#[test]
fn a_tar_that_programs_read_differently() {
    let said = |entries: &[tar::Entry]| refused(&tgz(entries));
    let about = |what: &str| format!("“a”: the archive contradicts itself about its {what}.");
    let a = tar::file("a", b"1");
    // “TARmageddon”: the inner archive is content to one reader and entries to another.
    let inner = tar::file("evil", b"").bytes();
    assert_eq!(said(&[pax(&[("size", &inner.len().to_string())]), tar::file("a", b""), tar::file("evil", b"")]), about("size"));
    assert_eq!(said(&[pax(&[("path", "x")]), entry(b'L', "L", b"y\0"), a.clone()]), about("name"));
    let header = |n| format!("The archive's header number {n} is damaged.");
    assert_eq!(said(&[pax(&[("path", "x"), ("path", "y")]), a.clone()]), header(1));
    assert_eq!(said(&[pax(&[("path", "x\0y")]), a.clone()]), header(1));
    assert_eq!(said(&[pax(&[("hdrcharset", "BINARY")]), a.clone()]), header(1));
    assert_eq!(said(&[entry(b'x', "x", b"9999 path=x\n"), a.clone()]), header(1));
    assert_eq!(said(&[entry(b'x', "x", b"+9 path=x\n"), a.clone()]), header(1));
    assert_eq!(said(&[pax(&[("path", "x")]), pax(&[("path", "y")]), a.clone()]), header(2));
    assert_eq!(said(&[entry(b'g', "g", &pax(&[("path", "x")]).data), a.clone()]), header(1));
    assert_eq!(said(&[a.clone(), pax(&[("path", "x")])]), header(3));
    assert_eq!(said(&[entry(b'x', "x", &[b' '; 512]).with(|e| e.size = Some(5 << 20)), a.clone()]), header(1));
    assert_eq!(said(&[a.clone().with(|e| e.checksum = Some(1))]), header(1));
    let after = "Something stands after the end of the archive.";
    let whole = tgz(std::slice::from_ref(&a));
    assert_eq!(refused(&[whole.clone(), whole.clone()].concat()), after, "a second member");
    assert_eq!(refused(&[whole.clone(), vec![0]].concat()), after);
    assert_eq!(refused(&gzip(&[a.bytes(), vec![0; 512], a.bytes()].concat())), after);
    assert_eq!(refused(&gzip(&[a.bytes(), vec![0; 2 << 20]].concat())), after);
    let damaged = "The archive's compressed bytes (gzip) are damaged or cut off.";
    for cut in [1, 8, 20] {
        assert_eq!(refused(&whole[..whole.len() - cut]), damaged);
    }
    assert_eq!(refused(&gzip(&a.bytes()[..600])), damaged);
    let mut flipped = whole;
    let at = flipped.len() - 6;
    flipped[at] ^= 1;
    assert_eq!(refused(&flipped), damaged);
}

#[test]
fn entries_of_a_tar_that_are_no_files() {
    let said = |kind: u8| refused(&tgz(&[tar::file("x", b""), entry(kind, "a", b"").with(|e| e.link = b"/etc/passwd".to_vec())]));
    assert_eq!(said(b'1'), "“a” is a link, and links are refused.");
    assert_eq!(said(b'2'), "“a” is a link, and links are refused.");
    for kind in *b"346SDMVX" {
        assert_eq!(said(kind), "“a” is neither a file nor a folder.");
    }
    let sparse = [pax(&[("GNU.sparse.major", "1")]), tar::file("a", b"1")];
    assert_eq!(refused(&tgz(&sparse)), "“a” is neither a file nor a folder.");
    assert_eq!(refused(&tgz(&[entry(b'5', "a/", b"x")])), "“a/” is a folder and has content.");
}

#[test]
fn cancelled() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.zip", zip([text()]).bytes()), ("a.tgz", tgz(&[tar::file("a", b"1")]))] {
        let (archive, into) = (dir.path().join(name), dir.path().join(format!("{name}.out")));
        fs::write(&archive, bytes).unwrap();
        fs::create_dir(&into).unwrap();
        let e = unpack_input(&archive, &into, &Limits::DEFAULT, &mut |_| ControlFlow::Break(())).unwrap_err();
        assert_eq!(e.kind(), "cancelled", "{name}");
    }
}
