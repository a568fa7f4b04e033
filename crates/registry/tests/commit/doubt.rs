//! Nobody knows whether it is live: that is said, and settled later by the operation id.

use std::time::Duration;

use patchbay_registry::{ChangeError, Key, ReadError, store::StoreErrorKind};
use patchbay_testkit::{
    document::{id, publish, rollback, stamp, unyank, with_bytes, yank},
    store::{Fault, Method},
};

use super::bench::Bench;

#[tokio::test(start_paused = true)]
async fn a_lost_answer_and_no_way_to_ask_is_unknown() {
    for (commit, live) in
        [(Fault::cut_after(), true), (Fault::cut_before(), false), (Fault::own_success_refused(&Key::Document(id())), true)]
    {
        let bench = Bench::two().await;
        let found = bench.registry.find(&id()).await.unwrap();
        bench.store.fail(Method::Put, "plugins/", commit);
        bench.store.fail_always(Method::Get, "plugins/", Fault::unreachable());
        let change = rollback("stable", "1.0.0");
        let begin = |commit: &mut patchbay_registry::Commit<'_>| {
            commit.begin = Some(found);
            commit.patience = Duration::from_millis(300);
        };
        let error = bench.commit_with(&change, &stamp(50, "ben"), begin).await.unwrap_err();
        let ChangeError::Unknown { op, source } = &error else { panic!("{error:?}") };
        assert_eq!(*op, stamp(50, "").op);
        assert!(
            matches!(source.as_deref(), Some(ReadError::Store(e)) if matches!(e.kind, StoreErrorKind::Unreachable { .. })),
            "{source:?}"
        );
        assert_eq!(
            error.to_string(),
            "The connection was lost at the moment of the commit, so it is not known whether the change is live."
        );
        // It can be asked later, and settled.
        assert!(bench.registry.committed(&id(), *op).await.is_err(), "still not known");
        bench.store.heal();
        let known = bench.registry.committed(&id(), *op).await.unwrap();
        assert_eq!(known.is_some(), live);
        let done = bench.resume(&change, &stamp(50, "ben")).await.unwrap();
        assert_eq!((done.wrote, bench.written_by(*op)), (true, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_is_found_however_much_was_written_since() {
    for since in [0, 1, 62, 63, 64, 65, 127, 128, 129, 200] {
        let bench = Bench::two().await;
        bench.store.fail(Method::Put, "plugins/", Fault::cut_after());
        // No patience at all: lost.
        let change = rollback("stable", "1.0.0");
        let lost = stamp(50, "ben");
        let found = bench.registry.find(&id()).await.unwrap();
        bench.store.fail_always(Method::Get, "", Fault::unreachable());
        let begin = |commit: &mut patchbay_registry::Commit<'_>| {
            commit.begin = Some(found);
            commit.patience = Duration::ZERO;
        };
        assert!(matches!(bench.commit_with(&change, &lost, begin).await, Err(ChangeError::Unknown { .. })));
        bench.store.heal();
        for n in 0..since {
            let change = if n % 2 == 0 { yank("1.1.0") } else { unyank("1.1.0") };
            bench.commit(&change, &stamp(100 + n, "eve")).await.unwrap();
        }
        bench.store.forget();
        let found = bench.registry.committed(&id(), lost.op).await.unwrap().unwrap_or_else(|| panic!("{since} later"));
        assert_eq!((found.document.header.seq, found.document.header.op, found.wrote), (3, lost.op, true));
        assert!(bench.store.requests().len() as u64 <= 2 + since / 64, "64 revisions with each request: {:?}", bench.store.requests());
        // Resuming it writes nothing more, although it would not make sense any more.
        let done = bench.resume(&change, &lost).await.unwrap();
        assert_eq!(done.document.header.seq, 3);
        assert_eq!(bench.written_by(lost.op), 1);
        // One that was never there is not found.
        assert!(bench.registry.committed(&id(), stamp(49, "").op).await.unwrap().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_plugin_without_a_document_committed_is_nothing() {
    let bench = Bench::new();
    assert!(bench.registry.committed(&id(), stamp(1, "").op).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_longer_than_the_patience_is_still_asked_after() {
    // The store accepts the commit, and the connection is silent until it is given up.
    let bench = Bench::two().await;
    let store = bench.store.clone();
    let late = Fault::meanwhile(|| tokio::time::sleep(Duration::from_secs(60)));
    bench.store.fail(Method::Put, "history/", late);
    store.fail(Method::Put, "plugins/", Fault::cut_after());
    let done = bench.commit_with(&rollback("stable", "1.0.0"), &stamp(50, "ben"), |c| c.patience = Duration::from_secs(60)).await.unwrap();
    assert_eq!((done.wrote, bench.written_by(stamp(50, "").op)), (true, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_attempt_is_definite() {
    // Our attempt never arrived, and somebody else took the version: it can never become live.
    let bench = Bench::two().await;
    let other = bench.other();
    bench.store.fail(Method::Put, "plugins/", Fault::cut_before());
    let happens = move || {
        let other = other.clone();
        async move {
            let cancel = tokio_util::sync::CancellationToken::new();
            other.commit(&id(), &with_bytes("1.2.0", "theirs"), &stamp(60, "eve"), &cancel).run().await.unwrap();
        }
    };
    // Look, archive, commit; then it is asked after.
    bench.store.fail_nth(3, Fault::meanwhile(happens));
    let error = bench.commit(&publish("1.2.0"), &stamp(50, "ben")).await.unwrap_err();
    assert!(matches!(error, ChangeError::Refused(_)), "{error:?}");
    assert_eq!(bench.written_by(stamp(50, "").op), 0);
}

/// An earlier run was killed with its commit on the way, and the next one cannot find out either.
#[tokio::test(start_paused = true)]
async fn a_resumed_operation_that_fails_is_still_in_doubt() {
    let denied = || Fault::Before(StoreErrorKind::Denied { verb: "read", what: "the bucket".into() });
    for (method, key) in [(Method::Get, "plugins/"), (Method::Put, "history/"), (Method::Put, "plugins/")] {
        let bench = Bench::two().await;
        let change = publish("1.2.0");
        // It is sent, not heard of, and not arrived; then the program is killed.
        bench.store.fail(Method::Put, "plugins/", Fault::Late(1_000));
        bench.store.fail_nth(3, Fault::Hang);
        let (own, token) = (stamp(50, "ben"), tokio_util::sync::CancellationToken::new());
        let (id, work) = (id(), &change);
        let run = bench.registry.commit(&id, work, &own, &token).run();
        assert!(tokio::time::timeout(Duration::from_secs(600), run).await.is_err());
        bench.store.heal();
        bench.store.fail(method, key, denied());
        let error = bench.resume(&change, &stamp(50, "ben")).await.unwrap_err();
        assert!(matches!(error, ChangeError::Unknown { .. }), "{method:?} {key}: {error:?}");
        // It arrives at last.
        bench.store.land().await;
        bench.resume(&change, &stamp(50, "ben")).await.unwrap();
        assert_eq!(bench.written_by(stamp(50, "").op), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_resumed_operation_that_is_cancelled_is_still_in_doubt() {
    let bench = Bench::two().await;
    let cancel = tokio_util::sync::CancellationToken::new();
    cancel.cancel();
    let (id, change, stamp) = (id(), publish("1.2.0"), stamp(50, "ben"));
    let mut commit = bench.registry.commit(&id, &change, &stamp, &cancel);
    commit.resumed = true;
    let error = commit.run().await.unwrap_err();
    assert!(matches!(error, ChangeError::Unknown { source: None, .. }), "{error:?}");
    // But when a rule forbids it, it is certain: what an earlier run was made from is gone.
    bench.commit(&with_bytes("1.2.0", "theirs"), &patchbay_testkit::document::stamp(60, "eve")).await.unwrap();
    assert!(matches!(bench.resume(&change, &stamp).await, Err(ChangeError::Refused(_))));
}
