//! `verify`, `unpack`, `pack` and `init`

use std::path::absolute;

use patchbay_client::wire::{Code, Severity};

use super::{Context, publish};
use crate::{
    answer::{Answer, Failure, Outcome, error},
    args,
    interrupt::Interrupts,
    print::{self, package},
};

pub(super) async fn verify(context: &Context, asked: &args::Verify) -> Outcome {
    let mut interrupts = Interrupts::watch();
    let found = context.app.verify_package(&asked.file, interrupts.next()).await?;
    Ok(Answer::new(&found, package::verified(&found)))
}

pub(super) async fn unpack(context: &Context, asked: &args::Unpack) -> Outcome {
    let mut interrupts = Interrupts::watch();
    let done = context.app.unpack_package(&asked.file, &asked.folder, interrupts.next()).await?;
    Ok(Answer::new(&done, package::unpacked(&done)))
}

pub(super) async fn pack(context: &Context, asked: &args::Pack) -> Outcome {
    let input = publish::input(&asked.path)?;
    if asked.dry_run {
        let plan = context.app.pack_plan(&input, &asked.allow_secret).await?;
        let page = print::publish::pack_plan(&plan);
        return match plan.package.problems.iter().find(|problem| problem.severity == Severity::Error) {
            Some(problem) => Err(Box::<Failure>::from(problem.error.clone()).with("plan", &plan).after(page)),
            None => Ok(Answer::new(&plan, page)),
        };
    }
    // Dropped when Ctrl-C ends this: the file appears whole or not at all.
    let packed = context.app.pack_to(&input, &asked.allow_secret, asked.output.as_deref(), &Default::default()).await?;
    for problem in &packed.problems {
        context.console.warn(&problem.error);
    }
    Ok(Answer::new(&packed, print::publish::packed(&packed)))
}

pub(super) fn init(context: &Context, asked: &args::Init) -> Outcome {
    let folder = absolute(&asked.path)
        .map_err(|e| error(Code::Usage, "bad_path", format!("{} is not a path: {e}.", asked.path.display()), "Name a folder."))?;
    let init = context.app.init(&folder, !asked.dry_run)?;
    Ok(Answer::new(&init, print::publish::init(&init)))
}
