//! The folder on disk: who lives where in it.
//!
//! ```text
//! key.json              the key, mode 0600
//! start.lock            held while a server starts
//! buckets/<bucket>/…    objects, one file each
//! incoming/<random>/    uploads that are not whole yet, per running server
//! locks/00 … ff         one lock per key, by the first byte of its digest
//! ```

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::durable::{Folders, sync_dir};
use crate::etag::Etags;
use crate::locks::KeyLocks;
use crate::name::component_file_name;
use crate::refusal::Refusal;
use crate::scratch::Scratch;
use crate::{LocalError, LocalKey};

#[derive(Debug)]
pub(crate) struct Folder {
    buckets: PathBuf,
    pub(crate) scratch: Scratch,
    pub(crate) locks: KeyLocks,
    pub(crate) etags: Etags,
    pub(crate) durable: Folders,
}

impl Folder {
    /// Opens or creates the folder, and reads or makes its key. Blocks.
    pub(crate) fn open(path: &Path) -> Result<(Self, LocalKey), LocalError> {
        private_dir(path).map_err(LocalError::folder(path))?;
        let root = fs::canonicalize(path).map_err(LocalError::folder(path))?;
        let place = |name: &str| {
            let dir = root.join(name);
            private_dir(&dir).and_then(|()| real_dir(&dir)).map_err(LocalError::folder(&dir)).map(|()| dir)
        };

        let start_path = root.join("start.lock");
        let start = open_lock(&start_path).map_err(LocalError::folder(&start_path))?;
        lock(&start).map_err(LocalError::folder(&start_path))?;

        let (buckets, incoming, locks) = (place("buckets")?, place("incoming")?, place("locks")?);
        let scratch = Scratch::create(&incoming).map_err(LocalError::folder(&incoming))?;
        let key = LocalKey::of_folder(&root, scratch.dir())?;
        sync_dir(&root).map_err(LocalError::folder(&root))?;
        let folder = Self { buckets, scratch, locks: KeyLocks::new(locks), etags: Etags::default(), durable: Folders::default() };
        Ok((folder, key))
    }

    /// The folder of a bucket that exists.
    pub(crate) fn bucket(&self, name: &str) -> Result<PathBuf, Refusal> {
        let path = self.bucket_path(name).ok_or(Refusal::NoSuchBucket)?;
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => Ok(path),
            Ok(_) => Err(Refusal::NoSuchBucket),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Refusal::NoSuchBucket),
            Err(error) => Err(error.into()),
        }
    }

    /// Creates a bucket, or says that it is there.
    pub(crate) fn create_bucket(&self, name: &str) -> Result<(), Refusal> {
        let path = self.bucket_path(name).ok_or(Refusal::BucketName)?;
        match fs::create_dir(&path) {
            Ok(()) => Ok(sync_dir(&self.buckets)?),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Refusal::BucketExists),
            Err(error) => Err(error.into()),
        }
    }

    /// The names of all buckets with the time each folder was last changed.
    pub(crate) fn buckets(&self) -> Result<Vec<(String, std::time::SystemTime)>, Refusal> {
        let mut buckets = Vec::new();
        for entry in fs::read_dir(&self.buckets)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if s3s::path::check_bucket_name(&name) && entry.file_type()?.is_dir() {
                buckets.push((name, entry.metadata()?.modified()?));
            }
        }
        buckets.sort();
        Ok(buckets)
    }

    /// S3's grammar is checked before a request comes here; device names of Windows (`con`, `aux.x`) are left.
    fn bucket_path(&self, name: &str) -> Option<PathBuf> {
        let file_name = component_file_name(name).ok()?;
        (file_name == name && s3s::path::check_bucket_name(name)).then(|| self.buckets.join(file_name))
    }
}

/// Creates a folder that only its owner can enter. One that exists is left as it is.
fn private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A link in place of one of our folders would lead writes elsewhere, and renames across disks are not atomic.
fn real_dir(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

/// Waits for the lock; a signal in between is no reason to give up.
pub(crate) fn lock(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
