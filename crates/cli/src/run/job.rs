//! Long work: followed until it ends, cancelled with Ctrl-C, listed, resumed.

use std::future::Future;

use patchbay_client::wire::{Code, HealthReport, JobKind, JobResult, JobState, JobView, Phase, Weight, WireError};
use serde_json::json;

use super::Context;
use crate::{
    answer::{Answer, Failure, Outcome, error},
    interrupt::{Interrupts, stopped},
    print::{job, units::count},
    progress::Progress,
};

pub(super) fn list(context: &Context) -> Outcome {
    let jobs = context.app.jobs()?;
    if jobs.is_empty() {
        context.console.note("There are no jobs.");
    }
    Ok(Answer::new(&json!({ "jobs": jobs }), job::list(&jobs)))
}

pub(super) async fn resume(context: &Context, id: &str) -> Outcome {
    follow(context, context.app.resume_job(id)).await
}

/// Starts a job and shows its progress until it has ended.
pub(super) async fn follow(context: &Context, start: impl Future<Output = Result<JobView, WireError>>) -> Outcome {
    let mut interrupts = Interrupts::watch();
    let mut news = context.app.subscribe();
    let mut job = tokio::select! {
        job = start => job?,
        () = interrupts.next() => return Err(stopped("Interrupted; nothing was started.").into()),
    };
    let mut progress = Progress::new(context.console);
    let id = job.id.clone();
    let end = context.app.wait_job(&id);
    tokio::pin!(end);
    let mut cancelling = false;
    let ended = loop {
        tokio::select! {
            ended = &mut end => break ended?,
            Ok(now) = news.recv() => {
                if now.id == id {
                    progress.job(&now);
                    job = now;
                }
            }
            () = interrupts.next() => {
                if cancelling {
                    return Err(left(&job).into());
                }
                cancelling = true;
                progress.note("Cancelling. Ctrl-C again leaves at once.");
                // Too late to cancel it is when it has just ended; then its end says what came of it.
                let _ = context.app.cancel_job(&id);
            }
        }
    };
    drop(progress);
    settle(context, ended)
}

/// What an ended job means for whoever started it.
fn settle(context: &Context, ended: JobView) -> Outcome {
    let error = match &ended.status {
        JobState::Done { result } => {
            if let JobResult::Published { warning, .. } = result {
                context.warn_if(warning.as_ref());
            }
            if let JobResult::Checked { report } = result
                && !report.healthy
            {
                return Err(Box::<Failure>::from(damaged(report)).with("job", &ended).after(job::done(&ended)));
            }
            return Ok(Answer::new(&ended, job::done(&ended)));
        }
        JobState::Failed { error } => error.clone(),
        JobState::Cancelled => stopped(match ended.kind {
            JobKind::Publish => "Cancelled; nothing became visible.",
            JobKind::Download => "Cancelled; nothing was saved.",
            JobKind::Check => "Cancelled.",
            JobKind::Clean => "Cancelled; what was removed until then is removed.",
        }),
        JobState::Unknown { error } => WireError { code: Code::UnknownOutcome, hint: Some(resume_hint(&ended)), ..error.clone() },
        JobState::Running { .. } => elsewhere(&ended),
        JobState::Interrupted => unknown(&ended),
    };
    Err(Box::<Failure>::from(error).with("job", &ended))
}

fn damaged(report: &HealthReport) -> WireError {
    let wrong = report.findings.iter().filter(|finding| finding.weight != Weight::Untidy).count() as u64 + report.more;
    let derived = report.findings.iter().any(|finding| finding.weight == Weight::Derived);
    let hint = if derived { "`patchbay doctor --repair` mends the catalogue." } else { "What to do stands beside each." };
    error(
        Code::Integrity,
        "damaged_registry",
        format!("Something is wrong with the registry: {}.", count(wrong, "finding", "findings")),
        hint,
    )
}

fn resume_hint(job: &JobView) -> String {
    format!("Find out with `patchbay resume {}`: it asks the registry, and does only what is not done.", job.id)
}

fn unknown(job: &JobView) -> WireError {
    let of = if job.plugin.is_empty() { job.path.clone() } else { format!("{} {}", job.plugin, job.version) };
    error(Code::UnknownOutcome, "left_unknown", format!("It is not known whether {of} is live."), resume_hint(job))
}

fn elsewhere(job: &JobView) -> WireError {
    error(Code::Conflict, "runs_elsewhere", format!("The job {} runs in another program.", job.id), "Wait until it has ended there.")
}

/// The second Ctrl-C. What was not sent yet has not happened.
fn left(job: &JobView) -> WireError {
    match job.status {
        JobState::Running { phase: Phase::Committing | Phase::Listing | Phase::Verifying, .. } => unknown(job),
        _ => stopped("Stopped; nothing became visible."),
    }
}
