//! A registry that is in use: its store, its local copy, and what was seen of it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use patchbay_package::PluginId;
use patchbay_registry::{
    KnownHead, Registry, Synced,
    catalogue::Head,
    format::{document::Document, registry::About},
    seen::{Mark, Seen},
    store::{
        ETag, Store, StoreError, StoreErrorKind,
        http::HttpStore,
        s3::{S3Config, S3Store},
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    App,
    files::{self, FileError, Lock, read_json, write_json},
    home::Home,
    lists::Lists,
    registries::{Place, Profile},
    sentence::sentence,
    wire::{Code, WireError},
};

/// The catalogue on disk: one file per registry, replaced whole, thrown away when it is damaged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LocalCopy {
    pub etag: String,
    pub synced_at: Timestamp,
    pub head: Head,
}

impl LocalCopy {
    fn known(&self) -> KnownHead {
        KnownHead { head: self.head.clone(), etag: ETag(self.etag.clone()) }
    }
}

/// A registry that is in use.
#[derive(Debug)]
pub(crate) struct Session {
    pub profile: Profile,
    pub registry: Registry,
    /// Where requests go, in one line for people.
    pub place: String,
    home: Home,
    copy: Mutex<Option<LocalCopy>>,
    pub lists: Lists,
}

/// The store of a profile. Nothing is asked of it yet.
pub(crate) async fn store(app: &App, profile: &Profile) -> Result<(Arc<dyn Store>, String), WireError> {
    match &profile.place {
        Place::Http { url } => Ok((Arc::new(HttpStore::new(url.as_str(), &app.network()?)?), url.to_string())),
        Place::Embedded | Place::S3 { .. } => {
            let store = s3(app, profile).await?;
            let place = match &profile.place {
                Place::S3 { bucket, prefix, .. } => prefix.iter().fold(bucket.clone(), |b, p| format!("{b}/{p}")),
                _ => "The embedded registry".to_owned(),
            };
            Ok((Arc::new(store), place))
        }
    }
}

/// The bucket of a profile; none for a public URL.
pub(crate) async fn s3(app: &App, profile: &Profile) -> Result<S3Store, WireError> {
    let credentials = app.credentials(profile).await?.provider;
    let config = match &profile.place {
        Place::Embedded => {
            let server = app.local_server().await?;
            let mut config = S3Config::new(server.bucket(), server.region(), credentials);
            config.endpoint = Some(server.endpoint().to_owned());
            config
        }
        Place::S3 { bucket, prefix, endpoint, region } => {
            let region = region.as_deref().unwrap_or("us-east-1");
            let mut config = S3Config::new(bucket, region, credentials);
            config.prefix = prefix.clone().unwrap_or_default();
            config.endpoint = endpoint.as_ref().map(ToString::to_string);
            config.network = app.network()?;
            config
        }
        Place::Http { .. } => return Err(StoreError::new(StoreErrorKind::ReadOnly, None).into()),
    };
    Ok(S3Store::new(config)?)
}

impl Session {
    /// Opens a registry: from what is known on disk when there is something, else by reading `registry.json`.
    pub async fn open(app: &App, profile: &Profile) -> Result<Self, WireError> {
        let (store, place) = store(app, profile).await?;
        let home = app.home().clone();
        // The embedded registry is a folder that a person may have removed; asking it costs nothing.
        let remembered = profile.registry_id.is_some() && profile.place != Place::Embedded;
        let known: Option<About> = if remembered { read_json(&about_file(&home, profile)).unwrap_or_default() } else { None };
        let seen = Arc::new(load_seen(&home, profile)?);
        let registry = match known {
            Some(about) => Registry::known(store, seen, about),
            None if profile.place == Place::Embedded => {
                let about = About::new(uuid::Uuid::new_v4(), &profile.name);
                Registry::create(store, seen, about, &place).await?
            }
            None => Registry::open(store, seen, &place).await?,
        };
        let profile = remember(app, profile, &registry)?;
        let copy = read_json(&home.head(profile.key())).unwrap_or_default();
        Ok(Self { profile, registry, place, home, copy: Mutex::new(copy), lists: Lists::default() })
    }

    /// The local copy of the catalogue, without asking anybody.
    pub async fn copy(&self) -> Option<LocalCopy> {
        self.copy.lock().await.clone()
    }

    /// Asks whether the catalogue changed. One request. Answers whether it did.
    pub async fn sync(&self, now: Timestamp) -> Result<bool, WireError> {
        let mut copy = self.copy.lock().await;
        let etag = copy.as_ref().map(|c| ETag(c.etag.clone()));
        let next = match self.registry.sync(etag.as_ref()).await? {
            Some(Synced::New(known)) => LocalCopy { etag: known.etag.0, synced_at: now, head: known.head },
            Some(Synced::Same) => {
                if let Some(copy) = copy.as_mut() {
                    copy.synced_at = now;
                    self.keep(copy)?;
                }
                return Ok(false);
            }
            // A registry into which nothing was published yet.
            None => LocalCopy { etag: String::new(), synced_at: now, head: Head::empty(now) },
        };
        let changed = copy.as_ref().is_none_or(|c| c.head.rows != next.head.rows);
        self.keep(&next)?;
        *copy = Some(next);
        Ok(changed)
    }

    /// Folds a document into the catalogue and into the local copy.
    pub async fn fold(&self, document: &Document, now: Timestamp) -> Result<(), WireError> {
        let mut copy = self.copy.lock().await;
        let known = copy.as_ref().filter(|c| !c.etag.is_empty()).map(LocalCopy::known);
        let known = self.registry.fold(known, document, now).await?;
        let next = LocalCopy { etag: known.etag.0, synced_at: now, head: known.head };
        self.keep(&next)?;
        *copy = Some(next);
        Ok(())
    }

    fn keep(&self, copy: &LocalCopy) -> Result<(), WireError> {
        crate::home::make(&self.home.cache(self.profile.key()))?;
        let bytes = serde_json::to_vec(copy).map_err(|e| sentence(Code::Failed, "broke", e, None, &[]))?;
        Ok(files::cache(&self.home.head(self.profile.key()), &bytes)?)
    }

    /// Keeps what was seen, so that the next start notices a registry that was set back. Two programs may do so at once: the higher
    /// mark stays. In a thread of its own, for it waits for the disk.
    pub async fn keep_seen(&self) -> Result<(), WireError> {
        let (path, now) = (self.home.seen(self.profile.key()), self.registry.seen().marks());
        let work = tokio::task::spawn_blocking(move || merge_marks(&path, now));
        work.await.map_err(|e| sentence(Code::Failed, "broke", e, None, &[]))?.map_err(Into::into)
    }

    /// Where the last known document of a plugin is kept.
    pub fn document_file(&self, id: &PluginId) -> PathBuf {
        self.home.documents(self.profile.key()).join(format!("{id}.jsonl"))
    }
}

/// Turns an empty bucket, made if absent, into a registry.
pub(crate) async fn create(app: &App, profile: &Profile) -> Result<(), WireError> {
    let bucket = s3(app, profile).await?;
    match bucket.head_bucket().await {
        Err(e) if matches!(e.kind, StoreErrorKind::NoBucket { .. }) => bucket.create_bucket().await?,
        // Not being allowed to look at the bucket itself is no reason not to write into it.
        Err(e) if matches!(e.kind, StoreErrorKind::Denied { .. }) => {}
        other => other?,
    }
    let (store, place) = store(app, profile).await?;
    let about = About::new(uuid::Uuid::new_v4(), &profile.name);
    let registry = Registry::create(store, Arc::default(), about, &place).await?;
    remember(app, profile, &registry)?;
    Ok(())
}

/// Removes what is kept of a registry on this computer.
pub(crate) fn forget(home: &Home, profile: &Profile) -> Result<(), WireError> {
    let gone = |path: PathBuf, result: std::io::Result<()>| match result {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(FileError::Write { path, source }),
        _ => Ok(()),
    };
    let (cache, seen) = (home.cache(profile.key()), home.seen(profile.key()));
    let removed = std::fs::remove_dir_all(&cache);
    gone(cache, removed)?;
    let removed = std::fs::remove_file(&seen);
    Ok(gone(seen, removed)?)
}

fn about_file(home: &Home, profile: &Profile) -> PathBuf {
    home.cache(profile.key()).join("registry.json")
}

fn merge_marks(path: &Path, now: BTreeMap<PluginId, Mark>) -> Result<(), FileError> {
    let _lock = Lock::of(path)?;
    let mut marks: BTreeMap<PluginId, Mark> = read_json(path)?.unwrap_or_default();
    let before = marks.clone();
    for (id, mark) in now {
        let stays = marks.get(&id).is_some_and(|known| known.seq >= mark.seq);
        if !stays {
            marks.insert(id, mark);
        }
    }
    if marks == before { Ok(()) } else { write_json(path, &marks) }
}

fn load_seen(home: &Home, profile: &Profile) -> Result<Seen, WireError> {
    Ok(Seen::new(read_json(&home.seen(profile.key()))?.unwrap_or_default()))
}

/// Remembers which registry the profile turned out to be.
fn remember(app: &App, profile: &Profile, registry: &Registry) -> Result<Profile, WireError> {
    let mut profile = profile.clone();
    let id = registry.about().id.to_string();
    if profile.registry_id.as_deref() != Some(&id) {
        profile.registry_id = Some(id.clone());
        app.change_profile(&profile.name, |p| p.registry_id = Some(id))?;
        crate::home::make(&app.home().cache(profile.key()))?;
        write_json(&about_file(app.home(), &profile), registry.about())?;
    }
    Ok(profile)
}
