//! An index as bytes: reading them takes a small part of the time that making the index does.

use crate::Index;

/// Another number for another shape of an index, or for other rules of what is the same to somebody who searches.
const SHAPE: u32 = 1;

impl Index {
    /// The index as bytes, to be kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Nothing in it can fail to be written to memory; bytes that are none are not read again.
        postcard::to_stdvec(&(SHAPE, self)).unwrap_or_default()
    }

    /// The index that was made into these bytes; none when another Patchbay did that. Whoever keeps them sees to it that they are whole:
    /// not every damage is noticed here.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (shape, rest) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        if shape != SHAPE {
            return None;
        }
        let mut index: Self = postcard::from_bytes(rest).ok()?;
        index.hosts.read_ranges();
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Entry, Query, Sort};

    #[test]
    fn what_is_read_finds_what_was_kept() {
        let entries = [
            Entry { id: "calendar", name: "Calendar", hosts: vec![("app", "^1.2"), ("other", "no range")], ..Entry::default() },
            Entry { id: "rili", name: "农历日历", author: "Mei", popularity: Some(7), held: true, ..Entry::default() },
        ];
        let made = Index::new(&entries);
        let read = Index::from_bytes(&made.to_bytes()).unwrap();
        for query in ["cal", "calnedar", "endar", "日", "host:>=1.4", "author:mei is:held", "host:other", ""] {
            let ids = |index: &Index| {
                let found = index.find(&Query::parse(query), Sort::Relevance, &BTreeSet::new());
                found.ids(index, 0, 9).map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(ids(&read), ids(&made), "{query}");
        }
        assert_eq!(read.popularity("rili"), Some(7));
        assert_eq!(read.to_bytes(), made.to_bytes());
    }

    #[test]
    fn bytes_of_another_shape_are_none() {
        let bytes = Index::default().to_bytes();
        assert!(Index::from_bytes(&bytes).is_some());
        assert!(Index::from_bytes(&bytes[..bytes.len() - 1]).is_none());
        assert!(Index::from_bytes(&[&[2], &bytes[1..]].concat()).is_none());
        assert!(Index::from_bytes(&[]).is_none());
    }
}
