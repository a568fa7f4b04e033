//! What a check found.

use std::collections::BTreeMap;

use crate::key::Key;

use super::finding::{Finding, Weight};

/// How many findings are kept in full. A registry in which more is wrong needs a backup and not a longer list.
pub const MAX_FINDINGS: usize = 1_000;

/// What a registry holds of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many objects.
    pub objects: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Amount {
    fn add(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes += bytes;
    }
}

/// What a registry holds, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Documents.
    pub documents: Amount,
    /// Earlier revisions.
    pub history: Amount,
    /// Packages.
    pub packages: Amount,
    /// File lists, READMEs, changelogs, icons.
    pub assets: Amount,
    /// Everything else: `registry.json`, the catalogue, what is not Patchbay's.
    pub other: Amount,
}

impl Usage {
    pub(super) fn count(&mut self, key: Option<&Key>, bytes: u64) {
        let amount = match key {
            Some(Key::Document(_)) => &mut self.documents,
            Some(Key::Revision(..)) => &mut self.history,
            Some(Key::Package(..)) => &mut self.packages,
            Some(Key::Asset(..)) => &mut self.assets,
            Some(Key::Registry | Key::CatalogHead | Key::CatalogPart(_) | Key::Cleaning | Key::Probe(_)) | None => &mut self.other,
        };
        amount.add(bytes);
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> Amount {
        let all = [self.documents, self.history, self.packages, self.assets, self.other];
        all.iter().fold(Amount::default(), |sum, a| Amount { objects: sum.objects + a.objects, bytes: sum.bytes + a.bytes })
    }
}

/// What a check found, and what a repair mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What the registry holds.
    pub usage: Usage,
    /// How many plugins were checked.
    pub plugins: u64,
    /// How many revisions were read.
    pub revisions: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// What is wrong, the weightiest first; the first [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many there are of each name.
    pub counts: BTreeMap<&'static str, u64>,
    /// What was wrong and was mended.
    pub repaired: Vec<Finding>,
}

impl Report {
    pub(super) fn add(&mut self, finding: Finding) {
        *self.counts.entry(finding.name()).or_default() += 1;
        let at = self.findings.partition_point(|there| there.weight() <= finding.weight());
        self.findings.insert(at, finding);
        self.findings.truncate(MAX_FINDINGS);
    }

    /// Whether nothing is wrong; something may lie about.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        // Sorted by weight, so what is wrong comes first.
        self.findings.first().is_none_or(|finding| finding.weight() == Weight::Untidy)
    }

    /// How many things were found that are of this weight.
    #[must_use]
    pub fn of(&self, weight: Weight) -> usize {
        self.findings.iter().filter(|finding| finding.weight() == weight).count()
    }
}
