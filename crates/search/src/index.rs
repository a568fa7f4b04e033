//! Everything that is kept of the plugins of a registry so that they are found as somebody types.

use std::{panic::resume_unwind, thread};

use patchbay_package::Range;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::{
    entry::Entry,
    lists::Lists,
    text,
    texts::Texts,
    values::{self, Values},
    words::{MOST_PLUGINS, WordIndex},
};

/// The states that can be asked for, each a bit.
pub(crate) mod state {
    pub const DEPRECATED: u8 = 1;
    pub const FROZEN: u8 = 1 << 1;
    pub const HELD: u8 = 1 << 2;
}

/// An index over the plugins of a registry. Never changed: another catalogue makes another index.
///
/// Plugins are numbered by how much people want them: by advice, popularity, freshness and name. So those that match equally
/// well are in order as they come, and nothing has to be sorted while somebody types.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Index {
    pub(crate) words: WordIndex,
    pub(crate) categories: Values,
    pub(crate) authors: Values,
    pub(crate) channels: Values,
    pub(crate) hosts: Hosts,
    pub(crate) states: Vec<u8>,
    /// The plugins by name, and by their last change.
    pub(crate) by_name: Vec<u32>,
    pub(crate) by_updated: Vec<u32>,
    pub(crate) by_popularity: Option<Vec<u32>>,
    popularity: Vec<Option<u64>>,
    ids: Ids,
}

/// The ids, one after another, and which plugin has which.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Ids {
    text: String,
    ends: Vec<u32>,
    sorted: Vec<u32>,
}

/// The hosts that plugins name, and the ranges of versions that they name them with.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hosts {
    pub values: Values,
    /// Each range once, as authors wrote it.
    written: Texts,
    /// The same, read; none where it is no range.
    #[serde(skip)]
    pub ranges: Vec<Option<Range>>,
    /// For each plugin host and range, in turn.
    pub pairs: Lists,
}

impl Index {
    /// Reads the plugins.
    ///
    /// More than 16,777,216 are not numbered: those that are wanted least are left out.
    #[must_use]
    pub fn new(entries: &[Entry<'_>]) -> Self {
        let names: Vec<String> = entries.iter().map(|entry| text::value(entry.name)).collect();
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_unstable_by(|a, b| {
            let wanted = |at: usize| {
                let entry = &entries[at];
                (entry.deprecated, std::cmp::Reverse(entry.popularity), std::cmp::Reverse(entry.updated))
            };
            wanted(*a).cmp(&wanted(*b)).then_with(|| names[*a].cmp(&names[*b])).then_with(|| entries[*a].id.cmp(entries[*b].id))
        });
        order.truncate(MOST_PLUGINS);
        let sorted: Vec<&Entry<'_>> = order.iter().map(|at| &entries[*at]).collect();
        let by = |key: &dyn Fn(u32, u32) -> std::cmp::Ordering| {
            let mut plugins: Vec<u32> = (0..crate::short(sorted.len())).collect();
            plugins.sort_by(|a, b| key(*a, *b));
            plugins
        };
        let name = |plugin: u32| &names[order[plugin as usize]];
        let entry = |plugin: u32| sorted[plugin as usize];
        let known = sorted.iter().any(|entry| entry.popularity.is_some());
        thread::scope(|scope| {
            // Most of the work; beside it the rest is done by the time.
            let words = scope.spawn(|| WordIndex::new(&sorted));
            let mut all = Collectors::default();
            for entry in &sorted {
                all.add(entry);
            }
            let Collectors { categories, authors, channels, hosts, states } = all;
            Self {
                categories: categories.done(),
                authors: authors.done(),
                channels: channels.done(),
                hosts: hosts.done(),
                states,
                by_name: by(&|a, b| name(a).cmp(name(b))),
                by_updated: by(&|a, b| entry(b).updated.cmp(&entry(a).updated)),
                by_popularity: known.then(|| by(&|a, b| entry(b).popularity.cmp(&entry(a).popularity))),
                popularity: if known { sorted.iter().map(|entry| entry.popularity).collect() } else { Vec::new() },
                ids: Ids::new(&sorted),
                words: words.join().unwrap_or_else(|panic| resume_unwind(panic)),
            }
        })
    }

    /// How many plugins it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Whether anything is known of how much plugins are wanted.
    #[must_use]
    pub fn knows_popularity(&self) -> bool {
        self.by_popularity.is_some()
    }

    /// How much a plugin is wanted, as its entry said.
    #[must_use]
    pub fn popularity(&self, id: &str) -> Option<u64> {
        *self.popularity.get(self.plugin(id)? as usize)?
    }

    /// The id of a plugin.
    pub(crate) fn id(&self, plugin: u32) -> &str {
        self.ids.get(plugin)
    }

    /// The plugin of an id.
    pub(crate) fn plugin(&self, id: &str) -> Option<u32> {
        self.ids.find(id)
    }

    /// How much memory it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let orders = [Some(&self.by_name), Some(&self.by_updated), self.by_popularity.as_ref()];
        self.words.bytes()
            + [&self.categories, &self.authors, &self.channels, &self.hosts.values].map(Values::bytes).iter().sum::<usize>()
            + self.hosts.pairs.bytes()
            + self.states.capacity()
            + self.popularity.capacity() * size_of::<Option<u64>>()
            + self.ids.bytes()
            + orders.into_iter().flatten().map(|order| order.capacity() * size_of::<u32>()).sum::<usize>()
    }

    /// How many different words it knows.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words.len()
    }
}

impl Ids {
    fn new(entries: &[&Entry<'_>]) -> Self {
        let mut ids = Self::default();
        for entry in entries {
            ids.text.push_str(entry.id);
            ids.ends.push(crate::short(ids.text.len()));
        }
        ids.text.shrink_to_fit();
        let mut sorted: Vec<u32> = (0..crate::short(entries.len())).collect();
        sorted.sort_unstable_by_key(|plugin| entries[*plugin as usize].id);
        ids.sorted = sorted;
        ids
    }

    fn get(&self, plugin: u32) -> &str {
        let at = plugin as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }

    fn find(&self, id: &str) -> Option<u32> {
        self.sorted.binary_search_by(|plugin| self.get(*plugin).cmp(id)).ok().map(|at| self.sorted[at])
    }

    fn bytes(&self) -> usize {
        self.text.capacity() + (self.ends.capacity() + self.sorted.capacity()) * size_of::<u32>()
    }
}

/// Everything that reads the plugins one by one.
impl Hosts {
    /// Once for each range, and not once for each plugin that has it.
    pub fn read_ranges(&mut self) {
        self.ranges = (0..self.written.len()).map(|at| Range::parse(self.written.get(at)).ok()).collect();
    }
}

#[derive(Default)]
struct Collectors {
    categories: values::Collector,
    authors: values::Collector,
    channels: values::Collector,
    hosts: HostCollector,
    states: Vec<u8>,
}

#[derive(Default)]
struct HostCollector {
    values: values::Collector,
    written: Vec<String>,
    known: FxHashMap<String, u32>,
    pairs: Lists,
}

impl Collectors {
    fn add(&mut self, entry: &Entry<'_>) {
        self.categories.add(entry.categories.iter().copied());
        self.authors.add([entry.author]);
        self.channels.add(entry.channels.iter().copied());
        self.hosts.add(&entry.hosts);
        let state = |holds: bool, bit: u8| if holds { bit } else { 0 };
        self.states.push(state(entry.deprecated, state::DEPRECATED) | state(entry.frozen, state::FROZEN) | state(entry.held, state::HELD));
    }
}

impl HostCollector {
    fn add(&mut self, hosts: &[(&str, &str)]) {
        self.values.add(hosts.iter().map(|(host, _)| *host));
        for (host, range) in hosts {
            let Some(host) = self.values.known(host) else { continue };
            let range = match self.known.get(*range) {
                Some(range) => *range,
                None => {
                    let number = crate::short(self.written.len());
                    self.written.push((*range).to_owned());
                    self.known.insert((*range).to_owned(), number);
                    number
                }
            };
            self.pairs.push(host);
            self.pairs.push(range);
        }
        self.pairs.close();
    }

    fn done(self) -> Hosts {
        let mut hosts = Hosts {
            values: self.values.done(),
            written: Texts::new(self.written.iter().map(String::as_str)),
            ranges: Vec::new(),
            pairs: self.pairs,
        };
        hosts.read_ranges();
        hosts
    }
}
