//! What survives a power cut.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::point::passed;

/// Makes the names in a folder durable: after a rename, the data of the file is safe, but its name is only so after this.
#[cfg(unix)]
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

/// Windows has no such call for folders; NTFS journals names by itself.
#[cfg(not(unix))]
pub(crate) fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// At about 200 bytes each.
const MOST_REMEMBERED: usize = 16_384;

/// The folders whose own names are durable already: a write into one of them syncs that one, and not every folder above it.
#[derive(Debug, Default)]
pub(crate) struct Folders(Mutex<HashMap<PathBuf, Identity>>);

/// What tells a folder from another one of the same name: a DELETE, of this program or of another, may have removed it meanwhile. Its
/// number alone would not do, for numbers are given again.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    number: (u64, u64),
    created: SystemTime,
}

impl Identity {
    /// None on a filesystem that does not say when a folder was made.
    #[cfg(unix)]
    fn of(folder: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self { number: (folder.dev(), folder.ino()), created: folder.created().ok()? })
    }

    #[cfg(not(unix))]
    fn of(folder: &Metadata) -> Option<Self> {
        Some(Self { number: (0, 0), created: folder.created().ok()? })
    }
}

impl Folders {
    /// Makes the name of a file durable, and those of all folders above it up to `top`, which is so already: also of those that were
    /// there, for another writer may have made them a moment ago and not have come to this line. Answers how many were synced.
    pub(crate) fn sync(&self, file: &Path, top: &Path) -> io::Result<usize> {
        let mut synced = 0;
        for (depth, name) in file.ancestors().take_while(|name| *name != top).enumerate() {
            let Some(folder) = name.parent() else { break };
            // Looked at before the sync: one that takes its place meanwhile is another one. The file itself is always new.
            let identity = if depth == 0 { None } else { Identity::of(&fs::symlink_metadata(name)?) };
            if identity.is_some() && self.lock().get(name) == identity.as_ref() {
                continue;
            }
            sync_dir(folder)?;
            passed("folder synced");
            synced += 1;
            if let Some(identity) = identity {
                let mut known = self.lock();
                if known.len() >= MOST_REMEMBERED {
                    known.clear();
                }
                known.insert(name.to_owned(), identity);
            }
        }
        Ok(synced)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Identity>> {
        // The map is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_synced_again_when_it_is_another_one() {
        let top = tempfile::tempdir().unwrap();
        let folders = Folders::default();
        let inner = top.path().join("packages/timer");
        let put = |name: &str| {
            fs::create_dir_all(&inner).unwrap();
            fs::write(inner.join(name), "").unwrap();
            folders.sync(&inner.join(name), top.path()).unwrap()
        };
        assert_eq!(put("a"), 3, "its own folder, the one above and the top");
        assert_eq!(put("b"), 1, "its own folder");
        fs::remove_dir_all(&inner).unwrap();
        assert_eq!(put("a"), 2, "its own folder is a new name in the one above");
        fs::remove_dir_all(top.path().join("packages")).unwrap();
        assert_eq!(put("a"), 3);
        fs::write(top.path().join("c"), "").unwrap();
        assert_eq!(folders.sync(&top.path().join("c"), top.path()).unwrap(), 1);
    }
}
