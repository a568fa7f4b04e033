//! The one window: where it may go, what it looks like before its page has painted, and when it closes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use patchbay_client::wire;
use tauri::plugin::TauriPlugin;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Emitter, Manager, Theme, Url, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent, Wry};

use crate::closing::Closing;
use crate::launch::Options;

/// The window's name, as in `tauri.conf.json` and the capability.
const MAIN: &str = "main";

/// The page's ground (`--ground` of its tokens), so that nothing flashes before the page paints.
const LIGHT_GROUND: Color = Color(0xf6, 0xf5, 0xf2, 0xff);
const DARK_GROUND: Color = Color(0x16, 0x16, 0x15, 0xff);

/// A page that has not asked to be shown after this long is shown as it is: a broken window can at least be closed.
const PATIENCE: Duration = Duration::from_secs(4);

/// Opens the window, hidden: the page shows it with `show_window` when there is something to see.
pub fn open(app: &mut App, options: &Options) -> tauri::Result<()> {
    app.manage(options.clone());
    let config = app.config();
    let development = if tauri::is_dev() { config.build.dev_url.clone() } else { None };
    let window_config = config.app.windows.iter().find(|window| window.label == MAIN).cloned().ok_or(tauri::Error::WindowNotFound)?;

    let mut builder = WebviewWindowBuilder::from_config(app, &window_config)?
        .on_navigation(move |to| is_own_page(to, development.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if let Some(home) = &options.home {
        builder = builder.data_directory(home.join("webview"));
    }
    let window = builder.build()?;
    wear(&window, wire::Theme::System)?;

    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        if !window.is_visible().unwrap_or(true) {
            let _ = window.show();
        }
    });
    Ok(())
}

/// Puts on a theme: the page's `prefers-color-scheme` and the ground behind it.
pub fn wear(window: &WebviewWindow, theme: wire::Theme) -> tauri::Result<()> {
    window.set_theme(match theme {
        wire::Theme::System => None,
        wire::Theme::Light => Some(Theme::Light),
        wire::Theme::Dark => Some(Theme::Dark),
    })?;
    window.set_background_color(Some(ground(window.theme()?)))
}

/// What every event of the window goes through.
pub fn on_event(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::ThemeChanged(theme) => {
            let _ = window.set_background_color(Some(ground(*theme)));
        }
        WindowEvent::CloseRequested { api, .. } => {
            if window.state::<Closing>().must_ask(std::iter::empty()) {
                api.prevent_close();
                let _ = window.emit_to(MAIN, "close-requested", ());
            }
        }
        _ => {}
    }
}

/// Brings the window to the front.
pub fn raise(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// A second start on the same home raises the first window instead: two programs would take each other's running jobs for interrupted ones.
/// Only the session bus tells homes apart; elsewhere there is one window per person.
pub fn only_one(home: Option<&Path>) -> TauriPlugin<Wry> {
    let builder = tauri_plugin_single_instance::Builder::new().callback(|app, _, _| raise(app));
    match home {
        None => builder,
        Some(home) => builder.dbus_id(format!("org.patchbay.app.home-{:016x}", name_of(home))),
    }
    .build()
}

fn name_of(home: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::path::absolute(home).unwrap_or_else(|_| home.to_owned()).hash(&mut hasher);
    hasher.finish()
}

/// The page never leaves the app: a link in a README or a redirect must not replace the interface that holds the commands.
fn is_own_page(to: &Url, development: Option<&Url>) -> bool {
    match (to.scheme(), to.host_str()) {
        ("tauri", Some("localhost")) => true,
        // How Windows serves the app's own scheme.
        ("http" | "https", Some("tauri.localhost")) => cfg!(windows),
        _ => development.is_some_and(|server| server.origin() == to.origin()),
    }
}

fn ground(theme: Theme) -> Color {
    if theme == Theme::Dark { DARK_GROUND } else { LIGHT_GROUND }
}
