//! Publishing a folder: looked at first, then done as a job.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use patchbay_package::{Contents, Digest, Limits, Manifest, Packed, lint, next_patch, pack, same_version, scan};
use patchbay_registry::{
    Asset, Change, Refusal, Registry, Stamp, Standing, Upload,
    change::{Next, Publish, default_channel},
    format::{document::{Card, Document}, release::Artifact, release::Release},
};
use serde_json::Map;
use tempfile::{NamedTempFile, TempDir};
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    error::explained,
    files::FileError,
    jobs::{JobContext, JobEnd, NewJob, Reporter, Silent},
    sentence::sentence,
    session::Session,
    view,
    wire::{self, Code, JobKind, JobResult, JobState, JobView, Phase, PublishPlan, PublishRequest, WireError},
};

/// Packages up to this size are downloaded again to see that they are what was published.
const READ_BACK: u64 = 32 * 1024 * 1024;

/// The largest icon.
const MAX_ICON: usize = 256 * 1024;

/// A folder that was read.
struct Folder {
    path: PathBuf,
    manifest: Manifest,
    source: &'static str,
    contents: Contents,
    problems: Vec<wire::ProblemView>,
}

/// A folder that was packed, with what is uploaded beside the package.
struct Ready {
    file: NamedTempFile,
    packed: Packed,
    assets: Vec<Asset>,
    card: Card,
    release: Release,
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
                    plan.next_free = Some(next_patch(&version, |v| document.releases.iter().any(|r| same_version(&r.version, v))).to_string());
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

    /// The body of a publish job. `resumed` names the plugin that an earlier run of the same operation was about, as far as it got.
    pub(crate) async fn run(
        &self,
        registry: &str,
        path: &Path,
        request: &PublishRequest,
        job: &JobContext,
        resumed: Option<&str>,
    ) -> Result<JobResult, WireError> {
        let reporter = &*job.reporter;
        reporter.phase(Phase::Reading);
        let session = self.writable(Some(registry)).await?;
        if let Some(plugin) = resumed.filter(|p| !p.is_empty())
            && let Some(done) = self.settle(&session, plugin, job).await?
        {
            return Ok(done);
        }
        let folder = read(path.to_owned()).await?;
        reporter.subject(folder.manifest.id.as_ref(), &folder.manifest.version.to_string());
        if let Some(stop) = folder.problems.iter().find(|p| p.severity == wire::Severity::Error) {
            return Err(stop.error.clone());
        }
        let id = folder.manifest.id.clone();
        reporter.phase(Phase::Packing);
        reporter.total(folder.contents.unpacked_size);
        let ready = self.pack(folder, request.notes.clone(), reporter, &job.cancel).await?;

        // Read before anything is uploaded: a version that is taken costs no upload, and the commit begins with this.
        let found = session.registry.find(&id).await?;
        let channel = request.channel.as_deref().map(super::channel).transpose()?;
        let writes = match &found {
            Some(standing) => matches!(judge(standing, &ready, channel.clone(), request.force_channel)?, Next::Write { .. }),
            None => true,
        };
        if writes {
            reporter.phase(Phase::Uploading);
            reporter.total(ready.packed.size + ready.assets.iter().map(|a| a.bytes.len() as u64).sum::<u64>());
            let upload = Upload { path: ready.file.path().to_owned(), size: ready.packed.size, sha256: ready.packed.sha256 };
            let line = job.reporter.clone();
            let progress = Arc::new(move |bytes| line.advance(bytes));
            session.registry.upload(&id, &ready.release.version, &upload, &ready.assets, progress, &job.cancel).await?;
        }
        reporter.phase(Phase::Committing);
        let change = publish_change(&ready, &id, channel, request.force_channel);
        let stamp = Stamp { op: job.id, actor: self.actor(&session.profile)?, at: self.now() };
        let mut commit = session.registry.commit(&id, &change, &stamp, &job.cancel);
        commit.resumed = resumed.is_some();
        commit.begin = Some(found);
        let done = commit.run().await?;
        self.tell(&session, &done, &ready.release.version, job).await
    }

    /// Publishes a folder under a given stamp, without a job and without the catalogue: for the samples.
    pub(crate) async fn publish_as(&self, session: &Session, path: &Path, notes: &str, stamp: &Stamp) -> Result<Document, WireError> {
        let cancel = CancellationToken::new();
        let folder = read(path.to_owned()).await?;
        let id = folder.manifest.id.clone();
        let ready = self.pack(folder, Some(notes.to_owned()), &Silent, &cancel).await?;
        let upload = Upload { path: ready.file.path().to_owned(), size: ready.packed.size, sha256: ready.packed.sha256 };
        session.registry.upload(&id, &ready.release.version, &upload, &ready.assets, Arc::new(|_| {}), &cancel).await?;
        let change = publish_change(&ready, &id, None, false);
        Ok(session.registry.commit(&id, &change, stamp, &cancel).run().await?.document)
    }

    /// Whether an earlier run of this operation got through; then the rest is done.
    async fn settle(&self, session: &Session, plugin: &str, job: &JobContext) -> Result<Option<JobResult>, WireError> {
        let id = super::id(plugin)?;
        let Some(done) = session.registry.committed(&id, job.id).await? else { return Ok(None) };
        let Some(version) = done.document.header.action.versions.first().cloned() else { return Ok(None) };
        self.tell(session, &done, &version, job).await.map(Some)
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
        id: &patchbay_package::PluginId,
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

    /// A temporary file that is removed when it is dropped.
    fn temporary(&self) -> Result<NamedTempFile, WireError> {
        let folder = self.home().temporary();
        crate::home::make(&folder)?;
        Ok(NamedTempFile::new_in(&folder).map_err(|source| FileError::Write { path: folder, source })?)
    }

    /// A temporary folder that is removed when it is dropped.
    pub(crate) fn temporary_folder(&self) -> Result<TempDir, WireError> {
        let folder = self.home().temporary();
        crate::home::make(&folder)?;
        Ok(TempDir::new_in(&folder).map_err(|source| FileError::Write { path: folder, source })?)
    }

    async fn pack(
        &self,
        folder: Folder,
        notes: Option<String>,
        reporter: &dyn Reporter,
        cancel: &CancellationToken,
    ) -> Result<Ready, WireError> {
        let mut file = self.temporary()?;
        let (sender, mut progress) = tokio::sync::mpsc::unbounded_channel();
        let token = cancel.clone();
        let scratch = self.home().temporary();
        let work = tokio::task::spawn_blocking(move || {
            let mut told = 0;
            let mut on_bytes = |read: u64| {
                // The receiver ends with this task.
                let _ = sender.send(read - std::mem::replace(&mut told, read));
                if token.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let packed = pack(&folder.path, &folder.contents, &folder.manifest, &Limits::default(), &scratch, file.as_file_mut(), &mut on_bytes);
            packed.map(|packed| (file, folder, packed))
        });
        while let Some(bytes) = progress.recv().await {
            reporter.advance(bytes);
        }
        let (file, folder, packed) = joined(work.await)?.map_err(|e| match e {
            patchbay_package::PackError::Cancelled => patchbay_registry::ChangeError::Cancelled.into(),
            e => explained(Code::Failed, &e),
        })?;
        ready(file, &folder, packed, notes)
    }
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

/// A blocking task that panicked has a bug; the person hears a sentence.
fn joined<T>(result: Result<T, tokio::task::JoinError>) -> Result<T, WireError> {
    result.map_err(|_| sentence(Code::Failed, "broke", "A fault in Patchbay stopped this.", Some("Try again, and report it if it stays so.".into()), &[]))
}

/// Reads a folder: manifest, contents, and what is wrong with them.
async fn read(path: PathBuf) -> Result<Folder, WireError> {
    let work = move || {
        let limits = Limits::default();
        let found = Manifest::read(&path).map_err(|e| explained(Code::Failed, &e))?;
        let contents = scan(&path, &limits).map_err(|e| explained(Code::Failed, &e))?;
        let problems = lint(&found.manifest, &contents, &limits).iter().chain(&found.warnings).map(view::problem).collect();
        Ok(Folder { path, manifest: found.manifest, source: found.source, contents, problems })
    };
    joined(tokio::task::spawn_blocking(work).await)?
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
    plan.excluded =
        contents.excluded.iter().map(|e| wire::ExcludedView { path: e.path.clone(), rule: e.rule.clone(), source: e.source.to_string() }).collect();
    plan.excluded_files = contents.excluded.iter().map(|e| e.files).sum();
    plan.unpacked_size = contents.unpacked_size;
}

/// What publishing a packed folder would do to what stands there.
fn judge(
    standing: &Standing,
    ready: &Ready,
    channel: Option<patchbay_registry::format::document::ChannelName>,
    force: bool,
) -> Result<Next, Refusal> {
    Registry::plan(Some(standing), &publish_change(ready, &standing.revision.document.header.id, channel, force))
}

fn publish_change(
    ready: &Ready,
    id: &patchbay_package::PluginId,
    channel: Option<patchbay_registry::format::document::ChannelName>,
    force: bool,
) -> Change {
    Change::Publish(Box::new(Publish {
        id: id.clone(),
        card: ready.card.clone(),
        channel: channel.unwrap_or_else(|| default_channel(&ready.release.version)),
        release: ready.release.clone(),
        force,
    }))
}

/// A packed folder as a release, with its assets.
fn ready(file: NamedTempFile, folder: &Folder, packed: Packed, notes: Option<String>) -> Result<Ready, WireError> {
    let manifest = &folder.manifest;
    let mut assets = Vec::new();
    let mut asset = |path: &Option<String>, good: fn(&[u8]) -> bool| -> Result<Option<Digest>, WireError> {
        let Some(path) = path.as_ref().filter(|p| folder.contents.files.iter().any(|f| f.path == **p)) else { return Ok(None) };
        let full = folder.path.join(path);
        let bytes = std::fs::read(&full).map_err(|source| FileError::Read { path: full, source })?;
        if !good(&bytes) {
            return Ok(None);
        }
        let asset = Asset::of(bytes);
        let digest = asset.digest;
        assets.push(asset);
        Ok(Some(digest))
    };
    let readme = asset(&manifest.readme, |b| b.len() <= 1024 * 1024)?;
    let changelog = asset(&manifest.changelog, |b| b.len() <= 1024 * 1024)?;
    let icon = asset(&manifest.icon, |b| b.len() <= MAX_ICON && super::plugin::image_type(b).is_some())?;
    let list = Asset::of(packed.list.to_bytes());
    let artifact = Artifact {
        platform: manifest.platform.clone(),
        sha256: packed.sha256,
        size: packed.size,
        unpacked: packed.unpacked_size,
        files: u32::try_from(folder.contents.files.len()).unwrap_or(u32::MAX),
        list: list.digest,
        extra: Map::new(),
    };
    assets.push(list);
    let card = Card {
        name: manifest.name.clone(),
        description: manifest.description.clone(),
        author: manifest.author.clone(),
        icon,
        categories: manifest.categories.clone(),
        extra: Map::new(),
    };
    let release = Release {
        version: manifest.version.clone(),
        artifacts: vec![artifact],
        hosts: manifest.hosts.clone(),
        license: manifest.license.clone(),
        homepage: manifest.homepage.clone(),
        repository: manifest.repository.clone(),
        notes: notes.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
        readme,
        changelog,
        // The stamp of the commit says when and by whom.
        at: jiff::Timestamp::UNIX_EPOCH,
        by: String::new(),
        yanked: None,
        deprecated: None,
        rolled_back: BTreeMap::new(),
        extra: Map::new(),
    };
    Ok(Ready { file, packed, assets, card, release })
}
