//! A folder on its way into a registry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{StaysBecause, WireError};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Severity {
    /// It stops the publish.
    Error,
    /// It is worth knowing.
    Warning,
}

/// A finding in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProblemView {
    /// How much it weighs.
    pub severity: Severity,
    /// The sentence.
    pub error: WireError,
    /// The file it is in.
    pub file: Option<String>,
}

/// A file that goes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileView {
    /// Its path in the package.
    pub path: String,
    /// Its size.
    pub size: u64,
}

/// A file or folder that stays out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExcludedView {
    /// Its path in the folder; a folder ends in `/`.
    pub path: String,
    /// The pattern that excludes it.
    pub rule: String,
    /// Where the pattern stands: `.gitignore`, `.patchbayignore`, `built-in`.
    pub source: String,
}

/// The manifest as read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ManifestView {
    /// The file it came from.
    pub source: String,
    /// The plugin's id.
    pub id: String,
    /// The version.
    pub version: String,
    /// The name people read.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Who made it.
    pub author: String,
    /// The licence.
    pub license: Option<String>,
    /// Hosts and ranges.
    pub hosts: BTreeMap<String, String>,
}

/// What a channel would do if this folder were published to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelChoice {
    /// The channel.
    pub channel: String,
    /// Where it is.
    pub at: Option<String>,
    /// Why a publish would leave it there; none when it moves.
    pub stays: Option<StaysBecause>,
}

/// What publishing a folder would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PublishPlan {
    /// The folder.
    pub path: String,
    /// The manifest, when it could be read.
    pub manifest: Option<ManifestView>,
    /// What is wrong or worth knowing. Any error stops the publish.
    pub problems: Vec<ProblemView>,
    /// What goes in, sorted by path.
    pub files: Vec<FileView>,
    /// What stays out, sorted by path.
    pub excluded: Vec<ExcludedView>,
    /// How many files stay out, counted inside excluded folders.
    pub excluded_files: u32,
    /// Sum of the sizes that go in.
    pub unpacked_size: u64,
    /// The newest version that the registry has.
    pub newest: Option<String>,
    /// True when exactly these bytes are published already.
    pub already_live: bool,
    /// The next free patch version, when the manifest's is taken.
    pub next_free: Option<String>,
    /// The channel to offer first.
    pub default_channel: String,
    /// The channels to choose from, and what each would do.
    pub channels: Vec<ChannelChoice>,
}

/// A publish that a person asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PublishRequest {
    /// The folder.
    pub path: String,
    /// The channel; the plan's default when absent.
    pub channel: Option<String>,
    /// Move the channel even backwards, to a pre-release, or when it is held.
    pub force_channel: bool,
    /// What is new, in Markdown.
    pub notes: Option<String>,
}
