//! A file of the folder while it is packed.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use super::PackError;
use crate::SourceFile;

/// A file of the folder, read in chunks that are full but for the last.
pub(super) struct Source<'a> {
    file: File,
    path: &'a str,
    size: u64,
    read: u64,
    modified: Option<std::time::SystemTime>,
}

impl<'a> Source<'a> {
    /// Opens what the scan saw.
    pub(super) fn open(folder: &Path, file: &'a SourceFile) -> Result<Self, PackError> {
        let at = folder.join(&file.on_disk);
        let path = file.path.as_str();
        let failed = |source| PackError::Read { path: path.into(), source };
        // It may have become a link since the scan, leading anywhere.
        if !fs::symlink_metadata(&at).map_err(failed)?.is_file() {
            return Err(PackError::Changed { path: path.into() });
        }
        let opened = File::open(&at).map_err(failed)?;
        let modified = opened.metadata().map_err(failed)?.modified().ok();
        Ok(Self { file: opened, path, size: file.size, read: 0, modified })
    }

    /// The next chunk; none at the end, which has to be where the scan saw it.
    pub(super) fn next<'b>(&mut self, chunk: &'b mut [u8]) -> Result<Option<&'b [u8]>, PackError> {
        let failed = |path: &str, source| PackError::Read { path: path.into(), source };
        let mut filled = 0;
        while filled < chunk.len() {
            match self.file.read(&mut chunk[filled..]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(failed(self.path, e)),
            }
        }
        self.read += filled as u64;
        if self.read > self.size {
            return Err(self.changed());
        }
        if filled > 0 {
            return Ok(Some(&chunk[..filled]));
        }
        let modified = self.file.metadata().map_err(|e| failed(self.path, e))?.modified().ok();
        if self.read == self.size && modified == self.modified { Ok(None) } else { Err(self.changed()) }
    }

    /// The error for a file that is not what the scan saw.
    pub(super) fn changed(&self) -> PackError {
        PackError::Changed { path: self.path.into() }
    }
}
