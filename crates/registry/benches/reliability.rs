//! 10,000 publishes by 16 writers on a network that answers 503 to 5 % of the requests (half of them done all the same), loses the
//! answers to 1 % and says 409 to 0.5 %; beside them, in the same run, what the bare SDK with its default retries makes of it.
//! Prints one JSON object per line; `npm run bench reliability` makes the table.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod server;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_sdk_s3::{Client, config::Region, error::ProvideErrorMetadata as _, primitives::ByteStream};
use futures::future::join_all;
use patchbay_package::PluginId;
use patchbay_registry::{Change, ChangeError, Registry, change::Publish, format::registry::About, store::Store};
use patchbay_testkit::{
    document::{parsed, publishing, release, stamp},
    wire::{Mishap, Wire},
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use server::{Server, report};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const PUBLISHES: u64 = 10_000;
const WRITERS: u64 = 16;
const PLUGINS: u64 = 400;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

/// 5 % 503, 1 % lost answers, 0.5 % 409.
fn weather(seed: u64) -> impl Fn(usize, &str) -> Option<Mishap> + Send {
    let rng = std::sync::Mutex::new(SmallRng::seed_from_u64(seed));
    move |_, line| match rng.lock().unwrap().random_range(0..1_000) {
        0..25 => Some(Mishap::Refused(503, "SlowDown")),
        25..50 => Some(Mishap::RefusedAfter(503, "SlowDown")),
        50..60 => Some(Mishap::CutAnswer(0)),
        60..65 if line.starts_with("PUT") => Some(Mishap::Refused(409, "ConditionalRequestConflict")),
        _ => None,
    }
}

/// Mostly everybody on plugins of their own, and one in ten on one that many want.
fn subject(rng: &mut SmallRng) -> u64 {
    if rng.random_ratio(1, 10) { rng.random_range(0..4) } else { rng.random_range(4..PLUGINS) }
}

/// What came of the publishes of all writers.
#[derive(Default)]
struct Tally {
    succeeded: AtomicU64,
    unknown: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    fn count(&self, which: &AtomicU64) {
        which.fetch_add(1, Ordering::Relaxed);
    }

    fn percent(&self) -> f64 {
        self.succeeded.load(Ordering::Relaxed) as f64 * 100.0 / PUBLISHES as f64
    }

    fn told(&self) -> String {
        let of = |which: &AtomicU64| which.load(Ordering::Relaxed);
        format!("{} refused, {} unknown, {} failed", of(&self.refused), of(&self.unknown), of(&self.failed))
    }
}

async fn run() {
    let server = Server::start().await;
    let wire = Wire::start(&server.endpoint).await.unwrap();

    wire.rule(weather(1));
    let store = server.store(&wire.endpoint).await;
    let (tally, lost) = ours(&wire, store).await;
    wire.forget();
    wire.rule(weather(2));
    let (bare, bare_lost, false_conflicts) = theirs(&server, &wire).await;

    let peer = |text: String| ("the bare SDK", text);
    let name = |what: &str| format!("reliability, {}: {what}", server.name);
    report(
        &name("publishes that succeed"),
        tally.percent(),
        "%",
        Some(99.9),
        true,
        peer(format!("{:.3} % ({})", bare.percent(), bare.told())),
    );
    report(&name("told to be live and lost"), lost as f64, "publishes", Some(0.0), false, peer(bare_lost.to_string()));
    let refused = tally.refused.load(Ordering::Relaxed) as f64;
    report(&name("false conflicts"), refused, "publishes", Some(0.0), false, peer(false_conflicts.to_string()));
}

async fn ours(wire: &Wire, store: Arc<dyn Store>) -> (Arc<Tally>, usize) {
    let registry = Registry::known(store.clone(), Arc::default(), About::new(Uuid::from_u128(1), "Bench"));
    let tally = Arc::new(Tally::default());
    let writers = (0..WRITERS).map(|writer| {
        let (registry, tally) = (registry.clone(), tally.clone());
        tokio::spawn(async move {
            let mut rng = SmallRng::seed_from_u64(writer);
            let mut live = Vec::new();
            for n in 0..PUBLISHES / WRITERS {
                let id: PluginId = parsed(&format!("plugin-{}", subject(&mut rng)));
                let version = format!("1.{writer}.{n}");
                let change = Change::Publish(Box::new(Publish { id: id.clone(), release: release(&version, "x"), ..publishing(&version) }));
                let stamp = stamp(1 + writer * PUBLISHES + n, &format!("writer {writer}"));
                match registry.commit(&id, &change, &stamp, &CancellationToken::new()).run().await {
                    Ok(_) => {
                        tally.count(&tally.succeeded);
                        live.push((id, version));
                    }
                    Err(ChangeError::Unknown { .. }) => tally.count(&tally.unknown),
                    Err(ChangeError::Refused(_)) => tally.count(&tally.refused),
                    Err(_) => tally.count(&tally.failed),
                }
            }
            live
        })
    });
    let live: Vec<_> = join_all(writers).await.into_iter().flat_map(Result::unwrap).collect();
    wire.forget();
    let mut there = BTreeSet::new();
    for n in 0..PLUGINS {
        let id: PluginId = parsed(&format!("plugin-{n}"));
        if let Some(standing) = registry.find(&id).await.unwrap() {
            there.extend(standing.revision.document.releases.iter().map(|r| (id.clone(), r.version.to_string())));
        }
    }
    (tally, live.iter().filter(|release| !there.contains(*release)).count())
}

/// A list of versions in one object, changed with the SDK as it comes: read, add a line, PUT with `If-Match`, and again when
/// somebody else was faster.
async fn theirs(server: &Server, wire: &Wire) -> (Arc<Tally>, usize, u64) {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .credentials_provider(server.credentials())
        .region(Region::new(server.region.clone()))
        .endpoint_url(&wire.endpoint)
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let (client, bucket) = (Client::from_conf(config), server.bucket().to_owned());
    let prefix = Uuid::new_v4();
    let tally = Arc::new(Tally::default());
    let writers = (0..WRITERS).map(|writer| {
        let (client, bucket, tally) = (client.clone(), bucket.clone(), tally.clone());
        tokio::spawn(async move {
            let mut rng = SmallRng::seed_from_u64(writer);
            let (mut live, mut not) = (Vec::new(), Vec::new());
            for n in 0..PUBLISHES / WRITERS {
                let key = format!("{prefix}/plugin-{}", subject(&mut rng));
                let line = format!("1.{writer}.{n}");
                match bare(&client, &bucket, &key, &line).await {
                    Some(true) => {
                        tally.count(&tally.succeeded);
                        live.push((key, line));
                    }
                    Some(false) => {
                        tally.count(&tally.refused);
                        not.push((key, line));
                    }
                    None => tally.count(&tally.failed),
                }
            }
            (live, not)
        })
    });
    let ended: Vec<_> = join_all(writers).await.into_iter().map(Result::unwrap).collect();
    wire.forget();
    let mut there = BTreeSet::new();
    for n in 0..PLUGINS {
        let key = format!("{prefix}/plugin-{n}");
        if let Ok(object) = client.get_object().bucket(&bucket).key(&key).send().await {
            let text = String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap();
            there.extend(text.lines().map(|line| (key.clone(), line.to_owned())));
        }
    }
    let lost = ended.iter().flat_map(|(live, _)| live).filter(|line| !there.contains(*line)).count();
    let refused = ended.iter().flat_map(|(_, not)| not).filter(|line| there.contains(*line)).count();
    (tally, lost, refused as u64)
}

/// Whether it was written, or somebody has it already; none when it failed.
async fn bare(client: &Client, bucket: &str, key: &str, line: &str) -> Option<bool> {
    for _ in 0..20 {
        let (text, etag) = match client.get_object().bucket(bucket).key(key).send().await {
            Ok(object) => {
                let etag = object.e_tag().map(str::to_owned);
                (String::from_utf8(object.body.collect().await.ok()?.to_vec()).ok()?, etag)
            }
            Err(e) if e.as_service_error().is_some_and(|e| e.is_no_such_key()) => (String::new(), None),
            Err(_) => return None,
        };
        if text.lines().any(|there| there == line) {
            return Some(false);
        }
        let put = client.put_object().bucket(bucket).key(key).body(ByteStream::from(format!("{text}{line}\n").into_bytes()));
        let put = match etag {
            Some(etag) => put.if_match(etag),
            None => put.if_none_match("*"),
        };
        match put.send().await {
            Ok(_) => return Some(true),
            Err(e) if matches!(e.code(), Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey")) => {}
            Err(_) => return None,
        }
    }
    None
}
