//! Releases, changes, and plugins that live in memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use patchbay_package::{Digest, PluginId, Version};
use patchbay_registry::{
    Consequence, Key,
    change::{Change, Next, Publish, Refusal, Revision, Stamp, Stays, apply, default_channel},
    format::{
        document::{Action, ActionKind, Card, Channel, ChannelName, Document, Header},
        release::{Artifact, Release},
    },
};
use serde_json::Map;
use uuid::Uuid;

/// The plugin that everything here is about.
pub const PLUGIN: &str = "timer";

/// Its id.
#[must_use]
pub fn id() -> PluginId {
    parsed(PLUGIN)
}

/// A version, a channel, an id: whatever reads a text.
///
/// # Panics
/// When the text is none.
#[must_use]
pub fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> T {
    text.parse().unwrap_or_else(|e| panic!("{text:?}: {e}"))
}

/// The `n`th stamp of an actor: operation ids and times that are different, and the same in every run.
#[must_use]
pub fn stamp(n: u64, actor: &str) -> Stamp {
    // 2026-01-01T00:00:00Z, and an hour for each.
    let seconds = 1_767_225_600 + 3_600 * i64::try_from(n).unwrap_or_default();
    Stamp { op: Uuid::from_u128(n.into()), actor: actor.into(), at: Timestamp::from_second(seconds).unwrap_or_default() }
}

/// A release whose package has bytes of its own for this `content`.
#[must_use]
pub fn release(version: &str, content: &str) -> Release {
    let digest = |what: &str| Digest::of(format!("{what} {version} {content}").as_bytes());
    let artifact = Artifact {
        platform: "any".into(),
        sha256: digest("package"),
        size: 1_000,
        unpacked: 4_000,
        files: 3,
        list: digest("list"),
        extra: Map::new(),
    };
    Release {
        version: parsed(version),
        artifacts: vec![artifact],
        hosts: BTreeMap::new(),
        license: None,
        homepage: None,
        repository: None,
        notes: None,
        readme: None,
        changelog: None,
        at: Timestamp::UNIX_EPOCH,
        by: String::new(),
        yanked: None,
        deprecated: None,
        rolled_back: BTreeMap::new(),
        extra: Map::new(),
    }
}

/// Publishing a version to its default channel; the fields can be changed before it becomes a [`Change`].
#[must_use]
pub fn publishing(version: &str) -> Publish {
    let release = release(version, "first");
    let channel = default_channel(&release.version);
    let card = Card { name: "Timer".into(), description: format!("As of {version}."), ..Card::default() };
    Publish { id: id(), card, release, channel, force: false }
}

/// Publishing a version to its default channel.
#[must_use]
pub fn publish(version: &str) -> Change {
    Change::Publish(Box::new(publishing(version)))
}

/// Publishing a version with bytes of its own.
#[must_use]
pub fn with_bytes(version: &str, content: &str) -> Change {
    Change::Publish(Box::new(Publish { release: release(version, content), ..publishing(version) }))
}

/// Publishing a version to a channel.
#[must_use]
pub fn publish_to(version: &str, channel: &str) -> Change {
    Change::Publish(Box::new(Publish { channel: parsed(channel), ..publishing(version) }))
}

/// Publishing a version to a channel that is moved whatever the rules say.
#[must_use]
pub fn force(version: &str, channel: &str) -> Change {
    Change::Publish(Box::new(Publish { channel: parsed(channel), force: true, ..publishing(version) }))
}

/// Rolling a channel back.
#[must_use]
pub fn rollback(channel: &str, to: &str) -> Change {
    Change::Rollback { channel: parsed(channel), to: parsed(to), reason: "It counts backwards.".into(), yank: false, expect: None }
}

/// Promoting a version to a channel.
#[must_use]
pub fn promote(version: &str, channel: &str) -> Change {
    Change::Promote { channel: parsed(channel), version: parsed(version), expect: None }
}

/// Yanking a version.
#[must_use]
pub fn yank(version: &str) -> Change {
    Change::Yank { version: parsed(version), reason: "It leaks.".into() }
}

/// Unyanking a version.
#[must_use]
pub fn unyank(version: &str) -> Change {
    Change::Unyank { version: parsed(version), reason: None }
}

/// Deprecating a version.
#[must_use]
pub fn deprecate(version: &str) -> Change {
    Change::Deprecate { version: parsed(version), message: "Too old.".into(), replacement: Some("2.0.0".into()) }
}

/// Taking the advice against a version back.
#[must_use]
pub fn undeprecate(version: &str) -> Change {
    Change::Undeprecate { version: parsed(version) }
}

/// A plugin that lives in memory: every change is the pure function's, and every revision has been through its bytes.
#[derive(Clone, Debug, Default)]
pub struct Story {
    revisions: Vec<Revision>,
    stamps: u64,
}

impl Story {
    /// A plugin that is not there yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A plugin after these changes.
    ///
    /// # Panics
    /// When one of them is refused.
    #[must_use]
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut story = Self::new();
        for change in changes {
            story.make(change);
        }
        story
    }

    /// A plugin that stands as somebody else has written it.
    #[must_use]
    pub fn standing(document: Document) -> Self {
        let mut story = Self { revisions: Vec::new(), stamps: 1_000 };
        story.push(&document);
        story
    }

    /// A change by `ada`.
    ///
    /// # Errors
    /// The rule that forbids it; then nothing is different.
    pub fn apply(&mut self, change: &Change) -> Result<Next, Refusal> {
        self.apply_by("ada", change)
    }

    /// A change by somebody.
    ///
    /// # Errors
    /// The rule that forbids it; then nothing is different.
    pub fn apply_by(&mut self, actor: &str, change: &Change) -> Result<Next, Refusal> {
        self.stamps += 1;
        let next = apply(self.revisions.last(), change, &stamp(self.stamps, actor))?;
        if let Next::Write { document, .. } = &next {
            self.push(document);
        }
        Ok(next)
    }

    /// A change that is allowed and makes a difference; what it does.
    ///
    /// # Panics
    /// When it is refused, or changes nothing.
    pub fn make(&mut self, change: &Change) -> Vec<String> {
        match self.apply(change) {
            Ok(Next::Write { consequences, .. }) => told(&consequences),
            Ok(Next::Unchanged { consequences }) => panic!("{change:?} changes nothing: {:?}", told(&consequences)),
            Err(refusal) => panic!("{change:?} is refused: {refusal}"),
        }
    }

    /// A change that a rule forbids; the rule.
    ///
    /// # Panics
    /// When it is allowed.
    pub fn refused(&mut self, change: &Change) -> Refusal {
        match self.apply(change) {
            Err(refusal) => refusal,
            other => panic!("{change:?} came to {other:?}"),
        }
    }

    /// A change after which nothing is different; why.
    ///
    /// # Panics
    /// When it is refused, or makes a difference.
    pub fn unchanged(&mut self, change: &Change) -> Vec<String> {
        match self.apply(change) {
            Ok(Next::Unchanged { consequences }) => told(&consequences),
            other => panic!("{change:?} came to {other:?}"),
        }
    }

    /// Taking back revision `seq`.
    #[must_use]
    pub fn undo(&self, seq: usize) -> Change {
        let at = |seq: usize| Box::new(self.revisions[seq - 1].document.clone());
        Change::Undo { before: at(seq - 1), after: at(seq) }
    }

    /// Setting the state of revision `seq` again.
    #[must_use]
    pub fn restore(&self, seq: usize) -> Change {
        Change::Restore { state: Box::new(self.revisions[seq - 1].document.clone()), reason: "As it was.".into(), expect: None }
    }

    /// The newest revision.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn revision(&self) -> &Revision {
        self.revisions.last().unwrap_or_else(|| panic!("the plugin is not there yet"))
    }

    /// All revisions, oldest first.
    #[must_use]
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.revision().document
    }

    /// The document in a few lines.
    #[must_use]
    pub fn sketch(&self) -> String {
        sketch(self.document())
    }

    fn push(&mut self, document: &Document) {
        let bytes = document.to_bytes();
        let read = Document::parse(&Key::Document(document.header.id.clone()), &bytes);
        let document = read.unwrap_or_else(|e| panic!("{e}:\n{}", String::from_utf8_lossy(&bytes)));
        self.revisions.push(Revision { document, digest: Digest::of(&bytes) });
    }
}

fn arrow(from: Option<&Version>, to: Option<&Version>) -> String {
    let text = |v: Option<&Version>| v.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    format!("{} → {}", text(from), text(to))
}

/// Consequences as a line of text each.
#[must_use]
pub fn told(consequences: &[Consequence]) -> Vec<String> {
    let one = |c: &Consequence| match c {
        Consequence::Adds(v) => format!("adds {v}"),
        Consequence::AlreadyLive(v) => format!("{v} is live already"),
        Consequence::Moves { channel, from, to } => format!("{channel}: {}", arrow(from.as_ref(), to.as_ref())),
        Consequence::Stays { channel, at, because } => {
            let because = match because {
                Stays::Held => "held",
                Stays::Older => "older",
                Stays::PreRelease => "pre-release",
            };
            format!("{channel} stays at {}: {because}", at.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string))
        }
        Consequence::Held(channel) => format!("{channel} is held"),
        Consequence::Released(channel) => format!("{channel} is released"),
        Consequence::SameHosts { from, to } => format!("{from} and {to} have the same hosts"),
        Consequence::HostDiffers { host, from, to } => format!("{host}: {from:?} → {to:?}"),
        Consequence::Yanks(v) => format!("yanks {v}"),
        Consequence::Unyanks(v) => format!("unyanks {v}"),
        Consequence::Deprecates(v) => format!("deprecates {v}"),
        Consequence::Undeprecates(v) => format!("undeprecates {v}"),
        Consequence::Becomes(status) => format!("becomes {status:?}").to_lowercase(),
        Consequence::NothingChanges => "nothing changes".into(),
    };
    consequences.iter().map(one).collect()
}

fn action(header: &Header) -> String {
    let Action { kind, versions, channels, reason, undoes, restores } = &header.action;
    let kind = match kind {
        ActionKind::Other(name) => name.clone(),
        known => format!("{known:?}").to_lowercase(),
    };
    let mut words = vec![format!("{} {} {kind}", header.seq, header.actor)];
    words.extend(undoes.or(*restores).map(|seq| format!("of {seq}")));
    words.extend(versions.iter().map(ToString::to_string));
    words.extend(channels.iter().map(|m| format!("[{}: {}]", m.channel, arrow(m.from.as_ref(), m.to.as_ref()))));
    words.extend(reason.as_ref().map(|r| format!("“{r}”")));
    words.join(" ")
}

/// A document in a few lines: what its revision did, where its channels stand, its releases with what is said of them.
#[must_use]
pub fn sketch(document: &Document) -> String {
    let channel = |(name, c): (&ChannelName, &Channel)| format!("{name}={}{}", c.version, if c.held { " held" } else { "" });
    let release = |r: &Release| {
        let mut line = format!("  {}", r.version);
        line.extend(r.yanked.iter().map(|y| format!(", yanked “{}”", y.reason)));
        line.extend(r.deprecated.iter().map(|d| format!(", deprecated “{}”", d.message)));
        line.extend(r.rolled_back.iter().map(|(channel, b)| format!(", left by {channel} for {} “{}”", b.to, b.reason)));
        line
    };
    let channels: Vec<_> = document.header.channels.iter().map(channel).collect();
    let mut lines = vec![action(&document.header), format!("  {}", channels.join(", "))];
    lines.extend(document.releases.iter().map(release));
    lines.join("\n")
}
