//! What every front door shares: registries, credentials, jobs and one function per operation.

pub mod app;
mod blocks;
pub mod copy;
pub mod credentials;
pub mod environment;
mod error;
pub mod files;
pub mod home;
pub mod jobs;
mod lists;
pub mod markdown;
mod operations;
pub mod registries;
mod samples;
mod scratch;
mod search;
mod sentence;
mod session;
pub mod settings;
pub mod view;
pub mod wire;

pub use app::{App, EMBEDDED, Served};
pub use credentials::{Keychain, MemoryKeychain, OsKeychain};
pub use environment::Environment;
pub use home::Home;
pub use jobs::Clock;
pub use operations::ReadFile;
pub use patchbay_package::manifest::is_platform;
pub use wire::WireError as Error;
