//! The file lists that were read lately. A list never changes: its name is its digest.

use std::sync::{Arc, Mutex, PoisonError};

use patchbay_package::{Digest, FileList};

/// How many are kept: the two sides of a comparison, and some to go back to.
const KEPT: usize = 8;

/// File lists by their digest, the latest first.
#[derive(Debug, Default)]
pub(crate) struct Lists(Mutex<Vec<(Digest, Arc<FileList>)>>);

impl Lists {
    /// The list of this digest, if it was read lately.
    pub fn get(&self, digest: &Digest) -> Option<Arc<FileList>> {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.iter().find(|(known, _)| known == digest).map(|(_, list)| list.clone())
    }

    /// Keeps a list, and lets go of the oldest when there are many.
    pub fn keep(&self, digest: Digest, list: Arc<FileList>) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.insert(0, (digest, list));
        lists.truncate(KEPT);
    }
}
