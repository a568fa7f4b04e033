//! The fault-injecting store does what it is told, and nothing else.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use patchbay_registry::{
    key::Key,
    store::{Body, Condition, Fetched, Store, StoreErrorKind, memory::MemoryStore},
};
use patchbay_testkit::store::{Fault, FaultStore, Method};

fn stores() -> (MemoryStore, FaultStore) {
    let memory = MemoryStore::new();
    (memory.clone(), FaultStore::new(Arc::new(memory)))
}

async fn create(store: &FaultStore, key: &Key, bytes: &'static str) -> Result<(), StoreErrorKind> {
    store.put(key, Body::Bytes(bytes.into()), Condition::Absent, None).await.map(|_| ()).map_err(|e| e.kind)
}

#[tokio::test]
async fn an_error_before_leaves_nothing_and_an_error_after_leaves_the_object() {
    let (memory, store) = stores();
    store.fail(Method::Put, "registry", Fault::cut_before());
    assert!(matches!(create(&store, &Key::Registry, "a").await, Err(StoreErrorKind::Lost { .. })));
    assert!(memory.object("registry.json").is_none());

    store.fail(Method::Put, "registry", Fault::own_success_refused(&Key::Registry));
    assert!(matches!(create(&store, &Key::Registry, "a").await, Err(StoreErrorKind::PreconditionFailed { .. })));
    assert!(memory.object("registry.json").is_some());
}

#[tokio::test]
async fn a_fault_is_used_up_and_a_lasting_one_is_not() {
    let (_, store) = stores();
    store.fail_nth(1, Fault::unavailable());
    store.fail_always(Method::Get, "catalog/", Fault::unreachable());
    assert_eq!(create(&store, &Key::Registry, "a").await, Ok(()));
    assert!(create(&store, &Key::CatalogHead, "a").await.is_err());
    assert_eq!(create(&store, &Key::CatalogHead, "a").await, Ok(()));
    for _ in 0..2 {
        assert!(store.get(&Key::CatalogHead, None, 10).await.is_err());
    }
    store.heal();
    assert!(store.get(&Key::CatalogHead, None, 10).await.is_ok());
}

#[tokio::test]
async fn a_stale_get_answers_the_state_before() {
    let (memory, store) = stores();
    create(&store, &Key::Registry, "old").await.unwrap();
    let old = memory.object("registry.json").unwrap();
    store.put(&Key::Registry, Body::Bytes("new".into()), Condition::Matches(old.etag.clone()), None).await.unwrap();
    store.fail(Method::Get, "", Fault::Stale);
    assert_eq!(store.get(&Key::Registry, None, 10).await.unwrap(), Fetched::Found(old));
    let Fetched::Found(now) = store.get(&Key::Registry, None, 10).await.unwrap() else { panic!("it stands there") };
    assert_eq!(now.bytes, "new");
}

#[tokio::test]
async fn another_writer_comes_between() {
    let (memory, store) = stores();
    let other = memory.clone();
    store.fail(
        Method::Put,
        "",
        Fault::meanwhile(move || {
            let other = other.clone();
            async move {
                other.insert("registry.json", "theirs");
            }
        }),
    );
    assert!(matches!(create(&store, &Key::Registry, "ours").await, Err(StoreErrorKind::PreconditionFailed { .. })));
    assert_eq!(memory.object("registry.json").unwrap().bytes, "theirs");
}

#[tokio::test]
async fn requests_are_counted_by_kind_and_key() {
    let (_, store) = stores();
    create(&store, &Key::Registry, "a").await.unwrap();
    store.list("plugins/").await.unwrap();
    store.get(&Key::Registry, None, 10).await.unwrap();
    let lines: Vec<String> = store.requests().iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["Put registry.json", "List plugins/", "Get registry.json"]);
    assert_eq!(store.count(Method::Put, "registry"), 1);
    assert_eq!(store.count(Method::Put, "plugins/"), 0);
    store.forget();
    assert!(store.requests().is_empty());
}
