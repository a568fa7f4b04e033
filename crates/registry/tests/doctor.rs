//! The check of a registry: every kind of damage, and what is mended.
#![allow(clippy::unwrap_used)]

#[path = "doctor/repairs.rs"]
mod repairs;
#[path = "doctor/seeds.rs"]
mod seeds;
#[path = "doctor/world.rs"]
mod world;
