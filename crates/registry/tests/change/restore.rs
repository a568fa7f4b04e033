//! Setting the state of an earlier revision again.

use patchbay_registry::{Change, Refusal, change::differences, format::document::Status};
use patchbay_testkit::document::{Story, deprecate, promote, publish, rollback, told, unyank, yank};

/// 1: 1.0.0, 2: 1.1.0 on stable, 3: rolled back, 4: 1.1.0 yanked, 5: 2.0.0 published, 6: promoted, 7: beta, 8: 1.0.0 deprecated.
fn story() -> Story {
    Story::of(&[
        publish("1.0.0"),
        publish("1.1.0"),
        rollback("stable", "1.0.0"),
        yank("1.1.0"),
        publish("2.0.0"),
        promote("2.0.0", "stable"),
        promote("2.0.0", "beta"),
        deprecate("1.0.0"),
    ])
}

#[test]
fn channels_yanks_and_advice_are_as_they_were_and_releases_stay() {
    let mut story = story();
    let restore = story.restore(2);
    assert_eq!(story.make(&restore), ["beta: 2.0.0 → nothing", "stable: 2.0.0 → 1.1.0", "unyanks 1.1.0", "undeprecates 1.0.0"]);
    assert_eq!(
        story.sketch(),
        "9 ada restore of 2 1.1.0 1.0.0 [beta: 2.0.0 → nothing] [stable: 2.0.0 → 1.1.0] “As it was.”\n  stable=1.1.0\n  2.0.0\n  1.1.0\n  1.0.0"
    );
    assert_eq!(story.unchanged(&story.clone().restore(2)), ["nothing changes"]);
}

#[test]
fn a_hold_and_the_mark_of_a_rollback_come_back() {
    let mut story = story();
    let restore = story.restore(3);
    assert_eq!(
        story.make(&restore),
        ["beta: 2.0.0 → nothing", "stable: 2.0.0 → 1.0.0", "stable is held", "unyanks 1.1.0", "undeprecates 1.0.0"]
    );
    assert!(
        story.sketch().contains("stable=1.0.0 held") && story.sketch().contains("1.1.0, left by stable for 1.0.0"),
        "{}",
        story.sketch()
    );
    // A publish leaves the channel alone again.
    assert!(story.make(&publish("2.1.0")).contains(&"stable stays at 1.0.0: held".to_owned()));
}

#[test]
fn the_newest_state_restores_to_nothing_and_a_later_one_is_none() {
    let mut story = story();
    let newest = story.restore(8);
    assert_eq!(story.unchanged(&newest), ["nothing changes"]);
    let mut earlier = Story::of(&[publish("1.0.0")]);
    assert_eq!(earlier.refused(&newest), Refusal::NoRevision { seq: 8 });
}

#[test]
fn it_needs_a_reason_and_the_revision_that_was_seen() {
    let mut story = story();
    let Change::Restore { state, .. } = story.restore(1) else { panic!("it restores") };
    let with = |reason: &str, expect| Change::Restore { state: state.clone(), reason: reason.into(), expect };
    assert_eq!(story.refused(&with(" ", None)), Refusal::NoReason);
    assert_eq!(story.refused(&with("x", Some(7))), Refusal::RevisionMoved { now: 8, by: "ada".into() });
    story.make(&with("x", Some(8)));
}

#[test]
fn an_undo_takes_a_restore_back() {
    let mut story = story();
    let before = story.document().clone();
    story.make(&story.restore(1).clone());
    story.make(&story.undo(9).clone());
    assert_eq!(differences(&before, story.document()), []);
    assert_eq!(before.releases, story.document().releases);
}

#[test]
fn a_status_comes_back_and_goes_again() {
    let mut hidden = story().document().clone();
    hidden.header.status = Status::Hidden;
    let state = Box::new(story().document().clone());
    let mut story = Story::standing(hidden);
    story.make(&unyank("1.1.0"));
    let restore = Change::Restore { state, reason: "shown".into(), expect: None };
    assert_eq!(story.make(&restore), ["yanks 1.1.0", "becomes active"]);
    assert_eq!(story.make(&story.undo(3).clone()), ["unyanks 1.1.0", "becomes hidden"]);
}

#[test]
fn two_revisions_are_compared() {
    let story = story();
    let at = |seq: usize| &story.revisions()[seq - 1].document;
    assert_eq!(told(&differences(at(2), at(5))), ["stable: 1.1.0 → 1.0.0", "stable is held", "adds 2.0.0", "yanks 1.1.0"]);
    assert_eq!(told(&differences(at(3), at(3))), [""; 0]);
}
