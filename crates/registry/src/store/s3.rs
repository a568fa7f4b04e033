//! A bucket behind the S3 API, by the AWS SDK.
//!
//! - A write is sent once. A PUT that the SDK sends again after a lost answer meets its own first success and is told 412.
//! - Every PUT carries its SHA-256 twice: in the signature, which every server checks, and as `x-amz-checksum-sha256`, which
//!   the better ones keep.
//! - An answer that no store gives (a web page, a PUT without an ETag) is an error, not a surprise further up.

mod answer;
mod classify;
mod credentials;
mod failure;
mod upload;

use std::{fmt, ops::Range, path::Path, sync::Arc};

use async_trait::async_trait;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Region, RequestChecksumCalculation, ResponseChecksumValidation, StalledStreamProtectionConfig, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    types::{BucketLocationConstraint, CreateBucketConfiguration},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use patchbay_package::Digest;

pub use credentials::NoCredentials;

use self::{
    answer::{PageDetector, Received, StoreClock, timestamp},
    classify::{Asked, Place},
    upload::{PayloadDigest, Upload},
};
use super::{
    Body, Condition, ETag, Fetched, Listed, Object, Page, Progress, Store, StoreError, StoreErrorKind,
    http::{Network, Timeouts, address, is_web_page, shown},
    part::{Part, Sent},
};
use crate::key::Key;

/// Where a bucket is and how to get there.
#[derive(Clone)]
pub struct S3Config {
    /// The bucket's name.
    pub bucket: String,
    /// The part of the bucket that is the registry, as a key prefix; slashes at its ends do not matter. Empty: all of it.
    pub prefix: String,
    /// The store's address; none for AWS, where the region gives it.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// What signs the requests. A provider's own words reach the person as [`NoCredentials`].
    pub credentials: SharedCredentialsProvider,
    /// `endpoint/bucket/key` in place of `bucket.endpoint/key`; when not said, so at an `endpoint` of one's own.
    pub force_path_style: Option<bool>,
    /// Trust, proxies and timeouts.
    pub network: Network,
}

impl S3Config {
    /// A bucket at AWS, all of it.
    #[must_use]
    pub fn new(bucket: impl Into<String>, region: impl Into<String>, credentials: SharedCredentialsProvider) -> Self {
        Self {
            bucket: bucket.into(),
            prefix: String::new(),
            endpoint: None,
            region: region.into(),
            credentials,
            force_path_style: None,
            network: Network::default(),
        }
    }
}

/// Without the credentials.
impl fmt::Debug for S3Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Config")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// A bucket, or the part of it under a prefix.
#[derive(Clone)]
pub struct S3Store {
    /// Sends a request once, without a limit to the time of its answer.
    client: Client,
    /// Asks again. Not an override with each request: that makes the SDK's configuration anew each time.
    patient: Client,
    place: Arc<Place>,
    /// Empty, or with a slash at its end.
    prefix: String,
    network: Network,
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Store").field("place", &self.place).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl S3Store {
    /// A store that has not been asked anything yet.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unreachable`] for an endpoint or a proxy that is no address, [`StoreErrorKind::Tls`] for an
    /// unreadable certificate bundle.
    pub fn new(config: S3Config) -> Result<Self, StoreError> {
        let S3Config { bucket, prefix, endpoint, region, credentials, force_path_style, network } = config;
        let own = |kind| StoreError::new(kind, None);
        let url = match &endpoint {
            Some(endpoint) => address(endpoint),
            None => address(&format!("https://s3.{region}.amazonaws.com{}", if region.starts_with("cn-") { ".cn" } else { "" })),
        };
        let url = url.map_err(own)?;
        let mut sdk = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(network.aws_client(&url).map_err(own)?)
            .region(Region::new(region.clone()))
            .credentials_provider(credentials)
            .force_path_style(force_path_style.unwrap_or(endpoint.is_some()))
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().connect_timeout(network.timeouts.connect).build())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .interceptor(PageDetector);
        if endpoint.is_some() {
            sdk = sdk.endpoint_url(shown(&url));
        }
        let prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            inner => format!("{inner}/"),
        };
        let place = Arc::new(Place { bucket, endpoint: shown(&url), region });
        let once = sdk.build();
        let Timeouts { connect, answer, backoff, .. } = network.timeouts;
        let patient = once
            .to_builder()
            .timeout_config(TimeoutConfig::builder().connect_timeout(connect).operation_attempt_timeout(answer).build())
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(backoff));
        Ok(Self { patient: Client::from_conf(patient.build()), client: Client::from_conf(once), place, prefix, network })
    }

    /// The store's address, as messages show it.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.place.endpoint
    }

    /// The bucket's name.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.place.bucket
    }

    /// Whether the bucket is there and these credentials may see it.
    ///
    /// # Errors
    /// [`StoreErrorKind::NoBucket`], [`StoreErrorKind::Denied`], or as the store fails.
    pub async fn head_bucket(&self) -> Result<(), StoreError> {
        let answer = self.patient.head_bucket().bucket(self.bucket()).send().await;
        answer.map_err(|e| self.failed(&e, Asked { verb: "read", key: None, condition: None }))?;
        Ok(())
    }

    /// Makes the bucket, in the configured region. That it is there already, and ours, is fine.
    ///
    /// # Errors
    /// As the store refuses.
    pub async fn create_bucket(&self) -> Result<(), StoreError> {
        // The one region that S3 does not want to be told, and the word for none in particular.
        let location = (!matches!(self.place.region.as_str(), "us-east-1" | "auto" | ""))
            .then(|| BucketLocationConstraint::from(self.place.region.as_str()))
            .map(|region| CreateBucketConfiguration::builder().location_constraint(region).build());
        let request = self.client.create_bucket().bucket(self.bucket()).set_create_bucket_configuration(location);
        let asked = Asked { verb: "create", key: None, condition: None };
        match self.in_time(request.send()).await.map_err(|kind| StoreError::new(kind, None))? {
            Ok(_) => Ok(()),
            Err(refused) => match self.failed(&refused, asked) {
                StoreError { kind: StoreErrorKind::Other { status: 409, .. }, .. } => self.head_bucket().await,
                error => Err(error),
            },
        }
    }

    fn path(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Gives a small request the time that an answer may take.
    async fn in_time<T>(&self, request: impl Future<Output = T>) -> Result<T, StoreErrorKind> {
        tokio::time::timeout(self.network.timeouts.answer, request).await.map_err(|_| self.late())
    }

    fn late(&self) -> StoreErrorKind {
        StoreErrorKind::Lost { endpoint: self.place.endpoint.clone(), reason: "no answer in time".into() }
    }

    fn not_a_store(&self, what: &str) -> StoreErrorKind {
        StoreErrorKind::NotAStore { endpoint: self.place.endpoint.clone(), what: what.into() }
    }

    /// Asks for an object, to be streamed; answers its type too.
    async fn open(&self, key: &Key) -> Result<(Option<String>, Received<'_>), StoreError> {
        let name = key.to_string();
        let request = self.patient.get_object().bucket(self.bucket()).key(self.path(&name));
        let answer = request.send().await;
        let answer = answer.map_err(|e| self.failed(&e, Asked { verb: "read", key: Some(&name), condition: None }))?;
        Ok((answer.content_type, Received::new(answer.body, &self.place, self.network.timeouts.stall)))
    }

    fn no_web_page(&self, key: &Key, typed: Option<&str>, opening: &[u8]) -> Result<(), StoreError> {
        if is_web_page(key, typed, opening) { Err(StoreError::new(self.not_a_store("a web page"), Some(key))) } else { Ok(()) }
    }

    fn failed<E>(&self, error: &aws_sdk_s3::error::SdkError<E>, asked: Asked<'_>) -> StoreError
    where
        E: std::error::Error + aws_sdk_s3::error::ProvideErrorMetadata + Send + Sync + 'static,
    {
        failure::of(error, &self.place, asked)
    }
}

#[async_trait]
impl Store for S3Store {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        let name = key.to_string();
        let asked = Asked { verb: "read", key: Some(&name), condition: None };
        let request = self.patient.get_object().bucket(self.bucket()).key(self.path(&name));
        let request = request.set_if_none_match(known.map(|etag| etag.0.clone()));
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 304) => return Ok(Fetched::Same),
            Err(error) => {
                return match self.failed(&error, asked) {
                    StoreError { kind: StoreErrorKind::NotFound { .. }, .. } => Ok(Fetched::Absent),
                    error => Err(error),
                };
            }
        };
        let own = |kind| StoreError::new(kind, Some(key));
        let etag = answer.e_tag.map(ETag).ok_or_else(|| own(self.not_a_store("an object without an ETag")))?;
        let typed = answer.content_type;
        let mut received = Received::new(answer.body, &self.place, self.network.timeouts.stall);
        let too_large = || own(StoreErrorKind::TooLarge { key: name.clone(), limit });
        if answer.content_length.and_then(|length| u64::try_from(length).ok()).is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = received.next().await.map_err(|e| e.on(key))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > limit {
                return Err(too_large());
            }
        }
        self.no_web_page(key, typed.as_deref(), &bytes)?;
        // Not every server knows If-None-Match on a GET.
        if known == Some(&etag) {
            return Ok(Fetched::Same);
        }
        Ok(Fetched::Found(Object { bytes: bytes.into(), etag }))
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let name = key.to_string();
        let own = |kind| StoreError::new(kind, Some(key));
        let request = self.patient.get_object().bucket(self.bucket()).key(self.path(&name));
        let request = request.range(format!("bytes={}-{}", range.start, range.end - 1));
        let answer = match request.send().await {
            Ok(answer) => answer,
            // It ends before the range begins.
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 416) => return Ok(Bytes::new()),
            Err(error) => return Err(self.failed(&error, Asked { verb: "read", key: Some(&name), condition: None })),
        };
        let content_range = answer.content_range.as_deref();
        let whole = match Sent::of(content_range, content_range.is_some(), &range) {
            Sent::Part => false,
            Sent::Whole => true,
            Sent::Other => return Err(own(self.not_a_store("another part of the object than was asked for"))),
            Sent::TooFar => return Err(own(StoreErrorKind::NoRanges { endpoint: self.place.endpoint.clone() })),
        };
        let mut received = Received::new(answer.body, &self.place, self.network.timeouts.stall);
        let mut part = Part::new(&range, whole);
        while let Some(chunk) = received.next().await.map_err(|cut| cut.on(key))? {
            if !part.take(&chunk) {
                break;
            }
        }
        Ok(part.finish())
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let (typed, received) = self.open(key).await?;
        let (size, digest, opening) = received.into_file(key, to, progress).await?;
        self.no_web_page(key, typed.as_deref(), &opening)?;
        Ok((size, digest))
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        let (typed, received) = self.open(key).await?;
        let (size, digest, opening) = received.digested(key, progress).await?;
        self.no_web_page(key, typed.as_deref(), &opening)?;
        Ok((size, digest))
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, progress: Option<Progress>) -> Result<ETag, StoreError> {
        let name = key.to_string();
        let asked = Asked { verb: "write", key: Some(&name), condition: Some(&condition) };
        let Upload { body, size, sha256, movement } = Upload::open(body, key, progress).await?;
        let request = self
            .client
            .put_object()
            .bucket(self.bucket())
            .key(self.path(&name))
            .content_type(key.content_type())
            .cache_control(key.cache_control())
            .content_length(size)
            .checksum_sha256(BASE64_STANDARD.encode(sha256.as_bytes()))
            .body(body);
        let request = match &condition {
            Condition::Absent => request.if_none_match("*"),
            Condition::Matches(etag) => request.if_match(&etag.0),
        };
        let sent = request.customize().interceptor(PayloadDigest(sha256)).send();
        let answer = movement.watch(self.network.timeouts.stall, sent).await;
        let answer = answer.ok_or_else(|| StoreError::new(self.late(), Some(key)))?;
        let answer = answer.map_err(|e| self.failed(&e, asked))?;
        answer.e_tag.map(ETag).ok_or_else(|| StoreError::new(self.not_a_store("an answer without an ETag"), Some(key)))
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        let asked = Asked { verb: "list", key: None, condition: None };
        let own = |what| StoreError::new(self.not_a_store(what), None);
        let clock = StoreClock::default();
        let request = self.patient.list_objects_v2().bucket(self.bucket()).prefix(self.path(prefix));
        let request = request.set_continuation_token(after.map(str::to_owned)).customize();
        let page = request.interceptor(clock.clone()).send().await.map_err(|e| self.failed(&e, asked))?;
        let mut objects = Vec::new();
        for object in page.contents.unwrap_or_default() {
            let key = object.key.as_deref().and_then(|key| key.strip_prefix(&self.prefix));
            let modified = object.last_modified.and_then(timestamp);
            let (Some(key), Some(etag), Some(modified)) = (key, object.e_tag, modified) else {
                return Err(own("a listing without keys, ETags and times"));
            };
            let size = object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
            objects.push(Listed { key: key.to_owned(), etag: ETag(etag), size, modified });
        }
        let next = page.next_continuation_token.filter(|_| page.is_truncated == Some(true));
        // The same page again and again would never end.
        if next.is_some() && next.as_deref() == after {
            return Err(own("the same part of a listing twice"));
        }
        Ok(Page { objects, next, now: clock.now() })
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let name = key.to_string();
        let request = self.client.delete_object().bucket(self.bucket()).key(self.path(&name)).send();
        let answer = self.in_time(request).await.map_err(|kind| StoreError::new(kind, Some(key)))?;
        match answer.map_err(|e| self.failed(&e, Asked { verb: "remove", key: Some(&name), condition: None })) {
            Err(error) if !matches!(error.kind, StoreErrorKind::NotFound { .. }) => Err(error),
            _ => Ok(()),
        }
    }
}
