//! How long work tells where it is.

use std::time::Duration;

use tokio::time::Instant;

use crate::wire::{JobState, Phase};

/// What long work says about itself. Calls are cheap and may come from any thread: one per chunk is fine.
pub trait Reporter: Send + Sync {
    /// Another phase begins; its bytes count from 0, and its total is not known.
    fn phase(&self, phase: Phase);
    /// How many bytes this phase has.
    fn total(&self, bytes: u64);
    /// So many more bytes are done.
    fn advance(&self, bytes: u64);
    /// Which release it is about, as soon as that is known.
    fn subject(&self, plugin: &str, version: &str);
    /// Puts what is written down of the job on the disk, to stay after a power cut; waits for it.
    fn keep(&self);
}

/// A reporter to whom nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn phase(&self, _: Phase) {}
    fn total(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn subject(&self, _: &str, _: &str) {}
    fn keep(&self) {}
}

/// The time over which a rate is averaged: long enough not to jump with each chunk, short enough to follow a slower network.
const SMOOTHING: Duration = Duration::from_secs(3);

/// Where a running job is, and how fast it goes.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    phase: Phase,
    done: u64,
    total: u64,
    pub(super) cancelling: bool,
    /// Bytes per second, smoothed; none before the first measurement.
    rate: Option<f64>,
    measured: (Instant, u64),
    /// Whether there is something that nobody was told yet.
    pub(super) fresh: bool,
}

impl Progress {
    pub(super) fn new(now: Instant) -> Self {
        Self { phase: Phase::Reading, done: 0, total: 0, cancelling: false, rate: None, measured: (now, 0), fresh: false }
    }

    pub(super) fn phase(&mut self, phase: Phase, now: Instant) {
        *self = Self { phase, cancelling: self.cancelling, ..Self::new(now) };
    }

    pub(super) fn total(&mut self, bytes: u64) {
        self.total = bytes;
        self.fresh = true;
    }

    pub(super) fn advance(&mut self, bytes: u64) {
        self.done = self.done.saturating_add(bytes);
        self.fresh = true;
    }

    /// Measures the rate since the last call. To be called at a steady beat, also when nothing moves, so that a stall shows.
    #[expect(clippy::cast_precision_loss, reason = "a rate and an ETA are estimates")]
    pub(super) fn measure(&mut self, now: Instant) {
        let (then, before) = self.measured;
        let seconds = now.duration_since(then).as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        let rate = (self.done - before) as f64 / seconds;
        let weight = 1.0 - (-seconds / SMOOTHING.as_secs_f64()).exp();
        self.rate = match self.rate {
            Some(old) => Some(old + weight * (rate - old)),
            // A wait before the first byte says nothing about the rate.
            None => (rate > 0.0).then_some(rate),
        };
        self.measured = (now, self.done);
    }

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an ETA is an estimate")]
    fn eta(&self) -> Option<u64> {
        // A byte per second and less is a stall: an ETA of days would be noise.
        let rate = self.rate.filter(|rate| *rate > 1.0)?;
        let left = self.total.checked_sub(self.done).filter(|_| self.total > 0)?;
        Some((left as f64 / rate).ceil() as u64)
    }

    pub(super) fn state(&self) -> JobState {
        JobState::Running { phase: self.phase, done: self.done, total: self.total, eta: self.eta(), cancelling: self.cancelling }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eta(progress: &Progress) -> Option<u64> {
        match progress.state() {
            JobState::Running { eta, .. } => eta,
            _ => None,
        }
    }

    #[test]
    fn the_eta_follows_a_smoothed_rate() {
        let start = Instant::now();
        let at = |tenths: u64| start + Duration::from_millis(100 * tenths);
        let mut progress = Progress::new(start);
        progress.total(10_000);
        assert_eq!(eta(&progress), None, "nothing was measured");
        for beat in 1..=10 {
            progress.advance(100);
            progress.measure(at(beat));
        }
        assert_eq!(eta(&progress), Some(9), "1,000 bytes per second, 9,000 left");
        progress.advance(3_000);
        progress.measure(at(11));
        let fast = eta(&progress).unwrap();
        assert!((2..6).contains(&fast), "one burst of thirty times the rate moves it, but not by that much: {fast}");
        for beat in 12..=600 {
            progress.measure(at(beat));
        }
        assert_eq!(eta(&progress), None, "a stall has no end");
    }

    #[test]
    fn a_phase_begins_at_nothing() {
        let mut progress = Progress::new(Instant::now());
        progress.total(10);
        progress.advance(10);
        progress.cancelling = true;
        progress.phase(Phase::Uploading, Instant::now());
        assert_eq!(progress.state(), JobState::Running { phase: Phase::Uploading, done: 0, total: 0, eta: None, cancelling: true });
    }
}
