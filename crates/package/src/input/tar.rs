//! Gzipped tar archives (POSIX.1-2024, pax; GNU's long names), as `npm pack`, GNU tar and bsdtar write them.
//!
//! An archive is gone through twice: to check every header, and to write. So nothing of a hostile one is written.

mod header;
mod pax;

use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    ops::ControlFlow,
    path::Path,
};

use flate2::bufread::GzDecoder;

use self::header::Headers;
use super::{Entry, InputKind, What, root};
use crate::{ArchiveError, Flaw, Limits, Mode, PathError, ReadAt, member::read_error, output, path::MAX_BYTES, read_at::Section};

/// How much is read at once, in bytes.
const CHUNK: usize = 128 << 10;
/// The most zeros after the last entry: as many as a writer with the largest usual blocks puts there, in bytes.
const MAX_PADDING: u64 = 1 << 20;
/// The most bytes of a name as it stands in the archive: that of the longest path, decomposed, and what is in front of it.
const LONGEST_NAME: usize = 4 * MAX_BYTES;

/// Unpacks a gzipped tar archive into an empty folder.
pub(super) fn unpack(
    archive: &(impl ReadAt + ?Sized),
    into: &Path,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<InputKind, ArchiveError> {
    let len = archive.size().map_err(read_error)?;
    // The whole of `tar -C folder .` is in `./`: the same one folder as npm's `package/`.
    let seen = check(archive, len, limits, progress)?;
    let here = if seen.iter().all(|(path, _)| path == "." || path.starts_with("./")) { "./" } else { "" };
    let inner = |path: &str| path.strip_prefix(here).filter(|path| *path != ".").map(str::to_owned);
    let entries: Vec<_> = seen.iter().filter_map(|(path, what)| Some(Entry { path: inner(path)?, what: *what, found: () })).collect();
    root::check(&entries, limits)?;
    let root = format!("{here}{}", root::of(&entries));
    write(archive, len, into, limits, progress, &seen, &root)?;
    Ok(InputKind::Tgz)
}

type Seen = Vec<(String, What)>;

/// Takes a piece of content, and how far the archive is read.
type OnBytes<'a> = &'a mut dyn FnMut(&[u8], u64) -> Result<(), ArchiveError>;

/// Goes through the whole archive, and keeps what its headers say.
fn check(
    archive: &(impl ReadAt + ?Sized),
    len: u64,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Seen, ArchiveError> {
    let mut tar = Tar::new(archive, len);
    let (mut seen, mut sum) = (Vec::new(), 0_u64);
    while let Some((path, what)) = tar.headers.next(&mut tar.from, limits)? {
        if seen.len() == limits.files() {
            return Err(Flaw::TooMany { limit: limits.files() }.into());
        }
        // Before it is kept: ten thousand names of a megabyte each fit into an archive of ten megabytes.
        if path.len() > LONGEST_NAME {
            return Err(Flaw::from(PathError::TooLong { bytes: path.len(), path }).into());
        }
        seen.push((path, what));
        let What::File { size, .. } = what else { continue };
        sum = sum.saturating_add(size);
        // Before the bytes come: a kilobyte can inflate to a megabyte.
        if sum > limits.unpacked_size {
            return Err(Flaw::TooLarge { limit: limits.unpacked_size }.into());
        }
        tar.content(size, &mut |_, done| if progress(done / 2).is_break() { Err(ArchiveError::Cancelled) } else { Ok(()) })?;
    }
    tar.finish()?;
    Ok(seen)
}

/// Goes through it again, and writes what is in one folder of it.
fn write(
    archive: &(impl ReadAt + ?Sized),
    len: u64,
    into: &Path,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    seen: &Seen,
    root: &str,
) -> Result<(), ArchiveError> {
    let folders = seen.iter().filter_map(|(path, what)| {
        let path = path.strip_prefix(root)?;
        if *what == What::Folder { Some(path) } else { output::folder_of(path) }
    });
    output::make_folders(into, folders)?;
    let mut tar = Tar::new(archive, len);
    for expected in seen {
        let found = tar.headers.next(&mut tar.from, limits)?;
        if found.as_ref() != Some(expected) {
            return Err(ArchiveError::Changed);
        }
        let (path, What::File { size, executable }) = expected else { continue };
        let Some(path) = path.strip_prefix(root) else {
            tar.content(*size, &mut |_, _| Ok(()))?;
            continue;
        };
        let mut file = output::make_file(into, path, if *executable { Mode::Executable } else { Mode::Plain })?;
        tar.content(*size, &mut |bytes, done| {
            file.write_all(bytes).map_err(|source| ArchiveError::Write { path: path.to_owned(), source })?;
            if progress((len + done) / 2).is_break() { Err(ArchiveError::Cancelled) } else { Ok(()) }
        })?;
    }
    Ok(())
}

/// A gzipped tar archive, from front to back.
struct Tar<'a, A: ReadAt + ?Sized> {
    from: GzDecoder<BufReader<Section<'a, A>>>,
    headers: Headers,
    chunk: Vec<u8>,
}

impl<'a, A: ReadAt + ?Sized> Tar<'a, A> {
    fn new(archive: &'a A, len: u64) -> Self {
        let from = BufReader::with_capacity(CHUNK, Section::new(archive, 0, len));
        Self { from: GzDecoder::new(from), headers: Headers::default(), chunk: vec![0; CHUNK] }
    }

    /// The bytes of the entry whose header was read last, each piece with how far the archive is read.
    fn content(&mut self, size: u64, each: OnBytes<'_>) -> Result<(), ArchiveError> {
        let mut left = size;
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(usize::MAX).min(self.chunk.len());
            self.from.read_exact(&mut self.chunk[..n]).map_err(gzip_error)?;
            left -= n as u64;
            each(&self.chunk[..n], self.from.get_ref().get_ref().position())?;
        }
        header::skip_padding(&mut self.from, size)
    }

    /// Makes sure that nothing follows the end. Some readers stop there and some go on, with entries that were not checked.
    fn finish(mut self) -> Result<(), ArchiveError> {
        let mut padding = 0;
        loop {
            let n = self.from.read(&mut self.chunk).map_err(gzip_error)?;
            if n == 0 {
                break;
            }
            padding += n as u64;
            if padding > MAX_PADDING || self.chunk[..n].iter().any(|b| *b != 0) {
                return Err(Flaw::AfterEnd.into());
            }
        }
        // A second member of the gzip file (RFC 1952, 2.2), or anything else.
        if self.from.into_inner().fill_buf().map_err(read_error)?.is_empty() { Ok(()) } else { Err(Flaw::AfterEnd.into()) }
    }
}

/// The bytes are not gzip's, their checksum is wrong, or they end too early; or they cannot be read at all.
fn gzip_error(e: std::io::Error) -> ArchiveError {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    if matches!(e.kind(), InvalidData | InvalidInput | UnexpectedEof) { Flaw::Gzip.into() } else { read_error(e) }
}
