//! What is packed is what comes out, the same folder is the same bytes, and what goes wrong is said.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Cursor, Read as _, Write},
    ops::ControlFlow,
    path::Path,
    time::{Duration, SystemTime},
};

use patchbay_package::{Digest, Explain, FileList, Limits, Manifest, Method, Mode, PackError, Packed, pack, scan};
use proptest::prelude::*;

const MANIFEST: &str = r#"{"id":"a","version":"1.0.0","executables":["bin/run"]}"#;

fn write(dir: &Path, name: &str, bytes: &[u8]) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "patchbay.json", MANIFEST.as_bytes());
    for (name, bytes) in files {
        write(dir.path(), name, bytes);
    }
    dir
}

fn pack_into(dir: &Path, limits: &Limits, out: impl Write, progress: &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<Packed, PackError> {
    let manifest = Manifest::read(dir).unwrap().manifest;
    let contents = scan(dir, limits).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let result = pack(dir, &contents, &manifest, limits, scratch.path(), out, progress);
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing is left in the scratch folder");
    result
}

fn packed(dir: &Path) -> (Packed, Vec<u8>) {
    let mut bytes = Vec::new();
    let packed = pack_into(dir, &Limits::DEFAULT, &mut bytes, &mut |_| ControlFlow::Continue(())).unwrap();
    (packed, bytes)
}

/// Bytes that do not compress.
fn noise(len: usize) -> Vec<u8> {
    (0..len.div_ceil(32)).flat_map(|i| Digest::of(&i.to_le_bytes()).0).take(len).collect()
}

#[test]
fn the_form_of_a_package() {
    let text = b"the same words again and again and again and again".as_slice();
    let dir = folder(&[("bin/run", text), ("lib/\u{fc}.js", text), ("empty", b""), ("noise.bin", &noise(1000))]);
    let (packed, bytes) = packed(dir.path());
    assert_eq!((packed.size, packed.sha256), (bytes.len() as u64, Digest::of(&bytes)));
    assert_eq!(packed.unpacked_size, 1100 + MANIFEST.len() as u64);
    let paths: Vec<_> = packed.list.files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(paths, ["bin/run", "empty", "lib/ü.js", "noise.bin", "patchbay.json"]);
    let methods: Vec<_> = packed.list.files.iter().map(patchbay_package::FileEntry::method).collect();
    assert_eq!(methods, [Method::Deflated, Method::Stored, Method::Deflated, Method::Stored, Method::Stored]);
    assert_eq!(packed.list.file("bin/run").unwrap().mode, Mode::Executable);
    assert_eq!(packed.list.file("empty").unwrap().mode, Mode::Plain);
    assert_eq!(FileList::from_bytes(&packed.list.to_bytes()).unwrap(), packed.list);

    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!((archive.len(), archive.offset(), archive.comment()), (5, 0, b"".as_slice()));
    let mut end = 0;
    for (index, entry) in packed.list.files.iter().enumerate() {
        let mut file = archive.by_index(index).unwrap();
        assert_eq!((file.name().unwrap().as_ref(), file.size(), file.compressed_size()), (entry.path.as_str(), entry.size, entry.packed));
        assert_eq!(file.data_start().unwrap(), entry.offset);
        assert_eq!(file.header_start(), end, "no gaps");
        end = entry.offset + entry.packed;
        assert_eq!(file.unix_mode(), Some(0o100_000 | entry.mode.bits()));
        assert_eq!(file.last_modified().map(|t| t.to_string()).unwrap(), "1980-01-01 00:00:00");
        assert_eq!(file.extra_data().as_deref().map_or(0, <[u8]>::len) + file.comment().len(), 0);
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert_eq!(Digest::of(&content), entry.sha256);
    }
    assert_eq!(archive.central_directory_start(), end);
}

/// The bytes are the format. When this fails after an update of the compressor, packages that were published before no
/// longer come out the same: either go back, or say so in docs/format.md and change the digest.
#[test]
fn the_bytes_never_change() {
    let words: String = (0..20_000).map(|i| format!("line {} of {}\n", i * 7919 % 1000, i % 13)).collect();
    let dir = folder(&[("bin/run", words.as_bytes()), ("noise.bin", &noise(200_000)), ("empty", b"")]);
    assert_eq!(packed(dir.path()).0.sha256.to_string(), "1a99f8c7b8c17319eaada0ce381d454db88827db6a83573515092000b9a84031");
}

#[test]
fn the_same_files_are_the_same_bytes() {
    let files: &[(&str, &[u8])] = &[("b/c.js", b"hello hello hello hello hello"), ("a.js", b"1"), ("b.js", b"2")];
    let one = folder(files);
    let other = tempfile::tempdir().unwrap();
    for (name, bytes) in files.iter().rev() {
        write(other.path(), name, bytes);
        let file = fs::File::options().write(true).open(other.path().join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(other.path().join("a.js"), fs::Permissions::from_mode(0o777)).unwrap();
    }
    write(other.path(), "patchbay.json", MANIFEST.as_bytes());
    fs::create_dir(other.path().join("empty folder")).unwrap();
    assert_eq!(packed(one.path()), packed(other.path()));
    write(other.path(), "a.js", b"2");
    assert_ne!(packed(one.path()).0.sha256, packed(other.path()).0.sha256);
}

#[test]
fn large_files_wait_on_disk() {
    // More than fits in memory, once compressible to more than that and once not at all.
    let mut half = noise(18 << 20);
    half.iter_mut().skip(1).step_by(2).for_each(|b| *b = 0);
    let dir = folder(&[("half.bin", &half), ("noise.bin", &noise(9 << 20))]);
    let (packed, bytes) = packed(dir.path());
    assert_eq!(packed.list.file("half.bin").unwrap().method(), Method::Deflated);
    assert_eq!(packed.list.file("noise.bin").unwrap().method(), Method::Stored);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut content = Vec::new();
    archive.by_name("half.bin").unwrap().read_to_end(&mut content).unwrap();
    assert!(content == half);
}

#[test]
fn progress_counts_what_is_read_and_cancels() {
    let dir = folder(&[("noise.bin", &noise(200_000))]);
    let mut seen = Vec::new();
    let packed = pack_into(dir.path(), &Limits::DEFAULT, io::sink(), &mut |n| {
        seen.push(n);
        ControlFlow::Continue(())
    });
    assert_eq!(seen.last(), Some(&packed.unwrap().unpacked_size));
    assert!(seen.is_sorted() && seen.len() > 3);
    let e = pack_into(dir.path(), &Limits::DEFAULT, io::sink(), &mut |_| ControlFlow::Break(())).unwrap_err();
    assert_eq!((e.to_string().as_str(), e.kind()), ("Packing was cancelled.", "cancelled"));
}

#[test]
fn a_file_that_changes() {
    let changed = |change: &dyn Fn(&Path)| {
        let dir = folder(&[("noise.bin", &noise(300_000))]);
        let file = dir.path().join("noise.bin");
        pack_into(dir.path(), &Limits::DEFAULT, io::sink(), &mut |read| {
            if read < 100_000 {
                change(&file);
            }
            ControlFlow::Continue(())
        })
        .unwrap_err()
        .to_string()
    };
    let message = "“noise.bin” changed while it was being packed.";
    assert_eq!(changed(&|f| fs::write(f, noise(400_000)).unwrap()), message, "longer");
    assert_eq!(changed(&|f| fs::write(f, b"short").unwrap()), message, "shorter");
    let touch = |f: &Path| fs::File::options().write(true).open(f).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(changed(&touch), message, "of the same length");

    let dir = folder(&[("a.js", b"1")]);
    let manifest = Manifest::read(dir.path()).unwrap().manifest;
    let contents = scan(dir.path(), &Limits::DEFAULT).unwrap();
    let again = || pack(dir.path(), &contents, &manifest, &Limits::DEFAULT, dir.path(), io::sink(), &mut |_| ControlFlow::Continue(()));
    fs::remove_file(dir.path().join("a.js")).unwrap();
    assert_eq!(again().unwrap_err().to_string(), "“a.js” cannot be read: it is not there.");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", dir.path().join("a.js")).unwrap();
        assert_eq!(again().unwrap_err().to_string(), "“a.js” changed while it was being packed.", "into a link");
    }
}

/// Root may read everything; for everybody else there is a file that may not be read.
#[test]
#[cfg(unix)]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = folder(&[("a.js", b"1")]);
    let file = dir.path().join("a.js");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&file).is_ok() {
        return;
    }
    let e = pack_into(dir.path(), &Limits::DEFAULT, io::sink(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(e.to_string(), "“a.js” cannot be read: you have no permission.");
    assert_eq!((e.kind(), e.hint().as_str()), ("unreadable", "Check that you may read it, or exclude it in .patchbayignore."));
}

/// A disk with room for some bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_disk_that_is_full() {
    let dir = folder(&[("noise.bin", &noise(300_000))]);
    for room in [0, 1000, 300_000] {
        let e = pack_into(dir.path(), &Limits::DEFAULT, Disk(room), &mut |_| ControlFlow::Continue(())).unwrap_err();
        assert_eq!(e.to_string(), "The package cannot be written: the disk is full.");
        assert_eq!((e.kind(), e.hint().as_str()), ("disk_full", "Free some space, then try again."));
    }
    assert!(pack_into(dir.path(), &Limits::DEFAULT, Disk(400_000), &mut |_| ControlFlow::Continue(())).is_ok());
}

#[test]
fn limits() {
    let dir = folder(&[("a.bin", &noise(2048)), ("b.bin", &noise(1024))]);
    let size = packed(dir.path()).0.size;
    let said = |limits: Limits| pack_into(dir.path(), &limits, io::sink(), &mut |_| ControlFlow::Continue(())).map_err(|e| e.to_string());
    assert!(said(Limits { package_size: size, ..Limits::DEFAULT }).is_ok());
    assert_eq!(
        said(Limits { package_size: size - 1, ..Limits::DEFAULT }).unwrap_err(),
        format!(
            "The package is larger than 3.3 KiB; its files have 3 KiB before they are compressed. The largest: a.bin (2 KiB), b.bin (1 KiB), patchbay.json ({} bytes).",
            MANIFEST.len()
        )
    );
    assert_eq!(
        said(Limits { file_size: 2047, ..Limits::DEFAULT }).unwrap_err(),
        "“a.bin” has 2 KiB; at most 1.9 KiB are allowed in one file."
    );
    assert_eq!(
        said(Limits { unpacked_size: 3072, ..Limits::DEFAULT }).unwrap_err(),
        "The files have 3 KiB together; at most 3 KiB are allowed."
    );
}

#[test]
#[cfg(unix)]
fn names_that_no_package_can_have() {
    let said = |files: &[(&str, &[u8])]| {
        let dir = folder(files);
        pack_into(dir.path(), &Limits::DEFAULT, io::sink(), &mut |_| ControlFlow::Continue(())).unwrap_err().to_string()
    };
    assert_eq!(said(&[("nul", b"")]), "“nul”: Windows keeps the name “nul” for a device.");
    assert_eq!(said(&[("A", b""), ("a", b"")]), "“A” and “a” are the same name on some systems.");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Folder in, the same paths and bytes out, by a reader that is not ours.
    #[test]
    fn what_goes_in_comes_out(
        files in prop::collection::btree_map(
            "[a-m][a-z0-9 é文_.-]{0,12}[a-z0-9](/[n-z][a-z0-9]{0,8}){0,3}",
            prop_oneof![prop::collection::vec(any::<u8>(), 0..3000), prop::collection::vec(0_u8..4, 0..70_000)],
            1..12,
        )
    ) {
        let dir = folder(&[]);
        let mut expected = BTreeMap::from([("patchbay.json".to_owned(), MANIFEST.as_bytes().to_vec())]);
        for (name, bytes) in files {
            // The top folders never have the name of a file.
            let name = format!("x{}.y/f", name.replace('/', ".y/"));
            if patchbay_package::check_path(&name).is_ok() && !name.contains("node_modules") {
                write(dir.path(), &name, &bytes);
                expected.insert(name, bytes);
            }
        }
        let (made, bytes) = packed(dir.path());
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut found = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            found.insert(file.name().unwrap().into_owned(), content);
        }
        prop_assert_eq!(&found, &expected);
        for entry in &made.list.files {
            prop_assert_eq!(entry.sha256, Digest::of(&expected[&entry.path]));
            if entry.method() == Method::Stored {
                let (at, end) = (entry.offset as usize, (entry.offset + entry.packed) as usize);
                prop_assert_eq!(&bytes[at..end], &expected[&entry.path][..]);
            }
        }
    }
}
