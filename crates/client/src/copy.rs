//! The local copy of a catalogue: one file per registry, replaced whole or made longer, opened in milliseconds, thrown away when it is damaged.
//!
//! After a line of its own the file has blocks, each with its length and checksum. The first is the [table](Table) as it is in memory. Each
//! other one is a change: a head, its entity tag, and the plugins that are different now. So a change writes what it is itself, however many
//! plugins there are. What is after the last whole block, because a program was stopped there, does not count. When the copy was last known
//! to be current is the time that the file was changed: learning that nothing is new then writes nothing.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use jiff::Timestamp;
use patchbay_registry::{
    catalogue::{Head, Known, Line, Table},
    store::ETag,
};
use serde::{Deserialize, Serialize};

use crate::{
    blocks::{block, seal},
    files::{self, FileError},
};

/// What the file begins with; another number is another format, and the copy is fetched again.
const MAGIC: &[u8; 8] = b"pbcopy1\n";

/// The changes in the file may be as large as an eighth of the table, or 256 KiB; then it is written anew.
const CHANGES: u64 = 256 * 1024;

/// The catalogue as it is known on this computer.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalCopy {
    /// What is known; with its table.
    pub known: Known,
    /// When that was last known to be current.
    pub synced_at: Timestamp,
    file: Option<Kept>,
}

/// What the file has.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    table: Table,
    etag: Option<ETag>,
    length: u64,
}

/// A change in the file, after the head.
#[derive(Serialize, Deserialize)]
struct Changed {
    etag: Option<ETag>,
    lines: Vec<Line>,
}

impl LocalCopy {
    /// What is known now, with its table; `before` is the copy that was kept until now.
    #[must_use]
    pub fn after(before: Option<&Self>, known: Known, synced_at: Timestamp) -> Self {
        Self { known, synced_at, file: before.and_then(|before| before.file.clone()) }
    }

    /// The plugins.
    #[must_use]
    pub fn table(&self) -> &Table {
        // A copy is only made of what has a table.
        static NONE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(Table::default);
        self.known.table.as_ref().unwrap_or(&NONE)
    }

    /// Opens the copy in a file; none when there is none or it is damaged: it can be fetched again.
    #[must_use]
    pub fn open(path: &Path) -> Option<Self> {
        let bytes = Bytes::from(fs::read(path).ok()?);
        let synced_at = fs::metadata(path).and_then(|m| m.modified()).ok().and_then(|time| Timestamp::try_from(time).ok())?;
        let mut rest = bytes.strip_prefix(MAGIC).map(|rest| bytes.slice_ref(rest))?;
        let table = Table::open(block(&mut rest)?).ok()?;
        let (mut last, mut lines) = (None, Vec::new());
        while let Some(bytes) = block(&mut rest) {
            let (head, changed) = bytes.get(4..)?.split_at_checked(length(&bytes)?)?;
            let changed: Changed = serde_json::from_slice(changed).ok()?;
            lines.extend(changed.lines);
            last = Some((bytes.slice_ref(head), changed.etag));
        }
        let (head, etag) = last?;
        let table = table.with_all(lines).ok()?;
        let length = (bytes.len() - rest.len()) as u64;
        let file = Some(Kept { table: table.clone(), etag: etag.clone(), length });
        Some(Self { known: Known { head: Head::parse(&head).ok()?, etag, table: Some(table) }, synced_at, file })
    }

    /// Whether this is what was put into the file last, but for its time.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.file.as_ref().is_some_and(|kept| kept.etag == self.known.etag && kept.table.is(self.table()))
    }

    /// Keeps the copy in a file: what changed goes behind what is there, as long as that is what was kept last.
    ///
    /// # Errors
    /// [`FileError::Write`]; what was in the file is untouched.
    pub fn keep(&mut self, path: &Path) -> Result<(), FileError> {
        let length = match self.append(path) {
            Some(length) => length,
            None => self.replace(path)?,
        };
        self.file = Some(Kept { table: self.table().clone(), etag: self.known.etag.clone(), length });
        self.mark(path)
    }

    /// None when the file has to be written anew: it has grown long, or it is not the one that is known.
    fn append(&self, path: &Path) -> Option<u64> {
        let kept = self.file.as_ref()?;
        let change = self.change(self.table().since(&kept.table)?)?;
        let change = [&seal(&change)[..], &change].concat();
        let length = kept.length + change.len() as u64;
        let table = self.table().bytes().len() as u64;
        if length > table + CHANGES.max(table / 8) {
            return None;
        }
        let mut file = File::options().append(true).open(path).ok()?;
        // Another program may have put something behind it, or been stopped in the middle of that.
        let as_known = file.metadata().ok()?.len() == kept.length;
        (as_known && file.write_all(&change).is_ok()).then_some(length)
    }

    fn replace(&mut self, path: &Path) -> Result<u64, FileError> {
        self.known.table = Some(self.table().clone().packed());
        let change = self.change(Vec::new()).ok_or_else(|| FileError::write(path)(io::ErrorKind::InvalidData.into()))?;
        let table = self.table().bytes();
        let parts: [&[u8]; 5] = [MAGIC, &seal(table), table, &seal(&change), &change];
        files::cache(path, &parts)?;
        Ok(parts.iter().map(|part| part.len() as u64).sum())
    }

    fn change(&self, lines: Vec<Line>) -> Option<Vec<u8>> {
        let head = self.known.head.to_bytes();
        let changed = serde_json::to_vec(&Changed { etag: self.known.etag.clone(), lines }).ok()?;
        Some([&u32::try_from(head.len()).ok()?.to_le_bytes()[..], &head, &changed].concat())
    }

    /// Notes in the file that the copy is current.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn mark(&self, path: &Path) -> Result<(), FileError> {
        let since = Duration::try_from(self.synced_at.as_duration()).unwrap_or_default();
        let mark = || -> io::Result<()> { File::options().append(true).open(path)?.set_modified(SystemTime::UNIX_EPOCH + since) };
        mark().map_err(FileError::write(path))
    }
}

fn length(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize)
}
