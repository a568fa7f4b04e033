//! Findings in a folder that is to become a package.

use std::collections::BTreeMap;

use crate::{Explain, Fix};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// No package can be made.
    Error,
    /// It is worth knowing.
    Warning,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it weighs.
    pub severity: Severity,
    /// The name that scripts and translations know the sentence by, in snake case.
    pub kind: &'static str,
    /// What was found. One sentence.
    pub message: String,
    /// What to do about it. One sentence.
    pub hint: String,
    /// The file it is in: a path in the folder, with forward slashes.
    pub file: Option<String>,
    /// The values inside the sentence, by name.
    pub data: BTreeMap<&'static str, String>,
    /// What can be written to put it right.
    pub fix: Option<Fix>,
}

impl Problem {
    /// A finding that stops the package, from an error of this crate.
    #[must_use]
    pub fn error(error: &impl Explain, file: Option<&str>) -> Self {
        Self {
            severity: Severity::Error,
            kind: error.kind(),
            message: error.to_string(),
            hint: error.hint(),
            file: file.map(Into::into),
            data: error.data(),
            fix: None,
        }
    }

    /// A finding that is worth knowing.
    pub(crate) fn warning(kind: &'static str, message: String, hint: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, kind, message, hint: hint.into(), file: None, data: BTreeMap::new(), fix: None }
    }

    /// The same finding, stopping the package.
    pub(crate) fn stopping(mut self) -> Self {
        self.severity = Severity::Error;
        self
    }

    /// The same finding, in a file.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        self.file = Some(file.into());
        self
    }

    /// The same finding, with a value of its sentence.
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.data.insert(name, value.to_string());
        self
    }

    /// The same finding, with what puts it right.
    pub(crate) fn fixed_by(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}
