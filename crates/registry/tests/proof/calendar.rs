//! The time of a simulated day: seconds are Tokio's, and weeks are slept through.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use patchbay_registry::{Clock, store::memory::MemoryStore};
use tokio::time::Instant;

/// Longer than a clean-up leaves an upload alone.
pub const WEEK: SignedDuration = SignedDuration::from_hours(8 * 24);

/// How long a store takes a request after it was signed, as AWS does.
const SIGNED: SignedDuration = SignedDuration::from_mins(15);

/// The one clock that everybody's clock and the bucket's go by.
#[derive(Clone)]
pub struct Calendar {
    began: Instant,
    bucket: MemoryStore,
    /// What was slept through, and what the bucket was told so far.
    passed: Arc<Mutex<[SignedDuration; 2]>>,
}

impl Calendar {
    pub fn new(bucket: MemoryStore) -> Self {
        Self { began: Instant::now(), bucket, passed: Arc::default() }
    }

    /// Since the day began.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What time it is. The bucket knows from now on, too.
    pub fn now(&self) -> Timestamp {
        let mut passed = self.passed.lock().unwrap();
        let [slept, told] = &mut *passed;
        let now = *slept + SignedDuration::try_from(self.began.elapsed()).unwrap();
        self.bucket.pass(now - *told);
        *told = now;
        Timestamp::UNIX_EPOCH + now
    }

    /// Everybody's computer is switched off for so long.
    pub fn skip(&self, time: SignedDuration) {
        self.passed.lock().unwrap()[0] += time;
    }

    /// Whether a store still takes what was signed then.
    pub fn takes(&self, signed: Timestamp) -> bool {
        self.now().duration_since(signed) < SIGNED
    }

    /// A computer's clock.
    pub fn clock(&self) -> Clock {
        let calendar = self.clone();
        Arc::new(move || calendar.now())
    }
}
