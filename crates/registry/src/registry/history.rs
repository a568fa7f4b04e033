//! Reading history, checked by the chain of digests.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use patchbay_package::{Digest, PluginId};

use super::Registry;
use crate::{
    change::{Change, Refusal, Revision},
    commit::Standing,
    error::{ChangeError, ReadError},
    format::{
        MAX_DOCUMENT,
        document::{ActionKind, Document, Header},
    },
    key::Key,
    store::Fetched,
};

/// A page of history: each revision with the one before it, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The newest revision of all.
    pub current: Revision,
    /// The revisions of this page; each is followed by the one before it, so the last one is only there to compare with.
    pub revisions: Vec<Document>,
    /// How many of them belong to the page.
    pub page: usize,
}

impl Registry {
    /// Reads a revision: from history, or the document when it is the newest.
    ///
    /// # Errors
    /// [`Refusal::NoRevision`] when there is none of this number.
    pub async fn revision(&self, standing: &Standing, seq: u64) -> Result<Revision, ChangeError> {
        if seq > standing.revision.document.header.seq {
            return Err(Refusal::NoRevision { seq }.into());
        }
        self.archived(standing, seq).await?.ok_or_else(|| Refusal::NoRevision { seq }.into())
    }

    /// A revision up to the newest; none when history has none of this number.
    async fn archived(&self, standing: &Standing, seq: u64) -> Result<Option<Revision>, ReadError> {
        let newest = &standing.revision;
        if seq == newest.document.header.seq {
            return Ok(Some(newest.clone()));
        }
        let key = Key::Revision(newest.document.header.id.clone(), seq);
        match self.store.get(&key, None, MAX_DOCUMENT).await? {
            Fetched::Found(o) => Ok(Some(Revision { document: Document::parse(&key, &o.bytes)?, digest: Digest::of(&o.bytes) })),
            Fetched::Same | Fetched::Absent => Ok(None),
        }
    }

    /// A page of history, newest first, of revisions before `before`; the chain of digests is checked.
    ///
    /// # Errors
    /// [`ReadError::Altered`] when a revision is missing or differs from the digest that its successor names.
    pub async fn history(&self, id: &PluginId, before: Option<u64>, page: usize) -> Result<History, ReadError> {
        let standing = self.document(id).await?;
        let newest = standing.revision.document.header.seq;
        // The revision above the page vouches for its first one; the one below is what its last one is compared with.
        let above = before.filter(|before| *before <= newest).unwrap_or(newest + 1);
        let wanted: Vec<u64> = (1..=above.min(newest)).rev().take(page + 1 + usize::from(above <= newest)).collect();
        let revisions: Vec<Revision> = stream::iter(wanted)
            .map(|seq| {
                let standing = &standing;
                async move { self.archived(standing, seq).await?.ok_or_else(|| altered(id, seq)) }
            })
            .buffered(8)
            .try_collect()
            .await?;
        for pair in revisions.windows(2) {
            follows(&pair[0], &pair[1])?;
        }
        let revisions: Vec<_> = revisions.into_iter().map(|r| r.document).filter(|d| d.header.seq < above).collect();
        let page = page.min(revisions.len());
        Ok(History { current: standing.revision, revisions, page })
    }

    /// The change that takes a revision back.
    ///
    /// # Errors
    /// [`Refusal::NoRevision`] when there is none of this number, or nothing before it.
    pub async fn undo(&self, standing: &Standing, seq: Option<u64>) -> Result<Change, ChangeError> {
        let seq = seq.unwrap_or(standing.revision.document.header.seq);
        let after = self.revision(standing, seq).await?;
        if seq < 2 {
            return Err(match after.document.header.action.kind {
                ActionKind::Publish => Refusal::PublishStays { versions: after.document.header.action.versions },
                _ => Refusal::NoRevision { seq },
            }
            .into());
        }
        let before = self.revision(standing, seq - 1).await?;
        follows(&after, &before)?;
        Ok(Change::Undo { before: Box::new(before.document), after: Box::new(after.document) })
    }
}

impl Registry {
    /// The change that sets the state of an earlier revision again.
    ///
    /// # Errors
    /// [`Refusal::NoRevision`] when there is none of this number.
    pub async fn restore(&self, standing: &Standing, seq: u64, reason: &str, expect: Option<u64>) -> Result<Change, ChangeError> {
        let state = Box::new(self.revision(standing, seq).await?.document);
        Ok(Change::Restore { state, reason: reason.to_owned(), expect })
    }
}

fn altered(id: &PluginId, seq: u64) -> ReadError {
    ReadError::Altered { what: Key::Revision(id.clone(), seq).to_string() }
}

/// Checks that a revision names the digest of the one before it.
fn follows(after: &Revision, before: &Revision) -> Result<(), ReadError> {
    let Header { id, seq, .. } = &before.document.header;
    if after.document.header.prev == Some(before.digest) { Ok(()) } else { Err(altered(id, *seq)) }
}
