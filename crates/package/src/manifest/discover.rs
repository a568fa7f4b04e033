//! README, changelog and icon by their usual names.

use std::{fs, path::Path};

use super::{Found, ManifestError, Origin};

const README: [&str; 4] = ["readme.md", "readme.markdown", "readme.txt", "readme"];
const CHANGELOG: [&str; 6] = ["changelog.md", "changes.md", "history.md", "releases.md", "changelog.txt", "changelog"];
const ICON: [&str; 8] = ["icon.png", "icon.webp", "icon.jpg", "icon.jpeg", "icon.svg", "logo.png", "logo.webp", "logo.svg"];

/// Fills in what the manifest does not name. Only files directly in the folder count, in any case of their letters.
pub(super) fn fill(found: &mut Found, folder: &Path) -> Result<(), ManifestError> {
    let unreadable = |source| ManifestError::Folder { path: folder.display().to_string(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_type().is_ok_and(|t| t.is_file())
            && let Some(name) = entry.file_name().to_str()
        {
            // All others are forgotten: there may be a million.
            if README.iter().chain(&CHANGELOG).chain(&ICON).any(|usual| usual.eq_ignore_ascii_case(name)) {
                names.push(name.to_owned());
            }
        }
    }
    // The order of a folder differs between systems.
    names.sort();
    let find = |usual: &[&str]| usual.iter().find_map(|u| names.iter().find(|n| n.eq_ignore_ascii_case(u))).cloned();
    let manifest = &mut found.manifest;
    let wanted = [
        ("readme", &mut manifest.readme, &README[..]),
        ("changelog", &mut manifest.changelog, &CHANGELOG),
        ("icon", &mut manifest.icon, &ICON),
    ];
    for (field, place, usual) in wanted {
        if place.is_none()
            && let Some(name) = find(usual)
        {
            found.origins.push(Origin { field: field.into(), file: name.clone(), key: None });
            *place = Some(name);
        }
    }
    Ok(())
}
