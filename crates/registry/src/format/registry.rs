//! `registry.json`: who we are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{FORMAT, FormatError, check_format, parse_line};
use crate::key::Key;

/// What `registry.json` says. Written once, when the registry is created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The format number.
    pub patchbay: u64,
    /// Tells this registry from every other, also when a bucket is replaced under the same name.
    pub id: Uuid,
    /// What it calls itself.
    pub name: String,
    /// Where it can be read without credentials, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// What may be published.
    #[serde(default)]
    pub limits: Limits,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What may be published into a registry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The largest package in bytes. At most 5 GiB, S3's limit for one PUT.
    pub package: u64,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { package: 512 * 1024 * 1024, extra: Map::new() }
    }
}

impl About {
    /// A new registry.
    #[must_use]
    pub fn new(id: Uuid, name: &str) -> Self {
        Self { patchbay: FORMAT, id, name: name.to_owned(), public_url: None, limits: Limits::default(), extra: Map::new() }
    }

    /// Reads `registry.json`.
    ///
    /// # Errors
    /// See [`FormatError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.is_empty() {
            return Err(FormatError::CutOff { key: Key::Registry.to_string() });
        }
        check_format(&Key::Registry, 1, bytes)?;
        parse_line(&Key::Registry, 1, bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings, numbers and maps with string keys always serialise.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
