//! A registry that was set back, and one that only seems so.

use std::{collections::BTreeMap, sync::Arc};

use patchbay_package::Digest;
use patchbay_registry::{
    ChangeError, Key, ReadError, Registry,
    seen::{Mark, Seen},
    store::Fetched,
};
use patchbay_testkit::{
    document::{id, publish, rollback, stamp, yank},
    store::{Fault, FaultStore, Method},
};
use tokio_util::sync::CancellationToken;

use super::bench::Bench;

fn said(outcome: Result<impl std::fmt::Debug, ChangeError>) -> String {
    match outcome {
        Err(ChangeError::Failed(error @ ReadError::SetBack(_))) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_another_or_a_missing_document_is_refused() {
    let bench = Bench::two().await;
    let key = Key::Document(id());
    let old = bench.bytes(&Key::Revision(id(), 1)).unwrap();
    let new = bench.bytes(&key).unwrap();
    let change = publish("1.2.0");

    bench.memory.insert(key.to_string(), old.clone());
    let keys = bench.keys();
    assert_eq!(said(bench.commit(&change, &stamp(50, "ben")).await), "The registry was set back: timer was at revision 2 and is at 1.");

    // Another revision of the same number.
    bench.memory.insert(key.to_string(), old);
    bench.other().commit(&id(), &publish("9.9.9"), &stamp(60, "eve"), &CancellationToken::new()).run().await.unwrap();
    let message = "The registry was set back: timer was at revision 2 and is another revision of the same number.";
    assert_eq!(said(bench.commit(&change, &stamp(50, "ben")).await), message);

    patchbay_registry::store::Store::delete(&bench.memory, &key).await.unwrap();
    assert_eq!(said(bench.commit(&change, &stamp(50, "ben")).await), "The registry was set back: timer was at revision 2 and is gone.");
    assert_eq!(bench.store.count(Method::Put, ""), 0, "nothing was written");
    assert!(bench.document().is_none());

    // Put right again, all is well.
    bench.memory.insert(key.to_string(), new);
    assert_eq!(bench.keys(), keys);
    bench.commit(&change, &stamp(50, "ben")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn marks_that_were_kept_notice_it_too() {
    let bench = Bench::two().await;
    let kept = Seen::new(bench.registry.seen().marks());
    let registry = bench.sharing(&Arc::new(kept));
    bench.memory.insert(Key::Document(id()).to_string(), bench.bytes(&Key::Revision(id(), 1)).unwrap());
    assert!(matches!(registry.document(&id()).await, Err(ReadError::SetBack(_))));
    assert!(matches!(registry.history(&id(), None, 10).await, Err(ReadError::SetBack(_))));
    assert!(bench.other().document(&id()).await.is_ok(), "who has seen nothing cannot know");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_was_overtaken_is_not_a_setback() {
    // It is answered with revision 2; before the answer comes, somebody in this program commits revision 3.
    let bench = Bench::two().await;
    let seen: Arc<Seen> = Arc::default();
    let there = bench.memory.object(&Key::Document(id()).to_string()).unwrap();
    let slow = FaultStore::new(Arc::new(bench.memory.clone()));
    slow.fail(Method::Get, "plugins/", Fault::Answer(Fetched::Found(there)));
    let outer = FaultStore::new(Arc::new(slow));
    let quick = bench.sharing(&seen);
    outer.fail(
        Method::Get,
        "plugins/",
        Fault::meanwhile(move || {
            let quick = quick.clone();
            async move {
                quick.commit(&id(), &publish("1.2.0"), &stamp(60, "eve"), &CancellationToken::new()).run().await.unwrap();
            }
        }),
    );
    let registry = Registry::known(Arc::new(outer), seen.clone(), bench.registry.about().clone());
    let read = registry.document(&id()).await.unwrap();
    assert_eq!(read.revision.document.header.seq, 2);
    assert_eq!(seen.marks()[&id()].seq, 3, "the higher mark stays");
    // From then on it is one.
    bench.memory.insert(Key::Document(id()).to_string(), read.bytes);
    assert!(matches!(registry.document(&id()).await, Err(ReadError::SetBack(_))));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_was_overtaken_by_a_first_publish_is_not_a_setback() {
    let bench = Bench::new();
    let seen: Arc<Seen> = Arc::default();
    let slow = FaultStore::new(Arc::new(bench.memory.clone()));
    slow.fail(Method::Get, "plugins/", Fault::Answer(Fetched::Absent));
    let outer = FaultStore::new(Arc::new(slow));
    let quick = bench.sharing(&seen);
    outer.fail(
        Method::Get,
        "plugins/",
        Fault::meanwhile(move || {
            let quick = quick.clone();
            async move {
                quick.commit(&id(), &publish("1.0.0"), &stamp(60, "eve"), &CancellationToken::new()).run().await.unwrap();
            }
        }),
    );
    let registry = Registry::known(Arc::new(outer), seen, bench.registry.about().clone());
    assert!(registry.find(&id()).await.unwrap().is_none());
    assert!(registry.find(&id()).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_history_of_another_timeline_stops_the_writer() {
    // Set back to revision 1, and nobody remembers: the history of what was lost is still there.
    let bench = Bench::with(&[publish("1.0.0"), publish("1.1.0"), yank("1.0.0")]).await;
    bench.memory.insert(Key::Document(id()).to_string(), bench.bytes(&Key::Revision(id(), 1)).unwrap());
    let other = bench.other();
    let run = |n: u64, version: &'static str| {
        let other = other.clone();
        async move { other.commit(&id(), &publish(version), &stamp(n, "eve"), &CancellationToken::new()).run().await }
    };
    run(60, "5.0.0").await.unwrap();
    let keys = bench.keys();
    let error = run(61, "5.1.0").await.unwrap_err();
    assert!(matches!(&error, ChangeError::Failed(ReadError::Altered { what }) if what == "history/timer/0000000002.jsonl"), "{error:?}");
    assert_eq!(error.to_string(), "history/timer/0000000002.jsonl is not what was published: its bytes differ from its digest.");
    assert_eq!(bench.keys(), keys);
}

#[test]
fn a_mark_only_moves_forward() {
    let seen = Seen::default();
    let mark = |seq: u64, text: &str| Mark { seq, digest: Digest::of(text.as_bytes()) };
    seen.check(&id(), seen.mark(&id()), Some(mark(3, "a"))).unwrap();
    seen.check(&id(), seen.mark(&id()), Some(mark(3, "a"))).unwrap();
    seen.check(&id(), seen.mark(&id()), Some(mark(5, "b"))).unwrap();
    assert!(seen.check(&id(), seen.mark(&id()), Some(mark(3, "a"))).is_err());
    assert!(seen.check(&id(), None, Some(mark(3, "a"))).is_ok(), "a read that began before");
    assert!(seen.check(&id(), None, Some(mark(5, "c"))).is_err(), "two of one number are never right");
    assert_eq!(seen.marks(), BTreeMap::from([(id(), mark(5, "b"))]));
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_not_a_setback() {
    let bench = Bench::two().await;
    bench.commit(&rollback("stable", "1.0.0"), &stamp(50, "ben")).await.unwrap();
    assert_eq!(bench.registry.document(&id()).await.unwrap().revision.document.header.seq, 3);
}
