//! The end of a ZIP archive: where its list of entries is, and that every program finds the same one.

use crate::{
    ArchiveError, Flaw, ReadAt,
    archive::END_RECORD,
    fields::{u16_at, u32_at, u64_at},
    member::read_error,
};

const SIGNATURE: &[u8] = b"PK\x05\x06";
const LOCATOR: &[u8] = b"PK\x06\x07";
const RECORD64: &[u8] = b"PK\x06\x06";
const LOCATOR_SIZE: usize = 20;
const RECORD64_SIZE: usize = 56;
/// The size of the end record, in bytes.
const END: usize = END_RECORD as usize;

/// Where the list of entries is.
pub(super) struct End {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) entries: u64,
}

/// Reads the end record, and the one of ZIP64 when there is one.
pub(super) fn read(archive: &(impl ReadAt + ?Sized), len: u64) -> Result<End, ArchiveError> {
    // As far back as a comment of the largest size can move it (4.3.16), and the two records before it.
    let tail_len = len.min((END + usize::from(u16::MAX) + LOCATOR_SIZE + RECORD64_SIZE) as u64);
    let offset = len - tail_len;
    let mut tail = vec![0; tail_len as usize];
    archive.read_exact_at(&mut tail, offset).map_err(read_error)?;
    let at = find(&tail)?;
    let mut end = fields(&tail, at);
    let mut list_end = at;
    if let Some(locator) = at.checked_sub(LOCATOR_SIZE).filter(|l| tail[*l..].starts_with(LOCATOR)) {
        list_end = locator.checked_sub(RECORD64_SIZE).ok_or(Flaw::Zip64)?;
        end = zip64(&tail, list_end, offset, end)?;
    } else if end.entries == u64::from(u16::MAX) || end.size == u64::from(u32::MAX) || end.start == u64::from(u32::MAX) {
        return Err(Flaw::Zip64.into());
    }
    if end.disks != [0, 0] || end.on_this_disk != end.entries {
        return Err(Flaw::Disks.into());
    }
    let list_end = offset + list_end as u64;
    let said_end = end.start.checked_add(end.size).ok_or(Flaw::End)?;
    // Some readers count from the front and some from the end; something between the list and its end record, or before
    // the first entry, makes them read different lists (Davis Zip confusion, CVE-2024-0450 for overlapping ones).
    if said_end > list_end {
        return Err(Flaw::End.into());
    }
    if said_end < list_end {
        return Err(Flaw::Hidden { offset: said_end, len: list_end - said_end }.into());
    }
    Ok(End { start: end.start, end: list_end, entries: end.entries })
}

/// The place of the end record. Readers search for it backwards, forwards, or at fixed places; all of them have to find this
/// one (Gynvael Coldwind, “Ten thousand security pitfalls: the ZIP file format”, 2013).
fn find(tail: &[u8]) -> Result<usize, Flaw> {
    let reaches_the_end = |at: &usize| tail.len() - at >= END && at + END + usize::from(u16_at(tail, at + 20)) == tail.len();
    let places: Vec<_> = tail.windows(SIGNATURE.len()).enumerate().filter(|(_, w)| *w == SIGNATURE).map(|(at, _)| at).collect();
    let ends: Vec<_> = places.iter().copied().filter(reaches_the_end).collect();
    match (ends[..].first(), places.last()) {
        (Some(end), Some(last)) if ends.len() == 1 && end == last => Ok(*end),
        (None, _) => Err(Flaw::End),
        // One in the comment of the other.
        _ => Err(Flaw::SeveralEnds),
    }
}

struct Fields {
    disks: [u32; 2],
    on_this_disk: u64,
    entries: u64,
    size: u64,
    start: u64,
}

fn fields(tail: &[u8], at: usize) -> Fields {
    Fields {
        disks: [u16_at(tail, at + 4).into(), u16_at(tail, at + 6).into()],
        on_this_disk: u16_at(tail, at + 8).into(),
        entries: u16_at(tail, at + 10).into(),
        size: u32_at(tail, at + 12).into(),
        start: u32_at(tail, at + 16).into(),
    }
}

/// Reads the end record of ZIP64 at a place of the tail. A reader that knows no ZIP64 must see the same, or that it cannot
/// know: each number of the old record is the new one or its largest (CVE-2025-8194 and PyPI's “ZIP confusion”, 2025).
fn zip64(tail: &[u8], at: usize, offset: u64, old: Fields) -> Result<Fields, Flaw> {
    let locator = at + RECORD64_SIZE;
    let consistent = tail[at..].starts_with(RECORD64)
        && u64_at(tail, at + 4) == RECORD64_SIZE as u64 - 12
        && u32_at(tail, locator + 4) == 0
        && u64_at(tail, locator + 8) == offset + at as u64
        && u32_at(tail, locator + 16) <= 1;
    let new = Fields {
        disks: [u32_at(tail, at + 16), u32_at(tail, at + 20)],
        on_this_disk: u64_at(tail, at + 24),
        entries: u64_at(tail, at + 32),
        size: u64_at(tail, at + 40),
        start: u64_at(tail, at + 48),
    };
    let small = u64::from(u16::MAX);
    let large = u64::from(u32::MAX);
    let agree = |old: u64, new: u64, largest: u64| old == new || old == largest;
    let agrees = agree(old.entries, new.entries, small)
        && agree(old.on_this_disk, new.on_this_disk, small)
        && agree(old.size, new.size, large)
        && agree(old.start, new.start, large)
        && old.disks.iter().zip(new.disks).all(|(old, new)| agree((*old).into(), new.into(), small));
    if consistent && agrees { Ok(new) } else { Err(Flaw::Zip64) }
}
