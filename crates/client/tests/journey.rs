//! The main job, end to end, on the embedded registry: publish, publish a worse version, roll back, undo.

use std::{fs, path::Path, sync::Arc};

use patchbay_client::{
    App, Environment, Home, MemoryKeychain,
    wire::{ActionKind, BrowseRequest, ChangeRequest, Code, Consequence, JobResult, JobState, PublishRequest, StaysBecause},
};
use serde_json::json;
use tempfile::TempDir;

fn app(folder: &TempDir) -> App {
    let environment = Environment::default().with("USER", "mei");
    let home = Home::open(Some(folder.path()), &environment).unwrap();
    App::new(home, environment, Arc::new(MemoryKeychain::default()), Arc::new(jiff::Timestamp::now)).unwrap()
}

/// A plugin folder as an author has it.
fn plugin(folder: &Path, version: &str, code: &str) -> String {
    let at = folder.join(format!("src-{version}"));
    fs::create_dir_all(&at).unwrap();
    let manifest = json!({"id": "timer", "version": version, "name": "Timer", "description": "Counts.", "hosts": {"screenpipe": ">=0.2"}});
    fs::write(at.join("patchbay.json"), manifest.to_string()).unwrap();
    fs::write(at.join("README.md"), "# Timer\n\n<script>alert(1)</script>[x](javascript:alert(1))").unwrap();
    fs::write(at.join("main.js"), code).unwrap();
    at.display().to_string()
}

fn request(path: &str) -> PublishRequest {
    PublishRequest { path: path.into(), notes: Some("- better".into()), ..PublishRequest::default() }
}

async fn publish(app: &App, request: PublishRequest) -> JobState {
    let job = app.publish(None, request).await.unwrap();
    app.wait_job(&job.id).await.unwrap().status
}

fn rollback(to: &str) -> ChangeRequest {
    ChangeRequest::Rollback { channel: "stable".into(), to: to.into(), reason: "Counts backwards.".into(), yank: true, expect: None }
}

#[tokio::test]
async fn a_bad_release_is_rolled_back_and_the_rollback_undone() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    let first = publish(&app, request(&plugin(folder.path(), "1.0.0", "good"))).await;
    let JobState::Done { result: JobResult::Published { verified: true, seq: 1, warning: None, .. } } = first else { panic!("{first:?}") };
    let worse = plugin(folder.path(), "1.1.0", "bad");
    let plan = app.inspect(None, &worse).await.unwrap();
    assert_eq!((plan.newest.as_deref(), plan.already_live, plan.default_channel.as_str()), (Some("1.0.0"), false, "stable"));
    assert_eq!(plan.files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["README.md", "main.js", "patchbay.json"]);
    publish(&app, request(&worse)).await;

    let view = app.plugin(None, "timer", true).await.unwrap();
    assert_eq!(view.card.channels[0].version, "1.1.0");
    assert_eq!(view.releases.iter().map(|r| r.version.as_str()).collect::<Vec<_>>(), ["1.1.0", "1.0.0"]);
    let readme = app.readme(None, "timer", "1.1.0").await.unwrap().unwrap();
    assert!(!readme.contains("<script") && !readme.contains("href=\"javascript"), "{readme}");

    let plan = app.plan(None, "timer", &rollback("1.0.0")).await.unwrap();
    let done = app.apply(None, "timer", &rollback("1.0.0")).await.unwrap();
    assert_eq!(plan.consequences, done.consequences);
    assert!(done.consequences.contains(&Consequence::Yanks { version: "1.1.0".into() }));
    let view = app.plugin(None, "timer", true).await.unwrap();
    let left = view.card.channels[0].rolled_back.clone().unwrap();
    assert_eq!(
        (left.from.as_str(), left.to.as_str(), left.reason.as_str(), left.by.as_str()),
        ("1.1.0", "1.0.0", "Counts backwards.", "mei")
    );

    // A publish leaves the held channel alone.
    let next = publish(&app, request(&plugin(folder.path(), "1.2.0", "fixed"))).await;
    let JobState::Done { result: JobResult::Published { consequences, .. } } = next else { panic!("{next:?}") };
    assert!(consequences.iter().any(|c| matches!(c, Consequence::Stays { because: StaysBecause::Held, .. })), "{consequences:?}");

    app.apply(None, "timer", &ChangeRequest::Undo { seq: Some(done.seq) }).await.unwrap();
    let view = app.plugin(None, "timer", true).await.unwrap();
    assert_eq!((view.card.channels[0].version.as_str(), view.card.channels[0].held), ("1.1.0", false));
    assert!(view.releases.iter().all(|r| r.yanked.is_none() && r.rolled_back.is_none()));

    let history = app.history(None, "timer", None).await.unwrap();
    let kinds: Vec<_> = history.revisions.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [ActionKind::Undo, ActionKind::Publish, ActionKind::Rollback, ActionKind::Publish, ActionKind::Publish]);
    assert_eq!(history.next_before, None);
    // The undo can be undone; the rollback no longer stands, and a publish stays.
    assert_eq!(history.revisions.iter().map(|r| r.can_undo).collect::<Vec<_>>(), [true, false, false, false, false]);
    let browse = app.browse(None, &BrowseRequest::of("tim")).await.unwrap();
    assert_eq!((browse.rows.len(), browse.rows[0].version.as_str()), (1, "1.1.0"));
}

#[tokio::test]
async fn the_same_bytes_are_already_live_and_other_bytes_are_refused() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    let path = plugin(folder.path(), "1.0.0", "good");
    publish(&app, request(&path)).await;
    let again = publish(&app, request(&path)).await;
    let JobState::Done { result: JobResult::Published { consequences, seq: 1, .. } } = again else { panic!("{again:?}") };
    assert_eq!(consequences, [Consequence::AlreadyLive { version: "1.0.0".into() }]);
    assert!(app.inspect(None, &path).await.unwrap().already_live);

    let other = plugin(folder.path(), "1.0.0", "other");
    let plan = app.inspect(None, &other).await.unwrap();
    assert_eq!(plan.next_free.as_deref(), Some("1.0.1"));
    let refused = publish(&app, request(&other)).await;
    let JobState::Failed { error } = refused else { panic!("{refused:?}") };
    assert_eq!((error.code, error.kind.as_str()), (Code::Conflict, "version_taken"));
    assert!(error.message.starts_with("Version 1.0.0 is taken: mei published other files under it on 20"), "{}", error.message);
    assert_eq!(error.hint.as_deref(), Some("Publish as 1.0.1, the next free version."));
}

#[tokio::test]
async fn the_samples_have_versions_channels_and_a_rollback() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    assert!(app.registries().unwrap().is_empty());
    let registries = app.start_embedded().await.unwrap();
    assert_eq!(registries.len(), 1);
    let browse = app.browse(None, &BrowseRequest::of("")).await.unwrap();
    assert_eq!(browse.rows.len(), 6);
    let view = app.plugin(None, "timesheet-export", false).await;
    assert_eq!(view.unwrap_err().kind, "no_plugin");
    let view = app.plugin(None, "timesheet-export", true).await.unwrap();
    assert_eq!(view.releases.len(), 9);
    assert_eq!(
        view.card.channels.iter().map(|c| (c.name.as_str(), c.version.as_str(), c.held)).collect::<Vec<_>>(),
        [("stable", "3.2.0", true), ("beta", "3.4.0-beta.2", false)]
    );
    // Asking again publishes nothing twice.
    app.start_embedded().await.unwrap();
    assert_eq!(app.browse(None, &BrowseRequest::of("")).await.unwrap().rows.len(), 6);
}
