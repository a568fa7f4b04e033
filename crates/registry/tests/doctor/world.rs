//! A small registry in memory, with everything that a check looks at, and the ways to spoil it.

use std::sync::Arc;

use patchbay_package::{Digest, FileEntry, FileList, Mode, PluginId};
use patchbay_registry::{
    Change, Key, Registry, Synced,
    catalogue::{Head, Line, Row, RowRef, Table},
    change::Publish,
    doctor::{Finding, Report, Scope, check},
    format::{
        document::{Document, Status},
        registry::About,
    },
    seen::Seen,
    store::{Store, memory::MemoryStore},
};
use patchbay_testkit::{
    document::{id, parsed, publishing, rollback, stamp},
    store::FaultStore,
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What a spoiled registry holds: `timer` with two versions and a rollback (3 revisions), and `lamp` with one.
pub struct World {
    pub memory: MemoryStore,
    pub store: FaultStore,
    pub registry: Registry,
}

pub const PACKAGE: &[u8] = b"the bytes of a package";

/// The file list that goes with it.
pub fn list(version: &str) -> FileList {
    let file =
        FileEntry { path: "main.js".into(), size: 40, sha256: Digest::of(version.as_bytes()), offset: 0, packed: 10, mode: Mode::Plain };
    FileList { files: vec![file] }
}

/// A publish whose objects are all there.
pub fn whole(version: &str) -> Publish {
    let mut publish = publishing(version);
    let artifact = &mut publish.release.artifacts[0];
    let package = package(version);
    (artifact.sha256, artifact.size) = (Digest::of(&package), package.len() as u64);
    (artifact.files, artifact.unpacked, artifact.list) = (1, 40, list(version).digest());
    publish.release.readme = Some(Digest::of(b"# Timer"));
    publish.release.changelog = Some(Digest::of(b"Changes"));
    publish.card.icon = Some(Digest::of(b"icon"));
    publish
}

pub fn package(version: &str) -> Vec<u8> {
    [PACKAGE, version.as_bytes()].concat()
}

impl World {
    pub async fn new() -> Self {
        let memory = MemoryStore::new();
        let store = FaultStore::new(Arc::new(memory.clone()));
        let seen = Arc::new(Seen::default());
        let about = About::new(Uuid::from_u128(1), "test");
        let registry = Registry::create(Arc::new(store.clone()), seen, about, "memory").await.unwrap();
        let world = Self { memory, store, registry };
        world.publish("timer", "1.0.0", 1).await;
        world.publish("timer", "1.1.0", 2).await;
        world.commit("timer", &rollback("stable", "1.0.0"), 3).await;
        world.publish("lamp", "1.0.0", 4).await;
        world
    }

    pub async fn publish(&self, plugin: &str, version: &str, n: u64) {
        let mut publish = whole(version);
        publish.id = parsed(plugin);
        for (key, bytes) in objects(plugin, version) {
            self.memory.insert(key, bytes);
        }
        self.commit(plugin, &Change::Publish(Box::new(publish)), n).await;
    }

    pub async fn commit(&self, plugin: &str, change: &Change, n: u64) {
        let (id, cancel, stamp) = (parsed(plugin), CancellationToken::new(), stamp(n, "ada"));
        let done = self.registry.commit(&id, change, &stamp, &cancel).run().await.unwrap();
        self.registry.fold(None, vec![Line::of(&done.document, done.etag.as_ref())], stamp.at).await.unwrap();
    }

    pub async fn check(&self, scope: Scope) -> Report {
        check(&self.registry, scope, stamp(9, "").at, &|_| {}, Arc::new(|_| {})).await.unwrap()
    }

    /// What a check says, each as its name and its sentence.
    pub async fn findings(&self) -> Vec<String> {
        self.check(Scope::default()).await.findings.iter().map(said).collect()
    }

    pub fn bytes(&self, key: &str) -> Vec<u8> {
        self.memory.object(key).unwrap_or_else(|| panic!("{key}")).bytes.to_vec()
    }

    pub fn text(&self, key: &str) -> String {
        match Head::parse(&self.bytes(key)) {
            Ok(head) => serde_json::to_string(&head).unwrap(),
            Err(_) => String::from_utf8(self.bytes(key)).unwrap(),
        }
    }

    /// Replaces a part of a text.
    pub fn edit(&self, key: &str, from: &str, to: &str) {
        let text = self.text(key);
        assert!(text.contains(from), "{key} has no {from}:\n{text}");
        self.memory.insert(key, text.replacen(from, to, 1));
    }

    /// Writes a document without history, as somebody with another tool would.
    pub fn rewrite(&self, plugin: &str, change: impl FnOnce(&mut Document)) {
        let key = Key::Document(parsed(plugin));
        let mut document = Document::parse(&key, &self.bytes(&key.to_string())).unwrap();
        change(&mut document);
        self.memory.insert(key.to_string(), document.to_bytes());
    }

    /// What the catalogue says, as JSON, changed: `rows` by id, and `hidden`, id → revision.
    pub fn catalogue(&self, change: impl FnOnce(&mut Value)) {
        let head = Head::parse(&self.bytes("catalog/head.json")).unwrap();
        // So few changes are all in the ring.
        let table = Table::default().with(head.ring.clone()).unwrap();
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let said =
            |row: RowRef<'_>| (row.id.to_owned(), json!({ "seq": row.seq, "card": parsed(row.card), "row": parsed(row.row.unwrap()) }));
        let mut says = json!({ "rows": table.rows().map(said).collect::<Map<_, _>>(), "hidden": {} });
        change(&mut says);
        let shown =
            says["rows"].as_object().unwrap().iter().map(|(id, row)| (id, row["seq"].clone(), row["card"].clone(), row["row"].clone()));
        let hidden = says["hidden"].as_object().unwrap().iter().map(|(id, seq)| (id, seq.clone(), Value::Null, Value::Null));
        let line = |(n, (id, seq, card, row))| json!({ "at": n + 1, "id": id, "seq": seq, "card": card, "row": row });
        let ring: Vec<Value> = shown.chain(hidden).enumerate().map(line).collect();
        let mut next = serde_json::to_value(Head::empty(head.lineage, head.time)).unwrap();
        (next["position"], next["ring"]) = (json!(ring.len()), json!(ring));
        self.memory.insert("catalog/head.json", next.to_string());
    }

    /// The plugins that the catalogue shows: what it says of each.
    pub async fn rows(&self) -> Vec<(PluginId, Row)> {
        let Synced::New(known) = self.registry.sync(None, true, stamp(9, "").at).await.unwrap() else { panic!() };
        known.table.unwrap().rows().map(|row| row.read().unwrap().unwrap()).collect()
    }

    pub fn hide(&self, plugin: &str) {
        self.rewrite(plugin, |document| document.header.status = Status::Hidden);
    }

    /// A registry that has seen nothing, over the same store.
    pub fn stranger(&self) -> Self {
        let seen = Arc::new(Seen::default());
        let store: Arc<dyn Store> = Arc::new(self.store.clone());
        let registry = Registry::known(store, seen, self.registry.about().clone());
        Self { memory: self.memory.clone(), store: self.store.clone(), registry }
    }
}

/// What a publish uploads.
pub fn objects(plugin: &str, version: &str) -> Vec<(String, Vec<u8>)> {
    let asset = |bytes: &[u8]| (Key::Asset(parsed(plugin), Digest::of(bytes)).to_string(), bytes.to_vec());
    let bytes = package(version);
    let package = Key::Package(parsed(plugin), parsed(version), Digest::of(&bytes)).to_string();
    vec![(package, bytes), asset(&list(version).to_bytes()), asset(b"# Timer"), asset(b"Changes"), asset(b"icon")]
}

pub fn said(finding: &Finding) -> String {
    format!("{}: {finding}", finding.name())
}

pub fn timer() -> String {
    Key::Document(id()).to_string()
}

pub fn revision(seq: u64) -> String {
    Key::Revision(id(), seq).to_string()
}

/// The key of what `timer` uploaded with a version: 0 the package, 1 the file list, 2 the README, 3 the changelog, 4 the icon.
pub fn upload(version: &str, which: usize) -> String {
    objects("timer", version)[which].0.clone()
}
