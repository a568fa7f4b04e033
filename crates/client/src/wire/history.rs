//! What happened to a plugin.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What kind of change made a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
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
    /// Advice against a release, or against the plugin.
    Deprecate,
    /// That advice was taken back.
    Undeprecate,
    /// Something that this version of Patchbay does not know.
    Other,
}

/// A channel's move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelMove {
    /// The channel.
    pub channel: String,
    /// Where it was; none when it is new.
    pub from: Option<String>,
    /// Where it is; none when it was taken away.
    pub to: Option<String>,
}

/// One line of History.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RevisionView {
    /// Its number.
    pub seq: u64,
    /// What happened.
    pub kind: ActionKind,
    /// The versions concerned.
    pub versions: Vec<String>,
    /// The channels that moved.
    pub moves: Vec<ChannelMove>,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// The operation id.
    pub op: String,
    /// Whether it can be taken back now.
    pub can_undo: bool,
}

/// A page of History, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HistoryView {
    /// The revisions.
    pub revisions: Vec<RevisionView>,
    /// Pass this as `before` for the next page; none at the end.
    pub next_before: Option<u64>,
}
