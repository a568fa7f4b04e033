//! The command as a person or a script runs it. One program, because linking it is what takes the time.

#![allow(clippy::unwrap_used)]

mod errors;
mod files;
mod health;
mod installed;
#[cfg(unix)]
mod interrupt;
mod journey;
mod json;
#[cfg(unix)]
mod killed;
mod package;
mod packages;
mod registries;
mod search;
mod support;
mod usage;
