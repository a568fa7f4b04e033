//! The window: a thin shell around [`patchbay_client`]. It opens one page, lets it call the commands of
//! `commands/list.rs` and nothing else, and asks before it closes on running work.

// Without this, Windows opens a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod closing;
mod commands;
mod launch;
mod pick;
mod window;

use std::io::Write;
use std::process::ExitCode;

use launch::Launch;

fn main() -> ExitCode {
    let launch = match Launch::read(std::env::args_os().skip(1), |name| std::env::var_os(name)) {
        Ok(Launch::Open(options)) => options,
        Ok(Launch::Print(text)) => return say(std::io::stdout(), &text, ExitCode::SUCCESS),
        Err(error) => return say(std::io::stderr(), &format!("patchbay-app: {error}"), ExitCode::from(error.exit_code())),
    };
    match run(launch) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(std::io::stderr(), &format!("patchbay-app: The window could not be opened: {error}."), ExitCode::FAILURE),
    }
}

fn run(options: launch::Options) -> tauri::Result<()> {
    tauri::Builder::default()
        .plugin(window::only_one(options.home.as_deref()))
        .plugin(tauri_plugin_dialog::init())
        .manage(closing::Closing::default())
        .invoke_handler(commands::handler())
        .setup(move |app| Ok(window::open(app, &options)?))
        .on_window_event(window::on_event)
        .run(tauri::generate_context!())
}

/// A program without a console has nobody to tell that its output went nowhere.
fn say(mut to: impl Write, text: &str, code: ExitCode) -> ExitCode {
    let _ = writeln!(to, "{text}");
    code
}
