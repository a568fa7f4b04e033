//! A store that fails on demand, and counts what it is asked.

mod fault;

use std::{
    collections::HashMap,
    fmt,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use patchbay_package::Digest;
use patchbay_registry::{
    key::Key,
    store::{Body, Condition, ETag, Fetched, Object, Page, Progress, Store, StoreError},
};

pub use fault::Fault;
use fault::lost;

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

struct Rule {
    applies: Box<dyn Fn(&Request) -> bool + Send + Sync>,
    fault: Fault,
    once: bool,
}

/// A PUT that is still on its way.
struct Flying {
    /// It arrives before the request with this index.
    at: usize,
    key: Key,
    body: Body,
    condition: Condition,
}

#[derive(Default)]
struct Script {
    rules: Vec<Rule>,
    flying: Vec<Flying>,
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

    /// Lets everything arrive that is still on its way.
    pub async fn land(&self) {
        self.arrive(usize::MAX).await;
    }

    async fn arrive(&self, before: usize) {
        let landed: Vec<_> = self.script().flying.extract_if(.., |put| put.at <= before).collect();
        for Flying { key, body, condition, .. } in landed {
            // Nobody hears of it.
            let _ = self.inner.put(&key, body, condition, None).await;
        }
    }

    /// Writes the request down and finds what goes wrong with it.
    async fn note(&self, method: Method, key: String) -> Option<Fault> {
        let index = self.script().requests.len();
        self.arrive(index).await;
        self.find(method, key)
    }

    fn find(&self, method: Method, key: String) -> Option<Fault> {
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
        let fault = match fault {
            Some(Fault::Slow(wait, then)) => {
                tokio::time::sleep(wait).await;
                Some(*then)
            }
            other => other,
        };
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
            Some(Fault::Afterwards(happens)) => {
                let answer = work.await;
                happens().await;
                answer
            }
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::HangAfter) => {
                work.await?;
                std::future::pending().await
            }
            // What is about bytes was done by whoever has them; one wait is enough.
            None | Some(Fault::Stale | Fault::Answer(_) | Fault::Truncated | Fault::Twice | Fault::Late(_) | Fault::Slow(..)) => work.await,
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
        match self.note(Method::Get, path.clone()).await {
            Some(Fault::Stale) => Ok(self.before_the_last(&path)),
            Some(Fault::Answer(fetched)) => Ok(fetched),
            Some(Fault::Truncated) => Ok(match self.inner.get(key, known, limit).await? {
                Fetched::Found(Object { bytes, etag }) => Fetched::Found(Object { bytes: bytes.slice(..bytes.len() / 2), etag }),
                other => other,
            }),
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
        let fault = self.note(Method::GetRange, key.to_string()).await;
        self.act(fault, Some(key), self.inner.get_range(key, range)).await
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let fault = self.note(Method::Download, key.to_string()).await;
        self.act(fault, Some(key), self.inner.download(key, to, progress)).await
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let fault = self.note(Method::Download, key.to_string()).await;
        self.act(fault, Some(key), self.inner.digest(key, progress)).await
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        let path = key.to_string();
        let fault = self.note(Method::Put, path.clone()).await;
        let bytes = match &body {
            Body::Bytes(bytes) => Some(bytes.clone()),
            Body::File { .. } => None,
        };
        match &fault {
            Some(Fault::Late(requests)) => {
                let mut script = self.script();
                let at = script.requests.len() + requests;
                script.flying.push(Flying { at, key: key.clone(), body, condition });
                return Err(StoreError::new(lost(), Some(key)));
            }
            Some(Fault::Twice) => {
                // Whatever the first answer is, it is not the one that comes back.
                let _ = self.inner.put(key, body.clone(), condition.clone(), None).await;
            }
            _ => {}
        }
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
        let fault = self.note(Method::List, prefix.to_owned()).await;
        self.act(fault, None, self.inner.page(prefix, after)).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let fault = self.note(Method::Delete, key.to_string()).await;
        self.act(fault, Some(key), self.inner.delete(key)).await
    }
}
