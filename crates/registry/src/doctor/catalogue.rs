//! The catalogue against the documents, and its repair. What it should say is [`crate::catalogue`]'s to know.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use patchbay_package::PluginId;

use super::{Check, Finding, PLUGINS, Step, plugin::Found};
use crate::{
    Registry,
    catalogue::{Entry, Head, MAX_HEAD},
    error::ReadError,
    format::FormatError,
    key::Key,
    store::{Body, Condition, ETag, Fetched, StoreErrorKind},
};

/// How often the catalogue is made anew when other writers are faster.
const TRIES: u32 = 16;

/// The catalogue as it was read.
pub(super) enum Catalogue {
    /// It can be read.
    Read(Box<Head>, ETag),
    /// There is none.
    Missing,
    /// It cannot be read.
    Damaged(ETag),
    /// A later version of Patchbay wrote it.
    Newer(u64),
}

impl Catalogue {
    pub(super) async fn read(registry: &Registry) -> Result<Self, ReadError> {
        Ok(match registry.store().get(&Key::CatalogHead, None, MAX_HEAD).await? {
            Fetched::Found(object) => match Head::parse(&object.bytes) {
                Ok(head) => Self::Read(Box::new(head), object.etag),
                Err(FormatError::Newer { found, .. }) => Self::Newer(found),
                Err(_) => Self::Damaged(object.etag),
            },
            Fetched::Same | Fetched::Absent => Self::Missing,
        })
    }

    /// The plugins that it tells of.
    pub(super) fn ids(&self) -> impl Iterator<Item = &PluginId> {
        let head = if let Self::Read(head, _) = self { Some(head) } else { None };
        head.into_iter().flat_map(|head| head.ids())
    }

    /// Whether it does not say of a plugin what it should. One that says nothing at all does not.
    pub(super) fn differs(&self, id: &PluginId, should: Option<&Entry>) -> bool {
        match self {
            Self::Read(head, _) => head.difference(id, should).is_some(),
            Self::Missing | Self::Damaged(_) => should.is_some(),
            Self::Newer(_) => false,
        }
    }
}

impl Check<'_> {
    /// Looks again at what differed, for a writer may have been between its commit and the catalogue; then says what is
    /// wrong, or mends it.
    pub(super) async fn catalogue(
        &self,
        before: &Catalogue,
        suspects: BTreeSet<PluginId>,
        at: Timestamp,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<(), ReadError> {
        if let Catalogue::Newer(found) = before {
            self.find(Finding::NewerFormat { key: Key::CatalogHead.to_string(), found: *found });
            return Ok(());
        }
        if suspects.is_empty() && !matches!(before, Catalogue::Damaged(_)) {
            return Ok(());
        }
        if self.scope.repair {
            tell(Step::Repairing);
        }
        for _ in 0..TRIES {
            // In this order, as before: the documents that are read now are at least as new as the rows.
            let now = Catalogue::read(self.registry).await?;
            let should = self.entries(&suspects).await?;
            let wrong = wrong(&now, &should);
            if wrong.is_empty() {
                return Ok(());
            }
            if !self.scope.repair {
                wrong.into_iter().for_each(|finding| self.find(finding));
                return Ok(());
            }
            let (head, condition) = match now {
                Catalogue::Read(head, etag) => (*head, Condition::Matches(etag)),
                Catalogue::Damaged(etag) => (Head::empty(at), Condition::Matches(etag)),
                Catalogue::Missing => (Head::empty(at), Condition::Absent),
                Catalogue::Newer(found) => {
                    self.find(Finding::NewerFormat { key: Key::CatalogHead.to_string(), found });
                    return Ok(());
                }
            };
            let next = head.mended(&should, at).unwrap_or(head);
            match self.registry.store().put(&Key::CatalogHead, Body::Bytes(next.to_bytes().into()), condition, None).await {
                Ok(_) => {
                    self.report().repaired = wrong;
                    return Ok(());
                }
                // Another writer was faster, or our own answer was lost: the next look tells.
                Err(e) if e.is_transient() || matches!(e.kind, StoreErrorKind::PreconditionFailed { .. }) => {
                    tokio::time::sleep(Duration::from_millis(rand::random_range(10..=200))).await;
                }
                Err(e) => return Err(e.into()),
            }
        }
        let now = Catalogue::read(self.registry).await?;
        wrong(&now, &self.entries(&suspects).await?).into_iter().for_each(|finding| self.find(finding));
        Ok(())
    }

    /// What the catalogue should say of each. A document that is damaged says nothing, so what the catalogue says stays.
    async fn entries(&self, ids: &BTreeSet<PluginId>) -> Result<BTreeMap<PluginId, Option<Entry>>, ReadError> {
        let entry = async |id: PluginId| {
            Ok::<_, ReadError>(match self.document(&id).await? {
                Found::Standing(standing) => Some((id, Some(Entry::of(&standing.revision.document)))),
                Found::Absent => Some((id, None)),
                Found::Damaged(_) => None,
            })
        };
        let ids: Vec<_> = ids.iter().cloned().collect();
        let entries: Vec<_> = stream::iter(ids).map(entry).buffer_unordered(PLUGINS).try_collect().await?;
        Ok(entries.into_iter().flatten().collect())
    }
}

fn wrong(catalogue: &Catalogue, should: &BTreeMap<PluginId, Option<Entry>>) -> Vec<Finding> {
    match catalogue {
        Catalogue::Missing if should.values().all(Option::is_none) => Vec::new(),
        Catalogue::Missing => vec![Finding::CatalogueMissing],
        Catalogue::Damaged(_) => vec![Finding::CatalogueUnreadable],
        Catalogue::Newer(_) => Vec::new(),
        Catalogue::Read(head, _) => should
            .iter()
            .filter_map(|(id, entry)| Some(Finding::Row { id: id.clone(), difference: head.difference(id, entry.as_ref())? }))
            .collect(),
    }
}
