//! A bucket that holds something else than what Patchbay writes.

use patchbay_client::wire::{ChangeRequest, Code, RegistryInput};
use patchbay_registry::Key;

use super::world::{TEAM, World, assert_told, failed, input, publish};

const TELL: &str = "Nothing was changed. Tell whoever administers the registry; earlier revisions are under history/.";

#[tokio::test]
async fn a_bucket_that_is_not_a_registry() {
    let world = World::new().await;
    world.plant(&Key::Asset("holiday".parse().unwrap(), patchbay_package::Digest::of(b"x")), b"x").await;
    let app = world.app("mei");
    app.add_registry(input(TEAM, &world.proxy.endpoint), Some(world.key())).await.unwrap();
    let hint = "Check the bucket and the prefix; to turn an empty bucket into a registry, add it with `--create`.";
    let message = "patchbay is not a registry: it has no registry.json.";
    assert_told(&app.sync(None).await.unwrap_err(), Code::NotFound, "not_a_registry", message, hint);
    let path = world.plugin();
    assert_told(&failed(publish(&app, TEAM, &path).await), Code::NotFound, "not_a_registry", message, hint);
    // Nor is it made one, since it is somebody's.
    let create = RegistryInput { create: true, ..input("again", &world.proxy.endpoint) };
    let error = app.add_registry(create, Some(world.key())).await.unwrap_err();
    let hint = "Choose an empty bucket, or a prefix of its own with `--prefix`.";
    assert_told(&error, Code::Refused, "not_empty", "patchbay is not empty, and it is not a registry.", hint);
    assert_eq!(app.registries().unwrap().len(), 1, "what could not be made was not added");
    assert_eq!(world.keys("").await.len(), 1, "nothing was written");
}

#[tokio::test]
async fn a_registry_of_a_newer_format() {
    let world = World::new().await;
    let newer = br#"{"patchbay":2,"id":"not an id any more","limits":"none"}"#;
    world.plant(&Key::Registry, newer).await;
    let app = world.app("mei");
    app.add_registry(input(TEAM, &world.proxy.endpoint), Some(world.key())).await.unwrap();
    let message = "registry.json is in format 2; this version of Patchbay knows format 1.";
    assert_told(&app.sync(None).await.unwrap_err(), Code::Integrity, "newer_format", message, "Update Patchbay.");
    let error = failed(publish(&app, TEAM, &world.plugin()).await);
    assert_told(&error, Code::Integrity, "newer_format", message, "Update Patchbay.");
    assert_eq!(world.object(&Key::Registry).await, newer);
    assert_eq!(world.keys("").await, ["registry.json"], "nothing was written");
}

#[tokio::test]
async fn a_document_that_is_none() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    publish(&app, TEAM, &path).await;
    let key = Key::Document("timer".parse().unwrap());
    let good = world.object(&key).await;
    let text = String::from_utf8(good.clone()).unwrap();
    let newer = text.replacen("\"patchbay\":1", "\"patchbay\":2", 1).into_bytes();
    assert_ne!(newer, good);
    let one_line = text.split_inclusive('\n').next().unwrap().as_bytes().to_vec();
    let cut_off = "plugins/timer.jsonl is cut off.";
    let cases = [
        (newer, "newer_format", "plugins/timer.jsonl is in format 2; this version of Patchbay knows format 1.", "Update Patchbay."),
        (good[..good.len() - 10].to_vec(), "cut_off", cut_off, TELL),
        (one_line, "cut_off", cut_off, TELL),
        (Vec::new(), "cut_off", cut_off, TELL),
        (b"version: 1.0.0\n".to_vec(), "unreadable", "plugins/timer.jsonl cannot be read: line 1 is not what Patchbay writes.", TELL),
    ];
    for (bytes, kind, message, hint) in cases {
        world.plant(&key, &bytes).await;
        assert_told(&app.plugin(None, "timer", true).await.unwrap_err(), Code::Integrity, kind, message, hint);
        assert_told(&app.history(None, "timer", None).await.unwrap_err(), Code::Integrity, kind, message, hint);
        let yank = ChangeRequest::Yank { version: "1.0.0".into(), reason: "x".into() };
        assert_told(&app.apply(None, "timer", &yank).await.unwrap_err(), Code::Integrity, kind, message, hint);
        assert_told(&failed(publish(&app, TEAM, &path).await), Code::Integrity, kind, message, hint);
        // Looking at the folder still works, and says it beforehand.
        let problems = app.inspect(None, &path).await.unwrap().problems;
        assert!(problems.iter().any(|p| p.error.message == message), "{problems:?}");
        assert_eq!(world.object(&key).await, bytes, "nobody wrote over it");
        // What was known before is still shown.
        assert_eq!(app.plugin(None, "timer", false).await.unwrap().card.version, "1.0.0");
    }
    world.plant(&key, &good).await;
    assert_eq!(app.plugin(None, "timer", true).await.unwrap().card.version, "1.0.0");
}

#[tokio::test]
async fn a_registry_that_was_set_back() {
    let world = World::new().await;
    let app = world.member("mei").await;
    publish(&app, TEAM, &world.plugin()).await;
    let key = Key::Document("timer".parse().unwrap());
    let old = world.object(&key).await;
    let yank = ChangeRequest::Deprecate { version: "1.0.0".into(), message: "Too old.".into(), replacement: None };
    app.apply(Some(TEAM), "timer", &yank).await.unwrap();
    // Somebody restores a backup.
    world.plant(&key, &old).await;
    let told = |error| {
        let message = "The registry was set back: timer was at revision 2 and is at 1.";
        assert_told(&error, Code::Integrity, "set_back", message, patchbay_registry::seen::SetBack::HINT);
        assert_eq!((error.data["plugin"].as_str(), error.data["seen"].as_str(), error.data["now"].as_str()), ("timer", "2", "1"));
    };
    told(app.history(None, "timer", None).await.unwrap_err());
    told(app.apply(Some(TEAM), "timer", &yank).await.unwrap_err());
    told(failed(publish(&app, TEAM, &world.plugin()).await));
    // Also after a restart, since what was seen is kept.
    let app = world.app("mei");
    told(app.history(None, "timer", None).await.unwrap_err());
    assert_eq!(world.object(&key).await, old, "nothing was written");
    // Who has never seen more than this cannot know.
    assert!(world.member("ada").await.history(None, "timer", None).await.is_ok());
}
