//! A `patchbay.json` made of what is there: other programs' manifests, and the usual files.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use crate::{Explain, Manifest, ManifestError, Origin, PluginId, manifest};

/// A manifest to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Init {
    /// The text of the `patchbay.json`.
    pub text: String,
    /// Which field came from where; those that were made up are left out.
    pub origins: Vec<Origin>,
}

/// Why no manifest is made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is one.
    #[error("The folder has a patchbay.json already; it stays as it is.")]
    Exists,
    /// The manifest that is there cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It cannot be written.
    #[error("patchbay.json cannot be written: {}.", crate::io_words::words(source))]
    Write {
        /// What the system said.
        source: std::io::Error,
    },
}

impl Explain for InitError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Exists => "init_exists",
            Self::Manifest(e) => e.kind(),
            Self::Write { .. } => "init_not_written",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Exists => "Edit it, or see what it comes to with `patchbay pack --dry-run`.".into(),
            Self::Manifest(e) => e.hint(),
            Self::Write { .. } => "Check that you may write there.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Exists => BTreeMap::new(),
            Self::Manifest(e) => e.data(),
            Self::Write { source } => [("reason", crate::io_words::words(source))].into(),
        }
    }
}

/// What would be written. Nothing is.
///
/// # Errors
/// [`InitError`].
pub fn plan(folder: &Path) -> Result<Init, InitError> {
    if fs::symlink_metadata(folder.join("patchbay.json")).is_ok() {
        return Err(InitError::Exists);
    }
    match Manifest::read(folder) {
        Ok(found) => Ok(Init { text: text(&found.manifest), origins: found.origins }),
        Err(ManifestError::Missing { .. }) => Ok(of_files(folder)),
        Err(e) => Err(e.into()),
    }
}

/// Writes it, never over one that is there.
///
/// # Errors
/// [`InitError`].
pub fn write(folder: &Path, init: &Init) -> Result<(), InitError> {
    use std::io::Write as _;
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => InitError::Exists,
        _ => InitError::Write { source },
    };
    let mut file = fs::File::create_new(folder.join("patchbay.json")).map_err(failed)?;
    file.write_all(init.text.as_bytes()).map_err(failed)
}

/// A folder without any manifest: its own name, and a version to begin with.
fn of_files(folder: &Path) -> Init {
    let name = folder.canonicalize().ok().and_then(|f| f.file_name().map(|n| n.to_string_lossy().into_owned())).unwrap_or_default();
    let main = ["index.js", "main.js", "dist/index.js", "dist/main.js"].into_iter().find(|main| folder.join(main).is_file());
    let mut text = format!("{{\n  \"id\": {},\n  \"version\": \"0.1.0\",\n  \"name\": {}", json!(id(&name)), json!(name));
    if let Some(main) = main {
        text.push_str(&format!(",\n  \"main\": {}", json!(main)));
    }
    text.push_str("\n}\n");
    let origins = main.map(|main| Origin { field: "main".into(), file: main.into(), key: None }).into_iter().collect();
    Init { text, origins }
}

/// An id made of a folder's name.
fn id(name: &str) -> String {
    let kept: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let id: String = kept.split_whitespace().collect::<Vec<_>>().join("-").chars().take(64).collect();
    id.trim_end_matches('-').parse::<PluginId>().map_or_else(|_| "my-plugin".into(), |id| id.to_string())
}

/// The manifest as a person would write it: fields in the order of the documentation, nothing that is empty.
fn text(m: &Manifest) -> String {
    let platform = (m.platform != manifest::ANY_PLATFORM).then_some(&m.platform);
    let fields: [(&str, Value); 17] = [
        ("id", json!(m.id)),
        ("version", json!(m.version)),
        ("name", json!(m.name)),
        ("description", json!(m.description)),
        ("author", json!(m.author)),
        ("license", json!(m.license)),
        ("homepage", json!(m.homepage)),
        ("repository", json!(m.repository)),
        ("categories", json!(m.categories)),
        ("keywords", json!(m.keywords)),
        ("icon", json!(m.icon)),
        ("readme", json!(m.readme)),
        ("changelog", json!(m.changelog)),
        ("main", json!(m.main)),
        ("hosts", json!(m.hosts)),
        ("executables", json!(m.executables)),
        ("permissions", json!(m.permissions)),
    ];
    let fields = fields.into_iter().chain([("platform", json!(platform))]);
    let said = fields.filter(|(_, v)| match v {
        Value::Null => false,
        Value::String(s) => !s.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    });
    let line = |(field, value): (&str, Value)| {
        let pretty = serde_json::to_string_pretty(&value).unwrap_or_default().replace('\n', "\n  ");
        format!("  \"{field}\": {pretty}")
    };
    format!("{{\n{}\n}}\n", said.map(line).collect::<Vec<_>>().join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Found;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        dir
    }

    #[test]
    fn what_was_read_is_what_is_written() {
        let package = r#"{"name":"@acme/homebridge-hue","displayName":"Hue “plus”","version":"1.2.3-beta.1","author":"Ada","license":"MIT",
            "repository":"acme/hue","keywords":["homebridge-plugin","hue"],"engines":{"homebridge":"^1.6.0","node":">=18"},
            "main":"dist/index.js","bin":{"hue":"bin/hue.js"},"description":"Lights."}"#;
        let dir = folder(&[("package.json", package), ("README.md", ""), ("icon.png", "")]);
        let before = Manifest::read(dir.path()).unwrap();
        let init = plan(dir.path()).unwrap();
        assert!(
            init.text.starts_with("{\n  \"id\": \"acme.homebridge-hue\",\n  \"version\": \"1.2.3-beta.1\",\n  \"name\": \"Hue “plus”\",\n")
        );
        assert!(init.text.ends_with("\"executables\": [\n    \"bin/hue.js\"\n  ]\n}\n"), "{}", init.text);
        assert!(!dir.path().join("patchbay.json").exists(), "a plan writes nothing");
        write(dir.path(), &init).unwrap();
        let Found { manifest, source, problems, .. } = Manifest::read(dir.path()).unwrap();
        assert_eq!((manifest, source, problems), (before.manifest, "patchbay.json", vec![]));
        assert_eq!(plan(dir.path()).unwrap_err().to_string(), "The folder has a patchbay.json already; it stays as it is.");
        assert!(matches!(write(dir.path(), &init), Err(InitError::Exists)));
    }

    #[test]
    fn a_folder_without_any_manifest() {
        let dir = folder(&[("main.js", "")]);
        let plugin = dir.path().join("My Plugin (2)");
        fs::create_dir(&plugin).unwrap();
        assert_eq!(
            plan(&plugin).unwrap().text,
            "{\n  \"id\": \"my-plugin-2\",\n  \"version\": \"0.1.0\",\n  \"name\": \"My Plugin (2)\"\n}\n"
        );
        assert!(plan(dir.path()).unwrap().text.contains("\"main\": \"main.js\""));
        assert_eq!(id("天气"), "my-plugin");
        let broken = folder(&[("package.json", "{")]);
        assert_eq!(plan(broken.path()).unwrap_err().kind(), "manifest_syntax");
    }
}
