//! Searching in the rows of the local copy.

mod made;
mod row;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use patchbay_search::{Counts, Found, Index, Kind, Query, Sort, State, Unclear};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use made::{Search, Searched};

use crate::wire::{Chip, FilterKind, Looser, SortBy, TypedFilter, UnclearFilter};

/// How many chips there are of each kind.
const CHIPS: usize = 24;

/// What `is:installed` finds: Patchbay does not install plugins.
static INSTALLED: BTreeSet<String> = BTreeSet::new();

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    lineage: Uuid,
    position: u64,
    /// The digest of the statistics that were there.
    statistics: Option<String>,
}

/// The results of a search.
#[derive(Debug)]
pub(crate) struct Results {
    query: Query,
    sort: SortBy,
    pub found: Found,
    counts: Counts,
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
