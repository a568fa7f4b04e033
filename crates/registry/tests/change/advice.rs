//! Yank, unyank, deprecate, undeprecate.

use patchbay_registry::Change;
use patchbay_testkit::document::{Story, deprecate, parsed, promote, publish, rollback, undeprecate, unyank, yank};

fn two() -> Story {
    Story::of([&publish("1.0.0"), &publish("1.1.0")])
}

#[test]
fn a_yank_can_be_taken_back() {
    let mut story = two();
    assert_eq!(story.make(&yank("1.0.0")), ["yanks 1.0.0"]);
    assert_eq!(story.sketch(), "3 ada yank 1.0.0 “It leaks.”\n  stable=1.1.0\n  1.1.0\n  1.0.0, yanked “It leaks.”");
    assert_eq!(story.unchanged(&yank("1.0.0")), ["nothing changes"]);
    assert_eq!(story.make(&unyank("1.0.0")), ["unyanks 1.0.0"]);
    assert_eq!(story.sketch(), "4 ada unyank 1.0.0\n  stable=1.1.0\n  1.1.0\n  1.0.0");
    assert_eq!(story.unchanged(&unyank("1.0.0")), ["nothing changes"]);
    story.make(&yank("1.0.0"));
    let with_reason = Change::Unyank { version: parsed("1.0.0"), reason: Some("It was the host.".into()) };
    story.make(&with_reason);
    assert_eq!(story.document().header.action.reason.as_deref(), Some("It was the host."));
}

#[test]
fn what_a_yank_needs() {
    let mut story = two();
    assert_eq!(story.refused(&yank("1.1.0")).to_string(), "stable points to 1.1.0.");
    assert_eq!(story.refused(&yank("9.0.0")).to_string(), "There is no version 9.0.0.");
    assert_eq!(story.refused(&unyank("9.0.0")).to_string(), "There is no version 9.0.0.");
    let without = Change::Yank { version: parsed("1.0.0"), reason: " ".into() };
    let refusal = story.refused(&without);
    assert_eq!(refusal.to_string(), "A reason is missing.");
    assert_eq!(refusal.hint(), "Say in a sentence why; people on that version read it.");
    // A reason that is there has to say something.
    story.make(&yank("1.0.0"));
    let blank = Change::Unyank { version: parsed("1.0.0"), reason: Some(" ".into()) };
    assert_eq!(story.refused(&blank).to_string(), "A reason is missing.");
}

#[test]
fn advice_can_be_given_changed_and_taken_back() {
    let mut story = two();
    assert_eq!(story.make(&deprecate("1.1.0")), ["deprecates 1.1.0"], "a channel may point to it");
    assert_eq!(story.sketch(), "3 ada deprecate 1.1.0 “Too old.”\n  stable=1.1.0\n  1.1.0, deprecated “Too old.”\n  1.0.0");
    assert_eq!(story.unchanged(&deprecate("1.1.0")), ["nothing changes"]);
    let other = Change::Deprecate { version: parsed("1.1.0"), message: "Use another.".into(), replacement: Some("  ".into()) };
    assert_eq!(story.make(&other), ["deprecates 1.1.0"]);
    assert_eq!(story.document().releases[0].deprecated.as_ref().unwrap().replacement, None, "a blank one is none");
    assert_eq!(story.make(&undeprecate("1.1.0")), ["undeprecates 1.1.0"]);
    assert_eq!(story.unchanged(&undeprecate("1.1.0")), ["nothing changes"]);
    assert_eq!(story.refused(&deprecate("9.0.0")).to_string(), "There is no version 9.0.0.");
    assert_eq!(story.refused(&undeprecate("9.0.0")).to_string(), "There is no version 9.0.0.");
    let without = Change::Deprecate { version: parsed("1.1.0"), message: String::new(), replacement: None };
    assert_eq!(story.refused(&without).to_string(), "A reason is missing.");
}

#[test]
fn a_version_is_found_without_its_build_metadata() {
    let mut story = Story::of([&publish("1.0.0+a"), &publish("1.1.0")]);
    assert_eq!(story.make(&yank("1.0.0")), ["yanks 1.0.0+a"]);
    assert_eq!(story.make(&unyank("1.0.0+b")), ["unyanks 1.0.0+a"]);
    assert_eq!(story.make(&deprecate("1.0.0")), ["deprecates 1.0.0+a"]);
    assert_eq!(story.make(&undeprecate("1.0.0")), ["undeprecates 1.0.0+a"]);
    assert_eq!(story.make(&promote("1.0.0", "beta")), ["beta: nothing → 1.0.0+a"]);
    assert_eq!(story.make(&rollback("stable", "1.0.0")), ["stable: 1.1.0 → 1.0.0+a", "stable is held"]);
    for revision in story.revisions() {
        let versions = &revision.document.header.action.versions;
        assert!(versions.iter().all(|v| *v == parsed("1.0.0+a") || *v == parsed("1.1.0")), "{versions:?} are as they were published");
    }
}
