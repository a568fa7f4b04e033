//! No credential comes out again: not in an answer, not in an error, not in a Debug output, not in a file, not in the bucket.
//!
//! Canaries are planted where keys come from, everything that can go well or wrong is done with them, and then they are searched for.

use std::{
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use patchbay_client::{
    App, Environment, Home, Keychain, MemoryKeychain,
    registries::Profiles,
    wire::{
        BrowseRequest, ChangeRequest, ConnectionStep, CredentialSource, JobState, JobView, PublishRequest, RegistryInput, Secret, WireError,
    },
};
use patchbay_local::LocalServer;
use serde::Serialize;
use serde_json::json;
use tempfile::TempDir;

/// Everything that was shown to anybody.
#[derive(Default)]
struct Shown(Mutex<Vec<String>>);

impl Shown {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    /// As it crosses to the window and to scripts, and as it would get into a log.
    fn see<T: Serialize + Debug>(&self, value: &T) {
        self.note(serde_json::to_string(value).unwrap());
        self.note(format!("{value:?} {value:#?}"));
    }

    /// An answer either way. Whether it was an error is for the caller to assert.
    fn either<T: Serialize + Debug>(&self, result: Result<T, WireError>) -> Option<WireError> {
        match result {
            Ok(value) => {
                self.see(&value);
                None
            }
            Err(error) => {
                self.see(&error);
                self.note(format!("{error} {error:#}"));
                Some(error)
            }
        }
    }
}

/// The ways in which bytes may be written down.
fn spellings(canary: &str) -> Vec<Vec<u8>> {
    let listed: Vec<_> = canary.bytes().map(|b| b.to_string()).collect();
    vec![
        canary.as_bytes().to_vec(),
        hex::encode(canary).into_bytes(),
        BASE64_STANDARD.encode(canary).trim_end_matches('=').as_bytes().to_vec(),
        // As a Debug output shows bytes.
        listed.join(", ").into_bytes(),
    ]
}

fn holds(bytes: &[u8], canaries: &[&str]) -> bool {
    canaries.iter().flat_map(|c| spellings(c)).any(|spelling| bytes.windows(spelling.len()).any(|window| window == spelling))
}

/// All files below a folder, and how many there are.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// Where a canary is: names and contents of files below a folder, and texts.
fn found(folder: &Path, shown: &Shown, canaries: &[&str]) -> Vec<String> {
    let in_file = |path: &PathBuf| holds(path.to_string_lossy().as_bytes(), canaries) || holds(&fs::read(path).unwrap(), canaries);
    let in_files = files(folder).into_iter().filter(in_file).map(|path| path.display().to_string());
    let texts = shown.0.lock().unwrap();
    let in_texts = texts.iter().filter(|text| holds(text.as_bytes(), canaries)).cloned();
    in_files.chain(in_texts).collect()
}

const KEY_ID: &str = "AKIACANARY7Q2ZMEOW44";
const SECRET: &str = "canary/secret+9d1fWk0qX2rT7uYb3nVhLmPzEaGs";
const TOKEN: &str = "canary-token-FwoGZXIvYXdzEJr5c0ffee==";

fn wrong() -> Secret {
    Secret { access_key_id: KEY_ID.into(), secret_access_key: SECRET.into(), session_token: Some(TOKEN.into()) }
}

fn input(name: &str, server: &LocalServer, credentials: CredentialSource) -> RegistryInput {
    RegistryInput {
        name: name.into(),
        bucket: Some(server.bucket().into()),
        prefix: None,
        endpoint: Some(server.endpoint().into()),
        region: None,
        url: None,
        credentials,
        create: false,
    }
}

fn app(folder: &Path, environment: &Environment, keychain: Arc<MemoryKeychain>) -> App {
    let home = Home::open(Some(folder), environment).unwrap();
    App::new(home, environment.clone(), keychain, Arc::new(jiff::Timestamp::now)).unwrap()
}

fn plugin(folder: &Path) -> String {
    let at = folder.join("src");
    fs::create_dir_all(&at).unwrap();
    let manifest = json!({"id": "timer", "version": "1.0.0", "name": "Timer", "description": "Counts.", "hosts": {"screenpipe": ">=0.2"}});
    fs::write(at.join("patchbay.json"), manifest.to_string()).unwrap();
    fs::write(at.join("README.md"), "# Timer").unwrap();
    at.display().to_string()
}

/// Everything that can be done with a registry, well or not; answers with how the publish ended.
async fn everything(app: &App, name: &str, path: &str, shown: &Shown) -> JobState {
    let registry = Some(name);
    shown.either(app.start());
    shown.either(app.registries());
    let steps: Mutex<Vec<ConnectionStep>> = Mutex::default();
    shown.either(app.test_registry(name, &|step| steps.lock().unwrap().push(step)).await);
    shown.see(&steps.into_inner().unwrap());
    shown.either(app.sync(registry).await);
    shown.either(app.inspect(registry, path).await);
    let request = PublishRequest { path: path.into(), notes: Some("- new".into()), ..PublishRequest::default() };
    let mut told = app.subscribe();
    let job = app.publish(registry, request).await.unwrap();
    let ended = app.wait_job(&job.id).await.unwrap();
    while let Ok(view) = told.try_recv() {
        shown.see::<JobView>(&view);
    }
    shown.see(&ended);
    shown.either(app.browse(registry, &BrowseRequest::of("")).await);
    shown.either(app.plugin(registry, "timer", true).await);
    shown.either(app.history(registry, "timer", None).await);
    shown.either(app.readme(registry, "timer", "1.0.0").await);
    let yank = ChangeRequest::Yank { version: "9.9.9".into(), reason: "x".into() };
    shown.either(app.plan(registry, "timer", &yank).await);
    shown.either(app.apply(registry, "timer", &yank).await);
    let job = app.download(registry, "timer", "1.0.0", None, &app.home().temporary().join("timer.zip")).await.unwrap();
    shown.see(&app.wait_job(&job.id).await.unwrap());
    shown.either(app.resume_job(&job.id).await);
    shown.either(app.jobs());
    shown.either(app.aws_profiles().await);
    shown.note(format!("{app:?} {app:#?} {:?} {:#?}", app.environment(), app.home()));
    for profile in Profiles::load(app.home()).unwrap().iter() {
        shown.note(format!("{profile:?} {profile:#?}"));
    }
    ended.status
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_nowhere() {
    let folder = TempDir::new().unwrap();
    let server = LocalServer::start(&folder.path().join("server"), None).await.unwrap();
    let path = plugin(folder.path());
    let shown = Shown::default();
    let accepted = server.credentials().access_key_id();
    // A key that nobody knows, and a known one with a wrong secret: the store answers differently.
    for (n, id) in [KEY_ID, accepted].into_iter().enumerate() {
        let environment = Environment::default()
            .with("USER", "mei")
            .with("AWS_ACCESS_KEY_ID", id)
            .with("AWS_SECRET_ACCESS_KEY", SECRET)
            .with("AWS_SESSION_TOKEN", TOKEN)
            .with("AWS_CONTAINER_AUTHORIZATION_TOKEN", TOKEN);
        let keychain = Arc::new(MemoryKeychain::default());
        let app = app(&folder.path().join(format!("home-{n}")), &environment, keychain.clone());
        let secret = Secret { access_key_id: id.into(), ..wrong() };
        shown.either(app.add_registry(input("kept", &server, CredentialSource::Keychain), Some(secret.clone())).await);
        shown.either(app.add_registry(input("given", &server, CredentialSource::Environment), None).await);
        let create = RegistryInput { create: true, ..input("made", &server, CredentialSource::Keychain) };
        assert!(shown.either(app.add_registry(create, Some(secret.clone())).await).is_some(), "it cannot be made with this key");
        for name in ["kept", "given"] {
            let ended = everything(&app, name, &path, &shown).await;
            let JobState::Failed { error } = ended else { panic!("{ended:?}") };
            assert_eq!(error.kind, "wrong_key");
        }
        shown.either(app.log_in("kept", secret.clone()).await);
        assert!(shown.either(app.log_in("given", secret.clone()).await).is_some(), "its key is not in the keychain");
        // An address with a password in it, and a key where a name belongs, are refused without repeating them.
        let address = format!("http://{id}:{}@localhost", SECRET.replace('/', "%2F"));
        let bad = RegistryInput { endpoint: Some(address), ..input("bad", &server, CredentialSource::Keychain) };
        assert!(shown.either(app.add_registry(bad, Some(secret.clone())).await).is_some());
        shown.note(format!("{keychain:?} {:?} {:?}", secret, keychain.get("kept").await));
    }
    assert!(shown.0.lock().unwrap().len() > 100, "much was shown");
    let encoded = SECRET.replace('/', "%2F");
    assert_eq!(found(folder.path(), &shown, &[KEY_ID, SECRET, TOKEN, &encoded]), [""; 0]);

    // The search finds what is there to be found.
    fs::write(folder.path().join("home-0/forgotten.txt"), format!("x{}x", hex::encode(TOKEN))).unwrap();
    shown.note(format!("{:?}", SECRET.as_bytes()));
    let found = found(folder.path(), &shown, &[KEY_ID, SECRET, TOKEN]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].ends_with("forgotten.txt"), "{found:?}");
}

#[tokio::test]
async fn a_key_that_is_accepted_is_nowhere() {
    let folder = TempDir::new().unwrap();
    let server = LocalServer::start(&folder.path().join("server"), None).await.unwrap();
    let key = server.credentials();
    let path = plugin(folder.path());
    let shown = Shown::default();
    let environment = Environment::default()
        .with("USER", "mei")
        .with("AWS_ACCESS_KEY_ID", key.access_key_id())
        .with("AWS_SECRET_ACCESS_KEY", key.secret_access_key());
    let app = app(&folder.path().join("home"), &environment, Arc::default());
    let secret =
        Secret { access_key_id: key.access_key_id().into(), secret_access_key: key.secret_access_key().into(), session_token: None };
    let create = RegistryInput { create: true, ..input("kept", &server, CredentialSource::Keychain) };
    shown.either(app.add_registry(create, Some(secret)).await);
    shown.either(app.add_registry(input("given", &server, CredentialSource::Environment), None).await);
    // The embedded registry has a key of its own.
    assert!(shown.either(app.start_embedded().await).is_none());
    let embedded = app.serve_local(None).await.unwrap();
    shown.note(format!("{embedded:?}"));
    let own: serde_json::Value = serde_json::from_slice(&fs::read(&embedded.key_file).unwrap()).unwrap();
    let (own_id, own_secret) = (own["access_key_id"].as_str().unwrap(), own["secret_access_key"].as_str().unwrap());
    for name in ["kept", "given", patchbay_client::EMBEDDED] {
        let ended = everything(&app, name, &path, &shown).await;
        assert!(matches!(ended, JobState::Done { .. }), "{ended:?}");
    }
    let canaries = [key.access_key_id(), key.secret_access_key(), own_id, own_secret];
    assert!(canaries.iter().all(|canary| canary.len() >= 16), "long enough not to be found by chance");
    let objects = |root: &Path| files(&root.join("buckets")).len();
    assert!(objects(&folder.path().join("server")) > 4 && objects(&app.home().registry()) > 4, "the buckets are among what is searched");

    // Only the two files that are there for it.
    let mut allowed = [folder.path().join("server").join(LocalServer::KEY_FILE), embedded.key_file].map(|path| path.display().to_string());
    let mut found = found(folder.path(), &shown, &canaries);
    allowed.sort();
    found.sort();
    assert_eq!(found, allowed);
}
