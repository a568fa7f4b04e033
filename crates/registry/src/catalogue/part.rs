//! Snapshots and deltas: immutable objects of lines, compressed, named by their digests.

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use patchbay_package::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::line::{Line, Lines};
use crate::{
    format::{FormatError, parse_line},
    key::Key,
};

/// The largest snapshot or delta that is read, compressed (256 MiB), and what it may inflate to (2 GiB).
pub const MAX_PART: u64 = 256 * 1024 * 1024;
const MAX_INFLATED: u64 = 8 * MAX_PART;

/// A snapshot or a delta, as the head names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// It holds every change after this position; 0 for a snapshot.
    pub from: u64,
    /// And up to this one.
    pub to: u64,
    /// Of its bytes, which is its name.
    pub sha256: Digest,
    /// How many bytes it has.
    pub size: u64,
    /// How many lines.
    pub lines: u64,
    /// Fields that this version of Patchbay does not know; kept as long as the part is named.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Part {
    /// Makes a part of lines: what the head says of it, and its bytes.
    #[must_use]
    pub fn new(from: u64, to: u64, lines: &Lines) -> (Self, Vec<u8>) {
        let mut text = Vec::new();
        for line in lines.values() {
            // Strings, numbers and maps with string keys always serialise.
            text.extend(serde_json::to_vec(line).unwrap_or_default());
            text.push(b'\n');
        }
        let bytes = deflate(&text, Compression::best());
        let part = Self { from, to, sha256: Digest::of(&bytes), size: bytes.len() as u64, lines: lines.len() as u64, extra: Map::new() };
        (part, bytes)
    }

    /// Where it is.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::CatalogPart(self.sha256)
    }

    /// How many changes it spans.
    #[must_use]
    pub fn span(&self) -> u64 {
        self.to.saturating_sub(self.from)
    }

    /// Reads its bytes; none when they are not those that the head names.
    ///
    /// # Errors
    /// See [`FormatError`].
    pub fn read(&self, bytes: &[u8]) -> Result<Option<Vec<Line>>, FormatError> {
        let Some(text) = self.text(bytes)? else { return Ok(None) };
        let key = self.key();
        let lines = text.split(|b| *b == b'\n').filter(|line| !line.is_empty()).enumerate();
        lines.map(|(i, line)| parse_line(&key, i + 1, line)).collect::<Result<_, _>>().map(Some)
    }

    /// Its lines as they are written.
    pub(super) fn text(&self, bytes: &[u8]) -> Result<Option<Vec<u8>>, FormatError> {
        if Digest::of(bytes) != self.sha256 {
            return Ok(None);
        }
        let key = self.key();
        let text = inflate(&key, bytes, MAX_INFLATED)?;
        if !text.is_empty() && !text.ends_with(b"\n") {
            return Err(FormatError::CutOff { key: key.to_string() });
        }
        Ok(Some(text))
    }
}

/// Compresses (RFC 1952).
pub(super) fn deflate(text: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    // Writing into memory does not fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}

/// Decompresses; what something on the way has decompressed already (RFC 9110 §8.4) is taken as it is.
pub(super) fn inflate(key: &Key, bytes: &[u8], limit: u64) -> Result<Vec<u8>, FormatError> {
    const MAGIC: [u8; 2] = [0x1f, 0x8b];
    if bytes.is_empty() || !MAGIC.starts_with(&bytes[..bytes.len().min(2)]) {
        return Ok(bytes.to_vec());
    }
    let mut text = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut text);
    if read.is_err() {
        return Err(FormatError::CutOff { key: key.to_string() });
    }
    if text.len() as u64 > limit {
        return Err(FormatError::Rule { key: key.to_string(), what: format!("it inflates to more than {limit} bytes") });
    }
    Ok(text)
}
