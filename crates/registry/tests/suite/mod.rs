//! What every store does, case by case.

mod reading;
mod writing;

use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use patchbay_registry::{
    key::Key,
    store::{Body, Condition, ETag, Fetched, Object, Progress, Store, StoreError, StoreErrorKind},
};

pub use reading::*;
pub use writing::*;

/// A limit that nothing here reaches.
pub const PLENTY: u64 = 1 << 30;

/// A store under test: empty, and nobody else's.
pub struct Bench {
    /// Writes.
    pub write: Arc<dyn Store>,
    /// Reads: the same store, or another view of what it holds.
    pub read: Arc<dyn Store>,
    /// Whether it refuses bytes that differ from their digest.
    pub checks_digests: bool,
    _kept: Option<Box<dyn Any>>,
}

impl Bench {
    pub fn new(store: impl Store + Clone + 'static) -> Self {
        Self { write: Arc::new(store.clone()), read: Arc::new(store), checks_digests: true, _kept: None }
    }

    pub fn read_by(mut self, reader: impl Store + 'static) -> Self {
        self.read = Arc::new(reader);
        self
    }

    pub fn without_digest_checks(mut self) -> Self {
        self.checks_digests = false;
        self
    }

    /// Keeps a server alive.
    pub fn keeping(mut self, server: impl Any) -> Self {
        self._kept = Some(Box::new(server));
        self
    }

    pub async fn create(&self, key: &Key, bytes: impl Into<Bytes>) -> ETag {
        self.try_create(key, bytes).await.unwrap()
    }

    pub async fn try_create(&self, key: &Key, bytes: impl Into<Bytes>) -> Result<ETag, StoreErrorKind> {
        self.try_put(key, bytes, Condition::Absent).await
    }

    pub async fn try_put(&self, key: &Key, bytes: impl Into<Bytes>, condition: Condition) -> Result<ETag, StoreErrorKind> {
        self.write.put(key, Body::Bytes(bytes.into()), condition, None).await.map_err(|e| e.kind)
    }

    /// What stands there.
    pub async fn found(&self, key: &Key) -> Option<Object> {
        match self.read.get(key, None, PLENTY).await.unwrap() {
            Fetched::Found(object) => Some(object),
            Fetched::Absent => None,
            Fetched::Same => panic!("nothing was known"),
        }
    }
}

pub fn kind<T>(result: Result<T, StoreError>) -> StoreErrorKind {
    match result {
        Ok(_) => panic!("it must fail"),
        Err(error) => error.kind,
    }
}

pub fn key(name: &str) -> Key {
    Key::Probe(name.to_owned())
}

/// Bytes that no compression and no coincidence makes look right.
pub fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..size).map(|_| next()).collect()
}

/// A progress that sums up.
pub fn counter() -> (Progress, Arc<AtomicU64>) {
    let sum = Arc::new(AtomicU64::new(0));
    let heard = sum.clone();
    let progress = move |bytes| {
        heard.fetch_add(bytes, Ordering::Relaxed);
    };
    (Arc::new(progress), sum)
}
