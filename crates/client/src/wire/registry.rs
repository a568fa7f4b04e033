//! Registries, and the way to them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::WireError;

/// Where the credentials of a registry come from. The person chose it; nothing else is ever tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "source", rename_all = "snake_case")]
#[ts(export)]
pub enum CredentialSource {
    /// The OS keychain, under this registry's name.
    Keychain,
    /// `AWS_ACCESS_KEY_ID` and its companions.
    Environment,
    /// A named profile of the AWS configuration (static keys, SSO, `credential_process`).
    Profile {
        /// The profile's name.
        name: String,
    },
    /// The key file of the embedded registry.
    Embedded,
    /// None: a registry that is read over public HTTP.
    None,
}

/// What kind of place a registry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RegistryKind {
    /// The folder on this computer, served on loopback.
    Embedded,
    /// An S3 bucket.
    S3,
    /// A public URL, read-only.
    Http,
}

/// Whether this person can publish there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum Access {
    /// Not asked yet; the first write asks.
    Unknown,
    /// The probe passed.
    ReadWrite,
    /// It can be read only.
    ReadOnly {
        /// Why.
        reason: WireError,
    },
}

/// One registry that this person knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RegistryView {
    /// What the person calls it.
    pub name: String,
    /// What kind of place it is.
    pub kind: RegistryKind,
    /// Where it is, in one line: `bucket/prefix · region`, a host, or the folder.
    pub location: String,
    /// The bucket, for S3.
    pub bucket: Option<String>,
    /// The key prefix inside the bucket.
    pub prefix: Option<String>,
    /// The endpoint, when it is not AWS itself.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The public URL, for HTTP.
    pub url: Option<String>,
    /// Where its credentials come from.
    pub credentials: CredentialSource,
    /// Who the provider says we are, when it was asked.
    pub identity: Option<String>,
    /// Whether it is the one used when none is named.
    pub is_default: bool,
    /// Whether this person can publish there.
    pub access: Access,
}

/// A registry to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RegistryInput {
    /// What to call it: lower-case letters, digits, `-`.
    pub name: String,
    /// The bucket; absent for a public URL.
    pub bucket: Option<String>,
    /// The key prefix.
    pub prefix: Option<String>,
    /// The endpoint, when it is not AWS itself.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The public URL of a read-only registry.
    pub url: Option<String>,
    /// Where the credentials come from.
    pub credentials: CredentialSource,
    /// Turn an empty bucket (made if absent) into a registry.
    pub create: bool,
}

/// A key pair on its way into the keychain. It travels inwards only: it cannot be serialised, and its Debug output is empty.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct Secret {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One step of a connection test, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StepName {
    /// The host name resolves.
    Name,
    /// A connection with a trusted certificate can be made.
    Tls,
    /// Credentials are there, and whose they are.
    Credentials,
    /// The bucket exists, in this region.
    Bucket,
    /// `registry.json` can be read and understood.
    Read,
    /// The store keeps its word about conditional writes.
    Write,
}

/// How a step of a connection test went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum StepState {
    /// It is being tried.
    Running,
    /// It went well.
    Passed {
        /// What was found (`203.0.113.4`, `TLS 1.3`, an ARN, …).
        detail: String,
    },
    /// It did not.
    Failed {
        /// Why.
        error: WireError,
    },
    /// It does not apply here, or an earlier step failed.
    Skipped {
        /// Why not.
        detail: String,
    },
}

/// A step and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionStep {
    /// Which.
    pub name: StepName,
    /// How.
    pub state: StepState,
}
