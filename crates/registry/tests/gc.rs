//! Removing what nobody refers to, beside publishers who may be about to.

mod interrupted;

use std::{
    future::Future,
    ops::Range,
    path::Path,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use patchbay_package::Digest;
use patchbay_registry::{
    Change, ChangeError, Clock, Key, Registry, Upload, Uploads,
    doctor::SETTLED,
    gc::{Cleaned, GcError, Orphan, clean, plan},
    store::{Body, Condition, ETag, Fetched, Page, Progress, Store, StoreError, memory::MemoryStore},
};
use patchbay_testkit::{
    document::{id, parsed, stamp},
    store::{Fault, Method},
};
use tempfile::TempDir;
use tokio::task::unconstrained;
use tokio_util::sync::CancellationToken;

use crate::doctor::world::{self, World, objects, package, revision, whole};

fn silent() -> Progress {
    Arc::new(|_| {})
}

/// The clock of a computer that is awake all the time, and fast.
fn awake() -> Clock {
    Arc::new(|| Timestamp::UNIX_EPOCH)
}

async fn cleaned(registry: &Registry, orphans: &[Orphan]) -> Result<Cleaned, GcError> {
    clean(registry, orphans, &awake(), &silent(), &CancellationToken::new()).await
}

/// The keys that a publish of 2.0.0 uploads, and that a crash left behind.
fn left_behind(world: &World) -> Vec<String> {
    let all = objects("timer", "2.0.0");
    let there = world.memory.keys();
    all.into_iter()
        .filter(|(key, _)| !there.contains(key))
        .map(|(key, bytes)| {
            world.memory.insert(key.clone(), bytes);
            key
        })
        .collect()
}

async fn planned(world: &World) -> Vec<String> {
    let mut keys: Vec<_> = plan(&world.registry, &silent()).await.unwrap().orphans.iter().map(|o| o.key.to_string()).collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn only_what_is_old_and_not_referred_to_is_removed() {
    let world = World::new().await;
    // Referred to by a field that a later version of Patchbay knows.
    world.memory.insert(format!("assets/timer/{}", Digest::of(b"screenshot")), "screenshot");
    world.rewrite("timer", |d| drop(d.header.extra.insert("screenshots".into(), vec![Digest::of(b"screenshot").to_string()].into())));
    // That was no next revision, so it is shown to a reader who has seen nothing.
    let world = world.stranger();
    world.memory.pass(SETTLED);
    assert_eq!(planned(&world).await, [""; 0]);
    let mut left = left_behind(&world);
    left.sort();
    assert_eq!(left.len(), 2, "a package and its list; the rest is shared");
    world.memory.pass(SETTLED - SignedDuration::from_secs(1));
    assert_eq!(planned(&world).await, [""; 0], "a second too young");
    world.memory.pass(SignedDuration::from_secs(1));
    assert_eq!(planned(&world).await, left);
    let before = world.memory.keys();
    world.store.forget();
    let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
    assert_eq!(world.store.count(Method::Put, "") + world.store.count(Method::Delete, ""), 0, "a plan writes nothing");
    let done = cleaned(&world.registry, &orphans).await.unwrap();
    assert_eq!(done, Cleaned { removed: 2, bytes: orphans.iter().map(|o| o.size).sum(), kept: 0 });
    let expected: Vec<_> = before.into_iter().filter(|key| !left.contains(key)).collect();
    assert_eq!(world.memory.keys(), expected);
}

#[tokio::test]
async fn parts_of_the_catalogue_that_it_names_no_more_are_removed() {
    let world = World::new().await;
    let whole = |n: u64| world.registry.rebuild(stamp(n, "").at);
    let part = |known: patchbay_registry::catalogue::Known| known.head.snapshot.unwrap().key().to_string();
    let old = part(whole(5).await.unwrap());
    let named_old = world.memory.object("catalog/head.json").unwrap().bytes;
    world.publish("lamp", "1.5.0", 7).await;
    let new = part(whole(8).await.unwrap());
    world.memory.pass(SETTLED);
    assert_eq!(planned(&world).await, std::slice::from_ref(&old));
    // Where nobody knows what it names, nothing of it is removed.
    let head = world.memory.object("catalog/head.json").unwrap().bytes;
    for bytes in [None, Some(&b"damaged"[..]), Some(&br#"{"patchbay":2}"#[..])] {
        world.memory.remove("catalog/head.json");
        bytes.map(|bytes| world.memory.insert("catalog/head.json", bytes));
        assert_eq!(planned(&world).await, [""; 0]);
    }
    world.memory.insert("catalog/head.json", head);
    let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
    // Named again since it was planned, it stays.
    let head = world.memory.object("catalog/head.json").unwrap().bytes;
    world.memory.insert("catalog/head.json", named_old);
    let done = cleaned(&world.registry, &orphans).await.unwrap();
    assert_eq!((done.removed, done.kept), (0, 1));
    world.memory.insert("catalog/head.json", head);
    let done = cleaned(&world.registry, &orphans).await.unwrap();
    assert_eq!((done.removed, done.kept), (1, 0));
    assert!(world.memory.object(&old).is_none() && world.memory.object(&new).is_some());
    assert!(world.stranger().findings().await.is_empty());
}

#[tokio::test]
async fn uploads_of_a_plugin_that_never_came_to_be_are_removed() {
    let world = World::new().await;
    world.memory.insert(format!("packages/ghost/1.0.0/{}.zip", Digest::of(b"x")), "x");
    world.memory.pass(SETTLED);
    let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
    assert_eq!(cleaned(&world.registry, &orphans).await.unwrap().removed, 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_removed_because_of_an_error() {
    // Every request of a plan and of a clean-up fails once; and history has a gap, or what cannot be read.
    let world = World::new().await;
    left_behind(&world);
    world.memory.pass(SETTLED);
    world.store.forget();
    let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
    let plans = world.store.requests().len();
    cleaned(&world.registry, &orphans).await.unwrap();
    let total = world.store.requests().len();
    assert!(plans > 8 && total > plans + 8, "{plans} {total}");
    for index in 0..total {
        for fault in [Fault::unreachable(), Fault::cut_before(), Fault::cut_after()] {
            let world = World::new().await;
            let left = left_behind(&world);
            world.memory.pass(SETTLED);
            let before: Vec<_> = world.memory.keys().into_iter().filter(|key| !left.contains(key)).collect();
            world.store.forget();
            world.store.fail_nth(index, fault);
            match plan(&world.registry, &silent()).await {
                Err(e) => assert!(matches!(e, GcError::Failed(_)) && index < plans, "{e}"),
                // Whatever became of it: nothing but what was left behind is gone.
                Ok(plan) => drop(cleaned(&world.registry, &plan.orphans).await),
            }
            let after: Vec<_> = world.memory.keys().into_iter().filter(|key| !left.contains(key) && key != "cleaning.json").collect();
            assert_eq!(after, before, "{index}");
            // And the next one can work, at the latest in an hour.
            world.store.heal();
            world.memory.pass(SignedDuration::from_mins(61));
            let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
            cleaned(&world.registry, &orphans).await.unwrap();
            assert_eq!(world.memory.keys().into_iter().filter(|key| left.contains(key)).count(), 0, "{index}");
        }
    }
    let spoils: [fn(&World); 4] = [
        |w| w.memory.remove(&revision(1)),
        |w| drop(w.memory.insert(revision(1), "no revision")),
        |w| drop(w.memory.insert("plugins/timer.jsonl", "no document")),
        |w| w.memory.remove("plugins/timer.jsonl"),
    ];
    for spoil in spoils {
        let world = World::new().await;
        left_behind(&world);
        world.memory.pass(SETTLED);
        spoil(&world);
        let before = world.memory.keys();
        assert!(plan(&world.stranger().registry, &silent()).await.is_err());
        assert_eq!(world.memory.keys(), before);
    }
}

#[tokio::test]
async fn one_at_a_time_and_one_that_was_cut_off_is_over_after_an_hour() {
    let world = World::new().await;
    left_behind(&world);
    world.memory.pass(SETTLED);
    let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
    world.memory.insert("cleaning.json", "{\"patchbay\":1,\"id\":\"1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b\",\"keys\":[]}\n");
    world.memory.pass(SignedDuration::from_mins(59));
    assert!(matches!(cleaned(&world.registry, &orphans).await, Err(GcError::Running)));
    world.memory.pass(SignedDuration::from_mins(2));
    assert_eq!(cleaned(&world.registry, &orphans).await.unwrap().removed, 2);
}

#[tokio::test]
async fn a_clean_up_that_takes_too_long_stops_removing() {
    let world = World::new().await;
    left_behind(&world);
    world.memory.pass(SETTLED);
    let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
    let memory = world.memory.clone();
    let late = Fault::meanwhile(move || {
        memory.pass(SignedDuration::from_mins(31));
        async {}
    });
    world.store.fail(Method::Delete, "assets/", late.clone());
    world.store.fail(Method::Delete, "packages/", late);
    assert_eq!(cleaned(&world.registry, &orphans).await.unwrap(), Cleaned { removed: 1, bytes: orphans[0].size, kept: 1 });
}

/// A publisher who sends again what an earlier attempt left behind.
async fn publish_again(registry: &Registry, file: &Path, clock: Clock) -> Result<(), ChangeError> {
    let cancel = CancellationToken::new();
    let (id, bytes) = (id(), package("2.0.0"));
    let upload = Upload::file(file, bytes.len() as u64, Digest::of(&bytes));
    let found = registry.find(&id).await?;
    let list = patchbay_registry::Asset::of(world::list("2.0.0").to_bytes());
    let uploads = Uploads::new(registry, &id, &parsed("2.0.0"), vec![(upload, vec![list])], clock);
    uploads.send(silent(), &cancel).await?;
    let (change, stamp) = (Change::Publish(Box::new(whole("2.0.0"))), stamp(20, "bo"));
    let mut commit = registry.commit(&id, &change, &stamp, &cancel);
    commit.begin = Some(found);
    commit.uploads = Some(&uploads);
    commit.run().await.map(drop)
}

/// Whoever waits for its next turn.
type Waiting = Arc<Mutex<Vec<Waker>>>;

/// Lets the other one go on before each request.
#[derive(Debug)]
struct Polite(MemoryStore, Waiting);

impl Polite {
    async fn turn(&self) {
        let mut waited = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            self.1.lock().unwrap().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

#[async_trait]
impl Store for Polite {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        self.turn().await;
        self.0.get(key, known, limit).await
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.turn().await;
        self.0.get_range(key, range).await
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.turn().await;
        self.0.download(key, to, progress).await
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.turn().await;
        self.0.digest(key, progress).await
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        self.turn().await;
        // In memory: reading the file would wait for a thread.
        let body = match body {
            Body::File { .. } => Body::Bytes(package("2.0.0").into()),
            bytes => bytes,
        };
        self.0.put(key, body, condition, progress).await
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        self.turn().await;
        self.0.page(prefix, after).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.turn().await;
        self.0.delete(key).await
    }
}

/// A future that is let go on step by step.
struct Steps<'a, T> {
    work: Pin<&'a mut dyn Future<Output = T>>,
    waiting: Waiting,
    done: Option<T>,
    steps: usize,
}

impl<'a, T> Steps<'a, T> {
    fn new(work: Pin<&'a mut dyn Future<Output = T>>, waiting: &Waiting) -> Self {
        Self { work, waiting: waiting.clone(), done: None, steps: 0 }
    }

    fn go(&mut self, steps: usize) {
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..steps {
            if self.done.is_some() {
                return;
            }
            self.steps += 1;
            // Uploads go side by side, and of those only what was woken goes on.
            self.waiting.lock().unwrap().drain(..).for_each(Waker::wake);
            if let Poll::Ready(done) = self.work.as_mut().poll(&mut context) {
                self.done = Some(done);
            }
        }
    }
}

/// Every order of the requests of a clean-up and a publisher in which one is interrupted by the other up to twice, and the
/// other way round: whoever is told that the publish is live finds its package.
#[tokio::test]
async fn no_order_of_requests_removes_what_is_published() {
    const MANY: usize = 10_000;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("package.zip");
    std::fs::write(&file, package("2.0.0")).unwrap();
    let (mut orders, mut published, mut refused, mut removed) = (0, 0, 0, 0);
    let mut longest = [0, 0];
    for first in [0, 1] {
        for (a, b, c) in (0..14).flat_map(|a| (0..14).flat_map(move |b| (0..14).map(move |c| (a, b, c)))) {
            let world = World::new().await;
            left_behind(&world);
            world.memory.pass(SETTLED);
            let orphans = plan(&world.registry, &silent()).await.unwrap().orphans;
            let waiting = Waiting::default();
            let store: Arc<dyn Store> = Arc::new(Polite(world.memory.clone(), waiting.clone()));
            let other = |_| Registry::known(store.clone(), Arc::default(), world.registry.about().clone());
            let (one, two) = (other(0), other(1));
            // All of this is one turn of the test's own task, at whose end there is no more budget for what belongs to tokio.
            let cleaning = pin!(unconstrained(cleaned(&one, &orphans)));
            let publishing = pin!(unconstrained(publish_again(&two, &file, awake())));
            let mut cleaning = Steps::new(cleaning, &waiting);
            let mut publishing = Steps::new(publishing, &waiting);
            for (turn, steps) in [a, b, c, MANY, MANY].into_iter().enumerate() {
                if (turn + first) % 2 == 0 { cleaning.go(steps) } else { publishing.go(steps) }
            }
            longest = [longest[0].max(cleaning.steps), longest[1].max(publishing.steps)];
            orders += 1;
            removed += cleaning.done.unwrap().unwrap().removed;
            match publishing.done.unwrap() {
                Ok(()) => {
                    published += 1;
                    for (key, _) in objects("timer", "2.0.0") {
                        assert!(world.memory.object(&key).is_some(), "{key} is gone: {first} {a} {b} {c}");
                    }
                }
                Err(ChangeError::BeingRemoved { .. }) => refused += 1,
                Err(e) => panic!("{e}"),
            }
        }
    }
    assert!(longest.iter().all(|steps| *steps <= 30), "{longest:?}");
    assert!(
        published > 100 && refused > 10 && removed > 100,
        "{orders} orders: {published} published, {refused} refused, {removed} removed"
    );
    println!("{orders} orders of up to {longest:?} requests: {published} published, {refused} refused for now, {removed} removed");
}
