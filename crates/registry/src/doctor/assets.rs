//! What a document refers to: packages, file lists, READMEs, changelogs, icons.

use std::collections::BTreeSet;

use patchbay_package::{Digest, FileList, PluginId, Version};

use super::{Check, Finding, plugin::Shelf};
use crate::{
    error::ReadError,
    format::{document::Document, release::Artifact},
    key::Key,
    store::{Fetched, StoreError, StoreErrorKind},
};

/// The largest file list that is read: that of the most files with the longest paths.
const MAX_LIST: u64 = 8 * 1024 * 1024;

/// What became of reading an object.
enum State {
    Whole,
    Missing,
    Altered,
}

impl Check<'_> {
    pub(super) async fn releases(&self, document: &Document, shelf: &Shelf) -> Result<(), ReadError> {
        let id = &document.header.id;
        let mut seen = BTreeSet::new();
        if let Some(icon) = document.header.card.icon {
            self.asset(id, "icon".into(), icon, shelf).await?;
            seen.insert(icon);
        }
        for release in &document.releases {
            for artifact in &release.artifacts {
                self.package(id, &release.version, artifact, shelf).await?;
                self.list(id, &release.version, artifact, shelf).await?;
            }
            for (what, digest) in [("README", release.readme), ("changelog", release.changelog)] {
                // Many releases share one.
                if let Some(digest) = digest.filter(|digest| seen.insert(*digest)) {
                    self.asset(id, format!("{what} of {}", release.version), digest, shelf).await?;
                }
            }
        }
        Ok(())
    }

    async fn package(&self, id: &PluginId, version: &Version, artifact: &Artifact, shelf: &Shelf) -> Result<(), ReadError> {
        let key = Key::Package(id.clone(), version.clone(), artifact.sha256);
        let kept = shelf.packages.get(&(version.clone(), artifact.sha256));
        let (id, version, path) = (id.clone(), version.clone(), key.to_string());
        match kept {
            None => self.find(Finding::PackageMissing { id, version, key: path }),
            Some(kept) if kept.size != artifact.size => {
                self.find(Finding::PackageSize { id, version, key: path, expected: artifact.size, found: kept.size });
            }
            Some(_) if self.scope.quick => {}
            Some(_) => match self.passes(&key, artifact.sha256).await? {
                State::Whole => {}
                State::Missing => self.find(Finding::PackageMissing { id, version, key: path }),
                State::Altered => self.find(Finding::PackageAltered { id, version, key: path }),
            },
        }
        Ok(())
    }

    async fn list(&self, id: &PluginId, version: &Version, artifact: &Artifact, shelf: &Shelf) -> Result<(), ReadError> {
        let key = Key::Asset(id.clone(), artifact.list);
        let (id, version, path) = (id.clone(), version.clone(), key.to_string());
        let fetched = match shelf.assets.get(&artifact.list) {
            Some(_) => self.registry.store().get(&key, None, MAX_LIST).await,
            None => Ok(Fetched::Absent),
        };
        let bytes = match fetched {
            Ok(Fetched::Found(object)) => object.bytes,
            Ok(Fetched::Same | Fetched::Absent) => {
                self.find(Finding::ListMissing { id, version, key: path });
                return Ok(());
            }
            Err(StoreError { kind: StoreErrorKind::TooLarge { .. }, .. }) => {
                self.find(Finding::ListUnreadable { id, version, key: path });
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.read(bytes.len() as u64);
        if Digest::of(&bytes) != artifact.list {
            self.find(Finding::ListAltered { id, version, key: path });
            return Ok(());
        }
        match FileList::from_bytes(&bytes) {
            Err(_) => self.find(Finding::ListUnreadable { id, version, key: path }),
            Ok(list) if list.files.len() as u64 != u64::from(artifact.files) || list.unpacked_size() != artifact.unpacked => {
                let (expected, found) = (artifact.files.into(), list.files.len() as u64);
                self.find(Finding::ListDisagrees { id, version, expected, found });
            }
            Ok(_) => {}
        }
        Ok(())
    }

    async fn asset(&self, id: &PluginId, what: String, digest: Digest, shelf: &Shelf) -> Result<(), ReadError> {
        let key = Key::Asset(id.clone(), digest);
        let state = if shelf.assets.contains_key(&digest) { self.passes(&key, digest).await? } else { State::Missing };
        let (id, key) = (id.clone(), key.to_string());
        match state {
            State::Whole => {}
            State::Missing => self.find(Finding::AssetMissing { id, what, key }),
            State::Altered => self.find(Finding::AssetAltered { id, what, key }),
        }
        Ok(())
    }

    /// Lets an object pass, and compares its digest.
    async fn passes(&self, key: &Key, digest: Digest) -> Result<State, ReadError> {
        match self.registry.store().digest(key, self.progress.clone()).await {
            Ok((size, found)) => {
                self.report().bytes += size;
                Ok(if found == digest { State::Whole } else { State::Altered })
            }
            Err(StoreError { kind: StoreErrorKind::NotFound { .. }, .. }) => Ok(State::Missing),
            Err(error) => Err(error.into()),
        }
    }
}
