//! Ctrl-C, and the polite request of an operating system or a CI runner to stop.

use std::future::Future;
use std::io;

use patchbay_client::wire::{Code, WireError};

use crate::answer::Outcome;

/// The requests to stop, from the moment on at which this is made. Until then, and only until then, they end the process at once.
#[derive(Debug)]
pub struct Interrupts(Option<Signals>);

#[cfg(unix)]
#[derive(Debug)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn watch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
#[derive(Debug)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn watch() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

impl Interrupts {
    /// Begins to watch. Where that is not possible, requests to stop go on ending the process at once.
    #[must_use]
    pub fn watch() -> Self {
        Self(Signals::watch().ok())
    }

    /// Waits for the next request.
    pub async fn next(&mut self) {
        match &mut self.0 {
            Some(signals) => signals.next().await,
            None => std::future::pending().await,
        }
    }
}

/// The error of something that was stopped and left nothing behind.
#[must_use]
pub fn stopped(message: &str) -> WireError {
    WireError { code: Code::Interrupted, kind: "interrupted".to_owned(), message: message.to_owned(), hint: None, data: Default::default() }
}

/// Does something that may be given up at any moment.
///
/// # Errors
/// Its own, and [`stopped`].
pub async fn or_stop<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let mut interrupts = Interrupts::watch();
    tokio::select! {
        outcome = work => outcome,
        () = interrupts.next() => Err(stopped("Interrupted; nothing was changed.").into()),
    }
}
