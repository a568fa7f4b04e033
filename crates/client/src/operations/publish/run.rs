//! A publish as a job: settle what is in doubt, upload, commit, list, read back.

use std::{path::Path, sync::Arc};

use patchbay_package::{Manifest, PluginId, Version};
use patchbay_registry::{
    Asset, Committed, Found, ReadError, Refusal, Stamp, Standing, Upload, Uploads, change::Next, format::release::Artifact, store::Progress,
};
use tokio::{sync::oneshot, task::JoinSet};

use super::{
    judge,
    packages::{allowed, disagreement, fits, inputs},
    publish_change, requested_channel, unless_cancelled,
};
use crate::{
    App,
    jobs::JobContext,
    operations::{
        self,
        folder::{Folder, Ready, read, read_telling},
    },
    scratch::ScratchFile,
    sentence::sentence,
    session::Session,
    view,
    wire::{Code, JobResult, PackageInput, Phase, PublishRequest, WireError},
};

/// Packages up to this size are downloaded again to see that they are what was published.
const READ_BACK: u64 = 32 * 1024 * 1024;

/// Everything that a commit needs.
struct Prepared {
    session: Arc<Session>,
    /// The first package, with the release that names them all.
    ready: Ready,
    /// The other packages: their files may be sent once more.
    _others: Vec<Ready>,
    /// What the commit refers to; none when all of it is there already.
    uploads: Option<Uploads>,
    /// What stood there before the upload.
    found: Option<Standing>,
    /// The revision of it that was put into history meanwhile.
    archived: Option<u64>,
}

/// Why a publish did not come to its end.
enum Stop {
    /// It is not live, and will not be: a rule forbids it, or the commit itself says what it knows.
    Certain(WireError),
    /// This run made nothing visible. An earlier one may have.
    Here(WireError),
}

impl<E: Into<WireError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Here(error.into())
    }
}

impl App {
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
        let work = async {
            job.reporter.phase(Phase::Reading);
            if let Some(plugin) = doubtful
                && let Some(done) = self.settle(registry, plugin, job).await.map_err(Stop::Certain)?
            {
                return Ok(done);
            }
            let Prepared { session, ready, _others, uploads, found, archived } =
                unless_cancelled(&job.cancel, self.upload(registry, path, request, job, doubtful.is_none())).await?;
            job.reporter.phase(Phase::Committing);
            let id = ready.id.clone();
            let change = publish_change(&ready, requested_channel(request)?, request.force_channel);
            let stamp = Stamp { op: job.id, actor: self.actor(&session.profile)?, at: self.now() };
            let mut commit = session.registry.commit(&id, &change, &stamp, &job.cancel);
            commit.resumed = doubtful.is_some();
            commit.archived = archived;
            commit.uploads = uploads.as_ref();
            commit.begin = Some(found);
            let done = commit.run().await.map_err(|e| Stop::Certain(e.into()))?;
            self.tell(&session, &done, &ready.release.version, job).await.map_err(Stop::Certain)
        };
        work.await.map_err(|stop| match stop {
            // What an earlier run sent may still be on its way, whatever keeps this one from going on.
            Stop::Here(e) if doubtful.is_some() => still_unknown(&e, job),
            Stop::Here(e) | Stop::Certain(e) => e,
        })
    }

    /// Everything before the commit: nothing is visible, so it can be dropped at any moment. It may begin with what stood there `lately`.
    async fn upload(
        &self,
        registry: &str,
        path: &Path,
        request: &PublishRequest,
        job: &JobContext,
        lately: bool,
    ) -> Result<Prepared, Stop> {
        let reporter = &*job.reporter;
        let session = self.writable(Some(registry)).await?;
        let (first, others) = inputs(request);
        let first = PackageInput { path: path.display().to_string(), ..first };
        // What stands there is read beside the folder: a version that is taken costs no upload, and the commit begins with this.
        let (tell, told) = oneshot::channel::<Manifest>();
        let mut finding = JoinSet::new();
        let (asked, context) = (session.clone(), job.clone());
        finding.spawn(async move {
            let Manifest { id, version, .. } = told.await.ok()?;
            let kept = context.about(id.as_ref(), &version.to_string());
            let known = asked.lately(&id).filter(|_| lately);
            let is_known = known.is_some();
            let found = match known {
                Some(known) => Ok(known),
                None => asked.find(&id).await,
            };
            Some((id, found, is_known, kept))
        });
        let tell = |manifest: &Manifest| drop(tell.send(manifest.clone()));
        let folder = read_telling(first, allowed(request, &request.path), self.home().temporary(), tell).await?;
        let mut more: Vec<Folder> = Vec::new();
        for input in others {
            let allowed = allowed(request, &input.path);
            let other = read(input, allowed, self.home().temporary()).await?;
            if let Some(differs) = disagreement(&folder, std::iter::once(&folder).chain(&more), &other) {
                return Err(differs.into());
            }
            more.push(other);
        }
        if let Some(stop) = std::iter::once(&folder).chain(&more).find_map(Folder::stop) {
            return Err(stop.clone().into());
        }
        reporter.phase(Phase::Packing);
        reporter.total(folder.contents.unpacked_size + more.iter().map(|f| f.contents.unpacked_size).sum::<u64>());
        let (id, version) = (folder.manifest.id.clone(), folder.manifest.version.clone());
        let found = async {
            Ok::<_, WireError>(match finding.join_next().await {
                Some(Ok(Some((of, found, is_known, kept)))) if of == id => (found?, is_known, kept),
                _ => (session.find(&id).await?, false, job.about(id.as_ref(), &version.to_string())),
            })
        };
        let packing = self.pack_all(folder, more, request.notes.clone(), reporter, &job.cancel);
        let ((ready, others), (mut found, is_known, kept)) = tokio::try_join!(packing, found)?;
        let packages = || std::iter::once(&ready).chain(&others);
        for package in packages() {
            fits(package, session.registry.about().limits.package)?;
        }
        let channel = requested_channel(request)?;
        let judged = |found: &Found| match found {
            Some(standing) => {
                judge(standing, &ready, channel.clone(), request.force_channel).map(|next| matches!(next, Next::Write { .. }))
            }
            None => Ok(true),
        };
        let mut writes = judged(&found);
        if is_known && writes != Ok(true) {
            // That may be different now.
            found = session.find(&id).await?;
            writes = judged(&found);
        }
        // A rule let what an earlier run sent pass, so that was made from something that no longer stands there.
        let writes = writes.map_err(|refusal| Stop::Certain(refusal.into()))?;
        // A README that has not changed is there already.
        let there = |asset: &Asset| found.as_ref().is_some_and(|standing| standing.revision.document.has_asset(asset.digest));
        let missing = |package: &Ready| package.assets.iter().filter(|asset| !there(asset)).cloned().collect();
        let to_send: Vec<(Upload, Vec<Asset>)> = packages().map(|package| (package.upload(), missing(package))).collect();
        let total =
            to_send.iter().map(|(package, assets)| package.body.size() + assets.iter().map(|a| a.bytes.len() as u64).sum::<u64>()).sum();
        // All packages before the commit: a release is never seen with some of them.
        let uploads = writes.then(|| Uploads::new(&session.registry, &ready.id, &ready.release.version, to_send, self.clock()));
        let mut archived = None;
        if let Some(uploads) = &uploads {
            reporter.phase(Phase::Uploading);
            reporter.total(total);
            let line = job.reporter.clone();
            let progress: Progress = Arc::new(move |bytes| line.advance(bytes));
            let archiving = async {
                let standing = found.as_ref()?;
                // One that failed is sent again before the commit, which then says why.
                session.registry.archive(standing).await.ok().map(|()| standing.revision.document.header.seq)
            };
            ((), archived) = tokio::try_join!(uploads.send(progress, &job.cancel), async { Ok(archiving.await) })?;
        }
        // Nobody can be told what became of it otherwise. Where the disk does not take it, the publish goes on all the same.
        let _ = kept.await;
        Ok(Prepared { session, ready, _others: others, uploads, found, archived })
    }

    /// Whether an earlier run of this operation got through; then the rest is done. Whatever keeps this from being found out, the answer
    /// stays "unknown": it must not turn into a failure only because somebody asked while the network was away.
    async fn settle(&self, registry: &str, plugin: &str, job: &JobContext) -> Result<Option<JobResult>, WireError> {
        let ask = async {
            let session = self.session(Some(registry)).await?;
            let done = session.registry.committed(&operations::id(plugin)?, job.id).await?;
            Ok::<_, WireError>((session, done))
        };
        let (session, done) = unless_cancelled(&job.cancel, ask).await.map_err(|e| still_unknown(&e, job))?;
        let Some(done) = done else { return Ok(None) };
        let Some(version) = done.document.header.action.versions.first().cloned() else { return Ok(None) };
        self.tell(&session, &done, &version, job).await.map(Some)
    }

    /// What follows a commit: the catalogue, and reading it back. The release is live whatever becomes of these.
    async fn tell(&self, session: &Session, done: &Committed, version: &Version, job: &JobContext) -> Result<JobResult, WireError> {
        job.reporter.phase(Phase::Listing);
        let mut warning = session.fold(&done.document, done.etag.as_ref(), self.now()).await.err();
        let release = done.document.release(version).ok_or_else(|| Refusal::NoVersion { version: version.clone() })?;
        let Some(artifact) = release.artifacts.first() else {
            return Err(Refusal::NoVersion { version: version.clone() }.into());
        };
        job.reporter.phase(Phase::Verifying);
        // The release is live and listed: what is left of the catalogue's work takes nobody's time.
        let id = &done.document.header.id;
        let read_back = self.read_back(session, id, version, &release.artifacts, job);
        let (read, kept, tidied) = tokio::join!(read_back, session.keep_seen(), session.tidy(self.now()));
        warning = kept.and(tidied).err().or(warning);
        let verified = match read {
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
        version: &Version,
        artifacts: &[Artifact],
        job: &JobContext,
    ) -> Result<(), WireError> {
        let standing = self.read(session, id).await?;
        let there = standing.revision.document.release(version).map(|r| &r.artifacts[..]).unwrap_or_default();
        let same = |a: &Artifact| there.iter().any(|b| b.platform == a.platform && b.sha256 == a.sha256);
        if !artifacts.iter().all(same) {
            return Err(ReadError::Altered { what: format!("{id} {version}") }.into());
        }
        let small = || artifacts.iter().filter(|a| a.size <= READ_BACK);
        job.reporter.total(small().map(|a| a.size).sum());
        for artifact in small() {
            let file = ScratchFile::create(&self.home().temporary())?;
            let line = job.reporter.clone();
            session.registry.download(id, version, artifact, file.path(), Arc::new(move |bytes| line.advance(bytes))).await?;
        }
        Ok(())
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
