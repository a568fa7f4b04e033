//! The objects of `--json`, as `docs/cli.md` names them.

use crate::support::{Computer, redacted};

#[test]
fn every_verb_prints_one_object() {
    let computer = Computer::new();
    let json = |args: &[&str]| redacted(computer.json(args));

    let first = computer.plugin("weather-card", "1.0.0");
    insta::assert_json_snapshot!("publish_dry_run", json(&["publish", &first, "--dry-run"]));
    insta::assert_json_snapshot!("publish", json(&["publish", &first]));
    computer.publish("1.1.0");
    let back = ["rollback", "weather-card", "--to", "1.0.0", "--reason", "crashes on start"];
    insta::assert_json_snapshot!("rollback_dry_run", json(&[&back[..], &["--dry-run"]].concat()));
    insta::assert_json_snapshot!("rollback", json(&back));
    insta::assert_json_snapshot!("search", json(&["search", "weather"]));
    insta::assert_json_snapshot!("show", json(&["show", "weather-card"]));
    insta::assert_json_snapshot!("versions", json(&["versions", "weather-card"]));
    insta::assert_json_snapshot!("undo", json(&["undo", "weather-card"]));
    insta::assert_json_snapshot!("promote", json(&["promote", "weather-card", "1.0.0", "--to", "lts"]));
    insta::assert_json_snapshot!("deprecate", json(&["deprecate", "weather-card", "1.0.0", "--reason", "too old"]));
    insta::assert_json_snapshot!("undeprecate", json(&["undeprecate", "weather-card", "1.0.0"]));
    computer.publish("1.2.0");
    insta::assert_json_snapshot!("yank", json(&["yank", "weather-card", "1.1.0", "--reason", "leaks"]));
    insta::assert_json_snapshot!("unyank", json(&["unyank", "weather-card", "1.1.0"]));
    insta::assert_json_snapshot!("history", json(&["history", "weather-card", "--limit", "4"]));
    insta::assert_json_snapshot!("download", json(&["download", "weather-card@1.0.0"]));
    insta::assert_json_snapshot!("registry_list", json(&["registry", "list"]));
    insta::assert_json_snapshot!("registry_test", json(&["registry", "test"]));
    let jobs = computer.json(&["jobs"]);
    let kinds: Vec<_> = jobs["jobs"].as_array().unwrap().iter().map(|job| job["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["download", "publish", "publish", "publish"]);
}

#[test]
fn an_error_is_an_object_too_and_stderr_stays_empty() {
    let computer = Computer::new();
    let ran = computer.run(&["show", "weather-card", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""));
    insta::assert_json_snapshot!("error", ran.json());
}

#[test]
fn a_failed_publish_names_its_job() {
    let computer = Computer::new();
    computer.write("empty/readme.txt", "no manifest");
    let ran = computer.run(&["publish", "empty", "--json"]);
    let object = ran.json();
    assert_eq!(object["job"]["status"]["state"], "failed", "{ran:#?}");
    assert_eq!(object["job"]["status"]["error"], object["error"]);
    let ran = computer.run(&["publish", "empty", "--dry-run", "--json"]);
    let object = ran.json();
    assert_eq!(object["plan"]["problems"][0]["error"], object["error"], "{ran:#?}");
}

#[test]
fn a_usage_error_is_an_object_too() {
    let computer = Computer::new();
    let ran = computer.run_with("", &["rollback", "weather-card", "--json", "--to", "1.0.0"]);
    assert_eq!(ran.code, 2);
    let error = &ran.json()["error"];
    assert_eq!(error["code"], "usage");
    assert_eq!(error["message"], "the following required arguments were not provided: --reason <TEXT>");
    assert!(ran.stderr.starts_with("error: the following required arguments"), "{ran:#?}");
}
