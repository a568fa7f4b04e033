//! The headers of a package: exactly those that the writer would have written.

use std::io::{BufReader, Read as _};

use super::Expected;
use crate::{
    ArchiveError, Flaw, Limits, Method, Mode, PathError, ReadAt,
    archive::{CENTRAL_HEADER, END_RECORD, Entry, LOCAL_HEADER, REGULAR_FILE, end_record, is_locator},
    check_path,
    fields::{u16_at, u32_at},
    member::{Member, read_error},
    path::{MAX_BYTES, collisions},
    read_at::Section,
};

/// The package itself, where an entry would be named.
const PACKAGE: &str = "the package";

/// A file of a package, before its bytes were looked at.
pub(crate) struct Listed {
    pub(crate) member: Member,
    pub(crate) mode: Mode,
}

/// Reads the end record, the central directory and every local header.
pub(crate) fn list(package: &(impl ReadAt + ?Sized), expected: &Expected<'_>, limits: &Limits) -> Result<Vec<Listed>, ArchiveError> {
    let size = package.size().map_err(read_error)?;
    expected.check_size(size)?;
    if size > limits.package_size() {
        return Err(Flaw::PackageTooLarge { limit: limits.package_size() }.into());
    }
    let end = End::read(package, size)?;
    if end.entries == 0 {
        return Err(Flaw::Empty.into());
    }
    if usize::from(end.entries) > limits.files() {
        return Err(Flaw::TooMany { limit: limits.files() }.into());
    }
    let mut directory = Directory { package, start: end.start, limits, at: 0, unpacked: 0, files: Vec::new() };
    let mut from = BufReader::new(Section::new(package, end.start, size - END_RECORD));
    let mut last = Vec::new();
    for number in 1..=usize::from(end.entries) {
        last = central_header(&mut from, number)?;
        directory.entry(&last, number)?;
    }
    // A reader that goes on while there are headers finds one more than a reader that counts.
    let rest = std::io::copy(&mut from, &mut std::io::sink()).map_err(read_error)?;
    if rest > 0 {
        return Err(Flaw::Hidden { offset: size - END_RECORD - rest, len: rest }.into());
    }
    // An entry that is not listed is seen by readers of the stream only (CVE-2025-54368, PyPI's “ZIP confusion”).
    if directory.at < end.start {
        return Err(Flaw::Hidden { offset: directory.at, len: end.start - directory.at }.into());
    }
    // Python and 7-Zip look at this place whatever the end record says.
    if is_locator(&last) {
        return Err(Flaw::Zip64.into());
    }
    let files = directory.files;
    if let Some(collision) = collisions(files.iter().map(|f| f.member.path.as_str())).into_iter().next() {
        return Err(Flaw::from(collision).into());
    }
    Ok(files)
}

struct End {
    entries: u16,
    start: u64,
}

impl End {
    /// The end record is the last 22 bytes. Nobody searches for it, so nobody finds another one in a comment.
    fn read(package: &(impl ReadAt + ?Sized), size: u64) -> Result<Self, ArchiveError> {
        let at = size.checked_sub(END_RECORD).ok_or(Flaw::End)?;
        let mut record = [0; END_RECORD as usize];
        package.read_exact_at(&mut record, at).map_err(read_error)?;
        if !record.starts_with(b"PK\x05\x06") || u16_at(&record, 20) != 0 {
            return Err(Flaw::End.into());
        }
        let (entries, length, start) = (u16_at(&record, 10), u32_at(&record, 12), u32_at(&record, 16));
        // All that is left are the disks.
        if record != *end_record(entries, length, start) {
            return Err(Flaw::Disks.into());
        }
        // ZIP64's placeholder in a package, which is never that large.
        if entries == u16::MAX || length == u32::MAX || start == u32::MAX {
            return Err(Flaw::Zip64.into());
        }
        let end = u64::from(start) + u64::from(length);
        if end > at {
            return Err(Flaw::End.into());
        }
        // Bytes before the first entry shift every offset for readers that count from the end (self-extracting archives).
        if end < at {
            return Err(Flaw::Hidden { offset: end, len: at - end }.into());
        }
        Ok(Self { entries, start: start.into() })
    }
}

/// The bytes of the next header of the central directory.
fn central_header(from: &mut impl std::io::Read, number: usize) -> Result<Vec<u8>, ArchiveError> {
    let damaged = || Flaw::Header { entry: number };
    let mut header = vec![0; CENTRAL_HEADER as usize];
    let failed = |e: std::io::Error| if e.kind() == std::io::ErrorKind::UnexpectedEof { damaged().into() } else { read_error(e) };
    from.read_exact(&mut header).map_err(failed)?;
    if !header.starts_with(b"PK\x01\x02") {
        return Err(damaged().into());
    }
    let len = usize::from(u16_at(&header, 28));
    // Before it is read: what is claimed costs no memory.
    if len > MAX_BYTES {
        return Err(Flaw::Path(PathError::TooLong { path: format!("#{number}"), bytes: len }).into());
    }
    from.take(len as u64).read_to_end(&mut header).map_err(read_error)?;
    if header.len() == CENTRAL_HEADER as usize + len { Ok(header) } else { Err(damaged().into()) }
}

struct Directory<'a, P: ?Sized> {
    package: &'a P,
    start: u64,
    limits: &'a Limits,
    /// Where the entry before ends.
    at: u64,
    unpacked: u64,
    files: Vec<Listed>,
}

impl<P: ReadAt + ?Sized> Directory<'_, P> {
    fn entry(&mut self, header: &[u8], number: usize) -> Result<(), ArchiveError> {
        let name = &header[CENTRAL_HEADER as usize..];
        let Ok(path) = std::str::from_utf8(name) else {
            return Err(Flaw::NotUtf8 { name: String::from_utf8_lossy(name).into_owned() }.into());
        };
        let entry = parse(header, path)?;
        check_path(path).map_err(Flaw::from)?;
        self.check_order(path)?;
        self.check_sizes(&entry)?;
        let offset = u32_at(header, 42);
        if entry.central_header(offset) != *header {
            return Err(canonical(path, "header"));
        }
        let offset = u64::from(offset);
        // Entries that share bytes inflate to more than the archive could hold (CVE-2019-13232, CVE-2024-0450; Fifield, “A
        // better zip bomb”, 2019); bytes between entries are an entry that is not listed.
        if offset < self.at {
            return Err(Flaw::Overlap { path: path.into() }.into());
        }
        if offset > self.at {
            return Err(Flaw::Hidden { offset: self.at, len: offset - self.at }.into());
        }
        let content = offset + LOCAL_HEADER + path.len() as u64;
        let end = content + u64::from(entry.packed);
        if end > self.start {
            return Err(Flaw::Overlap { path: path.into() }.into());
        }
        self.check_local(&entry, offset, number)?;
        self.at = end;
        let Entry { path, mode, method, crc32, size, packed } = entry;
        let member = Member { path, method, offset: content, packed: packed.into(), size: size.into(), crc32 };
        self.files.push(Listed { member, mode });
        Ok(())
    }

    fn check_order(&self, path: &str) -> Result<(), Flaw> {
        let Some(last) = self.files.last() else { return Ok(()) };
        match last.member.path.as_str().cmp(path) {
            std::cmp::Ordering::Less => Ok(()),
            // Which of the two counts depends on the reader (CVE-2013-4787, Android's “master key”).
            std::cmp::Ordering::Equal => Err(Flaw::Twice { path: path.into() }),
            std::cmp::Ordering::Greater => Err(Flaw::NotCanonical { path: path.into(), field: "order" }),
        }
    }

    fn check_sizes(&mut self, entry: &Entry) -> Result<(), ArchiveError> {
        let (path, size) = (&entry.path, u64::from(entry.size));
        // Deflated exactly when that is smaller: one content, one form.
        let method = if entry.packed < entry.size { Method::Deflated } else { Method::Stored };
        if entry.packed > entry.size || entry.method != method {
            return Err(canonical(path, "method"));
        }
        if size > self.limits.file_size() {
            return Err(Flaw::FileTooLarge { path: path.clone(), limit: self.limits.file_size() }.into());
        }
        self.unpacked += size;
        if self.unpacked > self.limits.unpacked_size {
            return Err(Flaw::TooLarge { limit: self.limits.unpacked_size }.into());
        }
        Ok(())
    }

    /// A reader of the stream sees the local headers only. They say the same, byte for byte.
    fn check_local(&self, entry: &Entry, offset: u64, number: usize) -> Result<(), ArchiveError> {
        let expected = entry.local_header();
        let mut found = vec![0; expected.len()];
        self.package.read_exact_at(&mut found, offset).map_err(read_error)?;
        if found == expected {
            return Ok(());
        }
        if !found.starts_with(b"PK\x03\x04") {
            return Err(Flaw::Header { entry: number }.into());
        }
        let about = match found.iter().zip(&expected).position(|(found, expected)| found != expected) {
            Some(14..18) => "checksum",
            Some(18..26) => "size",
            Some(26..28 | 30..) => "name",
            _ => "header",
        };
        Err(Flaw::Contradiction { path: entry.path.clone(), about }.into())
    }
}

/// Reads the fields that can differ from package to package, and names what no package has.
fn parse(header: &[u8], path: &str) -> Result<Entry, ArchiveError> {
    let owned = || path.to_owned();
    let flags = u16_at(header, 8);
    // Nobody can see what is in it, and a scanner lets it pass.
    if flags & (1 | 1 << 6 | 1 << 13) != 0 {
        return Err(Flaw::Encrypted { path: owned() }.into());
    }
    // The sizes stand behind the content, where each reader looks for them in its own way.
    if flags & 1 << 3 != 0 {
        return Err(canonical(path, "data descriptor"));
    }
    let method = match u16_at(header, 10) {
        0 => Method::Stored,
        8 => Method::Deflated,
        method => return Err(Flaw::Method { path: owned(), method }.into()),
    };
    // A second name, other sizes, where a link leads: whatever a reader makes of it (malo's `second_unicode_extra`).
    if u16_at(header, 30) != 0 {
        return Err(Flaw::Fields { path: owned(), what: "extra fields" }.into());
    }
    if u16_at(header, 32) != 0 {
        return Err(canonical(path, "comment"));
    }
    if u16_at(header, 34) != 0 {
        return Err(Flaw::Disks.into());
    }
    let external = u32_at(header, 38);
    crate::archive::file_kind(external >> 16, path)?;
    let modes = [Mode::Plain, Mode::Executable];
    let Some(mode) = modes.into_iter().find(|mode| external == (REGULAR_FILE | mode.bits()) << 16) else {
        return Err(canonical(path, "mode"));
    };
    let (crc32, packed, size) = (u32_at(header, 16), u32_at(header, 20), u32_at(header, 24));
    // ZIP64's placeholder: a reader that believes it looks for the size elsewhere.
    if packed == u32::MAX || size == u32::MAX || u32_at(header, 42) == u32::MAX {
        return Err(Flaw::Zip64.into());
    }
    Ok(Entry { path: owned(), mode, method, crc32, size, packed })
}

fn canonical(path: &str, field: &'static str) -> ArchiveError {
    let path = if path.is_empty() { PACKAGE } else { path };
    Flaw::NotCanonical { path: path.into(), field }.into()
}
