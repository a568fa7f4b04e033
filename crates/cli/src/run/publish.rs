//! `publish`

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use patchbay_client::wire::{Code, PackageInput, PublishRequest, Severity, WireError};
use patchbay_registry::format::document::ChannelName;

use super::{Context, job};
use crate::{
    answer::{Answer, Failure, Outcome, error},
    args, print,
};

/// More than a document can hold; what is larger was not meant as notes.
const MAX_NOTES: u64 = 1024 * 1024;

/// What would be published.
pub(super) async fn plan(context: &Context, asked: &args::Publish) -> Outcome {
    if let Some(channel) = &asked.channel {
        // The plan tells of the channels that there are; a new one is only asked for its name.
        channel.parse::<ChannelName>().map_err(WireError::from)?;
    }
    let plan = context.app.inspect_all(context.registry(), &request(asked)?).await?;
    let page = print::publish::plan(&plan, asked.channel.as_deref(), asked.force_channel);
    let problems = || plan.problems.iter().chain(plan.others.iter().flat_map(|other| &other.problems));
    match problems().find(|problem| problem.severity == Severity::Error) {
        Some(problem) => Err(Box::<Failure>::from(problem.error.clone()).with("plan", &plan).after(page)),
        None => Ok(Answer::new(&plan, page)),
    }
}

/// Publishes.
pub(super) async fn publish(context: &Context, asked: args::Publish) -> Outcome {
    let request = PublishRequest { notes: asked.notes.as_deref().map(notes).transpose()?, ..request(&asked)? };
    job::follow(context, context.app.publish(context.registry(), request)).await
}

/// What is asked for, but for the notes.
fn request(asked: &args::Publish) -> Outcome<PublishRequest> {
    let mut inputs = asked.paths.iter().map(|path| input(path)).collect::<Outcome<Vec<_>>>()?;
    let first = inputs.remove(0);
    let named = |name: &String| -> Outcome<String> {
        // Among several packages a finding is named with its package's path before it, as it is printed.
        let Some((path, finding)) = name.split_once('#').filter(|_| !inputs.is_empty()) else { return Ok(name.clone()) };
        Ok(format!("{}#{finding}", absolute(path)?))
    };
    Ok(PublishRequest {
        allow_secrets: asked.allow_secret.iter().map(named).collect::<Outcome<_>>()?,
        path: first.path,
        platform: first.platform,
        others: inputs,
        channel: asked.channel.clone(),
        force_channel: asked.force_channel,
        notes: None,
    })
}

/// `PATH`, or `PLATFORM=PATH`. A path that itself begins like that is written with `./` before it.
pub(super) fn input(text: &str) -> Outcome<PackageInput> {
    let (platform, path) = match text.split_once('=') {
        Some((platform, path)) if patchbay_client::is_platform(platform) => (Some(platform.to_owned()), path),
        _ => (None, text),
    };
    Ok(PackageInput { path: absolute(path)?, platform })
}

/// A job may be resumed from another folder than the one that it was started in.
fn absolute(path: &str) -> Result<String, WireError> {
    let full =
        std::path::absolute(path).map_err(|e| error(Code::Usage, "bad_path", format!("{path} is not a path: {e}."), "Name a folder."))?;
    // The argument was text; the current folder need not be.
    full.into_os_string().into_string().map_err(|_| {
        error(Code::Usage, "bad_path", format!("The path of the folder {path} is not UTF-8."), "Move it to a folder with a plain name.")
    })
}

fn notes(path: &Path) -> Result<String, WireError> {
    let what = if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() };
    let read = |mut from: Box<dyn Read>| {
        let mut text = String::new();
        from.as_mut().take(MAX_NOTES + 1).read_to_string(&mut text).map(|_| text)
    };
    let text =
        if path == Path::new("-") { read(Box::new(io::stdin())) } else { fs::File::open(path).and_then(|file| read(Box::new(file))) };
    let bad = |message: String| error(Code::Usage, "bad_notes", message, "Name a text file in UTF-8, or - for stdin.");
    match text {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(bad(format!("There is no file {what} with notes."))),
        Err(e) => Err(bad(format!("The notes cannot be read from {what}: {e}."))),
        Ok(text) if text.len() as u64 > MAX_NOTES => Err(bad(format!("The notes in {what} are longer than 1 MiB."))),
        Ok(text) => Ok(text),
    }
}
