//! A folder that files are unpacked into. It was empty before, every path was checked before, and nothing that is there is
//! ever opened: a link that somebody puts into the way is an error and not a detour (CVE-2018-1002200, CVE-2025-3445).

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use crate::{ArchiveError, Mode};

/// Makes the folders of these paths, from the top down, each exactly once.
pub(crate) fn make_folders<'a>(root: &Path, folders: impl IntoIterator<Item = &'a str>) -> Result<(), ArchiveError> {
    let mut all = BTreeSet::new();
    for folder in folders {
        all.extend(folder.match_indices('/').map(|(at, _)| &folder[..at]));
        all.insert(folder);
    }
    for folder in all {
        fs::create_dir(root.join(folder)).map_err(|source| ArchiveError::Write { path: folder.to_owned(), source })?;
    }
    Ok(())
}

/// Makes a file that is not there yet.
pub(crate) fn make_file(root: &Path, path: &str, mode: Mode) -> Result<File, ArchiveError> {
    open(&root.join(path), mode).map_err(|source| ArchiveError::Write { path: path.to_owned(), source })
}

fn open(path: &Path, mode: Mode) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode.bits());
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

/// The folder that a path is in.
pub(crate) fn folder_of(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}
