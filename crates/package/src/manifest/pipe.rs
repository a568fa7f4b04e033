//! Screenpipe: `pipe.json` beside a `package.json` (the first generation, a Next.js app), and `pipe.md` (a prompt whose front
//! matter says what it is).

use serde_json::Value;

use super::{
    Fields, ManifestError, PIPE_JSON, PIPE_MD, front_matter,
    said::{Ecosystem, Said},
    text,
};
use crate::parse_version;

/// How the host is called in `hosts`.
pub(super) const HOST: &str = "screenpipe";

/// `pipe.json` holds the settings and the schedule; id and version are there only in what the store made of it.
pub(super) fn read_json(text: &str) -> Result<Said, ManifestError> {
    let mut fields = Fields::parse(PIPE_JSON, text)?;
    let mut said = common(&mut fields, PIPE_JSON);
    said.author = fields.lenient("author", Fields::text).flatten();
    // What is left are settings that the host reads.
    said.problems = fields.into_warnings();
    Ok(said)
}

/// `pipe.md`.
pub(super) fn read_md(text: &str) -> Result<Said, ManifestError> {
    let mut fields = Fields::of(PIPE_MD, front_matter::read(text)?);
    let mut said = common(&mut fields, PIPE_MD);
    said.author = fields.lenient("author", Fields::text).flatten();
    for field in ["category", "categories", "tags"] {
        let words = match fields.take(field) {
            Some(Value::String(word)) => vec![word],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(Into::into).collect(),
            _ => continue,
        };
        let words: Vec<_> = words.iter().map(|w| text::one_line(w)).filter(|w| !w.is_empty()).take(200).collect();
        if field == "tags" {
            said.keywords = words;
            said.key("keywords", field);
        } else {
            said.categories = words;
            said.key("categories", field);
        }
    }
    said.permissions = permissions(fields.take("permissions"));
    // The prompt is what the host runs.
    said.main = Some(PIPE_MD.into());
    said.key("main", "(Screenpipe runs pipe.md)");
    said.problems = fields.into_warnings();
    Ok(said)
}

fn common(fields: &mut Fields, file: &'static str) -> Said {
    let mut said = Said::nothing(file, Ecosystem::Screenpipe);
    said.id_key = "name";
    let id = fields.lenient("id", Fields::text).flatten();
    let name = fields.lenient("name", Fields::text).flatten();
    if id.is_none() {
        said.key("id", "name");
    }
    said.id = id.or_else(|| name.clone()).map(|id| id.parse().map_err(|source| ManifestError::Id { file, source }));
    said.version = fields.take("version").map(|version| {
        let text = match version {
            Value::String(text) => text,
            // Screenpipe's store counts versions: 3.
            other => other.to_string(),
        };
        parse_version(&text).map_err(|source| ManifestError::Version { file, source })
    });
    said.name = fields.lenient("title", Fields::text).flatten();
    said.key("name", "title");
    if said.name.is_none() && said.keys.get("id").is_none_or(|key| key != "name") {
        said.name = name;
        said.key("name", "name");
    }
    said.description = fields.lenient("description", Fields::text).flatten();
    said.host(HOST, "*".into(), if file == PIPE_MD { "(it is a pipe.md)" } else { "(it is a pipe.json)" });
    said
}

/// A preset (`reader`), or rules: `allow: [Api(GET /search)]`, `deny: [App(1Password)]`.
fn permissions(value: Option<Value>) -> Vec<String> {
    let list = |value: Option<&Value>, before: &str| -> Vec<String> {
        let list = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        list.map(|rule| format!("{before}{}", text::one_line(rule))).take(100).collect()
    };
    match value {
        Some(Value::String(preset)) => vec![text::one_line(&preset)],
        Some(Value::Object(rules)) => [list(rules.get("allow"), ""), list(rules.get("deny"), "not ")].concat(),
        Some(list_of_rules @ Value::Array(_)) => list(Some(&list_of_rules), ""),
        _ => Vec::new(),
    }
}
