//! Bad input gets a clear answer: the exact sentence, what to do next, and the exit code.

use crate::support::Computer;
use serde_json::json;

fn today() -> String {
    jiff::Timestamp::now().to_string()[..10].to_owned()
}

#[test]
fn a_folder_without_a_usable_manifest() {
    let computer = Computer::new();
    computer.write("none/main.js", "");
    computer.write("empty/patchbay.json", "");
    computer.write("broken/patchbay.json", "{\n  \"id\": \"a\",,\n}");
    let bad_id = computer.plugin_with("a", "1.0.0", &json!({ "id": "Weather Card" }));
    let bad_version = computer.plugin_with("b", "1.0.0", &json!({ "version": "1.0" }));
    let table = [
        (
            "nowhere",
            "error: The folder “[computer]/nowhere” cannot be opened: it is not there.\nhint: Check the path, and that you may read it.\n",
        ),
        (
            "none",
            "error: The folder “[computer]/none” has no manifest: no patchbay.json, package.json, pipe.md, pipe.json, nor an Obsidian manifest.json.\n\
             hint: Write one with `patchbay init`, or choose the folder that has it.\n",
        ),
        ("empty", "error: patchbay.json is empty.\nhint: Write at least {\"id\": \"my-plugin\", \"version\": \"1.0.0\"} into it.\n"),
        (
            "broken",
            "error: patchbay.json is not valid JSON: a name in double quotes is missing at line 2, column 13.\n\
             hint: Look at line 2 and the one before it.\n",
        ),
        (
            &bad_id,
            "error: patchbay.json: The id “Weather Card” has “W” as character 1; only lower-case letters a–z, digits, “.”, “_” and “-” \
             are allowed.\nhint: Choose an id like “my-plugin” or “team.my-plugin”.\n",
        ),
        (
            &bad_version,
            "error: patchbay.json: “1.0” is not a version: it has two numbers, and a version has three, as in 1.4.0.\nhint: Write 1.0.0.\n",
        ),
    ];
    for (folder, told) in table {
        computer.run(&["publish", folder]).failed(1, told);
        let plan = computer.run(&["publish", folder, "--dry-run"]);
        assert_eq!((plan.code, plan.stderr.as_str()), (1, told), "{folder}");
    }
}

#[test]
fn a_version_that_is_taken() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.publish("1.0.1");
    computer.write("weather-card-1.0.0/main.js", "other bytes");
    let told = format!(
        "error: Version 1.0.0 is taken: ada published other files under it on {}.\nhint: Publish as 1.0.2, the next free version.\n",
        today()
    );
    computer.run(&["publish", "weather-card-1.0.0"]).failed(5, &told);
    let plan = computer.run(&["publish", "weather-card-1.0.0", "--dry-run"]);
    assert_eq!((plan.code, plan.stderr), (5, told));
}

#[test]
fn what_is_not_there() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.publish("1.1.0");
    let run = |args: &[&str]| computer.run(args);
    let no_plugin = "error: The registry has no plugin nope.\nhint: Check the id with `patchbay search`.\n";
    for verb in ["show", "versions", "history", "undo", "download"] {
        run(&[verb, "nope"]).failed(3, no_plugin);
    }
    run(&["rollback", "nope", "--to", "1.0.0", "--reason", "x"]).failed(3, no_plugin);
    let no_version = "error: There is no version 9.9.9.\nhint: See what there is with `patchbay versions`.\n";
    run(&["rollback", "weather-card", "--to", "9.9.9", "--reason", "x"]).failed(3, no_version);
    run(&["yank", "weather-card", "9.9.9", "--reason", "x"]).failed(3, no_version);
    run(&["download", "weather-card@9.9.9"]).failed(3, no_version);
    run(&["rollback", "weather-card", "--to", "1.0.0", "--channel", "lts", "--reason", "x"])
        .failed(3, "error: There is no channel lts.\nhint: See the channels with `patchbay show`; `patchbay promote` makes a new one.\n");
    run(&["download", "weather-card@nightly"])
        .failed(3, "error: weather-card has no channel nightly.\nhint: See the channels with `patchbay show weather-card`.\n");
    run(&["undo", "weather-card", "--seq", "9"])
        .failed(3, "error: There is no revision 9 that could be undone.\nhint: See what there is with `patchbay history`.\n");
    run(&["show", "weather-card", "--registry", "nope"])
        .failed(3, "error: No registry called `nope` is known.\nhint: Known are: this-computer.\n");
    run(&["resume", "nope"]).failed(3, "error: There is no job nope.\nhint: See what there is with `patchbay jobs`.\n");
}

#[test]
fn what_makes_no_sense() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    let run = |args: &[&str]| computer.run(args);
    let folder = computer.plugin("weather-card", "1.1.0");
    let bad_id = "error: The id “Weather Card” has “W” as character 1; only lower-case letters a–z, digits, “.”, “_” and “-” are allowed.\n\
        hint: Choose an id like “my-plugin” or “team.my-plugin”.\n";
    run(&["show", "Weather Card"]).failed(2, bad_id);
    run(&["download", "Weather Card@1.0.0"]).failed(2, bad_id);
    let bad_version = "error: “1.0” is not a version: it has two numbers, and a version has three, as in 1.4.0.\nhint: Write 1.0.0.\n";
    run(&["yank", "weather-card", "1.0", "--reason", "x"]).failed(2, bad_version);
    run(&["download", "weather-card@1.0"]).failed(2, bad_version);
    let bad_channel = "error: “Beta!” cannot be the name of a channel.\n\
        hint: Use lower-case letters, digits and -, beginning with a letter, at most 32 characters.\n";
    run(&["promote", "weather-card", "1.0.0", "--to", "Beta!"]).failed(2, bad_channel);
    run(&["publish", &folder, "--channel", "Beta!"]).failed(2, bad_channel);
    run(&["publish", &folder, "--channel", "Beta!", "--dry-run"]).failed(2, bad_channel);
    run(&["rollback", "weather-card", "--to", "1.0.0", "--reason", " "])
        .failed(2, "error: A reason is missing.\nhint: Say in a sentence why; people on that version read it.\n");
    run(&["yank", "weather-card", "1.0.0", "--reason", &"x".repeat(501)]).failed(
        2,
        "error: The reason has 501 characters; at most 500 fit.\nhint: Say it shorter, and put the rest where people can follow a link.\n",
    );
    run(&["publish", &folder, "--notes", "nowhere.md"])
        .failed(2, "error: There is no file nowhere.md with notes.\nhint: Name a text file in UTF-8, or - for stdin.\n");
    computer.write("notes.bin", b"\xff\xfe");
    run(&["publish", &folder, "--notes", "notes.bin"]).failed(
        2,
        "error: The notes cannot be read from notes.bin: stream did not contain valid UTF-8.\nhint: Name a text file in UTF-8, or - for stdin.\n",
    );
}

#[test]
fn what_a_rule_forbids() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.publish("1.1.0");
    let run = |args: &[&str]| computer.run(args);
    run(&["undo", "weather-card"]).failed(
        8,
        "error: A publish cannot be taken back: a version that was seen stays what it is.\nhint: Roll the channel back instead.\n",
    );
    run(&["rollback", "weather-card", "--to", "1.1.0", "--reason", "x"])
        .failed(8, "error: stable is at 1.1.0; 1.1.0 is not earlier.\nhint: To move stable forward, promote 1.1.0.\n");
    run(&["yank", "weather-card", "1.1.0", "--reason", "x"]).failed(
        8,
        "error: stable points to 1.1.0.\nhint: Point stable elsewhere first; a rollback can yank in the same step (`--yank`).\n",
    );
    run(&["yank", "weather-card", "1.0.0", "--reason", "leaks"]).ok();
    run(&["promote", "weather-card", "1.0.0", "--to", "stable"])
        .failed(8, "error: 1.0.0 is yanked: “leaks”\nhint: Choose another version, or unyank 1.0.0 first.\n");
}

#[test]
fn nothing_is_changed_by_what_is_only_shown() {
    let computer = Computer::new();
    computer.publish("1.0.0");
    computer.publish("1.1.0");
    let folder = computer.plugin("weather-card", "1.2.0");
    let before = computer.json(&["show", "weather-card"])["seq"].clone();
    for args in [
        &["publish", folder.as_str()][..],
        &["rollback", "weather-card", "--to", "1.0.0", "--reason", "x"],
        &["promote", "weather-card", "1.0.0", "--to", "lts"],
        &["yank", "weather-card", "1.0.0", "--reason", "x"],
        &["unyank", "weather-card", "1.0.0"],
        &["deprecate", "weather-card", "1.0.0", "--reason", "x"],
        &["undeprecate", "weather-card", "1.0.0"],
    ] {
        computer.run(&[args, &["--dry-run"]].concat()).ok();
    }
    assert_eq!(computer.json(&["show", "weather-card"])["seq"], before);
}

#[test]
fn a_home_that_cannot_be_made() {
    let computer = Computer::new();
    computer.write("file", "");
    let home = computer.path("file/home");
    let ran = computer.run(&["registry", "list", "--home", home.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:#?}");
    assert!(ran.stderr.starts_with("error: [computer]/file/home cannot be written: "), "{ran:#?}");
}
