//! Whether people may use the plugin: what the manifest says, and what the text of a licence file says.

use std::{fs::File, io::Read as _, path::Path};

use crate::{Contents, Fix, Found, Problem, fix::Edit};

/// How much of a licence file is read: its name stands at the beginning.
const HEAD: u64 = 4 << 10;

/// What npm writes for “nobody was given permission”, which is what no licence means.
const NONE: &str = "UNLICENSED";

pub(super) fn find(folder: &Path, found: &Found, contents: &Contents) -> Option<Problem> {
    if found.manifest.license.is_some() {
        return None;
    }
    let field = |value: &str| Fix::of([Edit::SetField { file: found.source.into(), field: "license".into(), value: value.into() }]);
    let Some(file) = contents.files.iter().find(|f| is_licence(&f.path)) else {
        let message = "The plugin has no licence, so nobody knows whether they may use it.".into();
        let hint = "Add “license” to the manifest, for example \"MIT\"; “UNLICENSED” says that nobody may.";
        return Some(Problem::warning("no_license", message, hint).fixed_by(field(NONE)));
    };
    let mut text = Vec::new();
    File::open(folder.join(&file.on_disk)).and_then(|f| f.take(HEAD).read_to_end(&mut text)).ok()?;
    let licence = named(&String::from_utf8_lossy(&text))?;
    let message = format!("“{}” is the text of {licence}, and the manifest has no “license”.", file.path);
    let problem = Problem::warning("license_not_said", message, "Add it, so that people see it before they install.").in_file(&file.path);
    Some(problem.with("path", &file.path).with("license", licence).fixed_by(field(licence)))
}

fn is_licence(path: &str) -> bool {
    let stem = path.split('.').next().unwrap_or(path);
    ["license", "licence", "copying", "unlicense"].iter().any(|l| stem.eq_ignore_ascii_case(l))
}

/// The SPDX name of a licence text, where its own words leave no doubt.
fn named(text: &str) -> Option<&'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let has = |words: &str| text.contains(words);
    if has("Apache License Version 2.0") {
        Some("Apache-2.0")
    } else if has("Permission is hereby granted, free of charge, to any person obtaining a copy") {
        Some("MIT")
    } else if has("Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee") {
        Some("ISC")
    } else if has("Mozilla Public License Version 2.0") {
        Some("MPL-2.0")
    } else if has("Redistribution and use in source and binary forms") {
        Some(if has("Neither the name") { "BSD-3-Clause" } else { "BSD-2-Clause" })
    } else if has("This is free and unencumbered software released into the public domain") {
        Some("Unlicense")
    } else {
        None
    }
}
