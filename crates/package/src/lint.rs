//! What is wrong, or worth knowing, before a folder is packed.

mod leftovers;
mod licence;

use crate::{
    Contents, Excluded, Fix, Found, Limits, Manifest, Problem,
    contents::ignored::{is_final, is_unlisted},
    fix::Edit,
    limits::size_words,
    manifest,
};

/// Everything that was found, errors first. Any error means that no package can be made.
#[must_use]
pub fn lint(manifest: &Manifest, contents: &Contents, limits: &Limits) -> Vec<Problem> {
    let mut problems = contents.problems.clone();
    problems.extend(sizes(contents, limits));
    problems.extend(emptiness(contents));
    problems.extend(named_files(manifest, contents));
    problems.extend(descriptions(manifest));
    if !contents.chosen {
        problems.extend(leftovers::find(manifest, contents));
    }
    problems.sort_by_key(|p| p.severity);
    problems
}

/// What can be known only with the folder itself: a licence whose text is there and which the manifest does not name. `found`
/// says into which manifest a field is written.
#[must_use]
pub fn lint_folder(folder: &std::path::Path, found: &Found, contents: &Contents) -> Vec<Problem> {
    licence::find(folder, found, contents).into_iter().collect()
}

fn sizes(contents: &Contents, limits: &Limits) -> Vec<Problem> {
    let mut problems = Vec::new();
    let exclude = "Exclude what the plugin does not need in .patchbayignore.";
    if contents.files.len() > limits.files() {
        let message = format!("The package would hold {} files; at most {} are allowed.", contents.files.len(), limits.files());
        let problem = Problem::warning("too_many_files", message, exclude).stopping();
        problems.push(problem.with("files", contents.files.len()).with("limit", limits.files()));
    }
    if contents.unpacked_size > limits.unpacked_size {
        let (size, limit) = (size_words(contents.unpacked_size), size_words(limits.unpacked_size));
        let message = format!("The files have {size} together; at most {limit} are allowed. The largest: {}.", contents.largest());
        problems.push(Problem::warning("unpacked_too_large", message, exclude).stopping().with("size", size).with("limit", limit));
    }
    for file in &contents.files {
        let (size, limit) = (size_words(file.size), size_words(limits.file_size()));
        if file.size > limits.file_size() {
            let message = format!("“{}” has {size}; at most {limit} are allowed in one file.", file.path);
            let problem = Problem::warning("file_too_large", message, exclude).stopping().in_file(&file.path);
            problems.push(problem.with("path", &file.path).with("size", size).with("limit", limit));
        } else if file.size >= limits.large_file {
            let message = format!("“{}” is large: {size}.", file.path);
            let problem = Problem::warning("large_file", message, "Check that the plugin needs it.").in_file(&file.path);
            problems.push(problem.with("path", &file.path).with("size", size));
        }
    }
    problems
}

/// A path as a pattern that means exactly it.
fn anchored(path: &str) -> String {
    let mut pattern = String::from("/");
    for c in path.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '{' | '}') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

fn emptiness(contents: &Contents) -> Option<Problem> {
    // A pipe.md is the plugin itself.
    if contents.files.iter().any(|f| !manifest::FILES.contains(&f.path.as_str()) || f.path == "pipe.md") {
        return None;
    }
    let hint = match contents.excluded.first() {
        Some(e) => format!("“{}” is excluded by “{}” in {}; allow it in .patchbayignore if it belongs in.", e.path, e.rule, e.source),
        None => "Put the plugin's files into this folder.".into(),
    };
    Some(Problem::warning("nothing_to_pack", "There is nothing to pack besides the manifest.".into(), hint).stopping())
}

/// Files that the manifest names and the package would not hold.
fn named_files(manifest: &Manifest, contents: &Contents) -> Vec<Problem> {
    let single = [("icon", &manifest.icon), ("readme", &manifest.readme), ("changelog", &manifest.changelog)];
    let single = single.into_iter().filter_map(|(field, path)| Some((field, path.as_ref()?)));
    let named = single.chain(manifest.executables.iter().map(|p| ("executables", p)));
    let missing = named.filter(|(_, path)| contents.file(path).is_none());
    let main = manifest.main.as_ref().filter(|main| candidates(main).all(|path| contents.file(&path).is_none())).map(|path| ("main", path));
    missing
        .chain(main)
        .map(|(field, path)| {
            let kind = match field {
                "icon" => "icon_missing",
                "readme" => "readme_missing",
                "changelog" => "changelog_missing",
                "main" => "main_missing",
                _ => "executable_missing",
            };
            let exclusion = candidates(path).find_map(|path| Some((contents.exclusion(&path)?, path)));
            // Only a rule that another line can take back.
            let liftable = exclusion.filter(|(e, _)| !is_final(e));
            let hint = match &liftable {
                Some((e, _)) => format!("“{}” in {} keeps it out; allow it with “!{}” in .patchbayignore.", e.rule, e.source, e.path),
                None => "Add the file, or correct its path in the manifest.".into(),
            };
            let message = format!("The manifest names “{path}” ({field}), which is not among the files.");
            let problem = Problem::warning(kind, message, hint).with("path", path).with("field", field);
            match liftable {
                Some((e, path)) => problem.fixed_by(lift(e, &path, field == "main")),
                None => problem,
            }
        })
        .collect()
}

/// The lines that bring a file back which a rule keeps out. The name of a `main` may go on after its path.
fn lift(excluded: &Excluded, path: &str, is_main: bool) -> Fix {
    let mut lines = vec![anchored(&excluded.path)];
    if excluded.path.ends_with('/') && is_unlisted(excluded) {
        let top = excluded.path.len();
        lines.extend(path[top..].match_indices('/').map(|(at, _)| anchored(&path[..=top + at])));
        lines.push(anchored(path) + if is_main { "*" } else { "" });
    }
    Fix::of(lines.into_iter().map(|line| Edit::Ignore { line: format!("!{line}") }).collect::<Vec<_>>())
}

/// The paths at which a host that resolves modules like Node.js looks.
fn candidates(main: &str) -> impl Iterator<Item = String> {
    let endings = ["", ".js", ".cjs", ".mjs", ".json", ".node", "/index.js", "/index.json", "/index.node"];
    endings.into_iter().map(move |ending| format!("{main}{ending}"))
}

fn descriptions(manifest: &Manifest) -> Vec<Problem> {
    let mut problems = Vec::new();
    if manifest.readme.is_none() {
        problems.push(Problem::warning("no_readme", "There is no README.".into(), "Add a README.md: it is the plugin's page."));
    }
    if manifest.description.is_empty() {
        let hint = "Add a “description” of one sentence to the manifest.";
        problems.push(Problem::warning("no_description", "The plugin has no description.".into(), hint));
    }
    problems
}
