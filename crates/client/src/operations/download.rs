//! Saving a package as a file; and following, cancelling and resuming jobs.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    publish::{end, has_ended, unless_cancelled},
    released::{artifact, release},
    settle::may_be_live,
};
use crate::{
    App,
    files::FileError,
    jobs::{JobContext, NewJob},
    sentence::sentence,
    wire::{Code, JobKind, JobResult, JobView, OrphanView, Phase, PublishRequest, WireError},
};

/// What a download is asked for; kept with the job so that it can be done again.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Wanted {
    plugin: String,
    version: String,
    platform: Option<String>,
}

impl App {
    /// Starts saving a package as a file. The version may also be the name of a channel. The file appears whole and checked, or not
    /// at all; one that stands there is replaced only then.
    ///
    /// # Errors
    /// When the job cannot be written down. Everything later is in the job.
    pub async fn download(
        &self,
        registry: Option<&str>,
        plugin: &str,
        version: &str,
        platform: Option<&str>,
        to: &Path,
    ) -> Result<JobView, WireError> {
        super::id(plugin)?;
        let name = self.profile(registry)?.name;
        let to = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
        let wanted = Wanted { plugin: plugin.into(), version: version.into(), platform: platform.map(Into::into) };
        let new = NewJob {
            kind: JobKind::Download,
            registry: name.clone(),
            path: to.display().to_string(),
            key: format!("download {name} {}", to.display()),
            request: serde_json::to_value(&wanted).unwrap_or_default(),
        };
        let app = self.clone();
        Ok(self.job_list().start(new, move |job| async move { end(app.save(&name, &wanted, &to, &job).await) })?)
    }

    async fn save(&self, registry: &str, wanted: &Wanted, to: &Path, job: &JobContext) -> Result<JobResult, WireError> {
        job.reporter.phase(Phase::Downloading);
        let id = super::id(&wanted.plugin)?;
        let (session, document) = unless_cancelled(&job.cancel, async {
            let session = self.session(Some(registry)).await?;
            let document = self.read(&session, &id).await?.revision.document;
            Ok::<_, WireError>((session, document))
        })
        .await?;
        let release = release(&document, Some(&wanted.version))?;
        // Nobody waits for it: a download is never in doubt.
        drop(job.about(id.as_ref(), &release.version.to_string()));
        let artifact = artifact(&id, release, wanted.platform.as_deref())?;
        job.reporter.total(artifact.size);
        let folder = to.parent().unwrap_or(Path::new("."));
        // Beside the target, so that it can be moved there in one step; removed when anything goes wrong.
        let part = tempfile::Builder::new().prefix(".patchbay-").suffix(".part").tempfile_in(folder);
        let part = part.map_err(|source| FileError::Write { path: to.to_owned(), source })?;
        let line = job.reporter.clone();
        let work = session.registry.download(&id, &release.version, artifact, part.path(), Arc::new(move |bytes| line.advance(bytes)));
        unless_cancelled(&job.cancel, async { Ok::<_, WireError>(work.await?) }).await?;
        part.persist(to).map_err(|e| FileError::Write { path: to.to_owned(), source: e.error })?;
        Ok(JobResult::Saved { path: to.display().to_string(), size: artifact.size })
    }

    /// All jobs, running and ended, newest first.
    ///
    /// # Errors
    /// When the folder of jobs cannot be read.
    pub fn jobs(&self) -> Result<Vec<JobView>, WireError> {
        Ok(self.job_list().list()?)
    }

    /// What happens to jobs from now on.
    #[must_use]
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<JobView> {
        self.job_list().subscribe()
    }

    /// Whether a job of this program runs.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.job_list().running().is_empty()
    }

    /// Asks a job to stop; it does, unless its commit was sent already.
    ///
    /// # Errors
    /// When it does not run in this program.
    pub fn cancel_job(&self, id: &str) -> Result<(), WireError> {
        if self.job_list().cancel(job_id(id)?) { Ok(()) } else { Err(no_job(id)) }
    }

    /// Waits for the end of a job.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn wait_job(&self, id: &str) -> Result<JobView, WireError> {
        self.job_list().ended(job_id(id)?).await?.ok_or_else(|| no_job(id))
    }

    /// Finds out about a job that was interrupted or whose outcome is unknown, and does what is left of it, under the same operation id.
    ///
    /// # Errors
    /// When there is no such job, or it is done.
    pub async fn resume_job(&self, id: &str) -> Result<JobView, WireError> {
        let number = job_id(id)?;
        let record = self.job_list().record(number)?.ok_or_else(|| no_job(id))?;
        if !has_ended(&record.view.status) {
            return Ok(record.view);
        }
        let (app, view) = (self.clone(), record.view);
        let doubtful = may_be_live(&view);
        let path = PathBuf::from(&view.path);
        Ok(self.job_list().resume(number, move |job, request| async move {
            let damaged = |_| no_job(&view.id);
            end(match view.kind {
                JobKind::Publish => match serde_json::from_value::<PublishRequest>(request).map_err(damaged) {
                    Ok(request) => app.run(&view.registry, &path, &request, &job, doubtful.then_some(&*view.plugin)).await,
                    Err(e) => Err(e),
                },
                JobKind::Download => match serde_json::from_value::<Wanted>(request).map_err(damaged) {
                    Ok(wanted) => app.save(&view.registry, &wanted, &path, &job).await,
                    Err(e) => Err(e),
                },
                JobKind::Check => match serde_json::from_value(request).map_err(damaged) {
                    Ok(asked) => app.run_check(&view.registry, asked, &job).await,
                    Err(e) => Err(e),
                },
                JobKind::Clean => match serde_json::from_value::<Vec<OrphanView>>(request).map_err(damaged) {
                    Ok(orphans) => app.run_clean(&view.registry, &orphans, &job).await,
                    Err(e) => Err(e),
                },
            })
        })?)
    }
}

fn no_job(id: &str) -> WireError {
    sentence(
        Code::NotFound,
        "job_unknown",
        format!("There is no job {id}."),
        Some("See what there is with `patchbay jobs`.".into()),
        &[("id", id.to_owned())],
    )
}

pub(super) fn job_id(id: &str) -> Result<Uuid, WireError> {
    id.parse().map_err(|_| no_job(id))
}
