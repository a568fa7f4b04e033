//! A row: what the catalogue says of one plugin.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use patchbay_package::{Version, same_version};
use serde::{Deserialize, Serialize};

use crate::format::{
    document::{Card, Channel, ChannelName, Document, Status, is_false},
    release::{Deprecation, Release, Rollback},
};

/// How many entries the ladder and each list of marks have at most. A row stays small however old its plugin is.
pub const MAX_ENTRIES: usize = 16;

/// What the catalogue says of one plugin: what a card shows, and what somebody who has it installed must know.
///
/// Times are in whole seconds: a clock's nanoseconds compress badly, and nobody reads them in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The revision of the document that it was made from; stands beside the row.
    #[serde(skip)]
    pub seq: u64,
    /// What a card shows; stands beside the row, because it seldom changes.
    #[serde(skip)]
    pub card: Card,
    /// The plugin's status.
    pub status: Status,
    /// Advice against the plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecation>,
    /// Where the channels stand.
    pub channels: BTreeMap<ChannelName, Pointer>,
    /// The version that the card shows.
    pub version: Version,
    /// Size of its package in bytes; of the largest, when there are several.
    pub size: u64,
    /// Its hosts and ranges.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, String>,
    /// Its platforms; none when it is for any.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub platforms: BTreeSet<String>,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// When it was published, by the writer's clock.
    pub published: Timestamp,
    /// How many releases there are.
    pub releases: u32,
    /// When the plugin last changed, by the writer's clock.
    pub updated: Timestamp,
    /// The newest versions for what the shown one is not for, or not the only one; see [`Row::rungs`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ladder: Vec<Rung>,
    /// The rollbacks that hold a channel, with the versions that people should leave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollbacks: Vec<Left>,
    /// The versions that are no longer offered, highest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yanked: Vec<Withdrawn>,
    /// The versions that their author advises against, highest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advised: Vec<Advised>,
    /// Whether one of the lists is cut off, so that only the document knows all of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub more: bool,
}

/// Where a channel stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pointer {
    /// The version it points to.
    pub version: Version,
    /// Which release of the plugin that was, counted from the first published, which is 1.
    pub release: u32,
    /// Whether publishes leave it alone, since a rollback.
    #[serde(default, skip_serializing_if = "is_false")]
    pub held: bool,
    /// Since when it points there, by the writer's clock.
    pub since: Timestamp,
}

/// The newest version for some hosts and platforms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// The version.
    pub version: Version,
    /// Which release of the plugin that was, counted from the first published, which is 1.
    pub release: u32,
    /// Its hosts and ranges.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, String>,
    /// The platforms for which it is the newest; none when it is for any.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub platforms: BTreeSet<String>,
}

/// A version that the people on a channel should leave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// The version.
    pub from: Version,
    /// The channel.
    pub channel: ChannelName,
    /// Where to, and why.
    #[serde(flatten)]
    pub rollback: Rollback,
}

/// A version that is no longer offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The version.
    pub version: Version,
    /// Why.
    pub reason: String,
    /// Since when, by the writer's clock.
    pub at: Timestamp,
}

/// A version that its author advises against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advised {
    /// The version.
    pub version: Version,
    /// What to know, and what to use instead.
    #[serde(flatten)]
    pub advice: Deprecation,
}

impl Row {
    /// The row of a document; none when it has no release.
    #[must_use]
    pub fn of(document: &Document) -> Option<Self> {
        let header = &document.header;
        let shown = document.shown()?;
        let mut more = false;
        let mut row = Self {
            seq: header.seq,
            card: header.card.clone(),
            status: header.status.clone(),
            deprecated: header.deprecated.clone(),
            channels: header.channels.iter().map(|(name, channel)| (name.clone(), Pointer::of(document, channel))).collect(),
            version: shown.version.clone(),
            size: shown.artifacts.iter().map(|a| a.size).max().unwrap_or_default(),
            hosts: shown.hosts.clone(),
            platforms: named(platforms(shown)),
            license: shown.license.clone(),
            published: in_seconds(shown.at),
            releases: u32::try_from(document.releases.len()).unwrap_or(u32::MAX),
            updated: in_seconds(header.time),
            ladder: ladder(document),
            rollbacks: standing_rollbacks(document),
            yanked: marks(document, |r| {
                let yank = r.yanked.as_ref()?;
                Some(Withdrawn { version: r.version.clone(), reason: yank.reason.clone(), at: in_seconds(yank.at) })
            }),
            advised: marks(document, |r| Some(Advised { version: r.version.clone(), advice: r.deprecated.clone()? })),
            more: false,
        };
        for left in &mut row.rollbacks {
            left.rollback.at = in_seconds(left.rollback.at);
        }
        let only_the_shown = matches!(row.ladder.as_slice(), [one] if one.version == row.version && one.platforms == row.platforms);
        if only_the_shown {
            row.ladder.clear();
        }
        cut(&mut row.ladder, &mut more);
        cut(&mut row.rollbacks, &mut more);
        cut(&mut row.yanked, &mut more);
        cut(&mut row.advised, &mut more);
        row.more = more;
        Some(row)
    }

    /// The newest version for each host range and platform, highest first: of what the channels offer, up to where each stands.
    /// Who follows a channel takes the highest that is not above it and fits; a pre-release only on a channel that stands at one.
    pub fn rungs(&self) -> impl Iterator<Item = Rung> + '_ {
        let shown = self.ladder.is_empty().then(|| Rung {
            version: self.version.clone(),
            release: self.channels.values().find(|p| p.version == self.version).map_or(self.releases, |p| p.release),
            hosts: self.hosts.clone(),
            platforms: self.platforms.clone(),
        });
        shown.into_iter().chain(self.ladder.iter().cloned())
    }
}

impl Pointer {
    fn of(document: &Document, channel: &Channel) -> Self {
        Self {
            version: channel.version.clone(),
            release: number(document, &channel.version),
            held: channel.held,
            since: in_seconds(channel.since),
        }
    }
}

/// Which release a version was, counted from the first published.
fn number(document: &Document, version: &Version) -> u32 {
    let after = document.releases.iter().position(|r| same_version(&r.version, version)).unwrap_or_default();
    u32::try_from(document.releases.len() - after).unwrap_or(u32::MAX)
}

fn in_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

fn cut<T>(list: &mut Vec<T>, more: &mut bool) {
    *more |= list.len() > MAX_ENTRIES;
    list.truncate(MAX_ENTRIES);
}

fn platforms(release: &Release) -> BTreeSet<String> {
    release.artifacts.iter().map(|a| a.platform.clone()).collect()
}

/// `any` alone goes without saying.
fn named(platforms: BTreeSet<String>) -> BTreeSet<String> {
    if platforms.iter().all(|p| p == "any") { BTreeSet::new() } else { platforms }
}

fn marks<T>(document: &Document, mark: impl Fn(&Release) -> Option<T>) -> Vec<T> {
    let mut marked: Vec<_> = document.releases.iter().filter_map(|r| Some((&r.version, mark(r)?))).collect();
    marked.sort_by(|(a, _), (b, _)| b.cmp_precedence(a));
    marked.into_iter().map(|(_, mark)| mark).collect()
}

/// For each channel, of the releases up to where it stands, the newest for each pair of host ranges and platform.
fn ladder(document: &Document) -> Vec<Rung> {
    let channels = &document.header.channels;
    // What was yanked or rolled back is nobody's newest version, unless a channel points there all the same.
    let offered = |r: &&Release| (r.yanked.is_none() && r.rolled_back.is_empty()) || document.channels_at(&r.version).next().is_some();
    let mut releases: Vec<&Release> = document.releases.iter().filter(offered).collect();
    releases.sort_by(|a, b| b.version.cmp_precedence(&a.version));
    let mut rungs: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let tops: BTreeSet<&Version> = channels.values().map(|c| &c.version).collect();
    for top in tops {
        let mut taken = BTreeSet::new();
        for (i, release) in releases.iter().enumerate() {
            let above = release.version.cmp_precedence(top).is_gt();
            if above || (!release.version.pre.is_empty() && top.pre.is_empty()) {
                continue;
            }
            for platform in platforms(release) {
                if taken.insert((&release.hosts, platform.clone())) {
                    rungs.entry(i).or_default().insert(platform);
                }
            }
        }
    }
    let rung = |(i, platforms): (usize, BTreeSet<String>)| Rung {
        version: releases[i].version.clone(),
        release: number(document, &releases[i].version),
        hosts: releases[i].hosts.clone(),
        platforms: named(platforms),
    };
    rungs.into_iter().map(rung).collect()
}

/// The rollbacks whose channel still stands, held, where they put it; of each channel the one that put it there first.
#[must_use]
pub fn standing_rollbacks(document: &Document) -> Vec<Left> {
    let channels = &document.header.channels;
    let marks = document.releases.iter().flat_map(|release| release.rolled_back.iter().map(move |(name, mark)| (release, name, mark)));
    let mut left: Vec<_> = marks
        .filter(|(_, name, mark)| channels.get(name).is_some_and(|channel| channel.held && channel.version == mark.to))
        .map(|(release, name, mark)| Left { from: release.version.clone(), channel: name.clone(), rollback: mark.clone() })
        .collect();
    // The channel has stood there since that very rollback.
    left.sort_by_key(|left| channels.get(&left.channel).is_none_or(|channel| channel.since != left.rollback.at));
    left
}
