//! The AWS SDK pointed at a server, and a bare TCP client for what the SDK would not send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::SystemTime;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_async::time::StaticTimeSource;
use patchbay_local::LocalServer;

pub const BUCKET: &str = "patchbay";

fn config(server: &LocalServer, endpoint: &str, secret: &str) -> Builder {
    let key = server.credentials();
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(server.region().to_owned()))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(Credentials::new(key.access_key_id(), secret, None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
}

pub fn client(server: &LocalServer) -> Client {
    client_of(server, server.endpoint())
}

/// For another server on the same folder: it has the same key.
pub fn client_of(server: &LocalServer, endpoint: &str) -> Client {
    Client::from_conf(config(server, endpoint, server.credentials().secret_access_key()).build())
}

pub fn client_with_secret(server: &LocalServer, secret: &str) -> Client {
    Client::from_conf(config(server, server.endpoint(), secret).build())
}

pub fn client_at(server: &LocalServer, now: SystemTime) -> Client {
    let config = config(server, server.endpoint(), server.credentials().secret_access_key());
    Client::from_conf(config.time_source(StaticTimeSource::new(now)).build())
}

pub async fn put(client: &Client, key: &str, body: impl Into<Vec<u8>>) -> String {
    let body = ByteStream::from(body.into());
    client.put_object().bucket(BUCKET).key(key).body(body).send().await.unwrap().e_tag.unwrap()
}

/// The bytes of an object, or `None` for a 404.
pub async fn get(client: &Client, key: &str) -> Option<Vec<u8>> {
    match client.get_object().bucket(BUCKET).key(key).send().await {
        Ok(object) => Some(object.body.collect().await.unwrap().to_vec()),
        Err(error) => {
            assert_eq!(refusal(&error), (404, "NoSuchKey".to_owned()));
            None
        }
    }
}

/// Status and S3 error code of a refused request. HEAD answers and 304 have no code.
pub fn refusal<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> (u16, String) {
    let status = error.raw_response().expect("an answer").status().as_u16();
    (status, error.code().unwrap_or_default().to_owned())
}

/// `Ok(())` or the refusal, for tables.
pub fn outcome<T, E: ProvideErrorMetadata>(result: Result<T, SdkError<E, HttpResponse>>) -> Result<(), (u16, String)> {
    result.map(|_| ()).map_err(|error| refusal(&error))
}

/// Sends bytes and reads until the server closes. The request has to ask for that.
pub fn raw(server: &LocalServer, request: &str) -> String {
    let mut stream = TcpStream::connect(server.endpoint().trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The `host:port` of a server.
pub fn authority(server: &LocalServer) -> &str {
    server.endpoint().trim_start_matches("http://")
}
