//! What a revision refers to: every digest in its bytes.

use std::collections::HashSet;

use patchbay_package::Digest;

/// The digests that revisions refer to.
///
/// Any 64 hex digits count, wherever they stand: also in a field that only a later version of Patchbay knows. What is kept
/// for no reason costs room; what is removed for no reason is lost.
#[derive(Clone, Debug, Default)]
pub struct References(HashSet<Digest>);

impl References {
    /// Adds those in the bytes of a revision.
    pub fn read(&mut self, bytes: &[u8]) {
        let runs = bytes.split(|b| !b.is_ascii_hexdigit()).filter(|run| run.len() == 64);
        self.0.extend(runs.filter_map(|run| std::str::from_utf8(run).ok()?.parse::<Digest>().ok()));
    }

    /// Whether a revision refers to it.
    #[must_use]
    pub fn contains(&self, digest: &Digest) -> bool {
        self.0.contains(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_counts_and_nothing_else_does() {
        let (one, two) = (Digest::of(b"one"), Digest::of(b"two"));
        let mut references = References::default();
        references.read(format!("{{\"known\":\"{one}\"}}\n{{\"later\":{{\"screenshots\":[\"{two}\"]}}}}\n").as_bytes());
        assert!(references.contains(&one) && references.contains(&two));
        assert!(!references.contains(&Digest::of(b"three")));
        let mut references = References::default();
        references.read(format!("a{one} {}", one.to_string().to_uppercase()).as_bytes());
        assert!(references.0.is_empty(), "65 digits are no digest, and capitals name no object");
    }
}
