//! What a commit asks next, given the last answer: the protocol without a store, a clock or a die.
//!
//! [`Commit::run`](super::Commit::run) carries the steps out. The model in `tests/model` carries them out in every order, with
//! every answer, and checks that the promises hold all the same. `E` is what a failed request says; here it is only passed on.

use std::time::Duration;

use bytes::Bytes;
use patchbay_package::Digest;
use uuid::Uuid;

use super::{
    Committed, Found, Standing,
    search::{Seek, seek},
};
use crate::{
    change::{Change, Consequence, Next, Refusal, Revision, Stamp, apply},
    format::document::Document,
    store::{Condition, ETag, StoreError, StoreErrorKind},
};

/// How a request failed, as far as the protocol cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// 412 and 409: another writer was first, or our own attempt, which somebody on the way sent twice. Reading tells.
    Taken,
    /// No answer, or 5xx: it may have taken effect, and may well succeed in a moment.
    Lost,
    /// An answer that no store gives: it may have taken effect, and asking again will not help.
    Strange,
    /// It had no effect, and may well succeed in a moment.
    Passing,
    /// Nothing was sent, and nobody can be asked.
    Unreachable,
    /// It had no effect, and will not have one.
    Definite,
}

impl Failure {
    /// How a store failed.
    #[must_use]
    pub fn of(error: &StoreError) -> Self {
        match &error.kind {
            StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. } => Self::Taken,
            StoreErrorKind::Unreachable { .. } => Self::Unreachable,
            _ => match (error.is_ambiguous(), error.is_transient()) {
                (true, true) => Self::Lost,
                (true, false) => Self::Strange,
                (false, true) => Self::Passing,
                (false, false) => Self::Definite,
            },
        }
    }
}

/// A request that failed.
#[derive(Clone, Debug)]
pub struct Failed<E> {
    /// How.
    pub how: Failure,
    /// What it says.
    pub error: E,
}

/// What to do next. Each holds all that is known; whoever does it hands the answer back to it.
#[derive(Clone, Debug)]
pub enum Step<'a, E> {
    /// GET the document.
    Read(Read<'a, E>),
    /// GET a revision from history: the operation may be it.
    Look(Look<'a, E>),
    /// Make sure that what was read is in history.
    Archive(Archive<'a, E>),
    /// PUT the document. This is the commit.
    Put(Put<'a, E>),
    /// Wait, so that what stands there can be read.
    Wait(Wait<'a, E>),
    /// Tell.
    End(End<E>),
}

/// What to tell.
#[derive(Clone, Debug)]
pub enum End<E> {
    /// It is live.
    Committed(Box<Committed>),
    /// A rule forbids it. It is not live, and will not be.
    Refused(Refusal),
    /// It is not live, and will not be.
    Failed(E),
    /// It may be live, or become so. What happened last, if anything did.
    Unknown(Option<E>),
    /// It was stopped. It is not live, and will not be.
    Cancelled,
}

/// An attempt that was sent, and that may be live or become so.
#[derive(Clone, Debug)]
struct Sent {
    /// The tag of what it was made from; none for a first revision. Once another stands there, it can never win.
    on: Option<ETag>,
    /// The digest of its bytes and what it does; none of an attempt by an earlier run.
    told: Option<(Digest, Vec<Consequence>)>,
}

/// Where a commit is between its requests.
#[derive(Clone, Debug)]
struct Attempt<'a, E> {
    change: &'a Change,
    stamp: &'a Stamp,
    archived: Option<u64>,
    /// How often it was waited for.
    waits: u32,
    /// An earlier run of the operation may have sent something, and nothing was read since.
    earlier: bool,
    /// What nobody knows the outcome of. While it is here, nobody may say that the commit failed.
    doubt: Option<Sent>,
    /// How the last commit failed.
    failure: Option<E>,
    /// The oldest revision that our attempts were made from: ours cannot be older.
    oldest: u64,
}

/// The first step of a commit. `begin` is what was read a moment ago, in place of a first read; `archived` the revision that is in
/// history already. Of one that is `resumed` an earlier run may have got through, or may still be on its way.
#[must_use]
pub fn first<'a, E>(change: &'a Change, stamp: &'a Stamp, begin: Option<Found>, archived: Option<u64>, resumed: bool) -> Step<'a, E> {
    let oldest = if resumed { 1 } else { u64::MAX };
    let attempt = Attempt { change, stamp, archived, waits: 0, earlier: resumed, doubt: None, failure: None, oldest };
    match begin {
        Some(found) => attempt.found(found, false),
        None => Step::Read(Read(attempt)),
    }
}

impl<'a, E> Attempt<'a, E> {
    fn in_doubt(&self) -> bool {
        self.earlier || self.doubt.is_some()
    }

    /// In doubt, nobody may say that it failed.
    fn end(&self, error: E) -> Step<'a, E> {
        Step::End(if self.in_doubt() { End::Unknown(Some(error)) } else { End::Failed(error) })
    }

    /// The person has had enough of it.
    fn stopped(mut self) -> Step<'a, E> {
        Step::End(if self.in_doubt() { End::Unknown(self.failure.take()) } else { End::Cancelled })
    }

    /// Whether a failure is worth waiting out. In doubt an unreachable registry is, too: only it knows.
    fn passes(&self, how: Failure) -> bool {
        match how {
            Failure::Taken | Failure::Lost | Failure::Passing => true,
            Failure::Unreachable => self.in_doubt(),
            Failure::Strange | Failure::Definite => false,
        }
    }

    /// After a request that changes nothing anybody sees.
    fn again(self, failed: Failed<E>, late: bool) -> Step<'a, E> {
        if late || !self.passes(failed.how) { self.end(failed.error) } else { Step::Wait(Wait(self)) }
    }

    /// The document was read.
    fn found(mut self, found: Found, late: bool) -> Step<'a, E> {
        let seq = found.as_ref().map_or(0, |s| s.revision.document.header.seq);
        self.oldest = self.oldest.min(seq);
        match found {
            Some(standing) => match seek(&standing.revision.document, self.stamp.op, self.oldest) {
                Seek::Here => self.live(standing.revision),
                Seek::At(seq) => Step::Look(Look { attempt: self, standing, seq }),
                Seek::Nowhere => self.decide(Some(standing), late),
            },
            None => self.decide(None, late),
        }
    }

    /// A revision was found that the operation wrote: told as the attempt that wrote it, if that was one of ours.
    fn live(self, revision: Revision) -> Step<'a, E> {
        let told = self.doubt.and_then(|sent| sent.told).filter(|(digest, _)| *digest == revision.digest);
        let consequences = told.map(|(_, consequences)| consequences);
        Step::End(End::Committed(Box::new(Committed::found(revision, consequences))))
    }

    /// The operation is not in what stands there.
    fn decide(mut self, standing: Found, late: bool) -> Step<'a, E> {
        let on = standing.as_ref().map(|s| s.etag.clone());
        if std::mem::take(&mut self.earlier) {
            // What an earlier run sent was made from this, or from what came before it.
            self.doubt = Some(Sent { on: on.clone(), told: None });
        }
        // When this is no longer what it was made from, an attempt can never win.
        self.doubt = self.doubt.take().filter(|sent| sent.on == on);
        // A refusal is definite even in doubt: `apply` accepted what the lost attempt was made from, so that is no longer
        // what stands there, and an attempt that is still on its way carries an ETag that can never match again.
        let (document, consequences) = match apply(standing.as_ref().map(|s| &s.revision), self.change, self.stamp) {
            Ok(Next::Write { document, consequences }) => (document, consequences),
            Ok(Next::Unchanged { consequences }) => {
                return Step::End(match standing {
                    Some(s) => {
                        let Revision { document, digest } = s.revision;
                        End::Committed(Box::new(Committed { document, digest, etag: None, consequences, wrote: false }))
                    }
                    None => End::Refused(Refusal::NoPlugin),
                });
            }
            Err(refusal) => return Step::End(End::Refused(refusal)),
        };
        // However late it is, what stands there was read once.
        if late && let Some(failure) = self.failure.take() {
            return self.end(failure);
        }
        let bytes = Bytes::from(document.to_bytes());
        let digest = Digest::of(&bytes);
        let archived = self.archived;
        let put = Put { attempt: self, document, bytes, digest, on, consequences };
        match standing {
            Some(s) if archived != Some(s.revision.document.header.seq) => Step::Archive(Archive { put, standing: s }),
            _ => Step::Put(put),
        }
    }
}

/// To GET the document.
#[derive(Clone, Debug)]
pub struct Read<'a, E>(Attempt<'a, E>);

impl<'a, E> Read<'a, E> {
    /// What was there. `late` when the patience is at its end.
    pub fn answered(self, found: Result<Found, Failed<E>>, late: bool) -> Step<'a, E> {
        match found {
            Ok(found) => self.0.found(found, late),
            Err(failed) => self.0.again(failed, late),
        }
    }

    /// It was not asked, because the person has had enough.
    pub fn stopped(self) -> Step<'a, E> {
        self.0.stopped()
    }
}

/// To GET a revision from history.
#[derive(Clone, Debug)]
pub struct Look<'a, E> {
    attempt: Attempt<'a, E>,
    standing: Standing,
    seq: u64,
}

impl<'a, E> Look<'a, E> {
    /// Its number.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// What was there.
    pub fn answered(self, revision: Result<Revision, Failed<E>>, late: bool) -> Step<'a, E> {
        let Self { attempt, standing, .. } = self;
        let revision = match revision {
            Ok(revision) => revision,
            Err(failed) => return attempt.again(failed, late),
        };
        match seek(&revision.document, attempt.stamp.op, attempt.oldest) {
            Seek::Here => attempt.live(revision),
            Seek::At(seq) => Step::Look(Self { attempt, standing, seq }),
            Seek::Nowhere => attempt.decide(Some(standing), late),
        }
    }

    /// See [`Read::stopped`].
    pub fn stopped(self) -> Step<'a, E> {
        self.attempt.stopped()
    }
}

/// To make sure that what was read is in history.
#[derive(Clone, Debug)]
pub struct Archive<'a, E> {
    put: Put<'a, E>,
    standing: Standing,
}

impl<'a, E> Archive<'a, E> {
    /// What was read.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// How that went.
    pub fn answered(self, outcome: Result<(), Failed<E>>, late: bool) -> Step<'a, E> {
        match outcome {
            Ok(()) => Step::Put(self.put),
            Err(failed) => self.put.attempt.again(failed, late),
        }
    }

    /// See [`Read::stopped`].
    pub fn stopped(self) -> Step<'a, E> {
        self.put.attempt.stopped()
    }
}

/// To PUT the document.
#[derive(Clone, Debug)]
pub struct Put<'a, E> {
    attempt: Attempt<'a, E>,
    document: Box<Document>,
    bytes: Bytes,
    digest: Digest,
    on: Option<ETag>,
    consequences: Vec<Consequence>,
}

impl<'a, E> Put<'a, E> {
    /// The bytes to write.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The condition that makes it a compare-and-swap.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.on.clone().map_or(Condition::Absent, Condition::Matches)
    }

    /// How that went. Not only `Ok` can mean that it is live.
    pub fn answered(self, outcome: Result<(), Failed<E>>) -> Step<'a, E> {
        let Self { mut attempt, document, digest, on, consequences, .. } = self;
        let Failed { how, error } = match outcome {
            Ok(()) => {
                return Step::End(End::Committed(Box::new(Committed {
                    document: *document,
                    digest,
                    etag: None,
                    consequences,
                    wrote: true,
                })));
            }
            Err(failed) => failed,
        };
        if matches!(how, Failure::Taken | Failure::Lost | Failure::Strange) {
            attempt.doubt = Some(Sent { on, told: Some((digest, consequences)) });
        }
        if !attempt.passes(how) {
            return attempt.end(error);
        }
        attempt.failure = Some(error);
        Step::Wait(Wait(attempt))
    }

    /// It was not sent, because what it refers to could not be made sure of.
    pub fn not_sent(self, failed: Failed<E>, late: bool) -> Step<'a, E> {
        self.attempt.again(failed, late)
    }

    /// See [`Read::stopped`].
    pub fn stopped(self) -> Step<'a, E> {
        self.attempt.stopped()
    }
}

/// To wait.
#[derive(Clone, Debug)]
pub struct Wait<'a, E>(Attempt<'a, E>);

impl<'a, E> Wait<'a, E> {
    /// How long.
    #[must_use]
    pub fn how_long(&self) -> Duration {
        pause(self.0.stamp.op, self.0.waits, 20, 1_000)
    }

    /// It was waited.
    pub fn over(mut self) -> Step<'a, E> {
        self.0.waits += 1;
        Step::Read(Read(self.0))
    }
}

/// Full jitter, doubling from `least` to at most `most` milliseconds (AWS Architecture Blog, "Exponential Backoff And Jitter").
/// Two operations wait differently, and one operation the same in every run: what went wrong can be repeated.
pub(crate) fn pause(op: Uuid, waits: u32, least: u64, most: u64) -> Duration {
    let most = least.saturating_mul(1 << waits.min(16)).min(most).max(1);
    // SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators").
    let (high, low) = op.as_u64_pair();
    let mut mixed = high.rotate_left(32) ^ low ^ u64::from(waits + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Duration::from_millis(1 + (mixed ^ (mixed >> 31)) % most)
}
