//! The command line as people type it. Nothing here decides anything: [`crate::run`] hands it to the library.

mod change;
mod examples;
mod files;
mod health;
mod package;
mod registry;

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum};
use patchbay_client::wire::SortBy;

pub use change::{Asked, Deprecate, Promote, Restore, Rollback, Undeprecate, Undo, Unyank, Yank};
pub use files::{Cat, Diff, Files, named};
pub use health::{Audit, Doctor, Gc};
pub use package::{Init, Pack, Unpack, Verify};
pub use registry::{Add, Key, RegistryVerb};

/// Publish plugins to an S3 bucket, find them, and roll a bad release back.
#[derive(Debug, Parser)]
#[command(name = "patchbay", version, after_help = examples::PATCHBAY, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What holds for every verb.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What holds for every verb.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The registry to use [default: the one marked as default]
    #[arg(long, global = true, value_name = "NAME")]
    pub registry: Option<String>,
    /// Keep settings, data and cache in this one folder [env: PATCHBAY_HOME]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Print one JSON object on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Never ask; fail with exit code 4 when a key is missing
    #[arg(long, global = true)]
    pub no_input: bool,
    /// No progress and no advice; warnings and errors remain
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// One thing that a person can do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add, test and choose registries
    #[command(subcommand, after_help = examples::REGISTRY)]
    Registry(RegistryVerb),
    /// Publish a folder as a new version
    #[command(after_help = examples::PUBLISH)]
    Publish(Publish),
    /// Make the package of a folder, without publishing it
    #[command(after_help = examples::PACK)]
    Pack(Pack),
    /// Write a patchbay.json from what a folder holds
    #[command(after_help = examples::INIT)]
    Init(Init),
    /// Find plugins by name, id, author, category or description
    #[command(after_help = examples::SEARCH)]
    Search(Search),
    /// Say what to do about installed plugins: update, go back, leave
    #[command(after_help = examples::OUTDATED)]
    Outdated(Outdated),
    /// Refresh what is known of the registry's plugins
    #[command(after_help = examples::SYNC)]
    Sync(Sync),
    /// Show a plugin: its channels, its newest versions, what is wrong with them
    #[command(after_help = examples::SHOW)]
    Show(Show),
    /// List every version of a plugin
    #[command(after_help = examples::VERSIONS)]
    Versions(Plugin),
    /// List the files of a version, without downloading it
    #[command(after_help = examples::FILES)]
    Files(Files),
    /// Print one file of a version, without downloading the rest
    #[command(after_help = examples::CAT)]
    Cat(Cat),
    /// Show what differs between two versions, or what publishing a folder would change
    #[command(after_help = examples::DIFF)]
    Diff(Diff),
    /// Point a channel back to an earlier version, and hold it there
    #[command(after_help = examples::ROLLBACK)]
    Rollback(Rollback),
    /// Take back a change
    #[command(after_help = examples::UNDO)]
    Undo(Undo),
    /// Point a channel to a version, and release its hold
    #[command(after_help = examples::PROMOTE)]
    Promote(Promote),
    /// No longer offer a version to new installs
    #[command(after_help = examples::YANK)]
    Yank(Yank),
    /// Offer a yanked version again
    #[command(after_help = examples::UNYANK)]
    Unyank(Unyank),
    /// Advise against a version
    #[command(after_help = examples::DEPRECATE)]
    Deprecate(Deprecate),
    /// Take advice against a version back
    #[command(after_help = examples::UNDEPRECATE)]
    Undeprecate(Undeprecate),
    /// Show who changed what, when and why
    #[command(after_help = examples::HISTORY)]
    History(History),
    /// Set the state of an earlier revision again; what was published since stays
    #[command(after_help = examples::RESTORE)]
    Restore(Restore),
    /// Check every object of the registry, and mend the catalogue
    #[command(after_help = examples::DOCTOR)]
    Doctor(Doctor),
    /// Remove uploads of given-up publishes that nothing refers to
    #[command(after_help = examples::GC)]
    Gc(Gc),
    /// Export all revisions as JSON lines, or check such a file
    #[command(after_help = examples::AUDIT)]
    Audit(Audit),
    /// Save the package of a version as a file
    #[command(after_help = examples::DOWNLOAD)]
    Download(Download),
    /// Check a package as an installation does
    #[command(after_help = examples::VERIFY)]
    Verify(Verify),
    /// Unpack a package into a new or empty folder
    #[command(after_help = examples::UNPACK)]
    Unpack(Unpack),
    /// List publishes and downloads, running and finished
    #[command(after_help = examples::JOBS)]
    Jobs,
    /// Settle an operation whose outcome is not known
    #[command(after_help = examples::RESUME)]
    Resume(Resume),
    /// Serve the registry on this computer to other tools, on loopback
    #[command(after_help = examples::SERVE_LOCAL)]
    ServeLocal(ServeLocal),
    /// Print a script that completes this command in a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(Completions),
}

/// `publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// The folder, and those for other platforms: a path, or PLATFORM=PATH
    #[arg(required_unless_present = "resume", value_name = "PATH")]
    pub paths: Vec<String>,
    /// Settle a publish whose outcome is not known, by the id that it told; the same as `patchbay resume`
    #[arg(long, value_name = "OPERATION-ID", conflicts_with_all = ["paths", "channel", "force_channel", "notes", "allow_secret", "dry_run"])]
    pub resume: Option<String>,
    /// The channel to move to the new version [default: stable; beta for a pre-release]
    #[arg(long, value_name = "CHANNEL")]
    pub channel: Option<String>,
    /// Move the channel even backwards, to a pre-release, or when it is held
    #[arg(long)]
    pub force_channel: bool,
    /// What is new, in Markdown: a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub notes: Option<PathBuf>,
    /// A finding of a secret that is none, by its name; can be given more than once
    #[arg(long, value_name = "NAME")]
    pub allow_secret: Vec<String>,
    /// Show what would be published, and publish nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `search`
#[derive(Debug, Args)]
pub struct Search {
    /// What to look for, and filters: author:, category:, channel:, host:, is:; everything when left out
    pub words: Vec<String>,
    /// The order of the results
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    pub sort: Order,
    /// Only plugins of this category; can be given more than once
    #[arg(long, value_name = "CATEGORY")]
    pub category: Vec<String>,
    /// How many results to show at most
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// How many results to pass over
    #[arg(long, value_name = "N", default_value = "0")]
    pub offset: u32,
}

/// `outdated`
#[derive(Debug, Args)]
pub struct Outdated {
    /// The installed plugins, as JSON: a file, or - for stdin
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
}

/// `sync`
#[derive(Debug, Args)]
pub struct Sync {
    /// Believe a catalogue that has much less in it than what is known; with --catch-up, that so many documents are gone
    #[arg(long)]
    pub accept: bool,
    /// Compare the catalogue with the documents, and mend it; for those who may write
    #[arg(long)]
    pub catch_up: bool,
}

/// The order of search results.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Order {
    /// Best match first
    Relevance,
    /// By name
    Name,
    /// Latest change first
    Updated,
    /// Most downloads first, where the registry counts them
    Popularity,
}

impl From<Order> for SortBy {
    fn from(order: Order) -> Self {
        match order {
            Order::Relevance => Self::Relevance,
            Order::Name => Self::Name,
            Order::Updated => Self::Updated,
            Order::Popularity => Self::Popularity,
        }
    }
}

/// `show`
#[derive(Debug, Args)]
pub struct Show {
    /// The plugin's id
    pub id: String,
    /// As it was at this revision, as `history` shows it [default: as it is now]
    #[arg(long, value_name = "SEQ")]
    pub at: Option<u64>,
}

/// `versions`
#[derive(Debug, Args)]
pub struct Plugin {
    /// The plugin's id
    pub id: String,
}

/// `history`
#[derive(Debug, Args)]
pub struct History {
    /// The plugin's id
    pub id: String,
    /// How many revisions to show
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Only revisions before this one, for the next page
    #[arg(long, value_name = "SEQ")]
    pub before: Option<u64>,
    /// Show how two revisions differ instead
    #[arg(long, num_args = 2, value_names = ["SEQ", "SEQ"], conflicts_with_all = ["limit", "before"])]
    pub compare: Option<Vec<u64>>,
}

/// `download`
#[derive(Debug, Args)]
pub struct Download {
    /// The plugin's id, with a version or a channel after an @ [default: the version that `show` shows]
    #[arg(value_name = "ID[@VERSION|@CHANNEL]")]
    pub what: String,
    /// Where to save it: a file, which is replaced, or a folder [default: ID-VERSION.zip here]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The platform, when there is more than one package
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<String>,
}

/// `resume`
#[derive(Debug, Args)]
pub struct Resume {
    /// The id that the interrupted operation told; `patchbay jobs` lists them
    #[arg(value_name = "OPERATION-ID")]
    pub operation: String,
}

/// `serve-local`
#[derive(Debug, Args)]
pub struct ServeLocal {
    /// The port on 127.0.0.1 [default: any free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
}

/// `completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

impl Cli {
    /// Reads the command line.
    ///
    /// # Errors
    /// What clap says: a usage error, or the text that `--help` and `--version` ask for.
    pub fn of(args: &[OsString]) -> Result<Self, clap::Error> {
        let color = match value_of(args, "--color") {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        };
        let matches = Self::command().color(color).try_get_matches_from(args)?;
        <Self as clap::FromArgMatches>::from_arg_matches(&matches)
    }
}

/// Whether `--json` was asked for, also by a command line that is wrong elsewhere.
#[must_use]
pub fn wants_json(args: &[OsString]) -> bool {
    options(args).any(|arg| arg == "--json")
}

/// The value of an option in a command line that was not parsed yet.
fn value_of<'a>(args: &'a [OsString], name: &str) -> Option<&'a str> {
    let mut options = options(args);
    while let Some(arg) = options.next() {
        if arg == name {
            return options.next();
        }
        if let Some(value) = arg.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value);
        }
    }
    None
}

fn options(args: &[OsString]) -> impl Iterator<Item = &str> {
    args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--")
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    /// Every verb with its full name, those with verbs of their own left out.
    fn verbs(command: &Command, above: &str, all: &mut Vec<(String, Command)>) {
        for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
            let name = format!("{above} {}", verb.get_name());
            if verb.has_subcommands() { verbs(verb, &name, all) } else { all.push((name, verb.clone())) }
        }
    }

    fn all_verbs() -> Vec<(String, Command)> {
        let mut all = Vec::new();
        verbs(&Cli::command(), "patchbay", &mut all);
        assert!(all.len() > 20, "{}", all.len());
        all
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_and_option_is_in_the_documentation() {
        let page = include_str!("../../../docs/cli.md");
        for (name, verb) in all_verbs() {
            assert!(page.contains(&format!("### `{name}")), "docs/cli.md has no section for `{name}`");
            let section = page.split("### `").find(|section| section.starts_with(&name)).unwrap();
            for option in verb.get_arguments().filter(|arg| !arg.is_global_set()).filter_map(|arg| arg.get_long()) {
                assert!(section.contains(&format!("--{option}")), "docs/cli.md does not tell of --{option} at `{name}`");
            }
        }
        for option in Cli::command().get_arguments().filter_map(|arg| arg.get_long()) {
            assert!(page.contains(&format!("`--{option}")), "docs/cli.md does not tell of --{option}");
        }
    }

    #[test]
    fn every_verb_has_an_example_that_parses() {
        for (name, verb) in all_verbs() {
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<_> = help.lines().filter_map(|line| line.trim().strip_prefix("$ ")).collect();
            assert!(examples.iter().any(|line| line.contains(&name)), "`{name}` has no example");
            for line in examples {
                let start = line.find("patchbay").unwrap();
                let command = line[start..].split([';', '>', '|', ')']).next().unwrap();
                let words: Vec<_> =
                    command.replace(['"', '\''], "\u{1}").split('\u{1}').enumerate().fold(Vec::new(), |mut words, (i, part)| {
                        match i % 2 {
                            0 => words.extend(part.split_whitespace().map(str::to_owned)),
                            _ => words.push(part.to_owned()),
                        }
                        words
                    });
                assert!(Cli::try_parse_from(&words).is_ok(), "this example of `{name}` does not parse: {line}");
            }
        }
    }

    #[test]
    fn json_and_colour_are_seen_in_a_command_line_that_is_wrong() {
        let args = |line: &str| line.split_whitespace().map(OsString::from).collect::<Vec<_>>();
        assert!(wants_json(&args("patchbay show --json")));
        assert!(!wants_json(&args("patchbay search -- --json")));
        assert_eq!(value_of(&args("patchbay --color never show"), "--color"), Some("never"));
        assert_eq!(value_of(&args("patchbay show --color=always"), "--color"), Some("always"));
        assert_eq!(value_of(&args("patchbay show"), "--color"), None);
    }
}
