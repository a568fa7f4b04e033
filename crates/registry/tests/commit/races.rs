//! Several writers at once.

use std::sync::Arc;

use futures::future::join_all;
use patchbay_package::Digest;
use patchbay_registry::{Change, ChangeError, Key, Refusal};
use patchbay_testkit::{
    document::{id, parsed, publish, rollback, stamp, told, with_bytes},
    store::{Fault, Method},
};
use tokio_util::sync::CancellationToken;

use super::bench::Bench;

/// Before the next commit arrives, somebody else's does.
fn first_comes(bench: &Bench, change: Change) {
    let other = bench.other();
    bench.store.fail(
        Method::Put,
        "plugins/",
        Fault::meanwhile(move || {
            let (other, change) = (other.clone(), change.clone());
            async move {
                other.commit(&id(), &change, &stamp(60, "eve"), &CancellationToken::new()).run().await.unwrap();
            }
        }),
    );
}

#[tokio::test(start_paused = true)]
async fn another_writer_in_between_is_no_error() {
    let bench = Bench::two().await;
    first_comes(&bench, publish("1.2.0"));
    let done = bench.commit(&publish("1.3.0"), &stamp(50, "ben")).await.unwrap();
    assert_eq!(told(&done.consequences), ["adds 1.3.0", "stable: 1.2.0 → 1.3.0"], "made on what stands there now");
    let actors: Vec<_> = bench.history().iter().map(|d| d.header.actor.clone()).collect();
    assert_eq!(actors, ["ada", "ada", "eve", "ben"]);
}

#[tokio::test(start_paused = true)]
async fn what_no_longer_makes_sense_is_refused() {
    // Both see 1.1.0; the first rolls back.
    let bench = Bench::two().await;
    first_comes(&bench, rollback("stable", "1.0.0"));
    let seen = Change::Promote { channel: parsed("stable"), version: parsed("1.0.0"), expect: Some(parsed("1.1.0")) };
    let error = bench.commit(&seen, &stamp(50, "ben")).await.unwrap_err();
    assert_eq!(error.to_string(), "stable was moved meanwhile: eve pointed it to 1.0.0.");
    assert_eq!(bench.written_by(stamp(50, "").op), 0);
}

#[tokio::test(start_paused = true)]
async fn the_first_publish_of_a_plugin_is_a_race_too() {
    let bench = Bench::new();
    first_comes(&bench, publish("1.0.0"));
    let done = bench.commit(&publish("1.1.0"), &stamp(50, "ben")).await.unwrap();
    assert_eq!((done.document.header.seq, &done.document.header.owners), (2, &vec!["eve".to_owned()]));
    assert_eq!(bench.history().len(), 2);
}

/// Every request gives way to the others first, so that they really run beside each other.
fn give_way(bench: &Bench) {
    for method in [Method::Get, Method::Put] {
        bench.store.fail_always(method, "", Fault::meanwhile(tokio::task::yield_now));
    }
}

#[tokio::test(start_paused = true)]
async fn two_writers_of_one_version_have_one_winner() {
    for setup in [vec![], vec![publish("0.1.0")]] {
        let bench = Bench::with(&setup).await;
        give_way(&bench);
        let (ours, theirs) = (with_bytes("1.0.0", "ours"), with_bytes("1.0.0", "theirs"));
        let (ben_stamp, eve_stamp) = (stamp(50, "ben"), stamp(60, "eve"));
        let (ben, eve) = tokio::join!(bench.commit(&ours, &ben_stamp), bench.commit(&theirs, &eve_stamp));
        let (winner, lost) = match (ben, eve) {
            (Ok(_), Err(lost)) => ("ben", lost),
            (Err(lost), Ok(_)) => ("eve", lost),
            other => panic!("{other:?}"),
        };
        let ChangeError::Refused(Refusal::VersionTaken { by, next_free, .. }) = &lost else { panic!("{lost:?}") };
        assert_eq!((by.as_str(), next_free), (winner, &parsed("1.0.1")));
        assert_eq!(bench.history().len(), setup.len() + 1);
        assert_eq!(bench.document().unwrap().release(&parsed("1.0.0")).unwrap().by, winner);
    }
}

#[tokio::test(start_paused = true)]
async fn two_writers_of_the_same_bytes_both_succeed() {
    let bench = Bench::new();
    give_way(&bench);
    let change = publish("1.0.0");
    let (ben_stamp, eve_stamp) = (stamp(50, "ben"), stamp(60, "eve"));
    let (ben, eve) = tokio::join!(bench.commit(&change, &ben_stamp), bench.commit(&change, &eve_stamp));
    let (ben, eve) = (ben.unwrap(), eve.unwrap());
    assert!(ben.wrote ^ eve.wrote, "one of them wrote it");
    let other = if ben.wrote { eve } else { ben };
    assert_eq!(told(&other.consequences), ["1.0.0 is live already"]);
    assert_eq!(bench.history().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn thirty_two_writers_of_different_versions_all_succeed() {
    let bench = Arc::new(Bench::with(&[publish("1.0.0")]).await);
    give_way(&bench);
    let work = (0..32_u64).map(|n| {
        let bench = bench.clone();
        async move { bench.commit(&publish(&format!("1.1.{n}")), &stamp(100 + n, "ben")).await }
    });
    for done in join_all(work).await {
        done.unwrap();
    }
    let revisions = bench.history();
    assert_eq!(revisions.len(), 33);
    let document = revisions.last().unwrap();
    assert_eq!(document.releases.len(), 33);
    assert_eq!(document.header.channels[&parsed("stable")].version, parsed("1.1.31"), "whatever the order was");
}

#[test]
fn thirty_two_writers_on_several_threads_all_succeed() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = Arc::new(Bench::with(&[publish("1.0.0")]).await);
        give_way(&bench);
        let work = (0..32_u64).map(|n| {
            let bench = bench.clone();
            tokio::spawn(async move { bench.commit(&publish(&format!("1.1.{n}")), &stamp(100 + n, "ben")).await })
        });
        for done in join_all(work).await {
            done.unwrap().unwrap();
        }
        assert_eq!(bench.history().len(), 33);
    });
}

#[tokio::test(start_paused = true)]
async fn a_delayed_attempt_never_wins_twice() {
    // The first attempt is answered by nobody and arrives all the same, later: while the second is on its way.
    let bench = Bench::two().await;
    bench.store.fail(Method::Put, "plugins/", Fault::cut_before());
    let memory = bench.memory.clone();
    let key = Key::Document(id()).to_string();
    let standing = memory.object(&key).unwrap();
    let change = publish("1.2.0");
    let delayed = {
        let revision = patchbay_registry::change::Revision { document: bench.document().unwrap(), digest: Digest::of(&standing.bytes) };
        let next = patchbay_registry::change::apply(Some(&revision), &change, &stamp(50, "ben")).unwrap();
        let patchbay_registry::change::Next::Write { document, .. } = next else { panic!("{next:?}") };
        document.to_bytes()
    };
    bench.store.fail(
        Method::Put,
        "plugins/",
        Fault::meanwhile(move || {
            let (memory, key, standing, delayed) = (memory.clone(), key.clone(), standing.clone(), delayed.clone());
            async move {
                // With the condition that it was sent with.
                if memory.object(&key).as_ref() == Some(&standing) {
                    memory.insert(key, delayed);
                }
            }
        }),
    );
    let done = bench.commit(&change, &stamp(50, "ben")).await.unwrap();
    assert_eq!((done.wrote, bench.written_by(stamp(50, "").op), bench.history().len()), (true, 1, 3));
}
