#![doc = include_str!("../README.md")]

mod credentials;
mod durable;
mod error;
mod etag;
mod folder;
mod gate;
mod listing;
mod locks;
mod name;
mod object;
mod refusal;
mod s3;
mod scratch;
mod server;
mod storage;
mod upload;

pub use credentials::LocalKey;
pub use error::LocalError;
pub use server::LocalServer;
