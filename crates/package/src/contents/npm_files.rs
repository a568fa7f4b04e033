//! `files` of a `package.json`: what npm publishes, and nothing else.

use std::path::Path;

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};
use serde_json::Value;

/// How a file that is not listed is said to be excluded.
const RULE: &str = "files";
/// Where the rule stands.
pub(super) const SOURCE: &str = "package.json";

/// What always goes in, whatever `files` says: npm's own list, and what a plugin's page shows.
const ALWAYS: [&str; 9] =
    ["/readme*", "/licen[cs]e*", "/copying*", "/unlicense*", "/notice*", "/change*", "/history*", "/icon.*", "/logo.*"];

/// The list, as patterns: in this matcher, to match is to go in.
pub(super) struct NpmFiles {
    listed: Gitignore,
    always: Gitignore,
    /// What stands before the first sign of each pattern, to know which folders cannot hold anything.
    beginnings: Vec<String>,
}

impl NpmFiles {
    /// Reads the list of a `package.json`; none when it has no list, or a list of nothing.
    pub(super) fn read(folder: &Path, text: &str) -> Option<Self> {
        let package: Value = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?;
        let mut entries: Vec<String> = package.get("files")?.as_array()?.iter().filter_map(|f| f.as_str()).map(str::to_owned).collect();
        if entries.is_empty() {
            return None;
        }
        let named = |field: &str| package.get(field).and_then(Value::as_str).map(str::to_owned);
        let main = named("main").or_else(|| named("browser"));
        let bin = match package.get("bin") {
            Some(Value::Object(commands)) => commands.values().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => named("bin").into_iter().collect::<Vec<_>>(),
        };
        let mut builder = GitignoreBuilder::new(folder);
        // A host finds `dist/index` with an extension of its own.
        entries.splice(0..0, main.iter().map(|main| format!("{main}.*")).chain(main.clone()).chain(bin));
        let mut beginnings = Vec::new();
        for entry in &entries {
            let (not, path) = entry.strip_prefix('!').map_or(("", entry.as_str()), |path| ("!", path));
            let path = path.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/');
            // npm takes `.`, `*` and `**` for everything.
            let path = if path.is_empty() || path == "." { "**" } else { path };
            let _ = builder.add_line(None, &format!("{not}/{path}"));
            if not.is_empty() {
                beginnings.push(path.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default().to_owned());
            }
        }
        let mut always = GitignoreBuilder::new(folder);
        let _ = always.case_insensitive(true);
        for line in ALWAYS {
            let _ = always.add_line(None, line);
        }
        Some(Self { listed: builder.build().ok()?, always: always.build().ok()?, beginnings })
    }

    /// Whether a file is listed; if not, the rule that keeps it out.
    pub(super) fn lists(&self, path: &Path) -> Result<(), String> {
        match self.listed.matched_path_or_any_parents(path, false) {
            Match::Ignore(_) => Ok(()),
            // An exception of the list: `!dist/test`.
            Match::Whitelist(glob) => Err(glob.original().replacen("!/", "!", 1)),
            Match::None if matches!(self.always.matched(path, false), Match::Ignore(_)) => Ok(()),
            Match::None => Err(RULE.into()),
        }
    }

    /// Whether a folder (its path below the top, with a slash at its end) may hold a listed file.
    pub(super) fn may_hold(&self, name: &str) -> bool {
        self.beginnings.iter().any(|b| name.starts_with(b.as_str()) || b.starts_with(name) || format!("{b}/") == name)
    }

    /// The rule of a folder that cannot hold any.
    pub(super) fn rule() -> String {
        RULE.into()
    }
}
