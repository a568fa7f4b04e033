//! Looking after a registry as jobs: how far they are, how they end, what is left when they are stopped. And a publisher whose
//! computer slept while somebody cleaned up.

use std::{
    fs::{self, File},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use jiff::{SignedDuration, Timestamp};
use patchbay_client::{
    App,
    wire::{Code, JobResult, JobState, JobView, Phase},
};
use patchbay_package::Digest;
use patchbay_registry::Key;
use tokio::sync::broadcast::Receiver;

use super::{
    proxy::{Fate, Gate},
    world::{TEAM, World, publish, request},
};

const WEEK: u64 = 8 * 24 * 3_600;

/// With one version of a plugin.
async fn shelf() -> (World, App) {
    let world = World::new().await;
    let app = world.member("mei").await;
    let state = publish(&app, TEAM, &world.plugin()).await;
    assert!(matches!(state, JobState::Done { .. }), "{state:?}");
    (world, app)
}

/// Two uploads that somebody left behind more than a week ago.
async fn left_behind(world: &World) -> Vec<PathBuf> {
    for text in ["one", "two"] {
        world.plant(&Key::Asset("timer".parse().unwrap(), Digest::of(text.as_bytes())), text.as_bytes()).await;
    }
    let digests = ["one", "two"].map(|text| Digest::of(text.as_bytes()).to_string());
    let files: Vec<_> = digests.iter().flat_map(|digest| world.files(digest)).collect();
    assert_eq!(files.len(), 2);
    for file in &files {
        File::options().write(true).open(file).unwrap().set_modified(SystemTime::now() - Duration::from_secs(WEEK)).unwrap();
    }
    files
}

/// Where a job is that runs: its phase, and how far it is in it.
fn running(view: &JobView, job: &str) -> Option<(Phase, u64, u64)> {
    match view.status {
        JobState::Running { phase, done, total, .. } if view.id == job => Some((phase, done, total)),
        _ => None,
    }
}

/// What was told of it until now.
fn told(news: &mut Receiver<JobView>, job: &str) -> Vec<(Phase, u64, u64)> {
    std::iter::from_fn(|| news.try_recv().ok()).filter_map(|view| running(&view, job)).collect()
}

async fn ended(app: &App, job: &JobView) -> JobState {
    app.wait_job(&job.id).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_how_far_it_is_and_what_it_found() {
    let (world, app) = shelf().await;
    // The package is read slowly enough that somebody hears of it.
    let gate = Gate::new();
    let stop = gate.clone();
    world.proxy.rule(
        move |method, path| if method == "GET" && path.contains("/packages/") { Fate::AnswerWaits(stop.clone()) } else { Fate::Passes },
    );
    let before = world.proxy.requests().len();
    let mut news = app.subscribe();
    let job = app.check_registry(Some(TEAM), false, false).await.unwrap();
    gate.reached().await;
    let mut heard = Vec::new();
    while !heard.iter().any(|(phase, _, total)| *phase == Phase::Checking && *total > 4_000_000) {
        heard.extend(running(&news.recv().await.unwrap(), &job.id));
    }
    assert!(heard.iter().any(|(phase, ..)| *phase == Phase::Surveying), "{heard:?}");
    let again = app.check_registry(Some(TEAM), false, false).await.unwrap();
    assert_eq!(again.id, job.id, "a second click starts nothing");
    gate.open();
    let JobState::Done { result: JobResult::Checked { report } } = ended(&app, &job).await else { panic!("{job:?}") };
    assert!(report.healthy && report.findings.is_empty() && !report.quick, "{report:?}");
    assert_eq!((report.plugins, report.usage.packages.objects), (1, 1));
    assert!(report.bytes > report.usage.packages.bytes, "all of it was read: {report:?}");
    heard.extend(told(&mut news, &job.id));
    assert!(heard.iter().all(|(_, done, total)| *total == 0 || done <= total), "{heard:?}");
    assert!(world.proxy.requests()[before..].iter().all(|request| request.starts_with("GET")), "it only reads");

    let package = &world.files("/packages/")[0];
    let mut bytes = fs::read(package).unwrap();
    bytes[1_000_000] ^= 1;
    fs::write(package, bytes).unwrap();
    let job = app.check_registry(Some(TEAM), false, true).await.unwrap();
    let JobState::Done { result: JobResult::Checked { report } } = ended(&app, &job).await else { panic!("{job:?}") };
    assert!(!report.healthy);
    assert_eq!(report.findings.iter().map(|f| f.error.kind.as_str()).collect::<Vec<_>>(), ["found_package_altered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_cancelled_ends_at_once_and_has_written_nothing() {
    let (world, app) = shelf().await;
    let gate = Gate::new();
    let stop = gate.clone();
    world
        .proxy
        .rule(move |method, path| if method == "GET" && path.contains("/packages/") { Fate::Waits(stop.clone()) } else { Fate::Passes });
    let before = world.proxy.requests().len();
    let job = app.check_registry(Some(TEAM), false, true).await.unwrap();
    gate.reached().await;
    app.cancel_job(&job.id).unwrap();
    assert_eq!(ended(&app, &job).await, JobState::Cancelled);
    let requests = world.proxy.requests();
    assert!(requests[before..].iter().all(|request| request.starts_with("GET")), "{requests:?}");
    // And it can be done again, from the list of jobs.
    world.proxy.rule(|_, _| Fate::Passes);
    app.resume_job(&job.id).await.unwrap();
    assert!(matches!(ended(&app, &job).await, JobState::Done { result: JobResult::Checked { .. } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_up_says_what_it_will_remove_and_what_it_removed() {
    let (world, app) = shelf().await;
    assert_eq!(app.plan_cleaning(Some(TEAM)).await.unwrap().orphans, []);
    let left = left_behind(&world).await;
    let plan = app.plan_cleaning(Some(TEAM)).await.unwrap();
    assert_eq!((plan.orphans.len(), plan.bytes, plan.more), (2, 6, false));
    assert!(left.iter().all(|file| file.exists()), "a plan removes nothing");
    let mut news = app.subscribe();
    let job = app.clean(Some(TEAM), plan.orphans).await.unwrap();
    assert_eq!(ended(&app, &job).await, JobState::Done { result: JobResult::Cleaned { removed: 2, bytes: 6, kept: 0 } });
    assert!(told(&mut news, &job.id).iter().any(|(phase, ..)| *phase == Phase::Cleaning));
    assert!(left.iter().all(|file| !file.exists()));
    assert_eq!(world.keys("cleaning.json").await, [""; 0]);
    assert_eq!(app.plan_cleaning(Some(TEAM)).await.unwrap().orphans, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_up_that_is_cancelled_finishes_what_was_asked_and_takes_its_announcement_back() {
    let (world, app) = shelf().await;
    let left = left_behind(&world).await;
    let orphans = app.plan_cleaning(Some(TEAM)).await.unwrap().orphans;
    let gate = Gate::new();
    let stop = gate.clone();
    world
        .proxy
        .rule(move |method, path| if method == "DELETE" && path.contains("/assets/") { Fate::Waits(stop.clone()) } else { Fate::Passes });
    let job = app.clean(Some(TEAM), orphans).await.unwrap();
    gate.reached().await;
    assert_eq!(world.keys("cleaning.json").await, ["cleaning.json"]);
    app.cancel_job(&job.id).unwrap();
    let view = app.jobs().unwrap().into_iter().find(|view| view.id == job.id).unwrap();
    assert!(matches!(view.status, JobState::Running { cancelling: true, .. }), "{view:?}");
    gate.open();
    assert_eq!(ended(&app, &job).await, JobState::Cancelled);
    assert_eq!(left.iter().filter(|file| file.exists()).count(), 1, "what was asked for was done, and nothing more");
    assert_eq!(world.keys("cleaning.json").await, [""; 0]);
    // Nobody has to wait for the next one.
    let orphans = app.plan_cleaning(Some(TEAM)).await.unwrap().orphans;
    let job = app.clean(Some(TEAM), orphans).await.unwrap();
    assert_eq!(ended(&app, &job).await, JobState::Done { result: JobResult::Cleaned { removed: 1, bytes: 3, kept: 0 } });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_up_beside_another_is_told_so() {
    let (world, app) = shelf().await;
    left_behind(&world).await;
    let orphans = app.plan_cleaning(Some(TEAM)).await.unwrap().orphans;
    world.plant(&Key::Cleaning, b"{\"patchbay\":1,\"id\":\"1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b\",\"keys\":[]}\n").await;
    let job = app.clean(Some(TEAM), orphans).await.unwrap();
    let JobState::Failed { error } = ended(&app, &job).await else { panic!("{job:?}") };
    assert_eq!((error.code, error.kind.as_str()), (Code::Conflict, "cleaning_elsewhere"));
    assert_eq!(world.keys("cleaning.json").await, ["cleaning.json"], "it is not ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_whose_computer_slept_while_somebody_cleaned_up_uploads_again() {
    let world = World::new().await;
    world.member("mei").await;
    let slept = Arc::new(AtomicI64::new(0));
    let clock = slept.clone();
    let app = world.app_by("mei", Arc::new(move || Timestamp::now() + SignedDuration::from_secs(clock.load(Ordering::SeqCst))));
    let gate = Gate::new();
    let stop = gate.clone();
    world.proxy.rule(
        move |method, path| if method == "PUT" && path.contains("/packages/") { Fate::AnswerWaits(stop.clone()) } else { Fate::Passes },
    );
    let job = app.publish(Some(TEAM), request(&world.plugin())).await.unwrap();
    gate.reached().await;
    // It sleeps for a week, and what nobody referred to is gone.
    slept.store(WEEK as i64, Ordering::SeqCst);
    let package = world.files("/packages/");
    assert_eq!(package.len(), 1);
    fs::remove_file(&package[0]).unwrap();
    gate.open();
    let state = ended(&app, &job).await;
    let JobState::Done { result: JobResult::Published { verified: true, warning: None, .. } } = state else { panic!("{state:?}") };
    assert_eq!(world.files("/packages/"), package);
}
