//! Every key of the bucket, in one place: its path, its content type and how long it may be cached.

use std::fmt;

use patchbay_package::{Digest, PluginId, Version, parse_version};

/// An object in the bucket. `docs/format.md` says what is in each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `registry.json`: who we are.
    Registry,
    /// `plugins/<id>.jsonl`: the document of a plugin, the only mutable truth.
    Document(PluginId),
    /// `history/<id>/<seq, 10 digits>.jsonl`: a revision that is no longer the newest.
    Revision(PluginId, u64),
    /// `packages/<id>/<version>/<sha256>.zip`: an artifact.
    Package(PluginId, Version, Digest),
    /// `assets/<id>/<sha256>`: a file list, README, changelog or icon.
    Asset(PluginId, Digest),
    /// `catalog/head.json`: where the catalogue stands.
    CatalogHead,
    /// `catalog/<sha256>.jsonl.gz`: a snapshot or a delta of the catalogue.
    CatalogPart(Digest),
    /// `cleaning.json`: what a clean-up is removing.
    Cleaning,
    /// `probe/<name>`: written and removed by the probe of conditional writes.
    Probe(String),
}

impl Key {
    /// The prefix under which all documents are listed.
    pub const DOCUMENTS: &'static str = "plugins/";

    /// The media type that the object is stored with.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Registry | Self::Cleaning => "application/json",
            Self::Document(_) | Self::Revision(..) => "application/jsonl",
            Self::Package(..) => "application/zip",
            // Not as a content encoding: nothing on the way may undo it, or the digest of a part would be of other bytes.
            Self::CatalogHead | Self::CatalogPart(_) => "application/gzip",
            Self::Asset(..) | Self::Probe(_) => "application/octet-stream",
        }
    }

    /// The `Cache-Control` that the object is stored with (RFC 9111, RFC 8246).
    #[must_use]
    pub fn cache_control(&self) -> &'static str {
        match self {
            Self::Revision(..) | Self::Package(..) | Self::Asset(..) | Self::CatalogPart(_) => "public, max-age=31536000, immutable",
            // Shared by many readers and allowed to lag: a CDN may answer for a few seconds.
            Self::CatalogHead => "public, max-age=5",
            Self::Registry | Self::Document(_) | Self::Cleaning | Self::Probe(_) => "no-cache",
        }
    }

    /// The key of this path, if there is one. The inverse of its text.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let key = match parts.as_slice() {
            ["registry.json"] => Self::Registry,
            ["cleaning.json"] => Self::Cleaning,
            ["catalog", "head.json"] => Self::CatalogHead,
            ["catalog", name] => Self::CatalogPart(name.strip_suffix(".jsonl.gz")?.parse().ok()?),
            ["plugins", name] => Self::Document(name.strip_suffix(".jsonl")?.parse().ok()?),
            ["history", id, name] => Self::Revision(id.parse().ok()?, name.strip_suffix(".jsonl")?.parse().ok()?),
            ["packages", id, version, name] => {
                Self::Package(id.parse().ok()?, parse_version(version).ok()?, name.strip_suffix(".zip")?.parse().ok()?)
            }
            ["assets", id, digest] => Self::Asset(id.parse().ok()?, digest.parse().ok()?),
            ["probe", name] => Self::Probe((*name).to_owned()),
            _ => return None,
        };
        // One object has one spelling: `history/timer/1.jsonl` is no revision.
        (key.to_string() == path).then_some(key)
    }

    /// The plugin that it belongs to.
    #[must_use]
    pub fn plugin(&self) -> Option<&PluginId> {
        match self {
            Self::Document(id) | Self::Revision(id, _) | Self::Package(id, ..) | Self::Asset(id, _) => Some(id),
            Self::Registry | Self::CatalogHead | Self::CatalogPart(_) | Self::Cleaning | Self::Probe(_) => None,
        }
    }

    /// The plugin whose document this key names, if it names one. The inverse of [`Key::Document`], for listings.
    #[must_use]
    pub fn document_id(key: &str) -> Option<PluginId> {
        key.strip_prefix(Self::DOCUMENTS)?.strip_suffix(".jsonl")?.parse().ok()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry => f.write_str("registry.json"),
            Self::Document(id) => write!(f, "{}{id}.jsonl", Self::DOCUMENTS),
            Self::Revision(id, seq) => write!(f, "history/{id}/{seq:010}.jsonl"),
            Self::Package(id, version, digest) => write!(f, "packages/{id}/{version}/{digest}.zip"),
            Self::Asset(id, digest) => write!(f, "assets/{id}/{digest}"),
            Self::CatalogHead => f.write_str("catalog/head.json"),
            Self::CatalogPart(digest) => write!(f, "catalog/{digest}.jsonl.gz"),
            Self::Cleaning => f.write_str("cleaning.json"),
            Self::Probe(name) => write!(f, "probe/{name}"),
        }
    }
}
