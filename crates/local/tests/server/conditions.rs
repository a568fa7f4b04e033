//! Conditional requests, as S3 answers them.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use patchbay_local::LocalServer;

use crate::client::{BUCKET, client, get, outcome, put};

const OTHER: &str = "\"00000000000000000000000000000000\"";

type Outcome = Result<(), (u16, String)>;

fn refused(status: u16, code: &str) -> Outcome {
    Err((status, code.to_owned()))
}

async fn try_put(s3: &Client, key: &str, if_match: Option<&str>, if_none_match: Option<&str>) -> Outcome {
    let put = s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"new"));
    outcome(put.set_if_match(if_match.map(str::to_owned)).set_if_none_match(if_none_match.map(str::to_owned)).send().await)
}

#[tokio::test]
async fn writes() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    let failed = || refused(412, "PreconditionFailed");
    let missing = || refused(404, "NoSuchKey");
    let unsupported = || refused(501, "NotImplemented");
    // "old" stands for the ETag that the object has.
    for (exists, if_match, if_none_match, expected) in [
        (false, None, None, Ok(())),
        (true, None, None, Ok(())),
        (false, None, Some("*"), Ok(())),
        (true, None, Some("*"), failed()),
        (false, Some("old"), None, missing()),
        (true, Some("old"), None, Ok(())),
        (true, Some(OTHER), None, failed()),
        (true, Some("weak old"), None, failed()),
        (false, Some("*"), None, missing()),
        (true, Some("*"), None, Ok(())),
        (true, None, Some(OTHER), unsupported()),
        (true, Some("old"), Some("*"), unsupported()),
    ] {
        let old = put(&s3, "k", "old").await;
        if !exists {
            s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
        }
        let weak = format!("W/{old}");
        let etag = |value: &'static str| -> String {
            match value {
                "old" => old.clone(),
                "weak old" => weak.clone(),
                other => other.to_owned(),
            }
        };
        let result = try_put(&s3, "k", if_match.map(etag).as_deref(), if_none_match).await;
        assert_eq!(result, expected, "exists {exists}, If-Match {if_match:?}, If-None-Match {if_none_match:?}");
        let now = get(&s3, "k").await;
        let before = exists.then(|| b"old".to_vec());
        assert_eq!(now, if expected.is_ok() { Some(b"new".to_vec()) } else { before });
    }
}

#[tokio::test]
async fn reads() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    // The second is too big for the path through memory.
    for body in [b"small".to_vec(), vec![1; 2_000_000]] {
        let etag = put(&s3, "k", body).await;
        for (if_match, if_none_match, expected) in [
            (None, None, 200),
            (Some(etag.as_str()), None, 200),
            (Some("*"), None, 200),
            (Some(OTHER), None, 412),
            (None, Some(etag.as_str()), 304),
            (None, Some("*"), 304),
            (None, Some(OTHER), 200),
            (Some(OTHER), Some(etag.as_str()), 412),
            (Some(etag.as_str()), Some(etag.as_str()), 304),
        ] {
            let if_match = if_match.map(str::to_owned);
            let if_none_match = if_none_match.map(str::to_owned);
            let shown = format!("If-Match {if_match:?}, If-None-Match {if_none_match:?}");
            let get = s3.get_object().bucket(BUCKET).key("k");
            let got = get.set_if_match(if_match.clone()).set_if_none_match(if_none_match.clone()).send().await;
            if let Err(error) = &got
                && expected == 304
            {
                let answer = error.raw_response().unwrap();
                assert_eq!(answer.headers().get("etag"), Some(etag.as_str()), "{shown}");
            }
            assert_eq!(outcome(got).map_or_else(|(status, _)| status, |()| 200), expected, "GET, {shown}");
            let head = s3.head_object().bucket(BUCKET).key("k");
            let got = head.set_if_match(if_match).set_if_none_match(if_none_match).send().await;
            assert_eq!(outcome(got).map_or_else(|(status, _)| status, |()| 200), expected, "HEAD, {shown}");
        }
    }
    let missing = s3.get_object().bucket(BUCKET).key("none").if_match(OTHER).send().await;
    assert_eq!(outcome(missing), refused(404, "NoSuchKey"));
}

#[tokio::test]
async fn deletes() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    let delete = |if_match: Option<&str>| s3.delete_object().bucket(BUCKET).key("k").set_if_match(if_match.map(str::to_owned)).send();

    assert_eq!(outcome(delete(None).await), Ok(()), "twice is once");
    assert_eq!(outcome(delete(Some(OTHER)).await), refused(404, "NoSuchKey"));
    assert_eq!(outcome(delete(Some("*")).await), refused(404, "NoSuchKey"));
    let etag = put(&s3, "k", "x").await;
    assert_eq!(outcome(delete(Some(OTHER)).await), refused(412, "PreconditionFailed"));
    assert_eq!(get(&s3, "k").await.unwrap(), b"x");
    assert_eq!(outcome(delete(Some(&etag)).await), Ok(()));
    assert_eq!(get(&s3, "k").await, None);
    put(&s3, "k", "x").await;
    assert_eq!(outcome(delete(Some("*")).await), Ok(()));
    assert_eq!(outcome(delete(None).await), Ok(()));
    assert_eq!(get(&s3, "k").await, None);
}
