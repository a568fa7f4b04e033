//! Whether the window may close now.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Remembers which running jobs a person was asked about.
#[derive(Default)]
pub struct Closing(Mutex<BTreeSet<String>>);

impl Closing {
    /// Whether to ask before closing: yes, once for each running job. Whoever closes again while the same jobs run has answered,
    /// so a page that hangs can never keep its window open.
    pub fn must_ask(&self, running: impl IntoIterator<Item = String>) -> bool {
        let running: BTreeSet<String> = running.into_iter().collect();
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ask = !running.is_subset(&asked);
        *asked = running;
        ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(ids: &[&str]) -> Vec<String> {
        ids.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_idle_window_closes() {
        assert!(!Closing::default().must_ask(jobs(&[])));
    }

    #[test]
    fn a_job_is_asked_about_once() {
        let closing = Closing::default();
        assert!(closing.must_ask(jobs(&["a"])));
        assert!(!closing.must_ask(jobs(&["a"])));
    }

    #[test]
    fn a_job_that_began_since_is_asked_about() {
        let closing = Closing::default();
        assert!(closing.must_ask(jobs(&["a"])));
        assert!(closing.must_ask(jobs(&["a", "b"])));
        assert!(!closing.must_ask(jobs(&["b"])));
        assert!(closing.must_ask(jobs(&["a"])), "an answer holds for the jobs that ran at the time");
    }
}
