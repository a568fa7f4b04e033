//! Long work as jobs. Time is Tokio's and paused, so nothing here waits.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use patchbay_client::{
    home::Home,
    jobs::{Clock, JobContext, JobEnd, Jobs, NewJob, ResumeError},
    wire::{Code, JobKind, JobResult, JobState, JobView, Phase, WireError},
};
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

/// A clock that ticks once each time it is asked.
fn clock() -> Clock {
    let seconds = AtomicI64::new(1_700_000_000);
    Arc::new(move || Timestamp::from_second(seconds.fetch_add(1, Ordering::SeqCst)).unwrap())
}

fn jobs() -> (tempfile::TempDir, Home, Jobs) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    let jobs = Jobs::open(&home, clock()).unwrap();
    (folder, home, jobs)
}

fn publish(key: &str) -> NewJob {
    NewJob {
        kind: JobKind::Publish,
        registry: "main".into(),
        path: "/plugins/a".into(),
        key: key.into(),
        request: json!({ "channel": "beta" }),
    }
}

fn saved() -> JobEnd {
    JobEnd::Done(JobResult::Saved { path: "/a.zip".into(), size: 3 })
}

fn error() -> WireError {
    WireError { code: Code::Network, kind: "lost".into(), message: "Gone.".into(), hint: None, data: [].into() }
}

fn id(view: &JobView) -> Uuid {
    view.id.parse().unwrap()
}

/// A job that runs until it is told how it ends.
fn held(jobs: &Jobs, key: &str) -> (JobView, oneshot::Sender<JobEnd>) {
    let (sender, receiver) = oneshot::channel();
    let view = jobs.start(publish(key), |_| async { receiver.await.unwrap() }).unwrap();
    (view, sender)
}

#[tokio::test(start_paused = true)]
async fn a_job_ends_with_what_its_work_returned() {
    let (_folder, _home, jobs) = jobs();
    for (end, expected) in [
        (saved(), JobState::Done { result: JobResult::Saved { path: "/a.zip".into(), size: 3 } }),
        (JobEnd::Failed(error()), JobState::Failed { error: error() }),
        (JobEnd::Cancelled, JobState::Cancelled),
        (JobEnd::Unknown(error()), JobState::Unknown { error: error() }),
    ] {
        let view = jobs.start(publish("a"), |_| async { end }).unwrap();
        assert!(matches!(view.status, JobState::Running { phase: Phase::Reading, done: 0, .. }), "{view:?}");
        let ended = jobs.ended(id(&view)).await.unwrap().unwrap();
        assert_eq!(ended.status, expected);
        assert!(ended.finished_at.is_some());
    }
    let listed = jobs.list().unwrap();
    assert_eq!(listed.len(), 4);
    assert!(listed.windows(2).all(|pair| pair[0].started_at > pair[1].started_at), "newest first");
    assert!(jobs.running().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_second_click_starts_nothing() {
    let (_folder, _home, jobs) = jobs();
    let (first, end) = held(&jobs, "a");
    let second = jobs.start(publish("a"), |_| async { panic!("it must not run") }).unwrap();
    assert_eq!(second.id, first.id);
    let (other, _end) = held(&jobs, "b");
    assert_ne!(other.id, first.id);
    end.send(saved()).unwrap();
    jobs.ended(id(&first)).await.unwrap();
    let (third, _end) = held(&jobs, "a");
    assert_ne!(third.id, first.id, "the first is over");
}

#[tokio::test(start_paused = true)]
async fn cancelling_is_told_at_once_and_ends_when_the_work_says_so() {
    let (_folder, _home, jobs) = jobs();
    let (release, released) = oneshot::channel();
    let view = jobs
        .start(publish("a"), |context: JobContext| async move {
            context.cancel.cancelled().await;
            released.await.unwrap();
            JobEnd::Cancelled
        })
        .unwrap();
    let mut told = jobs.subscribe();
    assert!(jobs.cancel(id(&view)));
    assert!(matches!(told.recv().await.unwrap().status, JobState::Running { cancelling: true, .. }));
    assert!(matches!(jobs.list().unwrap()[0].status, JobState::Running { cancelling: true, .. }));
    release.send(()).unwrap();
    assert_eq!(jobs.ended(id(&view)).await.unwrap().unwrap().status, JobState::Cancelled);
    assert!(!jobs.cancel(id(&view)), "it is over");
    assert!(!jobs.cancel(Uuid::nil()));
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_ten_times_a_second_and_a_phase_always() {
    let (_folder, _home, jobs) = jobs();
    let mut told = jobs.subscribe();
    let view = jobs
        .start(publish("a"), |context: JobContext| async move {
            context.reporter.subject("demo", "1.2.0");
            context.reporter.phase(Phase::Packing);
            context.reporter.phase(Phase::Uploading);
            context.reporter.total(25_000);
            for _ in 0..1_000 {
                context.reporter.advance(10);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            saved()
        })
        .unwrap();
    jobs.ended(id(&view)).await.unwrap();
    let mut messages = Vec::new();
    while let Ok(message) = told.try_recv() {
        messages.push(message);
    }
    let uploading: Vec<_> = messages
        .iter()
        .filter_map(|message| match message.status {
            JobState::Running { phase: Phase::Uploading, done, total, eta, .. } => Some((done, total, eta)),
            _ => None,
        })
        .collect();
    assert!((9..=13).contains(&uploading.len()), "{uploading:?}");
    assert!(uploading.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    let (done, total, eta) = *uploading.last().unwrap();
    assert!(done >= 9_000 && total == 25_000, "{uploading:?}");
    assert_eq!(eta, Some(2), "10,000 bytes per second and some 15,000 left: {uploading:?}");
    assert!(messages.iter().any(|message| matches!(message.status, JobState::Running { phase: Phase::Packing, .. })));
    let last = messages.last().unwrap();
    assert!(matches!(last.status, JobState::Done { .. }));
    assert_eq!((last.plugin.as_str(), last.version.as_str()), ("demo", "1.2.0"));
}

#[tokio::test(start_paused = true)]
async fn finished_jobs_are_known_after_a_restart() {
    let (_folder, home, jobs) = jobs();
    let view = jobs.start(publish("a"), |_| async { saved() }).unwrap();
    let ended = jobs.ended(id(&view)).await.unwrap().unwrap();
    drop(jobs);
    let again = Jobs::open(&home, clock()).unwrap();
    assert_eq!(again.list().unwrap(), std::slice::from_ref(&ended));
    let record = again.record(id(&view)).unwrap().unwrap();
    assert_eq!((record.view, record.key, record.request), (ended, "a".into(), json!({ "channel": "beta" })));
    assert_eq!(again.record(Uuid::nil()).unwrap(), None);
}

#[test]
fn a_job_whose_program_ended_is_interrupted_and_can_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let first = runtime();
    let view = first.block_on(async {
        let jobs = Jobs::open(&home, clock()).unwrap();
        let (said, hear) = oneshot::channel();
        let view = jobs
            .start(publish("a"), |context: JobContext| async move {
                context.about("demo", "1.2.0").await.unwrap();
                said.send(()).unwrap();
                std::future::pending().await
            })
            .unwrap();
        hear.await.unwrap();
        view
    });
    // As a crash: nothing of the job is left but its files.
    drop(first);
    runtime().block_on(async {
        let jobs = Jobs::open(&home, clock()).unwrap();
        let listed = jobs.list().unwrap();
        assert_eq!((&listed[0].status, listed[0].plugin.as_str()), (&JobState::Interrupted, "demo"));
        let again = jobs
            .resume(id(&view), |context, request| async move {
                assert_eq!(request, json!({ "channel": "beta" }));
                JobEnd::Done(JobResult::Saved { path: context.id.to_string(), size: 0 })
            })
            .unwrap();
        assert_eq!((&again.id, &again.started_at), (&view.id, &view.started_at));
        let ended = jobs.ended(id(&view)).await.unwrap().unwrap();
        assert_eq!(ended.status, JobState::Done { result: JobResult::Saved { path: view.id.clone(), size: 0 } });
        assert_eq!(jobs.list().unwrap().len(), 1);
        let error = jobs.resume(id(&view), |_, _| async { saved() }).unwrap_err();
        assert!(matches!(error, ResumeError::Done { .. }), "{error}");
        let error = WireError::from(jobs.resume(Uuid::nil(), |_, _| async { saved() }).unwrap_err());
        assert_eq!((error.code, error.kind.as_str()), (Code::NotFound, "job_unknown"));
    });
}

#[tokio::test(start_paused = true)]
async fn a_job_of_another_program_is_left_running() {
    let (_folder, home, owner) = jobs();
    let (view, end) = held(&owner, "a");
    let other = Jobs::open(&home, clock()).unwrap();
    assert!(matches!(other.list().unwrap()[0].status, JobState::Running { .. }));
    assert!(other.running().is_empty());
    assert!(!other.cancel(id(&view)));
    let error = other.resume(id(&view), |_, _| async { saved() }).unwrap_err();
    assert!(matches!(error, ResumeError::RunsElsewhere { .. }), "{error}");
    end.send(saved()).unwrap();
    owner.ended(id(&view)).await.unwrap();
    assert!(matches!(other.list().unwrap()[0].status, JobState::Done { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_the_work_leaves_an_unknown_outcome() {
    let (_folder, _home, jobs) = jobs();
    let view = jobs.start(publish("a"), |_| async { panic!("canary") }).unwrap();
    let ended = jobs.ended(id(&view)).await.unwrap().unwrap();
    let JobState::Unknown { error } = ended.status else { panic!("{ended:?}") };
    assert_eq!((error.code, error.message.as_str()), (Code::UnknownOutcome, "A fault in Patchbay ended the job."));
    assert!(!serde_json::to_string(&error).unwrap().contains("canary"));
}

#[tokio::test(start_paused = true)]
async fn an_end_that_cannot_be_written_is_still_known_to_this_program() {
    let (_folder, home, jobs) = jobs();
    let (view, end) = held(&jobs, "a");
    fs::remove_dir_all(home.jobs()).unwrap();
    end.send(saved()).unwrap();
    let ended = jobs.ended(id(&view)).await.unwrap().unwrap();
    assert!(matches!(ended.status, JobState::Done { .. }));
    assert_eq!(jobs.list().unwrap(), [ended]);
    assert!(jobs.start(publish("b"), |_| async { saved() }).is_err(), "a job that cannot be written down is not started");
    assert!(jobs.running().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_newest_two_hundred_are_kept_and_foreign_files_left_alone() {
    let (_folder, home, jobs) = jobs();
    let foreign = ["notes.txt", "not-a-job.json", "00000000-0000-0000-0000-000000000000.json"].map(|name| home.jobs().join(name));
    for path in &foreign {
        fs::write(path, "{").unwrap();
    }
    let (oldest, _end) = held(&jobs, "oldest");
    let mut ids = Vec::new();
    for n in 0..203 {
        let view = jobs.start(publish(&n.to_string()), |_| async { saved() }).unwrap();
        jobs.ended(id(&view)).await.unwrap();
        ids.push(view.id);
    }
    let again = Jobs::open(&home, clock()).unwrap();
    let listed: Vec<_> = again.list().unwrap().into_iter().map(|view| view.id).collect();
    let expected: Vec<_> = ids.iter().rev().take(200).cloned().chain([oldest.id]).collect();
    assert_eq!(listed, expected, "the running one stays too");
    assert!(foreign.iter().all(|path| path.exists()));
}
