//! The sample plugins of the embedded registry: real folders, published and changed by the same functions as everybody's.

use std::{collections::BTreeMap, fs, path::Path};

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use patchbay_registry::{Change, Stamp, format::document::Document};
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    App,
    files::FileError,
    scratch,
    sentence::sentence,
    session::Session,
    wire::{Code, WireError},
};

/// The plugins, with what happened to each, oldest first.
const PLUGINS: &str = include_str!("samples/plugins.json");

#[derive(Deserialize)]
struct Sample {
    id: String,
    name: String,
    description: String,
    author: String,
    license: String,
    categories: Vec<String>,
    homepage: Option<String>,
    readme: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    /// How long ago, so that the samples look lived in whenever the app is first started.
    days_ago: f64,
    by: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum What {
    Publish { version: String, notes: String, hosts: BTreeMap<String, String> },
    Rollback { channel: String, to: String, reason: String },
    Yank { version: String, reason: String },
    Deprecate { version: String, message: String, replacement: Option<String> },
}

/// Publishes the samples.
pub(crate) async fn publish(app: &App, session: &Session) -> Result<(), WireError> {
    let samples: Vec<Sample> =
        serde_json::from_str(PLUGINS).map_err(|e| sentence(Code::Failed, "broke", e, Some("Report it.".into()), &[]))?;
    let now = app.now();
    // Each plugin is one line of history of its own; between them there is no order.
    let last = try_join_all(samples.iter().map(|sample| async move {
        let mut last = None;
        for step in &sample.steps {
            last = Some(play(app, session, sample, step, now).await?);
        }
        Ok::<_, WireError>(last)
    }));
    let last = last.await?;
    try_join_all(last.into_iter().flatten().map(|document| async move { session.fold(&document, None, now).await })).await?;
    session.keep_seen().await
}

async fn play(app: &App, session: &Session, sample: &Sample, step: &Step, now: Timestamp) -> Result<Document, WireError> {
    let age = SignedDuration::try_from_secs_f64(step.days_ago * 86_400.0).unwrap_or_default();
    let at = now.checked_sub(age).unwrap_or(now);
    let stamp = Stamp { op: Uuid::new_v4(), actor: step.by.clone(), at };
    let bad = |e: &dyn std::fmt::Display| sentence(Code::Failed, "broke", e, Some("Report it.".into()), &[]);
    let change = match &step.what {
        What::Publish { version, notes, hosts } => {
            let folder = scratch::folder(&app.home().temporary())?;
            write(folder.dir(), sample, version, hosts).map_err(FileError::write(folder.dir()))?;
            return app.publish_as(session, folder.dir(), notes, &stamp).await;
        }
        What::Rollback { channel, to, reason } => Change::Rollback {
            channel: channel.parse().map_err(|e| bad(&e))?,
            to: to.parse().map_err(|e| bad(&e))?,
            reason: reason.clone(),
            yank: false,
            expect: None,
        },
        What::Yank { version, reason } => Change::Yank { version: version.parse().map_err(|e| bad(&e))?, reason: reason.clone() },
        What::Deprecate { version, message, replacement } => {
            Change::Deprecate { version: version.parse().map_err(|e| bad(&e))?, message: message.clone(), replacement: replacement.clone() }
        }
    };
    let id = sample.id.parse().map_err(|e| bad(&e))?;
    Ok(session.registry.commit(&id, &change, &stamp, &CancellationToken::new()).run().await?.document)
}

/// A small plugin as its author would have it on disk.
fn write(folder: &Path, sample: &Sample, version: &str, hosts: &BTreeMap<String, String>) -> std::io::Result<()> {
    let manifest = json!({
        "id": sample.id, "version": version, "name": sample.name, "description": sample.description, "author": sample.author,
        "license": sample.license, "categories": sample.categories, "homepage": sample.homepage, "hosts": hosts,
    });
    let main = format!(
        "// {} {version}\nexport default function start(host) {{\n  host.onReady(() => host.log(\"{} {version}\"));\n}}\n",
        sample.name, sample.id
    );
    fs::create_dir(folder.join("dist"))?;
    fs::write(folder.join("patchbay.json"), format!("{manifest:#}\n"))?;
    fs::write(folder.join("README.md"), &sample.readme)?;
    fs::write(folder.join("LICENSE"), format!("{}\n", sample.license))?;
    fs::write(folder.join("dist/main.js"), main)
}
