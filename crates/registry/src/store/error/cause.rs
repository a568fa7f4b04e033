//! What a failed connection means, in words: read off the chain of errors that the HTTP libraries leave.
//!
//! The S3 and the HTTP backend share it, for both stand on hyper and rustls.

use std::{error::Error, fmt, io};

use aws_smithy_async::future::timeout::TimedOutError;
use hyper_util::client::legacy;
use rustls::{CertificateError, Error as TlsError};

use super::StoreErrorKind;

/// An error and all that it stands on, outermost first.
///
/// `io::Error::source` skips the error that an `io::Error` wraps, which is where rustls' errors are.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

/// What a 407 says.
pub(crate) const PROXY_WANTS_A_PASSWORD: &str = "the proxy wants a name and a password";

/// The first error of one type in the chain.
pub(crate) fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|link| link.downcast_ref())
}

/// How far a request was when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progressed {
    /// No answer had begun.
    Asked,
    /// The answer had begun.
    Answered,
}

/// What a failure below HTTP means. While connecting nothing was sent, so nothing can have taken effect; afterwards,
/// anything can.
pub(crate) fn transport(error: &(dyn Error + 'static), endpoint: &str, progressed: Progressed) -> StoreErrorKind {
    let endpoint = endpoint.to_owned();
    if find::<legacy::Error>(error).is_some_and(legacy::Error::is_connect) {
        return match find::<TlsError>(error) {
            Some(tls) => StoreErrorKind::Tls { endpoint, reason: tls_words(tls).into() },
            None => StoreErrorKind::Unreachable { endpoint, reason: connect_words(error).into() },
        };
    }
    let timed_out = find::<TimedOutError>(error).is_some() || io_kind(error) == Some(io::ErrorKind::TimedOut);
    let reason = match progressed {
        _ if timed_out => "no answer in time",
        Progressed::Asked => "the connection was closed before an answer came",
        Progressed::Answered => "the answer was cut off",
    };
    StoreErrorKind::Lost { endpoint, reason: reason.into() }
}

fn io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    chain(error).filter_map(|link| link.downcast_ref::<io::Error>()).map(io::Error::kind).last()
}

fn connect_words(error: &(dyn Error + 'static)) -> &'static str {
    // hyper-util keeps the type of its resolver's error to itself; its text is all there is to tell it by.
    if chain(error).any(|link| link.to_string().starts_with("dns error")) {
        return "its name is not known";
    }
    if find::<TimedOutError>(error).is_some() {
        return "no answer in time";
    }
    if chain(error).any(|link| link.to_string().contains("proxy authorization required")) {
        return PROXY_WANTS_A_PASSWORD;
    }
    if chain(error).any(|link| link.to_string().starts_with("tunnel error")) {
        return "the proxy made no connection to it";
    }
    match io_kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => "the connection was refused",
        Some(io::ErrorKind::TimedOut) => "no answer in time",
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown) => "there is no network",
        Some(io::ErrorKind::HostUnreachable) => "there is no way to it",
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe) => {
            "the connection was closed at once"
        }
        _ => "no connection could be made",
    }
}

fn tls_words(error: &TlsError) -> &'static str {
    match error {
        TlsError::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "its certificate is not valid yet",
            // A bad signature is that of an authority which has the name of a trusted one, and another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => "its certificate was issued by nobody this computer trusts",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "its certificate is for another name",
            CertificateError::Revoked => "its certificate was revoked",
            _ => "its certificate is not acceptable",
        },
        TlsError::InvalidMessage(_) => "it does not speak TLS",
        TlsError::PeerIncompatible(_) => "it speaks no version of TLS that is safe",
        TlsError::AlertReceived(_) => "it ended the handshake",
        _ => "the handshake failed",
    }
}

/// What the libraries below say of a failure, kept for logs as one line of text: their own types hold whole requests and
/// answers, and with them signatures and session tokens.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Cause(String);

impl Cause {
    /// The texts of an error and all that it stands on.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut texts: Vec<String> = chain(error).map(ToString::to_string).collect();
        texts.dedup();
        Self(texts.join(": "))
    }

    /// A text of our own.
    pub(crate) fn text(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Cause {}

/// A local file that could not be read or written, in words.
pub(crate) fn disk(error: &io::Error, path: &std::path::Path, verb: &'static str) -> StoreErrorKind {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "it is not there",
        io::ErrorKind::PermissionDenied => "it is not permitted",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        io::ErrorKind::UnexpectedEof => "it became shorter meanwhile",
        io::ErrorKind::IsADirectory => "it is a folder",
        _ => "the disk reports an error",
    };
    StoreErrorKind::Disk { path: path.display().to_string(), verb, reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_certificate_failure_has_words() {
        let table = [
            (CertificateError::Expired, "its certificate has expired"),
            (CertificateError::NotValidYet, "its certificate is not valid yet"),
            (CertificateError::UnknownIssuer, "its certificate was issued by nobody this computer trusts"),
            (CertificateError::NotValidForName, "its certificate is for another name"),
            (CertificateError::Revoked, "its certificate was revoked"),
            (CertificateError::BadEncoding, "its certificate is not acceptable"),
        ];
        for (error, words) in table {
            assert_eq!(tls_words(&TlsError::InvalidCertificate(error)), words);
        }
    }

    #[test]
    fn the_error_inside_an_io_error_is_found() {
        let nested = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, TlsError::DecryptError));
        assert!(find::<TlsError>(&nested).is_some());
    }

    #[test]
    fn outside_of_connecting_everything_is_ambiguous() {
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        let kind = transport(&reset, "http://h", Progressed::Asked);
        assert_eq!(
            kind,
            StoreErrorKind::Lost { endpoint: "http://h".into(), reason: "the connection was closed before an answer came".into() }
        );
    }
}
