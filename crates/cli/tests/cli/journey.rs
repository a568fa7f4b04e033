//! The main job on the command line, as people see it.

use std::fs;

use crate::support::{Computer, files};
use serde_json::Value;

/// What is different in every run, taken out of a page.
fn page(text: &str) -> String {
    let today = jiff::Timestamp::now().to_string()[..10].to_owned();
    let word = |word: &str| match word {
        day if day == today => "[date]".to_owned(),
        time if time.len() == 5 && time.as_bytes()[2] == b':' => "[..:]".to_owned(),
        digest if digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()) => "[sha256]".to_owned(),
        other => other.to_owned(),
    };
    let part = |part: &str| {
        let bare = part.trim_end_matches([' ', '\n', ',']);
        format!("{}{}", word(bare), &part[bare.len()..])
    };
    text.split_inclusive([' ', '\n', ',']).map(part).collect()
}

fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn publish_roll_back_and_forth() {
    let computer = Computer::new();
    let run = |args: &[&str]| page(&computer.run(args).ok().stdout);

    let first = computer.plugin("weather-card", "1.0.0");
    insta::assert_snapshot!("publish_dry_run", run(&["publish", &first, "--dry-run"]));
    insta::assert_snapshot!("publish_first", run(&["publish", &first]));
    computer.write("notes.md", "Faster.\n");
    let second = computer.plugin("weather-card", "1.1.0");
    insta::assert_snapshot!("publish_second", run(&["publish", &second, "--notes", "notes.md"]));
    insta::assert_snapshot!("publish_again", run(&["publish", &second]));

    let back = ["rollback", "weather-card", "--to", "1.0.0", "--reason", "crashes on start"];
    insta::assert_snapshot!("rollback_dry_run", run(&[&back[..], &["--dry-run"]].concat()));
    insta::assert_snapshot!("rollback", run(&back));
    insta::assert_snapshot!("show_rolled_back", run(&["show", "weather-card"]));
    let third = computer.plugin("weather-card", "1.2.0");
    insta::assert_snapshot!("publish_dry_run_while_held", run(&["publish", &third, "--dry-run"]));
    insta::assert_snapshot!("publish_dry_run_force_held", run(&["publish", &third, "--dry-run", "--force-channel"]));
    insta::assert_snapshot!("publish_while_held", run(&["publish", &third]));

    insta::assert_snapshot!("undo_rollback", run(&["undo", "weather-card", "--seq", "3"]));
    insta::assert_snapshot!("promote", run(&["promote", "weather-card", "1.2.0", "--to", "stable"]));
    insta::assert_snapshot!("promote_new_channel", run(&["promote", "weather-card", "1.0.0", "--to", "lts"]));
    insta::assert_snapshot!("yank", run(&["yank", "weather-card", "1.1.0", "--reason", "crashes on start"]));
    insta::assert_snapshot!("yank_again", run(&["yank", "weather-card", "1.1.0", "--reason", "crashes on start"]));
    insta::assert_snapshot!("unyank", run(&["unyank", "weather-card", "1.1.0"]));
    insta::assert_snapshot!("deprecate", run(&["deprecate", "weather-card", "1.0.0", "--reason", "too old", "--replacement", "1.2.0"]));
    insta::assert_snapshot!("versions", run(&["versions", "weather-card"]));
    insta::assert_snapshot!("undeprecate", run(&["undeprecate", "weather-card", "1.0.0"]));
    insta::assert_snapshot!("history", run(&["history", "weather-card"]));
    insta::assert_snapshot!("search", run(&["search", "weather"]));
    // How wide its column is depends on where this computer is.
    let registries: Vec<_> = computer.run(&["registry", "list"]).ok().stdout.lines().map(words).collect();
    assert_eq!(registries, ["NAME LOCATION CREDENTIALS ACCESS", "* this-computer [computer]/home/registry its own key read and write"]);
    insta::assert_snapshot!("registry_test", run(&["registry", "test"]));
}

#[test]
fn a_rollback_can_yank_the_bad_version_in_the_same_step() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.publish("1.1.0");
    let ran = computer.run(&["rollback", "weather-card", "--to", "1.0.0", "--reason", "leaks", "--yank"]).ok();
    assert_eq!(
        ran.stdout,
        "weather-card, revision 3:\n  \
         stable moved from 1.1.0 to 1.0.0 and is held: new publishes leave it alone until you promote.\n  \
         1.1.0 and 1.0.0 accept the same hosts.\n  \
         1.1.0 is no longer offered to new installs; whoever pinned it can still download it.\n"
    );
}

#[test]
fn a_pre_release_goes_to_beta_and_to_stable_only_when_asked() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    let folder = computer.plugin("weather-card", "2.0.0-rc.1");
    let ran = computer.run(&["publish", &folder, "--channel", "stable", "--dry-run"]).ok();
    let stays = "stable stays at 1.0.0: a pre-release does not move it unless you ask for it with --force-channel.";
    assert!(ran.stdout.contains(stays), "{ran:#?}");
    assert!(computer.run(&["publish", &folder]).ok().stdout.contains("beta is new and points to 2.0.0-rc.1."));
    let folder = computer.plugin("weather-card", "2.0.0-rc.2");
    let ran = computer.run(&["publish", &folder, "--channel", "stable", "--force-channel"]).ok();
    assert!(ran.stdout.contains("stable moved from 1.0.0 to 2.0.0-rc.2."), "{ran:#?}");
}

/// The bytes of a package as they are in the folder of the embedded registry.
fn stored(computer: &Computer, version: &str, result: &Value) -> Vec<u8> {
    let name = format!("packages/weather-card/{version}/{}.zip", result["sha256"].as_str().unwrap());
    let all = files(&computer.home());
    fs::read(all.iter().find(|path| path.to_string_lossy().replace('\\', "/").contains(&name)).unwrap()).unwrap()
}

#[test]
fn what_is_downloaded_is_what_was_published() {
    let computer = Computer::new();
    let publish = |version| {
        let folder = computer.plugin("weather-card", version);
        stored(&computer, version, &computer.json(&["publish", &folder])["status"]["result"])
    };
    let (first, second) = (publish("1.0.0"), publish("1.1.0"));
    assert_ne!(first, second);

    let saved = computer.json(&["download", "weather-card@1.0.0", "-o", "old.zip"]);
    assert_eq!(saved["status"]["result"]["size"], first.len());
    assert_eq!(fs::read(computer.path("old.zip")).unwrap(), first);
    fs::create_dir(computer.path("folder")).unwrap();
    computer.run(&["download", "weather-card@stable", "-o", "folder"]).ok();
    assert_eq!(fs::read(computer.path("folder/weather-card-1.1.0.zip")).unwrap(), second);
    computer.run(&["download", "weather-card"]).ok();
    assert_eq!(fs::read(computer.path("weather-card-1.1.0.zip")).unwrap(), second);
}

#[test]
fn whoever_downloads_a_bad_version_is_told_so() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.publish("1.1.0");
    computer.run(&["rollback", "weather-card", "--to", "1.0.0", "--reason", "leaks", "--yank"]).ok();
    let ran = computer.run(&["download", "weather-card@1.1.0"]).ok();
    assert_eq!(
        ran.stderr,
        "warning: 1.1.0 is yanked: “leaks”\n\
         hint: Choose another version unless you need exactly this one.\n\
         warning: stable was rolled back from 1.1.0: “leaks”\n\
         hint: stable is at 1.0.0.\n"
    );
}

#[test]
fn progress_and_advice_go_to_stderr() {
    let computer = Computer::new();
    let folder = computer.plugin("weather-card", "1.0.0");
    let ran = computer.run_with("", &["publish", &folder]).ok();
    for phase in ["Reading\n", "Packing", "Uploading", "Making it live\n", "Telling the catalogue\n", "Reading it back"] {
        assert!(ran.stderr.contains(phase), "{phase}: {ran:#?}");
        assert!(!ran.stdout.contains(phase), "{phase}: {ran:#?}");
    }
    computer.publish("1.1.0");
    let ran = computer.run_with("", &["--registry", "this-computer", "rollback", "weather-card", "--to", "1.0.0", "--reason", "x"]).ok();
    assert_eq!(ran.stderr, "To take it back: patchbay --registry this-computer undo weather-card --seq 3\n");
}

#[test]
fn history_comes_in_pages() {
    let computer = Computer::new();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        computer.publish(version);
    }
    let seqs = |page: &Value| page["revisions"].as_array().unwrap().iter().map(|r| r["seq"].as_u64().unwrap()).collect::<Vec<_>>();
    let page = computer.json(&["history", "weather-card", "--limit", "2"]);
    assert_eq!((seqs(&page), &page["next_before"]), (vec![3, 2], &2.into()));
    let page = computer.json(&["history", "weather-card", "--limit", "2", "--before", "2"]);
    assert_eq!((seqs(&page), &page["next_before"]), (vec![1], &Value::Null));
    let ran = computer.run_with("", &["history", "weather-card", "--limit", "1"]).ok();
    assert_eq!(ran.stderr, "There is more: patchbay history weather-card --before 3\n");
}
