//! A registry that is in use: its store, its local copy, and what was seen of it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use patchbay_package::PluginId;
use patchbay_registry::{
    Found, ReadError, Registry, Synced,
    catalogue::{Known, Line},
    format::{document::Document, registry::About},
    seen::{Mark, Seen},
    store::{
        ETag, Store, StoreError, StoreErrorKind,
        http::HttpStore,
        s3::{S3Config, S3Store},
    },
};
use tokio::{
    sync::{Mutex, oneshot},
    time::Instant,
};

use crate::{
    App,
    copy::LocalCopy,
    files::{self, FileError, Lock, read_json, write_json},
    home::Home,
    lists::Lists,
    registries::{Place, Profile},
    search::{Catalogue, Search, Searched},
    sentence::sentence,
    wire::{Code, WireError},
};

/// How long a catalogue is taken to say what the documents say, without looking.
const COMPARED: SignedDuration = SignedDuration::from_hours(6);

/// For how long what was read of a plugin is what a publish begins with. What has changed since fails the commit's condition and is read
/// then, after an upload that may have been for nothing: so it is about as long as somebody looks at what is going to be published.
const LATELY: Duration = Duration::from_secs(60);

/// A change on its way into the catalogue, and who waits for it.
type Waiting = (Line, oneshot::Sender<Result<(), WireError>>);

/// A registry that is in use.
#[derive(Debug)]
pub(crate) struct Session {
    pub profile: Profile,
    pub registry: Registry,
    /// Where requests go, in one line for people.
    pub place: String,
    home: Home,
    pub lists: Lists,
    search: Arc<Search>,
    copy: RwLock<Option<Arc<LocalCopy>>>,
    /// What the next write of the catalogue is made from; whoever reads or writes it holds this.
    base: Mutex<Option<Known>>,
    /// What is to be folded by whoever gets hold of the base next.
    waiting: std::sync::Mutex<Vec<Waiting>>,
    /// What could not be folded: the next fold takes it along.
    left_over: std::sync::Mutex<Vec<Line>>,
    /// The plugin that was read last, what was found, and when.
    lately: std::sync::Mutex<Option<(PluginId, Found, Instant)>>,
    /// When the catalogue was last compared with the documents; not yet, or not since a change could not be folded.
    compared: std::sync::Mutex<Option<Timestamp>>,
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
        let copy = LocalCopy::open(&home.catalogue(profile.key())).map(Arc::new);
        let base = Mutex::new(copy.as_ref().map(|copy| copy.known.clone()));
        let search = Arc::new(Search::new(home.index(profile.key())));
        let (waiting, left_over, lately, compared, lists) = Default::default();
        Ok(Self { profile, registry, place, home, copy: RwLock::new(copy), base, waiting, left_over, lately, compared, lists, search })
    }

    /// The local copy of the catalogue, without asking anybody.
    pub fn copy(&self) -> Option<Arc<LocalCopy>> {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A copy, to be searched; and whether the index is one of before, unless somebody wants to `wait` for the next. It may take as long
    /// as making the index does.
    pub fn searched(&self, copy: &Arc<LocalCopy>, wait: bool) -> (Arc<Catalogue>, bool) {
        self.search.over(&self.with_statistics(copy), wait)
    }

    fn with_statistics(&self, copy: &Arc<LocalCopy>) -> Searched {
        let path = copy.known.head.stats.as_ref().map(|part| self.home.statistics(self.profile.key()).join(part.sha256.to_string()));
        Searched { copy: copy.clone(), statistics: path.filter(|path| path.exists()) }
    }

    /// Reads the statistics that the catalogue names, when they are others than those that are kept. Answers whether they were. They only
    /// give an order, so that nothing fails with them: they are asked for again with the next sync.
    pub async fn count(&self) -> bool {
        let Some(copy) = self.copy() else { return false };
        let Some(part) = copy.known.head.stats.as_ref().filter(|_| self.with_statistics(&copy).statistics.is_none()) else { return false };
        let Ok(Some(bytes)) = self.registry.statistics(part).await else { return false };
        let (folder, name) = (self.home.statistics(self.profile.key()), part.sha256.to_string());
        let work = tokio::task::spawn_blocking(move || {
            // Those that were counted before.
            let _ = std::fs::remove_dir_all(&folder);
            crate::home::make(&folder).and_then(|()| files::cache(&folder.join(name), &[&bytes])).is_ok()
        });
        let kept = work.await.unwrap_or(false);
        self.prepare(&copy);
        kept
    }

    fn prepare(&self, copy: &Arc<LocalCopy>) {
        self.search.is_next(self.with_statistics(copy));
    }

    /// Asks whether the catalogue changed, with one request, and reads what did. Answers whether it did. A catalogue with much less in it is
    /// not believed unless somebody has `confirmed` that.
    pub async fn sync(&self, confirmed: bool, now: Timestamp) -> Result<bool, WireError> {
        let mut base = self.base.lock().await;
        let copy = self.copy();
        let known = copy.as_ref().map(|copy| &copy.known);
        match self.registry.sync(known, confirmed, now).await? {
            Synced::New(new) => {
                let changed = known.is_none_or(|known| known.etag != new.etag);
                self.keep(&mut base, *new, now).await?;
                Ok(changed)
            }
            Synced::Same => {
                if let Some(copy) = copy {
                    let mut copy = (*copy).clone();
                    copy.synced_at = now;
                    // A copy that somebody removed meanwhile is none to be noted in.
                    let _ = copy.mark(&self.home.catalogue(self.profile.key()));
                    self.show(copy);
                }
                Ok(false)
            }
        }
    }

    /// Folds a document into the catalogue and into what is known of it here; [`Session::tidy`] keeps that in the file. What several do at
    /// once goes in with one request.
    pub async fn fold(&self, document: &Document, etag: Option<&ETag>, now: Timestamp) -> Result<(), WireError> {
        loop {
            let (tell, told) = oneshot::channel();
            lock(&self.waiting).push((Line::of(document, etag), tell));
            let mut base = self.base.lock().await;
            let (lines, waiting): (Vec<Line>, Vec<_>) = std::mem::take(&mut *lock(&self.waiting)).into_iter().unzip();
            if !lines.is_empty() {
                let done = self.fold_all(&mut base, lines, now).await;
                waiting.into_iter().for_each(|tell| drop(tell.send(done.clone())));
            }
            drop(base);
            // Whoever took it may have been stopped in the middle of it.
            if let Ok(done) = told.await {
                return done;
            }
        }
    }

    async fn fold_all(&self, base: &mut Option<Known>, lines: Vec<Line>, now: Timestamp) -> Result<(), WireError> {
        let lines: Vec<Line> = std::mem::take(&mut *lock(&self.left_over)).into_iter().chain(lines).collect();
        match self.registry.fold(base.clone(), lines.clone(), now).await {
            Ok(known) => {
                self.hold(base, known, now);
                Ok(())
            }
            Err(error) => {
                *lock(&self.left_over) = lines;
                *lock(&self.compared) = None;
                Err(error.into())
            }
        }
    }

    /// What follows a fold, and nobody waits for: keeps the local copy in its file, and merges the latest changes of the catalogue when it
    /// is time for that.
    ///
    /// # Errors
    /// When the copy cannot be written. A merge that fails is made by the next writer.
    pub async fn tidy(&self, now: Timestamp) -> Result<(), WireError> {
        let mut base = self.base.lock().await;
        let Some(known) = base.clone() else { return Ok(()) };
        if let Ok(Some(merged)) = self.registry.tidy(&known, now).await {
            self.hold(&mut base, merged, now);
        }
        if self.copy().is_none_or(|copy| copy.is_kept()) { Ok(()) } else { self.write(&mut base).await }
    }

    /// Brings the catalogue up to what the documents say, unless many are missing and nobody has `confirmed` that. Answers how many plugins
    /// it had wrong. Others may fold meanwhile.
    pub async fn catch_up(&self, confirmed: bool, now: Timestamp) -> Result<usize, WireError> {
        *lock(&self.compared) = Some(now);
        let known = self.copy().map(|copy| copy.known.clone());
        let (known, wrong) = self.registry.catch_up(known, confirmed, now).await?;
        let mut base = self.base.lock().await;
        if base.as_ref().is_none_or(|base| !known.head.is_before(&base.head)) {
            self.keep(&mut base, known, now).await?;
        }
        Ok(wrong)
    }

    /// Whether it is time to compare the catalogue with the documents again, which takes a request for each 1,000 of them.
    pub fn is_due(&self, now: Timestamp) -> bool {
        lock(&self.compared).is_none_or(|then| now.duration_since(then) >= COMPARED)
    }

    /// Keeps what is known as what the next write is made from, and as the local copy if all of it is known.
    async fn keep(&self, base: &mut Option<Known>, known: Known, now: Timestamp) -> Result<(), WireError> {
        let whole = known.table.is_some();
        self.hold(base, known, now);
        if whole { self.write(base).await } else { Ok(()) }
    }

    /// The same in memory alone.
    fn hold(&self, base: &mut Option<Known>, known: Known, now: Timestamp) {
        *base = Some(known.clone());
        if known.table.is_some() {
            self.show(LocalCopy::after(self.copy().as_deref(), known, now));
        }
    }

    /// Writes the local copy to its file: in a thread of its own, for it may be large.
    async fn write(&self, base: &mut Option<Known>) -> Result<(), WireError> {
        let Some(mut copy) = self.copy().map(|copy| (*copy).clone()) else { return Ok(()) };
        let (folder, path) = (self.home.cache(self.profile.key()), self.home.catalogue(self.profile.key()));
        let work = tokio::task::spawn_blocking(move || {
            crate::home::make(&folder)?;
            copy.keep(&path)?;
            Ok::<_, FileError>(copy)
        });
        let copy = work.await.map_err(|e| sentence(Code::Failed, "broke", e, None, &[]))??;
        // What is in the file now, so that the next change goes behind it.
        if let Some(base) = base.as_mut().filter(|base| base.etag == copy.known.etag) {
            base.clone_from(&copy.known);
        }
        self.show(copy);
        Ok(())
    }

    fn show(&self, copy: LocalCopy) {
        let copy = Arc::new(copy);
        *self.copy.write().unwrap_or_else(PoisonError::into_inner) = Some(copy.clone());
        self.prepare(&copy);
    }

    /// Reads the document of a plugin that need not exist yet, and remembers it for [`Session::lately`].
    pub async fn find(&self, id: &PluginId) -> Result<Found, ReadError> {
        let found = self.registry.find(id).await?;
        *lock(&self.lately) = Some((id.clone(), found.clone(), Instant::now()));
        Ok(found)
    }

    /// What was found of a plugin a moment ago, if it was looked at: it may have changed since. Only once, so that it is read when what
    /// comes of it is refused.
    pub fn lately(&self, id: &PluginId) -> Option<Found> {
        let (of, found, at) = lock(&self.lately).take()?;
        (of == *id && at.elapsed() < LATELY).then_some(found)
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

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Every change under it is one step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
