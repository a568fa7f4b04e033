//! What of a folder goes into its package, what stays out, and which rule says so.

pub(crate) mod ignored;
mod npm_files;
mod walk;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use crate::{Explain, Limits, Problem, io_words::words, limits::size_words};

/// The name of the ignore file that is ours. It stands above every other rule.
pub const IGNORE_FILE: &str = ".patchbayignore";
/// The ignore file of git.
pub const GIT_IGNORE_FILE: &str = ".gitignore";
/// How the built-in rules are named as a source.
pub const BUILT_IN: &str = "built-in";

/// How many files of an excluded folder are counted: what stays out must not cost more than what goes in.
pub const MAX_COUNTED: u32 = 100_000;
/// How many files and folders are looked at in all, times the most files of a package.
const ENTRIES_PER_FILE: usize = 5;

/// A file that goes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path in the package: relative, with forward slashes, in NFC.
    pub path: String,
    /// Its path in the folder, as the system spells it.
    pub on_disk: PathBuf,
    /// Its size in bytes when the folder was scanned.
    pub size: u64,
    /// Whether its owner may execute it; false on Windows. The package's modes come from the manifest, not from here.
    pub executable: bool,
}

/// A file or folder that stays out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// Its path in the folder; a folder ends in `/`.
    pub path: String,
    /// The pattern that excludes it, as it is written.
    pub rule: String,
    /// Where the pattern stands: the path of an ignore file in the folder, `package.json` for its `files`, or [`BUILT_IN`].
    pub source: String,
    /// How many files it is: 1, or for a folder the number of files in it. Counting ends at [`MAX_COUNTED`].
    pub files: u32,
}

/// A folder, looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// What goes in, sorted by the bytes of the paths.
    pub files: Vec<SourceFile>,
    /// What stays out, sorted by path.
    pub excluded: Vec<Excluded>,
    /// Sum of the sizes that go in, in bytes.
    pub unpacked_size: u64,
    /// Whether a packing tool chose what is there.
    pub chosen: bool,
    /// What was met on the way: links, names that no package can hold, patterns that are none. [`crate::lint()`] repeats them.
    pub problems: Vec<Problem>,
}

impl Contents {
    /// The file of that path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.binary_search_by(|f| f.path.as_bytes().cmp(path.as_bytes())).ok().map(|at| &self.files[at])
    }

    /// The exclusion that keeps a path out: its own, or that of a folder above it.
    #[must_use]
    pub fn exclusion(&self, path: &str) -> Option<&Excluded> {
        self.excluded.iter().find(|e| e.path == path || (e.path.ends_with('/') && path.starts_with(&e.path)))
    }

    /// How many files stay out, counted inside excluded folders.
    #[must_use]
    pub fn excluded_files(&self) -> u32 {
        self.excluded.iter().fold(0, |sum, e| sum.saturating_add(e.files))
    }

    /// The three largest files with their sizes, for whoever has to make a package smaller.
    pub(crate) fn largest(&self) -> String {
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort_by_key(|f| std::cmp::Reverse(f.size));
        files.iter().take(3).map(|f| format!("{} ({})", f.path, size_words(f.size))).collect::<Vec<_>>().join(", ")
    }
}

/// Why a folder could not be looked through.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A folder cannot be opened or listed.
    #[error("“{path}” cannot be read: {}.", words(source))]
    Unreadable {
        /// The folder or file: the whole folder's path, or a path in it.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// It holds more files than a package may; the rest was not looked at.
    #[error("The folder holds more than {limit} files to pack.")]
    TooManyFiles {
        /// How many are allowed.
        limit: usize,
    },
    /// It holds more files and folders than is looked at, most of them excluded one by one.
    #[error("The folder holds more than {limit} files and folders; the rest was not looked at.")]
    TooManyEntries {
        /// How many are looked at.
        limit: usize,
    },
}

impl Explain for ScanError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::TooManyFiles { .. } => "too_many_files",
            Self::TooManyEntries { .. } => "too_many_entries",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => "Check the path, and that you may read it.".into(),
            Self::TooManyFiles { .. } | Self::TooManyEntries { .. } => {
                format!("Choose the plugin's own folder, or exclude what it does not need in {IGNORE_FILE}.")
            }
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Unreadable { path, source } => [("path", path.clone()), ("reason", words(source))].into(),
            Self::TooManyFiles { limit } | Self::TooManyEntries { limit } => [("limit", limit.to_string())].into(),
        }
    }
}

/// Looks through a folder. Links are never followed. Rules, from the strongest: what a version control system keeps is
/// always out; then `.patchbayignore`, then the built-in rules, then the `files` of a `package.json`, and only where there is no
/// such list `.gitignore`; ignore files count in the folder itself and below it, deeper ones first. Nothing outside the folder counts, so that every computer packs the same files.
/// The manifest files at the top always go in.
///
/// # Errors
/// [`ScanError`] when a folder cannot be read or there are too many files.
pub fn scan(folder: &Path, limits: &Limits) -> Result<Contents, ScanError> {
    walk::scan(folder, limits, false)
}

/// Looks through what `npm pack` or VS Code's tool made: they have chosen already. Only what is always out stays out, what
/// `.patchbayignore` names, and the built-in rules but for `node_modules`, which is bundled there on purpose.
///
/// # Errors
/// As [`scan`].
pub fn scan_packed(folder: &Path, limits: &Limits) -> Result<Contents, ScanError> {
    walk::scan(folder, limits, true)
}
