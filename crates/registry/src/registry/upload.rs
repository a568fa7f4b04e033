//! Uploading what a revision will refer to, beside a clean-up that may be about to remove it.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use jiff::SignedDuration;

use super::Registry;
use crate::{
    error::ChangeError,
    gc,
    key::Key,
    store::{Body, Condition, Progress, StoreError, StoreErrorKind},
};

/// An upload that is younger than this by the store's clock is relied on as it is: no clean-up touches it for days.
const YOUNG: SignedDuration = SignedDuration::from_hours(24);

impl Registry {
    /// Creates an immutable object, or finds it there; a passing failure is tried again, since nobody reads it yet.
    pub(super) async fn put_once(&self, key: &Key, body: Body, progress: Option<Progress>) -> Result<(), ChangeError> {
        // Another seed for another key, and the same in every run.
        let seed = key.to_string().bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
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
            if page.now.is_some_and(|now| now.duration_since(there.modified) < YOUNG) {
                return Ok(());
            }
            // Old enough to be taken for left behind. Written again it is young; then, and not before, is looked whether
            // somebody removes it (see [`crate::gc`]).
            if !put(Condition::Matches(there.etag.clone())).await? {
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
