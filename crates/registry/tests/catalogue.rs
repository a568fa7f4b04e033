//! The catalogue: derived from documents, folded in any order, by many at once.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use futures::future::join_all;
use patchbay_package::PluginId;
use patchbay_registry::{
    Change, KnownHead, ReadError, Registry, Synced,
    catalogue::{Head, Row},
    change::Revision,
    format::{
        document::{Document, Status},
        registry::About,
    },
    store::memory::MemoryStore,
};
use patchbay_testkit::{
    document::{Story, id, parsed, promote, publish, publishing, rollback, stamp, unyank, yank},
    store::{Fault, FaultStore, Method},
};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

fn at(n: u64) -> jiff::Timestamp {
    stamp(n, "").at
}

fn empty() -> Head {
    Head::empty(at(0))
}

/// A plugin with a history: everything in it is a change of its row.
fn story() -> Story {
    Story::of([
        &publish("1.0.0"),
        &publish("1.1.0"),
        &rollback("stable", "1.0.0"),
        &publish("1.2.0-rc.1"),
        &promote("1.1.0", "lts"),
        &promote("1.0.0", "beta"),
    ])
}

fn with_status(document: &Document, status: Status) -> Document {
    let mut document = document.clone();
    document.header.status = status;
    document.header.seq += 1;
    document
}

#[test]
fn a_row_says_what_the_document_says() {
    let mut full = publishing("1.1.0");
    full.release.hosts = [("app".to_owned(), ">=2".to_owned())].into();
    full.release.license = Some("MIT".into());
    full.card.categories = vec!["time".into()];
    let story = Story::of([&publish("1.0.0"), &Change::Publish(Box::new(full)), &publish("2.0.0-rc.1")]);
    let head = empty().fold(story.document(), at(9)).unwrap();
    assert_eq!((head.position, head.time, head.rows.len()), (1, at(9), 1));
    let row = &head.rows[&id()];
    assert_eq!(
        serde_json::to_value(row).unwrap(),
        json!({
            "seq": 3,
            "name": "Timer", "description": "As of 1.1.0.", "author": "", "categories": ["time"],
            "status": "active",
            "channels": {
                "beta": { "version": "2.0.0-rc.1", "since": "2026-01-01T03:00:00Z" },
                "stable": { "version": "1.1.0", "since": "2026-01-01T02:00:00Z" },
            },
            "version": "1.1.0", "size": 1000, "hosts": { "app": ">=2" }, "license": "MIT", "releases": 3,
            "updated": "2026-01-01T03:00:00Z",
        })
    );
}

#[test]
fn a_row_says_what_people_should_leave_and_why() {
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0"), &promote("1.1.0", "beta"), &rollback("stable", "1.0.0")]);
    let left = |story: &Story| -> Vec<String> {
        let row = Row::of(story.document()).unwrap();
        row.rollbacks.iter().map(|l| format!("{} {} → {} at {}", l.channel, l.from, l.rollback.to, l.rollback.at)).collect()
    };
    assert_eq!(left(&story), ["stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    story.make(&rollback("beta", "1.0.0"));
    assert_eq!(left(&story), ["beta 1.1.0 → 1.0.0 at 2026-01-01T05:00:00Z", "stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    // A publish changes nothing about it; going on does.
    story.make(&publish("1.2.0"));
    assert_eq!(left(&story).len(), 2);
    story.make(&promote("1.2.0", "beta"));
    assert_eq!(left(&story), ["stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    // Rolled back to the same place once more: the rollback that holds it comes first, the older one after it.
    story.make(&promote("1.2.0", "stable"));
    assert_eq!(left(&story), [""; 0]);
    story.make(&rollback("stable", "1.0.0"));
    assert_eq!(left(&story), ["stable 1.2.0 → 1.0.0 at 2026-01-01T09:00:00Z", "stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    let json = serde_json::to_value(Row::of(story.document()).unwrap()).unwrap();
    assert_eq!(
        json["rollbacks"][0],
        json!({ "from": "1.2.0", "channel": "stable", "to": "1.0.0", "reason": "It counts backwards.", "at": "2026-01-01T09:00:00Z", "by": "ada" })
    );
}

#[test]
fn a_fold_never_goes_back() {
    let story = story();
    let documents: Vec<_> = story.revisions().iter().map(|r| &r.document).collect();
    let newest = empty().fold(documents[5], at(1)).unwrap();
    for document in &documents {
        assert_eq!(newest.fold(document, at(2)), None, "revision {}", document.header.seq);
    }
    let older = empty().fold(documents[2], at(1)).unwrap();
    assert_eq!(older.fold(documents[5], at(1)).unwrap().rows, newest.rows);
}

#[test]
fn what_is_hidden_is_not_in_it_and_does_not_come_back_by_itself() {
    let story = story();
    let shown = story.document();
    let hidden = with_status(shown, Status::Hidden);
    let head = empty().fold(shown, at(1)).unwrap();
    let without = head.fold(&hidden, at(2)).unwrap();
    assert!(without.rows.is_empty());
    assert_eq!(without.position, 2);
    // A writer that was slow folds what it knew before.
    assert_eq!(without.fold(shown, at(3)), None);
    // Also when the catalogue never had it.
    let without = empty().fold(&hidden, at(1)).unwrap();
    assert_eq!(without.fold(shown, at(2)), None);
    // Shown again by a later revision, it is there.
    let again = with_status(&hidden, Status::Active);
    assert_eq!(without.fold(&again, at(3)).unwrap().rows[&id()].seq, again.header.seq);
    for status in [Status::Deprecated, Status::Frozen] {
        let row = empty().fold(&with_status(shown, status.clone()), at(1)).unwrap().rows.remove(&id()).unwrap();
        assert_eq!(row.status, status);
    }
}

#[test]
fn what_a_later_patchbay_wrote_stays() {
    let head = empty().fold(story().document(), at(1)).unwrap();
    let mut value = serde_json::to_value(&head).unwrap();
    value["later"] = json!([1]);
    value["rows"]["timer"]["later"] = json!([2]);
    value["rows"]["timer"]["channels"]["stable"]["later"] = json!([3]);
    value["rows"]["timer"]["rollbacks"][0]["later"] = json!([4]);
    let read = Head::parse(value.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), value);
    // Another plugin's fold leaves all of it alone.
    let mut other = publishing("1.0.0");
    other.id = parsed("other");
    let folded = read.fold(Story::of([&Change::Publish(Box::new(other))]).document(), at(2)).unwrap();
    let mut folded = serde_json::to_value(folded).unwrap();
    folded["rows"].as_object_mut().unwrap().remove("other").unwrap();
    (value["position"], value["time"]) = (json!(2), json!(at(2)));
    assert_eq!(folded, value);
}

#[test]
fn it_is_read_as_it_was_written() {
    let head = empty().fold(story().document(), at(1)).unwrap();
    let bytes = head.to_bytes();
    assert_eq!(Head::parse(&bytes).unwrap(), head);
    assert!(bytes.ends_with(b"}\n") && bytes.iter().filter(|b| **b == b'\n').count() == 1, "one line");
    let text = String::from_utf8(bytes).unwrap().replace(r#""patchbay":1"#, r#""patchbay":2"#);
    assert_eq!(
        Head::parse(text.as_bytes()).unwrap_err().to_string(),
        "catalog/head.json is in format 2; this version of Patchbay knows format 1."
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folds_in_any_order_come_to_the_same(order in Just((0_usize..8).collect::<Vec<_>>()).prop_shuffle(), hidden in 0_usize..9) {
        let mut story = story();
        story.make(&yank("1.2.0-rc.1"));
        story.make(&unyank("1.2.0-rc.1"));
        let mut documents: Vec<_> = story.revisions().iter().map(|Revision { document, .. }| document.clone()).collect();
        if let Some(document) = documents.get_mut(hidden) {
            document.header.status = Status::Hidden;
        }
        let (mut head, mut seq) = (empty(), 0);
        for n in order {
            head = head.fold(&documents[n], at(1)).unwrap_or(head);
            let now = head.rows.get(&id()).map_or(seq, |row| row.seq);
            prop_assert!(now >= seq, "{} after {}", now, seq);
            seq = now;
        }
        let row = Row::of(&documents[7]).filter(|_| hidden != 7);
        prop_assert_eq!(head.rows.get(&id()), row.as_ref());
    }
}

fn registry() -> (MemoryStore, FaultStore, Registry) {
    let memory = MemoryStore::new();
    let store = FaultStore::new(Arc::new(memory.clone()));
    let registry = Registry::known(Arc::new(store.clone()), Arc::default(), About::new(Uuid::from_u128(1), "Team"));
    (memory, store, registry)
}

fn plugin(n: usize) -> (PluginId, Document) {
    let mut publish = publishing("1.0.0");
    publish.id = parsed(&format!("plugin-{n}"));
    let id = publish.id.clone();
    (id, Story::of([&Change::Publish(Box::new(publish))]).document().clone())
}

async fn standing(registry: &Registry) -> KnownHead {
    match registry.sync(None).await.unwrap() {
        Some(Synced::New(known)) => known,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn thirty_two_folds_at_once_lose_nothing() {
    let (_, store, registry) = registry();
    for method in [Method::Get, Method::Put] {
        store.fail_always(method, "", Fault::meanwhile(tokio::task::yield_now));
    }
    let story = story();
    let plugins: Vec<_> = (0..26).map(plugin).collect();
    // 26 plugins, and six revisions of another one.
    let documents = plugins.iter().map(|(_, document)| document).chain(story.revisions().iter().map(|r| &r.document));
    let known = None::<KnownHead>;
    for done in join_all(documents.map(|document| registry.fold(known.clone(), document, at(1)))).await {
        done.unwrap();
    }
    let head = standing(&registry).await.head;
    assert_eq!(head.rows.len(), 27);
    assert_eq!(head.rows[&id()].seq, 6);
    assert!(head.position >= 27, "each change counts: {}", head.position);
}

#[tokio::test(start_paused = true)]
async fn a_fold_with_a_known_catalogue_is_one_request() {
    let (_, store, registry) = registry();
    let (first, second, third) = (plugin(1).1, plugin(2).1, plugin(3).1);
    let known = registry.fold(None, &first, at(1)).await.unwrap();
    assert_eq!(store.requests().len(), 1);
    let stale = known.clone();
    let known = registry.fold(Some(known), &second, at(2)).await.unwrap();
    assert_eq!(store.requests().len(), 2);
    // Somebody else was faster: what is known is stale.
    store.forget();
    registry.fold(Some(stale), &third, at(3)).await.unwrap();
    let lines: Vec<_> = store.requests().iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["Put catalog/head.json", "Get catalog/head.json", "Put catalog/head.json"]);
    assert_eq!(standing(&registry).await.head.rows.len(), 3);
    // What it knows already is not sent.
    store.forget();
    registry.fold(Some(known), &second, at(4)).await.unwrap();
    assert!(store.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_each_request_of_a_fold() {
    let key = patchbay_registry::Key::CatalogHead;
    let faults = || [Fault::cut_before(), Fault::cut_after(), Fault::unavailable(), Fault::busy(&key), Fault::own_success_refused(&key)];
    for index in 0..3 {
        for (n, fault) in faults().into_iter().enumerate() {
            if index == 1 && n > 2 {
                continue;
            }
            let (_, store, registry) = registry();
            let stale = registry.fold(None, &plugin(1).1, at(1)).await.unwrap();
            registry.fold(Some(stale.clone()), &plugin(2).1, at(2)).await.unwrap();
            store.forget();
            store.fail_nth(index, fault);
            let folded = registry.fold(Some(stale), &plugin(3).1, at(3)).await;
            let head = standing(&registry).await.head;
            match folded {
                Ok(known) => assert_eq!((known.head.rows.len(), head.position), (3, 3), "{n} at {index}"),
                // A read that fails: the change is live all the same, and the next fold catches up.
                Err(ReadError::Store(_)) if index == 1 => assert_eq!(head.rows.len(), 2),
                Err(error) => panic!("{n} at {index}: {error:?}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_catalogue_of_a_newer_format_is_left_alone() {
    let (memory, _, registry) = registry();
    memory.insert("catalog/head.json", r#"{"patchbay":2}"#);
    let error = registry.fold(None, &plugin(1).1, at(1)).await.unwrap_err();
    assert_eq!(error.to_string(), "catalog/head.json is in format 2; this version of Patchbay knows format 1.");
    assert_eq!(memory.object("catalog/head.json").unwrap().bytes, r#"{"patchbay":2}"#);
    let error = registry.sync(None).await.unwrap_err();
    assert_eq!(error.hint(), "Update Patchbay.");
}
