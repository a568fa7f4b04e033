//! What crosses the edge: the answers of the window's commands and of `--json`.
//!
//! TypeScript for these is generated into `ui/src/generated/` and committed; a test fails on drift.
//! Times are RFC 3339 in UTC, sizes are bytes, digests are lower-case hex SHA-256.
//! No type here can hold a secret, with one exception that only travels inwards: [`Secret`].

mod browse;
mod change;
mod diff;
mod error;
mod files;
mod health;
mod history;
mod job;
mod outdated;
mod package;
mod plugin;
mod publish;
mod registry;
mod start;

pub use browse::{BrowseRequest, BrowseView, Chip, FilterKind, Looser, SortBy, SyncView, TypedFilter, UnclearFilter};
pub use change::{ChangeDone, ChangePlan, ChangeRequest, Consequence, StaysBecause};
pub use diff::{
    ChangeLevel, DiffBody, DiffSide, DiffView, FileChangeKind, FileChangeView, FileStateView, HunkView, LevelReason, LevelReasonKind,
    LineSign, LineView, ManifestArea, ManifestChangeView, ManifestEffect, NumberConvention, VersionSuggestion,
};
pub use error::{Code, WireError};
pub use files::{Content, FileContentView, FilesView, PackedFileView};
pub use health::{AmountView, AuditDone, CleanPlan, FindingView, HealthReport, OrphanView, RevisionDiff, UsageView, Weight};
pub use history::{ActionKind, ChannelMove, HistoryView, RevisionView};
pub use job::{JobKind, JobResult, JobState, JobView, Phase};
pub use outdated::{InstalledPlugin, InstalledView, OutdatedView, UpdateAdvice};
pub use package::PackageView;
pub use plugin::{ArtifactView, ChannelView, DeprecatedView, PluginCard, PluginView, ReleaseView, RolledBack, StatusView, YankedView};
pub use publish::{
    ChannelChoice, ContentsView, EditView, ExcludedView, FileView, FixView, InitView, ManifestView, OriginView, PackPlan, PackageInput,
    PackedView, ProblemView, PublishPlan, PublishRequest, Severity,
};
pub use registry::{Access, ConnectionStep, CredentialSource, RegistryInput, RegistryKind, RegistryView, Secret, StepName, StepState};
pub use start::{Language, Settings, Start, Theme};
