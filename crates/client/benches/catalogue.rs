//! What a catalogue of 100,000 plugins costs: to open, to ask for updates, to follow for a day, and to publish into.
//!
//! Prints one JSON object per line; `npm run bench catalogue` makes the table. `PATCHBAY_PLUGINS` names a folder with real plugins;
//! without it they are generated.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod proxy;

use std::{
    io::{Read as _, Write as _},
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use futures::{StreamExt as _, stream};
use patchbay_client::copy::LocalCopy;
use patchbay_local::LocalServer;
use patchbay_package::Digest;
use patchbay_registry::{
    Key, Registry, Synced,
    catalogue::{Known, Line, Table},
    format::{document::Document, registry::About},
    store::{
        Body, Condition, ETag, Fetched, Page, Progress, Store, StoreError,
        memory::MemoryStore,
        s3::{S3Config, S3Store},
    },
};
use patchbay_testkit::market::{Market, published};
use serde_json::{Value, json};

const MANY: usize = 100_000;
/// 3.4 % of them change in a day.
const DAY: usize = 3_400;
const INSTALLED: usize = 200;
const LINK: Duration = Duration::from_millis(40);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let market = Market::open(std::env::var_os("PATCHBAY_PLUGINS").as_deref().map(Path::new));
    let documents: Vec<Document> = (0..MANY).map(|n| market.document(n)).collect();
    let many = Place::of(&documents).await;
    opening(folder.path(), &many.known);
    checking(folder.path(), &documents[..INSTALLED]).await;
    let few = Place::of(&documents[..100]).await;
    writing(folder.path(), few, Place::of(&documents).await).await;
    day(many, documents).await;
}

/// A store that counts what is asked of it.
#[derive(Debug)]
struct Counting {
    inner: MemoryStore,
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

#[async_trait]
impl Store for Counting {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        self.requests.fetch_add(1, Relaxed);
        let answer = self.inner.get(key, known, limit).await?;
        if let Fetched::Found(object) = &answer {
            self.received.fetch_add(object.bytes.len() as u64, Relaxed);
        }
        Ok(answer)
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.inner.get_range(key, range).await
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.inner.download(key, to, progress).await
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.inner.digest(key, progress).await
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        self.requests.fetch_add(1, Relaxed);
        if let Body::Bytes(bytes) = &body {
            self.sent.fetch_add(bytes.len() as u64, Relaxed);
        }
        self.inner.put(key, body, condition, progress).await
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        self.inner.page(prefix, after).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.inner.delete(key).await
    }
}

/// A registry with a whole catalogue, in memory.
struct Place {
    store: Arc<Counting>,
    registry: Registry,
    known: Known,
}

impl Place {
    async fn of(documents: &[Document]) -> Self {
        let (requests, sent, received) = Default::default();
        let store = Arc::new(Counting { inner: MemoryStore::new(), requests, sent, received });
        let registry = Registry::known(store.clone(), Arc::default(), About::new(uuid::Uuid::nil(), "bench"));
        let known = registry.replace_catalogue(&table(documents), now()).await.unwrap();
        Self { store, registry, known }
    }

    async fn fold(&mut self, documents: &[Document]) {
        let known = self.registry.fold(Some(self.known.clone()), documents.iter().map(line).collect(), now()).await.unwrap();
        self.known = self.registry.tidy(&known, now()).await.unwrap().unwrap_or(known);
    }
}

fn now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

/// As it comes from a real store: an entity tag is an MD5.
fn line(document: &Document) -> Line {
    let header = &document.header;
    Line::of(document, Some(&ETag(format!("\"{}-{}\"", header.id, header.seq))))
}

fn table(documents: &[Document]) -> Table {
    Table::default().with(documents.iter().map(line)).unwrap()
}

/// Opening the local copy, beside reading and decompressing the same bytes.
fn opening(folder: &Path, known: &Known) {
    let path = folder.join("catalogue");
    let mut copy = LocalCopy::after(None, known.clone(), now());
    copy.keep(&path).unwrap();
    let packed = folder.join("catalogue.gz");
    let mut encoder = GzEncoder::new(std::fs::File::create(&packed).unwrap(), Compression::default());
    encoder.write_all(&std::fs::read(&path).unwrap()).unwrap();
    encoder.finish().unwrap();
    let opened = median(7, || assert_eq!(LocalCopy::open(&path).unwrap().table().len(), MANY));
    let peer = median(7, || {
        let mut bytes = Vec::new();
        GzDecoder::new(&std::fs::read(&packed).unwrap()[..]).read_to_end(&mut bytes).unwrap();
    });
    let beside = json!(format!("{peer:.0} ms"));
    report("catalogue: opening the local copy of 100,000", opened, "ms", 150.0, "reading and decompressing the same bytes", beside.clone());
    report("catalogue: the same, in times of its peer", opened / peer, "×", 3.0, "reading and decompressing the same bytes", beside);
}

/// Asking what is new for 200 plugins, beside 200 conditional requests, over a slow link to a real server.
async fn checking(folder: &Path, documents: &[Document]) {
    let server = LocalServer::start(&folder.join("server"), None).await.unwrap();
    let proxy = proxy::Proxy::start(server.endpoint(), LINK).await;
    let key = server.credentials();
    let pair = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "bench");
    let mut config = S3Config::new(server.bucket(), server.region(), SharedCredentialsProvider::new(pair));
    config.endpoint = Some(proxy.endpoint.clone());
    let store: Arc<dyn Store> = Arc::new(S3Store::new(config).unwrap());
    let keys: Vec<Key> = documents.iter().map(|d| Key::Document(d.header.id.clone())).collect();
    let put = stream::iter(documents.iter().zip(&keys)).map(|(document, key)| {
        let store = &store;
        async move { store.put(key, Body::Bytes(document.to_bytes().into()), Condition::Absent, None).await.unwrap() }
    });
    let etags: Vec<ETag> = put.buffered(16).collect().await;
    let registry = Registry::known(store.clone(), Arc::default(), About::new(uuid::Uuid::nil(), "bench"));
    let known = registry.replace_catalogue(&table(documents), now()).await.unwrap();
    let before = proxy.requests().len();
    let mut times = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        assert_eq!(registry.sync(Some(&known), false, now()).await.unwrap(), Synced::Same);
        times.push(begun.elapsed());
    }
    let requests = (proxy.requests().len() - before) as f64 / 5.0;
    let begun = Instant::now();
    let heads = stream::iter(keys.iter().zip(&etags)).map(|(key, etag)| {
        let store = &store;
        async move { assert_eq!(store.get(key, Some(etag), 1 << 20).await.unwrap(), Fetched::Same) }
    });
    heads.buffer_unordered(8).collect::<()>().await;
    let peer = begun.elapsed().as_secs_f64() * 1e3;
    let took = middle(times);
    let beside = json!(format!("{peer:.0} ms"));
    report("catalogue: update check of 200 plugins, nothing new", requests, "requests", 1.0, "", Value::Null);
    report("catalogue: the same over a 40 ms link, in parts of its peer", 100.0 * took / peer, "%", 5.0, "200 HEADs, 8 at once", beside);
}

/// One publish into a registry of 100 and into one of 100,000, each with a ring that is full: what is sent, and how long the computer
/// works for it, with the local copy.
async fn writing(folder: &Path, few: Place, many: Place) {
    let market = Market::open(std::env::var_os("PATCHBAY_PLUGINS").as_deref().map(Path::new));
    let (mut costs, mut worked) = (Vec::new(), Vec::new());
    for mut place in [few, many] {
        let path = folder.join(format!("copy-{}", costs.len()));
        let mut copy = LocalCopy::after(None, place.known.clone(), now());
        copy.keep(&path).unwrap();
        place.known = copy.known.clone();
        let mut documents: Vec<Document> = (0..90).map(|n| market.document(n)).collect();
        for document in &mut documents[..40] {
            *document = published(document, 1_790_000_000);
            place.fold(std::slice::from_ref(document)).await;
        }
        let before = (place.store.requests.load(Relaxed), place.store.sent.load(Relaxed));
        documents[50] = published(&documents[50], 1_790_000_100);
        place.known = place.registry.fold(Some(place.known.clone()), vec![line(&documents[50])], now()).await.unwrap();
        costs.push((place.store.requests.load(Relaxed) - before.0, place.store.sent.load(Relaxed) - before.1));
        let mut times = Vec::new();
        for n in 0..100 {
            let document = &mut documents[n % 90];
            *document = published(document, 1_790_000_200 + n as i64);
            let begun = Instant::now();
            place.fold(std::slice::from_ref(document)).await;
            copy = LocalCopy::after(Some(&copy), place.known.clone(), now());
            copy.keep(&path).unwrap();
            place.known = copy.known.clone();
            times.push(begun.elapsed());
        }
        worked.push(middle(times));
    }
    let beside = json!(format!("{:.1} ms", worked[0]));
    report(
        "catalogue: working for a publish into 100,000, in times of its peer",
        worked[1] / worked[0],
        "×",
        1.5,
        "into a registry of 100",
        beside,
    );
    let [(few_requests, few_bytes), (many_requests, many_bytes)] = costs[..] else { panic!() };
    let peer = "into a registry of 100";
    report(
        "catalogue: publishing into 100,000, requests",
        many_requests as f64,
        "requests",
        few_requests as f64,
        peer,
        json!(few_requests),
    );
    report(
        "catalogue: publishing into 100,000, in times of its peer's bytes",
        many_bytes as f64 / few_bytes as f64,
        "×",
        1.5,
        peer,
        json!(format!("{few_bytes} bytes")),
    );
}

/// What somebody reads who comes back after a day in which 3.4 % of the plugins changed: the most of several days, each from another point.
async fn day(mut place: Place, mut documents: Vec<Document>) {
    let mut stands = vec![place.known.clone()];
    let mut most = (0, 0);
    // As many at once as make this a benchmark of seconds; the changes are the same.
    for batch in 0..3 * DAY / 17 {
        let changed: Vec<usize> = (0..17).map(|i| ((batch * 17 + i) * 7_919) % MANY).collect();
        for n in &changed {
            documents[*n] = published(&documents[*n], 1_790_000_000 + 25 * (batch * 17) as i64);
        }
        let changed: Vec<Document> = changed.iter().map(|n| documents[*n].clone()).collect();
        place.fold(&changed).await;
        if batch % 20 == 0 {
            stands.push(place.known.clone());
        }
        let yesterday = stands.iter().rfind(|known| known.head.position + DAY as u64 <= place.known.head.position);
        if let Some(known) = yesterday.filter(|_| batch % 20 == 0) {
            let before = (place.store.requests.load(Relaxed), place.store.received.load(Relaxed));
            let Synced::New(now) = place.registry.sync(Some(known), false, now()).await.unwrap() else { panic!() };
            assert_eq!(now.table, place.known.table);
            let cost = (place.store.received.load(Relaxed) - before.1, place.store.requests.load(Relaxed) - before.0);
            most = most.max(cost);
            stands.retain(|known| known.head.position + 2 * DAY as u64 > place.known.head.position);
        }
    }
    report("catalogue: following a day of 3.4 % of 100,000, at most", most.0 as f64 / 1e3, "KB", 300.0, "requests", json!(most.1));
}

fn report(name: &str, value: f64, unit: &str, target: f64, peer: &str, peer_value: Value) {
    let peer = if peer.is_empty() { Value::Null } else { json!(peer) };
    let line = json!({"name": name, "value": (value * 100.0).round() / 100.0, "unit": unit, "target": target, "met": value <= target, "peer": peer, "peer_value": peer_value});
    println!("{line}");
}

fn median(times: usize, work: impl Fn()) -> f64 {
    let timed = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    middle((0..times).map(timed).collect())
}

fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
