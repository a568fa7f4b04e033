//! What to do about the plugins that somebody has.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DeprecatedView, WireError};

/// A plugin that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InstalledPlugin {
    /// Its id.
    pub id: String,
    /// The version.
    pub version: String,
    /// The channel that it is kept up with; `stable` when not said.
    #[serde(default)]
    #[ts(optional)]
    pub channel: Option<String>,
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum UpdateAdvice {
    /// It is what the channel offers.
    Current,
    /// A newer one is offered.
    Update {
        /// Which.
        to: String,
    },
    /// The channel was rolled back from it.
    GoBack {
        /// Where to.
        to: String,
        /// Why.
        reason: String,
        /// Who did it.
        by: String,
        /// When.
        at: String,
    },
    /// It is newer than what the channel offers.
    Ahead {
        /// Where the channel stands.
        of: String,
    },
    /// The plugin has no such channel.
    NoChannel,
    /// The registry does not list the plugin.
    NotListed,
}

/// A plugin that somebody has, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InstalledView {
    /// Its id.
    pub id: String,
    /// The name people read; none when it is not listed.
    pub name: Option<String>,
    /// The version.
    pub version: String,
    /// The channel.
    pub channel: String,
    /// What to do.
    pub advice: UpdateAdvice,
    /// Why the version is no longer offered, when it is not.
    pub yanked: Option<String>,
    /// What its author advises, when something is wrong with the version.
    pub deprecated: Option<DeprecatedView>,
    /// What its author advises, when something is wrong with the plugin.
    pub plugin_deprecated: Option<DeprecatedView>,
}

/// What to do about everything that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OutdatedView {
    /// In the order in which they were asked about.
    pub plugins: Vec<InstalledView>,
    /// When the catalogue was last known to be current.
    pub synced_at: Option<String>,
    /// Why it could not be refreshed, when it could not.
    pub stale: Option<WireError>,
}
