//! Bytes that are a document, and bytes that are not.

use patchbay_package::Digest;
use patchbay_registry::{
    Key,
    catalogue::{Head, Line},
    format::{
        FormatError,
        document::{ActionKind, ChannelName, Document},
        registry::About,
    },
};
use patchbay_testkit::document::{Story, deprecate, id, parsed, promote, publish, rollback, stamp, yank};
use proptest::prelude::*;
use uuid::Uuid;

fn key() -> Key {
    Key::Document(id())
}

fn parse(bytes: &[u8]) -> Result<Document, FormatError> {
    Document::parse(&key(), bytes)
}

fn story() -> Story {
    Story::of([
        &publish("1.0.0"),
        &publish("1.1.0"),
        &publish("2.0.0-rc.1"),
        &promote("1.0.0", "lts"),
        &rollback("stable", "1.0.0"),
        &yank("1.1.0"),
        &deprecate("1.0.0"),
    ])
}

/// The document as text, with something in it replaced.
fn with(from: &str, to: &str) -> String {
    let text = String::from_utf8(story().document().to_bytes()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replace(from, to)
}

#[test]
fn what_is_written_can_be_read() {
    for revision in story().revisions() {
        let bytes = revision.document.to_bytes();
        assert_eq!(parse(&bytes).unwrap(), revision.document);
        assert_eq!(Digest::of(&bytes), revision.digest);
        assert!(bytes.ends_with(b"}\n") && !bytes.contains(&b'\r'));
    }
}

#[test]
fn the_lines_are_as_the_format_says() {
    let bytes = Story::of([&publish("1.0.0")]).document().to_bytes();
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], r#"{"patchbay":1,"signatures":[]}"#);
    let head = r#"{"id":"timer","seq":1,"op":"00000000-0000-0000-0000-000000000001","ops":["00000000-0000-0000-0000-000000000001"],"actor":"ada","time":"2026-01-01T01:00:00Z","action":{"kind":"publish","versions":["1.0.0"],"channels":[{"channel":"stable","to":"1.0.0"}]},"owners":["ada"],"channels":{"stable":{"version":"1.0.0","since":"2026-01-01T01:00:00Z"}},"status":"active","card":{"name":"Timer","description":"As of 1.0.0.","author":""},"releases":1}"#;
    assert_eq!(lines[1], head);
    assert!(lines[2].starts_with(r#"{"version":"1.0.0","artifacts":[{"platform":"any","sha256":""#), "{}", lines[2]);
    assert_eq!(lines.len(), 3);
}

#[test]
fn no_beginning_of_a_document_is_a_document() {
    let bytes = story().document().to_bytes();
    for end in 0..bytes.len() {
        let error = parse(&bytes[..end]).expect_err("it is cut off");
        let cut = String::from_utf8_lossy(&bytes[..end]);
        assert!(matches!(error, FormatError::CutOff { .. }), "{error} of {cut}");
    }
    assert_eq!(parse(&bytes[..bytes.len() - 1]).unwrap_err().to_string(), "plugins/timer.jsonl is cut off.");
}

#[test]
fn no_beginning_of_the_other_objects_is_one() {
    let about = About::new(Uuid::from_u128(7), "Team").to_bytes();
    let head = Head::empty(Uuid::nil(), stamp(0, "").at);
    let head = head.add([Line::of(story().document(), None)], None, stamp(1, "").at).unwrap().to_bytes();
    // The newline after the one object is not part of it.
    for end in 0..about.len() - 1 {
        assert!(matches!(About::parse(&about[..end]), Err(FormatError::CutOff { .. })), "{end}");
    }
    for end in 0..head.len() {
        assert!(matches!(Head::parse(&head[..end]), Err(FormatError::CutOff { .. })), "{end}");
    }
    assert_eq!(About::parse(b"").unwrap_err().to_string(), "registry.json is cut off.");
    assert_eq!(Head::parse(b"").unwrap_err().to_string(), "catalog/head.json is cut off.");
}

const PAGE: &str = "<!DOCTYPE html>\n<html><body>Please sign in.</body></html>\n";

#[test]
fn each_wrong_document_gets_its_sentence() {
    let newer = "plugins/timer.jsonl is in format 2; this version of Patchbay knows format 1.";
    let cut = "plugins/timer.jsonl is cut off.";
    let unreadable = |line: u32| format!("plugins/timer.jsonl cannot be read: line {line} is not what Patchbay writes.");
    let wrong = |what: &str| format!("plugins/timer.jsonl contradicts itself: {what}.");
    let table = [
        // Of a later format, whatever else it looks like.
        ("newer", with(r#"{"patchbay":1"#, r#"{"patchbay":2"#), newer.to_owned()),
        ("newer and otherwise", "{\"patchbay\":2}\nnot JSON at all".into(), newer.into()),
        (
            "newer by far",
            "{\"patchbay\":18446744073709551615}\n".into(),
            "plugins/timer.jsonl is in format 18446744073709551615; this version of Patchbay knows format 1.".into(),
        ),
        // Not there.
        ("empty", String::new(), cut.into()),
        ("blank", "\n\n".into(), cut.into()),
        ("one line", "{\"patchbay\":1,\"signatures\":[]}\n".into(), cut.into()),
        ("a line missing", story_lines(&[0, 1, 2, 4]), cut.into()),
        // Not ours.
        ("not JSON", "hello\n".into(), unreadable(1)),
        ("a web page", PAGE.into(), unreadable(1)),
        ("a web page without an end", PAGE.trim_end().into(), unreadable(1)),
        ("an S3 error", "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>".into(), unreadable(1)),
        ("another JSON", "{}\n".into(), unreadable(1)),
        ("a list", "[1]\n".into(), unreadable(1)),
        ("a format that is no number", with(r#"{"patchbay":1"#, r#"{"patchbay":"1""#), unreadable(1)),
        ("bytes of another encoding", with("Timer", "Tim\u{0}er"), unreadable(2)),
        // Ours, and wrong inside.
        ("no seq", with(r#""seq":7,"#, ""), unreadable(2)),
        ("a seq below nothing", with(r#""seq":7,"#, r#""seq":-7,"#), unreadable(2)),
        ("an id that is none", with(r#""id":"timer""#, r#""id":"../timer""#), unreadable(2)),
        ("a channel that is none", with(r#""lts":{"#, r#""LTS":{"#), unreadable(2)),
        ("a version that is none", with(r#""version":"2.0.0-rc.1","artifacts""#, r#""version":"2.0","artifacts""#), unreadable(3)),
        ("a digest that is none", with(r#""sha256":""#, r#""sha256":"x"#), unreadable(3)),
        ("a status of later", with(r#""status":"active""#, r#""status":"sold""#), unreadable(2)),
        // Whole, and against the rules.
        ("another plugin", with(r#""id":"timer""#, r#""id":"other""#), wrong("it is the document of other")),
        ("revision 0", with(r#""seq":7,"#, r#""seq":0,"#), wrong("its revision number is 0")),
        (
            "a channel to nowhere",
            with(r#""lts":{"version":"1.0.0""#, r#""lts":{"version":"3.0.0""#),
            wrong("the channel lts points to 3.0.0, which it does not have"),
        ),
        (
            "a channel to what is yanked",
            with(r#""lts":{"version":"1.0.0""#, r#""lts":{"version":"1.1.0""#),
            wrong("the channel lts points to 1.1.0, which is yanked"),
        ),
        (
            "a version twice",
            with(r#""version":"2.0.0-rc.1","artifacts""#, r#""version":"1.0.0","artifacts""#),
            wrong("the version 1.0.0 stands in it twice"),
        ),
        (
            "a version twice but for its build",
            with(r#""version":"2.0.0-rc.1","artifacts""#, r#""version":"1.0.0+b","artifacts""#),
            wrong("the version 1.0.0 stands in it twice"),
        ),
        ("a release too many", with(r#""releases":3}"#, r#""releases":2}"#), wrong("it says that it has 2 releases, and has 3")),
    ];
    for (case, text, message) in table {
        assert_eq!(parse(text.as_bytes()).expect_err(case).to_string(), message, "{case}");
    }
}

/// The document without some of its lines.
fn story_lines(numbers: &[usize]) -> String {
    let text = with("", "");
    let lines: Vec<_> = text.lines().collect();
    numbers.iter().map(|n| format!("{}\n", lines[*n])).collect()
}

#[test]
fn each_kind_has_a_name_and_advice() {
    let nothing = "Nothing was changed. Tell whoever administers the registry; earlier revisions are under history/.";
    let newer = parse(b"{\"patchbay\":9}\n").unwrap_err();
    assert_eq!((newer.name(), newer.hint(), newer.key()), ("newer_format", "Update Patchbay.", "plugins/timer.jsonl"));
    let cut = parse(b"").unwrap_err();
    assert_eq!((cut.name(), cut.hint()), ("cut_off", nothing));
    let page = parse(PAGE.as_bytes()).unwrap_err();
    assert_eq!((page.name(), page.hint()), ("unreadable", nothing));
    let wrong = parse(with(r#""id":"timer""#, r#""id":"other""#).as_bytes()).unwrap_err();
    assert_eq!((wrong.name(), wrong.hint()), ("inconsistent", nothing));
}

#[test]
fn the_line_is_named_in_an_object_of_several() {
    let text = String::from_utf8(About::new(Uuid::from_u128(7), "Team").to_bytes()).unwrap();
    let wrong = text.replace(r#""name": "Team""#, r#""name": 7"#);
    assert_eq!(
        About::parse(wrong.as_bytes()).unwrap_err().to_string(),
        "registry.json cannot be read: line 4 is not what Patchbay writes."
    );
    let newer = text.replace(r#""patchbay": 1"#, r#""patchbay": 2"#);
    assert_eq!(
        About::parse(newer.as_bytes()).unwrap_err().to_string(),
        "registry.json is in format 2; this version of Patchbay knows format 1."
    );
}

#[test]
fn a_revision_is_the_one_that_its_key_names() {
    let bytes = story().document().to_bytes();
    assert!(Document::parse(&Key::Revision(id(), 7), &bytes).is_ok());
    let error = Document::parse(&Key::Revision(id(), 6), &bytes).unwrap_err();
    assert_eq!(error.to_string(), "history/timer/0000000006.jsonl contradicts itself: it is revision 7.");
    let error = Document::parse(&Key::Revision(parsed("other"), 7), &bytes).unwrap_err();
    assert_eq!(error.to_string(), "history/other/0000000007.jsonl contradicts itself: it is the document of timer.");
}

#[test]
fn a_deed_of_later_is_shown_as_it_is() {
    let text = with(r#""action":{"kind":"deprecate""#, r#""action":{"kind":"transfer""#);
    let document = parse(text.as_bytes()).unwrap();
    assert_eq!(document.header.action.kind, ActionKind::Other("transfer".into()));
    assert_eq!(String::from_utf8(document.to_bytes()).unwrap(), text);
}

#[test]
fn the_card_shows_stable_then_the_first_channel_then_the_highest() {
    let mut document = story().document().clone();
    let mut shown = |channels: &[&str]| {
        document.header.channels = story().document().header.channels.clone();
        document.header.channels.retain(|name, _| channels.contains(&name.as_str()));
        document.shown().unwrap().version.to_string()
    };
    assert_eq!(shown(&["stable", "beta", "lts"]), "1.0.0");
    assert_eq!(shown(&["beta", "lts"]), "2.0.0-rc.1");
    assert_eq!(shown(&["lts"]), "1.0.0");
    assert_eq!(shown(&[]), "2.0.0-rc.1");
    document.header.channels.clear();
    document.releases.retain(|r| r.yanked.is_some());
    assert_eq!(document.shown().unwrap().version.to_string(), "1.1.0", "yanked, for want of another");
    document.releases.clear();
    assert!(document.shown().is_none());
}

#[test]
fn names_of_channels() {
    for good in ["stable", "a", "lts-2", "b--c", "x-", &"a".repeat(32)] {
        assert!(good.parse::<ChannelName>().is_ok(), "{good}");
    }
    for bad in ["", "Stable", "1st", "-a", "a b", "ä", "a.b", "a/b", "a_b", &"a".repeat(33)] {
        let error = bad.parse::<ChannelName>().expect_err(bad);
        assert_eq!(error.to_string(), format!("“{bad}” cannot be the name of a channel."));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// One byte of it is another: it is refused, or it is a whole document that can be written and read again.
    #[test]
    fn damage_does_no_harm(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = story().document().to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(document) = parse(&bytes) {
            prop_assert_eq!(parse(&document.to_bytes()).unwrap(), document);
        }
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (parse(&bytes), About::parse(&bytes), Head::parse(&bytes));
    }
}
