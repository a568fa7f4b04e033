//! Publish: adding a socket and, where the rules allow it, moving a plug to it.

use patchbay_package::{PluginId, Version, next_patch, same_version};

use super::{Consequence, Draft, Refusal, Stamp, Stays};
use crate::format::{
    MAX_OPERATIONS,
    document::{Action, ActionKind, Card, Channel, ChannelName, Document, Header, Status},
    release::{Artifact, Release},
};

/// A release to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct Publish {
    /// The plugin.
    pub id: PluginId,
    /// What a card will show, if this release is the one that it shows.
    pub card: Card,
    /// The release. Its `at` and `by` are taken from the stamp.
    pub release: Release,
    /// The channel to move to it.
    pub channel: ChannelName,
    /// Move it even when it is held, backwards, or when `stable` would come to a pre-release.
    pub force: bool,
}

/// The channel of a release unless its author says otherwise: `beta` for pre-releases, else `stable`.
#[must_use]
pub fn default_channel(version: &Version) -> ChannelName {
    if version.pre.is_empty() { ChannelName::stable() } else { ChannelName::beta() }
}

/// Why publishing a version would leave a channel alone; none when it moves.
#[must_use]
pub fn stays(channel: &ChannelName, at: Option<&Channel>, version: &Version) -> Option<Stays> {
    if at.is_some_and(|c| c.held) {
        Some(Stays::Held)
    } else if at.is_some_and(|c| c.version.cmp_precedence(version).is_gt()) {
        Some(Stays::Older)
    } else if channel.is_stable() && !version.pre.is_empty() {
        Some(Stays::PreRelease)
    } else {
        None
    }
}

/// The first revision of a plugin.
pub(super) fn first<'a>(publish: &Publish, stamp: &'a Stamp) -> Draft<'a> {
    let header = Header {
        id: publish.id.clone(),
        seq: 1,
        prev: None,
        op: stamp.op,
        ops: Vec::with_capacity(MAX_OPERATIONS),
        actor: stamp.actor.clone(),
        time: stamp.at,
        action: Action {
            kind: ActionKind::Publish,
            versions: Vec::new(),
            channels: Vec::new(),
            reason: None,
            undoes: None,
            restores: None,
        },
        owners: vec![stamp.actor.clone()],
        channels: std::collections::BTreeMap::new(),
        status: Status::Active,
        deprecated: None,
        card: publish.card.clone(),
        extra: serde_json::Map::new(),
    };
    let mut draft = Draft { document: Document::new(header, Vec::new()), stamp, consequences: Vec::new(), action: None };
    add(&mut draft, publish);
    draft
}

/// A release beside others.
pub(super) fn next(draft: &mut Draft<'_>, publish: &Publish) -> Result<(), Refusal> {
    if draft.document.header.status == Status::Frozen {
        return Err(Refusal::Frozen);
    }
    let version = &publish.release.version;
    if let Some(there) = draft.document.release(version) {
        // Every artifact that is offered is there with the same bytes: a publish that is done twice is done.
        let offered = &publish.release.artifacts;
        let is_there = |new: &Artifact| there.artifacts.iter().any(|old| old.platform == new.platform && old.sha256 == new.sha256);
        if !offered.is_empty() && offered.iter().all(is_there) {
            draft.say(Consequence::AlreadyLive(there.version.clone()));
            return Ok(());
        }
        return Err(Refusal::VersionTaken {
            version: there.version.clone(),
            by: there.by.clone(),
            at: there.at,
            next_free: next_patch(version, |v| draft.document.releases.iter().any(|r| same_version(&r.version, v))),
        });
    }
    add(draft, publish);
    Ok(())
}

fn add(draft: &mut Draft<'_>, publish: &Publish) {
    let mut release = publish.release.clone();
    release.at = draft.stamp.at;
    release.by.clone_from(&draft.stamp.actor);
    let version = release.version.clone();
    draft.document.releases.insert(0, release);
    draft.say(Consequence::Adds(version.clone()));
    let channel = &publish.channel;
    let now = draft.document.header.channels.get(channel).cloned();
    let mut moves = Vec::new();
    match stays(channel, now.as_ref(), &version).filter(|_| !publish.force) {
        Some(because) => {
            let at = now.map(|c| c.version);
            draft.say(Consequence::Stays { channel: channel.clone(), at, because });
        }
        None => {
            moves.push(draft.point(channel, &version, false));
            if now.as_ref().is_some_and(|c| c.held) {
                draft.say(Consequence::Released(channel.clone()));
            }
            if let Some(now) = now {
                draft.compare_hosts(&now.version, &version);
            }
        }
    }
    // An older line must not change what the card says of the version that it shows.
    if draft.document.shown().is_some_and(|shown| same_version(&shown.version, &version)) {
        draft.document.header.card = publish.card.clone();
    }
    draft.done(ActionKind::Publish, vec![version], moves, None);
}
