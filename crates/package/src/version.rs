//! Versions: SemVer 2.0.0, strictly.

pub use semver::Version;

/// Text that is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{text}\u{201d} is not a version: {reason}.")]
pub struct VersionError {
    /// What was given.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl VersionError {
    /// What to do next.
    pub const HINT: &'static str = "Write it as MAJOR.MINOR.PATCH, like 1.2.0, or 1.2.0-beta.1 for a pre-release.";
}

/// Parses a version.
///
/// # Errors
/// [`VersionError`] says what is wrong.
pub fn parse_version(text: &str) -> Result<Version, VersionError> {
    Version::parse(text).map_err(|e| VersionError { text: text.to_owned(), reason: e.to_string() })
}

/// Whether two versions are the same, build metadata aside (SemVer 2.0.0 §10).
#[must_use]
pub fn same_version(a: &Version, b: &Version) -> bool {
    a.cmp_precedence(b).is_eq()
}

/// The next patch version that is not taken.
pub fn next_patch(after: &Version, taken: impl Fn(&Version) -> bool) -> Version {
    let mut next = Version::new(after.major, after.minor, after.patch + u64::from(after.pre.is_empty()));
    while taken(&next) {
        next.patch += 1;
    }
    next
}
