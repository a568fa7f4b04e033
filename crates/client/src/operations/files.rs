//! The files of a release, one by one, without downloading its package.

use patchbay_package::{FileEntry, Mode, diff::is_text};
use patchbay_registry::ReadError;

use super::released::{artifact, list, release};
use crate::{
    App,
    sentence::sentence,
    wire::{Code, Content, FileContentView, FilesView, PackedFileView, WireError},
};

/// The largest file that is shown as text.
const MAX_SHOWN: u64 = 2 * 1024 * 1024;

/// The largest file that is handed out whole; it is held in memory.
const MAX_READ: u64 = 256 * 1024 * 1024;

/// A file of a release with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile {
    /// The version.
    pub version: String,
    /// The platform of the package.
    pub platform: String,
    /// What the list says of it.
    pub file: PackedFileView,
    /// Its bytes, checked against its digest.
    pub bytes: Vec<u8>,
}

impl App {
    /// The files of a release: of a version or a channel, or of the version that is shown.
    ///
    /// # Errors
    /// When there is no such plugin, version, channel or package, else as reading fails; `altered` when the list is not what was published.
    pub async fn files(
        &self,
        registry: Option<&str>,
        plugin: &str,
        wanted: Option<&str>,
        platform: Option<&str>,
    ) -> Result<FilesView, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let document = self.document_with(&session, &id, wanted.as_slice()).await?;
        let release = release(&document, wanted)?;
        let artifact = artifact(&id, release, platform)?;
        let list = list(&session, &id, release, artifact).await?;
        Ok(FilesView {
            id: id.to_string(),
            version: release.version.to_string(),
            platform: artifact.platform.clone(),
            platforms: release.artifacts.iter().map(|a| a.platform.clone()).collect(),
            sha256: artifact.sha256.to_string(),
            size: artifact.size,
            unpacked_size: list.unpacked_size(),
            files: list.files.iter().map(packed_file).collect(),
        })
    }

    /// What one file of a release holds, as far as it can be shown.
    ///
    /// # Errors
    /// As [`App::files`]; `no_file` when the package has none of this path; `altered_file` when its bytes are not what was published.
    pub async fn file(
        &self,
        registry: Option<&str>,
        plugin: &str,
        version: &str,
        platform: Option<&str>,
        path: &str,
    ) -> Result<FileContentView, WireError> {
        let found = self.read_file(registry, plugin, Some(version), platform, path, MAX_SHOWN).await?;
        let content = match found.bytes.map(String::from_utf8) {
            None => Content::TooLarge { limit: MAX_SHOWN },
            Some(Ok(text)) if is_text(text.as_bytes()) => Content::Text { text },
            Some(_) => Content::Binary,
        };
        Ok(FileContentView { version: found.version, file: found.file, content })
    }

    /// One file of a release with its bytes.
    ///
    /// # Errors
    /// As [`App::file`]; `file_too_large_here` when it does not fit into memory.
    pub async fn file_bytes(
        &self,
        registry: Option<&str>,
        plugin: &str,
        wanted: Option<&str>,
        platform: Option<&str>,
        path: &str,
    ) -> Result<ReadFile, WireError> {
        let Found { version, platform, file, bytes } = self.read_file(registry, plugin, wanted, platform, path, MAX_READ).await?;
        let too_large = || ReadError::FileTooLarge { path: path.to_owned(), size: file.size, limit: MAX_READ };
        let bytes = bytes.ok_or_else(too_large)?;
        Ok(ReadFile { version, platform, file, bytes })
    }

    /// A file of a release; without its bytes when it is larger than `limit`.
    async fn read_file(
        &self,
        registry: Option<&str>,
        plugin: &str,
        wanted: Option<&str>,
        platform: Option<&str>,
        path: &str,
        limit: u64,
    ) -> Result<Found, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let document = self.document_with(&session, &id, wanted.as_slice()).await?;
        let release = release(&document, wanted)?;
        let artifact = artifact(&id, release, platform)?;
        let list = list(&session, &id, release, artifact).await?;
        let file = list.file(path).ok_or_else(|| no_file(plugin, &release.version.to_string(), path))?;
        let bytes = if file.size > limit { None } else { Some(session.registry.file(&id, &release.version, artifact, file, limit).await?) };
        Ok(Found { version: release.version.to_string(), platform: artifact.platform.clone(), file: packed_file(file), bytes })
    }
}

/// A file of a release; without its bytes when it is too large for who asked.
struct Found {
    version: String,
    platform: String,
    file: PackedFileView,
    bytes: Option<Vec<u8>>,
}

fn no_file(plugin: &str, version: &str, path: &str) -> WireError {
    let message = format!("{plugin} {version} has no file “{path}”.");
    let hint = format!("See its files with `patchbay files {plugin}@{version}`.");
    let data = [("plugin", plugin.to_owned()), ("version", version.to_owned()), ("path", path.to_owned())];
    sentence(Code::NotFound, "no_file", message, Some(hint), &data)
}

/// A mode as file lists write it.
pub(super) fn mode(mode: Mode) -> String {
    format!("{:04o}", mode.bits())
}

fn packed_file(file: &FileEntry) -> PackedFileView {
    PackedFileView { path: file.path.clone(), size: file.size, packed: file.packed, mode: mode(file.mode), sha256: file.sha256.to_string() }
}
