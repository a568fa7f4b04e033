//! The commit protocol: read, apply, archive, compare-and-swap; and, when the answer is lost, ask by operation id.
//!
//! The PUT of the document is the commit. Every attempt carries the same operation id and the ETag of what it was made
//! from, so that of all attempts, delayed and duplicated ones included, at most one takes effect:
//! - 412 and 409: somebody (or our own lost attempt) was first. Read again; if the operation is in there, it was us.
//! - no answer: read again. If the operation is not in there, an attempt may still be on its way; the next attempt uses the
//!   same ETag, so only one of the two can win, and both say the same.
//! - in doubt until a read shows the operation, or another ETag than the attempt was made from: then it can never win.
//!
//! What to ask next is decided in [`decision`], which asks nobody; here it is carried out.

pub mod decision;
mod search;

use std::time::Duration;

use bytes::Bytes;
use patchbay_package::{Digest, PluginId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    decision::{End, Failed, Failure, Step},
    search::{Seek, seek},
};
use crate::{
    change::{Change, Consequence, Revision, Stamp},
    error::{ChangeError, ReadError},
    format::{MAX_DOCUMENT, document::Document},
    key::Key,
    registry::Uploads,
    seen::{Mark, Seen},
    store::{Body, Condition, ETag, Fetched, Store, StoreErrorKind},
};

/// A document as it stands in the registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The document and its digest.
    pub revision: Revision,
    /// Its bytes: what goes into history when the next one is committed.
    pub bytes: Bytes,
    /// Its entity tag.
    pub etag: ETag,
}

/// What was found where a document should be; none when the plugin has none.
pub type Found = Option<Standing>;

/// A change that is live.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    /// The document that holds it: the one that was written, or that was found.
    pub document: Document,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its entity tag, when this very run wrote or read it.
    pub etag: Option<ETag>,
    /// What happened.
    pub consequences: Vec<Consequence>,
    /// Whether a revision was written, now or by an earlier attempt of the same operation.
    pub wrote: bool,
}

/// Reads the document of a plugin; none when it has none.
///
/// # Errors
/// As the store fails, the bytes are not a document, or the registry was set back.
pub async fn read(store: &dyn Store, seen: &Seen, id: &PluginId) -> Result<Option<Standing>, ReadError> {
    let key = Key::Document(id.clone());
    let before = seen.mark(id);
    match store.get(&key, None, MAX_DOCUMENT).await? {
        Fetched::Found(object) => {
            let document = Document::parse(&key, &object.bytes)?;
            let digest = Digest::of(&object.bytes);
            seen.check(id, before, Some(Mark { seq: document.header.seq, digest }))?;
            Ok(Some(Standing { revision: Revision { document, digest }, bytes: object.bytes, etag: object.etag }))
        }
        Fetched::Same | Fetched::Absent => {
            seen.check(id, before, None)?;
            Ok(None)
        }
    }
}

/// A change on its way into a registry.
#[derive(Debug)]
pub struct Commit<'a> {
    /// Where.
    pub store: &'a dyn Store,
    /// What was seen of it before.
    pub seen: &'a Seen,
    /// The plugin.
    pub id: &'a PluginId,
    /// What to do.
    pub change: &'a Change,
    /// Who, when and under which operation id.
    pub stamp: &'a Stamp,
    /// What was read a moment ago, if anything: the first attempt begins with it in place of a read. When it is out of date, the
    /// condition fails and the next attempt reads.
    pub begin: Option<Found>,
    /// The revision that is in history already, because it was archived beside the upload.
    pub archived: Option<u64>,
    /// What the change refers to; none when all of it is referred to already.
    pub uploads: Option<&'a Uploads>,
    /// Whether an earlier run of the same operation may have got through: then all of history is searched for it.
    pub resumed: bool,
    /// How long to go on trying while others are writing or the answer is in doubt.
    pub patience: Duration,
    /// Stops it before the commit is sent.
    pub cancel: &'a CancellationToken,
}

impl Commit<'_> {
    /// Makes the change live.
    ///
    /// # Errors
    /// [`ChangeError::Unknown`] when a commit was sent and nobody could be asked about it until the patience ran out;
    /// every other error means that nothing is visible.
    pub async fn run(self) -> Result<Committed, ChangeError> {
        let Self { store, seen, id, change, stamp, begin, archived, uploads, resumed, patience, cancel } = self;
        let deadline = Instant::now() + patience;
        let late = || Instant::now() >= deadline;
        let mut step = decision::first(change, stamp, begin, archived, resumed);
        loop {
            step = match step {
                Step::Read(ask) => match unless_cancelled(cancel, read(store, seen, id)).await {
                    Some(found) => ask.answered(found.map_err(failed), late()),
                    None => ask.stopped(),
                },
                Step::Look(ask) => match unless_cancelled(cancel, revision(store, id, ask.seq())).await {
                    Some(revision) => ask.answered(revision.map_err(failed), late()),
                    None => ask.stopped(),
                },
                Step::Archive(ask) => match unless_cancelled(cancel, archive(store, id, ask.standing())).await {
                    Some(outcome) => ask.answered(outcome.map_err(failed), late()),
                    None => ask.stopped(),
                },
                Step::Put(ask) if cancel.is_cancelled() => ask.stopped(),
                Step::Put(ask) => match made_sure(uploads, cancel).await {
                    Err(ChangeError::Cancelled) => ask.stopped(),
                    Err(error) => ask.not_sent(unsure(error), late()),
                    // From here on nothing is cut short: this is the commit. Until it is signed are microseconds, and once it is the
                    // store takes it for a quarter of an hour: far less than a clean-up waits.
                    Ok(()) => {
                        let outcome = store.put(&Key::Document(id.clone()), Body::Bytes(ask.bytes()), ask.condition(), None).await;
                        let etag = outcome.as_ref().ok().cloned();
                        let mut step = ask.answered(outcome.map(drop).map_err(|e| failed(e.into())));
                        if let Step::End(End::Committed(done)) = &mut step {
                            done.etag = etag;
                            // Whatever was seen meanwhile, this revision is live: a reader that is ahead of it is no error here.
                            let _ = seen.check(id, None, Some(Mark { seq: done.document.header.seq, digest: done.digest }));
                        }
                        step
                    }
                },
                Step::Wait(wait) => {
                    unless_cancelled(cancel, tokio::time::sleep(wait.how_long())).await;
                    wait.over()
                }
                Step::End(end) => return told(end, stamp.op),
            }
        }
    }
}

/// What a commit tells whoever ran it.
fn told(end: End<ChangeError>, op: Uuid) -> Result<Committed, ChangeError> {
    Err(match end {
        End::Committed(done) => return Ok(*done),
        End::Refused(refusal) => refusal.into(),
        End::Failed(error) => error,
        End::Unknown(source) => {
            let read = |error| if let ChangeError::Failed(error) = error { Some(Box::new(error)) } else { None };
            ChangeError::Unknown { op, source: source.and_then(read) }
        }
        End::Cancelled => ChangeError::Cancelled,
    })
}

fn failed(error: ReadError) -> Failed<ChangeError> {
    let how = if let ReadError::Store(e) = &error { Failure::of(e) } else { Failure::Definite };
    Failed { how, error: error.into() }
}

async fn made_sure(uploads: Option<&Uploads>, cancel: &CancellationToken) -> Result<(), ChangeError> {
    match uploads {
        Some(uploads) => uploads.make_sure(cancel).await,
        None => Ok(()),
    }
}

/// What the commit would refer to could not be made sure of. Nothing of that is visible, so of the failures of a write only those
/// count that may pass.
fn unsure(error: ChangeError) -> Failed<ChangeError> {
    let passes = matches!(&error, ChangeError::Failed(ReadError::Store(e)) if e.is_transient());
    Failed { how: if passes { Failure::Passing } else { Failure::Definite }, error }
}

/// Does what has no effect that anybody sees, unless the person has had enough of it.
async fn unless_cancelled<T>(cancel: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        done = work => Some(done),
    }
}

/// A revision that history must have.
async fn revision(store: &dyn Store, id: &PluginId, seq: u64) -> Result<Revision, ReadError> {
    let key = Key::Revision(id.clone(), seq);
    match store.get(&key, None, MAX_DOCUMENT).await? {
        Fetched::Found(object) => Ok(Revision { document: Document::parse(&key, &object.bytes)?, digest: Digest::of(&object.bytes) }),
        Fetched::Same | Fetched::Absent => Err(ReadError::Altered { what: key.to_string() }),
    }
}

/// Looks for an operation in the document and in all of history.
pub(crate) async fn find_operation(store: &dyn Store, standing: &Standing, op: Uuid) -> Result<Option<Committed>, ReadError> {
    let mut at = standing.revision.clone();
    loop {
        at = match seek(&at.document, op, 1) {
            Seek::Here => return Ok(Some(Committed::found(at, None))),
            Seek::At(seq) => revision(store, &at.document.header.id, seq).await?,
            Seek::Nowhere => return Ok(None),
        };
    }
}

/// Makes sure that a revision is in history before the next one takes its place.
pub(crate) async fn archive(store: &dyn Store, id: &PluginId, standing: &Standing) -> Result<(), ReadError> {
    let key = Key::Revision(id.clone(), standing.revision.document.header.seq);
    match store.put(&key, Body::Bytes(standing.bytes.clone()), Condition::Absent, None).await {
        Ok(_) => Ok(()),
        Err(e) if matches!(e.kind, StoreErrorKind::PreconditionFailed { .. }) => match store.get(&key, None, MAX_DOCUMENT).await? {
            Fetched::Found(object) if object.bytes == standing.bytes => Ok(()),
            // Two different revisions of one number: history was tampered with, or the document was set back.
            _ => Err(ReadError::Altered { what: key.to_string() }),
        },
        Err(e) => Err(e.into()),
    }
}
