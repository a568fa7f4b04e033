//! The verbs that change what is published.

use clap::Args;
use patchbay_client::wire::ChangeRequest;

/// `rollback`
#[derive(Debug, Args)]
pub struct Rollback {
    /// The plugin's id
    pub id: String,
    /// The earlier version
    #[arg(long, value_name = "VERSION")]
    pub to: String,
    /// Why; people on the bad version read it
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The channel
    #[arg(long, value_name = "CHANNEL", default_value = "stable")]
    pub channel: String,
    /// Also yank the version that is left
    #[arg(long)]
    pub yank: bool,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// The plugin's id
    pub id: String,
    /// The revision, as `history` shows it
    pub seq: u64,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `undo`
#[derive(Debug, Args)]
pub struct Undo {
    /// The plugin's id
    pub id: String,
    /// The revision to take back, as `history` shows it [default: the newest]
    #[arg(long, value_name = "N")]
    pub seq: Option<u64>,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `promote`
#[derive(Debug, Args)]
pub struct Promote {
    /// The plugin's id
    pub id: String,
    /// The version
    pub version: String,
    /// The channel; it is made when it does not exist
    #[arg(long, value_name = "CHANNEL")]
    pub to: String,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `yank`
#[derive(Debug, Args)]
pub struct Yank {
    /// The plugin's id
    pub id: String,
    /// The version
    pub version: String,
    /// Why; people who have it read it
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `unyank`
#[derive(Debug, Args)]
pub struct Unyank {
    /// The plugin's id
    pub id: String,
    /// The version
    pub version: String,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `deprecate`
#[derive(Debug, Args)]
pub struct Deprecate {
    /// The plugin's id
    pub id: String,
    /// The version
    pub version: String,
    /// What people should know
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// What to use instead
    #[arg(long, value_name = "TEXT")]
    pub replacement: Option<String>,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `undeprecate`
#[derive(Debug, Args)]
pub struct Undeprecate {
    /// The plugin's id
    pub id: String,
    /// The version
    pub version: String,
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// A change as the library takes it, for which plugin, and whether it is only to be shown.
#[derive(Debug)]
pub struct Asked {
    /// The plugin's id.
    pub id: String,
    /// The change.
    pub request: ChangeRequest,
    /// Show, do not do.
    pub dry_run: bool,
}

impl From<Rollback> for Asked {
    fn from(Rollback { id, to, reason, channel, yank, dry_run }: Rollback) -> Self {
        Self { id, dry_run, request: ChangeRequest::Rollback { channel, to, reason, yank, expect: None } }
    }
}

impl From<Undo> for Asked {
    fn from(Undo { id, seq, dry_run }: Undo) -> Self {
        Self { id, dry_run, request: ChangeRequest::Undo { seq } }
    }
}

impl From<Promote> for Asked {
    fn from(Promote { id, version, to, dry_run }: Promote) -> Self {
        Self { id, dry_run, request: ChangeRequest::Promote { channel: to, version, expect: None } }
    }
}

impl From<Yank> for Asked {
    fn from(Yank { id, version, reason, dry_run }: Yank) -> Self {
        Self { id, dry_run, request: ChangeRequest::Yank { version, reason } }
    }
}

impl From<Unyank> for Asked {
    fn from(Unyank { id, version, reason, dry_run }: Unyank) -> Self {
        Self { id, dry_run, request: ChangeRequest::Unyank { version, reason } }
    }
}

impl From<Deprecate> for Asked {
    fn from(Deprecate { id, version, reason, replacement, dry_run }: Deprecate) -> Self {
        Self { id, dry_run, request: ChangeRequest::Deprecate { version, message: reason, replacement } }
    }
}

impl From<Undeprecate> for Asked {
    fn from(Undeprecate { id, version, dry_run }: Undeprecate) -> Self {
        Self { id, dry_run, request: ChangeRequest::Undeprecate { version } }
    }
}

impl From<Restore> for Asked {
    fn from(asked: Restore) -> Self {
        let Restore { id, seq, reason, dry_run } = asked;
        Self { id, request: ChangeRequest::Restore { seq, reason, expect: None }, dry_run }
    }
}
