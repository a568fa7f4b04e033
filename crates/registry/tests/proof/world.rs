//! A bucket that is watched, and the programs of the people who use it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use patchbay_package::{Digest, FileEntry, FileList, Mode, PluginId, Version};
use patchbay_registry::{
    Asset, Change, ChangeError, Clock, Committed, Refusal, Registry, Stamp, Synced, Upload, Uploads,
    catalogue::Line,
    change::{Next, Publish},
    format::registry::About,
    seen::{Mark, Seen},
    store::{Store, memory::MemoryStore},
};
use patchbay_testkit::{
    document::{parsed, publishing, release},
    promises::{Told, Watched, judge, timeline},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Something that a person does to a plugin.
#[derive(Clone, Debug)]
pub enum Task {
    /// Publish a version with bytes of its own.
    Publish { version: String, content: String, channel: Option<&'static str> },
    /// Anything else.
    Change(Change),
    /// Take a revision back; the newest when none is named.
    Undo(Option<u64>),
    /// Set the state of a revision again.
    Restore(u64),
}

impl Task {
    pub fn publish(version: &str) -> Self {
        Self::Publish { version: version.into(), content: "first".into(), channel: None }
    }
}

/// The bucket.
pub struct World {
    pub memory: MemoryStore,
    pub watched: Watched,
    pub about: About,
}

impl World {
    /// A registry in which nothing was published yet.
    pub fn new() -> Self {
        let memory = MemoryStore::new();
        let about = About::new(Uuid::from_u128(1), "Team");
        memory.insert("registry.json", about.to_bytes());
        Self { watched: Watched::new(memory.clone()), memory, about }
    }

    /// A program that reaches the bucket by this store, and remembers this much.
    pub fn program(&self, store: Arc<dyn Store>, marks: BTreeMap<PluginId, Mark>) -> Registry {
        Registry::known(store, Arc::new(Seen::new(marks)), self.about.clone())
    }

    /// A program on which nothing ever goes wrong.
    pub fn calm(&self) -> Registry {
        self.program(Arc::new(self.watched.clone()), BTreeMap::new())
    }

    /// Every promise about what is there, and about what was told.
    pub fn check(&self, id: &PluginId, told: &[(Uuid, Told)]) -> Result<(), String> {
        if let Some(breach) = self.watched.breaches().first() {
            return Err(breach.clone());
        }
        judge(&timeline(&self.memory, id)?, told)
    }
}

/// What the outcome of a change says about it.
pub fn told(outcome: &Result<Committed, ChangeError>) -> Told {
    match outcome {
        Ok(done) if done.wrote => Told::Committed(done.digest),
        Ok(_) => Told::Unchanged,
        Err(ChangeError::Unknown { .. }) => Told::Unknown,
        Err(_) => Told::Not,
    }
}

/// The clock of a computer on which nothing takes any time.
pub fn awake() -> Clock {
    Arc::new(|| Timestamp::UNIX_EPOCH)
}

/// A change as the client makes it: look, upload, archive beside it, commit, fold. One that is resumed is settled first.
pub async fn carry_out(
    registry: &Registry,
    id: &PluginId,
    task: &Task,
    stamp: &Stamp,
    resumed: bool,
    cancel: &CancellationToken,
) -> Result<Committed, ChangeError> {
    carry_out_by(&awake(), registry, id, task, stamp, resumed, cancel).await
}

/// The same on a computer with a clock.
pub async fn carry_out_by(
    clock: &Clock,
    registry: &Registry,
    id: &PluginId,
    task: &Task,
    stamp: &Stamp,
    resumed: bool,
    cancel: &CancellationToken,
) -> Result<Committed, ChangeError> {
    let done = match commit(clock, registry, id, task, stamp, resumed, cancel).await {
        // An earlier run may have got through: no failure to find out makes that certain.
        Err(ChangeError::Failed(source)) if resumed => return Err(ChangeError::Unknown { op: stamp.op, source: Some(Box::new(source)) }),
        Err(ChangeError::Cancelled | ChangeError::BeingRemoved { .. }) if resumed => {
            return Err(ChangeError::Unknown { op: stamp.op, source: None });
        }
        other => other?,
    };
    // Live whatever becomes of this.
    let known = match registry.sync(None, false, stamp.at).await {
        Ok(Synced::New(known)) => Some(*known),
        _ => None,
    };
    let _ = registry.fold(known, vec![Line::of(&done.document, done.etag.as_ref())], stamp.at).await;
    Ok(done)
}

async fn commit(
    clock: &Clock,
    registry: &Registry,
    id: &PluginId,
    task: &Task,
    stamp: &Stamp,
    resumed: bool,
    cancel: &CancellationToken,
) -> Result<Committed, ChangeError> {
    if resumed && let Some(done) = registry.committed(id, stamp.op).await? {
        return Ok(done);
    }
    let found = registry.find(id).await?;
    let (mut archived, mut uploads) = (None, None);
    let change = match task {
        Task::Publish { version, content, channel } => {
            let (publish, package, assets) = plugin(id, version, content, *channel);
            let version = publish.release.version.clone();
            let change = Change::Publish(Box::new(publish));
            if matches!(Registry::plan(found.as_ref(), &change)?, Next::Write { .. }) {
                let uploads = &*uploads.insert(Uploads::new(registry, id, &version, vec![(package, assets)], clock.clone()));
                let upload = uploads.send(Arc::new(|_| {}), cancel);
                let archive = async {
                    match &found {
                        Some(standing) => Ok(registry.archive(standing).await?),
                        None => Ok(()),
                    }
                };
                tokio::try_join!(upload, archive)?;
                archived = found.as_ref().map(|standing| standing.revision.document.header.seq);
            }
            change
        }
        Task::Change(change) => change.clone(),
        Task::Undo(seq) => match &found {
            Some(standing) => registry.undo(standing, *seq).await?,
            None => return Err(Refusal::NoPlugin.into()),
        },
        Task::Restore(seq) => match &found {
            Some(standing) => registry.restore(standing, *seq, "As it was.", None).await?,
            None => return Err(Refusal::NoPlugin.into()),
        },
    };
    let mut commit = registry.commit(id, &change, stamp, cancel);
    commit.begin = Some(found);
    commit.archived = archived;
    commit.uploads = uploads.as_ref();
    commit.resumed = resumed;
    commit.run().await
}

/// A version of a plugin, with the files that it consists of.
fn plugin(id: &PluginId, version: &str, content: &str, channel: Option<&str>) -> (Publish, Upload, Vec<Asset>) {
    let mut publish = Publish { id: id.clone(), release: release(version, content), ..publishing(version) };
    if let Some(channel) = channel {
        publish.channel = parsed(channel);
    }
    let version: Version = publish.release.version.clone();
    let package = format!("package {version} {content}").into_bytes();
    let file = FileEntry {
        path: "main.js".into(),
        size: 40,
        sha256: Digest::of(content.as_bytes()),
        offset: 0,
        packed: package.len() as u64,
        mode: Mode::Plain,
    };
    let list = FileList { files: vec![file] };
    let artifact = &mut publish.release.artifacts[0];
    (artifact.sha256, artifact.size) = (Digest::of(&package), package.len() as u64);
    (artifact.files, artifact.unpacked, artifact.list) = (1, 40, list.digest());
    let readme = Asset::of(format!("# {version} {content}"));
    publish.release.readme = Some(readme.digest);
    publish.release.at = Timestamp::UNIX_EPOCH;
    let (sha256, size) = (Digest::of(&package), package.len() as u64);
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("proof-{sha256}"));
    if !path.exists() {
        // Several tests may do so at once: the bytes are the same.
        std::fs::write(&path, &package).unwrap();
    }
    (publish, Upload::file(path, size, sha256), vec![Asset::of(list.to_bytes()), readme])
}
