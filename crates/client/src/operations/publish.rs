//! Publishing a folder: looked at first, then done as a job.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use patchbay_package::{PluginId, next_patch, same_version};
use patchbay_registry::{
    Change, ChangeError, Refusal, Registry, Stamp, Standing, Upload,
    change::{Next, Publish, default_channel},
    format::{
        document::{ChannelName, Document},
        release::Artifact,
    },
};
use tokio_util::sync::CancellationToken;

use super::folder::{Folder, Ready, read};
use crate::{
    App,
    jobs::{JobContext, JobEnd, NewJob, Silent},
    sentence::sentence,
    session::Session,
    view,
    wire::{self, Code, JobKind, JobResult, JobState, JobView, Phase, PublishPlan, PublishRequest, WireError},
};

/// Packages up to this size are downloaded again to see that they are what was published.
const READ_BACK: u64 = 32 * 1024 * 1024;

/// Everything that a commit needs.
struct Prepared {
    session: Arc<Session>,
    ready: Ready,
    /// What stood there before the upload.
    found: Option<Standing>,
    /// The revision of it that was put into history meanwhile.
    archived: Option<u64>,
}

impl App {
    /// What publishing a folder would do. Problems are part of the answer, the registry being unreachable too.
    ///
    /// # Errors
    /// When the registry was never opened before and cannot be opened now.
    pub async fn inspect(&self, registry: Option<&str>, path: &str) -> Result<PublishPlan, WireError> {
        let session = self.session(registry).await?;
        let mut plan = PublishPlan {
            path: path.to_owned(),
            manifest: None,
            problems: Vec::new(),
            files: Vec::new(),
            excluded: Vec::new(),
            excluded_files: 0,
            unpacked_size: 0,
            newest: None,
            already_live: false,
            next_free: None,
            default_channel: "stable".into(),
            channels: Vec::new(),
        };
        let folder = match read(PathBuf::from(path)).await {
            Ok(folder) => folder,
            Err(error) => {
                plan.problems.push(problem(error));
                return Ok(plan);
            }
        };
        describe(&folder, &mut plan);
        let version = folder.manifest.version.clone();
        let standing = match session.registry.find(&folder.manifest.id).await {
            Ok(standing) => standing,
            Err(e) => {
                plan.problems.push(problem(e.into()));
                None
            }
        };
        plan.default_channel = default_channel(&version).into();
        plan.channels = view::channel_choices(standing.as_ref(), &version);
        let Some(standing) = standing else { return Ok(plan) };
        let document = &standing.revision.document;
        plan.newest = document.releases.iter().map(|r| &r.version).max_by(|a, b| a.cmp_precedence(b)).map(ToString::to_string);
        if document.release(&version).is_some() && plan.problems.iter().all(|p| p.severity == wire::Severity::Warning) {
            // Only the bytes tell whether it is the same, so they are made.
            let ready = self.pack(folder, None, &Silent, &CancellationToken::new()).await?;
            match judge(&standing, &ready, None, false) {
                Ok(Next::Unchanged { .. }) => plan.already_live = true,
                Ok(Next::Write { .. }) => {}
                Err(refusal) => {
                    plan.next_free =
                        Some(next_patch(&version, |v| document.releases.iter().any(|r| same_version(&r.version, v))).to_string());
                    plan.problems.push(problem(refusal.into()));
                }
            }
        }
        Ok(plan)
    }

    /// Starts publishing a folder, as a job whose id is the operation id. A second call for the same folder while the first one runs
    /// answers with the same job.
    ///
    /// # Errors
    /// When the registry cannot be opened or written to, or the job cannot be written down. Everything later is in the job.
    pub async fn publish(&self, registry: Option<&str>, request: PublishRequest) -> Result<JobView, WireError> {
        if let Some(name) = &request.channel {
            super::channel(name)?;
        }
        let name = self.profile(registry)?.name;
        let path = std::path::absolute(&request.path).unwrap_or_else(|_| PathBuf::from(&request.path));
        let new = NewJob {
            kind: JobKind::Publish,
            registry: name.clone(),
            path: path.display().to_string(),
            key: format!("publish {name} {}", path.display()),
            request: serde_json::to_value(&request).unwrap_or_default(),
        };
        let app = self.clone();
        Ok(self.job_list().start(new, move |job| async move { end(app.run(&name, &path, &request, &job, None).await) })?)
    }

    /// The body of a publish job. `doubtful` names the plugin of an earlier run of the same operation whose outcome is not known: that is
    /// settled first.
    pub(crate) async fn run(
        &self,
        registry: &str,
        path: &Path,
        request: &PublishRequest,
        job: &JobContext,
        doubtful: Option<&str>,
    ) -> Result<JobResult, WireError> {
        let result = self.run_to_its_end(registry, path, request, job, doubtful).await;
        match result {
            // What an earlier run sent may still be on its way. Only a rule is certain: it let that pass, so something else stands there now.
            Err(e) if doubtful.is_some() && matches!(e.code, Code::Network | Code::Interrupted | Code::Credentials | Code::Integrity) => {
                Err(still_unknown(&e, job))
            }
            result => result,
        }
    }

    async fn run_to_its_end(
        &self,
        registry: &str,
        path: &Path,
        request: &PublishRequest,
        job: &JobContext,
        doubtful: Option<&str>,
    ) -> Result<JobResult, WireError> {
        job.reporter.phase(Phase::Reading);
        if let Some(plugin) = doubtful
            && let Some(done) = self.settle(registry, plugin, job).await?
        {
            return Ok(done);
        }
        let Prepared { session, ready, found, archived } = unless_cancelled(&job.cancel, self.upload(registry, path, request, job)).await?;
        job.reporter.phase(Phase::Committing);
        let id = ready.id.clone();
        let change = publish_change(&ready, requested_channel(request)?, request.force_channel);
        let stamp = Stamp { op: job.id, actor: self.actor(&session.profile)?, at: self.now() };
        let mut commit = session.registry.commit(&id, &change, &stamp, &job.cancel);
        commit.resumed = doubtful.is_some();
        commit.archived = archived;
        commit.begin = Some(found);
        let done = commit.run().await?;
        self.tell(&session, &done, &ready.release.version, job).await
    }

    /// Everything before the commit: nothing is visible, so it can be dropped at any moment.
    async fn upload(&self, registry: &str, path: &Path, request: &PublishRequest, job: &JobContext) -> Result<Prepared, WireError> {
        let reporter = &*job.reporter;
        let session = self.writable(Some(registry)).await?;
        let folder = read(path.to_owned()).await?;
        reporter.subject(folder.manifest.id.as_ref(), &folder.manifest.version.to_string());
        if let Some(stop) = folder.problems.iter().find(|p| p.severity == wire::Severity::Error) {
            return Err(stop.error.clone());
        }
        reporter.phase(Phase::Packing);
        reporter.total(folder.contents.unpacked_size);
        // Read before anything is uploaded: a version that is taken costs no upload, and the commit begins with this.
        let id = folder.manifest.id.clone();
        let read = async { Ok(session.registry.find(&id).await?) };
        let (ready, found) = tokio::try_join!(self.pack(folder, request.notes.clone(), reporter, &job.cancel), read)?;
        let writes = match &found {
            Some(standing) => matches!(judge(standing, &ready, requested_channel(request)?, request.force_channel)?, Next::Write { .. }),
            None => true,
        };
        if writes {
            reporter.phase(Phase::Uploading);
            reporter.total(ready.packed.size + ready.assets.iter().map(|a| a.bytes.len() as u64).sum::<u64>());
            let upload = Upload { path: ready.file.path().to_owned(), size: ready.packed.size, sha256: ready.packed.sha256 };
            let line = job.reporter.clone();
            let progress = Arc::new(move |bytes| line.advance(bytes));
            let upload = async {
                session.registry.upload(&ready.id, &ready.release.version, &upload, &ready.assets, progress, &job.cancel).await?;
                Ok(())
            };
            let archive = async {
                match &found {
                    Some(standing) => Ok(session.registry.archive(standing).await?),
                    None => Ok::<_, WireError>(()),
                }
            };
            tokio::try_join!(upload, archive)?;
        }
        let archived = found.as_ref().filter(|_| writes).map(|standing| standing.revision.document.header.seq);
        Ok(Prepared { session, ready, found, archived })
    }

    /// Publishes a folder under a given stamp, without a job and without the catalogue: for the samples.
    pub(crate) async fn publish_as(&self, session: &Session, path: &Path, notes: &str, stamp: &Stamp) -> Result<Document, WireError> {
        let cancel = CancellationToken::new();
        let folder = read(path.to_owned()).await?;
        let id = folder.manifest.id.clone();
        let ready = self.pack(folder, Some(notes.to_owned()), &Silent, &cancel).await?;
        let upload = Upload { path: ready.file.path().to_owned(), size: ready.packed.size, sha256: ready.packed.sha256 };
        session.registry.upload(&id, &ready.release.version, &upload, &ready.assets, Arc::new(|_| {}), &cancel).await?;
        let change = publish_change(&ready, None, false);
        Ok(session.registry.commit(&id, &change, stamp, &cancel).run().await?.document)
    }

    /// Whether an earlier run of this operation got through; then the rest is done. Whatever keeps this from being found out, the answer
    /// stays "unknown": it must not turn into a failure only because somebody asked while the network was away.
    async fn settle(&self, registry: &str, plugin: &str, job: &JobContext) -> Result<Option<JobResult>, WireError> {
        let ask = async {
            let session = self.session(Some(registry)).await?;
            let done = session.registry.committed(&super::id(plugin)?, job.id).await?;
            Ok::<_, WireError>((session, done))
        };
        let (session, done) = unless_cancelled(&job.cancel, ask).await.map_err(|e| still_unknown(&e, job))?;
        let Some(done) = done else { return Ok(None) };
        let Some(version) = done.document.header.action.versions.first().cloned() else { return Ok(None) };
        self.tell(&session, &done, &version, job).await.map(Some)
    }

    /// What follows a commit: the catalogue, and reading it back. The release is live whatever becomes of these.
    async fn tell(
        &self,
        session: &Session,
        done: &patchbay_registry::Committed,
        version: &patchbay_package::Version,
        job: &JobContext,
    ) -> Result<JobResult, WireError> {
        job.reporter.phase(Phase::Listing);
        let (kept, folded) = tokio::join!(session.keep_seen(), session.fold(&done.document, self.now()));
        let mut warning = kept.err().or(folded.err());
        let release = done.document.release(version).ok_or_else(|| Refusal::NoVersion { version: version.clone() })?;
        let Some(artifact) = release.artifacts.first() else {
            return Err(Refusal::NoVersion { version: version.clone() }.into());
        };
        job.reporter.phase(Phase::Verifying);
        let verified = match self.read_back(session, &done.document.header.id, version, artifact, job).await {
            Ok(()) => true,
            Err(e) => {
                warning = Some(e);
                false
            }
        };
        Ok(JobResult::Published {
            sha256: artifact.sha256.to_string(),
            size: artifact.size,
            seq: done.document.header.seq,
            consequences: view::consequences(&done.consequences),
            verified,
            warning,
        })
    }

    /// Reads the document, and a package that is not too large, as any user would.
    async fn read_back(
        &self,
        session: &Session,
        id: &PluginId,
        version: &patchbay_package::Version,
        artifact: &Artifact,
        job: &JobContext,
    ) -> Result<(), WireError> {
        let standing = self.read(session, id).await?;
        let there = standing.revision.document.release(version).and_then(|r| r.artifacts.first());
        if there.is_none_or(|a| a.sha256 != artifact.sha256) {
            return Err(patchbay_registry::ReadError::Altered { what: format!("{id} {version}") }.into());
        }
        if artifact.size <= READ_BACK {
            job.reporter.total(artifact.size);
            let file = self.temporary()?;
            let line = job.reporter.clone();
            session.registry.download(id, version, artifact, file.path(), Arc::new(move |bytes| line.advance(bytes))).await?;
        }
        Ok(())
    }
}

/// Does this unless Cancel is pressed first.
pub(crate) async fn unless_cancelled<T>(
    cancel: &CancellationToken,
    work: impl Future<Output = Result<T, WireError>>,
) -> Result<T, WireError> {
    tokio::select! {
        done = work => done,
        () = cancel.cancelled() => Err(ChangeError::Cancelled.into()),
    }
}

/// An outcome in doubt stays so, whatever keeps it from being found out.
fn still_unknown(e: &WireError, job: &JobContext) -> WireError {
    // That it was cancelled is no reason to be told.
    let why = if e.code == Code::Interrupted { String::new() } else { format!(" {}", e.message) };
    let message = format!("It is still not known whether the publish is live.{why}");
    let hint = Some("Find out again in a moment.".to_owned());
    sentence(Code::UnknownOutcome, "unknown_outcome", message, hint, &[("op", job.id.to_string())])
}

fn requested_channel(request: &PublishRequest) -> Result<Option<ChannelName>, WireError> {
    request.channel.as_deref().map(super::channel).transpose()
}

/// How a job ends.
pub(crate) fn end(result: Result<JobResult, WireError>) -> JobEnd {
    match result {
        Ok(result) => JobEnd::Done(result),
        Err(e) if e.code == Code::Interrupted => JobEnd::Cancelled,
        Err(e) if e.code == Code::UnknownOutcome => JobEnd::Unknown(e),
        Err(e) => JobEnd::Failed(e),
    }
}

/// Whether a job has ended.
pub(crate) fn has_ended(state: &JobState) -> bool {
    !matches!(state, JobState::Running { .. })
}

fn problem(error: WireError) -> wire::ProblemView {
    wire::ProblemView { severity: wire::Severity::Error, error, file: None }
}

fn describe(folder: &Folder, plan: &mut PublishPlan) {
    let Folder { manifest, contents, .. } = folder;
    plan.manifest = Some(wire::ManifestView {
        source: folder.source.to_owned(),
        id: manifest.id.to_string(),
        version: manifest.version.to_string(),
        name: manifest.name.clone(),
        description: manifest.description.clone(),
        author: manifest.author.clone(),
        license: manifest.license.clone(),
        hosts: manifest.hosts.clone(),
    });
    plan.problems.clone_from(&folder.problems);
    plan.files = contents.files.iter().map(|f| wire::FileView { path: f.path.clone(), size: f.size }).collect();
    plan.excluded = contents
        .excluded
        .iter()
        .map(|e| wire::ExcludedView { path: e.path.clone(), rule: e.rule.clone(), source: e.source.to_string() })
        .collect();
    plan.excluded_files = contents.excluded.iter().map(|e| e.files).sum();
    plan.unpacked_size = contents.unpacked_size;
}

/// What publishing a packed folder would do to what stands there.
fn judge(standing: &Standing, ready: &Ready, channel: Option<ChannelName>, force: bool) -> Result<Next, Refusal> {
    Registry::plan(Some(standing), &publish_change(ready, channel, force))
}

fn publish_change(ready: &Ready, channel: Option<ChannelName>, force: bool) -> Change {
    Change::Publish(Box::new(Publish {
        id: ready.id.clone(),
        card: ready.card.clone(),
        channel: channel.unwrap_or_else(|| default_channel(&ready.release.version)),
        release: ready.release.clone(),
        force,
    }))
}
