//! From the typed errors of the crates below to what a person, a script and the window see.
//!
//! One place decides which exit code a failure has. What a library below says (XML, Debug output) is not passed on.

use std::fmt;

use patchbay_package::Explain;
use patchbay_registry::{
    ChangeError, ReadError, Refusal,
    format::document::ChannelNameError,
    gc::GcError,
    store::{StoreError, StoreErrorKind},
};

use crate::{
    sentence::sentence,
    wire::{Code, WireError},
};

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WireError {}

/// An error of the package crate. `code` because only the caller knows what was being done.
pub(crate) fn explained(code: Code, error: &impl Explain) -> WireError {
    let data: Vec<_> = error.data().into_iter().collect();
    sentence(code, error.kind(), error, Some(error.hint()), &data)
}

fn store_code(kind: &StoreErrorKind) -> Code {
    match kind {
        StoreErrorKind::NotFound { .. } | StoreErrorKind::NoBucket { .. } => Code::NotFound,
        StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. } => Code::Conflict,
        StoreErrorKind::NoCredentials { .. }
        | StoreErrorKind::WrongKey
        | StoreErrorKind::Expired
        | StoreErrorKind::ClockSkew
        | StoreErrorKind::Denied { .. } => Code::Credentials,
        StoreErrorKind::Tls { .. }
        | StoreErrorKind::Unreachable { .. }
        | StoreErrorKind::Lost { .. }
        | StoreErrorKind::Unavailable { .. }
        | StoreErrorKind::NotAStore { .. } => Code::Network,
        StoreErrorKind::Damaged { .. } | StoreErrorKind::TooLarge { .. } => Code::Integrity,
        StoreErrorKind::ReadOnly => Code::Refused,
        StoreErrorKind::WrongRegion { .. }
        | StoreErrorKind::NoRanges { .. }
        | StoreErrorKind::Disk { .. }
        | StoreErrorKind::Other { .. } => Code::Failed,
    }
}

fn store_data(kind: &StoreErrorKind) -> Vec<(&'static str, String)> {
    match kind {
        StoreErrorKind::NotFound { key }
        | StoreErrorKind::PreconditionFailed { key }
        | StoreErrorKind::Busy { key }
        | StoreErrorKind::Damaged { key } => {
            vec![("key", key.clone())]
        }
        StoreErrorKind::NoBucket { bucket, endpoint } => vec![("bucket", bucket.clone()), ("endpoint", endpoint.clone())],
        StoreErrorKind::WrongRegion { bucket, region, actual } => {
            vec![("bucket", bucket.clone()), ("region", region.clone()), ("actual", actual.clone().unwrap_or_default())]
        }
        StoreErrorKind::NoCredentials { reason } => vec![("reason", reason.clone())],
        StoreErrorKind::Denied { verb, what } => vec![("verb", (*verb).into()), ("what", what.clone())],
        StoreErrorKind::Tls { endpoint, reason }
        | StoreErrorKind::Unreachable { endpoint, reason }
        | StoreErrorKind::Lost { endpoint, reason } => {
            vec![("endpoint", endpoint.clone()), ("reason", reason.clone())]
        }
        StoreErrorKind::Unavailable { endpoint, status } => vec![("endpoint", endpoint.clone()), ("status", status.to_string())],
        StoreErrorKind::NotAStore { endpoint, what } => vec![("endpoint", endpoint.clone()), ("what", what.clone())],
        StoreErrorKind::NoRanges { endpoint } => vec![("endpoint", endpoint.clone())],
        StoreErrorKind::TooLarge { key, limit } => vec![("key", key.clone()), ("limit", limit.to_string())],
        StoreErrorKind::Disk { path, verb, reason } => vec![("path", path.clone()), ("verb", (*verb).into()), ("reason", reason.clone())],
        StoreErrorKind::Other { code, status } => vec![("code", code.clone()), ("status", status.to_string())],
        StoreErrorKind::WrongKey | StoreErrorKind::Expired | StoreErrorKind::ClockSkew | StoreErrorKind::ReadOnly => Vec::new(),
    }
}

impl From<StoreError> for WireError {
    fn from(e: StoreError) -> Self {
        sentence(store_code(&e.kind), e.kind.name(), &e.kind, Some(e.kind.hint().into()), &store_data(&e.kind))
    }
}

impl From<ReadError> for WireError {
    fn from(e: ReadError) -> Self {
        let e = match e {
            ReadError::Store(e) => return e.into(),
            other => other,
        };
        let (code, data) = match &e {
            // Taken out above.
            ReadError::Store(_) => (Code::Failed, Vec::new()),
            ReadError::Format(f) => (Code::Integrity, vec![("key", f.key().to_owned())]),
            ReadError::SetBack(back) => {
                let now = back.now.map(|n| n.to_string()).unwrap_or_default();
                (Code::Integrity, vec![("plugin", back.id.to_string()), ("seen", back.seen.to_string()), ("now", now)])
            }
            ReadError::NotARegistry { place } => (Code::NotFound, vec![("place", place.clone())]),
            ReadError::NotEmpty { place } => (Code::Refused, vec![("place", place.clone())]),
            ReadError::NoPlugin { id } => (Code::NotFound, vec![("plugin", id.to_string())]),
            ReadError::Missing { listed, there } => (Code::Refused, vec![("listed", listed.to_string()), ("there", there.to_string())]),
            ReadError::Shrunk { had, has } => (Code::Refused, vec![("had", had.to_string()), ("has", has.to_string())]),
            ReadError::CatalogueBack { known, now } => (Code::Integrity, vec![("known", known.to_string()), ("now", now.to_string())]),
            ReadError::Altered { what } => (Code::Integrity, vec![("key", what.clone())]),
            ReadError::List { plugin, version, error } => {
                let named = [("plugin", plugin.to_string()), ("version", version.to_string())];
                (Code::Integrity, error.data().into_iter().chain(named).collect())
            }
            ReadError::AlteredFile { plugin, version, path } => {
                (Code::Integrity, vec![("plugin", plugin.to_string()), ("version", version.to_string()), ("path", path.clone())])
            }
            ReadError::FileTooLarge { path, size, limit } => {
                (Code::Refused, vec![("path", path.clone()), ("size", size.to_string()), ("limit", limit.to_string())])
            }
        };
        sentence(code, e.name(), &e, Some(e.hint()), &data)
    }
}

impl From<Refusal> for WireError {
    fn from(r: Refusal) -> Self {
        let code = match &r {
            Refusal::NoPlugin | Refusal::NoVersion { .. } | Refusal::NoChannel { .. } | Refusal::NoRevision { .. } => Code::NotFound,
            Refusal::NoReason | Refusal::ReasonTooLong { .. } => Code::Usage,
            r if r.is_conflict() => Code::Conflict,
            _ => Code::Refused,
        };
        let data: Vec<(&str, String)> = match &r {
            Refusal::NoVersion { version } => vec![("version", version.to_string())],
            Refusal::NoChannel { channel } => vec![("channel", channel.to_string())],
            Refusal::VersionTaken { version, by, at, next_free } => {
                vec![("version", version.to_string()), ("by", by.clone()), ("at", at.to_string()), ("next_free", next_free.to_string())]
            }
            Refusal::ChannelMoved { channel, now, by } => {
                let now = now.as_ref().map(ToString::to_string).unwrap_or_default();
                vec![("channel", channel.to_string()), ("now", now), ("by", by.clone())]
            }
            Refusal::NotEarlier { channel, to, now } => {
                vec![("channel", channel.to_string()), ("to", to.to_string()), ("now", now.to_string())]
            }
            Refusal::Yanked { version, reason } => vec![("version", version.to_string()), ("reason", reason.clone())],
            Refusal::ChannelsPointThere { version, channels } => {
                let names: Vec<_> = channels.iter().map(ToString::to_string).collect();
                vec![("version", version.to_string()), ("channels", names.join(", "))]
            }
            Refusal::UnknownAction { seq } | Refusal::NoRevision { seq } => vec![("seq", seq.to_string())],
            Refusal::RevisionMoved { now, by } => vec![("now", now.to_string()), ("by", by.clone())],
            Refusal::ChangedSince { version, seq } => vec![("version", version.to_string()), ("seq", seq.to_string())],
            Refusal::ReasonTooLong { length } => vec![("length", length.to_string())],
            Refusal::NoPlugin | Refusal::PublishStays { .. } | Refusal::Frozen | Refusal::NoReason | Refusal::DocumentFull => Vec::new(),
        };
        sentence(code, r.name(), &r, Some(r.hint()), &data)
    }
}

impl From<ChangeError> for WireError {
    fn from(e: ChangeError) -> Self {
        match e {
            ChangeError::Refused(r) => r.into(),
            ChangeError::Failed(e) => e.into(),
            ChangeError::PackageTooLarge { size, limit } => sentence(
                Code::Refused,
                "package_too_large",
                &e,
                Some("Leave out what users do not need, for example with a .patchbayignore file.".into()),
                &[("size", size.to_string()), ("limit", limit.to_string())],
            ),
            ChangeError::BeingRemoved { ref key } => sentence(
                Code::Conflict,
                "being_removed",
                &e,
                Some("Publish again when the clean-up has ended, in an hour at the latest.".into()),
                &[("key", key.clone())],
            ),
            ChangeError::Cancelled => sentence(Code::Interrupted, "cancelled", &e, None, &[]),
            ChangeError::Unknown { op, .. } => sentence(
                Code::UnknownOutcome,
                "unknown_outcome",
                &e,
                Some(format!("Find out with `patchbay resume {op}`: it asks the registry, and makes the change only if it is not there.")),
                &[("op", op.to_string())],
            ),
        }
    }
}

impl From<ChannelNameError> for WireError {
    fn from(e: ChannelNameError) -> Self {
        sentence(Code::Usage, "bad_channel", &e, Some(ChannelNameError::HINT.into()), &[("channel", e.0.clone())])
    }
}

impl From<patchbay_local::LocalError> for WireError {
    fn from(e: patchbay_local::LocalError) -> Self {
        sentence(Code::Failed, "embedded_failed", format!("{e}."), Some(e.hint().into()), &[])
    }
}

impl From<GcError> for WireError {
    fn from(e: GcError) -> Self {
        let (code, data) = match &e {
            GcError::Failed(_) => (Code::Failed, Vec::new()),
            GcError::NoClock => (Code::Refused, Vec::new()),
            GcError::Cancelled => (Code::Interrupted, Vec::new()),
            GcError::Running => (Code::Conflict, Vec::new()),
            GcError::DocumentMissing { id } => (Code::Integrity, vec![("plugin", id.to_string())]),
        };
        match e {
            GcError::Failed(e) => e.into(),
            e => sentence(code, e.name(), &e, Some(e.hint()), &data),
        }
    }
}
