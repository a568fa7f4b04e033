//! Reading the catalogue and keeping it: one request when nothing is new, and as few as the change is small.

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use patchbay_package::Digest;
use uuid::Uuid;

use super::{Registry, attempt::Attempt};
use crate::{
    catalogue::{Grown, Head, Known, Line, Lines, MAX_PART, Merge, Part, Table, Way, over},
    error::{ChangeError, ReadError},
    format::FormatError,
    key::Key,
    store::{Body, Condition, ETag, Fetched, StoreErrorKind},
};

/// What a head may have at most when it is read; somebody on the way may have decompressed it.
pub(crate) const READ_HEAD: u64 = 1024 * 1024;

/// A catalogue that holds less than this part of what was known is not believed by itself.
const BELIEVED: f64 = 0.95;

/// How often a reader goes on to a newer head when a part is not there.
const FOLLOWS: usize = 3;

/// How many parts or documents are read at once.
pub(super) const AT_ONCE: usize = 16;

/// How a sync of the catalogue went.
#[derive(Clone, Debug, PartialEq)]
pub enum Synced {
    /// Nothing is different (304).
    Same,
    /// The catalogue as it is now, with its table.
    New(Box<Known>),
}

impl Registry {
    /// Learns of everything that is new. One request when that is nothing or in the head's ring, else one more for each of at most
    /// three deltas, or a snapshot. What is damaged is passed over: for the snapshot, and then for the documents.
    ///
    /// # Errors
    /// Unless somebody has `confirmed` them, [`ReadError::Shrunk`] when much less is there than was known, and
    /// [`ReadError::CatalogueBack`] when the catalogue is older than what is known; else as reading fails. What is known stays true
    /// in each case.
    pub async fn sync(&self, known: Option<&Known>, confirmed: bool, at: Timestamp) -> Result<Synced, ReadError> {
        let etag = known.filter(|known| known.table.is_some()).and_then(|known| known.etag.as_ref());
        let had = known.and_then(|known| known.table.as_ref()).map_or(0, Table::len);
        let next = match self.store.get(&Key::CatalogHead, etag, READ_HEAD).await? {
            Fetched::Same => return Ok(Synced::Same),
            // A registry into which nothing was published yet.
            Fetched::Absent => Known { head: Head::empty(Uuid::new_v4(), at), etag: None, table: Some(Table::default()) },
            Fetched::Found(object) => {
                let head = Head::parse(&object.bytes)?;
                let back = known.map(|known| &known.head).filter(|known| head.is_before(known));
                match back {
                    Some(known) if !confirmed => {
                        return Err(ReadError::CatalogueBack { known: known.position, now: head.position });
                    }
                    // What was told after the point to which it went back is not true any more.
                    Some(_) => self.follow(None, head, object.etag).await?,
                    None => self.follow(known, head, object.etag).await?,
                }
            }
        };
        let has = next.table.as_ref().map_or(0, Table::len);
        if !confirmed && shrank(had, has) {
            return Err(ReadError::Shrunk { had, has });
        }
        Ok(Synced::New(Box::new(next)))
    }

    /// From what is known to where a head stands.
    async fn follow(&self, known: Option<&Known>, mut head: Head, mut etag: ETag) -> Result<Known, ReadError> {
        let base = known.filter(|known| known.head.lineage == head.lineage).and_then(|known| Some((known, known.table.as_ref()?)));
        let position = base.map(|(known, _)| known.head.position);
        let from = base.map_or_else(Table::default, |(_, table)| table.clone());
        for _ in 0..FOLLOWS {
            let table = match head.way(position) {
                Way::There => Some(from.clone()),
                Way::Ring => after(&from, Vec::new(), &head, position),
                Way::Parts(parts) => match self.parts(&parts).await? {
                    Some(lines) => after(&from, lines, &head, position),
                    None => self.whole(&head).await?,
                },
                Way::Snapshot(_) => self.whole(&head).await?,
            };
            if table.is_some() {
                return Ok(Known { head, etag: Some(etag), table });
            }
            // A part may be gone because the catalogue has gone on, and a clean-up came by.
            match self.store.get(&Key::CatalogHead, Some(&etag), READ_HEAD).await? {
                Fetched::Found(object) => {
                    let next = Head::parse(&object.bytes)?;
                    if next.lineage != head.lineage || next.position < head.position {
                        break;
                    }
                    (head, etag) = (next, object.etag);
                }
                Fetched::Same | Fetched::Absent => break,
            }
        }
        Ok(Known { head, etag: Some(etag), table: Some(self.read_documents(&from).await?) })
    }

    /// The whole catalogue of a head; none when a part of it is damaged.
    pub(crate) async fn whole(&self, head: &Head) -> Result<Option<Table>, ReadError> {
        let (Way::Parts(parts) | Way::Snapshot(parts)) = head.way(Some(0)) else {
            return Ok(after(&Table::default(), Vec::new(), head, None));
        };
        Ok(self.parts(&parts).await?.and_then(|lines| after(&Table::default(), lines, head, None)))
    }

    /// The lines of parts, in order; none when one of them is not what the head names.
    async fn parts(&self, parts: &[Part]) -> Result<Option<Vec<Line>>, ReadError> {
        let read: Vec<Option<Vec<Line>>> =
            stream::iter(parts.to_vec()).map(|part| async move { self.part(&part).await }).buffered(AT_ONCE).try_collect().await?;
        Ok(read.into_iter().collect::<Option<Vec<_>>>().map(|lines| lines.concat()))
    }

    async fn part(&self, part: &Part) -> Result<Option<Vec<Line>>, ReadError> {
        match self.store.get(&part.key(), None, MAX_PART).await? {
            // Bytes of the right digest that are no lines were written so: no other copy is better.
            Fetched::Found(object) => Ok(part.read(&object.bytes)?),
            Fetched::Same | Fetched::Absent => Ok(None),
        }
    }

    /// Reads the bytes of what a head names as its statistics; none when there are others or none at its key.
    ///
    /// # Errors
    /// As reading fails.
    pub async fn statistics(&self, part: &Part) -> Result<Option<Bytes>, ReadError> {
        match self.store.get(&part.key(), None, MAX_PART).await? {
            Fetched::Found(object) => Ok(Some(object.bytes).filter(|bytes| Digest::of(bytes) == part.sha256)),
            Fetched::Same | Fetched::Absent => Ok(None),
        }
    }

    /// Makes the catalogue anew from the documents, as one snapshot: also when nothing of the old one can be read.
    ///
    /// # Errors
    /// As reading or writing fails.
    pub async fn rebuild(&self, at: Timestamp) -> Result<Known, ReadError> {
        let table = self.read_documents(&Table::default()).await?;
        self.replace_catalogue(&table, at).await
    }

    /// Puts a whole catalogue there, as one snapshot. What others folded meanwhile, or since the table was made, stays.
    ///
    /// # Errors
    /// As the store fails, or when others keep being faster.
    pub async fn replace_catalogue(&self, table: &Table, at: Timestamp) -> Result<Known, ReadError> {
        let mut attempt = Attempt::new(&at.to_string());
        loop {
            let (old, etag) = match self.store.get(&Key::CatalogHead, None, READ_HEAD).await? {
                Fetched::Found(object) => match Head::parse(&object.bytes) {
                    Ok(head) => (Some(head), Some(object.etag)),
                    // What a later Patchbay wrote is not damaged.
                    Err(newer @ FormatError::Newer { .. }) => return Err(newer.into()),
                    Err(_) => (None, Some(object.etag)),
                },
                Fetched::Same | Fetched::Absent => (None, None),
            };
            let ring = old.iter().flat_map(|head| &head.ring).filter(|line| line.card.is_some() || line.row.is_none()).cloned();
            let table = table.with(ring).unwrap_or_else(|_| table.clone());
            match self.put_catalogue(old, etag.as_ref(), table, at).await {
                Err(error) => attempt.wait_or_give_up(error).await?,
                done => return done,
            }
        }
    }

    /// Puts a whole catalogue in the place of one that was read: of its head, if that can be read, and under its entity tag, if there is one.
    ///
    /// # Errors
    /// As the store fails; it is refused when somebody else was faster.
    pub(crate) async fn put_catalogue(
        &self,
        old: Option<Head>,
        etag: Option<&ETag>,
        table: Table,
        at: Timestamp,
    ) -> Result<Known, ReadError> {
        // Positions never go back: one that cannot be read any more counted revisions, of which the documents tell.
        let mut head = old.unwrap_or_else(|| Head::empty(Uuid::new_v4(), at));
        head.position = head.position.max(table.revisions()) + 1;
        head.time = at;
        (head.deltas, head.ring) = (Vec::new(), Vec::new());
        head.snapshot = Some(self.keep_part(Part::new(0, head.position, &table.lines())).await?);
        let etag = self.put_head(head.to_bytes(), etag).await?;
        Ok(Known { head, etag: Some(etag), table: Some(table) })
    }

    /// Folds changes into the catalogue. One request when `known` is what stands there, two more for each writer that was faster.
    ///
    /// # Errors
    /// As the store fails, or when others keep being faster. The changes are live all the same.
    pub async fn fold(&self, known: Option<Known>, lines: Vec<Line>, at: Timestamp) -> Result<Known, ReadError> {
        let what = lines.iter().map(|line| format!("{} {} ", line.id, line.seq)).chain([at.to_string()]).collect::<String>();
        let mut attempt = Attempt::new(&what);
        let mut known = match known {
            Some(known) => known,
            None => self.bring(None, at).await?,
        };
        loop {
            if known.etag.is_none() && (known.head.position > 0 || self.is_lost(&lines).await?) {
                // Made anew with everything, or everybody would see all but this change go.
                let table = self.read_documents(&known.table.clone().unwrap_or_default()).await?;
                match self.put_catalogue(Some(known.head.clone()), None, table, at).await {
                    Ok(made) => known = made,
                    Err(error) => {
                        attempt.wait_or_give_up(error).await?;
                        known = self.bring(Some(known), at).await?;
                        continue;
                    }
                }
            }
            let Some(Grown { mut head, bytes }) = known.head.grow(lines.iter().cloned(), known.table.as_ref(), at) else {
                return Ok(known);
            };
            let bytes = match bytes {
                Some(bytes) => bytes,
                None => {
                    // Nobody has merged for long, or much changed at once.
                    self.merge(&mut head).await?;
                    head.to_bytes()
                }
            };
            match self.put_head(bytes, known.etag.as_ref()).await {
                Ok(etag) => {
                    let table = known.table.and_then(|table| table.with(head_lines(&head, known.head.position, &lines)).ok());
                    return Ok(Known { head, etag: Some(etag), table });
                }
                Err(error) => attempt.wait_or_give_up(error).await?,
            }
            known = self.bring(Some(known), at).await?;
        }
    }

    /// Whether a registry without a catalogue had one: it has documents beside those that were just committed.
    async fn is_lost(&self, lines: &[Line]) -> Result<bool, ReadError> {
        let page = self.store.page(Key::DOCUMENTS, None).await?;
        let mut ids = page.objects.iter().filter_map(|object| Key::document_id(&object.key));
        Ok(ids.any(|id| lines.iter().all(|line| line.id != id)))
    }

    /// Merges the latest changes into the deltas when it is time for that, so that the ring has room. For after a commit was told:
    /// nothing depends on it, and when somebody else was faster, nothing comes of it.
    ///
    /// # Errors
    /// As the store fails.
    pub async fn tidy(&self, known: &Known, at: Timestamp) -> Result<Option<Known>, ReadError> {
        if !known.head.is_due() {
            return Ok(None);
        }
        let mut merged = known.head.clone();
        self.merge(&mut merged).await?;
        let mut known = known.clone();
        for _ in 0..8 {
            let same =
                known.head.lineage == merged.lineage && known.head.merged() < merged.merged() && known.head.position >= merged.merged();
            if !same {
                return Ok(None);
            }
            let mut head = Head { snapshot: merged.snapshot.clone(), deltas: merged.deltas.clone(), time: at, ..known.head.clone() };
            let bytes = head.shorten().unwrap_or_else(|| head.to_bytes());
            match self.put_head(bytes, known.etag.as_ref()).await {
                Ok(etag) => return Ok(Some(Known { head, etag: Some(etag), table: known.table })),
                Err(ReadError::Store(e)) if matches!(e.kind, StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. }) => {}
                Err(error) => return Err(error),
            }
            let before = known.head.deltas.clone();
            known = self.bring(Some(known), at).await?;
            if known.head.deltas != before {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Merges the latest changes of a head that is not written yet.
    async fn merge(&self, head: &mut Head) -> Result<(), ReadError> {
        let damaged = |part: &Part| ReadError::Altered { what: part.key().to_string() };
        let mut merge = Merge::of(head);
        while let Some(part) = merge.wants() {
            let lines = self.part(part).await?.ok_or_else(|| damaged(part))?;
            merge.take(lines);
        }
        let merged = merge.finish();
        if let Some((to, lines)) = merged.all {
            let base = match &head.snapshot {
                Some(part) => self.part(part).await?.ok_or_else(|| damaged(part))?,
                None => Vec::new(),
            };
            let mut all = over(lines.into_values(), over(base, Lines::new()));
            all.values_mut().for_each(|line| line.at = 0);
            head.snapshot = Some(self.keep_part(Part::new(0, to, &all)).await?);
        }
        head.deltas = merged.kept;
        for made in merged.made {
            head.deltas.push(self.keep_part(made).await?);
        }
        head.shorten();
        Ok(())
    }

    /// Reads the head, and brings the table there as far as that takes no more requests.
    async fn bring(&self, known: Option<Known>, at: Timestamp) -> Result<Known, ReadError> {
        let object = match self.store.get(&Key::CatalogHead, None, READ_HEAD).await? {
            Fetched::Found(object) => object,
            Fetched::Same | Fetched::Absent => {
                // Where what is known stood, whatever becomes of the catalogue.
                let (position, table) = known.map_or_else(Default::default, |known| (known.head.position, known.table));
                let head = Head { position, ..Head::empty(Uuid::new_v4(), at) };
                return Ok(Known { head, etag: None, table: table.or_else(|| Some(Table::default())) });
            }
        };
        let head = Head::parse(&object.bytes)?;
        let from = known.filter(|known| known.head.lineage == head.lineage && known.head.position <= head.position);
        let table = from.and_then(|Known { head: before, table, .. }| match head.way(Some(before.position)) {
            Way::There => table,
            Way::Ring => after(&table?, Vec::new(), &head, Some(before.position)),
            Way::Parts(_) | Way::Snapshot(_) => None,
        });
        Ok(Known { head, etag: Some(object.etag), table })
    }

    async fn keep_part(&self, (part, bytes): (Part, Vec<u8>)) -> Result<Part, ReadError> {
        // As an upload is: an old one that is there already may be about to be cleaned up.
        match self.put_once(&part.key(), Body::Bytes(bytes.into()), None).await {
            Ok(()) => Ok(part),
            Err(ChangeError::Failed(error)) => Err(error),
            Err(_) => Err(ReadError::Altered { what: part.key().to_string() }),
        }
    }

    async fn put_head(&self, bytes: Vec<u8>, etag: Option<&ETag>) -> Result<ETag, ReadError> {
        let condition = etag.map_or(Condition::Absent, |etag| Condition::Matches(etag.clone()));
        Ok(self.store.put(&Key::CatalogHead, Body::Bytes(bytes.into()), condition, None).await?)
    }
}

/// Whether so much is missing that somebody should look first. One plugin alone may have been hidden.
pub(super) fn shrank(had: usize, has: usize) -> bool {
    had > has + 1 && (has as f64) < BELIEVED * had as f64
}

/// A table with the lines of parts and what the ring has after a position; none when something is missing between them.
fn after(table: &Table, lines: Vec<Line>, head: &Head, position: Option<u64>) -> Option<Table> {
    let ring = head.ring.iter().filter(|line| line.at > position.unwrap_or(0)).cloned();
    table.with(lines.into_iter().chain(ring)).ok()
}

/// The lines that were just added, with their cards: the ring may have left them out.
fn head_lines(head: &Head, position: u64, lines: &[Line]) -> Vec<Line> {
    let in_ring = |line: &Line| head.ring.iter().any(|known| known.at > position && known.id == line.id && known.seq == line.seq);
    let merged = head.merged() > position;
    lines.iter().filter(|line| merged || in_ring(line)).cloned().collect()
}
