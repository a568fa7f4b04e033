//! `files` and `cat`

use std::io::IsTerminal;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use patchbay_client::ReadFile;
use serde_json::{Value, json};

use super::Context;
use crate::{
    answer::{Answer, Outcome},
    args,
    print::{Line, Page, files},
};

pub(super) async fn files(context: &Context, asked: &args::Files) -> Outcome {
    let (id, wanted) = args::named(&asked.what);
    let view = context.app.files(context.registry(), id, wanted, asked.platform.as_deref()).await?;
    Ok(Answer::new(&view, files::list(&view)))
}

pub(super) async fn cat(context: &Context, asked: &args::Cat) -> Outcome {
    let (id, wanted) = args::named(&asked.what);
    let read = context.app.file_bytes(context.registry(), id, wanted, asked.platform.as_deref(), &asked.path).await?;
    if context.console.json {
        return Ok(Answer::new(&object(id, read), Page::default()));
    }
    // A terminal obeys what it prints, and a stranger wrote this; whatever else reads it gets the file as it is.
    if std::io::stdout().is_terminal() {
        let text = String::from_utf8_lossy(&read.bytes);
        return Ok(Answer::new(&Value::Null, text.lines().map(Line::code).collect()));
    }
    Ok(Answer::Bytes(read.bytes))
}

/// The text where it is one, else the bytes as base64.
fn object(id: &str, read: ReadFile) -> Value {
    let ReadFile { version, platform, file, bytes } = read;
    let mut object = json!({ "id": id, "version": version, "platform": platform, "file": file });
    match String::from_utf8(bytes) {
        Ok(text) => object["text"] = text.into(),
        Err(other) => object["base64"] = BASE64_STANDARD.encode(other.as_bytes()).into(),
    }
    object
}
