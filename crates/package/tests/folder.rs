//! Which files of a folder go in, which stay out and why, and what is said about them.

use std::{fs, path::Path};

use patchbay_package::{Contents, Explain, Limits, Manifest, Severity, lint, lint_folder, scan};

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

#[test]
fn the_list_of_npm_is_a_rule_too() {
    let dir = folder(&[
        (
            "package.json",
            r#"{"name":"a","version":"1.0.0","files":["dist","lib/**/*.js","!dist/test","bin/"],"main":"entry","bin":{"a":"./cli/run.js"}}"#,
        ),
        (".gitignore", "dist/\n"),
        ("README.md", ""),
        ("LICENSE", ""),
        ("icon.png", ""),
        ("entry.js", ""),
        ("cli/run.js", ""),
        ("cli/other.js", ""),
        ("dist/main.js", ""),
        ("dist/test/a.js", ""),
        ("dist/.env", "A=1"),
        ("lib/a/b.js", ""),
        ("lib/a/b.ts", ""),
        ("src/x/y.ts", ""),
        ("src/z.ts", ""),
        ("tsconfig.json", ""),
    ]);
    let contents = scanned(dir.path());
    assert_eq!(
        paths(&contents),
        ["LICENSE", "README.md", "cli/run.js", "dist/main.js", "entry.js", "icon.png", "lib/a/b.js", "package.json"]
    );
    assert_eq!(
        excluded(&contents),
        [
            (".gitignore", "files", "package.json", 1),
            ("cli/other.js", "files", "package.json", 1),
            ("dist/.env", ".env", "built-in", 1),
            ("dist/test/a.js", "!dist/test", "package.json", 1),
            ("lib/a/b.ts", "files", "package.json", 1),
            ("src/", "files", "package.json", 2),
            ("tsconfig.json", "files", "package.json", 1),
        ]
    );
    let none = folder(&[("package.json", r#"{"name":"a","version":"1.0.0","files":["."]}"#), ("a.js", ""), ("src/b.js", "")]);
    assert_eq!(paths(&scanned(none.path())), ["a.js", "package.json", "src/b.js"]);
}

#[test]
fn what_a_build_left_behind_has_a_line_that_keeps_it_out() {
    let dir = folder(&[
        ("patchbay.json", r#"{"id":"ada.weather","version":"1.0.0"}"#),
        (".patchbayignore", "!node_modules/\n"),
        (".next/cache/webpack/a.pack", "12345"),
        (".next/cache/b", "1"),
        (".next/server/app.js", ""),
        ("packages/x/node_modules/y/index.js", ""),
        ("weather-1.0.0.zip", "zip"),
        ("data/weather.zip", "part of it"),
        ("main.tsbuildinfo", ""),
        ("my[app].orig", ""),
    ]);
    let found = Manifest::read(dir.path()).unwrap();
    let all = lint(&found.manifest, &scanned(dir.path()), &Limits::DEFAULT);
    let leftovers: Vec<_> =
        all.iter().filter(|p| p.kind == "leftover").map(|p| (p.message.as_str(), p.fix.as_ref().unwrap().edits[0].text())).collect();
    assert_eq!(
        leftovers,
        [
            ("“.next/cache/” (2 files, 6 bytes) looks like something that a build left behind.", "/.next/cache/".to_owned()),
            ("“main.tsbuildinfo” (0 bytes) looks like something that a build left behind.", "/main.tsbuildinfo".to_owned()),
            ("“my[app].orig” (0 bytes) looks like something that a build left behind.", "/my\\[app\\].orig".to_owned()),
            (
                "“packages/x/node_modules/” (1 file, 0 bytes) looks like something that a build left behind.",
                "/packages/x/node_modules/".to_owned()
            ),
            ("“weather-1.0.0.zip” (3 bytes) looks like something that a build left behind.", "/weather-1.0.0.zip".to_owned()),
        ]
    );
    for problem in all.iter().filter(|p| p.kind == "leftover") {
        problem.fix.as_ref().unwrap().apply(dir.path()).unwrap();
    }
    let after = lint(&found.manifest, &scanned(dir.path()), &Limits::DEFAULT);
    assert!(after.iter().all(|p| p.kind != "leftover"), "each fix puts its finding right: {after:?}");
    assert_eq!(paths(&scanned(dir.path())), [".next/server/app.js", "data/weather.zip", "patchbay.json"]);
}

/// Each fix that is offered, made: its finding is gone, and nothing else came.
#[test]
fn every_fix_puts_its_finding_right() {
    let manifest = r#"{"id":"a","version":"1.0.0","description":"x","icon":"art/i.png","main":"dist/index","executables":["bin/run"],"readme":"docs/en/README.md"}"#;
    let dir = folder(&[
        ("patchbay.json", manifest),
        // Another version, and a list of files that leaves out what the other manifest names.
        ("package.json", "{\n\t\"name\": \"a\",\n\t\"version\": \"1.0.1\",\n\t\"files\": [\"lib\"]\n}\n"),
        (".patchbayignore", "/docs/*"),
        ("LICENSE", "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software"),
        ("art/i.png", ""),
        ("bin/run", ""),
        ("dist/index.js", ""),
        ("docs/en/README.md", ""),
        ("lib/.cache/a", ""),
        ("lib/a.js", ""),
    ]);
    let look = || {
        let found = Manifest::read(dir.path()).unwrap();
        let contents = scanned(dir.path());
        let mut problems = lint(&found.manifest, &contents, &Limits::DEFAULT);
        problems.extend(lint_folder(dir.path(), &found, &contents));
        problems.extend(found.problems);
        problems
    };
    let (mut fixed, mut left) = (Vec::new(), look());
    while let Some(problem) = left.iter().find(|p| p.fix.is_some()).cloned() {
        fixed.push(problem.kind);
        problem.fix.as_ref().unwrap().apply(dir.path()).unwrap();
        let now = look();
        assert!(!now.contains(&problem), "{problem:?} is still there");
        assert_eq!(now.len(), left.len() - 1, "{now:?}");
        left = now;
    }
    assert_eq!(left, []);
    fixed.sort_unstable();
    assert_eq!(
        fixed,
        ["executable_missing", "icon_missing", "leftover", "license_not_said", "main_missing", "readme_missing", "version_disagrees"]
    );
}

/// What is always out has no line that brings it in: none is offered.
#[test]
fn no_fix_is_offered_that_would_change_nothing() {
    let dir = folder(&[
        ("patchbay.json", r#"{"id":"a","version":"1.0.0","main":".hg/a.js","icon":".git/i.png"}"#),
        (".hg/a.js", ""),
        (".git/i.png", ""),
    ]);
    let manifest = Manifest::read(dir.path()).unwrap().manifest;
    let missing: Vec<_> =
        lint(&manifest, &scanned(dir.path()), &Limits::DEFAULT).into_iter().filter(|p| p.kind.ends_with("_missing")).collect();
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(missing.iter().all(|p| p.fix.is_none() && p.hint == "Add the file, or correct its path in the manifest."), "{missing:?}");
}

#[test]
fn a_licence_is_read_from_its_text() {
    let manifest = ("package.json", r#"{"name":"a","version":"1.0.0"}"#);
    let said = |files: &[(&str, &str)]| {
        let dir = folder(&[&[manifest], files].concat());
        let found = Manifest::read(dir.path()).unwrap();
        let problem = lint_folder(dir.path(), &found, &scanned(dir.path())).into_iter().next()?;
        let fix = problem.fix.unwrap();
        fix.apply(dir.path()).unwrap();
        let after = Manifest::read(dir.path()).unwrap();
        assert_eq!(lint_folder(dir.path(), &after, &scanned(dir.path())), []);
        Some((problem.kind, problem.message, fix.edits[0].text()))
    };
    let mit = "MIT License\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of this software";
    assert_eq!(
        said(&[("LICENSE.txt", mit)]),
        Some((
            "license_not_said",
            "“LICENSE.txt” is the text of MIT, and the manifest has no “license”.".to_owned(),
            "\"license\": \"MIT\"".to_owned()
        ))
    );
    let none = "The plugin has no licence, so nobody knows whether they may use it.".to_owned();
    assert_eq!(said(&[("a.js", "")]), Some(("no_license", none, "\"license\": \"UNLICENSED\"".to_owned())));
    assert_eq!(said(&[("LICENSE", "Ask me.")]), None);
}

#[test]
fn a_folder_with_a_million_files_is_not_read_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..60 {
        fs::write(dir.path().join(format!("{n}.log")), "").unwrap();
    }
    fs::write(dir.path().join(".gitignore"), "*.log").unwrap();
    let limits = Limits { files: 10, ..Limits::DEFAULT };
    let e = scan(dir.path(), &limits).unwrap_err();
    assert_eq!(e.to_string(), "The folder holds more than 50 files and folders; the rest was not looked at.");
    assert_eq!(e.hint(), "Choose the plugin's own folder, or exclude what it does not need in .patchbayignore.");
}
