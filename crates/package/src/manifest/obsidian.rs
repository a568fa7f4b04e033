//! Obsidian: `manifest.json` (docs.obsidian.md, Reference/Manifest), with the app versions of earlier releases in `versions.json`.

use serde_json::{Map, Value};

use super::{
    Fields, ManifestError, OBSIDIAN, OBSIDIAN_VERSIONS,
    said::{Ecosystem, Said},
    text,
};
use crate::{Problem, parse_version};

/// What it says; nothing when it is another program's `manifest.json`: web apps and browser extensions have one too.
pub(super) fn read(text: &str, versions: Option<&String>) -> Result<Option<Said>, ManifestError> {
    let Ok(mut fields) = Fields::parse(OBSIDIAN, text) else { return Ok(None) };
    let has = |fields: &Fields, field: &str| fields.peek(field).is_some_and(Value::is_string);
    if !(has(&fields, "id") && has(&fields, "minAppVersion")) {
        return Ok(None);
    }
    let mut said = Said::nothing(OBSIDIAN, Ecosystem::Obsidian);
    said.id = Some(fields.required("id").and_then(|id| id.parse().map_err(|source| ManifestError::Id { file: OBSIDIAN, source })));
    let version = fields.required("version");
    let least = fields.text("minAppVersion")?;
    if let (Ok(version), Some(versions)) = (&version, versions) {
        said.problems.extend(compare(version, least.as_deref(), versions));
    }
    said.version = Some(version.and_then(|v| parse_version(&v).map_err(|source| ManifestError::Version { file: OBSIDIAN, source })));
    said.name = fields.lenient("name", Fields::text).flatten();
    said.description = fields.lenient("description", Fields::text).flatten();
    said.author = fields.lenient("author", Fields::text).flatten();
    said.homepage = fields.lenient("authorUrl", Fields::text).flatten().and_then(|t| text::link(&t));
    said.key("homepage", "authorUrl");
    if let Some(least) = least {
        said.host("obsidian", format!(">={least}"), "minAppVersion");
    }
    said.main = Some("main.js".into());
    said.key("main", "(Obsidian loads main.js)");
    said.problems.extend(fields.into_warnings());
    Ok(Some(said))
}

/// `versions.json` says of each release the oldest app that it runs in. It is only wrong where it has this version with another app.
fn compare(version: &str, least: Option<&str>, versions: &str) -> Option<Problem> {
    let versions: Map<String, Value> = serde_json::from_str(versions).ok()?;
    let other = versions.get(version)?.as_str()?;
    let least = least.filter(|least| *least != other)?;
    let message = format!("{version} needs Obsidian {least} in {OBSIDIAN} and {other} in {OBSIDIAN_VERSIONS}.");
    let problem = Problem::warning("hosts_disagree", message, "Write the same version of Obsidian into both.").in_file(OBSIDIAN_VERSIONS);
    let problem = problem.with("version", version).with("host", "Obsidian").with("range", least).with("other", other);
    Some(problem.with("file", OBSIDIAN).with("other_file", OBSIDIAN_VERSIONS))
}
