//! Secrets in the files that are to go in: where they stand, never what they are.
//!
//! Nothing here keeps, prints or returns the text of a secret; a finding is a rule, a path and a line.

mod rules;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
    sync::LazyLock,
};

use aho_corasick::AhoCorasick;
use regex::bytes::Regex;

use crate::{Contents, Problem, SourceFile, io_words::words};
use rules::{RULES, Rule};

/// How much of a file is looked at in one piece, in bytes.
const PIECE: usize = 256 << 10;
/// How much of the piece before is looked at again: the longest secret, with what must stand before it.
const OVERLAP: usize = 4 << 10;
/// How far around a word its expression looks, in bytes. A minified file is one line of megabytes.
const AROUND: usize = 1 << 10;
/// How much of the beginning tells a text from something else, as git does it.
const HEAD: usize = 8 << 10;
/// The rule about a `.env` that somebody wants in, which looks at the whole file.
const ENV_FILE: &str = "env-file";
/// More findings than anybody reads. The publish is stopped by the first.
const MAX_FINDINGS: usize = 100;

/// A secret that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// The file: its path in the package.
    pub path: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The rule that found it.
    pub rule: &'static str,
    /// Which of those on the line, counted from 1.
    pub nth: u32,
}

impl Secret {
    /// The name by which this one finding is allowed: `github-token:dist/main.js:3`, and `…:3#2` for a second one on the line.
    #[must_use]
    pub fn name(&self) -> String {
        let Self { path, line, rule, nth } = self;
        if *nth == 1 { format!("{rule}:{path}:{line}") } else { format!("{rule}:{path}:{line}#{nth}") }
    }
}

/// What looking for secrets came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// What was found, by path and line.
    pub found: Vec<Secret>,
    /// Files that could not be read: each an error, because nobody knows what is in them.
    pub problems: Vec<Problem>,
}

impl Secrets {
    /// The findings as problems. Those that `allowed` names are warnings, all others stop the publish. A name that names nothing
    /// is pointed out: the line has moved, and what stands there now was not looked at by anybody.
    #[must_use]
    pub fn problems(&self, allowed: &[String]) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        let names: BTreeSet<String> = self.found.iter().map(Secret::name).collect();
        for secret in &self.found {
            let Secret { path, line, rule, .. } = secret;
            let name = secret.name();
            let problem = if allowed.contains(&name) {
                let message = format!("Line {line} of “{path}” holds a secret ({rule}), which was allowed by name.");
                Problem::warning("secret_allowed", message, "Everybody who gets the package can read it.")
            } else {
                let message = format!("Line {line} of “{path}” holds what looks like a secret ({rule}).");
                let hint = format!("Take it out and revoke it. If it is none, allow exactly this finding: --allow-secret {name}");
                Problem::warning("secret", message, hint).stopping()
            };
            problems.push(problem.in_file(path).with("path", path).with("line", line).with("rule", rule).with("name", name));
        }
        for name in allowed.iter().filter(|name| !names.contains(*name)) {
            let message = format!("“{name}” was to be allowed, and there is no such finding.");
            let hint = "Leave it out, or name the finding as it is named now.";
            problems.push(Problem::warning("secret_not_found", message, hint).with("name", name));
        }
        problems
    }
}

/// The names of all rules, as findings are named after them.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name).chain([ENV_FILE])
}

/// Looks through the files of a folder that go in. Binary files are passed over; text is read to its end, a piece at a time.
#[must_use]
pub fn secrets(folder: &Path, contents: &Contents) -> Secrets {
    let mut secrets = Secrets::default();
    for file in &contents.files {
        if secrets.found.len() >= MAX_FINDINGS {
            break;
        }
        match look(folder, file) {
            Ok(found) => secrets.found.extend(found),
            Err(e) => {
                let message = format!("“{}” cannot be read: {}.", file.path, words(&e));
                let problem = Problem::warning("unreadable", message, "Check that you may read it, or exclude it in .patchbayignore.");
                secrets.problems.push(problem.stopping().in_file(&file.path).with("path", &file.path).with("reason", words(&e)));
            }
        }
    }
    secrets.found.truncate(MAX_FINDINGS);
    secrets.found.sort();
    secrets
}

struct Scanner {
    words: AhoCorasick,
    /// The rule of each word.
    rules: Vec<usize>,
    expressions: Vec<Regex>,
}

/// The expressions are constants of ours; a test compiles each.
static SCANNER: LazyLock<Option<Scanner>> = LazyLock::new(|| {
    let words = RULES.iter().enumerate().flat_map(|(at, rule)| rule.words.iter().map(move |word| (at, *word)));
    let (rules, words): (Vec<usize>, Vec<&str>) = words.unzip();
    let expressions = RULES.iter().map(|rule| Regex::new(rule.expression)).collect::<Result<_, _>>().ok()?;
    Some(Scanner { words: AhoCorasick::new(words).ok()?, rules, expressions })
});

fn look(folder: &Path, file: &SourceFile) -> io::Result<Vec<Secret>> {
    let at = folder.join(&file.on_disk);
    // It may have become a pipe since the scan: opening one waits for ever.
    if !fs::symlink_metadata(&at)?.is_file() {
        return Ok(Vec::new());
    }
    let mut source = File::open(&at)?;
    let mut found = Found { path: &file.path, settings: settings(&file.path), spots: BTreeSet::new() };
    let mut piece = Vec::with_capacity(PIECE + OVERLAP);
    let (mut line, mut first, mut start) = (1_u64, true, 0_u64);
    loop {
        let before = piece.len();
        let read = source.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
        if first && piece[..read.min(HEAD)].contains(&0) {
            return Ok(Vec::new());
        }
        first = false;
        if read == 0 {
            break;
        }
        found.piece(&piece, start, line);
        // What comes next begins with the end of this.
        let keep = piece.len().min(OVERLAP);
        let gone = piece.len() - keep;
        line += count_lines(&piece[..gone]);
        start += gone as u64;
        piece.copy_within(gone.., 0);
        piece.truncate(keep);
        debug_assert!(before <= OVERLAP);
    }
    found.env_file(&at)?;
    Ok(found.secrets())
}

/// What was found in one file.
struct Found<'a> {
    path: &'a str,
    settings: bool,
    /// Rule, line and place in the file: what two pieces both saw is one.
    spots: BTreeSet<(&'static str, u64, u64)>,
}

impl Found<'_> {
    /// Looks at a piece that begins at a byte and a line of the file.
    fn piece(&mut self, piece: &[u8], start: u64, line: u64) {
        let Some(scanner) = SCANNER.as_ref() else { return };
        // Where each rule looked last: a rule reads a neighbourhood once, not once for each word in it.
        let mut until = vec![0; RULES.len()];
        for word in scanner.words.find_overlapping_iter(piece) {
            let at = scanner.rules[word.pattern().as_usize()];
            let rule = &RULES[at];
            if (rule.settings_only && !self.settings) || word.start() < until[at] {
                continue;
            }
            let from = word.start().saturating_sub(AROUND);
            let to = piece.len().min(word.end() + AROUND + OVERLAP / 2);
            until[at] = word.end() + AROUND;
            for hit in scanner.expressions[at].captures_iter(&piece[from..to]) {
                let Some(secret) = hit.name("s").or_else(|| hit.get(0)) else { continue };
                if is_random(rule, secret.as_bytes()) {
                    let place = from
                        + hit
                            .get(0)
                            .map_or(secret.start(), |whole| if rule.name == "private-key" { whole.start() } else { secret.start() });
                    self.spots.insert((rule.name, line + count_lines(&piece[..place]), start + place as u64));
                }
            }
        }
    }

    /// A `.env` that somebody wants in: its first line with a value.
    fn env_file(&mut self, at: &Path) -> io::Result<()> {
        let name = self.path.rsplit('/').next().unwrap_or(self.path);
        let sample = ["example", "sample", "template", "dist", "schema"].iter().any(|word| name.ends_with(word));
        if sample || !(name == ".env" || name.starts_with(".env.")) {
            return Ok(());
        }
        let mut text = Vec::new();
        File::open(at)?.take(PIECE as u64).read_to_end(&mut text)?;
        let has_value = |line: &[u8]| {
            let line = line.trim_ascii();
            let value = line.iter().position(|b| *b == b'=').map_or(&[][..], |eq| line[eq + 1..].trim_ascii());
            !line.starts_with(b"#") && !value.is_empty() && value != b"\"\"" && value != b"''"
        };
        if let Some(index) = text.split(|b| *b == b'\n').position(has_value) {
            self.spots.insert((ENV_FILE, index as u64 + 1, 0));
        }
        Ok(())
    }

    fn secrets(self) -> Vec<Secret> {
        let mut secrets: Vec<Secret> = Vec::new();
        for (rule, line, _) in self.spots {
            let nth = secrets.last().filter(|s| s.rule == rule && s.line == line).map_or(1, |s| s.nth + 1);
            secrets.push(Secret { path: self.path.to_owned(), line, rule, nth });
        }
        secrets
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

/// Files in which a name, a sign and a long value are a setting and not code.
fn settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lock = name.contains("lock") || name.contains("shrinkwrap") || name.ends_with(".map");
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let sample = ["example", "sample", "template"].iter().any(|word| name.contains(word));
    !lock
        && !sample
        && (name.starts_with(".env") || matches!(ending.as_str(), "ini" | "properties" | "cfg" | "conf" | "toml" | "yml" | "yaml"))
}

/// Whether it can be a real one: not a sample from a documentation, not a placeholder.
fn is_random(rule: &Rule, secret: &[u8]) -> bool {
    let text = secret.to_ascii_lowercase();
    let has = |word: &[u8]| text.windows(word.len()).any(|w| w == word);
    if [&b"example"[..], b"xxxx", b"your", b"12345678", b"abcdefgh", b"00000000", b"placeholder", b"redacted"].iter().any(|word| has(word))
    {
        // A real key can hold “your” by chance, but hardly one in a million does.
        return rule.entropy == 0.0;
    }
    if rule.settings_only && !(secret.iter().any(u8::is_ascii_digit) && secret.iter().any(u8::is_ascii_alphabetic)) {
        return false;
    }
    entropy(secret) >= rule.entropy
}

/// Shannon's, in bits per byte.
fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let all = text.len() as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / all).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_compiles_and_every_rule_has_a_name_of_its_own() {
        assert!(SCANNER.is_some());
        let names: BTreeSet<_> = RULES.iter().map(|r| r.name).collect();
        assert_eq!(names.len(), RULES.len());
        for rule in RULES {
            Regex::new(rule.expression).unwrap_or_else(|e| panic!("{}: {e}", rule.name));
            assert!(!rule.words.is_empty());
        }
    }
}
