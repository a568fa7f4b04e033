//! Removing uploads that no revision refers to, and parts of the catalogue that its head names no more: the one thing, beside the probe,
//! that deletes.
//!
//! A publish that is given up leaves objects that nobody refers to. Nothing tells them from those of a publish that is still on
//! its way, except time; and a publisher who sends the same bytes again finds them there and relies on them. So:
//!
//! 1. Only what was written at least [`SETTLED`] ago by the store's clock is removed, and only if no revision, documents and
//!    all of history, names its digest. Whatever cannot be read ends it: nothing is deleted because of an error.
//! 2. What will be removed is *announced* in `cleaning.json` first. After that each object is looked at again, document and age,
//!    and then removed.
//! 3. A publisher who finds an old object there ([`Registry::upload`]) first *writes it again*, the same bytes, which makes it
//!    young, and then reads the announcement; so does whoever finds what was written within the hour. It relies on the object
//!    only when that does not name it and the object is then still there: a clean-up that has ended takes its announcement back.
//!
//! The writes of both come before their reads, so of the two at least one sees the other (Dekker): either the clean-up finds the
//! object young and keeps it, or the publisher finds it announced and does not rely on it. An announcement is good for an hour
//! of the store's clock, and whoever made it stops removing after half of that; a request that was signed before is refused by
//! then. So nobody has to tidy up after a clean-up that was cut off. `docs/decisions.md` has the same at length.

mod announcement;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use patchbay_package::{Digest, PluginId};
use tokio_util::sync::CancellationToken;

pub use announcement::Cleaning;
pub(crate) use announcement::{ANNOUNCED, is_announced};

use announcement::{announce, retract};

use crate::{
    Clock, Registry,
    catalogue::Head,
    doctor::SETTLED,
    error::ReadError,
    format::{MAX_DOCUMENT, document::Document},
    key::Key,
    references::References,
    registry::READ_HEAD,
    store::{ETag, Fetched, Listed, Page, Progress, StoreError},
};

/// How many objects one clean-up removes at most; the next one goes on.
pub const MAX_ORPHANS: usize = 5_000;

/// How long after its announcement a clean-up removes things.
const REMOVES: SignedDuration = SignedDuration::from_mins(30);

/// How old a look may be, by this computer's clock, when something is removed because of it.
const LOOKED: SignedDuration = SignedDuration::from_mins(5);

/// An object that nothing refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Its key.
    pub key: Key,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written, by the store's clock.
    pub modified: Timestamp,
}

/// What would be removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// These.
    pub orphans: Vec<Orphan>,
    /// Whether there are more than one clean-up removes.
    pub more: bool,
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many objects.
    pub removed: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// How many stayed after all: somebody uses them now, or the time was up.
    pub kept: u64,
}

/// Why nothing, or nothing more, was removed.
#[derive(Debug, thiserror::Error)]
pub enum GcError {
    /// Something could not be read or removed.
    #[error(transparent)]
    Failed(#[from] ReadError),
    /// The store does not tell the time.
    #[error("The store does not tell the time, so nobody can say how old an upload is.")]
    NoClock,
    /// The person has had enough of it.
    #[error("Cancelled; what was removed until then is removed.")]
    Cancelled,
    /// Another clean-up runs, or was cut off less than an hour ago.
    #[error("Another clean-up is under way, or was cut off less than an hour ago.")]
    Running,
    /// History knows a plugin whose document is missing.
    #[error("The document of {id} is missing, so nobody can say what it refers to.")]
    DocumentMissing {
        /// The plugin.
        id: PluginId,
    },
}

impl From<StoreError> for GcError {
    fn from(e: StoreError) -> Self {
        Self::Failed(e.into())
    }
}

impl GcError {
    /// The name that scripts and translations know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Failed(e) => e.name(),
            Self::NoClock => "no_clock",
            Self::Cancelled => "cancelled",
            Self::Running => "cleaning_elsewhere",
            Self::DocumentMissing { .. } => "document_missing",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Failed(e) => e.hint(),
            Self::NoClock => "Use a store that sends a Date with its answers.".into(),
            Self::Cancelled => "Nothing needs to be done.".into(),
            Self::Running => "Wait until it has ended, or for an hour.".into(),
            Self::DocumentMissing { .. } => "Nothing was removed. See what is wrong with `patchbay doctor`.".into(),
        }
    }
}

/// Finds what no revision refers to and nobody can be about to refer to. Writes nothing.
///
/// # Errors
/// [`GcError`]; any object that cannot be read is one.
pub async fn plan(registry: &Registry, progress: &Progress) -> Result<Plan, GcError> {
    let mut ids = BTreeSet::new();
    for folder in ["packages/", "assets/"] {
        each(registry, folder, |object, now| {
            if let Some(key) = Key::parse(&object.key).filter(|_| settled(&object, now)) {
                ids.extend(key.plugin().cloned());
            }
        })
        .await?;
    }
    let mut plan = Plan::default();
    for id in ids {
        let known = Known::read(registry, &id, progress).await?;
        let mut orphans = Vec::new();
        for folder in ["packages", "assets"] {
            each(registry, &format!("{folder}/{id}/"), |object, now| {
                let orphan = Key::parse(&object.key).filter(|key| settled(&object, now) && !known.refers_to(key));
                orphans.extend(orphan.map(|key| Orphan { key, size: object.size, modified: object.modified }));
            })
            .await?;
        }
        plan.orphans.append(&mut orphans);
        if plan.orphans.len() > MAX_ORPHANS {
            break;
        }
    }
    if let Some(named) = named_parts(registry).await? {
        each(registry, "catalog/", |object, now| {
            let left = Key::parse(&object.key).filter(|key| settled(&object, now) && is_left(key, &named));
            plan.orphans.extend(left.map(|key| Orphan { key, size: object.size, modified: object.modified }));
        })
        .await?;
    }
    plan.more = plan.orphans.len() > MAX_ORPHANS;
    plan.orphans.truncate(MAX_ORPHANS);
    Ok(plan)
}

/// Removes what was planned, and of that only what is still as it was planned. `cancel` stops it between two objects.
///
/// # Errors
/// [`GcError`]; what was removed until then is removed, and nothing else is touched.
pub async fn clean(
    registry: &Registry,
    orphans: &[Orphan],
    clock: &Clock,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<Cleaned, GcError> {
    if orphans.is_empty() {
        return Ok(Cleaned::default());
    }
    let announced = announce(registry, orphans).await?;
    let removed = remove(registry, orphans, announced.modified, clock, progress, cancel).await;
    // A removal that nobody answered may still be on its way, and as long as the store would take it publishers must know.
    let in_doubt = matches!(&removed, Err(GcError::Failed(ReadError::Store(e))) if e.is_ambiguous());
    if !in_doubt {
        // Where this fails, it is good for nothing within the hour.
        let _ = retract(registry, &announced, clock).await;
    }
    removed
}

async fn remove(
    registry: &Registry,
    orphans: &[Orphan],
    announced: Timestamp,
    clock: &Clock,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<Cleaned, GcError> {
    let mut done = Cleaned::default();
    let mut known: Option<Known> = None;
    for orphan in orphans {
        let looks = async {
            loop {
                let began = clock();
                // Again before each: what a document or the catalogue refers to may be different now.
                let refers = match orphan.key.plugin() {
                    Some(id) => {
                        let fresh = match known.take().filter(|known| known.id == *id) {
                            Some(before) => before.again(registry, progress).await?,
                            None => Known::read(registry, id, progress).await?,
                        };
                        known.insert(fresh).refers_to(&orphan.key)
                    }
                    None => named_parts(registry).await?.is_none_or(|named| !is_left(&orphan.key, &named)),
                };
                let (object, now) = look(registry, &orphan.key).await?;
                let late = now.duration_since(announced) > REMOVES;
                let keeps = late || refers || !object.is_some_and(|object| settled(&object, now));
                if keeps || is_recent(began, clock) {
                    return Ok::<_, GcError>(keeps);
                }
            }
        };
        let keeps = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(GcError::Cancelled),
            keeps = looks => keeps?,
        };
        if keeps {
            done.kept += 1;
            continue;
        }
        // Without a condition: an object under a digest has one tag, whoever wrote it and when. Not cut short: it may be on its way.
        registry.store().delete(&orphan.key).await?;
        done.removed += 1;
        done.bytes += orphan.size;
        progress(orphan.size);
    }
    Ok(done)
}

/// Whether so little time has passed that what was seen then still holds. A clock that was set back tells nothing.
fn is_recent(then: Timestamp, clock: &Clock) -> bool {
    (SignedDuration::ZERO..LOOKED).contains(&clock().duration_since(then))
}

/// The parts that the catalogue names; none when there is no catalogue or it cannot be read, and then none is removed.
async fn named_parts(registry: &Registry) -> Result<Option<BTreeSet<Digest>>, GcError> {
    let Fetched::Found(object) = registry.store().get(&Key::CatalogHead, None, READ_HEAD).await? else { return Ok(None) };
    Ok(Head::parse(&object.bytes).ok().map(|head| head.parts().map(|part| part.sha256).collect()))
}

fn is_left(key: &Key, named: &BTreeSet<Digest>) -> bool {
    matches!(key, Key::CatalogPart(digest) if !named.contains(digest))
}

/// What a plugin refers to, as of a document.
struct Known {
    id: PluginId,
    /// The tag of its document; none when it has none.
    etag: Option<ETag>,
    references: References,
}

impl Known {
    /// Reads the document and all of history.
    async fn read(registry: &Registry, id: &PluginId, progress: &Progress) -> Result<Self, GcError> {
        let mut references = References::default();
        let mut read = |bytes: &[u8]| {
            references.read(bytes);
            progress(bytes.len() as u64);
        };
        let mut found = registry.find(id).await?;
        if found.is_none() {
            if registry.store().page(&format!("history/{id}/"), None).await?.objects.is_empty() {
                return Ok(Self { id: id.clone(), etag: None, references });
            }
            // Its first two revisions may have been written in between.
            found = registry.find(id).await?;
        }
        let standing = found.ok_or_else(|| GcError::DocumentMissing { id: id.clone() })?;
        read(&standing.bytes);
        for seq in 1..standing.revision.document.header.seq {
            let key = Key::Revision(id.clone(), seq);
            let Fetched::Found(object) = registry.store().get(&key, None, MAX_DOCUMENT).await? else {
                return Err(ReadError::Altered { what: key.to_string() }.into());
            };
            Document::parse(&key, &object.bytes).map_err(ReadError::from)?;
            read(&object.bytes);
        }
        Ok(Self { id: id.clone(), etag: Some(standing.etag), references })
    }

    /// The same as of now: one request when nothing is different.
    async fn again(self, registry: &Registry, progress: &Progress) -> Result<Self, GcError> {
        let key = Key::Document(self.id.clone());
        match registry.store().get(&key, self.etag.as_ref(), MAX_DOCUMENT).await? {
            Fetched::Same => Ok(self),
            Fetched::Absent if self.etag.is_none() => Ok(self),
            Fetched::Absent | Fetched::Found(_) => Self::read(registry, &self.id, progress).await,
        }
    }

    fn refers_to(&self, key: &Key) -> bool {
        match key {
            Key::Package(_, _, digest) | Key::Asset(_, digest) => self.references.contains(digest),
            // Never an orphan.
            _ => true,
        }
    }
}

fn settled(object: &Listed, now: Timestamp) -> bool {
    now.duration_since(object.modified) >= SETTLED
}

/// What stands at a key, and what time it is there.
async fn look(registry: &Registry, key: &Key) -> Result<(Option<Listed>, Timestamp), GcError> {
    let path = key.to_string();
    let Page { objects, now, .. } = registry.store().page(&path, None).await?;
    Ok((objects.into_iter().find(|object| object.key == path), now.ok_or(GcError::NoClock)?))
}

async fn each(registry: &Registry, prefix: &str, mut take: impl FnMut(Listed, Timestamp)) -> Result<(), GcError> {
    let mut after = None;
    loop {
        let page = registry.store().page(prefix, after.as_deref()).await?;
        let now = page.now.ok_or(GcError::NoClock)?;
        page.objects.into_iter().for_each(|object| take(object, now));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
