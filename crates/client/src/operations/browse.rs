//! Browsing and searching, from the local copy; and refreshing it.

use patchbay_package::PluginId;

use crate::{
    App,
    copy::LocalCopy,
    search::{Catalogue, count},
    sentence::sentence,
    view,
    wire::{Access, BrowseRequest, BrowseView, Code, PluginCard, SyncView, WireError},
};

/// How many rows are answered at most.
const MOST_ROWS: u32 = 500;

impl App {
    /// What the local copy holds of a search. Asks nobody; empty until the first [`App::sync`].
    ///
    /// # Errors
    /// When the registry was never opened before and cannot be opened now.
    pub async fn browse(&self, registry: Option<&str>, request: &BrowseRequest) -> Result<BrowseView, WireError> {
        let session = self.session(registry).await?;
        let Some(copy) = session.copy() else { return Ok(BrowseView { offset: request.offset, ..BrowseView::default() }) };
        let request = request.clone();
        // In a thread of its own: it is work, and the first search of a copy makes the index.
        let work = tokio::task::spawn_blocking(move || {
            let (catalogue, behind) = session.searched(&copy, request.wait);
            BrowseView { behind, ..search(&catalogue, &copy, &request) }
        });
        work.await.map_err(|e| sentence(Code::Failed, "broke", e, None, &[]))
    }

    /// Refreshes the local copy with one request. Being unable to is part of the answer: the old copy still serves.
    ///
    /// # Errors
    /// When there is no local copy and none can be had.
    pub async fn sync(&self, registry: Option<&str>) -> Result<SyncView, WireError> {
        self.sync_with(registry, false).await
    }

    /// The same, and believes a catalogue with much less in it than what is known.
    ///
    /// # Errors
    /// When there is no local copy and none can be had.
    pub async fn sync_confirmed(&self, registry: Option<&str>) -> Result<SyncView, WireError> {
        self.sync_with(registry, true).await
    }

    /// Compares the catalogue with the documents and mends what writers could not fold: for those who may write.
    ///
    /// # Errors
    /// When many plugins have no document any more and nobody has `confirmed` that; else as reading or writing fails.
    pub async fn catch_up(&self, registry: Option<&str>, confirmed: bool) -> Result<SyncView, WireError> {
        let session = self.writable(registry).await?;
        let wrong = session.catch_up(confirmed, self.now()).await?;
        let synced = self.sync(registry).await?;
        Ok(SyncView { changed: wrong > 0, ..synced })
    }

    /// What the window of somebody who may write does beside syncing: four times a day, and after a publish that the catalogue was not told of,
    /// it compares the catalogue with the documents and mends what differs. Nobody waits for it, and when it fails, somebody else will.
    pub async fn look_after(&self, registry: Option<&str>) {
        let Ok(session) = self.session(registry).await else { return };
        let may_write = self.profile(registry).is_ok_and(|profile| profile.access() == Access::ReadWrite);
        if may_write && session.is_due(self.now()) {
            let _ = session.catch_up(false, self.now()).await;
        }
    }

    async fn sync_with(&self, registry: Option<&str>, confirmed: bool) -> Result<SyncView, WireError> {
        let session = self.session(registry).await?;
        let (changed, stale) = match session.sync(confirmed, self.now()).await {
            Ok(changed) => (session.count().await || changed, None),
            Err(e) => (false, Some(e)),
        };
        let copy = session.copy();
        match (copy, stale) {
            (None, Some(e)) => Err(e),
            (copy, stale) => Ok(SyncView {
                synced_at: copy.as_ref().map(|c| c.synced_at.to_string()),
                total: copy.as_ref().map_or(0, |c| count(c.table().len())),
                stale,
                changed,
            }),
        }
    }
}

fn search(catalogue: &Catalogue, copy: &LocalCopy, request: &BrowseRequest) -> BrowseView {
    let results = catalogue.find(&request.query, request.sort);
    let (offset, limit) = (request.offset as usize, request.limit.min(MOST_ROWS) as usize);
    let row = |id: &str| {
        let id: PluginId = id.parse().ok()?;
        let downloads = catalogue.index.popularity(id.as_str());
        Some(PluginCard { downloads, ..view::card(&id, &copy.table().row(&id)?) })
    };
    BrowseView {
        rows: results.found.ids(&catalogue.index, offset, limit).filter_map(row).collect(),
        offset: request.offset,
        found: count(results.found.len()),
        located: request.locate.as_ref().and_then(|id| results.found.position(&catalogue.index, id)).map(count),
        total: count(copy.table().len()),
        edition: catalogue.edition,
        behind: false,
        forgiven: results.found.forgiven,
        counted: catalogue.index.knows_popularity(),
        filters: results.filters(),
        chips: results.chips(),
        looser: catalogue.looser(&results),
        synced_at: Some(copy.synced_at.to_string()),
        stale: None,
    }
}
