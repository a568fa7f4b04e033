//! What a keystroke costs in a registry of many plugins, and how good the order is: Patchbay's search beside others, on the same
//! plugins, one thread, in one run. Prints one JSON object per line; `npm run bench search` makes the table.
//!
//! `PATCHBAY_PLUGINS` is a folder with `obsidian-plugins.json` and `obsidian-stats.json`; without it plugins are made up.

#![cfg_attr(not(feature = "peers"), allow(dead_code))]

mod corpus;
#[cfg(feature = "peers")]
mod engines;
mod judged;

use std::{collections::BTreeSet, time::Instant};

use corpus::Plugin;
use patchbay_search::{Entry, Index, Query, Sort};
use serde_json::{Value, json};

const MANY: usize = 100_000;
/// How many results are asked for: what a page holds.
pub const PAGE: usize = 100;

/// What has to be reached, of a number or of how many times faster than another.
#[derive(Clone, Copy)]
enum Target {
    AtMost(f64),
    AtLeast(f64),
}

/// Which others there are, and how many times faster than they a keystroke has to be.
#[cfg(feature = "peers")]
const PEERS: [(&str, Option<Target>); 4] = [
    (engines::NUCLEO, Some(Target::AtLeast(3.0))),
    (engines::FTS5, Some(Target::AtLeast(5.0))),
    (engines::FRIZBEE, None),
    (engines::TANTIVY, None),
];

fn main() {
    let asked = |flag: &str| std::env::args().any(|argument| argument == flag);
    let (real, judged) = corpus::real();
    let many = corpus::many(&real, MANY);
    if asked("--memory") {
        return memory(&many);
    }
    let begun = Instant::now();
    let index = Index::new(&many.iter().map(Plugin::entry).collect::<Vec<_>>());
    report("search: making the index of 100,000", begun.elapsed().as_secs_f64() * 1e3, "ms", None, None);

    let kept = index.to_bytes();
    let begun = Instant::now();
    std::hint::black_box(Index::from_bytes(&kept));
    let size = Some(("its bytes", format!("{:.1} MB", kept.len() as f64 / 1e6)));
    report("search: reading the index of 100,000 that was kept", begun.elapsed().as_secs_f64() * 1e3, "ms", None, size);
    drop(kept);

    let typed = corpus::typed(&many);
    eprintln!("{} words, {} keystrokes, {}", index.words(), typed.len(), if judged { "real plugins" } else { "plugins that are made up" });
    let ours = ours(&index, &typed);
    report("search: keystroke in 100,000, p99", ours.p99, "ms", Some(Target::AtMost(10.0)), None);
    report("search: keystroke in 100,000, mean", ours.mean, "ms", None, None);
    if asked("--slowest") {
        slowest(&index, &typed);
    }
    #[cfg(feature = "peers")]
    beside(&index, &many, &typed);
    if judged {
        quality(&real);
    }
}

#[cfg(feature = "peers")]
fn beside(index: &Index, many: &[Plugin], typed: &[String]) {
    // Every eleventh: the slow ones of them take many minutes for all.
    let few: Vec<String> = typed.iter().step_by(11).cloned().collect();
    let ours = ours(index, &few);
    for (name, target) in PEERS {
        let mut engine = engines::make(name, many);
        let theirs = times(&few, |text| engine.find(text).len());
        let peer = |time: f64| Some((name, format!("{time:.2} ms")));
        report(&format!("search: times as fast as {name}, mean"), theirs.mean / ours.mean, "×", target, peer(theirs.mean));
        report(&format!("search: times as fast as {name}, p99"), theirs.p99 / ours.p99, "×", target, peer(theirs.p99));
    }
}

fn quality(real: &[Plugin]) {
    let index = Index::new(&real.iter().map(Plugin::entry).collect::<Vec<_>>());
    let nobody = BTreeSet::new();
    let ours = judged::score(
        |text| index.find(&Query::parse(text), Sort::Relevance, &nobody).ids(&index, 0, 10).map(str::to_owned).collect(),
        true,
    );
    #[cfg(not(feature = "peers"))]
    report("search: order, MRR", ours.rank, "", None, None);
    #[cfg(feature = "peers")]
    for (name, _) in PEERS {
        let mut engine = engines::make(name, real);
        let theirs = judged::score(|text| engine.find(text).into_iter().take(10).map(|at| real[at].id.clone()).collect(), false);
        for (what, ours, theirs) in [("MRR", ours.rank, theirs.rank), ("nDCG@10", ours.gain, theirs.gain)] {
            let peer = Some((name, format!("{theirs:.3}")));
            report(&format!("search: order beside {name}, {what}"), ours, "", Some(Target::AtLeast(theirs)), peer);
        }
    }
}

#[derive(Clone, Copy)]
struct Times {
    mean: f64,
    p99: f64,
}

/// Goes through the list three times, and takes of each keystroke the fastest: what else runs on this computer is not the search's. One
/// after another, so that no keystroke finds in the caches what it left there itself.
fn times(typed: &[String], mut find: impl FnMut(&str) -> usize) -> Times {
    let mut times = vec![f64::INFINITY; typed.len()];
    for _ in 0..3 {
        for (text, time) in typed.iter().zip(&mut times) {
            let begun = Instant::now();
            std::hint::black_box(find(text));
            *time = time.min(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    Times { mean: times.iter().sum::<f64>() / times.len() as f64, p99: times[times.len() * 99 / 100] }
}

/// A keystroke whole: reading the query, finding, counting for the chips, and the ids of a page.
fn ours(index: &Index, typed: &[String]) -> Times {
    let nobody = BTreeSet::new();
    times(typed, |text| {
        let found = index.find(&Query::parse(text), Sort::Relevance, &nobody);
        let counts = index.counts(&found, &nobody, 30);
        found.ids(index, 0, PAGE).count() + counts.categories.len()
    })
}

/// The texts that take longest.
fn slowest(index: &Index, typed: &[String]) {
    let mut all: Vec<(f64, &String)> = typed.iter().map(|text| (ours(index, std::slice::from_ref(text)).mean, text)).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (time, text) in all.iter().take(30) {
        eprintln!("{time:.2} ms {text:?}");
    }
}

/// In a process of its own, which has the plugins already: what is more after the index was made.
fn memory(many: &[Plugin]) {
    let entries: Vec<Entry<'_>> = many.iter().map(Plugin::entry).collect();
    let before = resident();
    let index = Index::new(&entries);
    let more = (resident() - before) as f64 / 1e6;
    let kept = Some(("its own count", format!("{:.1} MB", index.bytes() as f64 / 1e6)));
    report("search: memory of the index of 100,000, with what making it left", more, "MB", Some(Target::AtMost(120.0)), kept);
    std::hint::black_box(index.len());
}

fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<i64>().unwrap_or_default() * 1024
}

fn report(name: &str, value: f64, unit: &str, target: Option<Target>, peer: Option<(&str, String)>) {
    let short = |number: f64| (number * 1e3).round() / 1e3;
    let (goal, least, met) = match target {
        None => (Value::Null, false, Value::Null),
        Some(Target::AtMost(goal)) => (json!(short(goal)), false, json!(short(value) <= short(goal))),
        Some(Target::AtLeast(goal)) => (json!(short(goal)), true, json!(short(value) >= short(goal))),
    };
    let (peer, peer_value) = peer.map_or((Value::Null, Value::Null), |(name, value)| (json!(name), json!(value)));
    println!(
        "{}",
        json!({"name": name, "value": short(value), "unit": unit, "target": goal, "at_least": least, "met": met, "peer": peer, "peer_value": peer_value})
    );
}
