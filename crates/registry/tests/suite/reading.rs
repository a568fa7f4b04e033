use std::sync::atomic::Ordering;

use patchbay_package::Digest;
use patchbay_registry::{
    key::Key,
    store::{Body, Condition, ETag, Fetched, StoreErrorKind},
};

use super::{Bench, PLENTY, counter, key, kind, noise};

pub async fn an_absent_object_is_absent(bench: &Bench) {
    assert_eq!(bench.read.get(&key("nothing"), None, PLENTY).await.unwrap(), Fetched::Absent);
    let known = ETag("\"0\"".into());
    assert_eq!(bench.read.get(&key("nothing"), Some(&known), PLENTY).await.unwrap(), Fetched::Absent);
}

pub async fn an_object_is_read_with_its_tag(bench: &Bench) {
    let etag = bench.create(&Key::Registry, "{\"patchbay\":1}").await;
    let object = bench.found(&Key::Registry).await.unwrap();
    assert_eq!(object.bytes, "{\"patchbay\":1}");
    assert_eq!(object.etag, etag);
    assert!(etag.0.len() > 2 && etag.0.starts_with('"') && etag.0.ends_with('"'), "{etag:?}");
}

pub async fn a_known_tag_is_answered_same(bench: &Bench) {
    let first = bench.create(&Key::CatalogHead, "one").await;
    assert_eq!(bench.read.get(&Key::CatalogHead, Some(&first), PLENTY).await.unwrap(), Fetched::Same);
    let second = bench.try_put(&Key::CatalogHead, "two", Condition::Matches(first.clone())).await.unwrap();
    let Fetched::Found(object) = bench.read.get(&Key::CatalogHead, Some(&first), PLENTY).await.unwrap() else { panic!("it changed") };
    assert_eq!((object.bytes.as_ref(), object.etag), (&b"two"[..], second));
}

pub async fn the_limit_is_inclusive(bench: &Bench) {
    bench.create(&key("ten"), "0123456789").await;
    assert!(matches!(bench.read.get(&key("ten"), None, 10).await.unwrap(), Fetched::Found(_)));
    let refused = kind(bench.read.get(&key("ten"), None, 9).await);
    assert_eq!(refused, StoreErrorKind::TooLarge { key: "probe/ten".into(), limit: 9 });
    assert_eq!(refused.to_string(), "probe/ten is larger than 9 bytes.");
}

pub async fn a_part_is_exact(bench: &Bench) {
    let bytes = noise(300_007);
    bench.create(&key("large"), bytes.clone()).await;
    for range in [0..1, 0..300_007, 5..70_000, 299_999..300_007, 300_006..300_007] {
        let part = bench.read.get_range(&key("large"), range.clone()).await.unwrap();
        assert!(part == bytes[range.start as usize..range.end as usize], "{range:?}");
    }
    assert_eq!(bench.read.get_range(&key("large"), 7..7).await.unwrap(), "");
}

pub async fn a_part_beyond_the_end_is_what_is_there(bench: &Bench) {
    bench.create(&key("ten"), "0123456789").await;
    assert_eq!(bench.read.get_range(&key("ten"), 7..20).await.unwrap(), "789");
    assert_eq!(bench.read.get_range(&key("ten"), 10..20).await.unwrap(), "");
    assert_eq!(bench.read.get_range(&key("ten"), 4_000..4_001).await.unwrap(), "");
}

pub async fn a_part_of_nothing_is_an_error(bench: &Bench) {
    let refused = kind(bench.read.get_range(&key("nothing"), 0..10).await);
    assert_eq!(refused, StoreErrorKind::NotFound { key: "probe/nothing".into() });
}

pub async fn a_download_is_exact(bench: &Bench) {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("file");
    // A longer file stands there: it is to be replaced, not written over.
    std::fs::write(&to, noise(4_000_000)).unwrap();
    let bytes = noise(3_000_001);
    bench.create(&key("large"), bytes.clone()).await;
    let (progress, heard) = counter();
    let (size, digest) = bench.read.download(&key("large"), &to, progress).await.unwrap();
    assert_eq!((size, digest), (bytes.len() as u64, Digest::of(&bytes)));
    assert_eq!(heard.load(Ordering::Relaxed), size);
    assert!(std::fs::read(&to).unwrap() == bytes);
}

pub async fn an_object_is_digested_as_it_passes(bench: &Bench) {
    let bytes = noise(300_001);
    bench.create(&key("large"), bytes.clone()).await;
    let (progress, heard) = counter();
    assert_eq!(bench.read.digest(&key("large"), progress).await.unwrap(), (bytes.len() as u64, Digest::of(&bytes)));
    assert_eq!(heard.load(Ordering::Relaxed), bytes.len() as u64);
    let refused = kind(bench.read.digest(&key("nothing"), counter().0).await);
    assert_eq!(refused, StoreErrorKind::NotFound { key: "probe/nothing".into() });
}

pub async fn a_download_of_nothing_is_an_error(bench: &Bench) {
    let folder = tempfile::tempdir().unwrap();
    let refused = kind(bench.read.download(&key("nothing"), &folder.path().join("file"), counter().0).await);
    assert_eq!(refused, StoreErrorKind::NotFound { key: "probe/nothing".into() });
    assert_eq!(refused.to_string(), "The registry has no object probe/nothing.");
}

pub async fn a_download_to_nowhere_is_an_error(bench: &Bench) {
    bench.create(&key("one"), "one").await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("missing/file");
    let refused = kind(bench.read.download(&key("one"), &to, counter().0).await);
    assert_eq!(refused.to_string(), format!("{} could not be written: it is not there.", to.display()));
}

/// Build metadata puts a `+` into a key, which some read as a space.
pub async fn every_key_can_be_read(bench: &Bench) {
    let id = || "com.example_one-two".parse().unwrap();
    let digest = Digest::of(b"package");
    let keys = [
        Key::Registry,
        Key::Document(id()),
        Key::Revision(id(), 7),
        Key::Package(id(), "1.0.0-rc.1+build.5".parse().unwrap(), digest),
        Key::Asset(id(), digest),
        Key::CatalogHead,
    ];
    for key in &keys {
        bench.write.put(key, Body::Bytes(key.to_string().into()), Condition::Absent, None).await.unwrap();
    }
    for key in &keys {
        assert_eq!(bench.found(key).await.unwrap().bytes, key.to_string());
    }
}
