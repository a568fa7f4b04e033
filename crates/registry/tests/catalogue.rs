//! The catalogue: derived from documents, folded in any order, by many at once, and followed with one request.

mod folding;
mod following;
mod rows;
mod servers;

use std::sync::Arc;

use patchbay_package::PluginId;
use patchbay_registry::{
    Change, Registry, Synced,
    catalogue::{Known, Line, Table},
    format::{
        document::{Document, Status},
        registry::About,
    },
    store::memory::MemoryStore,
};
use patchbay_testkit::{
    document::{Story, parsed, promote, publish, publishing, rollback, stamp},
    store::FaultStore,
};
use uuid::Uuid;

fn at(n: u64) -> jiff::Timestamp {
    stamp(n, "").at
}

/// A plugin with a history: everything in it is a change of its row.
fn story() -> Story {
    Story::of([
        &publish("1.0.0"),
        &publish("1.1.0"),
        &rollback("stable", "1.0.0"),
        &publish("1.2.0-rc.1"),
        &promote("1.1.0", "lts"),
        &promote("1.0.0", "beta"),
    ])
}

fn with_status(document: &Document, status: Status) -> Document {
    let mut document = document.clone();
    document.header.status = status;
    document.header.seq += 1;
    document
}

fn line(document: &Document) -> Line {
    Line::of(document, None)
}

fn named(n: usize) -> PluginId {
    parsed(&format!("plugin-{n}"))
}

/// The document of a plugin at its `seq`th revision.
fn plugin(n: usize, seq: u64) -> Document {
    let mut publish = publishing(&format!("1.{seq}.0"));
    publish.id = named(n);
    publish.card.description = format!("Plugin {n}.");
    let mut document = Story::of([&Change::Publish(Box::new(publish))]).document().clone();
    document.header.seq = seq;
    document
}

fn registry() -> (MemoryStore, FaultStore, Registry) {
    let memory = MemoryStore::new();
    let store = FaultStore::new(Arc::new(memory.clone()));
    let registry = Registry::known(Arc::new(store.clone()), Arc::default(), About::new(Uuid::from_u128(1), "Team"));
    (memory, store, registry)
}

/// The same place, as somebody else knows it.
fn another(store: &FaultStore) -> Registry {
    Registry::known(Arc::new(store.clone()), Arc::default(), About::new(Uuid::from_u128(1), "Team"))
}

async fn standing(registry: &Registry) -> Known {
    match registry.sync(None, false, at(0)).await.unwrap() {
        Synced::New(known) => *known,
        Synced::Same => panic!("nothing was known"),
    }
}

fn table(known: &Known) -> &Table {
    known.table.as_ref().unwrap()
}

fn seq(table: &Table, id: &PluginId) -> Option<u64> {
    table.get(id).filter(|row| row.row.is_some()).map(|row| row.seq)
}

fn requests(store: &FaultStore) -> Vec<String> {
    store.requests().iter().map(ToString::to_string).collect()
}
