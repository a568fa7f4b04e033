//! The artifact: what goes in, what comes out, and what is refused. One program, because each one more is compiled and linked.
#![allow(clippy::unwrap_used)]

mod accept;
mod agreement;
mod corpora;
mod corpus;
mod ecosystems;
mod folder;
mod input;
mod manifest;
mod package;
mod ranges;
mod schema;
mod secrets;
