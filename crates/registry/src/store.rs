//! The storage port: what Patchbay needs of a bucket, and nothing more.
//!
//! Three backends answer it: [`s3::S3Store`], [`memory::MemoryStore`] and the read-only [`http::HttpStore`].
//! One conformance suite (`tests/conformance.rs`) holds them to the same behaviour.

pub mod error;
pub mod http;
pub mod memory;
mod part;
pub mod s3;

use std::{fmt, ops::Range, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use patchbay_package::Digest;

pub use error::{StoreError, StoreErrorKind};

use crate::key::Key;

/// An entity tag, opaque, with its quotes (RFC 9110 §8.8.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct ETag(pub String);

/// What must hold for a PUT to take effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `If-None-Match: *`: nothing stands there.
    Absent,
    /// `If-Match`: this is what stands there.
    Matches(ETag),
}

/// An object that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its entity tag.
    pub etag: ETag,
}

/// The answer to a conditional GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// It is there, and not what the reader has.
    Found(Object),
    /// It is what the reader has (304).
    Same,
    /// Nothing stands there (404).
    Absent,
}

/// What is sent by a PUT.
#[derive(Clone, Debug)]
pub enum Body {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file, sent as a stream.
    File {
        /// Where it is.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// Its digest, which the store checks where it can (`x-amz-checksum-sha256`).
        sha256: Digest,
    },
}

impl Body {
    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { size, .. } => *size,
        }
    }
}

/// A line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The key, without the registry's prefix.
    pub key: String,
    /// Its entity tag.
    pub etag: ETag,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written, by the store's clock.
    pub modified: Timestamp,
}

/// A part of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its lines. Not every store has them in order.
    pub objects: Vec<Listed>,
    /// Asks for the part after this one; none at the end.
    pub next: Option<String>,
    /// What the store's clock said when it answered, where it told: the clock that `modified` is by.
    pub now: Option<Timestamp>,
}

/// Told how many more bytes of a body were sent or received. Called often; must not block.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// A place that keeps objects.
///
/// Every method is one request (`list`: one for each [`Page`], of up to 1,000 keys). None retries a write: a retried PUT whose first answer was
/// lost is answered 412 for our own success, and only the protocol above can tell (see [`crate::commit`]).
#[async_trait]
pub trait Store: Send + Sync + fmt::Debug {
    /// Reads an object of at most `limit` bytes; with `known`, answers [`Fetched::Same`] when it has that tag.
    ///
    /// # Errors
    /// [`StoreErrorKind::TooLarge`] past the limit, else as the store fails.
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError>;

    /// Reads a part of an object: what it has of this range, so fewer bytes than asked for when it ends before, and none when it ends
    /// before the range begins. Nothing is asked for an empty range. Not more is read than the range, whatever the server sends; from
    /// one that sends whole objects only, what stands before the range is passed over as long as that is little.
    ///
    /// # Errors
    /// [`StoreErrorKind::NotFound`] when nothing stands there, [`StoreErrorKind::NoRanges`] when the server would have to send too much
    /// for it, else as the store fails.
    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError>;

    /// Streams an object into a file, which is created or truncated, and returns its size and digest.
    ///
    /// # Errors
    /// [`StoreErrorKind::NotFound`] when nothing stands there, else as the store or the disk fails.
    async fn download(&self, key: &Key, to: &std::path::Path, progress: Progress) -> Result<(u64, Digest), StoreError>;

    /// Streams an object and keeps nothing of it but its size and digest.
    ///
    /// # Errors
    /// [`StoreErrorKind::NotFound`] when nothing stands there, else as the store fails.
    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError>;

    /// Writes an object if the condition holds.
    ///
    /// # Errors
    /// [`StoreErrorKind::PreconditionFailed`] when it does not hold (412, and 404 for [`Condition::Matches`]),
    /// [`StoreErrorKind::Busy`] when somebody is writing right now (409); see [`StoreError::is_ambiguous`].
    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError>;

    /// A part of the keys under a prefix; `after` is [`Page::next`] of the part before.
    ///
    /// # Errors
    /// As the store fails.
    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError>;

    /// All keys under a prefix, in byte order.
    ///
    /// # Errors
    /// As the store fails.
    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(prefix, after.as_deref()).await?;
            found.extend(page.objects);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        found.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(found)
    }

    /// Removes an object; removing what is not there is fine. Only the probe and the clean-up use it.
    ///
    /// # Errors
    /// As the store fails.
    async fn delete(&self, key: &Key) -> Result<(), StoreError>;
}
