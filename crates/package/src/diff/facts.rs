//! What a plugin's manifests say that matters to whoever updates it.
//!
//! Read leniently and from every manifest that is there: packages of any age are compared, and one that could not be published
//! today must still be shown. Nothing here is believed: it is only told what changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::range::{Range, Relation};

/// The manifests that are looked into; a later one has the last word where they say the same thing differently.
pub const MANIFESTS: [&str; 5] = ["pipe.md", "pipe.json", "package.json", "manifest.json", "patchbay.json"];

/// The largest manifest that is looked into, in bytes.
pub const MAX_MANIFEST: u64 = 1 << 20;

/// The most facts that are kept of one side.
const MAX_FACTS: usize = 2_000;
/// The most characters of a value.
const MAX_VALUE: usize = 300;

/// What a fact is about, in the order in which people want to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Which hosts it works with.
    Host,
    /// Which packages must be there beside it.
    Peer,
    /// Where it runs.
    Platform,
    /// What it may do, or does by itself while it is installed.
    Permission,
    /// What a host or a person calls it by: entry files, commands, nodes.
    Entry,
    /// What it brings along.
    Dependency,
    /// Who it is.
    Identity,
}

/// What a change means for those who have the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Versions that worked before are shut out.
    Narrows,
    /// More works than before.
    Widens,
    /// It is written differently and means the same.
    Same,
}

/// A fact that is not the same on both sides. At least one side is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestChange {
    /// What it is about.
    pub area: Area,
    /// Of what: the host, the permission, the dependency.
    pub name: String,
    /// How it was.
    pub old: Option<String>,
    /// How it is.
    pub new: Option<String>,
    /// What that means, where it can be told.
    pub effect: Option<Effect>,
}

/// What the manifests of one side say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<(Area, String), String>);

impl Facts {
    /// Reads the manifests among these files. What cannot be understood is passed over.
    #[must_use]
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        let mut facts = Self::default();
        for name in MANIFESTS {
            let Some(text) = files.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok()) else { continue };
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if name == "pipe.md" {
                facts.front_matter(text);
            } else if let Ok(Value::Object(fields)) = serde_json::from_str(text) {
                facts.manifest(name, &fields);
            }
        }
        facts
    }

    /// What is different, in the order in which people want to know it.
    #[must_use]
    pub fn changes(&self, new: &Self) -> Vec<ManifestChange> {
        let mut keys: Vec<_> = self.0.keys().chain(new.0.keys()).collect();
        keys.sort();
        keys.dedup();
        let change = |key: &(Area, String)| {
            let (old, new) = (self.0.get(key).cloned(), new.0.get(key).cloned());
            let effect = effect(key.0, old.as_deref(), new.as_deref());
            (old != new).then(|| ManifestChange { area: key.0, name: key.1.clone(), old, new, effect })
        };
        keys.into_iter().filter_map(change).collect()
    }

    fn put(&mut self, area: Area, name: impl Into<String>, value: &str) {
        let value: String = value.chars().take(MAX_VALUE).collect();
        let name: String = name.into().chars().take(MAX_VALUE).collect();
        if self.0.len() < MAX_FACTS && !name.is_empty() {
            self.0.insert((area, name), value);
        }
    }

    fn text(&mut self, area: Area, name: &str, value: Option<&Value>) {
        if let Some(Value::String(text)) = value {
            self.put(area, name, text);
        }
    }

    /// An object of texts.
    fn texts(&mut self, area: Area, prefix: &str, value: Option<&Value>) {
        for (name, value) in value.and_then(Value::as_object).into_iter().flatten() {
            if let Some(text) = value.as_str() {
                self.put(area, format!("{prefix}{name}"), text);
            }
        }
    }

    /// A list of texts, or an object whose names count.
    fn names(&mut self, area: Area, prefix: &str, value: Option<&Value>) {
        match value {
            Some(Value::String(name)) => self.put(area, format!("{prefix}{name}"), ""),
            Some(Value::Array(names)) => {
                for name in names.iter().filter_map(Value::as_str) {
                    self.put(area, format!("{prefix}{name}"), "");
                }
            }
            Some(Value::Object(names)) => {
                for (name, value) in names {
                    let value = value.as_str().map_or_else(|| value.to_string(), Into::into);
                    self.put(area, format!("{prefix}{name}"), &value);
                }
            }
            _ => {}
        }
    }

    fn manifest(&mut self, file: &str, fields: &Map<String, Value>) {
        let field = |name: &str| fields.get(name);
        for name in ["id", "name", "displayName", "author", "license"] {
            let written = field(name);
            self.text(Area::Identity, name, written.and_then(|v| v.get("name").or_else(|| v.get("type"))).or(written));
        }
        self.names(Area::Permission, "", field("permissions"));
        self.texts(Area::Dependency, "", field("dependencies"));
        self.text(Area::Entry, "main", field("main"));
        match file {
            "patchbay.json" => {
                self.texts(Area::Host, "", field("hosts"));
                self.text(Area::Platform, "platform", field("platform"));
            }
            "package.json" => self.package(fields),
            "manifest.json" => {
                if let Some(Value::String(least)) = field("minAppVersion") {
                    self.put(Area::Host, "obsidian", &format!(">={least}"));
                    let desktop = field("isDesktopOnly") == Some(&Value::Bool(true));
                    self.put(Area::Platform, "obsidian", if desktop { "desktop" } else { "desktop, mobile" });
                }
                self.names(Area::Permission, "", field("host_permissions"));
            }
            _ => {}
        }
    }

    fn package(&mut self, fields: &Map<String, Value>) {
        let field = |name: &str| fields.get(name);
        for (engine, range) in field("engines").and_then(Value::as_object).into_iter().flatten() {
            // These only install.
            if !matches!(engine.as_str(), "npm" | "yarn" | "pnpm") {
                self.text(Area::Host, engine, Some(range));
            }
        }
        self.texts(Area::Peer, "", field("peerDependencies"));
        self.texts(Area::Dependency, "", field("optionalDependencies"));
        for name in ["module", "browser", "types"] {
            self.text(Area::Entry, name, field(name));
        }
        match field("bin") {
            Some(Value::String(path)) => {
                let name = field("name").and_then(Value::as_str).unwrap_or_default();
                self.put(Area::Entry, format!("bin {}", name.rsplit('/').next().unwrap_or_default()), path);
            }
            commands => self.texts(Area::Entry, "bin ", commands),
        }
        match field("exports") {
            Some(Value::Object(exports)) if exports.keys().all(|key| key.starts_with('.')) => {
                for (path, target) in exports {
                    self.put(Area::Entry, format!("exports {path}"), &target.as_str().map_or_else(|| target.to_string(), Into::into));
                }
            }
            Some(exports) => self.put(Area::Entry, "exports .", &exports.as_str().map_or_else(|| exports.to_string(), Into::into)),
            None => {}
        }
        self.texts(Area::Entry, "node ", field("node-red").and_then(|n| n.get("nodes")));
        let commands = field("contributes").and_then(|c| c.get("commands")).and_then(Value::as_array);
        for command in commands.into_iter().flatten().filter_map(|c| c.get("command")?.as_str()) {
            self.put(Area::Entry, format!("command {command}"), "");
        }
        // What runs by itself on the computer of whoever installs it: how most npm malware begins.
        for script in ["preinstall", "install", "postinstall"] {
            self.text(Area::Permission, &format!("runs at {script}"), field("scripts").and_then(|s| s.get(script)));
        }
    }

    /// The head of a `pipe.md`, between two lines of `---`: simple YAML, of which only lists of words are looked at.
    fn front_matter(&mut self, text: &str) {
        let mut lines = text.lines();
        if lines.next().map(str::trim_end) != Some("---") {
            return;
        }
        let mut key = String::new();
        for line in lines.take_while(|line| line.trim_end() != "---").take(500) {
            let indented = line.starts_with([' ', '\t', '-']);
            let entry = match line.split_once(':') {
                Some((name, value)) if !indented => {
                    name.trim().clone_into(&mut key);
                    value.trim()
                }
                _ => line.trim().trim_start_matches('-').trim(),
            };
            let plain = |word: &str| word.trim().trim_matches(['"', '\'']).to_owned();
            match key.as_str() {
                "permissions" => {
                    for word in entry.trim_matches(['[', ']']).split(',').map(plain).filter(|word| !word.is_empty()) {
                        self.put(Area::Permission, word, "");
                    }
                }
                "name" | "id" | "title" if !indented => self.put(Area::Identity, key.clone(), &plain(entry)),
                _ => {}
            }
        }
    }
}

fn effect(area: Area, old: Option<&str>, new: Option<&str>) -> Option<Effect> {
    let (old, new) = (old?, new?);
    // What was cut off says something else.
    if [old, new].iter().any(|text| text.chars().count() >= MAX_VALUE) {
        return None;
    }
    match area {
        // What is written in another language (`workspace:*`, `file:../host`) cannot be compared.
        Area::Host | Area::Peer => Some(match Range::parse(new).ok()?.relation(&Range::parse(old).ok()?)? {
            Relation::Same => Effect::Same,
            Relation::Wider => Effect::Widens,
            Relation::Narrower => Effect::Narrows,
        }),
        Area::Platform => match (old, new) {
            ("any", _) | ("desktop, mobile", "desktop") => Some(Effect::Narrows),
            (_, "any") | ("desktop", "desktop, mobile") => Some(Effect::Widens),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str, old: &str, new: &str) -> Vec<String> {
        let facts = |text: &str| Facts::read([(file, text.as_bytes())]);
        let tell = |c: ManifestChange| {
            let side = |s: Option<String>| s.unwrap_or_else(|| "·".into());
            format!("{:?} {}: {} > {} {:?}", c.area, c.name, side(c.old), side(c.new), c.effect)
        };
        facts(old).changes(&facts(new)).into_iter().map(tell).collect()
    }

    #[test]
    fn patchbay_json() {
        let old = r#"{"id": "a", "hosts": {"screenpipe": ">=0.24"}, "permissions": ["files"], "main": "a.js"}"#;
        let new = r#"{"id": "a", "hosts": {"screenpipe": ">=0.26"}, "permissions": ["files", "network"], "platform": "linux-x64"}"#;
        assert_eq!(
            told("patchbay.json", old, new),
            [
                "Host screenpipe: >=0.24 > >=0.26 Some(Narrows)",
                "Platform platform: · > linux-x64 None",
                "Permission network: · >  None",
                "Entry main: a.js > · None",
            ]
        );
    }

    #[test]
    fn package_json() {
        let old = r#"{"name": "@a/b", "engines": {"homebridge": "^1.6.0", "npm": ">=1"}, "bin": "cli.js", "license": {"type": "MIT"},
            "dependencies": {"ws": "^7"}, "peerDependencies": {"eslint": ">=7"}, "node-red": {"nodes": {"read": "read.js"}},
            "contributes": {"commands": [{"command": "a.run", "title": "Run"}]}}"#;
        let new = r#"{"name": "@a/b", "engines": {"homebridge": "^1.6.0 || ^2.0.0"}, "exports": {".": "./a.js"}, "license": "MIT",
            "dependencies": {"ws": "^8"}, "peerDependencies": {"eslint": ">=8"}, "scripts": {"postinstall": "node x", "test": "y"}}"#;
        assert_eq!(
            told("package.json", old, new),
            [
                "Host homebridge: ^1.6.0 > ^1.6.0 || ^2.0.0 Some(Widens)",
                "Peer eslint: >=7 > >=8 Some(Narrows)",
                "Permission runs at postinstall: · > node x None",
                "Entry bin b: cli.js > · None",
                "Entry command a.run:  > · None",
                "Entry exports .: · > ./a.js None",
                "Entry node read: read.js > · None",
                "Dependency ws: ^7 > ^8 None",
            ]
        );
    }

    #[test]
    fn obsidian_and_screenpipe() {
        assert_eq!(
            told("manifest.json", r#"{"minAppVersion": "1.4.0"}"#, r#"{"minAppVersion": "1.5.7", "isDesktopOnly": true}"#),
            ["Host obsidian: >=1.4.0 > >=1.5.7 Some(Narrows)", "Platform obsidian: desktop, mobile > desktop Some(Narrows)"]
        );
        let pipe =
            |permissions: &str| format!("---\nname: notes\nschedule: every 30m\npermissions:{permissions}\n---\n\npermissions: none\n");
        assert_eq!(told("pipe.md", &pipe(" [reader]"), &pipe("\n  - reader\n  - \"writer\"")), ["Permission writer: · >  None"]);
    }

    #[test]
    fn our_manifest_has_the_last_word_and_nonsense_is_passed_over() {
        let ours: &[u8] = br#"{"hosts": {"node": ">=20"}}"#;
        let theirs: &[u8] = br#"{"engines": {"node": ">=18", "vscode": 7}, "bin": [1], "exports": null, "contributes": {"commands": {}}}"#;
        let facts = Facts::read([("package.json", theirs), ("patchbay.json", ours), ("manifest.json", b"[]"), ("pipe.json", b"\xff")]);
        assert_eq!(facts.0.get(&(Area::Host, "node".into())).map(String::as_str), Some(">=20"));
        assert_eq!(Facts::read([("pipe.md", &b"---"[..])]), Facts::default());
    }

    #[test]
    fn ranges_that_cannot_be_compared() {
        let long = format!("^1 || {}", ["^2.0.0"; 60].join(" || "));
        for (old, new) in [("file:../host", "^1"), ("^1", "workspace:*"), ("2.0.0-beta.1", "2.0.0-beta.2"), ("^1", &long)] {
            let manifest = |range: &str| format!(r#"{{"peerDependencies": {{"host": "{range}"}}}}"#);
            let told = told("package.json", &manifest(old), &manifest(new));
            assert!(told.len() == 1 && told[0].ends_with(" None"), "{told:?}");
        }
    }

    /// A manifest with a million names must not become a million rows.
    #[test]
    fn facts_are_bounded() {
        let many: Map<String, Value> = (0..10_000).map(|i| (format!("d{i}"), Value::String("x".repeat(1_000)))).collect();
        let text = serde_json::json!({ "dependencies": many }).to_string();
        let facts = Facts::read([("package.json", text.as_bytes())]);
        assert!(facts.0.len() == MAX_FACTS && facts.0.values().all(|v| v.len() == MAX_VALUE));
    }
}
