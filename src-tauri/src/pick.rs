//! The native file dialogs.

use std::path::Path;

use tauri::{WebviewWindow, Wry};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

use crate::launch::Options;

/// Lets the person pick a folder; none when they changed their mind.
pub async fn folder(window: &WebviewWindow, options: &Options) -> Option<String> {
    ask(window, options, |dialog, answer| dialog.pick_folder(answer)).await
}

/// Lets the person pick an archive; none when they changed their mind.
pub async fn archive(window: &WebviewWindow, options: &Options) -> Option<String> {
    ask(window, options, |dialog, answer| dialog.add_filter("zip, vsix, tgz", &["zip", "vsix", "tgz", "gz"]).pick_file(answer)).await
}

/// Lets the person say where to save a file; none when they changed their mind.
pub async fn file_to_save(window: &WebviewWindow, options: &Options, name: &str) -> Option<String> {
    ask(window, options, |dialog, answer| dialog.set_file_name(name).save_file(answer)).await
}

type Answer = Box<dyn FnOnce(Option<FilePath>) + Send>;

async fn ask(window: &WebviewWindow, options: &Options, show: impl FnOnce(FileDialogBuilder<Wry>, Answer)) -> Option<String> {
    if let Some(answers) = &options.answers {
        return scripted(answers);
    }
    let (answer, answered) = oneshot::channel();
    show(window.dialog().file().set_parent(window), Box::new(move |path| drop(answer.send(path))));
    let path = answered.await.ok().flatten()?.into_path().ok()?;
    Some(path.to_string_lossy().into_owned())
}

fn scripted(answers: &Path) -> Option<String> {
    let answer = std::fs::read_to_string(answers).ok()?;
    Some(answer.trim().to_owned()).filter(|path| !path.is_empty())
}
