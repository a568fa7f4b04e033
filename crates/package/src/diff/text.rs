//! Which lines of a text differ, and where in the line.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::align::align;

/// The most words of a line that are compared one by one.
const WORDS: usize = 200;
/// How much of a long line is kept before the place where it differs.
const BEFORE: usize = 60;

/// How much of a difference is worked out and shown. Values passed in; what lies beyond them is said and not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextLimits {
    /// Unchanged lines around each change.
    pub context: usize,
    /// The most lines of all hunks together.
    pub lines: usize,
    /// The most characters of one line: bundlers write a whole program into one.
    pub line: usize,
}

impl TextLimits {
    /// What a window shows of one file.
    pub const DEFAULT: Self = Self { context: 3, lines: 4_000, line: 500 };
}

impl Default for TextLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The difference between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextDiff {
    /// The changed places with the lines around them.
    pub hunks: Vec<Hunk>,
    /// How many lines came.
    pub added: usize,
    /// How many lines went.
    pub removed: usize,
    /// How many lines the text has now.
    pub lines: usize,
    /// Parts were too large and too different to be lined up; they are told as replaced whole.
    pub coarse: bool,
    /// There are more hunks than may be shown.
    pub cut: bool,
    /// The lines are the same; they only end in another way (CRLF or LF).
    pub endings_only: bool,
}

/// A changed place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Unchanged lines between the hunk before, or the beginning, and this one.
    pub skipped: usize,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It is on both sides.
    Same,
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it does.
    pub sign: Sign,
    /// Its number before, counted from 1.
    pub old: Option<usize>,
    /// Its number now, counted from 1.
    pub new: Option<usize>,
    /// Its text without the line's end, or a part of it.
    pub text: String,
    /// Where in `text` it differs from its counterpart, in characters: from, to. Empty: all of it, or nothing to compare with.
    pub marks: Vec<(usize, usize)>,
    /// How many characters before `text` are left out.
    pub cut_before: usize,
    /// How many characters after `text` are left out.
    pub cut_after: usize,
    /// It is the last line, and no line's end follows.
    pub unended: bool,
}

/// Whether bytes can be read as text: UTF-8 without a NUL in it.
#[must_use]
pub fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// The difference between two texts; none when either is not text.
#[must_use]
pub fn compare_text(old: &[u8], new: &[u8], limits: &TextLimits) -> Option<TextDiff> {
    if !is_text(old) || !is_text(new) {
        return None;
    }
    let (old, new) = (std::str::from_utf8(old).ok()?, std::str::from_utf8(new).ok()?);
    let (old, new) = (lines(old), lines(new));
    let bare = |lines: &[&str]| lines.iter().all(|line| line.ends_with("\r\n") || !line.ends_with('\n'));
    let show = Show { limits, old: &old, new: &new, hide_cr: bare(&old) && bare(&new) };

    let same_but_for_ends = old.len() == new.len() && old.iter().zip(&new).all(|(a, b)| content(a, true) == content(b, true));
    let aligned = align(&old, &new);
    let mut diff =
        TextDiff { lines: new.len(), coarse: aligned.coarse, endings_only: same_but_for_ends && old != new, ..TextDiff::default() };
    for op in &aligned.ops {
        if !matches!(op, DiffOp::Equal { .. }) {
            diff.added += op.new_range().len();
            diff.removed += op.old_range().len();
        }
    }
    if diff.added + diff.removed == 0 {
        return Some(diff);
    }
    let (mut seen, mut shown) = (0, 0);
    for group in group_diff_ops(aligned.ops, limits.context) {
        let Some(first) = group.first() else { continue };
        let skipped = first.old_range().start.saturating_sub(seen);
        if shown >= limits.lines {
            diff.cut = true;
            break;
        }
        let lines = show.hunk(&group, limits.lines - shown);
        let whole: usize = group.iter().map(length).sum();
        diff.cut |= lines.len() < whole;
        shown += lines.len();
        seen = group.last().map_or(seen, |op| op.old_range().end);
        diff.hunks.push(Hunk { skipped, lines });
    }
    Some(diff)
}

/// How many lines an operation shows.
fn length(op: &DiffOp) -> usize {
    match op {
        DiffOp::Equal { len, .. } => *len,
        op => op.old_range().len() + op.new_range().len(),
    }
}

/// The lines of a text with their ends.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line without its end.
fn content(line: &str, hide_cr: bool) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    if hide_cr { line.strip_suffix('\r').unwrap_or(line) } else { line }
}

struct Show<'a> {
    limits: &'a TextLimits,
    old: &'a [&'a str],
    new: &'a [&'a str],
    /// All lines of both sides end in CRLF, so that it says nothing.
    hide_cr: bool,
}

impl Show<'_> {
    fn hunk(&self, ops: &[DiffOp], most: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        for op in ops {
            let (old, new) = (op.old_range(), op.new_range());
            if let DiffOp::Equal { .. } = op {
                lines.extend(old.zip(new).map(|(old, new)| self.line(Sign::Same, Some(old), Some(new), None)));
            } else {
                // The first line that went belongs to the first that came, and so on.
                let partner = |at: usize, of: &std::ops::Range<usize>| of.clone().nth(at);
                for (at, line) in old.clone().enumerate() {
                    lines.push(self.line(Sign::Removed, Some(line), None, partner(at, &new).map(|other| self.new[other])));
                }
                for (at, line) in new.enumerate() {
                    lines.push(self.line(Sign::Added, None, Some(line), partner(at, &old).map(|other| self.old[other])));
                }
            }
            if lines.len() >= most {
                lines.truncate(most);
                break;
            }
        }
        lines
    }

    fn line(&self, sign: Sign, old: Option<usize>, new: Option<usize>, partner: Option<&str>) -> Line {
        let written = match (old, new) {
            (Some(old), _) => self.old[old],
            (None, Some(new)) => self.new[new],
            (None, None) => "",
        };
        let text = content(written, self.hide_cr);
        let partner = partner.map(|line| content(line, self.hide_cr));
        let (part, marks) = self.part(text, partner);
        let length = text.chars().count();
        Line {
            sign,
            old: old.map(|at| at + 1),
            new: new.map(|at| at + 1),
            text: text.chars().skip(part.start).take(part.len()).collect(),
            marks,
            cut_before: part.start,
            cut_after: length - part.end,
            unended: !written.ends_with('\n'),
        }
    }

    /// The part of a line that is shown, and where in it the line differs from its counterpart; both in characters.
    fn part(&self, text: &str, partner: Option<&str>) -> (std::ops::Range<usize>, Vec<(usize, usize)>) {
        let length = text.chars().count();
        if length <= self.limits.line {
            return (0..length, partner.map(|partner| marks(text, partner)).unwrap_or_default());
        }
        let Some(partner) = partner else { return (0..self.limits.line, Vec::new()) };
        let start = text.chars().zip(partner.chars()).take_while(|(a, b)| a == b).count();
        let rest = length.min(partner.chars().count()) - start;
        let end = text.chars().rev().zip(partner.chars().rev()).take(rest).take_while(|(a, b)| a == b).count();
        let from = start.saturating_sub(BEFORE).min(length - self.limits.line);
        let part = from..from + self.limits.line;
        let (first, last) = (start.clamp(part.start, part.end) - from, (length - end).clamp(part.start, part.end) - from);
        (part, if first < last { vec![(first, last)] } else { Vec::new() })
    }
}

/// Where a line differs from its counterpart, word by word; nothing when they have little in common.
fn marks(text: &str, partner: &str) -> Vec<(usize, usize)> {
    let (ours, theirs) = (words(text), words(partner));
    if ours.len() > WORDS || theirs.len() > WORDS {
        return Vec::new();
    }
    let ops = capture_diff_slices(Algorithm::Myers, &theirs, &ours);
    let count = |words: &[&str]| words.iter().map(|word| word.chars().count()).sum::<usize>();
    let common: usize = ops
        .iter()
        .filter(|op| matches!(op, DiffOp::Equal { .. }))
        .map(|op| ours[op.new_range()].iter().filter(|word| !word.trim().is_empty()).map(|word| word.chars().count()).sum::<usize>())
        .sum();
    if common * 3 < count(&ours).max(count(&theirs)) {
        return Vec::new();
    }
    let changed = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }) && !op.new_range().is_empty());
    changed.map(|op| (count(&ours[..op.new_range().start]), count(&ours[..op.new_range().end]))).collect()
}

/// A line as words, runs of spaces and single signs.
fn words(line: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 1,
        c if c.is_whitespace() => 2,
        _ => 0,
    };
    let mut words = Vec::new();
    let (mut start, mut before) = (0, None);
    for (at, c) in line.char_indices() {
        let now = kind(c);
        if before.is_some_and(|before| before != now || now == 0) {
            words.push(&line[start..at]);
            start = at;
        }
        before = Some(now);
    }
    if start < line.len() {
        words.push(&line[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> Vec<String> {
        told_within(old, new, &TextLimits { context: 1, ..TextLimits::DEFAULT })
    }

    fn told_within(old: &str, new: &str, limits: &TextLimits) -> Vec<String> {
        let diff = compare_text(old.as_bytes(), new.as_bytes(), limits).unwrap();
        let number = |at: Option<usize>| at.map_or("·".into(), |n| n.to_string());
        diff.hunks
            .iter()
            .flat_map(|hunk| {
                let lines = hunk.lines.iter().map(|line| {
                    let sign = match line.sign {
                        Sign::Same => ' ',
                        Sign::Added => '+',
                        Sign::Removed => '-',
                    };
                    let marks: Vec<String> = line
                        .marks
                        .iter()
                        .map(|(from, to)| format!("[{}]", line.text.chars().skip(*from).take(to - from).collect::<String>()))
                        .collect();
                    let end = if line.unended { " (unended)" } else { "" };
                    format!("{} {} {sign}{} {}{end}", number(line.old), number(line.new), line.text, marks.concat())
                });
                std::iter::once(format!("@{}", hunk.skipped)).chain(lines).map(|l| l.trim_end().to_owned()).collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn hunks_have_numbers_context_and_marks() {
        let old = "one\ntwo\nthree\nfour = 4\nfive\nsix\nseven\neight\n";
        let new = "one\ntwo\nthree\nfour = 5\nfive\nsix\nseven\neight\nnine\n";
        let expected = ["@2", "3 3  three", "4 · -four = 4 [4]", "· 4 +four = 5 [5]", "5 5  five", "@2", "8 8  eight", "· 9 +nine"];
        assert_eq!(told(old, new), expected);
        let diff = compare_text(old.as_bytes(), new.as_bytes(), &TextLimits::DEFAULT).unwrap();
        assert_eq!((diff.added, diff.removed, diff.lines, diff.coarse, diff.cut), (2, 1, 9, false, false));
        assert_eq!(diff.hunks.len(), 1, "hunks that touch are one");
    }

    #[test]
    fn a_line_that_is_another_has_no_marks() {
        assert_eq!(told("let a = 1;\n", "return sum(list);\n"), ["@0", "1 · -let a = 1;", "· 1 +return sum(list);"]);
    }

    #[test]
    fn files_that_come_and_go() {
        assert_eq!(told("", "a\nb"), ["@0", "· 1 +a", "· 2 +b  (unended)"]);
        assert_eq!(told("a\n", ""), ["@0", "1 · -a"]);
        assert_eq!(told("", ""), [""; 0]);
    }

    #[test]
    fn the_end_of_the_last_line() {
        assert_eq!(told("a\nb", "a\nb\n"), ["@0", "1 1  a", "2 · -b  (unended)", "· 2 +b"]);
    }

    #[test]
    fn line_ends_are_shown_when_they_differ() {
        assert_eq!(told("a\r\nb\r\n", "a\r\nc\r\n"), ["@0", "1 1  a", "2 · -b", "· 2 +c"]);
        let diff = compare_text(b"a\r\nb\r\n", b"a\nb\n", &TextLimits::DEFAULT).unwrap();
        assert!(diff.endings_only && diff.hunks[0].lines[0].text == "a\r");
        assert!(!compare_text(b"a\n", b"a\n", &TextLimits::DEFAULT).unwrap().endings_only);
    }

    #[test]
    fn a_program_in_one_line_is_shown_where_it_differs() {
        let old = format!("{}old{}\n", "x".repeat(100_000), "y".repeat(100_000));
        let new = format!("{}newer{}\n", "x".repeat(100_000), "y".repeat(100_000));
        let diff = compare_text(old.as_bytes(), new.as_bytes(), &TextLimits::DEFAULT).unwrap();
        let [gone, came] = &diff.hunks[0].lines[..] else { panic!("{diff:?}") };
        assert_eq!((gone.text.len(), gone.cut_before, gone.cut_after), (500, 99_940, 99_563));
        assert_eq!((gone.marks.as_slice(), came.marks.as_slice()), (&[(60, 63)][..], &[(60, 65)][..]));
        assert!(came.text[60..].starts_with("newery"));
        let alone = compare_text(b"", new.as_bytes(), &TextLimits::DEFAULT).unwrap();
        assert_eq!((alone.hunks[0].lines[0].cut_before, alone.hunks[0].lines[0].text.len()), (0, 500));
    }

    #[test]
    fn more_than_the_limit_is_said() {
        let new: String = (0..100).map(|i| format!("{i}\n")).collect();
        let limits = TextLimits { lines: 10, ..TextLimits::DEFAULT };
        let diff = compare_text(b"", new.as_bytes(), &limits).unwrap();
        assert_eq!((diff.hunks[0].lines.len(), diff.added, diff.cut), (10, 100, true));
    }

    #[test]
    fn what_is_not_text_is_not_compared() {
        assert_eq!(compare_text(b"\0", b"a", &TextLimits::DEFAULT), None);
        assert_eq!(compare_text(b"a", b"\xff", &TextLimits::DEFAULT), None);
        assert!(is_text("übung".as_bytes()) && is_text(b""));
    }

    #[test]
    fn marks_are_in_characters() {
        assert_eq!(
            told("Grüße an 天气 heute\n", "Grüße an 天空 heute\n")[1..],
            ["1 · -Grüße an 天气 heute [天气]", "· 1 +Grüße an 天空 heute [天空]"]
        );
    }
}
