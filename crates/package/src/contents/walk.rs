//! The way through a folder.

use std::{
    fs::{self, DirEntry, Metadata},
    path::{Path, PathBuf},
};

use unicode_normalization::UnicodeNormalization;

use super::{Contents, ENTRIES_PER_FILE, Excluded, MAX_COUNTED, ScanError, SourceFile, ignored::Rules};
use crate::{Limits, Problem, check_path, manifest, path};

pub(super) fn scan(folder: &Path, limits: &Limits, chosen: bool) -> Result<Contents, ScanError> {
    let mut walk =
        Walk { rules: Rules::new(folder, chosen), contents: Contents { chosen, ..Contents::default() }, limit: limits.files(), entries: 0 };
    walk.dir(folder, Path::new(""), "")?;
    let mut contents = walk.contents;
    contents.files.sort_by(|a, b| a.path.cmp(&b.path));
    contents.excluded.sort_by(|a, b| a.path.cmp(&b.path));
    contents.unpacked_size = contents.files.iter().map(|f| f.size).sum();
    let collisions = path::collisions(contents.files.iter().map(|f| f.path.as_str()));
    contents.problems.extend(collisions.iter().map(|c| Problem::error(c, Some(&c.second))));
    Ok(contents)
}

struct Walk {
    rules: Rules,
    contents: Contents,
    limit: usize,
    /// How many files and folders were met.
    entries: usize,
}

impl Walk {
    /// Walks one folder. `on_disk` is its path below the top as the system spells it, `name` the same as packages spell it,
    /// with a slash at its end.
    fn dir(&mut self, dir: &Path, on_disk: &Path, name: &str) -> Result<(), ScanError> {
        let unreadable = |source| ScanError::Unreadable { path: shown(dir, name), source };
        let room = (self.limit * ENTRIES_PER_FILE).saturating_sub(self.entries);
        // Not one more than there is room for: a folder of a million files is not read to its end.
        let mut entries = fs::read_dir(dir).and_then(|all| all.take(room + 1).collect::<Result<Vec<_>, _>>()).map_err(unreadable)?;
        if entries.len() > room {
            return Err(ScanError::TooManyEntries { limit: self.limit * ENTRIES_PER_FILE });
        }
        self.entries += entries.len();
        entries.sort_by_key(DirEntry::file_name);
        self.rules.enter(dir, name, &mut self.contents.problems)?;
        for entry in entries {
            self.entry(&entry, on_disk, name)?;
        }
        self.rules.leave();
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, parent: &Path, parent_name: &str) -> Result<(), ScanError> {
        let at = entry.path();
        let file_name = entry.file_name();
        let name = format!("{parent_name}{}", file_name.to_string_lossy().nfc());
        let unreadable = |source| ScanError::Unreadable { path: name.clone(), source };
        // Of the entry itself, never of what a link leads to.
        let metadata = entry.metadata().map_err(unreadable)?;
        let is_dir = metadata.is_dir();
        let is_manifest = parent_name.is_empty() && !is_dir && manifest::FILES.contains(&name.as_str());
        if !is_manifest && let Some(reason) = self.rules.excludes(&at, &name, is_dir) {
            let (path, files) = if is_dir { (format!("{name}/"), count(&at)) } else { (name, 1) };
            self.contents.excluded.push(Excluded { path, rule: reason.rule, source: reason.source, files });
            return Ok(());
        }
        if file_name.to_str().is_none() {
            let message = format!("The name “{}” is not Unicode text.", path::show(&name));
            self.problem(Problem::warning("name_not_unicode", message, "Rename it.").stopping(), name);
        } else if is_dir {
            // Checked here as well as with its files: a bottomless tree must not be walked to its end.
            if name.split('/').count() >= path::MAX_DEPTH {
                return self.deepest(&at, name);
            }
            return self.dir(&at, &parent.join(file_name), &format!("{name}/"));
        } else if metadata.is_file() {
            return self.file(name, parent.join(file_name), &metadata);
        } else if metadata.is_symlink() {
            // A link can lead out of the folder: to a private key here, or to any file over there (CVE-2018-20990).
            let message = format!("“{}” is a link, and packages hold no links.", path::show(&name));
            self.problem(Problem::warning("link", message, "Put the file itself there, or exclude the link.").stopping(), name);
        } else {
            let message = format!("“{}” is neither a file nor a folder.", path::show(&name));
            self.problem(Problem::warning("special_file", message, "Remove it, or exclude it.").stopping(), name);
        }
        Ok(())
    }

    fn file(&mut self, path: String, on_disk: PathBuf, metadata: &Metadata) -> Result<(), ScanError> {
        if self.contents.files.len() == self.limit {
            return Err(ScanError::TooManyFiles { limit: self.limit });
        }
        if let Err(e) = check_path(&path) {
            self.contents.problems.push(Problem::error(&e, Some(&path)));
        }
        self.contents.files.push(SourceFile { path, on_disk, size: metadata.len(), executable: is_executable(metadata) });
        Ok(())
    }

    /// A folder that cannot hold a file whose path is allowed.
    fn deepest(&mut self, at: &Path, name: String) -> Result<(), ScanError> {
        if count(at) > 0 {
            let e = crate::PathError::TooDeep { depth: name.split('/').count() + 1, path: name.clone() };
            self.contents.problems.push(Problem::error(&e, Some(&name)));
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem, path: String) {
        self.contents.problems.push(problem.in_file(&path).with("path", path));
    }
}

/// How a folder is named to a person: below the top by its path there.
fn shown(dir: &Path, name: &str) -> String {
    if name.is_empty() { dir.display().to_string() } else { name.to_owned() }
}

/// How many files a folder holds, at any depth; counting ends at [`MAX_COUNTED`]. What cannot be read counts for nothing: it stays out anyway.
fn count(dir: &Path) -> u32 {
    let mut open = vec![dir.to_owned()];
    let mut files = 0_u32;
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(t) if t.is_dir() => open.push(entry.path()),
                _ => files += 1,
            }
            if files >= MAX_COUNTED || open.len() >= MAX_COUNTED as usize {
                return MAX_COUNTED;
            }
        }
    }
    files
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}
