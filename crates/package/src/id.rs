//! Plugin ids.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A plugin's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginId(String);

/// Text that is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is not a plugin id.")]
pub struct IdError(pub String);

impl FromStr for PluginId {
    type Err = IdError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let good = !s.is_empty() && s.len() <= 64;
        if good { Ok(Self(s.to_owned())) } else { Err(IdError(s.to_owned())) }
    }
}

impl TryFrom<String> for PluginId {
    type Error = IdError;

    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<PluginId> for String {
    fn from(id: PluginId) -> Self {
        id.0
    }
}

impl AsRef<str> for PluginId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
