//! The names a file may have inside a package: those that mean the same file on every system, and nothing else anywhere.
//!
//! No rule ever cleans a name. It is refused, and said.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use unicase::UniCase;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::{Digest, Explain};

/// The most bytes of a path. Windows takes 260 characters for the whole path, and packages are unpacked below some folder.
pub const MAX_BYTES: usize = 240;
/// The most bytes of one component.
pub const MAX_COMPONENT: usize = 100;
/// The most components. Deep nesting makes readers recurse and passes the path limit of the unpacking side.
pub const MAX_DEPTH: usize = 16;

/// Why a path cannot be in a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It has no characters.
    #[error("A file has no name.")]
    Empty,
    /// It begins with `/`, or with a drive letter.
    #[error("“{}” is an absolute path.", show(path))]
    Absolute {
        /// The path.
        path: String,
    },
    /// It begins with `~`.
    #[error("“{}” begins with “~”, which some programs take for a home folder.", show(path))]
    Home {
        /// The path.
        path: String,
    },
    /// It holds a `\`.
    #[error("“{}” has a backslash in its name; on Windows that divides folders.", show(path))]
    Backslash {
        /// The path.
        path: String,
    },
    /// It has nothing between two slashes, or after the last one.
    #[error("“{}” has an empty part between its slashes.", show(path))]
    EmptyComponent {
        /// The path.
        path: String,
    },
    /// A component is `.` or `..`.
    #[error("“{}” has “{component}” as a part, which leads out of its place.", show(path))]
    Dots {
        /// The path.
        path: String,
        /// `.` or `..`.
        component: String,
    },
    /// A component ends in a dot or a space.
    #[error("“{}”: the name “{}” ends in a dot or a space; Windows drops those.", show(path), show(component))]
    Trailing {
        /// The path.
        path: String,
        /// The component.
        component: String,
    },
    /// A component is a name that Windows keeps for a device.
    #[error("“{path}”: Windows keeps the name “{component}” for a device.")]
    DeviceName {
        /// The path.
        path: String,
        /// The component.
        component: String,
    },
    /// It holds a character that Windows does not allow in names.
    #[error("“{path}” has “{character}” in its name; Windows does not allow it.")]
    Forbidden {
        /// The path.
        path: String,
        /// The character.
        character: char,
    },
    /// It holds a character that cannot be seen and changes what is.
    #[error("“{}” has the invisible character {} in its name.", show(path), code_point(*character))]
    Invisible {
        /// The path.
        path: String,
        /// The character.
        character: char,
    },
    /// It is not in Normalization Form C.
    #[error("“{path}” is not in Unicode's composed form (NFC).")]
    NotNfc {
        /// The path.
        path: String,
    },
    /// It has more than [`MAX_BYTES`] bytes.
    #[error("“{path}” is too long: {bytes} bytes; at most 240 are allowed.")]
    TooLong {
        /// The path.
        path: String,
        /// How many it has.
        bytes: usize,
    },
    /// A component has more than [`MAX_COMPONENT`] bytes.
    #[error("“{path}”: the name “{component}” is too long: {bytes} bytes; at most 100 are allowed.")]
    ComponentTooLong {
        /// The path.
        path: String,
        /// The component.
        component: String,
        /// How many it has.
        bytes: usize,
    },
    /// It has more than [`MAX_DEPTH`] components.
    #[error("“{path}” is {depth} folders deep; at most 16 are allowed.")]
    TooDeep {
        /// The path.
        path: String,
        /// How many components it has.
        depth: usize,
    },
}

/// Two names that some system takes for one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{}” and “{}” are the same name on some systems.", show(first), show(second))]
pub struct Collision {
    /// The path that came first; a folder of two spellings is named, not the file in it.
    pub first: String,
    /// The other one.
    pub second: String,
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// A name that is safe to show: its invisible characters are spelled out.
pub(crate) fn show(path: &str) -> String {
    path.chars().map(|c| if is_invisible(c) { format!("<{}>", code_point(c)) } else { c.to_string() }).collect()
}

/// The characters that change the direction of text (Unicode's Bidi_Control).
pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_invisible(c: char) -> bool {
    c.is_control() || is_bidi(c) || matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}')
}

/// Whether Windows takes a name for a device: `CON`, `NUL`, `COM1`, …, in any case, whatever follows the first dot
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
#[must_use]
pub fn is_device_name(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or(component).trim_end_matches(' ').to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    // Windows reads the superscript digits of Latin-1 as digits here.
    number.is_some_and(|n| matches!(n.chars().collect::<Vec<_>>()[..], ['1'..='9' | '¹' | '²' | '³']))
}

/// Checks one path of a package: relative, divided by `/`, in NFC.
///
/// # Errors
/// [`PathError`] for the first rule it breaks.
pub fn check_path(path: &str) -> Result<(), PathError> {
    let owned = || path.to_owned();
    if path.is_empty() {
        return Err(PathError::Empty);
    }
    // `/etc/cron.d/x`, `C:\…`, `C:x`, `//server/share`: joined to a folder these replace it (zip slip, CVE-2018-1002200).
    let drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && path.as_bytes().get(1) == Some(&b':');
    if path.starts_with('/') || drive {
        return Err(PathError::Absolute { path: owned() });
    }
    // `~/.bashrc` and `~root/x` leave the folder wherever a shell, or Ruby's `File.expand_path`, sees the path (rubyzip's `tilde.zip`).
    if path.starts_with('~') {
        return Err(PathError::Home { path: owned() });
    }
    // `..\..\x` passes a check for `../` and divides folders on Windows; `\\server\share` is absolute there.
    if path.contains('\\') {
        return Err(PathError::Backslash { path: owned() });
    }
    // A NUL cuts the name off in C; an escape sequence writes to the terminal that lists the package; a bidi override makes
    // `gpj.exe` look like `exe.jpg` (CVE-2021-42574).
    if let Some(character) = path.chars().find(|c| is_invisible(*c)) {
        return Err(PathError::Invisible { path: owned(), character });
    }
    // `file.txt:stream` writes an alternate data stream on NTFS; the others cannot be created there.
    if let Some(character) = path.chars().find(|c| matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')) {
        return Err(PathError::Forbidden { path: owned(), character });
    }
    // macOS decomposes names and Linux does not: two spellings of one name would be two files here and one there.
    if !is_nfc(path) {
        return Err(PathError::NotNfc { path: owned() });
    }
    // Past MAX_PATH Windows fails half-way through an installation.
    if path.len() > MAX_BYTES {
        return Err(PathError::TooLong { path: owned(), bytes: path.len() });
    }
    let depth = path.split('/').count();
    if depth > MAX_DEPTH {
        return Err(PathError::TooDeep { path: owned(), depth });
    }
    path.split('/').try_for_each(|component| check_component(path, component))
}

fn check_component(path: &str, component: &str) -> Result<(), PathError> {
    let (path, owned) = (path.to_owned(), component.to_owned());
    // `a//b` and `a/` are `a/b` and `a` to some readers: two entries for one file.
    if component.is_empty() {
        return Err(PathError::EmptyComponent { path });
    }
    // `../../.bashrc` leaves the folder that the package is unpacked into.
    if component == "." || component == ".." {
        return Err(PathError::Dots { path, component: owned });
    }
    // Windows drops them: `plugin.js.` overwrites `plugin.js`, and `.. ` is `..`.
    if component.ends_with(['.', ' ']) {
        return Err(PathError::Trailing { path, component: owned });
    }
    // Opening `nul.js` reads nothing, and opening `con` waits for the keyboard.
    if is_device_name(component) {
        return Err(PathError::DeviceName { path, component: owned });
    }
    if component.len() > MAX_COMPONENT {
        return Err(PathError::ComponentTooLong { path, component: owned, bytes: component.len() });
    }
    Ok(())
}

/// What a name is to a system that ignores case and compatibility forms: NFKC, case folded, NFKC again because folding can
/// decompose (Unicode, chapter 3.13, D146).
#[must_use]
pub fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    UniCase::unicode(name.nfkc().collect::<String>()).to_folded_case().nfkc().collect()
}

/// Finds the paths that overwrite each other on some system: names equal after [`fold`], one folder in two spellings, and a
/// file with the name of a folder. Whoever looks at the first (a scanner) then sees something else than whoever runs the
/// second.
pub fn collisions<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<Collision> {
    // By digest: ten thousand paths of ligatures fold to a hundred megabytes.
    let mut seen: HashMap<[u8; 32], (&str, bool)> = HashMap::new();
    let mut found = Vec::new();
    for path in paths {
        let ends = path.match_indices('/').map(|(at, _)| (at, false)).chain([(path.len(), true)]);
        for (end, is_file) in ends {
            let name = &path[..end];
            match seen.entry(Digest::of(fold(name).as_bytes()).0) {
                Entry::Vacant(place) => {
                    place.insert((name, is_file));
                }
                Entry::Occupied(there) => {
                    let (first, first_is_file) = *there.get();
                    if first != name || first_is_file || is_file {
                        found.push(Collision { first: first.into(), second: name.into() });
                        break;
                    }
                }
            }
        }
    }
    found
}

impl Explain for PathError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "path_empty",
            Self::Absolute { .. } => "path_absolute",
            Self::Home { .. } => "path_home",
            Self::Backslash { .. } => "path_backslash",
            Self::EmptyComponent { .. } => "path_empty_component",
            Self::Dots { .. } => "path_dots",
            Self::Trailing { .. } => "path_trailing",
            Self::DeviceName { .. } => "path_device_name",
            Self::Forbidden { .. } => "path_forbidden",
            Self::Invisible { .. } => "path_invisible",
            Self::NotNfc { .. } => "path_not_nfc",
            Self::TooLong { .. } => "path_too_long",
            Self::ComponentTooLong { .. } => "path_component_too_long",
            Self::TooDeep { .. } => "path_too_deep",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::TooLong { .. } | Self::ComponentTooLong { .. } => "Give it a shorter name, or exclude it in .patchbayignore.".into(),
            Self::TooDeep { .. } => "Move it up, or exclude it in .patchbayignore.".into(),
            _ => "Rename it, or exclude it in .patchbayignore.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Empty => BTreeMap::new(),
            Self::Absolute { path }
            | Self::Home { path }
            | Self::Backslash { path }
            | Self::EmptyComponent { path }
            | Self::NotNfc { path } => [("path", show(path))].into(),
            Self::Dots { path, component } | Self::Trailing { path, component } | Self::DeviceName { path, component } => {
                [("path", show(path)), ("component", show(component))].into()
            }
            Self::Forbidden { path, character } => [("path", path.clone()), ("character", character.to_string())].into(),
            Self::Invisible { path, character } => [("path", show(path)), ("character", code_point(*character))].into(),
            Self::TooLong { path, bytes } => [("path", path.clone()), ("bytes", bytes.to_string())].into(),
            Self::ComponentTooLong { path, component, bytes } => {
                [("path", path.clone()), ("component", component.clone()), ("bytes", bytes.to_string())].into()
            }
            Self::TooDeep { path, depth } => [("path", path.clone()), ("depth", depth.to_string())].into(),
        }
    }
}

impl Explain for Collision {
    fn kind(&self) -> &'static str {
        "path_collision"
    }

    fn hint(&self) -> String {
        "Rename one of them, or exclude it in .patchbayignore.".into()
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        [("first", show(&self.first)), ("second", show(&self.second))].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for good in
            ["a", "a/b.js", ".env.example", "dist/überblick.md", "文档/说明.md", "a b.txt", "@scope/x", "x~1", "console.js", "👩‍💻.md"]
        {
            assert_eq!(check_path(good), Ok(()), "{good}");
        }
        assert_eq!(check_path(&["a"; 16].join("/")), Ok(()));
        assert_eq!(check_path(&"a".repeat(100)), Ok(()));
    }

    #[test]
    fn each_rule_refuses() {
        let long = format!("{0}/{0}/{0}", "a".repeat(80));
        for (path, message) in [
            ("", "A file has no name."),
            ("/etc/passwd", "“/etc/passwd” is an absolute path."),
            ("C:evil", "“C:evil” is an absolute path."),
            ("~/.bashrc", "“~/.bashrc” begins with “~”, which some programs take for a home folder."),
            ("..\\x", "“..\\x” has a backslash in its name; on Windows that divides folders."),
            ("a//b", "“a//b” has an empty part between its slashes."),
            ("a/", "“a/” has an empty part between its slashes."),
            ("a/../b", "“a/../b” has “..” as a part, which leads out of its place."),
            ("./a", "“./a” has “.” as a part, which leads out of its place."),
            ("a./b", "“a./b”: the name “a.” ends in a dot or a space; Windows drops those."),
            ("a/b ", "“a/b ”: the name “b ” ends in a dot or a space; Windows drops those."),
            ("x/Aux.js", "“x/Aux.js”: Windows keeps the name “Aux.js” for a device."),
            ("com¹", "“com¹”: Windows keeps the name “com¹” for a device."),
            ("a?.js", "“a?.js” has “?” in its name; Windows does not allow it."),
            ("ab:stream", "“ab:stream” has “:” in its name; Windows does not allow it."),
            ("exe\u{202e}gpj.js", "“exe<U+202E>gpj.js” has the invisible character U+202E in its name."),
            ("a\nb", "“a<U+000A>b” has the invisible character U+000A in its name."),
            ("e\u{301}", "“e\u{301}” is not in Unicode's composed form (NFC)."),
        ] {
            assert_eq!(check_path(path).unwrap_err().to_string(), message);
        }
        assert!(matches!(check_path(&long), Err(PathError::TooLong { bytes: 242, .. })));
        assert!(matches!(check_path(&"a".repeat(101)), Err(PathError::ComponentTooLong { bytes: 101, .. })));
        assert!(matches!(check_path(&["a"; 17].join("/")), Err(PathError::TooDeep { depth: 17, .. })));
    }

    #[test]
    fn names_that_collide() {
        let found = |paths: &[&str]| collisions(paths.iter().copied()).into_iter().map(|c| (c.first, c.second)).collect::<Vec<_>>();
        let pair = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
        assert_eq!(found(&["a/b", "a/c", "b"]), []);
        assert_eq!(found(&["README.md", "readme.md"]), pair("README.md", "readme.md"));
        assert_eq!(found(&["Lib/a", "lib/b"]), pair("Lib", "lib"));
        assert_eq!(found(&["a", "A/b"]), pair("a", "A"));
        assert_eq!(found(&["a", "a"]), pair("a", "a"));
        assert_eq!(found(&["a", "a/b"]), pair("a", "a"));
        assert_eq!(found(&["straße", "STRASSE"]), pair("straße", "STRASSE"));
        assert_eq!(found(&["ﬁle", "file"]), pair("ﬁle", "file"));
        assert_eq!(found(&["K", "k"]), pair("K", "k"), "KELVIN SIGN");
        assert_eq!(found(&["Ａ", "a"]), pair("Ａ", "a"), "full width");
    }
}
