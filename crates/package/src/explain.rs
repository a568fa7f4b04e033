//! What every error of this crate can say besides its sentence.

use std::collections::BTreeMap;

/// An error that a person, a script and a translation can work with. Its `Display` is the sentence: what happened, to what.
pub trait Explain: std::error::Error {
    /// The name that scripts and translations know the sentence by, in snake case.
    fn kind(&self) -> &'static str;

    /// What to do next, in one sentence.
    fn hint(&self) -> String;

    /// The values inside the sentence, by name.
    fn data(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::new()
    }
}
