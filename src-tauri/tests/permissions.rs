//! The page can call every command of the window, hear events, and nothing else.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::Value;

include!("../src/commands/list.rs");

macro_rules! names {
    ($($name:ident,)*) => { &[$(stringify!($name)),*] };
}

const COMMANDS: &[&str] = commands!(names);

/// What the page needs of Tauri itself. A channel needs no permission; the page never emits.
const CORE: [&str; 2] = ["core:event:allow-listen", "core:event:allow-unlisten"];

fn read(path: &str) -> Value {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_capability_names_every_command_and_nothing_else() {
    let capability = read("capabilities/main.json");
    let granted: BTreeSet<String> =
        capability["permissions"].as_array().unwrap().iter().map(|permission| permission.as_str().unwrap().to_owned()).collect();
    let commands = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-")));
    let expected: BTreeSet<String> = CORE.into_iter().map(str::to_owned).chain(commands).collect();
    assert_eq!(granted, expected);
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    assert_eq!(capability.get("remote"), None, "no page from elsewhere may call anything");
}

#[test]
fn it_is_the_only_capability() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities")).unwrap();
    let files: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["main.json"]);
    assert_eq!(read("tauri.conf.json")["app"]["security"]["capabilities"], serde_json::json!(["main"]));
}

#[test]
fn the_page_is_shut_in() {
    let config = read("tauri.conf.json");
    let security = &config["app"]["security"];
    assert_eq!(security["csp"]["default-src"], "'none'");
    for (directive, sources) in security["csp"].as_object().unwrap() {
        let sources = sources.as_str().unwrap();
        assert!(!sources.contains("unsafe-") && !sources.contains('*') && !sources.contains("https:"), "{directive} {sources}");
    }
    assert_eq!(security["dangerousDisableAssetCspModification"], false);
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(config["app"]["withGlobalTauri"], false);
}
