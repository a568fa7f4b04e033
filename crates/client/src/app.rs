//! What a front door holds: the folders, the surroundings, the keychain, the jobs and the registries that are in use.

use std::{collections::HashMap, fmt, path::PathBuf, sync::Arc};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_sts::config::SharedHttpClient;
use jiff::Timestamp;
use patchbay_local::LocalServer;
use patchbay_registry::store::{
    StoreError,
    http::{Network, ProxySettings},
};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::{
    credentials::{self, Identity, Keychain},
    environment::Environment,
    files::FileError,
    home::Home,
    jobs::{Clock, Jobs},
    registries::{Place, Profile, Profiles, RegistriesError},
    sentence::sentence,
    session::Session,
    settings,
    wire::{Code, CredentialSource, Settings, Start, WireError},
};

/// The name of the registry on this computer.
pub const EMBEDDED: &str = "this-computer";

/// Where AWS tells identities, when nothing else is said.
const STS: &str = "https://sts.amazonaws.com";

/// Everything that the operations need. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    home: Home,
    environment: Environment,
    keychain: Arc<dyn Keychain>,
    clock: Clock,
    jobs: Jobs,
    sessions: Mutex<HashMap<String, Arc<Session>>>,
    local: OnceCell<LocalServer>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("home", &self.0.home).finish_non_exhaustive()
    }
}

/// A running embedded registry, for whoever wants to reach it with other tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// The region to sign for.
    pub region: String,
    /// The file that holds the key; only its owner can read it.
    pub key_file: PathBuf,
}

impl App {
    /// Opens the folders. No network, no keychain.
    ///
    /// # Errors
    /// When the jobs of earlier runs cannot be read.
    pub fn new(home: Home, environment: Environment, keychain: Arc<dyn Keychain>, clock: Clock) -> Result<Self, WireError> {
        let jobs = Jobs::open(&home, clock.clone())?;
        let sessions = Mutex::new(HashMap::new());
        Ok(Self(Arc::new(Inner { home, environment, keychain, clock, jobs, sessions, local: OnceCell::new() })))
    }

    /// The folders.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.0.home
    }

    /// The surroundings.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.0.environment
    }

    pub(crate) fn keychain(&self) -> &Arc<dyn Keychain> {
        &self.0.keychain
    }

    pub(crate) fn job_list(&self) -> &Jobs {
        &self.0.jobs
    }

    pub(crate) fn clock(&self) -> Clock {
        self.0.clock.clone()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// What the window needs before it paints: settings, registries, language. Reads two small files.
    ///
    /// # Errors
    /// When one of them is damaged.
    pub fn start(&self) -> Result<Start, WireError> {
        Ok(Start {
            version: env!("CARGO_PKG_VERSION").into(),
            platform: self.environment().platform().into(),
            locale: self.environment().locale(),
            settings: self.settings()?,
            registries: self.registries()?,
        })
    }

    /// The settings; the name falls back to the account's.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn settings(&self) -> Result<Settings, WireError> {
        Ok(settings::load(self.home())?)
    }

    /// Writes the settings.
    ///
    /// # Errors
    /// When the file is damaged or cannot be written.
    pub fn save_settings(&self, next: &Settings) -> Result<Settings, WireError> {
        settings::save(self.home(), next)?;
        self.settings()
    }

    /// The name to record changes under: the person's, and in brackets the identity that the provider tells.
    pub(crate) fn actor(&self, profile: &Profile) -> Result<String, WireError> {
        let settings = self.settings()?;
        let name = match settings.actor.trim() {
            "" => self.environment().account().unwrap_or("somebody").to_owned(),
            name => name.to_owned(),
        };
        Ok(match &profile.identity {
            Some(identity) => format!("{name} ({identity})"),
            None => name,
        })
    }

    /// The profile of a registry. On a fresh computer that is the embedded one, which needs no setting up.
    pub(crate) fn profile(&self, name: Option<&str>) -> Result<Profile, WireError> {
        let known = Profiles::load(self.home())?;
        match known.get(name) {
            Ok(profile) => Ok(profile.clone()),
            Err(RegistriesError::NoneYet) => self.add_embedded(),
            Err(RegistriesError::NotFound { .. }) if name == Some(EMBEDDED) => self.add_embedded(),
            Err(e) => Err(e.into()),
        }
    }

    /// Adds the registry on this computer, if it is not there yet.
    pub(crate) fn add_embedded(&self) -> Result<Profile, WireError> {
        Ok(Profiles::change(self.home(), |known| {
            if let Some(there) = known.iter().find(|p| p.place == Place::Embedded) {
                return Ok(there.clone());
            }
            let profile = Profile::embedded(EMBEDDED)?;
            known.add(profile.clone())?;
            Ok(profile)
        })?)
    }

    /// Changes what is remembered of a registry.
    pub(crate) fn change_profile(&self, name: &str, change: impl FnOnce(&mut Profile)) -> Result<(), WireError> {
        Ok(Profiles::change(self.home(), |known| {
            change(known.get_mut(name)?);
            Ok(())
        })?)
    }

    /// The registry of this name, opened; the default when none is named.
    pub(crate) async fn session(&self, name: Option<&str>) -> Result<Arc<Session>, WireError> {
        let profile = self.profile(name)?;
        let mut sessions = self.0.sessions.lock().await;
        if let Some(session) = sessions.get(&profile.name) {
            return Ok(session.clone());
        }
        let session = Arc::new(Session::open(self, &profile).await?);
        sessions.insert(profile.name, session.clone());
        Ok(session)
    }

    /// Forgets an opened registry, because its key or its profile has changed.
    pub(crate) async fn close(&self, name: &str) {
        self.0.sessions.lock().await.remove(name);
    }

    /// What signs the requests of a registry: the source that the person chose, and no other.
    pub(crate) async fn credentials(&self, profile: &Profile) -> Result<Identity, WireError> {
        if profile.credentials == CredentialSource::Embedded {
            let key = self.local_server().await?.credentials();
            let pair = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "embedded");
            return Ok(Identity { provider: SharedCredentialsProvider::new(pair), source: CredentialSource::Embedded });
        }
        let http = self.sts_client()?;
        Ok(credentials::provider(profile, self.environment(), &**self.keychain(), &http).await?)
    }

    /// How AWS itself is asked for credentials and identities.
    pub(crate) fn sts_client(&self) -> Result<SharedHttpClient, WireError> {
        let sts = Url::parse(STS).map_err(|e| sentence(Code::Failed, "bad_url", e, None, &[]))?;
        let client = self.network()?.aws_client(&sts);
        Ok(client.map_err(|kind| StoreError::new(kind, None))?)
    }

    /// The embedded registry, started when it is first needed.
    pub(crate) async fn local_server(&self) -> Result<&LocalServer, WireError> {
        self.0.local.get_or_try_init(|| self.start_local(None)).await
    }

    async fn start_local(&self, port: Option<u16>) -> Result<LocalServer, WireError> {
        Ok(LocalServer::start(&self.home().registry(), port).await?)
    }

    /// Serves the embedded registry on a port of the person's choice, as long as this lives.
    ///
    /// # Errors
    /// When the folder, its key or the port cannot be used.
    pub async fn serve_local(&self, port: Option<u16>) -> Result<Served, WireError> {
        let server = self.0.local.get_or_try_init(|| self.start_local(port)).await?;
        Ok(Served {
            endpoint: server.endpoint().into(),
            bucket: server.bucket().into(),
            region: server.region().into(),
            key_file: self.home().registry().join(LocalServer::KEY_FILE),
        })
    }

    /// How to reach the network: proxies and certificates as the surroundings say.
    pub(crate) fn network(&self) -> Result<Network, WireError> {
        let proxies = self.environment().proxies();
        let ca_bundle = match self.environment().ca_bundle() {
            Some(path) => Some(std::fs::read(&path).map_err(|source| FileError::Read { path, source })?),
            None => None,
        };
        let proxy = ProxySettings { http: proxies.http, https: proxies.https, no_proxy: proxies.no_proxy };
        Ok(Network { ca_bundle, proxy, ..Network::default() })
    }
}
