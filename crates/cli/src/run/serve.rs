//! `serve-local`

use serde_json::json;

use super::Context;
use crate::{
    answer::{Answer, Outcome},
    interrupt::{Interrupts, or_stop},
    no_stdout,
    print::{Page, Span, Table, style},
};

/// Serves until it is asked to stop, which is how it is meant to end. What it prints comes first, so that a script can go on.
pub(super) async fn run(context: &Context, port: Option<u16>) -> Outcome {
    let served = or_stop(async { Ok(context.app.serve_local(port).await?) }).await?;
    let mut interrupts = Interrupts::watch();
    let key_file = served.key_file.display().to_string();
    let mut table = Table::new(["", ""]);
    for (label, value) in [("Endpoint", &served.endpoint), ("Bucket", &served.bucket), ("Region", &served.region), ("Key file", &key_file)]
    {
        table.row([Span::new(label, style::FAINT), value.as_str().into()]);
    }
    let mut page = Page::default();
    page.table("", table);
    let object = json!({ "endpoint": served.endpoint, "bucket": served.bucket, "region": served.region, "key_file": key_file });
    let told = context.console.answer(&Answer::new(&object, page));
    told.map_err(|e| no_stdout(&e))?;
    context.console.note("The key file holds the access key id and the secret; only you can read it. Ctrl-C stops.");
    interrupts.next().await;
    Ok(Answer::Printed)
}
