//! A registry in memory behind a store that fails on demand.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use patchbay_package::Digest;
use patchbay_registry::{
    Change, ChangeError, Key, Registry,
    change::Stamp,
    commit::{Commit, Committed},
    format::{document::Document, registry::About},
    seen::Seen,
    store::memory::MemoryStore,
};
use patchbay_testkit::{
    document::{id, publish, stamp},
    store::FaultStore,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub struct Bench {
    /// The bucket itself.
    pub memory: MemoryStore,
    /// What goes wrong on the way to it.
    pub store: FaultStore,
    /// The registry, over the faults.
    pub registry: Registry,
}

impl Bench {
    /// A registry in which nothing was published yet.
    pub fn new() -> Self {
        let memory = MemoryStore::new();
        let about = About::new(Uuid::from_u128(1), "Team");
        memory.insert("registry.json", about.to_bytes());
        let store = FaultStore::new(Arc::new(memory.clone()));
        let registry = Registry::known(Arc::new(store.clone()), Arc::default(), about);
        Self { memory, store, registry }
    }

    /// A registry after these changes, each by `ada` under the operation ids 1, 2, …
    pub async fn with(changes: &[Change]) -> Self {
        let bench = Self::new();
        for (n, change) in (1..).zip(changes) {
            let done = bench.commit(change, &stamp(n, "ada")).await.unwrap();
            assert!(done.wrote);
        }
        bench.store.forget();
        bench
    }

    /// A registry with 1.0.0 and 1.1.0.
    pub async fn two() -> Self {
        Self::with(&[publish("1.0.0"), publish("1.1.0")]).await
    }

    /// Another program on the same bucket, without faults and without memory.
    pub fn other(&self) -> Registry {
        Registry::known(Arc::new(self.memory.clone()), Arc::default(), self.registry.about().clone())
    }

    /// Another program on the same bucket that remembers what this one has seen.
    pub fn sharing(&self, seen: &Arc<Seen>) -> Registry {
        Registry::known(Arc::new(self.memory.clone()), seen.clone(), self.registry.about().clone())
    }

    pub async fn commit(&self, change: &Change, stamp: &Stamp) -> Result<Committed, ChangeError> {
        self.commit_with(change, stamp, |_| {}).await
    }

    /// A commit with something about it changed.
    pub async fn commit_with(&self, change: &Change, stamp: &Stamp, set: impl FnOnce(&mut Commit<'_>)) -> Result<Committed, ChangeError> {
        let cancel = CancellationToken::new();
        let id = id();
        let mut commit = self.registry.commit(&id, change, stamp, &cancel);
        set(&mut commit);
        // Longer than anything may take: what hangs here would hang for a person.
        tokio::time::timeout(Duration::from_secs(3_600), commit.run()).await.expect("it comes to an end")
    }

    /// The same operation again, as after a restart.
    pub async fn resume(&self, change: &Change, stamp: &Stamp) -> Result<Committed, ChangeError> {
        self.commit_with(change, stamp, |commit| commit.resumed = true).await
    }

    /// The bytes at a key.
    pub fn bytes(&self, key: &Key) -> Option<Bytes> {
        self.memory.object(&key.to_string()).map(|object| object.bytes)
    }

    /// The document, if there is one.
    pub fn document(&self) -> Option<Document> {
        let key = Key::Document(id());
        self.bytes(&key).map(|bytes| Document::parse(&key, &bytes).unwrap())
    }

    /// Every revision, oldest first, each checked against the digest that its successor names.
    pub fn history(&self) -> Vec<Document> {
        let Some(newest) = self.document() else { return Vec::new() };
        let mut revisions = vec![newest];
        for seq in (1..revisions[0].header.seq).rev() {
            let key = Key::Revision(id(), seq);
            let bytes = self.bytes(&key).unwrap_or_else(|| panic!("{key} is missing"));
            let document = Document::parse(&key, &bytes).unwrap();
            assert_eq!(revisions.last().unwrap().header.prev, Some(Digest::of(&bytes)), "the chain breaks at {key}");
            revisions.push(document);
        }
        assert_eq!(revisions.last().unwrap().header.prev, None);
        revisions.reverse();
        let ops: BTreeSet<_> = revisions.iter().map(|d| d.header.op).collect();
        assert_eq!(ops.len(), revisions.len(), "an operation wrote two revisions");
        revisions
    }

    /// How many revisions an operation wrote.
    pub fn written_by(&self, op: Uuid) -> usize {
        self.history().iter().filter(|document| document.header.op == op).count()
    }

    /// The keys that are there.
    pub fn keys(&self) -> BTreeSet<String> {
        self.memory.keys().into_iter().collect()
    }
}
