//! A store that fails on demand, and counts what it is asked.

use std::{
    collections::HashMap,
    fmt,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};
use patchbay_package::Digest;
use patchbay_registry::{
    key::Key,
    store::{Body, Condition, ETag, Fetched, Object, Page, Progress, Store, StoreError, StoreErrorKind},
};

/// What a store is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// [`Store::get`].
    Get,
    /// [`Store::get_range`].
    GetRange,
    /// [`Store::download`] and [`Store::digest`].
    Download,
    /// [`Store::put`].
    Put,
    /// [`Store::page`].
    List,
    /// [`Store::delete`].
    Delete,
}

/// One request, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// How many came before it.
    pub index: usize,
    /// What was asked.
    pub method: Method,
    /// Of which key; of a listing, its prefix.
    pub key: String,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.method, self.key)
    }
}

type Meanwhile = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// What goes wrong with a request.
#[derive(Clone)]
pub enum Fault {
    /// It fails and has no effect.
    Before(StoreErrorKind),
    /// It takes effect, and fails all the same.
    After(StoreErrorKind),
    /// Something else happens first; then it goes on as usual.
    Meanwhile(Meanwhile),
    /// A GET answers what stood there before what stands there now, as far as this store has seen.
    Stale,
    /// A GET answers this.
    Answer(Fetched),
    /// It is never answered and has no effect.
    Hang,
    /// It takes effect and is never answered.
    HangAfter,
}

impl Fault {
    /// The connection is cut on the way there: no effect, but the writer cannot know.
    #[must_use]
    pub fn cut_before() -> Self {
        Self::Before(lost())
    }

    /// The connection is cut on the way back: the effect is there, but the writer cannot know.
    #[must_use]
    pub fn cut_after() -> Self {
        Self::After(lost())
    }

    /// 412 on one's own success, as when something between sends a PUT twice.
    #[must_use]
    pub fn own_success_refused(key: &Key) -> Self {
        Self::After(StoreErrorKind::PreconditionFailed { key: key.to_string() })
    }

    /// 409: somebody is writing right now.
    #[must_use]
    pub fn busy(key: &Key) -> Self {
        Self::Before(StoreErrorKind::Busy { key: key.to_string() })
    }

    /// 503, without effect.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::Before(StoreErrorKind::Unavailable { endpoint: ENDPOINT.into(), status: 503 })
    }

    /// The name cannot be resolved: certainly nothing was sent.
    #[must_use]
    pub fn unreachable() -> Self {
        Self::Before(StoreErrorKind::Unreachable { endpoint: ENDPOINT.into(), reason: "its name is not known".into() })
    }

    /// Something else happens first, such as another writer's change.
    #[must_use]
    pub fn meanwhile<F>(happens: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::Meanwhile(Arc::new(move || happens().boxed()))
    }
}

const ENDPOINT: &str = "https://store.example";

fn lost() -> StoreErrorKind {
    StoreErrorKind::Lost { endpoint: ENDPOINT.into(), reason: "the connection was closed before an answer came".into() }
}

struct Rule {
    applies: Box<dyn Fn(&Request) -> bool + Send + Sync>,
    fault: Fault,
    once: bool,
}

#[derive(Default)]
struct Script {
    rules: Vec<Rule>,
    requests: Vec<Request>,
    /// What this store has seen stand at each key, oldest first.
    seen: HashMap<String, Vec<Object>>,
}

/// A store in front of another, with a script of what goes wrong. A clone is another handle on the same script.
#[derive(Clone)]
pub struct FaultStore {
    inner: Arc<dyn Store>,
    script: Arc<Mutex<Script>>,
}

impl fmt::Debug for FaultStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultStore").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl FaultStore {
    /// A store that does as `inner` does, until told otherwise.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, script: Arc::default() }
    }

    /// The next request of this kind whose key begins with `prefix` fails like this, once.
    pub fn fail(&self, method: Method, prefix: &str, fault: Fault) {
        self.fail_when(matching(method, prefix), fault);
    }

    /// Every request of this kind whose key begins with `prefix` fails like this.
    pub fn fail_always(&self, method: Method, prefix: &str, fault: Fault) {
        self.rule(Box::new(matching(method, prefix)), fault, false);
    }

    /// The request with this index, counted from the start or from [`FaultStore::forget`], fails like this.
    pub fn fail_nth(&self, index: usize, fault: Fault) {
        self.fail_when(move |request| request.index == index, fault);
    }

    /// The next request that fits fails like this, once.
    pub fn fail_when(&self, applies: impl Fn(&Request) -> bool + Send + Sync + 'static, fault: Fault) {
        self.rule(Box::new(applies), fault, true);
    }

    /// Nothing goes wrong from now on.
    pub fn heal(&self) {
        self.script().rules.clear();
    }

    /// Every request so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.script().requests.clone()
    }

    /// How many requests of this kind there were for keys that begin with `prefix`.
    #[must_use]
    pub fn count(&self, method: Method, prefix: &str) -> usize {
        let fits = matching(method, prefix);
        self.script().requests.iter().filter(|request| fits(request)).count()
    }

    /// Starts counting anew.
    pub fn forget(&self) {
        self.script().requests.clear();
    }

    fn rule(&self, applies: Box<dyn Fn(&Request) -> bool + Send + Sync>, fault: Fault, once: bool) {
        self.script().rules.push(Rule { applies, fault, once });
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the request down and finds what goes wrong with it.
    fn note(&self, method: Method, key: String) -> Option<Fault> {
        let mut script = self.script();
        let request = Request { index: script.requests.len(), method, key };
        let hit = script.rules.iter().position(|rule| (rule.applies)(&request));
        script.requests.push(request);
        let rule = hit?;
        if script.rules[rule].once { Some(script.rules.remove(rule).fault) } else { Some(script.rules[rule].fault.clone()) }
    }

    fn saw(&self, key: &str, object: &Object) {
        let mut script = self.script();
        let seen = script.seen.entry(key.to_owned()).or_default();
        if seen.last() != Some(object) {
            seen.push(object.clone());
        }
    }

    fn before_the_last(&self, key: &str) -> Fetched {
        let script = self.script();
        let stale = script.seen.get(key).and_then(|seen| seen.iter().rev().nth(1));
        stale.map_or(Fetched::Absent, |object| Fetched::Found(object.clone()))
    }

    /// Does what is asked, and what goes wrong with it.
    async fn act<T>(
        &self,
        fault: Option<Fault>,
        key: Option<&Key>,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match fault {
            Some(Fault::Before(kind)) => Err(StoreError::new(kind, key)),
            Some(Fault::After(kind)) => {
                work.await?;
                Err(StoreError::new(kind, key))
            }
            Some(Fault::Meanwhile(happens)) => {
                happens().await;
                work.await
            }
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::HangAfter) => {
                work.await?;
                std::future::pending().await
            }
            None | Some(Fault::Stale | Fault::Answer(_)) => work.await,
        }
    }
}

fn matching(method: Method, prefix: &str) -> impl Fn(&Request) -> bool + Send + Sync + 'static {
    let prefix = prefix.to_owned();
    move |request| request.method == method && request.key.starts_with(&prefix)
}

#[async_trait]
impl Store for FaultStore {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        let path = key.to_string();
        match self.note(Method::Get, path.clone()) {
            Some(Fault::Stale) => Ok(self.before_the_last(&path)),
            Some(Fault::Answer(fetched)) => Ok(fetched),
            fault => {
                let fetched = self.act(fault, Some(key), self.inner.get(key, known, limit)).await?;
                if let Fetched::Found(object) = &fetched {
                    self.saw(&path, object);
                }
                Ok(fetched)
            }
        }
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        let fault = self.note(Method::GetRange, key.to_string());
        self.act(fault, Some(key), self.inner.get_range(key, range)).await
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let fault = self.note(Method::Download, key.to_string());
        self.act(fault, Some(key), self.inner.download(key, to, progress)).await
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let fault = self.note(Method::Download, key.to_string());
        self.act(fault, Some(key), self.inner.digest(key, progress)).await
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        let path = key.to_string();
        let fault = self.note(Method::Put, path.clone());
        let bytes = match &body {
            Body::Bytes(bytes) => Some(bytes.clone()),
            Body::File { .. } => None,
        };
        let work = async {
            let etag = self.inner.put(key, body, condition, progress).await?;
            if let Some(bytes) = bytes {
                self.saw(&path, &Object { bytes, etag: etag.clone() });
            }
            Ok(etag)
        };
        self.act(fault, Some(key), work).await
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        let fault = self.note(Method::List, prefix.to_owned());
        self.act(fault, None, self.inner.page(prefix, after)).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let fault = self.note(Method::Delete, key.to_string());
        self.act(fault, Some(key), self.inner.delete(key)).await
    }
}
