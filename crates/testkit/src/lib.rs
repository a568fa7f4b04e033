//! Builders and the fault-injecting store, for tests only.

pub mod document;
pub mod plugin;
pub mod store;
