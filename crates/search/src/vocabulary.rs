//! The words of all plugins, sorted.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{texts::Texts, typo};

/// Sorted distinct words. What begins alike stands together, so that beginnings and near misses are a few binary searches.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Vocabulary {
    words: Texts,
}

impl Vocabulary {
    /// Of words that are sorted already.
    pub fn new<'a>(sorted: impl IntoIterator<Item = &'a str>) -> Self {
        Self { words: Texts::new(sorted) }
    }

    /// The words, numbered in their order.
    pub fn words(&self) -> &Texts {
        &self.words
    }

    /// Those that begin so, and whether the first of them is the word itself.
    pub fn beginning(&self, word: &str) -> (Range<usize>, bool) {
        let those = self.going_on(&(0..self.words.len()), 0, word.as_bytes());
        let exact = !those.is_empty() && self.words.get(those.start) == word;
        (those, exact)
    }

    /// Of words that have their first `depth` bytes in common, those that go on like this.
    fn going_on(&self, among: &Range<usize>, depth: usize, next: &[u8]) -> Range<usize> {
        let order = |word: usize| self.words.order_at(self.words.start(word) + depth, next);
        let from = first(among, |word| order(word).is_lt());
        from..first(&(from..among.end), |word| order(word).is_eq())
    }

    /// Those that begin with it when one typo is forgiven, in stretches that may overlap and that may hold the word itself.
    ///
    /// The beginning, because people are still typing: `calnd` is on its way to `calendar`. Up to the typo they begin as the word does,
    /// so that only the letters that really follow there are tried, and only among those words.
    pub fn nearly(&self, word: &str, mut found: impl FnMut(Range<usize>)) {
        if word.chars().count() < typo::SHORTEST {
            return;
        }
        let mut begin = |those: Range<usize>| {
            if !those.is_empty() {
                found(those);
            }
        };
        let mut among = 0..self.words.len();
        for (at, wrong) in word.char_indices() {
            let (here, rest) = (&word[at..], &word[at + wrong.len_utf8()..]);
            // One letter too many.
            begin(self.going_on(&among, at, rest.as_bytes()));
            // Two that changed places.
            if let Some(other) = rest.chars().next() {
                let swapped = format!("{other}{wrong}{}", &rest[other.len_utf8()..]);
                begin(self.going_on(&among, at, swapped.as_bytes()));
            }
            self.following(&among, at, word.is_ascii(), |letter, those| {
                let depth = at + letter.len_utf8();
                // A wrong one, and one too few.
                begin(self.going_on(&those, depth, rest.as_bytes()));
                begin(self.going_on(&those, depth, here.as_bytes()));
            });
            among = self.going_on(&among, at, wrong.encode_utf8(&mut [0; 4]).as_bytes());
            if among.is_empty() {
                return;
            }
        }
    }

    /// The letters behind the first `depth` bytes that these words have in common, each with the words that have it there; letters of
    /// ASCII, or the others: nothing is one letter away from a word of other letters.
    fn following(&self, among: &Range<usize>, depth: usize, ascii: bool, mut found: impl FnMut(char, Range<usize>)) {
        let mut rest = among.clone();
        while !rest.is_empty() {
            let Some(letter) = self.words.get(rest.start)[depth..].chars().next() else {
                rest.start += 1;
                continue;
            };
            if ascii && !letter.is_ascii() {
                // They are sorted: only others follow.
                return;
            }
            let those = self.going_on(&rest, depth, letter.encode_utf8(&mut [0; 4]).as_bytes());
            rest.start = those.end;
            if letter.is_ascii() == ascii {
                found(letter, those);
            }
        }
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.words.bytes()
    }
}

/// The first of them of which it is no longer true.
fn first(among: &Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (among.start, among.end);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{collection::btree_set, prelude::*};

    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::new(["add", "calendar", "data", "dataview", "date", "metadata", "view"])
    }

    #[test]
    fn beginnings() {
        let all = vocabulary();
        assert_eq!(all.beginning("dat"), (2..5, false));
        assert_eq!(all.beginning("data"), (2..4, true));
        assert_eq!(all.beginning("x"), (7..7, false));
        assert_eq!(all.beginning(""), (0..7, false));
        assert_eq!(Vocabulary::default().beginning("a"), (0..0, false));
    }

    fn near(all: &Vocabulary, word: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        all.nearly(word, |stretch| found.extend(stretch.map(|at| all.words().get(at).to_owned())));
        found
    }

    #[test]
    fn near_misses() {
        let all = vocabulary();
        assert_eq!(Vec::from_iter(near(&all, "datw")), ["data", "dataview", "date"]);
        assert_eq!(Vec::from_iter(near(&all, "clendar")), ["calendar"]);
        assert_eq!(Vec::from_iter(near(&all, "xalendar")), ["calendar"]);
        assert!(near(&all, "dat").is_empty(), "too short to forgive a typo in it");
    }

    proptest! {
        #[test]
        fn near_misses_are_those_that_are_one_typo_away(words in btree_set("[abcä日本]{1,7}", 1..60), word in "[abcä日本]{4,6}") {
            let all = Vocabulary::new(words.iter().map(String::as_str));
            let letters: Vec<char> = word.chars().collect();
            let away = |term: &String| typo::one_typo(&term.chars().collect::<Vec<_>>(), &letters);
            // Letters of another kind are not put in; the word itself may be there or not.
            let kind = |term: &&String| term.chars().all(|c| c.is_ascii() == word.is_ascii()) && !term.starts_with(&word);
            let pure = word.chars().all(|c| c.is_ascii() == word.is_ascii());
            let meant: BTreeSet<String> = words.iter().filter(kind).filter(|term| pure && away(term)).cloned().collect();
            let found: BTreeSet<String> = near(&all, &word).into_iter().filter(|term| kind(&term) && pure).collect();
            prop_assert_eq!(found, meant);
        }
    }
}
