//! The index over the local copy: made once and kept in a file. Where there are many plugins, the one of before serves until the next one
//! is made.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use patchbay_registry::catalogue::{Part, Statistics};
use patchbay_search::Index;

use super::{Catalogue, Mark, lock, row::Brief};
use crate::{
    blocks::{block, seal},
    copy::LocalCopy,
    files,
};

/// With fewer plugins than this, whoever searches waits for the index: that takes less than a blink.
const MANY: usize = 2_000;

/// How old the file becomes before a newer index takes its place: it is large, and one of before does nearly as well.
const SERVES: SignedDuration = SignedDuration::from_mins(10);

/// What the file begins with; what follows are the blocks of the mark and of the index.
const MAGIC: &[u8; 8] = b"pbfind1\n";

/// The index over the copy that was searched last.
#[derive(Debug)]
pub(crate) struct Search {
    file: PathBuf,
    made: Mutex<Option<Arc<Catalogue>>>,
    /// Held while one is made: two would make the same index twice.
    making: Mutex<()>,
    used: AtomicBool,
    next: Mutex<Next>,
}

/// What is to be searched next.
#[derive(Debug, Default)]
struct Next {
    copy: Option<Searched>,
    /// Whether somebody is at it.
    running: bool,
}

/// A copy, and the file of the statistics that its head names, if it is there.
#[derive(Clone, Debug)]
pub(crate) struct Searched {
    pub copy: Arc<LocalCopy>,
    pub statistics: Option<PathBuf>,
}

impl Searched {
    fn mark(&self) -> Mark {
        let head = &self.copy.known.head;
        let statistics = self.statistics.as_ref().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        Mark { lineage: head.lineage, position: head.position, statistics }
    }
}

impl Search {
    /// Keeps the index in this file.
    pub fn new(file: PathBuf) -> Self {
        Self { file, made: Mutex::default(), making: Mutex::default(), used: AtomicBool::default(), next: Mutex::default() }
    }

    /// The plugins of a copy, and whether they are those of before, while the index over many is being made: unless somebody wants to
    /// `wait` for it, or there is none of before.
    pub fn over(self: &Arc<Self>, searched: &Searched, wait: bool) -> (Arc<Catalogue>, bool) {
        self.used.store(true, Ordering::Relaxed);
        let mark = searched.mark();
        match self.earlier() {
            Some(earlier) if earlier.mark == mark => (earlier, false),
            Some(earlier) if !wait && earlier.mark.lineage == mark.lineage && searched.copy.table().len() >= MANY => {
                self.make(searched.clone());
                (earlier, true)
            }
            _ => (self.renewed(searched), false),
        }
    }

    /// Notes that there is another copy. When somebody is going to search it, because they did so before, it is time to make the index.
    pub fn is_next(self: &Arc<Self>, searched: Searched) {
        if self.used.load(Ordering::Relaxed) {
            self.make(searched);
        }
    }

    /// Makes the index beside everything else; of several copies that come meanwhile only over the last one.
    fn make(self: &Arc<Self>, searched: Searched) {
        let mut next = lock(&self.next);
        next.copy = Some(searched);
        if !next.running {
            next.running = true;
            let search = self.clone();
            thread::spawn(move || search.make_all());
        }
    }

    fn make_all(&self) {
        loop {
            let mut next = lock(&self.next);
            let Some(searched) = next.copy.take() else {
                next.running = false;
                return;
            };
            drop(next);
            self.renewed(&searched);
        }
    }

    fn renewed(&self, searched: &Searched) -> Arc<Catalogue> {
        let _making = lock(&self.making);
        let (mark, before) = (searched.mark(), self.earlier());
        if let Some(made) = before.as_ref().filter(|before| before.mark == mark) {
            return made.clone();
        }
        let Searched { copy, statistics } = searched;
        let counted = statistics.as_ref().zip(copy.known.head.stats.as_ref()).and_then(|(path, part)| read(path, part));
        let rows: Vec<Brief<'_>> = copy.table().rows().filter_map(Brief::read).collect();
        let index = Index::new(&rows.iter().map(|row| row.entry(counted.as_ref())).collect::<Vec<_>>());
        let edition = before.as_ref().map_or(1, |before| before.edition.wrapping_add(1));
        let catalogue = Arc::new(Catalogue { mark, edition, index, last: Mutex::default() });
        *lock(&self.made) = Some(catalogue.clone());
        let serves = before.is_some_and(|before| before.mark.lineage == catalogue.mark.lineage) && is_young(&self.file, copy.synced_at);
        if rows.len() >= MANY && !serves {
            // It can be made again.
            let _ = keep(&self.file, &catalogue);
        }
        catalogue
    }

    /// The one that was made last: in this run, or kept by an earlier one.
    fn earlier(&self) -> Option<Arc<Catalogue>> {
        let mut made = lock(&self.made);
        if made.is_none() {
            *made = open(&self.file).map(Arc::new);
        }
        made.clone()
    }
}

/// What cannot be read is as if nobody had counted: it is fetched again when it is another.
fn read(path: &Path, part: &Part) -> Option<Statistics> {
    Statistics::read(part, &fs::read(path).ok()?).ok().flatten()
}

fn is_young(file: &Path, now: Timestamp) -> bool {
    let made = fs::metadata(file).and_then(|m| m.modified()).ok().and_then(|time| Timestamp::try_from(time).ok());
    made.is_some_and(|made| now.duration_since(made) < SERVES)
}

fn keep(file: &Path, catalogue: &Catalogue) -> Result<(), files::FileError> {
    let mark = serde_json::to_vec(&catalogue.mark).unwrap_or_default();
    let index = catalogue.index.to_bytes();
    files::cache(file, &[MAGIC, &seal(&mark), &mark, &seal(&index), &index])
}

/// None when there is no such file, or it is damaged or another Patchbay's.
fn open(file: &Path) -> Option<Catalogue> {
    let bytes = Bytes::from(fs::read(file).ok()?);
    let mut rest = bytes.strip_prefix(MAGIC).map(|rest| bytes.slice_ref(rest))?;
    let mark = serde_json::from_slice(&block(&mut rest)?).ok()?;
    let index = Index::from_bytes(&block(&mut rest)?)?;
    Some(Catalogue { mark, edition: 0, index, last: Mutex::default() })
}

#[cfg(test)]
mod tests {
    use patchbay_registry::catalogue::{Head, Known, Line, Table};
    use patchbay_testkit::market::Market;
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;
    use crate::wire::SortBy;

    fn copy(lineage: u128, plugins: usize) -> Searched {
        let market = Market::open(None);
        let lines: Vec<Line> = (0..plugins).map(|n| Line::of(&market.document(n), None)).collect();
        let head = Head { position: plugins as u64, ..Head::empty(Uuid::from_u128(lineage), Timestamp::UNIX_EPOCH) };
        let known = Known { head, etag: None, table: Some(Table::default().with(lines).unwrap()) };
        Searched { copy: Arc::new(LocalCopy::after(None, known, Timestamp::UNIX_EPOCH)), statistics: None }
    }

    fn search(folder: &TempDir) -> Arc<Search> {
        Arc::new(Search::new(folder.path().join("index")))
    }

    /// How many plugins are searched, and whether they are those of before.
    fn found(search: &Arc<Search>, copy: &Searched, wait: bool) -> (usize, bool) {
        let (catalogue, behind) = search.over(copy, wait);
        (catalogue.find("", SortBy::Relevance).found.len(), behind)
    }

    #[test]
    fn among_many_those_of_before_serve_until_the_next_index_is_made() {
        let folder = TempDir::new().unwrap();
        let first = search(&folder);
        // Nothing is there that could serve meanwhile.
        assert_eq!(found(&first, &copy(1, MANY), false), (MANY, false));
        let more = copy(1, MANY + 1);
        assert_eq!(found(&first, &more, false), (MANY, true));
        assert_eq!(found(&first, &more, true), (MANY + 1, false));
        assert_eq!(found(&first, &more, false), (MANY + 1, false));
        // The plugins of another catalogue are none of these.
        assert_eq!(found(&first, &copy(2, MANY), false), (MANY, false));
    }

    #[test]
    fn the_next_start_reads_the_index_that_is_kept() {
        let folder = TempDir::new().unwrap();
        let many = copy(1, MANY);
        let made = search(&folder).over(&many, false).0;
        let (read, behind) = search(&folder).over(&many, false);
        assert!(!behind);
        assert_eq!((made.edition, read.edition), (1, 0), "made by one, and read by the other");
        assert_eq!(found(&search(&folder), &copy(1, MANY + 1), false), (MANY, true), "it serves for what is known since, too");
        let file = folder.path().join("index");
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file, bytes).unwrap();
        let (again, behind) = search(&folder).over(&many, false);
        assert_eq!((again.edition, behind), (1, false), "a damaged one is made anew");
    }

    #[test]
    fn few_are_made_while_somebody_waits_and_not_kept() {
        let folder = TempDir::new().unwrap();
        let search = search(&folder);
        assert_eq!(found(&search, &copy(1, 3), false), (3, false));
        assert_eq!(found(&search, &copy(1, 4), false), (4, false));
        assert!(!folder.path().join("index").exists());
    }
}
