//! The verbs that look after a registry.

use std::path::PathBuf;

use clap::Args;

/// `doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// Make the catalogue anew where it differs from the documents; nothing else is touched
    #[arg(long)]
    pub repair: bool,
    /// Measure the packages and do not read them
    #[arg(long)]
    pub quick: bool,
}

/// `gc`
#[derive(Debug, Args)]
pub struct Gc {
    /// Show what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Remove it without asking
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
}

/// `audit`
#[derive(Debug, Args)]
pub struct Audit {
    /// The plugin's id [default: all plugins]
    pub id: Option<String>,
    /// The file to write; one that stands there is replaced
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Check such a file instead, without the registry
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id", "output"])]
    pub verify: Option<PathBuf>,
}
