//! Where an operation is, and what the revision that it wrote tells.

use patchbay_package::Version;
use uuid::Uuid;

use super::Committed;
use crate::{
    change::{Consequence, Revision},
    format::{
        MAX_OPERATIONS,
        document::{ActionKind, Document},
    },
};

/// Where an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seek {
    /// It wrote this revision.
    Here,
    /// Look at this one.
    At(u64),
    /// It is in none.
    Nowhere,
}

/// Looks for an operation in a document, back to the revision `oldest`. Each names its last 64 operations, so one GET answers
/// for 64 revisions.
pub(super) fn seek(document: &Document, op: Uuid, oldest: u64) -> Seek {
    let header = &document.header;
    if header.op == op {
        return Seek::Here;
    }
    let back = match header.ops.iter().position(|o| *o == op) {
        Some(back) => back.max(1) as u64,
        None => MAX_OPERATIONS as u64,
    };
    header.seq.checked_sub(back).filter(|seq| *seq >= oldest.max(1)).map_or(Seek::Nowhere, Seek::At)
}

impl Committed {
    /// A revision that an operation wrote, told by the attempt that wrote it or else from its action.
    pub(super) fn found(revision: Revision, told: Option<Vec<Consequence>>) -> Self {
        let Revision { document, digest } = revision;
        let consequences = told.unwrap_or_else(|| retell(&document));
        Self { document, digest, etag: None, consequences, wrote: true }
    }
}

/// What a revision did, told from its action.
fn retell(document: &Document) -> Vec<Consequence> {
    let action = &document.header.action;
    let about: Option<fn(Version) -> Consequence> = match action.kind {
        ActionKind::Publish => Some(Consequence::Adds),
        ActionKind::Yank => Some(Consequence::Yanks),
        ActionKind::Unyank => Some(Consequence::Unyanks),
        ActionKind::Deprecate => Some(Consequence::Deprecates),
        ActionKind::Undeprecate => Some(Consequence::Undeprecates),
        ActionKind::Rollback | ActionKind::Promote | ActionKind::Undo | ActionKind::Restore | ActionKind::Other(_) => None,
    };
    let mut said: Vec<_> = about.into_iter().flat_map(|said| action.versions.iter().cloned().map(said)).collect();
    for m in &action.channels {
        said.push(Consequence::Moves { channel: m.channel.clone(), from: m.from.clone(), to: m.to.clone() });
        if action.kind == ActionKind::Rollback {
            said.push(Consequence::Held(m.channel.clone()));
        }
    }
    said
}
