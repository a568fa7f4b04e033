//! Tar archives written byte by byte, so that every field can lie.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

/// A header and what follows it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name.
    pub name: Vec<u8>,
    /// The mode.
    pub mode: u32,
    /// The size that the header says, when that is not so.
    pub size: Option<u64>,
    /// The type: `0` a file, `5` a folder, `2` a link, `x` records of pax, …
    pub kind: u8,
    /// Where a link leads.
    pub link: Vec<u8>,
    /// The format and its version.
    pub magic: [u8; 8],
    /// What stands before the name in ustar.
    pub prefix: Vec<u8>,
    /// The checksum that the header says, when that is not so.
    pub checksum: Option<u64>,
    /// The content.
    pub data: Vec<u8>,
}

/// An entry of some type.
#[must_use]
pub fn entry(kind: u8, name: &str, data: &[u8]) -> Entry {
    Entry {
        name: name.into(),
        mode: 0o644,
        size: None,
        kind,
        link: Vec::new(),
        magic: *b"ustar\x0000",
        prefix: Vec::new(),
        checksum: None,
        data: data.to_vec(),
    }
}

/// A file.
#[must_use]
pub fn file(name: &str, data: &[u8]) -> Entry {
    entry(b'0', name, data)
}

/// Records of pax about the next entry.
#[must_use]
pub fn pax(records: &[(&str, &str)]) -> Entry {
    let record = |(key, value): &(&str, &str)| {
        let rest = format!(" {key}={value}\n");
        // The length counts its own digits.
        let len = (rest.len() + 1..).find(|len| rest.len() + len.to_string().len() == *len).unwrap_or_default();
        format!("{len}{rest}")
    };
    entry(b'x', "pax", records.iter().map(record).collect::<String>().as_bytes())
}

impl Entry {
    /// Changes anything.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Its bytes, up to the next header.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut block = [0; 512];
        let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &self.name);
        put(100, format!("{:07o}", self.mode).as_bytes());
        put(124, format!("{:011o}", self.size.unwrap_or(self.data.len() as u64)).as_bytes());
        put(136, b"00000000000");
        put(148, b"        ");
        put(156, &[self.kind]);
        put(157, &self.link);
        put(257, &self.magic);
        put(345, &self.prefix);
        let sum = self.checksum.unwrap_or_else(|| block.iter().map(|b| u64::from(*b)).sum());
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let mut out = block.to_vec();
        out.extend(&self.data);
        out.resize(out.len().next_multiple_of(512), 0);
        out
    }
}

/// A gzipped tar archive of these entries, with an end.
#[must_use]
pub fn tgz(entries: &[Entry]) -> Vec<u8> {
    let blocks: Vec<u8> = entries.iter().flat_map(Entry::bytes).collect();
    gzip(&[blocks, vec![0; 1024]].concat())
}

/// A gzip file.
///
/// # Panics
/// Never: memory takes every byte.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_else(|e| panic!("{e}"))
}
