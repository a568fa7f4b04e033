//! A registry that is served from a public URL, by a web server or a CDN: for reading, without credentials.

mod incoming;
mod network;

use std::{ops::Range, path::Path};

use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use futures::StreamExt;
use patchbay_package::Digest;
use reqwest::{Response, StatusCode, header};
use url::Url;

use super::{
    Body, Condition, ETag, Fetched, Object, Page, Progress, Store, StoreError, StoreErrorKind,
    error::cause::{self, Cause, Progressed},
    part::{Part, Sent},
};
use crate::key::Key;

pub(super) use incoming::{Incoming, Passing};
pub use network::{Network, ProxySettings, Timeouts};
pub(super) use network::{address, shown};

/// How much of the beginning of an answer tells a web page.
const OPENING: usize = 512;

/// What is wanted of an object.
enum Wanted<'a> {
    /// All of it.
    All,
    /// All of it, unless it still has this tag.
    Unless(&'a ETag),
    /// These bytes of it.
    Part(Range<u64>),
}

/// A registry at a public URL.
#[derive(Clone, Debug)]
pub struct HttpStore {
    client: reqwest::Client,
    /// With a slash at its end.
    base: Url,
    timeouts: Timeouts,
}

impl HttpStore {
    /// A store whose objects are at `base`, followed by a slash and their key.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unreachable`] for a base or a proxy that is no address, [`StoreErrorKind::Tls`] for an unreadable
    /// certificate bundle.
    pub fn new(base: &str, network: &Network) -> Result<Self, StoreError> {
        let own = |kind| StoreError::new(kind, None);
        let mut base = address(base).map_err(own)?;
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let client = network.web_client(&base, concat!("patchbay/", env!("CARGO_PKG_VERSION"))).map_err(own)?;
        Ok(Self { client, base, timeouts: network.timeouts })
    }

    /// Where it is, as messages show it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        shown(&self.base)
    }

    /// Asks for a key until its answer begins: up to three times.
    async fn ask(&self, key: &Key, wanted: Wanted<'_>) -> Result<Response, StoreError> {
        // S3 reads a plus sign in a path as a space; versions have them.
        let path = key.to_string().replace('+', "%2B");
        let url = self.base.join(&path).map_err(|_| StoreError::new(self.not_a_store("an address that cannot be used"), Some(key)))?;
        let patience = ExponentialBuilder::default().with_min_delay(self.timeouts.backoff).with_max_times(2).with_jitter();
        (|| self.ask_once(key, url.clone(), &wanted)).retry(patience).when(StoreError::is_transient).await
    }

    async fn ask_once(&self, key: &Key, url: Url, wanted: &Wanted<'_>) -> Result<Response, StoreError> {
        let own = |kind| StoreError::new(kind, Some(key));
        let request = self.client.get(url);
        let request = match wanted {
            Wanted::All => request,
            Wanted::Unless(ETag(etag)) => request.header(header::IF_NONE_MATCH, etag),
            // Of compressed bytes a range would be another part.
            Wanted::Part(Range { start, end }) => {
                request.header(header::RANGE, format!("bytes={start}-{}", end - 1)).header(header::ACCEPT_ENCODING, "identity")
            }
        };
        let answer = match tokio::time::timeout(self.timeouts.answer, request.send()).await {
            Err(_) => return Err(own(self.lost("no answer in time"))),
            Ok(Err(error)) => return Err(self.failed(error, key, Progressed::Asked)),
            Ok(Ok(answer)) => answer,
        };
        let status = answer.status();
        match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(own(StoreErrorKind::NotFound { key: key.to_string() })),
            StatusCode::NOT_MODIFIED => Ok(answer),
            StatusCode::RANGE_NOT_SATISFIABLE if matches!(wanted, Wanted::Part(_)) => Ok(answer),
            _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(own(StoreErrorKind::Unavailable { endpoint: self.endpoint(), status: status.as_u16() }))
            }
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                let reason = cause::PROXY_WANTS_A_PASSWORD.into();
                Err(own(StoreErrorKind::Unreachable { endpoint: self.endpoint(), reason }))
            }
            _ if content_type(&answer).is_some_and(is_html) => Err(own(self.not_a_store("a web page"))),
            _ if status.is_redirection() => Err(own(self.not_a_store("a redirect to somewhere else"))),
            _ if status.is_success() => Ok(answer),
            _ => {
                let code = status.canonical_reason().unwrap_or("no reason given").to_owned();
                Err(own(StoreErrorKind::Other { code, status: status.as_u16() }))
            }
        }
    }

    fn not_a_store(&self, what: &str) -> StoreErrorKind {
        StoreErrorKind::NotAStore { endpoint: self.endpoint(), what: what.into() }
    }

    fn lost(&self, reason: &str) -> StoreErrorKind {
        StoreErrorKind::Lost { endpoint: self.endpoint(), reason: reason.into() }
    }

    fn failed(&self, error: reqwest::Error, key: &Key, progressed: Progressed) -> StoreError {
        let error = error.without_url();
        let kind = if error.is_redirect() {
            self.not_a_store("a redirect to somewhere else")
        } else if error.is_timeout() && !error.is_connect() {
            self.lost("no answer in time")
        } else {
            cause::transport(&error, &self.endpoint(), progressed)
        };
        StoreError::new(kind, Some(key)).with_source(Cause::of(&error))
    }
}

#[async_trait]
impl Store for HttpStore {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        let answer = match self.ask(key, known.map_or(Wanted::All, Wanted::Unless)).await {
            Err(StoreError { kind: StoreErrorKind::NotFound { .. }, .. }) => return Ok(Fetched::Absent),
            answer => answer?,
        };
        if answer.status() == StatusCode::NOT_MODIFIED {
            return Ok(Fetched::Same);
        }
        let too_large = || StoreError::new(StoreErrorKind::TooLarge { key: key.to_string(), limit }, Some(key));
        if answer.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let typed = content_type(&answer).map(str::to_owned);
        let etag = answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(|tag| ETag(tag.to_owned()));
        let mut bytes = Vec::new();
        let mut body = answer.bytes_stream();
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk.map_err(|e| self.failed(e, key, Progressed::Answered))?);
            if bytes.len() as u64 > limit {
                return Err(too_large());
            }
        }
        if is_web_page(key, typed.as_deref(), &bytes) {
            return Err(StoreError::new(self.not_a_store("a web page"), Some(key)));
        }
        // Some web servers send no tag; one of our own spares the reader what it has already, if not the transfer.
        let etag = etag.unwrap_or_else(|| ETag(format!("\"{}\"", Digest::of(&bytes))));
        if known == Some(&etag) {
            return Ok(Fetched::Same);
        }
        Ok(Fetched::Found(Object { bytes: bytes.into(), etag }))
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let own = |kind| StoreError::new(kind, Some(key));
        let answer = self.ask(key, Wanted::Part(range.clone())).await?;
        // It ends before the range begins.
        if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Ok(Bytes::new());
        }
        let content_range = answer.headers().get(header::CONTENT_RANGE).and_then(|text| text.to_str().ok());
        let whole = match Sent::of(content_range, answer.status() == StatusCode::PARTIAL_CONTENT, &range) {
            Sent::Part => false,
            Sent::Whole => true,
            Sent::Other => return Err(own(self.not_a_store("another part of the object than was asked for"))),
            Sent::TooFar => return Err(own(StoreErrorKind::NoRanges { endpoint: self.endpoint() })),
        };
        let typed = content_type(&answer).map(str::to_owned);
        let (mut part, mut opening) = (Part::new(&range, whole), Vec::new());
        let mut body = answer.bytes_stream();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|e| self.failed(e, key, Progressed::Answered))?;
            let looked_at = opening.len().min(OPENING);
            opening.extend(chunk.iter().take(OPENING - looked_at));
            if !part.take(&chunk) {
                break;
            }
        }
        // A portal's page must not be taken for a damaged package.
        if whole && is_web_page(key, typed.as_deref(), &opening) {
            return Err(own(self.not_a_store("a web page")));
        }
        Ok(part.finish())
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let answer = self.ask(key, Wanted::All).await?;
        let typed = content_type(&answer).map(str::to_owned);
        let mut incoming = Incoming::create(key, to, progress).await?;
        let mut body = answer.bytes_stream();
        while let Some(chunk) = body.next().await {
            incoming.write(&chunk.map_err(|e| self.failed(e, key, Progressed::Answered))?).await?;
        }
        let (size, digest, opening) = incoming.finish().await?;
        if is_web_page(key, typed.as_deref(), &opening) {
            return Err(StoreError::new(self.not_a_store("a web page"), Some(key)));
        }
        Ok((size, digest))
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let answer = self.ask(key, Wanted::All).await?;
        let typed = content_type(&answer).map(str::to_owned);
        let mut passing = Passing::new(progress);
        let mut body = answer.bytes_stream();
        while let Some(chunk) = body.next().await {
            passing.take(&chunk.map_err(|e| self.failed(e, key, Progressed::Answered))?);
        }
        let (size, digest, opening) = passing.finish();
        if is_web_page(key, typed.as_deref(), &opening) {
            return Err(StoreError::new(self.not_a_store("a web page"), Some(key)));
        }
        Ok((size, digest))
    }

    async fn put(&self, key: &Key, _: Body, _: Condition, _: Option<Progress>) -> Result<ETag, StoreError> {
        Err(StoreError::new(StoreErrorKind::ReadOnly, Some(key)))
    }

    async fn page(&self, _: &str, _: Option<&str>) -> Result<Page, StoreError> {
        Err(StoreError::new(StoreErrorKind::ReadOnly, None))
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        Err(StoreError::new(StoreErrorKind::ReadOnly, Some(key)))
    }
}

fn content_type(answer: &Response) -> Option<&str> {
    answer.headers().get(header::CONTENT_TYPE)?.to_str().ok()
}

/// Whether a media type is a web page's.
pub(super) fn is_html(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(essence.as_str(), "text/html" | "application/xhtml+xml")
}

/// Whether what came for a key is a web page all the same. What has the type that it was stored with is not: a README may
/// begin like one.
pub(super) fn is_web_page(key: &Key, content_type: Option<&str>, bytes: &[u8]) -> bool {
    if content_type == Some(key.content_type()) {
        return false;
    }
    let opening = bytes.get(..bytes.len().min(512)).unwrap_or_default().trim_ascii_start().to_ascii_lowercase();
    opening.starts_with(b"<!doctype html") || opening.starts_with(b"<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_is_known_by_its_type_or_its_opening() {
        assert!(is_html("text/html") && is_html("Text/HTML; charset=utf-8") && is_html("application/xhtml+xml"));
        assert!(!is_html("application/json") && !is_html("text/plain"));
        assert!(is_web_page(&Key::Registry, None, b"\n <!DOCTYPE html><title>Sign in</title>"));
        assert!(is_web_page(&Key::Registry, Some("text/plain"), b"<HTML><body>"));
        assert!(!is_web_page(&Key::Registry, None, b"{\"patchbay\":1}"));
        assert!(!is_web_page(&Key::Probe("readme".into()), Some("application/octet-stream"), b"<html>"));
    }
}
