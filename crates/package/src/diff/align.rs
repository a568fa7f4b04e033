//! Which lines of two texts are the same, in bounded time whatever the texts are.

use std::collections::{HashMap, hash_map::Entry};

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// How many steps the exact algorithm may take for one pair of files, as the square of what it is given: Myers' takes as many in the
/// worst case, and somebody who wants the window to hang would send the worst case.
const STEPS: usize = 50_000_000;

/// How two lists of lines lie beside each other.
pub(super) struct Alignment {
    /// From the first line to the last.
    pub ops: Vec<DiffOp>,
    /// Parts were too large and too different: they are told as replaced whole.
    pub coarse: bool,
}

/// Aligns two texts, line by line: what they begin and end with, then the lines that each has exactly once and in the same order
/// (patience), then what lies between those by Myers' algorithm.
pub(super) fn align<'a>(old: &[&'a str], new: &[&'a str]) -> Alignment {
    let mut numbers = HashMap::new();
    let mut number = |lines: &[&'a str]| -> Vec<u32> {
        lines
            .iter()
            .map(|line| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry(*line).or_insert(next)
            })
            .collect()
    };
    let (old, new) = (number(old), number(new));
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();

    let mut aligned = Aligner { ops: Vec::new(), coarse: false, steps: STEPS };
    aligned.equal(0, 0, start);
    let (mut at_old, mut at_new) = (start, start);
    let (last_old, last_new) = (old.len() - end, new.len() - end);
    for (anchor_old, anchor_new) in anchors(&old[start..last_old], &new[start..last_new]) {
        let (anchor_old, anchor_new) = (anchor_old + start, anchor_new + start);
        aligned.between(&old, at_old..anchor_old, &new, at_new..anchor_new);
        aligned.equal(anchor_old, anchor_new, 1);
        (at_old, at_new) = (anchor_old + 1, anchor_new + 1);
    }
    aligned.between(&old, at_old..last_old, &new, at_new..last_new);
    aligned.equal(last_old, last_new, end);
    Alignment { ops: aligned.ops, coarse: aligned.coarse }
}

type Span = std::ops::Range<usize>;

struct Aligner {
    ops: Vec<DiffOp>,
    coarse: bool,
    steps: usize,
}

impl Aligner {
    /// Equal lines, joined to those before them.
    fn equal(&mut self, old_index: usize, new_index: usize, len: usize) {
        if len == 0 {
            return;
        }
        if let Some(DiffOp::Equal { old_index: o, new_index: n, len: before }) = self.ops.last_mut()
            && *o + *before == old_index
            && *n + *before == new_index
        {
            *before += len;
            return;
        }
        self.ops.push(DiffOp::Equal { old_index, new_index, len });
    }

    fn between(&mut self, old: &[u32], a: Span, new: &[u32], b: Span) {
        let (old_index, new_index) = (a.start, b.start);
        match (a.len(), b.len()) {
            (0, 0) => {}
            (0, new_len) => self.ops.push(DiffOp::Insert { old_index, new_index, new_len }),
            (old_len, 0) => self.ops.push(DiffOp::Delete { old_index, old_len, new_index }),
            (old_len, new_len) => {
                let cost = old_len.saturating_add(new_len).saturating_pow(2);
                let Some(left) = self.steps.checked_sub(cost) else {
                    self.coarse = true;
                    self.ops.push(DiffOp::Replace { old_index, old_len, new_index, new_len });
                    return;
                };
                self.steps = left;
                let (mut old_index, mut new_index) = (old_index, new_index);
                for op in capture_diff_slices(Algorithm::Myers, &old[a], &new[b]) {
                    let (old_len, new_len) = (op.old_range().len(), op.new_range().len());
                    // `similar` says of an empty side where it stood before the operations were tidied up; the lengths are right.
                    match op {
                        DiffOp::Equal { len, .. } => self.equal(old_index, new_index, len),
                        DiffOp::Delete { .. } => self.ops.push(DiffOp::Delete { old_index, old_len, new_index }),
                        DiffOp::Insert { .. } => self.ops.push(DiffOp::Insert { old_index, new_index, new_len }),
                        DiffOp::Replace { .. } => self.ops.push(DiffOp::Replace { old_index, old_len, new_index, new_len }),
                    }
                    old_index += old_len;
                    new_index += new_len;
                }
            }
        }
    }
}

/// The lines that stand exactly once on each side, as far as they keep their order: the longest increasing run, by patience sorting.
fn anchors(old: &[u32], new: &[u32]) -> Vec<(usize, usize)> {
    let places = once(new);
    let mut pairs: Vec<(usize, usize)> = once(old).into_iter().filter_map(|(line, at)| Some((at?, places.get(&line).copied()??))).collect();
    pairs.sort_unstable();
    // The smallest end of a run of each length, as an index into the pairs, and what stands before each pair in its run.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::with_capacity(pairs.len()));
    for (at, (_, place)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() { ends.push(at) } else { ends[length] = at }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        run.push(pairs[at]);
        next = before[at];
    }
    run.reverse();
    run
}

/// Where each line stands; none for one that stands there again.
fn once(lines: &[u32]) -> HashMap<u32, Option<usize>> {
    let mut places = HashMap::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        match places.entry(*line) {
            Entry::Vacant(place) => drop(place.insert(Some(at))),
            Entry::Occupied(mut place) => drop(place.insert(None)),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the operations say about both sides is all of both sides, in order, and what they call equal is.
    fn check(old: &[&str], new: &[&str]) -> Alignment {
        let aligned = align(old, new);
        let (mut at_old, mut at_new) = (0, 0);
        for op in &aligned.ops {
            let (a, b) = (op.old_range(), op.new_range());
            assert_eq!((a.start, b.start), (at_old, at_new), "{:?}", aligned.ops);
            if let DiffOp::Equal { .. } = op {
                assert_eq!(old[a.clone()], new[b.clone()]);
            }
            (at_old, at_new) = (a.end, b.end);
        }
        assert_eq!((at_old, at_new), (old.len(), new.len()));
        aligned
    }

    proptest! {
        #[test]
        fn every_alignment_is_complete(old in proptest::collection::vec(0..9_u8, 0..60), new in proptest::collection::vec(0..9_u8, 0..60)) {
            let words = |lines: &[u8]| lines.iter().map(u8::to_string).collect::<Vec<_>>();
            let (old, new) = (words(&old), words(&new));
            let lines = |words: &[String]| words.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
            let (old, new) = (lines(&old), lines(&new));
            check(&old.split('\n').collect::<Vec<_>>(), &new.split('\n').collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_moved_block_does_not_spoil_the_rest() {
        let old = ["a", "b", "c", "d", "e"];
        let new = ["a", "x", "c", "d", "y", "e"];
        let equal: usize =
            check(&old, &new).ops.iter().filter(|op| matches!(op, DiffOp::Equal { .. })).map(|op| op.old_range().len()).sum();
        assert_eq!(equal, 4);
    }

    /// The worst case of Myers' algorithm: long, without a line in common, and without one that would anchor it.
    #[test]
    fn the_worst_case_ends() {
        let old: Vec<&str> = (0..100_000).map(|i| if i % 2 == 0 { "a" } else { "b" }).collect();
        let new: Vec<&str> = (0..100_000).map(|i| if i % 3 == 0 { "c" } else { "d" }).collect();
        assert!(check(&old, &new).coarse);
        let reversed: Vec<String> = (0..100_000).rev().map(|i| i.to_string()).collect();
        let sorted: Vec<String> = (0..100_000).map(|i| i.to_string()).collect();
        check(&sorted.iter().map(String::as_str).collect::<Vec<_>>(), &reversed.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
