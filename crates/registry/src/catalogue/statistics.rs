//! What is counted of plugins: apart from their rows, which would all change daily.

use std::collections::HashMap;

use serde::Deserialize;

use super::Part;
use crate::format::{FormatError, parse_line};

/// How often plugins were downloaded, by whoever counts that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    downloads: HashMap<String, u64>,
}

#[derive(Deserialize)]
struct Counted {
    id: String,
    #[serde(default)]
    downloads: Option<u64>,
}

impl Statistics {
    /// Reads the bytes of what a head names as its `stats`; none when they are not those.
    ///
    /// # Errors
    /// See [`FormatError`].
    pub fn read(part: &Part, bytes: &[u8]) -> Result<Option<Self>, FormatError> {
        let Some(text) = part.text(bytes)? else { return Ok(None) };
        let key = part.key();
        let mut downloads = HashMap::new();
        for (i, line) in text.split(|b| *b == b'\n').filter(|line| !line.is_empty()).enumerate() {
            let counted: Counted = parse_line(&key, i + 1, line)?;
            downloads.extend(counted.downloads.map(|count| (counted.id, count)));
        }
        Ok(Some(Self { downloads }))
    }

    /// How often a plugin was downloaded; none when nobody counts that.
    #[must_use]
    pub fn downloads(&self, id: &str) -> Option<u64> {
        self.downloads.get(id).copied()
    }
}
