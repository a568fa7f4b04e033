//! The check of a registry: every kind of damage, and what is mended.

mod repairs;
mod seeds;
pub mod world;
