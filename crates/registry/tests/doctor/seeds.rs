//! Every kind of damage, seeded one at a time: what is found, in words.

use jiff::SignedDuration;
use patchbay_package::Digest;
use patchbay_registry::doctor::SETTLED;
use serde_json::json;

use super::world::{World, revision, said, timer, upload};

/// A kind of damage, and what is said of it.
struct Seed {
    spoil: fn(&World),
    /// One for each finding; of a digest only the first digits.
    found: &'static [&'static str],
}

const SEEDS: &[Seed] = &[
    Seed { spoil: |w| w.memory.remove("registry.json"), found: &["registry_missing: registry.json is missing."] },
    Seed { spoil: |w| put(w, "registry.json", "<html>"), found: &["registry_unreadable: registry.json cannot be read."] },
    Seed {
        spoil: |w| w.edit("registry.json", "\"patchbay\": 1", "\"patchbay\": 2"),
        found: &["newer_format: registry.json is in format 2, which this version of Patchbay does not know."],
    },
    Seed {
        spoil: |w| w.edit(&timer(), "\"patchbay\":1", "\"patchbay\":7"),
        found: &["newer_format: plugins/timer.jsonl is in format 7, which this version of Patchbay does not know."],
    },
    Seed { spoil: |w| w.memory.remove(&timer()), found: &["document_missing: The document of timer is missing."] },
    Seed { spoil: |w| cut(w, &timer()), found: &["document_cut_off: The document of timer is cut off."] },
    Seed {
        spoil: |w| w.edit(&timer(), "\"releases\":2", "\"releases\":2 oops"),
        found: &["document_unreadable: The document of timer cannot be read: line 2 is not what Patchbay writes."],
    },
    Seed {
        spoil: |w| put(w, &timer(), &w.text("plugins/lamp.jsonl")),
        found: &["document_inconsistent: The document of timer contradicts itself: it is the document of lamp."],
    },
    Seed {
        spoil: |w| w.edit(&timer(), "\"stable\":{\"version\":\"1.0.0\"", "\"stable\":{\"version\":\"9.0.0\""),
        found: &[
            "document_inconsistent: The document of timer contradicts itself: the channel stable points to 9.0.0, which it does not have.",
        ],
    },
    Seed {
        spoil: |w| {
            w.rewrite("timer", |d| {
                d.releases[1].yanked = serde_json::from_value(json!({"reason": "", "at": "2026-01-01T00:00:00Z", "by": ""})).unwrap()
            })
        },
        found: &["document_inconsistent: The document of timer contradicts itself: the channel stable points to 1.0.0, which is yanked."],
    },
    Seed {
        spoil: |w| put(w, &timer(), &" ".repeat(1024 * 1024 + 1)),
        found: &["document_too_large: The document of timer is larger than a document can be."],
    },
    Seed {
        spoil: |w| put(w, "plugins/Timer.jsonl", "{}"),
        found: &["document_misplaced: plugins/Timer.jsonl stands where documents stand, and is not the document of any plugin."],
    },
    Seed { spoil: |w| w.memory.remove(&revision(1)), found: &["revision_missing: Revision 1 of timer is missing from history."] },
    Seed {
        spoil: |w| [1, 2].map(revision).iter().for_each(|key| w.memory.remove(key)),
        found: &["revision_missing: Revisions 1 to 2 of timer are missing from history."],
    },
    Seed { spoil: |w| cut(w, &revision(1)), found: &["revision_unreadable: Revision 1 of timer in history cannot be read."] },
    Seed {
        spoil: |w| put(w, &revision(2), &w.text(&revision(1))),
        found: &["revision_inconsistent: Revision 2 of timer in history contradicts itself: it is revision 1."],
    },
    Seed {
        spoil: |w| w.edit(&revision(1), "\"actor\":\"ada\"", "\"actor\":\"eve\""),
        found: &["chain_broken: Revision 1 of timer is not the one that revision 2 was made from: its digest differs."],
    },
    Seed {
        spoil: |w| w.rewrite("lamp", |d| d.header.prev = Some(Digest::of(b"nothing"))),
        found: &["chain_begun: The first revision of lamp names one before it."],
    },
    Seed {
        spoil: |w| put(w, &revision(3), &w.text(&timer()).replace("backwards", "forwards")),
        found: &["revision_forked: History holds another revision 3 of timer than the document."],
    },
    Seed {
        spoil: |w| {
            put(w, &revision(3), &w.text(&timer()));
            put(w, &timer(), &w.text(&revision(2)));
        },
        found: &[
            "revision_ahead: History holds revision 3 of timer, and the document is only at 2: it was set back.",
            "row_ahead: The catalogue claims to know revision 3 of timer, which the document has not reached.",
        ],
    },
    Seed {
        spoil: |w| w.rewrite("timer", |d| d.header.ops.truncate(1)),
        found: &[
            "operations_broken: Revision 3 of timer does not name the operations before it, so an old publish could be taken for lost.",
        ],
    },
    Seed {
        spoil: |w| w.rewrite("timer", |d| drop(d.releases.remove(0))),
        found: &[
            "release_altered: Version 1.1.0 of timer was removed or replaced in revision 3.",
            "row_wrong: The catalogue says something else of timer than its document.",
        ],
    },
    Seed { spoil: |w| w.memory.remove(&upload("1.1.0", 0)), found: &["package_missing: The package of timer 1.1.0 is missing."] },
    Seed {
        spoil: |w| put(w, &upload("1.1.0", 0), "short"),
        found: &["package_size: The package of timer 1.1.0 has 5 bytes; 27 were published."],
    },
    Seed {
        spoil: |w| w.edit(&upload("1.1.0", 0), "package", "parcels"),
        found: &["package_altered: The package of timer 1.1.0 is not what was published: its digest differs."],
    },
    Seed { spoil: |w| w.memory.remove(&upload("1.0.0", 1)), found: &["list_missing: The file list of timer 1.0.0 is missing."] },
    Seed {
        spoil: |w| w.edit(&upload("1.0.0", 1), "main.js", "evil.js"),
        found: &["list_altered: The file list of timer 1.0.0 is not what was published: its digest differs."],
    },
    Seed {
        spoil: |w| w.rewrite("timer", |d| d.releases[0].artifacts[0].list = Digest::of(b"icon")),
        found: &["list_unreadable: What was published as the file list of timer 1.1.0 is none."],
    },
    Seed {
        spoil: |w| w.rewrite("timer", |d| d.releases[0].artifacts[0].files = 2),
        found: &["list_disagrees: The file list of timer 1.1.0 tells of 1 files; the package has 2, or they have other sizes."],
    },
    Seed { spoil: |w| w.memory.remove(&upload("1.0.0", 2)), found: &["asset_missing: The README of 1.1.0 of timer is missing."] },
    Seed {
        spoil: |w| put(w, &upload("1.0.0", 3), "other"),
        found: &["asset_altered: The changelog of 1.1.0 of timer is not what was published: its digest differs."],
    },
    Seed { spoil: |w| w.memory.remove(&upload("1.0.0", 4)), found: &["asset_missing: The icon of timer is missing."] },
    Seed { spoil: |w| w.memory.remove("catalog/head.json"), found: &["catalogue_missing: The catalogue is missing."] },
    Seed { spoil: |w| cut(w, "catalog/head.json"), found: &["catalogue_unreadable: The catalogue cannot be read."] },
    Seed {
        spoil: |w| w.edit("catalog/head.json", "\"patchbay\":1", "\"patchbay\":3"),
        found: &["newer_format: catalog/head.json is in format 3, which this version of Patchbay does not know."],
    },
    Seed {
        spoil: |w| w.catalogue(|head| drop(head["rows"].as_object_mut().unwrap().remove("timer"))),
        found: &["row_missing: The catalogue does not list timer."],
    },
    Seed {
        spoil: |w| w.catalogue(|head| head["rows"]["timer"]["seq"] = json!(2)),
        found: &["row_stale: The catalogue knows only revision 2 of timer."],
    },
    Seed {
        spoil: |w| w.catalogue(|head| head["rows"]["ghost"] = head["rows"]["timer"].clone()),
        found: &["row_stray: The catalogue lists ghost, and there is no such plugin."],
    },
    Seed { spoil: |w| w.hide("timer"), found: &["row_shown: The catalogue shows timer, which is hidden."] },
    Seed {
        spoil: |w| {
            w.catalogue(|head| {
                head["rows"].as_object_mut().unwrap().remove("timer");
                head["hidden"] = json!({ "timer": 3 });
            });
        },
        found: &["row_hidden: The catalogue hides timer, which is not hidden."],
    },
    Seed {
        spoil: |w| w.catalogue(|head| head["rows"]["timer"]["card"]["name"] = json!("Clock")),
        found: &["row_wrong: The catalogue says something else of timer than its document."],
    },
    Seed { spoil: |w| put(w, "history/timer/1.jsonl", ""), found: &["unknown_key: history/timer/1.jsonl is not an object of Patchbay."] },
    Seed {
        spoil: |w| {
            put(w, &format!("packages/timer/2.0.0/{}.zip", Digest::of(b"crashed")), "crashed");
            put(w, &format!("assets/nobody/{}", Digest::of(b"first")), "first");
            w.memory.pass(SETTLED);
        },
        found: &[
            "orphans: nobody has 1 uploads that nothing refers to, 5 bytes together.",
            "orphans: timer has 1 uploads that nothing refers to, 7 bytes together.",
        ],
    },
    Seed {
        spoil: |w| {
            put(w, "probe/1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b-create", "");
            w.memory.pass(SignedDuration::from_hours(2));
        },
        found: &["probe_left: probe/1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b-create was left behind by a test of the store."],
    },
];

fn put(world: &World, key: &str, bytes: &str) {
    world.memory.insert(key, bytes.to_owned());
}

fn cut(world: &World, key: &str) {
    let bytes = world.bytes(key);
    world.memory.insert(key, bytes[..bytes.len() / 2].to_vec());
}

#[tokio::test]
async fn every_kind_of_damage_is_found_and_named() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in SEEDS {
        let world = World::new().await;
        (seed.spoil)(&world);
        let report = world.stranger().check(Default::default()).await;
        let mut found: Vec<_> = report.findings.iter().map(said).collect();
        found.sort();
        assert_eq!(found, seed.found);
        for finding in &report.findings {
            kinds.insert(finding.name());
            let hint = finding.hint();
            assert!(hint.ends_with('.') && hint.len() > 20, "{hint}");
            let sentence = finding.to_string();
            for (name, value) in finding.data().iter().filter(|(name, _)| *name != "key" && *name != "plugin") {
                assert!(sentence.contains(value.as_str()) || hint.contains(value.as_str()), "{sentence} does not tell its {name}");
            }
        }
    }
    assert!(kinds.len() >= 35, "{} kinds: {kinds:?}", kinds.len());
}

#[tokio::test]
async fn a_document_that_was_set_back_is_seen_by_who_saw_the_later_one() {
    let world = World::new().await;
    put(&world, &timer(), &world.text(&revision(2)));
    world.memory.remove(&revision(2));
    assert_eq!(world.findings().await, ["document_set_back: The document of timer was set back: this computer has seen revision 3."]);
}
