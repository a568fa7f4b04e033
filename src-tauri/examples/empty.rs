//! The least that a Tauri window can be: what the window's launch time and memory are measured against (`npm run bench launch`).
//! Like the real one it is served over a custom scheme, hidden at first, and shown when its page is there.

use tauri::http::Response;
use tauri::webview::PageLoadEvent;
use tauri::{Url, WebviewUrl, WebviewWindowBuilder};

const PAGE: &str = "<!doctype html><html lang=\"en\"><title>Empty</title><body></body></html>";

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let mut page = Response::new(PAGE.as_bytes().to_vec());
            page.headers_mut().insert("content-type", tauri::http::HeaderValue::from_static("text/html"));
            page
        })
        .setup(|app| {
            let mut builder = WebviewWindowBuilder::new(app, "empty", WebviewUrl::CustomProtocol(Url::parse("empty://localhost/")?))
                .title("Empty")
                .inner_size(1240.0, 780.0)
                .visible(false)
                .on_page_load(|window, load| {
                    if load.event() == PageLoadEvent::Finished {
                        let _ = window.show();
                    }
                });
            if let Some(folder) = std::env::args_os().nth(1) {
                builder = builder.data_directory(folder.into());
            }
            builder.build()?;
            Ok(())
        })
        .run(context())
}

#[expect(clippy::exit, reason = "the code that Tauri writes here holds one")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
