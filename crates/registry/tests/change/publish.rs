//! Publishing.

use patchbay_registry::{
    Change, Refusal,
    change::{Publish, default_channel, stays},
    format::document::{ChannelName, Status},
};
use patchbay_testkit::document::{Story, force, parsed, promote, publish, publish_to, publishing, release, rollback, stamp, told, yank};

#[test]
fn the_first_release_makes_the_plugin() {
    let mut story = Story::new();
    assert_eq!(story.make(&publish("1.0.0")), ["adds 1.0.0", "stable: nothing → 1.0.0"]);
    assert_eq!(story.sketch(), "1 ada publish 1.0.0 [stable: nothing → 1.0.0]\n  stable=1.0.0\n  1.0.0");
    let header = &story.document().header;
    assert_eq!((header.seq, header.prev, &header.owners), (1, None, &vec!["ada".to_owned()]));
    assert_eq!((header.op, &header.ops), (stamp(1, "ada").op, &vec![stamp(1, "ada").op]));
    let release = &story.document().releases[0];
    assert_eq!((release.at, release.by.as_str()), (stamp(1, "ada").at, "ada"), "the stamp says when and by whom");
}

#[test]
fn nothing_but_a_publish_makes_a_plugin() {
    for change in [rollback("stable", "1.0.0"), promote("1.0.0", "beta"), yank("1.0.0")] {
        assert_eq!(Story::new().refused(&change), Refusal::NoPlugin);
    }
}

/// What a channel does when a version is published to it, by where it stands before.
#[test]
fn where_a_publish_moves_its_channel() {
    let table = [
        // A newer version.
        (publish("1.1.0"), vec!["adds 1.1.0", "stable: 1.0.0 → 1.1.0"]),
        (publish("1.0.1+build.7"), vec!["adds 1.0.1+build.7", "stable: 1.0.0 → 1.0.1+build.7"]),
        // An older line, and a pre-release of what stands there.
        (publish("0.9.5"), vec!["adds 0.9.5", "stable stays at 1.0.0: older"]),
        (force("0.9.5", "stable"), vec!["adds 0.9.5", "stable: 1.0.0 → 0.9.5"]),
        (publish_to("1.0.0-rc.1", "stable"), vec!["adds 1.0.0-rc.1", "stable stays at 1.0.0: older"]),
        // A pre-release.
        (publish("1.1.0-rc.1"), vec!["adds 1.1.0-rc.1", "beta: nothing → 1.1.0-rc.1"]),
        (publish_to("1.1.0-rc.1", "stable"), vec!["adds 1.1.0-rc.1", "stable stays at 1.0.0: pre-release"]),
        (force("1.1.0-rc.1", "stable"), vec!["adds 1.1.0-rc.1", "stable: 1.0.0 → 1.1.0-rc.1"]),
        // Another channel.
        (publish_to("1.1.0", "nightly"), vec!["adds 1.1.0", "nightly: nothing → 1.1.0"]),
        (publish_to("0.9.5", "legacy"), vec!["adds 0.9.5", "legacy: nothing → 0.9.5"]),
        (publish_to("1.1.0-rc.1", "nightly"), vec!["adds 1.1.0-rc.1", "nightly: nothing → 1.1.0-rc.1"]),
    ];
    for (change, expected) in table {
        assert_eq!(Story::of([&publish("1.0.0")]).make(&change), expected, "{change:?}");
    }
}

#[test]
fn a_held_channel_stays_until_its_author_insists() {
    let held = Story::of([&publish("1.0.0"), &publish("1.1.0"), &rollback("stable", "1.0.0")]);
    let mut story = held.clone();
    assert_eq!(story.make(&publish("1.2.0")), ["adds 1.2.0", "stable stays at 1.0.0: held"]);
    assert!(story.sketch().contains("\n  stable=1.0.0 held\n  1.2.0\n"), "{}", story.sketch());
    // Held says more than older.
    assert_eq!(story.make(&publish("0.9.0")), ["adds 0.9.0", "stable stays at 1.0.0: held"]);

    let mut story = held;
    assert_eq!(story.make(&force("1.2.0", "stable")), ["adds 1.2.0", "stable: 1.0.0 → 1.2.0", "stable is released"]);
    assert!(story.sketch().contains("\n  stable=1.2.0\n  1.2.0\n"), "{}", story.sketch());
}

#[test]
fn a_plugin_that_begins_with_a_pre_release_has_no_stable() {
    let mut story = Story::new();
    assert_eq!(story.make(&publish_to("1.0.0-rc.1", "stable")), ["adds 1.0.0-rc.1", "stable stays at nothing: pre-release"]);
    assert!(story.document().header.channels.is_empty());
    assert_eq!(story.document().shown().unwrap().version, parsed("1.0.0-rc.1"));
    let mut story = Story::new();
    assert_eq!(story.make(&force("1.0.0-rc.1", "stable")), ["adds 1.0.0-rc.1", "stable: nothing → 1.0.0-rc.1"]);
}

#[test]
fn the_rule_is_one_function_for_plans_too() {
    for (version, channel) in [("1.0.0", "stable"), ("1.0.0-a", "beta"), ("1.0.0+a", "stable"), ("0.1.0-0", "beta")] {
        assert_eq!(default_channel(&parsed(version)).as_str(), channel, "{version}");
    }
    assert_eq!(stays(&ChannelName::stable(), None, &parsed("1.0.0")), None);
}

#[test]
fn the_same_bytes_again_change_nothing() {
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0")]);
    assert_eq!(story.unchanged(&publish("1.0.0")), ["1.0.0 is live already"]);
    assert_eq!(story.unchanged(&force("1.0.0", "stable")), ["1.0.0 is live already"], "also when it could move a channel");
    assert_eq!(story.document().header.seq, 2);
    // Other words about the same package are no other package.
    let mut again = publishing("1.0.0");
    again.release.notes = Some("New words.".into());
    assert_eq!(story.unchanged(&Change::Publish(Box::new(again))), ["1.0.0 is live already"]);
}

fn with_bytes(version: &str, content: &str) -> Change {
    Change::Publish(Box::new(Publish { release: release(version, content), ..publishing(version) }))
}

#[test]
fn a_version_is_taken_once() {
    let mut story = Story::new();
    story.apply_by("ben", &publish("1.0.0")).unwrap();
    story.apply_by("ben", &publish("1.0.1")).unwrap();
    let refusal = story.refused(&with_bytes("1.0.0", "other"));
    assert_eq!(
        refusal,
        Refusal::VersionTaken { version: parsed("1.0.0"), by: "ben".into(), at: stamp(1, "").at, next_free: parsed("1.0.2") }
    );
    assert_eq!(refusal.to_string(), "Version 1.0.0 is taken: ben published other files under it on 2026-01-01.");
    assert_eq!(refusal.hint(), "Publish as 1.0.2, the next free version.");
    assert!(refusal.is_conflict());
    // It stays taken when it is yanked.
    story.make(&yank("1.0.0"));
    assert!(matches!(story.refused(&with_bytes("1.0.0", "other")), Refusal::VersionTaken { .. }));
}

#[test]
fn build_metadata_does_not_make_another_version() {
    let mut story = Story::of([&publish("1.0.0+a"), &publish("2.0.0-rc.1+a")]);
    let Refusal::VersionTaken { version, next_free, .. } = story.refused(&with_bytes("1.0.0+b", "other")) else { panic!("it is taken") };
    assert_eq!((version, next_free), (parsed("1.0.0+a"), parsed("1.0.1")), "it names what stands there");
    let Refusal::VersionTaken { next_free, .. } = story.refused(&with_bytes("2.0.0-rc.1", "other")) else { panic!("it is taken") };
    assert_eq!(next_free, parsed("2.0.0"));
    // The same bytes under another spelling are the same release.
    let mut again = publishing("1.0.0+b");
    again.release.artifacts = release("1.0.0+a", "first").artifacts;
    assert_eq!(story.unchanged(&Change::Publish(Box::new(again))), ["1.0.0+a is live already"]);
}

#[test]
fn every_artifact_counts() {
    let two = |version: &str| {
        let mut publish = publishing(version);
        let mut second = release(version, "second").artifacts[0].clone();
        second.platform = "linux-x64".into();
        publish.release.artifacts.push(second);
        publish
    };
    let mut story = Story::of([&Change::Publish(Box::new(two("1.0.0")))]);
    assert_eq!(story.unchanged(&Change::Publish(Box::new(two("1.0.0")))), ["1.0.0 is live already"]);
    assert_eq!(story.unchanged(&publish("1.0.0")), ["1.0.0 is live already"], "a part of it is there");
    let mut swapped = two("1.0.0");
    swapped.release.artifacts[1].sha256 = swapped.release.artifacts[0].sha256;
    assert!(matches!(story.refused(&Change::Publish(Box::new(swapped))), Refusal::VersionTaken { .. }));
    let mut story = Story::of([&publish("1.0.0")]);
    assert!(matches!(story.refused(&Change::Publish(Box::new(two("1.0.0")))), Refusal::VersionTaken { .. }), "it has one more");
}

#[test]
fn a_release_without_a_package_is_not_live_already() {
    let mut story = Story::of([&publish("1.0.0")]);
    let mut empty = publishing("1.0.0");
    empty.release.artifacts.clear();
    assert!(matches!(story.refused(&Change::Publish(Box::new(empty))), Refusal::VersionTaken { .. }));
}

#[test]
fn a_frozen_plugin_takes_nothing_and_can_still_be_repaired() {
    let story = Story::of([&publish("1.0.0"), &publish("1.1.0")]);
    let with = |status| {
        let mut document = story.document().clone();
        document.header.status = status;
        Story::standing(document)
    };
    let refusal = with(Status::Frozen).refused(&publish("1.2.0"));
    assert_eq!(refusal, Refusal::Frozen);
    assert_eq!(refusal.to_string(), "The plugin is frozen: it takes no new versions.");
    let mut frozen = with(Status::Frozen);
    frozen.make(&rollback("stable", "1.0.0"));
    frozen.make(&yank("1.1.0"));
    assert_eq!(frozen.document().header.status, Status::Frozen);
    for status in [Status::Active, Status::Deprecated, Status::Hidden] {
        let mut story = with(status.clone());
        story.make(&publish("1.2.0"));
        assert_eq!(story.document().header.status, status, "a publish leaves it");
    }
}

#[test]
fn the_card_is_that_of_the_version_it_shows() {
    let said = |story: &Story| story.document().header.card.description.clone();
    let mut story = Story::of([&publish("1.0.0"), &publish("2.0.0")]);
    assert_eq!(said(&story), "As of 2.0.0.");
    for other in [publish("1.0.5"), publish("3.0.0-rc.1"), publish_to("3.0.0", "nightly")] {
        story.make(&other);
        assert_eq!(said(&story), "As of 2.0.0.", "{other:?}");
    }
    story.make(&publish("3.0.1"));
    assert_eq!(said(&story), "As of 3.0.1.");
}

#[test]
fn hosts_are_compared_when_a_channel_moves() {
    let with_hosts = |version: &str, hosts: &[(&str, &str)]| {
        let mut publish = publishing(version);
        publish.release.hosts = hosts.iter().map(|(host, range)| ((*host).to_owned(), (*range).to_owned())).collect();
        Change::Publish(Box::new(publish))
    };
    let mut story = Story::of([&with_hosts("1.0.0", &[("app", ">=1"), ("cli", ">=1")])]);
    assert_eq!(
        story.make(&with_hosts("1.1.0", &[("app", ">=1"), ("cli", ">=1")])),
        ["adds 1.1.0", "stable: 1.0.0 → 1.1.0", "1.0.0 and 1.1.0 have the same hosts"]
    );
    assert_eq!(
        story.make(&with_hosts("1.2.0", &[("app", ">=2"), ("web", "*")])),
        [
            "adds 1.2.0",
            "stable: 1.1.0 → 1.2.0",
            "app: Some(\">=1\") → Some(\">=2\")",
            "cli: Some(\">=1\") → None",
            "web: None → Some(\"*\")"
        ]
    );
    let back = story.make(&rollback("stable", "1.1.0"));
    assert_eq!(back[2..], ["app: Some(\">=2\") → Some(\">=1\")", "cli: None → Some(\">=1\")", "web: Some(\"*\") → None"]);
}

#[test]
fn the_last_published_comes_first() {
    let story = Story::of([&publish("1.0.0"), &publish("2.0.0"), &publish("1.0.1")]);
    let versions: Vec<_> = story.document().releases.iter().map(|r| r.version.to_string()).collect();
    assert_eq!(versions, ["1.0.1", "2.0.0", "1.0.0"]);
}

#[test]
fn a_plan_says_what_the_change_does() {
    let story = Story::of([&publish("1.0.0")]);
    let planned = patchbay_registry::change::apply(Some(story.revision()), &publish("1.1.0"), &stamp(9, "")).unwrap();
    assert_eq!(told(planned.consequences()), story.clone().make(&publish("1.1.0")));
}
