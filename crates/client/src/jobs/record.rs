//! What is kept of a job on disk: `jobs/<id>.json`, and beside it a lock that the program holds in which it runs.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    files::{FileError, Lock, cache, read_json, write_json},
    wire::{JobState, JobView},
};

/// How many jobs are remembered.
const KEPT: usize = 200;

/// A job as it is written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRecord {
    /// As a person sees it.
    pub view: JobView,
    /// What makes two jobs the same work.
    pub key: String,
    /// What is needed to do it again. Never a secret: this is a file.
    pub request: Value,
}

impl JobRecord {
    pub(super) fn is_running(&self) -> bool {
        matches!(self.view.status, JobState::Running { .. })
    }
}

/// The folder of the records.
#[derive(Clone, Debug)]
pub(super) struct Records {
    folder: PathBuf,
}

impl Records {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, id: Uuid) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Takes the lock of a job; none when it runs in another program. Held in files of their own that stay: deleting a lock that
    /// another program has just opened would leave two holders.
    pub(super) fn lock(&self, id: Uuid) -> Result<Option<Lock>, FileError> {
        Lock::try_acquire(&self.folder.join(format!("{id}.lock")))
    }

    /// Writes a record down, to stay after a power cut.
    pub(super) fn write(&self, record: &JobRecord) -> Result<(), FileError> {
        write_json(&self.folder.join(format!("{}.json", record.view.id)), record)
    }

    /// Writes a record down without waiting for the disk: nothing was done yet that a power cut could leave in doubt.
    pub(super) fn note(&self, record: &JobRecord) -> Result<(), FileError> {
        let path = self.folder.join(format!("{}.json", record.view.id));
        let bytes = serde_json::to_vec(record).map_err(|error| FileError::write(&path)(error.into()))?;
        cache(&path, &[&bytes])
    }

    /// The record of a job whose lock the caller holds, as it stands there.
    pub(super) fn read_locked(&self, id: Uuid) -> Result<Option<JobRecord>, FileError> {
        read_json(&self.path(id))
    }

    /// The record of a job. One that runs nowhere any more is written down as interrupted first.
    pub(super) fn read(&self, id: Uuid) -> Result<Option<JobRecord>, FileError> {
        match self.read_locked(id)? {
            Some(record) if record.is_running() => match self.lock(id)? {
                None => Ok(Some(record)),
                // Again under the lock: it may have ended in between.
                Some(_lock) => match self.read_locked(id)? {
                    Some(mut record) if record.is_running() => {
                        record.view.status = JobState::Interrupted;
                        self.write(&record)?;
                        Ok(Some(record))
                    }
                    other => Ok(other),
                },
            },
            other => Ok(other),
        }
    }

    /// All records, newest first. One that cannot be read is left out and left alone: a newer program may have written it.
    pub(super) fn all(&self) -> Result<Vec<JobRecord>, FileError> {
        let mut records: Vec<_> = self.ids()?.into_iter().filter_map(|id| self.read(id).ok().flatten()).collect();
        records.sort_by(|a, b| newest_first(&a.view, &b.view));
        Ok(records)
    }

    fn ids(&self) -> Result<Vec<Uuid>, FileError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FileError::read(&self.folder)(error)),
        };
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let id = |path: PathBuf| {
            let is_record = path.extension().is_some_and(|extension| extension == "json");
            is_record.then(|| path.file_stem().and_then(|stem| Uuid::try_parse(stem.to_str()?).ok())).flatten()
        };
        Ok(paths.filter_map(id).collect())
    }

    /// Forgets all but the newest that do not run. Failing to is not worth failing a job for; the next one tries again.
    pub(super) fn prune(&self) -> Result<(), FileError> {
        if self.ids()?.len() <= KEPT {
            return Ok(());
        }
        for record in self.all()?.iter().skip(KEPT).filter(|record| !record.is_running()) {
            for extension in ["json", "lock"] {
                remove(&self.folder.join(&record.view.id).with_extension(extension))?;
            }
        }
        Ok(())
    }
}

fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::write(path)(error)),
        _ => Ok(()),
    }
}

/// By the time of their start; RFC 3339 in UTC with the same number of digits sorts as text. The id makes the order of two of the same
/// moment the same every time.
pub(super) fn newest_first(a: &JobView, b: &JobView) -> std::cmp::Ordering {
    (&b.started_at, &b.id).cmp(&(&a.started_at, &a.id))
}
