//! The strict door: what is installed comes through here and nowhere else.
//!
//! Only the one form of docs/format.md passes, so there is nothing that two programs could read differently. Every header is
//! compared with the one that the writer would have written, every byte is accounted for, and every content is inflated,
//! counted and digested. Only how well it is compressed may differ.

mod contents;
mod directory;

use std::ops::ControlFlow;

use crate::{ArchiveError, Digest, FileList, Flaw, Limits, ReadAt};

pub(crate) use contents::read;
pub(crate) use directory::{Listed, list};

/// A package that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The digest of the package.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Its files.
    pub list: FileList,
}

/// What is known of a package before it is read. Anything else is refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The digest of the package.
    pub sha256: Option<Digest>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Its files.
    pub list: Option<&'a FileList>,
}

impl Expected<'_> {
    pub(crate) fn check(&self, accepted: &Accepted) -> Result<(), Flaw> {
        self.check_size(accepted.size)?;
        if self.sha256.is_some_and(|sha256| sha256 != accepted.sha256) {
            return Err(Flaw::NotExpected { about: "digest" });
        }
        if self.list.is_some_and(|list| *list != accepted.list) {
            return Err(Flaw::NotExpected { about: "file list" });
        }
        Ok(())
    }

    pub(crate) fn check_size(&self, size: u64) -> Result<(), Flaw> {
        if self.size.is_some_and(|expected| expected != size) { Err(Flaw::NotExpected { about: "size" }) } else { Ok(()) }
    }
}

/// Checks a whole package. `progress` is told how many bytes of its files are done, and cancels by breaking.
///
/// # Errors
/// [`ArchiveError`]; when it is [`ArchiveError::Refused`], it says what is refused and why.
pub fn accept(
    package: &(impl ReadAt + ?Sized),
    expected: &Expected<'_>,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Accepted, ArchiveError> {
    let listed = list(package, expected, limits)?;
    let accepted = read(package, &listed, &|_| Ok(None), progress)?;
    expected.check(&accepted)?;
    Ok(accepted)
}
