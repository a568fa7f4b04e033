//! The export of all revisions, and its check.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    path::Path,
};

use patchbay_registry::{
    ReadError,
    audit::{Audited, Auditor, export},
};

use crate::{
    App,
    files::FileError,
    sentence::sentence,
    wire::{AuditDone, Code, WireError},
};

/// What writing an export fails with.
enum Failed {
    Read(ReadError),
    Write(std::io::Error),
}

impl From<ReadError> for Failed {
    fn from(e: ReadError) -> Self {
        Self::Read(e)
    }
}

impl App {
    /// Writes all revisions of a plugin, or of all plugins, to a file, which appears whole or not at all.
    ///
    /// # Errors
    /// As reading or writing fails; `altered` when the chain of digests is broken.
    pub async fn audit(&self, registry: Option<&str>, plugin: Option<&str>, to: &Path) -> Result<AuditDone, WireError> {
        let id = plugin.map(super::id).transpose()?;
        let session = self.session(registry).await?;
        let write = |source| FileError::Write { path: to.to_owned(), source };
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let part = tempfile::Builder::new().prefix(".patchbay-").suffix(".part").tempfile_in(folder).map_err(write)?;
        let mut out = BufWriter::new(part);
        let done = export(&session.registry, id.as_ref(), |line| {
            let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
            bytes.push(b'\n');
            out.write_all(&bytes).map_err(Failed::Write)
        });
        let done = done.await.map_err(|e| match e {
            Failed::Read(e) => e.into(),
            Failed::Write(e) => WireError::from(write(e)),
        })?;
        let part = out.into_inner().map_err(|e| write(e.into_error()))?;
        part.persist(to).map_err(|e| write(e.error))?;
        Ok(told(to, done))
    }

    /// Checks an export against its own digests, without a registry.
    ///
    /// # Errors
    /// When the file cannot be read; `audit_broken` with the first line that is not to be trusted.
    pub fn verify_audit(&self, path: &Path) -> Result<AuditDone, WireError> {
        let read = |source| FileError::Read { path: path.to_owned(), source };
        let mut auditor = Auditor::default();
        for line in BufReader::new(File::open(path).map_err(read)?).lines() {
            auditor.line(&line.map_err(read)?).map_err(broken)?;
        }
        Ok(told(path, auditor.finish().map_err(broken)?))
    }
}

fn told(path: &Path, done: Audited) -> AuditDone {
    AuditDone { path: path.display().to_string(), plugins: done.plugins, revisions: done.revisions }
}

fn broken(e: patchbay_registry::audit::AuditError) -> WireError {
    let hint = "Do not rely on it. Export again from the registry, and compare.".to_owned();
    sentence(Code::Integrity, "audit_broken", &e, Some(hint), &[("line", e.line.to_string()), ("what", e.what.clone())])
}
