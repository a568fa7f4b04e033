//! Looking after a registry: `doctor`, `gc`, `audit`, `restore`, and what each exits with.

use std::{
    fs::{self, File},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use crate::support::{Computer, files};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn shelf() -> Computer {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.publish("1.1.0");
    computer
}

/// The file of the embedded registry whose path has this in it.
fn stored(computer: &Computer, part: &str) -> PathBuf {
    let of = |path: &PathBuf| path.to_string_lossy().replace('\\', "/").contains(part);
    files(&computer.home()).into_iter().find(of).unwrap_or_else(|| panic!("no {part}"))
}

fn kinds(findings: &Value) -> Vec<&str> {
    findings.as_array().unwrap().iter().map(|finding| finding["error"]["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_healthy_registry_exits_with_0() {
    let computer = shelf();
    let ran = computer.run(&["doctor"]).ok();
    assert!(ran.stdout.ends_with("Nothing is wrong.\n"), "{ran:#?}");
    let job = computer.json(&["doctor"]);
    assert_eq!(job["status"]["result"]["kind"], "checked", "{job:#}");
    let report = &job["status"]["result"]["report"];
    assert_eq!((&report["healthy"], &report["plugins"], &report["findings"]), (&json!(true), &json!(1), &json!([])), "{job:#}");
}

#[test]
fn damage_is_named_exits_with_7_and_is_left_alone() {
    let computer = shelf();
    let package = stored(&computer, "packages/weather-card/1.0.0/");
    let mut bytes = fs::read(&package).unwrap();
    bytes[40] ^= 1;
    fs::write(&package, &bytes).unwrap();
    for args in [&["doctor"][..], &["doctor", "--repair"]] {
        let ran = computer.run(args);
        assert_eq!(ran.code, 7, "{ran:#?}");
        assert_eq!(ran.stderr.lines().next(), Some("error: Something is wrong with the registry: 1 finding."), "{ran:#?}");
        assert!(ran.stdout.contains("damage     ") && ran.stdout.contains("1.0.0"), "{ran:#?}");
        let ran = computer.run(&[args, &["--json"]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (7, ""), "{ran:#?}");
        let object = ran.json();
        assert_eq!(object["error"]["kind"], "damaged_registry");
        assert_eq!(kinds(&object["job"]["status"]["result"]["report"]["findings"]), ["found_package_altered"], "{object:#}");
    }
    assert_eq!(fs::read(&package).unwrap(), bytes);
    assert_eq!(computer.run(&["doctor", "--quick"]).code, 0, "a quick check measures packages only");
}

#[test]
fn a_lost_catalogue_is_mended_and_then_nothing_is_written() {
    let computer = shelf();
    fs::remove_dir_all(stored(&computer, "/catalog/").parent().unwrap()).unwrap();
    assert_eq!(computer.run(&["doctor"]).code, 7);
    let job = computer.json(&["doctor", "--repair"]);
    assert_eq!(job["status"]["state"], "done", "{job:#}");
    assert!(kinds(&job["status"]["result"]["report"]["repaired"]).contains(&"found_catalogue_missing"), "{job:#}");
    let written = || fs::metadata(stored(&computer, "/catalog/")).unwrap().modified().unwrap();
    let before = written();
    computer.run(&["doctor", "--repair"]).ok();
    assert_eq!(written(), before);
}

#[test]
fn only_what_is_old_and_unused_is_cleaned_up_and_only_after_a_yes() {
    let computer = shelf();
    let package = stored(&computer, "packages/weather-card/1.0.0/");
    let left = package.with_file_name(format!("{}.zip", "a".repeat(64)));
    fs::copy(&package, &left).unwrap();
    assert_eq!(computer.run(&["gc"]).ok().stdout, "There is nothing to clean up.\n", "it is too young");
    for file in [&package, &left] {
        File::options().write(true).open(file).unwrap().set_modified(SystemTime::now() - 8 * DAY).unwrap();
    }
    let plan = computer.json(&["gc", "--dry-run"]);
    assert_eq!(plan["orphans"].as_array().unwrap().len(), 1, "{plan:#}");
    let ran = computer.run(&["gc", "--json"]);
    assert_eq!((ran.code, &ran.json()["plan"]), (2, &plan), "nobody can be asked");
    assert!(left.exists());
    let job = computer.json(&["gc", "--yes"]);
    let result = &job["status"]["result"];
    assert_eq!((&result["kind"], &result["removed"], &result["kept"]), (&json!("cleaned"), &json!(1), &json!(0)), "{job:#}");
    assert!(!left.exists() && package.exists());
    computer.run(&["doctor"]).ok();
}

#[test]
fn an_export_is_verified_without_the_registry() {
    let computer = shelf();
    let done = computer.json(&["audit", "--output", "all.jsonl"]);
    assert_eq!((&done["plugins"], &done["revisions"]), (&json!(1), &json!(2)), "{done:#}");
    let whole = fs::read_to_string(computer.path("all.jsonl")).unwrap();
    let stranger = Computer::new();
    stranger.write("all.jsonl", &whole);
    let said = "2 revisions of 1 plugin: every digest and every chain is right.\n";
    assert_eq!(stranger.run(&["audit", "--verify", "all.jsonl"]).ok().stdout, said);
    stranger.write("all.jsonl", whole.replacen("ada", "eve", 1));
    let ran = stranger.run(&["audit", "--verify", "all.jsonl"]);
    assert!(ran.stderr.starts_with("error: Line 2 of the export is not to be trusted: "), "{ran:#?}");
    assert_eq!(ran.code, 7, "{ran:#?}");
    assert_eq!(stranger.json(&["audit", "--verify", "all.jsonl"])["error"]["kind"], "audit_broken");
}

#[test]
fn an_earlier_state_is_shown_compared_and_set_again() {
    let computer = shelf();
    assert_eq!(computer.json(&["show", "weather-card", "--at", "1"])["releases"].as_array().unwrap().len(), 1);
    let diff = computer.run(&["history", "weather-card", "--compare", "1", "2"]).ok();
    assert!(diff.stdout.starts_with("weather-card from revision 1 to 2\n") && diff.stdout.contains("1.1.0"), "{diff:#?}");
    computer.run(&["restore", "weather-card", "1", "--reason", "As it was."]).ok();
    let shown = computer.json(&["show", "weather-card"]);
    assert_eq!(shown["card"]["channels"][0]["version"], "1.0.0", "{shown:#}");
    assert_eq!(shown["releases"].as_array().unwrap().len(), 2, "no version is removed");
}
