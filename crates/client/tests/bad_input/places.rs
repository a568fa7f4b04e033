//! A place that is not there, does not let this person in, or is not what it seems.

use patchbay_client::wire::{Access, Code, JobResult, JobState, RegistryInput, Secret, StepName, StepState};
use patchbay_registry::format::registry::About;

use super::{
    heedless::Heedless,
    proxy::Fate,
    world::{TEAM, World, assert_told, failed, input, publish},
};

#[tokio::test]
async fn a_wrong_key_from_the_keychain() {
    let world = World::new().await;
    world.member("owner").await;
    let app = world.app("mei");
    let wrong = Secret { secret_access_key: "not-the-secret".into(), ..world.key() };
    app.add_registry(input("mine", &world.proxy.endpoint), Some(wrong)).await.unwrap();
    let (message, hint) =
        ("The store does not accept this access key.", "Check the key with whoever gave it to you, then run `patchbay registry login`.");
    let path = world.plugin();
    assert_told(&app.sync(None).await.unwrap_err(), Code::Credentials, "wrong_key", message, hint);
    assert_told(&failed(publish(&app, "mine", &path).await), Code::Credentials, "wrong_key", message, hint);
    assert_eq!(world.revisions().await, 0);
    // What the hint says helps.
    app.log_in("mine", world.key()).await.unwrap();
    assert!(matches!(publish(&app, "mine", &path).await, JobState::Done { .. }));
}

#[tokio::test]
async fn a_bucket_that_does_not_exist() {
    let world = World::new().await;
    let app = world.app("mei");
    let nowhere = RegistryInput { bucket: Some("nowhere".into()), ..input(TEAM, &world.proxy.endpoint) };
    app.add_registry(nowhere, Some(world.key())).await.unwrap();
    let message = format!("There is no bucket nowhere at {}.", world.proxy.endpoint);
    let hint = "Check the bucket's name and the endpoint, or add the registry with `--create`.";
    assert_told(&app.sync(None).await.unwrap_err(), Code::NotFound, "no_bucket", &message, hint);
    assert_told(&failed(publish(&app, TEAM, &world.plugin()).await), Code::NotFound, "no_bucket", &message, hint);
}

const SIGN_IN: &str = "Check the endpoint; on a guest network, sign in to it first.";

#[tokio::test]
async fn a_captive_portal_from_the_start() {
    let world = World::new().await;
    world.proxy.rule(|_, _| Fate::Portal);
    let app = world.app("mei");
    app.add_registry(input(TEAM, &world.proxy.endpoint), Some(world.key())).await.unwrap();
    let message = format!("{} did not answer as a store does: it sent a web page.", world.proxy.endpoint);
    assert_told(&app.sync(None).await.unwrap_err(), Code::Network, "not_a_store", &message, SIGN_IN);
    assert_told(&failed(publish(&app, TEAM, &world.plugin()).await), Code::Network, "not_a_store", &message, SIGN_IN);
    let create = RegistryInput { create: true, ..input("again", &world.proxy.endpoint) };
    let error = app.add_registry(create, Some(world.key())).await.unwrap_err();
    assert_told(&error, Code::Network, "not_a_store", &message, SIGN_IN);
    assert_eq!(app.registries().unwrap().len(), 1);

    let steps = std::sync::Mutex::new(Vec::new());
    app.test_registry(TEAM, &|step| steps.lock().unwrap().push(step)).await.unwrap();
    let steps = steps.into_inner().unwrap();
    let stopped: Vec<_> = steps.iter().filter(|s| matches!(s.state, StepState::Failed { .. })).collect();
    let [stopped] = stopped[..] else { panic!("{steps:?}") };
    let StepState::Failed { error } = &stopped.state else { panic!("{stopped:?}") };
    assert_eq!(stopped.name, StepName::Tls);
    assert_told(error, Code::Network, "not_a_store", &message, SIGN_IN);
    assert!(steps.iter().all(|s| s.name <= StepName::Tls || matches!(s.state, StepState::Skipped { .. })), "{steps:?}");
    // A portal says nothing about the registry, so nothing is remembered of it.
    assert_eq!(app.registries().unwrap()[0].access, Access::Unknown);
}

#[tokio::test]
async fn a_captive_portal_in_the_middle_of_a_publish() {
    let world = World::new().await;
    let app = world.member("mei").await;
    let path = world.plugin();
    let message = format!("{} did not answer as a store does: it sent a web page.", world.proxy.endpoint);
    // Before the commit it has failed, for certain.
    for part in ["/packages/", "/assets/"] {
        world.proxy.rule(move |method, path| if method == "PUT" && path.contains(part) { Fate::Portal } else { Fate::Passes });
        let error = failed(publish(&app, TEAM, &path).await);
        assert_told(&error, Code::Network, "not_a_store", &message, SIGN_IN);
        assert_eq!(world.revisions().await, 0);
    }
    // A page in answer to the commit says nothing about the commit.
    world.proxy.rule(|method, path| if method == "PUT" && path.contains("/plugins/") { Fate::Portal } else { Fate::Passes });
    let job = app.publish(Some(TEAM), super::world::request(&path)).await.unwrap();
    let JobState::Unknown { error } = app.wait_job(&job.id).await.unwrap().status else { panic!("it is not known") };
    assert_eq!((error.code, error.data["op"].as_str()), (Code::UnknownOutcome, job.id.as_str()));
    assert_eq!(world.revisions().await, 0);
    world.proxy.rule(|_, _| Fate::Passes);
    app.resume_job(&job.id).await.unwrap();
    let ended = app.wait_job(&job.id).await.unwrap().status;
    let JobState::Done { result: JobResult::Published { seq: 1, verified: true, .. } } = ended else { panic!("{ended:?}") };
    assert_eq!(world.revisions().await, 1);
}

#[tokio::test]
async fn a_store_that_does_not_heed_conditions() {
    let about = About::new(uuid::Uuid::new_v4(), "Heedless").to_bytes();
    let store = Heedless::start([("/patchbay/registry.json".to_owned(), about)]).await;
    let world = World::new().await;
    let app = world.app("mei");
    app.add_registry(input(TEAM, &store.endpoint), Some(world.key())).await.unwrap();
    let error = failed(publish(&app, TEAM, &world.plugin()).await);
    assert_told(
        &error,
        Code::Refused,
        "probe_failed",
        "This store does not keep its word about conditional writes, so it can only be read. It let two writers create the same object. \
         It let a writer replace what somebody else had changed meanwhile. It let a writer replace an object that was not there. \
         It let 8 of 8 writers create the same object at once. It let 8 of 8 writers replace the same object at once.",
        "Publishing there could lose what others publish. Use a store that honours If-Match and If-None-Match, such as AWS S3 or SeaweedFS.",
    );
    assert_eq!(error.data["checks"], "create_once, stale_tag, missing_match, create_race, match_race");
    assert_eq!(store.paths(), ["/patchbay/registry.json"], "nothing is left of the publish, nor of the probe");
    // It is remembered, also after a restart, and not asked again.
    let app = world.app("mei");
    assert_eq!(app.registries().unwrap()[0].access, Access::ReadOnly { reason: error.clone() });
    assert_eq!(failed(publish(&app, TEAM, &world.plugin()).await), error);
    assert_eq!(app.sync(None).await.unwrap().total, 0, "it can be read");
}
