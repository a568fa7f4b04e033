//! Which plugin has which word, and where.

use std::{panic::resume_unwind, sync::LazyLock, thread};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::{
    entry::Entry,
    inside::Insides,
    lists::Lists,
    place::{Match, field, worth},
    text::Words,
    vocabulary::Vocabulary,
};

/// A plugin and the places in it are one number: the plugin's shifted by this, and a bit for each place.
const SHIFT: u32 = 8;

/// How many plugins fit into that number.
pub(crate) const MOST_PLUGINS: usize = 1 << (32 - SHIFT);

/// Two letters are looked for inside of words only where fewer places than this begin so.
const FEW: usize = 100;

/// The words of all plugins, and where each stands.
///
/// Names and ids that are written as one word are apart: nobody looks for something inside of them that is not inside of a word,
/// and nearly every plugin has its own, so that they are most of all words.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct WordIndex {
    words: Table,
    insides: Insides,
    wholes: Table,
}

/// Sorted words, and where each stands.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Table {
    vocabulary: Vocabulary,
    /// For each word the plugins that have it, in order, each with its places.
    places: Lists,
}

/// Collects a [`Table`], plugin by plugin.
#[derive(Default)]
struct Collector {
    numbers: FxHashMap<Box<str>, u32>,
    /// For each word where it was last put.
    last: Vec<u32>,
    /// Word and place, in the order of the plugins.
    put: Vec<(u32, u32)>,
}

impl Collector {
    fn put(&mut self, word: &str, plugin: u32, place: u8) {
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => {
                let number = crate::short(self.last.len());
                self.numbers.insert(word.into(), number);
                self.last.push(u32::MAX);
                number
            }
        };
        let last = &mut self.last[number as usize];
        match self.put.get_mut(*last as usize) {
            Some((_, put)) if *put >> SHIFT == plugin => *put |= u32::from(place),
            _ => {
                *last = crate::short(self.put.len());
                self.put.push((number, plugin << SHIFT | u32::from(place)));
            }
        }
    }

    /// Sorts the words, and for each the plugins that have it: counted, then put where they belong.
    fn done(self) -> Table {
        let Self { numbers, put, .. } = self;
        let mut sorted: Vec<(Box<str>, u32)> = numbers.into_iter().collect();
        sorted.sort_unstable();
        let vocabulary = Vocabulary::new(sorted.iter().map(|(word, _)| &**word));
        let mut place_of = vec![0_u32; sorted.len()];
        for (place, (_, number)) in sorted.iter().enumerate() {
            place_of[*number as usize] = crate::short(place);
        }
        drop(sorted);
        let mut starts = vec![0_u32; place_of.len() + 1];
        for (number, _) in &put {
            starts[place_of[*number as usize] as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut items = vec![0_u32; put.len()];
        for (number, item) in put {
            let at = &mut next[place_of[number as usize] as usize];
            items[*at as usize] = item;
            *at += 1;
        }
        Table { vocabulary, places: Lists::new(starts, items) }
    }
}

/// What the matches of a word are worth, by how it was found.
static WORTH: LazyLock<[[u16; 256]; 4]> = LazyLock::new(|| [Match::Exact, Match::Beginning, Match::Inside, Match::Nearly].map(worth));

impl Table {
    /// The words of these plugins.
    fn of_words(plugins: &[&Entry<'_>]) -> Self {
        let (mut all, mut text) = (Collector::default(), Words::default());
        for (plugin, entry) in (0..).zip(plugins) {
            let mut read = |from: &str, place| {
                text.read(from);
                text.iter().chain(text.parts()).for_each(|word| all.put(word, plugin, place));
            };
            read(entry.name, field::NAME);
            read(entry.id, field::ID);
            read(entry.author, field::AUTHOR);
            entry.categories.iter().for_each(|category| read(category, field::CATEGORY));
            read(entry.description, field::DESCRIPTION);
        }
        all.done()
    }

    /// Their names and ids, each as one word.
    fn of_wholes(plugins: &[&Entry<'_>]) -> Self {
        let (mut all, mut text) = (Collector::default(), Words::default());
        for (plugin, entry) in (0..).zip(plugins) {
            for (from, place) in [(entry.name, field::WHOLE_NAME), (entry.id, field::WHOLE_ID)] {
                text.read(from);
                if !text.whole().is_empty() {
                    all.put(text.whole(), plugin, place);
                }
            }
        }
        all.done()
    }

    /// The places of the word itself, and of what begins with it.
    fn beginning(&self, word: &str) -> [(Match, &[u32]); 2] {
        let (beginning, exact) = self.vocabulary.beginning(word);
        let rest = beginning.start + usize::from(exact);
        [(Match::Exact, self.places.between(beginning.start, rest)), (Match::Beginning, self.places.between(rest, beginning.end))]
    }

    fn nearly(&self, word: &str, best: &mut [u16]) {
        self.vocabulary.nearly(word, |near| raise(best, self.places.between(near.start, near.end), Match::Nearly));
    }

    fn bytes(&self) -> usize {
        self.vocabulary.bytes() + self.places.bytes()
    }
}

impl WordIndex {
    /// Reads the plugins, numbered in their order.
    pub fn new(plugins: &[&Entry<'_>]) -> Self {
        thread::scope(|scope| {
            let wholes = scope.spawn(|| Table::of_wholes(plugins));
            let words = Table::of_words(plugins);
            let insides = Insides::new(words.vocabulary.words());
            Self { words, insides, wholes: wholes.join().unwrap_or_else(|panic| resume_unwind(panic)) }
        })
    }

    /// For each of so many plugins, what its best match of the word is worth; 0 where there is none.
    pub fn find(&self, word: &str, plugins: usize) -> Vec<u16> {
        let mut best = vec![0; plugins];
        let mut begin = 0;
        for (found, places) in self.words.beginning(word).into_iter().chain(self.wholes.beginning(word)) {
            raise(&mut best, places, found);
            begin += places.len();
        }
        // One letter is inside of nearly everything, and two are inside of most: that is noise beside what begins so. One ideograph
        // is a word.
        if word.len() > 2 || (word.len() == 2 && begin < FEW) {
            let Table { vocabulary, places } = &self.words;
            for at in self.insides.find(vocabulary.words(), word) {
                raise(&mut best, places.between(at, at + 1), Match::Inside);
            }
        }
        best
    }

    /// Adds what is found when one typo is forgiven.
    pub fn forgive(&self, word: &str, best: &mut [u16]) {
        self.words.nearly(word, best);
        self.wholes.nearly(word, best);
    }

    /// Adds to the plugins whose whole name or id is these words written as one, or begins so. `data view` is `Dataview` before it is
    /// what has both words in it.
    pub fn add_wholes(&self, joined: &str, total: &mut [u16]) {
        for (found, places) in self.wholes.beginning(joined) {
            let (worth, times) = (&WORTH[found as usize], if found == Match::Exact { 2 } else { 1 });
            for place in places {
                total[(place >> SHIFT) as usize] += times * worth[(place & 0xff) as usize];
            }
        }
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.words.bytes() + self.insides.bytes() + self.wholes.bytes()
    }

    /// How many different words there are.
    pub fn len(&self) -> usize {
        self.words.vocabulary.words().len()
    }
}

fn raise(best: &mut [u16], places: &[u32], found: Match) {
    let worth = &WORTH[found as usize];
    for place in places {
        let best = &mut best[(place >> SHIFT) as usize];
        *best = (*best).max(worth[(place & 0xff) as usize]);
    }
}
