//! The name of a plugin inside a registry.

use std::{borrow::Borrow, collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Explain,
    path::{is_device_name, show},
};

/// The most characters an id can have.
pub const MAX_LEN: usize = 64;

/// A plugin's id: lower-case ASCII letters and digits with single `.`, `_`, `-` between them, 1 to 64 characters, and not a
/// Windows device name. Ids are parts of object keys and of folder names on every system, so the alphabet is what is the
/// same everywhere: no case to fold, nothing to escape in a URL, no `..`, no hidden files, no leading `-` on a command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginId(String);

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It has no characters.
    #[error("A plugin id cannot be empty.")]
    Empty,
    /// It has more than [`MAX_LEN`] characters.
    #[error("A plugin id has at most 64 characters; this one has {len}.")]
    TooLong {
        /// How many it has.
        len: usize,
    },
    /// It holds a character outside the alphabet.
    #[error("The id “{}” has {} as character {position}; only lower-case letters a–z, digits, “.”, “_” and “-” are allowed.", show(id), quote(*character))]
    BadCharacter {
        /// The text.
        id: String,
        /// The first such character.
        character: char,
        /// Where it stands, counted from 1.
        position: usize,
    },
    /// A separator stands first, last, or beside another one.
    #[error(
        "The id “{id}” has “{separator}” as character {position}; “.”, “_” and “-” can only stand between letters or digits, one at a time."
    )]
    BadSeparator {
        /// The text.
        id: String,
        /// The separator.
        separator: char,
        /// Where it stands, counted from 1.
        position: usize,
    },
    /// Windows keeps the name for a device, with or without an extension.
    #[error("The id “{id}” cannot be used: Windows keeps the name “{device}” for a device.")]
    DeviceName {
        /// The text.
        id: String,
        /// The device.
        device: String,
    },
    /// An npm name that is not `name` or `@scope/name`.
    #[error("“{}” is not an npm package name.", show(name))]
    NotAnNpmName {
        /// The text.
        name: String,
    },
}

/// A character as a person can see it: control and format characters by their number.
fn quote(c: char) -> String {
    if c == ' ' {
        "a space".into()
    } else if c.is_control() || c.is_whitespace() || crate::path::is_bidi(c) {
        format!("U+{:04X}", u32::from(c))
    } else {
        format!("“{c}”")
    }
}

impl PluginId {
    /// The id of an npm package: `@scope/name` becomes `scope.name`, anything else stays. npm's old upper-case names are
    /// refused, because two of them could differ only in case.
    ///
    /// # Errors
    /// [`IdError`] when the result is not an id.
    pub fn from_npm(name: &str) -> Result<Self, IdError> {
        let Some(scoped) = name.strip_prefix('@') else {
            return name.parse();
        };
        match scoped.split_once('/') {
            Some((scope, base)) if !scope.is_empty() && !base.is_empty() && !base.contains('/') => format!("{scope}.{base}").parse(),
            _ => Err(IdError::NotAnNpmName { name: name.into() }),
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(id: &str) -> Result<(), IdError> {
    let len = id.chars().count();
    if len == 0 {
        return Err(IdError::Empty);
    }
    if len > MAX_LEN {
        return Err(IdError::TooLong { len });
    }
    let mut after_separator = true;
    for (index, character) in id.chars().enumerate() {
        let position = index + 1;
        let separator = matches!(character, '.' | '_' | '-');
        if !separator && !character.is_ascii_lowercase() && !character.is_ascii_digit() {
            return Err(IdError::BadCharacter { id: id.into(), character, position });
        }
        if separator && (after_separator || position == len) {
            return Err(IdError::BadSeparator { id: id.into(), separator: character, position });
        }
        after_separator = separator;
    }
    // A folder named `con` or `con.fig` cannot be made or removed by ordinary means on Windows.
    if is_device_name(id) {
        let device = id.split('.').next().unwrap_or(id).to_ascii_uppercase();
        return Err(IdError::DeviceName { id: id.into(), device });
    }
    Ok(())
}

impl FromStr for PluginId {
    type Err = IdError;

    fn from_str(s: &str) -> Result<Self, IdError> {
        check(s).map(|()| Self(s.into()))
    }
}

impl TryFrom<String> for PluginId {
    type Error = IdError;

    fn try_from(s: String) -> Result<Self, IdError> {
        check(&s).map(|()| Self(s))
    }
}

impl From<PluginId> for String {
    fn from(id: PluginId) -> Self {
        id.0
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for PluginId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for PluginId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Explain for IdError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "id_empty",
            Self::TooLong { .. } => "id_too_long",
            Self::BadCharacter { .. } => "id_bad_character",
            Self::BadSeparator { .. } => "id_bad_separator",
            Self::DeviceName { .. } => "id_device_name",
            Self::NotAnNpmName { .. } => "id_not_an_npm_name",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::NotAnNpmName { .. } => "Use “name” or “@scope/name”.".into(),
            _ => "Choose an id like “my-plugin” or “team.my-plugin”.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Empty => BTreeMap::new(),
            Self::TooLong { len } => [("len", len.to_string())].into(),
            Self::BadCharacter { id, character, position } => {
                [("id", show(id)), ("character", quote(*character)), ("position", position.to_string())].into()
            }
            Self::BadSeparator { id, separator, position } => {
                [("id", id.clone()), ("separator", separator.to_string()), ("position", position.to_string())].into()
            }
            Self::DeviceName { id, device } => [("id", id.clone()), ("device", device.clone())].into(),
            Self::NotAnNpmName { name } => [("name", show(name))].into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar() {
        let long = "a".repeat(64);
        for good in ["a", "7", "a1", "my-plugin", "a.b_c-d", "homebridge-hue", "conference", "com", "com0", "lpt10", "console.log", &long] {
            assert_eq!(good.parse::<PluginId>().unwrap().as_str(), good);
        }
        let bad = |id: &str| id.parse::<PluginId>().unwrap_err().to_string();
        assert_eq!(bad(""), "A plugin id cannot be empty.");
        assert_eq!(bad(&"a".repeat(65)), "A plugin id has at most 64 characters; this one has 65.");
        assert_eq!(
            bad("My-plugin"),
            "The id “My-plugin” has “M” as character 1; only lower-case letters a–z, digits, “.”, “_” and “-” are allowed."
        );
        assert_eq!(
            bad("my plugin"),
            "The id “my plugin” has a space as character 3; only lower-case letters a–z, digits, “.”, “_” and “-” are allowed."
        );
        assert!(bad("a\u{202e}b").contains("has U+202E as character 2"));
        assert!(bad("a/b").contains("has “/” as character 2"));
        assert!(bad("é").contains("has “é” as character 1"));
        let separator = "can only stand between letters or digits, one at a time.";
        for (id, at) in [(".a", 1), ("-a", 1), ("a.", 2), ("a_", 2), ("a..b", 3), ("a.-b", 3), ("..", 1)] {
            let message = bad(id);
            assert!(message.ends_with(separator) && message.contains(&format!("as character {at};")), "{message}");
        }
        for id in ["con", "nul", "prn", "aux", "com1", "lpt9", "con.fig", "nul.tar.gz"] {
            assert!(bad(id).contains("Windows keeps the name"), "{id}");
        }
        assert_eq!(bad("con.fig"), "The id “con.fig” cannot be used: Windows keeps the name “CON” for a device.");
    }

    #[test]
    fn npm_names() {
        assert_eq!(PluginId::from_npm("@team/tool").unwrap().as_str(), "team.tool");
        assert_eq!(PluginId::from_npm("node-red-contrib-x").unwrap().as_str(), "node-red-contrib-x");
        for name in ["@team", "@/tool", "@team/", "@a/b/c"] {
            assert_eq!(PluginId::from_npm(name).unwrap_err().to_string(), format!("“{name}” is not an npm package name."));
        }
        assert!(matches!(PluginId::from_npm("JSONStream"), Err(IdError::BadCharacter { character: 'J', .. })));
        assert!(matches!(PluginId::from_npm("@Team/tool"), Err(IdError::BadCharacter { character: 'T', .. })));
    }

    #[test]
    fn json_holds_only_ids() {
        assert_eq!(serde_json::to_string(&"a.b".parse::<PluginId>().unwrap()).unwrap(), "\"a.b\"");
        assert!(serde_json::from_str::<PluginId>("\"a..b\"").is_err());
    }
}
