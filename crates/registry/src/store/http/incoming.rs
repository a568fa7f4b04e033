//! Bytes that come: past, or into a file.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use patchbay_package::{Digest, Hasher};
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
};

use crate::{
    key::Key,
    store::{Progress, StoreError, error::cause},
};

/// How much of the beginning is kept, to look at.
const OPENING: usize = 512;

/// Bytes that are digested as they pass, and of which only the beginning is kept.
pub(in crate::store) struct Passing {
    hasher: Hasher,
    opening: Vec<u8>,
    progress: Progress,
}

impl Passing {
    /// None so far.
    pub(in crate::store) fn new(progress: Progress) -> Self {
        Self { hasher: Hasher::new(), opening: Vec::new(), progress }
    }

    /// Adds what came.
    pub(in crate::store) fn take(&mut self, chunk: &[u8]) {
        let missing = OPENING.saturating_sub(self.opening.len());
        self.opening.extend(chunk.iter().take(missing));
        self.hasher.update(chunk);
        (self.progress)(chunk.len() as u64);
    }

    /// Their size, their digest and the opening bytes.
    pub(in crate::store) fn finish(self) -> (u64, Digest, Bytes) {
        (self.hasher.len(), self.hasher.finish(), self.opening.into())
    }
}

/// A file that is being written and digested.
pub(in crate::store) struct Incoming<'a> {
    key: &'a Key,
    path: PathBuf,
    file: BufWriter<File>,
    passing: Passing,
}

impl<'a> Incoming<'a> {
    /// Creates or truncates the file.
    pub(in crate::store) async fn create(key: &'a Key, path: &Path, progress: Progress) -> Result<Self, StoreError> {
        let file = File::create(path).await.map_err(|e| StoreError::new(cause::disk(&e, path, "written"), Some(key)))?;
        let file = BufWriter::with_capacity(256 * 1024, file);
        Ok(Self { key, path: path.to_owned(), file, passing: Passing::new(progress) })
    }

    /// Adds what came.
    pub(in crate::store) async fn write(&mut self, chunk: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(chunk).await.map_err(|e| StoreError::new(cause::disk(&e, &self.path, "written"), Some(self.key)))?;
        self.passing.take(chunk);
        Ok(())
    }

    /// Its size, its digest and its opening bytes.
    pub(in crate::store) async fn finish(mut self) -> Result<(u64, Digest, Bytes), StoreError> {
        self.file.flush().await.map_err(|e| StoreError::new(cause::disk(&e, &self.path, "written"), Some(self.key)))?;
        Ok(self.passing.finish())
    }
}
