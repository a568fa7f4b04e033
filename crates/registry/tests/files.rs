//! One file out of a package: by one request, checked, and never something else.

use std::{fs::File, ops::ControlFlow, sync::Arc};

use patchbay_package::{Digest, FileList, Limits, Manifest, PluginId, Version, pack, scan};
use patchbay_registry::{
    Key, ReadError, Registry,
    format::{registry::About, release::Artifact},
    store::memory::MemoryStore,
};
use patchbay_testkit::{
    plugin::PluginFolder,
    store::{FaultStore, Method},
};

struct Shelf {
    memory: MemoryStore,
    store: FaultStore,
    registry: Registry,
    id: PluginId,
    version: Version,
    artifact: Artifact,
    list: FileList,
}

impl Shelf {
    /// A registry with one package.
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let text = "the same line again\n".repeat(200);
        let folder = PluginFolder::new("a", "1.0.0").file("text.md", text).file("empty", "").file("tiny", "x").write(scratch.path());
        let (limits, manifest) = (Limits::DEFAULT, Manifest::read(&folder).unwrap().manifest);
        let (contents, zip) = (scan(&folder, &limits).unwrap(), scratch.path().join("zip"));
        let out = File::create(&zip).unwrap();
        let packed = pack(&folder, &contents, &manifest, &limits, scratch.path(), out, &mut |_| ControlFlow::Continue(())).unwrap();
        let list = packed.list.to_bytes();
        let artifact = Artifact {
            platform: "any".into(),
            sha256: packed.sha256,
            size: packed.size,
            unpacked: packed.unpacked_size,
            files: 5,
            list: Digest::of(&list),
            extra: serde_json::Map::new(),
        };
        let memory = MemoryStore::new();
        let store = FaultStore::new(Arc::new(memory.clone()));
        let registry = Registry::known(Arc::new(store.clone()), Arc::default(), About::new(uuid::Uuid::nil(), "test"));
        let (id, version) = (manifest.id, manifest.version);
        let shelf = Self { memory, store, registry, id, version, artifact, list: packed.list };
        shelf.memory.insert(shelf.package().to_string(), std::fs::read(&zip).unwrap());
        shelf.memory.insert(Key::Asset(shelf.id.clone(), shelf.artifact.list).to_string(), list);
        shelf
    }

    fn package(&self) -> Key {
        Key::Package(self.id.clone(), self.version.clone(), self.artifact.sha256)
    }

    async fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.registry.file(&self.id, &self.version, &self.artifact, self.list.file(path).unwrap(), limit).await
    }
}

#[tokio::test]
async fn a_file_is_one_ranged_request() {
    let shelf = Shelf::new();
    assert_eq!(shelf.registry.files(&shelf.id, &shelf.version, &shelf.artifact).await.unwrap(), shelf.list);
    shelf.store.forget();
    let text = shelf.read("text.md", 4_000).await.unwrap();
    assert_eq!(text, "the same line again\n".repeat(200).into_bytes());
    let requests: Vec<String> = shelf.store.requests().iter().map(ToString::to_string).collect();
    assert_eq!(requests, [format!("GetRange {}", shelf.package())]);
    assert_eq!(shelf.read("tiny", 1).await.unwrap(), b"x");
    assert_eq!(shelf.read("empty", 1).await.unwrap(), b"");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_asked_for() {
    let shelf = Shelf::new();
    let refused = shelf.read("text.md", 3_999).await.unwrap_err();
    assert_eq!(refused.to_string(), "“text.md” has 4000 bytes; at most 3999 are read here.");
    assert_eq!(shelf.store.count(Method::GetRange, ""), 0);
}

#[tokio::test]
async fn corruption_is_named_and_not_shown() {
    let shelf = Shelf::new();
    let key = shelf.package().to_string();
    let good = shelf.memory.object(&key).unwrap().bytes.to_vec();
    let file = shelf.list.file("text.md").unwrap();
    let expected = "“text.md” of a 1.0.0 is not what was published: its bytes differ from its digest.";
    for at in file.offset..file.offset + file.packed {
        let mut bad = good.clone();
        bad[at as usize] ^= 1;
        shelf.memory.insert(&key, bad);
        assert_eq!(shelf.read("text.md", 4_000).await.unwrap_err().to_string(), expected, "byte {at}");
    }
    // The other files are not touched by it.
    assert_eq!(shelf.read("tiny", 1).await.unwrap(), b"x");
    for length in [0, 10, file.offset as usize, (file.offset + file.packed - 1) as usize] {
        shelf.memory.insert(&key, good[..length].to_vec());
        assert_eq!(shelf.read("text.md", 4_000).await.unwrap_err().to_string(), expected, "cut to {length}");
    }
}

/// The list is the publisher's word: it must not make a reader ask for what no package has.
#[tokio::test]
async fn a_list_that_lies_leads_nowhere() {
    let shelf = Shelf::new();
    let tiny = shelf.list.file("tiny").unwrap();
    for (offset, packed) in [(u64::MAX, 1), (shelf.artifact.size, 1), (0, u64::MAX), (0, 2)] {
        let lie = patchbay_package::FileEntry { offset, packed, ..tiny.clone() };
        let read = shelf.registry.file(&shelf.id, &shelf.version, &shelf.artifact, &lie, 10).await;
        assert!(matches!(read, Err(ReadError::AlteredFile { .. })), "{offset} {packed}");
    }
    assert_eq!(shelf.store.count(Method::GetRange, ""), 0);
    let fewer = Artifact { files: 4, ..shelf.artifact.clone() };
    let refused = shelf.registry.files(&shelf.id, &shelf.version, &fewer).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The file list of a 1.0.0 cannot be used. The file list is damaged: it should hold 4 files and holds 5."
    );
}
