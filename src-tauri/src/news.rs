//! What the program tells the page by itself.

use patchbay_client::App;
use patchbay_client::wire::JobView;
use tauri::{AppHandle, Emitter, Manager, async_runtime};
use tokio::sync::broadcast::error::RecvError;

use crate::closing::Closing;
use crate::window::MAIN;

/// Tells the page of every job's progress, as the event `job`, for as long as the window lives.
pub fn follow_jobs(app: &AppHandle, client: App) {
    let app = app.clone();
    let mut told = client.subscribe();
    async_runtime::spawn(async move {
        loop {
            match told.recv().await {
                Ok(job) => tell(&app, &job),
                // Some were missed: how every job stands now says it all.
                Err(RecvError::Lagged(_)) => client.jobs().unwrap_or_default().iter().for_each(|job| tell(&app, job)),
                Err(RecvError::Closed) => break,
            }
        }
    });
}

/// Finds out about what an earlier run of the program left in doubt. Whoever follows the jobs hears of it.
pub fn settle(client: App) {
    // What cannot be found out now stays as it is, and is told where the jobs are listed.
    async_runtime::spawn(async move { client.settle_jobs().await });
}

fn tell(app: &AppHandle, job: &JobView) {
    if job.finished_at.is_some() {
        app.state::<Closing>().job_ended();
    }
    let _ = app.emit_to(MAIN, "job", job);
}

/// Tells the page that somebody closes the window while jobs run.
pub fn closing(app: &AppHandle) {
    let _ = app.emit_to(MAIN, "close-requested", ());
}
