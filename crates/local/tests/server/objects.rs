//! What is put is what is got.

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use patchbay_local::LocalServer;
use sha2::{Digest, Sha256};

use crate::client::{BUCKET, client, get, outcome, put};

fn refused<T>(status: u16, code: &str) -> Result<T, (u16, String)> {
    Err((status, code.to_owned()))
}

#[tokio::test]
async fn an_object_goes_round() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    // Empty, small, and too big for the path through memory.
    for body in [vec![], b"hello".to_vec(), (0..3_000_000u32).map(|i| (i % 251) as u8).collect()] {
        let etag = put(&s3, "plugins/a.jsonl", body.clone()).await;
        assert_eq!(etag, format!("\"{}\"", hex::encode(Md5::digest(&body))));
        let object = s3.get_object().bucket(BUCKET).key("plugins/a.jsonl").send().await.unwrap();
        assert_eq!(object.e_tag(), Some(etag.as_str()));
        assert_eq!(object.content_length(), Some(body.len() as i64));
        assert_eq!(object.body.collect().await.unwrap().to_vec(), body);
        let head = s3.head_object().bucket(BUCKET).key("plugins/a.jsonl").send().await.unwrap();
        assert_eq!((head.e_tag(), head.content_length()), (Some(etag.as_str()), Some(body.len() as i64)));
        assert!(head.last_modified().unwrap().secs() > DateTime::from_secs(1_500_000_000).secs());
    }
    // Another server on the folder, now or later, sees the same.
    server.shutdown().await;
    let again = LocalServer::start(folder.path(), None).await.unwrap();
    assert_eq!(get(&client(&again), "plugins/a.jsonl").await.unwrap().len(), 3_000_000);
    // The object is one plain file.
    let file = folder.path().join("buckets/patchbay/plugins/a.jsonl");
    assert_eq!(std::fs::metadata(file).unwrap().len(), 3_000_000);
}

#[tokio::test]
async fn the_content_type_follows_the_extension() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    for (key, expected) in [
        ("registry.json", "application/json"),
        ("plugins/a.jsonl", "application/json"),
        ("packages/a/1.0.0/00.zip", "application/zip"),
        ("assets/a/00", "application/octet-stream"),
    ] {
        put(&s3, key, "x").await;
        let object = s3.get_object().bucket(BUCKET).key(key).send().await.unwrap();
        assert_eq!(object.content_type(), Some(expected), "{key}");
        let head = s3.head_object().bucket(BUCKET).key(key).send().await.unwrap();
        assert_eq!(head.content_type(), Some(expected), "{key}");
    }
}

#[tokio::test]
async fn ranges_are_cut_from_small_and_big_objects() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    for size in [1000usize, 2_000_000] {
        let body: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        put(&s3, "o", body.clone()).await;
        for (range, expected) in [
            ("bytes=0-0".to_owned(), 0..1),
            ("bytes=10-19".to_owned(), 10..20),
            ("bytes=990-".to_owned(), 990..size),
            ("bytes=-7".to_owned(), size - 7..size),
            ("bytes=-99999999".to_owned(), 0..size),
            (format!("bytes=5-{}", size + 5), 5..size),
        ] {
            let part = s3.get_object().bucket(BUCKET).key("o").range(&range).send().await.unwrap();
            let shown = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
            assert_eq!(part.content_range(), Some(shown.as_str()), "{range}");
            assert_eq!(part.body.collect().await.unwrap().to_vec(), body[expected], "{range}");
        }
        let beyond = s3.get_object().bucket(BUCKET).key("o").range(format!("bytes={size}-")).send().await;
        assert_eq!(outcome(beyond), refused(416, "InvalidRange"));
    }
    put(&s3, "empty", "").await;
    let none = s3.get_object().bucket(BUCKET).key("empty").range("bytes=-5").send().await;
    assert_eq!(outcome(none), refused(416, "InvalidRange"));
}

#[tokio::test]
async fn digests_are_checked_and_a_wrong_one_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    let upload = |body: &'static str| s3.put_object().bucket(BUCKET).key("o").body(ByteStream::from_static(body.as_bytes()));
    let sha256 = STANDARD.encode(Sha256::digest("right"));
    let md5 = STANDARD.encode(Md5::digest("right"));

    let wrong = upload("wrong").checksum_sha256(&sha256).send().await;
    assert_eq!(outcome(wrong), refused(400, "BadDigest"));
    let wrong = upload("wrong").content_md5(&md5).send().await;
    assert_eq!(outcome(wrong), refused(400, "BadDigest"));
    assert_eq!(get(&s3, "o").await, None);
    assert_nothing_incoming(folder.path());

    let right = upload("right").checksum_sha256(&sha256).content_md5(&md5).send().await.unwrap();
    assert_eq!(right.checksum_sha256(), Some(sha256.as_str()));
    assert_eq!(get(&s3, "o").await.unwrap(), b"right");
}

#[tokio::test]
async fn every_checksum_algorithm_is_understood_in_header_and_trailer() {
    use aws_sdk_s3::types::ChecksumAlgorithm as A;
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    let file = folder.path().join("upload");
    std::fs::write(&file, vec![7; 200_000]).unwrap();
    for algorithm in [A::Sha256, A::Sha1, A::Crc32, A::Crc32C, A::Crc64Nvme] {
        let put = || s3.put_object().bucket(BUCKET).key(algorithm.as_str()).checksum_algorithm(algorithm.clone());
        // From memory the SDK sends the checksum as a header, from a stream as a trailer.
        put().body(ByteStream::from_static(b"hello")).send().await.unwrap();
        assert_eq!(get(&s3, algorithm.as_str()).await.unwrap(), b"hello");
        put().body(ByteStream::from_path(&file).await.unwrap()).send().await.unwrap();
        assert_eq!(get(&s3, algorithm.as_str()).await.unwrap(), vec![7; 200_000]);
    }
}

#[tokio::test]
async fn hostile_keys_are_refused_and_harmless_ones_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    for key in [
        "..",
        "../x",
        "a/../../x",
        "a/./b",
        "/etc/passwd",
        "a//b",
        "a/",
        r"a\b",
        r"..\x",
        "c:x",
        "a\u{0}b",
        "a\nb",
        "nul",
        "x/con.json",
        "a.",
        "a ",
        "x/../../../key.json",
    ] {
        let result = s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send().await;
        assert_eq!(outcome(result), refused(400, "InvalidRequest"), "{key:?}");
        let result = s3.get_object().bucket(BUCKET).key(key).send().await;
        assert_eq!(outcome(result), refused(400, "InvalidRequest"), "{key:?}");
    }
    let long = "a".repeat(300);
    let result = s3.put_object().bucket(BUCKET).key(&long).body(ByteStream::from_static(b"x")).send().await;
    assert_eq!(outcome(result), refused(400, "KeyTooLongError"));
    assert_eq!(s3.list_objects_v2().bucket(BUCKET).send().await.unwrap().key_count(), Some(0));

    // Two keys that differ in case or in the form of an accent are two objects, on every filesystem.
    for key in ["a b/c+d&e=f~g@h!i(j)", "RC.1/x", "rc.1/x", "caf\u{e9}", "cafe\u{301}", "100%", "%41", "A", "..a", "\u{65e5}\u{672c}"] {
        put(&s3, key, key).await;
    }
    for key in ["a b/c+d&e=f~g@h!i(j)", "RC.1/x", "rc.1/x", "caf\u{e9}", "cafe\u{301}", "100%", "%41", "A", "..a", "\u{65e5}\u{672c}"] {
        assert_eq!(get(&s3, key).await.unwrap(), key.as_bytes());
    }
}

#[tokio::test]
async fn a_key_cannot_be_a_folder_and_an_object() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    put(&s3, "a/b", "1").await;
    for key in ["a", "a/b/c", "a/b/c/d"] {
        let result = s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send().await;
        assert_eq!(outcome(result), refused(400, "InvalidRequest"), "{key}");
        assert_eq!(get(&s3, key).await, None);
    }
    assert_eq!(get(&s3, "a/b").await.unwrap(), b"1");
    // The folder goes with its last object.
    s3.delete_object().bucket(BUCKET).key("a/b").send().await.unwrap();
    put(&s3, "a", "2").await;
    assert_eq!(get(&s3, "a").await.unwrap(), b"2");
}

#[cfg(unix)]
#[tokio::test]
async fn links_out_of_the_folder_lead_nowhere() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    std::fs::write(outside.path().join("secret"), "secret").unwrap();
    let bucket = folder.path().join("buckets/patchbay");
    std::os::unix::fs::symlink(outside.path(), bucket.join("way")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), bucket.join("file")).unwrap();

    for key in ["way/secret", "file"] {
        assert_eq!(get(&s3, key).await, None);
        let result = s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send().await;
        assert_eq!(outcome(result), refused(400, "InvalidRequest"), "{key}");
        s3.delete_object().bucket(BUCKET).key(key).send().await.unwrap();
    }
    assert_eq!(s3.list_objects_v2().bucket(BUCKET).send().await.unwrap().key_count(), Some(0));
    assert_eq!(std::fs::read(outside.path().join("secret")).unwrap(), b"secret");
}

#[tokio::test]
async fn buckets_exist_or_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    s3.head_bucket().bucket(BUCKET).send().await.unwrap();
    s3.get_bucket_location().bucket(BUCKET).send().await.unwrap();
    assert_eq!(outcome(s3.create_bucket().bucket(BUCKET).send().await), refused(409, "BucketAlreadyOwnedByYou"));
    s3.create_bucket().bucket("another").send().await.unwrap();
    let all = s3.list_buckets().send().await.unwrap();
    assert_eq!(all.buckets().iter().filter_map(|bucket| bucket.name()).collect::<Vec<_>>(), ["another", BUCKET]);

    assert_eq!(outcome(s3.head_bucket().bucket("missing").send().await), refused(404, "NotFound"));
    assert_eq!(outcome(s3.get_object().bucket("missing").key("k").send().await), refused(404, "NoSuchBucket"));
    assert_eq!(outcome(s3.list_objects_v2().bucket("missing").send().await), refused(404, "NoSuchBucket"));
    let body = ByteStream::from_static(b"x");
    assert_eq!(outcome(s3.put_object().bucket("missing").key("k").body(body).send().await), refused(404, "NoSuchBucket"));
    assert_eq!(outcome(s3.create_bucket().bucket("con").send().await), refused(400, "InvalidBucketName"));
}

#[tokio::test]
async fn what_it_does_not_do_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    put(&s3, "o", "x").await;
    let no = || refused(501, "NotImplemented");
    assert_eq!(outcome(s3.create_multipart_upload().bucket(BUCKET).key("m").send().await), no());
    assert_eq!(outcome(s3.copy_object().bucket(BUCKET).key("c").copy_source("patchbay/o").send().await), no());
    assert_eq!(outcome(s3.get_object_tagging().bucket(BUCKET).key("o").send().await), no());
    assert_eq!(outcome(s3.get_object().bucket(BUCKET).key("o").version_id("1").send().await), no());
    assert_eq!(outcome(s3.delete_bucket().bucket(BUCKET).send().await), no());
    let tagged = s3.put_object().bucket(BUCKET).key("t").tagging("a=b").body(ByteStream::from_static(b"x"));
    assert_eq!(outcome(tagged.send().await), no());
    let public = s3.put_object().bucket(BUCKET).key("t").acl("public-read".into()).body(ByteStream::from_static(b"x"));
    assert_eq!(outcome(public.send().await), no());
    assert_eq!(get(&s3, "t").await, None);
}

/// A package far larger than what the server may use: it comes from disk, goes to disk, and back.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn big_bodies_are_streamed() {
    const SIZE: u64 = 256 * 1024 * 1024;
    const MOST_MEMORY: u64 = 96 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    // The server in another process, so that the client's memory does not count.
    let mut child = crate::process::Child::start("serve", folder.path());
    let endpoint = child.line_after("endpoint ");
    let here = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = crate::client::client_of(&here, &endpoint);

    let file = folder.path().join("upload");
    std::fs::File::create(&file).unwrap().set_len(SIZE).unwrap();
    let body = ByteStream::from_path(&file).await.unwrap();
    s3.put_object().bucket(BUCKET).key("p.zip").body(body).send().await.unwrap();
    let mut object = s3.get_object().bucket(BUCKET).key("p.zip").send().await.unwrap();
    let mut received = 0;
    while let Some(chunk) = object.body.try_next().await.unwrap() {
        assert!(chunk.iter().all(|byte| *byte == 0));
        received += chunk.len() as u64;
    }
    assert_eq!(received, SIZE);
    let used = child.peak_memory();
    assert!(used < MOST_MEMORY, "the server used {} MiB", used >> 20);
}

pub fn assert_nothing_incoming(folder: &std::path::Path) {
    let sessions = std::fs::read_dir(folder.join("incoming")).unwrap().map(|entry| entry.unwrap().path());
    for session in sessions.filter(|path| path.is_dir()) {
        let left: Vec<_> = std::fs::read_dir(&session).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
