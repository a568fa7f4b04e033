//! How many requests things take.

use patchbay_registry::{Change, Synced, catalogue::Line};
use patchbay_testkit::document::{id, publish, rollback, stamp};

use super::bench::Bench;

/// What a client does beyond its uploads: look, commit, fold.
async fn publish_as_clients_do(bench: &Bench, change: &Change, n: u64) -> Vec<String> {
    let Synced::New(known) = bench.registry.sync(None, false, stamp(n, "").at).await.unwrap() else { panic!() };
    bench.store.forget();
    let found = bench.registry.find(&id()).await.unwrap();
    let done = bench.commit_with(change, &stamp(n, "ada"), |commit| commit.begin = Some(found)).await.unwrap();
    let line = Line::of(&done.document, done.etag.as_ref());
    bench.registry.fold(Some(*known), vec![line], stamp(n, "").at).await.unwrap();
    bench.store.requests().iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn a_publish_takes_four_requests() {
    let bench = Bench::new();
    let first = publish_as_clients_do(&bench, &publish("1.0.0"), 1).await;
    // Without a catalogue it is looked once whether one was lost.
    assert_eq!(first, ["Get plugins/timer.jsonl", "Put plugins/timer.jsonl", "List plugins/", "Put catalog/head.json"]);
    let second = publish_as_clients_do(&bench, &publish("1.1.0"), 2).await;
    let expected = ["Get plugins/timer.jsonl", "Put history/timer/0000000001.jsonl", "Put plugins/timer.jsonl", "Put catalog/head.json"];
    assert_eq!(second, expected);
    let back = publish_as_clients_do(&bench, &rollback("stable", "1.0.0"), 3).await;
    assert_eq!(back.len(), 4);
    let again = publish_as_clients_do(&bench, &publish("1.1.0"), 4).await;
    assert_eq!(again, ["Get plugins/timer.jsonl"], "the same bytes: nothing to write, and the catalogue knows");
}

#[tokio::test(start_paused = true)]
async fn a_resumed_operation_that_is_live_takes_one() {
    let bench = Bench::two().await;
    bench.commit(&rollback("stable", "1.0.0"), &stamp(50, "ben")).await.unwrap();
    bench.store.forget();
    bench.resume(&rollback("stable", "1.0.0"), &stamp(50, "ben")).await.unwrap();
    assert_eq!(bench.store.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_catalogue_that_is_the_same_is_not_sent() {
    let bench = Bench::two().await;
    let document = bench.document().unwrap();
    let Synced::New(none) = bench.registry.sync(None, false, stamp(9, "").at).await.unwrap() else { panic!() };
    assert!(none.table.as_ref().unwrap().is_empty(), "there is none yet");
    let known = bench.registry.fold(Some(*none), vec![Line::of(&document, None)], stamp(9, "").at).await.unwrap();
    assert_eq!(bench.registry.sync(Some(&known), false, stamp(9, "").at).await.unwrap(), Synced::Same);
}
