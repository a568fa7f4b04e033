#![doc = include_str!("../README.md")]

mod entry;
mod find;
mod index;
mod inside;
mod kept;
mod lists;
mod place;
mod query;
mod text;
mod texts;
mod typo;
mod values;
mod vocabulary;
mod words;

pub use entry::Entry;
pub use find::{Counts, Found, Loose, Sort};
pub use index::Index;
pub use query::{Kind, Query, State, Typed, Unclear};

/// A number of which there are never too many to count in 32 bits: what they count fits into memory.
pub(crate) fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
