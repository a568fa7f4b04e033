//! The bucket and everybody who works on it, small enough to be compared and kept by the hundred thousand.

use std::collections::BTreeSet;

use patchbay_registry::commit::decision::Failure;

/// A document that was made in the model, by its number.
pub type Made = u16;
/// A step of a writer, by its number.
pub type At = u32;

/// What a writer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    /// Its package is to be uploaded.
    Uploads,
    /// It commits.
    Commits(At),
    /// With [`Mistake::DocumentFirst`]: it is live, and now the package is to be uploaded.
    UploadsLate,
    /// With [`Mistake::LooksThenWrites`]: it has looked.
    Looked(At),
    /// Its program ended, or it does not know how it ended.
    Off,
    /// Its person knows how it ended.
    Done,
}

/// A writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Writer {
    pub doing: Doing,
    /// Whether a week passed since its upload.
    pub slept: bool,
    /// How often it may be started again.
    pub lives: u8,
    /// What its person was told.
    pub told: Option<bool>,
}

/// A PUT of the document that has not arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flying {
    pub bytes: Made,
    pub on: Option<Made>,
}

/// What the collector has found and not yet removed: a bit for each writer's package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Collector {
    pub listed: u8,
    pub rounds: u8,
}

/// The bucket, and everybody who works on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub document: Option<Made>,
    /// Revision n is at n - 1.
    pub history: Vec<Made>,
    /// A bit for each writer's package.
    pub packages: u8,
    pub old: u8,
    pub writers: Vec<Writer>,
    pub flying: BTreeSet<Flying>,
    pub collector: Collector,
    /// How much may still go wrong.
    pub faults: u8,
    /// How often everybody may still sleep for a week in the middle of a commit.
    pub naps: u8,
}

impl World {
    /// Whether anybody is between an upload and the end of its commit.
    pub fn is_committing(&self) -> bool {
        self.writers.iter().any(|w| matches!(w.doing, Doing::Commits(_) | Doing::Looked(_) | Doing::UploadsLate))
    }
}

/// How a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mishap {
    /// It has no effect, and fails like this.
    Before(Failure),
    /// It takes effect, and fails like this all the same.
    After(Failure),
    /// Its answer is lost, and it arrives later or never.
    Flies,
    /// It is answered, and sent a second time later.
    Again,
}

/// What can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A writer's next request, and whether its patience is at its end.
    Asks(usize, Option<Mishap>, bool),
    /// The person presses Cancel.
    Stops(usize),
    /// The program ends.
    Dies(usize),
    /// It is started again.
    Returns(usize),
    /// A PUT arrives that nobody waits for any more.
    Lands(Flying),
    /// Seven days pass.
    Ages,
    /// The collector lists what no document refers to.
    Lists,
    /// The collector removes a package.
    Removes(usize),
}

/// What the decision code said to a writer.
#[derive(Clone, Copy, Debug)]
pub enum Verdict {
    Goes(At),
    Ends(Option<bool>),
}

/// What a writer was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Found(Option<Made>),
    Done,
    Fails(Failure),
    Stopped,
}
