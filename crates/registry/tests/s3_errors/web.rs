//! The same for a registry at a public URL: other sentences only where there are no credentials to speak of.

use std::sync::Arc;

use patchbay_registry::{
    key::Key,
    store::{Fetched, Store, StoreError, http::HttpStore},
};

use super::{
    NETWORK, PORTAL, SECRET, TEST, Told, WAIT, hear, network,
    scripted::{Reply, Scripted},
    told,
};

async fn get(store: &HttpStore) -> Result<Fetched, StoreError> {
    store.get(&Key::Registry, None, 1 << 20).await
}

/// What a GET and a download that are answered like this come to.
async fn both(reply: Reply) -> [Told; 2] {
    let server = Scripted::start(reply).await;
    let endpoint = format!("http://{}/registry", server.address);
    let store = HttpStore::new(&endpoint, &network()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let download = store.download(&Key::Registry, &folder.path().join("file"), Arc::new(|_| {})).await;
    [hear(get(&store).await, &endpoint), hear(download, &endpoint)]
}

#[tokio::test]
async fn a_captive_portal() {
    let page = || told("http://HOST did not answer as a store does: it sent a web page.", PORTAL, true);
    let html = "<!DOCTYPE html><title>Welcome to the hotel</title>";
    assert_eq!(both(Reply::answer("200 OK", &["Content-Type: text/html"], html)).await, [page(), page()]);
    assert_eq!(both(Reply::answer("200 OK", &[], html)).await, [page(), page()]);
}

#[tokio::test]
async fn redirects_that_lead_nowhere() {
    let expected = || told("http://HOST did not answer as a store does: it sent a redirect to somewhere else.", PORTAL, true);
    assert_eq!(both(Reply::bare("302 Found", &["Location: /again"])).await, [expected(), expected()]);
}

#[tokio::test]
async fn refusals() {
    let expected = || told("The store refused: Forbidden (status 403).", TEST, false);
    assert_eq!(both(Reply::bare("403 Forbidden", &[])).await, [expected(), expected()]);
    let expected = || told("http://HOST is not able to answer right now (status 503).", WAIT, true);
    assert_eq!(both(Reply::answer("503 Service Unavailable", &["Content-Type: text/html"], "<html>")).await, [expected(), expected()]);
}

#[tokio::test]
async fn connections_that_fail() {
    let lost = |reason: &str| told(&format!("The connection to http://HOST was lost: {reason}."), NETWORK, true);
    let closed = || lost("the connection was closed before an answer came");
    assert_eq!(both(Reply::CutsAfter(0)).await, [closed(), closed()]);
    let half = Reply::Sends("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 1000\r\n\r\n{\"patchbay\"".into());
    assert_eq!(both(half).await, [lost("the answer was cut off"), lost("the answer was cut off")]);
    assert_eq!(both(Reply::Silent).await, [lost("no answer in time"), lost("no answer in time")]);

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{free}");
    let refused = hear(get(&HttpStore::new(&endpoint, &network()).unwrap()).await, &endpoint);
    assert_eq!(refused, told("http://HOST cannot be reached: the connection was refused.", NETWORK, false));
    let unknown = hear(get(&HttpStore::new("http://store.invalid", &network()).unwrap()).await, "store.invalid");
    assert_eq!(unknown, told("http://HOST cannot be reached: its name is not known.", NETWORK, false));
}

#[tokio::test]
async fn a_read_is_asked_three_times() {
    let server = Scripted::start(Reply::bare("503 Service Unavailable", &[])).await;
    let store = HttpStore::new(&format!("http://{}", server.address), &network()).unwrap();
    get(&store).await.unwrap_err();
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn without_a_tag_the_bytes_make_one() {
    let server = Scripted::start(Reply::answer("200 OK", &["Content-Type: application/json"], "{}")).await;
    let store = HttpStore::new(&format!("http://{}", server.address), &network()).unwrap();
    let Fetched::Found(object) = get(&store).await.unwrap() else { panic!("it stands there") };
    assert_eq!(store.get(&Key::Registry, Some(&object.etag), 10).await.unwrap(), Fetched::Same);
}

#[tokio::test]
async fn it_says_who_asks_and_follows_its_base() {
    let server = Scripted::start(Reply::answer("200 OK", &["ETag: \"1\""], "{}")).await;
    let store = HttpStore::new(&format!("http://{}/cdn/registry?x=1", server.address), &network()).unwrap();
    get(&store).await.unwrap();
    let key = Key::Package("one".parse().unwrap(), "1.0.0+b.1".parse().unwrap(), patchbay_package::Digest::of(b""));
    store.get(&key, None, 10).await.unwrap();
    let [first, second] = server.requests().try_into().unwrap();
    assert!(first.starts_with("GET /cdn/registry/registry.json HTTP/1.1\r\n"), "{first}");
    assert!(second.starts_with("GET /cdn/registry/packages/one/1.0.0%2Bb.1/"), "{second}");
    assert!(first.contains(concat!("user-agent: patchbay/", env!("CARGO_PKG_VERSION"), "\r\n")), "{first}");
}

#[test]
fn an_address_with_a_password_is_refused_without_it() {
    let refused = HttpStore::new(&format!("https://me:{SECRET}@cdn.example"), &network());
    assert_eq!(hear(refused, "cdn.example"), told("https://HOST cannot be reached: its address must not hold a password.", NETWORK, false));
}
