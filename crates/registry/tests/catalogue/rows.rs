//! What the catalogue says of one plugin.

use patchbay_registry::{
    Change,
    catalogue::{Follows, Line, MAX_ENTRIES, Row, Rung, Verdict, verdict},
    format::release::Artifact,
    store::ETag,
};
use patchbay_testkit::document::{Story, deprecate, parsed, promote, publish, publishing, rollback, yank};
use serde_json::json;

#[test]
fn a_row_says_what_the_document_says() {
    let mut full = publishing("1.1.0");
    full.release.hosts = [("app".to_owned(), ">=2".to_owned())].into();
    full.release.license = Some("MIT".into());
    full.card.categories = vec!["time".into()];
    let story = Story::of([&publish("1.0.0"), &Change::Publish(Box::new(full)), &publish("2.0.0-rc.1")]);
    let etag = ETag("\"abc\"".into());
    let line = serde_json::to_value(Line::of(story.document(), Some(&etag))).unwrap();
    assert_eq!(
        (&line["id"], &line["seq"], &line["tag"], &line["card"]),
        (
            &json!("timer"),
            &json!(3),
            &json!("ba7816bf"),
            &json!({ "name": "Timer", "description": "As of 1.1.0.", "author": "", "categories": ["time"] }),
        )
    );
    assert_eq!(
        line["row"],
        json!({
            "status": "active",
            "channels": {
                "beta": { "version": "2.0.0-rc.1", "release": 3, "since": "2026-01-01T03:00:00Z" },
                "stable": { "version": "1.1.0", "release": 2, "since": "2026-01-01T02:00:00Z" },
            },
            "version": "1.1.0", "size": 1000, "hosts": { "app": ">=2" }, "license": "MIT", "published": "2026-01-01T02:00:00Z",
            "releases": 3, "updated": "2026-01-01T03:00:00Z",
            "ladder": [
                { "version": "2.0.0-rc.1", "release": 3 },
                { "version": "1.1.0", "release": 2, "hosts": { "app": ">=2" } },
                { "version": "1.0.0", "release": 1 },
            ],
        })
    );
}

#[test]
fn a_row_says_what_people_should_leave_and_why() {
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0"), &promote("1.1.0", "beta"), &rollback("stable", "1.0.0")]);
    let left = |story: &Story| -> Vec<String> {
        let row = Row::of(story.document()).unwrap();
        row.rollbacks.iter().map(|l| format!("{} {} → {} at {}", l.channel, l.from, l.rollback.to, l.rollback.at)).collect()
    };
    assert_eq!(left(&story), ["stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    story.make(&rollback("beta", "1.0.0"));
    assert_eq!(left(&story), ["beta 1.1.0 → 1.0.0 at 2026-01-01T05:00:00Z", "stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    // A publish changes nothing about it; going on does.
    story.make(&publish("1.2.0"));
    assert_eq!(left(&story).len(), 2);
    story.make(&promote("1.2.0", "beta"));
    assert_eq!(left(&story), ["stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    // Rolled back to the same place once more: the rollback that holds it comes first, the older one after it.
    story.make(&promote("1.2.0", "stable"));
    assert_eq!(left(&story), [""; 0]);
    story.make(&rollback("stable", "1.0.0"));
    assert_eq!(left(&story), ["stable 1.2.0 → 1.0.0 at 2026-01-01T09:00:00Z", "stable 1.1.0 → 1.0.0 at 2026-01-01T04:00:00Z"]);
    let json = serde_json::to_value(Row::of(story.document()).unwrap()).unwrap();
    assert_eq!(
        json["rollbacks"][0],
        json!({ "from": "1.2.0", "channel": "stable", "to": "1.0.0", "reason": "It counts backwards.", "at": "2026-01-01T09:00:00Z", "by": "ada" })
    );
}

#[test]
fn a_ladder_has_the_newest_version_for_each_host_range_and_platform() {
    let of = |version: &str, host: &str, platforms: &[&str]| {
        let mut publish = publishing(version);
        publish.release.hosts = [("app".to_owned(), host.to_owned())].into();
        let artifact = publish.release.artifacts.remove(0);
        publish.release.artifacts = platforms.iter().map(|p| Artifact { platform: (*p).to_owned(), ..artifact.clone() }).collect();
        Change::Publish(Box::new(publish))
    };
    let mut story = Story::of([
        &of("1.0.0", ">=1", &["any"]),
        &of("1.1.0", ">=1", &["any"]),
        &of("1.2.0", ">=1", &["linux-x64", "macos-arm64"]),
        &of("1.3.0", ">=2", &["linux-x64"]),
        &of("1.4.0", ">=2", &["linux-x64"]),
        &of("2.0.0-rc.1", ">=2", &["linux-x64"]),
    ]);
    let rungs = |story: &Story| -> Vec<String> {
        let one = |r: Rung| format!("{} #{} {} {}", r.version, r.release, r.hosts["app"], Vec::from_iter(r.platforms).join("+"));
        Row::of(story.document()).unwrap().rungs().map(one).collect()
    };
    let older = ["1.2.0 #3 >=1 linux-x64+macos-arm64", "1.1.0 #2 >=1 "];
    // The pre-release is the newest on beta and nothing to those on stable.
    assert_eq!(rungs(&story), [&["2.0.0-rc.1 #6 >=2 linux-x64", "1.4.0 #5 >=2 linux-x64"][..], &older].concat());
    // A yanked version and one that was rolled back are nobody's newest.
    story.make(&rollback("stable", "1.3.0"));
    assert_eq!(rungs(&story), [&["2.0.0-rc.1 #6 >=2 linux-x64", "1.3.0 #4 >=2 linux-x64"][..], &older].concat());
    story.make(&yank("1.2.0"));
    assert_eq!(rungs(&story)[2..], ["1.1.0 #2 >=1 "]);
    // One version for everybody goes without saying.
    let story = Story::of([&publish("1.0.0"), &publish("1.1.0")]);
    let row = Row::of(story.document()).unwrap();
    assert!(row.ladder.is_empty());
    assert_eq!(row.rungs().map(|r| (r.version.to_string(), r.release)).collect::<Vec<_>>(), [("1.1.0".to_owned(), 2)]);
}

#[test]
fn a_row_says_what_is_yanked_and_advised_against_and_stays_small() {
    let versions: Vec<String> = (0..=20).map(|n| format!("1.{n}.0")).collect();
    let mut story = Story::of(&versions.iter().map(|v| publish(v)).collect::<Vec<_>>());
    story.make(&yank("1.3.0"));
    story.make(&deprecate("1.5.0"));
    let row = Row::of(story.document()).unwrap();
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(json["yanked"], json!([{ "version": "1.3.0", "reason": "It leaks.", "at": "2026-01-01T22:00:00Z" }]));
    assert_eq!(json["advised"], json!([{ "version": "1.5.0", "message": "Too old.", "replacement": "2.0.0" }]));
    assert!(!row.more);
    for version in versions[..20].iter().filter(|v| *v != "1.5.0") {
        story.make(&deprecate(version));
    }
    let row = Row::of(story.document()).unwrap();
    assert_eq!((row.advised.len(), row.advised[0].version.to_string(), row.more), (MAX_ENTRIES, "1.19.0".to_owned(), true));
}

#[test]
fn what_to_do_about_an_installed_version() {
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0"), &publish("1.2.0"), &publish("1.3.0-rc.1")]);
    let told = |story: &Story, installed: &str, channel: &str| {
        let row = Row::of(story.document()).unwrap();
        let (version, channel) = (parsed(installed), parsed(channel));
        match verdict(&row, Follows { version: &version, channel: &channel }, |_| true) {
            Verdict::Current => "current".to_owned(),
            Verdict::Update { to } => format!("update to {to}"),
            Verdict::GoBack(left) => format!("go back to {}: {}", left.rollback.to, left.rollback.reason),
            Verdict::Ahead { of } => format!("ahead of {of}"),
            Verdict::NoChannel => "no channel".to_owned(),
        }
    };
    assert_eq!(told(&story, "1.2.0", "stable"), "current");
    assert_eq!(told(&story, "1.0.0", "stable"), "update to 1.2.0");
    assert_eq!(told(&story, "1.2.0", "beta"), "update to 1.3.0-rc.1");
    assert_eq!(told(&story, "1.3.0-rc.1", "stable"), "ahead of 1.2.0");
    assert_eq!(told(&story, "1.0.0", "lts"), "no channel");
    story.make(&rollback("stable", "1.0.0"));
    let back = "go back to 1.0.0: It counts backwards.";
    assert_eq!(told(&story, "1.2.0", "stable"), back);
    // Who skipped the version that was rolled back is above the channel all the same.
    assert_eq!(told(&story, "1.1.0", "stable"), back);
    assert_eq!(told(&story, "1.0.0", "stable"), "current");
    story.make(&publish("1.4.0"));
    assert_eq!(told(&story, "1.2.0", "stable"), back, "a publish changes nothing about it");
    assert_eq!(told(&story, "1.4.0", "stable"), "ahead of 1.0.0", "installed by hand, above what was left");
    story.make(&promote("1.4.0", "stable"));
    assert_eq!(told(&story, "1.2.0", "stable"), "update to 1.4.0");
}

#[test]
fn an_update_is_for_this_host() {
    let of = |version: &str, host: &str| {
        let mut publish = publishing(version);
        publish.release.hosts = [("app".to_owned(), host.to_owned())].into();
        Change::Publish(Box::new(publish))
    };
    let story = Story::of([&of("1.0.0", ">=1"), &of("1.1.0", ">=1"), &of("2.0.0", ">=2")]);
    let row = Row::of(story.document()).unwrap();
    let (version, channel) = (parsed("1.0.0"), parsed("stable"));
    let old = |rung: &Rung| rung.hosts["app"] == ">=1";
    let said = verdict(&row, Follows { version: &version, channel: &channel }, old);
    assert_eq!(said, Verdict::Update { to: parsed("1.1.0") });
}
