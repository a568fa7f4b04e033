//! ZIP archives written byte by byte, so that every field can lie.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// What both headers of an entry have.
#[derive(Clone, Debug)]
pub struct Header {
    /// The four bytes that it begins with.
    pub signature: [u8; 4],
    /// Version needed.
    pub needed: u16,
    /// General purpose flags.
    pub flags: u16,
    /// The compression method.
    pub method: u16,
    /// The time of DOS.
    pub time: u16,
    /// The date of DOS.
    pub date: u16,
    /// The checksum.
    pub crc32: u32,
    /// The size of the compressed bytes.
    pub packed: u32,
    /// The size of the bytes.
    pub size: u32,
    /// The name.
    pub name: Vec<u8>,
    /// The extra fields.
    pub extra: Vec<u8>,
}

impl Header {
    fn fixed(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for short in [self.needed, self.flags, self.method, self.time, self.date] {
            out.extend(short.to_le_bytes());
        }
        for long in [self.crc32, self.packed, self.size] {
            out.extend(long.to_le_bytes());
        }
        for len in [self.name.len(), self.extra.len()] {
            out.extend((len as u16).to_le_bytes());
        }
        out
    }
}

/// An entry, as a package has it until a test changes it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Bytes before its local header.
    pub before: Vec<u8>,
    /// Its local header.
    pub local: Header,
    /// Its bytes as they are in the archive.
    pub data: Vec<u8>,
    /// Its data descriptor.
    pub descriptor: Vec<u8>,
    /// What its header in the list has in common with the local one.
    pub central: Header,
    /// Version and system that made it.
    pub made_by: u16,
    /// Its comment.
    pub comment: Vec<u8>,
    /// The disk that it is on.
    pub disk: u16,
    /// Internal attributes.
    pub internal: u16,
    /// External attributes.
    pub external: u32,
    /// Where the list says that it is, when that is not so.
    pub offset: Option<u32>,
    /// Whether the local header and the bytes are there.
    pub is_written: bool,
    /// Whether the list names it.
    pub is_listed: bool,
}

/// A file as a package has it.
#[must_use]
pub fn file(name: &str, bytes: &[u8]) -> Entry {
    let deflated = deflate(bytes);
    let (method, data) = if deflated.len() < bytes.len() { (8, deflated) } else { (0, bytes.to_vec()) };
    let local = Header {
        signature: *b"PK\x03\x04",
        needed: 20,
        flags: 1 << 11,
        method,
        time: 0,
        date: 0x21,
        crc32: crc32(bytes),
        packed: data.len() as u32,
        size: bytes.len() as u32,
        name: name.into(),
        extra: Vec::new(),
    };
    Entry {
        before: Vec::new(),
        central: Header { signature: *b"PK\x01\x02", ..local.clone() },
        local,
        data,
        descriptor: Vec::new(),
        made_by: 0x0314,
        comment: Vec::new(),
        disk: 0,
        internal: 0,
        external: 0o100_644 << 16,
        offset: None,
        is_written: true,
        is_listed: true,
    }
}

impl Entry {
    /// Changes both of its headers.
    #[must_use]
    pub fn both(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    /// Changes anything.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// With a data descriptor behind its bytes, as a writer of streams makes it.
    #[must_use]
    pub fn streamed(self) -> Self {
        self.both(|h| h.flags |= 1 << 3).with(|e| {
            let said = [e.local.crc32, e.local.packed, e.local.size];
            e.descriptor = [b"PK\x07\x08".to_vec(), said.iter().flat_map(|n| n.to_le_bytes()).collect()].concat();
            (e.local.crc32, e.local.packed, e.local.size) = (0, 0, 0);
        })
    }
}

/// An archive.
#[derive(Clone, Debug, Default)]
pub struct Zip {
    /// Its entries, in the order in which they are written and listed.
    pub entries: Vec<Entry>,
    /// Bytes before the list.
    pub before_list: Vec<u8>,
    /// Bytes between the list and the end record, not counted by it: ZIP64's records.
    pub after_list: Vec<u8>,
    /// The disks that the end record names: its own, and the list's.
    pub disks: [u16; 2],
    /// What the end record says about the number of entries, their size and their place, where it lies.
    pub count: Option<u16>,
    /// The size of the list.
    pub list_size: Option<u32>,
    /// The place of the list.
    pub list_start: Option<u32>,
    /// The archive's comment.
    pub comment: Vec<u8>,
    /// How long the end record says that the comment is.
    pub comment_len: Option<u16>,
    /// Bytes after everything.
    pub after: Vec<u8>,
}

/// An archive of these entries.
#[must_use]
pub fn zip(entries: impl IntoIterator<Item = Entry>) -> Zip {
    Zip { entries: entries.into_iter().collect(), ..Zip::default() }
}

impl Zip {
    /// Changes anything.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// With ZIP64's end record and locator, which say the truth; the end record says that it cannot.
    #[must_use]
    pub fn with_zip64(mut self) -> Self {
        let (start, size, count) = self.list();
        let at = start + size;
        let mut records = b"PK\x06\x06".to_vec();
        records.extend(44_u64.to_le_bytes());
        records.extend([45, 3, 45, 0]);
        records.extend([0; 8]);
        for long in [count, count, size, start] {
            records.extend(long.to_le_bytes());
        }
        records.extend(b"PK\x06\x07");
        records.extend([0; 4]);
        records.extend(at.to_le_bytes());
        records.extend(1_u32.to_le_bytes());
        self.after_list = records;
        (self.count, self.list_size, self.list_start) = (Some(u16::MAX), Some(u32::MAX), Some(u32::MAX));
        self
    }

    fn list(&self) -> (u64, u64, u64) {
        let (start, list) = self.body();
        (start.len() as u64, list.len() as u64, self.entries.iter().filter(|e| e.is_listed).count() as u64)
    }

    /// Everything before the list, and the list.
    fn body(&self) -> (Vec<u8>, Vec<u8>) {
        let (mut out, mut list) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            out.extend(&entry.before);
            let offset = entry.offset.unwrap_or(out.len() as u32);
            if entry.is_written {
                out.extend(entry.local.signature);
                out.extend(entry.local.fixed());
                out.extend([&entry.local.name, &entry.local.extra, &entry.data, &entry.descriptor].into_iter().flatten());
            }
            if entry.is_listed {
                list.extend(entry.central.signature);
                list.extend(entry.made_by.to_le_bytes());
                list.extend(entry.central.fixed());
                for short in [entry.comment.len() as u16, entry.disk, entry.internal] {
                    list.extend(short.to_le_bytes());
                }
                list.extend(entry.external.to_le_bytes());
                list.extend(offset.to_le_bytes());
                list.extend([&entry.central.name, &entry.central.extra, &entry.comment].into_iter().flatten());
            }
        }
        out.extend(&self.before_list);
        (out, list)
    }

    /// The archive's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let (start, size, count) = self.list();
        let (mut out, list) = self.body();
        out.extend(list);
        out.extend(&self.after_list);
        out.extend(b"PK\x05\x06");
        let count = self.count.unwrap_or(count as u16);
        for short in [self.disks[0], self.disks[1], count, count] {
            out.extend(short.to_le_bytes());
        }
        out.extend(self.list_size.unwrap_or(size as u32).to_le_bytes());
        out.extend(self.list_start.unwrap_or(start as u32).to_le_bytes());
        out.extend(self.comment_len.unwrap_or(self.comment.len() as u16).to_le_bytes());
        out.extend([&self.comment, &self.after].into_iter().flatten());
        out
    }
}

/// An extra field.
#[must_use]
pub fn extra(id: u16, data: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// Raw deflate.
///
/// # Panics
/// Never: memory takes every byte.
#[must_use]
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_else(|e| panic!("{e}"))
}

/// The checksum of an entry.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
