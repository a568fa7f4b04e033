//! Undo: a three-way merge.

use patchbay_registry::{Change, Refusal, format::document::ActionKind};
use patchbay_testkit::document::{Story, deprecate, force, parsed, promote, publish, publish_to, rollback, undeprecate, unyank, yank};

fn and_yank(to: &str) -> Change {
    Change::Rollback { channel: parsed("stable"), to: parsed(to), reason: "It leaks.".into(), yank: true, expect: None }
}

/// A plugin whose revision 4 is this change.
fn with(change: &Change) -> Story {
    Story::of([&publish("1.0.0"), &publish("1.1.0"), &publish("0.9.0"), change])
}

/// What a document says, the revision itself aside.
fn state(story: &Story) -> String {
    story.sketch().split_once('\n').unwrap().1.to_owned()
}

#[test]
fn every_change_but_a_publish_can_be_taken_back_and_done_again() {
    let changes = [
        (rollback("stable", "1.0.0"), vec!["stable: 1.0.0 → 1.1.0", "stable is released"]),
        (and_yank("1.0.0"), vec!["stable: 1.0.0 → 1.1.0", "stable is released", "unyanks 1.1.0"]),
        (promote("1.0.0", "stable"), vec!["stable: 1.0.0 → 1.1.0"]),
        (promote("1.0.0", "beta"), vec!["beta: 1.0.0 → nothing"]),
        (yank("1.0.0"), vec!["unyanks 1.0.0"]),
        (deprecate("1.0.0"), vec!["undeprecates 1.0.0"]),
    ];
    for (change, expected) in changes {
        let mut story = with(&change);
        let (before, after) = (state(&Story::of([&publish("1.0.0"), &publish("1.1.0"), &publish("0.9.0")])), state(&story));
        let undo = story.undo(4);
        assert_eq!(story.make(&undo), expected, "{change:?}");
        assert_eq!(state(&story), before, "{change:?}");
        let action = &story.document().header.action;
        assert_eq!((&action.kind, action.undoes), (&ActionKind::Undo, Some(4)));
        // An undo of the undo does it again, and so on.
        for seq in 5..9 {
            let undo = story.undo(seq);
            story.make(&undo);
            assert_eq!(state(&story), if seq % 2 == 1 { after.clone() } else { before.clone() }, "{change:?} {seq}");
        }
    }
}

#[test]
fn what_an_opposite_did_can_be_taken_back_too() {
    for (first, opposite, expected) in [
        (yank("1.0.0"), unyank("1.0.0"), "yanks 1.0.0"),
        (deprecate("1.0.0"), undeprecate("1.0.0"), "deprecates 1.0.0"),
        (rollback("stable", "1.0.0"), promote("1.0.0", "stable"), "stable is held"),
    ] {
        let mut story = with(&first);
        let before = state(&story);
        story.make(&opposite);
        let undo = story.undo(5);
        assert_eq!(story.make(&undo), [expected]);
        assert_eq!(state(&story), before, "the hold and the marks as well");
    }
}

#[test]
fn what_others_did_in_between_survives() {
    let mut story = with(&and_yank("1.0.0"));
    story.make(&publish("1.2.0"));
    story.make(&deprecate("1.0.0"));
    story.make(&promote("1.2.0", "beta"));
    story.make(&yank("0.9.0"));
    story.make(&deprecate("1.1.0"));
    let undo = story.undo(4);
    assert_eq!(story.make(&undo), ["stable: 1.0.0 → 1.1.0", "stable is released", "unyanks 1.1.0"]);
    assert_eq!(
        story.sketch(),
        "10 ada undo of 4 1.1.0 1.0.0 [stable: 1.0.0 → 1.1.0]
  beta=1.2.0, stable=1.1.0
  1.2.0
  0.9.0, yanked “It leaks.”
  1.1.0, deprecated “Too old.”
  1.0.0, deprecated “Too old.”"
    );
}

#[test]
fn what_stands_otherwise_now_is_a_conflict() {
    // The channel moved since.
    let mut story = with(&rollback("stable", "1.0.0"));
    story.apply_by("ben", &promote("0.9.0", "stable")).unwrap();
    let undo = story.undo(4);
    let refusal = story.refused(&undo);
    assert_eq!(refusal.to_string(), "stable was moved meanwhile: ben pointed it to 0.9.0.");
    assert!(refusal.is_conflict());
    // It was taken back already.
    let mut story = with(&rollback("stable", "1.0.0"));
    let undo = story.undo(4);
    story.make(&undo);
    assert!(matches!(story.refused(&undo), Refusal::ChannelMoved { .. }));
    // It was yanked again, for another reason.
    let mut story = with(&yank("1.0.0"));
    story.make(&unyank("1.0.0"));
    story.make(&Change::Yank { version: parsed("1.0.0"), reason: "Something else.".into() });
    let undo = story.undo(4);
    let refusal = story.refused(&undo);
    assert_eq!(refusal.to_string(), "1.0.0 was changed again after revision 4.");
    assert_eq!(refusal.hint(), "Look at the history, and change it directly.");
    assert!(refusal.is_conflict());
    // The advice was changed.
    let mut story = with(&deprecate("1.0.0"));
    story.make(&Change::Deprecate { version: parsed("1.0.0"), message: "Something else.".into(), replacement: None });
    let undo = story.undo(4);
    assert!(matches!(story.refused(&undo), Refusal::ChangedSince { seq: 4, .. }));
    // A channel that it made was moved on.
    let mut story = with(&promote("1.0.0", "beta"));
    story.make(&publish_to("2.0.0", "beta"));
    let undo = story.undo(4);
    assert_eq!(story.refused(&undo).to_string(), "beta was moved meanwhile: ada pointed it to 2.0.0.");
}

#[test]
fn a_publish_stays() {
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0")]);
    let undo = story.undo(2);
    let refusal = story.refused(&undo);
    assert_eq!(refusal, Refusal::PublishStays { versions: vec![parsed("1.1.0")] });
    assert_eq!(refusal.to_string(), "A publish cannot be taken back: a version that was seen stays what it is.");
    assert_eq!(refusal.hint(), "Roll the channel back instead.");
}

#[test]
fn what_a_later_patchbay_did_is_left_alone() {
    let mut story = with(&yank("1.0.0"));
    let Change::Undo { before, mut after } = story.undo(4) else { panic!("it is an undo") };
    after.header.action.kind = ActionKind::Other("transfer".into());
    let refusal = story.refused(&Change::Undo { before, after });
    assert_eq!(refusal.to_string(), "Revision 4 did something that this version of Patchbay does not know.");
    assert_eq!(refusal.hint(), "Update Patchbay.");
}

#[test]
fn a_channel_does_not_come_back_to_what_was_yanked_meanwhile() {
    let mut story = with(&rollback("stable", "1.0.0"));
    story.make(&yank("1.1.0"));
    let undo = story.undo(4);
    assert_eq!(story.refused(&undo).to_string(), "1.1.0 is yanked: “It leaks.”");
    story.make(&unyank("1.1.0"));
    story.make(&undo);
}

#[test]
fn a_release_is_not_yanked_again_under_a_channel() {
    let mut story = with(&yank("1.0.0"));
    story.make(&unyank("1.0.0"));
    story.make(&promote("1.0.0", "beta"));
    let undo = story.undo(5);
    assert_eq!(story.refused(&undo).to_string(), "beta points to 1.0.0.");
    story.make(&promote("1.1.0", "beta"));
    assert_eq!(story.make(&undo), ["yanks 1.0.0"]);
}

#[test]
fn a_channel_does_not_come_back_to_a_release_that_is_not_there() {
    // A history that somebody altered: the revision before names a release that never was.
    let mut story = with(&rollback("stable", "1.0.0"));
    let Change::Undo { mut before, after } = story.undo(4) else { panic!("it is an undo") };
    before.header.channels.get_mut(&parsed("stable")).unwrap().version = parsed("6.6.6");
    assert_eq!(story.refused(&Change::Undo { before, after }).to_string(), "There is no version 6.6.6.");
}

#[test]
fn the_marks_of_two_channels_come_and_go_on_their_own() {
    let mut story = Story::of([
        &publish("1.0.0"),
        &publish("1.1.0"),
        &promote("1.1.0", "beta"),
        &rollback("stable", "1.0.0"),
        &rollback("beta", "1.0.0"),
    ]);
    let undo = story.undo(4);
    story.make(&undo);
    assert!(state(&story).contains("1.1.0, left by beta for 1.0.0 “It counts backwards.”\n"), "{}", story.sketch());
    let undo = story.undo(5);
    story.make(&undo);
    assert_eq!(state(&story), "  beta=1.1.0, stable=1.1.0\n  1.1.0\n  1.0.0");
    let undo = story.undo(6);
    story.make(&undo);
    assert!(state(&story).contains("1.1.0, left by stable for 1.0.0 “It counts backwards.”\n"), "{}", story.sketch());
}

#[test]
fn undoing_a_forced_way_back_holds_again() {
    let mut story = with(&rollback("stable", "1.0.0"));
    story.make(&promote("1.1.0", "stable"));
    let undo = story.undo(5);
    assert_eq!(story.make(&undo), ["stable: 1.1.0 → 1.0.0", "stable is held"]);
    assert!(state(&story).contains("1.1.0, left by stable for 1.0.0"), "{}", story.sketch());
    assert_eq!(story.make(&force("3.0.0", "stable"))[2], "stable is released");
}
