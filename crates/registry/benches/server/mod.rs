//! The server that is measured on: the embedded registry, or the one that `PATCHBAY_BENCH_S3` describes.

use std::sync::Arc;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use patchbay_local::LocalServer;
use patchbay_registry::store::s3::{S3Config, S3Store};
use serde_json::{Value, json};

pub const BUCKET: &str = "patchbay-bench";

/// Where the requests go, and with which key.
pub struct Server {
    pub endpoint: String,
    pub region: String,
    pub name: &'static str,
    key: (String, String),
    _local: Option<(tempfile::TempDir, LocalServer)>,
}

impl Server {
    pub async fn start() -> Self {
        if let Ok(text) = std::env::var("PATCHBAY_BENCH_S3") {
            let given: Value = serde_json::from_str(&text).unwrap();
            let field = |name: &str| given[name].as_str().unwrap().to_owned();
            let key = (field("access_key_id"), field("secret_access_key"));
            return Self { endpoint: field("endpoint"), region: field("region"), name: "SeaweedFS", key, _local: None };
        }
        let folder = tempfile::tempdir().unwrap();
        let local = LocalServer::start(folder.path(), None).await.unwrap();
        let key = (local.credentials().access_key_id().to_owned(), local.credentials().secret_access_key().to_owned());
        let (endpoint, region) = (local.endpoint().to_owned(), local.region().to_owned());
        Self { endpoint, region, name: "embedded", key, _local: Some((folder, local)) }
    }

    pub fn credentials(&self) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Credentials::new(&self.key.0, &self.key.1, None, None, "bench"))
    }

    /// A part of a bucket, by way of this endpoint. The bucket is made if it is not there.
    pub async fn store(&self, endpoint: &str) -> Arc<S3Store> {
        let mut config = S3Config::new(self.bucket(), &self.region, self.credentials());
        config.endpoint = Some(endpoint.to_owned());
        config.prefix = uuid::Uuid::new_v4().to_string();
        let store = S3Store::new(config).unwrap();
        // It may be there already.
        let _ = store.create_bucket().await;
        Arc::new(store)
    }

    pub fn bucket(&self) -> &str {
        self._local.as_ref().map_or(BUCKET, |(_, local)| local.bucket())
    }
}

/// A line for the table of `npm run bench`. The target is to be reached, or with `at_least: false` not to be passed.
pub fn report(name: &str, value: f64, unit: &str, target: Option<f64>, at_least: bool, peer: (&str, String)) {
    let met = target.map(|target| if at_least { value >= target } else { value <= target });
    let value = (value * 1_000.0).round() / 1_000.0;
    let line = json!({
        "name": name, "value": value, "unit": unit, "target": target, "at_least": at_least, "met": met, "peer": peer.0, "peer_value": peer.1,
    });
    println!("{line}");
}
