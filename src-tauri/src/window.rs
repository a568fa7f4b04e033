//! The one window: where it may go, what it looks like before its page has painted, and when it closes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use patchbay_client::{App, wire};
use tauri::plugin::TauriPlugin;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{Manager, Theme, Url, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent, Wry, async_runtime};

use crate::closing::Closing;
use crate::launch::Options;
use crate::news;

/// The window's name, as in `tauri.conf.json` and the capability.
pub const MAIN: &str = "main";

/// The page's ground (`--ground` of its tokens), so that nothing flashes before the page paints.
const LIGHT_GROUND: Color = Color(0xf6, 0xf5, 0xf2, 0xff);
const DARK_GROUND: Color = Color(0x16, 0x16, 0x15, 0xff);

/// A page that has not asked to be shown after this long is shown as it is: a broken window can at least be closed.
const PATIENCE: Duration = Duration::from_secs(4);

/// Opens the window, hidden: the page shows it with `show_window` when there is something to see.
pub fn open(app: &tauri::App, options: &Options, theme: wire::Theme) -> tauri::Result<()> {
    let config = app.config();
    let development = if tauri::is_dev() { config.build.dev_url.clone() } else { None };
    let main = config.app.windows.iter().find(|window| window.label == MAIN).ok_or(tauri::Error::WindowNotFound)?;

    let mut builder = WebviewWindowBuilder::from_config(app, main)?
        .on_navigation(move |to| is_own_page(to, development.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if let Some(home) = &options.home {
        builder = builder.data_directory(home.join("webview"));
    }
    let window = builder.build()?;
    // A driver takes its pictures from what is composited, and waits for ever where nothing is.
    #[cfg(target_os = "linux")]
    if !options.driven {
        crate::graphics::suit(&window)?;
    }
    wear(&window, theme);

    async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        if !window.is_visible().unwrap_or(true) {
            let _ = window.show();
        }
    });
    Ok(())
}

/// Puts on a theme: the page's `prefers-color-scheme` and the ground behind it. A system that cannot do it still shows the page's own.
pub fn wear(window: &WebviewWindow, theme: wire::Theme) {
    let _ = window.set_theme(match theme {
        wire::Theme::System => None,
        wire::Theme::Light => Some(Theme::Light),
        wire::Theme::Dark => Some(Theme::Dark),
    });
    let _ = window.theme().and_then(|theme| window.set_background_color(Some(ground(theme))));
}

/// What every event of the window goes through.
pub fn on_event(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::ThemeChanged(theme) => {
            let _ = window.set_background_color(Some(ground(*theme)));
        }
        WindowEvent::CloseRequested { api, .. } => {
            let busy = window.try_state::<App>().is_some_and(|client| client.is_busy());
            if window.state::<Closing>().must_ask(busy) {
                api.prevent_close();
                news::closing(window.app_handle());
            }
        }
        _ => {}
    }
}

/// Brings the window to the front.
pub fn raise(window: &WebviewWindow) {
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// A second start on the same home raises the first window instead: one window per installation is what people expect.
/// Only a session bus tells homes apart; elsewhere there is one window per person.
pub fn only_one(home: Option<&Path>) -> TauriPlugin<Wry> {
    let builder = tauri_plugin_single_instance::Builder::new().callback(|app, _, _| {
        if let Some(window) = app.get_webview_window(MAIN) {
            raise(&window);
        }
    });
    match home {
        None => builder,
        Some(home) => builder.dbus_id(format!("org.patchbay.app.home-{:016x}", number_of(home))),
    }
    .build()
}

fn number_of(home: &Path) -> u64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn own(to: &str, development: Option<&str>) -> bool {
        let parse = |url: &str| Url::parse(url).unwrap();
        is_own_page(&parse(to), development.map(parse).as_ref())
    }

    #[test]
    fn the_page_is_the_only_place_to_be() {
        assert!(own("tauri://localhost/index.html", None));
        for elsewhere in
            ["https://example.org/", "tauri://example.org/", "file:///etc/passwd", "data:text/html,x", "about:blank", "javascript:1"]
        {
            assert!(!own(elsewhere, None), "{elsewhere}");
        }
    }

    #[test]
    fn a_dev_server_is_a_place_only_when_there_is_one() {
        assert!(own("http://localhost:1420/a", Some("http://localhost:1420")));
        assert!(!own("http://localhost:1421/a", Some("http://localhost:1420")));
        assert!(!own("http://localhost:1420/a", None));
    }

    #[test]
    fn the_same_home_has_the_same_number() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(number_of(Path::new("home")), number_of(&here.join("home")));
        assert_ne!(number_of(Path::new("home")), number_of(Path::new("other")));
    }
}
