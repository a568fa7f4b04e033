//! The two streams: answers go to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

use patchbay_client::wire::WireError;

use crate::{
    answer::{Answer, Failure},
    print::{Line, Page, style},
};

/// Where things are printed, and which.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// One JSON object on stdout instead of a page.
    pub json: bool,
    /// No progress and no advice.
    pub quiet: bool,
}

impl Console {
    /// Prints an answer.
    ///
    /// # Errors
    /// When stdout cannot be written, for example because the disk that it goes to is full.
    pub fn answer(self, answer: &Answer) -> io::Result<()> {
        match answer {
            Answer::Found { json, .. } if self.json => object(json),
            Answer::Found { page, .. } => stdout(&page.render()),
            Answer::Script(text) => stdout(text),
            Answer::Bytes(bytes) => raw(bytes),
            Answer::Printed => Ok(()),
        }
    }

    /// Prints a failure: as an object on stdout, or what was found all the same and then the error on stderr.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn failure(self, failure: &Failure) -> io::Result<()> {
        if self.json {
            return object(&failure.json());
        }
        stdout(&failure.page.render())?;
        self.fail(&failure.error);
        Ok(())
    }

    /// What went wrong, for people.
    pub fn fail(self, error: &WireError) {
        say("error", style::BAD, error);
    }

    /// Something that is not as it should be, beside an answer that stands all the same.
    pub fn warn(self, warning: &WireError) {
        say("warning", style::CARE, warning);
    }

    /// Advice, or what is going on. Not with `--quiet`.
    pub fn note(self, text: &str) {
        if !self.quiet {
            stderr(&Page::from(Line::from(text)).render());
        }
    }

    /// What has to be seen before a question, on stderr.
    pub fn show(self, page: &Page) {
        stderr(&page.render());
    }

    /// Whether progress can move on one line instead of being told line by line.
    #[must_use]
    pub fn is_live(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }
}

/// The width of the terminal on stdout in columns; none when it is not a terminal.
#[must_use]
pub fn width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into())
}

fn say(label: &str, paint: style::Style, error: &WireError) {
    let mut page = Page::from(Line::new().styled(&format!("{label}:"), paint).plain(" ").plain(&error.message));
    if let Some(hint) = error.hint.as_deref().filter(|hint| !hint.is_empty()) {
        page.line(Line::new().styled("hint:", style::FAINT).plain(" ").plain(hint));
    }
    stderr(&page.render());
}

fn object(json: &serde_json::Value) -> io::Result<()> {
    stdout(&format!("{json}\n"))
}

fn stdout(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Past everything that looks at colours.
fn raw(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Whoever read has read enough (`| head`).
fn written(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn stderr(text: &str) {
    // When nobody can be told, there is nobody to tell that to.
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
