//! The commit protocol: read, apply, archive, compare-and-swap; and, when the answer is lost, ask by operation id.
//!
//! The PUT of the document is the commit. Every attempt carries the same operation id and the ETag of what it was made
//! from, so that of all attempts, delayed and duplicated ones included, at most one takes effect:
//! - 412 and 409: somebody (or our own lost attempt) was first. Read again; if the operation is in there, it was us.
//! - no answer: read again. If the operation is not in there, an attempt may still be on its way; the next attempt uses the
//!   same ETag, so only one of the two can win, and both say the same.
//! - in doubt until a read shows the operation, or another ETag than the attempt was made from: then it can never win.

use std::time::Duration;

use bytes::Bytes;
use patchbay_package::{Digest, PluginId, Version};
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
        let Self { store, seen, id, change, stamp, .. } = self;
        let mut attempt = Attempt::new(&self);
        loop {
            let found = match begin.take() {
                Some(found) => Ok(found),
                None => attempt.unless_cancelled(read(store, seen, id)).await?,
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
                match attempt.unless_cancelled(find_operation(store, s, stamp.op, attempt.oldest)).await? {
                    Ok(Some(found)) => return Ok(attempt.told(found)),
                    Ok(None) => {}
                    Err(e) => {
                        attempt.wait_or_give_up(e).await?;
                        continue;
                    }
                }
            }
            attempt.not_found_in(standing.as_ref());
            // A refusal is definite even in doubt: `apply` accepted what the lost attempt was made from, so that is no longer
            // what stands there, and an attempt that is still on its way carries an ETag that can never match again.
            let (document, consequences) = match apply(standing.as_ref().map(|s| &s.revision), change, stamp)? {
                Next::Write { document, consequences } => (document, consequences),
                Next::Unchanged { consequences } => {
                    let Some(s) = standing else { return Err(Refusal::NoPlugin.into()) };
                    return Ok(Committed { document: s.revision.document, digest: s.revision.digest, consequences, wrote: false });
                }
            };
            attempt.in_time()?;
            if let Some(s) = &standing
                && self.archived != Some(seq)
                && let Err(e) = attempt.unless_cancelled(archive(store, id, s)).await?
            {
                attempt.wait_or_give_up(e).await?;
                continue;
            }
            attempt.not_cancelled()?;
            let bytes = Bytes::from(document.to_bytes());
            let digest = Digest::of(&bytes);
            let on = standing.map(|s| s.etag);
            let condition = on.clone().map_or(Condition::Absent, Condition::Matches);
            // From here on nothing is cut short: this is the commit.
            match store.put(&Key::Document(id.clone()), Body::Bytes(bytes), condition, None).await {
                Ok(_) => {
                    // Whatever was seen meanwhile, this revision is live: a reader that is ahead of it is no error here.
                    let _ = seen.check(id, None, Some(Mark { seq: document.header.seq, digest }));
                    return Ok(Committed { document: *document, digest, consequences, wrote: true });
                }
                Err(e) => attempt.refused(e, Sent { on, digest, consequences }).await?,
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
    let about: Option<fn(Version) -> Consequence> = match action.kind {
        ActionKind::Publish => Some(Consequence::Adds),
        ActionKind::Yank => Some(Consequence::Yanks),
        ActionKind::Unyank => Some(Consequence::Unyanks),
        ActionKind::Deprecate => Some(Consequence::Deprecates),
        ActionKind::Undeprecate => Some(Consequence::Undeprecates),
        ActionKind::Rollback | ActionKind::Promote | ActionKind::Undo | ActionKind::Other(_) => None,
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

/// A commit that was sent, and that may be live or become so.
struct Sent {
    /// The tag of what it was made from; none for a first revision.
    on: Option<ETag>,
    /// SHA-256 of its bytes.
    digest: Digest,
    /// What it does.
    consequences: Vec<Consequence>,
}

/// Where a commit is between its tries.
struct Attempt<'a> {
    deadline: Instant,
    number: u32,
    /// What nobody knows the outcome of. While it is here, nobody may say that the commit failed.
    doubt: Option<Sent>,
    /// How the last commit failed.
    failure: Option<ReadError>,
    /// The oldest revision that our attempts were made from: ours cannot be older.
    oldest: u64,
    op: Uuid,
    cancel: &'a CancellationToken,
}

impl<'a> Attempt<'a> {
    fn new(commit: &Commit<'a>) -> Self {
        let deadline = Instant::now() + commit.patience;
        Self { deadline, number: 0, doubt: None, failure: None, oldest: u64::MAX, op: commit.stamp.op, cancel: commit.cancel }
    }

    fn out_of_time(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Does what has no effect that anybody sees, unless the person has had enough of it.
    async fn unless_cancelled<T>(&mut self, work: impl Future<Output = T>) -> Result<T, ChangeError> {
        let cancel = self.cancel;
        tokio::select! {
            biased;
            () = cancel.cancelled() => self.not_cancelled().and_then(|()| Err(ChangeError::Cancelled)),
            done = work => Ok(done),
        }
    }

    fn not_cancelled(&mut self) -> Result<(), ChangeError> {
        if !self.cancel.is_cancelled() {
            return Ok(());
        }
        // What is in doubt has failed once.
        match self.failure.take().filter(|_| self.doubt.is_some()) {
            Some(failure) => Err(self.end(failure)),
            None => Err(ChangeError::Cancelled),
        }
    }

    /// The operation is not in what stands there. When that is no longer what it was made from, it never will be.
    fn not_found_in(&mut self, standing: Option<&Standing>) {
        let now = standing.map(|s| &s.etag);
        self.doubt = self.doubt.take().filter(|sent| sent.on.as_ref() == now);
    }

    /// A revision that was found, as the attempt that wrote it told it.
    fn told(self, found: Committed) -> Committed {
        match self.doubt {
            Some(sent) if sent.digest == found.digest => Committed { consequences: sent.consequences, ..found },
            _ => found,
        }
    }

    /// The error to end with: in doubt, nobody may say that it failed.
    fn end(&self, source: ReadError) -> ChangeError {
        if self.doubt.is_some() { ChangeError::Unknown { op: self.op, source: Box::new(source) } } else { ChangeError::Failed(source) }
    }

    /// After a commit that did not succeed: waits, so that what stands there can be read. However late it is, it is read once.
    async fn refused(&mut self, error: StoreError, sent: Sent) -> Result<(), ChangeError> {
        // 412 and 409: another writer was first, or our own attempt, which somebody on the way sent twice. Reading tells.
        let taken = matches!(error.kind, StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. });
        if taken || error.is_ambiguous() {
            self.doubt = Some(sent);
        }
        let passing = taken || self.passes(&error);
        let error = ReadError::from(error);
        if !passing {
            return Err(self.end(error));
        }
        self.failure = Some(error);
        self.pause().await;
        Ok(())
    }

    /// Before another commit is sent: gives up when the last one failed and the patience is at its end.
    fn in_time(&mut self) -> Result<(), ChangeError> {
        match self.failure.take() {
            Some(failure) if self.out_of_time() => Err(self.end(failure)),
            failure => {
                self.failure = failure;
                Ok(())
            }
        }
    }

    /// After a request that changes nothing.
    async fn wait_or_give_up(&mut self, error: ReadError) -> Result<(), ChangeError> {
        let passing = matches!(&error, ReadError::Store(e) if self.passes(e));
        if !passing || self.out_of_time() {
            return Err(self.end(error));
        }
        self.pause().await;
        Ok(())
    }

    /// Whether a failure is worth waiting out. In doubt an unreachable registry is, too: only it knows.
    fn passes(&self, error: &StoreError) -> bool {
        error.is_transient() || (self.doubt.is_some() && matches!(error.kind, StoreErrorKind::Unreachable { .. }))
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
