//! Fills the embedded registry of a home with plugins, for looking at the window full: `fill [--catalogue] HOME COUNT [FOLDER]`.
//!
//! FOLDER holds real plugins (`obsidian-plugins.json`, `obsidian-stats.json`); without it they are generated. Every document is written, with
//! a package of a few bytes for each release, and the catalogue as one snapshot. For development only: it writes without the commit protocol,
//! into a registry that nobody else uses meanwhile. With `--catalogue` that alone is written, which is all that browsing reads.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{path::Path, sync::Arc, time::Instant};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use futures::{StreamExt as _, stream};
use patchbay_client::{App, Environment, Home, MemoryKeychain};
use patchbay_package::Digest;
use patchbay_registry::{
    Key, Registry,
    catalogue::{Line, Table},
    format::{document::Document, registry::About},
    store::{
        Body, Condition, Store,
        s3::{S3Config, S3Store},
    },
};
use patchbay_testkit::market::Market;

/// How many objects are written at once.
const AT_ONCE: usize = 32;

#[tokio::main]
async fn main() {
    let (flags, args): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let listed_only = flags == ["--catalogue"];
    let [home, count, rest @ ..] = args.as_slice() else { panic!("fill [--catalogue] HOME COUNT [FOLDER]") };
    let count: usize = count.parse().unwrap();
    let market = Market::open(rest.first().map(Path::new));
    let begun = Instant::now();

    let environment = Environment::default();
    let home = Home::open(Some(Path::new(home)), &environment).unwrap();
    let app = App::new(home, environment, Arc::new(MemoryKeychain::default()), Arc::new(jiff::Timestamp::now)).unwrap();
    let served = app.serve_local(None).await.unwrap();
    let key: serde_json::Value = serde_json::from_slice(&std::fs::read(&served.key_file).unwrap()).unwrap();
    let text = |name: &str| key[name].as_str().unwrap().to_owned();
    let pair = Credentials::new(text("access_key_id"), text("secret_access_key"), None, None, "fill");
    let mut config = S3Config::new(&served.bucket, &served.region, SharedCredentialsProvider::new(pair));
    config.endpoint = Some(served.endpoint);
    let store: Arc<dyn Store> = Arc::new(S3Store::new(config).unwrap());
    let about = About::new(uuid::Uuid::new_v4(), "this-computer");
    let registry = Registry::create(store.clone(), Arc::default(), about, "The embedded registry").await.unwrap();

    let lines: Vec<Line> = stream::iter(0..count)
        .map(|n| {
            let (store, document) = (&store, with_packages(market.document(n)));
            async move { if listed_only { Line::of(&document, None) } else { put(&**store, document).await } }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let table = Table::default().with(lines).unwrap();
    registry.replace_catalogue(&table, jiff::Timestamp::now()).await.unwrap();
    // As the first start does: the window opens on it.
    app.start_embedded().await.unwrap();
    println!("{} plugins in {:.0?}", table.len(), begun.elapsed());
}

/// What the package of a release holds.
fn package(document: &Document, release: usize) -> Vec<u8> {
    format!("{} {}\n", document.header.id, document.releases[release].version).into_bytes()
}

fn with_packages(mut document: Document) -> Document {
    for n in 0..document.releases.len() {
        let bytes = package(&document, n);
        let artifact = &mut document.releases[n].artifacts[0];
        (artifact.sha256, artifact.size) = (Digest::of(&bytes), bytes.len() as u64);
    }
    document
}

async fn put(store: &dyn Store, document: Document) -> Line {
    let id = &document.header.id;
    for (n, release) in document.releases.iter().enumerate() {
        let key = Key::Package(id.clone(), release.version.clone(), release.artifacts[0].sha256);
        // There from an earlier run: it is the same.
        let _ = store.put(&key, Body::Bytes(package(&document, n).into()), Condition::Absent, None).await;
    }
    let body = Body::Bytes(document.to_bytes().into());
    let etag = store.put(&Key::Document(id.clone()), body, Condition::Absent, None).await.unwrap();
    Line::of(&document, Some(&etag))
}
