//! What can be wrong with a registry: each kind with its data, a sentence, and what to do next.

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
    /// The name that scripts and translations know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::RegistryMissing => "registry_missing",
            Self::RegistryUnreadable => "registry_unreadable",
            Self::NewerFormat { .. } => "newer_format",
            Self::DocumentMissing { .. } => "document_missing",
            Self::DocumentCutOff { .. } => "document_cut_off",
            Self::DocumentUnreadable { .. } => "document_unreadable",
            Self::DocumentInconsistent { .. } => "document_inconsistent",
            Self::DocumentTooLarge { .. } => "document_too_large",
            Self::SetBack { .. } => "document_set_back",
            Self::DocumentMisplaced { .. } => "document_misplaced",
            Self::RevisionMissing { .. } => "revision_missing",
            Self::RevisionUnreadable { .. } => "revision_unreadable",
            Self::RevisionInconsistent { .. } => "revision_inconsistent",
            Self::ChainBroken { .. } => "chain_broken",
            Self::ChainBegun { .. } => "chain_begun",
            Self::RevisionForked { .. } => "revision_forked",
            Self::RevisionAhead { .. } => "revision_ahead",
            Self::OperationsBroken { .. } => "operations_broken",
            Self::ReleaseAltered { .. } => "release_altered",
            Self::PackageMissing { .. } => "package_missing",
            Self::PackageSize { .. } => "package_size",
            Self::PackageAltered { .. } => "package_altered",
            Self::ListMissing { .. } => "list_missing",
            Self::ListAltered { .. } => "list_altered",
            Self::ListUnreadable { .. } => "list_unreadable",
            Self::ListDisagrees { .. } => "list_disagrees",
            Self::AssetMissing { .. } => "asset_missing",
            Self::AssetAltered { .. } => "asset_altered",
            Self::CatalogueMissing => "catalogue_missing",
            Self::CatalogueUnreadable => "catalogue_unreadable",
            Self::Row { difference, .. } => match difference {
                Difference::Missing => "row_missing",
                Difference::Stray => "row_stray",
                Difference::Stale(_) => "row_stale",
                Difference::Ahead(_) => "row_ahead",
                Difference::Shown => "row_shown",
                Difference::Hidden => "row_hidden",
                Difference::Wrong => "row_wrong",
            },
            Self::UnknownKey { .. } => "unknown_key",
            Self::Orphans { .. } => "orphans",
            Self::ProbeLeft { .. } => "probe_left",
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::CatalogueMissing | Self::CatalogueUnreadable | Self::Row { .. } => Weight::Derived,
            Self::UnknownKey { .. } | Self::Orphans { .. } | Self::ProbeLeft { .. } => Weight::Untidy,
            _ => Weight::Damage,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::RegistryMissing | Self::RegistryUnreadable => {
                "Put it back from a backup: readers know this registry by the id in it.".into()
            }
            Self::NewerFormat { .. } => "Update Patchbay, then check again.".into(),
            Self::DocumentMissing { id }
            | Self::DocumentCutOff { id }
            | Self::DocumentUnreadable { id, .. }
            | Self::DocumentInconsistent { id, .. }
            | Self::DocumentTooLarge { id } => {
                format!("Put plugins/{id}.jsonl back from a backup, or copy the highest revision under history/{id}/ there.")
            }
            Self::SetBack { .. } | Self::RevisionAhead { .. } => {
                "Was a backup restored? Put the later document back; readers refuse the older one.".into()
            }
            Self::DocumentMisplaced { .. } | Self::UnknownKey { .. } => "If nobody needs it, remove it with a tool for the bucket.".into(),
            Self::RevisionMissing { .. } | Self::RevisionUnreadable { .. } | Self::RevisionInconsistent { .. } => {
                "Put it back from a backup of history/; what is live does not depend on it.".into()
            }
            Self::ChainBroken { .. } | Self::ChainBegun { .. } | Self::RevisionForked { .. } | Self::OperationsBroken { .. } => {
                "Somebody wrote into the bucket without Patchbay. Compare with a backup, and ask who has write access.".into()
            }
            Self::ReleaseAltered { version, seq, .. } => {
                format!(
                    "Somebody wrote into the bucket without Patchbay. Look at {version} in the revisions before {seq}, and tell its users."
                )
            }
            Self::PackageMissing { id, version, key }
            | Self::PackageSize { id, version, key, .. }
            | Self::PackageAltered { id, version, key } => {
                format!("Put {key} back from a backup; until then, roll back from {id} {version} or yank it.")
            }
            Self::ListMissing { key, .. }
            | Self::ListAltered { key, .. }
            | Self::ListUnreadable { key, .. }
            | Self::AssetMissing { key, .. }
            | Self::AssetAltered { key, .. } => format!("Put {key} back from a backup, or publish a new version."),
            Self::ListDisagrees { .. } => {
                "Do not trust this version: it was not published by Patchbay. Publish a new one, and yank it.".into()
            }
            Self::CatalogueMissing | Self::CatalogueUnreadable | Self::Row { .. } => "Repair makes it anew from the documents.".into(),
            Self::Orphans { .. } => "Nothing is wrong: publishes were given up. Cleaning up removes them.".into(),
            Self::ProbeLeft { .. } => "Nothing is wrong. It can be removed with a tool for the bucket.".into(),
        }
    }

    /// The values in its sentence, by name.
    #[must_use]
    pub fn data(&self) -> Vec<(&'static str, String)> {
        let plugin = |id: &PluginId| ("plugin", id.to_string());
        match self {
            Self::RegistryMissing | Self::RegistryUnreadable | Self::CatalogueMissing | Self::CatalogueUnreadable => Vec::new(),
            Self::NewerFormat { key, found } => vec![("key", key.clone()), ("found", found.to_string())],
            Self::DocumentMissing { id } | Self::DocumentCutOff { id } | Self::DocumentTooLarge { id } | Self::ChainBegun { id } => {
                vec![plugin(id)]
            }
            Self::DocumentUnreadable { id, line } => vec![plugin(id), ("line", line.to_string())],
            Self::DocumentInconsistent { id, what } => vec![plugin(id), ("what", what.clone())],
            Self::SetBack { id, seen } => vec![plugin(id), ("seen", seen.to_string())],
            Self::DocumentMisplaced { key } | Self::UnknownKey { key } | Self::ProbeLeft { key } => vec![("key", key.clone())],
            Self::RevisionMissing { id, from, to } => vec![plugin(id), ("from", from.to_string()), ("to", to.to_string())],
            Self::RevisionUnreadable { id, seq }
            | Self::ChainBroken { id, seq }
            | Self::RevisionForked { id, seq }
            | Self::OperationsBroken { id, seq } => vec![plugin(id), ("seq", seq.to_string())],
            Self::RevisionInconsistent { id, seq, what } => vec![plugin(id), ("seq", seq.to_string()), ("what", what.clone())],
            Self::RevisionAhead { id, seq, now } => vec![plugin(id), ("seq", seq.to_string()), ("now", now.to_string())],
            Self::ReleaseAltered { id, version, seq } => vec![plugin(id), ("version", version.to_string()), ("seq", seq.to_string())],
            Self::PackageMissing { id, version, key }
            | Self::PackageAltered { id, version, key }
            | Self::ListMissing { id, version, key }
            | Self::ListAltered { id, version, key }
            | Self::ListUnreadable { id, version, key } => vec![plugin(id), ("version", version.to_string()), ("key", key.clone())],
            Self::PackageSize { id, version, key, expected, found } => {
                let sizes = [("expected", expected.to_string()), ("found", found.to_string())];
                [plugin(id), ("version", version.to_string()), ("key", key.clone())].into_iter().chain(sizes).collect()
            }
            Self::ListDisagrees { id, version, expected, found } => {
                vec![plugin(id), ("version", version.to_string()), ("expected", expected.to_string()), ("found", found.to_string())]
            }
            Self::AssetMissing { id, what, key } | Self::AssetAltered { id, what, key } => {
                vec![plugin(id), ("what", what.clone()), ("key", key.clone())]
            }
            Self::Row { id, difference } => match difference {
                Difference::Stale(seq) | Difference::Ahead(seq) => vec![plugin(id), ("seq", seq.to_string())],
                _ => vec![plugin(id)],
            },
            Self::Orphans { id, objects, bytes } => vec![plugin(id), ("objects", objects.to_string()), ("bytes", bytes.to_string())],
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
