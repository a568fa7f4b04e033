//! Publishers who race on real servers: one winner, everybody else is told who it was, and what all of them saw can be put in one
//! order (Herlihy and Wing, "Linearizability: a correctness condition for concurrent objects").
//!
//! `PATCHBAY_ROUNDS=n` makes it up to 256 publishers and n rounds of each (`npm run soak`).

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Instant,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use futures::future::join_all;
use patchbay_local::LocalServer;
use patchbay_package::PluginId;
use patchbay_registry::{
    Change, ChangeError, Key, Refusal, Registry,
    change::Publish,
    format::{document::Document, registry::About},
    store::{
        Fetched, Store,
        s3::{S3Config, S3Store},
    },
};
use patchbay_testkit::document::{parsed, publishing, release, stamp};
use proptest::prelude::*;
use stateright::semantics::{ConsistencyTester as _, LinearizabilityTester, SequentialSpec};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::servers::External;

/// What somebody did to a document, from when to when, and which revision came of it or was seen.
#[derive(Clone, Copy, Debug)]
struct Act<T> {
    begun: T,
    ended: T,
    wrote: bool,
    seq: u64,
}

/// Whether all of it can have happened one after the other, each at some moment between its beginning and its end. Every revision is
/// written once and names the one before it, so there is only one order that can be: by revision.
fn is_linear<T: PartialOrd>(acts: &[Act<T>]) -> bool {
    let inverted = |a: &Act<T>, b: &Act<T>| a.ended < b.begun && (a.seq > b.seq || (a.seq == b.seq && b.wrote));
    !acts.iter().any(|a| acts.iter().any(|b| inverted(a, b)))
}

/// A document that counts its revisions, for stateright's tester.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Revisions(u64);

impl SequentialSpec for Revisions {
    /// Whether it writes.
    type Op = bool;
    type Ret = u64;

    fn invoke(&mut self, writes: &bool) -> u64 {
        self.0 += u64::from(*writes);
        self.0
    }
}

/// The same by stateright, which tries every order.
fn is_linear_by_search(acts: &[Act<u8>]) -> bool {
    let mut tester = LinearizabilityTester::new(Revisions(0));
    let mut events: Vec<_> = (0..acts.len()).flat_map(|n| [(acts[n].begun, n, true), (acts[n].ended, n, false)]).collect();
    events.sort_unstable();
    for (_, n, begins) in events {
        if begins { tester.on_invoke(n, acts[n].wrote) } else { tester.on_return(n, acts[n].seq) }.unwrap();
    }
    tester.is_consistent()
}

/// Histories in which every moment is another one, and every revision is written once.
fn histories() -> impl Strategy<Value = Vec<Act<u8>>> {
    let moments = Just((0..12_u8).collect::<Vec<_>>()).prop_shuffle();
    (moments, prop::collection::vec(0..=3_u64, 3)).prop_map(|(moments, seen)| {
        let spans = moments.chunks(2).map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1])));
        let acts = spans.enumerate().map(|(n, (begun, ended))| match n {
            0..3 => Act { begun, ended, wrote: true, seq: n as u64 + 1 },
            _ => Act { begun, ended, wrote: false, seq: seen[n - 3] },
        });
        acts.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_by_revision_is_as_good_as_every_order(acts in histories()) {
        prop_assert_eq!(is_linear(&acts), is_linear_by_search(&acts));
    }
}

/// A server, as the programs of two people reach it.
struct Server {
    name: &'static str,
    stores: Vec<Arc<dyn Store>>,
    _kept: Option<(tempfile::TempDir, LocalServer, Other)>,
}

/// The embedded registry in a second process, on the same folder: this very program, started again.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const FOLDER: &str = "PATCHBAY_PROOF_FOLDER";

/// The entry point of the second process. Within a test run there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn second_process() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let server = LocalServer::start(Path::new(&folder), None).await.unwrap();
    println!("\n@ {}", server.endpoint());
    std::io::stdout().flush().unwrap();
    // Until our parent closes the pipe.
    for _ in std::io::stdin().lines() {}
}

fn store(server: &LocalServer, endpoint: &str, prefix: &str) -> Arc<dyn Store> {
    let key = server.credentials();
    let pair = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "test");
    let mut config = S3Config::new(server.bucket(), server.region(), SharedCredentialsProvider::new(pair));
    config.endpoint = Some(endpoint.to_owned());
    config.prefix = prefix.to_owned();
    Arc::new(S3Store::new(config).unwrap())
}

async fn embedded() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proof::races::second_process", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let theirs = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("@ ").map(str::to_owned)).unwrap();
    let prefix = Uuid::new_v4().to_string();
    let stores = [server.endpoint(), &theirs].map(|endpoint| store(&server, endpoint, &prefix)).to_vec();
    Server { name: "the embedded registry in two processes", stores, _kept: Some((folder, server, Other(child))) }
}

async fn external(name: &'static str, variable: &str) -> Option<Server> {
    let store: Arc<dyn Store> = Arc::new(External::from_environment(variable)?.store().await);
    Some(Server { name, stores: vec![store.clone(), store], _kept: None })
}

fn plugin(id: &PluginId, version: &str, content: &str) -> Change {
    Change::Publish(Box::new(Publish { id: id.clone(), release: release(version, content), ..publishing(version) }))
}

/// So many publishers want to publish the same version, while somebody reads; then each publishes one of their own.
async fn round(server: &Server, round: usize, publishers: u64) {
    let about = About::new(Uuid::from_u128(1), "Team");
    let program = |n: usize| Registry::known(server.stores[n % 2].clone(), Arc::default(), about.clone());
    let id: PluginId = parsed(&format!("race-{publishers}-{round}"));
    let case = format!("{}: {publishers} publishers, round {round}", server.name);

    let publish = async |n: u64, version: String| {
        let (name, registry) = (format!("person {n}"), program(n as usize));
        let change = plugin(&id, &version, &name);
        let stamp = stamp(1_000 + n + if version == "1.0.0" { 0 } else { 1_000 }, &name);
        let begun = Instant::now();
        let outcome = registry.commit(&id, &change, &stamp, &CancellationToken::new()).run().await;
        (name, begun, Instant::now(), outcome)
    };
    let look = async |reads: usize| {
        let mut acts = Vec::new();
        for n in 0..reads {
            let begun = Instant::now();
            let found = program(n).find(&id).await.unwrap();
            acts.push(Act { begun, ended: Instant::now(), wrote: false, seq: found.map_or(0, |s| s.revision.document.header.seq) });
        }
        acts
    };

    let (outcomes, mut acts) = tokio::join!(join_all((0..publishers).map(|n| publish(n, "1.0.0".into()))), look(4));
    let winners: Vec<_> = outcomes.iter().filter(|(.., outcome)| outcome.as_ref().is_ok_and(|done| done.wrote)).collect();
    let [(winner, ..)] = winners[..] else { panic!("{case}: {} winners", winners.len()) };
    for (name, _, _, outcome) in &outcomes {
        match outcome {
            Ok(_) if name == winner => {}
            Err(ChangeError::Refused(Refusal::VersionTaken { by, .. })) => assert_eq!(by, winner, "{case}"),
            other => panic!("{case}: {name}: {other:?}"),
        }
    }
    // Each version of their own: all of them succeed. Beyond a few it is the patience of 60 s that is tried.
    let each = publishers.min(16);
    let (more, seen) = tokio::join!(join_all((0..each).map(|n| publish(n, format!("1.1.{n}")))), look(8));
    acts.extend(seen);
    for (name, begun, ended, outcome) in outcomes.into_iter().filter(|(.., outcome)| outcome.is_ok()).chain(more) {
        let done = outcome.unwrap_or_else(|e| panic!("{case}: {name}: {e}"));
        acts.push(Act { begun, ended, wrote: true, seq: done.document.header.seq });
    }
    assert!(is_linear(&acts), "{case}: {acts:?}");

    // Nobody's change is lost, and the revisions are a chain.
    let key = Key::Document(id.clone());
    let Fetched::Found(object) = server.stores[0].get(&key, None, 1 << 20).await.unwrap() else { panic!("{case}: it is gone") };
    let document = Document::parse(&key, &object.bytes).unwrap();
    assert_eq!((document.header.seq, document.releases.len() as u64), (1 + each, 1 + each), "{case}");
    let history = program(0).history(&id, None, 100).await.unwrap();
    assert_eq!(history.revisions.len() as u64, 1 + each, "{case}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_publishers_of_one_version_one_wins_on_every_server() {
    let long = std::env::var("PATCHBAY_ROUNDS").ok().map(|text| text.parse::<usize>().unwrap());
    let sizes: &[u64] = if long.is_some() { &[2, 4, 8, 16, 32, 64, 128, 256] } else { &[2, 16, 48] };
    let servers =
        [Some(embedded().await), external("SeaweedFS", "PATCHBAY_TEST_SEAWEED").await, external("moto", "PATCHBAY_TEST_MOTO").await];
    let mut counts = BTreeMap::new();
    for server in servers.iter().flatten() {
        for size in sizes {
            for n in 0..long.unwrap_or(3) {
                round(server, n, *size).await;
                *counts.entry(server.name).or_insert(0) += 1;
            }
        }
    }
    println!("rounds: {counts:?}");
}
