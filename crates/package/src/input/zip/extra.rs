//! Extra fields: whole, and saying nothing else than the header that they stand in.

use flate2::Crc;

use super::header::Header;
use crate::{
    Flaw,
    archive::file_kind,
    fields::{u16_at, u32_at, u64_at},
};

const ZIP64: u16 = 0x0001;
const PKWARE_UNIX: u16 = 0x000d;
const STRONG_ENCRYPTION: u16 = 0x0017;
const UNICODE_PATH: u16 = 0x7075;
const ASI_UNIX: u16 = 0x756e;
const AES: u16 = 0x9901;

/// Reads the extra fields of a header, and fills in the sizes that are in ZIP64's.
pub(super) fn apply(header: &mut Header, extra: &[u8]) -> Result<(), Flaw> {
    let odd = |header: &Header| Flaw::Fields { path: header.shown(), what: "extra fields" };
    let (mut rest, mut seen) = (extra, Vec::new());
    while !rest.is_empty() {
        // Readers that skip what does not fit go on at another place than readers that stop there.
        let size = if rest.len() < 4 { usize::MAX } else { u16_at(rest, 2).into() };
        let Some(data) = rest.get(4..).and_then(|r| r.get(..size)) else { return Err(odd(header)) };
        let id = u16_at(rest, 0);
        rest = &rest[4 + size..];
        // The first counts for some readers and the last for others.
        if seen.contains(&id) && matches!(id, ZIP64 | UNICODE_PATH | ASI_UNIX | PKWARE_UNIX) {
            return Err(odd(header));
        }
        seen.push(id);
        match id {
            ZIP64 => zip64(header, data)?,
            UNICODE_PATH => unicode_path(header, data)?,
            STRONG_ENCRYPTION | AES => return Err(Flaw::Encrypted { path: header.shown() }),
            // Mode, size and owner, then where a link leads (Info-ZIP's extrafld.txt).
            ASI_UNIX if data.len() < 14 => return Err(odd(header)),
            ASI_UNIX => {
                file_kind(u16_at(data, 4).into(), &header.shown())?;
            }
            // Times and owner; what follows is a device's number or where a link leads (APPNOTE 4.5.7).
            PKWARE_UNIX if data.len() > 12 => return Err(Flaw::Link { path: header.shown() }),
            _ => {}
        }
    }
    // The largest number says that there is a ZIP64 field.
    let wanted = [header.packed, header.size].contains(&u64::from(u32::MAX)) || header.offset == Some(u32::MAX.into());
    if wanted && !seen.contains(&ZIP64) { Err(Flaw::Zip64) } else { Ok(()) }
}

/// The numbers that the header has no room for, in this order and no others (4.5.3). A local header before a data descriptor
/// may have both sizes here without need, as it was written before they were known.
fn zip64(header: &mut Header, data: &[u8]) -> Result<(), Flaw> {
    let largest = u64::from(u32::MAX);
    let mut numbers = data.chunks_exact(8).map(|n| u64_at(n, 0));
    if header.offset.is_none() && header.has_descriptor() && data.len() == 16 {
        let (size, packed) = (numbers.next().unwrap_or(largest), numbers.next().unwrap_or(largest));
        if [(header.size, size), (header.packed, packed)].iter().any(|(old, new)| old != new && ![0, largest].contains(old)) {
            return Err(Flaw::Zip64);
        }
        (header.size, header.packed) = (size, packed);
        return Ok(());
    }
    let mut used = 0;
    for number in [Some(&mut header.size), Some(&mut header.packed), header.offset.as_mut()].into_iter().flatten() {
        if *number == largest {
            *number = numbers.next().ok_or(Flaw::Zip64)?;
            used += 8;
        }
    }
    // Other programs read what is too much as the sizes (malo's `zip64_extra_too_long`).
    if used == data.len() { Ok(()) } else { Err(Flaw::Zip64) }
}

/// The same name again, in UTF-8. Some readers take this one and some the header's (malo's `unicode_extra_chain`).
fn unicode_path(header: &Header, data: &[u8]) -> Result<(), Flaw> {
    let mut crc = Crc::new();
    crc.update(&header.name);
    let same = data.len() >= 5 && data[0] == 1 && u32_at(data, 1) == crc.sum() && data[5..] == header.name;
    if same { Ok(()) } else { Err(Flaw::Contradiction { path: header.shown(), about: "name" }) }
}
