//! What reading and changing a registry can end in.

use patchbay_package::{Explain as _, FileListError, PluginId, Version};
use uuid::Uuid;

use crate::{change::Refusal, format::FormatError, seen::SetBack, store::StoreError};

/// Reading failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes are not what they must be.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The registry was set back.
    #[error(transparent)]
    SetBack(#[from] SetBack),
    /// The bucket or URL has no `registry.json`.
    #[error("{place} is not a registry: it has no registry.json.")]
    NotARegistry {
        /// The bucket with its prefix, or the URL.
        place: String,
    },
    /// It holds other things, so it is not made a registry.
    #[error("{place} is not empty, and it is not a registry.")]
    NotEmpty {
        /// The bucket with its prefix.
        place: String,
    },
    /// The plugin has no document.
    #[error("The registry has no plugin {id}.")]
    NoPlugin {
        /// Which.
        id: PluginId,
    },
    /// The catalogue has much less in it than what was known.
    #[error("The catalogue has {has} plugins, where it had {had}.")]
    Shrunk {
        /// How many plugins were known.
        had: usize,
        /// How many there are now.
        has: usize,
    },
    /// Many plugins of the catalogue have no document.
    #[error("The catalogue lists {listed} plugins, and only {there} of them have a document.")]
    Missing {
        /// How many plugins it lists.
        listed: usize,
        /// How many of them have a document.
        there: usize,
    },
    /// The catalogue is older than what is known.
    #[error("The catalogue was set back: it was at position {known} and is at {now}.")]
    CatalogueBack {
        /// Where it was.
        known: u64,
        /// Where it is now.
        now: u64,
    },
    /// A package or asset differs from its digest.
    #[error("{what} is not what was published: its bytes differ from its digest.")]
    Altered {
        /// Which object.
        what: String,
    },
    /// The file list is the one that was published, and no list of files.
    #[error("The file list of {plugin} {version} cannot be used. {error}")]
    List {
        /// The plugin.
        plugin: PluginId,
        /// The version.
        version: Version,
        /// What is wrong with it.
        #[source]
        error: FileListError,
    },
    /// One file of a package differs from its digest.
    #[error("“{path}” of {plugin} {version} is not what was published: its bytes differ from its digest.")]
    AlteredFile {
        /// The plugin.
        plugin: PluginId,
        /// The version.
        version: Version,
        /// The file.
        path: String,
    },
    /// One file of a package is larger than the caller wants to hold in memory.
    #[error("“{path}” has {size} bytes; at most {limit} are read here.")]
    FileTooLarge {
        /// The file.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The most bytes.
        limit: u64,
    },
}

/// A change did not happen, or it is not known whether it did. These are two different things.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// A rule forbids it. Nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It failed before anything could become visible.
    #[error(transparent)]
    Failed(#[from] ReadError),
    /// The package is larger than the registry accepts. Nothing was written.
    #[error("The package has {size} bytes; this registry accepts at most {limit}.")]
    PackageTooLarge {
        /// Its size in bytes.
        size: u64,
        /// The registry's limit in bytes.
        limit: u64,
    },
    /// An upload from an earlier attempt is just being removed by a clean-up. Nothing is visible.
    #[error("{key}, from a publish that was given up, is being removed at this moment.")]
    BeingRemoved {
        /// Which object.
        key: String,
    },
    /// Cancelled before the commit was sent. Nothing is visible.
    #[error("Cancelled before anything became visible.")]
    Cancelled,
    /// The commit was sent and its answer was lost, and the registry cannot be asked.
    #[error("The connection was lost at the moment of the commit, so it is not known whether the change is live.")]
    Unknown {
        /// Ask again with this operation id: it settles the question, and makes the change if it is not there.
        op: Uuid,
        /// What happened last; none when the person stopped asking.
        #[source]
        source: Option<Box<ReadError>>,
    },
}

impl From<StoreError> for ChangeError {
    fn from(e: StoreError) -> Self {
        Self::Failed(e.into())
    }
}

impl ReadError {
    /// The name that scripts and translations know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Store(e) => e.kind.name(),
            Self::Format(e) => e.name(),
            Self::SetBack(_) => "set_back",
            Self::NotARegistry { .. } => "not_a_registry",
            Self::NotEmpty { .. } => "not_empty",
            Self::NoPlugin { .. } => "no_plugin",
            Self::Shrunk { .. } => "catalogue_shrank",
            Self::Missing { .. } => "documents_missing",
            Self::CatalogueBack { .. } => "catalogue_back",
            Self::Altered { .. } => "altered",
            Self::List { error, .. } => error.kind(),
            Self::AlteredFile { .. } => "altered_file",
            Self::FileTooLarge { .. } => "file_too_large_here",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Store(e) => e.kind.hint().into(),
            Self::Format(e) => e.hint().into(),
            Self::SetBack(_) => SetBack::HINT.into(),
            Self::NotARegistry { .. } => {
                "Check the bucket and the prefix; to turn an empty bucket into a registry, add it with `--create`.".into()
            }
            Self::NotEmpty { .. } => "Choose an empty bucket, or a prefix of its own with `--prefix`.".into(),
            Self::NoPlugin { .. } => "Check the id with `patchbay search`.".into(),
            Self::Altered { .. } | Self::AlteredFile { .. } => "Do not use it. Tell whoever administers the registry.".into(),
            Self::List { error, .. } => error.hint(),
            Self::FileTooLarge { .. } => "Download the package and look into it there.".into(),
            Self::Shrunk { .. } => {
                "What was known still serves. Ask whoever administers the registry; to accept what it holds, use `patchbay sync --accept`."
                    .into()
            }
            Self::Missing { .. } => {
                "The catalogue was left as it is. Look whether something removed documents from the bucket; to take these plugins off the list, use `patchbay sync --catch-up --accept`."
                    .into()
            }
            Self::CatalogueBack { .. } => {
                "What was known still serves. Ask whoever administers the registry whether a backup was restored; to accept what it holds, use `patchbay sync --accept`."
                    .into()
            }
        }
    }
}
