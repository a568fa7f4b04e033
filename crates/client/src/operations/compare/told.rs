//! A difference as it crosses the edge.

use patchbay_package::diff::{
    Area, Convention, Effect, FileState, Kind, Level, Line, ManifestChange, Pairs, ReasonKind, Sign, Suggestion, TextDiff,
};

use super::{super::files::mode, Side};
use crate::wire::{
    ChangeLevel, DiffBody, DiffView, FileChangeKind, FileChangeView, FileStateView, HunkView, LevelReason, LevelReasonKind, LineSign,
    LineView, ManifestArea, ManifestChangeView, ManifestEffect, NumberConvention, VersionSuggestion,
};

/// A folder whose plugin was never published: there is nothing to compare it with.
pub(super) fn first(new: &Side<'_>) -> DiffView {
    DiffView { id: new.id(), old: None, new: new.view(), manifest: Vec::new(), files: Vec::new(), unchanged: 0, suggestion: None }
}

pub(super) fn difference(
    old: &Side<'_>,
    new: &Side<'_>,
    manifest: Vec<ManifestChange>,
    pairs: Pairs,
    bodies: Vec<DiffBody>,
    suggestion: Option<Suggestion>,
) -> DiffView {
    let file = |(change, body): (patchbay_package::diff::FileChange, DiffBody)| FileChangeView {
        kind: match change.kind {
            Kind::Added => FileChangeKind::Added,
            Kind::Removed => FileChangeKind::Removed,
            Kind::Renamed => FileChangeKind::Renamed,
            Kind::Changed => FileChangeKind::Changed,
        },
        old: change.old.map(state),
        new: change.new.map(state),
        body,
    };
    DiffView {
        id: new.id(),
        old: Some(old.view()),
        new: new.view(),
        manifest: manifest.into_iter().map(fact).collect(),
        files: pairs.changes.into_iter().zip(bodies).map(file).collect(),
        unchanged: number(pairs.unchanged),
        suggestion: suggestion.map(suggested),
    }
}

pub(super) fn text(diff: TextDiff) -> DiffBody {
    let TextDiff { hunks, added, removed, lines, coarse, cut, endings_only } = diff;
    let hunks = hunks
        .into_iter()
        .map(|hunk| HunkView { skipped: number(hunk.skipped), lines: hunk.lines.into_iter().map(line).collect() })
        .collect();
    DiffBody::Text { hunks, added: number(added), removed: number(removed), lines: number(lines), coarse, cut, endings_only }
}

fn line(line: Line) -> LineView {
    LineView {
        sign: match line.sign {
            Sign::Same => LineSign::Same,
            Sign::Added => LineSign::Added,
            Sign::Removed => LineSign::Removed,
        },
        old: line.old.map(number),
        new: line.new.map(number),
        text: line.text,
        marks: line.marks.into_iter().map(|(from, to)| (number(from), number(to))).collect(),
        cut_before: number(line.cut_before),
        cut_after: number(line.cut_after),
        unended: line.unended,
    }
}

fn state(file: FileState) -> FileStateView {
    FileStateView { mode: mode(file.mode), path: file.path, size: file.size, sha256: file.sha256.to_string() }
}

fn fact(change: ManifestChange) -> ManifestChangeView {
    ManifestChangeView {
        area: match change.area {
            Area::Host => ManifestArea::Host,
            Area::Peer => ManifestArea::Peer,
            Area::Platform => ManifestArea::Platform,
            Area::Permission => ManifestArea::Permission,
            Area::Entry => ManifestArea::Entry,
            Area::Dependency => ManifestArea::Dependency,
            Area::Identity => ManifestArea::Identity,
        },
        name: change.name,
        old: change.old,
        new: change.new,
        effect: change.effect.map(|effect| match effect {
            Effect::Narrows => ManifestEffect::Narrows,
            Effect::Widens => ManifestEffect::Widens,
            Effect::Same => ManifestEffect::Same,
        }),
    }
}

fn suggested(found: Suggestion) -> VersionSuggestion {
    let reason = |kind| match kind {
        ReasonKind::RangeNarrows => LevelReasonKind::RangeNarrows,
        ReasonKind::PlatformNarrows => LevelReasonKind::PlatformNarrows,
        ReasonKind::EntryRemoved => LevelReasonKind::EntryRemoved,
        ReasonKind::IdChanges => LevelReasonKind::IdChanges,
        ReasonKind::RangeWidens => LevelReasonKind::RangeWidens,
        ReasonKind::RangeChanges => LevelReasonKind::RangeChanges,
        ReasonKind::PlatformChanges => LevelReasonKind::PlatformChanges,
        ReasonKind::PermissionAdded => LevelReasonKind::PermissionAdded,
        ReasonKind::EntryAdded => LevelReasonKind::EntryAdded,
        ReasonKind::DependencyAdded => LevelReasonKind::DependencyAdded,
        ReasonKind::FilesAdded => LevelReasonKind::FilesAdded,
        ReasonKind::ContentOnly => LevelReasonKind::ContentOnly,
    };
    VersionSuggestion {
        level: match found.level {
            Level::Patch => ChangeLevel::Patch,
            Level::Minor => ChangeLevel::Minor,
            Level::Major => ChangeLevel::Major,
        },
        version: found.version.to_string(),
        reasons: found.reasons.into_iter().map(|r| LevelReason { kind: reason(r.kind), name: r.name, count: number(r.count) }).collect(),
        convention: found.convention.map(|convention| match convention {
            Convention::ZeroMajor => NumberConvention::ZeroMajor,
            Convention::PreRelease => NumberConvention::PreRelease,
        }),
    }
}

/// Counts of lines and files are far below this.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
