//! A registry, opened: what reading and changing it takes, over any store.

mod attempt;
mod catalogue;
mod documents;
mod history;
mod upload;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use patchbay_package::{Digest, FileEntry, FileList, FileListError, PluginId, Version, read_packed_file};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use catalogue::READ_HEAD;
pub use catalogue::Synced;
pub use documents::Survey;
pub use history::History;
pub use upload::Uploads;

use crate::{
    change::{Change, Next, Refusal, Stamp, apply},
    commit::{Commit, Committed, Standing, archive, find_operation, read},
    error::{ChangeError, ReadError},
    format::{MAX_DOCUMENT, registry::About, release::Artifact},
    key::Key,
    seen::Seen,
    store::{Body, Condition, Fetched, Progress, Store, StoreErrorKind},
};

/// For the waits of whoever writes this: other waits than others have, and the same in every run, so that what went wrong can be repeated.
pub(crate) fn seed(what: &str) -> u64 {
    what.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()))
}

/// The largest README, changelog or icon that is read.
const MAX_ASSET: u64 = 4 * 1024 * 1024;

/// The largest file list that is read: 10,000 files with the longest paths.
const MAX_LIST: u64 = 8 * 1024 * 1024;

/// How long a change goes on trying while others write or the answer is in doubt.
const PATIENCE: Duration = Duration::from_secs(60);

/// Something to be uploaded beside a package: the file list, the README, the icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its digest, which is its name.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Asset {
    /// An asset of these bytes.
    #[must_use]
    pub fn of(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { digest: Digest::of(&bytes), bytes }
    }
}

/// A package, ready to be uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its bytes, or the file that has them.
    pub body: Body,
    /// Its digest.
    pub sha256: Digest,
}

impl Upload {
    /// A package on disk, of which size and digest are known.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>, size: u64, sha256: Digest) -> Self {
        Self { body: Body::File { path: path.into(), size, sha256 }, sha256 }
    }
}

/// A registry, opened.
#[derive(Clone, Debug)]
pub struct Registry {
    store: Arc<dyn Store>,
    seen: Arc<Seen>,
    about: About,
}

impl Registry {
    /// Opens the registry that a store holds. One request.
    ///
    /// # Errors
    /// [`ReadError::NotARegistry`] when there is no `registry.json`, else as reading fails.
    pub async fn open(store: Arc<dyn Store>, seen: Arc<Seen>, place: &str) -> Result<Self, ReadError> {
        match store.get(&Key::Registry, None, MAX_DOCUMENT).await? {
            Fetched::Found(object) => Ok(Self { store, seen, about: About::parse(&object.bytes)? }),
            Fetched::Same | Fetched::Absent => Err(ReadError::NotARegistry { place: place.to_owned() }),
        }
    }

    /// A registry whose `registry.json` is known from before: no request.
    #[must_use]
    pub fn known(store: Arc<dyn Store>, seen: Arc<Seen>, about: About) -> Self {
        Self { store, seen, about }
    }

    /// Turns an empty place into a registry. When two people do, one of them wins and both get the same registry.
    ///
    /// # Errors
    /// [`ReadError::NotEmpty`] when other objects are there, else as the store fails.
    pub async fn create(store: Arc<dyn Store>, seen: Arc<Seen>, about: About, place: &str) -> Result<Self, ReadError> {
        match Self::open(store.clone(), seen.clone(), place).await {
            Err(ReadError::NotARegistry { .. }) => {}
            other => return other,
        }
        // Somebody else may have made the registry since it was looked for.
        let ours = |key: &str| key.starts_with("probe/") || key == Key::Registry.to_string();
        let stranger = store.list("").await?.into_iter().any(|o| !ours(&o.key));
        if stranger {
            return Err(ReadError::NotEmpty { place: place.to_owned() });
        }
        match store.put(&Key::Registry, Body::Bytes(about.to_bytes().into()), Condition::Absent, None).await {
            Ok(_) => {}
            Err(e) if matches!(e.kind, StoreErrorKind::PreconditionFailed { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        Self::open(store, seen, place).await
    }

    /// What `registry.json` says.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The store below.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What was seen of this registry.
    #[must_use]
    pub fn seen(&self) -> &Arc<Seen> {
        &self.seen
    }

    /// Reads the document of a plugin. One request.
    ///
    /// # Errors
    /// [`ReadError::NoPlugin`] when it has none, else as reading fails.
    pub async fn document(&self, id: &PluginId) -> Result<Standing, ReadError> {
        read(&*self.store, &self.seen, id).await?.ok_or_else(|| ReadError::NoPlugin { id: id.clone() })
    }

    /// Reads the document of a plugin that need not exist yet. One request.
    ///
    /// # Errors
    /// As reading fails.
    pub async fn find(&self, id: &PluginId) -> Result<Option<Standing>, ReadError> {
        read(&*self.store, &self.seen, id).await
    }

    /// What a change would do now, without doing it.
    ///
    /// # Errors
    /// [`ChangeError::Refused`] with the rule that forbids it.
    pub fn plan(current: Option<&Standing>, change: &Change) -> Result<Next, Refusal> {
        // Nobody sees this stamp: a plan is thrown away.
        let stamp = Stamp { op: Uuid::nil(), actor: String::new(), at: Timestamp::UNIX_EPOCH };
        apply(current.map(|s| &s.revision), change, &stamp)
    }

    /// A change on its way into this registry, to be [run](Commit::run).
    #[must_use]
    pub fn commit<'a>(&'a self, id: &'a PluginId, change: &'a Change, stamp: &'a Stamp, cancel: &'a CancellationToken) -> Commit<'a> {
        Commit {
            store: &*self.store,
            seen: &self.seen,
            id,
            change,
            stamp,
            begin: None,
            archived: None,
            uploads: None,
            resumed: false,
            patience: PATIENCE,
            cancel,
        }
    }

    /// Puts the revision that was read into history, ahead of the commit that takes its place: beside an upload it costs no time.
    /// Nothing comes of it when no commit follows, for history has the same bytes under the same number either way.
    ///
    /// # Errors
    /// [`ReadError::Altered`] when history has other bytes there, else as the store fails.
    pub async fn archive(&self, standing: &Standing) -> Result<(), ReadError> {
        archive(&*self.store, &standing.revision.document.header.id, standing).await
    }

    /// What an operation committed, if it did: all of history is searched, 64 revisions with each request.
    ///
    /// # Errors
    /// As reading fails; then it is still not known.
    pub async fn committed(&self, id: &PluginId, op: Uuid) -> Result<Option<Committed>, ReadError> {
        match self.find(id).await? {
            Some(standing) => find_operation(&*self.store, &standing, op).await,
            None => Ok(None),
        }
    }

    /// Uploads a package and its assets, create-only. What is there already is the same: the key carries the digest.
    ///
    /// # Errors
    /// [`ChangeError::PackageTooLarge`], [`ChangeError::Cancelled`], or as the store fails. Nothing is visible either way.
    pub async fn upload(
        &self,
        id: &PluginId,
        version: &Version,
        package: &Upload,
        assets: &[Asset],
        progress: Progress,
        cancel: &CancellationToken,
    ) -> Result<(), ChangeError> {
        let limit = self.about.limits.package;
        let (body, size) = (package.body.clone(), package.body.size());
        if size > limit {
            return Err(ChangeError::PackageTooLarge { size, limit });
        }
        let key = Key::Package(id.clone(), version.clone(), package.sha256);
        let assets = assets.iter().map(|a| (Key::Asset(id.clone(), a.digest), Body::Bytes(a.bytes.clone())));
        let all: Vec<_> = std::iter::once((key, body)).chain(assets).collect();
        // At once: the order in which they arrive means nothing, since nothing refers to them yet.
        let work = stream::iter(all).map(Ok).try_for_each_concurrent(8, |(key, body)| {
            let progress = progress.clone();
            async move { self.put_once(&key, body, Some(progress)).await }
        });
        tokio::select! {
            biased;
            // Dropping an upload leaves nothing: an object appears with its last byte or not at all.
            () = cancel.cancelled() => Err(ChangeError::Cancelled),
            done = work => done,
        }
    }

    /// Reads an asset and checks its digest. One request.
    ///
    /// # Errors
    /// [`ReadError::Altered`] when its bytes differ from its digest.
    pub async fn asset(&self, id: &PluginId, digest: Digest) -> Result<Bytes, ReadError> {
        self.immutable(id, digest, MAX_ASSET).await
    }

    async fn immutable(&self, id: &PluginId, digest: Digest, limit: u64) -> Result<Bytes, ReadError> {
        let key = Key::Asset(id.clone(), digest);
        match self.store.get(&key, None, limit).await? {
            Fetched::Found(o) if Digest::of(&o.bytes) == digest => Ok(o.bytes),
            _ => Err(ReadError::Altered { what: key.to_string() }),
        }
    }

    /// Reads the list of the files in a package. One request.
    ///
    /// # Errors
    /// [`ReadError::Altered`] when its bytes differ from its digest, [`ReadError::List`] when it is no list or not that of this package.
    pub async fn files(&self, id: &PluginId, version: &Version, artifact: &Artifact) -> Result<FileList, ReadError> {
        let bytes = self.immutable(id, artifact.list, MAX_LIST).await?;
        let error = match FileList::from_bytes(&bytes) {
            Ok(list) if list.files.len() as u64 == u64::from(artifact.files) => return Ok(list),
            Ok(list) => FileListError::Count { expected: artifact.files as usize, found: list.files.len() },
            Err(error) => error,
        };
        Err(ReadError::List { plugin: id.clone(), version: version.clone(), error })
    }

    /// Reads one file of a package of at most `limit` bytes, by one ranged request, and checks it. An empty file needs none.
    ///
    /// # Errors
    /// [`ReadError::AlteredFile`] when size or digest differ: then nothing of it is handed out.
    /// [`ReadError::FileTooLarge`] before anything is asked for.
    pub async fn file(
        &self,
        id: &PluginId,
        version: &Version,
        artifact: &Artifact,
        file: &FileEntry,
        limit: u64,
    ) -> Result<Vec<u8>, ReadError> {
        if file.size > limit {
            return Err(ReadError::FileTooLarge { path: file.path.clone(), size: file.size, limit });
        }
        let altered = || ReadError::AlteredFile { plugin: id.clone(), version: version.clone(), path: file.path.clone() };
        // A list may lie about where a file is, as long as the document that names it does.
        let end =
            file.offset.checked_add(file.packed).filter(|end| *end <= artifact.size && file.packed <= file.size).ok_or_else(altered)?;
        let key = Key::Package(id.clone(), version.clone(), artifact.sha256);
        let packed = self.store.get_range(&key, file.offset..end).await?;
        read_packed_file(file, &packed).map_err(|_| altered())
    }

    /// Downloads a package into a file and checks it against what was published.
    ///
    /// # Errors
    /// [`ReadError::Altered`] when size or digest differ; the file is then left for the caller to throw away.
    pub async fn download(
        &self,
        id: &PluginId,
        version: &Version,
        artifact: &Artifact,
        to: &Path,
        progress: Progress,
    ) -> Result<(), ReadError> {
        let key = Key::Package(id.clone(), version.clone(), artifact.sha256);
        let (size, digest) = self.store.download(&key, to, progress).await?;
        if size == artifact.size && digest == artifact.sha256 { Ok(()) } else { Err(ReadError::Altered { what: key.to_string() }) }
    }
}
