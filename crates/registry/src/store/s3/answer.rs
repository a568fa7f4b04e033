//! What comes back: pages that no store sends, and the body of an object.

use std::{fmt, path::Path, time::Duration};

use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use patchbay_package::Digest;

use super::classify::Place;
use crate::{
    key::Key,
    store::{
        Progress, StoreError, StoreErrorKind,
        error::cause::{self, Cause, Progressed},
        http::{Incoming, is_html},
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

    /// Writes it to a file; answers its size, its digest and its first bytes.
    pub(super) async fn into_file(mut self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest, Bytes), StoreError> {
        let mut incoming = Incoming::create(key, to, progress).await?;
        while let Some(chunk) = self.next().await.map_err(|cut| cut.on(key))? {
            incoming.write(&chunk).await?;
        }
        incoming.finish().await
    }
}
