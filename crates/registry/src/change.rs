//! What people do to a plugin, as a pure function from one document to the next.
//!
//! Nothing here reads, writes, asks a clock or rolls a die: a change can be planned, shown, and applied again on top of
//! whatever another writer did in between. The same function answers `--dry-run`, the window's plan and the commit.

mod advice;
mod channel;
mod publish;
pub mod refusal;
mod restore;
mod undo;

use jiff::Timestamp;
use patchbay_package::{Digest, Version, same_version};
use serde_json::Map;
use uuid::Uuid;

pub use publish::{Publish, default_channel, stays};
pub use refusal::Refusal;
pub use restore::differences;

use crate::format::{
    MAX_DOCUMENT, MAX_OPERATIONS, RESERVED,
    document::{Action, ActionKind, Channel, ChannelName, Document, Move, Status},
};

/// The longest reason or message, in characters.
pub const MAX_REASON: usize = 500;

/// Something that a person does to a plugin. `expect` is where they saw the channel.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Add a release and, where the rules allow it, move a channel to it.
    Publish(Box<Publish>),
    /// Point a channel to an earlier release and hold it.
    Rollback {
        /// The channel.
        channel: ChannelName,
        /// The earlier version.
        to: Version,
        /// Why.
        reason: String,
        /// Also yank the release that is left.
        yank: bool,
        /// Where the person saw the channel.
        expect: Option<Version>,
    },
    /// Point a channel to a release and lift its hold; the channel is made when it does not exist.
    Promote {
        /// The channel.
        channel: ChannelName,
        /// The version.
        version: Version,
        /// Where the person saw the channel.
        expect: Option<Version>,
    },
    /// Take back what the revision `after` did to `before`, where it still stands.
    Undo {
        /// The revision before it.
        before: Box<Document>,
        /// The revision to take back.
        after: Box<Document>,
    },
    /// Set channels, yanks, advice and status to what they were in an earlier revision. What was published since stays.
    Restore {
        /// The earlier revision.
        state: Box<Document>,
        /// Why.
        reason: String,
        /// The newest revision that the person saw.
        expect: Option<u64>,
    },
    /// No longer offer a release to new installs.
    Yank {
        /// The version.
        version: Version,
        /// Why.
        reason: String,
    },
    /// Offer it again.
    Unyank {
        /// The version.
        version: Version,
        /// Why.
        reason: Option<String>,
    },
    /// Advise against a release.
    Deprecate {
        /// The version.
        version: Version,
        /// What to know.
        message: String,
        /// What to use instead.
        replacement: Option<String>,
    },
    /// Take that advice back.
    Undeprecate {
        /// The version.
        version: Version,
    },
}

/// Who makes a change, when, and under which operation id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Made before the first attempt and kept over every retry.
    pub op: Uuid,
    /// The person.
    pub actor: String,
    /// The writer's clock: for people, never for decisions.
    pub at: Timestamp,
}

/// One consequence of a change, in the order to say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// A release is added.
    Adds(Version),
    /// The same bytes are there already.
    AlreadyLive(Version),
    /// A channel moves.
    Moves {
        /// The channel.
        channel: ChannelName,
        /// Where it was.
        from: Option<Version>,
        /// Where it will be.
        to: Option<Version>,
    },
    /// A publish leaves the channel where it is.
    Stays {
        /// The channel.
        channel: ChannelName,
        /// Where it is.
        at: Option<Version>,
        /// Why.
        because: Stays,
    },
    /// Publishes will leave the channel alone.
    Held(ChannelName),
    /// Publishes will move the channel again.
    Released(ChannelName),
    /// Both releases accept the same hosts.
    SameHosts {
        /// The version that is left.
        from: Version,
        /// The version that is reached.
        to: Version,
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
    /// A release is no longer offered to new installs.
    Yanks(Version),
    /// It is offered again.
    Unyanks(Version),
    /// People see advice against a release.
    Deprecates(Version),
    /// They no longer see it.
    Undeprecates(Version),
    /// The plugin gets this status.
    Becomes(Status),
    /// It is so already.
    NothingChanges,
}

/// Why a publish leaves a channel alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// A rollback holds it.
    Held,
    /// It points to a newer version.
    Older,
    /// The version is a pre-release, and the channel is `stable`.
    PreRelease,
}

/// A document with the digest of the bytes that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// The document.
    pub document: Document,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

/// What comes of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// A new revision.
    Write {
        /// The next document.
        document: Box<Document>,
        /// What it does.
        consequences: Vec<Consequence>,
    },
    /// It is so already: nothing to write.
    Unchanged {
        /// Why.
        consequences: Vec<Consequence>,
    },
}

impl Next {
    /// What the change does.
    #[must_use]
    pub fn consequences(&self) -> &[Consequence] {
        match self {
            Self::Write { consequences, .. } | Self::Unchanged { consequences } => consequences,
        }
    }
}

/// Makes the next document.
///
/// # Errors
/// A [`Refusal`] says which rule forbids it and what stands there now.
pub fn apply(current: Option<&Revision>, change: &Change, stamp: &Stamp) -> Result<Next, Refusal> {
    let Some(current) = current else {
        return match change {
            Change::Publish(publish) => finish(publish::first(publish, stamp)),
            _ => Err(Refusal::NoPlugin),
        };
    };
    let mut draft = Draft::on(current, stamp);
    match change {
        Change::Publish(p) => publish::next(&mut draft, p)?,
        Change::Rollback { channel, to, reason, yank, expect } => {
            draft.expect(channel, expect.as_ref())?;
            channel::rollback(&mut draft, channel, to, reason, *yank)?;
        }
        Change::Promote { channel, version, expect } => {
            draft.expect(channel, expect.as_ref())?;
            channel::promote(&mut draft, channel, version)?;
        }
        Change::Undo { before, after } => undo::undo(&mut draft, before, after)?,
        Change::Restore { state, reason, expect } => restore::restore(&mut draft, state, reason, *expect)?,
        Change::Yank { version, reason } => advice::yank(&mut draft, version, reason)?,
        Change::Unyank { version, reason } => advice::unyank(&mut draft, version, reason.as_deref())?,
        Change::Deprecate { version, message, replacement } => advice::deprecate(&mut draft, version, message, replacement.as_deref())?,
        Change::Undeprecate { version } => advice::undeprecate(&mut draft, version)?,
    }
    finish(draft)
}

fn finish(draft: Draft<'_>) -> Result<Next, Refusal> {
    let Draft { mut document, consequences, action, stamp, .. } = draft;
    let Some(action) = action else {
        return Ok(Next::Unchanged { consequences });
    };
    let limit = if action.kind == ActionKind::Publish { MAX_DOCUMENT - RESERVED } else { MAX_DOCUMENT };
    document.header.action = action;
    document.header.actor.clone_from(&stamp.actor);
    document.header.time = stamp.at;
    document.header.op = stamp.op;
    document.header.ops.insert(0, stamp.op);
    document.header.ops.truncate(MAX_OPERATIONS);
    if document.to_bytes().len() as u64 >= limit {
        return Err(Refusal::DocumentFull);
    }
    Ok(Next::Write { document: Box::new(document), consequences })
}

/// The next document while it is being made.
struct Draft<'a> {
    document: Document,
    stamp: &'a Stamp,
    consequences: Vec<Consequence>,
    /// None until something is different from before.
    action: Option<Action>,
}

impl<'a> Draft<'a> {
    fn on(current: &Revision, stamp: &'a Stamp) -> Self {
        let mut document = current.document.clone();
        document.header.seq += 1;
        document.header.prev = Some(current.digest);
        Self { document, stamp, consequences: Vec::new(), action: None }
    }

    fn say(&mut self, consequence: Consequence) {
        self.consequences.push(consequence);
    }

    /// Refuses when the channel is not where the person saw it.
    fn expect(&self, channel: &ChannelName, seen: Option<&Version>) -> Result<(), Refusal> {
        let now = self.document.header.channels.get(channel).map(|c| &c.version);
        if seen.is_some_and(|seen| now.is_none_or(|now| !same_version(now, seen))) {
            return Err(Refusal::ChannelMoved { channel: channel.clone(), now: now.cloned(), by: self.document.header.actor.clone() });
        }
        Ok(())
    }

    /// Points a channel to a version, says so, and returns the move for the action.
    fn point(&mut self, channel: &ChannelName, to: &Version, held: bool) -> Move {
        let from = self.document.header.channels.get(channel).map(|c| c.version.clone());
        let next = Channel { version: to.clone(), held, since: self.stamp.at, extra: Map::new() };
        self.document.header.channels.insert(channel.clone(), next);
        self.say(Consequence::Moves { channel: channel.clone(), from: from.clone(), to: Some(to.clone()) });
        Move { channel: channel.clone(), from, to: Some(to.clone()) }
    }

    /// Says how the hosts of two releases compare.
    fn compare_hosts(&mut self, from: &Version, to: &Version) {
        let (Some(a), Some(b)) = (self.document.release(from), self.document.release(to)) else { return };
        let (a, b) = (a.hosts.clone(), b.hosts.clone());
        if a == b {
            if !a.is_empty() {
                self.say(Consequence::SameHosts { from: from.clone(), to: to.clone() });
            }
            return;
        }
        let names: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
        for host in names {
            let (from, to) = (a.get(host), b.get(host));
            if from != to {
                self.say(Consequence::HostDiffers { host: host.clone(), from: from.cloned(), to: to.cloned() });
            }
        }
    }

    fn done(&mut self, kind: ActionKind, versions: Vec<Version>, channels: Vec<Move>, reason: Option<String>) {
        self.action = Some(Action { kind, versions, channels, reason, undoes: None, restores: None });
    }
}

/// A reason that a person gave, trimmed.
fn reason(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::NoReason);
    }
    let length = text.chars().count();
    if length > MAX_REASON {
        return Err(Refusal::ReasonTooLong { length });
    }
    Ok(text.to_owned())
}
