use std::error::Error;

use crate::{
    files::FileError,
    sentence::sentence,
    wire::{Code, WireError},
};

/// What is wrong with the keychain itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainFault {
    /// There is none: no session bus, no secret service, a headless machine.
    Absent,
    /// It is there and refuses: locked, or the person said no.
    Locked,
    /// It does not answer; it may be waiting for a password that nobody can type.
    Silent,
    /// It fails in another way.
    Broken,
}

impl KeychainFault {
    fn sentence(self) -> &'static str {
        match self {
            Self::Absent => "There is no keychain here that Patchbay can use.",
            Self::Locked => "The keychain is locked.",
            Self::Silent => "The keychain does not answer; it may be waiting to be unlocked.",
            Self::Broken => "The keychain reports an error.",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Locked => "locked",
            Self::Silent => "silent",
            Self::Broken => "broken",
        }
    }
}

/// Where an AWS profile takes its credentials from; the advice differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileKind {
    /// AWS IAM Identity Center.
    Sso,
    /// A program that prints them.
    Process,
    /// A role, taken with the credentials of another source.
    Role,
    /// Keys in a file, or nothing.
    Keys,
}

/// Why there are no credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// The keychain cannot be used.
    #[error("{}", reason.sentence())]
    NoKeychain {
        /// What is wrong with it.
        reason: KeychainFault,
    },
    /// The keychain has nothing for this registry.
    #[error("The keychain holds no credentials for the registry `{registry}`.")]
    NotStored {
        /// The registry.
        registry: String,
    },
    /// The keychain has something for this registry that Patchbay did not write.
    #[error("What the keychain holds for the registry `{registry}` is not a key pair.")]
    Damaged {
        /// The registry.
        registry: String,
    },
    /// The keychain has no room for so long a value.
    #[error("The keychain takes at most {limit} bytes, and these credentials are longer.")]
    TooLong {
        /// What it takes, in bytes.
        limit: u32,
    },
    /// A part of the key pair is empty.
    #[error("The {field} is empty.")]
    Empty {
        /// `access key id` or `secret access key`.
        field: &'static str,
    },
    /// A variable is not set.
    #[error("{variable} is not set.")]
    NotInEnvironment {
        /// The variable.
        variable: &'static str,
    },
    /// The AWS configuration has no such profile.
    #[error("The AWS configuration has no profile called `{name}`.")]
    NoProfile {
        /// The profile.
        name: String,
        /// The profiles that there are.
        known: Vec<String>,
    },
    /// The AWS configuration cannot be understood.
    #[error("The AWS configuration cannot be understood.")]
    BadConfiguration,
    /// A file of the AWS configuration cannot be read.
    #[error("{path} cannot be read.")]
    Unreadable {
        /// The file.
        path: String,
    },
    /// The profile gave no credentials. What its program or service said is left out: it may hold what must not be shown.
    #[error("The AWS profile `{name}` gave no credentials.")]
    ProfileFailed {
        /// The profile.
        name: String,
        /// Where it takes them from.
        kind: ProfileKind,
    },
    /// The source gave no credentials, and says no more.
    #[error("No credentials could be had.")]
    Unavailable,
    /// The embedded registry's key comes from its server.
    #[error("The embedded registry brings its own key.")]
    Embedded,
    /// A public URL takes no credentials.
    #[error("A public URL takes no credentials.")]
    NotNeeded,
}

impl CredentialsError {
    /// The error of this kind inside what an SDK call returned, if there is one: a provider is asked in the middle of a request, and
    /// its error comes back wrapped.
    #[must_use]
    pub fn within(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(found.clone());
            }
            next = error.source();
        }
        None
    }

    pub(crate) fn unreadable(error: &FileError) -> Self {
        let (FileError::Read { path, .. }
        | FileError::Write { path, .. }
        | FileError::Damaged { path, .. }
        | FileError::Newer { path, .. }) = error;
        Self::Unreadable { path: path.display().to_string() }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::NoKeychain { .. } => "no_keychain",
            Self::NotStored { .. } => "credentials_not_stored",
            Self::Damaged { .. } => "credentials_damaged",
            Self::TooLong { .. } => "credentials_too_long",
            Self::Empty { .. } => "credentials_empty",
            Self::NotInEnvironment { .. } => "credentials_not_in_environment",
            Self::NoProfile { .. } => "aws_profile_unknown",
            Self::BadConfiguration => "aws_configuration_invalid",
            Self::Unreadable { .. } => "aws_configuration_unreadable",
            Self::ProfileFailed { .. } => "aws_profile_failed",
            Self::Unavailable => "credentials_unavailable",
            Self::Embedded => "credentials_embedded",
            Self::NotNeeded => "credentials_not_needed",
        }
    }

    fn hint(&self) -> Option<String> {
        const INSTEAD: &str = "use `--credentials environment` or `--credentials profile:NAME` for this registry";
        Some(match self {
            Self::NoKeychain { reason: KeychainFault::Absent | KeychainFault::Broken } => format!("Start a keychain, or {INSTEAD}."),
            Self::NoKeychain { .. } => format!("Unlock the keychain, or {INSTEAD}."),
            Self::NotStored { registry } | Self::Damaged { registry } => {
                format!("Store them with `patchbay registry login {registry}`.")
            }
            Self::TooLong { .. } => "Use `--credentials environment` or `--credentials profile:NAME` for this registry.".to_owned(),
            Self::Empty { .. } => "Enter both parts of the key pair.".to_owned(),
            Self::NotInEnvironment { .. } => {
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose another source with `--credentials`.".to_owned()
            }
            Self::NoProfile { known, .. } if known.is_empty() => "Make one with `aws configure --profile NAME`.".to_owned(),
            Self::NoProfile { known, .. } => format!("There are: {}.", known.join(", ")),
            Self::BadConfiguration => "Run `aws configure list`, which names the line.".to_owned(),
            Self::Unreadable { .. } => "Check who may read it.".to_owned(),
            Self::ProfileFailed { name, kind: ProfileKind::Sso } => format!("Sign in with `aws sso login --profile {name}`."),
            Self::ProfileFailed { name, kind: ProfileKind::Process } => {
                format!("Run the `credential_process` of the profile `{name}` yourself to see why.")
            }
            Self::ProfileFailed { name, kind: ProfileKind::Role } => {
                format!("Run `aws sts get-caller-identity --profile {name}` to see why the role is refused.")
            }
            Self::ProfileFailed { name, kind: ProfileKind::Keys } => format!("Set its keys with `aws configure --profile {name}`."),
            Self::Unavailable => "Choose another source with `--credentials`.".to_owned(),
            Self::Embedded | Self::NotNeeded => return None,
        })
    }

    fn data(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoKeychain { reason } => vec![("reason", reason.name().to_owned())],
            Self::NotStored { registry } | Self::Damaged { registry } => vec![("registry", registry.clone())],
            Self::TooLong { limit } => vec![("limit", limit.to_string())],
            Self::Empty { field } => vec![("field", (*field).to_owned())],
            Self::NotInEnvironment { variable } => vec![("variable", (*variable).to_owned())],
            Self::NoProfile { name, known } => vec![("name", name.clone()), ("known", known.join(", "))],
            Self::Unreadable { path } => vec![("path", path.clone())],
            Self::ProfileFailed { name, .. } => vec![("name", name.clone())],
            Self::BadConfiguration | Self::Unavailable | Self::Embedded | Self::NotNeeded => Vec::new(),
        }
    }
}

impl From<&CredentialsError> for WireError {
    fn from(error: &CredentialsError) -> Self {
        sentence(Code::Credentials, error.kind(), error, error.hint(), &error.data())
    }
}

impl From<CredentialsError> for WireError {
    fn from(error: CredentialsError) -> Self {
        Self::from(&error)
    }
}
