//! The embedded registry as its users see it: through the AWS SDK, from two programs at once, cut off and killed.
#![allow(clippy::unwrap_used)]

mod access;
mod client;
mod conditions;
mod crash;
mod listing;
mod objects;
mod process;
mod races;
mod start;
