//! What a build, a tool or an earlier package left in the folder.

use std::collections::BTreeMap;

use super::anchored;
use crate::{Contents, Fix, Manifest, Problem, fix::Edit, limits::size_words};

/// Folders that tools make again, by the end of their path.
const FOLDERS: [&str; 14] = [
    "node_modules",
    "bower_components",
    ".next/cache",
    ".cache",
    ".parcel-cache",
    ".turbo",
    ".nyc_output",
    ".svelte-kit",
    ".gradle",
    ".tox",
    ".venv",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
];

/// Files that tools make again, by the end of their name.
const FILES: [&str; 9] =
    [".tsbuildinfo", ".eslintcache", "npm-debug.log", "yarn-error.log", "yarn-debug.log", ".pyc", ".orig", ".rej", ".swo"];

/// How a package of any kind ends.
const PACKAGES: [&str; 5] = [".zip", ".tgz", ".tar.gz", ".vsix", ".patchbay"];

/// A finding for each folder and file, with what keeps it out.
pub(super) fn find(manifest: &Manifest, contents: &Contents) -> Vec<Problem> {
    // Path of the leftover → files, bytes.
    let mut found: BTreeMap<String, (u32, u64)> = BTreeMap::new();
    for file in &contents.files {
        if let Some(path) = folder(&file.path).or_else(|| is_leftover(&file.path, manifest).then(|| file.path.clone())) {
            let (files, bytes) = found.entry(path).or_default();
            *files += 1;
            *bytes += file.size;
        }
    }
    found.into_iter().map(|(path, (files, bytes))| problem(&path, files, bytes)).collect()
}

fn problem(path: &str, files: u32, bytes: u64) -> Problem {
    let size = size_words(bytes);
    let message = match files {
        _ if !path.ends_with('/') => format!("“{path}” ({size}) looks like something that a build left behind."),
        1 => format!("“{path}” (1 file, {size}) looks like something that a build left behind."),
        _ => format!("“{path}” ({files} files, {size}) looks like something that a build left behind."),
    };
    let problem = Problem::warning("leftover", message, "Exclude it in .patchbayignore, unless the plugin needs it.").in_file(path);
    let fix = Fix::of([Edit::Ignore { line: anchored(path) }]);
    problem.with("path", path).with("files", files).with("size", size).fixed_by(fix)
}

/// The outermost leftover folder that a file lies in.
fn folder(path: &str) -> Option<String> {
    let ends = path.match_indices('/').map(|(at, _)| &path[..at]);
    let is = |at: &str, folder: &str| at == folder || at.strip_suffix(folder).is_some_and(|before| before.ends_with('/'));
    ends.into_iter().find(|at| FOLDERS.iter().any(|folder| is(at, folder))).map(|at| format!("{at}/"))
}

fn is_leftover(path: &str, manifest: &Manifest) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if FILES.iter().any(|end| name.ends_with(end)) {
        return true;
    }
    // The archive itself: at the top, and called after the plugin. Screenpipe's tool shipped its own output this way.
    let Some(stem) = PACKAGES.iter().find_map(|end| name.strip_suffix(end)).filter(|_| !path.contains('/')) else { return false };
    let id = manifest.id.as_str();
    let last = id.rsplit('.').next().unwrap_or(id);
    let version = manifest.version.to_string();
    [id, last, &id.replace('.', "-")].iter().any(|name| stem.starts_with(name)) || stem.contains(&version)
}
