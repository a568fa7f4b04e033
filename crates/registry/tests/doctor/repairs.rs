//! What is derived is mended, once; nothing else is touched.

use patchbay_package::Digest;
use patchbay_registry::{
    ReadError,
    doctor::{Report, Scope, Weight, check},
};
use patchbay_testkit::{
    document::{id, stamp, yank},
    store::{Fault, Method},
};
use serde_json::json;

use super::world::{World, revision, said, timer, upload};

const REPAIR: Scope = Scope { quick: false, repair: true };

fn repaired(report: &Report) -> Vec<String> {
    report.repaired.iter().map(said).collect()
}

#[tokio::test]
async fn a_healthy_registry_is_only_read() {
    let world = World::new().await;
    world.store.forget();
    let report = world.check(REPAIR).await;
    assert!(report.is_healthy() && report.findings.is_empty() && report.repaired.is_empty(), "{report:?}");
    assert_eq!((report.plugins, report.revisions), (2, 2));
    assert_eq!((report.usage.documents.objects, report.usage.history.objects, report.usage.packages.objects), (2, 2, 3));
    assert_eq!(report.usage.total().objects, world.memory.keys().len() as u64);
    let writes = world.store.requests().into_iter().filter(|r| matches!(r.method, Method::Put | Method::Delete));
    assert_eq!(writes.count(), 0);
}

#[tokio::test]
async fn the_packages_are_read_unless_asked_not_to() {
    let world = World::new().await;
    world.edit(&upload("1.1.0", 0), "package", "parcels");
    world.store.forget();
    let report = world.check(Scope { quick: true, repair: false }).await;
    assert!(report.is_healthy());
    assert_eq!(world.store.count(Method::Download, "packages/"), 0);
    assert!(!world.check(Scope::default()).await.is_healthy());
}

#[tokio::test]
async fn the_catalogue_is_mended_once() {
    type Spoil = fn(&World);
    let spoils: [(Spoil, &str); 6] = [
        (|w| w.memory.remove("catalog/head.json"), "catalogue_missing"),
        (|w| drop(w.memory.insert("catalog/head.json", "{\"patchbay\":1")), "catalogue_unreadable"),
        (|w| w.catalogue(|head| head["rows"] = json!({})), "row_missing"),
        (|w| w.catalogue(|head| head["rows"]["timer"]["seq"] = json!(9)), "row_ahead"),
        (|w| w.catalogue(|head| head["rows"]["ghost"] = head["rows"]["timer"].clone()), "row_stray"),
        (|w| w.hide("lamp"), "row_shown"),
    ];
    for (spoil, name) in spoils {
        let whole = World::new().await;
        let world = World::new().await;
        spoil(&world);
        let world = world.stranger();
        let report = world.check(REPAIR).await;
        assert!(report.is_healthy(), "{name}: {:?}", report.findings);
        assert!(repaired(&report).iter().all(|said| said.starts_with(name)) && !report.repaired.is_empty(), "{:?}", repaired(&report));
        assert!(report.repaired.iter().all(|finding| finding.weight() == Weight::Derived));
        if name != "row_shown" {
            assert_eq!(world.rows().await, whole.rows().await, "{name}");
        }
        world.store.forget();
        let again = world.check(REPAIR).await;
        assert!(again.findings.is_empty() && again.repaired.is_empty());
        assert_eq!(world.store.count(Method::Put, ""), 0, "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_mended_is_not_touched() {
    let world = World::new().await;
    world.memory.remove(&timer());
    world.memory.remove(&upload("1.0.0", 0).replace("timer", "lamp"));
    world.memory.insert(revision(2), "no revision");
    world.memory.remove("catalog/head.json");
    let before: Vec<_> = world.memory.keys();
    let report = world.stranger().check(REPAIR).await;
    assert_eq!(repaired(&report), ["catalogue_missing: The catalogue is missing."]);
    let left: Vec<_> = report.findings.iter().map(said).collect();
    assert_eq!(
        left,
        [
            "package_missing: The package of lamp 1.0.0 is missing.",
            "revision_unreadable: Revision 2 of timer in history cannot be read.",
            "document_missing: The document of timer is missing.",
        ]
    );
    let mut after = world.memory.keys();
    after.retain(|key| !key.starts_with("catalog/"));
    assert_eq!(after, before);
}

#[tokio::test]
async fn what_the_catalogue_says_of_a_damaged_document_stays() {
    let world = World::new().await;
    world.memory.insert(timer(), "{\"patchbay\":1");
    world.catalogue(|head| drop(head["rows"].as_object_mut().unwrap().remove("lamp")));
    let report = world.stranger().check(REPAIR).await;
    assert_eq!(repaired(&report), ["row_missing: The catalogue does not list lamp."]);
    assert!(world.rows().await.iter().any(|(plugin, _)| *plugin == id()));
}

#[tokio::test]
async fn a_writer_between_its_commit_and_the_catalogue_is_no_damage() {
    let world = std::sync::Arc::new(World::new().await);
    // The document moves after the catalogue was read, and the catalogue follows a moment later.
    let (other, folded) = (world.clone(), world.clone());
    world.store.fail(
        Method::Get,
        "plugins/timer",
        Fault::meanwhile(move || {
            let world = other.stranger();
            async move { world.publish("timer", "1.2.0", 7).await }
        }),
    );
    assert_eq!(folded.findings().await, [""; 0]);
}

#[tokio::test]
async fn writers_who_are_faster_than_a_look_are_no_damage() {
    for (id, versions) in [("timer", ["1.2.0", "1.3.0"]), ("fresh", ["1.0.0", "1.1.0"])] {
        let world = std::sync::Arc::new(World::new().await);
        if id == "fresh" {
            // Uploads of a publish on its way, so that the check looks at it at all.
            world.memory.insert(format!("assets/fresh/{}", Digest::of(b"icon")), "icon");
        }
        let other = world.clone();
        // Two revisions between the document and the listing of history, which is ahead of it then.
        world.store.fail(
            Method::List,
            &format!("history/{id}/"),
            Fault::meanwhile(move || {
                let world = other.stranger();
                async move {
                    for (n, version) in (7..).zip(versions) {
                        world.publish(id, version, n).await;
                    }
                }
            }),
        );
        assert_eq!(world.findings().await, [""; 0], "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_repair_beside_a_writer_loses_nothing() {
    for fault in [0, 1, 2] {
        let world = std::sync::Arc::new(World::new().await);
        world.memory.remove("catalog/head.json");
        let other = world.clone();
        world.store.fail(
            Method::Put,
            "catalog/",
            match fault {
                0 => Fault::meanwhile(move || {
                    let world = other.stranger();
                    async move { world.publish("lamp", "1.5.0", 7).await }
                }),
                1 => Fault::cut_after(),
                _ => Fault::unavailable(),
            },
        );
        let report = world.stranger().check(REPAIR).await;
        assert!(report.is_healthy(), "{fault}: {:?}", report.findings);
        assert_eq!(world.stranger().findings().await, [""; 0], "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_an_error_and_no_finding() {
    let world = World::new().await;
    world.store.forget();
    world.check(Scope::default()).await;
    let requests = world.store.requests();
    for request in &requests {
        let world = World::new().await.stranger();
        world.store.forget();
        let (method, key) = (request.method, request.key.clone());
        world.store.fail_when(move |r| r.method == method && r.key == key, Fault::unreachable());
        let outcome = check(&world.registry, REPAIR, stamp(9, "").at, &|_| {}, std::sync::Arc::new(|_| {})).await;
        assert!(matches!(outcome, Err(ReadError::Store(_))), "{request}: {outcome:?}");
        assert_eq!(world.store.count(Method::Put, ""), 0, "{request}");
    }
    assert!(requests.len() > 20, "{}", requests.len());
}

#[tokio::test]
async fn a_revision_that_was_archived_by_who_gave_up_is_no_damage() {
    let world = World::new().await;
    world.memory.insert(revision(3), world.bytes(&timer()));
    assert_eq!(world.findings().await, [""; 0]);
    world.commit("timer", &yank("1.1.0"), 8).await;
    assert_eq!(world.findings().await, [""; 0]);
}
