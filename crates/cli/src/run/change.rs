//! Changing what is published: `rollback`, `undo`, `promote`, `yank`, `unyank`, `deprecate`, `undeprecate`.

use patchbay_client::wire::{ChangeRequest, Code, Consequence};

use super::Context;
use crate::{
    answer::{Answer, Outcome, error},
    args::Asked,
    interrupt::{Interrupts, or_stop},
    print::change,
};

pub(super) async fn run(context: &Context, asked: Asked) -> Outcome {
    let Asked { id, request, dry_run } = asked;
    if dry_run {
        return or_stop(async {
            let plan = context.app.plan(context.registry(), &id, &request).await?;
            Ok(Answer::new(&plan, change::plan(&plan)))
        })
        .await;
    }
    let done = apply(context, &id, &request).await?;
    context.warn_if(done.warning.as_ref());
    let undoable = !matches!(request, ChangeRequest::Undo { .. }) && !done.consequences.contains(&Consequence::NothingChanges);
    if undoable {
        context.console.note(&format!("To take it back: {}", context.command(&format!("undo {id} --seq {}", done.seq))));
    }
    Ok(Answer::new(&done, change::done(&done)))
}

/// Waits for the change to be live. A change is one conditional write, which cannot be called back once it is under way; so the first
/// Ctrl-C only says so, and the second one leaves without knowing.
async fn apply(context: &Context, id: &str, request: &ChangeRequest) -> Outcome<patchbay_client::wire::ChangeDone> {
    let mut interrupts = Interrupts::watch();
    let change = context.app.apply(context.registry(), id, request);
    tokio::pin!(change);
    tokio::select! {
        done = &mut change => return Ok(done?),
        () = interrupts.next() => context.console.note("The change is under way; waiting for the registry. Ctrl-C again leaves without knowing."),
    }
    tokio::select! {
        done = &mut change => Ok(done?),
        () = interrupts.next() => Err(error(
            Code::UnknownOutcome,
            "left_unknown",
            format!("It is not known whether {id} was changed: the registry had not answered yet."),
            format!("See what stands there with `patchbay history {id}`."),
        )
        .into()),
    }
}
