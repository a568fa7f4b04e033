//! The whole catalogue in memory: one buffer, and over it what changed since that was made.

use std::{cmp::Ordering, collections::BTreeMap, fmt, iter, sync::Arc};

use bytes::Bytes;
use patchbay_package::PluginId;
use serde_json::value::RawValue;

use super::{
    Row,
    line::{Line, Lines, Tag, over},
    packed::Packed,
};

/// Changes lie over the buffer until there are this many, or one for each so many plugins in it. Then they go into a new one, so that a
/// change costs what it is itself and, on average, this many rows.
const LOOSE: usize = 1_024;
const PACKED_FOR_EACH: usize = 16;

/// What the catalogue says of every plugin, at one position. A clone shares the same bytes, and a change copies none but its own.
#[derive(Clone, Default)]
pub struct Table {
    base: Packed,
    /// What changed since; each with its card if it is shown.
    changed: Arc<BTreeMap<PluginId, Arc<Line>>>,
    shown: usize,
}

/// A plugin in the table, not parsed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRef<'a> {
    /// The plugin.
    pub id: &'a str,
    /// The revision of its document.
    pub seq: u64,
    /// Of its document.
    pub tag: Option<Tag>,
    /// Its card, as JSON; empty when it is not shown.
    pub card: &'a str,
    /// Everything else, as JSON; none when it is not shown.
    pub row: Option<&'a str>,
}

/// A table that cannot be used: cut off, altered, or of another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The local copy of the catalogue is damaged.")]
pub struct Damaged;

/// A change without a card, of a plugin whose card is not known: something is missing between the two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The catalogue changes {0}, which it has not told of.")]
pub struct NoCard(pub PluginId);

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("shown", &self.shown).field("changed", &self.changed.len()).finish_non_exhaustive()
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || self.all().eq(other.all())
    }
}

impl<'a> RowRef<'a> {
    /// The plugin and its row, parsed; none when it is not shown.
    ///
    /// # Errors
    /// When a later Patchbay wrote it in another shape.
    pub fn read(&self) -> Result<Option<(PluginId, Row)>, serde_json::Error> {
        let Some(row) = self.row else { return Ok(None) };
        let id = self.id.parse().map_err(serde::de::Error::custom)?;
        let row: Row = serde_json::from_str(row)?;
        Ok(Some((id, Row { seq: self.seq, card: serde_json::from_str(self.card)?, ..row })))
    }

    fn of(line: &'a Line) -> Self {
        let text = |raw: &'a Option<Box<RawValue>>| raw.as_ref().map(|raw| raw.get());
        Self { id: line.id.as_str(), seq: line.seq, tag: line.tag, card: text(&line.card).unwrap_or_default(), row: text(&line.row) }
    }
}

impl Table {
    /// Opens the bytes of a table. Reads its index only; whoever kept the bytes vouches for the rest with a checksum.
    ///
    /// # Errors
    /// [`Damaged`].
    pub fn open(bytes: Bytes) -> Result<Self, Damaged> {
        let base = Packed::open(bytes)?;
        Ok(Self { shown: base.shown(), base, changed: Arc::default() })
    }

    /// Whether both are one table in memory. Others may have the same plugins all the same.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.base.is(&other.base) && Arc::ptr_eq(&self.changed, &other.changed)
    }

    /// The same in one buffer, to be kept.
    #[must_use]
    pub fn packed(self) -> Self {
        if self.changed.is_empty() {
            return self;
        }
        let base = Packed::of(self.all(), self.base.bytes().len());
        // More than 4 GiB stay as they are.
        base.map_or(self, |base| Self { shown: base.shown(), base, changed: Arc::default() })
    }

    /// The bytes of its buffer; what [changed since](Self::since) is not in them.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        self.base.bytes()
    }

    /// What changed since an earlier table over the same buffer, each with its card; none when the buffer is another one.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Option<Vec<Line>> {
        let new = |(id, line): &(&PluginId, &Arc<Line>)| earlier.changed.get(*id).is_none_or(|known| !Arc::ptr_eq(known, line));
        self.base.is(&earlier.base).then(|| self.changed.iter().filter(new).map(|(_, line)| (**line).clone()).collect())
    }

    /// How many plugins are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shown
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown == 0
    }

    /// How many revisions all documents have together.
    pub(crate) fn revisions(&self) -> u64 {
        self.all().fold(0, |sum, row| sum.saturating_add(row.seq))
    }

    /// Every plugin that is shown, by id, not parsed yet.
    pub fn rows(&self) -> impl Iterator<Item = RowRef<'_>> {
        self.all().filter(|row| row.row.is_some())
    }

    /// Every plugin that the catalogue was ever told of, by id; what is hidden too.
    pub fn all(&self) -> impl Iterator<Item = RowRef<'_>> {
        let mut base = self.base.rows().peekable();
        let mut changed = self.changed.values().map(|line| RowRef::of(line)).peekable();
        iter::from_fn(move || {
            let order = match (base.peek(), changed.peek()) {
                (Some(row), Some(change)) => row.id.cmp(change.id),
                (_, None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
            };
            if order.is_eq() {
                base.next();
            }
            if order.is_lt() { base.next() } else { changed.next() }
        })
    }

    /// A plugin, shown or not.
    #[must_use]
    pub fn get(&self, id: &PluginId) -> Option<RowRef<'_>> {
        self.changed.get(id).map(|line| RowRef::of(line)).or_else(|| self.base.find(id.as_str()))
    }

    /// The row of a plugin that is shown.
    #[must_use]
    pub fn row(&self, id: &PluginId) -> Option<Row> {
        self.get(id)?.read().ok()?.map(|(_, row)| row)
    }

    /// The table with changes put over it.
    ///
    /// # Errors
    /// [`NoCard`] when a change leaves out a card that is not known.
    pub fn with(&self, lines: impl IntoIterator<Item = Line>) -> Result<Self, NoCard> {
        self.put(lines, false)
    }

    /// The same; also where a higher revision is known.
    ///
    /// # Errors
    /// [`NoCard`] when a change leaves out a card that is not known.
    pub fn with_all(&self, lines: impl IntoIterator<Item = Line>) -> Result<Self, NoCard> {
        self.put(lines, true)
    }

    fn put(&self, lines: impl IntoIterator<Item = Line>, anyhow: bool) -> Result<Self, NoCard> {
        let mut next = self.clone();
        for line in over(lines, Lines::new()).into_values() {
            let known = next.get(&line.id);
            if known.is_some_and(|known| (!anyhow && known.seq > line.seq) || says(known, &line)) {
                continue;
            }
            let was_shown = known.is_some_and(|known| known.row.is_some());
            let card = known.filter(|known| known.row.is_some()).map(|known| known.card);
            let line = whole(line, card)?;
            next.shown = next.shown + usize::from(line.row.is_some()) - usize::from(was_shown);
            Arc::make_mut(&mut next.changed).insert(line.id.clone(), Arc::new(line));
        }
        let loose = LOOSE.max(next.base.count() / PACKED_FOR_EACH);
        Ok(if next.changed.len() > loose { next.packed() } else { next })
    }

    /// Its plugins as lines of a snapshot.
    #[must_use]
    pub fn lines(&self) -> Lines {
        let line = |row: RowRef<'_>| {
            let id: PluginId = row.id.parse().ok()?;
            let (card, text) = (row.row.and_then(|_| raw(row.card)), row.row.and_then(raw));
            Some((id.clone(), Line { at: 0, id, seq: row.seq, tag: row.tag, card, row: text }))
        };
        self.all().filter_map(line).collect()
    }
}

/// Whether a plugin is known just as a line tells it, so that nothing is different.
fn says(known: RowRef<'_>, line: &Line) -> bool {
    let told = RowRef::of(line);
    let card = line.card.is_none() || told.card == known.card;
    card && (told.seq, told.tag, told.row) == (known.seq, known.tag, known.row)
}

/// A line with its card, where it left that out because it is as it was before.
fn whole(mut line: Line, card: Option<&str>) -> Result<Line, NoCard> {
    line.at = 0;
    match (&line.row, &line.card, card.and_then(raw)) {
        (None, ..) => line.card = None,
        (Some(_), Some(_), _) => {}
        (Some(_), None, Some(card)) => line.card = Some(card),
        (Some(_), None, None) => return Err(NoCard(line.id)),
    }
    Ok(line)
}

fn raw(text: &str) -> Option<Box<RawValue>> {
    RawValue::from_string(text.to_owned()).ok()
}
