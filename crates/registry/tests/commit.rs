//! The commit protocol on a store that fails in every way, at every request. Time is Tokio's and paused, so nothing waits.

mod bench;
mod cancel;
mod doubt;
mod faults;
mod history;
mod opening;
mod races;
mod requests;
mod setback;
mod upload;
