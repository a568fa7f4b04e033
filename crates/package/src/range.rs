//! Ranges of versions as authors write them for their hosts: by the rules of npm, for that is where `engines` comes from.
//!
//! A range is read into sets of plain comparators (`>=1.2.0 <2.0.0-0`), and the `semver` crate says what these mean. What the two
//! ecosystems read differently is settled while reading: `1.2` is `1.2.x` and not `^1.2`, a space is an "and", `||` an "or",
//! `1.2 - 1.4` takes both ends in. Commas between comparators, as Cargo writes them, are read as spaces.

mod read;
mod relation;

use std::fmt;

use semver::{BuildMetadata, Comparator, Op, Version, VersionReq};

use crate::Explain;

pub use relation::Relation;

/// The longest text that is read as a range.
pub const MAX_LEN: usize = 1024;

/// A range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// One of these has to match.
    sets: Vec<Set>,
}

/// Comparators that all have to match.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Set {
    /// Every one has all of its numbers, and is `>`, `>=`, `<`, `<=` or `=`.
    request: VersionReq,
    /// Which of them stand for a number that was left out (`1.x`): to somebody who runs a pre-release, they begin with the
    /// pre-releases.
    open: Vec<bool>,
}

/// A text that is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// A part of it is no comparator.
    #[error("“{range}” is not a range of versions: “{part}” does not belong in one.")]
    Part {
        /// The range.
        range: String,
        /// The part.
        part: String,
    },
    /// It is too long.
    #[error("A range of versions has at most {MAX_LEN} characters; this one has {len}.")]
    TooLong {
        /// Its length.
        len: usize,
    },
}

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    /// When some part of it is no comparator; [`RangeError`] names it.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let len = text.chars().count();
        if len > MAX_LEN {
            return Err(RangeError::TooLong { len });
        }
        let range = || text.trim().chars().take(80).collect();
        let sets = text.split("||").map(read::set).collect::<Result<_, _>>();
        Ok(Self { sets: sets.map_err(|part| RangeError::Part { range: range(), part })? })
    }

    /// Whether a version is in it. A pre-release is only in a range that names a pre-release of the same three numbers, for
    /// whoever wrote `^1.2` did not speak of `2.0.0-beta`, nor of `1.3.0-beta`.
    #[must_use]
    pub fn matches(&self, version: &Version) -> bool {
        self.sets.iter().any(|set| set.request.matches(version))
    }

    /// Whether it allows for somebody who runs this version, be it a pre-release: `1.4.0-beta.2` is in `>=1.2`. So npm asks of
    /// `engines`.
    #[must_use]
    pub fn allows(&self, version: &Version) -> bool {
        self.sets.iter().any(|set| set.comparators().all(|(comparator, open)| allows(comparator, open, version)))
    }

    /// Whether some version is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let spans: Vec<Span> = other.sets.iter().filter_map(Span::of).collect();
        self.sets.iter().filter_map(Span::of).any(|a| spans.iter().any(|b| a.and(b).is_some()))
    }
}

impl Set {
    fn comparators(&self) -> impl Iterator<Item = (&Comparator, bool)> {
        self.request.comparators.iter().zip(self.open.iter().copied())
    }
}

/// The version that a comparator names; the first pre-release of it, where it stands for a number that was left out.
fn edge(comparator: &Comparator, open: bool) -> Version {
    let pre = if open && comparator.pre.is_empty() { read::first_of_all() } else { comparator.pre.clone() };
    Version {
        major: comparator.major,
        minor: comparator.minor.unwrap_or_default(),
        patch: comparator.patch.unwrap_or_default(),
        pre,
        build: BuildMetadata::EMPTY,
    }
}

fn allows(comparator: &Comparator, open: bool, version: &Version) -> bool {
    let order = version.cmp_precedence(&edge(comparator, open));
    match comparator.op {
        Op::Greater => order.is_gt(),
        Op::GreaterEq => order.is_ge(),
        Op::Less => order.is_lt(),
        Op::LessEq => order.is_le(),
        // Reading makes no others.
        _ => order.is_eq(),
    }
}

/// From where to where a set goes, both ends included or not. An end that is missing is open.
#[derive(Clone, Debug)]
struct Span {
    low: (Version, bool),
    high: Option<(Version, bool)>,
}

impl Span {
    /// Every version, pre-releases included.
    fn all() -> Self {
        Self { low: (Version { pre: read::first_of_all(), ..Version::new(0, 0, 0) }, true), high: None }
    }

    /// The span of a set; none when nothing is in it.
    fn of(set: &Set) -> Option<Self> {
        set.comparators().try_fold(Self::all(), |span, (comparator, open)| {
            let at = edge(comparator, open);
            let low = |included| Self { low: (at.clone(), included), high: None };
            let high = |included| Self { high: Some((at.clone(), included)), ..Self::all() };
            let next = match comparator.op {
                Op::Greater => low(false),
                Op::GreaterEq => low(true),
                Op::Less => high(false),
                Op::LessEq => high(true),
                _ => Self { high: Some((at.clone(), true)), ..low(true) },
            };
            span.and(&next)
        })
    }

    /// What is in both.
    fn and(&self, other: &Self) -> Option<Self> {
        let low = std::cmp::max_by(&self.low, &other.low, |a, b| a.0.cmp_precedence(&b.0).then(b.1.cmp(&a.1)));
        let high = match (&self.high, &other.high) {
            (Some(a), Some(b)) => Some(std::cmp::min_by(a, b, |a, b| a.0.cmp_precedence(&b.0).then(a.1.cmp(&b.1)))),
            (a, b) => a.as_ref().or(b.as_ref()),
        };
        let both = Self { low: low.clone(), high: high.cloned() };
        let holds = both.high.as_ref().is_none_or(|(high, included)| match both.low.0.cmp_precedence(high) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => both.low.1 && *included,
            std::cmp::Ordering::Greater => false,
        });
        holds.then_some(both)
    }
}

impl fmt::Display for Range {
    /// The comparators that it was read into.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, set) in self.sets.iter().enumerate() {
            let comparators: Vec<String> = set.request.comparators.iter().map(ToString::to_string).collect();
            let text = if comparators.is_empty() { "*".to_owned() } else { comparators.join(" ") };
            write!(f, "{}{text}", if i == 0 { "" } else { " || " })?;
        }
        Ok(())
    }
}

impl Explain for RangeError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Part { .. } => "range_part",
            Self::TooLong { .. } => "range_too_long",
        }
    }

    fn hint(&self) -> String {
        "Write it as in >=1.4, ^2.0.0 or 1.x || 2.x.".into()
    }

    fn data(&self) -> std::collections::BTreeMap<&'static str, String> {
        match self {
            Self::Part { range, part } => [("range", range.clone()), ("part", part.clone())].into(),
            Self::TooLong { len } => [("len", len.to_string())].into(),
        }
    }
}
