//! The fields of a manifest, taken out one at a time; what is left over means nothing here.

use serde_json::{Map, Value};

use super::{ManifestError, text};
use crate::Problem;

/// The most characters of a text; a description is the longest that a card can show.
const MAX_TEXT: usize = 2_000;
/// The most entries of a list or an object.
const MAX_ENTRIES: usize = 200;

pub(super) struct Fields {
    pub(super) file: &'static str,
    map: Map<String, Value>,
    warnings: Vec<Problem>,
}

impl Fields {
    pub(super) fn parse(file: &'static str, text: &str) -> Result<Self, ManifestError> {
        // Editors on Windows put a byte order mark first; RFC 8259 allows readers to pass over it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Err(ManifestError::Empty { file });
        }
        let map = match serde_json::from_str(text) {
            Ok(Value::Object(map)) => map,
            Ok(other) => return Err(ManifestError::NotAnObject { file, found: kind_of(&other) }),
            Err(e) => return Err(ManifestError::Syntax { file, line: e.line(), column: e.column().max(1), reason: reason(&e) }),
        };
        Ok(Self::of(file, map))
    }

    pub(super) const fn of(file: &'static str, map: Map<String, Value>) -> Self {
        Self { file, map, warnings: Vec::new() }
    }

    /// A field, left where it is.
    pub(super) fn peek(&self, field: &str) -> Option<&Value> {
        self.map.get(field).filter(|v| !v.is_null())
    }

    /// Reads a field as `patchbay.json` would; what is refused there is a warning here.
    pub(super) fn lenient<T>(&mut self, field: &'static str, read: impl FnOnce(&mut Self, &str) -> Result<T, ManifestError>) -> Option<T> {
        match read(self, field) {
            Ok(value) => Some(value),
            Err(e) => {
                self.pass_over(field, &e);
                None
            }
        }
    }

    pub(super) fn pass_over(&mut self, field: &str, why: &ManifestError) {
        let problem = Problem::warning("manifest_passed_over", format!("{why} It is passed over."), "Correct it to have it shown.");
        self.warn(problem.with("field", field));
    }

    /// Takes a field out; `null` counts as absent.
    pub(super) fn take(&mut self, field: &str) -> Option<Value> {
        self.map.remove(field).filter(|v| !v.is_null())
    }

    /// The names of the fields that were not taken.
    pub(super) fn rest(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }

    pub(super) fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem.in_file(self.file));
    }

    pub(super) fn into_warnings(self) -> Vec<Problem> {
        self.warnings
    }

    pub(super) fn wrong_type(&self, field: &str, value: &Value, expected: &'static str) -> ManifestError {
        ManifestError::WrongType { file: self.file, field: field.into(), expected, found: kind_of(value) }
    }

    /// A text that must be there, exactly as it is written.
    pub(super) fn required(&mut self, field: &'static str) -> Result<String, ManifestError> {
        match self.take(field) {
            Some(Value::String(s)) => Ok(s),
            Some(other) => Err(self.wrong_type(field, &other, "text in quotes")),
            None => Err(ManifestError::MissingField { file: self.file, field }),
        }
    }

    /// A text in one line; none when it is absent or blank.
    pub(super) fn text(&mut self, field: &str) -> Result<Option<String>, ManifestError> {
        match self.take(field) {
            Some(value) => self.one_line(field, value),
            None => Ok(None),
        }
    }

    pub(super) fn one_line(&self, field: &str, value: Value) -> Result<Option<String>, ManifestError> {
        let Value::String(s) = value else { return Err(self.wrong_type(field, &value, "text in quotes")) };
        let line = text::one_line(&s);
        self.fits(field, line.chars().count(), MAX_TEXT)?;
        Ok(Some(line).filter(|l| !l.is_empty()))
    }

    pub(super) fn fits(&self, field: &str, len: usize, limit: usize) -> Result<(), ManifestError> {
        if len > limit { Err(ManifestError::TooLong { file: self.file, field: field.into(), len, limit }) } else { Ok(()) }
    }

    /// A list of texts, without blanks and repetitions.
    pub(super) fn texts(&mut self, field: &str) -> Result<Vec<String>, ManifestError> {
        let values = match self.take(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(values)) => values,
            Some(other) => return Err(self.wrong_type(field, &other, "a list of texts")),
        };
        self.fits(field, values.len(), MAX_ENTRIES)?;
        let mut texts = Vec::new();
        for value in values {
            if let Some(text) = self.one_line(field, value)?
                && !texts.contains(&text)
            {
                texts.push(text);
            }
        }
        Ok(texts)
    }

    /// An object whose values are texts.
    pub(super) fn text_map(&mut self, field: &str) -> Result<std::collections::BTreeMap<String, String>, ManifestError> {
        let entries = match self.take(field) {
            None => return Ok(Default::default()),
            Some(Value::Object(entries)) => entries,
            Some(other) => return Err(self.wrong_type(field, &other, "an object of texts")),
        };
        self.fits(field, entries.len(), MAX_ENTRIES)?;
        let mut map = std::collections::BTreeMap::new();
        for (key, value) in entries {
            if let (key, Some(value)) = (text::one_line(&key), self.one_line(&format!("{field}.{key}"), value)?)
                && !key.is_empty()
            {
                map.insert(key, value);
            }
        }
        Ok(map)
    }

    /// A path inside the folder.
    pub(super) fn path(&self, field: &str, written: &str) -> Result<String, ManifestError> {
        text::path(written).map_err(|source| ManifestError::Path { file: self.file, field: field.into(), source })
    }
}

/// A JSON value's kind, with its article.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What the JSON reader found, in a person's words.
fn reason(e: &serde_json::Error) -> String {
    let said = e.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(before, _)| before);
    match said {
        _ if e.is_eof() => "it ends too early".into(),
        "trailing comma" => "there is a comma after the last entry".into(),
        "trailing characters" => "something follows after the end".into(),
        "key must be a string" => "a name in double quotes is missing".into(),
        "expected `:`" => "a colon is missing".into(),
        "expected `,` or `}`" | "expected `,` or `]`" => "a comma or a closing bracket is missing".into(),
        "expected value" | "expected ident" => "there is no valid value".into(),
        "invalid number" | "number out of range" => "a number is not valid".into(),
        "invalid escape" | "invalid unicode code point" | "lone leading surrogate in hex escape" | "unexpected end of hex escape" => {
            "a text has an escape (\\…) that JSON does not know".into()
        }
        s if s.starts_with("control character") => "a text runs over the end of its line, or holds a control character".into(),
        "recursion limit exceeded" => "it is nested too deeply".into(),
        other => other.into(),
    }
}
