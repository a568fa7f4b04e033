//! Writing: changes are folded in any order, by many at once, and merged so that the work grows with the change.

use futures::future::join_all;
use patchbay_package::PluginId;
use patchbay_registry::{
    Key, ReadError,
    catalogue::{Head, Line, Lines, MAX_DELTAS, MAX_HEAD, Table, over},
    change::Revision,
    format::document::Status,
    store::{Store, memory::MemoryStore},
};
use patchbay_testkit::{
    document::{id, unyank, yank},
    store::{Fault, Method},
};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{another, at, line, named, plugin, registry, requests, seq, standing, story, table, with_status};

fn empty() -> Head {
    Head::empty(Uuid::from_u128(7), at(0))
}

fn shown(lines: impl IntoIterator<Item = Line>) -> Table {
    Table::default().with(lines).unwrap()
}

#[test]
fn a_fold_never_goes_back() {
    let story = story();
    let lines: Vec<_> = story.revisions().iter().map(|r| line(&r.document)).collect();
    let newest = empty().add([lines[5].clone()], None, at(1)).unwrap();
    for older in &lines {
        assert_eq!(newest.add([older.clone()], None, at(2)), None, "revision {}", older.seq);
    }
    // Also when only the table knows.
    let table = shown([lines[5].clone()]);
    assert_eq!(empty().add([lines[2].clone()], Some(&table), at(2)), None);
    assert_eq!(table.with([lines[2].clone()]).unwrap(), table);
}

#[test]
fn what_is_hidden_is_not_in_it_and_does_not_come_back_by_itself() {
    let story = story();
    let open = story.document();
    let hidden = with_status(open, Status::Hidden);
    let without = shown([line(open), line(&hidden)]);
    assert_eq!((without.len(), without.rows().count(), without.all().count()), (0, 0, 1));
    // A writer that was slow folds what it knew before.
    assert_eq!(without.with([line(open)]).unwrap(), without);
    assert_eq!(empty().add([line(&hidden)], None, at(1)).unwrap().add([line(open)], None, at(2)), None);
    // Shown again by a later revision, it is there.
    let again = with_status(&hidden, Status::Active);
    assert_eq!(seq(&without.with([line(&again)]).unwrap(), &id()), Some(again.header.seq));
    for status in [Status::Deprecated, Status::Frozen] {
        let table = shown([line(&with_status(open, status.clone()))]);
        assert_eq!(table.row(&id()).unwrap().status, status);
    }
}

#[test]
fn what_a_later_patchbay_wrote_stays() {
    let head = empty().add([line(story().document())], None, at(1)).unwrap();
    let mut value = serde_json::to_value(&head).unwrap();
    value["later"] = json!([1]);
    value["ring"][0]["row"]["later"] = json!([2]);
    value["ring"][0]["card"]["later"] = json!([3]);
    let read = Head::parse(value.to_string().as_bytes()).unwrap();
    // Written by hand, over several lines, it is the same.
    assert_eq!(Head::parse(format!("{value:#}").as_bytes()).unwrap(), read);
    let next = read.add([line(&plugin(1, 1))], None, at(2)).unwrap();
    let mut next = serde_json::to_value(next).unwrap();
    next["ring"].as_array_mut().unwrap().pop();
    (value["position"], value["time"]) = (json!(2), json!(at(2)));
    assert_eq!(next, value);
}

#[test]
fn a_head_is_read_as_it_was_written() {
    let head = empty().add([line(story().document())], None, at(1)).unwrap();
    let bytes = head.to_bytes();
    assert!(bytes.starts_with(&[0x1f, 0x8b]), "gzip");
    assert_eq!(Head::parse(&bytes).unwrap(), head);
    let text = serde_json::to_string(&head).unwrap();
    assert_eq!(Head::parse(text.as_bytes()).unwrap(), head, "something on the way may have decompressed it");
    let wrong = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Head::parse(text.replace(from, to).as_bytes()).unwrap_err().to_string()
    };
    assert_eq!(wrong(r#""patchbay":1"#, r#""patchbay":2"#), "catalog/head.json is in format 2; this version of Patchbay knows format 1.");
    assert_eq!(wrong(r#""position":1"#, r#""position":2"#), "catalog/head.json contradicts itself: its latest change is not in its ring.");
    assert_eq!(Head::parse(&bytes[..bytes.len() - 9]).unwrap_err().to_string(), "catalog/head.json is cut off.");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folds_in_any_order_come_to_the_same(
        order in Just((0_usize..8).collect::<Vec<_>>()).prop_shuffle(), hidden in 0_usize..9, cut in 0_usize..8
    ) {
        let mut story = story();
        story.make(&yank("1.2.0-rc.1"));
        story.make(&unyank("1.2.0-rc.1"));
        let mut documents: Vec<_> = story.revisions().iter().map(|Revision { document, .. }| document.clone()).collect();
        if let Some(document) = documents.get_mut(hidden) {
            document.header.status = Status::Hidden;
        }
        let lines: Vec<_> = order.iter().map(|n| line(&documents[*n])).collect();
        let (mut head, mut known) = (empty(), Table::default());
        for line in &lines {
            if let Some(next) = head.add([line.clone()], Some(&known), at(1)) {
                known = known.with(next.ring.last().cloned()).unwrap();
                head = next;
            }
        }
        prop_assert_eq!(&known, &shown([line(&documents[7])]));
        // Merged in two parts, it is the same.
        let (first, second) = head.ring.split_at(cut.min(head.ring.len()));
        let merged = over(over(second.to_vec(), Lines::new()).into_values(), over(first.to_vec(), Lines::new()));
        prop_assert_eq!(shown(merged.into_values()), known);
    }
}

#[tokio::test(start_paused = true)]
async fn sixty_four_folds_at_once_lose_nothing() {
    let (_, store, registry) = registry();
    for method in [Method::Get, Method::Put] {
        store.fail_always(method, "", Fault::meanwhile(tokio::task::yield_now));
    }
    let story = story();
    // 58 plugins, and six revisions of another one.
    let documents: Vec<_> = (0..58).map(|n| plugin(n, 1)).chain(story.revisions().iter().map(|r| r.document.clone())).collect();
    for done in join_all(documents.iter().map(|document| registry.fold(None, vec![line(document)], at(1)))).await {
        done.unwrap();
    }
    let known = standing(&registry).await;
    assert_eq!(table(&known).len(), 59);
    assert_eq!(seq(table(&known), &id()), Some(6));
    assert!((59..=64).contains(&known.head.position), "each change counts once: {}", known.head.position);
    assert!(known.head.to_bytes().len() <= MAX_HEAD);
}

#[tokio::test(start_paused = true)]
async fn a_fold_with_a_known_catalogue_is_one_request() {
    let (_, store, registry) = registry();
    let known = registry.fold(None, vec![line(&plugin(1, 1))], at(1)).await.unwrap();
    store.forget();
    let stale = known.clone();
    let known = registry.fold(Some(known), vec![line(&plugin(2, 1))], at(2)).await.unwrap();
    assert_eq!(requests(&store), ["Put catalog/head.json"]);
    // Somebody else was faster: what is known is stale.
    store.forget();
    let third = registry.fold(Some(stale), vec![line(&plugin(3, 1))], at(3)).await.unwrap();
    assert_eq!(requests(&store), ["Put catalog/head.json", "Get catalog/head.json", "Put catalog/head.json"]);
    assert_eq!(table(&third).len(), 3);
    assert_eq!(third.table, standing(&registry).await.table);
    // What it knows already is not sent.
    store.forget();
    registry.fold(Some(known), vec![line(&plugin(2, 1))], at(4)).await.unwrap();
    assert!(store.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_each_request_of_a_fold() {
    let key = Key::CatalogHead;
    let faults = || [Fault::cut_before(), Fault::cut_after(), Fault::unavailable(), Fault::busy(&key), Fault::own_success_refused(&key)];
    for index in 0..3 {
        for (n, fault) in faults().into_iter().enumerate() {
            if index == 1 && n > 2 {
                continue;
            }
            let (_, store, registry) = registry();
            let stale = registry.fold(None, vec![line(&plugin(1, 1))], at(1)).await.unwrap();
            registry.fold(Some(stale.clone()), vec![line(&plugin(2, 1))], at(2)).await.unwrap();
            store.forget();
            store.fail_nth(index, fault);
            let folded = registry.fold(Some(stale), vec![line(&plugin(3, 1))], at(3)).await;
            let known = standing(&registry).await;
            match folded {
                Ok(folded) => assert_eq!((folded.table.as_ref().unwrap().len(), known.head.position), (3, 3), "{n} at {index}"),
                // A read that fails: the change is live all the same, and the next fold catches up.
                Err(ReadError::Store(_)) if index == 1 => assert_eq!(table(&known).len(), 2),
                Err(error) => panic!("{n} at {index}: {error:?}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_catalogue_of_a_newer_format_is_left_alone() {
    let (memory, _, registry) = registry();
    memory.insert("catalog/head.json", r#"{"patchbay":2}"#);
    let error = registry.fold(None, vec![line(&plugin(1, 1))], at(1)).await.unwrap_err();
    assert_eq!(error.to_string(), "catalog/head.json is in format 2; this version of Patchbay knows format 1.");
    assert_eq!(memory.object("catalog/head.json").unwrap().bytes, r#"{"patchbay":2}"#);
    let error = registry.sync(None, false, at(1)).await.unwrap_err();
    assert_eq!(error.hint(), "Update Patchbay.");
    assert_eq!(registry.rebuild(at(1)).await.unwrap_err().name(), "newer_format", "it is not damaged, so it is not made anew");
}

/// What the catalogue's objects take in the bucket.
async fn written(memory: &MemoryStore) -> u64 {
    memory.list("catalog/").await.unwrap().iter().map(|object| object.size).sum()
}

#[tokio::test(start_paused = true)]
async fn merging_keeps_the_head_small_and_loses_nothing() {
    let (memory, store, registry) = registry();
    let mut known = registry.fold(None, vec![line(&plugin(0, 1))], at(1)).await.unwrap();
    let (mut merges, mut most) = (0, 0);
    // 400 publishes of 100 plugins, one after the other, by somebody who merges when it is time.
    for n in 1..400_u64 {
        let document = plugin(usize::try_from(n % 100).unwrap(), 1 + n / 100);
        store.forget();
        known = registry.fold(Some(known), vec![line(&document)], at(n)).await.unwrap();
        assert_eq!(store.requests().len(), 1, "an ordinary publish is one PUT, also the {n}th");
        most = most.max(known.head.to_bytes().len());
        if let Some(tidied) = registry.tidy(&known, at(n)).await.unwrap() {
            (known, merges) = (tidied, merges + 1);
        }
        assert!(known.head.deltas.len() <= MAX_DELTAS);
    }
    assert!(most <= MAX_HEAD, "{most}");
    assert!((10..60).contains(&merges), "{merges}");
    assert_eq!(known.head.position, 400);
    let read = standing(&another(&store)).await;
    assert_eq!((read.table.clone(), table(&read).len()), (known.table, 100));
    // Amortised, a publish writes little beside the head.
    assert!(written(&memory).await < 400 * 2_000, "{}", written(&memory).await);
}

#[tokio::test(start_paused = true)]
async fn nobody_merges_and_it_goes_on() {
    let (_, store, registry) = registry();
    let mut known = registry.fold(None, vec![line(&plugin(0, 1))], at(1)).await.unwrap();
    let mut more = 0;
    for n in 1..100_u64 {
        store.forget();
        known = registry.fold(Some(known), vec![line(&plugin(usize::try_from(n).unwrap(), 1))], at(n)).await.unwrap();
        assert!(known.head.to_bytes().len() <= MAX_HEAD);
        more += usize::from(store.requests().len() > 1);
    }
    assert!(more <= 100 / 15, "{more} of 100 had to merge");
    assert_eq!(standing(&another(&store)).await.table, known.table);
}

#[tokio::test(start_paused = true)]
async fn many_changes_at_once_are_one_delta() {
    let (_, store, registry) = registry();
    let lines = (0..3_000).map(|n| line(&plugin(n, 1))).collect();
    let known = registry.fold(None, lines, at(1)).await.unwrap();
    assert_eq!((known.head.position, table(&known).len()), (3_000, 3_000));
    assert!(known.head.to_bytes().len() <= MAX_HEAD);
    assert_eq!(standing(&another(&store)).await.table, known.table);
    let ids: Vec<PluginId> = table(&known).rows().map(|row| row.id.parse().unwrap()).collect();
    assert!(ids.is_sorted() && ids.contains(&named(2_999)));
}

#[tokio::test(start_paused = true)]
async fn a_merge_gives_way_to_whoever_was_faster() {
    let (_, store, registry) = registry();
    let mut known = registry.fold(None, vec![line(&plugin(0, 1))], at(1)).await.unwrap();
    for n in 1..=80 {
        if known.head.is_due() {
            break;
        }
        known = registry.fold(Some(known), vec![line(&plugin(n, 1))], at(1)).await.unwrap();
    }
    assert!(known.head.is_due());
    // Others publish while it merges, and it goes through all the same.
    let other = another(&store);
    registry.fold(Some(known.clone()), vec![line(&plugin(99, 1))], at(2)).await.unwrap();
    let tidied = registry.tidy(&known, at(2)).await.unwrap().unwrap();
    assert_eq!(seq(tidied.table.as_ref().unwrap(), &named(99)), Some(1));
    assert!(!tidied.head.is_due());
    // Somebody else has merged: nothing is done twice.
    assert_eq!(other.tidy(&known, at(3)).await.unwrap(), None);
    assert_eq!(standing(&other).await.head, tidied.head);
}
