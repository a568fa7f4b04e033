//! Every bad answer that an S3 endpoint can give, the sentence that it becomes, and that no secret is in it.

mod answers;
mod connections;
mod credentials;
mod scripted;
mod tls;
mod web;

use std::{error::Error, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use patchbay_registry::{
    key::Key,
    store::{
        Body, Condition, ETag, Fetched, Store, StoreError,
        http::{Network, Timeouts},
        s3::{S3Config, S3Store},
    },
};

use self::scripted::{Reply, Scripted};

const KEY_ID: &str = "AKIACANARYCANARY0000";
const SECRET: &str = "canary-secret-access-key";
const TOKEN: &str = "canary-session-token";

fn canaries() -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new(KEY_ID, SECRET, Some(TOKEN.into()), None, "test"))
}

fn network() -> Network {
    // Short for those who wait for nothing, and long enough for an answer beside everything else that runs.
    let patience = Duration::from_millis(1500);
    Network {
        timeouts: Timeouts { connect: patience, answer: patience, stall: patience, backoff: Duration::from_millis(1) },
        ..Network::default()
    }
}

fn config(endpoint: &str) -> S3Config {
    let mut config = S3Config::new("plugins", "us-east-1", canaries());
    config.endpoint = Some(endpoint.to_owned());
    config.network = network();
    config
}

fn store_at(endpoint: &str) -> S3Store {
    S3Store::new(config(endpoint)).unwrap()
}

/// What a person is told, and what the protocol is.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    message: String,
    hint: &'static str,
    ambiguous: bool,
}

fn told(message: &str, hint: &'static str, ambiguous: bool) -> Told {
    Told { message: message.into(), hint, ambiguous }
}

fn hear<T>(result: Result<T, StoreError>, endpoint: &str) -> Told {
    let Err(error) = result else { panic!("it must fail") };
    let mut words = format!("{error} {error:?} {error:#?} {}", error.kind.hint());
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(&format!(" {cause} {cause:?} {cause:#?}"));
        source = cause.source();
    }
    for canary in [KEY_ID, SECRET, TOKEN, "AWS4-HMAC-SHA256", "Signature="] {
        assert!(!words.contains(canary), "{canary} is in {words}");
    }
    let host = endpoint.trim_start_matches("http://").trim_start_matches("https://");
    Told { message: error.to_string().replace(host, "HOST"), hint: error.kind.hint(), ambiguous: error.is_ambiguous() }
}

async fn get(store: &S3Store) -> Result<Fetched, StoreError> {
    store.get(&Key::Registry, None, 1 << 20).await
}

async fn put(store: &S3Store) -> Result<ETag, StoreError> {
    store.put(&Key::Registry, Body::Bytes("{}".into()), Condition::Absent, None).await
}

/// What a GET and a PUT that are answered like this come to.
async fn both(reply: Reply) -> [Told; 2] {
    let server = Scripted::start(reply).await;
    let endpoint = format!("http://{}", server.address);
    let store = store_at(&endpoint);
    let heard = [hear(get(&store).await, &endpoint), hear(put(&store).await, &endpoint)];
    let requests = server.requests();
    assert!(requests.iter().all(|head| head.contains(KEY_ID) && head.contains(TOKEN)), "the canaries were sent");
    heard
}

/// What a GET that is answered like this comes to.
async fn on_get(reply: Reply) -> Told {
    let server = Scripted::start(reply).await;
    let endpoint = format!("http://{}", server.address);
    hear(get(&store_at(&endpoint)).await, &endpoint)
}

const LOOK: &str = "Check the bucket's name and the endpoint, or add the registry with `--create`.";
const REGION: &str = "Set the registry's region to the bucket's.";
const LOGIN: &str = "Check the key with whoever gave it to you, then run `patchbay registry login`.";
const SIGN_IN: &str = "Sign in again with your provider, then try again.";
const ADMIN: &str = "Ask whoever administers the bucket for this permission.";
const NETWORK: &str = "Check the network and the endpoint, then try again.";
const WAIT: &str = "Wait a moment, then try again.";
const PORTAL: &str = "Check the endpoint; on a guest network, sign in to it first.";
const TRUST: &str = "Check the endpoint; behind a company proxy, set AWS_CA_BUNDLE to its certificate.";
const SOURCE: &str = "Store a key with `patchbay registry login`, or choose another source with `--credentials`.";
const TEST: &str = "Check the registry with `patchbay registry test`.";
const STANDS: &str = "Look at what stands there now, then try again.";
