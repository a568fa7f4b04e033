//! Reading one part of a range, between two `||`, into plain comparators.

use semver::{Comparator, Op, Prerelease, VersionReq};

use super::Set;

/// The largest number of a version that npm reads.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// The pre-release that comes before all others.
pub(super) fn first_of_all() -> Prerelease {
    // "0" is one by the grammar.
    Prerelease::new("0").unwrap_or(Prerelease::EMPTY)
}

/// Reads comparators with spaces between them; the part that is none, otherwise.
pub(super) fn set(text: &str) -> Result<Set, String> {
    let mut made = Made::default();
    let text = text.replace(',', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    if let Some(at) = words.iter().position(|word| *word == "-") {
        let bad = || words.join(" ");
        let [from, _, to] = words[..] else { return Err(bad()) };
        if at != 1 {
            return Err(bad());
        }
        made.between(&Partial::read(from).ok_or_else(|| from.to_owned())?, &Partial::read(to).ok_or_else(|| to.to_owned())?);
        return Ok(made.set());
    }
    let mut pending = String::new();
    for word in words {
        pending.push_str(word);
        // `>= 1.2`: an operator waits for its version.
        if word.chars().all(|c| "<>=~^v".contains(c)) {
            continue;
        }
        made.comparator(&pending).ok_or_else(|| std::mem::take(&mut pending))?;
        pending.clear();
    }
    if !pending.is_empty() {
        return Err(pending);
    }
    Ok(made.set())
}

/// A version that may lack numbers, or have an `x` for them.
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    pre: Prerelease,
}

impl Partial {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(['v', '=']);
        // Build metadata does not count in a range.
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        if build.is_some_and(|build| semver::BuildMetadata::new(build).map_or(true, |build| build.is_empty())) {
            return None;
        }
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
        let parts: Vec<Option<u64>> = numbers.split('.').map(number).collect::<Option<_>>()?;
        let (major, minor, patch) = match parts[..] {
            [major] => (major, None, None),
            [major, minor] => (major, minor, None),
            [major, minor, patch] => (major, minor, patch),
            _ => return None,
        };
        if (pre.is_some() || build.is_some()) && parts.len() != 3 {
            return None;
        }
        // A number behind an x says two things at once.
        if (major.is_none() && (minor.is_some() || patch.is_some())) || (minor.is_none() && patch.is_some()) {
            return None;
        }
        let pre = match pre {
            Some("") => return None,
            Some(pre) => Prerelease::new(pre).ok()?,
            None => Prerelease::EMPTY,
        };
        // Behind an x a pre-release is of nothing.
        let pre = if patch.is_some() { pre } else { Prerelease::EMPTY };
        Some(Self { major, minor, patch, pre })
    }

    /// The numbers, with 0 for those that are missing.
    fn filled(&self) -> [u64; 3] {
        [self.major, self.minor, self.patch].map(Option::unwrap_or_default)
    }

    /// The first version behind all that it stands for.
    fn next(&self) -> [u64; 3] {
        match (self.filled(), self.minor, self.patch) {
            ([major, ..], None, _) => [major + 1, 0, 0],
            ([major, minor, _], _, None) => [major, minor + 1, 0],
            ([major, minor, patch], ..) => [major, minor, patch + 1],
        }
    }

    fn is_whole(&self) -> bool {
        self.patch.is_some()
    }
}

/// A number or none for an x; and none at all for anything else.
fn number(text: &str) -> Option<Option<u64>> {
    match text {
        "x" | "X" | "*" => Some(None),
        "" => None,
        _ if text.len() > 1 && text.starts_with('0') => None,
        _ if !text.bytes().all(|b| b.is_ascii_digit()) => None,
        _ => text.parse().ok().filter(|number| *number <= MAX_NUMBER).map(Some),
    }
}

/// The comparators that were made so far.
#[derive(Default)]
struct Made {
    comparators: Vec<Comparator>,
    open: Vec<bool>,
}

impl Made {
    fn set(self) -> Set {
        Set { request: VersionReq { comparators: self.comparators }, open: self.open }
    }

    fn add(&mut self, op: Op, [major, minor, patch]: [u64; 3], pre: Prerelease, open: bool) {
        self.comparators.push(Comparator { op, major, minor: Some(minor), patch: Some(patch), pre });
        self.open.push(open);
    }

    /// Everything below, its pre-releases too: `^1.2` has no 2.0.0-beta.
    fn below(&mut self, version: [u64; 3]) {
        self.add(Op::Less, version, first_of_all(), false);
    }

    /// Everything from there on.
    fn from(&mut self, partial: &Partial) {
        self.add(Op::GreaterEq, partial.filled(), partial.pre.clone(), !partial.is_whole());
    }

    fn nothing(&mut self) {
        self.below([0, 0, 0]);
    }

    /// One comparator with its operator; none when it is none.
    fn comparator(&mut self, text: &str) -> Option<()> {
        let version = text.trim_start_matches(['<', '>', '=', '~', '^']);
        let operator = &text[..text.len() - version.len()];
        let partial = Partial::read(version)?;
        match operator {
            "^" | "^=" => self.caret(&partial),
            "~" | "~>" | "~=" | "~>=" => self.tilde(&partial),
            _ => self.plain(operator, &partial)?,
        }
        Some(())
    }

    fn caret(&mut self, partial: &Partial) {
        if partial.major.is_none() {
            return;
        }
        self.from(partial);
        self.below(match (partial.filled(), partial.minor, partial.patch) {
            ([0, 0, patch], _, Some(_)) => [0, 0, patch + 1],
            ([0, minor, _], Some(_), _) => [0, minor + 1, 0],
            ([major, ..], ..) => [major + 1, 0, 0],
        });
    }

    fn tilde(&mut self, partial: &Partial) {
        if partial.major.is_none() {
            return;
        }
        self.from(partial);
        self.below(match (partial.filled(), partial.minor) {
            ([major, ..], None) => [major + 1, 0, 0],
            ([major, minor, _], _) => [major, minor + 1, 0],
        });
    }

    fn plain(&mut self, operator: &str, partial: &Partial) -> Option<()> {
        let (whole, numbers) = (partial.is_whole(), partial.filled());
        let pre = || partial.pre.clone();
        match (operator.trim_end_matches('='), operator.contains('=')) {
            (">" | "<", false) if partial.major.is_none() => self.nothing(),
            (_, _) if partial.major.is_none() => {}
            (">", true) => self.from(partial),
            (">", false) if whole => self.add(Op::Greater, numbers, pre(), false),
            (">", false) => self.add(Op::GreaterEq, partial.next(), Prerelease::EMPTY, true),
            ("<", true) if whole => self.add(Op::LessEq, numbers, pre(), false),
            ("<", true) => self.below(partial.next()),
            ("<", false) if whole => self.add(Op::Less, numbers, pre(), false),
            ("<", false) => self.below(numbers),
            ("", _) if whole => self.add(Op::Exact, numbers, pre(), false),
            ("", _) => {
                self.from(partial);
                self.below(partial.next());
            }
            _ => return None,
        }
        Some(())
    }

    fn between(&mut self, from: &Partial, to: &Partial) {
        if from.major.is_some() {
            self.from(from);
            // A version that has all its numbers still begins, as npm has it, with its pre-releases.
            if let Some(open) = self.open.last_mut() {
                *open |= from.pre.is_empty();
            }
        }
        match to.major {
            None => {}
            Some(_) if to.is_whole() => self.add(Op::LessEq, to.filled(), to.pre.clone(), false),
            Some(_) => self.below(to.next()),
        }
    }
}
