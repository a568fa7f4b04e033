//! One thing goes wrong, at each request in turn; then anything, in any order.

use std::time::Duration;

use patchbay_registry::{Change, ChangeError, Key, store::StoreErrorKind};
use patchbay_testkit::{
    document::{id, promote, publish, rollback, stamp, told, yank},
    store::{Fault, Method, Request},
};
use proptest::{prelude::*, sample::select};

use super::bench::Bench;

fn denied() -> StoreErrorKind {
    StoreErrorKind::Denied { verb: "write", what: "the bucket".into() }
}

fn unavailable() -> StoreErrorKind {
    StoreErrorKind::Unavailable { endpoint: "https://store.example".into(), status: 500 }
}

fn not_a_store() -> StoreErrorKind {
    StoreErrorKind::NotAStore { endpoint: "https://store.example".into(), what: "a web page".into() }
}

/// Every way in which a request goes wrong, and whether it only needs to be asked again.
fn faults(key: &Key) -> Vec<(&'static str, Fault, bool)> {
    vec![
        ("cut before", Fault::cut_before(), true),
        ("cut after", Fault::cut_after(), true),
        ("503 before", Fault::unavailable(), true),
        ("500 after", Fault::After(unavailable()), true),
        ("409", Fault::busy(key), true),
        ("412 on one's own success", Fault::own_success_refused(key), true),
        ("unreachable", Fault::unreachable(), false),
        ("denied", Fault::Before(denied()), false),
        ("a web page", Fault::Before(not_a_store()), false),
    ]
}

/// The requests of a change when nothing goes wrong.
async fn requests(setup: &[Change], change: &Change) -> Vec<Request> {
    let bench = Bench::with(setup).await;
    bench.commit(change, &stamp(50, "ben")).await.unwrap();
    bench.store.requests()
}

fn cases() -> Vec<(Vec<Change>, Change, usize)> {
    let two = vec![publish("1.0.0"), publish("1.1.0")];
    let held = [two.clone(), vec![rollback("stable", "1.0.0")]].concat();
    vec![
        (vec![], publish("1.0.0"), 2),
        (two.clone(), publish("1.2.0"), 3),
        (two.clone(), rollback("stable", "1.0.0"), 3),
        (two, yank("1.0.0"), 3),
        (held, promote("1.1.0", "stable"), 3),
    ]
}

#[tokio::test(start_paused = true)]
async fn one_fault_at_each_request_of_each_change() {
    let mut tried = 0;
    for (setup, change, count) in cases() {
        let clean = requests(&setup, &change).await;
        assert_eq!(clean.len(), count, "{clean:?}");
        for request in &clean {
            let is_commit = request.key.starts_with("plugins/") && request.method == Method::Put;
            for (name, fault, passes) in faults(&Key::Document(id())) {
                if request.method == Method::Get && name.starts_with('4') {
                    continue;
                }
                tried += 1;
                let case = format!("{name} at {request} of {change:?}");
                let bench = Bench::with(&setup).await;
                let (before, keys) = (bench.document(), bench.keys());
                bench.store.fail_nth(request.index, fault);
                let (own, again) = (stamp(50, "ben"), stamp(50, "ben"));
                let outcome = bench.commit(&change, &own).await;
                match outcome {
                    Ok(done) => {
                        assert!(passes, "{case}");
                        assert!(done.wrote, "{case}");
                        assert_eq!(bench.written_by(own.op), 1, "{case}");
                        assert_eq!(Some(&done.document), bench.document().as_ref(), "{case}");
                    }
                    Err(ChangeError::Failed(_)) => {
                        assert!(!passes, "{case}");
                        assert_eq!(bench.document(), before, "{case}: it said that nothing is visible");
                    }
                    // An answer that no store gives, to the commit itself: nobody can say.
                    Err(ChangeError::Unknown { op, .. }) => {
                        assert!(!passes && is_commit && name == "a web page", "{case}");
                        assert_eq!(op, own.op);
                    }
                    Err(other) => panic!("{case}: {other:?}"),
                }
                // The same operation again settles it, and again, and changes nothing more.
                for _ in 0..2 {
                    let done = bench.resume(&change, &again).await.unwrap_or_else(|e| panic!("{case}: {e}"));
                    assert!(done.wrote, "{case}");
                    assert_eq!(bench.written_by(own.op), 1, "{case}");
                }
                assert_eq!(bench.history().len(), setup.len() + 1, "{case}");
                assert!(bench.keys().is_superset(&keys), "{case}: something was deleted");
                assert_eq!(bench.store.count(Method::Delete, ""), 0, "{case}");
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_change_what_is_said() {
    for change in [rollback("stable", "1.0.0"), yank("1.0.0"), promote("1.0.0", "stable"), publish("1.2.0")] {
        let clean = Bench::two().await.commit(&change, &stamp(50, "ben")).await.unwrap();
        let bench = Bench::two().await;
        bench.store.fail(Method::Put, "plugins/", Fault::cut_after());
        let done = bench.commit(&change, &stamp(50, "ben")).await.unwrap();
        assert_eq!(told(&done.consequences), told(&clean.consequences), "{change:?}");
        assert_eq!((done.document, done.digest), (clean.document, clean.digest));
    }
}

#[tokio::test(start_paused = true)]
async fn every_pair_of_faults() {
    let change = rollback("stable", "1.0.0");
    let kinds = || [Fault::cut_before(), Fault::cut_after(), Fault::unreachable(), Fault::own_success_refused(&Key::Document(id()))];
    for first in 0..4 {
        for second in first + 1..8 {
            for (a, one) in kinds().into_iter().enumerate() {
                for (b, two) in kinds().into_iter().enumerate() {
                    let case = format!("{a} at {first}, {b} at {second}");
                    let bench = Bench::two().await;
                    bench.store.fail_nth(first, one.clone());
                    bench.store.fail_nth(second, two);
                    let outcome = bench.commit(&change, &stamp(50, "ben")).await;
                    judge(&bench, &outcome, &case);
                    bench.store.heal();
                    bench.resume(&change, &stamp(50, "ben")).await.unwrap();
                    assert_eq!(bench.written_by(stamp(50, "").op), 1, "{case}");
                }
            }
        }
    }
}

/// An outcome says what is true: committed and failed are certain.
fn judge(bench: &Bench, outcome: &Result<patchbay_registry::Committed, ChangeError>, case: &str) {
    let written = bench.written_by(stamp(50, "").op);
    match outcome {
        Ok(done) => assert_eq!(written, usize::from(done.wrote), "{case}"),
        Err(ChangeError::Unknown { .. }) => {}
        Err(error) => assert_eq!(written, 0, "{case}: it is live, and was said to have ended with: {error}"),
    }
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Luck {
    Good,
    CutBefore,
    CutAfter,
    Busy,
    OwnSuccess,
    Unreachable,
    Denied,
    WebPage,
    /// Somebody else publishes first.
    Other,
}

fn luck() -> impl Strategy<Value = Luck> {
    let bad = [Luck::CutBefore, Luck::CutAfter, Luck::Busy, Luck::OwnSuccess, Luck::Unreachable, Luck::Denied, Luck::WebPage, Luck::Other];
    prop_oneof![Just(Luck::Good), select(bad.to_vec())]
}

async fn struck(lucks: Vec<Luck>, patience: Duration) {
    let bench = Bench::two().await;
    for (index, luck) in lucks.into_iter().enumerate() {
        let fault = match luck {
            Luck::Good => continue,
            Luck::CutBefore => Fault::cut_before(),
            Luck::CutAfter => Fault::cut_after(),
            Luck::Busy => Fault::busy(&Key::Document(id())),
            Luck::OwnSuccess => Fault::own_success_refused(&Key::Document(id())),
            Luck::Unreachable => Fault::unreachable(),
            Luck::Denied => Fault::Before(denied()),
            Luck::WebPage => Fault::Before(not_a_store()),
            Luck::Other => {
                let other = bench.other();
                let version = format!("3.0.{index}");
                Fault::meanwhile(move || {
                    let (other, version) = (other.clone(), version.clone());
                    async move {
                        let cancel = tokio_util::sync::CancellationToken::new();
                        let stamp = stamp(1_000 + index as u64, "eve");
                        other.commit(&id(), &publish(&version), &stamp, &cancel).run().await.unwrap();
                    }
                })
            }
        };
        bench.store.fail_nth(index, fault);
    }
    let keys = bench.keys();
    let change = yank("1.0.0");
    let outcome = bench.commit_with(&change, &stamp(50, "ben"), |commit| commit.patience = patience).await;
    judge(&bench, &outcome, "by chance");
    bench.store.heal();
    bench.resume(&change, &stamp(50, "ben")).await.unwrap();
    assert_eq!(bench.written_by(stamp(50, "").op), 1);
    assert!(bench.keys().is_superset(&keys));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_outcome_is_true(lucks in prop::collection::vec(luck(), 0..16), patience in select(&[0_u64, 5, 100, 60_000][..])) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(struck(lucks, Duration::from_millis(patience)));
    }
}
