//! What is found out by itself when the program starts again.

use crate::{
    App,
    wire::{JobKind, JobState, JobView, WireError},
};

impl App {
    /// Asks the registries about every publish whose end is not known. One that is live is resumed, which does what is left of it (the
    /// catalogue, reading it back), and is returned. Of the others nothing is changed: whoever started one resumes it, because its
    /// folder may hold something else by now.
    ///
    /// # Errors
    /// When the folder of jobs cannot be read. A registry that cannot be asked now is asked at the next start.
    pub async fn settle_jobs(&self) -> Result<Vec<JobView>, WireError> {
        let mut live = Vec::new();
        for job in self.jobs()?.into_iter().filter(may_be_live) {
            // It may also be that another program resumes it just now, and that is as well.
            if self.is_live(&job).await.unwrap_or_default()
                && let Ok(job) = self.resume_job(&job.id).await
            {
                live.push(job);
            }
        }
        Ok(live)
    }

    /// Whether the operation of a job is in its registry.
    async fn is_live(&self, job: &JobView) -> Result<bool, WireError> {
        let session = self.session(Some(&job.registry)).await?;
        let op = super::download::job_id(&job.id)?;
        Ok(session.registry.committed(&super::id(&job.plugin)?, op).await?.is_some())
    }
}

/// Only what ended in doubt, after its manifest was read, can have left something.
pub(crate) fn may_be_live(job: &JobView) -> bool {
    job.kind == JobKind::Publish && matches!(job.status, JobState::Unknown { .. } | JobState::Interrupted) && !job.plugin.is_empty()
}
