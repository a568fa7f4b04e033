#![doc = include_str!("../README.md")]

pub mod audit;
pub mod catalogue;
pub mod change;
pub mod commit;
pub mod doctor;
pub mod error;
pub mod format;
pub mod gc;
pub mod key;
pub mod probe;
pub mod references;
pub mod registry;
pub mod seen;
pub mod store;

pub use change::{Change, Consequence, Refusal, Stamp};
pub use commit::{Commit, Committed, Found, Standing};
pub use error::{ChangeError, ReadError};
pub use key::Key;
pub use registry::{Asset, History, Registry, Survey, Synced, Upload, Uploads};

/// Tells this computer's time. It may be wrong, and it goes on while the computer is suspended: so it tells when to look again, and
/// never what is true.
pub type Clock = std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;
