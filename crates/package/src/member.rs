//! The bytes of one entry of a ZIP archive: read, inflated, counted and checked, in pieces of a fixed size.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::{ArchiveError, Flaw, Method, ReadAt};

/// How much is read at once, in bytes.
const PACKED: usize = 128 << 10;
/// How much is handed on at once, in bytes.
const PLAIN: usize = 256 << 10;

/// Where an entry's bytes are, and what they have to be.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) path: String,
    pub(crate) method: Method,
    /// Where they begin in the archive.
    pub(crate) offset: u64,
    /// How many they are there.
    pub(crate) packed: u64,
    pub(crate) size: u64,
    pub(crate) crc32: u32,
}

/// What reading members needs beside the archive. All of the memory that it takes, whatever an archive says.
pub(crate) struct Reader {
    packed: Vec<u8>,
    plain: Vec<u8>,
    inflate: Decompress,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self { packed: vec![0; PACKED], plain: vec![0; PLAIN], inflate: Decompress::new(false) }
    }

    /// Reads a member from its first byte to its last, and hands its bytes on as they come. They are only known to be right
    /// once this has ended well.
    pub(crate) fn read(
        &mut self,
        archive: &(impl ReadAt + ?Sized),
        member: &Member,
        each: &mut dyn FnMut(&[u8]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let mut crc = Crc::new();
        let mut each = |bytes: &[u8]| {
            crc.update(bytes);
            each(bytes)
        };
        match member.method {
            Method::Stored => self.stored(archive, member, &mut each)?,
            Method::Deflated => self.deflated(archive, member, &mut each)?,
        }
        // Readers differ in whether they check it, so an archive with a wrong one has no single content.
        if crc.sum() == member.crc32 { Ok(()) } else { Err(Flaw::Checksum { path: member.path.clone() }.into()) }
    }

    fn stored(
        &mut self,
        archive: &(impl ReadAt + ?Sized),
        member: &Member,
        each: &mut dyn FnMut(&[u8]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        if member.packed != member.size {
            return Err(size_differs(member));
        }
        let (mut at, end) = (member.offset, member.offset + member.packed);
        while at < end {
            let n = piece(end - at, self.plain.len());
            archive.read_exact_at(&mut self.plain[..n], at).map_err(read_error)?;
            at += n as u64;
            each(&self.plain[..n])?;
        }
        Ok(())
    }

    fn deflated(
        &mut self,
        archive: &(impl ReadAt + ?Sized),
        member: &Member,
        each: &mut dyn FnMut(&[u8]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        self.inflate.reset(false);
        let damaged = || Flaw::Compressed { path: member.path.clone() };
        let (mut at, end) = (member.offset, member.offset + member.packed);
        let (mut packed, mut plain) = (0..0, 0);
        // What is still to come out by the size that the archive says.
        let mut left = member.size;
        loop {
            if packed.is_empty() && at < end {
                packed = 0..piece(end - at, self.packed.len());
                archive.read_exact_at(&mut self.packed[packed.clone()], at).map_err(read_error)?;
                at += packed.len() as u64;
            }
            // Room for one byte more than is said: declared sizes lie, and what comes out is counted and never believed
            // (zip bombs; Fifield, “A better zip bomb”, 2019).
            let room = plain + piece(left.saturating_add(1), self.plain.len() - plain);
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(&self.packed[packed.clone()], &mut self.plain[plain..room], FlushDecompress::None)
                .map_err(|_| damaged())?;
            let (read, made) = (self.inflate.total_in() - before_in, self.inflate.total_out() - before_out);
            // Both are at most what was handed over.
            packed.start += read as usize;
            plain += made as usize;
            left = left.checked_sub(made).ok_or_else(|| size_differs(member))?;
            let ended = status == Status::StreamEnd;
            if plain == self.plain.len() || ended {
                each(&self.plain[..plain])?;
                plain = 0;
            }
            if ended {
                break;
            }
            if read == 0 && made == 0 && packed.is_empty() && at == end {
                return Err(damaged().into());
            }
        }
        // What follows the end of the stream is skipped by some readers and is the next stream to others.
        if !packed.is_empty() || at < end {
            return Err(damaged().into());
        }
        if left == 0 { Ok(()) } else { Err(size_differs(member)) }
    }
}

fn piece(left: u64, most: usize) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX).min(most)
}

fn size_differs(member: &Member) -> ArchiveError {
    Flaw::Size { path: member.path.clone(), size: member.size }.into()
}

/// A read inside the archive's bounds failed; at its end the archive has become shorter.
pub(crate) fn read_error(source: std::io::Error) -> ArchiveError {
    if source.kind() == std::io::ErrorKind::UnexpectedEof { ArchiveError::Changed } else { ArchiveError::Read { source } }
}
