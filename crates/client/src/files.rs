//! Small files that are never half-written and that two programs may change at once.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    sentence::sentence,
    wire::{Code, WireError},
};

/// Why a file of Patchbay's own could not be used.
///
/// What stands in a file is never part of an error: somebody may have pasted a secret there.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is there and cannot be read.
    #[error("{} cannot be read: {}.", path.display(), source)]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot be written; what stood there before still does.
    #[error("{} cannot be written: {}.", path.display(), source)]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not what Patchbay writes.
    #[error("{} is damaged at line {line}, column {column}.", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A newer Patchbay wrote it.
    #[error("{} was written by a newer Patchbay (its version is {found}, this program knows {known}).", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version that it says.
        found: u64,
        /// The newest version that this program knows.
        known: u64,
    },
}

impl FileError {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Write { path, source }
    }

    pub(crate) fn damaged(path: &Path) -> impl FnOnce(serde_json::Error) -> Self {
        let path = path.to_owned();
        |error| Self::Damaged { path, line: error.line(), column: error.column() }
    }
}

impl From<&FileError> for WireError {
    fn from(error: &FileError) -> Self {
        let (path, kind, hint) = match error {
            FileError::Read { path, .. } => (path, "file_unreadable", "Check who may read it."),
            FileError::Write { path, source } if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                (path, "disk_full", "Make room on the disk and try again.")
            }
            FileError::Write { path, .. } => (path, "file_unwritable", "Check who may write there."),
            FileError::Damaged { path, .. } => (path, "file_damaged", "Repair the file, or remove it to start afresh."),
            FileError::Newer { path, .. } => (path, "file_newer", "Update Patchbay."),
        };
        sentence(Code::Failed, kind, error, Some(hint.to_owned()), &[("path", path.display().to_string())])
    }
}

impl From<FileError> for WireError {
    fn from(error: FileError) -> Self {
        Self::from(&error)
    }
}

/// Puts these bytes there, for the owner alone: after a crash at any moment the file is the old one or the new one.
///
/// # Errors
/// [`FileError::Write`]; the old file is untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_and_rename(path, &[bytes], true).map_err(FileError::write(path))
}

/// The same for what can be fetched again: another program never sees half of it, but a power cut may leave it damaged, and whoever
/// reads it then takes it for absent. A sync costs as much as a publish's own request. In parts, so that large ones need not be copied.
///
/// # Errors
/// [`FileError::Write`]; the old file is untouched.
pub fn cache(path: &Path, parts: &[&[u8]]) -> Result<(), FileError> {
    write_and_rename(path, parts, false).map_err(FileError::write(path))
}

fn write_and_rename(path: &Path, parts: &[&[u8]], durable: bool) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // In the same folder, because a rename is atomic inside one file system only. tempfile makes it readable for the owner alone.
    let mut file = tempfile::Builder::new().prefix(".").suffix(".tmp").tempfile_in(folder)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    if durable {
        file.as_file().sync_all()?;
    }
    file.persist(path)?;
    if durable { sync_folder(path) } else { Ok(()) }
}

/// Without this the renaming of a file may be lost in a power cut. Windows has no such call.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Reads a JSON file; none when it is not there.
///
/// # Errors
/// [`FileError::Read`] and [`FileError::Damaged`].
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FileError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(FileError::damaged(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::read(path)(error)),
    }
}

/// Writes a JSON file as [`replace`] does, indented: people look into these.
///
/// # Errors
/// [`FileError::Write`].
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), FileError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| FileError::write(path)(error.into()))?;
    bytes.push(b'\n');
    replace(path, &bytes)
}

/// A lock between programs. It is held until it is dropped, or until the program ends in whatever way.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    fn open(path: &Path) -> Result<File, FileError> {
        OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(FileError::write(path))
    }

    /// Waits for the lock. The file beside the data is a separate one, because replacing a file replaces what is locked.
    ///
    /// # Errors
    /// [`FileError::Write`] when the lock file cannot be made.
    pub fn acquire(path: &Path) -> Result<Self, FileError> {
        let file = Self::open(path)?;
        file.lock().map_err(FileError::write(path))?;
        Ok(Self { _file: file })
    }

    /// Takes the lock if nobody holds it.
    ///
    /// # Errors
    /// [`FileError::Write`] when the lock file cannot be made.
    pub fn try_acquire(path: &Path) -> Result<Option<Self>, FileError> {
        let file = Self::open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(FileError::write(path)(error)),
        }
    }

    /// The lock of a file that is read, changed and written.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub fn of(path: &Path) -> Result<Self, FileError> {
        Self::acquire(&path.with_extension("lock"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert_eq!(read_json::<u8>(&path).unwrap(), None);
        write_json(&path, &1).unwrap();
        write_json(&path, &2).unwrap();
        assert_eq!(read_json::<u8>(&path).unwrap(), Some(2));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::create_dir(&path).unwrap();
        assert!(matches!(replace(&path, b"x"), Err(FileError::Write { .. })));
        assert!(path.is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_lock_is_held_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let held = Lock::try_acquire(&path).unwrap();
        assert!(held.is_some());
        assert!(Lock::try_acquire(&path).unwrap().is_none());
        drop(held);
        assert!(Lock::try_acquire(&path).unwrap().is_some());
    }

    #[test]
    fn a_damaged_file_is_named_and_its_content_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "{\n  \"count\": \"hunter2\"}").unwrap();
        let error = read_json::<std::collections::BTreeMap<String, u8>>(&path).unwrap_err();
        let wire = WireError::from(&error);
        assert_eq!(wire.message, format!("{} is damaged at line 2, column 20.", path.display()));
        assert_eq!(wire.hint.as_deref(), Some("Repair the file, or remove it to start afresh."));
        assert!(!format!("{error:?}{error}").contains("hunter2"));
    }
}
