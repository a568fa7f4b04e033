//! The headers of a tar archive.

use std::io::Read;

use super::{gzip_error, pax::Pax};
use crate::{ArchiveError, Flaw, Limits, input::What};

/// The unit that headers and contents are padded to, in bytes.
const BLOCK: usize = 512;
/// The largest record about an entry: its long name, its attributes. In bytes.
const MAX_RECORD: u64 = 1 << 20;

/// Reads one header after the other, with the records that stand before it.
#[derive(Default)]
pub(super) struct Headers {
    /// How many blocks with a header were read.
    number: usize,
}

/// The fields of a header that matter here.
struct Header {
    name: Vec<u8>,
    executable: bool,
    size: u64,
    kind: u8,
    is_v7: bool,
}

impl Headers {
    /// The path and kind of the next entry; none at the end.
    pub(super) fn next(&mut self, from: &mut impl Read, limits: &Limits) -> Result<Option<(String, What)>, ArchiveError> {
        let (mut pax, mut long_name) = (None, None);
        loop {
            let Some(header) = self.header(from)? else {
                // Records about an entry that does not come.
                return if pax.is_none() && long_name.is_none() { Ok(None) } else { Err(self.damaged().into()) };
            };
            // Records without end would never become an entry that is counted.
            if self.number > limits.files().saturating_mul(4) {
                return Err(Flaw::TooMany { limit: limits.files() }.into());
            }
            match header.kind {
                b'x' if pax.is_none() => pax = Some(Pax::of(&self.record(from, &header)?).ok_or_else(|| self.damaged())?),
                // For all entries that follow: a comment, and never what only one entry can have.
                b'g' => {
                    let global = Pax::of(&self.record(from, &header)?).ok_or_else(|| self.damaged())?;
                    if !global.is_empty() {
                        return Err(self.damaged().into());
                    }
                }
                b'L' if long_name.is_none() => {
                    let mut name = self.record(from, &header)?;
                    name.truncate(name.iter().position(|b| *b == 0).unwrap_or(name.len()));
                    long_name = Some(name);
                }
                // Where a link leads; the link itself is refused.
                b'K' => {
                    self.record(from, &header)?;
                }
                // Two records of which readers take either.
                b'x' | b'L' => return Err(self.damaged().into()),
                _ => return Ok(Some(entry(header, pax.unwrap_or_default(), long_name)?)),
            }
        }
    }

    const fn damaged(&self) -> Flaw {
        Flaw::Header { entry: self.number }
    }

    fn header(&mut self, from: &mut impl Read) -> Result<Option<Header>, ArchiveError> {
        let mut block = [0; BLOCK];
        // The end of the file where a header could begin ends an archive as well; some writers leave the zeros away.
        match from.read(&mut block).map_err(gzip_error)? {
            0 => return Ok(None),
            n => from.read_exact(&mut block[n..]).map_err(gzip_error)?,
        }
        self.number += 1;
        if block.iter().all(|b| *b == 0) {
            return Ok(None);
        }
        // As unsigned bytes; readers differ in what else they take.
        let sum = block.iter().enumerate().map(|(at, b)| if (148..156).contains(&at) { 32 } else { u64::from(*b) }).sum::<u64>();
        let damaged = || self.damaged();
        if number(&block[148..156]) != Some(sum) {
            return Err(damaged().into());
        }
        let mut name = text(&block[..100]).to_vec();
        // GNU's own format has other fields there, and no version (`ustar  \0`).
        let is_ustar = block[257..263] == *b"ustar\0";
        let prefix = text(&block[345..500]);
        if is_ustar && !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
        Ok(Some(Header {
            name,
            executable: number(&block[100..108]).ok_or_else(damaged)? & 0o100 != 0,
            size: number(&block[124..136]).ok_or_else(damaged)?,
            kind: block[156],
            is_v7: block[257] == 0,
        }))
    }

    /// The content of a record about the next entry.
    fn record(&self, from: &mut impl Read, header: &Header) -> Result<Vec<u8>, ArchiveError> {
        if header.size > MAX_RECORD {
            return Err(self.damaged().into());
        }
        let mut record = vec![0; header.size as usize];
        from.read_exact(&mut record).map_err(gzip_error)?;
        skip_padding(from, header.size)?;
        Ok(record)
    }
}

/// What a header and the records before it say together.
fn entry(header: Header, pax: Pax, long_name: Option<Vec<u8>>) -> Result<(String, What), Flaw> {
    let shown = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let contradiction = |about| Flaw::Contradiction { path: shown(&header.name), about };
    // Which of the two counts depends on the reader.
    if pax.path.is_some() && long_name.is_some() {
        return Err(contradiction("name"));
    }
    // A reader that takes the other one reads file contents as headers (“TARmageddon”, CVE-2025-62518).
    if pax.size.is_some_and(|size| size != header.size) {
        return Err(contradiction("size"));
    }
    let name = pax.path.or(long_name).unwrap_or_else(|| header.name.clone());
    let Ok(mut path) = String::from_utf8(name) else { return Err(Flaw::NotUtf8 { name: shown(&header.name) }) };
    let has_slash = path.ends_with('/');
    match header.kind {
        b'5' => {}
        // Before there was a type for folders.
        0 if header.is_v7 && has_slash => {}
        // A hole counts as size to some readers.
        _ if pax.is_sparse => return Err(Flaw::Special { path }),
        0 | b'0' | b'7' => return Ok((path, What::File { size: header.size, executable: header.executable })),
        // What is unpacked after it goes through it, to wherever it leads (CVE-2021-32803, CVE-2021-37701, CVE-2026-23745).
        b'1' | b'2' => return Err(Flaw::Link { path }),
        // Devices, pipes, sparse files, parts of other archives.
        _ => return Err(Flaw::Special { path }),
    }
    // Content follows for some readers, and a header for others.
    if header.size > 0 {
        return Err(Flaw::FolderWithContent { path });
    }
    if has_slash {
        path.pop();
    }
    Ok((path, What::Folder))
}

/// Content is followed by zeros up to the next block; some writers leave other bytes there, which no reader looks at.
pub(super) fn skip_padding(from: &mut impl Read, size: u64) -> Result<(), ArchiveError> {
    let over = (size % BLOCK as u64) as usize;
    if over == 0 {
        return Ok(());
    }
    from.read_exact(&mut [0; BLOCK][over..]).map_err(gzip_error)
}

/// A text that ends at its first zero or with its field.
fn text(field: &[u8]) -> &[u8] {
    field.split(|b| *b == 0).next().unwrap_or_default()
}

/// An octal number between spaces and zeros, or GNU's big-endian one. Nothing in an empty field is 0.
fn number(field: &[u8]) -> Option<u64> {
    if field.first() == Some(&0x80) {
        let (high, low) = field[1..].split_at(field.len() - 9);
        return low.try_into().ok().filter(|_| high.iter().all(|b| *b == 0)).map(u64::from_be_bytes);
    }
    let digits = text(field).trim_ascii();
    digits.iter().try_fold(0_u64, |n, digit| match digit {
        b'0'..=b'7' => n.checked_mul(8)?.checked_add((digit - b'0').into()),
        _ => None,
    })
}
