//! The files of a release, without its package.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A file in a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PackedFileView {
    /// Its path in the package.
    pub path: String,
    /// Its size.
    pub size: u64,
    /// How many bytes it takes in the package.
    pub packed: u64,
    /// `0644` or `0755`.
    pub mode: String,
    /// The digest of its bytes.
    pub sha256: String,
}

/// The files of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FilesView {
    /// The plugin.
    pub id: String,
    /// The version.
    pub version: String,
    /// The platform of the package.
    pub platform: String,
    /// The platforms that there are packages for.
    pub platforms: Vec<String>,
    /// Digest of the package.
    pub sha256: String,
    /// Size of the package.
    pub size: u64,
    /// Sum of the files' sizes.
    pub unpacked_size: u64,
    /// The files, by path.
    pub files: Vec<PackedFileView>,
}

/// What a file holds, as far as it can be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Content {
    /// Text, exactly as it is: whoever shows it makes its invisible characters visible.
    Text {
        /// The text.
        text: String,
    },
    /// Something else.
    Binary,
    /// More than is shown.
    TooLarge {
        /// The most bytes that are shown.
        limit: u64,
    },
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileContentView {
    /// The version.
    pub version: String,
    /// What the list says of it.
    pub file: PackedFileView,
    /// What it holds.
    pub content: Content,
}
