//! What can be written into an author's folder to put a finding right: first a plan that is shown, then done.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _, Write as _},
    path::Path,
};

use serde_json::value::RawValue;

use crate::{Explain, contents::IGNORE_FILE, io_words::words, manifest};

/// The most that is read of a file to be edited, in bytes.
const MAX_FILE: u64 = manifest::MAX_SIZE;
/// The longest line or value, in bytes: what comes back from a window is checked like any input.
const MAX_TEXT: usize = 2_000;

/// What puts a finding right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is written, in this order.
    pub edits: Vec<Edit>,
}

/// One thing that is written into one file at the top of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A line at the end of `.patchbayignore`.
    Ignore {
        /// The line.
        line: String,
    },
    /// A field of a manifest, in place of what it says or beside the others.
    SetField {
        /// One of [`manifest::FILES`].
        file: String,
        /// The field.
        field: String,
        /// Its text.
        value: String,
    },
}

/// A file before and after a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file, at the top of the folder.
    pub file: String,
    /// What it holds; none when it is made.
    pub before: Option<String>,
    /// What it will hold.
    pub after: String,
}

/// Why a fix cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// The file cannot be read or is not text.
    #[error("{file} cannot be read: {}.", words(source))]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("{file} cannot be written: {}.", words(source))]
    Write {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not in the form that it had when the finding was made.
    #[error("{file} changed meanwhile: it cannot be edited any more.")]
    Shape {
        /// The file.
        file: String,
    },
    /// No fix of ours writes that.
    #[error("A fix does not write this into {file}.")]
    NotOurs {
        /// The file.
        file: String,
    },
}

impl Explain for FixError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Read { .. } => "fix_unreadable",
            Self::Write { .. } => "fix_not_written",
            Self::Shape { .. } => "fix_changed",
            Self::NotOurs { .. } => "fix_not_ours",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Read { .. } | Self::Write { .. } => "Check that you may write there, or edit it yourself.".into(),
            Self::Shape { .. } => "Check the folder again.".into(),
            Self::NotOurs { .. } => "Edit it yourself.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Read { file, source } | Self::Write { file, source } => [("file", file.clone()), ("reason", words(source))].into(),
            Self::Shape { file } | Self::NotOurs { file } => [("file", file.clone())].into(),
        }
    }
}

impl Edit {
    /// The file that it is about.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Ignore { .. } => IGNORE_FILE,
            Self::SetField { file, .. } => file,
        }
    }

    /// What appears in the file, as it will stand there.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Ignore { line } => line.clone(),
            Self::SetField { file, field, value } if file.ends_with(".md") => format!("{field}: {}", yaml(value)),
            Self::SetField { field, value, .. } => format!("{}: {}", json(field), json(value)),
        }
    }

    /// Whether it is one that a fix makes. An edit comes back from the window, so it is judged like anybody's input: it must not
    /// reach other files, and not write more than one line.
    fn is_ours(&self) -> bool {
        let line = |text: &str| !text.trim().is_empty() && text.len() <= MAX_TEXT && !text.contains(['\n', '\r', '\0']);
        match self {
            Self::Ignore { line: text } => line(text),
            Self::SetField { file, field, value } => {
                let plain = |field: &str| !field.is_empty() && field.len() <= 64 && field.bytes().all(|b| b.is_ascii_alphanumeric());
                manifest::FILES.contains(&file.as_str()) && plain(field) && line(value)
            }
        }
    }

    /// The text of the file after it.
    fn apply(&self, before: Option<&str>) -> Option<String> {
        match self {
            Self::Ignore { line } => {
                let before = before.unwrap_or_default();
                let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
                Some(format!("{before}{gap}{line}\n"))
            }
            Self::SetField { file, field, value } if file.ends_with(".md") => set_front_matter(before?, field, value),
            Self::SetField { field, value, .. } => set_json(before?, field, value),
        }
    }
}

impl Fix {
    /// A fix that makes these edits.
    #[must_use]
    pub fn of(edits: impl Into<Vec<Edit>>) -> Self {
        Self { edits: edits.into() }
    }

    /// The files before and after it. Nothing is written.
    ///
    /// # Errors
    /// [`FixError`] when a file is not what it was any more.
    pub fn plan(&self, folder: &Path) -> Result<Vec<Change>, FixError> {
        let mut changes: Vec<Change> = Vec::new();
        for edit in &self.edits {
            let file = edit.file().to_owned();
            if !edit.is_ours() {
                return Err(FixError::NotOurs { file });
            }
            let place = changes.iter().position(|c| c.file == file);
            let before = match place {
                Some(at) => Some(changes[at].after.clone()),
                None => read(folder, &file)?,
            };
            let after = edit.apply(before.as_deref()).ok_or(FixError::Shape { file: file.clone() })?;
            match place {
                Some(at) => changes[at].after = after,
                None => changes.push(Change { file, before, after }),
            }
        }
        Ok(changes)
    }

    /// Writes it. Each file is replaced whole, and keeps its permissions.
    ///
    /// # Errors
    /// [`FixError`]; a file that could not be written is as it was.
    pub fn apply(&self, folder: &Path) -> Result<Vec<Change>, FixError> {
        let changes = self.plan(folder)?;
        for change in &changes {
            write(folder, change).map_err(|source| FixError::Write { file: change.file.clone(), source })?;
        }
        Ok(changes)
    }
}

/// The edits that write another version into every manifest of the folder that has this one: one left behind would disagree.
#[must_use]
pub fn bump(folder: &Path, from: &str, to: &str) -> Option<Fix> {
    let says = |file: &&str| {
        let text = read(folder, file).ok().flatten()?;
        let version = if file.ends_with(".md") {
            manifest::front_matter_field(&text, "version")
        } else {
            let object: BTreeMap<String, serde_json::Value> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
            object.get("version").and_then(|v| v.as_str()).map(Into::into)
        };
        (version.as_deref() == Some(from)).then_some(())
    };
    let files = manifest::FILES.iter().filter(|file| says(file).is_some());
    let edits: Vec<_> = files.map(|file| Edit::SetField { file: (*file).into(), field: "version".into(), value: to.into() }).collect();
    (!edits.is_empty()).then(|| Fix::of(edits))
}

fn read(folder: &Path, file: &str) -> Result<Option<String>, FixError> {
    let failed = |source| FixError::Read { file: file.into(), source };
    let path = folder.join(file);
    match fs::symlink_metadata(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(e)),
        // A link would be written through, to wherever it leads.
        Ok(m) if !m.is_file() || m.len() > MAX_FILE => return Err(FixError::Shape { file: file.into() }),
        Ok(_) => {}
    }
    let mut text = String::new();
    fs::File::open(&path).and_then(|f| f.take(MAX_FILE).read_to_string(&mut text)).map_err(failed)?;
    Ok(Some(text))
}

fn write(folder: &Path, change: &Change) -> io::Result<()> {
    let path = folder.join(&change.file);
    if change.before.is_none() {
        // Never over a file that appeared meanwhile.
        return fs::File::create_new(&path)?.write_all(change.after.as_bytes());
    }
    let permissions = fs::metadata(&path)?.permissions();
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(change.after.as_bytes())?;
    new.as_file().set_permissions(permissions)?;
    new.persist(&path).map(drop).map_err(|e| e.error)
}

/// A text in JSON. Texts always serialise.
fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A text in YAML: plain where nothing in it means something else there.
fn yaml(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'));
    if plain && text.starts_with(|c: char| c.is_ascii_alphanumeric()) { text.to_owned() } else { json(text) }
}

/// Sets a field of a JSON object, leaving every other byte as it is.
fn set_json(text: &str, field: &str, value: &str) -> Option<String> {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let object: BTreeMap<String, &RawValue> = serde_json::from_str(&text[bom..]).ok()?;
    // Where a value stands: it borrows from the text.
    let span = |raw: &RawValue| {
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        start..start + raw.get().len()
    };
    if let Some(there) = object.get(field) {
        let span = span(there);
        return Some(format!("{}{}{}", &text[..span.start], json(value), &text[span.end..]));
    }
    let open = text.find('{')? + 1;
    let last = object.values().map(|raw| span(raw).end).max();
    let space = &text[open..open + text[open..].find(|c: char| !c.is_whitespace())?];
    let at = last.unwrap_or(open);
    let (comma, space) = if last.is_some() { (",", if space.is_empty() { " " } else { space }) } else { ("", "") };
    Some(format!("{}{comma}{space}{}: {}{}", &text[..at], json(field), json(value), &text[at..]))
}

/// Sets a field of the front matter of a Markdown file.
fn set_front_matter(text: &str, field: &str, value: &str) -> Option<String> {
    let line = format!("{field}: {}", yaml(value));
    let mut out = String::with_capacity(text.len() + line.len() + 1);
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|l| l.trim_start_matches('\u{feff}').trim_end() == "---")?;
    out.push_str(first);
    let end = &first[first.trim_end().len()..];
    let (mut set, mut inside) = (false, true);
    for old in lines {
        if inside && old.trim_end() == "---" {
            if !set {
                out.push_str(&line);
                out.push_str(end);
                set = true;
            }
            inside = false;
        }
        if inside && !set && old.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with(':')) {
            out.push_str(&line);
            out.push_str(end);
            set = true;
        } else {
            out.push_str(old);
        }
    }
    set.then_some(out).filter(|_| !inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_json_is_set_and_nothing_else_changes() {
        let set = |text: &str| set_json(text, "version", "1.2.0");
        for (before, after) in [
            ("{\"version\" : \"1.1.0\" ,\"a\":[1]}", "{\"version\" : \"1.2.0\" ,\"a\":[1]}"),
            ("\u{feff}{\r\n\t\"a\": 1\r\n}\r\n", "\u{feff}{\r\n\t\"a\": 1,\r\n\t\"version\": \"1.2.0\"\r\n}\r\n"),
            ("{ \"a\": {\"version\": 1} }", "{ \"a\": {\"version\": 1}, \"version\": \"1.2.0\" }"),
            ("{}", "{\"version\": \"1.2.0\"}"),
            ("{\"a\":1}", "{\"a\":1, \"version\": \"1.2.0\"}"),
        ] {
            assert_eq!(set(before).as_deref(), Some(after));
        }
        assert_eq!(set("[]"), None);
        assert_eq!(set_json("{}", "license", "a\"b").as_deref(), Some("{\"license\": \"a\\\"b\"}"));
    }

    #[test]
    fn a_field_of_front_matter_is_set() {
        let set = |text: &str| set_front_matter(text, "version", "1.2.0");
        assert_eq!(set("---\nversion: 1\nname: a\n---\nversion: x\n").as_deref(), Some("---\nversion: 1.2.0\nname: a\n---\nversion: x\n"));
        assert_eq!(set("---\r\nname: a\r\n---\r\n").as_deref(), Some("---\r\nname: a\r\nversion: 1.2.0\r\n---\r\n"));
        assert_eq!(set("# no"), None);
        assert_eq!(set("---\nname: a\n"), None);
        assert_eq!(set_front_matter("---\n---\n", "description", "a: b").as_deref(), Some("---\ndescription: \"a: b\"\n---\n"));
    }

    #[test]
    fn a_fix_is_shown_and_then_made() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("package.json"), "{\"version\":\"1.0.0\"}").unwrap();
        let line = |line: &str| Edit::Ignore { line: line.into() };
        let version = Edit::SetField { file: "package.json".into(), field: "version".into(), value: "1.0.1".into() };
        assert_eq!(version.text(), "\"version\": \"1.0.1\"");
        let fix = Fix::of([line("/a/"), version, line("/b/")]);
        let changes = fix.plan(dir.path()).unwrap();
        assert_eq!(changes[0], Change { file: ".patchbayignore".into(), before: None, after: "/a/\n/b/\n".into() });
        assert!(!dir.path().join(".patchbayignore").exists(), "a plan writes nothing");
        fix.apply(dir.path()).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("package.json")).unwrap(), "{\"version\":\"1.0.1\"}");
        Fix::of([line("/c/")]).apply(dir.path()).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join(".patchbayignore")).unwrap(), "/a/\n/b/\n/c/\n");
    }

    #[test]
    fn a_fix_writes_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let field = |file: &str, field: &str, value: &str| Edit::SetField { file: file.into(), field: field.into(), value: value.into() };
        for edit in [
            field("../package.json", "version", "1"),
            field(".bashrc", "version", "1"),
            field("package.json", "a\":1,\"b", "1"),
            field("package.json", "version", "1\n"),
            Edit::Ignore { line: "a\n!*".into() },
            Edit::Ignore { line: " ".into() },
        ] {
            assert!(matches!(Fix::of([edit]).plan(dir.path()), Err(FixError::NotOurs { .. })));
        }
        let gone = Fix::of([field("package.json", "version", "1")]).plan(dir.path()).unwrap_err();
        assert_eq!(gone.to_string(), "package.json changed meanwhile: it cannot be edited any more.");
    }

    #[test]
    #[cfg(unix)]
    fn a_fix_never_writes_through_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let other = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(other.path(), dir.path().join(".patchbayignore")).unwrap();
        assert!(matches!(Fix::of([Edit::Ignore { line: "a".into() }]).apply(dir.path()), Err(FixError::Shape { .. })));
        assert_eq!(fs::read_to_string(other.path()).unwrap(), "");
    }
}
