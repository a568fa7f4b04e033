//! One published version, as a line of a document.

use std::collections::BTreeMap;

use jiff::Timestamp;
use patchbay_package::{Digest, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::document::ChannelName;

/// One published version (SemVer 2.0): one commit, one or more artifacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// The version. Unique in its document, build metadata aside.
    pub version: Version,
    /// Its packages, one per platform.
    pub artifacts: Vec<Artifact>,
    /// Host programs and the ranges of them that it works with, as the author wrote them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, String>,
    /// SPDX expression or name of the licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Homepage, http or https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Source repository, http or https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// What is new, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The README, as an asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readme: Option<Digest>,
    /// The changelog, as an asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changelog: Option<Digest>,
    /// When it was published, by the writer's clock: for people, never for decisions.
    pub at: Timestamp,
    /// Who published it.
    pub by: String,
    /// When it is no longer offered to new installs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<Yank>,
    /// When its author advises against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecation>,
    /// The channels that were rolled back from it and have not come back since.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rolled_back: BTreeMap<ChannelName, Rollback>,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The package of a release for one platform, or for `any`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Artifact {
    /// `any`, `linux-x64`, …
    pub platform: String,
    /// Digest of the package.
    pub sha256: Digest,
    /// Size of the package in bytes.
    pub size: u64,
    /// Sum of the sizes of its files in bytes.
    pub unpacked: u64,
    /// How many files it holds.
    pub files: u32,
    /// The file list, as an asset.
    pub list: Digest,
    /// Fields that this version of Patchbay does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Why and when a release is no longer offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Yank {
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Advice against a release or a plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deprecation {
    /// What to know.
    pub message: String,
    /// What to use instead: a version, or the id of another plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A rollback of a channel away from a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rollback {
    /// Where to.
    pub to: Version,
    /// Why; the people on this release read it.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
