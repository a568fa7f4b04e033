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
    /// What can be written to put it right.
    pub fix: Option<FixView>,
}

/// What puts a finding right, as it is shown before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FixView {
    /// What is written, in this order.
    pub edits: Vec<EditView>,
}

/// One thing that is written into a file of the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EditView {
    /// The file, at the top of the folder.
    pub file: String,
    /// The field of a manifest; none for a line of `.patchbayignore`.
    pub field: Option<String>,
    /// The line, or the field's text.
    pub value: String,
    /// What will stand in the file.
    pub shown: String,
}

/// Where a field of the manifest came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OriginView {
    /// The field, by its name in a `patchbay.json`.
    pub field: String,
    /// The file.
    pub file: String,
    /// The field there; none when the file was found by its name.
    pub key: Option<String>,
}

/// A folder or archive to be published, and for which platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PackageInput {
    /// The folder or archive.
    pub path: String,
    /// The platform; what the manifest says when absent.
    pub platform: Option<String>,
}

/// One package of a release, before it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ContentsView {
    /// The folder or archive.
    pub path: String,
    /// What it runs on; none when it could not be read.
    pub platform: Option<String>,
    /// What goes in, sorted by path.
    pub files: Vec<FileView>,
    /// What stays out, sorted by path.
    pub excluded: Vec<ExcludedView>,
    /// How many files stay out, counted inside excluded folders.
    pub excluded_files: u32,
    /// Sum of the sizes that go in.
    pub unpacked_size: u64,
    /// What is wrong or worth knowing. Any error stops the publish.
    pub problems: Vec<ProblemView>,
}

/// What packing would come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PackPlan {
    /// The manifest, when it could be read.
    pub manifest: Option<ManifestView>,
    /// The package.
    pub package: ContentsView,
}

/// A package that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PackedView {
    /// The file.
    pub path: String,
    /// The plugin's id.
    pub id: String,
    /// The version.
    pub version: String,
    /// What it runs on.
    pub platform: String,
    /// Its digest.
    pub sha256: String,
    /// Its size.
    pub size: u64,
    /// Sum of its files' sizes.
    pub unpacked_size: u64,
    /// How many files it holds.
    pub files: u32,
    /// What is worth knowing.
    pub problems: Vec<ProblemView>,
}

/// A manifest made of what is in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InitView {
    /// The file.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Whether it was written.
    pub written: bool,
    /// Which field came from where.
    pub origins: Vec<OriginView>,
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
    /// Where the pattern stands: `.gitignore`, `.patchbayignore`, `package.json`, `built-in`.
    pub source: String,
    /// How many files it is: 1, or for a folder the number of files in it.
    pub files: u32,
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
    /// What it asks to be allowed.
    pub permissions: Vec<String>,
    /// What it runs on.
    pub platform: String,
    /// For what it was written: `patchbay`, `npm`, `vscode`, `homebridge`, `node-red`, `obsidian` or `screenpipe`.
    pub ecosystem: String,
    /// Which field came from where; those of a `patchbay.json` came from itself and are left out.
    pub origins: Vec<OriginView>,
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
    /// The packages for other platforms; what is above is about the first.
    pub others: Vec<ContentsView>,
}

/// A publish that a person asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PublishRequest {
    /// The folder or archive.
    pub path: String,
    /// Its platform; what the manifest says when absent.
    #[serde(default)]
    pub platform: Option<String>,
    /// Packages of the same version for other platforms.
    #[serde(default)]
    pub others: Vec<PackageInput>,
    /// Findings of secrets that are none, each by its name: `github-token:dist/main.js:3`.
    #[serde(default)]
    pub allow_secrets: Vec<String>,
    /// The channel; the plan's default when absent.
    pub channel: Option<String>,
    /// Move the channel even backwards, to a pre-release, or when it is held.
    pub force_channel: bool,
    /// What is new, in Markdown.
    pub notes: Option<String>,
}
