//! Why a request was not carried out, and what S3 calls it.

use std::io;

use hyper::StatusCode;
use s3s::{S3Error, S3ErrorCode};

use crate::name::KeyRefusal;

/// Why a request was not carried out. Everything but [`Refusal::Io`] and [`Refusal::Interrupted`] is the caller's doing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("There is no such bucket in this folder")]
    NoSuchBucket,
    #[error("This name cannot be a bucket")]
    BucketName,
    #[error("The bucket exists, and it is yours")]
    BucketExists,
    #[error("There is no object with this key")]
    NoSuchKey,
    #[error("The object is not, or no longer, what the condition asks for")]
    PreconditionFailed,
    #[error("The key {0}")]
    Key(#[from] KeyRefusal),
    #[error("The key {key:?} cannot be stored: a folder with other objects, or something that is no object, has its place")]
    KeyIsFolder { key: String },
    #[error("The key {key:?} cannot be stored: {object:?} is an object, and a file cannot also be a folder")]
    KeyInsideObject { key: String, object: String },
    #[error("{0} is not something that this registry does")]
    Unsupported(&'static str),
    #[error("{0} cannot be understood")]
    Argument(&'static str),
    #[error("The request has no Content-Length")]
    NoLength,
    #[error("An upload is at most 5 GiB")]
    TooLarge,
    #[error("The upload ended before its last byte; nothing was stored")]
    Incomplete,
    #[error("The upload was not signed to its end; nothing was stored")]
    BodySignature,
    #[error("The upload is not what x-amz-content-sha256 announced; nothing was stored")]
    BodyDigest,
    #[error("The upload does not match {0}; nothing was stored")]
    Digest(&'static str),
    #[error("The range lies outside of the object")]
    Range,
    #[error("The folder of the registry failed: {0}")]
    Io(#[from] io::Error),
    #[error("The registry was stopped during the request")]
    Interrupted,
}

impl From<Refusal> for S3Error {
    /// Codes from <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    fn from(refusal: Refusal) -> Self {
        use S3ErrorCode as Code;
        let code = match &refusal {
            Refusal::NoSuchBucket => Code::NoSuchBucket,
            Refusal::BucketName => Code::InvalidBucketName,
            Refusal::BucketExists => Code::BucketAlreadyOwnedByYou,
            Refusal::NoSuchKey => Code::NoSuchKey,
            Refusal::PreconditionFailed => Code::PreconditionFailed,
            Refusal::Key(KeyRefusal::TooLong) => Code::KeyTooLongError,
            Refusal::Key(_) | Refusal::KeyIsFolder { .. } | Refusal::KeyInsideObject { .. } => Code::InvalidRequest,
            Refusal::Unsupported(_) => Code::NotImplemented,
            Refusal::Argument(_) => Code::InvalidArgument,
            Refusal::NoLength => Code::MissingContentLength,
            Refusal::TooLarge => Code::EntityTooLarge,
            Refusal::Incomplete => Code::IncompleteBody,
            Refusal::BodySignature => Code::SignatureDoesNotMatch,
            Refusal::BodyDigest => Code::Custom("XAmzContentSHA256Mismatch".into()),
            Refusal::Digest(_) => Code::BadDigest,
            Refusal::Range => Code::InvalidRange,
            Refusal::Io(error) if is_full(error) => Code::Custom("InsufficientStorage".into()),
            Refusal::Io(_) => Code::InternalError,
            Refusal::Interrupted => Code::ServiceUnavailable,
        };
        let status = match &code {
            Code::Custom(name) if *name == "InsufficientStorage" => Some(StatusCode::INSUFFICIENT_STORAGE),
            Code::Custom(_) => Some(StatusCode::BAD_REQUEST),
            _ => None,
        };
        let mut error = S3Error::with_message(code, refusal.to_string());
        if let Some(status) = status {
            error.set_status_code(status);
        }
        error
    }
}

/// No space, over quota, or over the largest file that this process or disk may have.
fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_has_its_own_code() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge] {
            let error = S3Error::from(Refusal::from(io::Error::from(kind)));
            assert_eq!(error.code().as_str(), "InsufficientStorage");
            assert_eq!(error.status_code(), Some(StatusCode::INSUFFICIENT_STORAGE));
        }
        let other = S3Error::from(Refusal::from(io::Error::from(io::ErrorKind::PermissionDenied)));
        assert_eq!(other.status_code(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    }
}
