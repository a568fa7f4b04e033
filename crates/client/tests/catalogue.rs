//! A catalogue that cannot be read: what is known still serves, and a publish is live all the same.
#![allow(clippy::unwrap_used)]

use std::{fs, path::PathBuf, sync::Arc};

use patchbay_client::{
    App, Environment, Home, MemoryKeychain,
    wire::{Code, JobResult, JobState, PublishRequest, SortBy, WireError},
};
use patchbay_testkit::plugin::PluginFolder;
use tempfile::TempDir;

fn app(folder: &TempDir) -> App {
    let environment = Environment::default().with("USER", "mei");
    let home = Home::open(Some(folder.path()), &environment).unwrap();
    App::new(home, environment, Arc::new(MemoryKeychain::default()), Arc::new(jiff::Timestamp::now)).unwrap()
}

async fn publish(app: &App, folder: &TempDir, version: &str) -> (bool, Option<WireError>) {
    let path = PluginFolder::new("timer", version).write(folder.path()).display().to_string();
    let job = app.publish(None, PublishRequest { path, ..PublishRequest::default() }).await.unwrap();
    match app.wait_job(&job.id).await.unwrap().status {
        JobState::Done { result: JobResult::Published { verified, warning, .. } } => (verified, warning),
        other => panic!("{other:?}"),
    }
}

/// The catalogue of the embedded registry.
fn head(app: &App) -> PathBuf {
    app.home().registry().join("buckets/patchbay/catalog/head.json")
}

#[tokio::test]
async fn a_catalogue_that_is_newer_cut_off_or_a_web_page() {
    let tell = "Nothing was changed. Tell whoever administers the registry; earlier revisions are under history/.";
    let newer = "catalog/head.json is in format 2; this version of Patchbay knows format 1.";
    let cases = [
        (r#"{"patchbay":2,"rows":"elsewhere"}"#, "newer_format", newer, "Update Patchbay."),
        (r#"{"patchbay":1,"position":1"#, "cut_off", "catalog/head.json is cut off.", tell),
        ("hello", "unreadable", "catalog/head.json cannot be read: line 1 is not what Patchbay writes.", tell),
    ];
    for (text, kind, message, hint) in cases {
        let folder = TempDir::new().unwrap();
        let app = app(&folder);
        assert_eq!(publish(&app, &folder, "1.0.0").await, (true, None));
        fs::write(head(&app), text).unwrap();
        let is_told = |error: Option<WireError>| {
            let error = error.unwrap_or_else(|| panic!("{kind} was not told"));
            assert_eq!((error.code, error.kind.as_str(), error.message.as_str()), (Code::Integrity, kind, message));
            assert_eq!(error.hint.as_deref(), Some(hint));
        };
        let synced = app.sync(None).await.unwrap();
        is_told(synced.stale);
        assert_eq!((synced.total, synced.changed), (1, false), "the copy still serves");
        let browse = app.browse(None, "timer", SortBy::Relevance, &[]).await.unwrap();
        assert_eq!(browse.rows[0].version, "1.0.0");
        // A publish is live, and says that the list lags; what stands there is left alone.
        let (verified, warning) = publish(&app, &folder, "1.1.0").await;
        assert!(verified, "{kind}");
        is_told(warning);
        assert_eq!(app.plugin(None, "timer", true).await.unwrap().card.channels[0].version, "1.1.0");
        assert_eq!(fs::read_to_string(head(&app)).unwrap(), text);
    }
}
