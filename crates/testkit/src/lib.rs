//! Builders and the fault-injecting store, for tests only.

pub mod store;
