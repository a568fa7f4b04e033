//! Which values of one kind (categories, authors, channels, …) each plugin has.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::{lists::Lists, text, texts::Texts};

/// The values of one kind, and of each plugin which it has.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Values {
    /// As people write each.
    names: Texts,
    /// As each is compared.
    keys: Texts,
    of: Lists,
}

/// Collects [`Values`], plugin by plugin.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    names: Vec<String>,
    of: Lists,
    /// The number, from 1, of each name as it was written, and of each key.
    known: FxHashMap<String, u32>,
    keys: FxHashMap<String, u32>,
}

impl Collector {
    /// The values of the next plugin.
    pub fn add<'a>(&mut self, written: impl IntoIterator<Item = &'a str>) {
        for name in written {
            let number = match self.known.get(name) {
                Some(known) => *known,
                None => self.number(name),
            };
            if let Some(number) = number.checked_sub(1)
                && !self.of.last().contains(&number)
            {
                self.of.push(number);
            }
        }
        self.of.close();
    }

    /// The number, from 1, of a name that is read for the first time; 0 when there is nothing in it to compare.
    fn number(&mut self, name: &str) -> u32 {
        let key = text::value(name);
        let number = if key.is_empty() {
            0
        } else {
            let Self { names, keys, .. } = self;
            *keys.entry(key).or_insert_with(|| {
                names.push(name.to_owned());
                crate::short(names.len())
            })
        };
        self.known.insert(name.to_owned(), number);
        number
    }

    /// The number of a name that was added.
    pub fn known(&self, name: &str) -> Option<u32> {
        self.known.get(name)?.checked_sub(1)
    }

    pub fn done(mut self) -> Values {
        let mut keys: Vec<(u32, String)> = self.keys.into_iter().map(|(key, number)| (number, key)).collect();
        keys.sort_unstable();
        self.of.shrink();
        let texts = |texts: &mut dyn Iterator<Item = &str>| Texts::new(texts);
        Values {
            names: texts(&mut self.names.iter().map(String::as_str)),
            keys: texts(&mut keys.iter().map(|(_, key)| key.as_str())),
            of: self.of,
        }
    }
}

impl Values {
    /// Which values somebody means: the one that is called so, else all whose words begin so.
    pub fn meant(&self, asked: &str) -> Vec<bool> {
        let key = text::value(asked);
        let mut meant = vec![false; self.keys.len()];
        let wanted: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
        let Some(first) = wanted.first() else { return meant };
        let begins = |known: &str| wanted.iter().all(|word| known.split(' ').any(|part| part.starts_with(word)));
        for (value, at) in self.keys.hits(first) {
            let known = self.keys.get(value);
            if known == key {
                meant.fill(false);
                meant[value] = true;
                break;
            }
            // Han has no spaces: any part of it will do.
            let begun = at == 0 || known.as_bytes()[at - 1] == b' ';
            meant[value] |= (begun && begins(known)) || (!key.is_ascii() && known.contains(&key));
        }
        meant
    }

    /// Whether a plugin has one of these values.
    pub fn has(&self, plugin: u32, meant: &[bool]) -> bool {
        self.of.get(plugin).iter().any(|number| meant[*number as usize])
    }

    /// How many of these plugins have each value, most first; at most `limit`.
    pub fn count(&self, plugins: &[u32], limit: usize) -> Vec<(&str, u32)> {
        let mut counts = vec![0_u32; self.names.len()];
        for plugin in plugins {
            for number in self.of.get(*plugin) {
                counts[*number as usize] += 1;
            }
        }
        let mut all: Vec<(usize, u32)> = counts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        // Among equals that of the plugin that is wanted most: plugins are read in that order.
        let order = |a: &(usize, u32), b: &(usize, u32)| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
        if all.len() > limit {
            all.select_nth_unstable_by(limit, order);
            all.truncate(limit);
        }
        all.sort_unstable_by(order);
        all.into_iter().map(|(value, count)| (self.names.get(value), count)).collect()
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.names.bytes() + self.keys.bytes() + self.of.bytes()
    }
}
