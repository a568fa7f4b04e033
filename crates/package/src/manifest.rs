//! What a plugin says about itself: `patchbay.json`, or the manifests that it has anyway for another program.

mod agree;
mod discover;
mod error;
mod fields;
mod front_matter;
mod npm;
mod npm_hosts;
mod obsidian;
mod patchbay;
mod pipe;
mod said;
mod text;
mod vsix;

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

pub use error::ManifestError;
pub use said::{Ecosystem, Origin};

use crate::{Contents, PluginId, Problem, Version};
use fields::Fields;

/// The manifest files, in the order of what they count: of each field the first that has it is believed. They always go into
/// the package. `manifest.json` is one only when it is an Obsidian plugin's.
pub const FILES: [&str; 5] = [PATCHBAY, OBSIDIAN, PIPE_MD, PIPE_JSON, NPM];
const PATCHBAY: &str = "patchbay.json";
const OBSIDIAN: &str = "manifest.json";
const PIPE_MD: &str = "pipe.md";
const PIPE_JSON: &str = "pipe.json";
const NPM: &str = "package.json";

/// Files that are read beside the manifests: the app versions of an Obsidian plugin's releases, the texts that stand for
/// `%placeholders%` of a VS Code extension, and what a `.vsix` says about itself.
pub(crate) const BESIDE: [&str; 3] = [OBSIDIAN_VERSIONS, VSCODE_TEXTS, VSIX];
const OBSIDIAN_VERSIONS: &str = "versions.json";
const VSCODE_TEXTS: &str = "package.nls.json";
/// What a `.vsix` says about itself.
pub(crate) const VSIX: &str = "extension.vsixmanifest";

/// The platform of a package that runs anywhere.
pub const ANY_PLATFORM: &str = "any";

/// Whether a text names a platform: `any`, `web`, or a system and a processor like `linux-x64`.
#[must_use]
pub fn is_platform(text: &str) -> bool {
    let word = |w: &str| !w.is_empty() && w.len() <= 16 && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    matches!(text, ANY_PLATFORM | "web") || text.split_once('-').is_some_and(|(system, processor)| word(system) && word(processor))
}

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
    /// What it asks to be allowed, in the host's own words.
    pub permissions: Vec<String>,
    /// What it runs on: `any`, `web`, or a system and a processor like `linux-x64`.
    pub platform: String,
}

/// A manifest, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub manifest: Manifest,
    /// The name of the file that counts most: one of [`FILES`].
    pub source: &'static str,
    /// For what it was written.
    pub ecosystem: Ecosystem,
    /// Which field came from where, in the order of the fields; those of a `patchbay.json` came from itself and are left out.
    pub origins: Vec<Origin>,
    /// What was passed over, and in what the manifests of the folder disagree.
    pub problems: Vec<Problem>,
}

impl Found {
    /// Forgets README, changelog and icon that were only found by their names and do not go in: nobody named them.
    pub fn settle(&mut self, contents: &Contents) {
        let fields =
            [("readme", &mut self.manifest.readme), ("changelog", &mut self.manifest.changelog), ("icon", &mut self.manifest.icon)];
        for (field, place) in fields {
            let by_name = |o: &Origin| o.field == field && o.key.is_none();
            if place.as_ref().is_some_and(|path| contents.file(path).is_none()) && self.origins.iter().any(by_name) {
                *place = None;
                self.origins.retain(|o| !by_name(o));
            }
        }
    }
}

impl Manifest {
    /// Reads the manifest of a folder: `patchbay.json`, or where there is none, those of other programs together. README,
    /// changelog and icon are looked for by their usual names when no manifest names them.
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
        let mut texts = BTreeMap::new();
        for file in FILES {
            if let Some(text) = read_text(folder, file)? {
                texts.insert(file, text);
            }
        }
        for file in BESIDE {
            // These only add to a manifest: what cannot be read adds nothing.
            if let Ok(Some(text)) = read_text(folder, file) {
                texts.insert(file, text);
            }
        }
        let name = folder.file_name().and_then(|n| n.to_str());
        let mut found = Self::of(&texts, name).map_err(|e| match e {
            ManifestError::Missing { .. } => ManifestError::Missing { folder: at() },
            other => other,
        })?;
        discover::fill(&mut found, folder)?;
        Ok(found)
    }

    /// Reads the manifest from the texts of its files: those of [`FILES`] that there are. `folder` is the folder's name, after
    /// which Screenpipe calls a pipe that does not name itself.
    ///
    /// # Errors
    /// [`ManifestError`], whose sentence names the file and what is wrong in it.
    pub fn of(texts: &BTreeMap<&'static str, String>, folder: Option<&str>) -> Result<Found, ManifestError> {
        if let Some(text) = texts.get(PATCHBAY) {
            let mut fields = Fields::parse(PATCHBAY, text)?;
            let manifest = patchbay::read(&mut fields)?;
            let mut problems = fields.into_warnings();
            problems.extend(agree::compare(PATCHBAY, &manifest, &said::others(texts, PATCHBAY)));
            return Ok(Found { manifest, source: PATCHBAY, ecosystem: Ecosystem::Patchbay, origins: Vec::new(), problems });
        }
        said::merge(said::all(texts, folder)?)
    }

    /// Reads a manifest from the text of one file. `file` is one of [`FILES`] and says in which language it is written.
    ///
    /// # Errors
    /// [`ManifestError`], whose sentence names the file and what is wrong in it.
    pub fn parse(file: &'static str, text: &str) -> Result<Found, ManifestError> {
        Self::of(&[(file, text.to_owned())].into(), None)
    }
}

/// A text in the front matter of a Markdown file.
pub(crate) fn front_matter_field(text: &str, field: &str) -> Option<String> {
    front_matter::read(text).ok()?.get(field)?.as_str().map(Into::into)
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
