//! A line: one change of the catalogue, and what snapshots and deltas are made of.

use std::collections::BTreeMap;

use patchbay_package::{Digest, PluginId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::Row;
use crate::{
    format::document::{Document, Status},
    store::ETag,
};

/// What a document's entity tag is remembered by: the first eight hex digits of the SHA-256 of it, without quotes.
///
/// A whole one would be the largest thing in a row. This one only says which documents need not be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(pub u32);

impl Tag {
    /// The tag of an entity tag.
    #[must_use]
    pub fn of(etag: &ETag) -> Self {
        let digest = Digest::of(etag.0.trim_start_matches("W/").trim_matches('"').as_bytes());
        Self(digest.as_bytes().iter().take(4).fold(0, |tag, byte| tag << 8 | u32::from(*byte)))
    }
}

impl TryFrom<String> for Tag {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u32::from_str_radix(&text, 16).map(Self)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        format!("{:08x}", tag.0)
    }
}

/// One change of the catalogue. What is in `card` and `row` is kept as it was written, so that what a later Patchbay says there stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The position of the change.
    pub at: u64,
    /// The plugin.
    pub id: PluginId,
    /// The revision of its document.
    pub seq: u64,
    /// Of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// Its card; none when that is as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Box<RawValue>>,
    /// Everything else; none when the plugin is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Box<RawValue>>,
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        let text = |raw: &Option<Box<RawValue>>| raw.as_ref().map(|raw| raw.get().to_owned());
        (self.at, &self.id, self.seq, self.tag) == (other.at, &other.id, other.seq, other.tag)
            && text(&self.card) == text(&other.card)
            && text(&self.row) == text(&other.row)
    }
}

impl Line {
    /// What the catalogue says of a document, at no position yet. A plugin that is hidden, or has no release, is not shown.
    #[must_use]
    pub fn of(document: &Document, etag: Option<&ETag>) -> Self {
        let header = &document.header;
        let row = Row::of(document).filter(|row| row.status != Status::Hidden);
        // Strings, numbers and maps with string keys always serialise.
        let raw = |row: &Row| Some((raw(&row.card)?, raw(row)?));
        let (card, row) = row.as_ref().and_then(raw).unzip();
        Self { at: 0, id: header.id.clone(), seq: header.seq, tag: etag.map(Tag::of), card, row }
    }

    /// A plugin whose document is gone.
    #[must_use]
    pub fn gone(id: PluginId, seq: u64) -> Self {
        Self { at: 0, id, seq, tag: None, card: None, row: None }
    }

    /// What two changes of the same plugin come to. The higher revision wins, whichever came first; of two of the same revision the later.
    #[must_use]
    pub fn over(self, earlier: Self) -> Self {
        if self.seq < earlier.seq {
            return earlier;
        }
        let card = if self.row.is_some() { self.card.or(earlier.card) } else { None };
        Self { card, ..self }
    }

    /// In one line of text, however somebody else wrote it.
    pub(super) fn in_one_line(mut self) -> Self {
        for part in [&mut self.card, &mut self.row] {
            if let Some(text) = part.as_ref().filter(|text| text.get().contains(['\n', '\r'])) {
                *part = serde_json::from_str::<Value>(text.get()).ok().and_then(|value| raw(&value));
            }
        }
        self
    }
}

fn raw(value: &impl Serialize) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(value).ok()
}

/// Changes by plugin, each plugin once.
pub type Lines = BTreeMap<PluginId, Line>;

/// Puts later changes over earlier ones.
#[must_use]
pub fn over(later: impl IntoIterator<Item = Line>, mut earlier: Lines) -> Lines {
    for line in later {
        let line = match earlier.remove(&line.id) {
            Some(before) => line.over(before),
            None => line,
        };
        earlier.insert(line.id.clone(), line);
    }
    earlier
}
