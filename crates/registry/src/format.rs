//! The bytes in the bucket, format version 1. `docs/format.md` is the same in words; a test keeps the two together.

pub mod document;
pub mod registry;
pub mod release;

use crate::key::Key;

/// The format that this version of Patchbay reads and writes.
pub const FORMAT: u64 = 1;

/// A document stays under this many bytes (1 MiB).
pub const MAX_DOCUMENT: u64 = 1024 * 1024;

/// A publish leaves this many bytes of a document free (64 KiB), so that a full one can still be rolled back, yanked and undone.
pub const RESERVED: u64 = 64 * 1024;

/// How many operation ids a document remembers.
pub const MAX_OPERATIONS: usize = 64;

/// Bytes from the bucket that are not what they must be.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// Written by a later version of Patchbay.
    #[error("{key} is in format {found}; this version of Patchbay knows format {FORMAT}.")]
    Newer {
        /// The object.
        key: String,
        /// Its format number.
        found: u64,
    },
    /// It does not end where it must.
    #[error("{key} is cut off.")]
    CutOff {
        /// The object.
        key: String,
    },
    /// It is not JSON, or not of the right shape.
    #[error("{key} cannot be read: line {line} is not what Patchbay writes.")]
    Syntax {
        /// The object.
        key: String,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// It is JSON, but breaks a rule of the format.
    #[error("{key} contradicts itself: {what}.")]
    Rule {
        /// The object.
        key: String,
        /// Which rule, in words.
        what: String,
    },
}

impl FormatError {
    /// The name that scripts and translations know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "newer_format",
            Self::CutOff { .. } => "cut_off",
            Self::Syntax { .. } => "unreadable",
            Self::Rule { .. } => "inconsistent",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "Update Patchbay.",
            Self::CutOff { .. } | Self::Syntax { .. } | Self::Rule { .. } => {
                "Nothing was changed. Tell whoever administers the registry; earlier revisions are under history/."
            }
        }
    }

    /// The object it is about.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Newer { key, .. } | Self::CutOff { key } | Self::Syntax { key, .. } | Self::Rule { key, .. } => key,
        }
    }
}

/// Parses one line, naming the object and the line when it cannot.
pub(crate) fn parse_line<T: serde::de::DeserializeOwned>(key: &Key, line: usize, bytes: &[u8]) -> Result<T, FormatError> {
    serde_json::from_slice(bytes).map_err(|source| {
        let key = key.to_string();
        // What is one object for itself may have several lines.
        let line = line + source.line().saturating_sub(1);
        if source.is_eof() { FormatError::CutOff { key } } else { FormatError::Syntax { key, line, source } }
    })
}

/// Reads the format number of `{"patchbay":N,…}` before anything else is believed of it.
pub(crate) fn check_format(key: &Key, line: usize, bytes: &[u8]) -> Result<(), FormatError> {
    #[derive(serde::Deserialize)]
    struct Number {
        patchbay: u64,
    }
    let Number { patchbay: found } = parse_line(key, line, bytes)?;
    if found > FORMAT { Err(FormatError::Newer { key: key.to_string(), found }) } else { Ok(()) }
}
