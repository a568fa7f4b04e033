//! LIST: the keys of a bucket in the order of their bytes, a page at a time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::etag::Etags;
use crate::name::component_of;
use crate::object::{Description, describe};

/// What to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) prefix: String,
    pub(crate) delimiter: Option<String>,
    pub(crate) after: Option<Mark>,
    pub(crate) max: usize,
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// After this key.
    Key(String),
    /// After every key that begins with this common prefix.
    Prefix(String),
}

/// One page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<(String, Description)>,
    pub(crate) prefixes: Vec<String>,
    /// `None` on the last page.
    pub(crate) next: Option<Mark>,
}

/// Lists one page. Blocks; files that vanish meanwhile are left out.
pub(crate) fn list(bucket: &Path, query: &Query, etags: &Etags) -> io::Result<Page> {
    let mut page = Page::default();
    if query.max == 0 {
        return Ok(page);
    }
    let mut walk = Walk::new(bucket, query)?;
    let mut last = None;
    while let Some(entry) = walk.next()? {
        if page.objects.len() + page.prefixes.len() == query.max {
            page.next = last;
            return Ok(page);
        }
        match common_prefix(&entry.key, query) {
            Some(prefix) => {
                walk.skip = Some(prefix.clone());
                page.prefixes.push(prefix.clone());
                last = Some(Mark::Prefix(prefix));
            }
            None => {
                let Some(description) = describe(&entry.path, etags)? else { continue };
                last = Some(Mark::Key(entry.key.clone()));
                page.objects.push((entry.key, description));
            }
        }
    }
    Ok(page)
}

fn common_prefix(key: &str, query: &Query) -> Option<String> {
    let delimiter = query.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty())?;
    let start = query.prefix.len();
    let at = key[start..].find(delimiter)?;
    Some(key[..start + at + delimiter.len()].to_owned())
}

/// A file, or a folder whose key ends in a slash: sorted so, a walk in depth gives keys in the order of their bytes
/// (`a-b` comes before `a/b`, though the folder `a` comes before the file `a-b`).
#[derive(Debug)]
struct Entry {
    key: String,
    path: PathBuf,
    is_folder: bool,
}

struct Walk<'a> {
    query: &'a Query,
    after: &'a str,
    /// Keys that begin so were dealt with.
    skip: Option<String>,
    open: Vec<std::vec::IntoIter<Entry>>,
}

impl<'a> Walk<'a> {
    fn new(bucket: &Path, query: &'a Query) -> io::Result<Self> {
        let (after, skip) = match &query.after {
            None => ("", None),
            Some(Mark::Key(key)) => (key.as_str(), None),
            Some(Mark::Prefix(prefix)) => (prefix.as_str(), Some(prefix.clone())),
        };
        Ok(Self { query, after, skip, open: vec![entries(bucket, "")?] })
    }

    /// The next object.
    fn next(&mut self) -> io::Result<Option<Entry>> {
        while let Some(level) = self.open.last_mut() {
            let Some(entry) = level.next() else {
                self.open.pop();
                continue;
            };
            if self.skip.as_ref().is_some_and(|skip| entry.key.starts_with(skip)) {
                continue;
            }
            if entry.is_folder {
                let wanted = entry.key.starts_with(&self.query.prefix) || self.query.prefix.starts_with(&entry.key);
                let passed = entry.key.as_str() < self.after && !self.after.starts_with(&entry.key);
                if wanted && !passed {
                    self.open.push(entries(&entry.path, &entry.key)?);
                }
            } else if entry.key.starts_with(&self.query.prefix) && entry.key.as_str() > self.after {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

/// What is in a folder, sorted. Links and files that no key maps to are not objects.
fn entries(folder: &Path, key_prefix: &str) -> io::Result<std::vec::IntoIter<Entry>> {
    let mut entries = Vec::new();
    let listing = match fs::read_dir(folder) {
        // A DELETE has just removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(entries.into_iter()),
        other => other?,
    };
    for entry in listing {
        let entry = entry?;
        let Some(part) = entry.file_name().to_str().and_then(component_of) else { continue };
        let kind = entry.file_type()?;
        if kind.is_dir() || kind.is_file() {
            let slash = if kind.is_dir() { "/" } else { "" };
            entries.push(Entry { key: format!("{key_prefix}{part}{slash}"), path: entry.path(), is_folder: kind.is_dir() });
        }
    }
    entries.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    Ok(entries.into_iter())
}
