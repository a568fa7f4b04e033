//! Answers that came, and say no.

use patchbay_package::Digest;
use patchbay_registry::{
    key::Key,
    store::{Body, Condition, ETag, Store, s3::S3Store},
};

use super::{
    ADMIN, KEY_ID, LOGIN, LOOK, PORTAL, REGION, SIGN_IN, STANDS, TEST, TOKEN, WAIT, both, config, get, hear, on_get, put,
    scripted::{Reply, Scripted},
    store_at, told,
};

#[tokio::test]
async fn no_bucket() {
    let expected = || told("There is no bucket plugins at http://HOST.", LOOK, false);
    assert_eq!(both(Reply::error("404 Not Found", "NoSuchBucket", "<BucketName>plugins</BucketName>")).await, [expected(), expected()]);
}

#[tokio::test]
async fn wrong_region() {
    let expected = || told("The bucket plugins is not in the region us-east-1 but in eu-west-3.", REGION, false);
    let bodies = [
        ("301 Moved Permanently", "PermanentRedirect", "<Endpoint>plugins.s3.eu-west-3.amazonaws.com</Endpoint><Region>eu-west-3</Region>"),
        ("400 Bad Request", "AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>"),
        ("400 Bad Request", "IllegalLocationConstraintException", "<Region>eu-west-3</Region>"),
    ];
    for (status, code, more) in bodies {
        assert_eq!(both(Reply::error(status, code, more)).await, [expected(), expected()], "{code}");
    }
    let header = Reply::bare("301 Moved Permanently", &["x-amz-bucket-region: eu-west-3"]);
    assert_eq!(both(header).await, [expected(), expected()]);
    let silent = Reply::error("301 Moved Permanently", "PermanentRedirect", "");
    assert_eq!(on_get(silent).await, told("The bucket plugins is not in the region us-east-1.", REGION, false));
}

#[tokio::test]
async fn wrong_key() {
    let expected = || told("The store does not accept this access key.", LOGIN, false);
    let unknown = format!("<AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId>");
    assert_eq!(both(Reply::error("403 Forbidden", "InvalidAccessKeyId", &unknown)).await, [expected(), expected()]);
    // S3 echoes what it made its own signature of, the session token among it.
    let echo = format!(
        "<AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256</StringToSign><CanonicalRequest>x-amz-security-token:{TOKEN}</CanonicalRequest>"
    );
    assert_eq!(both(Reply::error("403 Forbidden", "SignatureDoesNotMatch", &echo)).await, [expected(), expected()]);
}

#[tokio::test]
async fn expired_token() {
    let expected = || told("The credentials have expired.", SIGN_IN, false);
    let echo = format!("<Token-0>{TOKEN}</Token-0>");
    for code in ["ExpiredToken", "TokenRefreshRequired", "RequestExpired"] {
        assert_eq!(both(Reply::error("400 Bad Request", code, &echo)).await, [expected(), expected()], "{code}");
    }
}

#[tokio::test]
async fn clock_skew() {
    let expected = || told("The clock of this computer is too far from the store's.", "Set this computer's clock, then try again.", false);
    let reply = Reply::error("403 Forbidden", "RequestTimeTooSkewed", "<RequestTime>20260101T000000Z</RequestTime>");
    assert_eq!(both(reply).await, [expected(), expected()]);
}

#[tokio::test]
async fn denied() {
    let expected = || {
        [
            told("These credentials may not read registry.json.", ADMIN, false),
            told("These credentials may not write registry.json.", ADMIN, false),
        ]
    };
    assert_eq!(both(Reply::error("403 Forbidden", "AccessDenied", "")).await, expected());
    assert_eq!(both(Reply::bare("403 Forbidden", &[])).await, expected());

    let server = Scripted::start(Reply::error("403 Forbidden", "AccessDenied", "")).await;
    let endpoint = format!("http://{}", server.address);
    let store = store_at(&endpoint);
    let list = hear(store.list("plugins/").await, &endpoint);
    assert_eq!(list, told("These credentials may not list the bucket plugins.", ADMIN, false));
    let delete = hear(store.delete(&Key::Probe("x".into())).await, &endpoint);
    assert_eq!(delete, told("These credentials may not remove probe/x.", ADMIN, false));
    let create = hear(store.create_bucket().await, &endpoint);
    assert_eq!(create, told("These credentials may not create the bucket plugins.", ADMIN, false));
}

#[tokio::test]
async fn a_head_has_no_body_to_explain_itself() {
    let cases = [
        (Reply::bare("403 Forbidden", &[]), "These credentials may not read the bucket plugins."),
        (Reply::bare("404 Not Found", &[]), "There is no bucket plugins at http://HOST."),
        (
            Reply::bare("301 Moved Permanently", &["x-amz-bucket-region: eu-west-3"]),
            "The bucket plugins is not in the region us-east-1 but in eu-west-3.",
        ),
        (
            Reply::bare("400 Bad Request", &["x-amz-bucket-region: eu-west-3"]),
            "The bucket plugins is not in the region us-east-1 but in eu-west-3.",
        ),
    ];
    for (reply, message) in cases {
        let server = Scripted::start(reply).await;
        let endpoint = format!("http://{}", server.address);
        assert_eq!(hear(store_at(&endpoint).head_bucket().await, &endpoint).message, message);
    }
}

#[tokio::test]
async fn a_captive_portal() {
    let page = || told("http://HOST did not answer as a store does: it sent a web page.", PORTAL, true);
    let html = "<!DOCTYPE html><title>Welcome to the hotel</title>";
    assert_eq!(both(Reply::answer("200 OK", &["Content-Type: text/html; charset=utf-8"], html)).await, [page(), page()]);
    assert_eq!(both(Reply::answer("200 OK", &["Content-Type: text/html", "ETag: \"1\""], html)).await, [page(), page()]);
    assert_eq!(both(Reply::answer("403 Forbidden", &["Content-Type: text/html"], html)).await, [page(), page()]);
    assert_eq!(both(Reply::answer("302 Found", &["Content-Type: text/html", "Location: http://portal/"], html)).await, [page(), page()]);
    let redirect = || told("http://HOST did not answer as a store does: it sent a redirect to somewhere else.", PORTAL, true);
    assert_eq!(both(Reply::bare("302 Found", &["Location: http://portal/"])).await, [redirect(), redirect()]);
    // Without a type, the page itself gives it away.
    assert_eq!(on_get(Reply::answer("200 OK", &["ETag: \"1\""], html)).await, page());
}

#[tokio::test]
async fn a_put_without_a_tag() {
    let [read, write] = both(Reply::answer("200 OK", &[], "{}")).await;
    assert_eq!(read, told("http://HOST did not answer as a store does: it sent an object without an ETag.", PORTAL, true));
    assert_eq!(write, told("http://HOST did not answer as a store does: it sent an answer without an ETag.", PORTAL, true));
}

#[tokio::test]
async fn a_listing_that_is_none() {
    let cases = [
        (Reply::answer("200 OK", &["Content-Type: text/html"], "<html>"), "a web page"),
        (Reply::answer("200 OK", &["Content-Type: application/xml"], "{\"not\": \"XML\"}"), "an answer that cannot be read"),
        (
            Reply::answer(
                "200 OK",
                &["Content-Type: application/xml"],
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>",
            ),
            "the same part of a listing twice",
        ),
        (
            Reply::answer(
                "200 OK",
                &["Content-Type: application/xml"],
                "<ListBucketResult><Contents><Key>plugins/a.jsonl</Key></Contents></ListBucketResult>",
            ),
            "a listing without keys, ETags and times",
        ),
    ];
    for (reply, what) in cases {
        let server = Scripted::start(reply).await;
        let endpoint = format!("http://{}", server.address);
        let heard = hear(store_at(&endpoint).list("plugins/").await, &endpoint);
        assert_eq!(heard, told(&format!("http://HOST did not answer as a store does: it sent {what}."), PORTAL, true));
    }
}

#[tokio::test]
async fn conflicts() {
    let changed = |key: &str| told(&format!("Somebody else changed {key} first."), STANDS, false);
    let busy = told("Somebody else is writing registry.json right now.", STANDS, false);
    let [_, write] = both(Reply::error("412 Precondition Failed", "PreconditionFailed", "")).await;
    assert_eq!(write, changed("registry.json"));
    let [_, write] = both(Reply::error("409 Conflict", "ConditionalRequestConflict", "")).await;
    assert_eq!(write, busy);

    let server = Scripted::start(Reply::error("404 Not Found", "NoSuchKey", "")).await;
    let endpoint = format!("http://{}", server.address);
    let matches = Condition::Matches(ETag("\"1\"".into()));
    let write = store_at(&endpoint).put(&Key::CatalogHead, Body::Bytes("{}".into()), matches, None).await;
    assert_eq!(hear(write, &endpoint), changed("catalog/head.json"));
}

#[tokio::test]
async fn a_store_that_is_down() {
    for (status, number) in [("503 Service Unavailable", 503), ("500 Internal Server Error", 500), ("429 Too Many Requests", 429)] {
        let expected = || told(&format!("http://HOST is not able to answer right now (status {number})."), WAIT, true);
        assert_eq!(both(Reply::bare(status, &[])).await, [expected(), expected()]);
    }
    // A gateway's page is the gateway's: not a captive portal.
    let page = Reply::answer("502 Bad Gateway", &["Content-Type: text/html"], "<html>nginx</html>");
    assert_eq!(on_get(page).await, told("http://HOST is not able to answer right now (status 502).", WAIT, true));
    let slow = Reply::error("503 Slow Down", "SlowDown", "");
    assert_eq!(on_get(slow).await.message, "http://HOST is not able to answer right now (status 503).");
}

#[tokio::test]
async fn a_read_is_asked_three_times_and_a_write_once() {
    let server = Scripted::start(Reply::bare("503 Service Unavailable", &[])).await;
    let store = store_at(&format!("http://{}", server.address));
    get(&store).await.unwrap_err();
    put(&store).await.unwrap_err();
    store.delete(&Key::Registry).await.unwrap_err();
    let verbs: Vec<String> = server.requests().iter().map(|head| head.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(verbs, ["GET", "GET", "GET", "PUT", "DELETE"]);
}

#[tokio::test]
async fn damaged_on_the_way() {
    for code in ["BadDigest", "XAmzContentSHA256Mismatch"] {
        let [_, write] = both(Reply::error("400 Bad Request", code, "")).await;
        let hint = "Try again; if it stays so, tell whoever administers the registry.";
        assert_eq!(write, told("registry.json arrived damaged.", hint, false));
    }
}

#[tokio::test]
async fn any_other_refusal() {
    let expected = || told("The store refused: QuotaExceeded (status 400).", TEST, false);
    assert_eq!(both(Reply::error("400 Bad Request", "QuotaExceeded", "")).await, [expected(), expected()]);
    let expected = || told("The store refused: no reason given (status 400).", TEST, false);
    assert_eq!(both(Reply::error("400 Bad Request", &format!("{TOKEN} echoed"), "")).await, [expected(), expected()]);
}

#[tokio::test]
async fn a_bucket_name_that_is_none() {
    let mut config = config("http://127.0.0.1:9");
    config.bucket = String::new();
    let heard = hear(get(&S3Store::new(config).unwrap()).await, "http://127.0.0.1:9");
    assert_eq!(heard, told("There is no bucket  at http://HOST.", LOOK, false));
}

#[tokio::test]
async fn what_a_put_says() {
    let server = Scripted::start(Reply::answer("200 OK", &["ETag: \"1\""], "")).await;
    let store = store_at(&format!("http://{}", server.address));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    std::fs::write(&path, "bytes").unwrap();
    let body = Body::File { path, size: 5, sha256: Digest::of(b"bytes") };
    store.put(&Key::CatalogHead, body, Condition::Matches(ETag("\"0\"".into())), None).await.unwrap();
    put(&store).await.unwrap();
    let [file, bytes] = server.requests().try_into().unwrap();
    let says =
        |head: &str, line: &str| assert!(head.to_lowercase().contains(&format!("\r\n{}\r\n", line.to_lowercase())), "{line} in {head}");
    says(&file, "content-length: 5");
    says(&file, "content-type: application/gzip");
    says(&file, "cache-control: public, max-age=5");
    says(&file, "if-match: \"0\"");
    says(&file, &format!("x-amz-content-sha256: {}", Digest::of(b"bytes")));
    says(&file, "x-amz-checksum-sha256: J3CJ2RwL308uaGK6fkoHYFEZQx9dE/cm3TUrBvGyBqk=");
    says(&bytes, "if-none-match: *");
    says(&bytes, "cache-control: no-cache");
    says(&bytes, &format!("x-amz-content-sha256: {}", Digest::of(b"{}")));
    for head in [&file, &bytes] {
        assert!(!head.to_lowercase().contains("transfer-encoding") && !head.to_lowercase().contains("crc32"), "{head}");
    }
}
