//! The section “On this computer” of `docs/format.md` names every file that is written there, and none that is not.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use patchbay_client::{
    App, Environment, Home, MemoryKeychain,
    environment::Places,
    wire::{BrowseRequest, JobState, PublishRequest, Settings},
};
use patchbay_testkit::plugin::PluginFolder;
use serde_json::Value;
use tempfile::TempDir;

use crate::support;

const DOC: &str = include_str!("../../../docs/format.md");

/// The rows of the table: each file as it is named there, and its folder.
fn named() -> Vec<(String, String)> {
    let (_, section) = DOC.split_once("## On this computer").unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|')).skip(2);
    rows.flat_map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let folder = cells[2].to_owned();
        cells[1].split('`').skip(1).step_by(2).map(move |name| (name.to_owned(), folder.clone())).collect::<Vec<_>>()
    })
    .collect()
}

/// Whether a path is what a name of the table means: `<…>` stands for a component or a part of one, `<key>` and what ends in
/// `/` for everything below.
fn fits(name: &str, path: &str) -> bool {
    let (mut names, mut parts) = (name.split('/'), path.split('/'));
    loop {
        return match (names.next(), parts.next()) {
            (Some("<key>" | ""), Some(_)) | (None, None) => true,
            (Some(name), Some(part)) => match name.split_once('<').and_then(|(start, rest)| Some((start, rest.split_once('>')?.1))) {
                Some((start, end)) if part.len() > start.len() + end.len() && part.starts_with(start) && part.ends_with(end) => continue,
                None if name == part => continue,
                _ => false,
            },
            _ => false,
        };
    }
}

/// The same for a file on its way to being replaced, which is beside it.
fn is_beside(name: &str, path: &str) -> bool {
    let folder = name.rsplit_once('/').map(|(folder, _)| folder);
    let (at, file) = path.rsplit_once('/').map_or((None, path), |(at, file)| (Some(at), file));
    let is_same = match (folder, at) {
        (Some(folder), Some(at)) => fits(folder, at),
        (None, None) => true,
        _ => false,
    };
    is_same && fits(".<random>.tmp", file)
}

fn files(folder: &Path, below: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(folder, &path, found);
        } else {
            let inner: Vec<_> = path.strip_prefix(folder).unwrap().iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            found.insert(inner.join("/"));
        }
    }
}

/// Looks at the three folders.
fn look(places: &Places, found: &mut BTreeSet<(String, String)>) {
    for (folder, path) in [("config", &places.config), ("data", &places.data), ("cache", &places.cache)] {
        let mut names = BTreeSet::new();
        files(path, path, &mut names);
        found.extend(names.into_iter().map(|name| (name, folder.to_owned())));
    }
}

#[test]
fn every_file_is_named_and_every_name_is_a_file() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let places = Places { config: at("config"), data: at("data"), cache: at("cache") };
    let environment = Environment::default().with("USER", "mei").with_places(places.clone());
    let home = Home::open(None, &environment).unwrap();
    let found = Arc::new(Mutex::new(BTreeSet::new()));
    // Files that come and go are seen when the clock is asked, which is in the middle of things.
    let (seen, looked) = (found.clone(), places.clone());
    let clock = Arc::new(move || {
        look(&looked, &mut seen.lock().unwrap());
        jiff::Timestamp::now()
    });
    let app = App::new(home, environment, Arc::new(MemoryKeychain::default()), clock).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let registry = runtime.block_on(async {
        app.save_settings(&Settings { actor: "Mei".into(), ..Settings::default() }).unwrap();
        let path = PluginFolder::new("timer", "1.0.0").write(folder.path()).display().to_string();
        let job = app.publish(None, PublishRequest { path, ..PublishRequest::default() }).await.unwrap();
        let ended = app.wait_job(&job.id).await.unwrap();
        assert!(matches!(ended.status, JobState::Done { .. }), "{ended:?}");
        app.plugin(None, "timer", true).await.unwrap();
        support::count(&app, "{\"id\":\"timer\",\"downloads\":3}\n");
        // The index of few is not kept.
        support::crowd(&app, 2_000);
        app.sync_confirmed(None).await.unwrap();
        app.browse(None, &BrowseRequest::of("")).await.unwrap();
        let known: Value = serde_json::from_slice(&fs::read(app.home().registries()).unwrap()).unwrap();
        known["registries"][0]["registry_id"].as_str().unwrap().to_owned()
    });
    drop(runtime);
    look(&places, &mut found.lock().unwrap());
    let found = found.lock().unwrap();
    let names = named();
    for (path, folder) in found.iter() {
        // A `.lock` beside a file, and a file on its way to being replaced, are told in the text.
        let is_told = names.iter().any(|(name, place)| {
            let is_lock = || name.strip_suffix(".json").is_some_and(|stem| fits(&format!("{stem}.lock"), path));
            place == folder && (fits(name, path) || is_beside(name, path) || is_lock())
        });
        assert!(is_told, "{path} in the {folder} folder is not in docs/format.md");
    }
    for (name, place) in &names {
        // Gone as soon as they are whole: caught only by chance.
        if ["temporary/<random>/", "temporary/<random>.lock", "registry/incoming/<random>/"].contains(&name.as_str()) {
            continue;
        }
        let name = name.replace("<registry>", &registry);
        assert!(found.iter().any(|(path, folder)| folder == place && fits(&name, path)), "{name} is named, and is nowhere in {found:#?}");
    }
}

#[test]
fn a_file_on_its_way_is_beside_the_one_that_it_replaces() {
    for (name, path, expected) in [
        ("jobs/<id>.json", "jobs/.gnSMs4.tmp", true),
        ("jobs/<id>.json", "seen/.gnSMs4.tmp", false),
        ("jobs/<id>.json", ".gnSMs4.tmp", false),
        ("jobs/<id>.json", "jobs/gnSMs4.tmp", false),
        ("settings.json", ".gnSMs4.tmp", true),
        ("settings.json", "other/.gnSMs4.tmp", false),
        ("<registry>/documents/<id>.jsonl", "main/documents/.gnSMs4.tmp", true),
    ] {
        assert_eq!(is_beside(name, path), expected, "{name} {path}");
    }
}

#[test]
fn names_with_holes() {
    for (name, path, expected) in [
        ("settings.json", "settings.json", true),
        ("settings.json", "settings.json.bak", false),
        ("jobs/<id>.json", "jobs/7.json", true),
        ("jobs/<id>.json", "jobs/a/7.json", false),
        ("jobs/<id>.json", "jobs/.json", false),
        ("registry/buckets/<bucket>/<key>", "registry/buckets/patchbay/a/b/c", true),
        ("registry/buckets/<bucket>/<key>", "registry/buckets/patchbay", false),
        ("registry/locks/<00–ff>", "registry/locks/a7", true),
        ("temporary/<random>/", "temporary/x/y", true),
        ("temporary/<random>/", "other/x/y", false),
    ] {
        assert_eq!(fits(name, path), expected, "{name} {path}");
    }
}
