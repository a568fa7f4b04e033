//! Looking: `search`, `show`, `versions`, `history`.

use patchbay_client::wire::{HistoryView, PluginView, WireError};
use serde_json::json;

use super::Context;
use crate::{
    answer::{Answer, Outcome},
    args, console,
    print::{history, plugin, units::minute},
};

/// The answer is the last known state: says since when, and why it is no newer.
fn stale(error: &WireError, known: Option<&str>) -> WireError {
    let since = known.map_or_else(|| "the last known state".to_owned(), |at| format!("the state of {}", minute(at)));
    WireError { message: format!("This is {since}: {}", error.message), ..error.clone() }
}

pub(super) async fn search(context: &Context, asked: &args::Search) -> Outcome {
    let sync = context.app.sync(context.registry()).await?;
    let mut found = context.app.browse(context.registry(), &asked.words.join(" "), asked.sort.into(), &asked.category).await?;
    found.stale = sync.stale;
    context.warn_if(found.stale.as_ref().map(|error| stale(error, found.synced_at.as_deref())).as_ref());
    if found.total == 0 {
        context.console.note("The registry has no plugins yet.");
    } else if found.rows.is_empty() {
        context.console.note("Nothing matches.");
    }
    Ok(Answer::new(&found, plugin::found(&found, console::width())))
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
