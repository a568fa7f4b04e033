//! What can be wrong with a registry: each kind with its data, a sentence, and what to do next.

mod telling;

use patchbay_package::{PluginId, Version};

use crate::{catalogue::Difference, format::FormatError};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Something that was published is gone or altered. Nothing here can mend it.
    Damage,
    /// What is derived differs from the documents. Repairing mends it.
    Derived,
    /// Nothing is wrong, but something lies about.
    Untidy,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// There is no `registry.json`.
    #[error("registry.json is missing.")]
    RegistryMissing,
    /// `registry.json` is not what it must be.
    #[error("registry.json cannot be read.")]
    RegistryUnreadable,
    /// Written by a later version of Patchbay.
    #[error("{key} is in format {found}, which this version of Patchbay does not know.")]
    NewerFormat {
        /// The object.
        key: String,
        /// Its format number.
        found: u64,
    },
    /// History or the catalogue know a plugin that has no document.
    #[error("The document of {id} is missing.")]
    DocumentMissing {
        /// The plugin.
        id: PluginId,
    },
    /// A document does not end where it must.
    #[error("The document of {id} is cut off.")]
    DocumentCutOff {
        /// The plugin.
        id: PluginId,
    },
    /// A document is not JSON lines.
    #[error("The document of {id} cannot be read: line {line} is not what Patchbay writes.")]
    DocumentUnreadable {
        /// The plugin.
        id: PluginId,
        /// The line, from 1.
        line: usize,
    },
    /// A document breaks a rule of the format.
    #[error("The document of {id} contradicts itself: {what}.")]
    DocumentInconsistent {
        /// The plugin.
        id: PluginId,
        /// Which rule, in words.
        what: String,
    },
    /// A document has more than 1 MiB.
    #[error("The document of {id} is larger than a document can be.")]
    DocumentTooLarge {
        /// The plugin.
        id: PluginId,
    },
    /// A document is older than, or another than, what this computer has seen.
    #[error("The document of {id} was set back: this computer has seen revision {seen}.")]
    SetBack {
        /// The plugin.
        id: PluginId,
        /// The highest revision that was seen.
        seen: u64,
    },
    /// An object under `plugins/` that is no plugin's document.
    #[error("{key} stands where documents stand, and is not the document of any plugin.")]
    DocumentMisplaced {
        /// The key.
        key: String,
    },
    /// Revisions are not in history.
    #[error("{}", gap(id, *.from, *.to))]
    RevisionMissing {
        /// The plugin.
        id: PluginId,
        /// The first that is missing.
        from: u64,
        /// The last one, in a row.
        to: u64,
    },
    /// A revision in history is not JSON lines, or is cut off.
    #[error("Revision {seq} of {id} in history cannot be read.")]
    RevisionUnreadable {
        /// The plugin.
        id: PluginId,
        /// The revision.
        seq: u64,
    },
    /// A revision in history breaks a rule of the format.
    #[error("Revision {seq} of {id} in history contradicts itself: {what}.")]
    RevisionInconsistent {
        /// The plugin.
        id: PluginId,
        /// The revision.
        seq: u64,
        /// Which rule, in words.
        what: String,
    },
    /// A revision has other bytes than the ones that its successor was made from.
    #[error("Revision {seq} of {id} is not the one that revision {} was made from: its digest differs.", .seq + 1)]
    ChainBroken {
        /// The plugin.
        id: PluginId,
        /// The revision that differs.
        seq: u64,
    },
    /// The first revision names one before it.
    #[error("The first revision of {id} names one before it.")]
    ChainBegun {
        /// The plugin.
        id: PluginId,
    },
    /// History has other bytes under the document's number than the document.
    #[error("History holds another revision {seq} of {id} than the document.")]
    RevisionForked {
        /// The plugin.
        id: PluginId,
        /// The number of both.
        seq: u64,
    },
    /// History is ahead of the document.
    #[error("History holds revision {seq} of {id}, and the document is only at {now}: it was set back.")]
    RevisionAhead {
        /// The plugin.
        id: PluginId,
        /// The highest in history.
        seq: u64,
        /// The document's.
        now: u64,
    },
    /// The list of operation ids of a revision does not continue that of the one before.
    #[error("Revision {seq} of {id} does not name the operations before it, so an old publish could be taken for lost.")]
    OperationsBroken {
        /// The plugin.
        id: PluginId,
        /// The revision.
        seq: u64,
    },
    /// A release is gone from a revision, or has other packages than before.
    #[error("Version {version} of {id} was removed or replaced in revision {seq}.")]
    ReleaseAltered {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// The first revision without it.
        seq: u64,
    },
    /// A package is not there.
    #[error("The package of {id} {version} is missing.")]
    PackageMissing {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// Its key.
        key: String,
    },
    /// A package has another size than was published.
    #[error("The package of {id} {version} has {found} bytes; {expected} were published.")]
    PackageSize {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// Its key.
        key: String,
        /// What was published.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// A package has other bytes than were published.
    #[error("The package of {id} {version} is not what was published: its digest differs.")]
    PackageAltered {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// Its key.
        key: String,
    },
    /// A file list is not there.
    #[error("The file list of {id} {version} is missing.")]
    ListMissing {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// Its key.
        key: String,
    },
    /// A file list has other bytes than were published.
    #[error("The file list of {id} {version} is not what was published: its digest differs.")]
    ListAltered {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// Its key.
        key: String,
    },
    /// A file list has the right digest, and is no file list.
    #[error("What was published as the file list of {id} {version} is none.")]
    ListUnreadable {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// Its key.
        key: String,
    },
    /// A file list does not fit the package.
    #[error("The file list of {id} {version} tells of {found} files; the package has {expected}, or they have other sizes.")]
    ListDisagrees {
        /// The plugin.
        id: PluginId,
        /// The version.
        version: Version,
        /// What the release says.
        expected: u64,
        /// What the list says.
        found: u64,
    },
    /// A README, changelog or icon is not there.
    #[error("The {what} of {id} is missing.")]
    AssetMissing {
        /// The plugin.
        id: PluginId,
        /// README, changelog or icon, with the version.
        what: String,
        /// Its key.
        key: String,
    },
    /// A README, changelog or icon has other bytes than were published.
    #[error("The {what} of {id} is not what was published: its digest differs.")]
    AssetAltered {
        /// The plugin.
        id: PluginId,
        /// README, changelog or icon, with the version.
        what: String,
        /// Its key.
        key: String,
    },
    /// There are plugins and no catalogue.
    #[error("The catalogue is missing.")]
    CatalogueMissing,
    /// The catalogue is not what it must be.
    #[error("The catalogue cannot be read.")]
    CatalogueUnreadable,
    /// The catalogue differs from a document.
    #[error("{}", row(id, *.difference))]
    Row {
        /// The plugin.
        id: PluginId,
        /// How.
        difference: Difference,
    },
    /// A key that Patchbay does not write.
    #[error("{key} is not an object of Patchbay.")]
    UnknownKey {
        /// The key.
        key: String,
    },
    /// Objects that no revision refers to, older than a week.
    #[error("{id} has {objects} uploads that nothing refers to, {bytes} bytes together.")]
    Orphans {
        /// The plugin.
        id: PluginId,
        /// How many.
        objects: u64,
        /// Their size.
        bytes: u64,
    },
    /// What the probe left behind.
    #[error("{key} was left behind by a test of the store.")]
    ProbeLeft {
        /// The key.
        key: String,
    },
}

fn gap(id: &PluginId, from: u64, to: u64) -> String {
    if from == to {
        format!("Revision {from} of {id} is missing from history.")
    } else {
        format!("Revisions {from} to {to} of {id} are missing from history.")
    }
}

fn row(id: &PluginId, difference: Difference) -> String {
    match difference {
        Difference::Missing => format!("The catalogue does not list {id}."),
        Difference::Stray => format!("The catalogue lists {id}, and there is no such plugin."),
        Difference::Stale(seq) => format!("The catalogue knows only revision {seq} of {id}."),
        Difference::Ahead(seq) => format!("The catalogue claims to know revision {seq} of {id}, which the document has not reached."),
        Difference::Shown => format!("The catalogue shows {id}, which is hidden."),
        Difference::Hidden => format!("The catalogue hides {id}, which is not hidden."),
        Difference::Wrong => format!("The catalogue says something else of {id} than its document."),
    }
}

impl Finding {
    /// How much it matters.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::CatalogueMissing | Self::CatalogueUnreadable | Self::Row { .. } => Weight::Derived,
            Self::UnknownKey { .. } | Self::Orphans { .. } | Self::ProbeLeft { .. } => Weight::Untidy,
            _ => Weight::Damage,
        }
    }

    /// A document that cannot be read.
    pub(super) fn of_document(id: &PluginId, error: FormatError) -> Self {
        let id = id.clone();
        match error {
            FormatError::Newer { key, found } => Self::NewerFormat { key, found },
            FormatError::CutOff { .. } => Self::DocumentCutOff { id },
            FormatError::Syntax { line, .. } => Self::DocumentUnreadable { id, line },
            FormatError::Rule { what, .. } => Self::DocumentInconsistent { id, what },
        }
    }

    /// A revision that cannot be read.
    pub(super) fn of_revision(id: &PluginId, seq: u64, error: FormatError) -> Self {
        let id = id.clone();
        match error {
            FormatError::Newer { key, found } => Self::NewerFormat { key, found },
            FormatError::CutOff { .. } | FormatError::Syntax { .. } => Self::RevisionUnreadable { id, seq },
            FormatError::Rule { what, .. } => Self::RevisionInconsistent { id, seq, what },
        }
    }
}
