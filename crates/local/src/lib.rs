#![doc = include_str!("../README.md")]

// The tests name this crate as its users do.
#[cfg(test)]
extern crate self as patchbay_local;

mod credentials;
mod durable;
mod error;
mod etag;
mod folder;
mod gate;
#[cfg(test)]
mod killed_tests;
mod listing;
mod locks;
mod name;
mod object;
mod point;
mod refusal;
mod s3;
mod scratch;
mod server;
mod storage;
mod upload;

pub use credentials::LocalKey;
pub use error::LocalError;
pub use scratch::Scratch;
pub use server::LocalServer;
