//! Browsing and searching, from the local copy; and refreshing it.

use std::collections::BTreeMap;

use patchbay_registry::catalogue::Head;

use crate::{
    App, view,
    wire::{BrowseView, CategoryCount, PluginCard, SortBy, StatusView, SyncView, WireError},
};

/// How many category chips there are.
const CHIPS: usize = 8;

impl App {
    /// What the local copy holds of a search. Asks nobody; empty until the first [`App::sync`].
    ///
    /// # Errors
    /// When the registry was never opened before and cannot be opened now.
    pub async fn browse(&self, registry: Option<&str>, query: &str, sort: SortBy, categories: &[String]) -> Result<BrowseView, WireError> {
        let session = self.session(registry).await?;
        let Some(copy) = session.copy().await else {
            return Ok(BrowseView { rows: Vec::new(), total: 0, categories: Vec::new(), synced_at: None, stale: None });
        };
        Ok(search(&copy.head, query, sort, categories, copy.synced_at.to_string()))
    }

    /// Refreshes the local copy with one request. Being unable to is part of the answer: the old copy still serves.
    ///
    /// # Errors
    /// When there is no local copy and none can be had.
    pub async fn sync(&self, registry: Option<&str>) -> Result<SyncView, WireError> {
        let session = self.session(registry).await?;
        let (changed, stale) = match session.sync(self.now()).await {
            Ok(changed) => (changed, None),
            Err(e) => (false, Some(e)),
        };
        let copy = session.copy().await;
        match (copy, stale) {
            (None, Some(e)) => Err(e),
            (copy, stale) => Ok(SyncView {
                synced_at: copy.as_ref().map(|c| c.synced_at.to_string()),
                total: copy.as_ref().map_or(0, |c| count(c.head.rows.len())),
                stale,
                changed,
            }),
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// How well a card matches the words; none when a word is nowhere. Lower is better.
///
/// Exact and prefix before inside, name and id before description: people type the beginning of what they remember.
fn rank(card: &PluginCard, words: &[String]) -> Option<u32> {
    let fields = [
        (0, card.id.to_lowercase()),
        (0, card.name.to_lowercase()),
        (10, card.author.to_lowercase()),
        (10, card.categories.join(" ").to_lowercase()),
        (20, card.description.to_lowercase()),
    ];
    words.iter().try_fold(0, |sum, word| {
        let best = fields.iter().filter_map(|(weight, text)| Some(weight + place(text, word)?)).min()?;
        Some(sum + best)
    })
}

/// 0 the whole text, 1 its beginning, 2 the beginning of a word, 3 anywhere inside.
fn place(text: &str, word: &str) -> Option<u32> {
    if text == word {
        return Some(0);
    }
    let at = text.find(word)?;
    let starts_a_word = text.match_indices(word).any(|(i, _)| text[..i].chars().next_back().is_none_or(|c| !c.is_alphanumeric()));
    Some(if at == 0 {
        1
    } else if starts_a_word {
        2
    } else {
        3
    })
}

fn search(head: &Head, query: &str, sort: SortBy, categories: &[String], synced_at: String) -> BrowseView {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(u32, PluginCard)> = head
        .rows
        .iter()
        .map(|(id, row)| view::card(id, row))
        .filter(|card| categories.iter().all(|wanted| card.categories.iter().any(|c| c.eq_ignore_ascii_case(wanted))))
        .filter_map(|card| rank(&card, &words).map(|rank| (rank, card)))
        .collect();
    let by_name = |card: &PluginCard| (card.name.to_lowercase(), card.id.clone());
    match sort {
        // What its author advises against comes after everything that matches as well.
        SortBy::Relevance => found.sort_by_cached_key(|(rank, card)| (*rank, card.status == StatusView::Deprecated, by_name(card))),
        SortBy::Name => found.sort_by_cached_key(|(_, card)| by_name(card)),
        SortBy::Updated => found.sort_by(|(_, a), (_, b)| b.updated.cmp(&a.updated).then_with(|| by_name(a).cmp(&by_name(b)))),
    }
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for category in found.iter().flat_map(|(_, card)| &card.categories) {
        *counts.entry(category).or_default() += 1;
    }
    let mut chips: Vec<_> = counts.into_iter().map(|(name, count)| CategoryCount { name: name.to_owned(), count }).collect();
    chips.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    chips.truncate(CHIPS);
    BrowseView {
        total: count(head.rows.len()),
        rows: found.into_iter().map(|(_, card)| card).collect(),
        categories: chips,
        synced_at: Some(synced_at),
        stale: None,
    }
}
