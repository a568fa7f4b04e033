//! A plugin's folder on its way to a release: read, packed, and described.

use std::{collections::BTreeMap, ops::ControlFlow, path::PathBuf};

use patchbay_package::{Contents, Digest, Limits, Manifest, Packed, PluginId, lint, pack, scan};
use patchbay_registry::{
    Asset, ChangeError,
    format::{
        document::Card,
        release::{Artifact, Release},
    },
};
use serde_json::Map;
use tempfile::{NamedTempFile, TempDir};
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    error::explained,
    files::FileError,
    jobs::Reporter,
    sentence::sentence,
    view,
    wire::{Code, ProblemView, WireError},
};

/// The largest icon.
const MAX_ICON: usize = 256 * 1024;

/// A folder that was read.
pub(super) struct Folder {
    pub path: PathBuf,
    pub manifest: Manifest,
    pub source: &'static str,
    pub contents: Contents,
    pub problems: Vec<ProblemView>,
}

/// A folder that was packed, with what is uploaded beside the package.
pub(super) struct Ready {
    pub id: PluginId,
    pub file: NamedTempFile,
    pub packed: Packed,
    pub assets: Vec<Asset>,
    pub card: Card,
    pub release: Release,
}

impl App {
    /// A temporary file that is removed when it is dropped.
    pub(super) fn temporary(&self) -> Result<NamedTempFile, WireError> {
        let folder = self.home().temporary();
        crate::home::make(&folder)?;
        Ok(NamedTempFile::new_in(&folder).map_err(|source| FileError::Write { path: folder, source })?)
    }

    /// A temporary folder that is removed when it is dropped.
    pub(crate) fn temporary_folder(&self) -> Result<TempDir, WireError> {
        let folder = self.home().temporary();
        crate::home::make(&folder)?;
        Ok(TempDir::new_in(&folder).map_err(|source| FileError::Write { path: folder, source })?)
    }

    pub(super) async fn pack(
        &self,
        folder: Folder,
        notes: Option<String>,
        reporter: &dyn Reporter,
        cancel: &CancellationToken,
    ) -> Result<Ready, WireError> {
        let mut file = self.temporary()?;
        let (sender, mut progress) = tokio::sync::mpsc::unbounded_channel();
        let token = cancel.clone();
        let scratch = self.home().temporary();
        let work = tokio::task::spawn_blocking(move || {
            let mut told = 0;
            let mut on_bytes = |read: u64| {
                // The receiver ends with this task.
                let _ = sender.send(read - std::mem::replace(&mut told, read));
                if token.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let packed =
                pack(&folder.path, &folder.contents, &folder.manifest, &Limits::default(), &scratch, file.as_file_mut(), &mut on_bytes);
            packed.map(|packed| (file, folder, packed))
        });
        while let Some(bytes) = progress.recv().await {
            reporter.advance(bytes);
        }
        let (file, folder, packed) = joined(work.await)?.map_err(|e| match e {
            patchbay_package::PackError::Cancelled => ChangeError::Cancelled.into(),
            e => explained(Code::Failed, &e),
        })?;
        ready(file, &folder, packed, notes)
    }
}

/// A blocking task that panicked has a bug; the person hears a sentence.
pub(super) fn joined<T>(result: Result<T, tokio::task::JoinError>) -> Result<T, WireError> {
    result.map_err(|_| {
        sentence(Code::Failed, "broke", "A fault in Patchbay stopped this.", Some("Try again, and report it if it stays so.".into()), &[])
    })
}

/// Reads a folder: manifest, contents, and what is wrong with them.
pub(super) async fn read(path: PathBuf) -> Result<Folder, WireError> {
    let work = move || {
        let limits = Limits::default();
        let found = Manifest::read(&path).map_err(|e| explained(Code::Failed, &e))?;
        let contents = scan(&path, &limits).map_err(|e| explained(Code::Failed, &e))?;
        let problems = lint(&found.manifest, &contents, &limits).iter().chain(&found.warnings).map(view::problem).collect();
        Ok(Folder { path, manifest: found.manifest, source: found.source, contents, problems })
    };
    joined(tokio::task::spawn_blocking(work).await)?
}

/// A packed folder as a release, with its assets.
fn ready(file: NamedTempFile, folder: &Folder, packed: Packed, notes: Option<String>) -> Result<Ready, WireError> {
    let manifest = &folder.manifest;
    let mut assets = Vec::new();
    let mut asset = |path: &Option<String>, good: fn(&[u8]) -> bool| -> Result<Option<Digest>, WireError> {
        let Some(path) = path.as_ref().filter(|p| folder.contents.files.iter().any(|f| f.path == **p)) else { return Ok(None) };
        let full = folder.path.join(path);
        let bytes = std::fs::read(&full).map_err(|source| FileError::Read { path: full, source })?;
        if !good(&bytes) {
            return Ok(None);
        }
        let asset = Asset::of(bytes);
        let digest = asset.digest;
        assets.push(asset);
        Ok(Some(digest))
    };
    let readme = asset(&manifest.readme, |b| b.len() <= 1024 * 1024)?;
    let changelog = asset(&manifest.changelog, |b| b.len() <= 1024 * 1024)?;
    let icon = asset(&manifest.icon, |b| b.len() <= MAX_ICON && super::plugin::image_type(b).is_some())?;
    let list = Asset::of(packed.list.to_bytes());
    let artifact = Artifact {
        platform: manifest.platform.clone(),
        sha256: packed.sha256,
        size: packed.size,
        unpacked: packed.unpacked_size,
        files: u32::try_from(folder.contents.files.len()).unwrap_or(u32::MAX),
        list: list.digest,
        extra: Map::new(),
    };
    assets.push(list);
    let card = Card {
        name: manifest.name.clone(),
        description: manifest.description.clone(),
        author: manifest.author.clone(),
        icon,
        categories: manifest.categories.clone(),
        extra: Map::new(),
    };
    let release = Release {
        version: manifest.version.clone(),
        artifacts: vec![artifact],
        hosts: manifest.hosts.clone(),
        license: manifest.license.clone(),
        homepage: manifest.homepage.clone(),
        repository: manifest.repository.clone(),
        notes: notes.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
        readme,
        changelog,
        // The stamp of the commit says when and by whom.
        at: jiff::Timestamp::UNIX_EPOCH,
        by: String::new(),
        yanked: None,
        deprecated: None,
        rolled_back: BTreeMap::new(),
        extra: Map::new(),
    };
    Ok(Ready { id: manifest.id.clone(), file, packed, assets, card, release })
}
