//! What is done to a folder alone, without a registry: packing it, writing its manifest, putting a finding right.

use std::path::{Path, PathBuf};

use patchbay_package::{Edit, Explain, Fix, init};
use tokio_util::sync::CancellationToken;

use super::folder::{joined, read, unread};
use crate::{
    App,
    error::explained,
    files::FileError,
    jobs::Silent,
    view,
    wire::{Code, FixView, InitView, PackPlan, PackageInput, PackedView, WireError},
};

impl App {
    /// What packing a folder would come to. Problems are part of the answer.
    ///
    /// # Errors
    /// None that is about the folder.
    pub async fn pack_plan(&self, input: &PackageInput, allowed: &[String]) -> Result<PackPlan, WireError> {
        match read(input.clone(), allowed.to_owned(), self.home().temporary()).await {
            Ok(folder) => Ok(PackPlan { manifest: Some(folder.manifest_view()), package: folder.package_view() }),
            Err(error) => Ok(PackPlan { manifest: None, package: unread(input, error) }),
        }
    }

    /// Packs a folder into a file, which is replaced once the package is whole. `out` may be a folder.
    ///
    /// # Errors
    /// The first finding that stops it, or when it cannot be read or written.
    pub async fn pack_to(
        &self,
        input: &PackageInput,
        allowed: &[String],
        out: Option<&Path>,
        cancel: &CancellationToken,
    ) -> Result<PackedView, WireError> {
        let folder = read(input.clone(), allowed.to_owned(), self.home().temporary()).await?;
        if let Some(stop) = folder.stop() {
            return Err(stop.clone());
        }
        let manifest = folder.manifest.clone();
        let problems = folder.problems.clone();
        let name = match manifest.platform.as_str() {
            "any" => format!("{}-{}.zip", manifest.id, manifest.version),
            platform => format!("{}-{}-{platform}.zip", manifest.id, manifest.version),
        };
        let to = match out {
            Some(path) if path.is_dir() => path.join(name),
            Some(path) => path.to_owned(),
            None => PathBuf::from(name),
        };
        let files = u32::try_from(folder.contents.files.len()).unwrap_or(u32::MAX);
        let ready = self.pack(folder, None, &Silent, cancel).await?;
        let (contents, package) = (ready.package, ready.packed);
        let written = to.clone();
        let copied = tokio::task::spawn_blocking(move || {
            let beside = written.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let mut new = tempfile::Builder::new();
            // What a program that makes a file gives it; a temporary file is its owner's alone.
            #[cfg(unix)]
            new.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
            let new = new.tempfile_in(beside)?;
            contents.copy(new.as_file())?;
            new.persist(&written).map(drop).map_err(|e| e.error)
        });
        joined(copied.await)?.map_err(|source| FileError::Write { path: to.clone(), source })?;
        Ok(PackedView {
            path: to.display().to_string(),
            id: manifest.id.to_string(),
            version: manifest.version.to_string(),
            platform: manifest.platform,
            sha256: package.sha256.to_string(),
            size: package.size,
            unpacked_size: package.unpacked_size,
            files,
            problems,
        })
    }

    /// Writes a `patchbay.json` made of what is in a folder, never over one that is there. Only shown when `write` is false.
    ///
    /// # Errors
    /// When there is one, when what is there cannot be read, or when it cannot be written.
    pub fn init(&self, folder: &Path, write: bool) -> Result<InitView, WireError> {
        let code = |e: &init::InitError| if matches!(e, init::InitError::Exists) { Code::Refused } else { Code::Failed };
        let failed = |e: init::InitError| explained(code(&e), &e);
        let init = init::plan(folder).map_err(failed)?;
        if write {
            init::write(folder, &init).map_err(failed)?;
        }
        let path = folder.join("patchbay.json").display().to_string();
        Ok(InitView { path, text: init.text, written: write, origins: view::origins(&init.origins) })
    }

    /// Writes what puts a finding right, as it was shown.
    ///
    /// # Errors
    /// When a file is not what it was, cannot be written, or when it is nothing that a fix writes.
    pub fn fix(&self, folder: &Path, fix: &FixView) -> Result<(), WireError> {
        let edit = |edit: &crate::wire::EditView| match &edit.field {
            None => Edit::Ignore { line: edit.value.clone() },
            Some(field) => Edit::SetField { file: edit.file.clone(), field: field.clone(), value: edit.value.clone() },
        };
        let edits: Vec<_> = fix.edits.iter().map(edit).collect();
        Fix::of(edits).apply(folder).map(drop).map_err(|e| explained(code(&e), &e))
    }
}

fn code(e: &impl Explain) -> Code {
    if e.kind() == "fix_not_ours" { Code::Refused } else { Code::Failed }
}
