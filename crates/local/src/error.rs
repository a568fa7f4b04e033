//! Why the embedded registry did not start.

use std::io;
use std::path::PathBuf;

/// Why [`LocalServer::start`](crate::LocalServer::start) failed. None of the sentences holds the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// The folder, or a folder inside it, cannot be created, read or locked.
    #[error("The folder {} cannot be used as a registry: {source}", path.display())]
    Folder {
        /// The file or folder at fault.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Other users of this computer can read or write the key file.
    #[error("Other users of this computer can open the key file {} (mode {mode:03o})", path.display())]
    KeyExposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file is not what Patchbay wrote there.
    // serde_json quotes the offending value in its message, and that value may be the secret: only the place is kept.
    #[error("The key file {} is damaged at line {line}, column {column}", path.display())]
    KeyDamaged {
        /// The key file.
        path: PathBuf,
        /// Line, from 1; 0 when the text is fine and the key in it is not.
        line: usize,
        /// Column, from 1; 0 likewise.
        column: usize,
    },
    /// The operating system gave no random bytes for a new key.
    #[error("The operating system gave no random bytes for a new key: {source}")]
    Random {
        /// What it said.
        source: rand::rngs::SysError,
    },
    /// The port cannot be listened on.
    #[error("Port {port} of 127.0.0.1 cannot be opened: {source}")]
    Port {
        /// The port that was asked for; 0 means any free one.
        port: u16,
        /// What the operating system said.
        source: io::Error,
    },
}

impl LocalError {
    /// What to do next, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "Check that the folder is on a disk with free space and belongs to you, or choose another folder.",
            Self::KeyExposed { .. } => {
                "Take the rights of the others away (chmod 600), or delete the file: a new key is made at the next start."
            }
            Self::KeyDamaged { .. } => "Delete the file: a new key is made at the next start, and no plugin is lost.",
            Self::Random { .. } => "Start Patchbay again; if it stays, the operating system's random source is out of order.",
            Self::Port { .. } => "Close the program that uses the port, choose another one, or leave it out to get a free one.",
        }
    }

    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { path, source }
    }
}
