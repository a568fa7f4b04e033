//! How to reach the network: what both backends need, given by the caller, for the library reads no environment.

use std::{fmt, net::IpAddr, time::Duration};

use aws_smithy_http_client::{Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use url::{Host, Url};

use crate::store::StoreErrorKind;

/// Trust, proxies and patience.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// PEM certificates that are trusted instead of the system's, as `AWS_CA_BUNDLE` has it.
    pub ca_bundle: Option<Vec<u8>>,
    /// The proxies to use.
    pub proxy: ProxySettings,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// The values of the usual variables, by which an environment names its proxies.
///
/// Loopback is never asked for through a proxy, whatever they say.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxySettings {
    /// For `http://` addresses (`HTTP_PROXY`).
    pub http: Option<String>,
    /// For `https://` addresses (`HTTPS_PROXY`).
    pub https: Option<String>,
    /// Hosts to ask directly, separated by commas (`NO_PROXY`).
    pub no_proxy: Option<String>,
}

/// A proxy's address can hold a password.
impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxySettings")
            .field("http", &self.http.is_some())
            .field("https", &self.https.is_some())
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For the answer to a request without a body to speak of.
    pub answer: Duration,
    /// Without a byte moving while a body goes up or down, and for the answer after it went up. There is no limit on the
    /// whole: a large package on a slow line takes as long as it takes.
    pub stall: Duration,
    /// Before a read that failed is asked again; twice as long before it is asked for the last time.
    pub backoff: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(20),
            stall: Duration::from_secs(60),
            backoff: Duration::from_millis(200),
        }
    }
}

impl Network {
    /// A client for the AWS libraries that reaches `endpoint` as these settings say. The S3 backend uses it; so does whoever
    /// asks AWS for credentials.
    ///
    /// # Errors
    /// [`StoreErrorKind::Tls`] for an unreadable certificate bundle, [`StoreErrorKind::Unreachable`] for an unusable proxy.
    pub fn aws_client(&self, endpoint: &Url) -> Result<SharedHttpClient, StoreErrorKind> {
        let proxy = self.proxy_for(endpoint)?;
        // Without TLS anywhere there is nothing to trust, and the system's certificates need not be read.
        let plain = endpoint.scheme() == "http" && proxy.as_ref().is_none_or(|p| p.scheme() == "http");
        let trust = match self.certificates(endpoint)? {
            Some(bundle) => tls::TrustStore::empty().with_pem_certificate(bundle),
            None if plain => tls::TrustStore::empty(),
            None => tls::TrustStore::default(),
        };
        let context = tls::TlsContext::builder().with_trust_store(trust).build().map_err(|_| bad_bundle(endpoint))?;
        let mut connector = Connector::builder()
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(self.timeouts.connect).build())
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .tls_context(context);
        if let Some(proxy) = proxy {
            // A name and a password in the address become `Proxy-Authorization`.
            let config = ProxyConfig::all(proxy.as_str()).map_err(|_| bad_proxy(endpoint))?;
            connector = connector.proxy_config(config.no_proxy(self.proxy.no_proxy.as_deref().unwrap_or_default()));
        }
        let connector = SharedHttpConnector::new(connector.build());
        Ok(http_client_fn(move |_, _| connector.clone()))
    }

    /// A plain HTTP client that reaches `base` as these settings say.
    pub(super) fn web_client(&self, base: &Url, user_agent: &str) -> Result<reqwest::Client, StoreErrorKind> {
        let mut builder = reqwest::Client::builder()
            .user_agent(user_agent)
            .redirect(reqwest::redirect::Policy::custom(follow))
            .connect_timeout(self.timeouts.connect)
            .read_timeout(self.timeouts.stall)
            .no_proxy();
        if let Some(proxy) = self.proxy_for(base)? {
            let bypass = self.proxy.no_proxy.as_deref().and_then(reqwest::NoProxy::from_string);
            builder = builder.proxy(reqwest::Proxy::all(proxy.as_str()).map_err(|_| bad_proxy(base))?.no_proxy(bypass));
        }
        if let Some(bundle) = self.certificates(base)? {
            let certificates = reqwest::Certificate::from_pem_bundle(&bundle).map_err(|_| bad_bundle(base))?;
            builder = builder.tls_certs_only(certificates);
        }
        builder.build().map_err(|_| bad_bundle(base))
    }

    /// The proxy for an address, unless it is on this computer.
    fn proxy_for(&self, endpoint: &Url) -> Result<Option<Url>, StoreErrorKind> {
        let value = if endpoint.scheme() == "http" { &self.proxy.http } else { &self.proxy.https };
        let Some(value) = value.as_deref().map(str::trim).filter(|value| !value.is_empty()) else { return Ok(None) };
        if is_loopback(endpoint) {
            return Ok(None);
        }
        let value = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
        match Url::parse(&value) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(Some(url)),
            _ => Err(bad_proxy(endpoint)),
        }
    }

    /// The bundle, when there is one and every certificate in it can be trusted: the AWS library panics on any other.
    fn certificates(&self, endpoint: &Url) -> Result<Option<Vec<u8>>, StoreErrorKind> {
        let Some(bundle) = &self.ca_bundle else { return Ok(None) };
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(bundle) {
            let certificate = certificate.map_err(|_| bad_bundle(endpoint))?;
            store.add(certificate).map_err(|_| bad_bundle(endpoint))?;
        }
        if store.is_empty() {
            return Err(bad_bundle(endpoint));
        }
        Ok(Some(bundle.clone()))
    }
}

/// Follows a few redirects, and none that gives up TLS.
fn follow(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let gives_up_tls = attempt.url().scheme() != "https" && attempt.previous().last().is_some_and(|url| url.scheme() == "https");
    if gives_up_tls || attempt.previous().len() > 5 { attempt.stop() } else { attempt.follow() }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    }
}

/// An address as a person gave it, read as that of a store: `http` or `https`, with a host, and without a password that
/// would end up in messages.
pub(in crate::store) fn address(text: &str) -> Result<Url, StoreErrorKind> {
    let reason = match Url::parse(text.trim()) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            let mut url = url;
            let _ = url.set_username("").and_then(|()| url.set_password(None));
            return Err(StoreErrorKind::Unreachable { endpoint: shown(&url), reason: "its address must not hold a password".into() });
        }
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            let mut url = url;
            url.set_query(None);
            url.set_fragment(None);
            return Ok(url);
        }
        _ => "its address must begin with https:// or http://",
    };
    Err(StoreErrorKind::Unreachable {
        endpoint: text.trim().split(['@', '?']).next_back().unwrap_or_default().into(),
        reason: reason.into(),
    })
}

/// An address as messages show it.
pub(in crate::store) fn shown(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn bad_bundle(endpoint: &Url) -> StoreErrorKind {
    StoreErrorKind::Tls { endpoint: shown(endpoint), reason: "the certificate bundle cannot be read".into() }
}

fn bad_proxy(endpoint: &Url) -> StoreErrorKind {
    StoreErrorKind::Unreachable { endpoint: shown(endpoint), reason: "the proxy's address is not valid".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(http: &str, https: &str) -> Network {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        Network { proxy: ProxySettings { http: some(http), https: some(https), no_proxy: None }, ..Network::default() }
    }

    #[test]
    fn the_proxy_follows_the_scheme_and_spares_loopback() {
        let network = settings("plain.proxy:3128", "http://user:secret@tls.proxy:3128");
        let pick = |url: &str| network.proxy_for(&Url::parse(url).unwrap()).unwrap().map(|u| u.host_str().unwrap().to_owned());
        assert_eq!(pick("http://store.example").as_deref(), Some("plain.proxy"));
        assert_eq!(pick("https://store.example").as_deref(), Some("tls.proxy"));
        assert_eq!(pick("http://127.0.0.1:9000"), None);
        assert_eq!(pick("http://[::1]:9000"), None);
        assert_eq!(pick("https://localhost:9000"), None);
        assert!(!format!("{network:?}").contains("secret"));
    }

    #[test]
    fn an_address_is_checked_before_it_is_used() {
        assert_eq!(shown(&address(" https://s3.example.com/ ").unwrap()), "https://s3.example.com");
        let refusal = |text: &str| address(text).unwrap_err().to_string();
        assert_eq!(refusal("s3.example.com"), "s3.example.com cannot be reached: its address must begin with https:// or http://.");
        assert_eq!(
            refusal("ftp://s3.example.com"),
            "ftp://s3.example.com cannot be reached: its address must begin with https:// or http://."
        );
        assert_eq!(
            refusal("https://me:secret@s3.example.com"),
            "https://s3.example.com cannot be reached: its address must not hold a password."
        );
        assert!(!refusal("me:secret@s3.example.com").contains("secret"));
    }

    #[test]
    fn a_bundle_that_is_none_is_refused() {
        let endpoint = Url::parse("https://s3.example.com").unwrap();
        for bundle in [&b""[..], b"not PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let network = Network { ca_bundle: Some(bundle.to_vec()), ..Network::default() };
            let refused = network.aws_client(&endpoint).unwrap_err();
            assert_eq!(refused.to_string(), "No trusted connection to https://s3.example.com: the certificate bundle cannot be read.");
        }
    }
}
