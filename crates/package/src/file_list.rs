//! The list of the files in a package. It is stored beside the package, so that files can be shown, compared and fetched one
//! at a time without downloading the package.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Digest, Explain, PathError,
    archive::Method,
    check_path,
    path::{Collision, collisions},
};

/// The format of the lists that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// The mode of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// 0644.
    #[serde(rename = "0644")]
    Plain,
    /// 0755: the manifest lists it as executable.
    #[serde(rename = "0755")]
    Executable,
}

impl Mode {
    /// The permission bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o644,
            Self::Executable => 0o755,
        }
    }
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// Where its bytes begin in the package.
    pub offset: u64,
    /// How many bytes it takes there. Fewer than `size`: they are deflated; as many: they are as they are.
    pub packed: u64,
    /// Its mode.
    pub mode: Mode,
}

impl FileEntry {
    /// How its bytes are kept in the package.
    #[must_use]
    pub const fn method(&self) -> Method {
        if self.packed < self.size { Method::Deflated } else { Method::Stored }
    }
}

/// The files of a package, in the order in which they stand there: by the bytes of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileList {
    /// The files.
    pub files: Vec<FileEntry>,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    patchbay: u32,
    files: usize,
}

/// Why bytes are not a file list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileListError {
    /// The first line is not the header.
    #[error("The file list does not begin as a file list does.")]
    Header,
    /// It was written by a newer version.
    #[error("The file list has format {format}; this version of Patchbay reads up to format 1.")]
    Newer {
        /// Its format.
        format: u32,
    },
    /// A line is not a file.
    #[error("Line {line} of the file list does not describe a file.")]
    Line {
        /// The line, counted from 1.
        line: usize,
    },
    /// It has fewer or more lines than its header says.
    #[error("The file list is damaged: it should hold {expected} files and holds {found}.")]
    Count {
        /// What the header says.
        expected: usize,
        /// What is there.
        found: usize,
    },
    /// The files are not sorted, or one is there twice.
    #[error("The file list is damaged: line {line} is out of order.")]
    Order {
        /// The line, counted from 1.
        line: usize,
    },
    /// A path breaks the rules.
    #[error("The file list holds a path that no package can have: {0}")]
    Path(#[source] PathError),
    /// Two paths are one on some systems.
    #[error("The file list holds paths that no package can have: {0}")]
    Collision(#[source] Collision),
}

impl FileList {
    /// The list as JSON lines: a header with the format and the number of files, then one line per file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = line(&Header { patchbay: FORMAT, files: self.files.len() });
        for file in &self.files {
            bytes.extend(line(file));
        }
        bytes
    }

    /// Reads a list, trusting nothing in it. Unknown fields are passed over.
    ///
    /// # Errors
    /// [`FileListError`] says what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileListError> {
        let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let mut lines = body.split(|b| *b == b'\n');
        let header: Header = lines.next().and_then(|l| serde_json::from_slice(l).ok()).ok_or(FileListError::Header)?;
        if header.patchbay > FORMAT {
            return Err(FileListError::Newer { format: header.patchbay });
        }
        let mut files: Vec<FileEntry> = Vec::new();
        for (index, text) in lines.enumerate() {
            let line = index + 2;
            let file: FileEntry = serde_json::from_slice(text).map_err(|_| FileListError::Line { line })?;
            check_path(&file.path).map_err(FileListError::Path)?;
            if files.last().is_some_and(|last| last.path >= file.path) {
                return Err(FileListError::Order { line });
            }
            files.push(file);
        }
        if files.len() != header.files {
            return Err(FileListError::Count { expected: header.files, found: files.len() });
        }
        if let Some(collision) = collisions(files.iter().map(|f| f.path.as_str())).into_iter().next() {
            return Err(FileListError::Collision(collision));
        }
        Ok(Self { files })
    }

    /// The digest of the list's bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// Sum of the files' sizes, in bytes.
    #[must_use]
    pub fn unpacked_size(&self) -> u64 {
        self.files.iter().fold(0, |sum, f| sum.saturating_add(f.size))
    }

    /// The file of that path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&FileEntry> {
        self.files.binary_search_by(|f| f.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }

    /// Whether two packages hold the same files with the same bytes and modes. The packages can differ all the same, when
    /// different versions of the compressor made them.
    #[must_use]
    pub fn same_files(&self, other: &Self) -> bool {
        let what = |f: &FileEntry| (f.size, f.sha256, f.mode);
        self.files.len() == other.files.len() && self.files.iter().zip(&other.files).all(|(a, b)| a.path == b.path && what(a) == what(b))
    }
}

/// A line of JSON. These types always serialise.
fn line(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

impl Explain for FileListError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "file_list_newer",
            _ => "file_list_damaged",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Newer { .. } => "Update Patchbay.".into(),
            _ => "Tell whoever administers the registry.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Newer { format } => [("format", format.to_string())].into(),
            Self::Line { line } | Self::Order { line } => [("line", line.to_string())].into(),
            Self::Count { expected, found } => [("expected", expected.to_string()), ("found", found.to_string())].into(),
            Self::Path(e) => e.data(),
            Self::Collision(e) => e.data(),
            Self::Header => BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> FileEntry {
        FileEntry { path: path.into(), size: 5, sha256: Digest::of(b"hello"), offset: 31, packed: 5, mode: Mode::Plain }
    }

    #[test]
    fn lines() {
        let list = FileList { files: vec![entry("a"), FileEntry { mode: Mode::Executable, packed: 3, ..entry("b/ü") }] };
        let sha = Digest::of(b"hello");
        let expected = format!(
            "{{\"patchbay\":1,\"files\":2}}\n\
             {{\"path\":\"a\",\"size\":5,\"sha256\":\"{sha}\",\"offset\":31,\"packed\":5,\"mode\":\"0644\"}}\n\
             {{\"path\":\"b/ü\",\"size\":5,\"sha256\":\"{sha}\",\"offset\":31,\"packed\":3,\"mode\":\"0755\"}}\n"
        );
        assert_eq!(String::from_utf8(list.to_bytes()).unwrap(), expected);
        assert_eq!(FileList::from_bytes(expected.as_bytes()), Ok(list.clone()));
        assert_eq!(list.unpacked_size(), 10);
        assert_eq!(list.file("b/ü").unwrap().method(), Method::Deflated);
    }

    #[test]
    fn damage_is_seen() {
        let said = |bytes: &[u8]| FileList::from_bytes(bytes).unwrap_err().to_string();
        let of = |paths: &[&str]| FileList { files: paths.iter().map(|p| entry(p)).collect() }.to_bytes();
        let good = of(&["a", "b"]);
        assert_eq!(said(b""), "The file list does not begin as a file list does.");
        assert_eq!(said(b"<html>"), "The file list does not begin as a file list does.");
        assert_eq!(said(b"{\"patchbay\":2,\"files\":0}\n"), "The file list has format 2; this version of Patchbay reads up to format 1.");
        assert_eq!(said(&good[..good.len() - 9]), "Line 3 of the file list does not describe a file.");
        let one_less = good.iter().rposition(|b| *b == b'{').unwrap();
        assert_eq!(said(&good[..one_less]), "The file list is damaged: it should hold 2 files and holds 1.");
        assert_eq!(said(&of(&["b", "a"])), "The file list is damaged: line 3 is out of order.");
        assert_eq!(said(&of(&["a", "a"])), "The file list is damaged: line 3 is out of order.");
        assert_eq!(
            said(&of(&["../x"])),
            "The file list holds a path that no package can have: “../x” has “..” as a part, which leads out of its place."
        );
        assert_eq!(
            said(&of(&["A", "a"])),
            "The file list holds paths that no package can have: “A” and “a” are the same name on some systems."
        );
    }

    #[test]
    fn the_same_files_packed_differently() {
        let a = FileList { files: vec![entry("a")] };
        let b = FileList { files: vec![FileEntry { packed: 3, ..entry("a") }] };
        assert!(a.same_files(&b) && a != b);
        assert!(!a.same_files(&FileList { files: vec![FileEntry { mode: Mode::Executable, ..entry("a") }] }));
    }
}
