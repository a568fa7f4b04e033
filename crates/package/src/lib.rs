#![doc = include_str!("../README.md")]

mod archive;
pub mod contents;
pub mod digest;
pub mod explain;
pub mod file_list;
pub mod id;
mod io_words;
pub mod limits;
pub mod lint;
pub mod manifest;
pub mod pack;
pub mod path;
pub mod problem;
pub mod version;

pub use archive::Method;
pub use contents::{Contents, Excluded, ScanError, SourceFile, scan};
pub use digest::{Digest, DigestError, Hasher};
pub use explain::Explain;
pub use file_list::{FileEntry, FileList, FileListError, Mode};
pub use id::{IdError, PluginId};
pub use limits::Limits;
pub use lint::lint;
pub use manifest::{Found, Manifest, ManifestError};
pub use pack::{PackError, Packed, pack};
pub use path::{PathError, check_path};
pub use problem::{Problem, Severity};
pub use version::{Version, VersionError, next_patch, parse_version, same_version};
