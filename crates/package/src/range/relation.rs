//! How one range stands to another. Only releases count: whether a pre-release at the edge of a range is still let in is nobody's
//! reason to call a change breaking.

use semver::{Comparator, Op};

use super::{Range, Set};

type Point = (u64, u64, u64);

/// From the first release up to, and without, the second; without an end when there is none.
type Interval = (Point, Option<Point>);

/// How a range stands to an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same releases.
    Same,
    /// All that were let in before, and more.
    Wider,
    /// Some that were let in before are shut out.
    Narrower,
}

impl Range {
    /// How it stands to an older range. None when one of the two holds no release at all, only pre-releases or nothing: then there
    /// is nothing to compare.
    #[must_use]
    pub fn relation(&self, old: &Self) -> Option<Relation> {
        let (old, new) = (old.releases(), self.releases());
        if old.is_empty() || new.is_empty() {
            return None;
        }
        Some(match (covers(&new, &old), covers(&old, &new)) {
            (true, true) => Relation::Same,
            (true, false) => Relation::Wider,
            (false, _) => Relation::Narrower,
        })
    }

    /// The releases in it, as intervals in their order, joined where they touch.
    fn releases(&self) -> Vec<Interval> {
        let mut all: Vec<Interval> = self.sets.iter().filter_map(Set::releases).collect();
        all.sort_unstable();
        let mut joined: Vec<Interval> = Vec::new();
        for (from, to) in all {
            match joined.last_mut() {
                Some((_, end)) if end.is_none_or(|end| from <= end) => {
                    *end = end.and_then(|end| to.map(|to| end.max(to)));
                }
                _ => joined.push((from, to)),
            }
        }
        joined
    }
}

impl Set {
    /// The releases in it; none when there are none.
    fn releases(&self) -> Option<Interval> {
        let all: Interval = ((0, 0, 0), None);
        let (from, to) = self.comparators().map(|(comparator, _)| releases(comparator)).fold(all, |(from, to), (low, high)| {
            let high = [to, high].into_iter().flatten().min();
            (from.max(low), high)
        });
        to.is_none_or(|to| from < to).then_some((from, to))
    }
}

fn covers(outer: &[Interval], inner: &[Interval]) -> bool {
    let inside =
        |(from, to): &Interval| outer.iter().any(|(low, high)| low <= from && high.is_none_or(|high| to.is_some_and(|to| to <= high)));
    inner.iter().all(inside)
}

/// The releases of one comparator. Reading gave it all of its numbers, none so large that it cannot be counted on from.
fn releases(comparator: &Comparator) -> Interval {
    let at = (comparator.major, comparator.minor.unwrap_or_default(), comparator.patch.unwrap_or_default());
    // The release of these numbers comes after all of their pre-releases.
    let beyond = if comparator.pre.is_empty() { (at.0, at.1, at.2 + 1) } else { at };
    match comparator.op {
        Op::Greater => (beyond, None),
        Op::GreaterEq => (at, None),
        Op::Less => ((0, 0, 0), Some(at)),
        Op::LessEq => ((0, 0, 0), Some(beyond)),
        // Reading makes no others.
        _ => (at, Some(beyond)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_plugins_have_them() {
        use Relation::{Narrower, Same, Wider};
        for (old, new, expected) in [
            (">=1.3.0", ">=1.6.0", Some(Narrower)),
            (">=1.6.0", ">=1.3.0", Some(Wider)),
            ("^1.6.0", "^1.6.0 || ^2.0.0-beta.0", Some(Wider)),
            ("^1.6.0 || ^2.0.0", "^2.0.0", Some(Narrower)),
            ("^18 || ^20 || ^22", "^20 || ^22 || ^24", Some(Narrower)),
            ("1.x", "^1", Some(Same)),
            ("1.2 - 2.3", ">=1.2.0 <2.4.0", Some(Same)),
            ("*", "", Some(Same)),
            (">= 1.2", ">=1.2", Some(Same)),
            ("~1.2.3", ">=1.2.3 <1.3.0", Some(Same)),
            ("^0.2.3", ">=0.2.3 <0.3.0", Some(Same)),
            ("^0.0.3", "0.0.3", Some(Same)),
            ("^1.0.0", "^2.0.0", Some(Narrower)),
            (">=1 <2 || >=2 <3", ">=1 <3", Some(Same)),
            (">0.24", ">=0.25", Some(Same)),
            ("<=2", "<3", Some(Same)),
            (">1.2.3", ">=1.2.4", Some(Same)),
            (">1.2.3-beta.1", ">=1.2.3", Some(Same)),
            ("<=2.0.0-rc.1", "<2", Some(Same)),
            ("^9007199254740991", "^1", Some(Narrower)),
            // No release is in one of them.
            ("2.0.0-beta.1", "2.0.0-beta.2", None),
            (">=1.4 <1.2", "^1", None),
            ("<0.0.0-0", "*", None),
        ] {
            let range = |text: &str| Range::parse(text).unwrap();
            assert_eq!(range(new).relation(&range(old)), expected, "{old} to {new}");
        }
    }
}
