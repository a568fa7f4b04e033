//! Packages as files.

use patchbay_client::wire::PackageView;

use super::{Line, Page, style, units::size};

/// A package that was checked.
#[must_use]
pub fn verified(package: &PackageView) -> Page {
    told(package, "", " is a package in order.")
}

/// A package that was unpacked.
#[must_use]
pub fn unpacked(package: &PackageView) -> Page {
    told(package, "Unpacked ", &format!(" into {}.", package.folder.as_deref().unwrap_or_default()))
}

fn told(package: &PackageView, before: &str, after: &str) -> Page {
    let mut page = Page::from(Line::from(before).styled(&package.path, style::STRONG).plain(after));
    let files = if package.files == 1 { "1 file".to_owned() } else { format!("{} files", package.files) };
    let rest = format!("  {files}, {} unpacked; {}, SHA-256 {}", size(package.unpacked), size(package.size), package.sha256);
    page.line(Line::new().styled(&rest, style::FAINT));
    page
}
