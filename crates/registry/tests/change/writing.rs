//! What every revision carries: the operation, the digest of the one before, and what nobody here understands.

use patchbay_package::Digest;
use patchbay_registry::{
    Change, Key, Refusal,
    change::{Next, Revision, apply},
    format::{MAX_DOCUMENT, MAX_OPERATIONS, RESERVED, document::Document},
};
use patchbay_testkit::document::{
    Story, deprecate, id, parsed, promote, publish, publishing, release, rollback, stamp, undeprecate, unyank, yank,
};
use serde_json::{Value, json};

#[test]
fn each_revision_names_the_digest_of_the_one_before() {
    let story = Story::of([&publish("1.0.0"), &publish("1.1.0"), &rollback("stable", "1.0.0"), &yank("1.1.0")]);
    for pair in story.revisions().windows(2) {
        assert_eq!(pair[1].document.header.prev, Some(Digest::of(&pair[0].document.to_bytes())));
        assert_eq!(pair[1].document.header.seq, pair[0].document.header.seq + 1);
    }
}

#[test]
fn the_last_operations_are_remembered_newest_first() {
    let mut story = Story::of([&publish("1.0.0"), &publish("1.1.0")]);
    for n in 0..100 {
        story.make(&if n % 2 == 0 { yank("1.0.0") } else { unyank("1.0.0") });
    }
    let header = &story.document().header;
    let expected: Vec<_> = (39..=102).rev().map(|n| stamp(n, "").op).collect();
    assert_eq!((header.ops.len(), header.seq, header.op), (MAX_OPERATIONS, 102, expected[0]));
    assert_eq!(header.ops, expected);
}

/// Makes the document as large as it can become: the notes of one release fill it up to `left` bytes.
fn filled(left: u64) -> Story {
    let mut document = Story::of([&publish("1.0.0"), &publish("1.1.0")]).document().clone();
    let size = document.to_bytes().len() as u64;
    document.releases[1].notes = Some("x".repeat(usize::try_from(MAX_DOCUMENT - left - size - r#","notes":"""#.len() as u64).unwrap()));
    assert_eq!(document.to_bytes().len() as u64, MAX_DOCUMENT - left);
    Story::standing(document)
}

#[test]
fn a_full_document_takes_no_publish() {
    let refusal = filled(100).refused(&publish("1.2.0"));
    assert_eq!(refusal, Refusal::DocumentFull);
    assert_eq!(refusal.to_string(), "The plugin's document is full (1 MiB).");
    assert_eq!(refusal.hint(), "Tell whoever administers the registry; shorter notes make room.");
    // Far from full, it does.
    filled(200_000).make(&publish("1.2.0"));
}

#[test]
fn a_publish_leaves_room_to_roll_it_back() {
    // As full as a publish may leave it, to a hundred bytes.
    let fits = |left: &u64| filled(*left).apply(&publish("1.2.0")).is_ok();
    let least = (0..20).map(|n| RESERVED + n * 100).find(fits).unwrap();
    let mut story = filled(least);
    story.make(&publish("1.2.0"));
    assert!(story.document().to_bytes().len() as u64 > MAX_DOCUMENT - RESERVED - 100);
    // Six bytes for each character.
    let reason = format!("x{}x", "\u{0}".repeat(498));
    let back = Change::Rollback { channel: parsed("stable"), to: parsed("1.0.0"), reason, yank: true, expect: None };
    for _ in 0..2 {
        story.make(&back);
        let undo = story.undo(story.revisions().len());
        story.make(&undo);
    }
    story.make(&back);
    story.make(&deprecate("1.0.0"));
    story.make(&promote("1.1.0", "stable"));
    assert!((story.document().to_bytes().len() as u64) < MAX_DOCUMENT);
}

/// Puts `"later": …` into every object of a value, except where names are keys.
fn sprinkle(value: &mut Value, path: &str) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map.iter_mut() {
                sprinkle(inner, &format!("{path}.{name}"));
            }
            let named = ["channels", "hosts", "rolled_back"].iter().any(|n| path.ends_with(n) && !path.ends_with("action.channels"));
            if !named {
                map.insert("later".into(), json!({ "at": path, "n": [1, 2.5, null] }));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| sprinkle(inner, path)),
        _ => {}
    }
}

/// The paths of everything that was sprinkled and is still there.
fn sprinkled(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(at) = map.get("later") {
                assert_eq!(at["n"], json!([1, 2.5, null]));
                found.push(at["at"].as_str().unwrap().to_owned());
            }
            map.values().for_each(|inner| sprinkled(inner, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| sprinkled(inner, found)),
        _ => {}
    }
}

/// A document of a later Patchbay of the same format: every object has a field that this one does not know.
fn from_later() -> (Vec<u8>, Revision) {
    let mut full = publishing("1.1.0");
    full.release.hosts = [("app".to_owned(), "*".to_owned())].into();
    let story = Story::of([
        &publish("1.0.0"),
        &Change::Publish(Box::new(full)),
        &promote("1.0.0", "beta"),
        &rollback("stable", "1.0.0"),
        &yank("1.1.0"),
        &deprecate("1.1.0"),
    ]);
    let text = String::from_utf8(story.document().to_bytes()).unwrap();
    let lines: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(n, line)| {
            let mut value: Value = serde_json::from_str(line).unwrap();
            if n == 1 {
                value["deprecated"] = json!({ "message": "No longer made.", "replacement": "other" });
            }
            sprinkle(&mut value, &format!("line{}", n + 1));
            value.to_string()
        })
        .collect();
    let bytes = format!("{}\n", lines.join("\n")).into_bytes();
    let document = Document::parse(&Key::Document(id()), &bytes).unwrap();
    (bytes.clone(), Revision { document, digest: Digest::of(&bytes) })
}

fn paths(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for line in bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        sprinkled(&serde_json::from_slice(line).unwrap(), &mut found);
    }
    found.sort();
    found
}

#[test]
fn what_a_later_patchbay_wrote_survives_a_rewrite() {
    let (bytes, revision) = from_later();
    // What a revision did is each revision's own.
    let everything: Vec<_> = paths(&bytes).into_iter().filter(|p| !p.starts_with("line2.action")).collect();
    for level in ["line1", "line2", "line2.card", "line2.channels.beta", "line2.deprecated", "line3", "line3.artifacts", "line3.yanked"] {
        assert!(everything.iter().any(|p| p == level), "{level} is not in {everything:?}");
    }
    assert_eq!(paths(&revision.document.to_bytes()), everything, "written again as it is");
    for (change, replaced) in [
        (promote("1.0.0", "nightly"), ""),
        // The channel is held, so the card stays too.
        (publish("1.2.0"), ""),
        (unyank("1.1.0"), "line3.yanked"),
        (undeprecate("1.1.0"), "line3.deprecated"),
    ] {
        let Ok(Next::Write { document, .. }) = apply(Some(&revision), &change, &stamp(50, "ada")) else { panic!("{change:?}") };
        let expected: Vec<_> = everything.iter().filter(|p| *p != replaced).cloned().collect();
        assert_eq!(paths(&document.to_bytes()), expected, "{change:?}");
    }
}

#[test]
fn an_undo_keeps_what_a_later_patchbay_wrote() {
    let (_, revision) = from_later();
    let mut story = Story::standing(revision.document);
    story.make(&promote("1.0.0", "nightly"));
    let before = paths(&story.document().to_bytes());
    let undo = story.undo(2);
    story.make(&undo);
    assert_eq!(paths(&story.document().to_bytes()), before);
}

#[test]
fn the_release_is_taken_as_it_is_given() {
    let mut given = publishing("1.0.0");
    given.release = release("1.0.0", "x");
    given.release.notes = Some("\u{1f50c} notes\nwith \"quotes\"".into());
    given.release.license = Some("MIT".into());
    let mut story = Story::new();
    story.make(&Change::Publish(Box::new(given.clone())));
    let kept = &story.document().releases[0];
    given.release.at = kept.at;
    given.release.by.clone_from(&kept.by);
    assert_eq!(*kept, given.release);
}
