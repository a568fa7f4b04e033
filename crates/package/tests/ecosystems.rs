//! Manifests that authors have for other programs: what is made of them, and which field came from where.

use std::{collections::BTreeMap, fs};

use patchbay_package::{Ecosystem, Explain, Found, Manifest, ManifestError, Severity};

fn of(files: &[(&'static str, &str)]) -> Result<Found, ManifestError> {
    let texts: BTreeMap<_, _> = files.iter().map(|(file, text)| (*file, (*text).to_owned())).collect();
    Manifest::of(&texts, Some("my-pipe"))
}

fn found(files: &[(&'static str, &str)]) -> Found {
    of(files).unwrap()
}

/// `field: file key`, one a line.
fn origins(found: &Found) -> Vec<String> {
    found.origins.iter().map(|o| format!("{}: {} {}", o.field, o.file, o.key.as_deref().unwrap_or("-"))).collect()
}

fn hosts(found: &Found) -> Vec<String> {
    found.manifest.hosts.iter().map(|(host, range)| format!("{host} {range}")).collect()
}

fn said(found: &Found) -> Vec<(Severity, &'static str, &str)> {
    found.problems.iter().map(|p| (p.severity, p.kind, p.message.as_str())).collect()
}

const OBSIDIAN: &str = r#"{"id":"dataview","name":"Dataview","version":"0.5.68","minAppVersion":"0.13.11","description":"Queries.",
    "author":"Michael <m@example.com>","authorUrl":"https://example.com/m","isDesktopOnly":false,"fundingUrl":{"a":"b"}}"#;

#[test]
fn obsidian() {
    let versions = r#"{"0.5.67":"0.12.0"}"#;
    let package = r#"{"name":"dataview","version":"0.5.68","license":"MIT","repository":"u/dataview","main":"lib/x.js"}"#;
    let found = found(&[("manifest.json", OBSIDIAN), ("versions.json", versions), ("package.json", package)]);
    assert_eq!((found.source, found.ecosystem), ("manifest.json", Ecosystem::Obsidian));
    assert_eq!((found.manifest.id.as_str(), found.manifest.name.as_str()), ("dataview", "Dataview"));
    assert_eq!(hosts(&found), ["obsidian >=0.13.11"]);
    assert_eq!((found.manifest.license.as_deref(), found.manifest.main.as_deref()), (Some("MIT"), Some("main.js")));
    assert_eq!(
        origins(&found),
        [
            "id: manifest.json id",
            "version: manifest.json version",
            "name: manifest.json name",
            "description: manifest.json description",
            "author: manifest.json author",
            "license: package.json license",
            "homepage: manifest.json authorUrl",
            "repository: package.json repository",
            "main: manifest.json (Obsidian loads main.js)",
            "hosts.obsidian: manifest.json minAppVersion",
        ]
    );
    assert_eq!(said(&found), []);
}

#[test]
fn an_obsidian_plugin_whose_files_disagree() {
    let versions = r#"{"0.5.68":"1.0.0"}"#;
    let package = r#"{"name":"obsidian-sample-plugin","version":"0.5.67"}"#;
    let found = found(&[("manifest.json", OBSIDIAN), ("versions.json", versions), ("package.json", package)]);
    assert_eq!(
        said(&found),
        [
            (Severity::Warning, "hosts_disagree", "0.5.68 needs Obsidian 0.13.11 in manifest.json and 1.0.0 in versions.json."),
            (Severity::Warning, "id_disagrees", "The id is “dataview” in manifest.json and “obsidian-sample-plugin” in package.json."),
            (Severity::Error, "version_disagrees", "The version is 0.5.68 in manifest.json and 0.5.67 in package.json."),
        ]
    );
    let fix = found.problems[2].fix.as_ref().unwrap();
    assert_eq!((fix.edits[0].file(), fix.edits[0].text().as_str()), ("package.json", "\"version\": \"0.5.68\""));
}

#[test]
fn another_programs_manifest_json_is_none() {
    let package = r#"{"name":"a","version":"1.0.0"}"#;
    for other in [r#"{"name":"A web app","version":"2.0.0","start_url":"/"}"#, r#"{"manifest_version":3,"version":"2"}"#, "not json"] {
        let found = found(&[("manifest.json", other), ("package.json", package)]);
        assert_eq!((found.source, found.problems.len()), ("package.json", 0));
        assert_eq!(of(&[("manifest.json", other)]).unwrap_err().kind(), "manifest_missing");
    }
}

#[test]
fn ours_is_believed_and_compared() {
    let ours = r#"{"id":"weather","version":"1.2.0"}"#;
    let found = found(&[("patchbay.json", ours), ("package.json", r#"{"name":"@acme/weather","version":"1.1.0","license":"MIT"}"#)]);
    assert_eq!((found.source, found.manifest.license), ("patchbay.json", None));
    let messages: Vec<_> = found.problems.iter().map(|p| (p.message.as_str(), p.hint.as_str())).collect();
    assert_eq!(
        messages,
        [
            (
                "The id is “weather” in patchbay.json and “acme.weather” in package.json.",
                "Patchbay takes “weather”; check that this is the plugin that you mean."
            ),
            (
                "The version is 1.2.0 in patchbay.json and 1.1.0 in package.json.",
                "Write the one that you mean into both: a version that was published cannot be taken back."
            ),
        ]
    );
    // What numbers releases by itself leaves this in package.json; and what cannot be read says nothing.
    for other in [r#"{"name":"weather","version":"0.0.0-development"}"#, r#"{"name":"weather"}"#, "not json"] {
        assert_eq!(self::found(&[("patchbay.json", ours), ("package.json", other)]).problems, []);
    }
}

#[test]
fn a_first_generation_pipe() {
    let pipe = r#"{"crons":[{"path":"/api/log","schedule":"0 */5 * * * *"}],"fields":[]}"#;
    let package = r#"{"name":"obsidian","version":"0.1.17","private":true,"dependencies":{"@screenpipe/js":"1.0.12"}}"#;
    let both = found(&[("pipe.json", pipe), ("package.json", package)]);
    assert_eq!((both.source, both.ecosystem, hosts(&both)), ("pipe.json", Ecosystem::Screenpipe, vec!["screenpipe *".to_owned()]));
    assert_eq!(
        origins(&both),
        [
            "id: package.json name",
            "version: package.json version",
            "name: package.json name",
            "hosts.screenpipe: pipe.json (it is a pipe.json)"
        ]
    );
    let only = found(&[("package.json", package)]);
    assert_eq!((only.ecosystem, hosts(&only)), (Ecosystem::Screenpipe, vec!["screenpipe *".to_owned()]));
    assert!(origins(&only).contains(&"hosts.screenpipe: package.json dependencies.@screenpipe/js".to_owned()));
    let stored = found(&[("pipe.json", r#"{"id":"search","version":"1.0.3","description":"Finds."}"#)]);
    assert_eq!((stored.manifest.id.as_str(), stored.manifest.version.to_string().as_str()), ("search", "1.0.3"));
    assert_eq!(of(&[("pipe.json", pipe)]).unwrap_err().to_string(), "pipe.json has no “version”.");
    let other = found(&[("pipe.json", r#"{"id":"search","version":"1.0.3"}"#), ("package.json", package)]);
    let kinds: Vec<_> = other.problems.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, ["id_disagrees", "version_disagrees"]);
}

#[test]
fn a_pipe_that_is_a_prompt() {
    let md = "---\nname: reminders\ntitle: Apple reminders\nversion: 1.10.0\ndescription: \"Scans: everything\"\nschedule: every 30m\nenabled: false\n\
              category: productivity\ntags: [todo, apple]\npermissions:\n  allow:\n    - Api(GET /search)\n  deny:\n    - App(1Password)\nicon: \"⏰\"\n---\n\n# Prompt\n";
    let prompt = found(&[("pipe.md", md)]);
    let m = &prompt.manifest;
    assert_eq!((m.id.as_str(), m.name.as_str(), m.version.to_string().as_str()), ("reminders", "Apple reminders", "1.10.0"));
    assert_eq!((m.description.as_str(), m.main.as_deref(), &m.icon), ("Scans: everything", Some("pipe.md"), &None));
    assert_eq!((m.categories.clone(), m.keywords.clone()), (vec!["productivity".to_owned()], vec!["todo".to_owned(), "apple".to_owned()]));
    assert_eq!(m.permissions, ["Api(GET /search)", "not App(1Password)"]);
    assert_eq!(prompt.ecosystem, Ecosystem::Screenpipe);
    assert_eq!(said(&prompt), []);

    let bare = found(&[("pipe.md", "---\nschedule: manual\nversion: 1.0.0\n---\nDo it.\n")]);
    assert_eq!(bare.manifest.id.as_str(), "my-pipe", "Screenpipe names a pipe after its folder");
    assert!(origins(&bare).contains(&"id: pipe.md (folder)".to_owned()));
}

#[test]
fn the_sentence_for_every_bad_pipe_md() {
    for (text, message, hint) in [
        (
            "# A prompt",
            "pipe.md does not begin with front matter: a line “---”, fields, and another line “---”.",
            "Begin it with “---”, “name: my-plugin”, “version: 1.0.0”, “---”.",
        ),
        (
            "---\nname: a\n",
            "pipe.md does not begin with front matter: a line “---”, fields, and another line “---”.",
            "Begin it with “---”, “name: my-plugin”, “version: 1.0.0”, “---”.",
        ),
        ("---\nname: a\n---\n", "pipe.md has no “version”.", "Add the line “version: 1.0.0” to its front matter."),
        ("---\n---\n", "pipe.md holds a front matter without fields; it must hold an object, “{ … }”.", "Put everything between { and }."),
        (
            "---\na: &a [x]\nb: *a\n---\n",
            "The front matter of pipe.md is not valid YAML: aliases (*name) are not read at line 3, column 4.",
            "Look at line 3 and the one before it.",
        ),
        (
            "---\nname: My Pipe\nversion: 1.0.0\n---\n",
            "pipe.md: The id “My Pipe” has “M” as character 1; only lower-case letters a–z, digits, “.”, “_” and “-” are allowed.",
            "Choose an id like “my-plugin” or “team.my-plugin”.",
        ),
        (
            "---\nname: a\nversion: 3\n---\n",
            "pipe.md: “3” is not a version: it has one number, and a version has three, as in 1.4.0.",
            "Write 3.0.0.",
        ),
    ] {
        let e = of(&[("pipe.md", text)]).unwrap_err();
        assert_eq!((e.to_string().as_str(), e.hint().as_str()), (message, hint), "{text}");
    }
    let deep = format!("---\na: {}\n---\n", "[".repeat(40));
    assert!(of(&[("pipe.md", &deep)]).unwrap_err().to_string().contains("nested too deeply"));
}

#[test]
fn vs_code() {
    let package = r#"{"name":"Material-Icon","publisher":"PKief","displayName":"%name%","description":"%about%","version":"5.0.0",
        "engines":{"vscode":"^1.55.0"},"contributes":{"iconThemes":[],"themes":[],"commands":[]},"browser":"./dist/web.js","icon":"logo.png"}"#;
    let texts = r#"{"name":"Material Icons","about":{"message":"Icons.","comment":["x"]}}"#;
    let vsix = r#"<?xml version="1.0"?><PackageManifest><Metadata><Identity Language="en-US" Id="Material-Icon" Version="5.0.0"
        Publisher="PKief" TargetPlatform="darwin-arm64"/></Metadata></PackageManifest>"#;
    let icons = found(&[("package.json", package), ("package.nls.json", texts), ("extension.vsixmanifest", vsix)]);
    let m = &icons.manifest;
    assert_eq!((m.id.as_str(), m.name.as_str(), m.description.as_str()), ("pkief.material-icon", "Material Icons", "Icons."));
    assert_eq!((m.author.as_str(), m.platform.as_str(), m.categories.clone()), ("PKief", "darwin-arm64", vec!["Themes".to_owned()]));
    assert_eq!((hosts(&icons), m.main.as_deref()), (vec!["vscode ^1.55.0".to_owned()], Some("dist/web.js")));
    assert_eq!(icons.ecosystem, Ecosystem::VsCode);
    for origin in [
        "id: package.json publisher.name",
        "categories: package.json contributes",
        "hosts.vscode: package.json engines.vscode",
        "platform: package.json TargetPlatform in extension.vsixmanifest",
        "main: package.json browser",
    ] {
        assert!(origins(&icons).contains(&origin.to_owned()), "{origin}: {:?}", origins(&icons));
    }
    let without = found(&[("package.json", package)]);
    assert_eq!((without.manifest.name.as_str(), without.manifest.platform.as_str()), ("pkief.material-icon", "any"));
    let stale = found(&[("package.json", package), ("extension.vsixmanifest", &vsix.replace("5.0.0", "4.9.0"))]);
    assert_eq!(
        said(&stale),
        [(Severity::Error, "version_disagrees", "The version is 5.0.0 in package.json and 4.9.0 in extension.vsixmanifest.")]
    );
}

#[test]
fn hosts_of_npm_packages() {
    for (package, ecosystem, expected) in [
        (r#""engines":{"homebridge":"^1.6.0","node":">=18"}"#, Ecosystem::Homebridge, vec!["homebridge ^1.6.0", "node >=18"]),
        (r#""keywords":["homebridge-plugin"]"#, Ecosystem::Homebridge, vec!["homebridge *"]),
        (r#""node-red":{"version":">=3.0.0","nodes":{"a":"a.js"}}"#, Ecosystem::NodeRed, vec!["node-red >=3.0.0"]),
        (r#""node-red":{"nodes":{"a":"a.js"}},"engines":{"node":">=14"}"#, Ecosystem::NodeRed, vec!["node >=14", "node-red *"]),
        (r#""peerDependencies":{"eslint":">=8","typescript":"5"}"#, Ecosystem::Npm, vec!["eslint >=8"]),
        (r#""engines":{"npm":">=9"}"#, Ecosystem::Npm, vec![]),
    ] {
        let text = format!("{{\"name\":\"@scope/eslint-plugin\",\"version\":\"1.0.0\",{package}}}");
        let found = found(&[("package.json", &text)]);
        assert_eq!((found.ecosystem, hosts(&found)), (ecosystem, expected.iter().map(ToString::to_string).collect()), "{package}");
    }
}

#[test]
fn files_that_are_found_by_their_names_are_shown_too() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("package.json"), r#"{"name":"a","version":"1.0.0"}"#).unwrap();
    fs::write(dir.path().join("README.md"), "# A").unwrap();
    fs::write(dir.path().join("logo.png"), "").unwrap();
    let found = Manifest::read(dir.path()).unwrap();
    assert_eq!(origins(&found)[3..], ["readme: README.md -", "icon: logo.png -"]);
}
