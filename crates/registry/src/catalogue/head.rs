//! `catalog/head.json`: where the catalogue stands.

use flate2::Compression;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    line::Line,
    part::{Part, deflate, inflate},
    table::Table,
};
use crate::{
    format::{FORMAT, FormatError, check_format, parse_line},
    key::Key,
};

/// A head has at most this many bytes, compressed.
pub const MAX_HEAD: usize = 8 * 1024;

/// And at most this many changes, however small they are.
pub const MAX_RING: usize = 128;

/// The changes in no delta yet are merged into one when they take this much of it, or are this many.
const DUE: usize = MAX_HEAD / 2;
const DUE_CHANGES: usize = 32;

/// What a head may inflate to.
const MAX_INFLATED: u64 = 1024 * 1024;

/// How many deltas there are at most.
pub const MAX_DELTAS: usize = 3;

/// `catalog/head.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The format number.
    pub patchbay: u64,
    /// Tells this catalogue from one that was made anew: positions of two are not compared.
    pub lineage: Uuid,
    /// How many changes there were; it only grows.
    pub position: u64,
    /// When it was last changed, by the writer's clock.
    pub time: Timestamp,
    /// Every plugin up to a position; none as long as the deltas hold them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Part>,
    /// At most three, oldest first. Each begins where the one before it ends, or earlier.
    #[serde(default)]
    pub deltas: Vec<Part>,
    /// The latest changes, oldest first and without a gap: at least those after the last delta.
    #[serde(default)]
    pub ring: Vec<Line>,
    /// Download counts and the like, when somebody counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stats: Option<Part>,
    /// Fields that this version of Patchbay does not know; kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// How a reader comes to where the head stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// It is there.
    There,
    /// The ring has all that it lacks.
    Ring,
    /// These parts, in this order, and then the ring.
    Parts(Vec<Part>),
    /// A snapshot to begin with, these parts and the ring.
    Snapshot(Vec<Part>),
}

/// A head with changes added.
pub(crate) struct Grown {
    pub(crate) head: Head,
    /// As [`Head::to_bytes`] makes them; none when it is too large to be stored before the changes are merged.
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Head {
    /// A catalogue of nothing.
    #[must_use]
    pub fn empty(lineage: Uuid, time: Timestamp) -> Self {
        Self {
            patchbay: FORMAT,
            lineage,
            position: 0,
            time,
            snapshot: None,
            deltas: Vec::new(),
            ring: Vec::new(),
            stats: None,
            extra: Map::new(),
        }
    }

    /// Reads `catalog/head.json`.
    ///
    /// # Errors
    /// See [`FormatError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let key = Key::CatalogHead;
        let text = inflate(&key, bytes, MAX_INFLATED)?;
        check_format(&key, 1, &text)?;
        let mut head: Self = parse_line(&key, 1, &text)?;
        head.ring = std::mem::take(&mut head.ring).into_iter().map(Line::in_one_line).collect();
        head.check().map_err(|what| FormatError::Rule { key: key.to_string(), what })?;
        Ok(head)
    }

    /// What a reader relies on when it chooses its way.
    fn check(&self) -> Result<(), String> {
        if self.ring.windows(2).any(|pair| pair[0].at + 1 != pair[1].at) {
            return Err("its ring has a gap".into());
        }
        if self.ring.last().map_or(self.merged(), |last| last.at.max(self.merged())) != self.position {
            return Err("its latest change is not in its ring".into());
        }
        if self.ring.first().is_some_and(|first| first.at > self.merged() + 1) {
            return Err("there is a gap before its ring".into());
        }
        let mut reached = self.snapshot.as_ref().map_or(0, |s| s.to);
        if self.snapshot.is_some() && self.deltas.last().is_some_and(|last| last.to < reached) {
            return Err("its deltas end before its snapshot".into());
        }
        for (n, delta) in self.deltas.iter().enumerate() {
            if delta.from > reached || delta.from > delta.to {
                return Err(format!("there is a gap before delta {}", n + 1));
            }
            reached = reached.max(delta.to);
        }
        Ok(())
    }

    /// The bytes to store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings, numbers and maps with string keys always serialise.
        let mut text = serde_json::to_vec(self).unwrap_or_default();
        text.push(b'\n');
        // Somebody waits for it with each commit; the best level takes three times as long for 2 % less.
        deflate(&text, Compression::default())
    }

    /// Whether it is the same catalogue as a later one that is known, and was set back.
    #[must_use]
    pub fn is_before(&self, known: &Self) -> bool {
        self.lineage == known.lineage && self.position < known.position
    }

    /// Every object that it names.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.snapshot.iter().chain(&self.deltas).chain(&self.stats)
    }

    /// The position up to which snapshot and deltas hold everything.
    #[must_use]
    pub fn merged(&self) -> u64 {
        self.deltas.last().or(self.snapshot.as_ref()).map_or(0, |part| part.to)
    }

    /// The changes that no delta has yet.
    #[must_use]
    pub fn unmerged(&self) -> &[Line] {
        let merged = self.merged();
        &self.ring[self.ring.partition_point(|line| line.at <= merged)..]
    }

    /// Whether it is time to merge the latest changes into a delta, so that the ring has room for more.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let unmerged = self.unmerged();
        if unmerged.len() >= DUE_CHANGES {
            return true;
        }
        let text: usize = unmerged.iter().map(|line| serde_json::to_vec(line).map_or(0, |text| text.len())).sum();
        // Small heads cannot be due, and need not be compressed to see that.
        text > DUE && Self { ring: unmerged.to_vec(), ..self.clone() }.to_bytes().len() > DUE
    }

    /// How somebody who stands at a position, if anywhere, comes to where this head stands.
    #[must_use]
    pub fn way(&self, from: Option<u64>) -> Way {
        let from = from.unwrap_or(0);
        if from >= self.position {
            return Way::There;
        }
        if self.ring.first().is_some_and(|first| first.at <= from + 1) {
            return Way::Ring;
        }
        self.chain(from).map_or_else(
            || {
                let reached = self.snapshot.as_ref().map_or(0, |s| s.to);
                Way::Snapshot(self.snapshot.iter().cloned().chain(self.chain(reached).unwrap_or_default()).collect())
            },
            Way::Parts,
        )
    }

    /// The deltas that hold everything after a position: as few and as small as there are.
    fn chain(&self, from: u64) -> Option<Vec<Part>> {
        let mut chain: Vec<Part> = Vec::new();
        let mut reached = self.merged();
        for delta in self.deltas.iter().rev() {
            if reached <= from {
                break;
            }
            reached = reached.min(delta.from);
            // One that reaches as far makes the younger ones superfluous.
            while chain.last().is_some_and(|younger| younger.to <= delta.to) {
                chain.pop();
            }
            chain.push(delta.clone());
        }
        chain.reverse();
        (reached <= from).then_some(chain)
    }

    /// The head with changes added, oldest first, each at the next position; none when it knows all of them. `table` is what is known
    /// to stand there: against it, cards that are as they were are left out, and changes that are known already.
    ///
    /// A plugin never goes back: folds arrive in any order, and the higher revision wins.
    #[must_use]
    pub fn add(&self, lines: impl IntoIterator<Item = Line>, table: Option<&Table>, time: Timestamp) -> Option<Self> {
        self.grow(lines, table, time).map(|grown| grown.head)
    }

    /// The same, with its bytes, which are known when it is seen to be small enough.
    pub(crate) fn grow(&self, lines: impl IntoIterator<Item = Line>, table: Option<&Table>, time: Timestamp) -> Option<Grown> {
        let mut next = self.clone();
        for mut line in lines {
            let in_ring = next.ring.iter().rev().find(|known| known.id == line.id);
            let known = table.and_then(|table| table.get(&line.id));
            let seq = in_ring.map(|known| known.seq).max(known.as_ref().map(|known| known.seq));
            let same = || {
                let stands = in_ring.map(|known| (known.tag, known.row.is_some()));
                let stands = stands.or(known.as_ref().map(|known| (known.tag, known.row.is_some())));
                stands.is_some_and(|(tag, shown)| shown == line.row.is_some() && (tag == line.tag || line.tag.is_none()))
            };
            if seq.is_some_and(|seq| seq > line.seq || (seq == line.seq && same())) {
                continue;
            }
            // In the ring it may have been left out for the same reason.
            let card = in_ring.and_then(|known| known.card.as_deref()).map(|card| card.get());
            let card =
                card.or(known.filter(|known| in_ring.is_none_or(|r| r.row.is_some()) && known.row.is_some()).map(|known| known.card));
            if line.row.is_some() && card.is_some() && line.card.as_ref().map(|card| card.get()) == card {
                line.card = None;
            }
            next.position += 1;
            line.at = next.position;
            next.ring.push(line);
        }
        if next.position == self.position {
            return None;
        }
        next.time = time;
        let bytes = next.shorten();
        Some(Grown { head: next, bytes })
    }

    /// The bytes to store; none when they are more than a head may have.
    fn small(&self) -> Option<Vec<u8>> {
        let bytes = (self.ring.len() <= MAX_RING).then(|| self.to_bytes())?;
        (bytes.len() <= MAX_HEAD).then_some(bytes)
    }

    /// Drops the oldest changes that a delta has, until it is small enough, and answers its bytes. What no delta has stays: none when it
    /// is too large with that alone.
    pub(crate) fn shorten(&mut self) -> Option<Vec<u8>> {
        let merged = self.merged();
        let mut spare = self.ring.partition_point(|line| line.at <= merged);
        // Some more than are too many: to see that it is too large takes as long as to make its bytes, and need not happen each time.
        let mut gone = 0;
        loop {
            let small = self.small();
            if small.is_some() || spare == 0 {
                return small;
            }
            let more = gone.max(self.ring.len() / 16).clamp(1, spare);
            self.ring.drain(..more);
            (gone, spare) = (gone + more, spare - more);
        }
    }
}
