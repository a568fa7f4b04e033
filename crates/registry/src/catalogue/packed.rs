//! Plugins in one buffer: made so that opening it reads and parses nothing but an index.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    line::Tag,
    table::{Damaged, RowRef},
};

/// How many bytes the index has for each plugin.
const ENTRY: usize = 28;

/// An index of fixed entries, then for each plugin, by id, the id, the card and the row as JSON. Nothing of it is parsed before somebody
/// asks. A clone shares the same bytes.
#[derive(Clone)]
pub(super) struct Packed {
    bytes: Bytes,
    /// Where each plugin begins in the buffer, after the index.
    starts: Arc<[u32]>,
    shown: usize,
}

impl Default for Packed {
    fn default() -> Self {
        Self { bytes: Bytes::from_static(&[0; 8]), starts: Arc::new([]), shown: 0 }
    }
}

impl Packed {
    /// Opens such a buffer. Reads its index only; whoever kept the bytes vouches for the rest with a checksum.
    pub fn open(bytes: Bytes) -> Result<Self, Damaged> {
        let count = number(&bytes, 0).ok_or(Damaged)?;
        let count = usize::try_from(count).map_err(|_| Damaged)?;
        let begin = count.checked_mul(ENTRY).and_then(|n| n.checked_add(8)).filter(|n| *n <= bytes.len()).ok_or(Damaged)?;
        let mut starts = Vec::with_capacity(count);
        let (mut at, mut shown) = (begin, 0);
        for entry in bytes[8..begin].chunks_exact(ENTRY) {
            starts.push(u32::try_from(at).map_err(|_| Damaged)?);
            let length = |i: usize| small(entry, i) as usize;
            at = at.saturating_add(length(12)).saturating_add(length(16)).saturating_add(length(20));
            shown += usize::from(entry[24] & 1);
        }
        if at != bytes.len() { Err(Damaged) } else { Ok(Self { bytes, starts: starts.into(), shown }) }
    }

    /// The buffer of plugins that come by id; damaged when it would be larger than 4 GiB.
    pub fn of<'a>(rows: impl Iterator<Item = RowRef<'a>>, room: usize) -> Result<Self, Damaged> {
        let (mut index, mut text, mut count) = (Vec::new(), Vec::with_capacity(room), 0_u64);
        for row in rows {
            write(row, &mut index, &mut text);
            count += 1;
        }
        Self::open([&count.to_le_bytes()[..], &index, &text].concat().into())
    }

    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// How many plugins it has.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// How many of them are shown.
    pub fn shown(&self) -> usize {
        self.shown
    }

    /// Whether it is the very same buffer.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.starts, &other.starts)
    }

    pub fn rows(&self) -> impl Iterator<Item = RowRef<'_>> {
        (0..self.count()).filter_map(|n| self.nth(n))
    }

    pub fn find(&self, id: &str) -> Option<RowRef<'_>> {
        let at = |n: usize| self.nth(n).map_or("", |row| row.id);
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low.midpoint(high);
            if at(middle) < id { low = middle + 1 } else { high = middle }
        }
        self.nth(low).filter(|row| row.id == id)
    }

    fn nth(&self, n: usize) -> Option<RowRef<'_>> {
        let start = *self.starts.get(n)? as usize;
        let entry = self.bytes.get(8 + n * ENTRY..8 + (n + 1) * ENTRY)?;
        let mut at = start;
        let mut next = |i: usize| {
            let end = at.checked_add(small(entry, i) as usize)?;
            let text = std::str::from_utf8(self.bytes.get(at..end)?).ok();
            at = end;
            text
        };
        let (id, card, row) = (next(12)?, next(16)?, next(20)?);
        let (shown, tagged) = (entry[24] & 1 == 1, entry[24] & 2 == 2);
        Some(RowRef { id, seq: number(entry, 0)?, tag: tagged.then(|| Tag(small(entry, 8))), card, row: shown.then_some(row) })
    }
}

fn write(plugin: RowRef<'_>, index: &mut Vec<u8>, text: &mut Vec<u8>) {
    let row = plugin.row.unwrap_or_default();
    let flags = u16::from(plugin.row.is_some()) | u16::from(plugin.tag.is_some()) << 1;
    let length = |text: &str| u32::try_from(text.len()).unwrap_or_default().to_le_bytes();
    index.extend(plugin.seq.to_le_bytes());
    index.extend(plugin.tag.map_or(0, |tag| tag.0).to_le_bytes());
    index.extend(length(plugin.id));
    index.extend(length(plugin.card));
    index.extend(length(row));
    index.extend(flags.to_le_bytes());
    index.extend([0; 2]);
    text.extend(plugin.id.as_bytes());
    text.extend(plugin.card.as_bytes());
    text.extend(row.as_bytes());
}

fn number(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

fn small(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}
