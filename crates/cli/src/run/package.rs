//! `verify` and `unpack`

use super::Context;
use crate::{
    answer::{Answer, Outcome},
    args,
    interrupt::Interrupts,
    print::package,
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
