//! What crosses the edge: the answers of the window's commands and of `--json`.
//!
//! TypeScript for these is generated into `ui/src/generated/` and committed; a test fails on drift.
//! Times are RFC 3339 in UTC, sizes are bytes, digests are lower-case hex SHA-256.
//! No type here can hold a secret, with one exception that only travels inwards: [`Secret`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a script or the window branches on. Each code is one exit code of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    /// Anything without a code of its own. Exit 1.
    Failed,
    /// The input does not make sense. Exit 2.
    Usage,
    /// The named thing is not there. Exit 3.
    NotFound,
    /// No credentials, wrong ones, expired ones, or no keychain. Exit 4.
    Credentials,
    /// Somebody else's change stands there. Exit 5.
    Conflict,
    /// The registry cannot be reached. Exit 6.
    Network,
    /// Bytes are not what they must be. Exit 7.
    Integrity,
    /// A rule or the probe forbids it. Exit 8.
    Refused,
    /// It may or may not have happened; an operation id settles it. Exit 9.
    UnknownOutcome,
    /// The person stopped it. Exit 130.
    Interrupted,
}

/// An error as a person, a script and the window see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WireError {
    /// What to branch on.
    pub code: Code,
    /// Which sentence it is (`version_taken`, `wrong_key`, …), so that the window can say it in another language.
    pub kind: String,
    /// What happened, to what. One English sentence.
    pub message: String,
    /// What to do next. One English sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
    /// The values inside the sentence, by name.
    pub data: BTreeMap<String, String>,
}

/// Where the credentials of a registry come from. The person chose it; nothing else is ever tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "source", rename_all = "snake_case")]
#[ts(export)]
pub enum CredentialSource {
    /// The OS keychain, under this registry's name.
    Keychain,
    /// `AWS_ACCESS_KEY_ID` and its companions.
    Environment,
    /// A named profile of the AWS configuration (static keys, SSO, `credential_process`).
    Profile {
        /// The profile's name.
        name: String,
    },
    /// The key file of the embedded registry.
    Embedded,
    /// None: a registry that is read over public HTTP.
    None,
}

/// What kind of place a registry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RegistryKind {
    /// The folder on this computer, served on loopback.
    Embedded,
    /// An S3 bucket.
    S3,
    /// A public URL, read-only.
    Http,
}

/// Whether this person can publish there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum Access {
    /// Not asked yet; the first write asks.
    Unknown,
    /// The probe passed.
    ReadWrite,
    /// It can be read only.
    ReadOnly {
        /// Why.
        reason: WireError,
    },
}

/// One registry that this person knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RegistryView {
    /// What the person calls it.
    pub name: String,
    /// What kind of place it is.
    pub kind: RegistryKind,
    /// Where it is, in one line: `bucket/prefix · region`, a host, or the folder.
    pub location: String,
    /// The bucket, for S3.
    pub bucket: Option<String>,
    /// The key prefix inside the bucket.
    pub prefix: Option<String>,
    /// The endpoint, when it is not AWS itself.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The public URL, for HTTP.
    pub url: Option<String>,
    /// Where its credentials come from.
    pub credentials: CredentialSource,
    /// Who the provider says we are, when it was asked.
    pub identity: Option<String>,
    /// Whether it is the one used when none is named.
    pub is_default: bool,
    /// Whether this person can publish there.
    pub access: Access,
}

/// A registry to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RegistryInput {
    /// What to call it: lower-case letters, digits, `-`.
    pub name: String,
    /// The bucket; absent for a public URL.
    pub bucket: Option<String>,
    /// The key prefix.
    pub prefix: Option<String>,
    /// The endpoint, when it is not AWS itself.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The public URL of a read-only registry.
    pub url: Option<String>,
    /// Where the credentials come from.
    pub credentials: CredentialSource,
    /// Turn an empty bucket (made if absent) into a registry.
    pub create: bool,
}

/// A key pair on its way into the keychain. It travels inwards only: it cannot be serialised, and its Debug output is empty.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct Secret {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One step of a connection test, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StepName {
    /// The host name resolves.
    Name,
    /// A connection with a trusted certificate can be made.
    Tls,
    /// Credentials are there, and whose they are.
    Credentials,
    /// The bucket exists, in this region.
    Bucket,
    /// `registry.json` can be read and understood.
    Read,
    /// The store keeps its word about conditional writes.
    Write,
}

/// How a step of a connection test went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum StepState {
    /// It is being tried.
    Running,
    /// It went well.
    Passed {
        /// What was found (`203.0.113.4`, `TLS 1.3`, an ARN, …).
        detail: String,
    },
    /// It did not.
    Failed {
        /// Why.
        error: WireError,
    },
    /// It does not apply here, or an earlier step failed.
    Skipped {
        /// Why not.
        detail: String,
    },
}

/// A step and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionStep {
    /// Which.
    pub name: StepName,
    /// How.
    pub state: StepState,
}

/// A plugin's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StatusView {
    /// As usual.
    Active,
    /// Still offered, with advice against it.
    Deprecated,
    /// No publishes.
    Frozen,
    /// Not in the catalogue.
    Hidden,
}

/// Where a channel stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelView {
    /// `stable`, `beta`, …
    pub name: String,
    /// The version it points to.
    pub version: String,
    /// Whether publishes leave it alone.
    pub held: bool,
    /// Since when it points there.
    pub since: Option<String>,
    /// When it is there because of a rollback: from where and why.
    pub rolled_back: Option<RolledBack>,
}

/// A rollback, as the people on the bad version read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RolledBack {
    /// The channel that was moved.
    pub channel: String,
    /// The version people should leave.
    pub from: String,
    /// The version they should have.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: String,
}

/// One row of Browse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PluginCard {
    /// The id.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Who made it.
    pub author: String,
    /// The digest of the icon asset.
    pub icon: Option<String>,
    /// Categories, as the author named them.
    pub categories: Vec<String>,
    /// Its status.
    pub status: StatusView,
    /// Where its channels stand; `stable` first.
    pub channels: Vec<ChannelView>,
    /// The version to show: that of `stable`, else of the first channel, else the newest.
    pub version: String,
    /// How many releases it has.
    pub releases: u32,
    /// Size of the shown version's package.
    pub size: u64,
    /// When the plugin last changed.
    pub updated: String,
    /// Hosts and ranges of the shown version.
    pub hosts: BTreeMap<String, String>,
    /// The licence of the shown version.
    pub license: Option<String>,
}

/// How Browse is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SortBy {
    /// Best match first; by name when nothing was typed.
    #[default]
    Relevance,
    /// By name.
    Name,
    /// Latest change first.
    Updated,
}

/// A chip of Browse, with how many plugins it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CategoryCount {
    /// The category.
    pub name: String,
    /// How many results have it.
    pub count: u32,
}

/// What Browse shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BrowseView {
    /// The rows, in order.
    pub rows: Vec<PluginCard>,
    /// How many plugins the registry has.
    pub total: u32,
    /// The most frequent categories of the results.
    pub categories: Vec<CategoryCount>,
    /// When the local copy was last known to be current; none when there is no copy yet.
    pub synced_at: Option<String>,
    /// Why the local copy could not be refreshed, when it could not.
    pub stale: Option<WireError>,
}

/// One artifact of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ArtifactView {
    /// `any`, `linux-x64`, …
    pub platform: String,
    /// Digest of the package.
    pub sha256: String,
    /// Size of the package.
    pub size: u64,
    /// Size of its files.
    pub unpacked_size: u64,
    /// How many files.
    pub files: u32,
}

/// A reason with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct YankedView {
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// Who did it.
    pub by: String,
}

/// Advice against a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeprecatedView {
    /// What to know.
    pub message: String,
    /// What to use instead.
    pub replacement: Option<String>,
}

/// One published version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReleaseView {
    /// The version.
    pub version: String,
    /// The channels that point here.
    pub channels: Vec<String>,
    /// When it was published.
    pub published_at: String,
    /// By whom.
    pub published_by: String,
    /// Its packages.
    pub artifacts: Vec<ArtifactView>,
    /// Hosts and ranges.
    pub hosts: BTreeMap<String, String>,
    /// The licence.
    pub license: Option<String>,
    /// What the author says is new, as sanitised HTML.
    pub notes_html: Option<String>,
    /// Whether it has a README.
    pub has_readme: bool,
    /// When it is no longer offered.
    pub yanked: Option<YankedView>,
    /// When its author advises against it.
    pub deprecated: Option<DeprecatedView>,
    /// When a channel was rolled back from it and has not come back since.
    pub rolled_back: Option<RolledBack>,
}

/// What kind of change made a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ActionKind {
    /// A release was added.
    Publish,
    /// A channel went back, and is held.
    Rollback,
    /// A channel was pointed at a release.
    Promote,
    /// An earlier change was taken back.
    Undo,
    /// A release is no longer offered.
    Yank,
    /// It is offered again.
    Unyank,
    /// Advice against a release, or against the plugin.
    Deprecate,
    /// That advice was taken back.
    Undeprecate,
    /// Something that this version of Patchbay does not know.
    Other,
}

/// A channel's move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelMove {
    /// The channel.
    pub channel: String,
    /// Where it was; none when it is new.
    pub from: Option<String>,
    /// Where it is; none when it was taken away.
    pub to: Option<String>,
}

/// One line of History.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RevisionView {
    /// Its number.
    pub seq: u64,
    /// What happened.
    pub kind: ActionKind,
    /// The versions concerned.
    pub versions: Vec<String>,
    /// The channels that moved.
    pub moves: Vec<ChannelMove>,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// The operation id.
    pub op: String,
    /// Whether it can be taken back now.
    pub can_undo: bool,
}

/// A page of History, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HistoryView {
    /// The revisions.
    pub revisions: Vec<RevisionView>,
    /// Pass this as `before` for the next page; none at the end.
    pub next_before: Option<u64>,
}

/// Everything about one plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PluginView {
    /// What the card shows.
    pub card: PluginCard,
    /// The revision.
    pub seq: u64,
    /// The owners.
    pub owners: Vec<String>,
    /// The licence of the shown version.
    pub license: Option<String>,
    /// Homepage of the shown version; http or https only.
    pub homepage: Option<String>,
    /// Source repository of the shown version; http or https only.
    pub repository: Option<String>,
    /// The plugin's own deprecation.
    pub deprecated: Option<DeprecatedView>,
    /// Newest first.
    pub releases: Vec<ReleaseView>,
    /// When this was read from the registry.
    pub read_at: String,
    /// Why it could not be read again, when this is the last known state.
    pub stale: Option<WireError>,
}

/// A change that a person asks for. `expect` is where they saw the channel; the change is refused when it has moved since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ChangeRequest {
    /// Point a channel to an earlier release and hold it.
    Rollback {
        /// The channel.
        channel: String,
        /// The earlier version.
        to: String,
        /// Why; people on the bad version read it.
        reason: String,
        /// Also yank the version that is left.
        yank: bool,
        /// Where the person saw the channel.
        expect: Option<String>,
    },
    /// Point a channel to a release, and lift its hold.
    Promote {
        /// The channel; it is made when it does not exist.
        channel: String,
        /// The version.
        version: String,
        /// Where the person saw the channel.
        expect: Option<String>,
    },
    /// Take back what a revision did.
    Undo {
        /// The revision; the newest when absent.
        seq: Option<u64>,
    },
    /// No longer offer a release.
    Yank {
        /// The version.
        version: String,
        /// Why.
        reason: String,
    },
    /// Offer it again.
    Unyank {
        /// The version.
        version: String,
        /// Why.
        reason: Option<String>,
    },
    /// Advise against a release.
    Deprecate {
        /// The version.
        version: String,
        /// What to know.
        message: String,
        /// What to use instead.
        replacement: Option<String>,
    },
    /// Take that advice back.
    Undeprecate {
        /// The version.
        version: String,
    },
}

/// One consequence of a change. The window says each in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Consequence {
    /// A channel moves.
    Moves {
        /// The channel.
        channel: String,
        /// Where it was.
        from: Option<String>,
        /// Where it will be.
        to: Option<String>,
    },
    /// A publish leaves the channel where it is.
    Stays {
        /// The channel.
        channel: String,
        /// Where it is; none when it does not exist and is not made.
        at: Option<String>,
        /// `held`, `older` or `pre_release`.
        because: StaysBecause,
    },
    /// Publishes will leave the channel alone.
    Held {
        /// The channel.
        channel: String,
    },
    /// Publishes will move the channel again.
    Released {
        /// The channel.
        channel: String,
    },
    /// Every host that the old version accepts is accepted by the new one, as far as ranges tell: they are the same.
    SameHosts {
        /// The version that is left.
        from: String,
        /// The version that is reached.
        to: String,
    },
    /// A host range differs.
    HostDiffers {
        /// The host.
        host: String,
        /// Range of the version that is left.
        from: Option<String>,
        /// Range of the version that is reached.
        to: Option<String>,
    },
    /// A release is no longer offered to new installs; who pinned it can still download it.
    Yanks {
        /// The version.
        version: String,
    },
    /// A release is offered again.
    Unyanks {
        /// The version.
        version: String,
    },
    /// People see advice against a release.
    Deprecates {
        /// The version.
        version: String,
    },
    /// They no longer see it.
    Undeprecates {
        /// The version.
        version: String,
    },
    /// A release is added.
    Adds {
        /// The version.
        version: String,
    },
    /// The same bytes are there already.
    AlreadyLive {
        /// The version.
        version: String,
    },
    /// It is so already; nothing will be written.
    NothingChanges,
}

/// Why a publish leaves a channel alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StaysBecause {
    /// A rollback holds it.
    Held,
    /// It points to a newer version.
    Older,
    /// The version is a pre-release, and the channel is `stable`.
    PreRelease,
}

/// What a change would do, before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangePlan {
    /// The plugin.
    pub id: String,
    /// The revision it was planned on.
    pub seq: u64,
    /// What will happen, in the order to say it.
    pub consequences: Vec<Consequence>,
}

/// What a change did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangeDone {
    /// The plugin.
    pub id: String,
    /// The revision that holds it.
    pub seq: u64,
    /// The operation id.
    pub op: String,
    /// What happened.
    pub consequences: Vec<Consequence>,
    /// When it is done but something after it was not (the catalogue lags).
    pub warning: Option<WireError>,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Severity {
    /// It stops the publish.
    Error,
    /// It is worth knowing.
    Warning,
}

/// A finding in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProblemView {
    /// How much it weighs.
    pub severity: Severity,
    /// The sentence.
    pub error: WireError,
    /// The file it is in.
    pub file: Option<String>,
}

/// A file that goes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileView {
    /// Its path in the package.
    pub path: String,
    /// Its size.
    pub size: u64,
}

/// A file or folder that stays out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExcludedView {
    /// Its path in the folder; a folder ends in `/`.
    pub path: String,
    /// The pattern that excludes it.
    pub rule: String,
    /// Where the pattern stands: `.gitignore`, `.patchbayignore`, `built-in`.
    pub source: String,
}

/// The manifest as read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ManifestView {
    /// The file it came from.
    pub source: String,
    /// The plugin's id.
    pub id: String,
    /// The version.
    pub version: String,
    /// The name people read.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Who made it.
    pub author: String,
    /// The licence.
    pub license: Option<String>,
    /// Hosts and ranges.
    pub hosts: BTreeMap<String, String>,
}

/// What a channel would do if this folder were published to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelChoice {
    /// The channel.
    pub channel: String,
    /// Where it is.
    pub at: Option<String>,
    /// Why a publish would leave it there; none when it moves.
    pub stays: Option<StaysBecause>,
}

/// What publishing a folder would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PublishPlan {
    /// The folder.
    pub path: String,
    /// The manifest, when it could be read.
    pub manifest: Option<ManifestView>,
    /// What is wrong or worth knowing. Any error stops the publish.
    pub problems: Vec<ProblemView>,
    /// What goes in, sorted by path.
    pub files: Vec<FileView>,
    /// What stays out, sorted by path.
    pub excluded: Vec<ExcludedView>,
    /// How many files stay out, counted inside excluded folders.
    pub excluded_files: u32,
    /// Sum of the sizes that go in.
    pub unpacked_size: u64,
    /// The newest version that the registry has.
    pub newest: Option<String>,
    /// True when exactly these bytes are published already.
    pub already_live: bool,
    /// The next free patch version, when the manifest's is taken.
    pub next_free: Option<String>,
    /// The channel to offer first.
    pub default_channel: String,
    /// The channels to choose from, and what each would do.
    pub channels: Vec<ChannelChoice>,
}

/// A publish that a person asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PublishRequest {
    /// The folder.
    pub path: String,
    /// The channel; the plan's default when absent.
    pub channel: Option<String>,
    /// Move the channel even backwards, to a pre-release, or when it is held.
    pub force_channel: bool,
    /// What is new, in Markdown.
    pub notes: Option<String>,
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobKind {
    /// Publish a folder.
    Publish,
    /// Save a package as a file.
    Download,
}

/// Where a job is. A publish can be cancelled in every phase before `committing` has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Phase {
    /// Looking at the folder.
    Reading,
    /// Making the package.
    Packing,
    /// Sending the package and its assets.
    Uploading,
    /// Making it live.
    Committing,
    /// Telling the catalogue.
    Listing,
    /// Reading it back.
    Verifying,
    /// Fetching a package.
    Downloading,
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum JobState {
    /// It runs.
    Running {
        /// Where it is.
        phase: Phase,
        /// Bytes done in this phase.
        done: u64,
        /// Bytes of this phase; 0 when not known.
        total: u64,
        /// Seconds left in this phase, when they can be told.
        eta: Option<u64>,
        /// Whether Cancel was pressed.
        cancelling: bool,
    },
    /// It is done.
    Done {
        /// What it did.
        result: JobResult,
    },
    /// It is not done, for certain; nothing is visible.
    Failed {
        /// Why.
        error: WireError,
    },
    /// The person cancelled it; nothing is visible.
    Cancelled,
    /// It may or may not be done. `resume_job` finds out and, where it is not, does it.
    Unknown {
        /// What happened.
        error: WireError,
    },
    /// The app ended while it ran. `resume_job` finds out and, where it is not, does it.
    Interrupted,
}

/// What a job did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum JobResult {
    /// A release is live.
    Published {
        /// Digest of the package.
        sha256: String,
        /// Size of the package.
        size: u64,
        /// The revision that holds it.
        seq: u64,
        /// What happened.
        consequences: Vec<Consequence>,
        /// Whether it was read back from the registry and found the same.
        verified: bool,
        /// When it is live but something after it was not done (the catalogue lags).
        warning: Option<WireError>,
    },
    /// A package was saved.
    Saved {
        /// Where.
        path: String,
        /// How big it is.
        size: u64,
    },
}

/// A job, running or finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JobView {
    /// Its id; for a publish this is the operation id.
    pub id: String,
    /// What it does.
    pub kind: JobKind,
    /// In which registry.
    pub registry: String,
    /// The plugin; empty until the manifest is read.
    pub plugin: String,
    /// The version; empty until the manifest is read.
    pub version: String,
    /// The folder or file.
    pub path: String,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// How it stands.
    pub status: JobState,
}

/// The look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Language {
    /// As the system.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// What a person has set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    /// The look.
    pub theme: Theme,
    /// The language.
    pub language: Language,
    /// The name under which this person's changes are recorded.
    pub actor: String,
}

/// What the window needs to know before it paints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Start {
    /// This program's version.
    pub version: String,
    /// `linux`, `macos`, `windows`.
    pub platform: String,
    /// The system's language tag, when it tells.
    pub locale: Option<String>,
    /// The settings.
    pub settings: Settings,
    /// The registries; empty on a fresh computer.
    pub registries: Vec<RegistryView>,
}

/// How a refresh of the local copy went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncView {
    /// When the local copy was last known to be current.
    pub synced_at: Option<String>,
    /// Why it could not be refreshed, when it could not.
    pub stale: Option<WireError>,
    /// How many plugins the registry has.
    pub total: u32,
    /// Whether anything is different from before.
    pub changed: bool,
}
