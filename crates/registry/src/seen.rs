//! What a reader has seen: the memory that notices a bucket that was set back.
//!
//! A document only moves forward. A reader that once saw revision 7 and now gets revision 5, or another revision 7, is
//! looking at a restored backup, a forked bucket or a tampered copy, and must not act on it in silence.

use std::{collections::BTreeMap, sync::Mutex};

use patchbay_package::{Digest, PluginId};
use serde::{Deserialize, Serialize};

/// The highest revision that was seen of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its number.
    pub seq: u64,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

/// A plugin whose document is older than, or other than, what was seen before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The registry was set back: {id} was at revision {seen} and is {}.", .now.map_or_else(|| "gone".to_owned(), |now| if now == *seen { "another revision of the same number".to_owned() } else { format!("at {now}") }))]
pub struct SetBack {
    /// The plugin.
    pub id: PluginId,
    /// The highest revision that was seen.
    pub seen: u64,
    /// What the registry has now; none when the document is gone.
    pub now: Option<u64>,
}

impl SetBack {
    /// What to do next.
    pub const HINT: &'static str = "Ask whoever administers the registry whether a backup was restored. Nothing is read from or written to this plugin until then; remove the registry and add it again to accept what it holds.";
}

/// The marks of one registry. Shared between readers; the caller keeps it on disk.
#[derive(Debug, Default)]
pub struct Seen(Mutex<BTreeMap<PluginId, Mark>>);

impl Seen {
    /// Marks that were kept.
    #[must_use]
    pub fn new(marks: BTreeMap<PluginId, Mark>) -> Self {
        Self(Mutex::new(marks))
    }

    /// The marks, to be kept.
    #[must_use]
    pub fn marks(&self) -> BTreeMap<PluginId, Mark> {
        self.lock().clone()
    }

    /// The highest revision that was seen of a plugin so far: to be asked before a read, and given to [`Seen::check`] after it.
    #[must_use]
    pub fn mark(&self, id: &PluginId) -> Option<Mark> {
        self.lock().get(id).copied()
    }

    /// Checks what was read, and remembers it. `before` is the [mark](Seen::mark) from before the read: what others have seen
    /// since then, the read may have missed.
    ///
    /// # Errors
    /// [`SetBack`] when it is older than `before`, or another revision of a number that was seen.
    pub fn check(&self, id: &PluginId, before: Option<Mark>, now: Option<Mark>) -> Result<(), SetBack> {
        let mut marks = self.lock();
        let back = |seen: Mark| Err(SetBack { id: id.clone(), seen: seen.seq, now: now.map(|m| m.seq) });
        let Some(now) = now else { return before.map_or(Ok(()), back) };
        if let Some(before) = before.filter(|before| now.seq < before.seq) {
            return back(before);
        }
        match marks.get(id) {
            Some(seen) if now.seq == seen.seq && now.digest != seen.digest => back(*seen),
            Some(seen) if now.seq <= seen.seq => Ok(()),
            _ => {
                marks.insert(id.clone(), now);
                Ok(())
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PluginId, Mark>> {
        // A reader that panicked left the map whole: every insert is one step.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
