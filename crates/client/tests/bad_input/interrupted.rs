//! A program that ends in the middle of a publish, and the next one that settles it.

use patchbay_client::wire::{Code, JobResult, JobState};
use tokio::runtime::{Builder, Runtime};

use super::{
    proxy::{Fate, Gate},
    world::{TEAM, World, request},
};

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A publish that ends with its program: when a PUT whose path holds `part` stands at the gate. Answers with the servers, which live on,
/// and with the job.
fn interrupted(part: &'static str, fate: fn(Gate) -> Fate) -> (Runtime, World, String) {
    let servers = runtime();
    let world = servers.block_on(World::new());
    // In one thread, so that dropping it runs nothing of it any further.
    let program = Builder::new_current_thread().enable_all().build().unwrap();
    let job = program.block_on(async {
        let app = world.member("mei").await;
        let gate = Gate::new();
        let stop = gate.clone();
        world.proxy.rule(move |method, path| if method == "PUT" && path.contains(part) { fate(stop.clone()) } else { Fate::Passes });
        let job = app.publish(Some(TEAM), request(&world.plugin())).await.unwrap();
        gate.reached().await;
        job.id
    });
    // As a crash: nothing of the program is left but its files.
    drop(program);
    world.proxy.rule(|_, _| Fate::Passes);
    (servers, world, job)
}

async fn resumed(world: &World, job: &str) -> JobState {
    let app = world.app("mei");
    app.resume_job(job).await.unwrap();
    app.wait_job(job).await.unwrap().status
}

#[track_caller]
fn assert_done(state: &JobState) {
    let JobState::Done { result: JobResult::Published { seq: 1, verified: true, warning: None, .. } } = state else { panic!("{state:?}") };
}

#[test]
fn before_the_commit() {
    let (servers, world, job) = interrupted("/packages/", Fate::Waits);
    servers.block_on(async {
        assert_eq!(world.app("mei").jobs().unwrap()[0].status, JobState::Interrupted);
        assert_eq!(world.revisions().await, 0);
        assert_done(&resumed(&world, &job).await);
        assert_eq!(world.revisions().await, 1);
    });
}

#[test]
fn after_the_commit() {
    let (servers, world, job) = interrupted("/plugins/", Fate::AnswerWaits);
    servers.block_on(async {
        assert_eq!(world.app("mei").jobs().unwrap()[0].status, JobState::Interrupted);
        assert_eq!(world.revisions().await, 1, "it is live, and nobody was told");
        let app = world.app("mei");
        assert_eq!(app.sync(None).await.unwrap().total, 0, "nor is the catalogue");
        let before = world.proxy.requests().len();
        assert_done(&resumed(&world, &job).await);
        let requests = world.proxy.requests();
        let writes: Vec<_> = requests[before..].iter().filter(|r| r.starts_with("PUT")).collect();
        assert!(matches!(writes[..], [fold] if fold.contains("/catalog/")), "only the rest was done: {writes:?}");
        assert_eq!(world.revisions().await, 1);
        app.sync(None).await.unwrap();
        assert_eq!(app.browse(None, &patchbay_client::wire::BrowseRequest::of("")).await.unwrap().rows[0].version, "1.0.0");
        let again = app.resume_job(&job).await.unwrap_err();
        assert_eq!((again.code, again.kind.as_str()), (Code::Conflict, "job_done"));
    });
}

#[test]
fn settled_only_when_the_registry_can_be_asked() {
    for (part, fate, live) in [("/packages/", Fate::Waits as fn(Gate) -> Fate, 0), ("/plugins/", Fate::AnswerWaits, 1)] {
        let (servers, world, job) = interrupted(part, fate);
        servers.block_on(async {
            world.proxy.rule(|_, _| Fate::Cut);
            for _ in 0..2 {
                let state = resumed(&world, &job).await;
                let JobState::Unknown { error } = state else { panic!("{state:?}") };
                let message = format!(
                    "It is still not known whether the publish is live. The connection to {} was lost: \
                     the connection was closed before an answer came.",
                    world.proxy.endpoint
                );
                assert_eq!((error.code, error.message.as_str()), (Code::UnknownOutcome, message.as_str()));
                assert_eq!(error.hint.as_deref(), Some("Find out again in a moment."));
                assert_eq!(error.data["op"], job);
            }
            assert_eq!(world.revisions().await, live);
            world.proxy.rule(|_, _| Fate::Passes);
            assert_done(&resumed(&world, &job).await);
            assert_eq!(world.revisions().await, 1);
        });
    }
}

#[test]
fn what_is_live_is_found_out_by_itself_at_the_next_start() {
    let (servers, world, job) = interrupted("/plugins/", Fate::AnswerWaits);
    servers.block_on(async {
        // Away from the registry nothing is found out, and nothing is claimed.
        world.proxy.rule(|_, _| Fate::Cut);
        let app = world.app("mei");
        assert_eq!(app.settle_jobs().await.unwrap(), []);
        assert_eq!(app.jobs().unwrap()[0].status, JobState::Interrupted);
        world.proxy.rule(|_, _| Fate::Passes);
        let before = world.proxy.requests().len();
        let app = world.app("mei");
        let settled = app.settle_jobs().await.unwrap();
        let [settled] = &settled[..] else { panic!("{settled:?}") };
        assert_eq!(settled.id, job);
        assert_done(&app.wait_job(&job).await.unwrap().status);
        assert_eq!(world.revisions().await, 1);
        let requests = world.proxy.requests();
        let writes: Vec<_> = requests[before..].iter().filter(|r| r.starts_with("PUT")).collect();
        assert!(matches!(writes[..], [fold] if fold.contains("/catalog/")), "only the rest was done: {writes:?}");
        assert_eq!(app.settle_jobs().await.unwrap(), [], "it is done");
    });
}

#[test]
fn what_is_not_live_waits_for_whoever_started_it() {
    let (servers, world, job) = interrupted("/packages/", Fate::Waits);
    servers.block_on(async {
        let app = world.app("mei");
        assert_eq!(app.settle_jobs().await.unwrap(), []);
        assert_eq!((app.jobs().unwrap()[0].status.clone(), world.revisions().await), (JobState::Interrupted, 0));
        assert_done(&resumed(&world, &job).await);
    });
}

#[test]
fn a_folder_that_is_gone_does_not_make_it_certain() {
    // The commit stands at the gate when its program ends: it may still arrive.
    let (servers, world, job) = interrupted("/plugins/", Fate::Waits);
    servers.block_on(async {
        std::fs::remove_dir_all(world.plugin()).unwrap();
        let JobState::Unknown { error } = resumed(&world, &job).await else { panic!("it is not known") };
        assert!(error.message.starts_with("It is still not known whether the publish is live. "), "{error:?}");
        world.plugin();
        assert_done(&resumed(&world, &job).await);
        assert_eq!(world.revisions().await, 1);
    });
}

#[test]
fn cancelling_what_was_resumed_does_not_make_it_certain() {
    let (servers, world, job) = interrupted("/packages/", Fate::Waits);
    servers.block_on(async {
        let gate = Gate::new();
        let stop = gate.clone();
        world.proxy.rule(
            move |method, path| if method == "PUT" && path.contains("/packages/") { Fate::Waits(stop.clone()) } else { Fate::Passes },
        );
        let app = world.app("mei");
        app.resume_job(&job).await.unwrap();
        gate.reached().await;
        app.cancel_job(&job).unwrap();
        let JobState::Unknown { error } = app.wait_job(&job).await.unwrap().status else { panic!("it is not known") };
        assert_eq!(error.message, "It is still not known whether the publish is live.");
    });
}
