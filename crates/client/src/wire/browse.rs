//! The list of plugins, and how fresh it is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PluginCard, WireError};

/// How Browse is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SortBy {
    /// Best match first; by name when nothing was typed.
    #[default]
    Relevance,
    /// By name.
    Name,
    /// Latest change first.
    Updated,
}

/// A chip of Browse, with how many plugins it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CategoryCount {
    /// The category.
    pub name: String,
    /// How many results have it.
    pub count: u32,
}

/// What Browse shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BrowseView {
    /// The rows, in order.
    pub rows: Vec<PluginCard>,
    /// How many plugins the registry has.
    pub total: u32,
    /// The most frequent categories of the results.
    pub categories: Vec<CategoryCount>,
    /// When the local copy was last known to be current; none when there is no copy yet.
    pub synced_at: Option<String>,
    /// Why the local copy could not be refreshed, when it could not.
    pub stale: Option<WireError>,
}

/// How a refresh of the local copy went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncView {
    /// When the local copy was last known to be current.
    pub synced_at: Option<String>,
    /// Why it could not be refreshed, when it could not.
    pub stale: Option<WireError>,
    /// How many plugins the registry has.
    pub total: u32,
    /// Whether anything is different from before.
    pub changed: bool,
}
