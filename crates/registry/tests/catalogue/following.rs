//! Reading: whoever has a copy learns of everything with one request, and what is damaged or much less is not believed.

use patchbay_registry::{
    Key, Registry, Synced,
    catalogue::{Known, Table, Way},
    change::Stamp,
    format::document::Status,
    store::memory::MemoryStore,
};
use patchbay_testkit::{
    document::{parsed, publishing},
    store::{Fault, FaultStore, Method},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{another, at, line, named, plugin, registry, requests, seq, standing, table, with_status};

/// A registry of this many plugins, with a snapshot when `whole`, and what a reader knew of it.
async fn of(count: usize, whole: bool) -> (MemoryStore, FaultStore, Registry, Known) {
    let (memory, store, registry) = registry();
    let lines: Vec<_> = (0..count).map(|n| line(&plugin(n, 1))).collect();
    if whole {
        registry.replace_catalogue(&Table::default().with(lines).unwrap(), at(1)).await.unwrap();
    } else {
        registry.fold(None, lines, at(1)).await.unwrap();
    }
    let known = standing(&registry).await;
    store.forget();
    (memory, store, registry, known)
}

async fn followed(registry: &Registry, known: &Known) -> Known {
    match registry.sync(Some(known), false, at(9)).await.unwrap() {
        Synced::New(known) => *known,
        Synced::Same => panic!("nothing is different"),
    }
}

/// Folds and merges changes one by one, as publishes do.
async fn publish(registry: &Registry, mut known: Known, changes: impl IntoIterator<Item = (usize, u64)>) -> Known {
    for (n, seq) in changes {
        known = registry.fold(Some(known), vec![line(&plugin(n, seq))], at(2)).await.unwrap();
        known = registry.tidy(&known, at(2)).await.unwrap().unwrap_or(known);
    }
    known
}

#[tokio::test(start_paused = true)]
async fn one_request_when_nothing_or_little_happened() {
    let (_, store, registry, known) = of(100, true).await;
    assert_eq!(registry.sync(Some(&known), false, at(2)).await.unwrap(), Synced::Same);
    assert_eq!(requests(&store), ["Get catalog/head.json"]);
    publish(&registry, known.clone(), [(1, 2), (2, 2), (1, 3)]).await;
    store.forget();
    let now = followed(&another(&store), &known).await;
    assert_eq!(requests(&store), ["Get catalog/head.json"], "the ring has it");
    assert_eq!((seq(table(&now), &named(1)), seq(table(&now), &named(2))), (Some(3), Some(2)));
}

#[tokio::test(start_paused = true)]
async fn at_most_three_deltas_from_wherever_one_stands() {
    let (_, store, registry, first) = of(400, true).await;
    let mut stands = vec![first.clone()];
    let mut known = first;
    for round in 2..9_u64 {
        for batch in 0..20 {
            let lines = (0..20).map(|n| line(&plugin(20 * batch + n, round))).collect();
            known = registry.fold(Some(known), lines, at(2)).await.unwrap();
            known = registry.tidy(&known, at(2)).await.unwrap().unwrap_or(known);
            if batch % 4 == 0 {
                stands.push(known.clone());
            }
        }
    }
    stands.pop();
    for stood in stands {
        store.forget();
        let now = followed(&another(&store), &stood).await;
        let parts = store.requests().len() - 1;
        assert!(parts <= 3, "{parts} parts from {} to {}", stood.head.position, now.head.position);
        assert_eq!(now.table, known.table, "from {}", stood.head.position);
        assert_eq!(parts == 0, matches!(now.head.way(Some(stood.head.position)), Way::There | Way::Ring));
    }
    // Somebody new.
    assert_eq!(standing(&another(&store)).await.table, known.table);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_reaches_whoever_has_the_version() {
    use patchbay_testkit::document::{Story, id, publish, rollback};
    let (_, store, registry) = registry();
    let mut story = Story::of([&publish("1.2.0"), &publish("1.3.0")]);
    let known = registry.fold(None, vec![line(story.document())], at(1)).await.unwrap();
    story.make(&rollback("stable", "1.2.0"));
    registry.fold(Some(known.clone()), vec![line(story.document())], at(2)).await.unwrap();
    store.forget();
    let now = followed(&another(&store), &known).await;
    assert_eq!(requests(&store), ["Get catalog/head.json"]);
    let left = table(&now).row(&id()).unwrap().rollbacks.remove(0);
    assert_eq!(
        (left.from.to_string(), left.rollback.to.to_string(), left.rollback.reason.as_str()),
        ("1.3.0".into(), "1.2.0".into(), "It counts backwards.")
    );
}

#[tokio::test(start_paused = true)]
async fn much_less_is_not_believed_until_somebody_confirms_it() {
    let (memory, store, registry, known) = of(100, true).await;
    // 95 of 100 may be.
    let hide = |n: usize| line(&with_status(&plugin(n, 1), Status::Hidden));
    let fewer = registry.fold(Some(known.clone()), (0..5).map(hide).collect(), at(2)).await.unwrap();
    assert_eq!(table(&followed(&another(&store), &known).await).len(), 95);
    registry.fold(Some(fewer), vec![hide(5)], at(3)).await.unwrap();
    let error = another(&store).sync(Some(&known), false, at(4)).await.unwrap_err();
    assert_eq!((error.name(), error.to_string().as_str()), ("catalogue_shrank", "The catalogue has 94 plugins, where it had 100."));
    let Synced::New(now) = another(&store).sync(Some(&known), true, at(4)).await.unwrap() else { panic!() };
    assert_eq!(table(&now).len(), 94);
    // A catalogue that is gone, or was made anew by somebody who knew nothing of the others.
    memory.remove("catalog/head.json");
    assert_eq!(registry.sync(Some(&known), false, at(5)).await.unwrap_err().name(), "catalogue_shrank");
    another(&store).replace_catalogue(&Table::default().with([line(&plugin(7, 9))]).unwrap(), at(5)).await.unwrap();
    assert_eq!(registry.sync(Some(&known), false, at(5)).await.unwrap_err().to_string(), "The catalogue has 1 plugins, where it had 100.");
}

#[tokio::test(start_paused = true)]
async fn a_catalogue_that_went_back_is_not_believed_until_somebody_confirms_it() {
    let (memory, store, registry, known) = with_documents(10).await;
    let before = memory.object("catalog/head.json").unwrap().bytes;
    let line = commit(&registry, 1, "1.1.0").await;
    let later = registry.fold(Some(known.clone()), vec![line], at(2)).await.unwrap();
    memory.insert("catalog/head.json", before);
    let error = another(&store).sync(Some(&later), false, at(3)).await.unwrap_err();
    assert_eq!(error.to_string(), "The catalogue was set back: it was at position 11 and is at 10.");
    assert_eq!(error.name(), "catalogue_back");
    let Synced::New(back) = another(&store).sync(Some(&later), true, at(3)).await.unwrap() else { panic!() };
    assert_eq!((back.head, back.table), (known.head.clone(), known.table.clone()));
    // Whoever may write makes it anew, further on than anybody knew it: as another one, which everybody reads from its beginning.
    let (anew, wrong) = another(&store).catch_up(Some(later.clone()), false, at(4)).await.unwrap();
    assert_eq!((anew.head.position, anew.head.lineage == later.head.lineage, wrong), (12, false, 1));
    assert_eq!(anew.table, later.table);
    for stood in [&known, &later] {
        assert_eq!(followed(&another(&store), stood).await.table, later.table);
    }
}

/// Positions never go back, whatever becomes of the catalogue and whoever makes it anew.
#[tokio::test(start_paused = true)]
async fn a_catalogue_that_was_lost_is_made_anew_further_on() {
    for lost in [None, Some(&b"garbage"[..])] {
        let (memory, store, registry, mut known) = with_documents(30).await;
        for n in 0..100 {
            let line = commit(&registry, n % 30, &format!("1.{}.0", 1 + n / 30)).await;
            known = registry.fold(Some(known), vec![line], at(2)).await.unwrap();
            known = registry.tidy(&known, at(2)).await.unwrap().unwrap_or(known);
        }
        assert_eq!(known.head.position, 130);
        let lose = || {
            memory.remove("catalog/head.json");
            lost.map(|bytes| memory.insert("catalog/head.json", bytes));
        };
        let is_whole = async |made: Known, how: &str| {
            assert!(made.head.position > 130 && made.head.lineage != known.head.lineage, "{how}: {}", made.head.position);
            assert_eq!(table(&made).len(), 30, "{how}");
            let now = followed(&another(&store), &known).await;
            assert_eq!((now.head, now.table), (made.head, made.table), "{how}");
        };
        lose();
        is_whole(another(&store).rebuild(at(3)).await.unwrap(), "who knows nothing").await;
        if lost.is_none() {
            lose();
            is_whole(another(&store).catch_up(Some(known.clone()), false, at(3)).await.unwrap().0, "an administrator").await;
            // The next writer, whether it knew the catalogue or not: all of it, and not this change alone.
            for knew in [Some(known.clone()), None] {
                lose();
                let line = commit(&another(&store), 3, &format!("2.{}.0", u8::from(knew.is_none()))).await;
                is_whole(another(&store).fold(knew, vec![line], at(4)).await.unwrap(), "a writer").await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_cleaned_up_while_somebody_reads() {
    let (memory, store, registry, first) = of(100, true).await;
    let changes: Vec<_> = (0..300).map(|n| (n % 100, 2 + n as u64 / 100)).collect();
    let known = publish(&registry, first.clone(), changes).await;
    // After it has read the head, the deltas are merged into others, and the old ones are gone.
    let (other, removed) = (registry.clone(), known.head.deltas.last().unwrap().key());
    let now = known.clone();
    store.fail(
        Method::Get,
        &removed.to_string(),
        Fault::meanwhile(move || {
            let (other, memory, removed, now) = (other.clone(), memory.clone(), removed.to_string(), now.clone());
            async move {
                publish(&other, now, (0..300).map(|n| (n % 100, 9 + n as u64 / 100))).await;
                memory.remove(&removed);
            }
        }),
    );
    store.forget();
    let followed = followed(&registry, &first).await;
    assert_eq!(followed.table, standing(&another(&store)).await.table);
    assert_eq!(store.count(Method::List, ""), 0, "nobody had to ask the documents");
}

#[tokio::test(start_paused = true)]
async fn a_change_copies_no_table() {
    let (_, _, registry, known) = of(3_000, true).await;
    let now = publish(&registry, known.clone(), (0..300).map(|n| (n, 2))).await;
    let changed = table(&now).since(table(&known)).expect("the same buffer");
    assert_eq!(changed.len(), 300);
    assert!(changed.iter().all(|line| line.card.is_some()));
    // Now and then all of it goes into one: the same plugins.
    let more = publish(&registry, now.clone(), (300..1_100).map(|n| (n, 2))).await;
    assert_eq!(table(&more).since(table(&now)), None);
    assert_eq!(table(&more).clone().packed(), *table(&more));
    assert_eq!(Table::open(table(&now).clone().packed().bytes().clone()).unwrap(), *table(&now));
}

/// A registry with documents, each folded by its writer.
async fn with_documents(count: usize) -> (MemoryStore, FaultStore, Registry, Known) {
    let (memory, store, registry) = registry();
    let mut known = None;
    for n in 0..count {
        let done = commit(&registry, n, "1.0.0").await;
        known = Some(registry.fold(known, vec![done], at(1)).await.unwrap());
    }
    (memory, store, registry, known.unwrap())
}

async fn commit(registry: &Registry, n: usize, version: &str) -> patchbay_registry::catalogue::Line {
    let mut publish = publishing(version);
    publish.id = named(n);
    let change = patchbay_registry::Change::Publish(Box::new(publish));
    let stamp = Stamp { op: Uuid::new_v4(), actor: "ada".into(), at: at(1) };
    let done = registry.commit(&named(n), &change, &stamp, &CancellationToken::new()).run().await.unwrap();
    patchbay_registry::catalogue::Line::of(&done.document, done.etag.as_ref())
}

#[tokio::test(start_paused = true)]
async fn what_is_damaged_is_passed_over() {
    let (memory, store, registry, first) = with_documents(40).await;
    let whole = registry.replace_catalogue(table(&first), at(2)).await.unwrap();
    // A delta of which the snapshot knows nothing.
    let mut known = whole.clone();
    // More than the ring holds.
    for n in 0..160 {
        let line = commit(&registry, n % 40, &format!("1.{}.0", 1 + n / 40)).await;
        known = registry.fold(Some(known), vec![line], at(3)).await.unwrap();
        known = registry.tidy(&known, at(3)).await.unwrap().unwrap_or(known);
    }
    let delta = known.head.deltas[0].key();
    let good = memory.object(&delta.to_string()).unwrap().bytes;
    let damaged = [b"\x1f\x8b garbage".to_vec(), good[..good.len() / 2].to_vec(), Vec::new()];
    for bytes in damaged.into_iter().map(Some).chain([None]) {
        memory.remove(&delta.to_string());
        bytes.map(|bytes| memory.insert(delta.to_string(), bytes));
        for stood in [&first, &whole] {
            store.forget();
            let now = followed(&another(&store), stood).await;
            assert_eq!(now.table, known.table);
            assert_eq!(now.head, known.head);
            assert!(requests(&store).contains(&"List plugins/".to_owned()), "the documents are the truth: {:?}", requests(&store));
        }
    }
    // With the delta whole again nobody asks the documents.
    memory.insert(delta.to_string(), good);
    store.forget();
    assert_eq!(followed(&another(&store), &whole).await.table, known.table);
    assert!(requests(&store).iter().all(|r| r.contains("catalog/")));
    // A damaged delta that the snapshot covers costs the snapshot only.
    let again = registry.replace_catalogue(table(&known), at(4)).await.unwrap();
    store.forget();
    assert_eq!(followed(&another(&store), &whole).await.table, again.table);
    assert_eq!(requests(&store).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_folded_is_caught_up_with() {
    let (memory, store, registry, known) = with_documents(20).await;
    assert_eq!(registry.catch_up(Some(known.clone()), false, at(2)).await.unwrap().1, 0);
    // Two publishes whose writers were cut off, a new plugin, and a document that is gone.
    commit(&registry, 3, "1.1.0").await;
    commit(&registry, 4, "1.1.0").await;
    commit(&registry, 20, "1.0.0").await;
    memory.remove("plugins/plugin-5.jsonl");
    let survey = registry.survey(table(&known)).await.unwrap();
    assert_eq!((survey.documents, survey.behind, survey.gone), (20, vec![named(20), named(3), named(4)], vec![(named(5), 1)]));
    let admin = another(&store);
    store.forget();
    let (now, wrong) = admin.catch_up(Some(known.clone()), false, at(3)).await.unwrap();
    assert_eq!(wrong, 4);
    assert_eq!(requests(&store).len(), 1 + 1 + 3 + 1, "sync, list, three documents, one fold: {:?}", requests(&store));
    assert_eq!((seq(table(&now), &named(3)), seq(table(&now), &named(20)), seq(table(&now), &named(5))), (Some(2), Some(1), None));
    assert_eq!(standing(&another(&store)).await.table, now.table);
    // Nothing can be read of it: it is made anew.
    memory.insert(Key::CatalogHead.to_string(), "garbage");
    let built = admin.rebuild(at(4)).await.unwrap();
    assert_eq!(built.table.as_ref().unwrap().rows().collect::<Vec<_>>(), table(&now).rows().collect::<Vec<_>>());
    assert_eq!(standing(&another(&store)).await.table, built.table);
    // Whoever knew the old one believes the new one: it has as much in it.
    assert_eq!(followed(&another(&store), &now).await.head, built.head);
    assert_eq!(table(&now).row(&named(3)).unwrap().version, parsed("1.1.0"));
}

#[tokio::test(start_paused = true)]
async fn plugins_of_which_many_documents_are_missing_stay_listed_until_somebody_confirms_it() {
    let (memory, store, registry, known) = with_documents(20).await;
    for n in 0..4 {
        memory.remove(&format!("plugins/plugin-{n}.jsonl"));
    }
    let before = standing(&registry).await.head;
    let error = registry.catch_up(Some(known.clone()), false, at(2)).await.unwrap_err();
    assert_eq!(error.to_string(), "The catalogue lists 20 plugins, and only 16 of them have a document.");
    assert_eq!(standing(&another(&store)).await.head, before, "nothing was changed");
    let (now, wrong) = registry.catch_up(Some(known), true, at(3)).await.unwrap();
    assert_eq!((wrong, table(&now).len()), (4, 16));
}
