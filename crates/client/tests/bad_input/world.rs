//! A bucket on a server of its own, a proxy in front of it, and the people who use it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use patchbay_client::{
    App, Clock, Environment, Home, MemoryKeychain,
    wire::{Code, CredentialSource, JobState, PublishRequest, RegistryInput, Secret, WireError},
};
use patchbay_local::LocalServer;
use patchbay_registry::{
    Key,
    store::{
        Body, Condition, Fetched, Store,
        s3::{S3Config, S3Store},
    },
};
use serde_json::json;
use tempfile::TempDir;

use super::proxy::Proxy;

/// The registry that everybody here uses.
pub const TEAM: &str = "team";

/// Everything that a test needs.
pub struct World {
    pub folder: TempDir,
    pub server: LocalServer,
    pub proxy: Proxy,
    keychain: Arc<MemoryKeychain>,
}

impl World {
    pub async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let server = LocalServer::start(&folder.path().join("server"), None).await.unwrap();
        let proxy = Proxy::start(server.endpoint()).await;
        Self { folder, server, proxy, keychain: Arc::default() }
    }

    /// The app on the computer of this person. Opened again, it is the same computer after a restart.
    pub fn app(&self, person: &str) -> App {
        self.app_by(person, Arc::new(jiff::Timestamp::now))
    }

    /// The same with a clock of its own.
    pub fn app_by(&self, person: &str, clock: Clock) -> App {
        let environment = Environment::default().with("USER", person);
        let home = Home::open(Some(&self.folder.path().join(person)), &environment).unwrap();
        App::new(home, environment, self.keychain.clone(), clock).unwrap()
    }

    /// The same, with the registry added by way of the proxy; made by whoever is first.
    pub async fn member(&self, person: &str) -> App {
        let app = self.app(person);
        app.add_registry(RegistryInput { create: true, ..input(TEAM, &self.proxy.endpoint) }, Some(self.key())).await.unwrap();
        app
    }

    /// The key that the server accepts.
    pub fn key(&self) -> Secret {
        let key = self.server.credentials();
        Secret { access_key_id: key.access_key_id().into(), secret_access_key: key.secret_access_key().into(), session_token: None }
    }

    /// The bucket itself, past the proxy.
    pub fn bucket(&self) -> S3Store {
        let key = self.server.credentials();
        let pair = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "test");
        let mut config = S3Config::new(self.server.bucket(), self.server.region(), SharedCredentialsProvider::new(pair));
        config.endpoint = Some(self.server.endpoint().into());
        S3Store::new(config).unwrap()
    }

    /// What stands under a key.
    pub async fn object(&self, key: &Key) -> Vec<u8> {
        let Fetched::Found(object) = self.bucket().get(key, None, 1 << 20).await.unwrap() else { panic!("nothing at {key}") };
        object.bytes.to_vec()
    }

    /// Puts bytes there, whatever stands there.
    pub async fn plant(&self, key: &Key, bytes: &[u8]) {
        let bucket = self.bucket();
        let condition = match bucket.get(key, None, 1 << 20).await.unwrap() {
            Fetched::Found(object) => Condition::Matches(object.etag),
            _ => Condition::Absent,
        };
        bucket.put(key, Body::Bytes(bytes.to_vec().into()), condition, None).await.unwrap();
    }

    /// All keys that begin like this.
    pub async fn keys(&self, prefix: &str) -> Vec<String> {
        self.bucket().list(prefix).await.unwrap().into_iter().map(|o| o.key).collect()
    }

    /// The files of the bucket whose paths have this in them.
    pub fn files(&self, part: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().join("server/buckets/patchbay")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_string_lossy().replace('\\', "/").contains(part) {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }

    /// How many revisions of the plugin are live, as somebody else sees it who has nothing to do with the proxy.
    pub async fn revisions(&self) -> usize {
        let other = self.app("observer");
        if other.registries().unwrap().is_empty() {
            other.add_registry(input("direct", self.server.endpoint()), Some(self.key())).await.unwrap();
        }
        match other.history(None, "timer", None).await {
            Ok(history) => history.revisions.len(),
            Err(e) if e.kind == "no_plugin" => 0,
            Err(e) => panic!("{e:?}"),
        }
    }

    /// A plugin folder whose package is larger than what a connection holds back.
    pub fn plugin(&self) -> String {
        let folder = self.folder.path().join("src");
        fs::create_dir_all(&folder).unwrap();
        write_plugin(&folder);
        folder.display().to_string()
    }
}

/// Four megabytes that do not become smaller, and a manifest.
pub fn write_plugin(folder: &Path) {
    write_version(folder, "1.0.0");
    fs::write(folder.join("README.md"), "# Timer").unwrap();
    // Xorshift (Marsaglia, 2003): the same bytes every time, and no two alike for a compressor.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    fs::write(folder.join("main.bin"), noise.take(1 << 19).flatten().collect::<Vec<_>>()).unwrap();
}

/// The manifest, with this version.
pub fn write_version(folder: &Path, version: &str) {
    let manifest = json!({"id": "timer", "version": version, "name": "Timer", "description": "Counts.", "hosts": {"screenpipe": ">=0.2"}});
    fs::write(folder.join("patchbay.json"), manifest.to_string()).unwrap();
}

/// A bucket at an endpoint, with a key from the keychain.
pub fn input(name: &str, endpoint: &str) -> RegistryInput {
    RegistryInput {
        name: name.into(),
        bucket: Some("patchbay".into()),
        prefix: None,
        endpoint: Some(endpoint.into()),
        region: None,
        url: None,
        credentials: CredentialSource::Keychain,
        create: false,
    }
}

pub fn request(path: &str) -> PublishRequest {
    PublishRequest { path: path.into(), ..PublishRequest::default() }
}

/// Publishes, and waits for the end.
pub async fn publish(app: &App, registry: &str, path: &str) -> JobState {
    let job = app.publish(Some(registry), request(path)).await.unwrap();
    app.wait_job(&job.id).await.unwrap().status
}

#[track_caller]
pub fn failed(state: JobState) -> WireError {
    let JobState::Failed { error } = state else { panic!("{state:?}") };
    error
}

/// What a person is told, and what a script sees.
#[track_caller]
pub fn assert_told(error: &WireError, code: Code, kind: &str, message: &str, hint: &str) {
    let told = (error.code, error.kind.as_str(), error.message.as_str(), error.hint.as_deref());
    assert_eq!(told, (code, kind, message, Some(hint)));
}
