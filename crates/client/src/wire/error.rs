//! An error as a person, a script and the window see it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a script or the window branches on. Each code is one exit code of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    /// Anything without a code of its own. Exit 1.
    Failed,
    /// The input does not make sense. Exit 2.
    Usage,
    /// The named thing is not there. Exit 3.
    NotFound,
    /// No credentials, wrong ones, expired ones, or no keychain. Exit 4.
    Credentials,
    /// Somebody else's change stands there. Exit 5.
    Conflict,
    /// The registry cannot be reached. Exit 6.
    Network,
    /// Bytes are not what they must be. Exit 7.
    Integrity,
    /// A rule or the probe forbids it. Exit 8.
    Refused,
    /// It may or may not have happened; an operation id settles it. Exit 9.
    UnknownOutcome,
    /// The person stopped it. Exit 130.
    Interrupted,
}

/// An error as a person, a script and the window see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WireError {
    /// What to branch on.
    pub code: Code,
    /// Which sentence it is (`version_taken`, `wrong_key`, …), so that the window can say it in another language.
    pub kind: String,
    /// What happened, to what. One English sentence.
    pub message: String,
    /// What to do next. One English sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
    /// The values inside the sentence, by name.
    pub data: BTreeMap<String, String>,
}
