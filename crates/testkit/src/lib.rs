//! Builders and the fault-injecting store, for tests only.

pub mod document;
pub mod plugin;
pub mod promises;
pub mod store;
pub mod wire;
