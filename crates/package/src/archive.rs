//! The bytes of a package: a ZIP file (PKWARE APPNOTE 6.3.10) in exactly one form.
//!
//! Every field is fixed or follows from the files, so the same files are the same bytes: no time, no system, no comments, no
//! extra fields, no data descriptors, no ZIP64, no entries for folders. The local headers repeat the central directory.

use std::io::{self, Write};

use crate::{Flaw, Mode};

/// Version 2.0: what deflate needs (4.4.3.2).
const VERSION_NEEDED: u16 = 20;
/// Version 2.0, on Unix: where the modes come from (4.4.2).
const VERSION_MADE_BY: u16 = (3 << 8) | 20;
/// Names are UTF-8 (4.4.4, bit 11).
const FLAGS: u16 = 1 << 11;
const TIME: u16 = 0;
/// 1980-01-01, the first day of DOS time (4.4.6): month 1, day 1.
const DATE: u16 = (1 << 5) | 1;
/// An ordinary file, in the upper half of the external attributes (`S_IFREG`).
pub(crate) const REGULAR_FILE: u32 = 0o100_000;

/// The size of a local header without its name, in bytes (4.3.7).
pub(crate) const LOCAL_HEADER: u64 = 30;
/// The size of a header in the central directory without its name, in bytes (4.3.12).
pub(crate) const CENTRAL_HEADER: u64 = 46;
/// The size of the end record, in bytes (4.3.16).
pub(crate) const END_RECORD: u64 = 22;

/// How the bytes of a file are kept. A file is deflated exactly when that makes it smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// Deflated (RFC 1951).
    Deflated,
}

impl Method {
    const fn number(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
        }
    }
}

/// A file of an archive, before its bytes. Sizes under 4 GiB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: String,
    /// Its mode.
    pub mode: Mode,
    /// How its bytes are kept.
    pub method: Method,
    /// CRC-32 of its bytes.
    pub crc32: u32,
    /// Size of its bytes.
    pub size: u32,
    /// Size of its bytes as they are kept.
    pub packed: u32,
}

impl Entry {
    /// What the local header and the central directory have in common (4.3.7, 4.3.12): version needed to name length.
    fn common(&self, out: &mut Vec<u8>) {
        for short in [VERSION_NEEDED, FLAGS, self.method.number(), TIME, DATE] {
            out.extend(short.to_le_bytes());
        }
        for long in [self.crc32, self.packed, self.size] {
            out.extend(long.to_le_bytes());
        }
        // A checked path has at most 240 bytes.
        out.extend((self.path.len() as u16).to_le_bytes());
        // No extra field.
        out.extend(0_u16.to_le_bytes());
    }

    /// The header before its bytes.
    pub(crate) fn local_header(&self) -> Vec<u8> {
        let mut header = b"PK\x03\x04".to_vec();
        self.common(&mut header);
        header.extend(self.path.as_bytes());
        header
    }

    /// The header in the central directory.
    pub(crate) fn central_header(&self, offset: u32) -> Vec<u8> {
        let mut header = b"PK\x01\x02".to_vec();
        header.extend(VERSION_MADE_BY.to_le_bytes());
        self.common(&mut header);
        // No comment, first disk, no internal attributes.
        header.extend([0; 6]);
        header.extend(((REGULAR_FILE | self.mode.bits()) << 16).to_le_bytes());
        header.extend(offset.to_le_bytes());
        header.extend(self.path.as_bytes());
        header
    }
}

/// Writes an archive from its first byte to its last, never going back.
pub struct Writer<W> {
    out: W,
    at: u64,
    entries: u16,
    central: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// An archive without entries.
    pub const fn new(out: W) -> Self {
        Self { out, at: 0, entries: 0, central: Vec::new() }
    }

    /// How large the archive would be if it were finished after this entry, in bytes.
    pub fn size_with(&self, entry: &Entry) -> u64 {
        let headers = LOCAL_HEADER + CENTRAL_HEADER + 2 * entry.path.len() as u64;
        self.at + self.central.len() as u64 + headers + u64::from(entry.packed) + END_RECORD
    }

    /// Where the bytes of an entry begin when it is the next one.
    pub const fn next_offset(&self, entry: &Entry) -> u64 {
        self.at + LOCAL_HEADER + entry.path.len() as u64
    }

    /// Writes the header of an entry. Its bytes have to follow by [`Writer::bytes`], as many as it says.
    ///
    /// # Errors
    /// The archive would need ZIP64 (`FileTooLarge`), or writing fails.
    pub fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        let offset = u32::try_from(self.at).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.entries = self.entries.checked_add(1).filter(|n| *n < u16::MAX).ok_or(io::ErrorKind::FileTooLarge)?;
        self.central.extend(entry.central_header(offset));
        self.bytes(&entry.local_header())
    }

    /// Writes bytes of the entry that was begun last.
    ///
    /// # Errors
    /// Writing fails.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Writes the central directory and its end record (4.3.16), and gives the output back.
    ///
    /// # Errors
    /// The archive would need ZIP64 (`FileTooLarge`), or writing fails.
    pub fn finish(mut self) -> io::Result<W> {
        let too_large = |_| io::Error::from(io::ErrorKind::FileTooLarge);
        let start = u32::try_from(self.at).map_err(too_large)?;
        let size = u32::try_from(self.central.len()).map_err(too_large)?;
        let central = std::mem::take(&mut self.central);
        self.bytes(&central)?;
        if is_locator(&central) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let end = end_record(self.entries, size, start);
        self.bytes(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The record that an archive ends with (4.3.16).
pub(crate) fn end_record(entries: u16, size: u32, start: u32) -> Vec<u8> {
    let mut end = b"PK\x05\x06".to_vec();
    // First disk of one.
    end.extend([0; 4]);
    end.extend(entries.to_le_bytes());
    end.extend(entries.to_le_bytes());
    end.extend(size.to_le_bytes());
    end.extend(start.to_le_bytes());
    // No comment.
    end.extend([0; 2]);
    end
}

/// Whether a central directory ends in what readers take for ZIP64's locator (4.3.15): it stands at a fixed place before the
/// end record, and an offset and a name of 16 bytes can look like it, once in four billion packages.
pub(crate) fn is_locator(central: &[u8]) -> bool {
    central.len().checked_sub(20).is_some_and(|at| central[at..].starts_with(b"PK\x06\x07"))
}

/// Refuses what is neither a file nor a folder, by the type in a Unix mode; says whether it is a folder when it says so.
pub(crate) fn file_kind(mode: u32, path: &str) -> Result<Option<bool>, Flaw> {
    match mode & 0o170_000 {
        0 => Ok(None),
        0o040_000 => Ok(Some(true)),
        0o100_000 => Ok(Some(false)),
        // What is unpacked after it goes through it, to wherever it leads (CVE-2018-1000544, CVE-2025-11001).
        0o120_000 => Err(Flaw::Link { path: path.into() }),
        // Opening a device acts on the machine; opening a pipe waits for ever.
        _ => Err(Flaw::Special { path: path.into() }),
    }
}
