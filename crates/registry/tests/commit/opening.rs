//! Making and opening a registry.

use std::sync::Arc;

use patchbay_registry::{ReadError, Registry, format::registry::About, store::memory::MemoryStore};
use patchbay_testkit::store::{Fault, FaultStore, Method};
use uuid::Uuid;

fn about(n: u128) -> About {
    About::new(Uuid::from_u128(n), "Team")
}

async fn create(store: &Arc<FaultStore>, n: u128) -> Result<Registry, ReadError> {
    Registry::create(store.clone(), Arc::default(), about(n), "plugins").await
}

fn stores() -> (MemoryStore, Arc<FaultStore>) {
    let memory = MemoryStore::new();
    (memory.clone(), Arc::new(FaultStore::new(Arc::new(memory))))
}

#[tokio::test(start_paused = true)]
async fn an_empty_bucket_becomes_a_registry_once() {
    let (memory, store) = stores();
    assert_eq!(create(&store, 1).await.unwrap().about(), &about(1));
    assert_eq!(create(&store, 2).await.unwrap().about(), &about(1), "the second finds the first");
    let opened = Registry::open(store, Arc::default(), "plugins").await.unwrap();
    assert_eq!(opened.about(), &about(1));
    assert_eq!(memory.keys(), ["registry.json"]);
}

#[tokio::test(start_paused = true)]
async fn two_who_make_it_at_once_get_the_same_one() {
    let (memory, store) = stores();
    store.fail(
        Method::Put,
        "registry.json",
        Fault::meanwhile(move || {
            let memory = memory.clone();
            async move {
                memory.insert("registry.json", about(2).to_bytes());
            }
        }),
    );
    assert_eq!(create(&store, 1).await.unwrap().about(), &about(2));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_empty_is_left_alone() {
    let (memory, store) = stores();
    memory.insert("photos/cat.jpg", "meow");
    let error = create(&store, 1).await.unwrap_err();
    assert_eq!(error.to_string(), "plugins is not empty, and it is not a registry.");
    assert_eq!(error.hint(), "Choose an empty bucket, or a prefix of its own with `--prefix`.");
    assert_eq!(memory.keys(), ["photos/cat.jpg"]);
    // What a probe left behind does not count.
    let (memory, store) = stores();
    memory.insert("probe/x", "1");
    create(&store, 1).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_no_registry_is_not_opened() {
    let (memory, store) = stores();
    let open = async || Registry::open(store.clone(), Arc::default(), "team/plugins").await.unwrap_err();
    let error = open().await;
    assert_eq!(error.to_string(), "team/plugins is not a registry: it has no registry.json.");
    assert_eq!(error.hint(), "Check the bucket and the prefix; to turn an empty bucket into a registry, add it with `--create`.");
    for (text, message) in [
        (r#"{"patchbay":2}"#, "registry.json is in format 2; this version of Patchbay knows format 1."),
        (r#"{"patchbay":1,"id""#, "registry.json is cut off."),
        ("<html>", "registry.json cannot be read: line 1 is not what Patchbay writes."),
    ] {
        memory.insert("registry.json", text);
        assert_eq!(open().await.to_string(), message);
        // And nobody makes another one over it.
        assert_eq!(create(&store, 1).await.unwrap_err().to_string(), message);
        assert_eq!(memory.object("registry.json").unwrap().bytes, text);
    }
}
