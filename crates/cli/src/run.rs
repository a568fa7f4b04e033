//! From a verb to the operation that does it, and from its result to an answer.

mod browse;
mod change;
mod diff;
mod download;
mod files;
mod health;
mod installed;
mod job;
mod package;
mod publish;
mod registry;
mod serve;

use std::sync::Arc;

use patchbay_client::{App, Environment, Home, OsKeychain, wire::WireError};

use crate::{
    answer::{Answer, Outcome},
    args::{self, Asked, Cli, Completions, Verb},
    console::Console,
    interrupt::or_stop,
};

/// What every verb needs.
struct Context {
    app: App,
    console: Console,
    registry: Option<String>,
    no_input: bool,
}

impl Context {
    fn registry(&self) -> Option<&str> {
        self.registry.as_deref()
    }

    /// A command line to go on with, for the same registry.
    fn command(&self, rest: &str) -> String {
        match &self.registry {
            Some(name) => format!("patchbay --registry {name} {rest}"),
            None => format!("patchbay {rest}"),
        }
    }

    /// Warns that an answer is older than it could be.
    fn warn_if(&self, warning: Option<&WireError>) {
        if let Some(warning) = warning {
            self.console.warn(warning);
        }
    }
}

/// Runs a verb.
pub async fn run(cli: Cli, console: Console) -> Outcome {
    let Cli { global, verb } = cli;
    // Needs no folder, so that it also works where none can be made, as in the build of a package.
    if let Verb::Completions(asked) = verb {
        return Ok(completions(&asked));
    }
    let environment = Environment::current();
    let home = Home::open(global.home.as_deref(), &environment).map_err(WireError::from)?;
    let app = App::new(home, environment, Arc::new(OsKeychain::default()), Arc::new(jiff::Timestamp::now))?;
    let context = &Context { app, console, registry: global.registry, no_input: global.no_input };
    match verb {
        Verb::Registry(verb) => registry::run(context, verb).await,
        Verb::Publish(args::Publish { resume: Some(operation), .. }) => job::resume(context, &operation).await,
        Verb::Publish(asked) if asked.dry_run => or_stop(publish::plan(context, &asked)).await,
        Verb::Publish(asked) => publish::publish(context, asked).await,
        Verb::Pack(asked) => or_stop(package::pack(context, &asked)).await,
        Verb::Init(asked) => package::init(context, &asked),
        Verb::Search(asked) => or_stop(browse::search(context, &asked)).await,
        Verb::Outdated(asked) => or_stop(installed::outdated(context, &asked)).await,
        Verb::Sync(asked) => or_stop(installed::sync(context, &asked)).await,
        Verb::Show(asked) => or_stop(browse::show(context, &asked)).await,
        Verb::Versions(asked) => or_stop(browse::versions(context, &asked.id)).await,
        Verb::History(args::History { id, compare: Some(seqs), .. }) => {
            or_stop(health::compare(context, &id, seqs.first().copied().unwrap_or(1), seqs.last().copied().unwrap_or(1))).await
        }
        Verb::History(asked) => or_stop(browse::history(context, &asked)).await,
        Verb::Files(asked) => or_stop(files::files(context, &asked)).await,
        Verb::Cat(asked) => or_stop(files::cat(context, &asked)).await,
        Verb::Diff(asked) => or_stop(diff::run(context, &asked)).await,
        Verb::Restore(asked) => change::run(context, asked.into()).await,
        Verb::Doctor(asked) => health::doctor(context, &asked).await,
        Verb::Gc(asked) => health::gc(context, &asked).await,
        Verb::Audit(asked) => health::audit(context, &asked).await,
        Verb::Rollback(asked) => change::run(context, asked.into()).await,
        Verb::Undo(asked) => change::run(context, Asked::from(asked)).await,
        Verb::Promote(asked) => change::run(context, asked.into()).await,
        Verb::Yank(asked) => change::run(context, asked.into()).await,
        Verb::Unyank(asked) => change::run(context, asked.into()).await,
        Verb::Deprecate(asked) => change::run(context, asked.into()).await,
        Verb::Undeprecate(asked) => change::run(context, asked.into()).await,
        Verb::Download(asked) => download::run(context, &asked).await,
        Verb::Verify(asked) => package::verify(context, &asked).await,
        Verb::Unpack(asked) => package::unpack(context, &asked).await,
        Verb::Jobs => job::list(context),
        Verb::Resume(asked) => job::resume(context, &asked.operation).await,
        Verb::ServeLocal(asked) => serve::run(context, asked.port).await,
        Verb::Completions(asked) => Ok(completions(&asked)),
    }
}

/// The script for a shell. It is the answer itself, so it is printed as it is.
fn completions(asked: &Completions) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut <Cli as clap::CommandFactory>::command(), "patchbay", &mut script);
    Answer::Script(String::from_utf8_lossy(&script).into_owned())
}
