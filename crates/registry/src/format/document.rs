//! The document of a plugin: the one mutable object that holds the truth about it.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use patchbay_package::{Digest, PluginId, Version, same_version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    FORMAT, FormatError, check_format, parse_line,
    release::{Deprecation, Release},
};
use crate::key::Key;

/// A named pointer to a release: `stable`, `beta`, …
///
/// Lower-case letters, digits and `-`, beginning with a letter, at most 32 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChannelName(String);

/// A name that cannot be a channel's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} cannot be the name of a channel.")]
pub struct ChannelNameError(pub String);

impl ChannelNameError {
    /// What to do next.
    pub const HINT: &'static str = "Use lower-case letters, digits and -, beginning with a letter, at most 32 characters.";
}

impl ChannelName {
    /// What users follow unless they say otherwise.
    #[must_use]
    pub fn stable() -> Self {
        Self("stable".into())
    }

    /// Where pre-releases go unless the author says otherwise.
    #[must_use]
    pub fn beta() -> Self {
        Self("beta".into())
    }

    /// Whether this is `stable`.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.0 == "stable"
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChannelName {
    type Err = ChannelNameError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let good = s.len() <= 32
            && s.starts_with(|c: char| c.is_ascii_lowercase())
            && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if good { Ok(Self(s.to_owned())) } else { Err(ChannelNameError(s.to_owned())) }
    }
}

impl TryFrom<String> for ChannelName {
    type Error = ChannelNameError;

    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<ChannelName> for String {
    fn from(name: ChannelName) -> Self {
        name.0
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Line 1: the format number and the signatures over every byte after the first newline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Envelope {
    patchbay: u64,
    #[serde(default)]
    signatures: Vec<Value>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// Line 2 as it is written: the header, and how many lines follow. Without that number a document that was cut off between
/// two lines would look whole.
#[derive(Serialize, Deserialize)]
struct HeaderLine<H> {
    #[serde(flatten)]
    header: H,
    releases: usize,
}

/// Line 2: everything about the plugin but its releases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The plugin.
    pub id: PluginId,
    /// The revision's number, from 1; it only grows.
    pub seq: u64,
    /// SHA-256 of the previous revision's bytes; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Digest>,
    /// The operation that wrote this revision.
    pub op: Uuid,
    /// The last operation ids, newest first, this one included; at most [`super::MAX_OPERATIONS`].
    pub ops: Vec<Uuid>,
    /// Who wrote it.
    pub actor: String,
    /// When, by the writer's clock: for people, never for decisions.
    pub time: Timestamp,
    /// What it did.
    pub action: Action,
    /// Who owns the plugin; the first publisher to begin with.
    pub owners: Vec<String>,
    /// Where the channels stand.
    pub channels: BTreeMap<ChannelName, Channel>,
    /// The plugin's status.
    pub status: Status,
    /// Advice against the plugin, when its status is deprecated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecation>,
    /// What a card shows.
    pub card: Card,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a card shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The name people read.
    pub name: String,
    /// One sentence.
    #[serde(default)]
    pub description: String,
    /// Who made it.
    #[serde(default)]
    pub author: String,
    /// The icon, as an asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<Digest>,
    /// Categories, as the author named them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Where a channel stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// The version it points to.
    pub version: Version,
    /// Whether publishes leave it alone, since a rollback.
    #[serde(default, skip_serializing_if = "is_false")]
    pub held: bool,
    /// Since when it points there, by the writer's clock.
    pub since: Timestamp,
    /// Fields that this version of Patchbay does not know; kept as long as it points there.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if hands over a reference")]
pub(crate) fn is_false(b: &bool) -> bool {
    !b
}

/// A plugin's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As usual.
    #[default]
    Active,
    /// Still offered, with advice against it.
    Deprecated,
    /// No publishes.
    Frozen,
    /// Not in the catalogue.
    Hidden,
}

/// What a revision did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// What kind of change.
    pub kind: ActionKind,
    /// The versions concerned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Version>,
    /// The channels that moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Move>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The revision that an undo takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
    /// The revision whose state a restore sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restores: Option<u64>,
}

/// What kind of change made a revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// A release was added.
    Publish,
    /// A channel went back, and is held.
    Rollback,
    /// A channel was pointed at a release.
    Promote,
    /// An earlier change was taken back.
    Undo,
    /// The state of an earlier revision was set again.
    Restore,
    /// A release is no longer offered.
    Yank,
    /// It is offered again.
    Unyank,
    /// Advice against a release.
    Deprecate,
    /// That advice was taken back.
    Undeprecate,
    /// A kind that this version of Patchbay does not know.
    #[serde(untagged)]
    Other(String),
}

/// A channel's move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// The channel.
    pub channel: ChannelName,
    /// Where it was; none when it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Version>,
    /// Where it is; none when it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Version>,
}

/// One state of a plugin: a header and its releases, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    envelope: Envelope,
    /// Everything but the releases.
    pub header: Header,
    /// The releases, last published first.
    pub releases: Vec<Release>,
}

impl Document {
    /// A document in today's format.
    #[must_use]
    pub fn new(header: Header, releases: Vec<Release>) -> Self {
        Self { envelope: Envelope { patchbay: FORMAT, signatures: Vec::new(), extra: Map::new() }, header, releases }
    }

    /// Reads and checks the bytes of a document or of one of its revisions.
    ///
    /// # Errors
    /// See [`FormatError`].
    pub fn parse(key: &Key, bytes: &[u8]) -> Result<Self, FormatError> {
        let cut_off = || FormatError::CutOff { key: key.to_string() };
        let mut lines = bytes.split(|b| *b == b'\n').enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, line)| !line.is_empty());
        let (n, first) = lines.next().ok_or_else(cut_off)?;
        // Before anything else is believed: these may be a later format, or a web page.
        check_format(key, n, first)?;
        if !bytes.ends_with(b"\n") {
            return Err(cut_off());
        }
        let envelope = parse_line(key, n, first)?;
        let (n, second) = lines.next().ok_or_else(cut_off)?;
        let HeaderLine { header, releases: count } = parse_line(key, n, second)?;
        let releases = lines.map(|(n, line)| parse_line(key, n, line)).collect::<Result<Vec<_>, _>>()?;
        if releases.len() < count {
            return Err(cut_off());
        }
        let document = Self { envelope, header, releases };
        document.check(key, count).map_err(|what| FormatError::Rule { key: key.to_string(), what })?;
        Ok(document)
    }

    /// The bytes to store: JSON lines, the last one ended too.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut line = |value: serde_json::Result<Vec<u8>>| {
            // Strings, numbers and maps with string keys always serialise.
            out.extend(value.unwrap_or_default());
            out.push(b'\n');
        };
        line(serde_json::to_vec(&self.envelope));
        line(serde_json::to_vec(&HeaderLine { header: &self.header, releases: self.releases.len() }));
        for release in &self.releases {
            line(serde_json::to_vec(release));
        }
        out
    }

    /// The release of a version, build metadata aside.
    #[must_use]
    pub fn release(&self, version: &Version) -> Option<&Release> {
        self.releases.iter().find(|r| same_version(&r.version, version))
    }

    /// Whether a release or the card has this asset. It is there to stay then: no clean-up removes what history names.
    #[must_use]
    pub fn has_asset(&self, asset: Digest) -> bool {
        let texts = self.releases.iter().flat_map(|release| [release.readme, release.changelog]).flatten();
        let lists = self.releases.iter().flat_map(|release| release.artifacts.iter().map(|artifact| artifact.list));
        texts.chain(lists).chain(self.header.card.icon).any(|there| there == asset)
    }

    pub(crate) fn release_mut(&mut self, version: &Version) -> Option<&mut Release> {
        self.releases.iter_mut().find(|r| same_version(&r.version, version))
    }

    /// The channels that point to a version.
    pub fn channels_at<'a>(&'a self, version: &'a Version) -> impl Iterator<Item = &'a ChannelName> {
        self.header.channels.iter().filter(|(_, c)| same_version(&c.version, version)).map(|(name, _)| name)
    }

    /// The release that a card shows: that of `stable`, else of the first channel, else the newest that is not yanked, else the newest.
    #[must_use]
    pub fn shown(&self) -> Option<&Release> {
        let channels = &self.header.channels;
        let pointed = channels.get(&ChannelName::stable()).or_else(|| channels.values().next()).map(|c| &c.version);
        let newest = |yanked_too: bool| {
            self.releases.iter().filter(|r| yanked_too || r.yanked.is_none()).max_by(|a, b| a.version.cmp_precedence(&b.version))
        };
        pointed.and_then(|v| self.release(v)).or_else(|| newest(false)).or_else(|| newest(true))
    }

    /// The rules that every document keeps, whoever wrote it.
    fn check(&self, key: &Key, count: usize) -> Result<(), String> {
        let Header { id, seq, .. } = &self.header;
        match key {
            Key::Document(named) | Key::Revision(named, _) if named != id => return Err(format!("it is the document of {id}")),
            Key::Revision(_, numbered) if numbered != seq => return Err(format!("it is revision {seq}")),
            _ if *seq == 0 => return Err("its revision number is 0".into()),
            _ => {}
        }
        if self.releases.len() > count {
            return Err(format!("it says that it has {count} releases, and has {}", self.releases.len()));
        }
        for (i, release) in self.releases.iter().enumerate() {
            if self.releases[..i].iter().any(|r| same_version(&r.version, &release.version)) {
                return Err(format!("the version {} stands in it twice", release.version));
            }
        }
        for (name, channel) in &self.header.channels {
            match self.release(&channel.version) {
                None => return Err(format!("the channel {name} points to {}, which it does not have", channel.version)),
                Some(r) if r.yanked.is_some() => return Err(format!("the channel {name} points to {}, which is yanked", channel.version)),
                Some(_) => {}
            }
        }
        Ok(())
    }
}
