//! A registry's worth of plugins: real ones where there is a folder with them, generated ones of the same shape otherwise.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::Timestamp;
use patchbay_package::{Digest, PluginId, Version};
use patchbay_registry::format::document::{Action, ActionKind, Card, Channel, ChannelName, Document, Header, Status};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::document::release;

/// How many plugins are generated before they are repeated with variations.
const GENERATED: usize = 5_000;

/// What a plugin says of itself, and its versions.
#[derive(Clone, Debug)]
struct Kind {
    id: String,
    name: String,
    author: String,
    description: String,
    versions: Vec<Version>,
    /// When it was last updated, in seconds.
    updated: i64,
    downloads: u64,
}

/// Plugins to fill a registry with; the same in every run.
#[derive(Clone, Debug)]
pub struct Market {
    kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    author: String,
    description: String,
}

impl Market {
    /// The plugins of `obsidian-plugins.json` and `obsidian-stats.json` in a folder; generated ones when they are not there.
    #[must_use]
    pub fn open(folder: Option<&Path>) -> Self {
        let kinds = folder.and_then(real).unwrap_or_else(|| (0..GENERATED).map(generated).collect());
        Self { kinds }
    }

    /// The `n`th document. After the last plugin they begin again, with other ids, names and versions.
    ///
    /// # Panics
    /// When there are no plugins.
    #[must_use]
    pub fn document(&self, n: usize) -> Document {
        let (kind, round) = (&self.kinds[n % self.kinds.len()], n / self.kinds.len());
        let mut card =
            Card { name: kind.name.clone(), description: kind.description.clone(), author: kind.author.clone(), ..Card::default() };
        if round > 0 {
            card.name = format!("{} {}", WORDS[(round * 7 + n) % WORDS.len()], kind.name);
            card.description = format!("{} {}", kind.description, sentence(n * 31 + round, 3));
        }
        card.categories = vec![CATEGORIES[n % CATEGORIES.len()].to_owned()];
        let text = if round == 0 { kind.id.clone() } else { format!("{}-{round}", kind.id) };
        // Ids of elsewhere may be longer than ours, or begin otherwise.
        let id: PluginId = text.parse().unwrap_or_else(|_| format!("plugin-{n}").parse().expect("an id"));
        document(id, card, kind, n)
    }

    /// How often the `n`th plugin was downloaded.
    #[must_use]
    pub fn downloads(&self, n: usize) -> u64 {
        self.kinds[n % self.kinds.len()].downloads / (1 + (n / self.kinds.len()) as u64)
    }
}

/// The next revision of a document: one more release, and stable moves to it.
///
/// # Panics
/// When a change refuses it, which it does not.
#[must_use]
pub fn published(document: &Document, at: i64) -> Document {
    let mut next = document.clone();
    let newest = &document.releases[0];
    let mut version = newest.version.clone();
    version.patch += 1;
    let mut added = newest.clone();
    added.version = version.clone();
    added.at = time(at);
    added.artifacts[0].sha256 = Digest::of(format!("{}-{version}", document.header.id).as_bytes());
    added.artifacts[0].size += u64::try_from(at % 977).unwrap_or_default();
    let header = &mut next.header;
    header.seq += 1;
    header.time = time(at);
    if let Some(channel) = header.channels.get_mut(&ChannelName::stable()) {
        (channel.version, channel.since) = (version, time(at));
    }
    next.releases.insert(0, added);
    next
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

fn document(id: PluginId, card: Card, kind: &Kind, n: usize) -> Document {
    // Each of the last versions wants another host, as authors move on.
    let hosts = |back: usize| -> BTreeMap<String, String> {
        let minor = 16 - ((n + back / 3) % 5);
        [("app".to_owned(), format!(">=0.{minor}.0"))].into()
    };
    let releases = kind.versions.iter().rev().enumerate().map(|(back, version)| {
        let mut release = release(&version.to_string(), id.as_str());
        release.hosts = hosts(back);
        release.license = Some("MIT".into());
        release.by.clone_from(&kind.author);
        release.at = time(kind.updated - 86_400 * 11 * i64::try_from(back).unwrap_or_default());
        release.artifacts[0].size = 2_000 + (n as u64 * 7_919) % 300_000;
        release
    });
    let releases: Vec<_> = releases.collect();
    let newest = kind.versions.iter().max().cloned().unwrap_or_else(|| Version::new(1, 0, 0));
    let channel = Channel { version: newest.clone(), held: false, since: time(kind.updated), extra: Map::new() };
    let op = Uuid::from_u128(n as u128 + 1);
    let header = Header {
        id,
        seq: releases.len() as u64,
        prev: (releases.len() > 1).then(|| Digest::of(b"before")),
        op,
        ops: vec![op],
        actor: kind.author.clone(),
        time: time(kind.updated),
        action: Action {
            kind: ActionKind::Publish,
            versions: vec![newest],
            channels: Vec::new(),
            reason: None,
            undoes: None,
            restores: None,
        },
        owners: vec![kind.author.clone()],
        channels: [(ChannelName::stable(), channel)].into(),
        status: Status::Active,
        deprecated: None,
        card,
        extra: Map::new(),
    };
    Document::new(header, releases)
}

fn real(folder: &Path) -> Option<Vec<Kind>> {
    let listed: Vec<Listed> = serde_json::from_slice(&fs::read(folder.join("obsidian-plugins.json")).ok()?).ok()?;
    let stats: BTreeMap<String, Map<String, Value>> = serde_json::from_slice(&fs::read(folder.join("obsidian-stats.json")).ok()?).ok()?;
    let kind = |(n, plugin): (usize, Listed)| {
        let known = stats.get(&plugin.id);
        let number = |name: &str| known.and_then(|s| s.get(name)).and_then(Value::as_i64);
        let mut versions: Vec<Version> = known.into_iter().flat_map(Map::keys).filter_map(|v| v.parse().ok()).collect();
        versions.sort_by(Version::cmp_precedence);
        versions.dedup_by(|a, b| a.cmp_precedence(b).is_eq());
        if versions.is_empty() {
            versions.push(Version::new(1, 0, 0));
        }
        // What a document may hold is far more; what a test wants to make 100,000 of is less.
        let versions = versions.split_off(versions.len().saturating_sub(12));
        let updated = number("updated").map_or(1_700_000_000 - 3_600 * n as i64, |ms| ms / 1_000);
        let downloads = number("downloads").and_then(|d| u64::try_from(d).ok()).unwrap_or_default();
        let Listed { id, name, author, description } = plugin;
        Kind { id: id.to_lowercase(), name, author, description, versions, updated, downloads }
    };
    Some(listed.into_iter().enumerate().map(kind).collect())
}

const WORDS: [&str; 48] = [
    "Amber", "Archive", "Atlas", "Board", "Branch", "Calendar", "Canvas", "Card", "Chart", "Clock", "Code", "Compass", "Diary", "Dice",
    "Draft", "Editor", "Ember", "Export", "Field", "Filter", "Folder", "Garden", "Graph", "Habit", "Image", "Index", "Journal", "Kanban",
    "Lantern", "Ledger", "Link", "List", "Map", "Memo", "Mirror", "Outline", "Palette", "Query", "Quick", "Reader", "Recipe", "Sketch",
    "Slate", "Sync", "Table", "Task", "Timer", "Vault",
];

const CATEGORIES: [&str; 10] = ["writing", "tasks", "calendar", "code", "science", "design", "media", "sync", "search", "games"];

fn sentence(seed: usize, words: usize) -> String {
    let picked = (0..words).map(|i| WORDS[(seed * 2_654_435_761 + i * 40_503 + i * i * 7) % WORDS.len()].to_lowercase());
    format!("{}.", picked.collect::<Vec<_>>().join(" "))
}

fn generated(n: usize) -> Kind {
    let (first, second) = (WORDS[n % WORDS.len()], WORDS[(n / WORDS.len() * 5 + 11) % WORDS.len()]);
    let count = 1 + (n * 37) % 12;
    Kind {
        id: format!("{}-{}-{n}", first.to_lowercase(), second.to_lowercase()),
        name: format!("{first} {second}"),
        author: format!("{} {}", WORDS[(n * 13) % WORDS.len()], n % 997),
        description: format!("A {} for your {}", sentence(n, 4), sentence(n * 3 + 1, 9)),
        versions: (0..count as u64).map(|v| Version::new(1, v, 0)).collect(),
        updated: 1_780_000_000 - 3_600 * i64::try_from(n).unwrap_or_default(),
        downloads: (GENERATED - n) as u64 * 100,
    }
}
