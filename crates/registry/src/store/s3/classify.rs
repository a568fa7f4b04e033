//! What an answer of an S3 server means.
//!
//! The codes are those of the S3 API reference, "Error responses"; where a server sends none (a HEAD has no body, a proxy
//! writes its own) the HTTP status decides.

use crate::store::{Condition, StoreErrorKind, error::cause};

/// Where a bucket is, as messages name it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The bucket.
    pub bucket: String,
    /// The endpoint's address.
    pub endpoint: String,
    /// The region that requests are signed for.
    pub region: String,
}

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// `read`, `write`, `list`, `remove`.
    pub verb: &'static str,
    /// Of which key; none for the bucket itself.
    pub key: Option<&'a str>,
    /// On which condition.
    pub condition: Option<&'a Condition>,
}

/// What was answered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The S3 error code.
    pub code: Option<&'a str>,
    /// The region that the answer names, in `x-amz-bucket-region` or in its body.
    pub region: Option<&'a str>,
}

/// The meaning of a refusal.
pub(super) fn refusal(place: &Place, asked: Asked<'_>, answer: Answer<'_>) -> StoreErrorKind {
    by_code(place, asked, answer).unwrap_or_else(|| by_status(place, asked, answer))
}

fn by_code(place: &Place, asked: Asked<'_>, answer: Answer<'_>) -> Option<StoreErrorKind> {
    Some(match answer.code? {
        "NoSuchBucket" | "InvalidBucketName" => no_bucket(place),
        "NoSuchKey" => missing(place, asked),
        "PreconditionFailed" => StoreErrorKind::PreconditionFailed { key: key_of(asked) },
        "ConditionalRequestConflict" | "OperationAborted" => StoreErrorKind::Busy { key: key_of(asked) },
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "RequestExpired" => StoreErrorKind::Expired,
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "InvalidSecurity" => StoreErrorKind::WrongKey,
        "RequestTimeTooSkewed" => StoreErrorKind::ClockSkew,
        "AccessDenied" | "AllAccessDisabled" | "AccountProblem" => denied(place, asked),
        "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
            wrong_region(place, answer)
        }
        "BadDigest" | "InvalidDigest" | "IncompleteBody" | "XAmzContentSHA256Mismatch" | "XAmzContentChecksumMismatch" => {
            StoreErrorKind::Damaged { key: key_of(asked) }
        }
        // A 400, but what it says is that bytes were lost on the way.
        "RequestTimeout" => StoreErrorKind::Lost { endpoint: place.endpoint.clone(), reason: "the request did not arrive in time".into() },
        "SlowDown" | "InternalError" | "ServiceUnavailable" => unavailable(place, answer),
        "NotImplemented" => other(answer),
        _ => return None,
    })
}

fn by_status(place: &Place, asked: Asked<'_>, answer: Answer<'_>) -> StoreErrorKind {
    match answer.status {
        // A HEAD in the wrong region is a 400 or a 301 without a body.
        301 | 307 | 400 if answer.region.is_some_and(|region| region != place.region) => wrong_region(place, answer),
        300..=399 => StoreErrorKind::NotAStore { endpoint: place.endpoint.clone(), what: "a redirect to somewhere else".into() },
        401 | 403 => denied(place, asked),
        404 if asked.key.is_none() => no_bucket(place),
        404 => missing(place, asked),
        407 => StoreErrorKind::Unreachable { endpoint: place.endpoint.clone(), reason: cause::PROXY_WANTS_A_PASSWORD.into() },
        409 if asked.condition.is_some() => StoreErrorKind::Busy { key: key_of(asked) },
        412 => StoreErrorKind::PreconditionFailed { key: key_of(asked) },
        501 => other(answer),
        429 | 500..=599 => unavailable(place, answer),
        _ => other(answer),
    }
}

fn key_of(asked: Asked<'_>) -> String {
    asked.key.unwrap_or_default().to_owned()
}

fn no_bucket(place: &Place) -> StoreErrorKind {
    StoreErrorKind::NoBucket { bucket: place.bucket.clone(), endpoint: place.endpoint.clone() }
}

/// `If-Match` on a missing key is answered 404 by AWS and 412 by others: to the protocol it is the same.
fn missing(place: &Place, asked: Asked<'_>) -> StoreErrorKind {
    match asked {
        Asked { condition: Some(_), .. } => StoreErrorKind::PreconditionFailed { key: key_of(asked) },
        Asked { key: Some(key), .. } => StoreErrorKind::NotFound { key: key.to_owned() },
        Asked { key: None, .. } => no_bucket(place),
    }
}

fn denied(place: &Place, asked: Asked<'_>) -> StoreErrorKind {
    let what = asked.key.map_or_else(|| format!("the bucket {}", place.bucket), str::to_owned);
    StoreErrorKind::Denied { verb: asked.verb, what }
}

fn wrong_region(place: &Place, answer: Answer<'_>) -> StoreErrorKind {
    StoreErrorKind::WrongRegion {
        bucket: place.bucket.clone(),
        region: place.region.clone(),
        actual: answer.region.filter(|region| *region != place.region).map(str::to_owned),
    }
}

fn unavailable(place: &Place, answer: Answer<'_>) -> StoreErrorKind {
    StoreErrorKind::Unavailable { endpoint: place.endpoint.clone(), status: answer.status }
}

fn other(answer: Answer<'_>) -> StoreErrorKind {
    let code = answer.code.and_then(word).unwrap_or("no reason given").to_owned();
    StoreErrorKind::Other { code, status: answer.status }
}

/// A text that is one word, as codes and request ids are; whatever else a server sends in their place may be an echo of the
/// request, signature and session token and all.
pub(super) fn word(text: &str) -> Option<&str> {
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(text)
}

/// The `<Region>` of an error's body, if it is one.
pub(super) fn region_in(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Region>")?;
    let (region, _) = rest.split_once("</Region>")?;
    region_name(region)
}

/// A region's name, if it is one.
pub(super) fn region_name(text: &str) -> Option<String> {
    let fits = (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    fits.then(|| text.to_owned())
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
