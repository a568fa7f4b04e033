//! What to say when there is nothing to sign with.

use aws_credential_types::provider::error::CredentialsError;

use crate::store::{StoreErrorKind, error::cause};

/// A credentials provider's own words on why it has none. They reach the person, so a value of a secret, or what another
/// program printed, does not belong in them.
///
/// A provider answers `CredentialsError::not_loaded(NoCredentials { reason: "the keychain is locked".into() })`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NoCredentials {
    /// Half a sentence, without a full stop.
    pub reason: String,
}

/// The failure of a request that could not be signed, if that is what an error is.
///
/// What providers say otherwise is not repeated: a `credential_process` that fails has its output quoted.
pub(super) fn missing(error: &(dyn std::error::Error + 'static)) -> Option<StoreErrorKind> {
    if let Some(own) = cause::find::<NoCredentials>(error) {
        return Some(StoreErrorKind::NoCredentials { reason: own.reason.clone() });
    }
    let failed = cause::find::<CredentialsError>(error)?;
    let reason = match failed {
        _ if cause::Cause::of(failed).to_string().to_lowercase().contains("expired") => return Some(StoreErrorKind::Expired),
        CredentialsError::CredentialsNotLoaded(_) => "the chosen source has none",
        CredentialsError::ProviderTimedOut(_) => "the chosen source did not answer in time",
        CredentialsError::InvalidConfiguration(_) => "the configuration of the chosen source is not valid",
        _ => "the chosen source failed",
    };
    Some(StoreErrorKind::NoCredentials { reason: reason.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(error: &CredentialsError) -> String {
        missing(error).unwrap().to_string()
    }

    #[test]
    fn a_provider_s_failure_has_words_and_its_values_have_none() {
        let table = [
            (CredentialsError::not_loaded_no_source(), "No credentials for this registry: the chosen source has none."),
            (
                CredentialsError::invalid_configuration("SECRET"),
                "No credentials for this registry: the configuration of the chosen source is not valid.",
            ),
            (CredentialsError::provider_error("SECRET"), "No credentials for this registry: the chosen source failed."),
            (
                CredentialsError::provider_timed_out(std::time::Duration::from_secs(1)),
                "No credentials for this registry: the chosen source did not answer in time.",
            ),
            (CredentialsError::provider_error("the SSO token has expired"), "The credentials have expired."),
            (
                CredentialsError::not_loaded(NoCredentials { reason: "the keychain is locked".into() }),
                "No credentials for this registry: the keychain is locked.",
            ),
        ];
        for (error, expected) in &table {
            assert_eq!(sentence(error), *expected);
        }
    }

    #[test]
    fn another_error_is_not_about_credentials() {
        assert_eq!(missing(&std::io::Error::other("x")), None);
    }
}
