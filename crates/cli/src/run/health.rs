//! Looking after a registry: `doctor`, `gc`, `audit`; and comparing revisions.

use std::io::{self, IsTerminal};

use patchbay_client::wire::Code;

use super::{Context, job};
use crate::{
    answer::{Answer, Outcome, error},
    args,
    interrupt::or_stop,
    print::{Line, Page, health, units::count},
    prompt,
};

pub(super) async fn doctor(context: &Context, asked: &args::Doctor) -> Outcome {
    job::follow(context, context.app.check_registry(context.registry(), asked.quick, asked.repair)).await
}

pub(super) async fn gc(context: &Context, asked: &args::Gc) -> Outcome {
    let plan = or_stop(async { Ok(context.app.plan_cleaning(context.registry()).await?) }).await?;
    if asked.dry_run || plan.orphans.is_empty() {
        return Ok(Answer::new(&plan, health::plan(&plan)));
    }
    if !asked.yes {
        // The list is what is confirmed, so it is shown in any case.
        if context.no_input || context.console.json || !io::stdin().is_terminal() {
            let message = "Nothing was removed: nobody can be asked.";
            return Err(Box::<crate::answer::Failure>::from(error(
                Code::Usage,
                "not_confirmed",
                message,
                "Look at `patchbay gc --dry-run`, then say --yes.",
            ))
            .with("plan", &plan));
        }
        context.console.show(&health::plan(&plan));
        if !prompt::confirmed("Remove them? [y/N] ")? {
            return Ok(Answer::new(&plan, Page::from(Line::from("Nothing was removed."))));
        }
    }
    job::follow(context, context.app.clean(context.registry(), plan.orphans)).await
}

pub(super) async fn audit(context: &Context, asked: &args::Audit) -> Outcome {
    if let Some(path) = &asked.verify {
        let done = context.app.verify_audit(path)?;
        let page = format!(
            "{} of {}: every digest and every chain is right.",
            count(done.revisions, "revision", "revisions"),
            count(done.plugins, "plugin", "plugins")
        );
        return Ok(Answer::new(&done, Page::from(Line::from(page))));
    }
    let Some(path) = &asked.output else {
        return Err(error(
            Code::Usage,
            "no_output",
            "Where to write the export was not said.",
            "Name a file with --output, or check one with --verify.",
        )
        .into());
    };
    let done = or_stop(async { Ok(context.app.audit(context.registry(), asked.id.as_deref(), path).await?) }).await?;
    let page = format!(
        "Wrote {} of {} to {}.",
        count(done.revisions, "revision", "revisions"),
        count(done.plugins, "plugin", "plugins"),
        done.path
    );
    Ok(Answer::new(&done, Page::from(Line::from(page))))
}

pub(super) async fn compare(context: &Context, id: &str, from: u64, to: u64) -> Outcome {
    let diff = context.app.compare_revisions(context.registry(), id, from, to).await?;
    Ok(Answer::new(&diff, health::compared(&diff)))
}
