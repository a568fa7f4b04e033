//! All revisions as JSON lines, which can be checked without the registry. `docs/format.md` has the lines.

use patchbay_package::{Digest, PluginId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Registry,
    error::ReadError,
    format::{MAX_DOCUMENT, document::Document},
    key::Key,
    store::Fetched,
};

/// The format of the export.
pub const AUDIT: u64 = 1;

/// A line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AuditLine {
    /// The first one.
    Begin {
        /// The format of the export.
        audit: u64,
        /// The id of the registry.
        registry: Uuid,
        /// What it calls itself.
        name: String,
    },
    /// A revision: of each plugin all, from the first to the newest.
    Revision {
        /// The plugin.
        id: PluginId,
        /// Its number.
        seq: u64,
        /// SHA-256 of its bytes.
        sha256: Digest,
        /// Its bytes, which are UTF-8.
        text: String,
    },
    /// The last one.
    End {
        /// How many plugins there were.
        plugins: u64,
        /// How many revisions.
        revisions: u64,
    },
}

/// How much is in an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audited {
    /// How many plugins.
    pub plugins: u64,
    /// How many revisions.
    pub revisions: u64,
}

/// Why a file is not an export that can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Line {line} of the export is not to be trusted: {what}.")]
pub struct AuditError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

/// Reads all revisions of a plugin, or of all plugins, and hands them on line by line; the chain of digests is checked.
///
/// # Errors
/// [`ReadError::Altered`] when a revision is missing or differs from the digest that its successor names; whatever `line` answers.
pub async fn export<E: From<ReadError>>(
    registry: &Registry,
    only: Option<&PluginId>,
    mut line: impl FnMut(AuditLine) -> Result<(), E>,
) -> Result<Audited, E> {
    let about = registry.about();
    line(AuditLine::Begin { audit: AUDIT, registry: about.id, name: about.name.clone() })?;
    let mut done = Audited::default();
    let ids = match only {
        Some(id) => vec![id.clone()],
        None => {
            let listed = registry.store().list(Key::DOCUMENTS).await.map_err(ReadError::from)?;
            listed.iter().filter_map(|object| Key::document_id(&object.key)).collect()
        }
    };
    for id in ids {
        let standing = registry.document(&id).await?;
        let newest = standing.revision.document.header.seq;
        let mut before: Option<Digest> = None;
        for seq in 1..=newest {
            let key = Key::Revision(id.clone(), seq);
            let altered = || E::from(ReadError::Altered { what: key.to_string() });
            let (bytes, document) = if seq == newest {
                (standing.bytes.clone(), standing.revision.document.clone())
            } else {
                let fetched = registry.store().get(&key, None, MAX_DOCUMENT).await.map_err(ReadError::from)?;
                let Fetched::Found(object) = fetched else { return Err(altered()) };
                let document = Document::parse(&key, &object.bytes).map_err(ReadError::from)?;
                (object.bytes, document)
            };
            if document.header.prev != before {
                return Err(altered());
            }
            let sha256 = Digest::of(&bytes);
            before = Some(sha256);
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| altered())?;
            line(AuditLine::Revision { id: id.clone(), seq, sha256, text })?;
            done.revisions += 1;
        }
        done.plugins += 1;
    }
    line(AuditLine::End { plugins: done.plugins, revisions: done.revisions })?;
    Ok(done)
}

/// Checks an export line by line, without a registry.
#[derive(Debug, Default)]
pub struct Auditor {
    lines: u64,
    done: Audited,
    last: Option<(PluginId, u64, Digest)>,
    seen: std::collections::BTreeSet<PluginId>,
    ended: bool,
}

impl Auditor {
    /// Checks the next line.
    ///
    /// # Errors
    /// [`AuditError`] with the line.
    pub fn line(&mut self, text: &str) -> Result<(), AuditError> {
        self.lines += 1;
        let line: AuditLine = serde_json::from_str(text).map_err(|_| self.error("it is not a line of an export"))?;
        if self.ended {
            return Err(self.error("it comes after the end"));
        }
        match line {
            AuditLine::Begin { audit, .. } if self.lines == 1 && audit == AUDIT => Ok(()),
            AuditLine::Begin { .. } => Err(self.error("it begins an export of another format, or a second one")),
            _ if self.lines == 1 => Err(self.error("the beginning is missing")),
            AuditLine::Revision { id, seq, sha256, text } => self.revision(id, seq, sha256, &text),
            AuditLine::End { plugins, revisions } if self.done == Audited { plugins, revisions } => {
                self.ended = true;
                Ok(())
            }
            AuditLine::End { plugins, revisions } => {
                Err(self.error(&format!("it says {revisions} revisions of {plugins} plugins, and there are {}", self.done.revisions)))
            }
        }
    }

    fn revision(&mut self, id: PluginId, seq: u64, sha256: Digest, text: &str) -> Result<(), AuditError> {
        if Digest::of(text.as_bytes()) != sha256 {
            return Err(self.error(&format!("revision {seq} of {id} differs from its digest")));
        }
        let document = Document::parse(&Key::Revision(id.clone(), seq), text.as_bytes()).map_err(|e| self.error(&e.to_string()))?;
        let before = self.last.take().filter(|(before, ..)| *before == id);
        let follows = match &before {
            Some((_, before, digest)) => seq == before + 1 && document.header.prev == Some(*digest),
            None => seq == 1 && document.header.prev.is_none() && self.seen.insert(id.clone()),
        };
        if !follows {
            return Err(self.error(&format!("revision {seq} of {id} does not follow the one before it")));
        }
        self.done.plugins += u64::from(before.is_none());
        self.done.revisions += 1;
        self.last = Some((id, seq, sha256));
        Ok(())
    }

    /// What was in it.
    ///
    /// # Errors
    /// [`AuditError`] when the end is missing.
    pub fn finish(mut self) -> Result<Audited, AuditError> {
        self.lines += 1;
        if self.ended { Ok(self.done) } else { Err(self.error("the end is missing")) }
    }

    fn error(&self, what: &str) -> AuditError {
        AuditError { line: self.lines, what: what.trim_end_matches('.').to_owned() }
    }
}
