//! How a registry is, what it holds, and what can be cleaned up.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Consequence, WireError};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Weight {
    /// Something that was published is gone or altered.
    Damage,
    /// The catalogue differs from the documents; repairing mends it.
    Derived,
    /// Nothing is wrong, but something lies about.
    Untidy,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FindingView {
    /// How much it matters.
    pub weight: Weight,
    /// What it is, and what to do; its `kind` begins with `found_`.
    pub error: WireError,
}

/// How much there is of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AmountView {
    /// How many objects.
    pub objects: u64,
    /// Their size.
    pub bytes: u64,
}

/// What a registry holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UsageView {
    /// Documents.
    pub documents: AmountView,
    /// Earlier revisions.
    pub history: AmountView,
    /// Packages.
    pub packages: AmountView,
    /// File lists, READMEs, changelogs, icons.
    pub assets: AmountView,
    /// Everything else.
    pub other: AmountView,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HealthReport {
    /// Whether nothing is wrong; something may lie about.
    pub healthy: bool,
    /// Whether the packages were only measured, and not read.
    pub quick: bool,
    /// What the registry holds.
    pub usage: UsageView,
    /// How many plugins were checked.
    pub plugins: u64,
    /// How many earlier revisions were read.
    pub revisions: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// What was found, the weightiest first.
    pub findings: Vec<FindingView>,
    /// How many more there are.
    pub more: u64,
    /// What was wrong and was mended.
    pub repaired: Vec<FindingView>,
}

/// An upload that nothing refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OrphanView {
    /// Its key in the bucket.
    pub key: String,
    /// Its size.
    pub size: u64,
    /// When it was uploaded, by the store's clock.
    pub modified: String,
}

/// What a clean-up would remove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CleanPlan {
    /// These.
    pub orphans: Vec<OrphanView>,
    /// Their size together.
    pub bytes: u64,
    /// Whether there are more than one clean-up removes.
    pub more: bool,
}

/// How two revisions differ, told as a change from the one to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RevisionDiff {
    /// The plugin.
    pub id: String,
    /// The one.
    pub from: u64,
    /// The other.
    pub to: u64,
    /// What is different; empty when nothing is.
    pub changes: Vec<Consequence>,
}

/// An export of all revisions, written or verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AuditDone {
    /// The file.
    pub path: String,
    /// How many plugins are in it.
    pub plugins: u64,
    /// How many revisions.
    pub revisions: u64,
}
