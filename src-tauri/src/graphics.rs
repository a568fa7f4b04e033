//! Which way the web view paints on Linux.
//!
//! Without a graphics card WebKitGTK still paints by OpenGL, on a renderer in software that compiles shaders with LLVM: 85 MB more for a
//! window that then scrolls no faster. Painting directly is what it does when it is told that there is no acceleration.

use std::path::Path;

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Where the kernel's Direct Rendering Manager shows its devices (<https://docs.kernel.org/gpu/drm-uapi.html>).
const DEVICES: &str = "/dev/dri";

/// Has a window painted directly where there is no graphics card. It takes effect before the first page is loaded.
pub fn suit(window: &WebviewWindow) -> tauri::Result<()> {
    if has_renderer(Path::new(DEVICES)) {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether there is a device that a program without a display of its own may render on: `renderD128` and on.
fn has_renderer(devices: &Path) -> bool {
    let names = std::fs::read_dir(devices).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.into_iter().any(|name| name.to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renderer_is_a_render_node() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_renderer(&devices.path().join("absent")));
        std::fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!has_renderer(devices.path()), "a display without rendering is no help");
        std::fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(has_renderer(devices.path()));
    }
}
