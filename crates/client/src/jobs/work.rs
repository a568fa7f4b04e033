//! What a job is made of, and how it ends.

use std::{fmt, sync::Arc};

use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Reporter;
use crate::{
    files::FileError,
    sentence::sentence,
    wire::{Code, JobKind, JobResult, WireError},
};

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEnd {
    /// It is done.
    Done(JobResult),
    /// It is not done, for certain.
    Failed(WireError),
    /// It was cancelled; nothing is visible.
    Cancelled,
    /// It may or may not be done.
    Unknown(WireError),
}

/// A job to be started.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// In which registry.
    pub registry: String,
    /// The folder or file.
    pub path: String,
    /// What makes two jobs the same work: a second click starts nothing.
    pub key: String,
    /// What is needed to do it again. Never a secret: it is written to a file.
    pub request: Value,
}

/// What a running job is given.
#[derive(Clone)]
pub struct JobContext {
    /// The job's id; for a publish this is the operation id.
    pub id: Uuid,
    /// Where it says how far it is.
    pub reporter: Arc<dyn Reporter>,
    /// Cancelled when the person pressed Cancel.
    pub cancel: CancellationToken,
}

impl JobContext {
    /// Says which release it is about, and begins to put that on the disk, to stay after a power cut. To be waited for before anything is
    /// sent whose outcome could be in doubt. To be called inside a Tokio runtime.
    pub fn about(&self, plugin: &str, version: &str) -> JoinHandle<()> {
        self.reporter.subject(plugin, version);
        let reporter = self.reporter.clone();
        tokio::task::spawn_blocking(move || reporter.keep())
    }
}

impl fmt::Debug for JobContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobContext").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a job cannot be resumed.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// There is no such job.
    #[error("There is no job `{id}`.")]
    NotFound {
        /// The id.
        id: Uuid,
    },
    /// It is done.
    #[error("The job `{id}` is done.")]
    Done {
        /// The id.
        id: Uuid,
    },
    /// It runs in another program.
    #[error("The job `{id}` runs in another program.")]
    RunsElsewhere {
        /// The id.
        id: Uuid,
    },
    /// Its record.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<ResumeError> for WireError {
    fn from(error: ResumeError) -> Self {
        let (code, kind, hint, id) = match &error {
            ResumeError::File(error) => return error.into(),
            ResumeError::NotFound { id } => (Code::NotFound, "job_unknown", "It may have been forgotten: the newest 200 are kept.", id),
            ResumeError::Done { id } => (Code::Conflict, "job_done", "There is nothing left to do.", id),
            ResumeError::RunsElsewhere { id } => (Code::Conflict, "job_elsewhere", "Wait until it has ended there.", id),
        };
        sentence(code, kind, &error, Some(hint.to_owned()), &[("id", id.to_string())])
    }
}
