//! What can go wrong with a store, by what a person or the protocol does next.

pub(crate) mod cause;

use crate::key::Key;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A request that failed: which, on what, and how.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct StoreError {
    /// How.
    pub kind: StoreErrorKind,
    /// The key that was asked for, when there was one.
    pub key: Option<String>,
    /// What the library below says. For a log, never for a person: it can hold XML and Debug output.
    #[source]
    pub source: Option<Source>,
}

/// How a request failed. Every sentence is complete; [`StoreErrorKind::hint`] says what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreErrorKind {
    /// 404 on an object that must be there.
    #[error("The registry has no object {key}.")]
    NotFound {
        /// Which.
        key: String,
    },
    /// 412.
    #[error("Somebody else changed {key} first.")]
    PreconditionFailed {
        /// Which.
        key: String,
    },
    /// 409: a conditional write is under way there.
    #[error("Somebody else is writing {key} right now.")]
    Busy {
        /// Which.
        key: String,
    },
    /// NoSuchBucket.
    #[error("There is no bucket {bucket} at {endpoint}.")]
    NoBucket {
        /// Which.
        bucket: String,
        /// Where it was looked for.
        endpoint: String,
    },
    /// 301/400 with another region (PermanentRedirect, AuthorizationHeaderMalformed, IllegalLocationConstraint).
    #[error("The bucket {bucket} is not in the region {region}{}.", .actual.as_ref().map(|r| format!(" but in {r}")).unwrap_or_default())]
    WrongRegion {
        /// Which bucket.
        bucket: String,
        /// The region that was asked.
        region: String,
        /// Where it is, when the store tells.
        actual: Option<String>,
    },
    /// No credentials could be had from the chosen source.
    #[error("No credentials for this registry: {reason}.")]
    NoCredentials {
        /// Why, without a value in it.
        reason: String,
    },
    /// InvalidAccessKeyId or SignatureDoesNotMatch.
    #[error("The store does not accept this access key.")]
    WrongKey,
    /// ExpiredToken and its like.
    #[error("The credentials have expired.")]
    Expired,
    /// RequestTimeTooSkewed.
    #[error("The clock of this computer is too far from the store's.")]
    ClockSkew,
    /// AccessDenied.
    #[error("These credentials may not {verb} {what}.")]
    Denied {
        /// `read`, `write`, `list`, `remove`.
        verb: &'static str,
        /// What: a key, or the bucket.
        what: String,
    },
    /// A certificate that is not trusted, or a handshake that fails.
    #[error("No trusted connection to {endpoint}: {reason}.")]
    Tls {
        /// Where.
        endpoint: String,
        /// In words (`the certificate has expired`, …).
        reason: String,
    },
    /// Name not resolved, connection refused, no route: certainly nothing was sent.
    #[error("{endpoint} cannot be reached: {reason}.")]
    Unreachable {
        /// Where.
        endpoint: String,
        /// In words.
        reason: String,
    },
    /// Cut or timed out after the request was under way: the effect of a write is not known.
    #[error("The connection to {endpoint} was lost: {reason}.")]
    Lost {
        /// Where.
        endpoint: String,
        /// In words (`no answer in time`, `the connection was closed`).
        reason: String,
    },
    /// 5xx and SlowDown. The effect of a write is not known.
    #[error("{endpoint} is not able to answer right now (status {status}).")]
    Unavailable {
        /// Where.
        endpoint: String,
        /// The HTTP status.
        status: u16,
    },
    /// An answer that no S3 store gives: HTML from a captive portal or a proxy, a 200 to a PUT without an ETag.
    #[error("{endpoint} did not answer as a store does: it sent {what}.")]
    NotAStore {
        /// Where.
        endpoint: String,
        /// What came (`a web page`, `an answer without an ETag`, …).
        what: String,
    },
    /// Bytes that differ from their digest on the way up (BadDigest) or down.
    #[error("{key} arrived damaged.")]
    Damaged {
        /// Which.
        key: String,
    },
    /// Over the limit that the caller gave.
    #[error("{key} is larger than {limit} bytes.")]
    TooLarge {
        /// Which.
        key: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A server that sends whole objects only, and the part stands far from the beginning.
    #[error("{endpoint} sends whole objects only, so this file cannot be read by itself.")]
    NoRanges {
        /// Where.
        endpoint: String,
    },
    /// A local file could not be read or written (`download`, `Body::File`).
    #[error("{path} could not be {verb}: {reason}.")]
    Disk {
        /// Which file.
        path: String,
        /// `read` or `written`.
        verb: &'static str,
        /// In words (`the disk is full`, …).
        reason: String,
    },
    /// The backend cannot write at all (HTTP).
    #[error("A registry at a public URL can be read only.")]
    ReadOnly,
    /// Any other refusal by the store.
    #[error("The store refused: {code} (status {status}).")]
    Other {
        /// The S3 error code, or the HTTP reason.
        code: String,
        /// The HTTP status.
        status: u16,
    },
}

impl StoreErrorKind {
    /// The name that scripts and translations know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "object_missing",
            Self::PreconditionFailed { .. } => "changed_meanwhile",
            Self::Busy { .. } => "busy",
            Self::NoBucket { .. } => "no_bucket",
            Self::WrongRegion { .. } => "wrong_region",
            Self::NoCredentials { .. } => "no_credentials",
            Self::WrongKey => "wrong_key",
            Self::Expired => "expired",
            Self::ClockSkew => "clock_skew",
            Self::Denied { .. } => "denied",
            Self::Tls { .. } => "tls",
            Self::Unreachable { .. } => "unreachable",
            Self::Lost { .. } => "connection_lost",
            Self::Unavailable { .. } => "unavailable",
            Self::NotAStore { .. } => "not_a_store",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::NoRanges { .. } => "no_ranges",
            Self::Disk { .. } => "disk",
            Self::ReadOnly => "read_only_url",
            Self::Other { .. } => "store_refused",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "Refresh; if it stays so, run `patchbay registry test`.",
            Self::PreconditionFailed { .. } | Self::Busy { .. } => "Look at what stands there now, then try again.",
            Self::NoBucket { .. } => "Check the bucket's name and the endpoint, or add the registry with `--create`.",
            Self::WrongRegion { .. } => "Set the registry's region to the bucket's.",
            Self::NoCredentials { .. } => "Store a key with `patchbay registry login`, or choose another source with `--credentials`.",
            Self::WrongKey => "Check the key with whoever gave it to you, then run `patchbay registry login`.",
            Self::Expired => "Sign in again with your provider, then try again.",
            Self::ClockSkew => "Set this computer's clock, then try again.",
            Self::Denied { .. } => "Ask whoever administers the bucket for this permission.",
            Self::Tls { .. } => "Check the endpoint; behind a company proxy, set AWS_CA_BUNDLE to its certificate.",
            Self::Unreachable { .. } | Self::Lost { .. } => "Check the network and the endpoint, then try again.",
            Self::Unavailable { .. } => "Wait a moment, then try again.",
            Self::NotAStore { .. } => "Check the endpoint; on a guest network, sign in to it first.",
            Self::Damaged { .. } => "Try again; if it stays so, tell whoever administers the registry.",
            Self::TooLarge { .. } => "Tell whoever administers the registry.",
            Self::NoRanges { .. } => "Download the package and look into it there.",
            Self::Disk { .. } => "Make room on the disk or check the file's permissions, then try again.",
            Self::ReadOnly => "To publish, add the bucket itself as a registry.",
            Self::Other { .. } => "Check the registry with `patchbay registry test`.",
        }
    }
}

impl StoreError {
    /// An error without a deeper source.
    #[must_use]
    pub fn new(kind: StoreErrorKind, key: Option<&Key>) -> Self {
        Self { kind, key: key.map(ToString::to_string), source: None }
    }

    /// The same with what the library below says.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether a write that failed like this may have taken effect all the same.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Lost { .. } | StoreErrorKind::Unavailable { .. } | StoreErrorKind::NotAStore { .. })
    }

    /// Whether the same request may well succeed in a moment.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            StoreErrorKind::Lost { .. } | StoreErrorKind::Unavailable { .. } | StoreErrorKind::Busy { .. } | StoreErrorKind::Damaged { .. }
        )
    }
}
