//! Object keys and file names.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The longest file name that every common filesystem takes, in bytes.
const MAX_FILE_NAME: usize = 255;

/// Why a key cannot be an object of this registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyRefusal {
    /// `a//b`, a leading or a trailing slash.
    #[error("has an empty part between its slashes")]
    EmptyPart,
    /// `.` or `..`, which lead out of the folder (CWE-22).
    #[error("has a part that is . or ..")]
    DotPart,
    /// A character that Windows does not allow in file names, or a control character.
    #[error("has the character {0:?}, which file names cannot have")]
    Character(char),
    /// Windows drops a dot or space at the end of a name, so two keys would be one file.
    #[error("has a part that ends in a dot or a space")]
    TrailingDotOrSpace,
    /// Windows opens the device whatever the folder or extension is.
    #[error("has the part {0:?}, which is a device on Windows")]
    Device(String),
    /// The file name would be too long.
    #[error("has a part of more than {MAX_FILE_NAME} bytes")]
    TooLong,
}

/// A key that has been checked, and the file names that it maps to.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    text: String,
    file_names: Vec<String>,
}

impl Key {
    pub(crate) fn parse(text: &str) -> Result<Self, KeyRefusal> {
        let file_names = text.split('/').map(component_file_name).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), file_names })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The file names from the bucket's folder downwards; the last one is the object's.
    pub(crate) fn file_names(&self) -> &[String] {
        &self.file_names
    }

    pub(crate) fn path_in(&self, bucket: &Path) -> PathBuf {
        bucket.join(self.file_names.iter().collect::<PathBuf>())
    }
}

/// The file name of one part of a key. Capitals, `%` and everything beyond ASCII are written `%xx`: filesystems that
/// ignore case (Windows, macOS) or change the form of accents (macOS) would otherwise take two keys for one.
pub(crate) fn component_file_name(part: &str) -> Result<String, KeyRefusal> {
    match part {
        "" => return Err(KeyRefusal::EmptyPart),
        "." | ".." => return Err(KeyRefusal::DotPart),
        _ => {}
    }
    // https://learn.microsoft.com/windows/win32/fileio/naming-a-file, for all systems alike: a folder can be moved.
    if let Some(c) = part.chars().find(|c| c.is_control() || r#"\<>:"|?*"#.contains(*c)) {
        return Err(KeyRefusal::Character(c));
    }
    if part.ends_with(['.', ' ']) {
        return Err(KeyRefusal::TrailingDotOrSpace);
    }
    if is_device(part) {
        return Err(KeyRefusal::Device(part.to_owned()));
    }
    let mut name = String::with_capacity(part.len());
    for byte in part.bytes() {
        if needs_escape(byte) {
            // Writing to a String cannot fail.
            let _ = write!(name, "%{byte:02x}");
        } else {
            name.push(char::from(byte));
        }
    }
    if name.len() > MAX_FILE_NAME { Err(KeyRefusal::TooLong) } else { Ok(name) }
}

/// The part of a key that a file name stands for; `None` for a file that no key maps to (`.DS_Store`, somebody's notes).
pub(crate) fn component_of(file_name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(file_name.len());
    let mut rest = file_name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.extend(hex::decode(digits).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let part = String::from_utf8(bytes).ok()?;
    // Only the one spelling that we write: `%41` is A, `%61` and A itself are nobody's.
    (component_file_name(&part).ok()? == file_name).then_some(part)
}

fn needs_escape(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte == b'%' || !byte.is_ascii()
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| matches!(rest, "¹" | "²" | "³") || (rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_and_its_file_name_are_one_to_one() {
        for (part, file_name) in [
            ("1.0.0-rc.1+build", "1.0.0-rc.1+build"),
            ("1.0.0-RC.1", "1.0.0-%52%43.1"),
            ("100%", "100%25"),
            ("caf\u{e9}", "caf%c3%a9"),
            ("cafe\u{301}", "cafe%cc%81"),
            (".hidden", ".hidden"),
        ] {
            assert_eq!(component_file_name(part).as_deref(), Ok(file_name));
            assert_eq!(component_of(file_name).as_deref(), Some(part));
        }
    }

    #[test]
    fn file_names_that_nothing_maps_to_are_nobodys() {
        for file_name in [".DS_Store", "README", "%61", "%4", "%zz", "%ff", "a%2Fb", "%C3%A9"] {
            assert_eq!(component_of(file_name), None, "{file_name}");
        }
    }

    #[test]
    fn what_a_filesystem_would_bend_is_refused() {
        use KeyRefusal::*;
        for (key, refusal) in [
            ("", EmptyPart),
            ("/a", EmptyPart),
            ("a/", EmptyPart),
            ("a//b", EmptyPart),
            ("..", DotPart),
            ("a/../b", DotPart),
            ("a/./b", DotPart),
            (r"a\b", Character('\\')),
            (r"..\..\x", Character('\\')),
            ("c:/x", Character(':')),
            ("a\0b", Character('\0')),
            ("a\nb", Character('\n')),
            ("what?", Character('?')),
            ("a.", TrailingDotOrSpace),
            ("a /b", TrailingDotOrSpace),
            ("x/nul", Device("nul".into())),
            ("aux.json", Device("aux.json".into())),
            ("COM1.zip", Device("COM1.zip".into())),
            ("lpt\u{b9}", Device("lpt\u{b9}".into())),
        ] {
            assert_eq!(Key::parse(key).map(|key| key.text), Err(refusal), "{key:?}");
        }
        assert_eq!(Key::parse(&"a".repeat(256)).map(|key| key.text), Err(TooLong));
        assert_eq!(Key::parse(&"A".repeat(86)).map(|key| key.text), Err(TooLong));
        for key in ["company", "com", "com10", "console.log", "nullable", "a b/c", "...a", "..a"] {
            assert!(Key::parse(key).is_ok(), "{key}");
        }
    }
}
