//! Long work.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Consequence, HealthReport, WireError};

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobKind {
    /// Publish a folder.
    Publish,
    /// Save a package as a file.
    Download,
    /// Check a registry.
    Check,
    /// Remove uploads that nothing refers to.
    Clean,
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
    /// Looking at what a registry holds.
    Surveying,
    /// Reading what a registry holds.
    Checking,
    /// Making the catalogue anew.
    Repairing,
    /// Removing uploads that nothing refers to.
    Cleaning,
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
    /// A registry was checked.
    Checked {
        /// What was found.
        report: Box<HealthReport>,
    },
    /// Uploads that nothing refers to were removed.
    Cleaned {
        /// How many.
        removed: u64,
        /// Their size.
        bytes: u64,
        /// How many stayed after all, because somebody uses them now or the time was up.
        kept: u64,
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
