//! The files of a version.

use patchbay_client::wire::FilesView;

use super::{
    Line, Page, Span, Table, style,
    units::{count, size},
};

/// The files with their sizes, modes and digests.
#[must_use]
pub fn list(view: &FilesView) -> Page {
    let mut page = Page::from(
        Line::new()
            .styled(&format!("{} {}", view.id, view.version), style::STRONG)
            .plain(&format!(", {}: ", if view.platform == "any" { "every platform" } else { &view.platform }))
            .plain(&format!("{}, {}", count(view.files.len() as u64, "file", "files"), size(view.unpacked_size)))
            .styled(&format!(" ({} packed)", size(view.size)), style::FAINT),
    );
    let mut table = Table::new([">SIZE", "MODE", "SHA-256", "PATH"]);
    for file in &view.files {
        table.row([
            size(file.size).into(),
            file.mode.as_str().into(),
            Span::new(file.sha256.get(..12).unwrap_or_default(), style::FAINT),
            file.path.as_str().into(),
        ]);
    }
    page.table("  ", table);
    page
}
