//! `files`, `cat` and `diff`

use clap::Args;

/// `files`
#[derive(Debug, Args)]
pub struct Files {
    /// The plugin's id, with a version or a channel after an @ [default: the version that `show` shows]
    #[arg(value_name = "ID[@VERSION|@CHANNEL]")]
    pub what: String,
    /// The platform, when there is more than one package
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<String>,
}

/// `cat`
#[derive(Debug, Args)]
pub struct Cat {
    /// The plugin's id, with a version or a channel after an @ [default: the version that `show` shows]
    #[arg(value_name = "ID[@VERSION|@CHANNEL]")]
    pub what: String,
    /// The file, as `patchbay files` lists it
    pub path: String,
    /// The platform, when there is more than one package
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<String>,
}

/// `diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// The plugin's id, or a folder
    #[arg(value_name = "ID|PATH")]
    pub what: String,
    /// The version or channel to compare from; of a folder the one that it is compared with [default: the newest]
    #[arg(value_name = "A")]
    pub old: Option<String>,
    /// The version or channel to compare to
    #[arg(value_name = "B")]
    pub new: Option<String>,
    /// Only this file, however large the difference is; can be given more than once
    #[arg(long, value_name = "PATH")]
    pub file: Vec<String>,
    /// Only which files differ and by how much, not their lines
    #[arg(long)]
    pub stat: bool,
    /// The platform, when there is more than one package
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<String>,
}

/// An id and what stands after its @.
pub fn named(what: &str) -> (&str, Option<&str>) {
    match what.split_once('@') {
        Some((id, wanted)) => (id, Some(wanted)),
        None => (what, None),
    }
}
