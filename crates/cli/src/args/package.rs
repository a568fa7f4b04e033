//! Verbs about packages as files.

use std::path::PathBuf;

use clap::Args;

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// The package
    pub file: PathBuf,
}

/// `unpack`
#[derive(Debug, Args)]
pub struct Unpack {
    /// The package
    pub file: PathBuf,
    /// The folder to unpack into: a new one, or one that is empty
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
