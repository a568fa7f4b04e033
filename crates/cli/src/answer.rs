//! What a verb comes to: an object for scripts and a page for people, or a failure.

use patchbay_client::wire::{Code, WireError};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::print::Page;

/// What a verb found or did.
#[derive(Debug)]
pub enum Answer {
    /// Something with two forms.
    Found {
        /// What `--json` prints.
        json: Value,
        /// What is printed otherwise.
        page: Page,
    },
    /// A text that is the same in both forms.
    Script(String),
    /// The bytes of a file, exactly as they are.
    Bytes(Vec<u8>),
    /// Nothing more: it was printed already.
    Printed,
}

impl Answer {
    /// An answer with both of its forms.
    #[must_use]
    pub fn new(json: &impl Serialize, page: Page) -> Self {
        Self::Found { json: value(json), page }
    }
}

/// Why a verb did not do what it was asked to.
#[derive(Debug)]
pub struct Failure {
    /// The error; its code is the exit code.
    pub error: WireError,
    /// Fields beside `error` in the JSON object.
    pub beside: Map<String, Value>,
    /// What was found all the same.
    pub page: Page,
}

impl Failure {
    /// The same failure with a field beside the error.
    #[must_use]
    pub fn with(mut self: Box<Self>, name: &str, found: &impl Serialize) -> Box<Self> {
        self.beside.insert(name.to_owned(), value(found));
        self
    }

    /// The same failure with what is printed before it.
    #[must_use]
    pub fn after(mut self: Box<Self>, page: Page) -> Box<Self> {
        self.page = page;
        self
    }

    /// What `--json` prints.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut object = Map::from_iter([("error".to_owned(), value(&self.error))]);
        object.extend(self.beside.clone());
        Value::Object(object)
    }
}

impl From<WireError> for Box<Failure> {
    fn from(error: WireError) -> Self {
        Self::new(Failure { error, beside: Map::new(), page: Page::default() })
    }
}

/// What running a verb ends in.
pub type Outcome<T = Answer> = Result<T, Box<Failure>>;

/// An error that only the command line knows. `kind` names the sentence, as everywhere.
#[must_use]
pub fn error(code: Code, kind: &str, message: impl Into<String>, hint: impl Into<String>) -> WireError {
    WireError { code, kind: kind.to_owned(), message: message.into(), hint: Some(hint.into()), data: Default::default() }
}

/// The wire types are plain data, so this does not fail; if one ever did, its own words are a better answer than none.
fn value(data: &impl Serialize) -> Value {
    serde_json::to_value(data).unwrap_or_else(|e| json!({ "error": e.to_string() }))
}
