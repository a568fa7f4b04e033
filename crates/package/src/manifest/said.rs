//! What each file says, and one manifest made of it.

use std::collections::BTreeMap;

use super::{ANY_PLATFORM, Fields, Found, Manifest, ManifestError, agree, npm, obsidian, pipe, vsix};
use crate::{PluginId, Problem, Version};

/// For what a plugin was written, as its manifests show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ecosystem {
    /// It has a `patchbay.json`.
    Patchbay,
    /// npm: ESLint plugins and the like.
    Npm,
    /// VS Code: `engines.vscode`.
    VsCode,
    /// Homebridge: `engines.homebridge` or its keyword.
    Homebridge,
    /// Node-RED: a `node-red` field.
    NodeRed,
    /// Obsidian: a `manifest.json` with a `minAppVersion`.
    Obsidian,
    /// Screenpipe: a `pipe.json`, a `pipe.md` or its library.
    Screenpipe,
}

impl Ecosystem {
    /// The name that scripts and translations know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patchbay => "patchbay",
            Self::Npm => "npm",
            Self::VsCode => "vscode",
            Self::Homebridge => "homebridge",
            Self::NodeRed => "node-red",
            Self::Obsidian => "obsidian",
            Self::Screenpipe => "screenpipe",
        }
    }
}

/// Where a field of the manifest came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The field, by its name in a `patchbay.json`; of a host `hosts.<name>`.
    pub field: String,
    /// The file, as a path in the folder.
    pub file: String,
    /// The field there, as in `engines.vscode`; none when the file was found by its name.
    pub key: Option<String>,
}

/// What one file says. It is not a manifest yet: much may be missing, because another file has it.
pub(super) struct Said {
    pub(super) file: &'static str,
    pub(super) ecosystem: Ecosystem,
    /// What stands there as id: wrong ids count only when no better file has one.
    pub(super) id: Option<Result<PluginId, ManifestError>>,
    pub(super) version: Option<Result<Version, ManifestError>>,
    /// How the file calls what an id is made of.
    pub(super) id_key: &'static str,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) author: Option<String>,
    pub(super) license: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) keywords: Vec<String>,
    pub(super) icon: Option<String>,
    pub(super) main: Option<String>,
    pub(super) hosts: BTreeMap<String, String>,
    pub(super) executables: Vec<String>,
    pub(super) permissions: Vec<String>,
    pub(super) platform: Option<String>,
    /// Our field → theirs, where the names differ.
    pub(super) keys: BTreeMap<String, String>,
    pub(super) problems: Vec<Problem>,
}

impl Said {
    pub(super) fn nothing(file: &'static str, ecosystem: Ecosystem) -> Self {
        Self {
            file,
            ecosystem,
            id: None,
            version: None,
            id_key: "id",
            name: None,
            description: None,
            author: None,
            license: None,
            homepage: None,
            repository: None,
            categories: Vec::new(),
            keywords: Vec::new(),
            icon: None,
            main: None,
            hosts: BTreeMap::new(),
            executables: Vec::new(),
            permissions: Vec::new(),
            platform: None,
            keys: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Remembers how the file calls a field of ours.
    pub(super) fn key(&mut self, ours: &str, theirs: &str) {
        self.keys.insert(ours.to_owned(), theirs.to_owned());
    }

    /// A range of a host, which their field gives.
    pub(super) fn host(&mut self, host: &str, range: String, theirs: &str) {
        if let std::collections::btree_map::Entry::Vacant(place) = self.hosts.entry(host.to_owned()) {
            place.insert(range);
            self.keys.insert(format!("hosts.{host}"), theirs.to_owned());
        }
    }
}

type Texts = BTreeMap<&'static str, String>;

/// What every file says, in the order of [`super::FILES`].
pub(super) fn all(texts: &Texts, folder: Option<&str>) -> Result<Vec<Said>, ManifestError> {
    let mut said = Vec::new();
    if let Some(text) = texts.get(super::OBSIDIAN) {
        said.extend(obsidian::read(text, texts.get(super::OBSIDIAN_VERSIONS))?);
    }
    if let Some(text) = texts.get(super::PIPE_MD) {
        said.push(pipe::read_md(text)?);
    }
    if let Some(text) = texts.get(super::PIPE_JSON) {
        said.push(pipe::read_json(text)?);
    }
    if let Some(text) = texts.get(super::NPM) {
        let mut fields = Fields::parse(super::NPM, text)?;
        let mut package = npm::read(&mut fields, texts.get(super::VSCODE_TEXTS));
        package.problems.extend(fields.into_warnings());
        if let Some(text) = texts.get(super::VSIX) {
            vsix::add(&mut package, text);
        }
        said.push(package);
    }
    if said.iter().all(|s| s.id.is_none())
        && let Some(first) = said.first_mut().filter(|s| s.ecosystem == Ecosystem::Screenpipe)
        && let Some(Ok(id)) = folder.map(str::parse)
    {
        // As Screenpipe does: it names a pipe after its folder.
        first.id = Some(Ok(id));
        first.key("id", "(folder)");
    }
    Ok(said)
}

/// What the other files say, for a comparison: one that cannot be read says nothing.
pub(super) fn others(texts: &Texts, but: &str) -> Vec<Said> {
    let one = |file: &'static str| {
        let mut alone: Texts = texts.iter().filter(|(name, _)| super::BESIDE.contains(name)).map(|(n, t)| (*n, t.clone())).collect();
        alone.insert(file, texts.get(file)?.clone());
        all(&alone, None).ok()
    };
    super::FILES.into_iter().filter(|file| *file != but).filter_map(one).flatten().collect()
}

/// One manifest: of each field the first that has it. A host's range too.
pub(super) fn merge(said: Vec<Said>) -> Result<Found, ManifestError> {
    let Some(first) = said.first() else { return Err(ManifestError::Missing { folder: String::new() }) };
    let (source, id_key) = (first.file, first.id_key);
    // A package.json beside a pipe.json is a pipe's.
    let ecosystem = first.ecosystem;
    let mut merged = Merging { origins: Vec::new(), said };
    let id = merged.first("id", |s| s.id.take()).transpose()?;
    let version = merged.first("version", |s| s.version.take()).transpose()?;
    // Compared before anything is asked for: a missing field is said with the file that should have it.
    let id = id.ok_or(ManifestError::MissingField { file: source, field: id_key })?;
    let version = version.ok_or(ManifestError::MissingField { file: source, field: "version" })?;
    let name = merged.first("name", |s| s.name.take());
    let description = merged.first("description", |s| s.description.take());
    let author = merged.first("author", |s| s.author.take());
    let license = merged.first("license", |s| s.license.take());
    let homepage = merged.first("homepage", |s| s.homepage.take());
    let repository = merged.first("repository", |s| s.repository.take());
    let categories = merged.first("categories", |s| some(&mut s.categories));
    let keywords = merged.first("keywords", |s| some(&mut s.keywords));
    let icon = merged.first("icon", |s| s.icon.take());
    let main = merged.first("main", |s| s.main.take());
    let hosts = merged.hosts();
    let executables = merged.first("executables", |s| some(&mut s.executables));
    let permissions = merged.first("permissions", |s| some(&mut s.permissions));
    let platform = merged.first("platform", |s| s.platform.take());
    let Merging { origins, mut said } = merged;
    let mut problems: Vec<Problem> = said.iter_mut().flat_map(|s| std::mem::take(&mut s.problems)).collect();
    let manifest = Manifest {
        name: name.unwrap_or_else(|| id.as_str().to_owned()),
        id,
        version,
        description: description.unwrap_or_default(),
        author: author.unwrap_or_default(),
        license,
        homepage,
        repository,
        categories: categories.unwrap_or_default(),
        keywords: keywords.unwrap_or_default(),
        icon,
        readme: None,
        changelog: None,
        main,
        hosts,
        executables: executables.unwrap_or_default(),
        permissions: permissions.unwrap_or_default(),
        platform: platform.unwrap_or_else(|| ANY_PLATFORM.into()),
    };
    problems.extend(agree::compare(&from(&origins, "id", source), &manifest, &said));
    Ok(Found { manifest, source, ecosystem, origins, problems })
}

/// The file that a field came from.
fn from(origins: &[Origin], field: &str, otherwise: &str) -> String {
    origins.iter().find(|o| o.field == field).map_or_else(|| otherwise.to_owned(), |o| o.file.clone())
}

fn some<T>(list: &mut Vec<T>) -> Option<Vec<T>> {
    Some(std::mem::take(list)).filter(|l| !l.is_empty())
}

struct Merging {
    origins: Vec<Origin>,
    said: Vec<Said>,
}

impl Merging {
    fn first<T>(&mut self, field: &str, take: impl Fn(&mut Said) -> Option<T>) -> Option<T> {
        let (said, value) = self.said.iter_mut().find_map(|s| take(s).map(|value| (s, value)))?;
        let key = said.keys.get(field).map_or(field, String::as_str).to_owned();
        self.origins.push(Origin { field: field.into(), file: said.file.into(), key: Some(key) });
        Some(value)
    }

    fn hosts(&mut self) -> BTreeMap<String, String> {
        let mut hosts = BTreeMap::new();
        for said in &self.said {
            for (host, range) in &said.hosts {
                if !hosts.contains_key(host) {
                    let field = format!("hosts.{host}");
                    let key = said.keys.get(&field).cloned().or_else(|| Some(field.clone()));
                    self.origins.push(Origin { field, file: said.file.into(), key });
                    hosts.insert(host.clone(), range.clone());
                }
            }
        }
        hosts
    }
}
