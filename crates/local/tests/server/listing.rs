//! LIST.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use futures::{StreamExt, stream};
use patchbay_local::LocalServer;

use crate::client::{BUCKET, client, get, outcome, put};

/// All pages: objects and common prefixes, in the order they came.
async fn list(s3: &Client, prefix: &str, delimiter: Option<&str>, page: i32) -> (Vec<String>, Vec<String>) {
    let (mut keys, mut prefixes, mut token) = (vec![], vec![], None);
    loop {
        let list = s3.list_objects_v2().bucket(BUCKET).prefix(prefix).max_keys(page).set_delimiter(delimiter.map(str::to_owned));
        let answer = list.set_continuation_token(token).send().await.unwrap();
        assert!(answer.key_count().unwrap() <= page);
        keys.extend(answer.contents().iter().map(|object| object.key().unwrap().to_owned()));
        prefixes.extend(answer.common_prefixes().iter().map(|prefix| prefix.prefix().unwrap().to_owned()));
        token = answer.next_continuation_token().map(str::to_owned);
        assert_eq!(answer.is_truncated(), Some(token.is_some()));
        if token.is_none() {
            return (keys, prefixes);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_and_a_half_thousand_keys_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    let keys: BTreeSet<String> = (0..2500).map(|i| format!("plugins/p{:04}/{}.jsonl", i * 7919 % 2500, i % 3)).collect();
    assert_eq!(keys.len(), 2500);
    stream::iter(&keys).for_each_concurrent(16, |key| async { drop(put(&s3, key, key.as_str()).await) }).await;

    // The default page is the largest.
    let first = s3.list_objects_v2().bucket(BUCKET).max_keys(5000).send().await.unwrap();
    assert_eq!((first.key_count(), first.is_truncated()), (Some(1000), Some(true)));
    for page in [1000, 333, 1250] {
        assert_eq!(list(&s3, "", None, page).await.0, keys.iter().cloned().collect::<Vec<_>>(), "pages of {page}");
    }
    // The ETags and sizes of a LIST are those of the objects.
    for object in first.contents().iter().step_by(97) {
        let body = get(&s3, object.key().unwrap()).await.unwrap();
        assert_eq!(object.size(), Some(body.len() as i64));
        let head = s3.head_object().bucket(BUCKET).key(object.key().unwrap()).send().await.unwrap();
        assert_eq!((object.e_tag(), object.last_modified()), (head.e_tag(), head.last_modified()));
    }
    let after = s3.list_objects_v2().bucket(BUCKET).start_after("plugins/p2498").send().await.unwrap();
    assert_eq!(after.key_count(), Some(2));
    let (objects, prefixes) = list(&s3, "plugins/", Some("/"), 700).await;
    assert_eq!((objects.len(), prefixes.len()), (0, 2500));
    assert!(prefixes.is_sorted());
}

#[tokio::test]
async fn order_prefix_and_delimiter() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    // In the order of bytes: "-" and "." before "/", capitals before small letters, "é" last.
    let keys = ["A", "a-b", "a.b", "a/b", "a/b-c", "a/c/d", "a/c/e", "a0", "b/Z", "b/z", "\u{e9}"];
    for key in keys.iter().rev() {
        put(&s3, key, "x").await;
    }
    std::fs::write(folder.path().join("buckets/patchbay/.DS_Store"), "not an object").unwrap();
    for page in 1..=keys.len() as i32 + 1 {
        assert_eq!(list(&s3, "", None, page).await.0, keys, "pages of {page}");
        assert_eq!(list(&s3, "a", None, page).await.0, keys[1..8], "pages of {page}");
        assert_eq!(list(&s3, "a/", None, page).await.0, ["a/b", "a/b-c", "a/c/d", "a/c/e"]);
        assert_eq!(list(&s3, "a/c/e", None, page).await.0, ["a/c/e"]);
        assert_eq!(list(&s3, "nothing", None, page).await.0, [""; 0]);
        let (objects, prefixes) = list(&s3, "", Some("/"), page).await;
        assert_eq!(
            (objects, prefixes),
            (vec!["A", "a-b", "a.b", "a0", "\u{e9}"].into_iter().map(Into::into).collect(), vec!["a/".into(), "b/".into()])
        );
        let (objects, prefixes) = list(&s3, "a/", Some("/"), page).await;
        assert_eq!((objects, prefixes), (vec!["a/b".into(), "a/b-c".into()], vec!["a/c/".into()]));
        assert_eq!(list(&s3, "a", Some("b"), page).await.1, ["a-b", "a.b", "a/b"]);
    }
    let none = s3.list_objects_v2().bucket(BUCKET).max_keys(0).send().await.unwrap();
    assert_eq!((none.key_count(), none.is_truncated()), (Some(0), Some(false)));
    let bad = s3.list_objects_v2().bucket(BUCKET).continuation_token("../..").send().await;
    assert_eq!(outcome(bad), Err((400, "InvalidArgument".to_owned())));
    let bad = s3.list_objects_v2().bucket(BUCKET).max_keys(-1).send().await;
    assert_eq!(outcome(bad), Err((400, "InvalidArgument".to_owned())));
}
