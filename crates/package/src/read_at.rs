//! Reading a package at any place, by several threads at once.

use std::{fs::File, io};

/// Bytes that can be read at any place.
pub trait ReadAt: Sync {
    /// How many there are.
    ///
    /// # Errors
    /// The system does not say.
    fn size(&self) -> io::Result<u64>;

    /// Reads some bytes from a place on; none only at the end.
    ///
    /// # Errors
    /// Reading fails.
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Fills a buffer from a place on.
    ///
    /// # Errors
    /// Reading fails, or there are fewer bytes (`UnexpectedEof`).
    fn read_exact_at(&self, mut into: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !into.is_empty() {
            match self.read_at(into, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    into = &mut into[n..];
                    offset += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

impl ReadAt for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    #[cfg(unix)]
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, into, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, into, offset)
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let n = rest.len().min(into.len());
        into[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> io::Result<u64> {
        self.as_slice().size()
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.as_slice().read_at(into, offset)
    }
}

/// A part of an archive, read from front to back.
pub(crate) struct Section<'a, A: ?Sized> {
    archive: &'a A,
    at: u64,
    end: u64,
}

impl<'a, A: ReadAt + ?Sized> Section<'a, A> {
    pub(crate) const fn new(archive: &'a A, at: u64, end: u64) -> Self {
        Self { archive, at, end }
    }

    /// How far it is read.
    pub(crate) const fn position(&self) -> u64 {
        self.at
    }
}

impl<A: ReadAt + ?Sized> io::Read for Section<'_, A> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = into.len().min(left);
        let n = self.archive.read_at(&mut into[..most], self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}
