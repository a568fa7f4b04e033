//! A catalogue that cannot be read: what is known still serves, and a publish is live all the same.

use std::{fs, path::PathBuf, sync::Arc};

use patchbay_client::{
    App, Environment, Home, MemoryKeychain,
    copy::LocalCopy,
    wire::{
        BrowseRequest, ChangeRequest, Code, InstalledPlugin, JobResult, JobState, OutdatedView, PublishRequest, UpdateAdvice, WireError,
    },
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
        let browse = app.browse(None, &BrowseRequest::of("timer")).await.unwrap();
        assert_eq!(browse.rows[0].version, "1.0.0");
        // A publish is live, and says that the list lags; what stands there is left alone.
        let (verified, warning) = publish(&app, &folder, "1.1.0").await;
        assert!(verified, "{kind}");
        is_told(warning);
        assert_eq!(app.plugin(None, "timer", true).await.unwrap().card.channels[0].version, "1.1.0");
        assert_eq!(fs::read_to_string(head(&app)).unwrap(), text);
    }
}

fn installed(id: &str, version: &str, channel: Option<&str>) -> InstalledPlugin {
    InstalledPlugin { id: id.into(), version: version.into(), channel: channel.map(str::to_owned) }
}

async fn roll_back(app: &App, to: &str) {
    let request = ChangeRequest::Rollback {
        channel: "stable".into(),
        to: to.into(),
        reason: "It counts backwards.".into(),
        yank: true,
        expect: None,
    };
    app.apply(None, "timer", &request).await.unwrap();
}

#[tokio::test]
async fn what_to_do_about_what_is_installed() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    publish(&app, &folder, "1.0.0").await;
    publish(&app, &folder, "1.1.0").await;
    let asked = [
        installed("timer", "1.0.0", None),
        installed("timer", "1.1.0", Some("stable")),
        installed("timer", "1.1.0", Some("lts")),
        installed("other", "1.0.0", None),
    ];
    let advice = |view: OutdatedView| view.plugins.into_iter().map(|p| p.advice).collect::<Vec<_>>();
    let update = UpdateAdvice::Update { to: "1.1.0".into() };
    let said = app.outdated(None, &asked).await.unwrap();
    assert_eq!(advice(said), [update, UpdateAdvice::Current, UpdateAdvice::NoChannel, UpdateAdvice::NotListed]);
    roll_back(&app, "1.0.0").await;
    let said = app.outdated(None, &asked[..2]).await.unwrap();
    assert_eq!(said.plugins[1].yanked.as_deref(), Some("It counts backwards."));
    let [current, back] = &advice(said)[..] else { panic!() };
    assert_eq!(*current, UpdateAdvice::Current);
    let UpdateAdvice::GoBack { to, reason, by, .. } = back else { panic!("{back:?}") };
    assert_eq!((to.as_str(), reason.as_str(), by.as_str()), ("1.0.0", "It counts backwards.", "mei"));
    // What makes no sense is said before anything is asked.
    let error = app.outdated(None, &[installed("Timer", "1.0.0", None)]).await.unwrap_err();
    assert_eq!(error.code, Code::Usage);
}

fn copy_of(folder: &TempDir) -> PathBuf {
    fs::read_dir(folder.path().join("cache")).unwrap().map(|e| e.unwrap().path().join("catalogue")).find(|p| p.exists()).unwrap()
}

/// Another program on the same computer, later.
fn again(app: &App) -> App {
    App::new(app.home().clone(), app.environment().clone(), Arc::new(MemoryKeychain::default()), Arc::new(jiff::Timestamp::now)).unwrap()
}

#[tokio::test]
async fn the_copy_is_one_file_and_a_damaged_one_is_fetched_again() {
    let folder = TempDir::new().unwrap();
    let first = app(&folder);
    publish(&first, &folder, "1.0.0").await;
    let path = copy_of(&folder);
    let copy = LocalCopy::open(&path).unwrap();
    assert_eq!((copy.table().len(), copy.known.head.position), (1, 1));
    // Kept and opened again, it is the same; nothing new writes nothing but the time.
    let (whole, at) = (fs::read(&path).unwrap(), copy.synced_at);
    first.sync(None).await.unwrap();
    assert_eq!(fs::read(&path).unwrap(), whole);
    assert!(LocalCopy::open(&path).unwrap().synced_at > at);
    for n in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[n] ^= 1;
        fs::write(&path, &damaged).unwrap();
        assert_eq!(LocalCopy::open(&path), None, "byte {n}");
        fs::write(&path, &whole[..n]).unwrap();
        assert_eq!(LocalCopy::open(&path), None, "cut off at {n}");
    }
    let second = again(&first);
    assert_eq!(second.browse(None, &BrowseRequest::of("")).await.unwrap().total, 0);
    assert_eq!(second.sync(None).await.unwrap().total, 1);
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[tokio::test]
async fn what_changes_goes_behind_what_is_there() {
    let folder = TempDir::new().unwrap();
    let first = app(&folder);
    publish(&first, &folder, "1.0.0").await;
    let path = copy_of(&folder);
    let before = fs::read(&path).unwrap();
    publish(&first, &folder, "1.1.0").await;
    let whole = fs::read(&path).unwrap();
    assert!(whole.starts_with(&before) && whole.len() > before.len());
    let version = |copy: &LocalCopy| copy.table().row(&"timer".parse().unwrap()).unwrap().version.to_string();
    let copy = LocalCopy::open(&path).unwrap();
    assert_eq!((version(&copy).as_str(), copy.known.head.position), ("1.1.0", 2));
    // Whatever happens to the change, what was there before it is there still, and what is wrong is never shown.
    for n in before.len()..whole.len() {
        let mut damaged = whole.clone();
        damaged[n] ^= 1;
        for bytes in [&damaged, &whole[..n].to_vec()] {
            fs::write(&path, bytes).unwrap();
            let copy = LocalCopy::open(&path).unwrap();
            assert_eq!((version(&copy).as_str(), copy.known.head.position), ("1.0.0", 1), "{n}");
        }
    }
    // Nothing goes behind what is damaged.
    let second = again(&first);
    assert_eq!(second.sync(None).await.unwrap().stale, None);
    assert_eq!(version(&LocalCopy::open(&path).unwrap()), "1.1.0");
    // Nor behind what another program has put there.
    publish(&first, &folder, "1.2.0").await;
    publish(&second, &folder, "1.3.0").await;
    assert_eq!(version(&LocalCopy::open(&path).unwrap()), "1.3.0");
    assert_eq!(version(&LocalCopy::open(&path).unwrap()), again(&first).plugin(None, "timer", true).await.unwrap().card.version);
}

#[tokio::test]
async fn the_window_of_who_may_write_catches_up_by_itself() {
    let folder = TempDir::new().unwrap();
    let writer = app(&folder);
    publish(&writer, &folder, "1.0.0").await;
    let before = fs::read(head(&writer)).unwrap();
    publish(&writer, &folder, "1.1.0").await;
    // The publish went through, and what it told the catalogue was lost.
    fs::write(head(&writer), before).unwrap();
    let listed = async |app: &App| {
        app.sync_confirmed(None).await.unwrap();
        app.browse(None, &BrowseRequest::of("")).await.unwrap().rows[0].version.clone()
    };
    let window = again(&writer);
    assert_eq!(listed(&window).await, "1.0.0");
    window.look_after(None).await;
    assert_eq!(listed(&window).await, "1.1.0");
    assert_eq!(listed(&again(&writer)).await, "1.1.0");
    // It has just looked, and does not do so again at once.
    fs::remove_file(head(&writer)).unwrap();
    window.look_after(None).await;
    assert!(!head(&writer).exists());
}

#[tokio::test]
async fn a_list_that_shrank_is_kept_until_somebody_accepts_the_shorter_one() {
    let folder = TempDir::new().unwrap();
    let first = app(&folder);
    first.start_embedded().await.unwrap();
    let had = first.sync(None).await.unwrap().total;
    assert!(had > 3);
    fs::remove_file(head(&first)).unwrap();
    let synced = first.sync(None).await.unwrap();
    let error = synced.stale.unwrap();
    assert_eq!((error.kind.as_str(), error.data["had"].as_str(), error.data["has"].as_str()), ("catalogue_shrank", &*had.to_string(), "0"));
    assert_eq!(synced.total, had, "the copy still serves");
    let accepted = first.sync_confirmed(None).await.unwrap();
    assert_eq!((accepted.total, accepted.stale, accepted.changed), (0, None, true));
    // And whoever may write finds again what the documents say.
    let mended = first.catch_up(None, false).await.unwrap();
    assert_eq!((mended.total, mended.changed), (had, true));
}
