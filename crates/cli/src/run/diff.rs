//! `diff`

use patchbay_client::wire::Code;

use super::Context;
use crate::{
    answer::{Answer, Outcome, error},
    args,
    print::diff,
};

pub(super) async fn run(context: &Context, asked: &args::Diff) -> Outcome {
    let (registry, what, only) = (context.registry(), asked.what.as_str(), asked.file.as_slice());
    let view = match (&asked.old, &asked.new) {
        (Some(old), Some(new)) => context.app.compare(registry, what, old, new, asked.platform.as_deref(), only).await?,
        (old, _) => {
            // One word may be a folder or, by mistake, an id alone.
            if old.is_none() && !what.contains(['/', '\\', '.']) && !std::path::Path::new(what).exists() {
                let hint = format!("Name two versions, as in `patchbay diff {what} 1.0.0 1.1.0`, or a folder that exists.");
                return Err(error(Code::Usage, "diff_of_what", format!("There is no folder {what} to compare."), hint).into());
            }
            context.app.compare_folder(registry, what, old.as_deref(), only).await?
        }
    };
    if view.old.is_none() {
        context.console.note("Nothing is published yet, so there is nothing to compare with.");
    }
    Ok(Answer::new(&view, diff::page(&view, asked.stat, only)))
}
