//! Searching in the rows of the local copy.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::Timestamp;
use patchbay_registry::{
    catalogue::{Part, RowRef, Statistics},
    format::document::Status,
};
use patchbay_search::{Counts, Entry, Found, Index, Kind, Query, Sort, State, Unclear};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    copy::LocalCopy,
    wire::{Chip, FilterKind, Looser, SortBy, TypedFilter, UnclearFilter},
};

/// How many chips there are of each kind.
const CHIPS: usize = 24;

/// What `is:installed` finds: Patchbay does not install plugins.
static INSTALLED: BTreeSet<String> = BTreeSet::new();

/// The index over the copy that was searched last.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Held while one is made: whoever asks meanwhile waits, for two would make the same index twice.
    made: Mutex<Option<Arc<Catalogue>>>,
    used: AtomicBool,
    /// The copy that is to be searched next.
    next: Mutex<Option<Searched>>,
}

/// A copy, and the file of the statistics that its head names, if it is there.
#[derive(Clone, Debug)]
pub(crate) struct Searched {
    pub copy: Arc<LocalCopy>,
    pub statistics: Option<PathBuf>,
}

/// The plugins of one copy, to be searched.
#[derive(Debug)]
pub(crate) struct Catalogue {
    mark: Mark,
    /// Another number for other plugins.
    pub edition: u32,
    pub index: Index,
    /// Scrolling asks for page after page of the same results.
    last: Mutex<Option<Arc<Results>>>,
}

/// What the plugins are made from: they are others when this is. Merging what changed makes another head of the same plugins.
#[derive(Debug, PartialEq)]
struct Mark {
    lineage: Uuid,
    position: u64,
    statistics: Option<PathBuf>,
}

/// The results of a search.
#[derive(Debug)]
pub(crate) struct Results {
    query: Query,
    sort: SortBy,
    pub found: Found,
    counts: Counts,
}

impl Search {
    /// The plugins of a copy. Takes its time for one that is searched for the first time.
    pub fn over(&self, searched: &Searched) -> Arc<Catalogue> {
        self.used.store(true, Ordering::Relaxed);
        renewed(&mut lock(&self.made), searched)
    }

    /// Notes that there is another copy. Answers whether somebody is going to search it, because they did so before: then it is time
    /// to [prepare](Self::prepare) it.
    pub fn is_next(&self, searched: Searched) -> bool {
        let used = self.used.load(Ordering::Relaxed);
        if used {
            *lock(&self.next) = Some(searched);
        }
        used
    }

    /// Makes the index over the next copy; of several that came meanwhile only over the last one.
    pub fn prepare(&self) {
        let mut made = lock(&self.made);
        let next = lock(&self.next).take();
        if let Some(searched) = next {
            renewed(&mut made, &searched);
        }
    }
}

fn renewed(made: &mut Option<Arc<Catalogue>>, Searched { copy, statistics }: &Searched) -> Arc<Catalogue> {
    let known = &copy.known;
    let mark = Mark { lineage: known.head.lineage, position: known.head.position, statistics: statistics.clone() };
    if let Some(made) = made.as_ref()
        && made.mark == mark
    {
        return made.clone();
    }
    let counted = statistics.as_ref().zip(known.head.stats.as_ref()).and_then(|(path, part)| read(path, part));
    let rows: Vec<Brief<'_>> = copy.table().rows().filter_map(Brief::read).collect();
    let index = Index::new(&rows.iter().map(|row| row.entry(counted.as_ref())).collect::<Vec<_>>());
    let edition = made.as_ref().map_or(1, |before| before.edition.wrapping_add(1));
    let catalogue = Arc::new(Catalogue { mark, edition, index, last: Mutex::default() });
    *made = Some(catalogue.clone());
    catalogue
}

/// What cannot be read is as if nobody had counted: it is fetched again when it is another.
fn read(path: &Path, part: &Part) -> Option<Statistics> {
    Statistics::read(part, &fs::read(path).ok()?).ok().flatten()
}

impl Catalogue {
    /// What is found.
    pub fn find(&self, text: &str, sort: SortBy) -> Arc<Results> {
        if let Some(last) = lock(&self.last).as_ref()
            && last.query.text() == text
            && last.sort == sort
        {
            return last.clone();
        }
        let query = Query::parse(text);
        let order = match sort {
            SortBy::Relevance => Sort::Relevance,
            SortBy::Name => Sort::Name,
            SortBy::Updated => Sort::Updated,
            SortBy::Popularity => Sort::Popularity,
        };
        let found = self.index.find(&query, order, &INSTALLED);
        let counts = self.index.counts(&found, &INSTALLED, CHIPS);
        let results = Arc::new(Results { query, sort, found, counts });
        *lock(&self.last) = Some(results.clone());
        results
    }

    /// When nothing is found: what to leave out.
    pub fn looser(&self, results: &Results) -> Vec<Looser> {
        if !results.found.is_empty() {
            return Vec::new();
        }
        let loosened = self.index.loosened(&results.query, &INSTALLED);
        loosened.into_iter().map(|(loose, found)| Looser { text: loose.text.to_owned(), found: count(found), query: loose.query }).collect()
    }
}

impl Results {
    /// The filters in the query.
    pub fn filters(&self) -> Vec<TypedFilter> {
        let unclear = |unclear| match unclear {
            Unclear::Empty => UnclearFilter::Empty,
            Unclear::State => UnclearFilter::State,
            Unclear::Range => UnclearFilter::Range,
        };
        let filter = |typed: patchbay_search::Typed<'_>| TypedFilter {
            text: typed.text.to_owned(),
            kind: kind(typed.kind),
            value: typed.value.to_owned(),
            not: typed.not,
            unclear: typed.unclear.map(unclear),
            query: typed.without,
        };
        self.query.filters().map(filter).collect()
    }

    /// What would narrow the results. What all of them have would not.
    pub fn chips(&self) -> Vec<Chip> {
        let Counts { states, categories, channels, hosts, authors } = &self.counts;
        let states: Vec<(String, u32)> = states.iter().map(|(state, count)| (State::word(*state).to_owned(), *count)).collect();
        let kinds =
            [(Kind::Is, &states), (Kind::Category, categories), (Kind::Channel, channels), (Kind::Host, hosts), (Kind::Author, authors)];
        let all = kinds.into_iter().flat_map(|(of, values)| values.iter().map(move |(value, count)| (of, value, *count)));
        let narrowing = all.filter(|(.., has)| *has < count(self.found.len()));
        narrowing
            .filter_map(|(of, value, count)| Some(Chip { kind: kind(of), value: value.clone(), count, query: self.query.with(of, value)? }))
            .collect()
    }
}

pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn kind(kind: Kind) -> FilterKind {
    match kind {
        Kind::Author => FilterKind::Author,
        Kind::Category => FilterKind::Category,
        Kind::Channel => FilterKind::Channel,
        Kind::Host => FilterKind::Host,
        Kind::Is => FilterKind::Is,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is in it is replaced whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What of a row is searched, borrowed from the table: reading all of it would take most of the time that making an index does.
struct Brief<'a> {
    id: &'a str,
    card: Card<'a>,
    facts: Facts<'a>,
}

#[derive(Deserialize)]
struct Card<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    description: Text<'a>,
    #[serde(borrow, default)]
    author: Text<'a>,
    #[serde(borrow, default)]
    categories: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Facts<'a> {
    status: Status,
    #[serde(borrow)]
    channels: BTreeMap<Text<'a>, Held>,
    #[serde(borrow, default)]
    hosts: BTreeMap<Text<'a>, Text<'a>>,
    updated: Timestamp,
}

#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    held: bool,
}

/// Borrowed unless something in it is escaped.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Brief<'a> {
    /// None when a later Patchbay wrote it in another shape.
    fn read(row: RowRef<'a>) -> Option<Self> {
        Some(Self { id: row.id, card: serde_json::from_str(row.card).ok()?, facts: serde_json::from_str(row.row?).ok()? })
    }

    fn entry(&self, counted: Option<&Statistics>) -> Entry<'_> {
        let Self { id, card, facts } = self;
        Entry {
            id,
            name: &card.name.0,
            description: &card.description.0,
            author: &card.author.0,
            categories: card.categories.iter().map(|text| &*text.0).collect(),
            channels: facts.channels.keys().map(|text| &*text.0).collect(),
            hosts: facts.hosts.iter().map(|(host, range)| (&*host.0, &*range.0)).collect(),
            updated: facts.updated.as_second(),
            popularity: counted.and_then(|counted| counted.downloads(id)),
            deprecated: facts.status == Status::Deprecated,
            frozen: facts.status == Status::Frozen,
            held: facts.channels.values().any(|channel| channel.held),
        }
    }
}
