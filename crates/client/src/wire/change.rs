//! A change that a person asks for, and what it does.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{StatusView, WireError};

/// A change that a person asks for. `expect` is where they saw the channel; the change is refused when it has moved since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ChangeRequest {
    /// Point a channel to an earlier release and hold it.
    Rollback {
        /// The channel.
        channel: String,
        /// The earlier version.
        to: String,
        /// Why; people on the bad version read it.
        reason: String,
        /// Also yank the version that is left.
        yank: bool,
        /// Where the person saw the channel.
        expect: Option<String>,
    },
    /// Point a channel to a release, and lift its hold.
    Promote {
        /// The channel; it is made when it does not exist.
        channel: String,
        /// The version.
        version: String,
        /// Where the person saw the channel.
        expect: Option<String>,
    },
    /// Take back what a revision did.
    Undo {
        /// The revision; the newest when absent.
        seq: Option<u64>,
    },
    /// Set channels, yanks, advice and status to what they were in an earlier revision. What was published since stays.
    Restore {
        /// The earlier revision.
        seq: u64,
        /// Why.
        reason: String,
        /// The newest revision that the person saw; the change is refused when there is a newer one.
        expect: Option<u64>,
    },
    /// No longer offer a release.
    Yank {
        /// The version.
        version: String,
        /// Why.
        reason: String,
    },
    /// Offer it again.
    Unyank {
        /// The version.
        version: String,
        /// Why.
        reason: Option<String>,
    },
    /// Advise against a release.
    Deprecate {
        /// The version.
        version: String,
        /// What to know.
        message: String,
        /// What to use instead.
        replacement: Option<String>,
    },
    /// Take that advice back.
    Undeprecate {
        /// The version.
        version: String,
    },
}

/// One consequence of a change. The window says each in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Consequence {
    /// A channel moves.
    Moves {
        /// The channel.
        channel: String,
        /// Where it was.
        from: Option<String>,
        /// Where it will be.
        to: Option<String>,
    },
    /// A publish leaves the channel where it is.
    Stays {
        /// The channel.
        channel: String,
        /// Where it is; none when it does not exist and is not made.
        at: Option<String>,
        /// `held`, `older` or `pre_release`.
        because: StaysBecause,
    },
    /// Publishes will leave the channel alone.
    Held {
        /// The channel.
        channel: String,
    },
    /// Publishes will move the channel again.
    Released {
        /// The channel.
        channel: String,
    },
    /// Every host that the old version accepts is accepted by the new one, as far as ranges tell: they are the same.
    SameHosts {
        /// The version that is left.
        from: String,
        /// The version that is reached.
        to: String,
    },
    /// A host range differs.
    HostDiffers {
        /// The host.
        host: String,
        /// Range of the version that is left.
        from: Option<String>,
        /// Range of the version that is reached.
        to: Option<String>,
    },
    /// A release is no longer offered to new installs; who pinned it can still download it.
    Yanks {
        /// The version.
        version: String,
    },
    /// A release is offered again.
    Unyanks {
        /// The version.
        version: String,
    },
    /// People see advice against a release.
    Deprecates {
        /// The version.
        version: String,
    },
    /// They no longer see it.
    Undeprecates {
        /// The version.
        version: String,
    },
    /// A release is added.
    Adds {
        /// The version.
        version: String,
    },
    /// The same bytes are there already.
    AlreadyLive {
        /// The version.
        version: String,
    },
    /// The plugin gets this status.
    Becomes {
        /// Which.
        status: StatusView,
    },
    /// It is so already; nothing will be written.
    NothingChanges,
}

/// Why a publish leaves a channel alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StaysBecause {
    /// A rollback holds it.
    Held,
    /// It points to a newer version.
    Older,
    /// The version is a pre-release, and the channel is `stable`.
    PreRelease,
}

/// What a change would do, before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangePlan {
    /// The plugin.
    pub id: String,
    /// The revision it was planned on.
    pub seq: u64,
    /// What will happen, in the order to say it.
    pub consequences: Vec<Consequence>,
}

/// What a change did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangeDone {
    /// The plugin.
    pub id: String,
    /// The revision that holds it.
    pub seq: u64,
    /// The operation id.
    pub op: String,
    /// What happened.
    pub consequences: Vec<Consequence>,
    /// When it is done but something after it was not (the catalogue lags).
    pub warning: Option<WireError>,
}
