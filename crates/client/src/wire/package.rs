//! A package as a file.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A package that passed the strict door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PackageView {
    /// The file.
    pub path: String,
    /// Its digest.
    pub sha256: String,
    /// Its size.
    pub size: u64,
    /// How many files it holds.
    pub files: u32,
    /// Sum of their sizes.
    pub unpacked: u64,
    /// The folder that it was unpacked into; null when it was only checked.
    pub folder: Option<String>,
}
