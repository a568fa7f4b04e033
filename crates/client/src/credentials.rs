//! Credentials from exactly the source that the person chose, and from no other.
//!
//! There is no chain here: when the chosen source has nothing, that is an error, because a fallback would sign with an identity that
//! nobody asked for. A secret leaves this module only inside a [`SharedCredentialsProvider`], whose Debug output does not show it, and no
//! error of it holds one: not even as a source, since the keychain's and the AWS profiles' own errors may carry raw values.

mod error;
mod identity;
mod keychain;
mod profiles;

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use aws_sdk_sts::config::SharedHttpClient;

pub use error::{CredentialsError, KeychainFault, ProfileKind};
pub use identity::identity;
pub use keychain::{Keychain, MemoryKeychain, OsKeychain};
pub use profiles::aws_profiles;

use crate::{
    environment::Environment,
    registries::Profile,
    wire::{CredentialSource, Secret},
};

/// Credentials, and where they come from.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Signs requests.
    pub provider: SharedCredentialsProvider,
    /// Where they come from.
    pub source: CredentialSource,
}

impl Identity {
    /// Asks the source once, so that a missing or broken one is found before anything is sent to the registry. An AWS profile may start
    /// a program or ask an SSO service here.
    ///
    /// # Errors
    /// What the source says, always as a [`CredentialsError`].
    pub async fn check(&self) -> Result<(), CredentialsError> {
        match self.provider.provide_credentials().await {
            Ok(_) => Ok(()),
            Err(error) => Err(CredentialsError::within(&error).unwrap_or(CredentialsError::Unavailable)),
        }
    }
}

/// A key pair as credentials of the SDK.
#[must_use]
pub fn from_secret(secret: &Secret, source: &'static str) -> SharedCredentialsProvider {
    let Secret { access_key_id, secret_access_key, session_token } = secret;
    SharedCredentialsProvider::new(Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, source))
}

/// The credentials of a registry, from the source that the person chose. `http` is used by AWS profiles that ask a service (SSO, roles).
///
/// # Errors
/// [`CredentialsError`] when the source has none. [`CredentialsError::NotNeeded`] for a registry that takes none, and
/// [`CredentialsError::Embedded`] for the embedded one, whose server hands out the key itself.
pub async fn provider(
    profile: &Profile,
    environment: &Environment,
    keychain: &dyn Keychain,
    http: &SharedHttpClient,
) -> Result<Identity, CredentialsError> {
    let provider = match &profile.credentials {
        CredentialSource::Keychain => from_secret(&keychain.get(&profile.name).await?, "keychain"),
        CredentialSource::Environment => from_secret(&from_environment(environment)?, "environment"),
        CredentialSource::Profile { name } => profiles::provider(name, environment, http).await?,
        CredentialSource::Embedded => return Err(CredentialsError::Embedded),
        CredentialSource::None => return Err(CredentialsError::NotNeeded),
    };
    Ok(Identity { provider, source: profile.credentials.clone() })
}

/// `AWS_ACCESS_KEY_ID` and its companions, and neither files nor the metadata service of a cloud machine.
fn from_environment(environment: &Environment) -> Result<Secret, CredentialsError> {
    let required =
        |variable: &'static str| environment.var(variable).map(str::to_owned).ok_or(CredentialsError::NotInEnvironment { variable });
    Ok(Secret {
        access_key_id: required("AWS_ACCESS_KEY_ID")?,
        secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
        session_token: environment.var("AWS_SESSION_TOKEN").map(str::to_owned),
    })
}
