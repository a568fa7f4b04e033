//! The catalogue: what is derived from all documents, so that browsing needs one small request.
//!
//! It is a snapshot in one object, folded by compare-and-swap after each commit. A writer that cannot fold its change
//! leaves a publish that is live all the same; whoever writes next, or a rebuild from the documents, catches up.

use std::collections::BTreeMap;

use jiff::Timestamp;
use patchbay_package::{PluginId, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    format::{
        FORMAT, FormatError, check_format,
        document::{Card, Channel, ChannelName, Document, Status},
        parse_line,
        release::Rollback,
    },
    key::Key,
};

/// The largest catalogue that is read: far beyond what one snapshot should hold.
pub const MAX_HEAD: u64 = 256 * 1024 * 1024;

/// `catalog/head.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The format number.
    pub patchbay: u64,
    /// Counts the changes of this object; it only grows.
    pub position: u64,
    /// When it was last changed, by the writer's clock.
    pub time: Timestamp,
    /// One row per plugin that is not hidden, by id.
    pub rows: BTreeMap<PluginId, Row>,
    /// The plugins that are hidden, each with the revision that says so: a fold of an older one must not bring it back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hidden: BTreeMap<PluginId, u64>,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What the catalogue says of one plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The revision of the document that it was made from.
    pub seq: u64,
    /// What a card shows.
    #[serde(flatten)]
    pub card: Card,
    /// The plugin's status.
    pub status: Status,
    /// Where the channels stand.
    pub channels: BTreeMap<ChannelName, Channel>,
    /// The version that the card shows.
    pub version: Version,
    /// Size of its package in bytes.
    pub size: u64,
    /// Its hosts and ranges.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, String>,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// How many releases there are.
    pub releases: u32,
    /// When the plugin last changed, by the writer's clock.
    pub updated: Timestamp,
    /// The rollbacks that hold a channel, with the versions that people should leave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollbacks: Vec<Left>,
}

/// A version that the people on a channel should leave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// The version.
    pub from: Version,
    /// The channel.
    pub channel: ChannelName,
    /// Where to, and why.
    #[serde(flatten)]
    pub rollback: Rollback,
}

impl Row {
    /// The row of a document.
    #[must_use]
    pub fn of(document: &Document) -> Option<Self> {
        let shown = document.shown()?;
        let header = &document.header;
        Some(Self {
            seq: header.seq,
            card: header.card.clone(),
            status: header.status.clone(),
            channels: header.channels.clone(),
            version: shown.version.clone(),
            size: shown.artifacts.iter().map(|a| a.size).max().unwrap_or_default(),
            hosts: shown.hosts.clone(),
            license: shown.license.clone(),
            releases: u32::try_from(document.releases.len()).unwrap_or(u32::MAX),
            updated: header.time,
            rollbacks: standing_rollbacks(document),
        })
    }
}

/// What the catalogue should say of a plugin.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// It is listed.
    Row(Box<Row>),
    /// It is hidden, as its revision of this number says.
    Hidden(u64),
}

impl Entry {
    /// What it should say of the plugin with this document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        match Row::of(document).filter(|row| row.status != Status::Hidden) {
            Some(row) => Self::Row(Box::new(row)),
            None => Self::Hidden(document.header.seq),
        }
    }

    fn seq(&self) -> u64 {
        match self {
            Self::Row(row) => row.seq,
            Self::Hidden(seq) => *seq,
        }
    }
}

/// How the catalogue differs from what it should say of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It says nothing.
    Missing,
    /// It says something of a plugin that is not there.
    Stray,
    /// What it says is as old as this revision.
    Stale(u64),
    /// It claims to know this later revision.
    Ahead(u64),
    /// It shows a plugin that is hidden.
    Shown,
    /// It hides a plugin that is not hidden.
    Hidden,
    /// It knows the revision and says something else of it.
    Wrong,
}

/// The rollbacks whose channel still stands, held, where they put it; of each channel the one that put it there first.
#[must_use]
pub fn standing_rollbacks(document: &Document) -> Vec<Left> {
    let channels = &document.header.channels;
    let marks = document.releases.iter().flat_map(|release| release.rolled_back.iter().map(move |(name, mark)| (release, name, mark)));
    let mut left: Vec<_> = marks
        .filter(|(_, name, mark)| channels.get(name).is_some_and(|channel| channel.held && channel.version == mark.to))
        .map(|(release, name, mark)| Left { from: release.version.clone(), channel: name.clone(), rollback: mark.clone() })
        .collect();
    // The channel has stood there since that very rollback.
    left.sort_by_key(|left| channels.get(&left.channel).is_none_or(|channel| channel.since != left.rollback.at));
    left
}

impl Head {
    /// A catalogue of nothing.
    #[must_use]
    pub fn empty(time: Timestamp) -> Self {
        Self { patchbay: FORMAT, position: 0, time, rows: BTreeMap::new(), hidden: BTreeMap::new(), extra: Map::new() }
    }

    /// Reads `catalog/head.json`.
    ///
    /// # Errors
    /// See [`FormatError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        check_format(&Key::CatalogHead, 1, bytes)?;
        parse_line(&Key::CatalogHead, 1, bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings, numbers and maps with string keys always serialise.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The catalogue with a document folded in; none when it knows as much already.
    ///
    /// A row never goes back: folds arrive in any order, and the higher revision wins.
    #[must_use]
    pub fn fold(&self, document: &Document, time: Timestamp) -> Option<Self> {
        let (id, seq) = (&document.header.id, document.header.seq);
        let known = self.rows.get(id).map(|row| row.seq).max(self.hidden.get(id).copied());
        if known.is_some_and(|known| known >= seq) {
            return None;
        }
        let mut next = self.clone();
        next.set(id, Some(Entry::of(document)));
        next.position += 1;
        next.time = time;
        Some(next)
    }

    fn set(&mut self, id: &PluginId, entry: Option<Entry>) {
        self.rows.remove(id);
        self.hidden.remove(id);
        match entry {
            Some(Entry::Row(row)) => self.rows.insert(id.clone(), *row).map(drop),
            Some(Entry::Hidden(seq)) => self.hidden.insert(id.clone(), seq).map(drop),
            None => None,
        };
    }

    /// Every plugin that it says something of.
    pub fn ids(&self) -> impl Iterator<Item = &PluginId> {
        self.rows.keys().chain(self.hidden.keys())
    }

    /// How it differs from what it should say of a plugin; `should` is none when there is no such plugin.
    #[must_use]
    pub fn difference(&self, id: &PluginId, should: Option<&Entry>) -> Option<Difference> {
        let (row, hidden) = (self.rows.get(id), self.hidden.get(id).copied());
        let known = row.map(|row| row.seq).max(hidden);
        let (should, known) = match (should, known) {
            (None, None) => return None,
            (None, Some(_)) => return Some(Difference::Stray),
            (Some(_), None) => return Some(Difference::Missing),
            (Some(should), Some(known)) => (should, known),
        };
        if known != should.seq() {
            return Some(if known < should.seq() { Difference::Stale(known) } else { Difference::Ahead(known) });
        }
        match (should, row, hidden) {
            (Entry::Row(should), Some(row), None) => (**should != *row).then_some(Difference::Wrong),
            (Entry::Hidden(_), None, _) => None,
            (Entry::Hidden(_), Some(_), _) => Some(Difference::Shown),
            (Entry::Row(_), None, Some(_)) => Some(Difference::Hidden),
            (Entry::Row(_), _, _) => Some(Difference::Wrong),
        }
    }

    /// The catalogue with these entries, whatever it says now; none when it says so already.
    #[must_use]
    pub fn mended(&self, entries: &BTreeMap<PluginId, Option<Entry>>, time: Timestamp) -> Option<Self> {
        let mut next = self.clone();
        for (id, entry) in entries.iter().filter(|(id, entry)| self.difference(id, entry.as_ref()).is_some()) {
            next.set(id, entry.clone());
        }
        if next == *self {
            return None;
        }
        next.position += 1;
        next.time = time;
        Some(next)
    }
}
