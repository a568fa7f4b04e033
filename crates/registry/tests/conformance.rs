//! One suite, every backend: what `Store` promises is what each of them does.
//!
//! The embedded registry is always there. SeaweedFS and moto come by `PATCHBAY_TEST_SEAWEED` and `PATCHBAY_TEST_MOTO`
//! (`{"endpoint", "access_key_id", "secret_access_key", "region"}`).
#![allow(clippy::unwrap_used)]

mod servers;
mod suite;
mod web;

use std::sync::Arc;

use patchbay_registry::store::{
    Store,
    http::{HttpStore, Network},
    memory::MemoryStore,
};

use self::{
    servers::{Embedded, External},
    suite::Bench,
};

async fn memory() -> Option<Bench> {
    Some(Bench::new(MemoryStore::new()))
}

async fn embedded() -> Option<Bench> {
    let embedded = Embedded::start().await;
    Some(Bench::new(embedded.store("a/registry/")).keeping(embedded))
}

async fn seaweed() -> Option<Bench> {
    let external = External::from_environment("PATCHBAY_TEST_SEAWEED")?;
    Some(Bench::new(external.store().await))
}

/// moto keeps what it is sent, whatever its digest.
async fn moto() -> Option<Bench> {
    let external = External::from_environment("PATCHBAY_TEST_MOTO")?;
    Some(Bench::new(external.store().await).without_digest_checks())
}

/// Written in memory, read over HTTP.
async fn http() -> Option<Bench> {
    let objects = MemoryStore::new();
    let address = web::serve(objects.clone()).await;
    let reader = HttpStore::new(&format!("http://{address}"), &Network::default()).unwrap();
    Some(Bench::new(objects).read_by(reader))
}

macro_rules! tests {
    ($backend:ident: $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            if let Some(bench) = super::$backend().await {
                super::suite::$case(&bench).await;
            }
        }
    )+};
}

macro_rules! reads {
    ($backend:ident) => {
        tests! { $backend:
            an_absent_object_is_absent
            an_object_is_read_with_its_tag
            a_known_tag_is_answered_same
            the_limit_is_inclusive
            a_download_is_exact
            an_object_is_digested_as_it_passes
            a_download_of_nothing_is_an_error
            a_download_to_nowhere_is_an_error
            every_key_can_be_read
        }
    };
}

macro_rules! writes {
    ($backend:ident) => {
        tests! { $backend:
            an_object_is_created_once
            an_object_is_replaced_by_tag
            nothing_is_replaced_where_nothing_stands
            an_empty_object_is_an_object
            a_file_is_sent_whole
            a_damaged_file_is_refused
            a_file_that_fails_leaves_nothing
            a_listing_is_complete_and_in_order
            a_listing_tells_the_age_of_an_object
            a_long_listing_is_complete
            a_removed_object_is_absent
            one_of_many_creators_wins
            one_of_many_replacers_wins
            no_increment_is_lost
        }
    };
}

mod on_memory {
    reads!(memory);
    writes!(memory);
}

mod on_the_embedded_registry {
    reads!(embedded);
    writes!(embedded);
}

mod on_seaweedfs {
    reads!(seaweed);
    writes!(seaweed);
}

mod on_moto {
    reads!(moto);
    writes!(moto);
}

mod over_http {
    reads!(http);

    #[tokio::test]
    async fn nothing_can_be_written() {
        let bench = super::http().await.unwrap();
        super::suite::everything_else_is_read_only(&bench).await;
    }
}

#[tokio::test]
async fn prefixes_of_one_bucket_do_not_meet() {
    let embedded = Embedded::start().await;
    let stores: [Arc<dyn Store>; 3] =
        [Arc::new(embedded.store("")), Arc::new(embedded.store("one")), Arc::new(embedded.store("/one/two//"))];
    suite::stores_do_not_meet(&stores).await;
}
