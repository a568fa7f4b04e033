//! Whatever the strict door accepts is the same to every program: the same paths, the same bytes.
#![expect(clippy::print_stdout, reason = "what is skipped is said")]

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    ops::ControlFlow,
    path::Path,
    process::{Command, Stdio},
};

use patchbay_package::{Accepted, Digest, Expected, Limits, accept, unpack};
use patchbay_testkit::zip::{Entry, Zip, deflate, file, zip};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};

type Files = BTreeMap<String, Vec<u8>>;

const PYTHON: &str = "import sys, zipfile
for archive, into in zip(sys.argv[1::2], sys.argv[2::2]):
    with zipfile.ZipFile(archive) as z:
        assert z.testzip() is None
        z.extractall(into)";

/// Makes a program unpack an archive into a folder.
type Unpack = fn(&Path, &Path) -> Command;

/// The programs that read archives, and how to make each unpack one into a folder.
fn readers() -> Vec<(&'static str, Unpack)> {
    fn command<const N: usize>(program: &str, args: [&str; N]) -> Command {
        let mut command = Command::new(program);
        // Names are UTF-8 to them then.
        command.args(args).env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        command
    }
    let python: Unpack = |zip, into| command("python3", ["-c", PYTHON, text(zip), text(into)]);
    let unzip: Unpack = |zip, into| command("unzip", ["-q", "-o", text(zip), "-d", text(into)]);
    let bsdtar: Unpack = |zip, into| command("bsdtar", ["-xf", text(zip), "-C", text(into)]);
    let seven: Unpack = |zip, into| {
        let out = format!("-o{}", text(into));
        let mut seven = command(seven_zip(), ["x", "-y", "-bd", "-tzip", &out, text(zip)]);
        seven.stdout(Stdio::null());
        seven
    };
    let all = [("python3", python), ("unzip", unzip), ("bsdtar", bsdtar), (seven_zip(), seven)];
    all.into_iter()
        .filter(|(program, _)| {
            let there =
                Command::new(program).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).status().is_ok();
            if !there {
                println!("skipped: {program} is not installed");
            }
            there
        })
        .collect()
}

fn seven_zip() -> &'static str {
    let has = |program: &str| Command::new(program).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    ["7zz", "7z"].into_iter().find(|program| has(program)).unwrap_or("7z")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn files(folder: &Path) -> Files {
    let (mut files, mut open) = (Files::new(), vec![folder.to_owned()]);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            match fs::symlink_metadata(&path).unwrap() {
                kind if kind.is_dir() => open.push(path),
                kind if kind.is_file() => {
                    files.insert(name, fs::read(&path).unwrap());
                }
                _ => panic!("{name} is neither"),
            }
        }
    }
    files
}

fn check(bytes: &[u8]) -> Option<Accepted> {
    accept(bytes, &Expected::default(), &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).ok()
}

/// Unpacks what is accepted with every program, and compares.
fn agree(bytes: &[u8], what: &str) {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("package.zip");
    fs::write(&archive, bytes).unwrap();
    let ours = dir.path().join("ours");
    let accepted = unpack(bytes, &Expected::default(), &ours, &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).unwrap();
    let expected = files(&ours);
    assert_eq!(expected.len(), accepted.list.files.len(), "{what}");
    for entry in &accepted.list.files {
        assert_eq!(Digest::of(&expected[&entry.path]), entry.sha256, "{what}: {}", entry.path);
    }
    for (program, unpack) in readers() {
        let into = dir.path().join(program);
        fs::create_dir(&into).unwrap();
        let output = unpack(&archive, &into).output().unwrap();
        assert!(output.status.success(), "{what}: {program}: {output:?}\n{}", hex::encode(bytes));
        assert!(files(&into) == expected, "{what}: {program} reads other files\n{}", hex::encode(bytes));
    }
    let mut crate_zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for index in 0..crate_zip.len() {
        let mut found = Vec::new();
        let mut entry = crate_zip.by_index(index).unwrap();
        entry.read_to_end(&mut found).unwrap();
        assert!(expected[entry.name().unwrap().as_ref()] == found, "{what}: the crate zip");
    }
    assert_eq!(crate_zip.len(), expected.len(), "{what}: the crate zip");
}

/// Packages with what is at the edge of the form: every kind of deflate block, empty files, long and odd names.
fn odd_packages() -> Vec<(&'static str, Zip)> {
    let text = b"The same words, and the same words again. ".repeat(40);
    let with = |packed: Vec<u8>, plain: &[u8]| -> Entry {
        file("a.js", plain).both(|h| (h.method, h.packed) = (8, packed.len() as u32)).with(|e| e.data = packed.clone())
    };
    let long = ["a", "ü", "文"].map(|c| c.repeat(78 / c.len())).join("/");
    // An empty stored block before the compressed ones, and an empty fixed block after them, as flushing compressors write.
    let flushed = [&[0, 0, 0, 0xff, 0xff][..], &deflate(&text)].concat();
    vec![
        ("one empty file", zip([file("empty", b"")])),
        ("names", zip([file(" a", b"1"), file("!", b"2"), file(&long, b"3"), file("文档/说明.md", b"4"), file("👩‍💻.md", b"5")])),
        ("nested archive", zip([file("a", b"1"), file("inner.zip", &zip([file("b", b"2")]).bytes())])),
        ("end records inside", zip([file("a", b"PK\x05\x06\0\0\0\0\x01\0\x01\0"), file("b", b"PK\x06\x07PK\x06\x06PK\x01\x02PK\x03\x04")])),
        ("an empty stored block", zip([with(flushed, &text)])),
        // Literals only: one distance code of no length, which some decoders call incomplete.
        (
            "no distances",
            zip([with(
                deflate(&(0..=255).cycle().take(999).map(|n: u8| n & 3).collect::<Vec<_>>()),
                &(0..=255).cycle().take(999).map(|n: u8| n & 3).collect::<Vec<_>>(),
            )]),
        ),
    ]
}

#[test]
fn packages_at_the_edge_of_the_form() {
    for (what, zip) in odd_packages() {
        agree(&zip.bytes(), what);
    }
}

#[test]
fn packages_of_every_shape() {
    let name = "[a-zA-Z0-9._ ü文-]{1,20}(/[a-z]{1,8}){0,3}";
    let bytes = prop_oneof![Just(Vec::new()), prop::collection::vec(any::<u8>(), 0..3000), "[ab]{0,3000}".prop_map(String::into_bytes)];
    let strategy = prop::collection::btree_map(name, bytes, 1..12);
    let mut runner = TestRunner::new(Config::default());
    let packages = (0..200).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    let packages = packages.map(|files| zip(files.iter().map(|(name, bytes)| file(name, bytes))).bytes());
    let accepted: Vec<_> = packages.filter(|bytes| check(bytes).is_some()).take(6).collect();
    assert!(accepted.len() == 6, "{}", accepted.len());
    for bytes in accepted {
        agree(&bytes, "generated");
    }
}

/// Flips bits and moves bytes of packages: nearly all of it is refused, and the rest is the same to everybody.
#[test]
fn packages_that_were_tampered_with() {
    let base = zip([file("a.js", &b"the same ".repeat(30)), file("b/c", b"stored"), file("b/d", b"")]).bytes();
    let mut through = Vec::new();
    for at in 0..base.len() {
        for bit in 0..8 {
            let mut bytes = base.clone();
            bytes[at] ^= 1 << bit;
            if check(&bytes).is_some() {
                through.push(bytes);
            }
        }
    }
    // A name has letters that may be others in both headers at once only; nothing else is free.
    assert!(through.len() < 16, "{}", through.len());
    for bytes in through.iter().take(4) {
        agree(bytes, "one bit");
    }
    let edit = (0..base.len(), any::<u8>(), 0..3_u8);
    let edits = prop::collection::vec(edit, 1..4);
    let mut runner = TestRunner::new(Config::default());
    let mut found = 0;
    for _ in 0..5_000 {
        let mut bytes = base.clone();
        for (at, value, how) in edits.new_tree(&mut runner).unwrap().current() {
            let at = at.min(bytes.len() - 1);
            match how {
                0 => bytes[at] = value,
                1 => bytes.insert(at, value),
                _ => drop(bytes.remove(at)),
            }
        }
        if bytes != base && check(&bytes).is_some() && found < 4 {
            found += 1;
            agree(&bytes, "edited");
        }
    }
}

/// Makes an archive of the folder `plugin` with JSZip or with archiver: libraries that many build scripts use.
const NODE: &str = r#"
const { readdirSync, readFileSync, writeFileSync, createWriteStream } = require('node:fs');
const [library, archive] = process.argv.slice(1);
if (library === 'archiver') {
    const zip = new (require('archiver').ZipArchive)({ zlib: { level: 9 } });
    zip.pipe(createWriteStream(archive));
    zip.directory('plugin', false);
    zip.finalize();
} else {
    const zip = new (require('jszip'))();
    for (const entry of readdirSync('plugin', { recursive: true, withFileTypes: true })) {
        const path = `${entry.parentPath}/${entry.name}`;
        if (entry.isDirectory()) zip.folder(path);
        else zip.file(path, readFileSync(path));
    }
    const options = { type: 'nodebuffer', compression: 'DEFLATE', platform: 'UNIX', streamFiles: library === 'streamed' };
    zip.generateAsync(options).then((bytes) => writeFileSync(archive, bytes));
}
"#;

/// The archives that ordinary programs make of a plugin are let in, and are the same package.
#[test]
fn archives_of_ordinary_programs_are_publishable() {
    let dir = tempfile::tempdir().unwrap();
    let plugin = dir.path().join("plugin");
    fs::create_dir_all(plugin.join("lib/empty")).unwrap();
    fs::write(plugin.join("patchbay.json"), r#"{"id":"a","version":"1.0.0"}"#).unwrap();
    fs::write(plugin.join("package.json"), r#"{"name":"a","version":"1.0.0"}"#).unwrap();
    fs::write(plugin.join("lib/ü.js"), b"words and words ".repeat(1000)).unwrap();
    fs::write(plugin.join("noise.bin"), (0_u32..100).flat_map(|n| Digest::of(&n.to_le_bytes()).0).collect::<Vec<_>>()).unwrap();
    let expected = packed(&plugin);
    let python = "import shutil, sys; shutil.make_archive(sys.argv[1], sys.argv[2], *sys.argv[3:])";
    let makers: [(&str, &str, &[&str]); 18] = [
        ("info-zip.zip", "zip", &["-qr", "info-zip.zip", "plugin"]),
        ("info-zip-streamed.zip", "sh", &["-c", "zip -qr - plugin | cat > info-zip-streamed.zip"]),
        ("info-zip-zip64.zip", "zip", &["-qr", "-fz", "info-zip-zip64.zip", "plugin"]),
        ("7zz.zip", "7zz", &["a", "-bd", "7zz.zip", "plugin"]),
        ("7z.zip", "7z", &["a", "-bd", "7z.zip", "./plugin/*"]),
        ("python.zip", "python3", &["-c", python, "python", "zip", "plugin"]),
        ("bsdtar.zip", "bsdtar", &["-a", "-cf", "bsdtar.zip", "plugin"]),
        ("jar.zip", "jar", &["cMf", "jar.zip", "-C", "plugin", "."]),
        ("jar-stored.zip", "jar", &["cMf0", "jar-stored.zip", "plugin"]),
        ("jszip.zip", "node", &["-e", NODE, "jszip", "jszip.zip"]),
        ("jszip-streamed.zip", "node", &["-e", NODE, "streamed", "jszip-streamed.zip"]),
        ("archiver.zip", "node", &["-e", NODE, "archiver", "archiver.zip"]),
        ("a-1.0.0.tgz", "npm", &["pack", "--ignore-scripts", "--offline", "./plugin"]),
        ("bsdtar.tgz", "bsdtar", &["-czf", "bsdtar.tgz", "plugin"]),
        ("bsdtar-pax.tgz", "bsdtar", &["--format=pax", "-czf", "bsdtar-pax.tgz", "-C", "plugin", "."]),
        ("tar.tgz", "tar", &["-czf", "tar.tgz", "-C", "plugin", "."]),
        ("tar-pax.tgz", "tar", &["--format=pax", "-czf", "tar-pax.tgz", "plugin"]),
        ("python.tar.gz", "python3", &["-c", python, "python", "gztar", ".", "plugin"]),
    ];
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules");
    let mut made = 0;
    for (archive, program, args) in makers {
        let path = dir.path().join(archive);
        let mut run = Command::new(program);
        run.args(args).current_dir(dir.path()).env("LC_ALL", "C.UTF-8").env("NODE_PATH", &modules);
        let run = run.output();
        if !run.is_ok_and(|run| run.status.success()) || !path.exists() {
            println!("skipped: {program} did not make {archive}");
            continue;
        }
        made += 1;
        assert_eq!(published(&path), expected, "{archive}");
    }
    for fixture in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archives")).unwrap() {
        let path = fixture.unwrap().path();
        made += 1;
        let into = unpacked(&path);
        assert!(into.path().join("package.json").exists(), "{}", path.display());
        assert!(check(&packed(into.path()).1).is_some(), "{}", path.display());
    }
    assert!(made >= 3, "{made}");
}

fn unpacked(archive: &Path) -> tempfile::TempDir {
    let into = tempfile::tempdir().unwrap();
    let done = patchbay_package::unpack_input(archive, into.path(), &Limits::DEFAULT, &mut |_| ControlFlow::Continue(()));
    done.unwrap_or_else(|e| panic!("{}: {e}", archive.display()));
    into
}

fn published(archive: &Path) -> (Digest, Vec<u8>) {
    packed(unpacked(archive).path())
}

fn packed(folder: &Path) -> (Digest, Vec<u8>) {
    let manifest = patchbay_package::Manifest::read(folder).unwrap().manifest;
    let contents = patchbay_package::scan(folder, &Limits::DEFAULT).unwrap();
    let (mut bytes, scratch) = (Vec::new(), tempfile::tempdir().unwrap());
    let go_on = &mut |_| ControlFlow::Continue(());
    let packed = patchbay_package::pack(folder, &contents, &manifest, &Limits::DEFAULT, scratch.path(), &mut bytes, go_on).unwrap();
    (packed.sha256, bytes)
}
