//! Who gets in.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use patchbay_local::LocalServer;

use crate::client::{BUCKET, authority, client, client_at, client_with_secret, get, outcome, put, raw};

fn status(answer: &str) -> u16 {
    answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn unsigned_requests_get_403_whatever_they_ask() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    put(&client(&server), "k", "secret").await;
    let host = authority(&server);
    for line in [
        "GET /",
        "GET /patchbay",
        "GET /patchbay/k",
        "HEAD /patchbay/k",
        "DELETE /patchbay/k",
        "PUT /patchbay/n",
        "OPTIONS /patchbay/k",
        "POST /patchbay?delete",
        "TRACE /",
        "GET /patchbay/../../key.json",
    ] {
        // As a web page would send it, with a preflight or without.
        let answer = raw(
            &server,
            &format!(
                "{line} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ),
        );
        assert_eq!(status(&answer), 403, "{line}: {answer}");
        let lower = answer.to_lowercase();
        assert!(!lower.contains("access-control-") && !lower.contains("secret"), "{line}: {answer}");
    }
    let answer = raw(
        &server,
        &format!(
            "POST /patchbay HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5368709120\r\nConnection: close\r\n\r\n"
        ),
    );
    assert_eq!(status(&answer), 403, "a form upload is refused before its body: {answer}");
    // S3 calls this malformed, not forbidden.
    let answer = raw(
        &server,
        &format!("GET /patchbay/k HTTP/1.1\r\nHost: {host}\r\nAuthorization: AWS4-HMAC-SHA256 x\r\nConnection: close\r\n\r\n"),
    );
    assert_eq!(status(&answer), 400, "{answer}");
    assert_eq!(get(&client(&server), "k").await.unwrap(), b"secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_or_time_gets_403() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    put(&client(&server), "k", "secret").await;
    let refused = |code: &str| Err((403, code.to_owned()));

    let wrong = client_with_secret(&server, "not the secret");
    assert_eq!(outcome(wrong.get_object().bucket(BUCKET).key("k").send().await), refused("SignatureDoesNotMatch"));
    let upload = wrong.put_object().bucket(BUCKET).key("n").body(ByteStream::from_static(b"x")).send().await;
    assert_eq!(outcome(upload), refused("SignatureDoesNotMatch"));

    let other_folder = tempfile::tempdir().unwrap();
    let other = LocalServer::start(other_folder.path(), None).await.unwrap();
    let stranger = crate::client::client_of(&other, server.endpoint());
    assert_eq!(outcome(stranger.get_object().bucket(BUCKET).key("k").send().await), refused("InvalidAccessKeyId"));

    for hour in [Duration::from_secs(3600), Duration::from_secs(20 * 60)] {
        for now in [SystemTime::now() - hour, SystemTime::now() + hour] {
            let skewed = client_at(&server, now).get_object().bucket(BUCKET).key("k").send().await;
            assert_eq!(outcome(skewed), refused("RequestTimeTooSkewed"));
        }
    }
    let close = client_at(&server, SystemTime::now() - Duration::from_secs(5 * 60));
    assert_eq!(get(&close, "k").await.unwrap(), b"secret");
    assert_eq!(get(&client(&server), "n").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn presigned_urls_work_until_they_expire() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    put(&s3, "k", "content").await;
    let presign = async |start: SystemTime| {
        let config = PresigningConfig::builder().start_time(start).expires_in(Duration::from_secs(60)).build().unwrap();
        let url = s3.get_object().bucket(BUCKET).key("k").presigned(config).await.unwrap().uri().to_owned();
        url.strip_prefix(server.endpoint()).unwrap().to_owned()
    };
    let request = |path: &str, host: &str| raw(&server, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));

    let path = presign(SystemTime::now()).await;
    let answer = request(&path, authority(&server));
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(answer.ends_with("content"), "{answer}");
    assert_eq!(status(&request(&path.replace("/k?", "/other?"), authority(&server))), 403, "it is for one key");
    assert_eq!(status(&request(&path, "evil.example")), 403, "not under a foreign name");
    let expired = presign(SystemTime::now() - Duration::from_secs(61)).await;
    assert_eq!(status(&request(&expired, authority(&server))), 403);
}

#[tokio::test]
async fn the_secret_is_in_no_debug_output() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let secret = server.credentials().secret_access_key();
    assert!(secret.len() >= 43);
    for shown in [format!("{server:?}"), format!("{:?}", server.credentials()), format!("{:#?}", server.credentials())] {
        assert!(!shown.contains(secret), "{shown}");
        assert!(shown.contains(server.credentials().access_key_id()), "{shown}");
    }
}
