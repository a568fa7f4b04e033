//! What words have inside.

use serde::{Deserialize, Serialize};

use crate::texts::Texts;

/// Every ending of every word, sorted: what has something inside has an ending that begins so. Four bytes for each letter, so that a few
/// binary searches stand for looking through all words.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Insides {
    places: Vec<u32>,
}

impl Insides {
    /// Of these words. Their beginnings are left out: they are sorted already.
    pub fn new(words: &Texts) -> Self {
        let mut endings: Vec<(u64, u32)> = Vec::new();
        for number in 0..words.len() {
            let places = words.get(number).char_indices().skip(1).map(|(at, _)| words.start(number) + at);
            endings.extend(places.map(|place| (words.first_bytes(place), crate::short(place))));
        }
        // Most are told apart by their first eight bytes.
        endings.sort_unstable_by(|a, b| {
            let more = |place: u32| &words.rest(place as usize)[8..];
            a.0.cmp(&b.0).then_with(|| if a.0 & 0xff == 0 { a.1.cmp(&b.1) } else { more(a.1).cmp(more(b.1)) })
        });
        Self { places: endings.into_iter().map(|(_, place)| place).collect() }
    }

    /// The numbers of the words that have it inside, and do not only begin with it. A word that has it twice comes twice.
    pub fn find(&self, words: &Texts, wanted: &str) -> impl Iterator<Item = usize> {
        let order = |place: &u32| words.order_at(*place as usize, wanted.as_bytes());
        let behind = &self.places[self.places.partition_point(|place| order(place).is_lt())..];
        let those = &behind[..behind.partition_point(|place| order(place).is_eq())];
        those.iter().map(|place| words.holder(*place as usize))
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{collection::btree_set, prelude::*};

    use super::*;

    #[test]
    fn insides() {
        let words = Texts::new(["add", "calendar", "data", "dataview", "date", "metadata", "view"]);
        let insides = Insides::new(&words);
        let found = |wanted: &str| insides.find(&words, wanted).map(|at| words.get(at)).collect::<BTreeSet<_>>();
        assert_eq!(Vec::from_iter(found("data")), ["metadata"]);
        assert_eq!(Vec::from_iter(found("view")), ["dataview"]);
        assert_eq!(Vec::from_iter(found("a")), ["calendar", "data", "dataview", "date", "metadata"]);
        assert!(found("q").is_empty() && found("datax").is_empty());
    }

    proptest! {
        #[test]
        fn as_by_looking_through_all_words(words in btree_set("[ab日本é]{1,14}", 0..40), wanted in "[ab日本é]{1,9}") {
            let texts = Texts::new(words.iter().map(String::as_str));
            let found: BTreeSet<&str> = Insides::new(&texts).find(&texts, &wanted).map(|at| texts.get(at)).collect();
            let second = |word: &str| word.chars().next().map_or(0, char::len_utf8);
            let meant: BTreeSet<&str> = words.iter().map(String::as_str).filter(|word| word[second(word)..].contains(&wanted)).collect();
            prop_assert_eq!(found, meant);
        }
    }
}
