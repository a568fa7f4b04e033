//! Which files of two packages belong together.

use std::collections::{BTreeMap, HashMap};

use crate::{Digest, FileEntry, Mode};

/// Above this many files of one digest they are paired in order: looking for the most alike would take their square.
const ALIKE: usize = 64;

/// What is known of a file without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// Its mode.
    pub mode: Mode,
}

impl From<&FileEntry> for FileState {
    fn from(file: &FileEntry) -> Self {
        Self { path: file.path.clone(), size: file.size, sha256: file.sha256, mode: file.mode }
    }
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It was not there before.
    Added,
    /// It is no longer there.
    Removed,
    /// It has another path; its bytes may differ, too.
    Renamed,
    /// It has other bytes or another mode.
    Changed,
}

/// A file that is not the same on both sides. At least one side is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// What happened to it.
    pub kind: Kind,
    /// How it was.
    pub old: Option<FileState>,
    /// How it is.
    pub new: Option<FileState>,
}

impl FileChange {
    fn of(old: Option<FileState>, new: Option<FileState>) -> Self {
        let kind = match (&old, &new) {
            (None, _) => Kind::Added,
            (_, None) => Kind::Removed,
            (Some(old), Some(new)) if old.path != new.path => Kind::Renamed,
            _ => Kind::Changed,
        };
        Self { kind, old, new }
    }

    /// Its path: where it is, or where it was.
    #[must_use]
    pub fn path(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).map_or("", |file| &file.path)
    }

    /// Whether both sides have the same bytes.
    #[must_use]
    pub fn same_bytes(&self) -> bool {
        matches!((&self.old, &self.new), (Some(old), Some(new)) if old.sha256 == new.sha256)
    }
}

/// The files that differ, by path, and how many do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// The files that differ.
    pub changes: Vec<FileChange>,
    /// How many are the same on both sides.
    pub unchanged: usize,
}

/// Finds out what happened to each file. A file that went and one that came are one file that was renamed when they have the
/// same bytes; or when their names say so (the same name elsewhere, or the same name but for a hash in it, as bundlers write),
/// no other file claims that, and their sizes are of one order.
#[must_use]
pub fn pair(old: impl IntoIterator<Item = FileState>, new: impl IntoIterator<Item = FileState>) -> Pairs {
    let by_path = |files: &mut dyn Iterator<Item = FileState>| files.map(|f| (f.path.clone(), f)).collect::<BTreeMap<_, _>>();
    let mut gone = by_path(&mut old.into_iter());
    let (mut came, mut pairs) = (BTreeMap::new(), Pairs::default());
    for file in new {
        match gone.remove(&file.path) {
            None => drop(came.insert(file.path.clone(), file)),
            Some(old) if old == file => pairs.unchanged += 1,
            Some(old) => pairs.changes.push(FileChange::of(Some(old), Some(file))),
        }
    }
    same_bytes(&mut gone, &mut came, &mut pairs.changes);
    same_names(&mut gone, &mut came, &mut pairs.changes, |path| Some((parent(path).to_owned(), without_hashes(name(path))?)));
    same_names(&mut gone, &mut came, &mut pairs.changes, |path| Some((String::new(), name(path).to_owned())));
    pairs.changes.extend(gone.into_values().map(|file| FileChange::of(Some(file), None)));
    pairs.changes.extend(came.into_values().map(|file| FileChange::of(None, Some(file))));
    pairs.changes.sort_by(|a, b| a.path().cmp(b.path()));
    pairs
}

type Files = BTreeMap<String, FileState>;

fn same_bytes(gone: &mut Files, came: &mut Files, changes: &mut Vec<FileChange>) {
    let mut groups: HashMap<Digest, Vec<String>> = HashMap::new();
    // Empty files are all the same, and say nothing about where one went.
    for file in gone.values().filter(|file| file.size > 0) {
        groups.entry(file.sha256).or_default().push(file.path.clone());
    }
    let paths: Vec<String> = came.keys().cloned().collect();
    for path in paths {
        let Some(candidates) = came.get(&path).and_then(|file| groups.get_mut(&file.sha256)) else { continue };
        let closest = match candidates.len() {
            0 => continue,
            1..=ALIKE => {
                let likeness = candidates.iter().enumerate().max_by_key(|(at, old)| (alike(old, &path), usize::MAX - at));
                likeness.map_or(0, |(at, _)| at)
            }
            _ => 0,
        };
        let old = candidates.remove(closest);
        changes.push(FileChange::of(gone.remove(&old), came.remove(&path)));
    }
}

/// How much of two paths is the same: the same file name counts most, then what they begin and end with.
fn alike(a: &str, b: &str) -> (bool, usize) {
    let common = |a: &mut dyn Iterator<Item = u8>, b: &mut dyn Iterator<Item = u8>| a.zip(b).take_while(|(a, b)| a == b).count();
    (name(a) == name(b), common(&mut a.bytes(), &mut b.bytes()) + common(&mut a.bytes().rev(), &mut b.bytes().rev()))
}

fn same_names(gone: &mut Files, came: &mut Files, changes: &mut Vec<FileChange>, named: impl Fn(&str) -> Option<(String, String)>) {
    let claims = |files: &Files| {
        let mut claims: HashMap<(String, String), Option<String>> = HashMap::new();
        for path in files.keys() {
            let Some(key) = named(path) else { continue };
            // A second claim makes both worthless.
            claims.entry(key).and_modify(|claim| *claim = None).or_insert_with(|| Some(path.clone()));
        }
        claims
    };
    let mut left = claims(gone);
    let mut right: Vec<_> = claims(came).into_iter().collect();
    right.sort();
    for (key, path) in right {
        let (Some(new), Some(Some(old))) = (path, left.remove(&key)) else { continue };
        let size = |files: &Files, path: &str| files.get(path).map_or(0, |file| file.size);
        let (before, after) = (size(gone, &old), size(came, &new));
        if before > 0 && after > 0 && before / 4 <= after && after / 4 <= before {
            changes.push(FileChange::of(gone.remove(&old), came.remove(&new)));
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The name of a file without the hashes that bundlers put into it; none when it has none.
fn without_hashes(name: &str) -> Option<String> {
    let mut found = false;
    let kept: Vec<&str> = name
        .split_inclusive(['.', '-', '_'])
        .map(|part| {
            let hash = is_hash(part.trim_end_matches(['.', '-', '_']));
            found |= hash;
            if hash { "#" } else { part }
        })
        .collect();
    found.then(|| kept.concat())
}

fn is_hash(part: &str) -> bool {
    let digit = part.bytes().any(|b| b.is_ascii_digit());
    let hex = part.len() >= 6 && part.bytes().all(|b| b.is_ascii_hexdigit());
    // Vite and Rollup write 8 characters of base64, esbuild 8 capitals.
    let base64 = part.len() == 8 && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let mixed = digit || part.bytes().skip(1).any(|b| b.is_ascii_uppercase());
    (hex && digit) || (base64 && mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: &str) -> FileState {
        FileState { path: path.into(), size: bytes.len() as u64, sha256: Digest::of(bytes.as_bytes()), mode: Mode::Plain }
    }

    fn told(old: &[(&str, &str)], new: &[(&str, &str)]) -> (Vec<String>, usize) {
        let files = |all: &[(&str, &str)]| all.iter().map(|(path, bytes)| file(path, bytes)).collect::<Vec<_>>();
        let pairs = pair(files(old), files(new));
        let tell = |c: &FileChange| match (&c.old, &c.new) {
            (Some(old), Some(new)) if old.path != new.path => format!("{} > {}", old.path, new.path),
            (Some(_), Some(new)) => format!("~{}", new.path),
            (Some(old), None) => format!("-{}", old.path),
            (None, new) => format!("+{}", new.as_ref().map_or("", |n| &n.path)),
        };
        (pairs.changes.iter().map(tell).collect(), pairs.unchanged)
    }

    #[test]
    fn what_happened_to_each_file() {
        let old = [("a", "1"), ("b", "2"), ("c", "3"), ("empty", "")];
        let new = [("a", "1"), ("b", "two"), ("d", "4"), ("nothing", "")];
        assert_eq!(told(&old, &new), (["~b", "-c", "+d", "-empty", "+nothing"].map(Into::into).to_vec(), 1));
        let executable = FileState { mode: Mode::Executable, ..file("a", "1") };
        assert_eq!(pair([file("a", "1")], [executable]).changes[0].kind, Kind::Changed);
    }

    #[test]
    fn a_file_is_followed_to_its_new_path() {
        let (told, _) = told(&[("lib/main.js", "x"), ("lib/util.js", "y")], &[("src/main.js", "x"), ("src/util.js", "y")]);
        assert_eq!(told, ["lib/main.js > src/main.js", "lib/util.js > src/util.js"]);
    }

    #[test]
    fn of_many_copies_the_most_alike_is_followed() {
        let old = [("a/LICENSE", "MIT"), ("b/LICENSE", "MIT"), ("z.txt", "MIT")];
        let new = [("b/sub/LICENSE", "MIT"), ("y.txt", "MIT")];
        assert_eq!(told(&old, &new).0, ["-a/LICENSE", "b/LICENSE > b/sub/LICENSE", "z.txt > y.txt"]);
    }

    #[test]
    fn names_alone_are_believed_when_nothing_speaks_against_it() {
        let (moved, _) = told(&[("lib/parse.js", "one thing")], &[("dist/parse.js", "another")]);
        assert_eq!(moved, ["lib/parse.js > dist/parse.js"]);
        let (hashed, _) = told(&[("assets/main-8f3a91bc.js", "one thing")], &[("assets/main-0b1c2d3e.js", "another")]);
        assert_eq!(hashed, ["assets/main-8f3a91bc.js > assets/main-0b1c2d3e.js"]);
        let (two, _) = told(&[("a/index.js", "1"), ("b/index.js", "2")], &[("c/index.js", "3")]);
        assert_eq!(two, ["-a/index.js", "-b/index.js", "+c/index.js"]);
        let (grown, _) = told(&[("a/x.js", "1")], &[("b/x.js", "much more than four times as much")]);
        assert_eq!(grown, ["-a/x.js", "+b/x.js"]);
    }

    #[test]
    fn hashes_in_names() {
        for (name, kept) in [
            ("main.8f3a91bc.js", Some("main.#js")),
            ("chunk-DLkZy1xD.mjs", Some("chunk-#mjs")),
            ("index.js", None),
            ("settings.json", None),
            ("facade.js", None),
            ("Homebridge.md", None),
        ] {
            assert_eq!(without_hashes(name).as_deref(), kept, "{name}");
        }
    }

    /// Thousands of copies of one file must not take the square of their number.
    #[test]
    fn many_copies_are_paired_in_order() {
        let files = |folder: &str| (0..10_000).map(|i| file(&format!("{folder}/{i:05}"), "same")).collect::<Vec<_>>();
        let pairs = pair(files("a"), files("b"));
        assert!(pairs.changes.len() == 10_000 && pairs.changes.iter().all(|c| c.kind == Kind::Renamed && c.same_bytes()));
    }
}
