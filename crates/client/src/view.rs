//! From what the registry says to what a person sees.

use std::collections::BTreeMap;

use patchbay_package::{PluginId, Version};
use patchbay_registry::{
    Consequence, Refusal, Registry, Standing,
    catalogue::{Left, Row, standing_rollbacks},
    change::{Change, Revision, Stamp, Stays, apply},
    format::{
        document::{ActionKind, ChannelName, Document, Move, Status},
        release::{Artifact, Deprecation, Release},
    },
};

use crate::{markdown, wire};

fn rolled_back(left: &Left) -> wire::RolledBack {
    wire::RolledBack {
        channel: left.channel.to_string(),
        from: left.from.to_string(),
        to: left.rollback.to.to_string(),
        reason: left.rollback.reason.clone(),
        by: left.rollback.by.clone(),
        at: left.rollback.at.to_string(),
    }
}

/// `stable` first, then by name.
fn channels<'a>(
    channels: impl IntoIterator<Item = (&'a ChannelName, &'a Version, bool, jiff::Timestamp)>,
    rollbacks: &[Left],
) -> Vec<wire::ChannelView> {
    let mut views: Vec<_> = channels
        .into_iter()
        .map(|(name, version, held, since)| wire::ChannelView {
            name: name.to_string(),
            version: version.to_string(),
            held,
            since: Some(since.to_string()),
            rolled_back: rollbacks.iter().find(|left| left.channel == *name).map(rolled_back),
        })
        .collect();
    views.sort_by_key(|v| (v.name != "stable", v.name.clone()));
    views
}

fn status(status: &Status) -> wire::StatusView {
    match status {
        Status::Active => wire::StatusView::Active,
        Status::Deprecated => wire::StatusView::Deprecated,
        Status::Frozen => wire::StatusView::Frozen,
        Status::Hidden => wire::StatusView::Hidden,
    }
}

/// A row of the catalogue as a card.
#[must_use]
pub fn card(id: &PluginId, row: &Row) -> wire::PluginCard {
    wire::PluginCard {
        id: id.to_string(),
        name: row.card.name.clone(),
        description: row.card.description.clone(),
        author: row.card.author.clone(),
        icon: row.card.icon.map(|d| d.to_string()),
        categories: row.card.categories.clone(),
        status: status(&row.status),
        channels: channels(row.channels.iter().map(|(name, p)| (name, &p.version, p.held, p.since)), &row.rollbacks),
        version: row.version.to_string(),
        releases: row.releases,
        size: row.size,
        updated: row.updated.to_string(),
        hosts: row.hosts.clone(),
        license: row.license.clone(),
        downloads: None,
    }
}

pub(crate) fn deprecated(d: &Deprecation) -> wire::DeprecatedView {
    wire::DeprecatedView { message: d.message.clone(), replacement: d.replacement.clone() }
}

fn artifact(a: &Artifact) -> wire::ArtifactView {
    wire::ArtifactView {
        platform: a.platform.clone(),
        sha256: a.sha256.to_string(),
        size: a.size,
        unpacked_size: a.unpacked,
        files: a.files,
    }
}

/// The rollback that people on a release should know of: one that stands, before one that is over.
fn left(document: &Document, r: &Release) -> Option<Left> {
    let standing = standing_rollbacks(document).into_iter().find(|left| left.from == r.version);
    let any = || r.rolled_back.first_key_value().map(|(channel, rollback)| (channel.clone(), rollback.clone()));
    standing.or_else(|| any().map(|(channel, rollback)| Left { from: r.version.clone(), channel, rollback }))
}

fn release(document: &Document, r: &Release) -> wire::ReleaseView {
    wire::ReleaseView {
        version: r.version.to_string(),
        channels: document.channels_at(&r.version).map(ToString::to_string).collect(),
        published_at: r.at.to_string(),
        published_by: r.by.clone(),
        artifacts: r.artifacts.iter().map(artifact).collect(),
        hosts: r.hosts.clone(),
        license: r.license.clone(),
        notes_html: r.notes.as_deref().map(markdown::render),
        has_readme: r.readme.is_some(),
        yanked: r.yanked.as_ref().map(|y| wire::YankedView { reason: y.reason.clone(), at: y.at.to_string(), by: y.by.clone() }),
        deprecated: r.deprecated.as_ref().map(deprecated),
        rolled_back: left(document, r).as_ref().map(rolled_back),
    }
}

/// Everything about a plugin; the releases by version, highest first, as they stand on the rail.
#[must_use]
pub fn plugin(document: &Document, read_at: jiff::Timestamp, stale: Option<wire::WireError>) -> Option<wire::PluginView> {
    let row = Row::of(document)?;
    let shown = document.shown()?;
    let mut releases: Vec<&Release> = document.releases.iter().collect();
    releases.sort_by(|a, b| b.version.cmp_precedence(&a.version));
    let mut card = card(&document.header.id, &row);
    card.channels =
        channels(document.header.channels.iter().map(|(name, c)| (name, &c.version, c.held, c.since)), &standing_rollbacks(document));
    Some(wire::PluginView {
        card,
        seq: document.header.seq,
        owners: document.header.owners.clone(),
        license: shown.license.clone(),
        homepage: shown.homepage.clone(),
        repository: shown.repository.clone(),
        deprecated: document.header.deprecated.as_ref().map(deprecated),
        releases: releases.into_iter().map(|r| release(document, r)).collect(),
        read_at: read_at.to_string(),
        stale,
    })
}

fn action_kind(kind: &ActionKind) -> wire::ActionKind {
    match kind {
        ActionKind::Publish => wire::ActionKind::Publish,
        ActionKind::Rollback => wire::ActionKind::Rollback,
        ActionKind::Promote => wire::ActionKind::Promote,
        ActionKind::Undo => wire::ActionKind::Undo,
        ActionKind::Restore => wire::ActionKind::Restore,
        ActionKind::Yank => wire::ActionKind::Yank,
        ActionKind::Unyank => wire::ActionKind::Unyank,
        ActionKind::Deprecate => wire::ActionKind::Deprecate,
        ActionKind::Undeprecate => wire::ActionKind::Undeprecate,
        ActionKind::Other(_) => wire::ActionKind::Other,
    }
}

fn channel_move(m: &Move) -> wire::ChannelMove {
    wire::ChannelMove {
        channel: m.channel.to_string(),
        from: m.from.as_ref().map(ToString::to_string),
        to: m.to.as_ref().map(ToString::to_string),
    }
}

/// Whether a revision could be taken back now: the same function decides that would do it.
fn can_undo(current: &Revision, before: &Document, after: &Document) -> bool {
    let change = Change::Undo { before: Box::new(before.clone()), after: Box::new(after.clone()) };
    let stamp = Stamp { op: uuid::Uuid::nil(), actor: String::new(), at: jiff::Timestamp::UNIX_EPOCH };
    matches!(apply(Some(current), &change, &stamp), Ok(patchbay_registry::change::Next::Write { .. }))
}

/// A page of history.
#[must_use]
pub fn history(history: &patchbay_registry::History) -> wire::HistoryView {
    let shown = history.revisions.iter().take(history.page);
    let revisions: Vec<_> = shown
        .enumerate()
        .map(|(i, document)| {
            let header = &document.header;
            let before = history.revisions.get(i + 1);
            wire::RevisionView {
                seq: header.seq,
                kind: action_kind(&header.action.kind),
                versions: header.action.versions.iter().map(ToString::to_string).collect(),
                moves: header.action.channels.iter().map(channel_move).collect(),
                reason: header.action.reason.clone(),
                by: header.actor.clone(),
                at: header.time.to_string(),
                op: header.op.to_string(),
                can_undo: before.is_some_and(|before| can_undo(&history.current, before, document)),
            }
        })
        .collect();
    let next_before = revisions.last().map(|r| r.seq).filter(|seq| *seq > 1);
    wire::HistoryView { revisions, next_before }
}

fn stays(because: Stays) -> wire::StaysBecause {
    match because {
        Stays::Held => wire::StaysBecause::Held,
        Stays::Older => wire::StaysBecause::Older,
        Stays::PreRelease => wire::StaysBecause::PreRelease,
    }
}

/// The consequences of a change, to be said.
#[must_use]
pub fn consequences(all: &[Consequence]) -> Vec<wire::Consequence> {
    use wire::Consequence as W;
    let text = |v: &Version| v.to_string();
    let one = |c: &Consequence| match c {
        Consequence::Adds(v) => W::Adds { version: text(v) },
        Consequence::AlreadyLive(v) => W::AlreadyLive { version: text(v) },
        Consequence::Moves { channel, from, to } => {
            W::Moves { channel: channel.to_string(), from: from.as_ref().map(text), to: to.as_ref().map(text) }
        }
        Consequence::Stays { channel, at, because } => {
            W::Stays { channel: channel.to_string(), at: at.as_ref().map(text), because: stays(*because) }
        }
        Consequence::Held(channel) => W::Held { channel: channel.to_string() },
        Consequence::Released(channel) => W::Released { channel: channel.to_string() },
        Consequence::SameHosts { from, to } => W::SameHosts { from: text(from), to: text(to) },
        Consequence::HostDiffers { host, from, to } => W::HostDiffers { host: host.clone(), from: from.clone(), to: to.clone() },
        Consequence::Yanks(v) => W::Yanks { version: text(v) },
        Consequence::Unyanks(v) => W::Unyanks { version: text(v) },
        Consequence::Deprecates(v) => W::Deprecates { version: text(v) },
        Consequence::Undeprecates(v) => W::Undeprecates { version: text(v) },
        Consequence::Becomes(becomes) => W::Becomes { status: status(becomes) },
        Consequence::NothingChanges => W::NothingChanges,
    };
    all.iter().map(one).collect()
}

/// What each channel would do if a version were published to it, the default channel first.
#[must_use]
pub fn channel_choices(standing: Option<&Standing>, version: &Version) -> Vec<wire::ChannelChoice> {
    use patchbay_registry::change::{default_channel, stays as why};
    let none = BTreeMap::new();
    let there = standing.map_or(&none, |s| &s.revision.document.header.channels);
    let default = default_channel(version);
    let mut names = vec![default.clone()];
    names.extend([ChannelName::stable(), ChannelName::beta()].into_iter().chain(there.keys().cloned()).filter(|n| *n != default));
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|n| seen.insert(n.clone()));
    names
        .into_iter()
        .map(|name| {
            let at = there.get(&name);
            wire::ChannelChoice { at: at.map(|c| c.version.to_string()), stays: why(&name, at, version).map(stays), channel: name.into() }
        })
        .collect()
}

/// The plan of a change on what stands there.
///
/// # Errors
/// The rule that forbids it.
pub fn plan(standing: &Standing, change: &Change) -> Result<wire::ChangePlan, Refusal> {
    let next = Registry::plan(Some(standing), change)?;
    let header = &standing.revision.document.header;
    Ok(wire::ChangePlan { id: header.id.to_string(), seq: header.seq, consequences: consequences(next.consequences()) })
}

/// A finding of the package crate.
#[must_use]
pub fn problem(problem: &patchbay_package::Problem) -> wire::ProblemView {
    let severity = match problem.severity {
        patchbay_package::Severity::Error => wire::Severity::Error,
        patchbay_package::Severity::Warning => wire::Severity::Warning,
    };
    let data = problem.data.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let error = wire::WireError {
        code: wire::Code::Failed,
        kind: problem.kind.to_owned(),
        message: problem.message.clone(),
        hint: Some(problem.hint.clone()),
        data,
    };
    wire::ProblemView { severity, error, file: problem.file.clone(), fix: problem.fix.as_ref().map(fix) }
}

/// What puts a finding right.
pub fn fix(fix: &patchbay_package::Fix) -> wire::FixView {
    let edit = |edit: &patchbay_package::Edit| {
        let (field, value) = match edit {
            patchbay_package::Edit::Ignore { line } => (None, line.clone()),
            patchbay_package::Edit::SetField { field, value, .. } => (Some(field.clone()), value.clone()),
        };
        wire::EditView { file: edit.file().to_owned(), field, value, shown: edit.text() }
    };
    wire::FixView { edits: fix.edits.iter().map(edit).collect() }
}

/// Which fields of a manifest came from where.
pub fn origins(origins: &[patchbay_package::Origin]) -> Vec<wire::OriginView> {
    origins.iter().map(|o| wire::OriginView { field: o.field.clone(), file: o.file.clone(), key: o.key.clone() }).collect()
}
