//! What differs between two versions.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DiffSide {
    /// The version: published, or of a folder's manifest.
    pub version: String,
    /// The folder; none for a release.
    pub path: Option<String>,
    /// The platform of the package that was compared.
    pub platform: String,
    /// How many files.
    pub files: u32,
    /// Sum of their sizes.
    pub unpacked_size: u64,
}

/// What a fact of a manifest is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ManifestArea {
    /// Which hosts it works with.
    Host,
    /// Which packages must be there beside it.
    Peer,
    /// Where it runs.
    Platform,
    /// What it may do, or does by itself while it is installed.
    Permission,
    /// What a host or a person calls it by: entry files, commands, nodes.
    Entry,
    /// What it brings along.
    Dependency,
    /// Who it is.
    Identity,
}

/// What a change means for those who have the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ManifestEffect {
    /// Versions that worked before are shut out.
    Narrows,
    /// More works than before.
    Widens,
    /// It is written differently and means the same.
    Same,
}

/// A fact in the manifests that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ManifestChangeView {
    /// What it is about.
    pub area: ManifestArea,
    /// Of what: the host, the permission, the dependency.
    pub name: String,
    /// How it was; none when it is new.
    pub old: Option<String>,
    /// How it is; none when it is gone.
    pub new: Option<String>,
    /// What that means, where it can be told.
    pub effect: Option<ManifestEffect>,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FileChangeKind {
    /// It was not there before.
    Added,
    /// It is no longer there.
    Removed,
    /// It has another path; its bytes may differ, too.
    Renamed,
    /// It has other bytes or another mode.
    Changed,
}

/// How a file is on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileStateView {
    /// Its path.
    pub path: String,
    /// Its size.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: String,
    /// `0644` or `0755`.
    pub mode: String,
}

/// A file that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileChangeView {
    /// What happened to it.
    pub kind: FileChangeKind,
    /// How it was.
    pub old: Option<FileStateView>,
    /// How it is.
    pub new: Option<FileStateView>,
    /// What is different inside it.
    pub body: DiffBody,
}

/// What is different inside a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum DiffBody {
    /// Nothing: it has the same bytes under another path or with another mode.
    Same,
    /// Lines.
    Text {
        /// The changed places with the lines around them.
        hunks: Vec<HunkView>,
        /// How many lines came.
        added: u32,
        /// How many lines went.
        removed: u32,
        /// How many lines the text has now.
        lines: u32,
        /// Parts were too large and too different to be lined up; they are told as replaced whole.
        coarse: bool,
        /// There are more hunks than are shown.
        cut: bool,
        /// The lines are the same; they only end in another way (CRLF or LF).
        endings_only: bool,
    },
    /// It is not text on both sides.
    Binary,
    /// It is larger than what is compared.
    TooLarge {
        /// The most bytes that are compared.
        limit: u64,
    },
    /// So much differs that this file was not fetched; it can be asked for by its path.
    NotFetched,
    /// Its bytes are not what was published.
    Altered {
        /// What is wrong.
        error: super::WireError,
    },
}

/// A changed place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HunkView {
    /// Unchanged lines between the hunk before, or the beginning, and this one.
    pub skipped: u32,
    /// Its lines.
    pub lines: Vec<LineView>,
}

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LineSign {
    /// It is on both sides.
    Same,
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LineView {
    /// What it does.
    pub sign: LineSign,
    /// Its number before, counted from 1.
    pub old: Option<u32>,
    /// Its number now, counted from 1.
    pub new: Option<u32>,
    /// Its text, or a part of it, exactly as it is: whoever shows it makes its invisible characters visible.
    pub text: String,
    /// Where in `text` it differs from its counterpart, in characters (code points): from, to.
    pub marks: Vec<(u32, u32)>,
    /// How many characters before `text` are left out.
    pub cut_before: u32,
    /// How many characters after `text` are left out.
    pub cut_after: u32,
    /// It is the last line, and no line's end follows.
    pub unended: bool,
}

/// How much a change asks of those who have the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChangeLevel {
    /// What worked works, and better.
    Patch,
    /// Something new; what worked still works.
    Minor,
    /// Something that worked may not work any more.
    Major,
}

/// Why a change has its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LevelReasonKind {
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

/// Why a change has its level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LevelReason {
    /// Which reason.
    pub kind: LevelReasonKind,
    /// Of what: the host, the entry point, the permission; empty for files.
    pub name: String,
    /// How many files; 1 for anything else.
    pub count: u32,
}

/// A convention that turns a level into another number than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum NumberConvention {
    /// Below 1.0.0 a breaking change raises the second number, and anything else the third.
    ZeroMajor,
    /// After a pre-release comes the next one, whatever changed.
    PreRelease,
}

/// What a version with these changes should be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct VersionSuggestion {
    /// How much the change asks.
    pub level: ChangeLevel,
    /// The first number of that kind that is free.
    pub version: String,
    /// Why it is not less.
    pub reasons: Vec<LevelReason>,
    /// What made another number of it.
    pub convention: Option<NumberConvention>,
}

/// What differs between two versions, or between a folder and a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DiffView {
    /// The plugin.
    pub id: String,
    /// How it was; none when nothing is published yet.
    pub old: Option<DiffSide>,
    /// How it is.
    pub new: DiffSide,
    /// What the manifests say differently, what matters most first.
    pub manifest: Vec<ManifestChangeView>,
    /// The files that differ, by path.
    pub files: Vec<FileChangeView>,
    /// How many files are the same.
    pub unchanged: u32,
    /// What a version with these changes should be called; none when nothing differs.
    pub suggestion: Option<VersionSuggestion>,
}
