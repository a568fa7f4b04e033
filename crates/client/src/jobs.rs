//! Long work as jobs: listed, followed, cancelled, and known again after a restart.
//!
//! A job runs in one program; its record is a file that every program on the same folders can read. It is written when the job begins
//! and when it ends, not with every byte.

mod progress;
mod record;
mod work;

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use patchbay_registry::Clock;
pub use progress::{Reporter, Silent};
pub use record::JobRecord;
pub use work::{JobContext, JobEnd, NewJob, ResumeError};

use progress::Progress;
use record::{Records, newest_first};

use crate::{
    files::{FileError, Lock},
    home::Home,
    sentence::sentence,
    wire::{Code, JobState, JobView, Phase, WireError},
};

/// How often progress is told: faster than this nobody reads it.
const BEAT: Duration = Duration::from_millis(100);

/// How many messages a slow follower may be behind before it misses some. It then sees the newest state with the next one.
const BACKLOG: usize = 256;

/// A job of this program: it runs, or its end could not be written down.
struct Own {
    record: JobRecord,
    progress: Progress,
    cancel: CancellationToken,
    running: bool,
    /// Held while its record is written, so that the jobs need not be: no older record takes the place of a newer one.
    writing: Arc<Mutex<()>>,
}

struct Inner {
    records: Records,
    clock: Clock,
    own: Mutex<BTreeMap<Uuid, Own>>,
    told: broadcast::Sender<JobView>,
}

/// The jobs; a handle that is cheap to clone.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs").field("records", &self.0.records).finish_non_exhaustive()
    }
}

impl Jobs {
    /// The jobs that are kept under these folders. Jobs whose program ended while they ran are now interrupted.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be made or read.
    pub fn open(home: &Home, clock: Clock) -> Result<Self, FileError> {
        crate::home::make(&home.jobs())?;
        let records = Records::new(home.jobs());
        records.prune()?;
        Ok(Self(Arc::new(Inner { records, clock, own: Mutex::default(), told: broadcast::Sender::new(BACKLOG) })))
    }

    /// Starts a job. When one with the same key runs in this program, that one is returned and nothing is started. To be called inside
    /// a Tokio runtime.
    ///
    /// # Errors
    /// [`FileError`] when the job cannot be written down; it is then not started, since nobody could find out about it later.
    pub fn start<F>(&self, new: NewJob, work: impl FnOnce(JobContext) -> F + Send + 'static) -> Result<JobView, FileError>
    where
        F: Future<Output = JobEnd> + Send + 'static,
    {
        let NewJob { kind, registry, path, key, request } = new;
        let mut own = self.own();
        if let Some(same) = own.values().find(|job| job.running && job.record.key == key) {
            return Ok(same.record.view.clone());
        }
        let id = Uuid::new_v4();
        let Some(lock) = self.0.records.lock(id)? else {
            // Nobody else can hold the lock of an id that has just been made.
            return Err(FileError::write(std::path::Path::new(&id.to_string()))(std::io::ErrorKind::WouldBlock.into()));
        };
        let view = JobView {
            id: id.to_string(),
            kind,
            registry,
            plugin: String::new(),
            version: String::new(),
            path,
            started_at: self.now(),
            finished_at: None,
            status: JobState::Interrupted,
        };
        let view = self.run(&mut own, id, JobRecord { view, key, request }, lock, work)?;
        drop(own);
        // What is too old stays until the next start when it cannot be removed now; the job runs all the same.
        let _ = self.0.records.prune();
        Ok(view)
    }

    /// Starts a job again, under its own id, with the request that it was started with. One that runs in this program is returned as it is.
    ///
    /// # Errors
    /// [`ResumeError`].
    pub fn resume<F>(&self, id: Uuid, work: impl FnOnce(JobContext, Value) -> F + Send + 'static) -> Result<JobView, ResumeError>
    where
        F: Future<Output = JobEnd> + Send + 'static,
    {
        let mut own = self.own();
        if let Some(job) = own.get(&id).filter(|job| job.running) {
            return Ok(job.record.view.clone());
        }
        let lock = self.0.records.lock(id)?.ok_or(ResumeError::RunsElsewhere { id })?;
        let unsaved = own.get(&id).map(|job| job.record.clone());
        let record = match unsaved {
            Some(record) => record,
            None => self.0.records.read_locked(id)?.ok_or(ResumeError::NotFound { id })?,
        };
        if matches!(record.view.status, JobState::Done { .. }) {
            return Err(ResumeError::Done { id });
        }
        let request = record.request.clone();
        Ok(self.run(&mut own, id, record, lock, |context| work(context, request))?)
    }

    fn run<F>(
        &self,
        own: &mut BTreeMap<Uuid, Own>,
        id: Uuid,
        mut record: JobRecord,
        lock: Lock,
        work: impl FnOnce(JobContext) -> F + Send + 'static,
    ) -> Result<JobView, FileError>
    where
        F: Future<Output = JobEnd> + Send + 'static,
    {
        let progress = Progress::new(Instant::now());
        record.view.status = progress.state();
        record.view.finished_at = None;
        // What is known of an earlier run must not be lost.
        if record.view.plugin.is_empty() {
            self.0.records.note(&record)?
        } else {
            self.0.records.write(&record)?
        }
        let view = record.view.clone();
        let cancel = CancellationToken::new();
        let context = JobContext { id, reporter: Arc::new(Line { jobs: self.clone(), id }), cancel: cancel.clone() };
        own.insert(id, Own { record, progress, cancel, running: true, writing: Arc::default() });
        self.tell(&view);
        // Begun inside the task: the jobs are locked here, and the work may report at once.
        tokio::spawn(self.clone().follow(id, lock, async move { work(context).await }));
        Ok(view)
    }

    /// Waits for the end of the work and tells of its progress at a steady beat.
    async fn follow(self, id: Uuid, lock: Lock, work: impl Future<Output = JobEnd> + Send + 'static) {
        // In a task of its own, so that a panic in it ends here as an error and not as a job that runs forever.
        let mut task = tokio::spawn(work);
        let mut beat = tokio::time::interval(BEAT);
        let end = loop {
            tokio::select! {
                end = &mut task => break end,
                _ = beat.tick() => self.beat(id),
            }
        };
        let status = match end {
            Ok(JobEnd::Done(result)) => JobState::Done { result },
            Ok(JobEnd::Failed(error)) => JobState::Failed { error },
            Ok(JobEnd::Cancelled) => JobState::Cancelled,
            Ok(JobEnd::Unknown(error)) => JobState::Unknown { error },
            // How far it came is not known. Nor is what the panic said passed on: it was not written for people.
            Err(_) => JobState::Unknown { error: broke(id) },
        };
        self.finish(id, status, lock);
    }

    fn beat(&self, id: Uuid) {
        let mut own = self.own();
        let Some(job) = own.get_mut(&id) else { return };
        job.progress.measure(Instant::now());
        if std::mem::take(&mut job.progress.fresh) {
            job.record.view.status = job.progress.state();
            self.tell(&job.record.view);
        }
    }

    fn finish(&self, id: Uuid, status: JobState, lock: Lock) {
        let Some(writing) = self.own().get(&id).map(|job| job.writing.clone()) else { return };
        let _turn = writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = self.own();
        let Some(job) = own.get_mut(&id) else { return };
        job.running = false;
        job.record.view.status = status;
        job.record.view.finished_at = Some(self.now());
        let view = job.record.view.clone();
        // On a full disk the end is at least known for as long as this program runs.
        if self.0.records.write(&job.record).is_ok() {
            own.remove(&id);
        }
        // Before anybody is told: whoever hears of the end may resume it at once.
        drop(lock);
        self.tell(&view);
    }

    /// All jobs that are known, of this program and of others, newest first. Reads the folder.
    ///
    /// # Errors
    /// [`FileError::Read`] when the folder cannot be read.
    pub fn list(&self) -> Result<Vec<JobView>, FileError> {
        let mut views: BTreeMap<_, _> = self.0.records.all()?.into_iter().map(|r| (r.view.id.clone(), r.view)).collect();
        views.extend(self.own().values().map(|job| (job.record.view.id.clone(), job.record.view.clone())));
        let mut views: Vec<_> = views.into_values().collect();
        views.sort_by(newest_first);
        Ok(views)
    }

    /// One job, with what is needed to do it again.
    ///
    /// # Errors
    /// [`FileError`] when its record cannot be read.
    pub fn record(&self, id: Uuid) -> Result<Option<JobRecord>, FileError> {
        let own = self.own().get(&id).map(|job| job.record.clone());
        own.map_or_else(|| self.0.records.read(id), |record| Ok(Some(record)))
    }

    /// The jobs that run in this program: what closing the window would interrupt.
    #[must_use]
    pub fn running(&self) -> Vec<JobView> {
        let mut views: Vec<_> = self.own().values().filter(|job| job.running).map(|job| job.record.view.clone()).collect();
        views.sort_by(newest_first);
        views
    }

    /// Asks a job to stop. It does at the next point where nothing is visible yet, or not at all. False when it does not run in this
    /// program.
    #[must_use]
    pub fn cancel(&self, id: Uuid) -> bool {
        let mut own = self.own();
        let Some(job) = own.get_mut(&id).filter(|job| job.running) else { return false };
        job.cancel.cancel();
        job.progress.cancelling = true;
        job.record.view.status = job.progress.state();
        self.tell(&job.record.view);
        true
    }

    /// What happens from now on, to the jobs of this program. A change of state is always told, progress about ten times a second. A
    /// follower that is told `Lagged` reads [`Jobs::list`] again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<JobView> {
        self.0.told.subscribe()
    }

    /// Waits until a job of this program has ended; at once when it has, and none when there is no such job.
    ///
    /// # Errors
    /// [`FileError`] when its record cannot be read.
    pub async fn ended(&self, id: Uuid) -> Result<Option<JobView>, FileError> {
        let mut told = self.subscribe();
        loop {
            let running = self.own().get(&id).is_some_and(|job| job.running);
            if !running {
                return Ok(self.record(id)?.map(|record| record.view));
            }
            match told.recv().await {
                // Looked at again either way; a message missed says no less than one received.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    fn own(&self) -> MutexGuard<'_, BTreeMap<Uuid, Own>> {
        self.0.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With milliseconds always, so that times sort as text.
    fn now(&self) -> String {
        format!("{:.3}", (self.0.clock)())
    }

    /// Nobody may be listening, which is fine.
    fn tell(&self, view: &JobView) {
        let _ = self.0.told.send(view.clone());
    }
}

fn broke(id: Uuid) -> WireError {
    let hint = "Resume it: that finds out how far it came, and does the rest.";
    sentence(Code::UnknownOutcome, "job_broke", "A fault in Patchbay ended the job.", Some(hint.to_owned()), &[("id", id.to_string())])
}

/// The line from a running job to those who follow it.
struct Line {
    jobs: Jobs,
    id: Uuid,
}

impl Line {
    fn with(&self, change: impl FnOnce(&mut Own)) {
        // A part of the work that outlives it has nothing to say any more.
        if let Some(job) = self.jobs.own().get_mut(&self.id).filter(|job| job.running) {
            change(job);
        }
    }

    fn with_news(&self, change: impl FnOnce(&mut Own)) {
        self.with(|job| {
            change(job);
            job.record.view.status = job.progress.state();
            self.jobs.tell(&job.record.view);
        });
    }
}

impl Reporter for Line {
    fn phase(&self, phase: Phase) {
        self.with_news(|job| job.progress.phase(phase, Instant::now()));
    }

    fn total(&self, bytes: u64) {
        self.with(|job| job.progress.total(bytes));
    }

    fn advance(&self, bytes: u64) {
        self.with(|job| job.progress.advance(bytes));
    }

    fn subject(&self, plugin: &str, version: &str) {
        self.with_news(|job| {
            plugin.clone_into(&mut job.record.view.plugin);
            version.clone_into(&mut job.record.view.version);
        });
    }

    fn keep(&self) {
        let Some(writing) = self.jobs.own().get(&self.id).map(|job| job.writing.clone()) else { return };
        let _turn = writing.lock().unwrap_or_else(PoisonError::into_inner);
        let record = self.jobs.own().get(&self.id).filter(|job| job.running).map(|job| job.record.clone());
        if let Some(record) = record {
            // When it cannot be written now, the end writes it.
            let _ = self.jobs.0.records.write(&record);
        }
    }
}
