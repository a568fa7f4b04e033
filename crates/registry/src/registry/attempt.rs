//! How long a writer of the catalogue's head waits for the others.

use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use tokio::time::Instant;

use super::{PATIENCE, seed};
use crate::{error::ReadError, store::StoreErrorKind};

/// Where a write of the head is between its tries.
pub(super) struct Attempt {
    deadline: Instant,
    begun: Instant,
    number: u32,
    jitter: SmallRng,
}

impl Attempt {
    /// `what` tells the waits of one writer from those of another.
    pub(super) fn new(what: &str) -> Self {
        Self { deadline: Instant::now() + PATIENCE, begun: Instant::now(), number: 0, jitter: SmallRng::seed_from_u64(seed(what)) }
    }

    /// Full jitter over a time that doubles, beginning with what a try takes here: with a far store, others need longer too.
    pub(super) async fn wait_or_give_up(&mut self, error: ReadError) -> Result<(), ReadError> {
        let ReadError::Store(store) = &error else { return Err(error) };
        let taken = matches!(store.kind, StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. });
        if !(taken || store.is_transient()) || Instant::now() >= self.deadline {
            return Err(error);
        }
        let took = self.begun.elapsed().clamp(Duration::from_millis(5), Duration::from_millis(200));
        self.number += 1;
        let most = took.saturating_mul(1 << self.number.min(5)).min(Duration::from_secs(2));
        let wait = self.jitter.random_range(Duration::from_millis(1)..=most);
        tokio::time::sleep(wait).await;
        self.begun = Instant::now();
        Ok(())
    }
}
