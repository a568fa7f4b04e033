//! Plugins and their releases.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::WireError;

/// A plugin's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StatusView {
    /// As usual.
    Active,
    /// Still offered, with advice against it.
    Deprecated,
    /// No publishes.
    Frozen,
    /// Not in the catalogue.
    Hidden,
}

/// Where a channel stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelView {
    /// `stable`, `beta`, …
    pub name: String,
    /// The version it points to.
    pub version: String,
    /// Whether publishes leave it alone.
    pub held: bool,
    /// Since when it points there.
    pub since: Option<String>,
    /// When it is there because of a rollback: from where and why.
    pub rolled_back: Option<RolledBack>,
}

/// A rollback, as the people on the bad version read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RolledBack {
    /// The channel that was moved.
    pub channel: String,
    /// The version people should leave.
    pub from: String,
    /// The version they should have.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: String,
}

/// One row of Browse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PluginCard {
    /// The id.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Who made it.
    pub author: String,
    /// The digest of the icon asset.
    pub icon: Option<String>,
    /// Categories, as the author named them.
    pub categories: Vec<String>,
    /// Its status.
    pub status: StatusView,
    /// Where its channels stand; `stable` first.
    pub channels: Vec<ChannelView>,
    /// The version to show: that of `stable`, else of the first channel, else the newest.
    pub version: String,
    /// How many releases it has.
    pub releases: u32,
    /// Size of the shown version's package.
    pub size: u64,
    /// When the plugin last changed.
    pub updated: String,
    /// Hosts and ranges of the shown version.
    pub hosts: BTreeMap<String, String>,
    /// The licence of the shown version.
    pub license: Option<String>,
    /// How often it was downloaded; none when nobody counts, or where it does not matter.
    pub downloads: Option<u64>,
}

/// One artifact of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ArtifactView {
    /// `any`, `linux-x64`, …
    pub platform: String,
    /// Digest of the package.
    pub sha256: String,
    /// Size of the package.
    pub size: u64,
    /// Size of its files.
    pub unpacked_size: u64,
    /// How many files.
    pub files: u32,
}

/// A reason with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct YankedView {
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// Who did it.
    pub by: String,
}

/// Advice against a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeprecatedView {
    /// What to know.
    pub message: String,
    /// What to use instead.
    pub replacement: Option<String>,
}

/// One published version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReleaseView {
    /// The version.
    pub version: String,
    /// The channels that point here.
    pub channels: Vec<String>,
    /// When it was published.
    pub published_at: String,
    /// By whom.
    pub published_by: String,
    /// Its packages.
    pub artifacts: Vec<ArtifactView>,
    /// Hosts and ranges.
    pub hosts: BTreeMap<String, String>,
    /// The licence.
    pub license: Option<String>,
    /// What the author says is new, as sanitised HTML.
    pub notes_html: Option<String>,
    /// Whether it has a README.
    pub has_readme: bool,
    /// When it is no longer offered.
    pub yanked: Option<YankedView>,
    /// When its author advises against it.
    pub deprecated: Option<DeprecatedView>,
    /// When a channel was rolled back from it and has not come back since.
    pub rolled_back: Option<RolledBack>,
}

/// Everything about one plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PluginView {
    /// What the card shows.
    pub card: PluginCard,
    /// The revision.
    pub seq: u64,
    /// The owners.
    pub owners: Vec<String>,
    /// The licence of the shown version.
    pub license: Option<String>,
    /// Homepage of the shown version; http or https only.
    pub homepage: Option<String>,
    /// Source repository of the shown version; http or https only.
    pub repository: Option<String>,
    /// The plugin's own deprecation.
    pub deprecated: Option<DeprecatedView>,
    /// Newest first.
    pub releases: Vec<ReleaseView>,
    /// When this was read from the registry.
    pub read_at: String,
    /// Why it could not be read again, when this is the last known state.
    pub stale: Option<WireError>,
}
