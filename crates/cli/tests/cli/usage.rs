//! The command line itself: help, colour, completions, usage errors.

use std::process::{Command, Stdio};

use crate::support::Computer;

#[test]
fn a_usage_error_is_exit_2_on_stderr() {
    let computer = Computer::new();
    for args in [
        &["frobnicate"][..],
        &["show"],
        &["show", "a", "b"],
        &["rollback", "a", "--to", "1.0.0"],
        &["rollback", "a", "--reason", "x"],
        &["yank", "a", "1.0.0"],
        &["promote", "a", "1.0.0"],
        &["history", "a", "--limit", "0"],
        &["history", "a", "--limit", "many"],
        &["registry", "add", "a"],
        &["registry", "add", "a", "--bucket", "b", "--url", "https://example.com"],
        &["serve-local", "--port", "70000"],
        &["publish"],
        &["publish", ".", "--resume", "1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b"],
    ] {
        let ran = computer.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {ran:#?}");
        assert!(ran.stderr.starts_with("error: "), "{args:?}: {ran:#?}");
    }
    let ran = computer.run_with("", &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("Usage: patchbay"), "{ran:#?}");
}

#[test]
fn help_and_version_go_to_stdout() {
    let computer = Computer::new();
    let ran = computer.run(&["--version"]).ok();
    assert_eq!(ran.stdout, format!("patchbay {}\n", env!("CARGO_PKG_VERSION")));
    let ran = computer.run_with("", &["help", "rollback"]).ok();
    assert!(ran.stdout.contains("$ patchbay rollback weather-card --to 3.2.0"), "{ran:#?}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let computer = Computer::new();
    let colourful = |args: &[&str]| {
        let ran = computer.run(args);
        (ran.stdout + &ran.stderr).contains('\u{1b}')
    };
    computer.publish("1.0.0");
    assert!(!colourful(&["show", "weather-card"]), "a pipe is not a terminal");
    assert!(colourful(&["show", "weather-card", "--color", "always"]));
    assert!(colourful(&["show", "nope", "--color", "always"]));
    assert!(!colourful(&["show", "weather-card", "--json", "--color", "always"]));
    assert!(colourful(&["show", "--color=always"]), "usage errors as well");
    assert!(!colourful(&["show", "--color=never"]));
}

#[test]
fn no_color_is_honoured() {
    let escapes = |computer: &Computer| computer.run(&["registry", "test"]).ok().stdout.contains('\u{1b}');
    assert!(escapes(&Computer::new().with("CLICOLOR_FORCE", "1")));
    assert!(!escapes(&Computer::new().with("CLICOLOR_FORCE", "1").with("NO_COLOR", "1")));
}

#[test]
fn completions_are_scripts() {
    let computer = Computer::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = computer.run(&["completions", shell]).ok();
        assert!(ran.stdout.contains("serve-local"), "{shell}");
    }
    assert!(!computer.home().exists(), "no folder is needed for that");
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let computer = Computer::new();
    let mut child = computer.command(&["completions", "bash"]).spawn().unwrap();
    drop(child.stdout.take());
    let ran = computer.ran(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let computer = Computer::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let child = computer.command(&["registry", "list", "--json", "--quiet"]).stdout(full).spawn().unwrap();
    let ran = computer.ran(child);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("error: The answer could not be written to stdout: "), "{ran:#?}");
}

#[test]
fn the_home_of_the_environment_is_used() {
    let computer = Computer::new();
    let home = computer.path("elsewhere");
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchbay"));
    command.env_clear().env("PATCHBAY_HOME", &home).args(["registry", "list"]).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().unwrap().success());
    assert!(home.join("jobs").is_dir());
}
