//! The list of plugins, and how fresh it is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PluginCard, WireError};

/// How Browse is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SortBy {
    /// Best match first; without words what is wanted most, or where nobody counts what changed last.
    #[default]
    Relevance,
    /// By name.
    Name,
    /// Latest change first.
    Updated,
    /// Most downloads first; where nobody counts as [`SortBy::Relevance`].
    Popularity,
}

/// What to look for, and which of the results to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BrowseRequest {
    /// As somebody typed it, with filters in it: `timer author:mei`.
    pub query: String,
    /// The order.
    pub sort: SortBy,
    /// How many results are before the first row.
    pub offset: u32,
    /// How many rows there are at most; more than 500 are not answered.
    pub limit: u32,
    /// A plugin of which the position is asked for.
    #[serde(default)]
    #[ts(optional)]
    pub locate: Option<String>,
    /// Whether to wait until what changed last can be searched, where that takes a while.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub wait: bool,
}

impl BrowseRequest {
    /// The first results of a query, best first.
    #[must_use]
    pub fn of(query: impl Into<String>) -> Self {
        Self { query: query.into(), limit: 100, ..Self::default() }
    }
}

/// What a filter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FilterKind {
    /// `is:`, a state.
    Is,
    /// `category:`
    Category,
    /// `channel:`
    Channel,
    /// `host:`
    Host,
    /// `author:`
    Author,
}

/// Why a filter filters nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UnclearFilter {
    /// Nothing follows the colon yet.
    Empty,
    /// There is no such state.
    State,
    /// It is no range of versions.
    Range,
}

/// A filter that stands in the query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TypedFilter {
    /// As it was typed.
    pub text: String,
    /// What it is about.
    pub kind: FilterKind,
    /// What it asks for.
    pub value: String,
    /// Whether it leaves out what it finds.
    pub not: bool,
    /// Why it filters nothing, when it does.
    pub unclear: Option<UnclearFilter>,
    /// The query without it.
    pub query: String,
}

/// A filter that would narrow the results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Chip {
    /// What it is about.
    pub kind: FilterKind,
    /// What it asks for, as people write it; of a state the word that is typed.
    pub value: String,
    /// How many of the results have it.
    pub count: u32,
    /// The query with it.
    pub query: String,
}

/// A part of a query that finds nothing, without which something would be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Looser {
    /// The part.
    pub text: String,
    /// How many results there would be.
    pub found: u32,
    /// The query without it.
    pub query: String,
}

/// What Browse shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BrowseView {
    /// The rows that were asked for, in order.
    pub rows: Vec<PluginCard>,
    /// How many results are before the first row.
    pub offset: u32,
    /// How many results there are.
    pub found: u32,
    /// How many results are before the plugin that was asked for; none when it is not among them.
    pub located: Option<u32>,
    /// How many plugins the registry has.
    pub total: u32,
    /// Another number whenever the plugins are others: rows of two numbers are of two lists.
    pub edition: u32,
    /// Whether what changed last is not searched yet, because there are many plugins: whoever waits gets another list.
    pub behind: bool,
    /// Whether some results are there only because a typo was forgiven.
    pub forgiven: bool,
    /// Whether the registry counts downloads, so that there is something to sort by.
    pub counted: bool,
    /// The filters in the query.
    pub filters: Vec<TypedFilter>,
    /// What would narrow the results: states, categories, channels, hosts and authors, of each kind the most frequent first.
    pub chips: Vec<Chip>,
    /// When nothing was found: what to leave out, that of the most results first.
    pub looser: Vec<Looser>,
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
