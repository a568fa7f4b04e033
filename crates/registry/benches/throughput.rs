//! 64 publishers of different plugins at once, up to live and up to listed, beside bare PUTs of the same bytes, as many, on the same
//! server in the same run. Prints one JSON object per line; `npm run bench throughput` makes the table.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod server;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::future::join_all;
use patchbay_package::{Digest, PluginId};
use patchbay_registry::{
    Asset, Change, Key, Registry, Upload,
    catalogue::Line,
    change::Publish,
    format::registry::About,
    store::{Body, Condition, Store},
};
use patchbay_testkit::document::{parsed, publishing, release, stamp};
use server::{Server, report};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const PUBLISHERS: u64 = 64;
const ROUNDS: u64 = 7;
const PACKAGE: usize = 64 * 1024;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

/// A package, a file list and a README.
struct Parts {
    package: Upload,
    assets: Vec<Asset>,
}

fn parts(folder: &tempfile::TempDir, name: &str) -> Parts {
    let bytes: Vec<u8> = name.bytes().cycle().take(PACKAGE).collect();
    let path = folder.path().join(name);
    std::fs::write(&path, &bytes).unwrap();
    let package = Upload::file(path, bytes.len() as u64, Digest::of(&bytes));
    Parts { package, assets: vec![Asset::of(format!("list {name} ").repeat(20)), Asset::of(format!("# {name}\n").repeat(50))] }
}

async fn publish(registry: &Registry, n: u64, round: u64, parts: &Parts, listed: bool) -> u64 {
    let id: PluginId = parsed(&format!("plugin-{n}"));
    let version = format!("1.{round}.0");
    let (cancel, found) = (CancellationToken::new(), registry.find(&id).await.unwrap());
    let release = release(&version, "x");
    let upload = registry.upload(&id, &release.version, &parts.package, &parts.assets, Arc::new(|_| {}), &cancel);
    let archive = async {
        match &found {
            Some(standing) => Ok(registry.archive(standing).await?),
            None => Ok(()),
        }
    };
    tokio::try_join!(upload, archive).unwrap();
    let change = Change::Publish(Box::new(Publish { id: id.clone(), release, ..publishing(&version) }));
    let stamp = stamp(1 + n + round * PUBLISHERS, "bench");
    let mut commit = registry.commit(&id, &change, &stamp, &cancel);
    commit.archived = found.as_ref().map(|s| s.revision.document.header.seq);
    commit.begin = Some(found);
    let done = commit.run().await.unwrap();
    if listed {
        registry.fold(None, vec![Line::of(&done.document, done.etag.as_ref())], stamp.at).await.unwrap();
    }
    done.document.to_bytes().len() as u64
}

/// The PUTs of one publish as they are, all at once.
async fn bare(store: &dyn Store, parts: &Parts, document: u64) {
    let put = async |body: Body| {
        let key = Key::Probe(Uuid::new_v4().to_string());
        store.put(&key, body, Condition::Absent, None).await.unwrap();
    };
    let text = || Body::Bytes(Bytes::from(vec![b'x'; usize::try_from(document).unwrap()]));
    // The package, two assets, the revision that was there, and the document.
    let bodies = [
        parts.package.body.clone(),
        Body::Bytes(parts.assets[0].bytes.clone()),
        Body::Bytes(parts.assets[1].bytes.clone()),
        text(),
        text(),
    ];
    join_all(bodies.map(put)).await;
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

async fn run() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let store = server.store(&server.endpoint).await;
    let registry = Registry::known(store.clone(), Arc::default(), About::new(Uuid::from_u128(1), "Bench"));
    let (mut live, mut listed, mut puts) = (Vec::new(), Vec::new(), Vec::new());
    // The first round makes the plugins and the connections.
    for round in 0..=3 * ROUNDS {
        let all: Vec<_> = (0..PUBLISHERS).map(|n| parts(&folder, &format!("{round}-{n}"))).collect();
        let begun = Instant::now();
        match round % 3 {
            0 if round > 0 => {
                join_all(all.iter().map(|parts| bare(&*store, parts, 1_500 + round * 250))).await;
                puts.push(begun.elapsed());
            }
            kind => {
                join_all((0..).zip(&all).map(|(n, parts)| publish(&registry, n, round, parts, kind == 2))).await;
                match kind {
                    1 => live.push(begun.elapsed()),
                    2 => listed.push(begun.elapsed()),
                    _ => {}
                }
            }
        }
    }
    let (live, listed, puts) = (median(live), median(listed), median(puts));
    let peer = || ("bare PUTs of the same bytes", format!("{:.0} PUT/s", 5.0 * PUBLISHERS as f64 / puts));
    let name = |what: &str| format!("throughput: 64 publishers, up to {what}, {}", server.name);
    report(&name("live"), puts / live, "of bare PUTs", Some(0.8), true, peer());
    // No target: all of them write one head, one after another. What is live and not listed yet is so with the next fold.
    report(&name("listed"), puts / listed, "of bare PUTs", None, true, peer());
}
