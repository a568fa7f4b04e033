//! How far a job is, on stderr: one moving line on a terminal, one line per phase elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use patchbay_client::wire::{JobState, JobView, Phase, StepName};

use crate::{console::Console, print::registries, print::units::size};

/// The progress of one operation.
#[derive(Debug)]
pub struct Progress {
    console: Console,
    bar: Option<ProgressBar>,
    phase: Option<Phase>,
}

impl Progress {
    /// Nothing is shown yet.
    #[must_use]
    pub fn new(console: Console) -> Self {
        let bar = console.is_live().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
            bar
        });
        Self { console, bar, phase: None }
    }

    /// Shows where a job is.
    pub fn job(&mut self, job: &JobView) {
        let JobState::Running { phase, done, total, eta, cancelling } = &job.status else { return };
        if let Some(bar) = &self.bar {
            let word = if *cancelling { "Cancelling" } else { word(*phase) };
            bar.set_style(style(*total > 0));
            bar.set_length(*total);
            bar.set_position(*done);
            bar.set_prefix(word);
            bar.set_message(eta.map(left).unwrap_or_default());
        } else if self.phase != Some(*phase) {
            self.console.note(&line(*phase, *total));
        }
        self.phase = Some(*phase);
    }

    /// Shows which step of a connection test runs. Elsewhere than on a terminal the result says it all.
    pub fn step(&self, name: StepName) {
        if let Some(bar) = &self.bar {
            bar.set_style(style(false));
            bar.set_prefix(registries::step(name));
        }
    }

    /// Says something without tearing the moving line.
    pub fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.console.note(text)),
            None => self.console.note(text),
        }
    }
}

/// The moving line goes with the operation, however that ends.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(known: bool) -> ProgressStyle {
    let template = if known { "{prefix:<12} {wide_bar} {bytes}/{total_bytes} {msg}" } else { "{spinner} {prefix}" };
    // The templates are constants; were one wrong, the plain style still moves.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn left(seconds: u64) -> String {
    if seconds < 60 { format!("{seconds} s left") } else { format!("{} min left", seconds.div_ceil(60)) }
}

fn line(phase: Phase, total: u64) -> String {
    if total > 0 { format!("{} ({})", word(phase), size(total)) } else { word(phase).to_owned() }
}

fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Reading => "Reading",
        Phase::Packing => "Packing",
        Phase::Uploading => "Uploading",
        Phase::Committing => "Making it live",
        Phase::Listing => "Telling the catalogue",
        Phase::Verifying => "Reading it back",
        Phase::Downloading => "Downloading",
        Phase::Surveying => "Looking",
        Phase::Checking => "Checking",
        Phase::Repairing => "Repairing",
        Phase::Cleaning => "Cleaning up",
    }
}
