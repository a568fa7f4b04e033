//! Jobs: what a finished one did, and how all of them stand.

use patchbay_client::wire::{Consequence, JobKind, JobResult, JobState, JobView};

use super::{
    Line, Page, Span, Table,
    change::told,
    consequences::Tense,
    health, style,
    units::{count, minute, size},
};

/// What a job did; empty as long as it has done nothing.
#[must_use]
pub fn done(job: &JobView) -> Page {
    match &job.status {
        JobState::Done { result: JobResult::Published { sha256, size, consequences, verified, .. } } => {
            published(job, sha256, *size, consequences, *verified)
        }
        JobState::Done { result: JobResult::Saved { path, size: bytes } } => Page::from(
            Line::from("Saved ")
                .styled(&format!("{} {}", job.plugin, job.version), style::STRONG)
                .plain(&format!(" as {path} ({}).", size(*bytes))),
        ),
        JobState::Done { result: JobResult::Checked { report } } => health::report(report),
        JobState::Done { result: JobResult::Cleaned { removed, bytes, kept } } => {
            let mut page = Page::from(Line::from(format!("Removed {}, {}.", count(*removed, "upload", "uploads"), size(*bytes))));
            if *kept > 0 {
                page.line(format!("{kept} stayed: somebody uses them now, or the time was up."));
            }
            page
        }
        _ => Page::default(),
    }
}

fn published(job: &JobView, sha256: &str, bytes: u64, consequences: &[Consequence], verified: bool) -> Page {
    let already = consequences.iter().any(|c| matches!(c, Consequence::AlreadyLive { .. }));
    let name = Span::new(&format!("{} {}", job.plugin, job.version), style::STRONG);
    let mut page = if already {
        Page::from(Line::new().span(name).plain(" is already live with exactly these bytes; nothing was changed."))
    } else {
        let mut page = Page::from(Line::from("Published ").span(name).plain(&format!(" to {}.", job.registry)));
        told(&mut page, consequences, Tense::Did);
        page
    };
    page.line(Line::new().styled(&format!("  {}, SHA-256 {sha256}", size(bytes)), style::FAINT));
    if verified {
        page.line(Line::new().styled("  Read back from the registry and found the same.", style::GOOD));
    }
    page
}

/// All jobs.
#[must_use]
pub fn list(jobs: &[JobView]) -> Page {
    let mut table = Table::new(["OPERATION", "STARTED", "REGISTRY", "WHAT", "STATE"]);
    for job in jobs {
        let what = match job.kind {
            JobKind::Publish => "publish",
            JobKind::Download => "download",
            JobKind::Check => "check",
            JobKind::Clean => "clean up",
        };
        // Before its manifest is read, all that is known of a publish is the folder.
        let of = if job.plugin.is_empty() { job.path.clone() } else { format!("{} {}", job.plugin, job.version) };
        table.row([
            job.id.as_str().into(),
            minute(&job.started_at).into(),
            job.registry.as_str().into(),
            format!("{what} {of}").into(),
            state(&job.status),
        ]);
    }
    let mut page = Page::default();
    page.table("", table);
    page
}

fn state(status: &JobState) -> Span {
    match status {
        JobState::Running { .. } => Span::new("running", style::STRONG),
        JobState::Done { .. } => Span::new("done", style::GOOD),
        JobState::Failed { error } => Span::new(&format!("failed: {}", error.message), style::BAD),
        JobState::Cancelled => Span::new("cancelled", style::FAINT),
        JobState::Unknown { .. } => Span::new("outcome not known; resume it", style::CARE),
        JobState::Interrupted => Span::new("interrupted; resume it", style::CARE),
    }
}
