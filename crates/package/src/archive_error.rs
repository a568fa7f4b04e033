//! What reading and unpacking an archive can end in.

use std::{collections::BTreeMap, io};

use crate::{
    Explain, Flaw,
    io_words::{is_full, words},
    path::show,
};

/// Why an archive was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] Flaw),
    /// It is another kind of file.
    #[error("“{path}” is neither a ZIP archive nor a gzipped tar archive.")]
    Unknown {
        /// The file.
        path: String,
    },
    /// The archive cannot be read.
    #[error("The archive cannot be read: {}.", words(source))]
    Read {
        /// What the system said.
        source: io::Error,
    },
    /// It became another file while it was read.
    #[error("The archive changed while it was being read.")]
    Changed,
    /// The folder to unpack into holds something already, or is not a folder.
    #[error("“{folder}” is not an empty folder.")]
    NotEmpty {
        /// The folder.
        folder: String,
    },
    /// A file or folder cannot be written.
    #[error("“{}” cannot be written: {}.", show(path), words(source))]
    Write {
        /// Its path in the archive, or the folder to unpack into.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// It was cancelled.
    #[error("Unpacking was cancelled.")]
    Cancelled,
}

impl Explain for ArchiveError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Refused(flaw) => flaw.kind(),
            Self::Unknown { .. } => "archive_unknown",
            Self::Read { .. } => "archive_unreadable",
            Self::Changed => "archive_changed",
            Self::NotEmpty { .. } => "folder_not_empty",
            Self::Write { source, .. } if is_full(source) => "disk_full",
            Self::Write { .. } => "file_unwritable",
            Self::Cancelled => "cancelled",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Refused(flaw) => flaw.hint(),
            Self::Unknown { .. } => "Choose a folder, a .zip, a .vsix or an npm .tgz.".into(),
            Self::Read { .. } => "Check the path, and that you may read it.".into(),
            Self::Changed => "Wait until whatever writes it is done, then try again.".into(),
            Self::NotEmpty { .. } => "Name a folder that does not exist yet, or an empty one.".into(),
            Self::Write { source, .. } if is_full(source) => "Free some space, then try again.".into(),
            Self::Write { .. } => "Check that you may write there, then try again.".into(),
            Self::Cancelled => "Start it again when you like.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Refused(flaw) => flaw.data(),
            Self::Unknown { path } => [("path", path.clone())].into(),
            Self::Read { source } => [("reason", words(source))].into(),
            Self::NotEmpty { folder } => [("folder", folder.clone())].into(),
            Self::Write { path, source } => [("path", show(path)), ("reason", words(source))].into(),
            Self::Changed | Self::Cancelled => BTreeMap::new(),
        }
    }
}
