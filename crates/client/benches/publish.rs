//! What a publish costs: its requests, counted on the wire, and its time, beside one raw PUT to the same server in the same run.
//!
//! Prints one JSON object per line; `npm run bench publish` makes the table. The server is the embedded registry, or the one that
//! `PATCHBAY_BENCH_S3` describes (`{"endpoint","access_key_id","secret_access_key","region"}`).
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod proxy;

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use patchbay_client::{
    App, Environment, Home, MemoryKeychain,
    wire::{CredentialSource, JobState, Phase, PublishRequest, RegistryInput},
};
use patchbay_local::LocalServer;
use patchbay_package::{Digest, PluginId};
use patchbay_registry::{
    Key,
    store::{
        Body, Condition, Store,
        s3::{S3Config, S3Store},
    },
};
use serde_json::{Value, json};

const ROUNDS: usize = 40;

/// A near region, from an office.
const LINK: Duration = Duration::from_millis(40);

/// Where the requests go, and with which key.
struct Server {
    endpoint: String,
    region: String,
    key: (String, String),
    name: &'static str,
    /// Keeps the embedded one alive.
    _local: Option<LocalServer>,
}

impl Server {
    async fn start(folder: &Path) -> Self {
        if let Ok(text) = std::env::var("PATCHBAY_BENCH_S3") {
            let given: Value = serde_json::from_str(&text).unwrap();
            let field = |name: &str| given[name].as_str().unwrap().to_owned();
            let key = (field("access_key_id"), field("secret_access_key"));
            return Self { endpoint: field("endpoint"), region: field("region"), key, name: "SeaweedFS", _local: None };
        }
        let local = LocalServer::start(&folder.join("server"), None).await.unwrap();
        let key = (local.credentials().access_key_id().to_owned(), local.credentials().secret_access_key().to_owned());
        Self { endpoint: local.endpoint().to_owned(), region: local.region().to_owned(), key, name: "embedded", _local: Some(local) }
    }

    fn environment(&self) -> Environment {
        Environment::default().with("AWS_ACCESS_KEY_ID", &self.key.0).with("AWS_SECRET_ACCESS_KEY", &self.key.1).with("USER", "bench")
    }

    /// The same SDK, on a key of its own.
    fn raw(&self, bucket: &str) -> S3Store {
        let credentials = aws_credential_types::Credentials::new(&self.key.0, &self.key.1, None, None, "bench");
        let mut config = S3Config::new(bucket, &self.region, aws_credential_types::provider::SharedCredentialsProvider::new(credentials));
        config.endpoint = Some(self.endpoint.clone());
        S3Store::new(config).unwrap()
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for link in [None, Some(LINK)] {
        runtime.block_on(run(link));
    }
}

/// Publishes straight to the server, and over a link on which every request takes this much longer. There they are counted; what counts
/// them takes time of its own.
async fn run(link: Option<Duration>) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path()).await;
    let proxy = match link {
        Some(link) => Some(proxy::Proxy::start(&server.endpoint, link).await),
        None => None,
    };
    if let Some(proxy) = &proxy {
        server.endpoint.clone_from(&proxy.endpoint);
    }
    let requests = || proxy.as_ref().map(proxy::Proxy::requests).unwrap_or_default();

    let environment = server.environment();
    let home = Home::open(Some(&folder.path().join("home")), &environment).unwrap();
    let app = App::new(home, environment, Arc::new(MemoryKeychain::default()), Arc::new(jiff::Timestamp::now)).unwrap();
    let bucket = "patchbay-bench";
    let input = RegistryInput {
        name: "bench".into(),
        bucket: Some(bucket.into()),
        prefix: Some(uuid::Uuid::new_v4().to_string()),
        endpoint: Some(server.endpoint.clone()),
        region: Some(server.region.clone()),
        url: None,
        credentials: CredentialSource::Environment,
        create: true,
    };
    app.add_registry(input, None).await.unwrap();

    let source = folder.path().join("plugin");
    let mut counts = Vec::new();
    let (mut live, mut listed) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        write_plugin(&source, round);
        let before = requests().len();
        let (took, seen) = publish(&app, &source).await;
        // The first one makes the probe and the plugin; every other one is a publish as people know it.
        if round > 0 {
            let all = requests();
            let asked: Vec<_> = all[before..before + seen(&all[before..])].iter().filter(|r| !is_upload(r)).collect();
            counts.push(asked.len());
            live.push(took.live);
            listed.push(took.listed);
        }
    }

    // The peer, on the same way: one PUT of a package of the same size, where packages are.
    let raw = server.raw(bucket);
    // Of an id of its own: the server may have been measured before.
    let id: PluginId = format!("bare-{}", uuid::Uuid::new_v4()).parse().unwrap();
    let mut raw_times = Vec::new();
    for round in 0..ROUNDS {
        let bytes = bytes::Bytes::from(vec![u8::try_from(round % 251).unwrap(); 4096]);
        let begun = Instant::now();
        let key = Key::Package(id.clone(), format!("1.{round}.0").parse().unwrap(), Digest::of(&bytes));
        raw.put(&key, Body::Bytes(bytes), Condition::Absent, None).await.unwrap();
        raw_times.push(begun.elapsed());
    }

    let server = match link {
        None => server.name.to_owned(),
        Some(link) => format!("{}, a link of {} ms", server.name, link.as_millis()),
    };
    if proxy.is_some() {
        let most = *counts.iter().max().unwrap();
        report(&format!("publish: requests beyond the uploads, {server}"), most as f64, "requests", 4.0, Value::Null, Value::Null);
    }
    let put = median(&mut raw_times);
    let peer = || (json!("one PUT, same server, same run"), json!(format!("{put:.2} ms")));
    for (moment, times) in [("live", &mut live), ("listed", &mut listed)] {
        let (peer, value) = peer();
        report(&format!("publish: time until {moment}, {server}"), median(times) / put, "× PUT", 5.0, peer, value);
    }
}

fn report(name: &str, value: f64, unit: &str, target: f64, peer: Value, peer_value: Value) {
    let line = json!({"name": name, "value": (value * 100.0).round() / 100.0, "unit": unit, "target": target, "met": value <= target, "peer": peer, "peer_value": peer_value});
    println!("{line}");
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn is_upload(request: &str) -> bool {
    request.contains("/packages/") || request.contains("/assets/")
}

fn write_plugin(folder: &Path, round: usize) {
    fs::create_dir_all(folder).unwrap();
    let manifest =
        json!({"id": "bench", "version": format!("1.{round}.0"), "name": "Bench", "description": "Publishes.", "license": "MIT"});
    fs::write(folder.join("patchbay.json"), manifest.to_string()).unwrap();
    fs::write(folder.join("README.md"), "# Bench\n").unwrap();
    fs::write(folder.join("main.js"), "let x = 1;\n".repeat(400 + round)).unwrap();
}

/// From the call on: reading and packing the folder are in both.
struct Took {
    /// The document is written: everybody can see it.
    live: Duration,
    /// The catalogue knows it.
    listed: Duration,
}

/// Publishes, and answers how long it took, and which of the requests of this publish belong to that: reading back comes after it.
async fn publish(app: &App, folder: &Path) -> (Took, impl Fn(&[String]) -> usize) {
    let mut news = app.subscribe();
    let request = PublishRequest { path: folder.display().to_string(), ..PublishRequest::default() };
    let begun = Instant::now();
    let id = app.publish(Some("bench"), request).await.unwrap().id;
    let (mut live, mut listed) = (None, None);
    loop {
        let job = news.recv().await.unwrap();
        if job.id != id {
            continue;
        }
        match job.status {
            JobState::Running { phase: Phase::Listing, .. } => {
                live.get_or_insert_with(|| begun.elapsed());
            }
            JobState::Running { phase: Phase::Verifying, .. } => {
                listed.get_or_insert_with(|| begun.elapsed());
            }
            JobState::Running { .. } => {}
            JobState::Done { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    // After the catalogue's head it is live and listed. What follows reads it back, and now and then merges the catalogue.
    let is_head = |request: &String| request.starts_with("PUT ") && request.contains("/catalog/head.json");
    (Took { live: live.unwrap(), listed: listed.unwrap() }, move |requests: &[String]| {
        requests.iter().position(is_head).map_or(requests.len(), |head| head + 1)
    })
}
