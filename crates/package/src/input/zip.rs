//! ZIP archives as ordinary tools write them (PKWARE APPNOTE 6.3.10).

mod end;
mod extra;
mod header;

use std::{
    io::{BufReader, Write as _},
    ops::ControlFlow,
    path::Path,
};

use self::header::Header;
use super::{Entry, InputKind, What, root};
use crate::{
    ArchiveError, Flaw, Limits, Mode, ReadAt,
    archive::file_kind,
    manifest::VSIX,
    member::{Member, Reader, read_error},
    output,
    read_at::Section,
};

/// The folder that a `.vsix` has its plugin in. The file by which it is known as one stands beside that folder.
const VSIX_ROOT: &str = "extension/";

/// Unpacks a ZIP archive into an empty folder.
pub(super) fn unpack(
    archive: &(impl ReadAt + ?Sized),
    into: &Path,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<InputKind, ArchiveError> {
    let entries = entries(archive, limits)?;
    root::check(&entries, limits)?;
    let is_vsix = entries.iter().any(|e| e.path == VSIX) && entries.iter().any(|e| e.path.starts_with(VSIX_ROOT));
    let (kind, root) = if is_vsix { (InputKind::Vsix, VSIX_ROOT.to_owned()) } else { (InputKind::Zip, root::of(&entries)) };
    let in_root = || entries.iter().filter_map(|e| Some((e, e.path.strip_prefix(&root)?)));
    // It names the platform, and no other file does. A plugin's own file of that name stays what it is.
    let beside = entries.iter().find(|e| is_vsix && e.path == VSIX).filter(|_| !in_root().any(|(_, p)| p.eq_ignore_ascii_case(VSIX)));
    let inside = || in_root().chain(beside.map(|e| (e, VSIX)));
    output::make_folders(
        into,
        inside().filter_map(|(entry, path)| if entry.what == What::Folder { Some(path) } else { output::folder_of(path) }),
    )?;
    let mut reader = Reader::new();
    for (entry, path) in inside() {
        let What::File { executable, .. } = entry.what else { continue };
        let mut file = output::make_file(into, path, if executable { Mode::Executable } else { Mode::Plain })?;
        reader.read(archive, &entry.found, &mut |bytes| {
            file.write_all(bytes).map_err(|source| ArchiveError::Write { path: path.to_owned(), source })?;
            if progress(entry.found.offset).is_break() { Err(ArchiveError::Cancelled) } else { Ok(()) }
        })?;
    }
    // Whoever cancels now has it already.
    let _ = progress(archive.size().map_err(read_error)?);
    Ok(kind)
}

/// Reads every header, and accounts for every byte of the archive. In the order in which the entries stand there.
fn entries(archive: &(impl ReadAt + ?Sized), limits: &Limits) -> Result<Vec<Entry<Member>>, ArchiveError> {
    let len = archive.size().map_err(read_error)?;
    let end = end::read(archive, len)?;
    if end.entries > limits.files() as u64 {
        return Err(Flaw::TooMany { limit: limits.files() }.into());
    }
    let mut list = BufReader::new(Section::new(archive, end.start, end.end));
    let mut headers = Vec::new();
    for number in 1..=end.entries {
        // As many as there may be of files.
        let number = number as usize;
        headers.push((number, header::central(&mut list, number)?));
    }
    // Readers that count and readers that go on while there are headers find other entries.
    let rest = std::io::copy(&mut list, &mut std::io::sink()).map_err(read_error)?;
    if rest > 0 {
        return Err(Flaw::Hidden { offset: end.end - rest, len: rest }.into());
    }
    headers.sort_by_key(|(_, header)| header.offset);
    let starts: Vec<_> = headers.iter().skip(1).filter_map(|(_, h)| h.offset).chain([end.start]).collect();
    let mut at = 0;
    let mut entries = Vec::with_capacity(headers.len());
    for ((number, header), next) in headers.into_iter().zip(starts) {
        let (entry, end) = entry(archive, number, header, at, next)?;
        at = end;
        entries.push(entry);
    }
    if at < end.start {
        return Err(Flaw::Hidden { offset: at, len: end.start - at }.into());
    }
    Ok(entries)
}

/// Reads the local header of an entry, which begins where the one before ends and ends where the next one begins.
fn entry(
    archive: &(impl ReadAt + ?Sized),
    number: usize,
    header: Header,
    at: u64,
    next: u64,
) -> Result<(Entry<Member>, u64), ArchiveError> {
    let offset = header.offset.unwrap_or(u64::MAX);
    let overlap = || Flaw::Overlap { path: header.shown() };
    // Bytes between entries hide one from readers of the list and show it to readers of the stream; entries that share
    // bytes inflate to more than the archive could hold (CVE-2019-13232, CVE-2024-0450; Fifield, “A better zip bomb”).
    if offset > at {
        return Err(Flaw::Hidden { offset: at, len: offset - at }.into());
    }
    if offset < at || offset >= next {
        return Err(overlap().into());
    }
    let mut from = BufReader::with_capacity(512, Section::new(archive, offset, next));
    let (local, header_size) = header::local(&mut from, number)?;
    header::agree(&header, &local)?;
    let start = offset + header_size;
    let end = start.checked_add(header.packed).filter(|end| *end <= next).ok_or_else(overlap)?;
    let descriptor = if local.has_descriptor() { descriptor(archive, &header, end, next)? } else { 0 };
    let (path, what) = what(&header)?;
    let member = Member {
        path: path.clone(),
        method: header.method()?,
        offset: start,
        packed: header.packed,
        size: header.size,
        crc32: header.crc32,
    };
    Ok((Entry { path, what, found: member }, end + descriptor))
}

/// The size of an entry's data descriptor, which is all that is between its bytes and the next header.
fn descriptor(archive: &(impl ReadAt + ?Sized), header: &Header, end: u64, next: u64) -> Result<u64, ArchiveError> {
    let mut bytes = [0; 24];
    let len = (next - end).min(bytes.len() as u64);
    let bytes = &mut bytes[..len as usize];
    archive.read_exact_at(bytes, end).map_err(read_error)?;
    if header::is_descriptor(bytes, header) {
        return Ok(len);
    }
    // One that says something else is believed by readers of the stream (PyPI's “ZIP confusion”, 2025).
    Err(Flaw::Contradiction { path: header.shown(), about: "size" }.into())
}

/// What an entry is, and its path without a slash at its end.
fn what(header: &Header) -> Result<(String, What), Flaw> {
    let Ok(name) = std::str::from_utf8(&header.name) else { return Err(Flaw::NotUtf8 { name: header.shown() }) };
    let (path, is_folder) = name.strip_suffix('/').map_or((name, false), |path| (path, true));
    let by_mode = file_kind(header.mode, name)?;
    const DOS_VOLUME: u8 = 0x08;
    const DOS_FOLDER: u8 = 0x10;
    if header.dos & DOS_VOLUME != 0 {
        return Err(Flaw::Special { path: name.into() });
    }
    // By its slash it is one thing and by its attributes the other; readers go by either (malo's `trailing_slash_name`).
    let folder_by_attributes = by_mode.unwrap_or(is_folder) || header.dos & DOS_FOLDER != 0;
    if folder_by_attributes != is_folder {
        return Err(Flaw::Contradiction { path: name.into(), about: "kind" });
    }
    // A folder to some readers and a file to others. Two bytes are what nothing at all takes when it is deflated.
    if is_folder && (header.size > 0 || !matches!((header.method, header.packed), (_, 0) | (8, 2))) {
        return Err(Flaw::FolderWithContent { path: name.into() });
    }
    let what = if is_folder { What::Folder } else { What::File { size: header.size, executable: header.mode & 0o100 != 0 } };
    Ok((path.into(), what))
}
