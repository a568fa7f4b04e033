//! What a plugin says about itself: `patchbay.json`, or the `package.json` that it has anyway.

mod discover;
mod error;
mod fields;
mod npm;
mod patchbay;
mod text;

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

pub use error::ManifestError;

use crate::{PluginId, Problem, Version};
use fields::Fields;

/// The manifest files, in the order in which they are looked for. They always go into the package.
pub const FILES: [&str; 2] = [PATCHBAY, NPM];
const PATCHBAY: &str = "patchbay.json";
const NPM: &str = "package.json";

/// The platform of a package that runs anywhere.
pub const ANY_PLATFORM: &str = "any";

/// The largest manifest, in bytes.
pub const MAX_SIZE: u64 = 1 << 20;

/// What a plugin says about itself. Paths are relative to the folder, with forward slashes, in NFC, and obey
/// [`crate::check_path`]; whether the files exist is for [`crate::lint()`] to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The id.
    pub id: PluginId,
    /// The version.
    pub version: Version,
    /// The name people read.
    pub name: String,
    /// One sentence; empty when there is none.
    pub description: String,
    /// Who made it; empty when it is not said.
    pub author: String,
    /// The licence, usually an SPDX expression.
    pub license: Option<String>,
    /// An http or https URL.
    pub homepage: Option<String>,
    /// Where the source is: an http or https URL.
    pub repository: Option<String>,
    /// Categories, as the author named them.
    pub categories: Vec<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// The icon file.
    pub icon: Option<String>,
    /// The README file.
    pub readme: Option<String>,
    /// The changelog file.
    pub changelog: Option<String>,
    /// The file that the host loads, as the host resolves it: its extension may be missing.
    pub main: Option<String>,
    /// Hosts and the ranges of their versions that the plugin works with, in the host's own range language.
    pub hosts: BTreeMap<String, String>,
    /// The files that get the mode 0755.
    pub executables: Vec<String>,
    /// What it runs on: `any`, or a system and a processor like `linux-x64`.
    pub platform: String,
}

/// A manifest, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub manifest: Manifest,
    /// The name of the file: one of [`FILES`].
    pub source: &'static str,
    /// What was passed over: fields that mean nothing here, or whose values do not.
    pub warnings: Vec<Problem>,
}

impl Manifest {
    /// Reads the manifest of a folder: `patchbay.json`, or where there is none, `package.json`. README, changelog and icon
    /// are looked for by their usual names when the manifest does not name them.
    ///
    /// # Errors
    /// [`ManifestError`], whose sentence names the file and what is wrong in it.
    pub fn read(folder: &Path) -> Result<Found, ManifestError> {
        let at = || folder.display().to_string();
        match fs::metadata(folder) {
            Ok(m) if m.is_dir() => {}
            Ok(_) => return Err(ManifestError::NotAFolder { path: at() }),
            Err(source) => return Err(ManifestError::Folder { path: at(), source }),
        }
        for file in FILES {
            if let Some(text) = read_text(folder, file)? {
                let mut found = Self::parse(file, &text)?;
                discover::fill(&mut found.manifest, folder)?;
                return Ok(found);
            }
        }
        Err(ManifestError::Missing { folder: at() })
    }

    /// Reads a manifest from its text. `file` is one of [`FILES`] and says in which language it is written.
    ///
    /// # Errors
    /// [`ManifestError`], whose sentence names the file and what is wrong in it.
    pub fn parse(file: &'static str, text: &str) -> Result<Found, ManifestError> {
        let mut fields = Fields::parse(file, text)?;
        let manifest = if file == NPM { npm::read(&mut fields)? } else { patchbay::read(&mut fields)? };
        Ok(Found { manifest, source: file, warnings: fields.into_warnings() })
    }
}

/// The text of a file in the folder; none when there is no such file.
fn read_text(folder: &Path, file: &'static str) -> Result<Option<String>, ManifestError> {
    let path = folder.join(file);
    let unreadable = |source| ManifestError::Unreadable { file, source };
    // Asked before it is opened: opening a pipe waits for ever.
    match fs::metadata(&path) {
        Ok(m) if m.is_file() => {}
        Ok(_) => return Err(ManifestError::NotAFile { file }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(e)),
    }
    let mut bytes = Vec::new();
    fs::File::open(&path).map_err(unreadable)?.take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(ManifestError::TooLarge { file });
    }
    String::from_utf8(bytes).map(Some).map_err(|e| ManifestError::NotUtf8 { file, offset: e.utf8_error().valid_up_to() })
}
