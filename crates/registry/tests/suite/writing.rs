use std::sync::{Arc, atomic::Ordering};

use futures::{StreamExt, future::join_all, stream};
use patchbay_package::Digest;
use patchbay_registry::{
    key::Key,
    store::{Body, Condition, ETag, Fetched, Store, StoreErrorKind},
};

use super::{Bench, PLENTY, counter, key, kind, noise};

fn conflict(name: &str) -> StoreErrorKind {
    StoreErrorKind::PreconditionFailed { key: format!("probe/{name}") }
}

pub async fn an_object_is_created_once(bench: &Bench) {
    bench.create(&key("one"), "first").await;
    assert_eq!(bench.try_create(&key("one"), "second").await, Err(conflict("one")));
    assert_eq!(bench.try_create(&key("one"), "first").await, Err(conflict("one")));
    assert_eq!(bench.found(&key("one")).await.unwrap().bytes, "first");
}

pub async fn an_object_is_replaced_by_tag(bench: &Bench) {
    let first = bench.create(&key("one"), "first").await;
    let second = bench.try_put(&key("one"), "second", Condition::Matches(first.clone())).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(bench.try_put(&key("one"), "third", Condition::Matches(first)).await, Err(conflict("one")));
    let object = bench.found(&key("one")).await.unwrap();
    assert_eq!((object.bytes.as_ref(), object.etag), (&b"second"[..], second));
}

pub async fn nothing_is_replaced_where_nothing_stands(bench: &Bench) {
    let elsewhere = bench.create(&key("elsewhere"), "bytes").await;
    for tag in [elsewhere, ETag("\"0123456789abcdef0123456789abcdef\"".into())] {
        assert_eq!(bench.try_put(&key("nothing"), "bytes", Condition::Matches(tag)).await, Err(conflict("nothing")));
    }
    assert_eq!(bench.found(&key("nothing")).await, None);
}

pub async fn an_empty_object_is_an_object(bench: &Bench) {
    let etag = bench.create(&key("empty"), "").await;
    assert_eq!(bench.try_create(&key("empty"), "").await, Err(conflict("empty")));
    let object = bench.found(&key("empty")).await.unwrap();
    assert_eq!((object.bytes.len(), object.etag), (0, etag));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty");
    std::fs::write(&file, "").unwrap();
    let body = Body::File { path: file, size: 0, sha256: Digest::of(b"") };
    bench.write.put(&key("empty-file"), body, Condition::Absent, None).await.unwrap();
    assert_eq!(bench.found(&key("empty-file")).await.unwrap().bytes.len(), 0);
}

pub async fn a_file_is_sent_whole(bench: &Bench) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package");
    let bytes = noise(5_000_003);
    std::fs::write(&path, &bytes).unwrap();
    let (progress, heard) = counter();
    let body = || Body::File { path: path.clone(), size: bytes.len() as u64, sha256: Digest::of(&bytes) };
    let etag = bench.write.put(&key("package"), body(), Condition::Absent, Some(progress)).await.unwrap();
    assert_eq!(heard.load(Ordering::Relaxed), bytes.len() as u64);
    let object = bench.found(&key("package")).await.unwrap();
    assert!(object.bytes == bytes);
    assert_eq!(object.etag, etag);
    assert_eq!(kind(bench.write.put(&key("package"), body(), Condition::Absent, None).await), conflict("package"));
}

pub async fn a_damaged_file_is_refused(bench: &Bench) {
    if !bench.checks_digests {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package");
    std::fs::write(&path, "what is sent").unwrap();
    let body = Body::File { path, size: 12, sha256: Digest::of(b"what was packed") };
    let refused = kind(bench.write.put(&key("package"), body, Condition::Absent, None).await);
    assert_eq!(refused.to_string(), "probe/package arrived damaged.");
    assert_eq!(bench.found(&key("package")).await, None);
}

pub async fn a_file_that_fails_leaves_nothing(bench: &Bench) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing");
    let body = Body::File { path: path.clone(), size: 4, sha256: Digest::of(b"four") };
    let refused = kind(bench.write.put(&key("package"), body, Condition::Absent, None).await);
    assert_eq!(refused.to_string(), format!("{} could not be read: it is not there.", path.display()));
    assert_eq!(bench.found(&key("package")).await, None);
}

pub async fn a_listing_is_complete_and_in_order(bench: &Bench) {
    assert_eq!(bench.write.list(Key::DOCUMENTS).await.unwrap(), []);
    let mut tags = Vec::new();
    for name in ["b", "a.b", "a", "a-b", "c"] {
        let key = Key::Document(name.parse().unwrap());
        tags.push((key.to_string(), bench.create(&key, name).await, name.len() as u64));
    }
    bench.create(&Key::Registry, "{}").await;
    bench.create(&key("plugins"), "not one").await;
    tags.sort_by(|a, b| a.0.cmp(&b.0));
    let listed = bench.write.list(Key::DOCUMENTS).await.unwrap();
    assert_eq!(listed.into_iter().map(|line| (line.key, line.etag, line.size)).collect::<Vec<_>>(), tags);
}

/// What `gc` decides by: how old an object is by the clock of whoever keeps it. A `Date` has whole seconds.
pub async fn a_listing_tells_the_age_of_an_object(bench: &Bench) {
    let look = async || {
        let page = bench.write.page("probe/", None).await.unwrap();
        (page.objects[0].modified, page.now.unwrap())
    };
    let etag = bench.create(&key("one"), "one").await;
    let (written, now) = look().await;
    let age = now.duration_since(written).as_secs_f64();
    assert!((-1.5..60.0).contains(&age), "{age}");
    // Written again with the same bytes: the same tag, and young again.
    assert_eq!(bench.try_put(&key("one"), "one", Condition::Matches(etag.clone())).await, Ok(etag));
    assert!(look().await.0 >= written);
}

/// S3 answers 1,000 keys at a time.
pub async fn a_long_listing_is_complete(bench: &Bench) {
    let names: Vec<String> = (0..1_003).map(|n| format!("{n:05}")).collect();
    stream::iter(&names).for_each_concurrent(16, |name| async move { drop(bench.create(&key(name), name.clone()).await) }).await;
    let first = bench.write.page("probe/", None).await.unwrap();
    assert_eq!(first.objects.len(), 1_000);
    let second = bench.write.page("probe/", first.next.as_deref()).await.unwrap();
    assert_eq!((second.objects.len(), second.next), (3, None));
    let listed = bench.write.list("probe/").await.unwrap();
    assert!(listed.into_iter().map(|line| line.key).eq(names.iter().map(|name| format!("probe/{name}"))));
}

pub async fn a_removed_object_is_absent(bench: &Bench) {
    bench.create(&key("one"), "one").await;
    bench.write.delete(&key("one")).await.unwrap();
    assert_eq!(bench.found(&key("one")).await, None);
    bench.write.delete(&key("one")).await.unwrap();
    bench.create(&key("one"), "again").await;
}

pub async fn one_of_many_creators_wins(bench: &Bench) {
    race(bench, "created", &Condition::Absent).await;
}

pub async fn one_of_many_replacers_wins(bench: &Bench) {
    let etag = bench.create(&key("replaced"), "before").await;
    race(bench, "replaced", &Condition::Matches(etag)).await;
}

async fn race(bench: &Bench, name: &str, condition: &Condition) {
    let writers = (0..16).map(|n| format!("writer {n}"));
    let outcomes = join_all(writers.map(|bytes| async move {
        let outcome = bench.try_put(&key(name), bytes.clone(), condition.clone()).await;
        (bytes, outcome)
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(_, outcome)| outcome.is_ok());
    for (_, outcome) in lost {
        let kind = outcome.unwrap_err();
        assert!(matches!(kind, StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. }), "{kind}");
    }
    let [(bytes, Ok(etag))] = won.as_slice() else { panic!("{} writers won", won.len()) };
    let object = bench.found(&key(name)).await.unwrap();
    assert_eq!((object.bytes.as_ref(), &object.etag), (bytes.as_bytes(), etag));
}

/// What the commit protocol stands on: compare-and-swap in a loop loses nothing.
pub async fn no_increment_is_lost(bench: &Bench) {
    bench.create(&key("count"), "0").await;
    join_all((0..4).map(|_| async {
        for _ in 0..5 {
            loop {
                let Fetched::Found(object) = bench.read.get(&key("count"), None, PLENTY).await.unwrap() else { panic!("it stands there") };
                let count: u32 = std::str::from_utf8(&object.bytes).unwrap().parse().unwrap();
                match bench.try_put(&key("count"), (count + 1).to_string(), Condition::Matches(object.etag)).await {
                    Ok(_) => break,
                    Err(StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        }
    }))
    .await;
    assert_eq!(bench.found(&key("count")).await.unwrap().bytes, "20");
}

pub async fn everything_else_is_read_only(bench: &Bench) {
    bench.create(&Key::Registry, "{}").await;
    let read_only = "A registry at a public URL can be read only.";
    let put = bench.read.put(&Key::Registry, Body::Bytes("{}".into()), Condition::Absent, None).await;
    assert_eq!(kind(put).to_string(), read_only);
    assert_eq!(kind(bench.read.delete(&Key::Registry).await).to_string(), read_only);
    assert_eq!(kind(bench.read.list("").await).to_string(), read_only);
    assert_eq!(bench.found(&Key::Registry).await.unwrap().bytes, "{}");
}

pub async fn stores_do_not_meet(stores: &[Arc<dyn Store>; 3]) {
    for (n, store) in stores.iter().enumerate() {
        store.put(&Key::Registry, Body::Bytes(n.to_string().into()), Condition::Absent, None).await.unwrap();
    }
    for (n, store) in stores.iter().enumerate() {
        let Fetched::Found(object) = store.get(&Key::Registry, None, PLENTY).await.unwrap() else { panic!("it stands there") };
        assert_eq!(object.bytes, n.to_string());
    }
    let keys = |listed: Vec<patchbay_registry::store::Listed>| listed.into_iter().map(|line| line.key).collect::<Vec<_>>();
    assert_eq!(keys(stores[0].list("").await.unwrap()), ["one/registry.json", "one/two/registry.json", "registry.json"]);
    assert_eq!(keys(stores[1].list("").await.unwrap()), ["registry.json", "two/registry.json"]);
    assert_eq!(keys(stores[2].list("").await.unwrap()), ["registry.json"]);
}
