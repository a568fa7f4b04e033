//! The servers that the tests talk to: the embedded registry, and S3 servers that are started outside and named by the
//! environment.

use std::io::Write;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use patchbay_local::LocalServer;
use patchbay_registry::store::s3::{S3Config, S3Store};
use serde::Deserialize;

/// An S3 server, named by a variable that holds this as JSON.
#[derive(Deserialize)]
pub struct External {
    endpoint: String,
    access_key_id: String,
    secret_access_key: String,
    region: String,
}

impl External {
    /// The server that a variable names. Without one the test has nothing to run on, and says so; where all servers must be
    /// there (`PATCHBAY_TEST_SERVERS=required`), it fails.
    pub fn from_environment(variable: &str) -> Option<Self> {
        if let Ok(text) = std::env::var(variable) {
            return Some(serde_json::from_str(&text).expect("an endpoint, a key and a region as JSON"));
        }
        let required = std::env::var("PATCHBAY_TEST_SERVERS").is_ok_and(|value| value == "required");
        assert!(!required, "{variable} is not set, and PATCHBAY_TEST_SERVERS asks for every server");
        // Past the test harness, which keeps the output of what passes to itself.
        let _ = std::io::stderr().write_all(format!("not run: {variable} is not set\n").as_bytes());
        None
    }

    /// A part of a bucket for one test alone: nothing is in it. The bucket is made if it is not there.
    pub async fn store(&self) -> S3Store {
        let prefix = format!("{}/registry", uuid::Uuid::new_v4());
        let store = s3(&self.endpoint, &self.region, "patchbay-test", &prefix, &self.access_key_id, &self.secret_access_key);
        store.create_bucket().await.unwrap();
        store.head_bucket().await.unwrap();
        store
    }
}

/// A store at an endpoint of one's own.
pub fn s3(endpoint: &str, region: &str, bucket: &str, prefix: &str, id: &str, secret: &str) -> S3Store {
    let credentials = SharedCredentialsProvider::new(Credentials::new(id, secret, None, None, "test"));
    let mut config = S3Config::new(bucket, region, credentials);
    config.endpoint = Some(endpoint.to_owned());
    config.prefix = prefix.to_owned();
    S3Store::new(config).unwrap()
}

/// The embedded registry over a folder that goes with it.
pub struct Embedded {
    pub server: LocalServer,
    _folder: tempfile::TempDir,
}

impl Embedded {
    /// Started on a free port.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = LocalServer::start(folder.path(), None).await.unwrap();
        Self { server, _folder: folder }
    }

    /// A part of its bucket.
    pub fn store(&self, prefix: &str) -> S3Store {
        let key = self.server.credentials();
        s3(self.server.endpoint(), self.server.region(), self.server.bucket(), prefix, key.access_key_id(), key.secret_access_key())
    }
}
