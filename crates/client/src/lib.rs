//! What every front door shares: registries, credentials, jobs and one function per operation.
pub mod wire;
