//! Which number the next version should have, and why.

use super::{Area, Effect, Kind, ManifestChange, Pairs};
use crate::Version;

/// How much a change asks of those who have the plugin (SemVer 2.0.0, §6–8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing new: what worked works, and better.
    Patch,
    /// Something new; what worked still works.
    Minor,
    /// Something that worked may not work any more.
    Major,
}

/// Why a change has its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonKind {
    /// Versions of a host, or of a package beside it, are shut out.
    RangeNarrows,
    /// It no longer runs where it ran.
    PlatformNarrows,
    /// An entry point, a command or a node is gone.
    EntryRemoved,
    /// It became another plugin.
    IdChanges,
    /// It works with more than before.
    RangeWidens,
    /// A range is said for the first time, no longer said, or cannot be compared.
    RangeChanges,
    /// It runs in more or other places.
    PlatformChanges,
    /// It may do more.
    PermissionAdded,
    /// There is a new entry point, command or node.
    EntryAdded,
    /// It brings something along that it did not bring before.
    DependencyAdded,
    /// There are new files.
    FilesAdded,
    /// Only what was there already is different.
    ContentOnly,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which.
    pub kind: ReasonKind,
    /// Of what: the host, the entry point, the permission; empty for files.
    pub name: String,
    /// How many, for files; 1 otherwise.
    pub count: usize,
}

/// A convention that turns a level into another number than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// Below 1.0.0 a breaking change raises the second number, and anything else the third.
    ZeroMajor,
    /// After a pre-release comes the next one, whatever changed.
    PreRelease,
}

/// What the next version should be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// How much the change asks.
    pub level: Level,
    /// The first number of that kind that is free.
    pub version: Version,
    /// Why it is not less.
    pub reasons: Vec<Reason>,
    /// What made another number of it.
    pub convention: Option<Convention>,
}

/// What should come after `base` with these changes; none when there are none. `taken` tells the numbers that cannot be used.
#[must_use]
pub fn suggest(base: &Version, manifest: &[ManifestChange], files: &Pairs, taken: impl Fn(&Version) -> bool) -> Option<Suggestion> {
    if manifest.is_empty() && files.changes.is_empty() {
        return None;
    }
    let mut found: Vec<(Level, Reason)> = manifest.iter().filter_map(judge).collect();
    let added = files.changes.iter().filter(|change| change.kind == Kind::Added).count();
    if added > 0 {
        found.push((Level::Minor, Reason { kind: ReasonKind::FilesAdded, name: String::new(), count: added }));
    }
    let level = found.iter().map(|(level, _)| *level).max().unwrap_or(Level::Patch);
    let mut reasons: Vec<Reason> = found.into_iter().filter(|(found, _)| *found == level).map(|(_, reason)| reason).collect();
    if reasons.is_empty() {
        reasons.push(Reason { kind: ReasonKind::ContentOnly, name: String::new(), count: files.changes.len() });
    }
    let (mut version, convention) = next(base, level);
    while taken(&version) {
        let Some(after) = following(&version) else { break };
        version = after;
    }
    Some(Suggestion { level, version, reasons, convention })
}

fn judge(change: &ManifestChange) -> Option<(Level, Reason)> {
    use ReasonKind::{
        DependencyAdded, EntryAdded, EntryRemoved, IdChanges, PermissionAdded, PlatformChanges, PlatformNarrows, RangeChanges,
        RangeNarrows, RangeWidens,
    };
    let (came, gone) = (change.old.is_none(), change.new.is_none());
    let (level, kind) = match (change.area, change.effect) {
        (_, Some(Effect::Same)) => return None,
        (Area::Host | Area::Peer, Some(Effect::Narrows)) => (Level::Major, RangeNarrows),
        (Area::Host | Area::Peer, Some(Effect::Widens)) => (Level::Minor, RangeWidens),
        (Area::Host | Area::Peer, None) => (Level::Minor, RangeChanges),
        (Area::Platform, Some(Effect::Narrows)) => (Level::Major, PlatformNarrows),
        (Area::Platform, _) => (Level::Minor, PlatformChanges),
        (Area::Permission, _) if !gone => (Level::Minor, PermissionAdded),
        (Area::Entry, _) if gone => (Level::Major, EntryRemoved),
        (Area::Entry, _) if came => (Level::Minor, EntryAdded),
        (Area::Dependency, _) if came => (Level::Minor, DependencyAdded),
        (Area::Identity, _) if change.name == "id" && !came && !gone => (Level::Major, IdChanges),
        _ => return None,
    };
    Some((level, Reason { kind, name: change.name.clone(), count: 1 }))
}

/// The number after a change of that level.
fn next(base: &Version, level: Level) -> (Version, Option<Convention>) {
    if !base.pre.is_empty() {
        return (following(base).unwrap_or_else(|| base.clone()), Some(Convention::PreRelease));
    }
    let Version { major, minor, patch, .. } = *base;
    let (after_minor, after_patch) = (Version::new(major, minor.saturating_add(1), 0), Version::new(major, minor, patch.saturating_add(1)));
    match (major, minor, level) {
        (0, 0, _) => (after_patch, Some(Convention::ZeroMajor)),
        (0, _, Level::Major) => (after_minor, Some(Convention::ZeroMajor)),
        (0, _, Level::Minor) => (after_patch, Some(Convention::ZeroMajor)),
        (_, _, Level::Major) => (Version::new(major.saturating_add(1), 0, 0), None),
        (_, _, Level::Minor) => (after_minor, None),
        (_, _, Level::Patch) => (after_patch, None),
    }
}

/// The very next number: of a pre-release the next pre-release, else the next patch.
fn following(version: &Version) -> Option<Version> {
    let mut next = Version::new(version.major, version.minor, version.patch);
    if version.pre.is_empty() {
        next.patch = version.patch.checked_add(1)?;
        return Some(next);
    }
    let pre = match version.pre.rsplit_once('.') {
        Some((word, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{word}.{}", number.parse::<u64>().ok()?.checked_add(1)?)
        }
        None if version.pre.bytes().all(|b| b.is_ascii_digit()) => version.pre.parse::<u64>().ok()?.checked_add(1)?.to_string(),
        _ => format!("{}.1", version.pre),
    };
    next.pre = semver::Prerelease::new(&pre).ok()?;
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{FileState, pair};
    use crate::{Digest, Mode, parse_version};

    fn change(area: Area, old: Option<&str>, new: Option<&str>, effect: Option<Effect>) -> ManifestChange {
        ManifestChange { area, name: "x".into(), old: old.map(Into::into), new: new.map(Into::into), effect }
    }

    fn told(base: &str, manifest: &[ManifestChange], files: &Pairs) -> String {
        let taken = |v: &Version| *v == Version::new(1, 2, 4);
        let Some(found) = suggest(&parse_version(base).unwrap(), manifest, files, taken) else { return "nothing".into() };
        let reasons: Vec<_> = found.reasons.iter().map(|r| format!("{:?} {}", r.kind, r.count)).collect();
        format!("{:?} {} {:?}: {}", found.level, found.version, found.convention, reasons.join(", "))
    }

    fn files(old: &[&str], new: &[&str]) -> Pairs {
        let state = |path: &&str| {
            let path = (*path).to_owned();
            FileState { sha256: Digest::of(path.as_bytes()), path, size: 1, mode: Mode::Plain }
        };
        pair(old.iter().map(state), new.iter().map(state))
    }

    #[test]
    fn every_change_has_its_level() {
        let none = Pairs::default();
        for (area, old, new, effect, expected) in [
            (Area::Host, Some("a"), Some("b"), Some(Effect::Narrows), "Major 2.0.0 None: RangeNarrows 1"),
            (Area::Peer, Some("a"), Some("b"), Some(Effect::Narrows), "Major 2.0.0 None: RangeNarrows 1"),
            (Area::Platform, Some("any"), Some("b"), Some(Effect::Narrows), "Major 2.0.0 None: PlatformNarrows 1"),
            (Area::Entry, Some("a"), None, None, "Major 2.0.0 None: EntryRemoved 1"),
            (Area::Host, Some("a"), Some("b"), Some(Effect::Widens), "Minor 1.3.0 None: RangeWidens 1"),
            (Area::Host, None, Some("b"), None, "Minor 1.3.0 None: RangeChanges 1"),
            (Area::Permission, None, Some("b"), None, "Minor 1.3.0 None: PermissionAdded 1"),
            (Area::Dependency, None, Some("b"), None, "Minor 1.3.0 None: DependencyAdded 1"),
            (Area::Entry, None, Some("b"), None, "Minor 1.3.0 None: EntryAdded 1"),
            (Area::Entry, Some("a"), Some("b"), None, "Patch 1.2.5 None: ContentOnly 0"),
            (Area::Dependency, Some("a"), Some("b"), None, "Patch 1.2.5 None: ContentOnly 0"),
            (Area::Dependency, Some("a"), None, None, "Patch 1.2.5 None: ContentOnly 0"),
            (Area::Permission, Some("a"), None, None, "Patch 1.2.5 None: ContentOnly 0"),
            (Area::Host, Some("1.x"), Some("^1"), Some(Effect::Same), "Patch 1.2.5 None: ContentOnly 0"),
        ] {
            assert_eq!(told("1.2.3", &[change(area, old, new, effect)], &none), expected, "{area:?} {old:?} {new:?}");
        }
    }

    #[test]
    fn files_count_and_only_the_decisive_reasons_are_told() {
        assert_eq!(told("1.2.3", &[], &Pairs::default()), "nothing");
        assert_eq!(told("1.2.3", &[], &files(&["a"], &["a", "b", "c"])), "Minor 1.3.0 None: FilesAdded 2");
        assert_eq!(told("1.2.3", &[], &files(&["a", "b"], &["a"])), "Patch 1.2.5 None: ContentOnly 1");
        let gone = change(Area::Entry, Some("a"), None, None);
        assert_eq!(told("1.2.3", &[gone], &files(&["a"], &["a", "b"])), "Major 2.0.0 None: EntryRemoved 1");
    }

    #[test]
    fn below_one_and_before_a_release() {
        let gone = [change(Area::Entry, Some("a"), None, None)];
        let more = [change(Area::Permission, None, Some("a"), None)];
        let none = Pairs::default();
        assert_eq!(told("0.4.2", &gone, &none), "Major 0.5.0 Some(ZeroMajor): EntryRemoved 1");
        assert_eq!(told("0.4.2", &more, &none), "Minor 0.4.3 Some(ZeroMajor): PermissionAdded 1");
        assert_eq!(told("0.0.2", &gone, &none), "Major 0.0.3 Some(ZeroMajor): EntryRemoved 1");
        for (base, next) in
            [("2.0.0-rc.1", "2.0.0-rc.2"), ("2.0.0-beta", "2.0.0-beta.1"), ("2.0.0-7", "2.0.0-8"), ("2.0.0-a.b", "2.0.0-a.b.1")]
        {
            assert_eq!(told(base, &gone, &none), format!("Major {next} Some(PreRelease): EntryRemoved 1"));
        }
    }
}
