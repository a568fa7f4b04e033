//! Where packages are while they are made, unpacked or checked.

use std::{fs::File, path::Path};

use patchbay_local::Scratch;
use tempfile::NamedTempFile;

use crate::files::{FileError, Lock};

/// A folder below `temporary`. It is removed when it is dropped, and by whoever makes the next one when this program is killed.
///
/// # Errors
/// [`FileError::Write`].
pub fn folder(temporary: &Path) -> Result<Scratch, FileError> {
    crate::home::make(temporary)?;
    let _start = Lock::of(temporary)?;
    Scratch::create(temporary).map_err(FileError::write(temporary))
}

/// A file in such a folder.
#[derive(Debug)]
pub struct ScratchFile {
    // Windows removes no folder with an open file in it: this is dropped first.
    file: NamedTempFile,
    folder: Scratch,
}

impl ScratchFile {
    /// An empty file.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn create(temporary: &Path) -> Result<Self, FileError> {
        let folder = folder(temporary)?;
        let file = NamedTempFile::new_in(folder.dir()).map_err(FileError::write(folder.dir()))?;
        Ok(Self { file, folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// To write into it.
    pub fn as_file_mut(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// The folder that it has for itself.
    pub fn folder(&self) -> &Path {
        self.folder.dir()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_a_killed_program_left_goes_and_what_is_in_use_stays() {
        let home = tempfile::tempdir().unwrap();
        let temporary = home.path().join("temporary");
        let dead = temporary.join("0123456789abcdef");
        fs::create_dir_all(&dead).unwrap();
        fs::write(dead.join("package"), "half of it").unwrap();
        // A lock that nobody holds.
        fs::write(dead.with_extension("lock"), "").unwrap();
        let alive = ScratchFile::create(&temporary).unwrap();
        assert!(!dead.exists() && !dead.with_extension("lock").exists());
        let other = folder(&temporary).unwrap();
        assert!(alive.path().exists() && other.dir().exists());
        drop((alive, other));
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    }
}
