//! Builders and the fault-injecting store, for tests only.

#[cfg(feature = "registry")]
pub mod document;
#[cfg(feature = "registry")]
pub mod market;
pub mod plugin;
#[cfg(feature = "registry")]
pub mod promises;
#[cfg(feature = "registry")]
pub mod store;
pub mod tar;
#[cfg(feature = "registry")]
pub mod wire;
pub mod zip;
