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

use super::folder::{Folder, Ready, read, unread};
use crate::{
    App,
    jobs::{JobContext, JobEnd, NewJob, Silent},
    sentence::sentence,
    session::Session,
    view,
    wire::{self, Code, JobKind, JobResult, JobState, JobView, PackageInput, Phase, PublishPlan, PublishRequest, WireError},
};

/// Packages up to this size are downloaded again to see that they are what was published.
const READ_BACK: u64 = 32 * 1024 * 1024;

/// Everything that a commit needs.
struct Prepared {
    session: Arc<Session>,
    /// The first package, with the release that names them all.
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
        self.inspect_all(registry, &PublishRequest { path: path.to_owned(), ..PublishRequest::default() }).await
    }

    /// The same, with packages for other platforms and findings that are allowed. Channel and notes do not matter.
    ///
    /// # Errors
    /// As [`App::inspect`].
    pub async fn inspect_all(&self, registry: Option<&str>, request: &PublishRequest) -> Result<PublishPlan, WireError> {
        let session = self.session(registry).await?;
        let mut plan = PublishPlan {
            path: request.path.clone(),
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
            others: Vec::new(),
        };
        let (first, others) = inputs(request);
        let folder = match read(first, allowed(request, &request.path), self.home().temporary()).await {
            Ok(folder) => folder,
            Err(error) => {
                plan.problems.push(problem(error));
                return Ok(plan);
            }
        };
        describe(&folder, &mut plan);
        let mut more = Vec::new();
        for input in others {
            match read(input.clone(), allowed(request, &input.path), self.home().temporary()).await {
                Ok(other) => {
                    let mut view = other.package_view();
                    let earlier = std::iter::once(&folder).chain(&more);
                    view.problems.extend(disagreement(&folder, earlier, &other).map(problem));
                    plan.others.push(view);
                    more.push(other);
                }
                Err(error) => plan.others.push(unread(&input, error)),
            }
        }
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
        let problems = plan.problems.iter().chain(plan.others.iter().flat_map(|o| &o.problems));
        if document.release(&version).is_some() && problems.into_iter().all(|p| p.severity == wire::Severity::Warning) {
            // Only the bytes tell whether it is the same, so they are made.
            let (path, named) = (folder.path.clone(), folder.named.clone());
            let (ready, _) = self.pack_all(folder, more, None, &Silent, &CancellationToken::new()).await?;
            match judge(&standing, &ready, None, false) {
                Ok(Next::Unchanged { .. }) => plan.already_live = true,
                Ok(Next::Write { .. }) => {}
                Err(refusal) => {
                    let next = next_patch(&version, |v| document.releases.iter().any(|r| same_version(&r.version, v))).to_string();
                    // Only in a folder of the person's own, and only when it is the one package: all of a release have one version.
                    let own = plan.others.is_empty() && path == Path::new(&named);
                    let fix = own.then(|| patchbay_package::bump(&path, &version.to_string(), &next)).flatten();
                    plan.next_free = Some(next);
                    plan.problems.push(wire::ProblemView { fix: fix.as_ref().map(view::fix), ..problem(refusal.into()) });
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
        let (first, others) = inputs(request);
        let folder =
            read(PackageInput { path: path.display().to_string(), ..first }, allowed(request, &request.path), self.home().temporary())
                .await?;
        reporter.subject(folder.manifest.id.as_ref(), &folder.manifest.version.to_string());
        let mut more: Vec<Folder> = Vec::new();
        for input in others {
            let allowed = allowed(request, &input.path);
            let other = read(input, allowed, self.home().temporary()).await?;
            if let Some(differs) = disagreement(&folder, std::iter::once(&folder).chain(&more), &other) {
                return Err(differs);
            }
            more.push(other);
        }
        if let Some(stop) = std::iter::once(&folder).chain(&more).find_map(Folder::stop) {
            return Err(stop.clone());
        }
        reporter.phase(Phase::Packing);
        reporter.total(folder.contents.unpacked_size + more.iter().map(|f| f.contents.unpacked_size).sum::<u64>());
        // Read before anything is uploaded: a version that is taken costs no upload, and the commit begins with this.
        let id = folder.manifest.id.clone();
        let read = async { Ok(session.registry.find(&id).await?) };
        let packing = self.pack_all(folder, more, request.notes.clone(), reporter, &job.cancel);
        let kept = async { Ok(job.keep().await) };
        let ((ready, others), found, ()) = tokio::try_join!(packing, read, kept)?;
        let packages = || std::iter::once(&ready).chain(&others);
        for package in packages() {
            fits(package, session.registry.about().limits.package)?;
        }
        let writes = match &found {
            Some(standing) => matches!(judge(standing, &ready, requested_channel(request)?, request.force_channel)?, Next::Write { .. }),
            None => true,
        };
        if writes {
            reporter.phase(Phase::Uploading);
            reporter.total(packages().map(|p| p.packed.size + p.assets.iter().map(|a| a.bytes.len() as u64).sum::<u64>()).sum());
            let line = job.reporter.clone();
            let progress: patchbay_registry::store::Progress = Arc::new(move |bytes| line.advance(bytes));
            // All of them before the commit: a release is never seen with some of its packages.
            let upload = async {
                for package in packages() {
                    let upload = Upload { path: package.file.path().to_owned(), size: package.packed.size, sha256: package.packed.sha256 };
                    let version = &ready.release.version;
                    session.registry.upload(&ready.id, version, &upload, &package.assets, progress.clone(), &job.cancel).await?;
                }
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

    /// Packs every package of a release. The first names them all.
    async fn pack_all(
        &self,
        first: Folder,
        more: Vec<Folder>,
        notes: Option<String>,
        reporter: &dyn crate::jobs::Reporter,
        cancel: &CancellationToken,
    ) -> Result<(Ready, Vec<Ready>), WireError> {
        let mut ready = self.pack(first, notes, reporter, cancel).await?;
        let mut others = Vec::new();
        for folder in more {
            let other = self.pack(folder, None, reporter, cancel).await?;
            ready.release.artifacts.extend(other.release.artifacts.iter().cloned());
            others.push(other);
        }
        Ok((ready, others))
    }

    /// Publishes a folder under a given stamp, without a job and without the catalogue: for the samples.
    pub(crate) async fn publish_as(&self, session: &Session, path: &Path, notes: &str, stamp: &Stamp) -> Result<Document, WireError> {
        let cancel = CancellationToken::new();
        let folder = read(PackageInput { path: path.display().to_string(), platform: None }, Vec::new(), self.home().temporary()).await?;
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
        let verified = match self.read_back(session, &done.document.header.id, version, &release.artifacts, job).await {
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

    /// Reads the document, and the packages that are not too large, as any user would.
    async fn read_back(
        &self,
        session: &Session,
        id: &PluginId,
        version: &patchbay_package::Version,
        artifacts: &[Artifact],
        job: &JobContext,
    ) -> Result<(), WireError> {
        let standing = self.read(session, id).await?;
        let there = standing.revision.document.release(version).map(|r| &r.artifacts[..]).unwrap_or_default();
        let same = |a: &Artifact| there.iter().any(|b| b.platform == a.platform && b.sha256 == a.sha256);
        if !artifacts.iter().all(same) {
            return Err(patchbay_registry::ReadError::Altered { what: format!("{id} {version}") }.into());
        }
        let small = || artifacts.iter().filter(|a| a.size <= READ_BACK);
        job.reporter.total(small().map(|a| a.size).sum());
        for artifact in small() {
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
    wire::ProblemView { severity: wire::Severity::Error, error, file: None, fix: None }
}

fn describe(folder: &Folder, plan: &mut PublishPlan) {
    let package = folder.package_view();
    plan.manifest = Some(folder.manifest_view());
    plan.problems = package.problems;
    plan.files = package.files;
    plan.excluded = package.excluded;
    plan.excluded_files = package.excluded_files;
    plan.unpacked_size = package.unpacked_size;
}

/// The first package of a request, and those for other platforms.
fn inputs(request: &PublishRequest) -> (PackageInput, Vec<PackageInput>) {
    (PackageInput { path: request.path.clone(), platform: request.platform.clone() }, request.others.clone())
}

/// The findings of one package that are allowed. With several packages a name begins with the package's path, so that what was
/// looked at in one is not allowed in another.
fn allowed(request: &PublishRequest, path: &str) -> Vec<String> {
    if request.others.is_empty() {
        return request.allow_secrets.clone();
    }
    request.allow_secrets.iter().filter_map(|name| name.strip_prefix(path)?.strip_prefix('#')).map(Into::into).collect()
}

/// Why a package is not one of the release.
fn disagreement<'a>(first: &Folder, mut earlier: impl Iterator<Item = &'a Folder>, other: &Folder) -> Option<WireError> {
    let (a, b) = (&first.manifest, &other.manifest);
    if a.id != b.id || a.version != b.version {
        return Some(sentence(
            Code::Refused,
            "package_differs",
            format!("“{}” is {} {}, and “{}” is {} {}.", first.named, a.id, a.version, other.named, b.id, b.version),
            Some("The packages of one release have one id and one version.".into()),
            &[("path", other.named.clone()), ("first", format!("{} {}", a.id, a.version)), ("other", format!("{} {}", b.id, b.version))],
        ));
    }
    let twice = earlier.find(|f| f.manifest.platform == b.platform)?;
    Some(sentence(
        Code::Refused,
        "platform_twice",
        format!("“{}” and “{}” are both for {}.", twice.named, other.named, b.platform),
        Some("Say in each manifest what it runs on (“platform”), or name it before the path: linux-x64=PATH.".into()),
        &[("first", twice.named.clone()), ("path", other.named.clone()), ("platform", b.platform.clone())],
    ))
}

/// A package that a registry takes. The limit is the registry's own, so the person hears what takes the room.
fn fits(ready: &Ready, limit: u64) -> Result<(), WireError> {
    let size = ready.packed.size;
    if size <= limit {
        return Ok(());
    }
    let mut files: Vec<_> = ready.packed.list.files.iter().collect();
    files.sort_by_key(|f| std::cmp::Reverse(f.packed));
    let largest = files.iter().take(3).map(|f| format!("{} ({} bytes)", f.path, f.packed)).collect::<Vec<_>>().join(", ");
    Err(sentence(
        Code::Refused,
        "package_too_large",
        format!("The package has {size} bytes, and the registry takes {limit}. The largest files: {largest}."),
        Some("Exclude what the plugin does not need in .patchbayignore.".into()),
        &[("size", size.to_string()), ("limit", limit.to_string()), ("largest", largest)],
    ))
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
