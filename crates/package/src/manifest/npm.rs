//! `package.json`: name and version are read strictly, everything else leniently, because it was written for npm. What cannot
//! be understood is passed over with a warning.

use serde_json::{Map, Value};

use super::{
    Fields, ManifestError, npm_hosts,
    said::{Ecosystem, Said},
    text,
};
use crate::{PluginId, parse_version};

/// What a `package.json` says. `texts` is the `package.nls.json` of a VS Code extension.
pub(super) fn read(fields: &mut Fields, texts: Option<&String>) -> Said {
    let file = fields.file;
    let mut said = Said::nothing(file, Ecosystem::Npm);
    said.id_key = "name";
    said.key("id", "name");
    let npm_name = fields.required("name");
    let version = fields.required("version");
    said.version = missing(version).map(|v| parse_version(&v?).map_err(|source| ManifestError::Version { file, source }));
    said.keywords = keywords(fields);
    npm_hosts::fill(fields, &mut said, npm_name.as_deref().unwrap_or_default());
    let display = fields.lenient("displayName", Fields::text).flatten();
    let description = fields.lenient("description", Fields::text).flatten();
    if said.ecosystem == Ecosystem::VsCode {
        let texts: Map<String, Value> = texts.and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
        said.name = display.and_then(|t| resolved(t, &texts));
        said.description = description.and_then(|t| resolved(t, &texts));
        let publisher = fields.take("publisher").and_then(|p| p.as_str().map(str::to_owned)).unwrap_or_default();
        // VS Code calls an extension `publisher.name`, and does not care about case.
        let id = |name: String| format!("{publisher}.{name}").to_lowercase().parse();
        said.id = missing(npm_name).map(|name| id(name?).map_err(|source| ManifestError::Id { file, source }));
        said.key("id", "publisher.name");
        said.author = Some(publisher).filter(|p| !p.is_empty());
        said.key("author", "publisher");
    } else {
        said.name = display.or_else(|| npm_name.as_ref().ok().cloned());
        if fields.peek("displayName").is_none() && said.name.as_ref() == npm_name.as_ref().ok() {
            said.key("name", "name");
        }
        said.description = description;
        said.id = missing(npm_name).map(|name| PluginId::from_npm(&name?).map_err(|source| ManifestError::Id { file, source }));
    }
    if !said.keys.contains_key("name") {
        said.key("name", "displayName");
    }
    if let Some(author) = person(fields) {
        said.author = Some(author);
        said.key("author", "author");
    }
    said.license = license(fields);
    said.homepage = link(fields, "homepage", text::link);
    said.repository = link(fields, "repository", text::repository);
    said.categories = fields.lenient("categories", Fields::texts).unwrap_or_default();
    if said.categories.is_empty() && said.ecosystem == Ecosystem::VsCode {
        said.categories = contributed(fields.peek("contributes"));
        said.key("categories", "contributes");
    }
    said.icon = path(fields, "icon");
    said.main = path(fields, "main");
    if said.main.is_none() && said.ecosystem == Ecosystem::VsCode {
        // A web extension.
        said.main = path(fields, "browser");
        said.key("main", "browser");
    }
    said.executables = executables(fields);
    said.key("executables", "bin");
    said
}

/// A field that is not there at all is for another file to say; one that is wrong is an error.
fn missing(field: Result<String, ManifestError>) -> Option<Result<String, ManifestError>> {
    match field {
        Err(ManifestError::MissingField { .. }) => None,
        said => Some(said),
    }
}

/// A text of a VS Code extension: `%key%` stands for one in `package.nls.json`.
fn resolved(written: String, texts: &Map<String, Value>) -> Option<String> {
    let Some(key) = written.strip_prefix('%').and_then(|t| t.strip_suffix('%')) else { return Some(written) };
    let text = match texts.get(key)? {
        Value::Object(with_comment) => with_comment.get("message")?.as_str()?,
        text => text.as_str()?,
    };
    Some(text::one_line(text)).filter(|t| !t.is_empty() && t.chars().count() <= 2000)
}

/// The categories of what an extension contributes, in the words of the VS Code marketplace.
fn contributed(contributes: Option<&Value>) -> Vec<String> {
    let known = [
        ("debuggers", "Debuggers"),
        ("grammars", "Programming Languages"),
        ("iconThemes", "Themes"),
        ("keybindings", "Keymaps"),
        ("languages", "Programming Languages"),
        ("localizations", "Language Packs"),
        ("notebooks", "Notebooks"),
        ("snippets", "Snippets"),
        ("themes", "Themes"),
    ];
    let Some(Value::Object(contributes)) = contributes else { return Vec::new() };
    let mut categories: Vec<String> =
        known.iter().filter(|(key, _)| contributes.contains_key(*key)).map(|(_, category)| (*category).to_owned()).collect();
    categories.sort();
    categories.dedup();
    categories
}

/// `"author": "Ada <ada@example.com> (https://…)"` or an object. The address is left out: people give it to npm, not to us.
fn person(fields: &mut Fields) -> Option<String> {
    let written = match fields.take("author")? {
        Value::Object(mut person) => person.remove("name")?,
        other => other,
    };
    let line = fields.lenient("author", |f, field| f.one_line(field, written)).flatten()?;
    let name = line.split(['<', '(']).next().unwrap_or_default().trim();
    Some(name.to_owned()).filter(|n| !n.is_empty())
}

/// `"license": "MIT"`, or the older `{"type": "MIT"}` and `"licenses": [{"type": "MIT"}]`.
fn license(fields: &mut Fields) -> Option<String> {
    let mut written = fields.take("license").or_else(|| fields.take("licenses"))?;
    if let Value::Array(list) = written {
        written = list.into_iter().next()?;
    }
    if let Value::Object(mut object) = written {
        written = object.remove("type")?;
    }
    fields.lenient("license", |f, field| f.one_line(field, written)).flatten()
}

/// A text, or an object with `url`. What is not an address on the web is left out without a word: npm allows much else.
fn link(fields: &mut Fields, field: &str, read: fn(&str) -> Option<String>) -> Option<String> {
    let written = match fields.take(field)? {
        Value::Object(mut object) => object.remove("url")?,
        other => other,
    };
    read(written.as_str()?)
}

/// A list, or one text divided by commas or spaces, as npm itself takes it.
fn keywords(fields: &mut Fields) -> Vec<String> {
    match fields.take("keywords") {
        Some(Value::String(s)) => s.split([',', ' ']).filter(|w| !w.is_empty()).take(200).map(text::one_line).collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(text::one_line).filter(|w| !w.is_empty()).take(200).collect(),
        _ => Vec::new(),
    }
}

fn path(fields: &mut Fields, field: &'static str) -> Option<String> {
    fields
        .lenient(field, |f, field| {
            // npm takes `./`, `lib/` and `.` for the folder; the host then looks for its index file.
            let written = f.text(field)?.map(|p| p.trim_end_matches('/').to_owned()).filter(|p| !p.is_empty() && p != ".");
            written.map(|p| f.path(field, &p)).transpose()
        })
        .flatten()
}

/// `"bin": "cli.js"`, or `{"command": "cli.js"}`.
fn executables(fields: &mut Fields) -> Vec<String> {
    let written = match fields.take("bin") {
        Some(Value::String(path)) => vec![path],
        Some(Value::Object(commands)) => commands.into_iter().filter_map(|(_, v)| v.as_str().map(Into::into)).collect(),
        _ => Vec::new(),
    };
    let mut paths = Vec::new();
    for path in written.into_iter().take(200) {
        match fields.path("bin", &path) {
            Ok(path) => paths.push(path),
            Err(e) => fields.pass_over("bin", &e),
        }
    }
    paths.sort();
    paths.dedup();
    paths
}
