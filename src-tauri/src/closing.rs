//! Whether the window may close now.

use std::sync::atomic::{AtomicBool, Ordering};

/// Remembers that a person was asked whether to close on running work.
#[derive(Default)]
pub struct Closing {
    asked: AtomicBool,
}

impl Closing {
    /// Whether to ask before closing: once, when jobs run. Whoever closes again has answered, so a page that hangs can never keep its
    /// window open.
    pub fn must_ask(&self, busy: bool) -> bool {
        busy && !self.asked.swap(true, Ordering::Relaxed)
    }

    /// A job has ended; what was answered was about other work.
    pub fn job_ended(&self) {
        self.asked.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_window_closes() {
        assert!(!Closing::default().must_ask(false));
    }

    #[test]
    fn running_work_is_asked_about_once() {
        let closing = Closing::default();
        assert!(closing.must_ask(true));
        assert!(!closing.must_ask(true));
    }

    #[test]
    fn later_work_is_asked_about_again() {
        let closing = Closing::default();
        assert!(closing.must_ask(true));
        closing.job_ended();
        assert!(closing.must_ask(true));
    }
}
