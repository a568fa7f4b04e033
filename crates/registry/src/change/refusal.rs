//! Why a change makes no sense on what stands there now. A refusal is definite: nothing was written.

use jiff::Timestamp;
use patchbay_package::Version;

use super::MAX_REASON;
use crate::format::document::ChannelName;

/// A rule that forbids a change, with what stands there now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The plugin has no document.
    #[error("The registry has no such plugin.")]
    NoPlugin,
    /// The plugin has no such release.
    #[error("There is no version {version}.")]
    NoVersion {
        /// Which.
        version: Version,
    },
    /// The plugin has no such channel.
    #[error("There is no channel {channel}.")]
    NoChannel {
        /// Which.
        channel: ChannelName,
    },
    /// The version exists with other bytes.
    #[error("Version {version} is taken: {by} published other files under it on {}.", day(*.at))]
    VersionTaken {
        /// Which.
        version: Version,
        /// Who published it.
        by: String,
        /// When.
        at: Timestamp,
        /// The next free version.
        next_free: Version,
    },
    /// The channel is not where the person saw it.
    #[error("{channel} was moved meanwhile: {by} {}.", .now.as_ref().map_or_else(|| "took it away".to_owned(), |v| format!("pointed it to {v}")))]
    ChannelMoved {
        /// Which.
        channel: ChannelName,
        /// Where it is now.
        now: Option<Version>,
        /// Who changed the plugin last.
        by: String,
    },
    /// A rollback goes backwards.
    #[error("{channel} is at {now}; {to} is not earlier.")]
    NotEarlier {
        /// The channel.
        channel: ChannelName,
        /// Where it should go.
        to: Version,
        /// Where it is.
        now: Version,
    },
    /// No channel may point to a yanked release.
    #[error("{version} is yanked: \u{201c}{reason}\u{201d}")]
    Yanked {
        /// Which.
        version: Version,
        /// Why.
        reason: String,
    },
    /// Channels point to the release that should be yanked.
    #[error("{} to {version}.", pointing(.channels))]
    ChannelsPointThere {
        /// Which.
        version: Version,
        /// They.
        channels: Vec<ChannelName>,
    },
    /// A version that was published stays.
    #[error("A publish cannot be taken back: a version that was seen stays what it is.")]
    PublishStays {
        /// The versions it added.
        versions: Vec<Version>,
    },
    /// A later Patchbay did it.
    #[error("Revision {seq} did something that this version of Patchbay does not know.")]
    UnknownAction {
        /// Which.
        seq: u64,
    },
    /// Something else was changed since.
    #[error("{version} was changed again after revision {seq}.")]
    ChangedSince {
        /// The release.
        version: Version,
        /// The revision to be undone.
        seq: u64,
    },
    /// There is no such revision to undo.
    #[error("There is no revision {seq} that could be undone.")]
    NoRevision {
        /// Which.
        seq: u64,
    },
    /// The plugin is not at the revision that the person saw.
    #[error("The plugin was changed meanwhile: {by} wrote revision {now}.")]
    RevisionMoved {
        /// Where it is now.
        now: u64,
        /// Who changed it last.
        by: String,
    },
    /// The plugin takes no publishes.
    #[error("The plugin is frozen: it takes no new versions.")]
    Frozen,
    /// A reason is required.
    #[error("A reason is missing.")]
    NoReason,
    /// The reason is too long.
    #[error("The reason has {length} characters; at most {MAX_REASON} fit.")]
    ReasonTooLong {
        /// Its length in characters.
        length: usize,
    },
    /// The document would reach its limit.
    #[error("The plugin's document is full (1 MiB).")]
    DocumentFull,
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn pointing(channels: &[ChannelName]) -> String {
    let names: Vec<_> = channels.iter().map(ChannelName::as_str).collect();
    format!("{} {}", names.join(" and "), if names.len() == 1 { "points" } else { "point" })
}

impl Refusal {
    /// The name that scripts and translations know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoPlugin => "no_plugin",
            Self::NoVersion { .. } => "no_version",
            Self::NoChannel { .. } => "no_channel",
            Self::VersionTaken { .. } => "version_taken",
            Self::ChannelMoved { .. } => "channel_moved",
            Self::NotEarlier { .. } => "not_earlier",
            Self::Yanked { .. } => "yanked",
            Self::ChannelsPointThere { .. } => "channels_point_there",
            Self::PublishStays { .. } => "publish_stays",
            Self::UnknownAction { .. } => "unknown_action",
            Self::ChangedSince { .. } => "changed_since",
            Self::NoRevision { .. } => "no_revision",
            Self::RevisionMoved { .. } => "revision_moved",
            Self::Frozen => "frozen",
            Self::NoReason => "no_reason",
            Self::ReasonTooLong { .. } => "reason_too_long",
            Self::DocumentFull => "document_full",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoPlugin => "Check the id with `patchbay search`.".into(),
            Self::NoVersion { .. } => "See what there is with `patchbay versions`.".into(),
            Self::NoChannel { .. } => "See the channels with `patchbay show`; `patchbay promote` makes a new one.".into(),
            Self::VersionTaken { next_free, .. } => format!("Publish as {next_free}, the next free version."),
            Self::ChannelMoved { .. } | Self::RevisionMoved { .. } => "Look at what stands there now, and decide again.".into(),
            Self::NotEarlier { channel, to, .. } => format!("To move {channel} forward, promote {to}."),
            Self::Yanked { version, .. } => format!("Choose another version, or unyank {version} first."),
            Self::ChannelsPointThere { channels, .. } => {
                let first = channels.first().map_or("the channel", ChannelName::as_str);
                format!("Point {first} elsewhere first; a rollback can yank in the same step (`--yank`).")
            }
            Self::PublishStays { .. } => "Roll the channel back instead.".into(),
            Self::UnknownAction { .. } => "Update Patchbay.".into(),
            Self::ChangedSince { .. } => "Look at the history, and change it directly.".into(),
            Self::NoRevision { .. } => "See what there is with `patchbay history`.".into(),
            Self::Frozen => "Ask whoever administers the registry.".into(),
            Self::NoReason => "Say in a sentence why; people on that version read it.".into(),
            Self::ReasonTooLong { .. } => "Say it shorter, and put the rest where people can follow a link.".into(),
            Self::DocumentFull => "Tell whoever administers the registry; shorter notes make room.".into(),
        }
    }

    /// Whether it is about somebody else's change rather than about the input.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::VersionTaken { .. } | Self::ChannelMoved { .. } | Self::ChangedSince { .. } | Self::RevisionMoved { .. })
    }
}
