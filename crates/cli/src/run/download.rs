//! `download`

use std::path::PathBuf;

use patchbay_client::wire::{Code, PluginView, ReleaseView};

use super::{Context, job};
use crate::{
    answer::{Outcome, error},
    args,
    interrupt::or_stop,
};

pub(super) async fn run(context: &Context, asked: &args::Download) -> Outcome {
    let (id, wanted) = args::named(&asked.what);
    let view = or_stop(async { Ok(context.app.plugin(context.registry(), id, true).await?) }).await?;
    let version = version(&view, wanted)?;
    let name = format!("{id}-{version}.zip");
    let to = match &asked.output {
        Some(path) if path.is_dir() => path.join(name),
        Some(path) => path.clone(),
        None => PathBuf::from(name),
    };
    if let Some(release) = view.releases.iter().find(|release| release.version == version) {
        warn(context, release);
    }
    job::follow(context, context.app.download(context.registry(), id, &version, asked.platform.as_deref(), &to)).await
}

/// The version that is meant. Versions begin with a digit and the names of channels with a letter.
fn version(view: &PluginView, wanted: Option<&str>) -> Outcome<String> {
    let Some(wanted) = wanted else { return Ok(view.card.version.clone()) };
    if wanted.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(wanted.to_owned());
    }
    match view.card.channels.iter().find(|channel| channel.name == wanted) {
        Some(channel) => Ok(channel.version.clone()),
        None => Err(error(
            Code::NotFound,
            "no_channel",
            format!("{} has no channel {wanted}.", view.card.id),
            format!("See the channels with `patchbay show {}`.", view.card.id),
        )
        .into()),
    }
}

/// Whoever pinned a bad version may still have it, and should know.
fn warn(context: &Context, release: &ReleaseView) {
    let version = &release.version;
    let say = |message: String, hint: &str| context.console.warn(&error(Code::Refused, "advice", message, hint));
    if let Some(yanked) = &release.yanked {
        say(format!("{version} is yanked: “{}”", yanked.reason), "Choose another version unless you need exactly this one.");
    }
    if let Some(back) = &release.rolled_back {
        say(format!("{} was rolled back from {version}: “{}”", back.channel, back.reason), &format!("{} is at {}.", back.channel, back.to));
    }
    if let Some(advice) = &release.deprecated {
        let hint = advice.replacement.as_deref().map(|other| format!("Use {other} instead.")).unwrap_or_default();
        say(format!("{version} is deprecated: “{}”", advice.message), &hint);
    }
}
