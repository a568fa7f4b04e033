//! `docs/format.md` names exactly what is written: no field more, none less, and the numbers are the code's.

use std::collections::BTreeSet;

use patchbay_package::{Digest, FileEntry, FileList, Limits, Mode, id, path, version};
use patchbay_registry::{
    Change, Key,
    catalogue::{self, Head, Lines, MAX_DELTAS, MAX_ENTRIES, MAX_HEAD, MAX_RING, Part, Row},
    change::MAX_REASON,
    format::{
        FORMAT, MAX_DOCUMENT, MAX_OPERATIONS, RESERVED,
        document::{Action, ActionKind, Document, Status},
        registry::About,
        release::Deprecation,
    },
    store::ETag,
};
use patchbay_testkit::document::{Story, deprecate, id as plugin, parsed, promote, publish, publish_to, publishing, rollback, stamp, yank};
use serde_json::{Map, Value};
use uuid::Uuid;

const DOC: &str = include_str!("../../../docs/format.md");

/// A line of a table.
#[derive(Debug)]
struct Line {
    /// What stands in backticks in the first column.
    names: Vec<String>,
    /// The columns after it.
    cells: Vec<String>,
}

impl Line {
    fn is_optional(&self) -> bool {
        self.cells[0].split(", ").any(|word| word == "optional")
    }

    /// `{"a", "b"?}` in its text: each name, and whether it is optional.
    fn shape(&self) -> Option<Vec<(String, bool)>> {
        let text = self.cells.join(" ");
        let (_, rest) = text.split_once("{\"")?;
        let (inner, _) = rest.split_once('}')?;
        let one = |field: &str| (field.trim_matches(['"', '?']).to_owned(), field.ends_with('?'));
        Some(format!("\"{inner}").split(", ").map(one).collect())
    }
}

fn in_backticks(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The first table after a text that stands in the document once.
fn table(after: &str) -> Vec<Line> {
    let mut parts = DOC.split(after);
    let (_, rest, None) = (parts.next(), parts.next(), parts.next()) else { panic!("{after:?} stands there more than once") };
    let lines = rest.unwrap_or_else(|| panic!("{after:?} is not in it")).lines();
    let rows = lines.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| -> Vec<String> {
        // A `|` in backticks belongs to the cell.
        let mut cells = vec![String::new()];
        let mut code = false;
        for c in row.trim().trim_matches('|').chars() {
            code ^= c == '`';
            if c == '|' && !code { cells.push(String::new()) } else { cells.last_mut().unwrap().push(c) }
        }
        cells.iter().map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(|row| {
        let mut cells = cells(row);
        Line { names: in_backticks(&cells.remove(0)), cells }
    })
    .collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap_or_else(|| panic!("{value} is an object")).keys().cloned().collect()
}

/// An object that stands in a field, in a list there, or under names of its own.
fn inner(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(list) => list.first(),
        Value::Object(map) => match map.values().next() {
            Some(Value::Object(_)) => map.values().next(),
            _ => Some(value),
        },
        _ => None,
    }
}

/// The table names the fields of an object that has all of them, and those without “optional” are the fields of one that
/// has as few as can be.
fn holds(table: &[Line], full: &Value, least: &Value) {
    let all: BTreeSet<_> = table.iter().flat_map(|line| line.names.clone()).collect();
    assert_eq!(all, keys(full), "what the document names, and what is written");
    let required: BTreeSet<_> = table.iter().filter(|line| !line.is_optional()).flat_map(|line| line.names.clone()).collect();
    assert_eq!(required, keys(least), "what the document requires, and what is always written");
    for line in table {
        let [name] = line.names.as_slice() else { continue };
        let Some(shape) = line.shape() else {
            // `host → range`: names of their own, with a plain value each.
            let is_map = line.cells[1].contains(" → ") && full[name].as_object().is_some_and(|map| map.values().all(|v| !v.is_object()));
            let is_object = inner(&full[name]).is_some_and(Value::is_object);
            assert!(is_map || !is_object, "{name} is an object, and the document does not say of what");
            continue;
        };
        let named = |optional_too: bool| -> BTreeSet<_> {
            shape.iter().filter(|(_, optional)| optional_too || !optional).map(|(name, _)| name.clone()).collect()
        };
        let written = inner(&full[name]).unwrap_or_else(|| panic!("{name} holds no object in {full}"));
        assert_eq!(named(true), keys(written), "the object in {name}");
        if let Some(least) = least.get(name).and_then(inner).filter(|v| v.as_object().is_some_and(|o| !o.is_empty())) {
            assert!(named(false).is_subset(&keys(least)), "{name}: {least}");
        }
    }
}

fn lines(document: &Document) -> Vec<Value> {
    document.to_bytes().split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
}

/// A document in which nothing is left out, and whose newest release says everything too.
fn full() -> Document {
    let mut all = publishing("1.1.0");
    all.release.hosts = [("app".to_owned(), "*".to_owned())].into();
    let text = || Some("x".to_owned());
    (all.release.license, all.release.homepage, all.release.repository, all.release.notes) = (text(), text(), text(), text());
    (all.release.readme, all.release.changelog) = (Some(Digest::of(b"r")), Some(Digest::of(b"c")));
    all.card.icon = Some(Digest::of(b"i"));
    all.card.categories = vec!["x".into()];
    let story = Story::of([
        &publish("1.0.0"),
        &Change::Publish(Box::new(all)),
        &promote("1.0.0", "beta"),
        &rollback("stable", "1.0.0"),
        &yank("1.1.0"),
        &deprecate("1.1.0"),
    ]);
    let mut document = story.document().clone();
    let advice = Deprecation { message: "x".into(), replacement: Some("other".into()), extra: Map::new() };
    document.header.deprecated = Some(advice);
    document.header.channels.remove(&parsed("beta"));
    let moves = story.revisions()[3].document.header.action.channels.clone();
    document.header.action = Action {
        kind: ActionKind::Undo,
        versions: vec![parsed("1.0.0")],
        channels: moves,
        reason: Some("x".into()),
        undoes: Some(3),
        restores: Some(2),
    };
    document
}

/// A document that says as little as can be.
fn least() -> Document {
    let story = Story::of([&publish_to("1.0.0-rc.1", "stable")]);
    let mut document = story.document().clone();
    document.header.action.versions.clear();
    document
}

#[test]
fn the_header() {
    holds(&table("**Line 2**, the header:"), &lines(&full())[1], &lines(&least())[1]);
}

#[test]
fn the_action() {
    holds(&table("The `action` of a revision:"), &lines(&full())[1]["action"], &lines(&least())[1]["action"]);
    let line = &table("The `action` of a revision:")[0];
    let kinds = [
        ActionKind::Publish,
        ActionKind::Rollback,
        ActionKind::Promote,
        ActionKind::Undo,
        ActionKind::Restore,
        ActionKind::Yank,
        ActionKind::Unyank,
        ActionKind::Deprecate,
        ActionKind::Undeprecate,
    ];
    let written: Vec<_> = kinds.iter().map(|kind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(in_backticks(&line.cells[1]), written);
}

#[test]
fn a_release() {
    let line = table("**Line 3 and on**");
    holds(&line, &lines(&full())[2], &lines(&least())[2]);
}

#[test]
fn the_status_of_a_plugin() {
    let table = table("**Line 2**, the header:");
    let line = table.iter().find(|line| line.names == ["status"]).unwrap();
    let all = [Status::Active, Status::Deprecated, Status::Frozen, Status::Hidden];
    let written: Vec<_> = all.iter().map(|status| serde_json::to_value(status).unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(in_backticks(&line.cells[1]), written);
}

#[test]
fn the_first_line() {
    let first = String::from_utf8(least().to_bytes()).unwrap().lines().next().unwrap().to_owned();
    assert!(DOC.contains(&format!("**Line 1**: `{first}`.")), "{first}");
}

#[test]
fn registry_json() {
    let mut about = About::new(Uuid::nil(), "x");
    let least = serde_json::to_value(&about).unwrap();
    about.public_url = Some("https://x.example".into());
    holds(&table("\n## registry.json\n"), &serde_json::to_value(&about).unwrap(), &least);
}

fn part() -> Part {
    Part::new(0, 1, &Lines::new()).0
}

#[test]
fn the_head_of_the_catalogue() {
    let empty = Head::empty(Uuid::nil(), stamp(0, "").at);
    let least = serde_json::to_value(&empty).unwrap();
    let mut full = empty.add([catalogue::Line::of(&full(), None)], None, stamp(1, "").at).unwrap();
    (full.snapshot, full.deltas, full.stats) = (Some(part()), vec![part()], Some(part()));
    let mut full = serde_json::to_value(&full).unwrap();
    let table = table("compressed, and is one JSON object:");
    let named = |name: &str| table.iter().find(|line| line.names == [name]).unwrap();
    // A delta and the stats are told with the snapshot; what stands in the ring has a table of its own.
    assert_eq!(keys(&full["deltas"][0]), named("snapshot").shape().unwrap().into_iter().map(|(name, _)| name).collect());
    for name in ["deltas", "ring", "stats"] {
        full[name] = Value::Null;
    }
    holds(&table, &full, &least);
}

#[test]
fn a_line_of_the_catalogue() {
    let full = serde_json::to_value(catalogue::Line::of(&full(), Some(&ETag("\"x\"".into())))).unwrap();
    let least = serde_json::to_value(catalogue::Line::gone(plugin(), 1)).unwrap();
    let without = |mut line: Value| {
        // The card is told with the header, the row below.
        for name in ["card", "row"] {
            line.as_object_mut().unwrap().entry(name).and_modify(|v| *v = Value::Null);
        }
        line
    };
    holds(&table("A **line**:"), &without(full), &without(least));
}

#[test]
fn a_row_of_the_catalogue() {
    let row = |document: &Document| serde_json::to_value(Row::of(document).unwrap()).unwrap();
    let mut rich = full();
    // The shown release is the first one; the other has everything wrong with it.
    rich.releases[1].hosts = rich.releases[0].hosts.clone();
    rich.releases[1].license = Some("MIT".into());
    rich.releases[1].artifacts[0].platform = "linux-x64".into();
    for n in 0..MAX_ENTRIES {
        let mut release = rich.releases[0].clone();
        release.version = parsed(&format!("1.1.0-rc.{n}"));
        release.deprecated = Some(Deprecation { message: "x".into(), replacement: Some("y".into()), extra: Map::new() });
        rich.releases.insert(0, release);
    }
    let mut rung = rich.releases[rich.releases.len() - 1].clone();
    (rung.version, rung.artifacts[0].platform) = (parsed("0.9.0"), "macos-arm64".into());
    rich.releases.push(rung);
    // `deprecated` is told with the header.
    let without = |mut row: Value| {
        row.as_object_mut().unwrap().entry("deprecated").and_modify(|v| *v = Value::Null);
        row
    };
    holds(&table("in whole seconds:"), &without(row(&rich)), &without(row(&least())));
}

#[test]
fn a_file_list() {
    let entry = FileEntry { path: "a".into(), size: 1, sha256: Digest::of(b"a"), offset: 31, packed: 1, mode: Mode::Plain };
    let text = String::from_utf8(FileList { files: vec![entry] }.to_bytes()).unwrap();
    let (first, second) = text.trim_end().split_once('\n').unwrap();
    assert!(DOC.contains(&format!("The first line is `{}`", first.replace(":1}", ":N}"))), "{first}");
    let entry: Value = serde_json::from_str(second).unwrap();
    let table = table("in the order of the package:");
    holds(&table, &entry, &entry);
    let modes: Vec<_> =
        [Mode::Plain, Mode::Executable].iter().map(|m| serde_json::to_value(m).unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(in_backticks(&table.last().unwrap().cells[1]), modes);
}

#[test]
fn the_keys() {
    let (id, digest) = (plugin(), Digest::of(b"x"));
    let keys = [
        Key::Registry,
        Key::Document(id.clone()),
        Key::Revision(id.clone(), 7),
        Key::Package(id.clone(), parsed("1.0.0"), digest),
        Key::Asset(id, digest),
        Key::CatalogHead,
        Key::CatalogPart(digest),
        Key::Cleaning,
        Key::Probe(format!("{}-word", Uuid::nil())),
    ];
    let table = table("\n## Keys\n");
    assert_eq!(table.len(), keys.len());
    for (line, key) in table.iter().zip(keys) {
        let written = line.names[0]
            .replace("<id>", "timer")
            .replace("<seq>", "0000000007")
            .replace("<version>", "1.0.0")
            .replace("<sha256>", &digest.to_string())
            .replace("<uuid>", &Uuid::nil().to_string())
            .replace("<word>", "word");
        assert_eq!(written, key.to_string());
        assert_eq!(in_backticks(&line.cells[2]), [key.content_type()], "{key}");
        assert_eq!(in_backticks(&line.cells[3]), [key.cache_control()], "{key}");
        // What never changes may be kept for ever, and nothing else may.
        let mutable = line.cells[1].as_str();
        assert_eq!(key.cache_control().ends_with("immutable"), mutable == "no" && key != Key::Registry, "{key}");
    }
}

/// The numbers in the text, each in its sentence.
#[test]
fn the_numbers() {
    assert_eq!(FORMAT, 1);
    let limits = Limits::DEFAULT;
    let default_package = About::new(Uuid::nil(), "x").limits.package;
    let sentences = [
        format!("A document is smaller than {MAX_DOCUMENT} bytes"),
        format!("A publish leaves {RESERVED} of them free"),
        format!("the last {MAX_OPERATIONS} operations, newest first"),
        format!("look in `ops` of the newest revision, then of the one {MAX_OPERATIONS} before it"),
        format!("why, 1 to {MAX_REASON} characters"),
        format!("`catalog/head.json` has at most {MAX_HEAD} bytes, compressed"),
        format!("oldest first, at most {MAX_RING}, as lines"),
        format!("at most {MAX_DELTAS} of the same, oldest first"),
        format!("has more than {MAX_ENTRIES} entries in the document; the row has the first {MAX_ENTRIES}"),
        format!("the largest package; {default_package} (512 MiB) when not said"),
        format!("1 to {} characters; no Windows device name", id::MAX_LEN),
        format!("SemVer 2.0.0, at most {} characters", version::MAX_LEN),
        format!("at most {} bytes, {} components, {} bytes in one component", path::MAX_BYTES, path::MAX_DEPTH, path::MAX_COMPONENT),
        format!("{} bytes (512 MiB) for the package", limits.package_size),
        format!("{} (2 GiB) for its files together", limits.unpacked_size),
        format!("{} (1 GiB) for one file, {} files", limits.file_size, limits.files),
    ];
    // As the text is broken into lines, so are the sentences.
    let doc = DOC.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in sentences {
        assert!(doc.contains(&sentence), "{sentence}");
    }
}

/// The test itself can fail: a field more or less is seen.
#[test]
fn drift_is_seen() {
    let table = table("in the order of the package:");
    let with = |change: fn(&mut Map<String, Value>)| {
        let entry = FileEntry { path: "a".into(), size: 1, sha256: Digest::of(b"a"), offset: 31, packed: 1, mode: Mode::Plain };
        let mut value = serde_json::to_value(entry).unwrap();
        change(value.as_object_mut().unwrap());
        std::panic::catch_unwind(|| holds(&table, &value, &value)).is_ok()
    };
    assert!(with(|_| {}));
    assert!(!with(|entry| drop(entry.insert("new".into(), Value::Null))));
    assert!(!with(|entry| drop(entry.remove("mode"))));
}
