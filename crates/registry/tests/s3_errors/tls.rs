//! Certificates: who is trusted, who is not, and what is said then.

use std::{sync::Arc, time::Duration};

use patchbay_registry::{
    key::Key,
    store::{
        Store,
        http::{HttpStore, Network, Timeouts},
        s3::S3Store,
    },
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::{
    TRUST, config, put,
    scripted::{Reply, Scripted},
};

/// An authority of our own.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn acceptor(authority: &CertifiedIssuer<'_, KeyPair>, name: &str, edit: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    edit(&mut params);
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

fn network(ca_bundle: Option<String>) -> Network {
    let patience = Duration::from_secs(10);
    let timeouts = Timeouts { connect: Duration::from_secs(1), answer: patience, stall: patience, backoff: Duration::from_millis(1) };
    Network { ca_bundle: ca_bundle.map(String::into_bytes), timeouts, ..Network::default() }
}

fn store(endpoint: &str, ca_bundle: Option<String>) -> S3Store {
    let mut config = config(endpoint);
    config.network = network(ca_bundle);
    S3Store::new(config).unwrap()
}

fn created() -> Reply {
    Reply::answer("200 OK", &["ETag: \"1\"", "Content-Type: application/json"], "{}")
}

/// A PUT to S3 and a GET over HTTP are refused with the same words, and nothing was sent.
async fn refused(acceptor: TlsAcceptor, ca_bundle: Option<String>, reason: &str) {
    let server = Scripted::start_tls(created(), acceptor).await;
    let endpoint = format!("https://localhost:{}", server.address.port());
    let web = HttpStore::new(&endpoint, &network(ca_bundle.clone())).unwrap();
    let errors = [put(&store(&endpoint, ca_bundle)).await.unwrap_err(), web.get(&Key::Registry, None, 10).await.unwrap_err()];
    for error in errors {
        assert_eq!(error.to_string(), format!("No trusted connection to {endpoint}: {reason}."));
        assert_eq!(error.kind.hint(), TRUST);
        assert!(!error.is_ambiguous());
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_authority_of_one_s_own_is_trusted_by_its_bundle() {
    let authority = authority();
    let server = Scripted::start_tls(created(), acceptor(&authority, "localhost", |_| {})).await;
    let endpoint = format!("https://localhost:{}", server.address.port());
    put(&store(&endpoint, Some(authority.pem()))).await.unwrap();
    HttpStore::new(&endpoint, &network(Some(authority.pem()))).unwrap().get(&Key::Registry, None, 10).await.unwrap();
}

#[tokio::test]
async fn an_unknown_authority() {
    let reason = "its certificate was issued by nobody this computer trusts";
    refused(acceptor(&authority(), "localhost", |_| {}), None, reason).await;
    refused(acceptor(&authority(), "localhost", |_| {}), Some(authority().pem()), reason).await;
}

#[tokio::test]
async fn an_expired_certificate() {
    let authority = authority();
    let expired = acceptor(&authority, "localhost", |params| params.not_after = date_time_ymd(2020, 1, 1));
    refused(expired, Some(authority.pem()), "its certificate has expired").await;
}

#[tokio::test]
async fn a_certificate_of_the_future() {
    let authority = authority();
    let early = acceptor(&authority, "localhost", |params| params.not_before = date_time_ymd(4000, 1, 1));
    refused(early, Some(authority.pem()), "its certificate is not valid yet").await;
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let authority = authority();
    refused(acceptor(&authority, "elsewhere.example", |_| {}), Some(authority.pem()), "its certificate is for another name").await;
}

#[tokio::test]
async fn a_server_without_tls() {
    let server = Scripted::start(Reply::Silent).await;
    let endpoint = format!("https://localhost:{}", server.address.port());
    let error = put(&store(&endpoint, None)).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{endpoint} cannot be reached: no answer in time."));
    assert!(!error.is_ambiguous());
}
