//! Cancelling: before the commit is sent nothing is visible; after it was sent it is not claimed that nothing is.

use patchbay_registry::{ChangeError, Commit, Key};
use patchbay_testkit::{
    document::{id, publish, stamp},
    store::{Fault, Method},
};
use tokio_util::sync::CancellationToken;

use super::bench::Bench;

/// A publish that is cancelled by what happens at a request.
async fn cancelled_at(bench: &Bench, method: Method, prefix: &str) -> Result<patchbay_registry::Committed, ChangeError> {
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    bench.store.fail(
        method,
        prefix,
        Fault::meanwhile(move || {
            token.cancel();
            async {}
        }),
    );
    run(bench, &cancel).await
}

async fn run(bench: &Bench, cancel: &CancellationToken) -> Result<patchbay_registry::Committed, ChangeError> {
    let (id, change, stamp) = (id(), publish("1.2.0"), stamp(50, "ben"));
    let commit: Commit<'_> = bench.registry.commit(&id, &change, &stamp, cancel);
    tokio::time::timeout(std::time::Duration::from_secs(3_600), commit.run()).await.expect("it comes to an end")
}

#[tokio::test(start_paused = true)]
async fn before_anything_nothing_is_asked() {
    let bench = Bench::two().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = run(&bench, &cancel).await.unwrap_err();
    assert!(matches!(error, ChangeError::Cancelled), "{error:?}");
    assert_eq!(error.to_string(), "Cancelled before anything became visible.");
    assert!(bench.store.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn before_the_commit_nothing_is_visible() {
    for (method, prefix) in [(Method::Get, "plugins/"), (Method::Put, "history/")] {
        let bench = Bench::two().await;
        let before = bench.document();
        let error = cancelled_at(&bench, method, prefix).await.unwrap_err();
        assert!(matches!(error, ChangeError::Cancelled), "{error:?} at {prefix}");
        assert_eq!(bench.document(), before);
        assert_eq!(bench.store.count(Method::Put, "plugins/"), 0);
        // What is left in history is what stands there: the next writer finds it.
        bench.commit(&publish("1.2.0"), &stamp(51, "ben")).await.unwrap();
        assert_eq!(bench.history().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_hangs_is_not_waited_for() {
    for (method, prefix) in [(Method::Get, "plugins/"), (Method::Put, "history/")] {
        let bench = Bench::two().await;
        let before = bench.document();
        bench.store.fail(method, prefix, Fault::Hang);
        let cancel = CancellationToken::new();
        let pressed = async {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            cancel.cancel();
        };
        let (outcome, ()) = tokio::join!(run(&bench, &cancel), pressed);
        assert!(matches!(outcome, Err(ChangeError::Cancelled)), "{outcome:?} at {prefix}");
        assert_eq!(bench.document(), before);
    }
}

#[tokio::test(start_paused = true)]
async fn once_the_commit_is_sent_it_is_live() {
    let bench = Bench::two().await;
    let done = cancelled_at(&bench, Method::Put, "plugins/").await.unwrap();
    assert!(done.wrote);
    assert_eq!(bench.written_by(stamp(50, "").op), 1);
}

#[tokio::test(start_paused = true)]
async fn in_doubt_it_is_unknown() {
    for fault in [Fault::cut_after(), Fault::cut_before(), Fault::own_success_refused(&Key::Document(id()))] {
        let bench = Bench::two().await;
        bench.store.fail(Method::Put, "plugins/", fault);
        let cancel = CancellationToken::new();
        let token = cancel.clone();
        // Look, archive, commit; then it is asked after.
        bench.store.fail_nth(3, Fault::Hang);
        let watched = bench.store.clone();
        let press = async {
            while watched.count(Method::Get, "plugins/") < 2 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            token.cancel();
        };
        let (outcome, ()) = tokio::join!(run(&bench, &cancel), press);
        match outcome {
            Err(ChangeError::Unknown { op, .. }) => assert_eq!(op, stamp(50, "").op),
            other => panic!("{other:?}"),
        }
        bench.resume(&publish("1.2.0"), &stamp(50, "ben")).await.unwrap();
        assert_eq!(bench.written_by(stamp(50, "").op), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn when_somebody_else_was_first_cancelling_is_certain_again() {
    let bench = Bench::two().await;
    let other = bench.other();
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    bench.store.fail(
        Method::Put,
        "plugins/",
        Fault::meanwhile(move || {
            let other = other.clone();
            async move {
                other.commit(&id(), &publish("1.3.0"), &stamp(60, "eve"), &CancellationToken::new()).run().await.unwrap();
            }
        }),
    );
    // It has been read that theirs stands there, and ours can never: then the person cancels.
    bench.store.fail(
        Method::Put,
        "history/timer/0000000003",
        Fault::meanwhile(move || {
            token.cancel();
            async {}
        }),
    );
    let outcome = run(&bench, &cancel).await;
    assert!(matches!(outcome, Err(ChangeError::Cancelled)), "{outcome:?}");
    assert_eq!(bench.written_by(stamp(50, "").op), 0);
}
