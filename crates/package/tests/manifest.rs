//! What a person reads about every manifest that cannot be used, and what is made of those that can.

use std::{fs, path::Path};

use patchbay_package::{Explain, Found, Manifest, ManifestError};

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn refused(file: &str, bytes: &[u8]) -> (String, String, &'static str) {
    let dir = folder(&[(file, bytes)]);
    let e = Manifest::read(dir.path()).unwrap_err();
    (e.to_string(), e.hint(), e.kind())
}

fn read(file: &str, text: &str) -> Found {
    Manifest::read(folder(&[(file, text.as_bytes())]).path()).unwrap()
}

#[test]
fn the_sentence_for_every_bad_patchbay_json() {
    let object = "manifest_not_an_object";
    let syntax = "manifest_syntax";
    let id = "Choose an id like “my-plugin” or “team.my-plugin”.";
    let version = "Write three numbers, as in 1.4.0, or a pre-release, as in 1.4.0-beta.1.";
    let inside = "Write a path inside the folder, like assets/icon.png.";
    let address = "Write an address like https://example.com/plugin, or take the field out.";
    let platform = "Write “any”, or a system and a processor, like “linux-x64” or “darwin-arm64”.";
    let rest = |fields: &str| format!("{{\"id\":\"a\",\"version\":\"1.0.0\",{fields}}}");
    for (text, message, hint, kind) in [
        ("", "patchbay.json is empty.", "Write at least {\"id\": \"my-plugin\", \"version\": \"1.0.0\"} into it.", "manifest_empty"),
        (" \n", "patchbay.json is empty.", "Write at least {\"id\": \"my-plugin\", \"version\": \"1.0.0\"} into it.", "manifest_empty"),
        ("[]", "patchbay.json holds a list; it must hold an object, “{ … }”.", "Put everything between { and }.", object),
        ("null", "patchbay.json holds null; it must hold an object, “{ … }”.", "Put everything between { and }.", object),
        (
            "{\n  \"id\": \"a\",\n}",
            "patchbay.json is not valid JSON: there is a comma after the last entry at line 3, column 1.",
            "Look at line 3 and the one before it.",
            syntax,
        ),
        (
            "{\"id\": \"a\"",
            "patchbay.json is not valid JSON: it ends too early at line 1, column 10.",
            "Look at line 1 and the one before it.",
            syntax,
        ),
        (
            "{\"id\" \"a\"}",
            "patchbay.json is not valid JSON: a colon is missing at line 1, column 7.",
            "Look at line 1 and the one before it.",
            syntax,
        ),
        (
            "{id: 1}",
            "patchbay.json is not valid JSON: a name in double quotes is missing at line 1, column 2.",
            "Look at line 1 and the one before it.",
            syntax,
        ),
        (
            "{\"a\": 1 \"b\": 2}",
            "patchbay.json is not valid JSON: a comma or a closing bracket is missing at line 1, column 9.",
            "Look at line 1 and the one before it.",
            syntax,
        ),
        (
            "id: a\nversion: 1",
            "patchbay.json is not valid JSON: there is no valid value at line 1, column 1.",
            "Look at line 1 and the one before it.",
            syntax,
        ),
        (
            "{\"id\": \"a\nb\"}",
            "patchbay.json is not valid JSON: a text runs over the end of its line, or holds a control character at line 2, column 1.",
            "Look at line 2 and the one before it.",
            syntax,
        ),
        (
            "{} {}",
            "patchbay.json is not valid JSON: something follows after the end at line 1, column 4.",
            "Look at line 1 and the one before it.",
            syntax,
        ),
        ("{\"version\": \"1.0.0\"}", "patchbay.json has no “id”.", "Add \"id\": \"my-plugin\".", "manifest_missing_field"),
        ("{\"id\": \"a\"}", "patchbay.json has no “version”.", "Add \"version\": \"1.0.0\".", "manifest_missing_field"),
        ("{\"id\": \"a\", \"version\": null}", "patchbay.json has no “version”.", "Add \"version\": \"1.0.0\".", "manifest_missing_field"),
        (
            "{\"id\": \"a\", \"version\": 1.0}",
            "“version” in patchbay.json is a number; it must be text in quotes.",
            "Write text in quotes.",
            "manifest_wrong_type",
        ),
        ("{\"id\": \"\", \"version\": \"1.0.0\"}", "patchbay.json: A plugin id cannot be empty.", id, "id_empty"),
        (
            "{\"id\": \"My Plugin\", \"version\": \"1.0.0\"}",
            "patchbay.json: The id “My Plugin” has “M” as character 1; only lower-case letters a–z, digits, “.”, “_” and “-” are allowed.",
            id,
            "id_bad_character",
        ),
        (
            "{\"id\": \"a\", \"version\": \"1.0\"}",
            "patchbay.json: “1.0” is not a version: it has two numbers, and a version has three, as in 1.4.0.",
            "Write 1.0.0.",
            "version_not_three_numbers",
        ),
        (
            "{\"id\": \"a\", \"version\": \"latest\"}",
            "patchbay.json: “latest” is not a version: “latest” is not a number.",
            version,
            "version_not_a_number",
        ),
        (
            &rest("\"icon\":\"../icon.png\""),
            "“icon” in patchbay.json: “../icon.png” has “..” as a part, which leads out of its place.",
            inside,
            "path_dots",
        ),
        (&rest("\"executables\":[\"/bin/sh\"]"), "“executables” in patchbay.json: “/bin/sh” is an absolute path.", inside, "path_absolute"),
        (
            &rest("\"homepage\":\"javascript:alert(1)\""),
            "“homepage” in patchbay.json must be an http or https address without a user name or password.",
            address,
            "manifest_url",
        ),
        (
            &rest("\"repository\":\"https://ada:hunter2@example.com\""),
            "“repository” in patchbay.json must be an http or https address without a user name or password.",
            address,
            "manifest_url",
        ),
        (
            &rest("\"keywords\":\"a, b\""),
            "“keywords” in patchbay.json is a text; it must be a list of texts.",
            "Write a list of texts.",
            "manifest_wrong_type",
        ),
        (
            &rest("\"hosts\":{\"app\":2}"),
            "“hosts.app” in patchbay.json is a number; it must be text in quotes.",
            "Write text in quotes.",
            "manifest_wrong_type",
        ),
        (&rest("\"platform\":\"Linux\""), "“Linux” in patchbay.json is not a platform.", platform, "manifest_platform"),
        (
            &rest(&format!("\"description\":\"{}\"", "a".repeat(2001))),
            "“description” in patchbay.json is too long: 2001; at most 2000 are allowed.",
            "Shorten it.",
            "manifest_too_long",
        ),
    ] {
        assert_eq!(refused("patchbay.json", text.as_bytes()), (message.to_owned(), hint.to_owned(), kind), "{text}");
    }
}

#[test]
fn the_sentence_for_every_bad_package_json() {
    let npm_name = "Use “name” or “@scope/name”.";
    for (text, message, hint, kind) in [
        ("", "package.json is empty.", "Write at least {\"name\": \"my-plugin\", \"version\": \"1.0.0\"} into it.", "manifest_empty"),
        ("{\"version\":\"1.0.0\"}", "package.json has no “name”.", "Add \"name\": \"my-plugin\".", "manifest_missing_field"),
        ("{\"name\":\"a\"}", "package.json has no “version”.", "Add \"version\": \"1.0.0\".", "manifest_missing_field"),
        ("{\"name\":\"@a\",\"version\":\"1.0.0\"}", "package.json: “@a” is not an npm package name.", npm_name, "id_not_an_npm_name"),
        (
            "{\"name\":\"JSONStream\",\"version\":\"1.0.0\"}",
            "package.json: The id “JSONStream” has “J” as character 1; only lower-case letters a–z, digits, “.”, “_” and “-” are allowed.",
            "Choose an id like “my-plugin” or “team.my-plugin”.",
            "id_bad_character",
        ),
        (
            "{\"name\":\"a\",\"version\":\"v1.0.0\"}",
            "package.json: “v1.0.0” is not a version: it begins with “v”.",
            "Write 1.0.0.",
            "version_prefix",
        ),
    ] {
        assert_eq!(refused("package.json", text.as_bytes()), (message.to_owned(), hint.to_owned(), kind), "{text}");
    }
}

#[test]
fn files_that_are_no_manifests() {
    let dir = folder(&[("README.md", b"hello")]);
    let e = Manifest::read(dir.path()).unwrap_err();
    assert_eq!(
        e.to_string(),
        format!(
            "The folder “{}” has no manifest: no patchbay.json, package.json, pipe.md, pipe.json, nor an Obsidian manifest.json.",
            dir.path().display()
        )
    );
    assert_eq!(e.hint(), "Write one with `patchbay init`, or choose the folder that has it.");
    assert_eq!(e.kind(), "manifest_missing");

    let file = dir.path().join("README.md");
    assert_eq!(Manifest::read(&file).unwrap_err().to_string(), format!("“{}” is not a folder.", file.display()));
    let nowhere = Path::new("nowhere/at/all");
    assert_eq!(Manifest::read(nowhere).unwrap_err().to_string(), "The folder “nowhere/at/all” cannot be opened: it is not there.");

    let (message, hint, _) = refused("patchbay.json", b"{\"id\": \"caf\xe9\"}");
    assert_eq!(
        (message.as_str(), hint.as_str()),
        ("patchbay.json is not UTF-8 text: byte 11 does not belong to a character.", "Save it as UTF-8.")
    );
    assert_eq!(refused("patchbay.json", &vec![b' '; (1 << 20) + 1]).0, "patchbay.json is larger than 1 MiB.");
    let dir = folder(&[]);
    fs::create_dir(dir.path().join("package.json")).unwrap();
    assert_eq!(Manifest::read(dir.path()).unwrap_err().to_string(), "package.json is not a file.");
}

#[test]
fn a_full_patchbay_json() {
    let text = "\u{feff}{
        \"$schema\": \"https://example.com/schema.json\",
        \"id\": \"team.tool\", \"version\": \"1.2.3-beta.1\", \"name\": \"Tool\\n\\u202eloot\", \"description\": \"Does it.\",
        \"author\": \"Ada\", \"license\": \"MIT\", \"homepage\": \"https://example.com/tool\", \"repository\": \"https://example.com/src\",
        \"categories\": [\"Audio\", \"Audio\", \"\"], \"keywords\": [\"x\"], \"icon\": \"./art/icon.png\", \"readme\": \"docs/readme.md\",
        \"changelog\": \"NEWS\", \"main\": \"index.js\", \"hosts\": {\"app\": \">=2 <4\"}, \"executables\": [\"bin/run\"],
        \"platform\": \"linux-x64\", \"licence\": \"typo\"
    }";
    let found = read("patchbay.json", text);
    assert_eq!(found.source, "patchbay.json");
    let m = found.manifest;
    assert_eq!((m.id.as_str(), m.version.to_string().as_str(), m.name.as_str()), ("team.tool", "1.2.3-beta.1", "Tool loot"));
    assert_eq!((m.description.as_str(), m.author.as_str(), m.license.as_deref()), ("Does it.", "Ada", Some("MIT")));
    assert_eq!((m.homepage.as_deref(), m.repository.as_deref()), (Some("https://example.com/tool"), Some("https://example.com/src")));
    assert_eq!((m.categories, m.keywords), (vec!["Audio".to_owned()], vec!["x".to_owned()]));
    assert_eq!(
        (m.icon.as_deref(), m.readme.as_deref(), m.changelog.as_deref()),
        (Some("art/icon.png"), Some("docs/readme.md"), Some("NEWS"))
    );
    assert_eq!((m.main.as_deref(), m.platform.as_str()), (Some("index.js"), "linux-x64"));
    assert_eq!((m.hosts, m.executables), ([("app".to_owned(), ">=2 <4".to_owned())].into(), vec!["bin/run".to_owned()]));
    let warnings: Vec<_> = found.problems.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(warnings, ["“licence” in patchbay.json means nothing to Patchbay."]);
}

#[test]
fn a_package_json_as_npm_has_it() {
    let found = read(
        "package.json",
        r#"{
        "name": "@homebridge-plugins/homebridge-hue", "displayName": "Hue", "version": "2.0.1", "description": "Lights.",
        "author": "Ada Lovelace <ada@example.com> (https://example.com)", "license": {"type": "Apache-2.0", "url": "x"},
        "repository": {"type": "git", "url": "git+https://github.com/u/r.git"}, "homepage": "https://github.com/u/r#readme",
        "keywords": ["homebridge-plugin", 7], "engines": {"node": ">=18", "homebridge": "^1.6.0", "npm": ">=9", "yarn": "1", "pnpm": "9"},
        "bin": {"hue": "./bin/hue.js", "b": "bin/hue.js", "bad": "../x"}, "main": "./dist", "scripts": {"test": "x"}, "icon": 3
    }"#,
    );
    let m = found.manifest;
    assert_eq!((m.id.as_str(), m.name.as_str()), ("homebridge-plugins.homebridge-hue", "Hue"));
    assert_eq!((m.author.as_str(), m.license.as_deref()), ("Ada Lovelace", Some("Apache-2.0")));
    assert_eq!((m.repository.as_deref(), m.homepage.as_deref()), (Some("https://github.com/u/r"), Some("https://github.com/u/r#readme")));
    assert_eq!(m.keywords, ["homebridge-plugin"]);
    assert_eq!(m.hosts, [("homebridge".to_owned(), "^1.6.0".to_owned()), ("node".to_owned(), ">=18".to_owned())].into());
    assert_eq!((m.executables, m.main.as_deref(), m.icon), (vec!["bin/hue.js".to_owned()], Some("dist"), None));
    let mut warnings: Vec<_> = found.problems.iter().map(|w| w.message.as_str()).collect();
    warnings.sort_unstable();
    assert_eq!(
        warnings,
        [
            "“bin” in package.json: “../x” has “..” as a part, which leads out of its place. It is passed over.",
            "“icon” in package.json is a number; it must be text in quotes. It is passed over.",
        ]
    );

    let odd = read(
        "package.json",
        r#"{"name":"a","version":"1.0.0","author":{"name":"Ada"},"licenses":[{"type":"MIT"}],"keywords":"a, b",
        "repository":"u/r","homepage":"git://x","engines":["node >= 0.6"],"bin":"a.js","main":"./","description":""}"#,
    );
    let m = odd.manifest;
    assert_eq!((m.author.as_str(), m.license.as_deref(), m.repository.as_deref()), ("Ada", Some("MIT"), Some("https://github.com/u/r")));
    assert_eq!((m.keywords, m.homepage, m.hosts.len()), (vec!["a".to_owned(), "b".to_owned()], None, 0));
    assert_eq!((m.executables, m.main, m.name.as_str(), m.platform.as_str()), (vec!["a.js".to_owned()], None, "a", "any"));
    assert_eq!(odd.problems, []);
}

#[test]
fn ours_comes_first_and_usual_names_are_found() {
    let dir = folder(&[
        ("patchbay.json", b"{\"id\":\"ours\",\"version\":\"1.0.0\"}"),
        ("package.json", b"not json"),
        ("pipe.md", b"no front matter"),
        ("ReadMe.MD", b""),
        ("CHANGELOG.md", b""),
        ("logo.svg", b""),
        ("icon.png", b""),
    ]);
    let m = Manifest::read(dir.path()).unwrap().manifest;
    assert_eq!((m.id.as_str(), m.name.as_str()), ("ours", "ours"));
    assert_eq!(
        (m.readme.as_deref(), m.changelog.as_deref(), m.icon.as_deref()),
        (Some("ReadMe.MD"), Some("CHANGELOG.md"), Some("icon.png"))
    );
}

#[test]
#[cfg(unix)]
fn an_unreadable_manifest() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = folder(&[("patchbay.json", b"{}")]);
    let file = dir.path().join("patchbay.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    // The superuser may read everything, and then the content counts.
    let expected =
        if fs::read(&file).is_ok() { "patchbay.json has no “id”." } else { "patchbay.json cannot be read: you have no permission." };
    assert_eq!(Manifest::read(dir.path()).unwrap_err().to_string(), expected);
    let e = ManifestError::Unreadable { file: "patchbay.json", source: std::io::ErrorKind::PermissionDenied.into() };
    assert_eq!(e.to_string(), "patchbay.json cannot be read: you have no permission.");
}
