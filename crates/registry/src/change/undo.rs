//! Undo: a three-way merge. What the revision changed is set back where it still stands, and nothing else is touched.

use std::collections::BTreeSet;

use super::{Consequence, Draft, Refusal, channel::target};
use crate::format::document::{Action, ActionKind, Document, Move};

pub(super) fn undo(draft: &mut Draft<'_>, before: &Document, after: &Document) -> Result<(), Refusal> {
    let seq = after.header.seq;
    match after.header.action.kind {
        ActionKind::Publish => return Err(Refusal::PublishStays { versions: after.header.action.versions.clone() }),
        ActionKind::Other(_) => return Err(Refusal::UnknownAction { seq }),
        _ => {}
    }
    let moves = channels(draft, before, after)?;
    releases(draft, before, after)?;
    status(draft, before, after);
    if draft.consequences.is_empty() {
        draft.say(Consequence::NothingChanges);
        return Ok(());
    }
    // A channel must not come to stand on a release that was yanked in between.
    for to in moves.iter().filter_map(|moved| moved.to.as_ref()) {
        target(draft, to)?;
    }
    // And a release must not be yanked again under a channel that was moved to it in between.
    for release in draft.document.releases.iter().filter(|r| r.yanked.is_some()) {
        let channels: Vec<_> = draft.document.channels_at(&release.version).cloned().collect();
        if !channels.is_empty() {
            return Err(Refusal::ChannelsPointThere { version: release.version.clone(), channels });
        }
    }
    let versions = after.header.action.versions.clone();
    draft.action = Some(Action { kind: ActionKind::Undo, versions, channels: moves, reason: None, undoes: Some(seq), restores: None });
    Ok(())
}

fn channels(draft: &mut Draft<'_>, before: &Document, after: &Document) -> Result<Vec<Move>, Refusal> {
    let names: BTreeSet<_> = before.header.channels.keys().chain(after.header.channels.keys()).collect();
    let mut moves = Vec::new();
    for name in names {
        let (old, new) = (before.header.channels.get(name), after.header.channels.get(name));
        if old == new {
            continue;
        }
        let now = draft.document.header.channels.get(name);
        if now != new {
            return Err(Refusal::ChannelMoved {
                channel: name.clone(),
                now: now.map(|c| c.version.clone()),
                by: draft.document.header.actor.clone(),
            });
        }
        let (from, to) = (new.map(|c| c.version.clone()), old.map(|c| c.version.clone()));
        match old {
            Some(channel) => draft.document.header.channels.insert(name.clone(), channel.clone()),
            None => draft.document.header.channels.remove(name),
        };
        if from != to {
            draft.say(Consequence::Moves { channel: name.clone(), from: from.clone(), to: to.clone() });
            moves.push(Move { channel: name.clone(), from, to });
        }
        match (new.is_some_and(|c| c.held), old.is_some_and(|c| c.held)) {
            (true, false) => draft.say(Consequence::Released(name.clone())),
            (false, true) => draft.say(Consequence::Held(name.clone())),
            _ => {}
        }
    }
    Ok(moves)
}

/// What a restore may have changed beside channels and releases. Nothing else changes it, so there is nobody to be in the way.
fn status(draft: &mut Draft<'_>, before: &Document, after: &Document) {
    let now = &mut draft.document.header;
    if before.header.deprecated != after.header.deprecated && now.deprecated == after.header.deprecated {
        now.deprecated.clone_from(&before.header.deprecated);
    }
    if before.header.status != after.header.status && now.status == after.header.status {
        now.status.clone_from(&before.header.status);
        draft.say(Consequence::Becomes(before.header.status.clone()));
    }
}

fn releases(draft: &mut Draft<'_>, before: &Document, after: &Document) -> Result<(), Refusal> {
    let seq = after.header.seq;
    for new in &after.releases {
        let Some(old) = before.release(&new.version) else { continue };
        if old == new {
            continue;
        }
        let version = new.version.clone();
        let Some(now) = draft.document.release_mut(&version) else { return Err(Refusal::ChangedSince { version, seq }) };
        let mut said = Vec::new();
        if old.yanked != new.yanked {
            if now.yanked != new.yanked {
                return Err(Refusal::ChangedSince { version, seq });
            }
            now.yanked.clone_from(&old.yanked);
            said.push(if old.yanked.is_some() { Consequence::Yanks(version.clone()) } else { Consequence::Unyanks(version.clone()) });
        }
        if old.deprecated != new.deprecated {
            if now.deprecated != new.deprecated {
                return Err(Refusal::ChangedSince { version, seq });
            }
            now.deprecated.clone_from(&old.deprecated);
            said.push(if old.deprecated.is_some() { Consequence::Deprecates(version) } else { Consequence::Undeprecates(version) });
        }
        // Each follows its channel, which was checked above.
        let channels: BTreeSet<_> = old.rolled_back.keys().chain(new.rolled_back.keys()).collect();
        for channel in channels {
            let (old, new) = (old.rolled_back.get(channel), new.rolled_back.get(channel));
            if old != new && now.rolled_back.get(channel) == new {
                match old {
                    Some(mark) => now.rolled_back.insert(channel.clone(), mark.clone()),
                    None => now.rolled_back.remove(channel),
                };
            }
        }
        draft.consequences.extend(said);
    }
    Ok(())
}
