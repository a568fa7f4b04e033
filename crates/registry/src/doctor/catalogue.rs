//! The catalogue against the documents, and its repair. What it should say is [`crate::catalogue`]'s to know.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use patchbay_package::PluginId;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::{Check, Finding, PLUGINS, Step, plugin::Found};
use crate::{
    Registry,
    catalogue::{Difference, Head, Known, Line, Table},
    error::ReadError,
    format::FormatError,
    key::Key,
    registry::{READ_HEAD, seed},
    store::{ETag, Fetched, StoreErrorKind},
};

/// How often the catalogue is made anew when other writers are faster.
const TRIES: u32 = 16;

/// The catalogue as it was read.
pub(super) enum Catalogue {
    /// It can be read, with all its parts.
    Read(Box<Known>),
    /// There is none.
    Missing,
    /// It cannot be read, or a part of it cannot; its head, when that can.
    Damaged(ETag, Option<Box<Head>>),
    /// A later version of Patchbay wrote it.
    Newer(u64),
}

impl Catalogue {
    pub(super) async fn read(registry: &Registry) -> Result<Self, ReadError> {
        Ok(match registry.store().get(&Key::CatalogHead, None, READ_HEAD).await? {
            Fetched::Found(object) => match Head::parse(&object.bytes) {
                Ok(head) => match registry.whole(&head).await {
                    Ok(Some(table)) => Self::Read(Box::new(Known { head, etag: Some(object.etag), table: Some(table) })),
                    Ok(None) | Err(ReadError::Format(_)) => Self::Damaged(object.etag, Some(Box::new(head))),
                    Err(e) => return Err(e),
                },
                Err(FormatError::Newer { found, .. }) => Self::Newer(found),
                Err(_) => Self::Damaged(object.etag, None),
            },
            Fetched::Same | Fetched::Absent => Self::Missing,
        })
    }

    /// The plugins that it tells of.
    pub(super) fn ids(&self) -> impl Iterator<Item = PluginId> {
        let known = if let Self::Read(known) = self { Some(known) } else { None };
        let table = known.and_then(|known| known.table.as_ref());
        table.into_iter().flat_map(Table::all).filter_map(|row| row.id.parse().ok())
    }

    fn difference(&self, id: &PluginId, should: Option<&Line>) -> Option<Difference> {
        if let Self::Read(known) = self { known.table.as_ref()?.difference(id, should) } else { None }
    }

    /// Whether it does not say of a plugin what it should. One that says nothing at all does not.
    pub(super) fn differs(&self, id: &PluginId, should: Option<&Line>) -> bool {
        match self {
            Self::Read(_) => self.difference(id, should).is_some(),
            Self::Missing | Self::Damaged(..) => should.is_some(),
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
        if suspects.is_empty() && !matches!(before, Catalogue::Damaged(..)) {
            return Ok(());
        }
        if self.scope.repair {
            tell(Step::Repairing);
        }
        let mut jitter = SmallRng::seed_from_u64(seed(&at.to_string()));
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
            let (head, etag, table) = match now {
                Catalogue::Read(known) => (Some(known.head), known.etag, known.table.unwrap_or_default()),
                Catalogue::Damaged(etag, head) => (head.map(|head| *head), Some(etag), Table::default()),
                Catalogue::Missing => (None, None, Table::default()),
                Catalogue::Newer(found) => {
                    self.find(Finding::NewerFormat { key: Key::CatalogHead.to_string(), found });
                    return Ok(());
                }
            };
            match self.registry.put_catalogue(head, etag.as_ref(), table.mended(&should), at).await {
                Ok(_) => {
                    self.report().repaired = wrong;
                    return Ok(());
                }
                // Another writer was faster, or our own answer was lost: the next look tells.
                Err(ReadError::Store(e)) if e.is_transient() || matches!(e.kind, StoreErrorKind::PreconditionFailed { .. }) => {
                    tokio::time::sleep(Duration::from_millis(jitter.random_range(10..=200))).await;
                }
                Err(e) => return Err(e),
            }
        }
        let now = Catalogue::read(self.registry).await?;
        wrong(&now, &self.entries(&suspects).await?).into_iter().for_each(|finding| self.find(finding));
        Ok(())
    }

    /// What the catalogue should say of each. A document that is damaged says nothing, so what the catalogue says stays.
    async fn entries(&self, ids: &BTreeSet<PluginId>) -> Result<BTreeMap<PluginId, Option<Line>>, ReadError> {
        let entry = async |id: PluginId| {
            Ok::<_, ReadError>(match self.document(&id).await? {
                Found::Standing(standing) => Some((id, Some(Line::of(&standing.revision.document, Some(&standing.etag))))),
                Found::Absent => Some((id, None)),
                Found::Damaged(_) => None,
            })
        };
        let ids: Vec<_> = ids.iter().cloned().collect();
        let entries: Vec<_> = stream::iter(ids).map(entry).buffer_unordered(PLUGINS).try_collect().await?;
        Ok(entries.into_iter().flatten().collect())
    }
}

fn wrong(catalogue: &Catalogue, should: &BTreeMap<PluginId, Option<Line>>) -> Vec<Finding> {
    match catalogue {
        Catalogue::Missing if should.values().all(Option::is_none) => Vec::new(),
        Catalogue::Missing => vec![Finding::CatalogueMissing],
        Catalogue::Damaged(..) => vec![Finding::CatalogueUnreadable],
        Catalogue::Newer(_) => Vec::new(),
        Catalogue::Read(_) => should
            .iter()
            .filter_map(|(id, line)| Some(Finding::Row { id: id.clone(), difference: catalogue.difference(id, line.as_ref())? }))
            .collect(),
    }
}
