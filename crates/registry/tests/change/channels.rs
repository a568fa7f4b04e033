//! Rollback and promote.

use patchbay_registry::{Change, Refusal, change::MAX_REASON};
use patchbay_testkit::document::{Story, force, parsed, promote, publish, publish_to, rollback, stamp, yank};

fn two() -> Story {
    Story::of([&publish("1.0.0"), &publish("1.1.0")])
}

fn with_reason(reason: &str) -> Change {
    Change::Rollback { channel: parsed("stable"), to: parsed("1.0.0"), reason: reason.into(), yank: false, expect: None }
}

fn and_yank(to: &str) -> Change {
    Change::Rollback { channel: parsed("stable"), to: parsed(to), reason: "It leaks.".into(), yank: true, expect: None }
}

#[test]
fn a_rollback_holds_the_channel_and_says_so_on_what_it_leaves() {
    let mut story = two();
    assert_eq!(story.make(&rollback("stable", "1.0.0")), ["stable: 1.1.0 → 1.0.0", "stable is held"]);
    assert_eq!(
        story.sketch(),
        "3 ada rollback 1.1.0 1.0.0 [stable: 1.1.0 → 1.0.0] “It counts backwards.”
  stable=1.0.0 held
  1.1.0, left by stable for 1.0.0 “It counts backwards.”
  1.0.0"
    );
    assert_eq!(story.document().header.channels[&parsed("stable")].since, stamp(3, "").at);
}

#[test]
fn what_a_rollback_needs() {
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0"), &publish("0.9.0"), &yank("0.9.0")]);
    let table = [
        (with_reason(""), "A reason is missing."),
        (with_reason(" \n\t"), "A reason is missing."),
        (rollback("beta", "1.0.0"), "There is no channel beta."),
        (rollback("stable", "0.1.0"), "There is no version 0.1.0."),
        (rollback("stable", "1.1.0"), "stable is at 1.1.0; 1.1.0 is not earlier."),
        (rollback("stable", "1.1.0+b"), "stable is at 1.1.0; 1.1.0 is not earlier."),
        (rollback("stable", "0.9.0"), "0.9.0 is yanked: “It leaks.”"),
    ];
    for (change, message) in table {
        assert_eq!(story.refused(&change).to_string(), message, "{change:?}");
    }
    story.make(&publish_to("2.0.0", "beta"));
    let refusal = story.refused(&rollback("stable", "2.0.0"));
    assert_eq!(refusal.to_string(), "stable is at 1.1.0; 2.0.0 is not earlier.");
    assert_eq!(refusal.hint(), "To move stable forward, promote 2.0.0.");
}

#[test]
fn a_reason_is_trimmed_and_has_an_end() {
    let mut story = two();
    let refusal = story.refused(&with_reason(&"é".repeat(MAX_REASON + 1)));
    assert_eq!(refusal.to_string(), "The reason has 501 characters; at most 500 fit.");
    story.make(&with_reason(&format!("  {}  ", "é".repeat(MAX_REASON))));
    assert_eq!(story.document().header.action.reason.as_deref(), Some("é".repeat(MAX_REASON).as_str()));
}

#[test]
fn what_was_seen_must_still_stand() {
    let expecting = |version: &str| {
        [
            Change::Rollback {
                channel: parsed("stable"),
                to: parsed("1.0.0"),
                reason: "x".into(),
                yank: false,
                expect: Some(parsed(version)),
            },
            Change::Promote { channel: parsed("stable"), version: parsed("1.0.0"), expect: Some(parsed(version)) },
        ]
    };
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0")]);
    story.apply_by("ben", &publish("1.2.0")).unwrap();
    for change in expecting("1.1.0") {
        let refusal = story.refused(&change);
        assert_eq!(refusal, Refusal::ChannelMoved { channel: parsed("stable"), now: Some(parsed("1.2.0")), by: "ben".into() });
        assert_eq!(refusal.to_string(), "stable was moved meanwhile: ben pointed it to 1.2.0.");
        assert!(refusal.is_conflict());
    }
    for change in expecting("1.2.0") {
        story.clone().make(&change);
    }
    // Somebody wrote the version without its build metadata.
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0+build.7")]);
    for change in expecting("1.1.0") {
        story.clone().make(&change);
    }
    // A channel that was seen and is gone.
    let gone = Change::Promote { channel: parsed("beta"), version: parsed("1.0.0"), expect: Some(parsed("1.1.0")) };
    assert_eq!(story.refused(&gone).to_string(), "beta was moved meanwhile: ada took it away.");
}

#[test]
fn a_rollback_can_yank_what_it_leaves() {
    let mut story = two();
    assert_eq!(story.make(&and_yank("1.0.0")), ["stable: 1.1.0 → 1.0.0", "stable is held", "yanks 1.1.0"]);
    assert_eq!(
        story.sketch(),
        "3 ada rollback 1.1.0 1.0.0 [stable: 1.1.0 → 1.0.0] “It leaks.”
  stable=1.0.0 held
  1.1.0, yanked “It leaks.”, left by stable for 1.0.0 “It leaks.”
  1.0.0"
    );
}

#[test]
fn a_rollback_does_not_yank_under_another_channel() {
    let mut story = two();
    story.make(&promote("1.1.0", "beta"));
    story.make(&promote("1.1.0", "nightly"));
    let refusal = story.refused(&and_yank("1.0.0"));
    assert_eq!(refusal.to_string(), "beta and nightly point to 1.1.0.");
    assert_eq!(refusal.hint(), "Point beta elsewhere first; a rollback can yank in the same step (`--yank`).");
    assert_eq!(story.document().header.channels[&parsed("stable")].version, parsed("1.1.0"), "nothing happened");
}

#[test]
fn a_promote_goes_anywhere_and_releases() {
    let mut story = two();
    assert_eq!(story.make(&promote("1.0.0", "beta")), ["beta: nothing → 1.0.0"]);
    assert_eq!(story.make(&promote("1.0.0", "stable")), ["stable: 1.1.0 → 1.0.0"], "backwards, and not held");
    assert!(story.sketch().ends_with("\n  beta=1.0.0, stable=1.0.0\n  1.1.0\n  1.0.0"), "{}", story.sketch());
    story.make(&publish("2.0.0-rc.1"));
    assert_eq!(story.make(&promote("2.0.0-rc.1", "stable")), ["stable: 1.0.0 → 2.0.0-rc.1"], "asked to");
    assert_eq!(story.unchanged(&promote("2.0.0-rc.1", "stable")), ["nothing changes"]);
}

#[test]
fn a_promote_needs_a_release_that_is_offered() {
    let mut story = Story::of([&publish("1.1.0"), &publish("1.0.0"), &yank("1.0.0")]);
    assert_eq!(story.refused(&promote("3.0.0", "beta")).to_string(), "There is no version 3.0.0.");
    let refusal = story.refused(&promote("1.0.0", "beta"));
    assert_eq!(refusal.to_string(), "1.0.0 is yanked: “It leaks.”");
    assert_eq!(refusal.hint(), "Choose another version, or unyank 1.0.0 first.");
}

#[test]
fn a_channel_that_comes_back_is_no_longer_left() {
    let mut story = two();
    story.make(&rollback("stable", "1.0.0"));
    assert_eq!(story.make(&promote("1.1.0", "stable")), ["stable: 1.0.0 → 1.1.0", "stable is released"]);
    assert_eq!(story.sketch(), "4 ada promote 1.1.0 [stable: 1.0.0 → 1.1.0]\n  stable=1.1.0\n  1.1.0\n  1.0.0");
}

#[test]
fn a_hold_is_lifted_where_the_channel_stands() {
    let mut story = two();
    story.make(&rollback("stable", "1.0.0"));
    assert_eq!(story.make(&promote("1.0.0", "stable")), ["stable is released"]);
    assert_eq!(story.sketch(), "4 ada promote 1.0.0\n  stable=1.0.0\n  1.1.0, left by stable for 1.0.0 “It counts backwards.”\n  1.0.0");
    assert_eq!(story.make(&publish("1.2.0")), ["adds 1.2.0", "stable: 1.0.0 → 1.2.0"]);
}

#[test]
fn a_channel_can_also_come_back_by_a_rollback() {
    let mut story = two();
    story.make(&rollback("stable", "1.0.0"));
    story.make(&force("1.2.0", "stable"));
    story.make(&rollback("stable", "1.1.0"));
    assert_eq!(
        story.sketch(),
        "5 ada rollback 1.2.0 1.1.0 [stable: 1.2.0 → 1.1.0] “It counts backwards.”
  stable=1.1.0 held
  1.2.0, left by stable for 1.1.0 “It counts backwards.”
  1.1.0
  1.0.0"
    );
}

#[test]
fn two_channels_can_leave_one_release() {
    let mut story = two();
    story.make(&promote("1.1.0", "beta"));
    story.make(&rollback("stable", "1.0.0"));
    story.make(&rollback("beta", "1.0.0"));
    let left = "\n  1.1.0, left by beta for 1.0.0 “It counts backwards.”, left by stable for 1.0.0 “It counts backwards.”\n";
    assert!(story.sketch().contains(left), "{}", story.sketch());
    // Each comes back on its own.
    story.make(&promote("1.1.0", "stable"));
    assert!(story.sketch().contains("\n  1.1.0, left by beta for 1.0.0 “It counts backwards.”\n"), "{}", story.sketch());
}
