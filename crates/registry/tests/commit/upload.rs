//! What goes up before the commit: create-only, and nothing is visible.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use patchbay_package::Digest;
use patchbay_registry::{Asset, ChangeError, Key, Registry, Upload, format::registry::About};
use patchbay_testkit::{
    document::{id, parsed},
    store::{Fault, Method},
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::bench::Bench;

const PACKAGE: &[u8] = b"a package";

fn package(folder: &TempDir) -> Upload {
    let path = folder.path().join("package.zip");
    std::fs::write(&path, PACKAGE).unwrap();
    Upload::file(path, PACKAGE.len() as u64, Digest::of(PACKAGE))
}

fn assets() -> Vec<Asset> {
    vec![Asset::of("a file list"), Asset::of("a README")]
}

fn keys() -> Vec<String> {
    let package = Key::Package(id(), parsed("1.0.0"), Digest::of(PACKAGE));
    let mut keys: Vec<_> = assets().iter().map(|a| Key::Asset(id(), a.digest).to_string()).collect();
    keys.push(package.to_string());
    keys.sort();
    keys.push("registry.json".into());
    keys
}

async fn upload(bench: &Bench, cancel: &CancellationToken) -> Result<u64, ChangeError> {
    let folder = TempDir::new().unwrap();
    let sent = Arc::new(AtomicU64::new(0));
    let count = sent.clone();
    let progress = Arc::new(move |bytes| {
        count.fetch_add(bytes, Ordering::SeqCst);
    });
    bench.registry.upload(&id(), &parsed("1.0.0"), &package(&folder), &assets(), progress, cancel).await?;
    Ok(sent.load(Ordering::SeqCst))
}

#[tokio::test(start_paused = true)]
async fn everything_goes_up_once_under_its_digest() {
    let bench = Bench::new();
    let sent = upload(&bench, &CancellationToken::new()).await.unwrap();
    assert_eq!(sent, 9 + 11 + 8);
    assert_eq!(bench.memory.keys(), keys());
    // Again: it is there.
    upload(&bench, &CancellationToken::new()).await.unwrap();
    assert_eq!(bench.memory.keys(), keys());
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_each_upload_is_tried_again() {
    for index in 0..3 {
        for fault in [Fault::cut_before(), Fault::cut_after(), Fault::unavailable(), Fault::busy(&Key::Registry)] {
            let bench = Bench::new();
            bench.store.fail_nth(index, fault);
            upload(&bench, &CancellationToken::new()).await.unwrap();
            assert_eq!(bench.memory.keys(), keys(), "{index}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_given_up_in_the_end() {
    let bench = Bench::new();
    bench.store.fail_always(Method::Put, "packages/", Fault::cut_before());
    let error = upload(&bench, &CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.to_string(), "The connection to https://store.example was lost: the connection was closed before an answer came.");
    assert_eq!(bench.store.count(Method::Put, "packages/"), 5);
    let bench = Bench::new();
    bench.store.fail_always(Method::Put, "assets/", Fault::unreachable());
    assert!(upload(&bench, &CancellationToken::new()).await.is_err());
    assert_eq!(bench.store.count(Method::Put, "assets/"), 1, "what will not pass is not tried again");
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_hangs_can_be_cancelled() {
    let bench = Bench::new();
    bench.store.fail(Method::Put, "assets/", Fault::Hang);
    let cancel = CancellationToken::new();
    let press = async {
        while bench.store.count(Method::Put, "assets/") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(upload(&bench, &cancel), press);
    assert!(matches!(outcome, Err(ChangeError::Cancelled)), "{outcome:?}");
    assert!(bench.document().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_package_larger_than_the_registry_takes_is_not_sent() {
    let bench = Bench::new();
    let mut small: About = bench.registry.about().clone();
    small.limits.package = 8;
    let registry = Registry::known(Arc::new(bench.store.clone()), Arc::default(), small);
    let folder = TempDir::new().unwrap();
    let outcome = registry.upload(&id(), &parsed("1.0.0"), &package(&folder), &assets(), Arc::new(|_| {}), &CancellationToken::new()).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.to_string(), "The package has 9 bytes; this registry accepts at most 8.");
    assert!(bench.store.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_asset_that_is_not_what_its_name_says_is_refused() {
    let bench = Bench::new();
    upload(&bench, &CancellationToken::new()).await.unwrap();
    let readme = Asset::of("a README");
    assert_eq!(bench.registry.asset(&id(), readme.digest).await.unwrap(), readme.bytes);
    let key = Key::Asset(id(), readme.digest).to_string();
    bench.memory.insert(key.clone(), "another README");
    let error = bench.registry.asset(&id(), readme.digest).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{key} is not what was published: its bytes differ from its digest."));
    assert_eq!(error.hint(), "Do not use it. Tell whoever administers the registry.");
}
