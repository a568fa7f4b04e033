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

/// `pack`
#[derive(Debug, Args)]
pub struct Pack {
    /// The folder: a path, or PLATFORM=PATH
    pub path: String,
    /// Where to write the package: a file, which is replaced, or a folder [default: ID-VERSION.zip here]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// A finding of a secret that is none, by its name; can be given more than once
    #[arg(long, value_name = "NAME")]
    pub allow_secret: Vec<String>,
    /// Show what would go in, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// The folder
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}
