//! What of a row is searched.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use patchbay_registry::{
    catalogue::{RowRef, Statistics},
    format::document::Status,
};
use patchbay_search::Entry;
use serde::Deserialize;

/// Borrowed from the table: reading all of it would take most of the time that making an index does.
pub(super) struct Brief<'a> {
    id: &'a str,
    card: Card<'a>,
    facts: Facts<'a>,
}

#[derive(Deserialize)]
struct Card<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    description: Text<'a>,
    #[serde(borrow, default)]
    author: Text<'a>,
    #[serde(borrow, default)]
    categories: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Facts<'a> {
    status: Status,
    #[serde(borrow)]
    channels: BTreeMap<Text<'a>, Held>,
    #[serde(borrow, default)]
    hosts: BTreeMap<Text<'a>, Text<'a>>,
    updated: Timestamp,
}

#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    held: bool,
}

/// Borrowed unless something in it is escaped.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Brief<'a> {
    /// None when a later Patchbay wrote it in another shape.
    pub fn read(row: RowRef<'a>) -> Option<Self> {
        Some(Self { id: row.id, card: serde_json::from_str(row.card).ok()?, facts: serde_json::from_str(row.row?).ok()? })
    }

    pub fn entry(&self, counted: Option<&Statistics>) -> Entry<'_> {
        let Self { id, card, facts } = self;
        Entry {
            id,
            name: &card.name.0,
            description: &card.description.0,
            author: &card.author.0,
            categories: card.categories.iter().map(|text| &*text.0).collect(),
            channels: facts.channels.keys().map(|text| &*text.0).collect(),
            hosts: facts.hosts.iter().map(|(host, range)| (&*host.0, &*range.0)).collect(),
            updated: facts.updated.as_second(),
            popularity: counted.and_then(|counted| counted.downloads(id)),
            deprecated: facts.status == Status::Deprecated,
            frozen: facts.status == Status::Frozen,
            held: facts.channels.values().any(|channel| channel.held),
        }
    }
}
