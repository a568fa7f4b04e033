//! Objects in memory: for tests, and the plainest reading of what the port promises.

use std::{
    collections::BTreeMap,
    fmt,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use patchbay_package::Digest;

use super::{Body, Condition, ETag, Fetched, Listed, Object, Page, Progress, Store, StoreError, StoreErrorKind, error::cause};
use crate::key::Key;

/// How many keys a part of a listing has at most, as in S3.
const PAGE: usize = 1_000;

/// A bucket in memory. A clone is another handle on the same bucket.
#[derive(Clone, Default)]
pub struct MemoryStore {
    bucket: Arc<Mutex<Bucket>>,
}

#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, (Object, Timestamp)>,
    /// Its clock, which stands still until it is told to go on.
    now: Timestamp,
}

impl MemoryStore {
    /// An empty bucket.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands at a key, given as a path.
    #[must_use]
    pub fn object(&self, key: &str) -> Option<Object> {
        self.lock().objects.get(key).map(|(object, _)| object.clone())
    }

    /// Puts bytes at a key, given as a path, whatever stands there: the state that somebody else left behind.
    pub fn insert(&self, key: impl Into<String>, bytes: impl Into<Bytes>) -> ETag {
        let bytes = bytes.into();
        let etag = tag_of(&bytes);
        let mut bucket = self.lock();
        let now = bucket.now;
        bucket.objects.insert(key.into(), (Object { bytes, etag: etag.clone() }, now));
        etag
    }

    /// Takes away what stands at a key, given as a path.
    pub fn remove(&self, key: &str) {
        self.lock().objects.remove(key);
    }

    /// Lets so much time pass by the bucket's clock.
    pub fn pass(&self, time: SignedDuration) {
        let mut bucket = self.lock();
        bucket.now = bucket.now.saturating_add(time).unwrap_or(Timestamp::MAX);
    }

    /// Every key, in byte order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    /// Nothing can be half-written under this lock, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("objects", &self.lock().objects.len()).finish()
    }
}

/// As S3 does for a plain PUT: the same bytes have the same tag.
fn tag_of(bytes: &[u8]) -> ETag {
    let digest = Digest::of(bytes).to_string();
    ETag(format!("\"{}\"", digest.get(..32).unwrap_or(&digest)))
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        let Some(object) = self.object(&key.to_string()) else { return Ok(Fetched::Absent) };
        if known == Some(&object.etag) {
            return Ok(Fetched::Same);
        }
        if object.bytes.len() as u64 > limit {
            return Err(StoreError::new(StoreErrorKind::TooLarge { key: key.to_string(), limit }, Some(key)));
        }
        Ok(Fetched::Found(object))
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        let object =
            self.object(&key.to_string()).ok_or_else(|| StoreError::new(StoreErrorKind::NotFound { key: key.to_string() }, Some(key)))?;
        let at = |place: u64| usize::try_from(place).map_or(object.bytes.len(), |place| place.min(object.bytes.len()));
        Ok(object.bytes.slice(at(range.start)..at(range.end).max(at(range.start))))
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let object =
            self.object(&key.to_string()).ok_or_else(|| StoreError::new(StoreErrorKind::NotFound { key: key.to_string() }, Some(key)))?;
        tokio::fs::write(to, &object.bytes).await.map_err(|e| StoreError::new(cause::disk(&e, to, "written"), Some(key)))?;
        let size = object.bytes.len() as u64;
        progress(size);
        Ok((size, Digest::of(&object.bytes)))
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let object =
            self.object(&key.to_string()).ok_or_else(|| StoreError::new(StoreErrorKind::NotFound { key: key.to_string() }, Some(key)))?;
        let size = object.bytes.len() as u64;
        progress(size);
        Ok((size, Digest::of(&object.bytes)))
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        let bytes = match body {
            Body::Bytes(bytes) => bytes,
            Body::File { path, size, sha256 } => {
                let bytes = tokio::fs::read(&path).await.map_err(|e| StoreError::new(cause::disk(&e, &path, "read"), Some(key)))?;
                if bytes.len() as u64 != size || Digest::of(&bytes) != sha256 {
                    return Err(StoreError::new(StoreErrorKind::Damaged { key: key.to_string() }, Some(key)));
                }
                bytes.into()
            }
        };
        if let Some(progress) = progress {
            progress(bytes.len() as u64);
        }
        let path = key.to_string();
        let mut bucket = self.lock();
        let holds = match (&condition, bucket.objects.get(&path).map(|(object, _)| object)) {
            (Condition::Absent, standing) => standing.is_none(),
            (Condition::Matches(etag), standing) => standing.is_some_and(|object| object.etag == *etag),
        };
        if !holds {
            return Err(StoreError::new(StoreErrorKind::PreconditionFailed { key: path }, Some(key)));
        }
        let etag = tag_of(&bytes);
        let now = bucket.now;
        bucket.objects.insert(path, (Object { bytes, etag: etag.clone() }, now));
        Ok(etag)
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        let bucket = self.lock();
        let lines = bucket.objects.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        let mut lines = lines.filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
        let line = |(key, (object, modified)): (&String, &(Object, Timestamp))| Listed {
            key: key.clone(),
            etag: object.etag.clone(),
            size: object.bytes.len() as u64,
            modified: *modified,
        };
        let objects: Vec<_> = lines.by_ref().take(PAGE).map(line).collect();
        let next = lines.next().and(objects.last()).map(|last| last.key.clone());
        Ok(Page { objects, next, now: Some(bucket.now) })
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.lock().objects.remove(&key.to_string());
        Ok(())
    }
}
