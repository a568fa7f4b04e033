//! Rollback and promote: moving the plug.

use patchbay_package::{Version, same_version};
use serde_json::Map;

use super::{Consequence, Draft, Refusal, advice::yank_release, reason};
use crate::format::{
    document::{ActionKind, ChannelName},
    release::{Release, Rollback},
};

/// The release that a channel may be pointed to.
pub(super) fn target(draft: &Draft<'_>, version: &Version) -> Result<Release, Refusal> {
    let release = draft.document.release(version).ok_or_else(|| Refusal::NoVersion { version: version.clone() })?;
    if let Some(yanked) = &release.yanked {
        return Err(Refusal::Yanked { version: release.version.clone(), reason: yanked.reason.clone() });
    }
    Ok(release.clone())
}

pub(super) fn rollback(draft: &mut Draft<'_>, channel: &ChannelName, to: &Version, why: &str, yank: bool) -> Result<(), Refusal> {
    let why = reason(why)?;
    let Some(now) = draft.document.header.channels.get(channel).cloned() else {
        return Err(Refusal::NoChannel { channel: channel.clone() });
    };
    let to = target(draft, to)?.version;
    if to.cmp_precedence(&now.version).is_ge() {
        return Err(Refusal::NotEarlier { channel: channel.clone(), to, now: now.version });
    }
    let moved = draft.point(channel, &to, true);
    draft.say(Consequence::Held(channel.clone()));
    draft.compare_hosts(&now.version, &to);
    let record = Rollback { to: to.clone(), reason: why.clone(), at: draft.stamp.at, by: draft.stamp.actor.clone(), extra: Map::new() };
    if let Some(left) = draft.document.release_mut(&now.version) {
        left.rolled_back.insert(channel.clone(), record);
    }
    came_back(draft, channel, &to);
    if yank {
        yank_release(draft, &now.version, &why)?;
    }
    draft.done(ActionKind::Rollback, vec![now.version, to], vec![moved], Some(why));
    Ok(())
}

pub(super) fn promote(draft: &mut Draft<'_>, channel: &ChannelName, version: &Version) -> Result<(), Refusal> {
    let version = target(draft, version)?.version;
    let now = draft.document.header.channels.get(channel).cloned();
    let held = now.as_ref().is_some_and(|c| c.held);
    let same = now.as_ref().is_some_and(|c| same_version(&c.version, &version));
    if same && !held {
        draft.say(Consequence::NothingChanges);
        return Ok(());
    }
    let mut moves = Vec::new();
    if same {
        if let Some(c) = draft.document.header.channels.get_mut(channel) {
            c.held = false;
        }
    } else {
        moves.push(draft.point(channel, &version, false));
    }
    if held {
        draft.say(Consequence::Released(channel.clone()));
    }
    if let Some(now) = now.filter(|_| !same) {
        draft.compare_hosts(&now.version, &version);
    }
    came_back(draft, channel, &version);
    draft.done(ActionKind::Promote, vec![version], moves, None);
    Ok(())
}

/// A release to which a channel comes back is no longer one that its people should leave.
fn came_back(draft: &mut Draft<'_>, channel: &ChannelName, version: &Version) {
    if let Some(release) = draft.document.release_mut(version) {
        release.rolled_back.remove(channel);
    }
}
