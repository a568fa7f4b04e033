//! What must be true of a bucket at every moment, for every reader: the promises of `docs/guarantees.md`, as a check.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::SignedDuration;
use patchbay_package::{Digest, PluginId};
use patchbay_registry::{
    Key,
    catalogue::Head,
    doctor::SETTLED,
    format::{document::Document, release::Release},
    gc::Cleaning,
    references::References,
    store::{Body, Condition, ETag, Fetched, Page, Progress, Store, StoreError, StoreErrorKind, memory::MemoryStore},
};
use uuid::Uuid;

/// Every revision of a plugin, oldest first, each with its digest. The chain is checked, and that everything which a revision
/// refers to is there.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn timeline(memory: &MemoryStore, id: &PluginId) -> Result<Vec<(Document, Digest)>, String> {
    let key = Key::Document(id.clone());
    let Some(newest) = memory.object(&key.to_string()) else { return Ok(Vec::new()) };
    let read = |key: &Key, bytes: &[u8]| Document::parse(key, bytes).map_err(|e| e.to_string());
    let mut revisions = vec![(read(&key, &newest.bytes)?, Digest::of(&newest.bytes))];
    for seq in (1..revisions[0].0.header.seq).rev() {
        let key = Key::Revision(id.clone(), seq);
        let Some(object) = memory.object(&key.to_string()) else { return Err(format!("{key} is missing")) };
        let (document, digest) = (read(&key, &object.bytes)?, Digest::of(&object.bytes));
        let (after, _) = &revisions[revisions.len() - 1];
        follows(&document, digest, after)?;
        revisions.push((document, digest));
    }
    if revisions[revisions.len() - 1].0.header.prev.is_some() {
        return Err(format!("the first revision of {id} names one before it"));
    }
    revisions.reverse();
    let mut ops = BTreeSet::new();
    for (document, _) in &revisions {
        if !ops.insert(document.header.op) {
            return Err(format!("operation {} wrote two revisions of {id}", document.header.op));
        }
    }
    is_complete(memory, &revisions[revisions.len() - 1].0)?;
    Ok(revisions)
}

/// A revision and the one after it: the chain holds, and nothing that was published is gone or different.
fn follows(before: &Document, digest: Digest, after: &Document) -> Result<(), String> {
    let (id, seq) = (&after.header.id, after.header.seq);
    if before.header.seq + 1 != seq || after.header.prev != Some(digest) {
        return Err(format!("revision {seq} of {id} does not follow what was there"));
    }
    for release in &before.releases {
        let kept = after.release(&release.version).is_some_and(|r| r.artifacts == release.artifacts && r.at == release.at);
        if !kept {
            return Err(format!("revision {seq} of {id} lost or replaced {}", release.version));
        }
    }
    Ok(())
}

/// Everything that a document refers to is there, and is what its digest says.
fn is_complete(memory: &MemoryStore, document: &Document) -> Result<(), String> {
    let id = &document.header.id;
    let is = |key: Key, digest: Digest| match memory.object(&key.to_string()) {
        Some(object) if Digest::of(&object.bytes) == digest => Ok(()),
        Some(_) => Err(format!("{key} has other bytes than its name says")),
        None => Err(format!("revision {} of {id} refers to {key}, which is not there", document.header.seq)),
    };
    for Release { version, artifacts, readme, changelog, .. } in &document.releases {
        for artifact in artifacts {
            is(Key::Package(id.clone(), version.clone(), artifact.sha256), artifact.sha256)?;
            is(Key::Asset(id.clone(), artifact.list), artifact.list)?;
        }
        for asset in readme.iter().chain(changelog) {
            is(Key::Asset(id.clone(), *asset), *asset)?;
        }
    }
    Ok(())
}

/// What somebody was told about an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is live, as this revision.
    Committed(Digest),
    /// There was nothing to write.
    Unchanged,
    /// It is not live, and will not be.
    Not,
    /// It is not known.
    Unknown,
}

/// Checks what was told against what is there.
///
/// # Errors
/// The first thing that was not true, in a sentence.
pub fn judge(revisions: &[(Document, Digest)], told: &[(Uuid, Told)]) -> Result<(), String> {
    let written: BTreeMap<Uuid, Digest> = revisions.iter().map(|(document, digest)| (document.header.op, *digest)).collect();
    for (op, told) in told {
        match (told, written.get(op)) {
            (Told::Committed(digest), Some(there)) if digest == there => {}
            (Told::Committed(_), _) => return Err(format!("{op} was reported as committed, and is not in the registry")),
            (Told::Not | Told::Unchanged, Some(_)) => return Err(format!("{op} is live, and was reported as {told:?}")),
            (Told::Not | Told::Unchanged, None) | (Told::Unknown, _) => {}
        }
    }
    Ok(())
}

/// A bucket in memory that notes every write which breaks a promise, at the moment at which it happens.
#[derive(Clone, Debug)]
pub struct Watched {
    memory: MemoryStore,
    breaches: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    /// Watches this bucket.
    #[must_use]
    pub fn new(memory: MemoryStore) -> Self {
        Self { memory, breaches: Arc::default() }
    }

    /// What was broken so far.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.breaches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a reader finds from now on is whole, and nothing that was there is gone.
    fn check(&self, key: &Key, before: Option<&[u8]>) -> Result<(), String> {
        let Some(now) = self.memory.object(&key.to_string()) else { return Ok(()) };
        match key {
            Key::Document(id) => {
                let after = Document::parse(key, &now.bytes).map_err(|e| e.to_string())?;
                is_complete(&self.memory, &after)?;
                let Some(before) = before else {
                    return if after.header.seq == 1 && after.header.prev.is_none() {
                        Ok(())
                    } else {
                        Err(format!("{id} begins in the middle"))
                    };
                };
                let old = Document::parse(key, before).map_err(|e| e.to_string())?;
                let archived = self.memory.object(&Key::Revision(id.clone(), old.header.seq).to_string());
                if archived.is_none_or(|object| object.bytes != before) {
                    return Err(format!("revision {} of {id} is not in history", old.header.seq));
                }
                follows(&old, Digest::of(before), &after)
            }
            Key::Revision(id, seq) => {
                // What is archived is what stands there.
                let newest = self.memory.object(&Key::Document(id.clone()).to_string());
                if newest.is_none_or(|object| object.bytes != now.bytes) {
                    return Err(format!("revision {seq} of {id} in history is not what stood there"));
                }
                Ok(())
            }
            Key::CatalogHead | Key::Probe(_) => Ok(()),
            Key::Cleaning => Ok(()),
            // The same bytes again make it young.
            _ => match before {
                Some(before) if before != now.bytes => Err(format!("{key} was used twice")),
                _ => Ok(()),
            },
        }
    }

    /// How long something has been there.
    async fn age(&self, key: &Key) -> Option<SignedDuration> {
        let page = self.memory.page(&key.to_string(), None).await.ok()?;
        Some(page.now?.duration_since(page.objects.first()?.modified))
    }

    /// What is removed is an upload that no revision refers to, or a part that the catalogue does not name, and nobody can be about to.
    async fn check_removal(&self, key: &Key) -> Result<(), String> {
        let refers = match key {
            Key::Probe(_) | Key::Cleaning => return Ok(()),
            Key::Package(id, _, digest) | Key::Asset(id, digest) => self.references(id).contains(digest),
            Key::CatalogPart(digest) => self.catalogue_names(digest),
            _ => return Err(format!("{key} was deleted")),
        };
        let Some(age) = self.age(key).await else { return Ok(()) };
        // A publisher who was refused because it is announced has made it young, and does not rely on it.
        let announcement = self.memory.object(&Key::Cleaning.to_string()).and_then(|o| serde_json::from_slice::<Cleaning>(&o.bytes).ok());
        let is_announced = announcement.is_some_and(|cleaning| cleaning.keys.contains(&key.to_string()))
            && self.age(&Key::Cleaning).await.is_some_and(|age| age <= SignedDuration::from_hours(1));
        if age < SETTLED && !is_announced {
            return Err(format!("{key} was deleted, and somebody may be about to refer to it"));
        }
        if refers { Err(format!("{key} was deleted, and something refers to it")) } else { Ok(()) }
    }

    /// What all revisions of a plugin refer to.
    fn references(&self, id: &PluginId) -> References {
        let (document, history) = (Key::Document(id.clone()).to_string(), format!("history/{id}/"));
        let mut references = References::default();
        for path in self.memory.keys().into_iter().filter(|path| *path == document || path.starts_with(&history)) {
            references.read(&self.memory.object(&path).map(|object| object.bytes).unwrap_or_default());
        }
        references
    }

    fn catalogue_names(&self, part: &Digest) -> bool {
        let head = self.memory.object(&Key::CatalogHead.to_string()).and_then(|object| Head::parse(&object.bytes).ok());
        head.is_some_and(|head| head.parts().any(|named| named.sha256 == *part))
    }
}

#[async_trait]
impl Store for Watched {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        self.memory.get(key, known, limit).await
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.memory.get_range(key, range).await
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.memory.download(key, to, progress).await
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.memory.digest(key, progress).await
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        let body = match body {
            // Here and not in a thread of its own, so that what happens next does not depend on when that ends.
            Body::File { path, sha256, .. } => {
                let bytes = std::fs::read(path).unwrap_or_default();
                if Digest::of(&bytes) != sha256 {
                    return Err(StoreError::new(StoreErrorKind::Damaged { key: key.to_string() }, Some(key)));
                }
                Body::Bytes(bytes.into())
            }
            bytes => bytes,
        };
        let before = self.memory.object(&key.to_string()).map(|object| object.bytes);
        let etag = self.memory.put(key, body, condition, progress).await?;
        if let Err(breach) = self.check(key, before.as_deref()) {
            self.lock().push(breach);
        }
        Ok(etag)
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        self.memory.page(prefix, after).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        if let Err(breach) = self.check_removal(key).await {
            self.lock().push(breach);
        }
        self.memory.delete(key).await
    }
}
