//! What every front door shares, as a front door sees it. One program, because each would compile the generic async code anew.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod catalogue;
mod credentials;
mod format_doc;
mod jobs;
mod journey;
mod markdown;
mod registries;
mod search;
mod secrets;
mod support;
