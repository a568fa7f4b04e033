//! Objects in memory: for tests, and the plainest reading of what the port promises.

use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use patchbay_package::Digest;

use super::{Body, Condition, ETag, Fetched, Listed, Object, Progress, Store, StoreError, StoreErrorKind, error::cause};
use crate::key::Key;

/// A bucket in memory. A clone is another handle on the same bucket.
#[derive(Clone, Default)]
pub struct MemoryStore {
    objects: Arc<Mutex<BTreeMap<String, Object>>>,
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
        self.lock().get(key).cloned()
    }

    /// Puts bytes at a key, given as a path, whatever stands there: the state that somebody else left behind.
    pub fn insert(&self, key: impl Into<String>, bytes: impl Into<Bytes>) -> ETag {
        let bytes = bytes.into();
        let etag = tag_of(&bytes);
        self.lock().insert(key.into(), Object { bytes, etag: etag.clone() });
        etag
    }

    /// Every key, in byte order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// Nothing can be half-written under this lock, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Object>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("objects", &self.lock().len()).finish()
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

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let object =
            self.object(&key.to_string()).ok_or_else(|| StoreError::new(StoreErrorKind::NotFound { key: key.to_string() }, Some(key)))?;
        tokio::fs::write(to, &object.bytes).await.map_err(|e| StoreError::new(cause::disk(&e, to, "written"), Some(key)))?;
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
        let mut objects = self.lock();
        let holds = match (&condition, objects.get(&path)) {
            (Condition::Absent, standing) => standing.is_none(),
            (Condition::Matches(etag), standing) => standing.is_some_and(|object| object.etag == *etag),
        };
        if !holds {
            return Err(StoreError::new(StoreErrorKind::PreconditionFailed { key: path }, Some(key)));
        }
        let etag = tag_of(&bytes);
        objects.insert(path, Object { bytes, etag: etag.clone() });
        Ok(etag)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let objects = self.lock();
        Ok(objects
            .range(prefix.to_owned()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, object)| Listed { key: key.clone(), etag: object.etag.clone(), size: object.bytes.len() as u64 })
            .collect())
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.lock().remove(&key.to_string());
        Ok(())
    }
}
