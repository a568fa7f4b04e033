//! Reading about one plugin.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use patchbay_package::{Digest, PluginId};
use patchbay_registry::{Key, ReadError, Standing, change::differences, format::document::Document};

use crate::{
    App, files, markdown,
    sentence::sentence,
    session::Session,
    view,
    wire::{Code, HistoryView, PluginView, RevisionDiff, WireError},
};

/// Revisions per page of history.
const PAGE: usize = 20;

impl App {
    /// Everything about a plugin. Not `fresh`: the last known state, from disk. `fresh`: asked of the registry with one request; when
    /// it cannot be reached, the last known state with the reason.
    ///
    /// # Errors
    /// `no_plugin` when there is none (or none known), else as reading fails and nothing is known.
    pub async fn plugin(&self, registry: Option<&str>, plugin: &str, fresh: bool) -> Result<PluginView, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let missing = || ReadError::NoPlugin { id: id.clone() };
        if !fresh {
            let (document, read_at) = known(&session, &id).ok_or_else(missing)?;
            return view::plugin(&document, read_at, None).ok_or_else(|| missing().into());
        }
        match self.read(&session, &id).await {
            Ok(standing) => view::plugin(&standing.revision.document, self.now(), None).ok_or_else(|| missing().into()),
            // Only the network is a reason to show what was known: anything else is news.
            Err(e) if e.code == Code::Network => match known(&session, &id) {
                Some((document, read_at)) => view::plugin(&document, read_at, Some(e)).ok_or_else(|| missing().into()),
                None => Err(e),
            },
            Err(e) => Err(e),
        }
    }

    /// Reads a document, and keeps it and its mark on disk.
    pub(crate) async fn read(&self, session: &Session, id: &PluginId) -> Result<Standing, WireError> {
        let standing = session.find(id).await?.ok_or_else(|| ReadError::NoPlugin { id: id.clone() })?;
        session.keep_seen().await?;
        let path = session.document_file(id);
        if let Some(folder) = path.parent() {
            crate::home::make(folder)?;
        }
        files::cache(&path, &[&standing.bytes])?;
        Ok(standing)
    }

    /// The README of a version as sanitised HTML; none when it has none.
    ///
    /// # Errors
    /// As reading fails.
    pub async fn readme(&self, registry: Option<&str>, plugin: &str, version: &str) -> Result<Option<String>, WireError> {
        let (id, version) = (super::id(plugin)?, super::version(version)?);
        let session = self.session(registry).await?;
        let document = match known(&session, &id) {
            Some((document, _)) if document.release(&version).is_some() => document,
            _ => self.read(&session, &id).await?.revision.document,
        };
        let release = document.release(&version).ok_or(patchbay_registry::Refusal::NoVersion { version })?;
        let Some(digest) = release.readme else { return Ok(None) };
        let bytes = session.registry.asset(&id, digest).await?;
        Ok(Some(markdown::render(&String::from_utf8_lossy(&bytes))))
    }

    /// A page of the plugin's history, newest first.
    ///
    /// # Errors
    /// As reading fails; `altered` when the chain of digests is broken.
    pub async fn history(&self, registry: Option<&str>, plugin: &str, before: Option<u64>) -> Result<HistoryView, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let history = session.registry.history(&id, before, PAGE).await?;
        session.keep_seen().await?;
        Ok(view::history(&history))
    }

    /// Everything about a plugin as it was at a revision.
    ///
    /// # Errors
    /// As reading fails; `no_revision` when there is none of this number.
    pub async fn plugin_at(&self, registry: Option<&str>, plugin: &str, seq: u64) -> Result<PluginView, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let standing = self.read(&session, &id).await?;
        let revision = session.registry.revision(&standing, seq).await?;
        view::plugin(&revision.document, self.now(), None).ok_or_else(|| ReadError::NoPlugin { id }.into())
    }

    /// How two revisions of a plugin differ.
    ///
    /// # Errors
    /// As reading fails; `no_revision` when there is none of one of these numbers.
    pub async fn compare_revisions(&self, registry: Option<&str>, plugin: &str, from: u64, to: u64) -> Result<RevisionDiff, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let standing = self.read(&session, &id).await?;
        let old = session.registry.revision(&standing, from).await?;
        let new = session.registry.revision(&standing, to).await?;
        let changes = view::consequences(&differences(&old.document, &new.document));
        Ok(RevisionDiff { id: id.to_string(), from, to, changes })
    }

    /// An icon as a `data:` URL.
    ///
    /// # Errors
    /// As reading fails; `not_an_image` when it is not PNG, JPEG, WebP, GIF or SVG.
    pub async fn icon(&self, registry: Option<&str>, plugin: &str, digest: &str) -> Result<String, WireError> {
        let id = super::id(plugin)?;
        let digest: Digest = digest.parse().map_err(|e| sentence(Code::Usage, "bad_digest", e, None, &[]))?;
        let bytes = self.session(registry).await?.registry.asset(&id, digest).await?;
        let Some(media_type) = image_type(&bytes) else {
            let message = format!("The icon of {id} is not an image.");
            return Err(sentence(Code::Integrity, "not_an_image", message, None, &[("plugin", id.to_string())]));
        };
        Ok(format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(&bytes)))
    }
}

/// The last known document, and when it was read. A damaged copy counts as none: it is only a cache.
pub(super) fn known(session: &Session, id: &PluginId) -> Option<(Document, jiff::Timestamp)> {
    let path = session.document_file(id);
    let bytes = std::fs::read(&path).ok()?;
    let read_at = std::fs::metadata(&path).and_then(|m| m.modified()).ok()?;
    let document = Document::parse(&Key::Document(id.clone()), &bytes).ok()?;
    Some((document, read_at.try_into().ok()?))
}

/// What an image is by its first bytes. An author's claim about it is not believed; inside `<img>` an SVG cannot run scripts.
pub(crate) fn image_type(bytes: &[u8]) -> Option<&'static str> {
    let start = &bytes[..bytes.len().min(512)];
    if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if start.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if start.starts_with(b"GIF8") {
        Some("image/gif")
    } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else if std::str::from_utf8(bytes).is_ok_and(|t| t.trim_start_matches('\u{feff}').trim_start().starts_with('<') && t.contains("<svg"))
    {
        Some("image/svg+xml")
    } else {
        None
    }
}
