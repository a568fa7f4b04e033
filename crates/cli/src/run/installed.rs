//! What is known and what is installed: `sync`, `outdated`.

use std::{
    fs::File,
    io::{self, Read as _},
};

use patchbay_client::wire::{Code, InstalledPlugin, WireError};

use super::{Context, browse::stale};
use crate::{
    answer::{Answer, Outcome},
    args,
    print::installed,
};

/// A list of 100,000 plugins is smaller.
const MAX: u64 = 16 * 1024 * 1024;

pub(super) async fn outdated(context: &Context, asked: &args::Outdated) -> Outcome {
    let installed = read(asked)?;
    let view = context.app.outdated(context.registry(), &installed).await?;
    context.warn_if(view.stale.as_ref().map(|error| stale(error, view.synced_at.as_deref())).as_ref());
    if view.plugins.is_empty() {
        context.console.note("The list has no plugins.");
    }
    Ok(Answer::new(&view, installed::outdated(&view)))
}

pub(super) async fn sync(context: &Context, asked: &args::Sync) -> Outcome {
    let view = match (asked.catch_up, asked.accept) {
        (true, accept) => context.app.catch_up(context.registry(), accept).await?,
        (_, true) => context.app.sync_confirmed(context.registry()).await?,
        (_, false) => context.app.sync(context.registry()).await?,
    };
    match view.stale {
        Some(error) => Err(stale(&error, view.synced_at.as_deref()).into()),
        None => Ok(Answer::new(&view, installed::synced(&view))),
    }
}

/// The list that was given.
fn read(asked: &args::Outdated) -> Result<Vec<InstalledPlugin>, WireError> {
    let usage = |message: String| WireError {
        code: Code::Usage,
        kind: "installed_list".into(),
        message,
        hint: Some("Give a JSON list: [{\"id\": \"weather-card\", \"version\": \"3.2.0\"}].".into()),
        data: [("path".to_owned(), asked.file.display().to_string())].into(),
    };
    let mut text = String::new();
    let read = if asked.file.as_os_str() == "-" {
        io::stdin().lock().take(MAX).read_to_string(&mut text)
    } else {
        File::open(&asked.file).and_then(|file| file.take(MAX).read_to_string(&mut text))
    };
    read.map_err(|e| usage(format!("The list of installed plugins cannot be read: {e}.")))?;
    serde_json::from_str(&text).map_err(|_| usage("The list of installed plugins is not one.".into()))
}
