//! What scripts, translations and people are told of a finding beside its sentence: its name, its values, and what to do next.

use patchbay_package::PluginId;

use super::Finding;
use crate::catalogue::Difference;

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
}
