//! What the page may ask. Each command translates and calls; the work is done in [`patchbay_client`].

use tauri::{AppHandle, Window, Wry};

use crate::launch::Options;
use crate::{pick, window};

include!("commands/list.rs");

/// Registers every command of `commands/list.rs`.
pub fn handler() -> impl Fn(tauri::ipc::Invoke<Wry>) -> bool + Send + Sync + 'static {
    macro_rules! register {
        ($($name:ident,)*) => { tauri::generate_handler![$($name),*] };
    }
    commands!(register)
}

/// Shows the window: the page calls it when it has painted.
#[tauri::command]
fn show_window(app: AppHandle) {
    window::raise(&app);
}

/// Closes the window although work is running. The jobs can be resumed.
#[tauri::command]
fn close_anyway(window: Window) -> tauri::Result<()> {
    window.destroy()
}

/// Lets the person pick a folder; none when they changed their mind.
#[tauri::command]
async fn pick_folder(window: Window, options: tauri::State<'_, Options>) -> Result<Option<String>, ()> {
    Ok(pick::folder(&window, &options).await)
}
