//! Checking a registry, and removing what nobody refers to.

use std::sync::Arc;

use patchbay_registry::{
    Key,
    doctor::{self, Finding, Scope, Step},
    gc::{self, Orphan},
    store::Progress,
};
use serde::{Deserialize, Serialize};

use super::publish::{end, unless_cancelled};
use crate::{
    App,
    jobs::{JobContext, NewJob},
    sentence::sentence,
    wire::{
        AmountView, CleanPlan, Code, FindingView, HealthReport, JobKind, JobResult, JobView, OrphanView, Phase, UsageView, Weight,
        WireError,
    },
};

/// What a check is asked for; kept with the job so that it can be done again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Checking {
    quick: bool,
    repair: bool,
}

impl App {
    /// Starts checking a registry, as a job; with `repair`, what is derived is mended.
    ///
    /// # Errors
    /// When the registry may not be written to and should be, or the job cannot be written down. Everything later is in the job.
    pub async fn check_registry(&self, registry: Option<&str>, quick: bool, repair: bool) -> Result<JobView, WireError> {
        let name = self.profile(registry)?.name;
        let asked = Checking { quick, repair };
        let app = self.clone();
        let new = self.upkeep(JobKind::Check, &name, &asked);
        Ok(self.job_list().start(new, move |job| async move { end(app.run_check(&name, asked, &job).await) })?)
    }

    pub(super) async fn run_check(&self, registry: &str, asked: Checking, job: &JobContext) -> Result<JobResult, WireError> {
        let Checking { quick, repair } = asked;
        job.reporter.phase(Phase::Surveying);
        let line = job.reporter.clone();
        let tell = move |step| match step {
            Step::Surveying => line.phase(Phase::Surveying),
            Step::Checking(bytes) => {
                line.phase(Phase::Checking);
                line.total(bytes);
            }
            Step::Repairing => line.phase(Phase::Repairing),
        };
        let report = unless_cancelled(&job.cancel, async {
            let session = if repair { self.writable(Some(registry)).await? } else { self.session(Some(registry)).await? };
            Ok::<_, WireError>(doctor::check(&session.registry, Scope { quick, repair }, self.now(), &tell, progress(job)).await?)
        })
        .await?;
        Ok(JobResult::Checked { report: Box::new(health(&report, quick)) })
    }

    /// What a clean-up would remove now. Reads every document and all of history.
    ///
    /// # Errors
    /// Whatever cannot be read: nothing may be removed then.
    pub async fn plan_cleaning(&self, registry: Option<&str>) -> Result<CleanPlan, WireError> {
        let session = self.session(registry).await?;
        let silent: Progress = Arc::new(|_| {});
        let plan = gc::plan(&session.registry, &silent).await?;
        let orphans: Vec<_> =
            plan.orphans.iter().map(|o| OrphanView { key: o.key.to_string(), size: o.size, modified: o.modified.to_string() }).collect();
        Ok(CleanPlan { bytes: orphans.iter().map(|o| o.size).sum(), orphans, more: plan.more })
    }

    /// Starts removing what a person has seen in a plan, as a job. Each object is looked at again before it is removed.
    ///
    /// # Errors
    /// When the job cannot be written down. Everything later is in the job.
    pub async fn clean(&self, registry: Option<&str>, orphans: Vec<OrphanView>) -> Result<JobView, WireError> {
        let name = self.profile(registry)?.name;
        let app = self.clone();
        let new = self.upkeep(JobKind::Clean, &name, &orphans);
        Ok(self.job_list().start(new, move |job| async move { end(app.run_clean(&name, &orphans, &job).await) })?)
    }

    pub(super) async fn run_clean(&self, registry: &str, orphans: &[OrphanView], job: &JobContext) -> Result<JobResult, WireError> {
        job.reporter.phase(Phase::Cleaning);
        let seen: Vec<Orphan> = orphans.iter().filter_map(orphan).collect();
        let session = unless_cancelled(&job.cancel, self.writable(Some(registry))).await?;
        // Not cut short: it takes back what it has announced.
        let done = gc::clean(&session.registry, &seen, &self.clock(), &progress(job), &job.cancel).await?;
        Ok(JobResult::Cleaned { removed: done.removed, bytes: done.bytes, kept: done.kept })
    }

    fn upkeep(&self, kind: JobKind, registry: &str, asked: &impl Serialize) -> NewJob {
        NewJob {
            kind,
            registry: registry.to_owned(),
            path: String::new(),
            key: format!("{kind:?} {registry}"),
            request: serde_json::to_value(asked).unwrap_or_default(),
        }
    }
}

fn progress(job: &JobContext) -> Progress {
    let line = job.reporter.clone();
    Arc::new(move |bytes| line.advance(bytes))
}

fn orphan(seen: &OrphanView) -> Option<Orphan> {
    Some(Orphan { key: Key::parse(&seen.key)?, size: seen.size, modified: seen.modified.parse().ok()? })
}

fn amount(amount: doctor::Amount) -> AmountView {
    AmountView { objects: amount.objects, bytes: amount.bytes }
}

fn finding(finding: &Finding) -> FindingView {
    let weight = match finding.weight() {
        doctor::Weight::Damage => Weight::Damage,
        doctor::Weight::Derived => Weight::Derived,
        doctor::Weight::Untidy => Weight::Untidy,
    };
    let kind = format!("found_{}", finding.name());
    FindingView { weight, error: sentence(Code::Integrity, &kind, finding, Some(finding.hint()), &finding.data()) }
}

fn health(report: &doctor::Report, quick: bool) -> HealthReport {
    let usage = report.usage;
    HealthReport {
        healthy: report.is_healthy(),
        quick,
        usage: UsageView {
            documents: amount(usage.documents),
            history: amount(usage.history),
            packages: amount(usage.packages),
            assets: amount(usage.assets),
            other: amount(usage.other),
        },
        plugins: report.plugins,
        revisions: report.revisions,
        bytes: report.bytes,
        findings: report.findings.iter().map(finding).collect(),
        more: report.counts.values().sum::<u64>() - report.findings.len() as u64,
        repaired: report.repaired.iter().map(finding).collect(),
    }
}
