//! Version numbers: SemVer 2.0.0, strictly.

use std::collections::BTreeMap;

pub use semver::Version;

use crate::{Explain, path::show};

/// The most characters a version can have. SemVer sets no limit; a version is part of an object key and of a file name.
pub const MAX_LEN: usize = 128;

/// Why a text is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It has no characters.
    #[error("A version cannot be empty.")]
    Empty,
    /// It has more than [`MAX_LEN`] characters.
    #[error("A version has at most 128 characters; this one has {len}.")]
    TooLong {
        /// How many it has.
        len: usize,
    },
    /// It begins with a `v`, as tags do.
    #[error("“{version}” is not a version: it begins with “{prefix}”.")]
    Prefix {
        /// The text.
        version: String,
        /// What it begins with.
        prefix: char,
    },
    /// It has fewer or more than three numbers.
    #[error("“{version}” is not a version: it has {numbers}, and a version has three, as in 1.4.0.", numbers = numbers(*count))]
    NotThreeNumbers {
        /// The text.
        version: String,
        /// How many numbers it has.
        count: usize,
    },
    /// A number has a leading zero.
    #[error("“{version}” is not a version: the number “{number}” begins with a zero.")]
    LeadingZero {
        /// The text.
        version: String,
        /// The number.
        number: String,
    },
    /// A number is larger than 64 bits hold.
    #[error("“{version}” is not a version: the number {number} is too large.")]
    TooLarge {
        /// The text.
        version: String,
        /// The number.
        number: String,
    },
    /// One of the first three parts is not a number.
    #[error("“{version}” is not a version: “{part}” is not a number.")]
    NotANumber {
        /// The text.
        version: String,
        /// The part.
        part: String,
    },
    /// What follows `-` or `+` is not a list of identifiers.
    #[error("“{version}” is not a version: after “{sign}” come letters, digits and hyphens, in parts divided by single dots.")]
    BadIdentifier {
        /// The text.
        version: String,
        /// `-` (pre-release) or `+` (build metadata).
        sign: char,
    },
}

fn numbers(n: usize) -> String {
    match n {
        1 => "one number".into(),
        2 => "two numbers".into(),
        n => format!("{n} numbers"),
    }
}

/// Reads a version by the grammar of SemVer 2.0.0: no `v`, no missing numbers, no leading zeros.
///
/// # Errors
/// [`VersionError`] says what is wrong.
pub fn parse_version(text: &str) -> Result<Version, VersionError> {
    let len = text.chars().count();
    if len > MAX_LEN {
        return Err(VersionError::TooLong { len });
    }
    Version::parse(text).map_err(|_| diagnose(text))
}

/// What is wrong with a text that semver refuses. The semver crate's own sentences speak of bytes and components.
fn diagnose(text: &str) -> VersionError {
    let version = || show(text);
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return VersionError::Empty };
    if matches!(first, 'v' | 'V' | '=') && Version::parse(chars.as_str()).is_ok() {
        return VersionError::Prefix { version: version(), prefix: first };
    }
    let (numbers, rest) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
    let parts: Vec<&str> = numbers.split('.').collect();
    if let Some(part) = parts.iter().find(|p| p.is_empty() || !p.bytes().all(|b| b.is_ascii_digit())) {
        return VersionError::NotANumber { version: version(), part: show(part) };
    }
    if parts.len() != 3 {
        return VersionError::NotThreeNumbers { version: version(), count: parts.len() };
    }
    let pre_release = rest.strip_prefix('-').map(|r| r.split('+').next().unwrap_or(r));
    let in_pre_release = pre_release.into_iter().flat_map(|p| p.split('.')).filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
    if let Some(number) = parts.iter().copied().chain(in_pre_release).find(|p| p.len() > 1 && p.starts_with('0')) {
        return VersionError::LeadingZero { version: version(), number: number.into() };
    }
    if let Some(number) = parts.iter().find(|p| p.parse::<u64>().is_err()) {
        return VersionError::TooLarge { version: version(), number: (*number).into() };
    }
    let bad_pre_release = pre_release.is_some_and(|p| semver::Prerelease::new(p).map_or(true, |p| p.is_empty()));
    VersionError::BadIdentifier { version: version(), sign: if bad_pre_release { '-' } else { '+' } }
}

/// Whether two versions are the same release. Build metadata does not count (SemVer 2.0.0 §10), so `1.0.0+a` and `1.0.0+b`
/// cannot both be published.
#[must_use]
pub fn same_version(a: &Version, b: &Version) -> bool {
    a.cmp_precedence(b).is_eq()
}

/// The next free version after one that is taken: the release of a pre-release, else the next patch, and so on until
/// `taken` says no.
#[must_use]
pub fn next_patch(version: &Version, taken: impl Fn(&Version) -> bool) -> Version {
    let patch = if version.pre.is_empty() { version.patch.saturating_add(1) } else { version.patch };
    let mut next = Version::new(version.major, version.minor, patch);
    while taken(&next) && next.patch < u64::MAX {
        next.patch += 1;
    }
    next
}

impl Explain for VersionError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "version_empty",
            Self::TooLong { .. } => "version_too_long",
            Self::Prefix { .. } => "version_prefix",
            Self::NotThreeNumbers { .. } => "version_not_three_numbers",
            Self::LeadingZero { .. } => "version_leading_zero",
            Self::TooLarge { .. } => "version_too_large",
            Self::NotANumber { .. } => "version_not_a_number",
            Self::BadIdentifier { .. } => "version_bad_identifier",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Prefix { version, .. } => format!("Write {}.", version.get(1..).unwrap_or_default()),
            Self::NotThreeNumbers { version, count: count @ 1..=2 } => {
                let (numbers, rest) = version.split_at(version.find(['-', '+']).unwrap_or(version.len()));
                format!("Write {numbers}{}{rest}.", ".0".repeat(3 - count))
            }
            _ => "Write three numbers, as in 1.4.0, or a pre-release, as in 1.4.0-beta.1.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Empty => BTreeMap::new(),
            Self::TooLong { len } => [("len", len.to_string())].into(),
            Self::Prefix { version, prefix } => [("version", version.clone()), ("prefix", prefix.to_string())].into(),
            Self::NotThreeNumbers { version, count } => [("version", version.clone()), ("count", count.to_string())].into(),
            Self::LeadingZero { version, number } | Self::TooLarge { version, number } => {
                [("version", version.clone()), ("number", number.clone())].into()
            }
            Self::NotANumber { version, part } => [("version", version.clone()), ("part", part.clone())].into(),
            Self::BadIdentifier { version, sign } => [("version", version.clone()), ("sign", sign.to_string())].into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let said = |text: &str| {
            let e = parse_version(text).unwrap_err();
            (e.to_string(), e.hint())
        };
        let usual = "Write three numbers, as in 1.4.0, or a pre-release, as in 1.4.0-beta.1.";
        let after = |sign| format!("after “{sign}” come letters, digits and hyphens, in parts divided by single dots.");
        for (text, message, hint) in [
            ("", "A version cannot be empty.".to_owned(), usual),
            ("v1.2.3", "“v1.2.3” is not a version: it begins with “v”.".into(), "Write 1.2.3."),
            ("1.4", "“1.4” is not a version: it has two numbers, and a version has three, as in 1.4.0.".into(), "Write 1.4.0."),
            ("1-rc.1", "“1-rc.1” is not a version: it has one number, and a version has three, as in 1.4.0.".into(), "Write 1.0.0-rc.1."),
            ("1.2.3.4", "“1.2.3.4” is not a version: it has 4 numbers, and a version has three, as in 1.4.0.".into(), usual),
            ("1.02.3", "“1.02.3” is not a version: the number “02” begins with a zero.".into(), usual),
            ("1.0.0-rc.01", "“1.0.0-rc.01” is not a version: the number “01” begins with a zero.".into(), usual),
            ("latest", "“latest” is not a version: “latest” is not a number.".into(), usual),
            ("1.2.x", "“1.2.x” is not a version: “x” is not a number.".into(), usual),
            (" 1.2.3", "“ 1.2.3” is not a version: “ 1” is not a number.".into(), usual),
            ("1..3", "“1..3” is not a version: “” is not a number.".into(), usual),
            ("^1.2.3", "“^1.2.3” is not a version: “^1” is not a number.".into(), usual),
            ("1.2.3-", format!("“1.2.3-” is not a version: {}", after('-')), usual),
            ("1.2.3-a..b", format!("“1.2.3-a..b” is not a version: {}", after('-')), usual),
            ("1.2.3+", format!("“1.2.3+” is not a version: {}", after('+')), usual),
            ("1.2.3-a+b_c", format!("“1.2.3-a+b_c” is not a version: {}", after('+')), usual),
            (
                "1.2.99999999999999999999",
                "“1.2.99999999999999999999” is not a version: the number 99999999999999999999 is too large.".into(),
                usual,
            ),
        ] {
            assert_eq!(said(text), (message, hint.to_owned()));
        }
        assert_eq!(said(&format!("1.0.0-{}", "a".repeat(128))).0, "A version has at most 128 characters; this one has 134.");
        for good in ["0.0.0", "1.2.3", "1.0.0-alpha.1", "1.0.0-0a.x-y", "1.0.0+001", "1.0.0-rc.1+build.5"] {
            assert_eq!(parse_version(good).unwrap().to_string(), good);
        }
    }

    #[test]
    fn build_metadata_does_not_count() {
        let v = |t: &str| parse_version(t).unwrap();
        assert!(same_version(&v("1.0.0+a"), &v("1.0.0+b")));
        assert!(!same_version(&v("1.0.0-a"), &v("1.0.0")));
    }

    #[test]
    fn the_next_free_patch() {
        let v = |t: &str| parse_version(t).unwrap();
        assert_eq!(next_patch(&v("1.2.3"), |_| false), v("1.2.4"));
        assert_eq!(next_patch(&v("1.2.3+x"), |n| *n == v("1.2.4") || *n == v("1.2.5")), v("1.2.6"));
        assert_eq!(next_patch(&v("1.2.3-beta.1"), |_| false), v("1.2.3"));
        assert_eq!(next_patch(&v("1.2.3-beta.1"), |n| *n == v("1.2.3")), v("1.2.4"));
    }
}
