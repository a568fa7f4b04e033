//! `package.json`: name and version are read strictly, everything else leniently, because it was written for npm. What cannot
//! be understood is passed over with a warning.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ANY_PLATFORM, Fields, Manifest, ManifestError, text};
use crate::{PluginId, Problem, parse_version};

pub(super) fn read(fields: &mut Fields) -> Result<Manifest, ManifestError> {
    let file = fields.file;
    let npm_name = fields.required("name")?;
    let id = PluginId::from_npm(&npm_name).map_err(|source| ManifestError::Id { file, source })?;
    let version = parse_version(&fields.required("version")?).map_err(|source| ManifestError::Version { file, source })?;
    let executables = executables(fields);
    Ok(Manifest {
        name: lenient(fields, "displayName", Fields::text).flatten().unwrap_or(npm_name),
        id,
        version,
        description: lenient(fields, "description", Fields::text).flatten().unwrap_or_default(),
        author: person(fields).unwrap_or_default(),
        license: license(fields),
        homepage: link(fields, "homepage", text::link),
        repository: link(fields, "repository", text::repository),
        categories: lenient(fields, "categories", Fields::texts).unwrap_or_default(),
        keywords: keywords(fields),
        icon: path(fields, "icon"),
        readme: None,
        changelog: None,
        main: path(fields, "main"),
        hosts: hosts(fields),
        executables,
        platform: ANY_PLATFORM.into(),
    })
}

/// Reads a field as `patchbay.json` would; what is refused there is a warning here.
fn lenient<T>(fields: &mut Fields, field: &'static str, read: impl FnOnce(&mut Fields, &str) -> Result<T, ManifestError>) -> Option<T> {
    match read(fields, field) {
        Ok(value) => Some(value),
        Err(e) => {
            pass_over(fields, field, &e);
            None
        }
    }
}

fn pass_over(fields: &mut Fields, field: &str, why: &ManifestError) {
    let problem = Problem::warning("manifest_passed_over", format!("{why} It is passed over."), "Correct it to have it shown.");
    fields.warn(problem.with("field", field));
}

/// `"author": "Ada <ada@example.com> (https://…)"` or an object. The address is left out: people give it to npm, not to us.
fn person(fields: &mut Fields) -> Option<String> {
    let written = match fields.take("author")? {
        Value::Object(mut person) => person.remove("name")?,
        other => other,
    };
    let line = lenient(fields, "author", |f, field| f.one_line(field, written)).flatten()?;
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
    lenient(fields, "license", |f, field| f.one_line(field, written)).flatten()
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
    lenient(fields, field, |f, field| {
        // npm takes `./`, `lib/` and `.` for the folder; the host then looks for its index file.
        let written = f.text(field)?.map(|p| p.trim_end_matches('/').to_owned()).filter(|p| !p.is_empty() && p != ".");
        written.map(|p| f.path(field, &p)).transpose()
    })
    .flatten()
}

/// `engines` are hosts, except the tools that only install.
fn hosts(fields: &mut Fields) -> BTreeMap<String, String> {
    // Ancient packages have a list here; npm has passed over it since 2011.
    if let Some(Value::Object(engines)) = fields.take("engines") {
        let installs = |host: &str| matches!(host, "npm" | "yarn" | "pnpm");
        let ranges = engines.into_iter().filter(|(host, _)| !installs(host)).filter_map(|(host, range)| {
            let (host, range) = (text::one_line(&host), text::one_line(range.as_str()?));
            (!host.is_empty() && !range.is_empty()).then_some((host, range))
        });
        return ranges.take(200).collect();
    }
    BTreeMap::new()
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
            Err(e) => pass_over(fields, "bin", &e),
        }
    }
    paths.sort();
    paths.dedup();
    paths
}
