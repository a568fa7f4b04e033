//! Uploading what a revision will refer to, beside a clean-up that may be about to remove it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable as _};
use jiff::{SignedDuration, Timestamp};
use patchbay_package::{PluginId, Version};
use tokio_util::sync::CancellationToken;

use super::{Asset, Registry, Upload, seed};
use crate::{
    Clock,
    error::ChangeError,
    gc,
    key::Key,
    store::{Body, Condition, Progress, StoreError, StoreErrorKind},
};

/// An upload that is younger than this by the store's clock is not written again: no clean-up touches it for days.
const YOUNG: SignedDuration = SignedDuration::from_hours(24);

/// What was made sure of longer ago than this, by this computer's clock, is made sure of again before a commit refers to it.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// The packages of a release with what belongs to them: uploaded, and looked at again before a commit that comes late.
///
/// A computer can be suspended between an upload and its commit for longer than a clean-up lets an upload lie. The commit asks before
/// each attempt; on a computer that was awake that is a look at its clock. A wrong clock decides nothing: whether the uploads are there
/// is for the store to say.
pub struct Uploads {
    registry: Registry,
    id: PluginId,
    version: Version,
    packages: Vec<(Upload, Vec<Asset>)>,
    clock: Clock,
    /// When they were last made sure of; none before the first time.
    sure: Mutex<Option<Timestamp>>,
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploads").field("id", &self.id).field("version", &self.version).finish_non_exhaustive()
    }
}

impl Uploads {
    /// What is to be uploaded. The files must stay until the commit is over.
    #[must_use]
    pub fn new(registry: &Registry, id: &PluginId, version: &Version, packages: Vec<(Upload, Vec<Asset>)>, clock: Clock) -> Self {
        let (registry, id, version) = (registry.clone(), id.clone(), version.clone());
        Self { registry, id, version, packages, clock, sure: Mutex::default() }
    }

    /// Uploads all of it, create-only.
    ///
    /// # Errors
    /// As [`Registry::upload`]. Nothing is visible either way.
    pub async fn send(&self, progress: Progress, cancel: &CancellationToken) -> Result<(), ChangeError> {
        // From before the first byte: what was there a moment ago may be gone at the end of a long night.
        let began = (self.clock)();
        for (package, assets) in &self.packages {
            self.registry.upload(&self.id, &self.version, package, assets, progress.clone(), cancel).await?;
        }
        *self.sure.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
        Ok(())
    }

    /// Makes sure that all of it is there, unless that was done a moment ago.
    pub(crate) async fn make_sure(&self, cancel: &CancellationToken) -> Result<(), ChangeError> {
        while !self.is_fresh() {
            self.send(Arc::new(|_| {}), cancel).await?;
        }
        Ok(())
    }

    fn is_fresh(&self) -> bool {
        let sure = *self.sure.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back tells nothing.
        sure.is_some_and(|sure| (SignedDuration::ZERO..FRESH).contains(&(self.clock)().duration_since(sure)))
    }
}

impl Registry {
    /// Creates an immutable object, or finds it there; a passing failure is tried again, since nobody reads it yet.
    pub(super) async fn put_once(&self, key: &Key, body: Body, progress: Option<Progress>) -> Result<(), ChangeError> {
        let seed = seed(&key.to_string());
        let policy = || {
            ExponentialBuilder::default().with_jitter().with_jitter_seed(seed).with_min_delay(Duration::from_millis(100)).with_max_times(4)
        };
        let put = async |condition: Condition| {
            let put = || self.store.put(key, body.clone(), condition.clone(), progress.clone());
            match put.retry(policy()).when(StoreError::is_transient).await {
                Ok(_) => Ok(true),
                Err(e) if matches!(e.kind, StoreErrorKind::PreconditionFailed { .. }) => Ok(false),
                Err(e) => Err(ChangeError::from(e)),
            }
        };
        // It is there or it is not; only a clean-up takes it away in between, and that happens once.
        for _ in 0..4 {
            if put(Condition::Absent).await? {
                return Ok(());
            }
            let page = self.store.page(&key.to_string(), None).await?;
            let Some(there) = page.objects.iter().find(|object| object.key == key.to_string()) else { continue };
            let age = page.now.map(|now| now.duration_since(there.modified));
            // Written so long ago that nothing is on its way any more that was announced before, and not so long that anybody takes
            // it for left behind.
            if age.is_some_and(|age| age > gc::ANNOUNCED && age < YOUNG) {
                return Ok(());
            }
            // Old enough to be taken for left behind. Written again it is young; then, and not before, is looked whether
            // somebody removes it (see [`crate::gc`]). One that is new may have been written again by a publisher who was refused.
            let is_new = age.is_some_and(|age| age <= gc::ANNOUNCED);
            if !is_new && !put(Condition::Matches(there.etag.clone())).await? {
                continue;
            }
            if gc::is_announced(self, key).await? {
                return Err(ChangeError::BeingRemoved { key: key.to_string() });
            }
            // A clean-up that looked before it was young may have removed it, ended, and taken its announcement back.
            let page = self.store.page(&key.to_string(), None).await?;
            if page.objects.iter().any(|object| object.key == key.to_string()) {
                return Ok(());
            }
        }
        Err(ChangeError::BeingRemoved { key: key.to_string() })
    }
}
