//! Credentials that cannot be had, and that nothing shows.

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future};
use patchbay_registry::store::s3::{NoCredentials, S3Store};

use super::{
    KEY_ID, SECRET, SIGN_IN, SOURCE, TOKEN, Told, config, hear, put,
    scripted::{Reply, Scripted},
    store_at, told,
};

#[derive(Debug)]
struct Failing(fn() -> CredentialsError);

impl ProvideCredentials for Failing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err((self.0)()))
    }
}

#[tokio::test]
async fn no_credentials() {
    let cases: [(fn() -> CredentialsError, Told); 4] = [
        (
            || CredentialsError::not_loaded(NoCredentials { reason: "the keychain is locked".into() }),
            told("No credentials for this registry: the keychain is locked.", SOURCE, false),
        ),
        (CredentialsError::not_loaded_no_source, told("No credentials for this registry: the chosen source has none.", SOURCE, false)),
        (|| CredentialsError::provider_error(SECRET), told("No credentials for this registry: the chosen source failed.", SOURCE, false)),
        (|| CredentialsError::provider_error("the SSO session has expired"), told("The credentials have expired.", SIGN_IN, false)),
    ];
    let server = Scripted::start(Reply::Silent).await;
    let endpoint = format!("http://{}", server.address);
    for (failure, expected) in cases {
        let mut config = config(&endpoint);
        config.credentials = SharedCredentialsProvider::new(Failing(failure));
        assert_eq!(hear(put(&S3Store::new(config).unwrap()).await, &endpoint), expected);
    }
    assert!(server.requests().is_empty(), "nothing is sent unsigned");
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_secret() {
    let store = store_at("http://127.0.0.1:9");
    for shown in [format!("{store:?}"), format!("{store:#?}"), format!("{:?}", config("http://127.0.0.1:9"))] {
        assert!(![KEY_ID, SECRET, TOKEN].iter().any(|canary| shown.contains(canary)), "{shown}");
    }
}
