//! Connections that are not made, and connections that are cut.

use std::sync::Arc;

use patchbay_package::Digest;
use patchbay_registry::{
    key::Key,
    store::{Body, Condition, ETag, Store, StoreError, http::ProxySettings, s3::S3Store},
};

use super::{
    NETWORK, SECRET, both, config, get, hear, on_get, put,
    scripted::{Reply, Scripted},
    store_at, told,
};

/// A PUT of more than any buffer on the way holds.
async fn upload(store: &S3Store, folder: &tempfile::TempDir) -> Result<ETag, StoreError> {
    let path = folder.path().join("package.zip");
    let bytes = vec![7; 32 << 20];
    std::fs::write(&path, &bytes).unwrap();
    let body = Body::File { path, size: bytes.len() as u64, sha256: Digest::of(&bytes) };
    store.put(&Key::Probe("package".into()), body, Condition::Absent, None).await
}

#[tokio::test]
async fn cut_in_mid_upload() {
    let server = Scripted::start(Reply::CutsAfter(64 * 1024)).await;
    let endpoint = format!("http://{}", server.address);
    let folder = tempfile::tempdir().unwrap();
    let write = upload(&store_at(&endpoint), &folder).await;
    let expected = told("The connection to http://HOST was lost: the connection was closed before an answer came.", NETWORK, true);
    assert_eq!(hear(write, &endpoint), expected);
    assert_eq!(server.requests().len(), 1, "a write is never sent again");
}

#[tokio::test]
async fn cut_before_an_answer() {
    let expected = || told("The connection to http://HOST was lost: the connection was closed before an answer came.", NETWORK, true);
    assert_eq!(both(Reply::CutsAfter(usize::MAX)).await, [expected(), expected()]);
}

#[tokio::test]
async fn cut_in_mid_answer() {
    let half = Reply::Sends("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 1000\r\n\r\n{\"patchbay\"".into());
    let expected = || told("The connection to http://HOST was lost: the answer was cut off.", NETWORK, true);
    assert_eq!(on_get(half.clone()).await, expected());
    let server = Scripted::start(half).await;
    let endpoint = format!("http://{}", server.address);
    let folder = tempfile::tempdir().unwrap();
    let progress = Arc::new(|_| {});
    let download = store_at(&endpoint).download(&Key::Registry, &folder.path().join("file"), progress).await;
    assert_eq!(hear(download, &endpoint), expected());
}

#[tokio::test]
async fn no_answer_in_time() {
    let expected = || told("The connection to http://HOST was lost: no answer in time.", NETWORK, true);
    assert_eq!(both(Reply::Silent).await, [expected(), expected()]);

    let server = Scripted::start(Reply::Silent).await;
    let endpoint = format!("http://{}", server.address);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(hear(upload(&store_at(&endpoint), &folder).await, &endpoint), expected());

    let begun = Reply::Sends("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 2\r\n\r\n".into());
    assert_eq!(on_get(begun).await.message, "The connection to http://HOST was lost: the answer was cut off.");
}

#[tokio::test]
async fn connection_refused() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{free}");
    let store = store_at(&endpoint);
    let expected = || told("http://HOST cannot be reached: the connection was refused.", NETWORK, false);
    assert_eq!([hear(get(&store).await, &endpoint), hear(put(&store).await, &endpoint)], [expected(), expected()]);
}

#[tokio::test]
async fn an_unknown_name() {
    let endpoint = "http://store.invalid:9000";
    let store = store_at(endpoint);
    let expected = || told("http://HOST cannot be reached: its name is not known.", NETWORK, false);
    assert_eq!([hear(get(&store).await, endpoint), hear(put(&store).await, endpoint)], [expected(), expected()]);
}

#[tokio::test]
async fn an_address_that_is_none() {
    let refused = |endpoint: &str| hear(S3Store::new(config(endpoint)), "HOST");
    let scheme = "its address must begin with https:// or http://";
    assert_eq!(refused("s3.example.com"), told(&format!("s3.example.com cannot be reached: {scheme}."), NETWORK, false));
    let password = told("https://s3.example.com cannot be reached: its address must not hold a password.", NETWORK, false);
    assert_eq!(refused(&format!("https://me:{SECRET}@s3.example.com")), password);
}

#[tokio::test]
async fn a_proxy_is_asked_with_its_password_and_no_message_has_it() {
    let proxy = Scripted::start(Reply::answer("200 OK", &["ETag: \"1\""], "")).await;
    let through = |address: String| {
        let mut config = config("http://store.invalid");
        config.network.proxy = ProxySettings { http: Some(address), ..ProxySettings::default() };
        assert!(!format!("{config:?}").contains(SECRET));
        S3Store::new(config).unwrap()
    };
    put(&through(format!("http://me:{SECRET}@{}", proxy.address))).await.unwrap();
    let [head] = proxy.requests().try_into().unwrap();
    assert!(head.starts_with("PUT http://store.invalid/plugins/registry.json"), "{head}");
    assert!(head.to_lowercase().contains("proxy-authorization: basic "), "{head}");

    let proxy = Scripted::start(Reply::answer("407 Proxy Authentication Required", &["Content-Type: text/html"], "<html>")).await;
    let heard = hear(put(&through(format!("http://me:{SECRET}@{}", proxy.address))).await, "store.invalid");
    assert_eq!(heard, told("http://HOST cannot be reached: the proxy wants a name and a password.", NETWORK, false));
    let heard = hear(
        S3Store::new({
            let mut config = config("https://s3.example.com");
            config.network.proxy.https = Some(format!("ftp://me:{SECRET}@proxy"));
            config
        }),
        "s3.example.com",
    );
    assert_eq!(heard, told("https://HOST cannot be reached: the proxy's address is not valid.", NETWORK, false));
}

#[tokio::test]
async fn a_tunnel_that_the_proxy_refuses() {
    let cases = [
        ("407 Proxy Authentication Required", "the proxy wants a name and a password"),
        ("403 Forbidden", "the proxy made no connection to it"),
    ];
    for (status, reason) in cases {
        let proxy = Scripted::start(Reply::bare(status, &[])).await;
        let mut config = config("https://store.invalid");
        config.network.proxy.https = Some(format!("me:{SECRET}@{}", proxy.address));
        let heard = hear(put(&S3Store::new(config).unwrap()).await, "store.invalid");
        assert_eq!(heard, told(&format!("https://HOST cannot be reached: {reason}."), NETWORK, false));
        assert!(proxy.requests()[0].starts_with("CONNECT store.invalid:443 HTTP/1.1"), "{:?}", proxy.requests());
    }
}
