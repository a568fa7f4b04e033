//! Packing, extracting and digesting, beside the tools that people have, in the same run. `npm run bench package` makes the table.
//!
//! The files are real ones: those of this project's own `node_modules`, as `npm install` puts them there, without the few
//! that are larger than 16 MiB.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::{
    fs::{self, File},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use patchbay_package::{Expected, Hasher, Limits, Manifest, pack, scan, unpack};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const MIB: u64 = 1 << 20;
const LARGEST: u64 = 16 * MIB;
/// Each is run so many times, by turns; the fastest counts, for what else runs on the machine only ever adds.
const ROUNDS: usize = 5;
/// More files than a registry takes: what is measured is speed.
const LIMITS: Limits = Limits { files: 65_000, ..Limits::DEFAULT };

fn main() {
    let args: Vec<_> = std::env::args().collect();
    // A process of its own for each peak of memory.
    if let [_, what, from, to] = args.as_slice() {
        match what.as_str() {
            "pack" => packed(Path::new(from), Path::new(to)),
            "unpack" => unpacked(Path::new(from), Path::new(to)),
            _ => return,
        }
        println!("{}", peak());
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let (tree, large) = (place.path().join("tree"), place.path().join("large"));
    let size = plant(&tree, 200 * MIB, 0);
    // Of larger ones, for a package holds at most 10,000 files.
    plant(&large, 500 * MIB, 64 << 10);
    speed(place.path(), &tree, size);
    memory(place.path(), &large);
    hashing();
}

/// Packing and extracting, beside `zip` and `unzip`.
fn speed(place: &Path, tree: &Path, size: u64) {
    let (ours, theirs) = (place.join("ours.zip"), place.join("theirs.zip"));
    let (mut pack, mut zip, mut unpack, mut unzip) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let _ = fs::remove_file(&theirs);
        pack.push(timed(|| packed(tree, &ours)));
        zip.push(timed(|| run(Command::new("zip").args(["-r", "-6", "-q"]).arg(&theirs).arg(".").current_dir(tree))));
        let (a, b) = (place.join("out-a"), place.join("out-b"));
        unpack.push(timed(|| unpacked(&ours, &a)));
        unzip.push(timed(|| run(Command::new("unzip").arg("-q").arg(&ours).arg("-d").arg(&b))));
        fs::remove_dir_all(a).unwrap();
        fs::remove_dir_all(b).unwrap();
    }
    let rate = |time: &[Duration]| format!("{:.0} MB/s", size as f64 / 1e6 / fastest(time));
    at_least("package: packing, in times the speed of zip -6", fastest(&zip) / fastest(&pack), "×", 1.8, "zip -r -6", json!(rate(&zip)));
    let sizes = [&ours, &theirs].map(|file| fs::metadata(file).unwrap().len() as f64);
    at_most("package: size, in sizes of zip -6", sizes[0] / sizes[1], "×", 1.0, "zip -r -6", json!(format!("{:.1} MB", sizes[1] / 1e6)));
    let faster = fastest(&unzip) / fastest(&unpack);
    at_least("package: verifying and extracting, in times the speed of unzip", faster, "×", 1.0, "unzip", json!(rate(&unzip)));
}

fn memory(place: &Path, tree: &Path) {
    let (package, out) = (place.join("large.zip"), place.join("large-out"));
    for (what, from, to) in [("pack", tree, &package), ("unpack", &package, &out)] {
        let child = Command::new(std::env::current_exe().unwrap()).arg(what).arg(from).arg(to).output().unwrap();
        let peak: f64 = String::from_utf8(child.stdout).unwrap().trim().parse().unwrap();
        at_most(&format!("package: memory to {what} 500 MB"), peak / 1024.0, "MB", 160.0, "", Value::Null);
    }
}

fn hashing() {
    let bytes = vec![7; 256 << 20];
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(timed(|| {
            let mut hasher = Hasher::new();
            bytes.chunks(64 << 10).for_each(|chunk| hasher.update(chunk));
            std::hint::black_box(hasher.finish());
        }));
        theirs.push(timed(|| {
            std::hint::black_box(Sha256::digest(&bytes));
        }));
    }
    let peer = json!(format!("{:.0} MB/s", bytes.len() as f64 / 1e6 / fastest(&theirs)));
    at_least("package: digesting, in times the speed of sha2", fastest(&theirs) / fastest(&ours), "×", 0.9, "sha2, one core", peer);
}

fn packed(tree: &Path, to: &Path) {
    let found = Manifest::read(tree).unwrap();
    let contents = scan(tree, &LIMITS).unwrap();
    let scratch = to.parent().unwrap();
    pack(tree, &contents, &found.manifest, &LIMITS, scratch, File::create(to).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
}

fn unpacked(package: &Path, into: &Path) {
    let file = File::open(package).unwrap();
    unpack(&file, &Expected::default(), into, &LIMITS, &mut |_| ControlFlow::Continue(())).unwrap();
}

/// Fills a folder with copies of real files of at least some size, up to a size in all; answers what it came to.
fn plant(tree: &Path, size: u64, least: u64) -> u64 {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules");
    let mut files = Vec::new();
    find(&modules, &mut files);
    files.retain(|(_, len)| *len >= least);
    files.sort();
    assert!(!files.is_empty(), "node_modules is empty: run npm ci");
    let mut planted = 0;
    for copy in 0.. {
        for (path, len) in &files {
            if planted >= size {
                fs::write(tree.join("patchbay.json"), json!({"id": "bench", "version": "1.0.0", "name": "Bench"}).to_string()).unwrap();
                return planted;
            }
            // Nothing that a rule would keep out of a package.
            let name = path.strip_prefix(&modules).unwrap().to_str().unwrap().replace("node_modules", "modules");
            let to = tree.join(copy.to_string()).join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(path, to).unwrap();
            planted += len;
        }
    }
    planted
}

fn find(folder: &Path, files: &mut Vec<(PathBuf, u64)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            find(&entry.path(), files);
        } else if kind.is_file() {
            let len = entry.metadata().unwrap().len();
            if len <= LARGEST {
                files.push((entry.path(), len));
            }
        }
    }
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn fastest(times: &[Duration]) -> f64 {
    times.iter().min().unwrap().as_secs_f64()
}

/// The most memory that this process ever had, in KiB (`VmHWM`, proc(5)).
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").to_owned()
}

fn at_most(name: &str, value: f64, unit: &str, target: f64, peer: &str, peer_value: Value) {
    report(name, value, unit, target, value <= target, false, peer, peer_value);
}

fn at_least(name: &str, value: f64, unit: &str, target: f64, peer: &str, peer_value: Value) {
    report(name, value, unit, target, value >= target, true, peer, peer_value);
}

#[expect(clippy::too_many_arguments, reason = "one for each column of the report")]
fn report(name: &str, value: f64, unit: &str, target: f64, met: bool, at_least: bool, peer: &str, peer_value: Value) {
    let value = (value * 100.0).round() / 100.0;
    println!(
        "{}",
        json!({"name": name, "value": value, "unit": unit, "target": target, "at_least": at_least, "met": met, "peer": peer, "peer_value": peer_value})
    );
}
