//! From the SDK's errors to ours.

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};

use super::{
    answer::WebPage,
    classify::{self, Answer, Asked, Place},
    credentials,
    upload::Unreadable,
};
use crate::store::{
    StoreError, StoreErrorKind,
    error::cause::{self, Cause, Progressed},
};

/// What a failed call of the SDK means. The SDK's error itself is dropped: it holds the answer, and some servers answer
/// with an echo of the signed request.
pub(super) fn of<E>(error: &SdkError<E>, place: &Place, asked: Asked<'_>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let (kind, cause) = match error {
        SdkError::ServiceError(refused) if refused.raw().status().is_success() => {
            (StoreErrorKind::NotAStore { endpoint: place.endpoint.clone(), what: "an answer that cannot be read".into() }, None)
        }
        SdkError::ServiceError(refused) => by_answer(refused.err(), refused.raw(), place, asked),
        _ => below(error, place),
    };
    let failed = StoreError { kind, key: asked.key.map(str::to_owned), source: None };
    match cause {
        Some(cause) => failed.with_source(cause),
        None => failed,
    }
}

fn by_answer<E: ProvideErrorMetadata>(refused: &E, raw: &HttpResponse, place: &Place, asked: Asked<'_>) -> (StoreErrorKind, Option<Cause>) {
    let status = raw.status().as_u16();
    let region = raw.headers().get("x-amz-bucket-region").and_then(classify::region_name);
    let region = region.or_else(|| raw.body().bytes().and_then(classify::region_in));
    let answer = Answer { status, code: refused.code(), region: region.as_deref() };
    let kind = classify::refusal(place, asked, answer);
    let code = refused.code().and_then(classify::word).unwrap_or("no code");
    let id = raw.request_id().and_then(classify::word).unwrap_or("none");
    (kind, Some(Cause::text(format!("HTTP {status}, {code}, request id {id}"))))
}

fn below<E>(error: &SdkError<E>, place: &Place) -> (StoreErrorKind, Option<Cause>)
where
    E: std::error::Error + Send + Sync + 'static,
{
    let endpoint = || place.endpoint.clone();
    if let Some(kind) = credentials::missing(error) {
        return (kind, None);
    }
    if let Some(Unreadable { path, error }) = cause::find(error) {
        return (cause::disk(error, path, "read"), None);
    }
    if cause::find::<WebPage>(error).is_some() {
        return (StoreErrorKind::NotAStore { endpoint: endpoint(), what: "a web page".into() }, None);
    }
    let kind = match error {
        // The SDK knows no address for such a bucket, as with a space in its name.
        SdkError::ConstructionFailure(_) => StoreErrorKind::NoBucket { bucket: place.bucket.clone(), endpoint: endpoint() },
        SdkError::TimeoutError(_) => StoreErrorKind::Lost { endpoint: endpoint(), reason: "no answer in time".into() },
        SdkError::DispatchFailure(failed) if failed.is_user() || (failed.is_other() && !reached_the_wire(error)) => {
            StoreErrorKind::Unreachable { endpoint: endpoint(), reason: "the request could not be made".into() }
        }
        SdkError::DispatchFailure(_) => cause::transport(error, &place.endpoint, Progressed::Asked),
        _ if reached_the_wire(error) => cause::transport(error, &place.endpoint, Progressed::Answered),
        _ => StoreErrorKind::NotAStore { endpoint: endpoint(), what: "an answer that cannot be read".into() },
    };
    (kind, Some(Cause::of(error)))
}

/// Whether the network had a part in it.
fn reached_the_wire(error: &(dyn std::error::Error + 'static)) -> bool {
    cause::find::<hyper_util::client::legacy::Error>(error).is_some()
        || cause::find::<hyper::Error>(error).is_some()
        || cause::find::<std::io::Error>(error).is_some()
}
