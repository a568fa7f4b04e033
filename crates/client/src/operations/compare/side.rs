//! One side of a comparison: a release in the registry, or a folder.

use std::{collections::BTreeMap, fs::File, io::Read as _, path::Path, sync::Arc};

use patchbay_package::{
    Digest, FileList, Hasher, Mode, Version,
    diff::{FileState, MANIFESTS, MAX_MANIFEST},
};
use patchbay_registry::{
    ReadError,
    format::{document::Document, release::Artifact},
};

use super::super::{
    folder::{Folder, joined},
    released,
};
use crate::{
    files::FileError,
    session::Session,
    wire::{DiffSide, WireError},
};

/// One side of a comparison.
pub(super) struct Side<'a> {
    version: Version,
    platform: String,
    files: Vec<FileState>,
    from: From<'a>,
    /// Manifests that were read already.
    manifests: BTreeMap<String, Vec<u8>>,
}

enum From<'a> {
    Release { session: &'a Session, document: &'a Document, artifact: &'a Artifact, list: Arc<FileList> },
    Folder { path: String, folder: Box<Folder> },
}

impl<'a> Side<'a> {
    /// A release, by its version or a channel.
    pub async fn of_release(session: &'a Session, document: &'a Document, wanted: &str, platform: Option<&str>) -> Result<Self, WireError> {
        let id = &document.header.id;
        let release = released::release(document, Some(wanted))?;
        let artifact = released::artifact(id, release, platform)?;
        let list = released::list(session, id, release, artifact).await?;
        Ok(Self {
            version: release.version.clone(),
            platform: artifact.platform.clone(),
            files: list.files.iter().map(Into::into).collect(),
            from: From::Release { session, document, artifact, list },
            manifests: BTreeMap::new(),
        })
    }

    /// A folder, whose files are digested for it.
    pub async fn of_folder(path: &str, folder: Folder) -> Result<Side<'static>, WireError> {
        let path = path.to_owned();
        joined(
            tokio::task::spawn_blocking(move || {
                let mut files = Vec::new();
                for file in &folder.contents.files {
                    let at = folder.path.join(&file.on_disk);
                    let (size, sha256) = digest(&at).map_err(|source| FileError::Read { path: at, source })?;
                    let mode = if folder.manifest.executables.contains(&file.path) { Mode::Executable } else { Mode::Plain };
                    files.push(FileState { path: file.path.clone(), size, sha256, mode });
                }
                Ok(Side {
                    version: folder.manifest.version.clone(),
                    platform: folder.manifest.platform.clone(),
                    files,
                    from: From::Folder { path, folder: Box::new(folder) },
                    manifests: BTreeMap::new(),
                })
            })
            .await,
        )?
    }

    pub fn version(&self) -> &Version {
        &self.version
    }

    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The plugin's id.
    pub fn id(&self) -> String {
        match &self.from {
            From::Release { document, .. } => document.header.id.to_string(),
            From::Folder { folder, .. } => folder.manifest.id.to_string(),
        }
    }

    pub fn states(&self) -> Vec<FileState> {
        self.files.clone()
    }

    /// As it is told.
    pub fn view(&self) -> DiffSide {
        let path = match &self.from {
            From::Release { .. } => None,
            From::Folder { path, .. } => Some(path.clone()),
        };
        DiffSide {
            version: self.version.to_string(),
            path,
            platform: self.platform.clone(),
            files: u32::try_from(self.files.len()).unwrap_or(u32::MAX),
            unpacked_size: self.files.iter().fold(0, |sum, file| sum.saturating_add(file.size)),
        }
    }

    /// Reads the manifests, and keeps them.
    pub async fn read_manifests(&mut self) -> Result<Vec<(&str, &[u8])>, WireError> {
        let there: Vec<String> = self
            .files
            .iter()
            .filter(|file| MANIFESTS.contains(&file.path.as_str()) && file.size <= MAX_MANIFEST)
            .map(|file| file.path.clone())
            .collect();
        for path in there {
            let bytes = self.bytes(&path, MAX_MANIFEST).await?;
            self.manifests.insert(path, bytes);
        }
        Ok(self.manifests.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect())
    }

    /// The bytes of a file of at most `limit` bytes.
    pub async fn bytes(&self, path: &str, limit: u64) -> Result<Vec<u8>, WireError> {
        if let Some(known) = self.manifests.get(path) {
            return Ok(known.clone());
        }
        match &self.from {
            From::Release { session, document, artifact, list } => {
                let id = &document.header.id;
                let altered = || ReadError::AlteredFile { plugin: id.clone(), version: self.version.clone(), path: path.to_owned() };
                let file = list.file(path).ok_or_else(altered)?;
                Ok(session.registry.file(id, &self.version, artifact, file, limit).await?)
            }
            From::Folder { folder, .. } => {
                let Some(file) = folder.contents.file(path) else { return Ok(Vec::new()) };
                let at = folder.path.join(&file.on_disk);
                joined(
                    tokio::task::spawn_blocking(move || Ok(read(&at, limit).map_err(|source| FileError::Read { path: at, source })?)).await,
                )?
            }
        }
    }
}

fn digest(path: &Path) -> std::io::Result<(u64, Digest)> {
    let (mut file, mut hasher, mut size) = (File::open(path)?, Hasher::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, hasher.finish()));
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
}

/// What a file holds up to a limit: it may have grown since it was looked at.
fn read(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
