//! A package as a file: checked, and unpacked into a folder.

use std::{
    fs::File,
    future::Future,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use patchbay_package::{Accepted, ArchiveError, Expected, Limits, accept, unpack};
use tokio_util::sync::CancellationToken;

use super::folder::joined;
use crate::{
    App,
    error::explained,
    wire::{Code, PackageView, WireError},
};

impl App {
    /// Checks a package as an installation does. When `stop` ends first, so does this.
    ///
    /// # Errors
    /// `integrity` when the package is refused; otherwise when it cannot be read.
    pub async fn verify_package(&self, package: &Path, stop: impl Future<Output = ()>) -> Result<PackageView, WireError> {
        let path = package.to_owned();
        let accepted = stoppable(stop, move |progress| accept(&open(&path)?, &Expected::default(), &Limits::default(), progress));
        Ok(view(package, &accepted.await?, None))
    }

    /// Unpacks a package into a folder that is new or empty. When it is refused, or `stop` ends first, the folder is as it was.
    ///
    /// # Errors
    /// `integrity` when the package is refused; otherwise when it cannot be read, or the folder cannot be written.
    pub async fn unpack_package(&self, package: &Path, into: &Path, stop: impl Future<Output = ()>) -> Result<PackageView, WireError> {
        let (path, folder) = (package.to_owned(), into.to_owned());
        let accepted = stoppable(stop, move |progress| unpack(&open(&path)?, &Expected::default(), &folder, &Limits::default(), progress));
        Ok(view(package, &accepted.await?, Some(into)))
    }
}

fn open(path: &PathBuf) -> Result<File, ArchiveError> {
    File::open(path).map_err(|source| ArchiveError::Read { source })
}

type Progress<'a> = &'a mut dyn FnMut(u64) -> ControlFlow<()>;

/// Runs work on a thread of its own, and waits for its end also when it was asked to stop: it cleans up behind itself.
async fn stoppable(
    stop: impl Future<Output = ()>,
    work: impl FnOnce(Progress<'_>) -> Result<Accepted, ArchiveError> + Send + 'static,
) -> Result<Accepted, WireError> {
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let mut work = tokio::task::spawn_blocking(move || {
        work(&mut |_| if token.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    });
    let result = tokio::select! {
        result = &mut work => result,
        () = stop => {
            cancel.cancel();
            work.await
        }
    };
    joined(result)?.map_err(|e| {
        let code = match &e {
            ArchiveError::Refused(_) => Code::Integrity,
            ArchiveError::Read { source } if source.kind() == std::io::ErrorKind::NotFound => Code::NotFound,
            ArchiveError::NotEmpty { .. } => Code::Usage,
            ArchiveError::Cancelled => Code::Interrupted,
            _ => Code::Failed,
        };
        explained(code, &e)
    })
}

fn view(package: &Path, accepted: &Accepted, folder: Option<&Path>) -> PackageView {
    PackageView {
        path: package.display().to_string(),
        sha256: accepted.sha256.to_string(),
        size: accepted.size,
        files: u32::try_from(accepted.list.files.len()).unwrap_or(u32::MAX),
        unpacked: accepted.list.unpacked_size(),
        folder: folder.map(|folder| folder.display().to_string()),
    }
}
