//! Every key of the bucket, in one place: its path, its content type and how long it may be cached.

use std::fmt;

use patchbay_package::{Digest, PluginId, Version};

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
    /// `catalog/head.json`: the catalogue.
    CatalogHead,
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
            Self::Registry | Self::CatalogHead => "application/json",
            Self::Document(_) | Self::Revision(..) => "application/jsonl",
            Self::Package(..) => "application/zip",
            Self::Asset(..) | Self::Probe(_) => "application/octet-stream",
        }
    }

    /// The `Cache-Control` that the object is stored with (RFC 9111, RFC 8246).
    #[must_use]
    pub fn cache_control(&self) -> &'static str {
        match self {
            Self::Revision(..) | Self::Package(..) | Self::Asset(..) => "public, max-age=31536000, immutable",
            // Shared by many readers and allowed to lag: a CDN may answer for a few seconds.
            Self::CatalogHead => "public, max-age=5",
            Self::Registry | Self::Document(_) | Self::Probe(_) => "no-cache",
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
            Self::Probe(name) => write!(f, "probe/{name}"),
        }
    }
}
