//! Plugins as an author has them on disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

/// A plugin's folder, before it is written.
#[derive(Clone, Debug)]
pub struct PluginFolder {
    manifest: Value,
    files: Vec<(String, Vec<u8>)>,
}

impl PluginFolder {
    /// The least that can be published: a manifest with an id and a version, and one file.
    #[must_use]
    pub fn new(id: &str, version: &str) -> Self {
        let manifest = json!({ "id": id, "version": version, "name": id, "description": "Counts." });
        Self { manifest, files: Vec::new() }.file("main.js", format!("// {id} {version}\n"))
    }

    /// With this field of the manifest.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.manifest[field] = value.into();
        self
    }

    /// With this file, in place of any of the same path.
    #[must_use]
    pub fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.retain(|(there, _)| there != path);
        self.files.push((path.into(), bytes.into()));
        self
    }

    /// Writes it below a folder, under a name of its own, and says where.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn write(&self, below: &Path) -> PathBuf {
        let text = |field: &str| self.manifest[field].as_str().unwrap_or("none").to_owned();
        let folder = below.join(format!("{}-{}", text("id"), text("version")));
        let manifest = ("patchbay.json".to_owned(), self.manifest.to_string().into_bytes());
        for (path, bytes) in self.files.iter().chain([&manifest]) {
            let path = folder.join(path);
            let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
            written.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
        folder
    }
}
