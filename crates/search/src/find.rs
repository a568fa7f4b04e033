//! Finding: which plugins, in which order, and what they have in common.

use std::{cmp::Reverse, collections::BTreeSet};

use crate::{
    index::{Index, state},
    query::{Filter, Meaning, Part, Query, State},
    values::Values,
};

/// With fewer results than this, typos are forgiven: whoever finds enough meant what they typed.
const ENOUGH: usize = 20;

/// The order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The best match first; among equals what is wanted more. Without words that alone.
    #[default]
    Relevance,
    /// By name.
    Name,
    /// The latest change first.
    Updated,
    /// What is wanted most first; as [`Sort::Relevance`] where nothing is known of that.
    Popularity,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    plugins: Vec<u32>,
    /// Whether some are there only because a typo was forgiven.
    pub forgiven: bool,
}

/// What the results have in common: values with how many have each, most first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By category.
    pub categories: Vec<(String, u32)>,
    /// By channel.
    pub channels: Vec<(String, u32)>,
    /// By host.
    pub hosts: Vec<(String, u32)>,
    /// By author.
    pub authors: Vec<(String, u32)>,
    /// By state; those that no result has are left out.
    pub states: Vec<(State, u32)>,
}

/// A query without one of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loose<'a> {
    /// The part.
    pub text: &'a str,
    /// The text of the query without it.
    pub query: String,
}

impl Found {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.plugins.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plugins.is_empty()
    }

    /// The ids of some of them, in order.
    pub fn ids<'a>(&'a self, index: &'a Index, from: usize, limit: usize) -> impl Iterator<Item = &'a str> {
        self.plugins.iter().skip(from).take(limit).map(|plugin| index.id(*plugin))
    }

    /// Where a plugin stands among them.
    #[must_use]
    pub fn position(&self, index: &Index, id: &str) -> Option<usize> {
        let plugin = index.plugin(id)?;
        self.plugins.iter().position(|found| *found == plugin)
    }
}

/// Which plugins a filter leaves; true for those.
type Left = Vec<bool>;

impl Index {
    /// Finds plugins. `installed` are the ids that `is:installed` means.
    #[must_use]
    pub fn find(&self, query: &Query, sort: Sort, installed: &BTreeSet<String>) -> Found {
        let left = self.filtered(query, installed);
        let words: Vec<&str> = query.words().collect();
        if words.is_empty() {
            let all = (0..crate::short(self.len())).filter(|plugin| is_left(&left, *plugin));
            return Found { plugins: self.sorted(all.collect(), sort), forgiven: false };
        }
        let mut each: Vec<Vec<u16>> = words.iter().map(|word| self.words.find(word, self.len())).collect();
        let mut plugins = ranked(self.together(&words, &each), left.as_ref());
        let mut forgiven = false;
        if plugins.len() < ENOUGH {
            let before = plugins.len();
            self.forgive(&words, &mut each);
            plugins = ranked(self.together(&words, &each), left.as_ref());
            forgiven = plugins.len() > before;
        }
        if sort != Sort::Relevance {
            plugins = self.sorted(plugins, sort);
        }
        Found { plugins, forgiven }
    }

    /// What is worth taking out of a query that finds nothing: each part of it without which something would be found, most first.
    ///
    /// Authors are alternatives: where there are several, none of them stands in the way.
    #[must_use]
    pub fn loosened<'a>(&self, query: &'a Query, installed: &BTreeSet<String>) -> Vec<(Loose<'a>, usize)> {
        let authors = query.parts.iter().filter(|part| part.is_author()).count();
        let parts: Vec<&Part> = query.parts.iter().filter(|part| part.narrows() && !(part.is_author() && authors > 1)).collect();
        // For each plugin how many parts it lacks, and one of those.
        let mut lacks = vec![(0_u32, 0); self.len()];
        if authors > 1 {
            self.lacking(&mut lacks, parts.len(), &self.filtered(&query.only_authors(), installed).unwrap_or_default());
        }
        for (at, part) in parts.iter().enumerate() {
            let has: Vec<bool> = match &part.meaning {
                Meaning::Words(words) => {
                    let words: Vec<&str> = words.iter().map(String::as_str).collect();
                    let mut each: Vec<_> = words.iter().map(|word| self.words.find(word, self.len())).collect();
                    self.forgive(&words, &mut each);
                    self.together(&words, &each).into_iter().map(|worth| worth > 0).collect()
                }
                Meaning::Filter(filter, not) => {
                    let holds = self.holds(filter, installed);
                    (0..crate::short(self.len())).map(|plugin| holds(plugin) != *not).collect()
                }
                Meaning::Unclear => continue,
            };
            self.lacking(&mut lacks, at, &has);
        }
        let mut found = vec![0; parts.len() + 1];
        for (_, only) in lacks.iter().filter(|(lacking, _)| *lacking == 1) {
            found[*only] += 1;
        }
        let loose = |part: &Part| Loose { text: &query.text()[part.at.clone()], query: query.without(&part.at) };
        let mut worthwhile: Vec<_> =
            parts.into_iter().zip(found).filter(|(_, found)| *found > 0).map(|(part, found)| (loose(part), found)).collect();
        worthwhile.sort_by_key(|(_, found)| Reverse(*found));
        worthwhile
    }

    fn lacking(&self, lacks: &mut [(u32, usize)], part: usize, has: &[bool]) {
        for (lacks, has) in lacks.iter_mut().zip(has) {
            if !has {
                *lacks = (lacks.0 + 1, part);
            }
        }
    }

    /// What results have in common; of each kind at most `limit` values.
    #[must_use]
    pub fn counts(&self, found: &Found, installed: &BTreeSet<String>, limit: usize) -> Counts {
        // Of many, in the order in which memory has them.
        let plugins = self.numbered(&found.plugins);
        let of = |values: &Values| values.count(&plugins, limit).into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        let mut states = [0_u32; 3];
        for plugin in &plugins {
            let has = self.states[*plugin as usize];
            for (bit, count) in states.iter_mut().enumerate() {
                *count += u32::from(has >> bit & 1);
            }
        }
        let here = installed.iter().filter_map(|id| self.plugin(id)).filter(|plugin| plugins.binary_search(plugin).is_ok()).count();
        let [deprecated, frozen, held] = states;
        let states =
            [(State::Installed, crate::short(here)), (State::Deprecated, deprecated), (State::Frozen, frozen), (State::Held, held)];
        Counts {
            categories: of(&self.categories),
            channels: of(&self.channels),
            hosts: of(&self.hosts.values),
            authors: of(&self.authors),
            states: states.into_iter().filter(|(_, count)| *count > 0).collect(),
        }
    }

    /// What each plugin is worth to these words, each of which was looked for; 0 where one of them is nowhere in it.
    fn together(&self, words: &[&str], each: &[Vec<u16>]) -> Vec<u16> {
        let Some((first, others)) = each.split_first() else { return vec![0; self.len()] };
        let mut total = first.clone();
        for best in others {
            for (total, best) in total.iter_mut().zip(best) {
                *total = if *total > 0 && *best > 0 { *total + *best } else { 0 };
            }
        }
        if words.len() > 1 {
            self.words.add_wholes(&words.concat(), &mut total);
        }
        total
    }

    fn forgive(&self, words: &[&str], each: &mut [Vec<u16>]) {
        words.iter().zip(each).for_each(|(word, best)| self.words.forgive(word, best));
    }

    /// The plugins that every filter leaves; none when there is no filter. Authors are alternatives, for a plugin has one;
    /// everything else has to be true together.
    fn filtered(&self, query: &Query, installed: &BTreeSet<String>) -> Option<Left> {
        let mut left: Option<Left> = None;
        let mut authors: Option<Vec<bool>> = None;
        for part in &query.parts {
            let Meaning::Filter(filter, not) = &part.meaning else { continue };
            if let (Filter::Author(author), false) = (filter, not) {
                let meant = self.authors.meant(author);
                authors = Some(match authors {
                    None => meant,
                    Some(others) => others.iter().zip(meant).map(|(a, b)| *a || b).collect(),
                });
            } else {
                self.keep(&mut left, *not, &*self.holds(filter, installed));
            }
        }
        if let Some(meant) = authors {
            self.keep(&mut left, false, &|plugin| self.authors.has(plugin, &meant));
        }
        left
    }

    fn keep(&self, left: &mut Option<Left>, not: bool, holds: &dyn Fn(u32) -> bool) {
        let left = left.get_or_insert_with(|| vec![true; self.len()]);
        for (plugin, left) in (0..).zip(left) {
            *left = *left && holds(plugin) != not;
        }
    }

    /// Whether a filter holds, for each plugin.
    fn holds<'a>(&'a self, filter: &Filter, installed: &BTreeSet<String>) -> Box<dyn Fn(u32) -> bool + 'a> {
        let one_of = |values: &'a Values, asked: &str| {
            let meant = values.meant(asked);
            Box::new(move |plugin| values.has(plugin, &meant))
        };
        match filter {
            Filter::Author(author) => one_of(&self.authors, author),
            Filter::Category(category) => one_of(&self.categories, category),
            Filter::Channel(channel) => one_of(&self.channels, channel),
            Filter::Host { name, range: None } => one_of(&self.hosts.values, name.as_deref().unwrap_or_default()),
            Filter::Host { name, range: Some(wanted) } => {
                let named = name.as_deref().map(|name| self.hosts.values.meant(name));
                // Many plugins have the same range: each is asked once.
                let allowing: Vec<bool> =
                    self.hosts.ranges.iter().map(|range| range.as_ref().is_some_and(|range| range.meets(wanted))).collect();
                Box::new(move |plugin| {
                    self.hosts.pairs.get(plugin).chunks_exact(2).any(|pair| {
                        let (host, range) = (pair[0] as usize, pair[1] as usize);
                        named.as_ref().is_none_or(|named| named[host]) && allowing[range]
                    })
                })
            }
            Filter::Is(State::Installed) => {
                let here: BTreeSet<u32> = installed.iter().filter_map(|id| self.plugin(id)).collect();
                Box::new(move |plugin| here.contains(&plugin))
            }
            Filter::Is(State::Deprecated) => self.in_state(state::DEPRECATED),
            Filter::Is(State::Frozen) => self.in_state(state::FROZEN),
            Filter::Is(State::Held) => self.in_state(state::HELD),
        }
    }

    fn in_state(&self, bit: u8) -> Box<dyn Fn(u32) -> bool + '_> {
        Box::new(move |plugin| self.states[plugin as usize] & bit != 0)
    }

    /// Plugins in another order than they are numbered: picked in that order, which costs the same for a hundred and for all.
    fn sorted(&self, plugins: Vec<u32>, sort: Sort) -> Vec<u32> {
        let order = match sort {
            Sort::Relevance => None,
            Sort::Name => Some(&self.by_name),
            Sort::Updated => Some(&self.by_updated),
            Sort::Popularity => self.by_popularity.as_ref(),
        };
        let Some(order) = order else { return self.numbered(&plugins) };
        picked(order.iter().copied(), &self.marked(&plugins), plugins.len())
    }

    /// Plugins by number.
    fn numbered(&self, plugins: &[u32]) -> Vec<u32> {
        picked(0..crate::short(self.len()), &self.marked(plugins), plugins.len())
    }

    fn marked(&self, plugins: &[u32]) -> Vec<bool> {
        let mut wanted = vec![false; self.len()];
        for plugin in plugins {
            wanted[*plugin as usize] = true;
        }
        wanted
    }
}

fn is_left(left: &Option<Left>, plugin: u32) -> bool {
    left.as_ref().is_none_or(|left| left[plugin as usize])
}

/// Plugins by what they are worth, most first, and among equals by number. Counted and put in place: there are few values. Those that are
/// worth nothing go last and are cut off, for a branch that nobody can foretell costs more than putting them somewhere.
fn ranked(mut total: Vec<u16>, left: Option<&Left>) -> Vec<u32> {
    for (worth, left) in total.iter_mut().zip(left.into_iter().flatten()) {
        *worth *= u16::from(*left);
    }
    let most = total.iter().copied().max().unwrap_or_default();
    let mut next = vec![0_u32; usize::from(most) + 2];
    for worth in &total {
        next[usize::from(most - worth) + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let worthy = next[usize::from(most)] as usize;
    let mut plugins = vec![0; total.len()];
    for (plugin, worth) in (0..).zip(&total) {
        let at = &mut next[usize::from(most - worth)];
        plugins[*at as usize] = plugin;
        *at += 1;
    }
    plugins.truncate(worthy);
    plugins
}

/// Those of an order that are wanted, of which there are so many; without a branch for each.
fn picked(order: impl Iterator<Item = u32>, wanted: &[bool], count: usize) -> Vec<u32> {
    let mut picked = vec![0; count + 1];
    let mut at = 0;
    for plugin in order {
        picked[at] = plugin;
        at += usize::from(wanted[plugin as usize]);
    }
    picked.truncate(count);
    picked
}
