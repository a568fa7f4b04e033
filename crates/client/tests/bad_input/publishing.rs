//! What may happen while a package is on its way.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use patchbay_client::{
    App,
    wire::{Code, Consequence, JobResult, JobState, Phase},
};
use patchbay_package::Digest;
use patchbay_registry::Key;
use serde_json::{Value, json};

use super::{
    proxy::{Fate, Gate},
    world::{TEAM, World, assert_told, failed, publish, request, write_version},
};

#[track_caller]
fn assert_published(state: &JobState) {
    let JobState::Done { result: JobResult::Published { seq: 1, verified: true, warning: None, .. } } = state else { panic!("{state:?}") };
}

#[tokio::test]
async fn a_connection_that_is_always_dropped_in_mid_upload() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    world.proxy.rule(|method, path| if method == "PUT" && path.contains("/packages/") { Fate::Cut } else { Fate::Passes });
    let error = failed(publish(&app, TEAM, &path).await);
    let message = format!("The connection to {} was lost: the connection was closed before an answer came.", world.proxy.endpoint);
    assert_told(&error, Code::Network, "connection_lost", &message, "Check the network and the endpoint, then try again.");
    assert_eq!(world.revisions().await, 0);
    assert!(world.keys("packages/").await.is_empty(), "an object appears whole or not at all");
    assert_eq!(fs::read_dir(app.home().temporary()).unwrap().count(), 0, "nothing stays on this computer either");
    world.proxy.rule(|_, _| Fate::Passes);
    assert_published(&publish(&app, TEAM, &path).await);
    assert_eq!(world.revisions().await, 1);
}

#[tokio::test]
async fn a_connection_that_is_dropped_once() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    world.proxy.rule(move |method, path| {
        let first = method == "PUT" && path.contains("/packages/") && count.fetch_add(1, Ordering::SeqCst) == 0;
        if first { Fate::Cut } else { Fate::Passes }
    });
    assert_published(&publish(&app, TEAM, &world.plugin()).await);
    assert_eq!(seen.load(Ordering::SeqCst), 2, "it was sent again");
    assert_eq!(world.revisions().await, 1);
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    world.proxy.rule(|method, path| if method == "PUT" && path.contains("/plugins/") { Fate::Unanswered } else { Fate::Passes });
    let state = publish(&app, TEAM, &path).await;
    assert_published(&state);
    let JobState::Done { result: JobResult::Published { consequences, .. } } = state else { unreachable!("just asserted") };
    assert!(consequences.contains(&Consequence::Adds { version: "1.0.0".into() }), "{consequences:?}");
    assert_eq!(world.revisions().await, 1);
    let commits = world.proxy.requests().iter().filter(|r| r.starts_with("PUT") && r.contains("/plugins/")).count();
    assert_eq!(commits, 1, "it was asked about, and not sent again");
}

#[tokio::test]
async fn a_readme_that_has_not_changed_is_not_sent_again() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    assert_published(&publish(&app, TEAM, &path).await);
    let readme = format!("/assets/timer/{}", Digest::of(b"# Timer"));
    let asked = || world.proxy.requests().iter().filter(|r| r.starts_with("PUT") && r.contains(&readme)).count();
    assert_eq!(asked(), 1);
    write_version(Path::new(&path), "1.1.0");
    assert!(matches!(publish(&app, TEAM, &path).await, JobState::Done { .. }));
    assert_eq!(asked(), 1);
    fs::write(Path::new(&path).join("README.md"), "# Timer, again").unwrap();
    write_version(Path::new(&path), "1.2.0");
    assert!(matches!(publish(&app, TEAM, &path).await, JobState::Done { .. }));
    assert!(world.keys("assets/timer/").await.iter().any(|key| key.ends_with(&Digest::of(b"# Timer, again").to_string())));
}

#[tokio::test]
async fn what_is_refused_before_the_upload_writes_nothing() {
    let world = World::new().await;
    let path = world.plugin();
    assert_published(&publish(&world.member("mei").await, TEAM, &path).await);
    let mut about: Value = serde_json::from_slice(&world.object(&Key::Registry).await).unwrap();
    about["limits"] = json!({ "package": 5000 });
    world.plant(&Key::Registry, about.to_string().as_bytes()).await;
    write_version(Path::new(&path), "1.1.0");
    // Whoever knew the registry before keeps what it said.
    let bo = world.member("bo").await;
    let before = world.proxy.requests().len();
    let error = failed(publish(&bo, TEAM, &path).await);
    assert_eq!(error.kind, "package_too_large", "{error:?}");
    let requests = &world.proxy.requests()[before..];
    let is_probe = |request: &str| request.contains("/probe/");
    assert!(requests.iter().all(|request| request.starts_with("GET") || is_probe(request)), "{requests:?}");
}

/// A small version that was looked at, as the window does before it publishes.
async fn looked_at(app: &App, path: &str, version: &str) {
    fs::write(Path::new(path).join("main.bin"), "small").unwrap();
    write_version(Path::new(path), version);
    app.inspect(Some(TEAM), path).await.unwrap();
}

#[tokio::test]
async fn what_was_looked_at_a_moment_ago_is_not_read_again() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    assert_published(&publish(&app, TEAM, &path).await);
    looked_at(&app, &path, "1.1.0").await;
    let before = world.proxy.requests().len();
    assert!(matches!(publish(&app, TEAM, &path).await, JobState::Done { .. }));
    let requests = &world.proxy.requests()[before..];
    let is_upload = |request: &&String| request.contains("/packages/") || request.contains("/assets/");
    let head = requests.iter().position(|request| request.starts_with("PUT") && request.contains("/catalog/head.json")).unwrap();
    let beside: Vec<&String> = requests[..=head].iter().filter(|request| !is_upload(request)).collect();
    assert_eq!(beside.len(), 3, "history, document and catalogue: {beside:?}");
    assert!(beside.iter().all(|request| request.starts_with("PUT")), "{beside:?}");
}

#[tokio::test]
async fn what_was_looked_at_may_have_changed_since() {
    let world = World::new().await;
    let (mei, bo) = (world.member("mei").await, world.member("bo").await);
    let path = world.plugin();
    assert_published(&publish(&mei, TEAM, &path).await);
    // Another one takes the version: found out by the commit.
    looked_at(&mei, &path, "1.1.0").await;
    fs::write(Path::new(&path).join("main.bin"), "another").unwrap();
    assert!(matches!(publish(&bo, TEAM, &path).await, JobState::Done { .. }));
    fs::write(Path::new(&path).join("main.bin"), "small").unwrap();
    let error = failed(publish(&mei, TEAM, &path).await);
    assert_eq!((error.kind.as_str(), error.data["by"].as_str()), ("version_taken", "bo"), "{error:?}");
    // Another one makes something of it: nothing of that is lost.
    looked_at(&mei, &path, "1.3.0").await;
    write_version(Path::new(&path), "1.2.0");
    assert!(matches!(publish(&bo, TEAM, &path).await, JobState::Done { .. }));
    write_version(Path::new(&path), "1.3.0");
    assert!(matches!(publish(&mei, TEAM, &path).await, JobState::Done { .. }));
    assert_eq!(world.revisions().await, 4);
    // What was forbidden is allowed meanwhile.
    let key = Key::Document("timer".parse().unwrap());
    let stands = String::from_utf8(world.object(&key).await).unwrap();
    let becomes = async |seq: u64, status: &str| {
        let mut lines: Vec<String> = stands.lines().map(str::to_owned).collect();
        let mut header: Value = serde_json::from_str(&lines[1]).unwrap();
        (header["seq"], header["status"]) = (seq.into(), status.into());
        lines[1] = header.to_string();
        world.plant(&key, format!("{}\n", lines.join("\n")).as_bytes()).await;
    };
    becomes(5, "frozen").await;
    looked_at(&mei, &path, "1.4.0").await;
    becomes(6, "active").await;
    let state = publish(&mei, TEAM, &path).await;
    assert!(matches!(state, JobState::Done { .. }), "{state:?}");
}

#[tokio::test]
async fn a_second_publish_while_the_first_one_runs() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    let gate = Gate::new();
    let stop = gate.clone();
    world.proxy.rule(
        move |method, path| {
            if method == "PUT" && path.contains("/packages/") { Fate::Waits(stop.clone()) } else { Fate::Passes }
        },
    );
    let first = app.publish(Some(TEAM), request(&path)).await.unwrap();
    gate.reached().await;
    let second = app.publish(Some(TEAM), request(&path)).await.unwrap();
    assert_eq!(second.id, first.id);
    assert!(matches!(second.status, JobState::Running { phase: Phase::Uploading, .. }), "{second:?}");
    gate.open();
    assert_published(&app.wait_job(&first.id).await.unwrap().status);
    assert_eq!(app.jobs().unwrap().len(), 1);
    assert_eq!(world.revisions().await, 1);
}

#[tokio::test]
async fn cancelled_while_uploading() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    let gate = Gate::new();
    let stop = gate.clone();
    world.proxy.rule(
        move |method, path| {
            if method == "PUT" && path.contains("/packages/") { Fate::Waits(stop.clone()) } else { Fate::Passes }
        },
    );
    let job = app.publish(Some(TEAM), request(&path)).await.unwrap();
    gate.reached().await;
    app.cancel_job(&job.id).unwrap();
    assert_eq!(app.wait_job(&job.id).await.unwrap().status, JobState::Cancelled);
    assert_eq!(world.revisions().await, 0);
    assert!(world.keys("plugins/").await.is_empty());
    assert!(world.keys("catalog/").await.is_empty());
    assert_eq!(fs::read_dir(app.home().temporary()).unwrap().count(), 0);
    world.proxy.rule(|_, _| Fate::Passes);
    assert_published(&publish(&app, TEAM, &path).await);
    assert_eq!(world.revisions().await, 1);
}

/// A disk that takes no more than so many bytes: the shell sets a limit for the size of files and ignores the signal, and this test runs
/// itself again inside it. What is said of a full one is tested where packages are written.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_without_room_for_the_package() {
    use std::{path::Path, process::Command};

    const INSIDE: &str = "PATCHBAY_TEST_LIMITED";
    let Ok(folder) = std::env::var(INSIDE) else {
        let folder = tempfile::TempDir::new().unwrap();
        super::world::write_plugin(folder.path());
        let this = std::env::current_exe().unwrap();
        let script = "trap '' XFSZ && ulimit -f 1000 && exec \"$0\" --exact bad_input::publishing::a_disk_without_room_for_the_package";
        let ran = Command::new("sh").arg("-c").arg(script).arg(this).env(INSIDE, folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&ran.stderr));
        return;
    };
    // The server of this world is under the same limit, and never gets to feel it.
    let world = World::new().await;
    let app = world.member("mei").await;
    let error = failed(publish(&app, TEAM, &folder).await);
    let message = "The package cannot be written: the disk does not take files of this size.";
    assert_told(&error, Code::Failed, "package_not_written", message, "Check that you may write there, then try again.");
    assert!(Path::new(&folder).join("main.bin").metadata().unwrap().len() > 1 << 21, "the folder is untouched");
    assert_eq!(fs::read_dir(app.home().temporary()).unwrap().count(), 0, "what was begun is removed");
    assert!(world.keys("packages/").await.is_empty());
    assert_eq!(world.revisions().await, 0);
}
