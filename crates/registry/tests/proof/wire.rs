//! The same on the wire: a proxy in front of a real server does to every request of an operation everything that networks,
//! balancers and caches do. Time is real here, so the timeouts are short and the points run side by side.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use futures::{StreamExt as _, stream};
use patchbay_local::LocalServer;
use patchbay_registry::{
    Registry, Standing,
    format::registry::About,
    store::{
        Store,
        http::Timeouts,
        memory::MemoryStore,
        s3::{S3Config, S3Store},
    },
};
use patchbay_testkit::{
    document::{id, rollback, stamp},
    promises::{Told, judge, timeline},
    wire::{Mishap, Wire},
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::world::{Task, World, carry_out, told};

/// How many points are tried at once.
const BESIDE: usize = 12;

fn store(server: &LocalServer, endpoint: &str, prefix: &str, timeouts: Timeouts) -> S3Store {
    let key = server.credentials();
    let pair = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "test");
    let mut config = S3Config::new(server.bucket(), server.region(), SharedCredentialsProvider::new(pair));
    config.endpoint = Some(endpoint.to_owned());
    config.prefix = prefix.to_owned();
    config.network.timeouts = timeouts;
    S3Store::new(config).unwrap()
}

/// Who waits for an answer that does not come gives up soon. On a busy computer that also happens by itself, which is as well.
fn impatient() -> Timeouts {
    let soon = Duration::from_millis(500);
    Timeouts { answer: soon, stall: soon, backoff: Duration::from_millis(1), ..Timeouts::default() }
}

/// The embedded registry, with its bucket as a folder: what stands there is put and looked at without asking anybody.
struct Embedded {
    server: LocalServer,
    folder: TempDir,
}

impl Embedded {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { server: LocalServer::start(folder.path(), None).await.unwrap(), folder }
    }

    fn part(&self, prefix: &str) -> PathBuf {
        self.folder.path().join("buckets").join(self.server.bucket()).join(prefix)
    }
}

/// A part of the bucket, a proxy in front of it, and a program behind that.
struct Bench<'a> {
    embedded: &'a Embedded,
    prefix: String,
    wire: Wire,
    through: Arc<dyn Store>,
}

impl<'a> Bench<'a> {
    /// Begins with what is in memory.
    async fn with(embedded: &'a Embedded, objects: &MemoryStore) -> Self {
        let prefix = Uuid::new_v4().to_string();
        for key in objects.keys() {
            let path = embedded.part(&prefix).join(&key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, objects.object(&key).unwrap().bytes).unwrap();
        }
        let wire = Wire::start(embedded.server.endpoint()).await.unwrap();
        let through = Arc::new(store(&embedded.server, &wire.endpoint, &prefix, impatient()));
        Self { embedded, prefix, wire, through }
    }

    /// A program that reaches the bucket by way of the proxy.
    fn program(&self) -> Registry {
        Registry::known(self.through.clone(), Arc::default(), About::new(Uuid::from_u128(1), "Team"))
    }

    async fn run(&self, task: &Task, resumed: bool) -> Told {
        told(&carry_out(&self.program(), &id(), task, &stamp(50, "ben"), resumed, &CancellationToken::new()).await)
    }

    /// Every promise about what is there, and about what was told. How many revisions there are.
    fn check(&self, said: &[(Uuid, Told)]) -> Result<usize, String> {
        let objects = MemoryStore::new();
        let part = self.embedded.part(&self.prefix);
        let mut folders = vec![part.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    objects.insert(path.strip_prefix(&part).unwrap().to_str().unwrap(), fs::read(&path).unwrap());
                }
            }
        }
        let revisions = timeline(&objects, &id())?;
        judge(&revisions, said)?;
        Ok(revisions.len())
    }
}

/// What stands there after these, made in memory.
async fn after(setup: &[Task]) -> MemoryStore {
    let world = World::new();
    for (n, task) in (1..).zip(setup) {
        carry_out(&world.calm(), &id(), task, &stamp(n, "ada"), false, &CancellationToken::new()).await.unwrap();
    }
    world.memory
}

fn operations() -> Vec<(&'static str, Vec<Task>, Task)> {
    vec![
        ("publish", vec![Task::publish("1.0.0")], Task::publish("1.1.0")),
        ("rollback", vec![Task::publish("1.0.0"), Task::publish("1.1.0")], Task::Change(rollback("stable", "1.0.0"))),
    ]
}

async fn point(embedded: &Embedded, setup: &[Task], task: &Task, index: usize, mishap: Mishap) -> Result<(), String> {
    let bench = Bench::with(embedded, &after(setup).await).await;
    bench.wire.strike(index, mishap);
    let mut said = vec![(stamp(50, "").op, bench.run(task, false).await)];
    bench.check(&said)?;
    bench.wire.forget();
    while said.last().is_some_and(|(_, outcome)| *outcome == Told::Unknown) {
        said.push((stamp(50, "").op, bench.run(task, true).await));
    }
    let there = bench.check(&said)?;
    let committed = said.iter().any(|(_, told)| matches!(told, Told::Committed(_)));
    if there == setup.len() + usize::from(committed) { Ok(()) } else { Err(format!("there are {there} revisions")) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mishap_at_every_request_on_the_wire() {
    let embedded = &Embedded::start().await;
    let mut points = Vec::new();
    for (name, setup, task) in operations() {
        let clean = Bench::with(embedded, &after(&setup).await).await;
        assert!(matches!(clean.run(&task, false).await, Told::Committed(_)));
        for (index, request) in clean.wire.requests().into_iter().enumerate() {
            for mishap in Mishap::every() {
                let case = format!("{name}: {mishap:?} at {index} ({request})");
                points.push((case, setup.clone(), task.clone(), index, mishap));
            }
        }
    }
    let all = points.len();
    let failed: Vec<String> = stream::iter(points)
        .map(|(case, setup, task, index, mishap)| async move {
            point(embedded, &setup, &task, index, mishap).await.err().map(|e| format!("{case}: {e}"))
        })
        .buffer_unordered(BESIDE)
        .filter_map(|failed| async { failed })
        .collect()
        .await;
    assert!(failed.is_empty(), "{failed:#?}");
    println!("{all} points on the wire");
    assert!(all >= 250, "{all}");
}

/// A reader behind a cache that is behind is told so, and is never given the older state in silence.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_is_behind_is_not_believed() {
    let embedded = Embedded::start().await;
    let bench = Bench::with(&embedded, &after(&[Task::publish("1.0.0")]).await).await;
    let reader = bench.program();
    let seq = |standing: Option<Standing>| standing.unwrap().revision.document.header.seq;
    assert_eq!(seq(reader.find(&id()).await.unwrap()), 1);
    let past = Registry::known(
        Arc::new(store(&embedded.server, embedded.server.endpoint(), &bench.prefix, Timeouts::default())),
        Arc::default(),
        reader.about().clone(),
    );
    carry_out(&past, &id(), &Task::publish("1.1.0"), &stamp(60, "eve"), false, &CancellationToken::new()).await.unwrap();
    bench.wire.forget();
    bench.wire.strike(0, Mishap::Stale);
    assert_eq!(seq(reader.find(&id()).await.unwrap()), 1, "it has seen nothing newer, so it cannot know");
    assert_eq!(seq(reader.find(&id()).await.unwrap()), 2);
    bench.wire.strike(2, Mishap::Stale);
    let error = reader.find(&id()).await.unwrap_err();
    assert_eq!(error.to_string(), "The registry was set back: timer was at revision 2 and is at 1.");
}
