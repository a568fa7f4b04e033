//! The promises of `docs/guarantees.md`, shown: a fault at every request, many clients at once by seed, and a model of the
//! protocol in all its states. Time is Tokio's and paused, so nothing waits.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[expect(dead_code, reason = "the races need the folder of their embedded registry")]
mod servers;

mod proof {
    mod calendar;
    mod janitor;
    mod model;
    mod network;
    mod points;
    mod races;
    mod simulation;
    mod wire;
    mod world;
}
