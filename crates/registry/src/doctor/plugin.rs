//! One plugin: its document, its history from the first revision on, and what these refer to.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use patchbay_package::{Digest, PluginId, Version};

use super::{Check, Finding, SETTLED, catalogue::Catalogue};
use crate::{
    catalogue::Line,
    commit::{Standing, read},
    error::ReadError,
    format::{MAX_DOCUMENT, MAX_OPERATIONS, document::Document},
    key::Key,
    references::References,
    store::{Fetched, Listed, StoreError, StoreErrorKind},
};

/// How many revisions of a plugin are read at once.
const REVISIONS: usize = 4;

/// What stands where the document of a plugin should.
pub(super) enum Found {
    /// The document.
    Standing(Box<Standing>),
    /// Nothing.
    Absent,
    /// Something that is not the document it should be.
    Damaged(Finding),
}

impl Found {
    fn seq(&self) -> Option<u64> {
        if let Self::Standing(standing) = self { Some(standing.revision.document.header.seq) } else { None }
    }
}

/// What the bucket has of one plugin.
#[derive(Default)]
pub(super) struct Shelf {
    revisions: BTreeSet<u64>,
    /// Digest and size of each package, by version: the text of the version is in its key.
    pub(super) packages: BTreeMap<(Version, Digest), Kept>,
    pub(super) assets: BTreeMap<Digest, Kept>,
}

/// An object that is kept, and whether it is old enough to be missed by nobody.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) size: u64,
    settled: bool,
}

/// What the chain needs to know of the revision before.
struct Link {
    seq: u64,
    digest: Digest,
    document: Document,
}

impl Check<'_> {
    /// Checks a plugin; answers it when the catalogue does not say of it what it should.
    pub(super) async fn plugin(&self, id: &PluginId, catalogue: &Catalogue) -> Result<Option<PluginId>, ReadError> {
        let (found, shelf) = self.look(id).await?;
        let mut references = References::default();
        let last = self.history(id, &found, &shelf, &mut references).await?;
        let suspect = match found {
            Found::Standing(standing) => {
                self.report().plugins += 1;
                self.read(standing.bytes.len() as u64);
                references.read(&standing.bytes);
                self.follows(id, last.as_ref(), &standing);
                self.releases(&standing.revision.document, &shelf).await?;
                catalogue.differs(id, Some(&Line::of(&standing.revision.document, Some(&standing.etag))))
            }
            // What it should say is not known, so it stays.
            Found::Damaged(finding) => {
                self.report().plugins += 1;
                self.find(finding);
                return Ok(None);
            }
            Found::Absent if shelf.revisions.is_empty() => catalogue.differs(id, None),
            Found::Absent => {
                self.find(Finding::DocumentMissing { id: id.clone() });
                return Ok(None);
            }
        };
        self.orphans(id, &shelf, &references);
        Ok(suspect.then(|| id.clone()))
    }

    /// The document first: what it refers to was there before it. History that is ahead of it is damage, or a writer was faster than
    /// this look: then the document is another one now.
    async fn look(&self, id: &PluginId) -> Result<(Found, Shelf), ReadError> {
        let mut found = self.document(id).await?;
        loop {
            let shelf = self.shelf(id).await?;
            let is_ahead = match &found {
                Found::Standing(_) | Found::Absent => shelf.revisions.last().copied() > found.seq(),
                Found::Damaged(_) => false,
            };
            if !is_ahead {
                return Ok((found, shelf));
            }
            let now = self.document(id).await?;
            if now.seq() == found.seq() {
                return Ok((found, shelf));
            }
            found = now;
        }
    }

    /// Reads the document of a plugin.
    pub(super) async fn document(&self, id: &PluginId) -> Result<Found, ReadError> {
        Ok(match read(&**self.registry.store(), self.registry.seen(), id).await {
            Ok(Some(standing)) => Found::Standing(Box::new(standing)),
            Ok(None) => Found::Absent,
            Err(ReadError::Format(error)) => Found::Damaged(Finding::of_document(id, error)),
            Err(ReadError::SetBack(back)) => Found::Damaged(Finding::SetBack { id: id.clone(), seen: back.seen }),
            Err(ReadError::Store(StoreError { kind: StoreErrorKind::TooLarge { .. }, .. })) => {
                Found::Damaged(Finding::DocumentTooLarge { id: id.clone() })
            }
            Err(error) => return Err(error),
        })
    }

    async fn shelf(&self, id: &PluginId) -> Result<Shelf, ReadError> {
        let mut shelf = Shelf::default();
        for folder in ["history", "packages", "assets"] {
            let mut after = None;
            loop {
                let page = self.registry.store().page(&format!("{folder}/{id}/"), after.as_deref()).await?;
                for object in page.objects {
                    shelf.put(&object, page.now);
                }
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
        Ok(shelf)
    }

    /// Reads history from the first revision on, checks each link, and answers the last one.
    async fn history(&self, id: &PluginId, found: &Found, shelf: &Shelf, references: &mut References) -> Result<Option<Link>, ReadError> {
        let standing = if let Found::Standing(standing) = found { Some(&**standing) } else { None };
        let newest = standing.map(|s| s.revision.document.header.seq);
        if let (Some(now), Some(&seq)) = (newest, shelf.revisions.last())
            && seq > now
        {
            self.find(Finding::RevisionAhead { id: id.clone(), seq, now });
        }
        let mut revisions = stream::iter(shelf.revisions.iter().copied())
            .map(|seq| async move {
                let key = Key::Revision(id.clone(), seq);
                self.registry.store().get(&key, None, MAX_DOCUMENT).await.map(|fetched| (seq, key, fetched))
            })
            .buffered(REVISIONS);
        let mut last: Option<Link> = None;
        let mut expected = 1;
        while let Some(answer) = revisions.next().await {
            let (seq, key, bytes) = match answer {
                Ok((seq, key, Fetched::Found(object))) => (seq, key, object.bytes),
                // Removed since it was listed: the gap is found by the next one.
                Ok(_) => continue,
                Err(StoreError { kind: StoreErrorKind::TooLarge { key, .. }, .. }) => {
                    let seq = match Key::parse(&key) {
                        Some(Key::Revision(_, seq)) => seq,
                        _ => continue,
                    };
                    self.find(Finding::RevisionUnreadable { id: id.clone(), seq });
                    (last, expected) = (None, seq + 1);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            self.read(bytes.len() as u64);
            self.report().revisions += 1;
            references.read(&bytes);
            self.gap(id, expected, seq);
            expected = seq + 1;
            match newest {
                // Whoever gave up before the commit left it there; it is the document then.
                Some(newest) if seq == newest => {
                    if standing.is_some_and(|s| s.bytes != bytes) {
                        self.find(Finding::RevisionForked { id: id.clone(), seq });
                    }
                    continue;
                }
                Some(newest) if seq > newest => continue,
                _ => {}
            }
            last = match Document::parse(&key, &bytes) {
                Ok(document) => {
                    let link = Link { seq, digest: Digest::of(&bytes), document };
                    self.linked(id, last.as_ref(), seq, &link.document);
                    Some(link)
                }
                Err(error) => {
                    self.find(Finding::of_revision(id, seq, error));
                    None
                }
            };
        }
        if let Some(newest) = newest {
            self.gap(id, expected, newest);
        }
        Ok(last)
    }

    fn gap(&self, id: &PluginId, expected: u64, seq: u64) {
        if seq > expected {
            self.find(Finding::RevisionMissing { id: id.clone(), from: expected, to: seq - 1 });
        }
    }

    fn follows(&self, id: &PluginId, last: Option<&Link>, standing: &Standing) {
        let document = &standing.revision.document;
        self.linked(id, last, document.header.seq, document);
    }

    /// Checks that a revision was made from the one before it.
    fn linked(&self, id: &PluginId, last: Option<&Link>, seq: u64, document: &Document) {
        let header = &document.header;
        let own = header.ops.first() == Some(&header.op);
        if seq == 1 && header.prev.is_some() {
            self.find(Finding::ChainBegun { id: id.clone() });
        }
        // After a gap nothing is known of the one before.
        let before = last.filter(|last| last.seq + 1 == seq);
        let continues = before.is_none_or(|last| {
            let before = &last.document.header.ops;
            header.ops.get(1..).is_some_and(|rest| rest == &before[..before.len().min(MAX_OPERATIONS - 1)])
        });
        if !own || !continues {
            self.find(Finding::OperationsBroken { id: id.clone(), seq });
        }
        let Some(last) = before else { return };
        if header.prev != Some(last.digest) {
            self.find(Finding::ChainBroken { id: id.clone(), seq: last.seq });
        }
        for release in &last.document.releases {
            let packages = |document: &Document| {
                let release = document.release(&release.version)?;
                Some(release.artifacts.iter().map(|a| (a.platform.clone(), a.sha256)).collect::<Vec<_>>())
            };
            if packages(document) != packages(&last.document) {
                self.find(Finding::ReleaseAltered { id: id.clone(), version: release.version.clone(), seq });
            }
        }
    }

    fn orphans(&self, id: &PluginId, shelf: &Shelf, references: &References) {
        let packages = shelf.packages.iter().map(|((_, digest), kept)| (digest, kept));
        let left = packages.chain(&shelf.assets).filter(|(digest, kept)| kept.settled && !references.contains(digest));
        let (objects, bytes) = left.fold((0, 0), |(objects, bytes), (_, kept)| (objects + 1, bytes + kept.size));
        if objects > 0 {
            self.find(Finding::Orphans { id: id.clone(), objects, bytes });
        }
    }
}

impl Shelf {
    fn put(&mut self, object: &Listed, now: Option<Timestamp>) {
        let settled = now.is_some_and(|now| now.duration_since(object.modified) >= SETTLED);
        let kept = Kept { size: object.size, settled };
        match Key::parse(&object.key) {
            Some(Key::Revision(_, seq)) => drop(self.revisions.insert(seq)),
            Some(Key::Package(_, version, digest)) => drop(self.packages.insert((version, digest), kept)),
            Some(Key::Asset(_, digest)) => drop(self.assets.insert(digest, kept)),
            // Found by the survey.
            _ => {}
        }
    }
}
