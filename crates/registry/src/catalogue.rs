//! The catalogue: what is derived from all documents, so that browsing and update checks need one small request.
//!
//! A head of a few kilobytes is changed by compare-and-swap after each commit; it has the latest changes in it and names the immutable
//! deltas and the snapshot that have the others. A writer that cannot fold its change leaves a publish that is live all the same;
//! whoever writes next, an administrator's app or a rebuild from the documents catches up.

mod difference;
mod head;
mod line;
mod merge;
mod packed;
mod part;
mod row;
mod statistics;
mod table;
mod verdict;

pub use difference::Difference;
pub(crate) use head::Grown;
pub use head::{Head, MAX_DELTAS, MAX_HEAD, MAX_RING, Way};
pub use line::{Line, Lines, Tag, over};
pub(crate) use merge::Merge;
pub use part::{MAX_PART, Part};
pub use row::{Advised, Left, MAX_ENTRIES, Pointer, Row, Rung, Withdrawn, standing_rollbacks};
pub use statistics::Statistics;
pub use table::{Damaged, NoCard, RowRef, Table};
pub use verdict::{Follows, Verdict, verdict};

use crate::store::ETag;

/// The catalogue as it was last read or written.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Its head.
    pub head: Head,
    /// The head's entity tag; none when there is no head yet.
    pub etag: Option<ETag>,
    /// What it says, at the head's position; none when only the head was read.
    pub table: Option<Table>,
}
