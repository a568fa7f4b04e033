//! The `patchbay` command: it translates between a command line and the operations of `patchbay-client`.
//!
//! One answer goes to stdout, as a page for people or as one JSON object; everything else goes to stderr. `docs/cli.md` is its reference.

mod answer;
mod args;
mod console;
mod exit;
mod interrupt;
mod print;
mod progress;
mod prompt;
mod run;

use std::{ffi::OsString, io, process::ExitCode};

use clap::ColorChoice;
use patchbay_client::wire::{Code, WireError};

use crate::{
    answer::{Failure, Outcome, error},
    args::Cli,
    console::Console,
};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::of(&args) {
        Ok(cli) => cli,
        Err(e) => return told_by_clap(&e, args::wants_json(&args)),
    };
    let color = match cli.global.color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    color.write_global();
    let console = Console { json: cli.global.json, quiet: cli.global.quiet };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return finish(console, Err(no_threads(&e))),
    };
    let outcome = runtime.block_on(run::run(cli, console));
    // Whatever still runs was given up; waiting for it would keep a person who pressed Ctrl-C twice.
    runtime.shutdown_background();
    finish(console, outcome)
}

fn no_threads(e: &io::Error) -> Box<Failure> {
    error(Code::Failed, "no_threads", format!("The system gives this program no threads: {e}."), "Close other programs, then try again.")
        .into()
}

/// The answer is lost; what was done is done.
fn no_stdout(e: &io::Error) -> WireError {
    error(
        Code::Failed,
        "stdout",
        format!("The answer could not be written to stdout: {e}."),
        "Look at the disk or the program that it goes to.",
    )
}

/// Prints what came of it, and says so in the exit code.
fn finish(console: Console, outcome: Outcome) -> ExitCode {
    let (printed, code) = match &outcome {
        Ok(answer) => (console.answer(answer), 0),
        Err(failure) => (console.failure(failure), exit::code(failure.error.code)),
    };
    match printed {
        Ok(()) => ExitCode::from(code),
        Err(e) => {
            console.fail(&no_stdout(&e));
            ExitCode::from(code.max(exit::code(Code::Failed)))
        }
    }
}

/// Help and version go to stdout; a usage error goes to stderr, and with `--json` to stdout as an object too.
fn told_by_clap(e: &clap::Error, json: bool) -> ExitCode {
    // When it cannot be written, there is nowhere to say so.
    let _ = e.print();
    if !e.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if json {
        let text = e.render().to_string();
        let sentence = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
        let message = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        let failure: Box<Failure> = error(Code::Usage, "usage", message, "See `patchbay --help`.").into();
        let _ = Console { json, quiet: false }.failure(&failure);
    }
    ExitCode::from(exit::code(Code::Usage))
}
