//! What holds whatever people do, in whatever order.

use patchbay_package::{Digest, same_version};
use patchbay_registry::{
    Change, Key,
    catalogue::{Line, Row, Table},
    change::Next,
    format::{MAX_OPERATIONS, document::Document},
};
use patchbay_testkit::document::{Story, deprecate, force, id, parsed, promote, publish_to, rollback, stamp, undeprecate, unyank, yank};
use proptest::{prelude::*, sample::select};

const VERSIONS: [&str; 8] = ["1.0.0", "1.0.1", "1.1.0-rc.1", "1.1.0", "1.1.0+b", "2.0.0-0", "2.0.0", "0.9.0"];
const CHANNELS: [&str; 3] = ["stable", "beta", "lts"];

/// Something that a person tries.
#[derive(Clone, Debug)]
enum Try {
    Do(Change),
    /// To take back a revision that is so many back.
    Undo(usize),
    /// To set the state of a revision that is so many back.
    Restore(usize),
}

fn version() -> impl Strategy<Value = &'static str> {
    select(&VERSIONS[..])
}

fn channel() -> impl Strategy<Value = &'static str> {
    select(&CHANNELS[..])
}

fn attempt() -> impl Strategy<Value = Try> {
    let and_yank = |(channel, to): (&str, &str)| Change::Rollback {
        channel: parsed(channel),
        to: parsed(to),
        reason: "x".into(),
        yank: true,
        expect: None,
    };
    prop_oneof![
        4 => (version(), channel()).prop_map(|(v, c)| Try::Do(publish_to(v, c))),
        1 => (version(), channel()).prop_map(|(v, c)| Try::Do(force(v, c))),
        3 => (channel(), version()).prop_map(|(c, v)| Try::Do(rollback(c, v))),
        1 => (channel(), version()).prop_map(move |pair| Try::Do(and_yank(pair))),
        3 => (version(), channel()).prop_map(|(v, c)| Try::Do(promote(v, c))),
        2 => version().prop_map(|v| Try::Do(yank(v))),
        2 => version().prop_map(|v| Try::Do(unyank(v))),
        1 => version().prop_map(|v| Try::Do(deprecate(v))),
        1 => version().prop_map(|v| Try::Do(undeprecate(v))),
        3 => (0_usize..6).prop_map(Try::Undo),
        1 => (0_usize..6).prop_map(Try::Restore),
    ]
}

/// Every rule of a document and of its next one.
fn check(before: Option<&Document>, now: &Document, ops: &[uuid::Uuid]) {
    let header = &now.header;
    assert_eq!(header.seq, before.map_or(0, |b| b.header.seq) + 1);
    assert_eq!(header.prev, before.map(|b| Digest::of(&b.to_bytes())));
    assert_eq!(header.ops.first(), Some(&header.op));
    let expected: Vec<_> = ops.iter().rev().take(MAX_OPERATIONS).copied().collect();
    assert_eq!(header.ops, expected);
    for (i, release) in now.releases.iter().enumerate() {
        assert!(now.releases[..i].iter().all(|r| !same_version(&r.version, &release.version)), "{} is there twice", release.version);
        for left in release.rolled_back.keys() {
            let back = header.channels.get(left).is_some_and(|c| same_version(&c.version, &release.version));
            assert!(!back, "{} is marked as left by {left}, which stands there", release.version);
        }
    }
    for (name, channel) in &header.channels {
        let release = now.release(&channel.version).unwrap_or_else(|| panic!("{name} points to nothing"));
        assert_eq!(release.version, channel.version, "as it was published");
        assert!(release.yanked.is_none(), "{name} points to what is yanked");
    }
    for old in before.iter().flat_map(|b| &b.releases) {
        let kept = now.releases.iter().find(|r| r.version == old.version).unwrap_or_else(|| panic!("{} is gone", old.version));
        assert_eq!((&kept.artifacts, kept.at, &kept.by), (&old.artifacts, old.at, &old.by), "{} is another", old.version);
    }
    let bytes = now.to_bytes();
    let again = Document::parse(&Key::Document(id()), &bytes).unwrap();
    assert_eq!(&again, now);
    assert_eq!(again.to_bytes(), bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do(attempts in prop::collection::vec(attempt(), 1..80)) {
        let mut story = Story::new();
        let (mut tried, mut ops) = (0, Vec::new());
        let mut table = Table::default();
        for attempt in attempts {
            let change = match attempt {
                Try::Do(change) => change,
                Try::Undo(back) => {
                    let seq = story.revisions().len().saturating_sub(back);
                    if seq < 2 { continue }
                    story.undo(seq)
                }
                Try::Restore(back) => {
                    let seq = story.revisions().len().saturating_sub(back);
                    if seq < 1 { continue }
                    story.restore(seq)
                }
            };
            let before = story.revisions().last().map(|r| r.document.clone());
            tried += 1;
            match story.apply(&change) {
                Ok(Next::Write { .. }) => {
                    ops.push(stamp(tried, "").op);
                    check(before.as_ref(), story.document(), &ops);
                    table = table.with([Line::of(story.document(), None)]).unwrap();
                    let row = table.row(&id()).unwrap();
                    let derived = Row::of(story.document());
                    prop_assert_eq!(Some(&row), derived.as_ref());
                    for (name, channel) in &row.channels {
                        let first = row.rollbacks.iter().find(|left| left.channel == *name);
                        // A held channel says why, unless an undo put it back where a rollback had put it before.
                        prop_assert_eq!(channel.held, first.is_some());
                        if let Some(left) = first {
                            prop_assert_eq!((&left.rollback.to, left.rollback.at), (&channel.version, channel.since));
                        }
                    }
                }
                Ok(Next::Unchanged { .. }) | Err(_) => {
                    prop_assert_eq!(story.revisions().last().map(|r| &r.document), before.as_ref());
                }
            }
        }
    }

    #[test]
    fn a_change_then_its_undo_is_no_change(attempts in prop::collection::vec(attempt(), 1..30), last in attempt()) {
        let mut story = Story::new();
        for attempt in attempts {
            if let Try::Do(change) = attempt {
                let _ = story.apply(&change);
            }
        }
        let Try::Do(change) = last else { return Ok(()) };
        if matches!(change, Change::Publish(_)) || story.revisions().is_empty() {
            return Ok(());
        }
        let before = story.document().clone();
        if let Ok(Next::Write { .. }) = story.apply(&change) {
            let undo = story.undo(story.revisions().len());
            story.make(&undo);
            let now = story.document();
            prop_assert_eq!(&now.releases, &before.releases);
            prop_assert_eq!(&now.header.channels, &before.header.channels);
        }
    }
}
