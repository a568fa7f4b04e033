//! The two headers of an entry, and that they say the same.

use std::io::Read;

use super::extra;
use crate::{
    ArchiveError, Flaw, Method, PathError,
    archive::{CENTRAL_HEADER, LOCAL_HEADER},
    fields::{u16_at, u32_at, u64_at},
    member::read_error,
    path::MAX_BYTES,
};

const ENCRYPTED: u16 = 1 << 0;
const DESCRIPTOR: u16 = 1 << 3;
const STRONGLY_ENCRYPTED: u16 = 1 << 6;
const MASKED: u16 = 1 << 13;
/// How hard the compressor worked (1, 2), a data descriptor (3), a name in UTF-8 (11): all that ordinary tools set (4.4.4).
const KNOWN: u16 = 0b110 | DESCRIPTOR | 1 << 11;

/// What a header says.
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    /// Where the local header is; none in a local header.
    pub(super) offset: Option<u64>,
    /// A Unix mode, or 0.
    pub(super) mode: u32,
    /// The attributes of MS-DOS.
    pub(super) dos: u8,
}

impl Header {
    /// The name as it can be shown.
    pub(super) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    pub(super) const fn has_descriptor(&self) -> bool {
        self.flags & DESCRIPTOR != 0
    }

    pub(super) fn method(&self) -> Result<Method, Flaw> {
        match self.method {
            0 => Ok(Method::Stored),
            8 => Ok(Method::Deflated),
            method => Err(Flaw::Method { path: self.shown(), method }),
        }
    }

    fn check_flags(&self) -> Result<(), Flaw> {
        // Nobody can see what is in it, and a scanner lets it pass.
        if self.flags & (ENCRYPTED | STRONGLY_ENCRYPTED | MASKED) != 0 {
            return Err(Flaw::Encrypted { path: self.shown() });
        }
        if self.flags & !KNOWN == 0 { Ok(()) } else { Err(Flaw::Fields { path: self.shown(), what: "flags" }) }
    }
}

/// Reads the next header of the central directory (4.3.12). `number` counts from 1.
pub(super) fn central(from: &mut impl Read, number: usize) -> Result<Header, ArchiveError> {
    let mut fixed = [0; CENTRAL_HEADER as usize];
    let damaged = || Flaw::Header { entry: number };
    fill(from, &mut fixed, number)?;
    if !fixed.starts_with(b"PK\x01\x02") {
        return Err(damaged().into());
    }
    let external = u32_at(&fixed, 38);
    let mut header = Header {
        name: name(from, u16_at(&fixed, 28), number)?,
        flags: u16_at(&fixed, 8),
        method: u16_at(&fixed, 10),
        crc32: u32_at(&fixed, 16),
        packed: u32_at(&fixed, 20).into(),
        size: u32_at(&fixed, 24).into(),
        offset: Some(u32_at(&fixed, 42).into()),
        mode: external >> 16,
        dos: external.to_le_bytes()[0],
    };
    let mut extra = vec![0; u16_at(&fixed, 30).into()];
    fill(from, &mut extra, number)?;
    let mut comment = vec![0; u16_at(&fixed, 32).into()];
    fill(from, &mut comment, number)?;
    if u16_at(&fixed, 34) != 0 {
        return Err(Flaw::Disks.into());
    }
    header.check_flags()?;
    extra::apply(&mut header, &extra)?;
    Ok(header)
}

/// Reads a local header (4.3.7), and says how many bytes it takes.
pub(super) fn local(from: &mut impl Read, number: usize) -> Result<(Header, u64), ArchiveError> {
    let mut fixed = [0; LOCAL_HEADER as usize];
    fill(from, &mut fixed, number)?;
    if !fixed.starts_with(b"PK\x03\x04") {
        return Err(Flaw::Header { entry: number }.into());
    }
    let mut header = Header {
        name: name(from, u16_at(&fixed, 26), number)?,
        flags: u16_at(&fixed, 6),
        method: u16_at(&fixed, 8),
        crc32: u32_at(&fixed, 14),
        packed: u32_at(&fixed, 18).into(),
        size: u32_at(&fixed, 22).into(),
        offset: None,
        mode: 0,
        dos: 0,
    };
    let mut extra = vec![0; u16_at(&fixed, 28).into()];
    fill(from, &mut extra, number)?;
    extra::apply(&mut header, &extra)?;
    let size = LOCAL_HEADER + (header.name.len() + extra.len()) as u64;
    Ok((header, size))
}

/// Compares the two headers of an entry. A reader of streams sees the local ones, one of files the central ones
/// (CVE-2013-4787; PyPI's “ZIP confusion”, 2025).
pub(super) fn agree(central: &Header, local: &Header) -> Result<(), Flaw> {
    let contradiction = |about| Err(Flaw::Contradiction { path: central.shown(), about });
    if central.name != local.name {
        return contradiction("name");
    }
    // Some tools know in the list that no descriptor was needed to make it.
    if central.flags | (local.flags & DESCRIPTOR) != local.flags {
        return contradiction("flags");
    }
    if central.method != local.method {
        return contradiction("method");
    }
    // With a data descriptor they were not known yet when the local header was written.
    let agrees = |known: u64, said: u64| known == said || (said == 0 && local.has_descriptor());
    if !agrees(central.crc32.into(), local.crc32.into()) {
        return contradiction("checksum");
    }
    if !agrees(central.size, local.size) || !agrees(central.packed, local.packed) {
        return contradiction("size");
    }
    Ok(())
}

/// Whether the bytes between an entry's content and the next header are its data descriptor (4.3.9): with a signature or
/// without, with sizes of four bytes or of eight.
pub(super) fn is_descriptor(bytes: &[u8], of: &Header) -> bool {
    let said = match bytes.len() {
        16 | 24 => bytes.strip_prefix(b"PK\x07\x08"),
        _ => Some(bytes),
    };
    said.is_some_and(|said| match said.len() {
        12 => u32_at(said, 0) == of.crc32 && u64::from(u32_at(said, 4)) == of.packed && u64::from(u32_at(said, 8)) == of.size,
        20 => u32_at(said, 0) == of.crc32 && u64_at(said, 4) == of.packed && u64_at(said, 12) == of.size,
        _ => false,
    })
}

fn name(from: &mut impl Read, len: u16, number: usize) -> Result<Vec<u8>, ArchiveError> {
    // With the slash of a folder.
    let mut name = vec![0; len.into()];
    fill(from, &mut name, number)?;
    if name.len() > MAX_BYTES + 1 {
        let path = String::from_utf8_lossy(&name).into_owned();
        return Err(Flaw::from(PathError::TooLong { path, bytes: name.len() }).into());
    }
    Ok(name)
}

/// Fills a buffer; the list of entries ending inside of a header is damage of the archive.
fn fill(from: &mut impl Read, into: &mut [u8], number: usize) -> Result<(), ArchiveError> {
    from.read_exact(into).map_err(|e| match e.kind() {
        std::io::ErrorKind::UnexpectedEof => Flaw::Header { entry: number }.into(),
        _ => read_error(e),
    })
}
