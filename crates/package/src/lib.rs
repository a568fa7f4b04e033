//! The artifact: manifest, ids, versions, file lists, digests and packing.

pub mod digest;
pub mod id;
pub mod version;

pub use digest::{Digest, Hasher};
pub use id::{IdError, PluginId};
pub use version::{Version, VersionError, next_patch, parse_version, same_version};
