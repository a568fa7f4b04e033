//! The front matter of a Markdown file: YAML between two lines of `---`.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::{ManifestError, PIPE_MD};

/// How deep lists and objects may lie in each other.
const MAX_DEPTH: usize = 16;

/// Reads it as an object. Scalars stay texts, but for `true`, `false` and nothing at all: a version 1.10 must not become 1.1.
pub(super) fn read(text: &str) -> Result<Map<String, Value>, ManifestError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let yaml = between(text).ok_or(ManifestError::NoFrontMatter { file: PIPE_MD })?;
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(yaml) {
        let (event, span) = event.map_err(|e| syntax(e.marker().line(), e.marker().col(), e.info()))?;
        let wrong = |reason: &str| syntax(span.start.line(), span.start.col(), reason);
        let value = match event {
            // An alias repeats what it names: a few lines of them become gigabytes (“billion laughs”).
            Event::Alias(_) => return Err(wrong("aliases (*name) are not read")),
            Event::MappingStart(..) | Event::SequenceStart(..) if open.len() == MAX_DEPTH => return Err(wrong("it is nested too deeply")),
            Event::MappingStart(..) => {
                open.push(Open::Object(Map::new(), None));
                continue;
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open::Object(map, _)) if open.is_empty() => return Ok(map),
                Some(Open::Object(map, _)) => Value::Object(map),
                Some(Open::List(list)) => Value::Array(list),
                None => continue,
            },
            _ => continue,
        };
        match open.last_mut() {
            Some(Open::List(list)) => list.push(value),
            Some(Open::Object(map, key)) => match key.take() {
                Some(key) => {
                    map.insert(key, value);
                }
                None => *key = Some(value.as_str().map_or_else(|| value.to_string(), Into::into)),
            },
            None => break,
        }
    }
    Err(ManifestError::NotAnObject { file: PIPE_MD, found: "a front matter without fields" })
}

enum Open {
    Object(Map<String, Value>, Option<String>),
    List(Vec<Value>),
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match text {
        "" | "~" | "null" if style == ScalarStyle::Plain => Value::Null,
        "true" if style == ScalarStyle::Plain => Value::Bool(true),
        "false" if style == ScalarStyle::Plain => Value::Bool(false),
        text => Value::String(text.into()),
    }
}

/// What stands between the lines of `---`.
fn between(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---")?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some(&rest[..at]);
        }
        at += line.len();
    }
    None
}

/// Lines count from the top of the file, where the `---` is.
fn syntax(line: usize, column: usize, reason: &str) -> ManifestError {
    ManifestError::Yaml { file: PIPE_MD, line: line + 1, column: column + 1, reason: reason.into() }
}
