//! Making a package.

mod compress;
mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufWriter, Read as _, Write},
    ops::ControlFlow,
    path::Path,
};

use flate2::{Compression, Crc};
use tempfile::SpooledTempFile;

use self::{
    compress::{Compressed, compress_all},
    source::Source,
};

use crate::{
    Contents, Digest, Explain, FileEntry, FileList, Hasher, Limits, Manifest, Mode, PathError, SourceFile,
    archive::{Entry, Method, Writer},
    check_path,
    io_words::{is_full, words},
    limits::size_words,
    path::{Collision, collisions},
};

/// How much is read at once, in bytes. Part of the format: the compressor's output may depend on how its input is cut.
const CHUNK: usize = 64 << 10;
/// The compressor's level. Part of the format.
const LEVEL: Compression = Compression::new(6);

/// A package that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The digest of the package.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Sum of its files' sizes in bytes.
    pub unpacked_size: u64,
    /// Its files.
    pub list: FileList,
}

/// Why no package was made. What was written until then is no package and can be thrown away.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file cannot be read.
    #[error("“{path}” cannot be read: {}.", words(source))]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what it was when the folder was scanned, or it changed while it was read.
    #[error("“{path}” changed while it was being packed.")]
    Changed {
        /// The file.
        path: String,
    },
    /// The package, or a file waiting to go into it, cannot be written.
    #[error("The package cannot be written: {}.", words(source))]
    Write {
        /// What the system said.
        source: io::Error,
    },
    /// The package would be larger than it may.
    #[error(
        "The package is larger than {}; its files have {} before they are compressed. The largest: {largest}.",
        size_words(*limit),
        size_words(*size)
    )]
    TooLarge {
        /// What is allowed, in bytes.
        limit: u64,
        /// The sum of its files' sizes in bytes. How large the package itself would be is not found out: it is not written to its end.
        size: u64,
        /// The three largest of its files with their sizes.
        largest: String,
    },
    /// There are more files than there may be.
    #[error("The package would hold {files} files; at most {limit} are allowed.")]
    TooManyFiles {
        /// How many there are.
        files: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A file is larger than it may.
    #[error("“{path}” has {}; at most {} are allowed in one file.", size_words(*size), size_words(*limit))]
    FileTooLarge {
        /// The file.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// The files are larger together than they may.
    #[error("The files have {} together; at most {} are allowed.", size_words(*size), size_words(*limit))]
    UnpackedTooLarge {
        /// Their size in bytes.
        size: u64,
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// A path breaks the rules.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Two paths are one on some systems.
    #[error(transparent)]
    Collision(#[from] Collision),
    /// It was cancelled.
    #[error("Packing was cancelled.")]
    Cancelled,
}

/// Packs a scanned folder. The same files give the same bytes, on every system and in every run.
///
/// `scratch` is a folder for compressed files that are too large for memory; nothing is left there. `progress` is told how
/// many bytes of [`Contents::unpacked_size`] have been read, and cancels by breaking. `out` is written from front to back and
/// flushed, not synced.
///
/// # Errors
/// [`PackError`]. Everything that [`crate::lint()`] reports as an error of paths and sizes is refused here too.
pub fn pack(
    folder: &Path,
    contents: &Contents,
    manifest: &Manifest,
    limits: &Limits,
    scratch: &Path,
    out: impl Write,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Packed, PackError> {
    let files = check(contents, limits)?;
    let executables: BTreeSet<&str> = manifest.executables.iter().map(String::as_str).collect();
    let out = Tee { out: BufWriter::with_capacity(CHUNK, out), hasher: Hasher::new() };
    let mut packing = Packing { archive: Writer::new(out), list: FileList::default(), limit: limits.package_size(), contents };
    compress_all(folder, &files, scratch, progress, |file, compressed| {
        let mode = if executables.contains(file.path.as_str()) { Mode::Executable } else { Mode::Plain };
        packing.file(folder, file, mode, compressed)
    })?;
    let Packing { archive, list, .. } = packing;
    let hasher = archive.finish().map_err(|source| PackError::Write { source })?.hasher;
    Ok(Packed { size: hasher.len(), sha256: hasher.finish(), unpacked_size: list.unpacked_size(), list })
}

/// The files in the order of the package, when all of them can be in one.
fn check<'a>(contents: &'a Contents, limits: &Limits) -> Result<Vec<&'a SourceFile>, PackError> {
    let mut files: Vec<_> = contents.files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if files.len() > limits.files() {
        return Err(PackError::TooManyFiles { files: files.len(), limit: limits.files() });
    }
    for file in &files {
        check_path(&file.path)?;
        if file.size > limits.file_size() {
            return Err(PackError::FileTooLarge { path: file.path.clone(), size: file.size, limit: limits.file_size() });
        }
    }
    if let Some(collision) = collisions(files.iter().map(|f| f.path.as_str())).into_iter().next() {
        return Err(collision.into());
    }
    let size = files.iter().map(|f| f.size).sum();
    if size > limits.unpacked_size {
        return Err(PackError::UnpackedTooLarge { size, limit: limits.unpacked_size });
    }
    Ok(files)
}

/// The archive on its way, written in the order of the package by one thread.
struct Packing<'a, W: Write> {
    archive: Writer<Tee<W>>,
    list: FileList,
    limit: u64,
    contents: &'a Contents,
}

impl<W: Write> Packing<'_, W> {
    /// Puts a compressed file in.
    fn file(&mut self, folder: &Path, file: &SourceFile, mode: Mode, mut compressed: Compressed) -> Result<(), PackError> {
        // Deflate makes what is compressed already a little larger.
        let stored = compressed.packed >= file.size;
        let packed = if stored { file.size } else { compressed.packed };
        let method = if stored { Method::Stored } else { Method::Deflated };
        let crc32 = compressed.crc32;
        // Both fit: `check` and `Changed` hold sizes under 4 GiB, and deflated bytes are fewer.
        let (Ok(size32), Ok(packed32)) = (u32::try_from(file.size), u32::try_from(packed)) else {
            return Err(PackError::Write { source: io::ErrorKind::FileTooLarge.into() });
        };
        let entry = Entry { path: file.path.clone(), mode, method, crc32, size: size32, packed: packed32 };
        let offset = self.archive.next_offset(&entry);
        let sha256 = compressed.sha256;
        self.list.files.push(FileEntry { path: file.path.clone(), size: file.size, sha256, offset, packed, mode });
        // Before it is written: a disk is not filled for a package that nobody may have.
        if self.archive.size_with(&entry) > self.limit {
            let Contents { unpacked_size, .. } = *self.contents;
            return Err(PackError::TooLarge { limit: self.limit, size: unpacked_size, largest: self.contents.largest() });
        }
        self.archive.entry(&entry).map_err(write_error)?;
        if stored { self.copy_again(folder, file, &compressed) } else { self.copy(&mut compressed.bytes) }
    }

    /// Puts a file in as it is, and makes sure that it is still what was digested.
    fn copy_again(&mut self, folder: &Path, file: &SourceFile, compressed: &Compressed) -> Result<(), PackError> {
        let mut source = Source::open(folder, file)?;
        let (mut chunk, mut crc) = (vec![0; CHUNK], Crc::new());
        while let Some(bytes) = source.next(&mut chunk)? {
            crc.update(bytes);
            self.archive.bytes(bytes).map_err(write_error)?;
        }
        if crc.sum() == compressed.crc32 { Ok(()) } else { Err(source.changed()) }
    }

    fn copy(&mut self, from: &mut SpooledTempFile) -> Result<(), PackError> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match from.read(&mut chunk).map_err(write_error)? {
                0 => return Ok(()),
                n => self.archive.bytes(&chunk[..n]).map_err(write_error)?,
            }
        }
    }
}

const fn write_error(source: io::Error) -> PackError {
    PackError::Write { source }
}

/// Digests what goes through.
struct Tee<W: Write> {
    out: BufWriter<W>,
    hasher: Hasher,
}

impl<W: Write> Write for Tee<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Explain for PackError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Read { .. } => "unreadable",
            Self::Changed { .. } => "file_changed",
            Self::Write { source } if is_full(source) => "disk_full",
            Self::Write { .. } => "package_not_written",
            Self::TooLarge { .. } => "package_too_large",
            Self::TooManyFiles { .. } => "too_many_files",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::UnpackedTooLarge { .. } => "unpacked_too_large",
            Self::Path(e) => e.kind(),
            Self::Collision(e) => e.kind(),
            Self::Cancelled => "cancelled",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Read { .. } => "Check that you may read it, or exclude it in .patchbayignore.".into(),
            Self::Changed { .. } => "Wait until whatever writes it is done, then try again.".into(),
            Self::Write { source } if is_full(source) => "Free some space, then try again.".into(),
            Self::Write { .. } => "Check that you may write there, then try again.".into(),
            Self::TooLarge { .. } | Self::TooManyFiles { .. } | Self::FileTooLarge { .. } | Self::UnpackedTooLarge { .. } => {
                "Exclude what the plugin does not need in .patchbayignore.".into()
            }
            Self::Path(e) => e.hint(),
            Self::Collision(e) => e.hint(),
            Self::Cancelled => "Start it again when you like.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Read { path, source } => [("path", path.clone()), ("reason", words(source))].into(),
            Self::Changed { path } => [("path", path.clone())].into(),
            Self::Write { source } => [("reason", words(source))].into(),
            Self::TooLarge { limit, size, largest } => {
                [("limit", size_words(*limit)), ("size", size_words(*size)), ("largest", largest.clone())].into()
            }
            Self::TooManyFiles { files, limit } => [("files", files.to_string()), ("limit", limit.to_string())].into(),
            Self::FileTooLarge { path, size, limit } => {
                [("path", path.clone()), ("size", size_words(*size)), ("limit", size_words(*limit))].into()
            }
            Self::UnpackedTooLarge { size, limit } => [("size", size_words(*size)), ("limit", size_words(*limit))].into(),
            Self::Path(e) => e.data(),
            Self::Collision(e) => e.data(),
            Self::Cancelled => BTreeMap::new(),
        }
    }
}
