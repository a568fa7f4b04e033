//! What comes back: pages that no store sends, and the body of an object.

use std::{
    fmt,
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_sdk_s3::primitives::{ByteStream, DateTime, DateTimeFormat as Format};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use jiff::Timestamp;
use patchbay_package::Digest;

use super::classify::Place;
use crate::{
    key::Key,
    store::{
        Progress, StoreError, StoreErrorKind,
        error::cause::{self, Cause, Progressed},
        http::{Incoming, Passing, is_html},
    },
};

/// The answer was a web page: a captive portal, a proxy, or a web server where a store was expected.
#[derive(Debug)]
pub(super) struct WebPage;

impl fmt::Display for WebPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer is a web page")
    }
}

impl std::error::Error for WebPage {}

/// Stops a web page before it is read as an object, or its 403 as the store's. A gateway's 5xx and a proxy's 407 mean what
/// they say, page or not.
#[derive(Debug)]
pub(super) struct PageDetector;

/// What a store signs its answers with, and no portal does. Some stores call even their XML `text/html`.
const SIGNS: [&str; 3] = ["x-amz-request-id", "x-amzn-requestid", "x-amz-id-2"];

#[dyn_dispatch_hint]
impl Intercept for PageDetector {
    fn name(&self) -> &'static str {
        "PageDetector"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let status = answer.status().as_u16();
        let headers = answer.headers();
        let is_page = headers.get("content-type").is_some_and(is_html) && !SIGNS.iter().any(|sign| headers.contains_key(sign));
        if is_page && status < 500 && status != 407 {
            return Err(WebPage.into());
        }
        Ok(())
    }
}

/// What the store's clock says, taken from the `Date` of an answer (RFC 9110, 6.6.1).
#[derive(Clone, Debug, Default)]
pub(super) struct StoreClock(Arc<OnceLock<Timestamp>>);

impl StoreClock {
    /// What it said, when an answer came that told.
    pub(super) fn now(&self) -> Option<Timestamp> {
        self.0.get().copied()
    }
}

#[dyn_dispatch_hint]
impl Intercept for StoreClock {
    fn name(&self) -> &'static str {
        "StoreClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(now) = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok()).and_then(timestamp) {
            // Set already by an earlier attempt of the same request: the older one is the safer one.
            let _ = self.0.set(now);
        }
        Ok(())
    }
}

/// A time as the SDK tells it.
pub(super) fn timestamp(time: DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// The body of an object on its way.
pub(super) struct Received<'a> {
    body: ByteStream,
    place: &'a Place,
    stall: Duration,
}

/// A body that did not come whole.
pub(super) struct Cut {
    kind: StoreErrorKind,
    cause: Option<Cause>,
}

impl Cut {
    /// As the failure of a request for a key.
    pub(super) fn on(self, key: &Key) -> StoreError {
        let error = StoreError::new(self.kind, Some(key));
        match self.cause {
            Some(cause) => error.with_source(cause),
            None => error,
        }
    }
}

impl<'a> Received<'a> {
    pub(super) fn new(body: ByteStream, place: &'a Place, stall: Duration) -> Self {
        Self { body, place, stall }
    }

    /// The next part of it.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Cut> {
        let endpoint = &self.place.endpoint;
        match tokio::time::timeout(self.stall, self.body.next()).await {
            Err(_) => {
                let kind = StoreErrorKind::Lost { endpoint: endpoint.clone(), reason: "no answer in time".into() };
                Err(Cut { kind, cause: None })
            }
            Ok(None) => Ok(None),
            Ok(Some(Ok(chunk))) => Ok(Some(chunk)),
            Ok(Some(Err(error))) => {
                Err(Cut { kind: cause::transport(&error, endpoint, Progressed::Answered), cause: Some(Cause::of(&error)) })
            }
        }
    }

    /// Lets it pass; answers its size, its digest and its first bytes.
    pub(super) async fn digested(mut self, key: &Key, progress: Progress) -> Result<(u64, Digest, Bytes), StoreError> {
        let mut passing = Passing::new(progress);
        while let Some(chunk) = self.next().await.map_err(|cut| cut.on(key))? {
            passing.take(&chunk);
        }
        Ok(passing.finish())
    }

    /// Writes it to a file; answers its size, its digest and its first bytes.
    pub(super) async fn into_file(mut self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest, Bytes), StoreError> {
        let mut incoming = Incoming::create(key, to, progress).await?;
        while let Some(chunk) = self.next().await.map_err(|cut| cut.on(key))? {
            incoming.write(&chunk).await?;
        }
        incoming.finish().await
    }
}
