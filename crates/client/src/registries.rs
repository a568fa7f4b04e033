//! The registries that a person knows: `registries.json`.
//!
//! The file holds where each registry is and which source its credentials come from. No field of it can hold a secret, and an address
//! with a password or a signature in it is refused before it gets here.

mod error;
mod input;

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

pub use error::RegistriesError;
pub use input::{endpoint, name, public_url};

use crate::{
    files::{FileError, Lock, read_json, write_json},
    home::Home,
    wire::{Access, CredentialSource, RegistryKind, RegistryView},
};

/// The newest version of `registries.json` that this program knows.
const VERSION: u64 = 1;

/// Where a registry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// The folder on this computer, served on loopback.
    Embedded,
    /// An S3 bucket.
    S3 {
        /// The bucket.
        bucket: String,
        /// The key prefix inside the bucket, without a `/` at either end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
        /// The endpoint, when it is not AWS itself.
        #[serde(default, deserialize_with = "input::stored_endpoint", skip_serializing_if = "Option::is_none")]
        endpoint: Option<Url>,
        /// The region.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
    },
    /// A public URL, read-only.
    Http {
        /// The URL; it ends in `/`.
        #[serde(deserialize_with = "input::stored_public_url")]
        url: Url,
    },
}

/// What a probe found, and where. It says nothing about another endpoint or bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The endpoint that was probed; none for AWS itself.
    #[serde(default, deserialize_with = "input::stored_endpoint")]
    pub endpoint: Option<Url>,
    /// The bucket that was probed.
    pub bucket: String,
    /// What was found.
    pub result: Access,
}

/// One registry that this person knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What the person calls it.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Where its credentials come from.
    pub credentials: CredentialSource,
    /// What the probe found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Remembered>,
    /// Who the provider says we are, when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The id in its `registry.json`, once that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry_id: Option<String>,
    /// Fields that this program does not know; they are written back.
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Profile {
    /// A registry of which nothing but its place is known.
    ///
    /// # Errors
    /// [`RegistriesError::BadName`].
    pub fn new(name: &str, place: Place, credentials: CredentialSource) -> Result<Self, RegistriesError> {
        let name = input::name(name)?;
        Ok(Self { name, place, credentials, probe: None, identity: None, registry_id: None, other: Map::new() })
    }

    /// The registry on this computer.
    ///
    /// # Errors
    /// [`RegistriesError::BadName`].
    pub fn embedded(name: &str) -> Result<Self, RegistriesError> {
        Self::new(name, Place::Embedded, CredentialSource::Embedded)
    }

    /// Under what its local copy and the revisions seen of it are kept: its id, or its name as long as the id is not known.
    #[must_use]
    pub fn key(&self) -> &str {
        self.registry_id.as_deref().unwrap_or(&self.name)
    }

    /// What kind of place it is.
    #[must_use]
    pub fn kind(&self) -> RegistryKind {
        match self.place {
            Place::Embedded => RegistryKind::Embedded,
            Place::S3 { .. } => RegistryKind::S3,
            Place::Http { .. } => RegistryKind::Http,
        }
    }

    /// What is remembered of the probe, if it was of this very endpoint and bucket. The person may have edited the file since.
    #[must_use]
    pub fn access(&self) -> Access {
        match (&self.probe, &self.place) {
            (Some(seen), Place::S3 { bucket, endpoint, .. }) if seen.bucket == *bucket && seen.endpoint == *endpoint => seen.result.clone(),
            // The embedded registry is this program's own server; a probe would ask it about itself.
            (_, Place::Embedded) => Access::ReadWrite,
            (_, Place::Http { url }) => Access::ReadOnly { reason: RegistriesError::PublicUrl { host: host(url) }.into() },
            _ => Access::Unknown,
        }
    }

    /// Remembers what a probe of this registry found; forgets it when that is [`Access::Unknown`]. Only an S3 place is probed.
    pub fn remember(&mut self, result: Access) {
        if let Place::S3 { bucket, endpoint, .. } = &self.place {
            let known = result != Access::Unknown;
            self.probe = known.then(|| Remembered { endpoint: endpoint.clone(), bucket: bucket.clone(), result });
        }
    }

    /// As a person sees it. `folder` is where the embedded registry is.
    #[must_use]
    pub fn view(&self, is_default: bool, folder: &Path) -> RegistryView {
        let mut view = RegistryView {
            name: self.name.clone(),
            kind: self.kind(),
            location: String::new(),
            bucket: None,
            prefix: None,
            endpoint: None,
            region: None,
            url: None,
            credentials: self.credentials.clone(),
            identity: self.identity.clone(),
            is_default,
            access: self.access(),
        };
        match &self.place {
            Place::Embedded => view.location = folder.display().to_string(),
            Place::Http { url } => {
                view.location = host(url);
                view.url = Some(url.to_string());
            }
            Place::S3 { bucket, prefix, endpoint, region } => {
                let path = prefix.iter().fold(bucket.clone(), |path, prefix| format!("{path}/{prefix}"));
                // An endpoint says more about where a bucket is than a region, which other stores often ignore.
                let place = endpoint.as_ref().map(host).or_else(|| region.clone());
                view.location = place.into_iter().fold(path, |path, place| format!("{path} · {place}"));
                view.bucket = Some(bucket.clone());
                view.prefix.clone_from(prefix);
                view.endpoint = endpoint.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
                view.region.clone_from(region);
            }
        }
        view
    }
}

/// Host and port, as in an address bar.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// All registries that this person knows, in the order in which they were added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profiles {
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(default)]
    registries: Vec<Profile>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Default for Profiles {
    fn default() -> Self {
        Self { version: VERSION, default: None, registries: Vec::new(), other: Map::new() }
    }
}

impl Profiles {
    /// Reads `registries.json`; empty when it is not there.
    ///
    /// # Errors
    /// [`FileError`]: unreadable, damaged, or written by a newer Patchbay.
    pub fn load(home: &Home) -> Result<Self, FileError> {
        let path = home.registries();
        // The version first: a newer file may look different in every other way.
        #[derive(Deserialize)]
        struct Header {
            version: u64,
        }
        match read_json::<Header>(&path)? {
            None => Ok(Self::default()),
            Some(Header { version }) if version > VERSION => Err(FileError::Newer { path, found: version, known: VERSION }),
            Some(_) => Ok(read_json(&path)?.unwrap_or_default()),
        }
    }

    /// Reads, changes and writes `registries.json` while no other program does. Nothing is written when the change is refused.
    ///
    /// # Errors
    /// What the change says, and [`RegistriesError::File`].
    pub fn change<T>(home: &Home, change: impl FnOnce(&mut Self) -> Result<T, RegistriesError>) -> Result<T, RegistriesError> {
        let path = home.registries();
        let _lock = Lock::of(&path)?;
        let mut profiles = Self::load(home)?;
        let result = change(&mut profiles)?;
        write_json(&path, &profiles)?;
        Ok(result)
    }

    /// Adds a registry. The first one becomes the default.
    ///
    /// # Errors
    /// [`RegistriesError::Taken`].
    pub fn add(&mut self, profile: Profile) -> Result<(), RegistriesError> {
        if self.registries.iter().any(|known| known.name == profile.name) {
            return Err(RegistriesError::Taken { name: profile.name });
        }
        if self.default_name().is_none() {
            self.default = Some(profile.name.clone());
        }
        self.registries.push(profile);
        Ok(())
    }

    /// Forgets a registry, and returns what was known of it. Nothing in the registry itself changes. When it was the default, the first
    /// that is left becomes it.
    ///
    /// # Errors
    /// [`RegistriesError::NotFound`].
    pub fn remove(&mut self, name: &str) -> Result<Profile, RegistriesError> {
        let at = self.position(name)?;
        let removed = self.registries.remove(at);
        if self.default_name().is_none() {
            self.default = self.registries.first().map(|profile| profile.name.clone());
        }
        Ok(removed)
    }

    /// The registry of this name, or the default when none is named.
    ///
    /// # Errors
    /// [`RegistriesError::NotFound`]; [`RegistriesError::NoneYet`] when none is named and there is none.
    pub fn get(&self, name: Option<&str>) -> Result<&Profile, RegistriesError> {
        let name = name.or_else(|| self.default_name()).ok_or(RegistriesError::NoneYet)?;
        Ok(&self.registries[self.position(name)?])
    }

    /// The registry of this name, to change what is remembered of it.
    ///
    /// # Errors
    /// [`RegistriesError::NotFound`].
    pub fn get_mut(&mut self, name: &str) -> Result<&mut Profile, RegistriesError> {
        let at = self.position(name)?;
        Ok(&mut self.registries[at])
    }

    /// Makes a registry the one that is used when none is named.
    ///
    /// # Errors
    /// [`RegistriesError::NotFound`].
    pub fn set_default(&mut self, name: &str) -> Result<(), RegistriesError> {
        self.position(name)?;
        self.default = Some(name.to_owned());
        Ok(())
    }

    /// The name of the default; none when there is no registry. A default that was edited away counts as the first one.
    #[must_use]
    pub fn default_name(&self) -> Option<&str> {
        let marked = self.default.as_deref().filter(|name| self.position(name).is_ok());
        marked.or_else(|| self.registries.first().map(|profile| profile.name.as_str()))
    }

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.registries.iter()
    }

    /// All of them as a person sees them. `folder` is where the embedded registry is.
    #[must_use]
    pub fn views(&self, folder: &Path) -> Vec<RegistryView> {
        let default = self.default_name();
        self.iter().map(|profile| profile.view(default == Some(profile.name.as_str()), folder)).collect()
    }

    fn position(&self, name: &str) -> Result<usize, RegistriesError> {
        self.registries.iter().position(|profile| profile.name == name).ok_or_else(|| RegistriesError::NotFound {
            name: name.to_owned(),
            known: self.registries.iter().map(|profile| profile.name.clone()).collect(),
        })
    }
}
