use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{CredentialsError, KeychainFault};
use crate::wire::Secret;

/// Where key pairs are kept: one for each registry.
#[async_trait]
pub trait Keychain: fmt::Debug + Send + Sync {
    /// Keeps a key pair under a registry's name, in place of any other.
    ///
    /// # Errors
    /// [`CredentialsError::NoKeychain`], [`CredentialsError::TooLong`], [`CredentialsError::Empty`].
    async fn set(&self, registry: &str, secret: &Secret) -> Result<(), CredentialsError>;

    /// The key pair of a registry.
    ///
    /// # Errors
    /// [`CredentialsError::NotStored`], [`CredentialsError::Damaged`], [`CredentialsError::NoKeychain`].
    async fn get(&self, registry: &str) -> Result<Secret, CredentialsError>;

    /// Forgets the key pair of a registry; whether there was one.
    ///
    /// # Errors
    /// [`CredentialsError::NoKeychain`].
    async fn delete(&self, registry: &str) -> Result<bool, CredentialsError>;
}

fn check(secret: &Secret) -> Result<(), CredentialsError> {
    let empty = |field| Err(CredentialsError::Empty { field });
    match (secret.access_key_id.is_empty(), secret.secret_access_key.is_empty()) {
        (true, _) => empty("access key id"),
        (_, true) => empty("secret access key"),
        _ => Ok(()),
    }
}

/// The keychain of the operating system: Secret Service, macOS Keychain, Windows Credential Manager. The service is `Patchbay`, the
/// account is the registry's name, the value is JSON.
#[derive(Clone, Copy, Debug)]
pub struct OsKeychain {
    patience: Duration,
}

impl Default for OsKeychain {
    /// Waits a minute: the system may be asking the person to unlock it.
    fn default() -> Self {
        Self { patience: Duration::from_secs(60) }
    }
}

/// The name of this program in the keychain.
const SERVICE: &str = "Patchbay";

/// What stands in the keychain. Serialising is private to this module, so that [`Secret`] itself can stay without it.
#[derive(Serialize, Deserialize)]
struct Stored<S> {
    version: u8,
    access_key_id: S,
    secret_access_key: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<S>,
}

impl OsKeychain {
    /// A keychain that is given up on after this long.
    #[must_use]
    pub fn with_patience(patience: Duration) -> Self {
        Self { patience }
    }

    /// Calls of a keychain block, and for as long as a person thinks about a password. So each has a thread of its own and not one of
    /// Tokio's: the runtime would wait for those when the program ends.
    async fn call<T: Send + 'static>(
        &self,
        registry: &str,
        work: impl FnOnce(&keyring::Entry) -> Result<T, keyring::Error> + Send + 'static,
    ) -> Result<T, CredentialsError> {
        let (sender, receiver) = oneshot::channel();
        let account = registry.to_owned();
        let thread = std::thread::Builder::new().name("keychain".to_owned());
        let spawned = thread.spawn(move || {
            // Nobody listens any more when patience ran out.
            let _ = sender.send(keyring::Entry::new(SERVICE, &account).and_then(|entry| work(&entry)));
        });
        let fault = |reason| CredentialsError::NoKeychain { reason };
        spawned.map_err(|_| fault(KeychainFault::Broken))?;
        match tokio::time::timeout(self.patience, receiver).await {
            Err(_) => Err(fault(KeychainFault::Silent)),
            Ok(Err(_)) => Err(fault(KeychainFault::Broken)),
            Ok(Ok(answer)) => answer.map_err(|error| translate(registry, &error)),
        }
    }
}

/// Nothing of the original is kept: `BadEncoding` and `BadDataFormat` carry the stored bytes, and their Debug output shows them.
fn translate(registry: &str, error: &keyring::Error) -> CredentialsError {
    use keyring::Error;
    let registry = registry.to_owned();
    match error {
        Error::NoEntry => CredentialsError::NotStored { registry },
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => CredentialsError::Damaged { registry },
        Error::TooLong(_, limit) => CredentialsError::TooLong { limit: *limit },
        Error::NoDefaultStore => CredentialsError::NoKeychain { reason: KeychainFault::Absent },
        Error::NoStorageAccess(_) => CredentialsError::NoKeychain { reason: KeychainFault::Locked },
        _ => CredentialsError::NoKeychain { reason: KeychainFault::Broken },
    }
}

#[async_trait]
impl Keychain for OsKeychain {
    async fn set(&self, registry: &str, secret: &Secret) -> Result<(), CredentialsError> {
        check(secret)?;
        let stored = Stored {
            version: 1,
            access_key_id: secret.access_key_id.as_str(),
            secret_access_key: secret.secret_access_key.as_str(),
            session_token: secret.session_token.as_deref(),
        };
        let json = serde_json::to_vec(&stored).map_err(|_| CredentialsError::Damaged { registry: registry.to_owned() })?;
        let json = Zeroizing::new(json);
        // As bytes: as a password, Windows would store UTF-16 and so take half as much of a session token.
        self.call(registry, move |entry| entry.set_secret(&json)).await
    }

    async fn get(&self, registry: &str) -> Result<Secret, CredentialsError> {
        let json = self.call(registry, |entry| entry.get_secret().map(Zeroizing::new)).await?;
        // The parser's error is dropped: it repeats the value that it did not expect.
        let stored: Stored<String> =
            serde_json::from_slice(&json).map_err(|_| CredentialsError::Damaged { registry: registry.to_owned() })?;
        let Stored { access_key_id, secret_access_key, session_token, .. } = stored;
        Ok(Secret { access_key_id, secret_access_key, session_token })
    }

    async fn delete(&self, registry: &str) -> Result<bool, CredentialsError> {
        match self.call(registry, keyring::Entry::delete_credential).await {
            Ok(()) => Ok(true),
            Err(CredentialsError::NotStored { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// A keychain in memory, for tests; or one that is at fault.
#[derive(Default)]
pub struct MemoryKeychain {
    secrets: Mutex<BTreeMap<String, Secret>>,
    fault: Option<KeychainFault>,
}

impl MemoryKeychain {
    /// A keychain of which every call fails like this.
    #[must_use]
    pub fn at_fault(fault: KeychainFault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Secret>) -> T) -> Result<T, CredentialsError> {
        match self.fault {
            Some(reason) => Err(CredentialsError::NoKeychain { reason }),
            None => Ok(work(&mut self.secrets.lock().unwrap_or_else(PoisonError::into_inner))),
        }
    }
}

impl fmt::Debug for MemoryKeychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryKeychain").field("fault", &self.fault).finish_non_exhaustive()
    }
}

#[async_trait]
impl Keychain for MemoryKeychain {
    async fn set(&self, registry: &str, secret: &Secret) -> Result<(), CredentialsError> {
        check(secret)?;
        self.with(|secrets| secrets.insert(registry.to_owned(), secret.clone())).map(drop)
    }

    async fn get(&self, registry: &str) -> Result<Secret, CredentialsError> {
        self.with(|secrets| secrets.get(registry).cloned())?.ok_or_else(|| CredentialsError::NotStored { registry: registry.to_owned() })
    }

    async fn delete(&self, registry: &str) -> Result<bool, CredentialsError> {
        self.with(|secrets| secrets.remove(registry).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_of_the_keychain_brings_its_bytes_along() {
        let canary = b"canary-secret".to_vec();
        let errors = [
            keyring::Error::BadEncoding(canary.clone()),
            keyring::Error::BadDataFormat(canary.clone(), "canary-secret".into()),
            keyring::Error::PlatformFailure("canary-secret".into()),
            keyring::Error::NoStorageAccess("canary-secret".into()),
            keyring::Error::BadStoreFormat("canary-secret".into()),
        ];
        for error in errors {
            let ours = translate("main", &error);
            let text = format!("{ours} {ours:?} {:?}", crate::wire::WireError::from(&ours));
            assert!(!text.contains("canary") && !text.contains("99, 97, 110"), "{text}");
        }
    }

    #[test]
    fn what_is_stored_can_be_read_again() {
        let stored = Stored { version: 1, access_key_id: "AK", secret_access_key: "SK", session_token: None };
        assert_eq!(serde_json::to_string(&stored).unwrap(), r#"{"version":1,"access_key_id":"AK","secret_access_key":"SK"}"#);
        let again: Stored<String> =
            serde_json::from_str(r#"{"version":1,"access_key_id":"AK","secret_access_key":"SK","later":1}"#).unwrap();
        assert_eq!((again.access_key_id.as_str(), again.session_token), ("AK", None));
    }
}
