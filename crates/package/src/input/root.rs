//! Names and sizes of a whole archive, checked before anything is written; and the folder in it that is the plugin's.

use std::collections::{BTreeSet, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::{Entry, What};
use crate::{Flaw, Limits, check_path, path::collisions};

/// Checks what all entries are together.
pub(super) fn check<T>(entries: &[Entry<T>], limits: &Limits) -> Result<(), Flaw> {
    let mut files = HashSet::new();
    let mut sum = 0_u64;
    for entry in entries {
        // macOS decomposes names; a folder with such a name is packed as well, in the composed form.
        check_path(&entry.path.nfc().collect::<String>())?;
        let What::File { size, .. } = entry.what else { continue };
        // Which of the two counts depends on the reader (CVE-2013-4787, Android's “master key”).
        if !files.insert(entry.path.as_str()) {
            return Err(Flaw::Twice { path: entry.path.clone() });
        }
        if size > limits.file_size() {
            return Err(Flaw::FileTooLarge { path: entry.path.clone(), limit: limits.file_size() });
        }
        sum = sum.saturating_add(size);
    }
    if sum > limits.unpacked_size {
        return Err(Flaw::TooLarge { limit: limits.unpacked_size });
    }
    let (folders, files): (Vec<_>, Vec<_>) = entries.iter().partition(|e| e.what == What::Folder);
    // A folder is a prefix of a path to `collisions`: named as the path of something in it that no name is like. In
    // their order: the same archive is refused with the same words every time.
    let folders: BTreeSet<_> = folders.iter().map(|e| format!("{}/\0", e.path)).collect();
    match collisions(files.iter().map(|e| e.path.as_str()).chain(folders.iter().map(String::as_str))).into_iter().next() {
        Some(collision) => Err(collision.into()),
        None => Ok(()),
    }
}

/// The folder whose content is the plugin, with a slash at its end; empty when that is the archive itself.
pub(super) fn of<T>(entries: &[Entry<T>]) -> String {
    let mut tops = entries.iter().filter(|e| !is_apple(&e.path)).map(|e| match e.path.split_once('/') {
        Some((top, _)) => Some(top),
        None => (e.what == What::Folder).then_some(e.path.as_str()),
    });
    match tops.next().flatten() {
        Some(first) if tops.all(|top| top == Some(first)) => format!("{first}/"),
        _ => String::new(),
    }
}

/// What macOS puts beside the files: their attributes, which no other system knows.
fn is_apple(path: &str) -> bool {
    path == "__MACOSX" || path.starts_with("__MACOSX/") || (path.starts_with("._") && !path.contains('/'))
}
