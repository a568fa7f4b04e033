//! Reading history, and taking back what is in it.

use patchbay_registry::{Change, ChangeError, Key, ReadError, Refusal};
use patchbay_testkit::document::{id, promote, publish, rollback, stamp, unyank, yank};

use super::bench::Bench;

async fn five() -> Bench {
    Bench::with(&[publish("1.0.0"), publish("1.1.0"), rollback("stable", "1.0.0"), yank("1.1.0"), promote("1.0.0", "beta")]).await
}

#[tokio::test(start_paused = true)]
async fn pages_are_newest_first_each_with_the_one_before_it() {
    let bench = five().await;
    let page = async |before, size| {
        let page = bench.registry.history(&id(), before, size).await.unwrap();
        let seqs: Vec<_> = page.revisions.iter().map(|d| d.header.seq).collect();
        (seqs, page.page, page.current.document.header.seq)
    };
    assert_eq!(page(None, 2).await, (vec![5, 4, 3], 2, 5));
    assert_eq!(page(Some(4), 2).await, (vec![3, 2, 1], 2, 5));
    assert_eq!(page(Some(2), 2).await, (vec![1], 1, 5));
    assert_eq!(page(Some(1), 2).await, (vec![], 0, 5));
    assert_eq!(page(Some(99), 9).await, (vec![5, 4, 3, 2, 1], 5, 5));
}

fn altered(error: &ReadError, key: &str) {
    assert!(matches!(error, ReadError::Altered { what } if what == key), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_is_missing_or_another_is_noticed() {
    let bench = five().await;
    let key = Key::Revision(id(), 3).to_string();
    let bytes = bench.memory.object(&key).unwrap().bytes;
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    bench.memory.insert(key.clone(), text.replace("It counts backwards.", "No reason."));
    altered(&bench.registry.history(&id(), None, 10).await.unwrap_err(), &key);
    patchbay_registry::store::Store::delete(&bench.memory, &Key::Revision(id(), 3)).await.unwrap();
    altered(&bench.registry.history(&id(), None, 10).await.unwrap_err(), &key);
    // Also when a page begins there.
    bench.memory.insert(key.clone(), text.replace("It counts backwards.", "No reason."));
    altered(&bench.registry.history(&id(), Some(4), 1).await.unwrap_err(), &key);
    bench.memory.insert(key, bytes);
    assert!(bench.registry.history(&id(), None, 10).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_undo_is_made_from_history() {
    let bench = five().await;
    let standing = bench.registry.document(&id()).await.unwrap();
    let newest = bench.registry.undo(&standing, None).await.unwrap();
    let Change::Undo { before, after } = &newest else { panic!("{newest:?}") };
    assert_eq!((before.header.seq, after.header.seq), (4, 5));
    let Change::Undo { before, after } = bench.registry.undo(&standing, Some(3)).await.unwrap() else { panic!("it is an undo") };
    assert_eq!((before.header.seq, after.header.seq), (2, 3));
    bench.commit(&newest, &stamp(50, "ben")).await.unwrap();
    assert_eq!(bench.document().unwrap().header.action.undoes, Some(5));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_undone() {
    let bench = five().await;
    let standing = bench.registry.document(&id()).await.unwrap();
    for (seq, message) in [
        (0, "There is no revision 0 that could be undone."),
        (6, "There is no revision 6 that could be undone."),
        (1, "A publish cannot be taken back: a version that was seen stays what it is."),
    ] {
        let error = bench.registry.undo(&standing, Some(seq)).await.unwrap_err();
        assert!(matches!(error, ChangeError::Refused(_)), "{error:?}");
        assert_eq!(error.to_string(), message);
    }
    let error = bench.registry.undo(&standing, Some(0)).await.unwrap_err();
    let ChangeError::Refused(refusal @ Refusal::NoRevision { .. }) = error else { panic!("{error:?}") };
    assert_eq!(refusal.hint(), "See what there is with `patchbay history`.");
}

#[tokio::test(start_paused = true)]
async fn an_undo_of_what_somebody_altered_is_refused() {
    let bench = five().await;
    let standing = bench.registry.document(&id()).await.unwrap();
    let key = Key::Revision(id(), 2).to_string();
    let text = String::from_utf8(bench.memory.object(&key).unwrap().bytes.to_vec()).unwrap();
    // It now says that stable stood elsewhere.
    bench.memory.insert(key.clone(), text.replace(r#""stable":{"version":"1.1.0""#, r#""stable":{"version":"1.0.0""#));
    let error = bench.registry.undo(&standing, Some(3)).await.unwrap_err();
    let ChangeError::Failed(error) = error else { panic!("{error:?}") };
    altered(&error, &key);
}

#[tokio::test(start_paused = true)]
async fn an_undo_on_top_of_other_changes() {
    let bench = five().await;
    let standing = bench.registry.document(&id()).await.unwrap();
    let undo = bench.registry.undo(&standing, Some(3)).await.unwrap();
    // Somebody is faster.
    bench.commit(&unyank("1.1.0"), &stamp(40, "eve")).await.unwrap();
    let done = bench.commit(&undo, &stamp(50, "ben")).await.unwrap();
    assert_eq!(done.document.header.seq, 7);
    assert_eq!(bench.history().len(), 7);
}
