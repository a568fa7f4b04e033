//! In what the manifests of a folder disagree.
//!
//! A version that was published stays for ever, so which of two is meant has to be settled first: that is an error. Another id
//! is usual (an npm name and a shorter id) and worth a look.

use super::{Manifest, said::Said};
use crate::{Fix, Problem, fix::Edit};

/// Findings about id, version and hosts. `source` is where those of the manifest came from.
pub(super) fn compare(source: &str, manifest: &Manifest, others: &[Said]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for said in others {
        let file = said.file;
        if let Some(Ok(id)) = &said.id
            && *id != manifest.id
        {
            let message = format!("The id is “{}” in {source} and “{id}” in {file}.", manifest.id);
            let hint = format!("Patchbay takes “{}”; check that this is the plugin that you mean.", manifest.id);
            let problem = Problem::warning("id_disagrees", message, hint).in_file(file);
            problems.push(problem.with("id", &manifest.id).with("other", id).with("file", source).with("other_file", file));
        }
        if let Some(Ok(version)) = &said.version
            && *version != manifest.version
            // What tools that number releases by themselves leave in a package.json.
            && !(version.major == 0 && version.minor == 0 && version.patch == 0)
        {
            let message = format!("The version is {} in {source} and {version} in {file}.", manifest.version);
            let hint = "Write the one that you mean into both: a version that was published cannot be taken back.";
            let problem = Problem::warning("version_disagrees", message, hint).stopping().in_file(file);
            let fix = Fix::of([Edit::SetField { file: file.into(), field: "version".into(), value: manifest.version.to_string() }]);
            let problem = problem.with("version", &manifest.version).with("other", version);
            problems.push(problem.with("file", source).with("other_file", file).fixed_by(fix));
        }
    }
    problems
}
