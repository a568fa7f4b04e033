//! The registries that a person knows.

use crate::{
    App,
    registries::{Place, Profile, Profiles},
    samples, session,
    wire::{CredentialSource, RegistryInput, RegistryView, Secret, WireError},
};

impl App {
    /// All registries, in the order in which they were added.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn registries(&self) -> Result<Vec<RegistryView>, WireError> {
        Ok(Profiles::load(self.home())?.views(&self.home().registry()))
    }

    /// Adds a registry. Endpoint and region that are not given are taken from the surroundings now, and stay: what a probe found
    /// is true of one endpoint only. With `create`, an empty bucket (made if absent) becomes a registry first.
    ///
    /// # Errors
    /// When the input makes no sense, the keychain refuses, or the registry cannot be created; then nothing was added.
    pub async fn add_registry(&self, mut input: RegistryInput, secret: Option<Secret>) -> Result<Vec<RegistryView>, WireError> {
        if input.bucket.is_some() {
            let given = |field: &Option<String>| field.as_deref().is_some_and(|t| !t.trim().is_empty());
            if !given(&input.endpoint) {
                input.endpoint = self.environment().aws_endpoint().map(str::to_owned);
            }
            if !given(&input.region) {
                input.region = self.environment().aws_region().map(str::to_owned);
            }
        }
        let profile = Profile::try_from(&input)?;
        Profiles::change(self.home(), |known| known.add(profile.clone()))?;
        if let Err(e) = self.prepare(&profile, input.create, secret).await {
            // The first error is the one to tell; a keychain that could not store a key may not be able to forget one either.
            let _ = self.keychain_forgets(&profile).await;
            self.forget(&profile).await?;
            return Err(e);
        }
        self.registries()
    }

    async fn prepare(&self, profile: &Profile, create: bool, secret: Option<Secret>) -> Result<(), WireError> {
        if let (CredentialSource::Keychain, Some(secret)) = (&profile.credentials, secret) {
            self.keychain().set(&profile.name, &secret).await?;
        }
        if create {
            session::create(self, profile).await?;
        }
        Ok(())
    }

    /// Forgets a registry on this computer: its key, its local copy and what was seen of it. Nothing in the registry changes.
    ///
    /// # Errors
    /// When there is none of this name, or the keychain refuses.
    pub async fn remove_registry(&self, name: &str) -> Result<Vec<RegistryView>, WireError> {
        let profile = Profiles::load(self.home())?.get(Some(name))?.clone();
        self.keychain_forgets(&profile).await?;
        self.forget(&profile).await?;
        self.registries()
    }

    async fn keychain_forgets(&self, profile: &Profile) -> Result<(), WireError> {
        if profile.credentials == CredentialSource::Keychain {
            self.keychain().delete(&profile.name).await?;
        }
        Ok(())
    }

    async fn forget(&self, profile: &Profile) -> Result<(), WireError> {
        Profiles::change(self.home(), |known| known.remove(&profile.name))?;
        self.close(&profile.name).await;
        session::forget(self.home(), profile)
    }

    /// Makes a registry the one that is used when none is named.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn set_default_registry(&self, name: &str) -> Result<Vec<RegistryView>, WireError> {
        Profiles::change(self.home(), |known| known.set_default(name))?;
        self.registries()
    }

    /// Stores a new key in the keychain. What was known of the old one (identity, permission to write) is forgotten.
    ///
    /// # Errors
    /// When there is no such registry, its credentials come from elsewhere, or there is no keychain.
    pub async fn log_in(&self, name: &str, secret: Secret) -> Result<Vec<RegistryView>, WireError> {
        let profile = Profiles::load(self.home())?.get(Some(name))?.clone();
        if profile.credentials != CredentialSource::Keychain {
            return Err(crate::sentence::sentence(
                crate::wire::Code::Usage,
                "not_keychain",
                format!("The credentials of {name} do not come from the keychain."),
                Some("Remove the registry and add it again with `--credentials keychain`.".into()),
                &[("registry", name.to_owned())],
            ));
        }
        self.keychain().set(name, &secret).await?;
        self.change_profile(name, |p| {
            p.identity = None;
            p.probe = None;
        })?;
        self.close(name).await;
        self.registries()
    }

    /// The profiles of the AWS configuration, by name.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub async fn aws_profiles(&self) -> Result<Vec<String>, WireError> {
        Ok(crate::credentials::aws_profiles(self.environment()).await?)
    }

    /// The first start's "look around": the registry on this computer, with a handful of sample plugins when it is empty.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn start_embedded(&self) -> Result<Vec<RegistryView>, WireError> {
        let profile = self.add_embedded()?;
        debug_assert_eq!(profile.place, Place::Embedded);
        let session = self.session(Some(&profile.name)).await?;
        session.sync(false, self.now()).await?;
        if session.copy().is_none_or(|copy| copy.table().is_empty()) {
            samples::publish(self, &session).await?;
        }
        self.registries()
    }
}
