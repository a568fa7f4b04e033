//! Whatever an archive claims, reading it takes less than 64 MiB. Each archive goes through each door in a process of its own,
//! whose peak the kernel has kept (`VmHWM`, proc(5)).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::{env, fs, ops::ControlFlow, path::Path, process::Command};

use patchbay_package::{ArchiveError, Expected, Explain as _, Limits, accept, unpack_input};
use patchbay_testkit::{
    tar::{self, pax, tgz},
    zip::{Entry, file, zip},
};

const LIMIT_KIB: u64 = 64 << 10;
const MIB: usize = 1 << 20;

/// The archive and the door that the child is to take.
const ARCHIVE: &str = "PATCHBAY_MEMORY_ARCHIVE";
const DOOR: &str = "PATCHBAY_MEMORY_DOOR";

/// What is made, and what each door says to it: the strict one, then the lenient one.
type Case = (&'static str, Vec<u8>, &'static str, &'static str);

fn cases() -> Vec<Case> {
    // The character that becomes the most under NFKC: three bytes to thirty-three.
    let folding = |n: usize| format!("{0}/{0}{n}", "\u{fdfa}".repeat(30));
    let empty_files = |name: &dyn Fn(usize) -> String| {
        let mut names: Vec<_> = (0..10_000).map(name).collect();
        names.sort_unstable();
        zip(names.iter().map(|name| file(name, b""))).bytes()
    };
    let wordy = |n: usize| -> Entry {
        // Fields that no program knows, as long as there can be, and a comment.
        let unknown = patchbay_testkit::zip::extra(0xbeef, &vec![0; 60_000]);
        file(&format!("{n:04}"), b"").both(|h| h.extra.clone_from(&unknown)).with(|e| e.comment = vec![b' '; 60_000])
    };
    let zeros = vec![0; 100 * MIB];
    let long_name = "a".repeat(MIB - 100);
    let claim = |e: Entry| e.both(|h| (h.size, h.packed) = (u32::MAX - 1, u32::MAX - 1));
    vec![
        ("what inflates a thousandfold", zip([file("a", &zeros)]).bytes(), "accepted", "accepted"),
        ("the same in a tar", tgz(&[tar::file("a", &zeros)]), "archive_end", "accepted"),
        ("sizes that are not there", zip([claim(file("a", b"1"))]).bytes(), "archive_file_too_large", "archive_overlap"),
        ("as many files as there may be", empty_files(&|n| format!("{0}/{0}{n}", "a".repeat(90))), "accepted", "accepted"),
        ("names that fold to ten times their size", empty_files(&folding), "accepted", "accepted"),
        (
            "more entries than there may be",
            zip((0..65_534).map(|n| file(&format!("{n:05}"), b""))).bytes(),
            "archive_too_many",
            "archive_too_many",
        ),
        ("long fields and comments", zip((0..600).map(wordy)).bytes(), "archive_fields", "accepted"),
        (
            "names of a megabyte",
            tgz(&(0..100).flat_map(|n| [pax(&[("path", &format!("{n}{long_name}"))]), tar::file("a", b"")]).collect::<Vec<_>>()),
            "archive_end",
            "path_too_long",
        ),
        (
            "records about nothing",
            tgz(&(0..100).map(|_| pax(&[("comment", &long_name)]).with(|e| e.kind = b'g')).collect::<Vec<_>>()),
            "archive_end",
            "accepted",
        ),
        (
            "a size of eight gigabytes in a tar",
            tgz(&[tar::file("a", b"1").with(|e| e.size = Some(8 << 30))]),
            "archive_end",
            "archive_too_large",
        ),
    ]
}

#[test]
fn no_archive_takes_more_than_64_mib() {
    let dir = tempfile::tempdir().unwrap();
    for (what, bytes, strict, lenient) in cases() {
        let archive = dir.path().join("archive");
        fs::write(&archive, &bytes).unwrap();
        drop(bytes);
        for (door, expected) in [("strict", strict), ("lenient", lenient)] {
            let output = Command::new(env::current_exe().unwrap())
                .args(["--exact", "one_door", "--nocapture"])
                .envs([(ARCHIVE, archive.as_os_str()), (DOOR, door.as_ref())])
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stdout);
            let (said, peak) =
                told.lines().find_map(|line| line.split_once("said: ")?.1.split_once(' ')).unwrap_or_else(|| panic!("{output:?}"));
            let peak: u64 = peak.parse().unwrap();
            println!("{what}, {door}: {said}, {} MiB", peak >> 10);
            assert_eq!(said, expected, "{what}, {door}");
            assert!(peak < LIMIT_KIB, "{what}, {door}: {peak} KiB");
        }
    }
}

/// The child. By itself it does nothing.
#[test]
fn one_door() {
    let (Some(archive), Some(door)) = (env::var_os(ARCHIVE), env::var_os(DOOR)) else { return };
    let said = match if door == "strict" { strictly(archive.as_ref()) } else { leniently(archive.as_ref()) } {
        Ok(()) => "accepted",
        Err(e) => e.kind(),
    };
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().trim_end_matches(" kB");
    println!("\nsaid: {said} {peak}");
}

fn strictly(archive: &Path) -> Result<(), ArchiveError> {
    let file = fs::File::open(archive).unwrap();
    accept(&file, &Expected::default(), &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).map(drop)
}

fn leniently(archive: &Path) -> Result<(), ArchiveError> {
    let into = tempfile::tempdir().unwrap();
    unpack_input(archive, into.path(), &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).map(drop)
}
