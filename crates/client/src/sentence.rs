//! From a typed error to what crosses the edge.

use std::{collections::BTreeMap, fmt::Display};

use crate::wire::{Code, WireError};

/// An error on the wire: its sentence, what to do next, and the values inside the sentence.
pub(crate) fn sentence(code: Code, kind: &str, message: impl Display, hint: Option<String>, data: &[(&str, String)]) -> WireError {
    let data: BTreeMap<_, _> = data.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    WireError { code, kind: kind.to_owned(), message: message.to_string(), hint, data }
}
