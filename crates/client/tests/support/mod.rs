//! What several tests do.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use patchbay_client::App;
use patchbay_package::Digest;
use patchbay_registry::catalogue::{Head, Line, Lines, Part};
use patchbay_testkit::market::Market;

/// Lists so many plugins in the catalogue of the embedded registry, in the place of what it has.
pub fn crowd(app: &App, plugins: usize) {
    let folder = app.home().registry().join("buckets/patchbay/catalog");
    let market = Market::open(None);
    let lines: Lines = (0..plugins).map(|n| Line::of(&market.document(n), None)).map(|line| (line.id.clone(), line)).collect();
    let path = folder.join("head.json");
    let head = Head::parse(&fs::read(&path).unwrap()).unwrap();
    let position = head.position + 1;
    let (part, bytes) = Part::new(0, position, &lines);
    fs::write(folder.join(format!("{}.jsonl.gz", part.sha256)), bytes).unwrap();
    let head = Head { position, snapshot: Some(part), deltas: Vec::new(), ring: Vec::new(), ..head };
    fs::write(path, head.to_bytes()).unwrap();
}

/// Names statistics in the catalogue of the embedded registry, as whoever counts does.
pub fn count(app: &App, lines: &str) {
    let folder = app.home().registry().join("buckets/patchbay/catalog");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(lines.as_bytes()).unwrap();
    let bytes = encoder.finish().unwrap();
    let (sha256, size, lines) = (Digest::of(&bytes), bytes.len() as u64, lines.lines().count() as u64);
    let part = Part { from: 0, to: 0, sha256, size, lines, extra: serde_json::Map::new() };
    fs::write(folder.join(format!("{sha256}.jsonl.gz")), bytes).unwrap();
    let path = folder.join("head.json");
    let head = Head { stats: Some(part), ..Head::parse(&fs::read(&path).unwrap()).unwrap() };
    fs::write(path, head.to_bytes()).unwrap();
}
