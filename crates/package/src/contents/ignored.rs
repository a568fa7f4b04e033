//! The rules that keep files out, by the `ignore` crate's reading of gitignore(5).

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{
    BUILT_IN, Excluded, GIT_IGNORE_FILE, IGNORE_FILE, ScanError,
    npm_files::{self, NpmFiles},
};
use crate::Problem;

/// Never in a package, whatever an ignore file says: a `!*` must not publish a repository with its credentials. The last one is
/// about a `.vsix` and stands beside its plugin, not in it.
const NEVER: [&str; 5] = [".git", ".hg/", ".svn/", ".patchbayignore", "/extension.vsixmanifest"];

/// What a packing tool puts in on purpose, and nothing else does.
const BUNDLED: &str = "node_modules/";

/// Whether no line of `.patchbayignore` brings back what this rule keeps out.
pub(crate) fn is_final(excluded: &Excluded) -> bool {
    excluded.source == BUILT_IN && NEVER.contains(&excluded.rule.as_str())
}

/// Whether it is npm's list that keeps it out: each file of a folder by itself, so that the folder's name alone brings nothing back.
pub(crate) fn is_unlisted(excluded: &Excluded) -> bool {
    excluded.source == npm_files::SOURCE
}

/// Not in a package unless `.patchbayignore` wants it.
const USUALLY_NOT: [&str; 18] = [
    BUNDLED,
    ".DS_Store",
    "._*",
    "Thumbs.db",
    "desktop.ini",
    ".env",
    ".env.*",
    "!.env.example",
    ".npmrc",
    ".yarnrc.yml",
    ".netrc",
    ".pypirc",
    ".aws/",
    ".ssh/",
    ".idea/",
    ".vscode/",
    ".vs/",
    "*.swp",
];

/// The most that is read of an ignore file, in bytes.
const MAX_SIZE: u64 = 1 << 20;

/// Why something stays out.
pub(super) struct Reason {
    pub(super) rule: String,
    pub(super) source: String,
}

/// An ignore file's patterns, and where they stand.
struct Patterns {
    matcher: Gitignore,
    source: String,
}

/// Made once: that takes longer than everything else about a small folder. They are asked with paths in the walk.
static ALWAYS: LazyLock<Patterns> = LazyLock::new(|| Patterns::built_in(NEVER));
static OF_SOURCES: LazyLock<Patterns> = LazyLock::new(|| Patterns::built_in(USUALLY_NOT));
static OF_PACKED: LazyLock<Patterns> = LazyLock::new(|| Patterns::built_in(USUALLY_NOT.into_iter().filter(|line| *line != BUNDLED)));

impl Patterns {
    fn built_in(lines: impl IntoIterator<Item = &'static str>) -> Self {
        let mut builder = GitignoreBuilder::new("");
        // These name files of systems that ignore case. Neither call can fail for the patterns above.
        let _ = builder.case_insensitive(true);
        for line in lines {
            let _ = builder.add_line(None, line);
        }
        Self { matcher: builder.build().unwrap_or_else(|_| Gitignore::empty()), source: BUILT_IN.into() }
    }

    fn verdict(&self, path: &Path, is_dir: bool) -> Option<Result<(), Reason>> {
        match self.matcher.matched(path, is_dir) {
            Match::None => None,
            Match::Whitelist(_) => Some(Ok(())),
            Match::Ignore(glob) => Some(Err(Reason { rule: glob.original().into(), source: self.source.clone() })),
        }
    }
}

/// The rules that hold at one place of the walk.
pub(super) struct Rules {
    usually_not: &'static Patterns,
    files: Option<NpmFiles>,
    /// Whether a packing tool chose what is there: git's rules were for what it was made of.
    chosen: bool,
    /// One level per folder on the way down: ours and git's.
    levels: Vec<(Option<Patterns>, Option<Patterns>)>,
}

impl Rules {
    pub(super) fn new(folder: &Path, chosen: bool) -> Self {
        let package = if chosen { None } else { read_text(&folder.join(npm_files::SOURCE)).ok().flatten() };
        Self {
            usually_not: if chosen { &OF_PACKED } else { &OF_SOURCES },
            files: package.and_then(|text| NpmFiles::read(folder, &text)),
            chosen,
            levels: Vec::new(),
        }
    }

    /// Goes down into a folder whose path in the walk is `name` (empty for the top).
    pub(super) fn enter(&mut self, dir: &Path, name: &str, problems: &mut Vec<Problem>) -> Result<(), ScanError> {
        let ours = read(dir, name, IGNORE_FILE, problems)?;
        let git = if self.chosen { None } else { read(dir, name, GIT_IGNORE_FILE, problems)? };
        self.levels.push((ours, git));
        Ok(())
    }

    /// Comes back up.
    pub(super) fn leave(&mut self) {
        self.levels.pop();
    }

    /// Why a file or folder stays out; none when it goes in. `name` is its path in the walk.
    pub(super) fn excludes(&self, path: &Path, name: &str, is_dir: bool) -> Option<Reason> {
        let ours = || self.levels.iter().rev().filter_map(|(ours, _)| ours.as_ref()).find_map(|p| p.verdict(path, is_dir));
        let git = || self.levels.iter().rev().filter_map(|(_, git)| git.as_ref()).find_map(|p| p.verdict(path, is_dir));
        // An exception among the built-in rules takes back a built-in rule only, not one of the author's.
        let of = |patterns: &Patterns| patterns.verdict(Path::new(name), is_dir).filter(Result::is_err);
        // What `files` lists goes in although git ignores it: it is usually what a build made.
        let listed = || match &self.files {
            Some(files) => Some(by_files(files, path, name, is_dir)),
            None => git(),
        };
        of(&ALWAYS).or_else(ours).or_else(|| of(self.usually_not)).or_else(listed)?.err()
    }
}

fn by_files(files: &NpmFiles, path: &Path, name: &str, is_dir: bool) -> Result<(), Reason> {
    let rule = match is_dir {
        true if files.may_hold(&format!("{name}/")) => return Ok(()),
        true => NpmFiles::rule(),
        false => match files.lists(path) {
            Ok(()) => return Ok(()),
            Err(rule) => rule,
        },
    };
    Err(Reason { rule, source: npm_files::SOURCE.into() })
}

/// The text of a file; none when there is no such file. A link or a pipe of that name is none: links are never followed.
fn read_text(path: &Path) -> std::io::Result<Option<String>> {
    if !fs::symlink_metadata(path).is_ok_and(|m| m.is_file()) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_SIZE).read_to_end(&mut bytes)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Reads an ignore file of a folder; none when it has none.
fn read(dir: &Path, name: &str, file: &str, problems: &mut Vec<Problem>) -> Result<Option<Patterns>, ScanError> {
    let path: PathBuf = dir.join(file);
    let source = format!("{name}{file}");
    let Some(text) = read_text(&path).map_err(|e| ScanError::Unreadable { path: source.clone(), source: e })? else { return Ok(None) };
    let mut builder = GitignoreBuilder::new(dir);
    for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(&text).lines().enumerate() {
        if builder.add_line(None, line).is_err() {
            let message = format!("Line {} of {source}, “{line}”, is not a pattern; it excludes nothing.", index + 1);
            let problem = Problem::warning("bad_pattern", message, "Correct the line, or take it out.");
            problems.push(problem.in_file(&source).with("line", index + 1).with("pattern", line));
        }
    }
    let unusable = |_| ScanError::Unreadable { path: source.clone(), source: std::io::ErrorKind::InvalidData.into() };
    let matcher = builder.build().map_err(unusable)?;
    Ok(Some(Patterns { matcher, source }))
}
