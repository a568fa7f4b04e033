//! Restore: the state of an earlier revision as a new one. What was published since stays.

use super::{Consequence, Draft, Refusal, reason};
use crate::format::document::{Action, ActionKind, Document, Move};

/// How two states of a plugin differ, told as a change from the one to the other.
#[must_use]
pub fn differences(from: &Document, to: &Document) -> Vec<Consequence> {
    let mut said = Vec::new();
    let (old, new) = (&from.header.channels, &to.header.channels);
    let names: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for name in names {
        let (old, new) = (old.get(name), new.get(name));
        let (at, next) = (old.map(|c| c.version.clone()), new.map(|c| c.version.clone()));
        if at != next {
            said.push(Consequence::Moves { channel: name.clone(), from: at, to: next });
        }
        match (old.is_some_and(|c| c.held), new.map(|c| c.held)) {
            (false, Some(true)) => said.push(Consequence::Held(name.clone())),
            (true, Some(false)) => said.push(Consequence::Released(name.clone())),
            _ => {}
        }
    }
    for new in &to.releases {
        let version = || new.version.clone();
        let Some(old) = from.release(&new.version) else {
            said.push(Consequence::Adds(version()));
            continue;
        };
        if old.yanked != new.yanked {
            said.push(if new.yanked.is_some() { Consequence::Yanks(version()) } else { Consequence::Unyanks(version()) });
        }
        if old.deprecated != new.deprecated {
            said.push(if new.deprecated.is_some() { Consequence::Deprecates(version()) } else { Consequence::Undeprecates(version()) });
        }
    }
    if from.header.status != to.header.status {
        said.push(Consequence::Becomes(to.header.status.clone()));
    }
    said
}

pub(super) fn restore(draft: &mut Draft<'_>, state: &Document, why: &str, expect: Option<u64>) -> Result<(), Refusal> {
    let why = reason(why)?;
    let before = draft.document.clone();
    let (seq, now) = (state.header.seq, before.header.seq - 1);
    if state.header.id != before.header.id || seq > now {
        return Err(Refusal::NoRevision { seq });
    }
    if expect.is_some_and(|expect| expect != now) {
        return Err(Refusal::RevisionMoved { now, by: before.header.actor.clone() });
    }
    draft.document.header.channels.clone_from(&state.header.channels);
    for then in &state.releases {
        // A release is never removed, so a document that has not this one was written by something else.
        let Some(release) = draft.document.release_mut(&then.version) else {
            return Err(Refusal::NoVersion { version: then.version.clone() });
        };
        release.yanked.clone_from(&then.yanked);
        release.deprecated.clone_from(&then.deprecated);
        release.rolled_back.clone_from(&then.rolled_back);
    }
    draft.document.header.status.clone_from(&state.header.status);
    draft.document.header.deprecated.clone_from(&state.header.deprecated);
    let said = differences(&before, &draft.document);
    if said.is_empty() {
        draft.say(Consequence::NothingChanges);
        return Ok(());
    }
    let moves = said.iter().filter_map(|c| match c {
        Consequence::Moves { channel, from, to } => Some(Move { channel: channel.clone(), from: from.clone(), to: to.clone() }),
        _ => None,
    });
    let versions = said.iter().filter_map(|c| match c {
        Consequence::Yanks(v) | Consequence::Unyanks(v) | Consequence::Deprecates(v) | Consequence::Undeprecates(v) => Some(v.clone()),
        _ => None,
    });
    let (channels, versions) = (moves.collect(), versions.collect());
    draft.action = Some(Action { kind: ActionKind::Restore, versions, channels, reason: Some(why), undoes: None, restores: Some(seq) });
    draft.consequences.extend(said);
    Ok(())
}
