//! Which files of a folder go in, which stay out and why, and what is said about them.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use patchbay_package::{Contents, Limits, Manifest, Severity, lint, scan};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn scanned(dir: &Path) -> Contents {
    scan(dir, &Limits::DEFAULT).unwrap()
}

fn paths(contents: &Contents) -> Vec<&str> {
    contents.files.iter().map(|f| f.path.as_str()).collect()
}

fn excluded(contents: &Contents) -> Vec<(&str, &str, &str, u32)> {
    contents.excluded.iter().map(|e| (e.path.as_str(), e.rule.as_str(), e.source.as_str(), e.files)).collect()
}

#[test]
fn every_exclusion_names_its_rule() {
    let dir = folder(&[
        ("package.json", "{}"),
        (".gitignore", "# build\n*.log\n/dist/\n!keep.log\npackage.json\n"),
        (".patchbayignore", "\u{feff}docs/\n!debug.log\n"),
        ("a.log", ""),
        ("keep.log", ""),
        ("debug.log", ""),
        ("dist/x/y.js", ""),
        ("dist/z.js", ""),
        ("docs/a.md", ""),
        ("lib/dist/in.js", ""),
        ("lib/.gitignore", "secret*\n!a.log\n"),
        ("lib/secret.txt", ""),
        ("lib/a.log", ""),
        (".git/config", ""),
        (".git/objects/aa/bb", ""),
        ("node_modules/x/index.js", ""),
        ("sub/node_modules/y.js", ""),
        (".env", "KEY=1"),
        (".env.production", ""),
        (".env.example", ""),
        (".DS_Store", ""),
        ("thumbs.DB", ""),
        (".npmrc", ""),
    ]);
    let contents = scanned(dir.path());
    assert_eq!(
        paths(&contents),
        [".env.example", ".gitignore", "debug.log", "keep.log", "lib/.gitignore", "lib/a.log", "lib/dist/in.js", "package.json"]
    );
    assert_eq!(
        excluded(&contents),
        [
            (".DS_Store", ".DS_Store", "built-in", 1),
            (".env", ".env", "built-in", 1),
            (".env.production", ".env.*", "built-in", 1),
            (".git/", ".git", "built-in", 2),
            (".npmrc", ".npmrc", "built-in", 1),
            (".patchbayignore", ".patchbayignore", "built-in", 1),
            ("a.log", "*.log", ".gitignore", 1),
            ("dist/", "/dist/", ".gitignore", 2),
            ("docs/", "docs/", ".patchbayignore", 1),
            ("lib/secret.txt", "secret*", "lib/.gitignore", 1),
            ("node_modules/", "node_modules/", "built-in", 1),
            ("sub/node_modules/", "node_modules/", "built-in", 1),
            ("thumbs.DB", "Thumbs.db", "built-in", 1),
        ]
    );
    assert_eq!(contents.excluded_files(), 15);
    assert_eq!(contents.exclusion("dist/x/y.js").unwrap().rule, "/dist/");
    assert_eq!(contents.problems, []);
}

#[test]
fn our_ignore_file_can_bring_back_what_is_usually_out_but_never_a_repository() {
    let dir =
        folder(&[(".patchbayignore", "!*\n"), (".gitignore", "*\n"), (".git/config", ""), ("node_modules/x.js", ""), (".env.local", "")]);
    let contents = scanned(dir.path());
    assert_eq!(paths(&contents), [".env.local", ".gitignore", "node_modules/x.js"]);
    assert_eq!(excluded(&contents)[0], (".git/", ".git", "built-in", 1));
}

#[test]
fn nothing_outside_the_folder_counts() {
    let dir = folder(&[(".gitignore", "*"), ("plugin/a.js", "")]);
    assert_eq!(paths(&scanned(&dir.path().join("plugin"))), ["a.js"]);
}

#[test]
fn a_line_that_is_no_pattern() {
    let dir = folder(&[(".gitignore", "ok\n{a\n"), ("a", "")]);
    let contents = scanned(dir.path());
    assert_eq!(contents.problems.len(), 1);
    assert_eq!(contents.problems[0].message, "Line 2 of .gitignore, “{a”, is not a pattern; it excludes nothing.");
    assert_eq!(contents.problems[0].severity, Severity::Warning);
}

#[test]
#[cfg(unix)]
fn links_and_bad_names_are_errors() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, os::unix::fs::symlink};
    let dir = folder(&[("README.md", ""), ("readme.md", ""), ("nul.js", ""), ("a\\b", ""), ("e\u{301}.js", ""), ("ok.js", "")]);
    symlink("/etc/passwd", dir.path().join("passwd")).unwrap();
    symlink("/etc", dir.path().join("etc")).unwrap();
    symlink("x", dir.path().join(".env")).unwrap();
    fs::write(dir.path().join(OsStr::from_bytes(b"caf\xe9")), "").unwrap();
    let contents = scanned(dir.path());
    let messages: Vec<_> = contents.problems.iter().map(|p| (p.kind, p.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            ("path_backslash", "“a\\b” has a backslash in its name; on Windows that divides folders."),
            ("name_not_unicode", "The name “caf\u{fffd}” is not Unicode text."),
            ("link", "“etc” is a link, and packages hold no links."),
            ("path_device_name", "“nul.js”: Windows keeps the name “nul.js” for a device."),
            ("link", "“passwd” is a link, and packages hold no links."),
            ("path_collision", "“README.md” and “readme.md” are the same name on some systems."),
        ]
    );
    assert!(contents.problems.iter().all(|p| p.severity == Severity::Error));
    assert!(contents.file("é.js").is_some(), "names are composed");
    assert_eq!(excluded(&contents), [(".env", ".env", "built-in", 1)], "an excluded link is no problem");
}

#[test]
fn a_tree_that_is_too_deep() {
    let dir = folder(&[(&format!("{}/x", ["d"; 15].join("/")), ""), (&format!("{}/x", ["e"; 16].join("/")), "")]);
    fs::create_dir_all(dir.path().join(["f"; 16].join("/"))).unwrap();
    let contents = scanned(dir.path());
    assert_eq!(contents.files.len(), 1);
    let messages: Vec<_> = contents.problems.iter().map(|p| p.message.clone()).collect();
    assert_eq!(messages, [format!("“{}” is 17 folders deep; at most 16 are allowed.", ["e"; 16].join("/"))]);
}

#[test]
fn too_many_files_and_no_folder() {
    let dir = folder(&[("a", ""), ("b", ""), ("c", "")]);
    let limits = Limits { files: 2, ..Limits::DEFAULT };
    assert_eq!(scan(dir.path(), &limits).unwrap_err().to_string(), "The folder holds more than 2 files to pack.");
    assert_eq!(scan(Path::new("nowhere"), &limits).unwrap_err().to_string(), "“nowhere” cannot be read: it is not there.");
}

#[test]
fn findings() {
    let dir = folder(&[
        ("patchbay.json", r#"{"id":"a","version":"1.0.0","icon":"i.png","main":"dist/index","executables":["bin/run"]}"#),
        (".gitignore", "dist/*\n"),
        ("dist/index.js", ""),
        ("big.bin", "0123456789"),
        ("huge.bin", "01234567890123456789"),
    ]);
    let manifest = Manifest::read(dir.path()).unwrap().manifest;
    let limits = Limits { large_file: 10, file_size: 15, unpacked_size: 100, ..Limits::DEFAULT };
    let said = |limits: &Limits| -> Vec<_> {
        lint(&manifest, &scanned(dir.path()), limits).into_iter().map(|p| (p.severity, p.kind, p.message, p.hint)).collect()
    };
    let named = |path: &str, field: &str| format!("The manifest names “{path}” ({field}), which is not among the files.");
    let there = "Add the file, or correct its path in the manifest.".to_owned();
    let exclude = "Exclude what the plugin does not need in .patchbayignore.".to_owned();
    let (error, warning) = (Severity::Error, Severity::Warning);
    let size = fs::metadata(dir.path().join("patchbay.json")).unwrap().len() + 37;
    assert_eq!(
        said(&limits)[..3],
        [
            (
                error,
                "unpacked_too_large",
                format!(
                    "The files have {size} bytes together; at most 100 bytes are allowed. The largest: patchbay.json ({} bytes), huge.bin (20 bytes), big.bin (10 bytes).",
                    size - 37
                ),
                exclude.clone()
            ),
            (error, "file_too_large", "“huge.bin” has 20 bytes; at most 15 bytes are allowed in one file.".into(), exclude.clone()),
            (
                error,
                "file_too_large",
                format!("“patchbay.json” has {} bytes; at most 15 bytes are allowed in one file.", size - 37),
                exclude
            ),
        ]
    );
    assert_eq!(
        said(&Limits { large_file: 15, ..Limits::DEFAULT })[2..],
        [
            (warning, "icon_missing", named("i.png", "icon"), there.clone()),
            (warning, "executable_missing", named("bin/run", "executables"), there),
            (
                warning,
                "main_missing",
                named("dist/index", "main"),
                "“dist/*” in .gitignore keeps it out; allow it with “!dist/index.js” in .patchbayignore.".into()
            ),
            (warning, "no_readme", "There is no README.".into(), "Add a README.md: it is the plugin's page.".into()),
            (
                warning,
                "no_description",
                "The plugin has no description.".into(),
                "Add a “description” of one sentence to the manifest.".into()
            ),
            (
                warning,
                "no_license",
                "The plugin has no licence, so nobody knows whether they may use it.".into(),
                "Add “license” to the manifest, for example \"MIT\".".into()
            ),
        ]
    );
}

#[test]
fn nothing_but_a_manifest() {
    let dir = folder(&[
        ("patchbay.json", r#"{"id":"a","version":"1.0.0","license":"MIT","description":"x"}"#),
        (".patchbayignore", "*"),
        ("index.js", ""),
    ]);
    let manifest = Manifest::read(dir.path()).unwrap().manifest;
    let problems = lint(&manifest, &scanned(dir.path()), &Limits::DEFAULT);
    assert_eq!(problems[0].message, "There is nothing to pack besides the manifest.");
    assert_eq!(problems[0].severity, Severity::Error);
}
