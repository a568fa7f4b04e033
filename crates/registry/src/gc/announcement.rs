//! `cleaning.json`: saying what will be removed, and taking that back.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{GcError, Orphan, REMOVES, is_recent, look};
use crate::{
    Clock, Registry,
    error::ReadError,
    format::{FORMAT, FormatError, check_format, parse_line},
    key::Key,
    store::{Body, Condition, Fetched, Listed, StoreError, StoreErrorKind},
};

/// How long an announcement keeps publishers away.
pub(crate) const ANNOUNCED: SignedDuration = SignedDuration::from_mins(60);

/// The largest announcement that is read.
const MAX_CLEANING: u64 = 4 * 1024 * 1024;

/// `cleaning.json`: what is being removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cleaning {
    /// The format number.
    pub patchbay: u64,
    /// Which clean-up.
    pub id: Uuid,
    /// The keys.
    pub keys: BTreeSet<String>,
    /// Fields that this version of Patchbay does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Cleaning {
    fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        check_format(&Key::Cleaning, 1, bytes)?;
        parse_line(&Key::Cleaning, 1, bytes)
    }
}

/// Says what will be removed, so that no publisher relies on it from now on. Answers with what stands there then.
pub(super) async fn announce(registry: &Registry, orphans: &[Orphan]) -> Result<Listed, GcError> {
    let store = registry.store();
    let keys = orphans.iter().map(|orphan| orphan.key.to_string()).collect();
    let cleaning = Cleaning { patchbay: FORMAT, id: Uuid::new_v4(), keys, extra: Map::new() };
    let mut bytes = serde_json::to_vec(&cleaning).unwrap_or_default();
    bytes.push(b'\n');
    let body = Body::Bytes(bytes.into());
    let taken = |e: &StoreError| matches!(e.kind, StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. });
    let ours = match store.put(&Key::Cleaning, body.clone(), Condition::Absent, None).await {
        Ok(etag) => etag,
        Err(e) if taken(&e) => {
            let (object, now) = look(registry, &Key::Cleaning).await?;
            let dead = object.filter(|object| now.duration_since(object.modified) > ANNOUNCED).ok_or(GcError::Running)?;
            match store.put(&Key::Cleaning, body, Condition::Matches(dead.etag), None).await {
                Ok(etag) => etag,
                Err(e) if taken(&e) => return Err(GcError::Running),
                Err(e) => return Err(e.into()),
            }
        }
        Err(e) => return Err(e.into()),
    };
    look(registry, &Key::Cleaning).await?.0.filter(|object| object.etag == ours).ok_or(GcError::Running)
}

/// Takes an announcement back, as long as it is certain to be ours: nobody replaces it within the hour.
pub(super) async fn retract(registry: &Registry, announced: &Listed, clock: &Clock) -> Result<(), GcError> {
    let began = clock();
    let (object, now) = look(registry, &Key::Cleaning).await?;
    let is_ours = object.is_some_and(|object| object.etag == announced.etag && now.duration_since(object.modified) <= REMOVES);
    if is_ours && is_recent(began, clock) {
        registry.store().delete(&Key::Cleaning).await?;
    }
    Ok(())
}

/// Whether an announcement that is still good names a key. For publishers.
pub(crate) async fn is_announced(registry: &Registry, key: &Key) -> Result<bool, ReadError> {
    let bytes = match registry.store().get(&Key::Cleaning, None, MAX_CLEANING).await? {
        Fetched::Found(object) => object.bytes,
        Fetched::Same | Fetched::Absent => return Ok(false),
    };
    if !Cleaning::parse(&bytes)?.keys.contains(&key.to_string()) {
        return Ok(false);
    }
    let page = registry.store().page(&Key::Cleaning.to_string(), None).await?;
    let age = page.objects.first().and_then(|object| Some(page.now?.duration_since(object.modified)));
    Ok(age.is_none_or(|age| age <= ANNOUNCED))
}
