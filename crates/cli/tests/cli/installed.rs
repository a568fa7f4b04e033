//! `sync` and `outdated`.

use serde_json::json;

use crate::support::Computer;

#[test]
fn what_to_do_about_installed_plugins() {
    let computer = Computer::new();
    for version in ["1.0.0", "1.1.0"] {
        computer.publish(version).ok();
    }
    let list = |version: &str| json!([{ "id": "weather-card", "version": version }, { "id": "gone", "version": "1.0.0" }]).to_string();
    let ran = computer.run_with(&list("1.0.0"), &["outdated", "--json"]).ok();
    let view = ran.json();
    assert_eq!(view["plugins"][0]["advice"], json!({ "kind": "update", "to": "1.1.0" }));
    assert_eq!(view["plugins"][1]["advice"], json!({ "kind": "not_listed" }));
    computer.run(&["rollback", "weather-card", "--to", "1.0.0", "--reason", "crashes on start"]).ok();
    computer.write("installed.json", list("1.1.0"));
    let said = computer.run(&["outdated", "installed.json"]).ok().stdout;
    assert!(said.contains("go back to 1.0.0") && said.contains("crashes on start") && said.contains("not listed"), "{said}");
    let well = computer.run_with(&json!([{ "id": "weather-card", "version": "1.0.0" }]).to_string(), &["outdated"]).ok().stdout;
    assert_eq!(well, "1 plugin is up to date.\n");
    computer.run_with("[{}]", &["outdated"]).failed(
        2,
        "error: The list of installed plugins is not one.\nhint: Give a JSON list: [{\"id\": \"weather-card\", \"version\": \"3.2.0\"}].\n",
    );
}

#[test]
fn syncing_says_what_is_there() {
    let computer = Computer::new();
    computer.publish("1.0.0").ok();
    assert_eq!(computer.run(&["sync"]).ok().stdout, "1 plugin; nothing is new.\n");
    let view = computer.json(&["sync", "--catch-up"]);
    assert_eq!((&view["total"], &view["changed"], &view["stale"]), (&json!(1), &json!(false), &json!(null)));
}
