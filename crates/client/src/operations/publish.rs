//! Publishing a folder: looked at first, then done as a job.

mod packages;
mod run;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use patchbay_package::{next_patch, same_version};
use patchbay_registry::{
    Change, ChangeError, Refusal, Registry, Stamp, Standing, Uploads,
    change::{Next, Publish, default_channel},
    format::document::{ChannelName, Document},
};
use tokio_util::sync::CancellationToken;

use self::packages::{allowed, disagreement, inputs};
use super::folder::{Folder, Ready, read, unread};
use crate::{
    App,
    jobs::{JobEnd, NewJob, Silent},
    session::Session,
    view,
    wire::{self, Code, JobKind, JobResult, JobState, JobView, PackageInput, PublishPlan, PublishRequest, WireError},
};

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
        let standing = match session.find(&folder.manifest.id).await {
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

    /// Publishes a folder under a given stamp, without a job and without the catalogue: for the samples.
    pub(crate) async fn publish_as(&self, session: &Session, path: &Path, notes: &str, stamp: &Stamp) -> Result<Document, WireError> {
        let cancel = CancellationToken::new();
        let folder = read(PackageInput { path: path.display().to_string(), platform: None }, Vec::new(), self.home().temporary()).await?;
        let id = folder.manifest.id.clone();
        let ready = self.pack(folder, Some(notes.to_owned()), &Silent, &cancel).await?;
        let packages = vec![(ready.upload(), ready.assets.clone())];
        let uploads = Uploads::new(&session.registry, &id, &ready.release.version, packages, self.clock());
        uploads.send(Arc::new(|_| {}), &cancel).await?;
        let change = publish_change(&ready, None, false);
        let mut commit = session.registry.commit(&id, &change, stamp, &cancel);
        commit.uploads = Some(&uploads);
        Ok(commit.run().await?.document)
    }
}

/// Does this unless Cancel is pressed first.
pub(crate) async fn unless_cancelled<T, E: From<ChangeError>>(
    cancel: &CancellationToken,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::select! {
        done = work => done,
        () = cancel.cancelled() => Err(ChangeError::Cancelled.into()),
    }
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
