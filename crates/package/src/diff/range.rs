//! Whether one range of versions lets in what another one does: ranges as npm and its descendants write them. Releases only:
//! pre-releases at the edge of a range are nobody's reason for a new major version.

type Point = (u64, u64, u64);

/// From the first version up to, and without, the second; without an end when there is none.
type Interval = (Point, Option<Point>);

/// How a range stands to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same versions.
    Same,
    /// All that were let in before, and more.
    Wider,
    /// Some that were let in before are shut out.
    Narrower,
    /// At least one is written in another language.
    Unknown,
}

/// How `new` stands to `old`.
pub(super) fn relation(old: &str, new: &str) -> Relation {
    let (Some(old), Some(new)) = (parse(old), parse(new)) else { return Relation::Unknown };
    match (covers(&new, &old), covers(&old, &new)) {
        (true, true) => Relation::Same,
        (true, false) => Relation::Wider,
        (false, _) => Relation::Narrower,
    }
}

fn covers(outer: &[Interval], inner: &[Interval]) -> bool {
    let inside =
        |(from, to): &Interval| outer.iter().any(|(low, high)| low <= from && high.is_none_or(|high| to.is_some_and(|to| to <= high)));
    inner.iter().all(inside)
}

/// The intervals of a range, joined where they touch; none when it cannot be read.
fn parse(text: &str) -> Option<Vec<Interval>> {
    if text.len() > 512 {
        return None;
    }
    let mut all: Vec<Interval> = text.split("||").map(part).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
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
    Some(joined)
}

/// Comparators that must all hold. Empty when nothing can fulfil them.
fn part(text: &str) -> Option<Option<Interval>> {
    if let Some((low, high)) = text.split_once(" - ") {
        let (from, to) = (partial(low.trim())?.0, partial(high.trim())?);
        return Some(met((from, Some(after(to)?))));
    }
    let mut range: Interval = ((0, 0, 0), None);
    let mut words = text.split([' ', ',', '\t']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let split = word.find(|c: char| !matches!(c, '<' | '>' | '=' | '^' | '~')).unwrap_or(word.len());
        let (sign, rest) = word.split_at(split);
        let version = if rest.is_empty() && !sign.is_empty() { words.next()? } else { rest };
        let (from, to) = comparator(sign, version)?;
        range = (range.0.max(from), [range.1, to].into_iter().flatten().min());
    }
    Some(met(range))
}

fn met((from, to): Interval) -> Option<Interval> {
    to.is_none_or(|to| from < to).then_some((from, to))
}

fn comparator(sign: &str, version: &str) -> Option<Interval> {
    let (point, numbers) = partial(version)?;
    let (major, minor, _) = point;
    let beyond = after((point, numbers));
    Some(match sign {
        _ if numbers == 0 && matches!(sign, "" | "=" | "^" | "~" | "~>" | ">=" | "<=") => ((0, 0, 0), None),
        "" | "=" => (point, Some(beyond?)),
        ">=" => (point, None),
        ">" => (beyond?, None),
        "<" => ((0, 0, 0), Some(point)),
        "<=" => ((0, 0, 0), Some(beyond?)),
        "~" | "~>" if numbers == 1 => (point, Some((major + 1, 0, 0))),
        "~" | "~>" => (point, Some((major, minor + 1, 0))),
        // What must not change is the first number that is not 0.
        "^" if major > 0 || numbers == 1 => (point, Some((major + 1, 0, 0))),
        "^" if minor > 0 || numbers == 2 => (point, Some((0, minor + 1, 0))),
        "^" => (point, Some(beyond?)),
        _ => return None,
    })
}

/// A version of which only the first numbers may be said, and how many are.
fn partial(text: &str) -> Option<(Point, usize)> {
    let text = text.trim_start_matches(['v', '=']);
    let text = text.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = Vec::new();
    for part in text.split('.') {
        if matches!(part, "x" | "X" | "*" | "") {
            break;
        }
        // Room to count on from it.
        numbers.push(part.parse::<u64>().ok().filter(|n| *n < u64::MAX / 2)?);
    }
    let at = |i: usize| numbers.get(i).copied().unwrap_or(0);
    (numbers.len() <= 3).then_some(((at(0), at(1), at(2)), numbers.len()))
}

/// The first version after all that a partial version means.
fn after(((major, minor, patch), numbers): (Point, usize)) -> Option<Point> {
    match numbers {
        0 => None,
        1 => Some((major + 1, 0, 0)),
        2 => Some((major, minor + 1, 0)),
        _ => Some((major, minor, patch + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_plugins_have_them() {
        use Relation::{Narrower, Same, Unknown, Wider};
        for (old, new, expected) in [
            (">=1.3.0", ">=1.6.0", Narrower),
            (">=1.6.0", ">=1.3.0", Wider),
            ("^1.6.0", "^1.6.0 || ^2.0.0-beta.0", Wider),
            ("^1.6.0 || ^2.0.0", "^2.0.0", Narrower),
            ("^18 || ^20 || ^22", "^20 || ^22 || ^24", Narrower),
            ("1.x", "^1", Same),
            ("1.2 - 2.3", ">=1.2.0 <2.4.0", Same),
            ("*", "", Same),
            (">= 1.2", ">=1.2", Same),
            ("~1.2.3", ">=1.2.3 <1.3.0", Same),
            ("^0.2.3", ">=0.2.3 <0.3.0", Same),
            ("^0.0.3", "0.0.3", Same),
            ("^1.0.0", "^2.0.0", Narrower),
            (">=1 <2 || >=2 <3", ">=1 <3", Same),
            (">0.24", ">=0.25", Same),
            ("<=2", "<3", Same),
            (">=1.0.0", "file:../host", Unknown),
            ("workspace:*", "^1", Unknown),
            ("^18446744073709551615", "^1", Unknown),
        ] {
            assert_eq!(relation(old, new), expected, "{old} to {new}");
        }
    }
}
