//! The window: a thin shell around [`patchbay_client`]. It opens one page, lets it call the commands of
//! `commands/list.rs` and nothing else, and asks before it closes on running work.

// Without this, Windows opens a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod closing;
mod commands;
#[cfg(target_os = "linux")]
mod graphics;
mod launch;
mod link;
mod news;
mod pick;
mod window;

use std::io::{Write, stderr, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use launch::{Launch, Options};
use patchbay_client::wire::WireError;
use patchbay_client::{App, Environment, Home, OsKeychain};
use tauri::Manager;
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

fn main() -> ExitCode {
    match Launch::read(std::env::args_os().skip(1), |name| std::env::var_os(name)) {
        Ok(Launch::Open(options)) => run(options),
        Ok(Launch::Print(text)) => say(stdout(), &text, ExitCode::SUCCESS),
        Err(error) => say(stderr(), &format!("patchbay-app: {error}"), ExitCode::from(error.exit_code())),
    }
}

fn run(options: Options) -> ExitCode {
    let ran = tauri::Builder::default()
        .plugin(window::only_one(options.home.as_deref()))
        .plugin(tauri_plugin_dialog::init())
        .manage(closing::Closing::default())
        .invoke_handler(commands::handler())
        .setup(move |app| {
            match client(&options) {
                Ok(client) => open(app, client, options)?,
                Err(error) => apologise(app, &error),
            }
            Ok(())
        })
        .on_window_event(window::on_event)
        .run(context());
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(stderr(), &format!("patchbay-app: The window could not be opened: {error}"), ExitCode::FAILURE),
    }
}

#[expect(clippy::exit, reason = "the code that Tauri writes here holds one")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn client(options: &Options) -> Result<App, WireError> {
    let environment = Environment::current();
    let home = Home::open(options.home.as_deref(), &environment)?;
    App::new(home, environment, Arc::new(OsKeychain::default()), Arc::new(jiff::Timestamp::now))
}

fn open(app: &mut tauri::App, client: App, options: Options) -> tauri::Result<()> {
    news::follow_jobs(app.handle(), client.clone());
    news::settle(client.clone());
    // Settings that cannot be read are told by `start`, on the page.
    let theme = client.settings().map(|settings| settings.theme).unwrap_or_default();
    app.manage(client);
    app.manage(options.clone());
    window::open(app, &options, theme)
}

/// Without its folders there is nothing to show, so the reason is told in a dialog and, for whoever started it from a shell, on stderr.
fn apologise(app: &tauri::App, error: &WireError) {
    let text = [Some(error.message.as_str()), error.hint.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("\n");
    let code = say(stderr(), &format!("patchbay-app: {text}"), 1);
    let handle = app.handle().clone();
    app.dialog().message(text).title("Patchbay").kind(MessageDialogKind::Error).show(move |_| handle.exit(code));
}

/// A program without a console has nobody to tell that its output went nowhere.
fn say<T>(mut to: impl Write, text: &str, then: T) -> T {
    let _ = writeln!(to, "{text}");
    then
}
