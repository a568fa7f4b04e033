//! Many short texts in one piece of memory, and finding something in all of them.

use std::cmp::Ordering;

use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

/// What parts the texts. Nothing that is looked for has it.
const GAP: u8 = 0;

/// For how many bytes there is one entry in the guide.
const STRIDE: usize = 32;

/// Texts that are numbered in the order in which they came.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Texts {
    text: String,
    /// Where each begins, and where the next one would.
    starts: Vec<u32>,
    /// For every so many bytes of the text: in which of the texts they begin.
    guide: Vec<u32>,
}

impl Texts {
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut text, mut starts, mut guide) = (String::new(), vec![0], Vec::new());
        for (number, one) in (0..).zip(texts) {
            text.push_str(one);
            text.push(char::from(GAP));
            starts.push(crate::short(text.len()));
            guide.resize(text.len().div_ceil(STRIDE), number);
        }
        text.shrink_to_fit();
        starts.shrink_to_fit();
        guide.shrink_to_fit();
        Self { text, starts, guide }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// One of them.
    pub fn get(&self, number: usize) -> &str {
        &self.text[self.starts[number] as usize..self.starts[number + 1] as usize - 1]
    }

    /// Where in the memory of all of them one begins.
    pub fn start(&self, number: usize) -> usize {
        self.starts[number] as usize
    }

    /// Which of them a place in the memory is in.
    pub fn holder(&self, place: usize) -> usize {
        let mut number = self.guide[place / STRIDE] as usize;
        while self.starts[number + 1] as usize <= place {
            number += 1;
        }
        number
    }

    /// What follows a place, as far as the length of `wanted`, beside that: equal where `wanted` stands there.
    pub fn order_at(&self, place: usize, wanted: &[u8]) -> Ordering {
        let rest = &self.text.as_bytes()[place..];
        // Behind the end of a text stands what is less than everything, so that no other text is compared.
        rest[..wanted.len().min(rest.len())].cmp(wanted)
    }

    /// The first bytes at a place as a number that sorts as they do, with nothing of the next text; its last byte is 0 when that is all.
    pub fn first_bytes(&self, place: usize) -> u64 {
        let rest = &self.text.as_bytes()[place..];
        let bytes = rest.iter().take(8).take_while(|byte| **byte != GAP);
        bytes.enumerate().fold(0, |number, (i, byte)| number | u64::from(*byte) << (56 - 8 * i))
    }

    /// The text from a place to its end.
    pub fn rest(&self, place: usize) -> &[u8] {
        let rest = &self.text.as_bytes()[place..];
        &rest[..memchr::memchr(GAP, rest).unwrap_or(rest.len())]
    }

    /// Every place where `wanted`, which is not empty, stands: the text's number and where in the text.
    pub fn hits(&self, wanted: &str) -> impl Iterator<Item = (usize, usize)> {
        let finder = Finder::new(wanted.as_bytes()).into_owned();
        let mut at = 0;
        std::iter::from_fn(move || {
            let place = at + finder.find(&self.text.as_bytes()[at..])?;
            at = place + 1;
            let number = self.holder(place);
            Some((number, place - self.start(number)))
        })
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.text.capacity() + (self.starts.capacity() + self.guide.capacity()) * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_and_are_found() {
        let long = "x".repeat(200);
        let all = ["", "a", "", "banana", &long, "日本", ""];
        let texts = Texts::new(all);
        assert_eq!(texts.len(), all.len());
        for (number, text) in all.into_iter().enumerate() {
            assert_eq!((texts.get(number), texts.holder(texts.start(number))), (text, number));
        }
        let hits = |wanted: &str| texts.hits(wanted).collect::<Vec<_>>();
        assert_eq!(hits("a"), [(1, 0), (3, 1), (3, 3), (3, 5)]);
        assert_eq!(hits("ana"), [(3, 1), (3, 3)]);
        assert_eq!(hits("本"), [(5, 3)]);
        assert_eq!(hits("xx").len(), 199);
        assert!(hits("q").is_empty() && Texts::default().len() == 0);
    }

    #[test]
    fn nothing_of_the_next_text_is_compared() {
        let texts = Texts::new(["ab", "cd"]);
        assert_eq!(texts.order_at(0, b"ab"), Ordering::Equal);
        assert_eq!(texts.order_at(0, b"abc"), Ordering::Less);
        assert_eq!(texts.order_at(1, b"b"), Ordering::Equal);
        assert_eq!(texts.order_at(4, b"dd"), Ordering::Less);
        assert_eq!((texts.first_bytes(1), texts.rest(3)), (u64::from(b'b') << 56, b"cd".as_slice()));
    }
}
