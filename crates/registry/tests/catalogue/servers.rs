//! A burst of publishers on real servers: the embedded registry, and SeaweedFS where `PATCHBAY_TEST_SEAWEED` names one.

use std::{sync::Arc, time::Instant};

use futures::future::join_all;
use patchbay_registry::{
    Registry,
    format::registry::About,
    store::{Store, s3::S3Store},
};
use uuid::Uuid;

use super::{at, line, plugin, standing, table};
use crate::servers::{Embedded, External};

/// 64 programs of their own that know nothing of each other.
async fn burst(store: S3Store) {
    let store: Arc<dyn Store> = Arc::new(store);
    let program = || Registry::known(store.clone(), Arc::default(), About::new(Uuid::nil(), "Team"));
    let programs: Vec<_> = (0..64).map(|n| (program(), line(&plugin(n, 1)))).collect();
    let begun = Instant::now();
    for done in join_all(programs.iter().map(|(registry, line)| registry.fold(None, vec![line.clone()], at(1)))).await {
        done.unwrap();
    }
    let known = standing(&program()).await;
    assert_eq!((table(&known).len(), known.head.position), (64, 64), "after {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_publishers_at_once_on_the_embedded_registry() {
    let embedded = Embedded::start().await;
    burst(embedded.store("a/registry/")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_publishers_at_once_on_seaweedfs() {
    if let Some(external) = External::from_environment("PATCHBAY_TEST_SEAWEED") {
        burst(external.store().await).await;
    }
}
