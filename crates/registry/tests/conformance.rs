//! One suite, every backend: what `Store` promises is what each of them does.
//!
//! The embedded registry is always there. SeaweedFS and moto come by `PATCHBAY_TEST_SEAWEED` and `PATCHBAY_TEST_MOTO`
//! (`{"endpoint", "access_key_id", "secret_access_key", "region"}`).

use std::sync::Arc;

use patchbay_registry::store::{
    Store,
    http::{HttpStore, Network},
    memory::MemoryStore,
};

use crate::{
    servers::{Embedded, External},
    suite::{self, Bench},
    web,
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
    let address = web::serve(objects.clone(), web::Ranges::Sent).await;
    let reader = HttpStore::new(&format!("http://{address}"), &Network::default()).unwrap();
    Some(Bench::new(objects).read_by(reader))
}

/// The same, by a web server that does not know ranges.
async fn plain_http() -> Option<Bench> {
    let objects = MemoryStore::new();
    let address = web::serve(objects.clone(), web::Ranges::Ignored).await;
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
            a_part_is_exact
            a_part_beyond_the_end_is_what_is_there
            a_part_of_nothing_is_an_error
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

mod over_plain_http {
    use std::sync::atomic::Ordering;

    use patchbay_registry::store::StoreErrorKind;

    use super::{suite, web};

    reads!(plain_http);

    /// To look into a package must not cost its download: what follows the part is not read, and what stands before it only as long as
    /// it is little.
    #[tokio::test]
    async fn what_does_not_belong_to_the_part_is_not_read() {
        let objects = super::MemoryStore::new();
        let (address, sent) = web::serve_endless(20_000_000).await;
        let reader = super::HttpStore::new(&format!("http://{address}"), &super::Network::default()).unwrap();
        let bench = suite::Bench::new(objects).read_by(reader);
        let part = bench.read.get_range(&suite::key("endless"), 100_000..100_010).await.unwrap();
        assert_eq!(part, "0000000000");
        assert!(sent.load(Ordering::Relaxed) < 15_000_000, "{sent:?}");
        let refused = suite::kind(bench.read.get_range(&suite::key("endless"), 9_000_000..9_000_010).await);
        let endpoint = format!("http://{address}");
        assert_eq!(refused.to_string(), format!("{endpoint} sends whole objects only, so this file cannot be read by itself."));
        assert_eq!(refused, StoreErrorKind::NoRanges { endpoint });
    }

    #[tokio::test]
    async fn another_part_is_not_taken_for_the_part() {
        let objects = super::MemoryStore::new();
        let address = web::serve(objects.clone(), web::Ranges::Shifted).await;
        let reader = super::HttpStore::new(&format!("http://{address}"), &super::Network::default()).unwrap();
        let bench = suite::Bench::new(objects).read_by(reader);
        bench.create(&suite::key("ten"), "0123456789").await;
        let refused = suite::kind(bench.read.get_range(&suite::key("ten"), 3..5).await);
        assert!(refused.to_string().ends_with("it sent another part of the object than was asked for."), "{refused}");
    }
}

#[tokio::test]
async fn prefixes_of_one_bucket_do_not_meet() {
    let embedded = Embedded::start().await;
    let stores: [Arc<dyn Store>; 3] =
        [Arc::new(embedded.store("")), Arc::new(embedded.store("one")), Arc::new(embedded.store("/one/two//"))];
    suite::stores_do_not_meet(&stores).await;
}
