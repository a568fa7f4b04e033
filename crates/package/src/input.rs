//! Archives as authors have them: unpacked into a folder, so that everything goes on as with a folder.
//!
//! Lenient about how an archive is written (any order, dates, comments, extra fields, data descriptors, ZIP64 where it is
//! consistent, every kind of tar), and about nothing else: an archive that two programs would read differently is refused, and
//! so is every name that a package cannot have. Whatever is refused was refused before the first byte is written, but for
//! damage that only shows when bytes are read.

mod root;
mod tar;
mod zip;

use std::{fs::File, io::Read as _, ops::ControlFlow, path::Path};

use crate::{ArchiveError, Limits, member::read_error};

/// What kind of archive an author had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A ZIP archive.
    Zip,
    /// An extension of Visual Studio Code: a ZIP archive with the plugin in `extension/`.
    Vsix,
    /// A gzipped tar archive, as `npm pack` makes it.
    Tgz,
}

/// One entry of an archive, with what its own format needs to find its bytes.
struct Entry<T> {
    /// Its path, without a slash at its end.
    path: String,
    what: What,
    found: T,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Folder,
    File { size: u64, executable: bool },
}

/// Unpacks an author's archive into an empty folder. One folder that everything is in is left out, as npm leaves out
/// `package/`; of a `.vsix` only what is in `extension/` is unpacked, as in Visual Studio Code, and its `extension.vsixmanifest`
/// beside that, which names the platform and is never packed. The kind is seen from the bytes, not from the name.
///
/// `progress` is told how many bytes of the archive are done, and cancels by breaking. After an error `into` holds nothing
/// that can be used, and is to be thrown away.
///
/// # Errors
/// [`ArchiveError`]; when it is [`ArchiveError::Refused`], it says what of the archive is refused and why.
pub fn unpack_input(
    archive: &Path,
    into: &Path,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<InputKind, ArchiveError> {
    let mut file = File::open(archive).map_err(|source| ArchiveError::Read { source })?;
    let mut start = [0; 2];
    // A file with fewer bytes is neither.
    let kind = file.read_exact(&mut start).map(|()| start);
    match kind {
        // Every entry, and an empty archive's end, begin with these two.
        Ok([b'P', b'K']) => zip::unpack(&file, into, limits, progress),
        Ok([0x1f, 0x8b]) => tar::unpack(&file, into, limits, progress),
        Err(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => Err(read_error(source)),
        _ => Err(ArchiveError::Unknown { path: archive.display().to_string() }),
    }
}
