//! The points at which a request has just had an effect on the disk, so that a test can end the process at each of them.
//!
//! They are there only where this crate's own tests are compiled. In every other program they are nothing, and no variable
//! can stop it there.

#[cfg(not(test))]
pub(crate) const fn passed(_: &str) {}

#[cfg(test)]
pub(crate) use armed::passed;

#[cfg(test)]
pub(crate) mod armed {
    use std::sync::{Mutex, PoisonError};

    use crate::killed_tests::say;

    /// At which point to stop, and how many were passed.
    static ARMED: Mutex<Option<(usize, usize)>> = Mutex::new(None);

    /// From now on every point is told, and this one, counted from 0, is never left again.
    pub(crate) fn arm(at: usize) {
        *ARMED.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, 0));
    }

    pub(crate) fn passed(name: &str) {
        let mut armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((at, count)) = &mut *armed else { return };
        let stops = at == count;
        *count += 1;
        drop(armed);
        say(&format!("point {name}"));
        if stops {
            loop {
                std::thread::park();
            }
        }
    }
}
