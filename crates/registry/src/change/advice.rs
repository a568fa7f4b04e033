//! Yank, deprecate, and their opposites: what people are told about a release.

use patchbay_package::Version;
use serde_json::Map;

use super::{Consequence, Draft, Refusal, reason};
use crate::format::{
    document::ActionKind,
    release::{Deprecation, Release, Yank},
};

/// The release of a version as a person wrote it, which may lack the build metadata.
fn release<'a>(draft: &'a mut Draft<'_>, version: &Version) -> Result<&'a mut Release, Refusal> {
    draft.document.release_mut(version).ok_or_else(|| Refusal::NoVersion { version: version.clone() })
}

/// Yanks a release that no channel points to.
pub(super) fn yank_release(draft: &mut Draft<'_>, version: &Version, why: &str) -> Result<(), Refusal> {
    let channels: Vec<_> = draft.document.channels_at(version).cloned().collect();
    if !channels.is_empty() {
        return Err(Refusal::ChannelsPointThere { version: version.clone(), channels });
    }
    let record = Yank { reason: why.to_owned(), at: draft.stamp.at, by: draft.stamp.actor.clone(), extra: Map::new() };
    release(draft, version)?.yanked = Some(record);
    draft.say(Consequence::Yanks(version.clone()));
    Ok(())
}

pub(super) fn yank(draft: &mut Draft<'_>, version: &Version, why: &str) -> Result<(), Refusal> {
    let why = reason(why)?;
    let release = release(draft, version)?;
    if release.yanked.is_some() {
        draft.say(Consequence::NothingChanges);
        return Ok(());
    }
    let version = release.version.clone();
    yank_release(draft, &version, &why)?;
    draft.done(ActionKind::Yank, vec![version], Vec::new(), Some(why));
    Ok(())
}

pub(super) fn unyank(draft: &mut Draft<'_>, version: &Version, why: Option<&str>) -> Result<(), Refusal> {
    let why = why.map(reason).transpose()?;
    let release = release(draft, version)?;
    let version = release.version.clone();
    if release.yanked.take().is_none() {
        draft.say(Consequence::NothingChanges);
        return Ok(());
    }
    draft.say(Consequence::Unyanks(version.clone()));
    draft.done(ActionKind::Unyank, vec![version], Vec::new(), why);
    Ok(())
}

pub(super) fn deprecate(draft: &mut Draft<'_>, version: &Version, message: &str, replacement: Option<&str>) -> Result<(), Refusal> {
    let message = reason(message)?;
    let replacement = replacement.map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned);
    let next = Deprecation { message: message.clone(), replacement, extra: Map::new() };
    let release = release(draft, version)?;
    let version = release.version.clone();
    if release.deprecated.as_ref() == Some(&next) {
        draft.say(Consequence::NothingChanges);
        return Ok(());
    }
    release.deprecated = Some(next);
    draft.say(Consequence::Deprecates(version.clone()));
    draft.done(ActionKind::Deprecate, vec![version], Vec::new(), Some(message));
    Ok(())
}

pub(super) fn undeprecate(draft: &mut Draft<'_>, version: &Version) -> Result<(), Refusal> {
    let release = release(draft, version)?;
    let version = release.version.clone();
    if release.deprecated.take().is_none() {
        draft.say(Consequence::NothingChanges);
        return Ok(());
    }
    draft.say(Consequence::Undeprecates(version.clone()));
    draft.done(ActionKind::Undeprecate, vec![version], Vec::new(), None);
    Ok(())
}
