//! Looking: `search`, `show`, `versions`, `history`.

use patchbay_client::wire::{BrowseRequest, BrowseView, HistoryView, PluginView, WireError};
use serde_json::json;

use super::Context;
use crate::{
    answer::{Answer, Outcome},
    args, console,
    print::{
        history, plugin,
        units::{count, minute},
    },
};

/// The answer is the last known state: says since when, and why it is no newer.
pub(super) fn stale(error: &WireError, known: Option<&str>) -> WireError {
    let since = known.map_or_else(|| "the last known state".to_owned(), |at| format!("the state of {}", minute(at)));
    WireError { message: format!("This is {since}: {}", error.message), ..error.clone() }
}

pub(super) async fn search(context: &Context, asked: &args::Search) -> Outcome {
    let sync = context.app.sync(context.registry()).await?;
    let categories = asked.category.iter().map(|category| format!("category:\"{}\"", category.replace('"', " ")));
    let query: Vec<String> = asked.words.iter().cloned().chain(categories).collect();
    let first = BrowseRequest {
        sort: asked.sort.into(),
        offset: asked.offset,
        limit: asked.limit,
        wait: true,
        ..BrowseRequest::of(query.join(" "))
    };
    let mut found = context.app.browse(context.registry(), &first).await?;
    // A page of the app may be shorter than what was asked for.
    while !found.rows.is_empty() && found.rows.len() < asked.limit as usize && next(&found) < found.found {
        let request =
            BrowseRequest { offset: next(&found), limit: asked.limit.saturating_sub(next(&found) - asked.offset), ..first.clone() };
        let page = context.app.browse(context.registry(), &request).await?;
        if page.edition != found.edition || page.rows.is_empty() {
            break;
        }
        found.rows.extend(page.rows);
    }
    found.stale = sync.stale;
    context.warn_if(found.stale.as_ref().map(|error| stale(error, found.synced_at.as_deref())).as_ref());
    for filter in found.filters.iter().filter(|filter| filter.unclear.is_some()) {
        context.console.note(&format!("{} is no filter, and filters nothing.", filter.text));
    }
    if found.total == 0 {
        context.console.note("The registry has no plugins yet.");
    } else if found.found == 0 {
        context.console.note("Nothing matches.");
        for looser in &found.looser {
            context.console.note(&format!("Without {}: {}.", looser.text, count(looser.found.into(), "plugin", "plugins")));
        }
    } else if next(&found) < found.found {
        let more = format!("There is more: {} of {}. Go on with --offset {}.", found.rows.len(), found.found, next(&found));
        context.console.note(&more);
    }
    Ok(Answer::new(&found, plugin::found(&found, console::width())))
}

/// How many results are before the first that is not among the rows.
fn next(view: &BrowseView) -> u32 {
    view.offset.saturating_add(u32::try_from(view.rows.len()).unwrap_or(u32::MAX))
}

async fn plugin(context: &Context, id: &str) -> Outcome<PluginView> {
    let view = context.app.plugin(context.registry(), id, true).await?;
    context.warn_if(view.stale.as_ref().map(|error| stale(error, Some(&view.read_at))).as_ref());
    Ok(view)
}

pub(super) async fn show(context: &Context, asked: &args::Show) -> Outcome {
    let view = match asked.at {
        Some(seq) => context.app.plugin_at(context.registry(), &asked.id, seq).await?,
        None => plugin(context, &asked.id).await?,
    };
    Ok(Answer::new(&view, plugin::shown(&view)))
}

pub(super) async fn versions(context: &Context, id: &str) -> Outcome {
    let view = plugin(context, id).await?;
    let object = json!({ "id": view.card.id, "releases": view.releases, "read_at": view.read_at, "stale": view.stale });
    Ok(Answer::new(&object, plugin::versions(&view.releases)))
}

pub(super) async fn history(context: &Context, asked: &args::History) -> Outcome {
    let limit = asked.limit as usize;
    let mut all = HistoryView { revisions: Vec::new(), next_before: asked.before };
    loop {
        let page = context.app.history(context.registry(), &asked.id, all.next_before).await?;
        all.revisions.extend(page.revisions);
        all.next_before = page.next_before;
        if all.next_before.is_none() || all.revisions.len() >= limit {
            break;
        }
    }
    if all.revisions.len() > limit {
        all.revisions.truncate(limit);
        all.next_before = all.revisions.last().map(|revision| revision.seq);
    }
    if let Some(before) = all.next_before {
        context.console.note(&format!("There is more: {}", context.command(&format!("history {} --before {before}", asked.id))));
    }
    Ok(Answer::new(&all, history::history(&all)))
}
