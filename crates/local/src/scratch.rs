//! Where things wait until they are whole.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A folder `<random>/` for what is not whole yet, and the lock beside it that says that somebody needs it.
///
/// The operating system releases the lock when the process ends, however it ends. A folder whose lock can be taken is
/// therefore provably nobody's, and only such a folder is swept: no age, no process id that may have been reused.
#[derive(Debug)]
pub struct Scratch {
    dir: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Sweeps what dead processes left in `place`, and makes a folder there. The caller holds a lock of its own meanwhile: between the
    /// creation of a folder and of its lock, nobody else may sweep.
    ///
    /// # Errors
    /// When something there cannot be listed, locked or made.
    pub fn create(place: &Path) -> io::Result<Self> {
        sweep(place)?;
        let dir = tempfile::Builder::new().prefix("").rand_bytes(16).tempdir_in(place)?;
        let lock_path = dir.path().with_extension("lock");
        let lock = File::create_new(&lock_path)?;
        lock.lock()?;
        Ok(Self { dir: dir.keep(), lock_path, _lock: lock })
    }

    /// The folder. It is removed, with what is in it, when this is dropped.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept at the next start.
        let _ = fs::remove_dir_all(&self.dir);
        let _ = fs::remove_file(&self.lock_path);
    }
}

fn sweep(place: &Path) -> io::Result<()> {
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        let folder = match path.extension() {
            None => path.clone(),
            Some(extension) if extension == OsStr::new("lock") => path.with_extension(""),
            // Not ours.
            Some(_) => continue,
        };
        let lock_path = folder.with_extension("lock");
        let lock = match File::open(&lock_path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Its process died between the two creations.
                remove(&folder);
                continue;
            }
            Err(error) => return Err(error),
        };
        match lock.try_lock() {
            Ok(()) => {
                remove(&folder);
                drop(lock);
                let _ = fs::remove_file(&lock_path);
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Best effort: what stays behind costs space and is tried again at the next start.
fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
