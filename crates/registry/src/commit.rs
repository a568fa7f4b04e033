//! The commit protocol: read, apply, archive, compare-and-swap; and, when the answer is lost, ask by operation id.
//!
//! The PUT of the document is the commit. Every attempt carries the same operation id and the ETag of what it was made
//! from, so that of all attempts, delayed and duplicated ones included, at most one takes effect:
//! - 412 and 409: somebody (or our own lost attempt) was first. Read again; if the operation is in there, it was us.
//! - no answer: read again. If the operation is not in there, an attempt may still be on its way; the next attempt uses the
//!   same ETag, so only one of the two can win, and both say the same.

use std::time::Duration;

use bytes::Bytes;
use patchbay_package::{Digest, PluginId};
use rand::RngExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    change::{Change, Consequence, Next, Refusal, Revision, Stamp, apply},
    error::{ChangeError, ReadError},
    format::{
        MAX_DOCUMENT, MAX_OPERATIONS,
        document::{ActionKind, Document},
    },
    key::Key,
    seen::{Mark, Seen},
    store::{Body, Condition, ETag, Fetched, Store, StoreError, StoreErrorKind},
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
    match store.get(&key, None, MAX_DOCUMENT).await? {
        Fetched::Found(object) => {
            let document = Document::parse(&key, &object.bytes)?;
            let digest = Digest::of(&object.bytes);
            seen.check(id, seen.mark(id), Some(Mark { seq: document.header.seq, digest }))?;
            Ok(Some(Standing { revision: Revision { document, digest }, bytes: object.bytes, etag: object.etag }))
        }
        Fetched::Same | Fetched::Absent => {
            seen.check(id, seen.mark(id), None)?;
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
    pub async fn run(mut self) -> Result<Committed, ChangeError> {
        let mut begin = self.begin.take();
        let Self { store, seen, id, change, stamp, cancel, .. } = self;
        let mut attempt =
            Attempt { deadline: Instant::now() + self.patience, number: 0, in_doubt: false, oldest: u64::MAX, op: stamp.op, cancel };
        loop {
            attempt.not_cancelled()?;
            let found = match begin.take() {
                Some(found) => Ok(found),
                None => read(store, seen, id).await,
            };
            let standing = match found {
                Ok(standing) => standing,
                Err(e) => {
                    attempt.wait_or_give_up(e).await?;
                    continue;
                }
            };
            let seq = standing.as_ref().map_or(0, |s| s.revision.document.header.seq);
            attempt.oldest = attempt.oldest.min(if self.resumed { 1 } else { seq });
            if let Some(s) = &standing {
                match find_operation(store, s, stamp.op, attempt.oldest).await {
                    Ok(Some(found)) => return Ok(found),
                    Ok(None) => {}
                    Err(e) => {
                        attempt.wait_or_give_up(e).await?;
                        continue;
                    }
                }
            }
            // A refusal is definite even in doubt: `apply` accepted what the lost attempt was made from, so that is no longer
            // what stands there, and an attempt that is still on its way carries an ETag that can never match again.
            let (document, consequences) = match apply(standing.as_ref().map(|s| &s.revision), change, stamp)? {
                Next::Write { document, consequences } => (document, consequences),
                Next::Unchanged { consequences } => {
                    let Some(s) = standing else { return Err(Refusal::NoPlugin.into()) };
                    return Ok(Committed { document: s.revision.document, digest: s.revision.digest, consequences, wrote: false });
                }
            };
            if let Some(s) = &standing
                && let Err(e) = archive(store, id, s).await
            {
                attempt.wait_or_give_up(e).await?;
                continue;
            }
            attempt.not_cancelled()?;
            let bytes = Bytes::from(document.to_bytes());
            let digest = Digest::of(&bytes);
            let condition = standing.map_or(Condition::Absent, |s| Condition::Matches(s.etag));
            match store.put(&Key::Document(id.clone()), Body::Bytes(bytes), condition, None).await {
                Ok(_) => {
                    // Whatever was seen meanwhile, this revision is live: a reader that is ahead of it is no error here.
                    let _ = seen.check(id, None, Some(Mark { seq: document.header.seq, digest }));
                    return Ok(Committed { document: *document, digest, consequences, wrote: true });
                }
                Err(e) => {
                    attempt.in_doubt |= e.is_ambiguous();
                    attempt.wait_or_give_up(e.into()).await?;
                }
            }
        }
    }
}

/// Looks for an operation in the document and, back to the revision `oldest`, in history. Each document names its last
/// 64 operations, so one GET answers for 64 revisions.
pub(crate) async fn find_operation(store: &dyn Store, standing: &Standing, op: Uuid, oldest: u64) -> Result<Option<Committed>, ReadError> {
    let mut document = standing.revision.document.clone();
    let mut digest = standing.revision.digest;
    loop {
        let header = &document.header;
        if header.op == op {
            return Ok(Some(Committed { consequences: retell(&document), document, digest, wrote: true }));
        }
        let back = match header.ops.iter().position(|o| *o == op) {
            Some(back) => back.max(1) as u64,
            None => MAX_OPERATIONS as u64,
        };
        let Some(seq) = header.seq.checked_sub(back).filter(|seq| *seq >= oldest.max(1)) else { return Ok(None) };
        let key = Key::Revision(header.id.clone(), seq);
        let Fetched::Found(object) = store.get(&key, None, MAX_DOCUMENT).await? else {
            return Err(ReadError::Altered { what: key.to_string() });
        };
        document = Document::parse(&key, &object.bytes)?;
        digest = Digest::of(&object.bytes);
    }
}

/// What a revision did, told from its action.
fn retell(document: &Document) -> Vec<Consequence> {
    let action = &document.header.action;
    let mut said = Vec::new();
    if action.kind == ActionKind::Publish {
        said.extend(action.versions.iter().cloned().map(Consequence::Adds));
    }
    for m in &action.channels {
        said.push(Consequence::Moves { channel: m.channel.clone(), from: m.from.clone(), to: m.to.clone() });
    }
    said
}

/// Makes sure that a revision is in history before the next one takes its place.
async fn archive(store: &dyn Store, id: &PluginId, standing: &Standing) -> Result<(), ReadError> {
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

/// Where a commit is between its tries.
struct Attempt<'a> {
    deadline: Instant,
    number: u32,
    /// Whether a commit was sent whose answer was lost.
    in_doubt: bool,
    /// The oldest revision that our attempts were made from: ours cannot be older.
    oldest: u64,
    op: Uuid,
    cancel: &'a CancellationToken,
}

impl Attempt<'_> {
    fn out_of_time(&self) -> bool {
        Instant::now() >= self.deadline
    }

    fn not_cancelled(&self) -> Result<(), ChangeError> {
        if !self.cancel.is_cancelled() {
            Ok(())
        } else if self.in_doubt {
            let lost = StoreErrorKind::Lost { endpoint: "The registry".into(), reason: "it was cancelled before the answer came".into() };
            Err(self.end(StoreError::new(lost, None).into()))
        } else {
            Err(ChangeError::Cancelled)
        }
    }

    /// The error to end with: in doubt, nobody may say that it failed.
    fn end(&self, source: ReadError) -> ChangeError {
        if self.in_doubt { ChangeError::Unknown { op: self.op, source: Box::new(source) } } else { ChangeError::Failed(source) }
    }

    async fn wait_or_give_up(&mut self, error: ReadError) -> Result<(), ChangeError> {
        let passing = match &error {
            // 412: another writer was first, or our own lost attempt. Reading again tells.
            ReadError::Store(e) if matches!(e.kind, StoreErrorKind::PreconditionFailed { .. }) => true,
            // In doubt, an unreachable registry is worth waiting for: only it knows.
            ReadError::Store(e) => e.is_transient() || (self.in_doubt && matches!(e.kind, StoreErrorKind::Unreachable { .. })),
            _ => false,
        };
        if !passing || self.out_of_time() {
            return Err(self.end(error));
        }
        self.pause().await;
        Ok(())
    }

    /// Full jitter, doubling from 20 ms to at most a second (AWS Architecture Blog, "Exponential Backoff And Jitter").
    async fn pause(&mut self) {
        let most = 20u64.saturating_mul(1 << self.number.min(6)).min(1_000);
        self.number += 1;
        let wait = Duration::from_millis(rand::rng().random_range(1..=most));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.cancel.cancelled() => {}
        }
    }
}
