//! The probe: it passes where conditional writes hold, and names what an endpoint does wrong where they do not.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use hyper_util::rt::{TokioExecutor, TokioIo};
use patchbay_package::Digest;
use patchbay_registry::{
    key::Key,
    probe::{Check, ProbeCheck, ProbeReport, probe},
    store::{Body, Condition, ETag, Fetched, Page, Progress, Store, StoreError, StoreErrorKind, memory::MemoryStore},
};
use patchbay_testkit::store::{Fault, FaultStore, Method};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use tokio::net::TcpListener;

use crate::servers::{Embedded, External, s3};

/// How often a store that cannot be written to must be found out, without fail.
const TIMES: usize = 20;

/// And how soon.
const SOON: Duration = Duration::from_secs(2);

fn failures(report: &ProbeReport) -> Vec<(ProbeCheck, &str)> {
    report.failures().map(|Check { name, found, .. }| (*name, found.as_str())).collect()
}

#[tokio::test]
async fn a_good_store_passes_every_check_and_keeps_nothing() {
    let store = MemoryStore::new();
    let report = probe(&store).await.unwrap();
    assert_eq!(failures(&report), []);
    assert!(report.passed());
    assert_eq!(report.checks.iter().map(|check| check.name).collect::<Vec<_>>(), ProbeCheck::ALL);
    assert!(store.keys().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_embedded_registry_passes_within_two_seconds() {
    let embedded = Embedded::start().await;
    let store = embedded.store("registry");
    let began = Instant::now();
    let report = probe(&store).await.unwrap();
    assert_eq!(failures(&report), []);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(store.list("").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seaweedfs_and_moto_pass() {
    for variable in ["PATCHBAY_TEST_SEAWEED", "PATCHBAY_TEST_MOTO"] {
        let Some(external) = External::from_environment(variable) else { continue };
        let report = probe(&external.store().await).await.unwrap();
        assert_eq!(failures(&report), [], "{variable}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_is_refused() {
    let Some(external) = External::from_environment("PATCHBAY_TEST_RCLONE") else { return };
    for _ in 0..TIMES {
        rclone_is_refused_by(&external.store().await).await;
    }
}

async fn rclone_is_refused_by(store: &dyn Store) {
    let began = Instant::now();
    let report = probe(store).await.unwrap();
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let found = failures(&report);
    let (told, raced) = found.split_at(3);
    assert_eq!(
        told,
        [
            (ProbeCheck::CreateOnce, "It let two writers create the same object."),
            (ProbeCheck::StaleTag, "It let a writer replace what somebody else had changed meanwhile."),
            (ProbeCheck::MissingMatch, "It let a writer replace an object that was not there."),
        ]
    );
    // How many win is not always the same: under eight writers it answers 500 to some.
    assert_eq!(raced.iter().map(|(check, _)| *check).collect::<Vec<_>>(), [ProbeCheck::CreateRace, ProbeCheck::MatchRace]);
    assert!(raced.iter().all(|(_, found)| found.starts_with("It let ")), "{raced:?}");
}

/// s3s-fs alone looks at the conditions and takes no lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bare_s3s_fs_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("bucket")).unwrap();
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
    builder.set_auth(SimpleAuth::from_single("id", "secret"));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    for run in 0..TIMES {
        let store = s3(&endpoint, "us-east-1", "bucket", &run.to_string(), "id", "secret");
        let began = Instant::now();
        let report = probe(&store).await.unwrap();
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        let found = failures(&report);
        assert!(!found.is_empty(), "run {run}");
        for (check, words) in found {
            assert!(matches!(check, ProbeCheck::CreateRace | ProbeCheck::MatchRace), "{check}: {words}");
            assert!(words.starts_with("It let ") || words.starts_with("It told one writer that it had won"), "{words}");
        }
    }
}

/// A store in memory with one thing wrong.
#[derive(Clone, Debug)]
struct Flawed {
    objects: MemoryStore,
    flaw: Flaw,
    /// For a race without a lock: every writer looks before any writes.
    gate: Arc<tokio::sync::Barrier>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    /// Takes the headers and does not look at them, as `rclone serve s3` does.
    IgnoresConditions,
    /// Looks, and writes later: as s3s-fs does.
    NoLock,
    /// Says 412 and writes all the same.
    WritesAndRefuses,
    /// Says 200 and writes nothing after the first.
    Forgets,
    /// Answers another tag to a GET than to a PUT.
    OtherTag,
    /// Does not know conditional writes, and says so.
    NotImplemented,
    /// Refuses every `If-Match`.
    NeverMatches,
    /// Takes `If-Match` where nothing stands.
    MatchesNothing,
}

impl Flawed {
    fn new(flaw: Flaw) -> Self {
        Self { objects: MemoryStore::new(), flaw, gate: Arc::new(tokio::sync::Barrier::new(8)) }
    }

    /// Whether eight writers come for this key at once.
    fn is_raced(&self, key: &Key, condition: &Condition) -> bool {
        let key = key.to_string();
        key.contains("-create-") || (key.contains("-replace-") && *condition != Condition::Absent)
    }

    fn force(&self, key: &Key, body: &Body) -> ETag {
        let Body::Bytes(bytes) = body else { panic!("the probe sends bytes") };
        self.objects.insert(key.to_string(), bytes.clone())
    }
}

#[async_trait]
impl Store for Flawed {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        let mut fetched = self.objects.get(key, known, limit).await?;
        if let (Fetched::Found(object), Flaw::OtherTag) = (&mut fetched, self.flaw) {
            object.etag = ETag("\"another\"".into());
        }
        Ok(fetched)
    }

    async fn get_range(&self, key: &Key, range: std::ops::Range<u64>) -> Result<bytes::Bytes, StoreError> {
        self.objects.get_range(key, range).await
    }

    async fn download(&self, key: &Key, to: &std::path::Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.objects.download(key, to, progress).await
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        let standing = self.objects.object(&key.to_string());
        let refused = || StoreError::new(StoreErrorKind::PreconditionFailed { key: key.to_string() }, Some(key));
        match (self.flaw, &condition) {
            (Flaw::IgnoresConditions, _) => return Ok(self.force(key, &body)),
            (Flaw::NoLock, _) if self.is_raced(key, &condition) => {
                let holds = match &condition {
                    Condition::Absent => standing.is_none(),
                    Condition::Matches(etag) => standing.is_some_and(|object| object.etag == *etag),
                };
                self.gate.wait().await;
                return if holds { Ok(self.force(key, &body)) } else { Err(refused()) };
            }
            (Flaw::WritesAndRefuses, _) if standing.is_some() => {
                self.force(key, &body);
                return Err(refused());
            }
            (Flaw::Forgets, Condition::Matches(etag)) if standing.is_some() => return Ok(etag.clone()),
            (Flaw::NotImplemented, Condition::Matches(_)) => {
                return Err(StoreError::new(StoreErrorKind::Other { code: "NotImplemented".into(), status: 501 }, Some(key)));
            }
            (Flaw::NeverMatches, Condition::Matches(_)) => return Err(refused()),
            (Flaw::MatchesNothing, Condition::Matches(_)) if standing.is_none() => return Ok(self.force(key, &body)),
            _ => {}
        }
        self.objects.put(key, body, condition, progress).await
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.objects.digest(key, progress).await
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        self.objects.page(prefix, after).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.objects.delete(key).await
    }
}

async fn findings(flaw: Flaw) -> Vec<(ProbeCheck, String)> {
    let report = probe(&Flawed::new(flaw)).await.unwrap();
    assert!(!report.passed());
    failures(&report).into_iter().map(|(name, found)| (name, found.to_owned())).collect()
}

fn expected(findings: &[(ProbeCheck, &str)]) -> Vec<(ProbeCheck, String)> {
    findings.iter().map(|(name, found)| (*name, (*found).to_owned())).collect()
}

#[tokio::test]
async fn a_store_that_ignores_conditions_is_refused() {
    let found = findings(Flaw::IgnoresConditions).await;
    assert_eq!(
        found,
        expected(&[
            (ProbeCheck::CreateOnce, "It let two writers create the same object."),
            (ProbeCheck::StaleTag, "It let a writer replace what somebody else had changed meanwhile."),
            (ProbeCheck::MissingMatch, "It let a writer replace an object that was not there."),
            (ProbeCheck::CreateRace, "It let 8 of 8 writers create the same object at once."),
            (ProbeCheck::MatchRace, "It let 8 of 8 writers replace the same object at once."),
        ])
    );
}

#[tokio::test]
async fn a_store_without_a_lock_loses_the_races() {
    let found = findings(Flaw::NoLock).await;
    assert_eq!(
        found,
        expected(&[
            (ProbeCheck::CreateRace, "It let 8 of 8 writers create the same object at once."),
            (ProbeCheck::MatchRace, "It let 8 of 8 writers replace the same object at once."),
        ])
    );
}

#[tokio::test]
async fn a_refusal_that_writes_all_the_same_is_seen() {
    let found = findings(Flaw::WritesAndRefuses).await;
    let lie = "It said that it refused, and changed the object all the same.";
    assert_eq!(
        found,
        expected(&[
            (ProbeCheck::CreateOnce, lie),
            (ProbeCheck::FreshTag, "It refused to replace an object that had not changed."),
            (ProbeCheck::StaleTag, lie),
            (ProbeCheck::CreateRace, "It told one writer that it had won, and kept something else."),
            (ProbeCheck::MatchRace, "It let none of 8 writers replace the object."),
        ])
    );
}

#[tokio::test]
async fn a_write_that_is_forgotten_is_seen() {
    assert!(findings(Flaw::Forgets).await.contains(&(ProbeCheck::FreshTag, "It said that it replaced the object, and did not.".into())));
}

#[tokio::test]
async fn a_tag_that_differs_is_seen() {
    let found = findings(Flaw::OtherTag).await;
    assert_eq!(found[0], (ProbeCheck::ReadBack, "It answered with another tag than the write had.".into()));
}

#[tokio::test]
async fn a_store_that_does_not_know_if_match_is_refused() {
    let found = findings(Flaw::NotImplemented).await;
    let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, [ProbeCheck::FreshTag, ProbeCheck::StaleTag, ProbeCheck::MissingMatch, ProbeCheck::MatchRace]);
    assert!(found.iter().all(|(_, found)| found == "It answered NotImplemented (status 501)."));
}

#[tokio::test]
async fn a_store_that_never_matches_is_refused() {
    let found = findings(Flaw::NeverMatches).await;
    assert_eq!(
        found,
        expected(&[
            (ProbeCheck::FreshTag, "It refused to replace an object that had not changed."),
            (ProbeCheck::MatchRace, "It let none of 8 writers replace the object."),
        ])
    );
}

#[tokio::test]
async fn a_store_that_matches_nothing_is_refused() {
    let found = findings(Flaw::MatchesNothing).await;
    assert_eq!(found, expected(&[(ProbeCheck::MissingMatch, "It let a writer replace an object that was not there.")]));
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_asked_is_an_error_and_not_a_finding() {
    let faulty = FaultStore::new(Arc::new(MemoryStore::new()));
    faulty.fail(Method::Put, "", Fault::Before(StoreErrorKind::Denied { verb: "write", what: "probe/x".into() }));
    assert_eq!(probe(&faulty).await.unwrap_err().to_string(), "These credentials may not write probe/x.");
    faulty.fail(Method::Put, "", Fault::Before(StoreErrorKind::ReadOnly));
    assert_eq!(probe(&faulty).await.unwrap_err().kind, StoreErrorKind::ReadOnly);
    faulty.fail_nth(faulty.requests().len() + 3, Fault::cut_before());
    assert!(matches!(probe(&faulty).await.unwrap_err().kind, StoreErrorKind::Lost { .. }));
}

#[tokio::test]
async fn a_race_is_decided_by_the_writers_that_were_answered() {
    let faulty = FaultStore::new(Arc::new(MemoryStore::new()));
    for _ in 0..4 {
        faulty.fail_when(|request| request.method == Method::Put && request.key.ends_with("-create-0"), Fault::unavailable());
    }
    assert!(probe(&faulty).await.unwrap().passed());

    faulty.fail_when(|request| request.method == Method::Put && request.key.ends_with("-create-1"), Fault::cut_after());
    assert!(matches!(probe(&faulty).await.unwrap_err().kind, StoreErrorKind::Lost { .. }), "the winner's answer was lost");
}

#[tokio::test]
async fn not_being_allowed_to_remove_is_fine() {
    let objects = MemoryStore::new();
    let faulty = FaultStore::new(Arc::new(objects.clone()));
    faulty.fail_always(Method::Delete, "", Fault::Before(StoreErrorKind::Denied { verb: "remove", what: "probe/x".into() }));
    assert!(probe(&faulty).await.unwrap().passed());
    assert!(objects.keys().iter().all(|key| key.starts_with("probe/")));
}
