//! What is turned away before the protocol is looked at.

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{HeaderMap, Method, Request, Uri};
use s3s::{HttpResponse, S3Error, S3ErrorCode, s3_error};
use url::form_urlencoded;

/// Answers a request that must not come further, without reading its body.
pub(crate) fn refuse(request: &Request<Incoming>) -> Option<HttpResponse> {
    let error = check(request.method(), request.uri(), request.headers()).err()?;
    // An error that cannot be written as XML does not exist in practice; a bare 500 lets nobody in either.
    Some(error.to_http_response().unwrap_or_else(|_| {
        let mut response = HttpResponse::new(s3s::Body::empty());
        *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        response
    }))
}

fn check(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), S3Error> {
    if !is_loopback(headers) {
        // DNS rebinding: a web page whose name now points to 127.0.0.1. It has no key, but it is not a client of ours either.
        return Err(s3_error!(AccessDenied, "This registry answers to 127.0.0.1 and localhost only"));
    }
    if !is_signed_v4(uri, headers) {
        return Err(s3_error!(AccessDenied, "Every request must be signed (AWS Signature Version 4)"));
    }
    // s3s reads the form of a browser upload into memory, up to 5 GiB, before it looks at the signature inside it.
    let is_form = headers
        .get_all(CONTENT_TYPE)
        .iter()
        .any(|value| value.as_bytes().trim_ascii_start().get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case(b"multipart/")));
    if *method == Method::POST && is_form {
        return Err(S3Error::with_message(S3ErrorCode::NotImplemented, "Uploads by HTML form are not something that this registry does"));
    }
    Ok(())
}

fn is_loopback(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Ok(host) = host.to_str() else { return false };
    // Any port: whoever forwards one still signs the host that is asked for.
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")
}

/// Whether a request claims a signature of version 4; s3s checks it. Version 2 is refused because s3s does not look at
/// the date of such a request, so one that was overheard could be sent again for ever.
fn is_signed_v4(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut in_query = false;
    for (name, _) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "Signature" | "AWSAccessKeyId" => return false,
            "X-Amz-Signature" => in_query = true,
            _ => {}
        }
    }
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    match (authorizations.next(), authorizations.next()) {
        (None, None) => in_query,
        (Some(value), None) => value.as_bytes().starts_with(b"AWS4-HMAC-SHA256 "),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn outcome(method: Method, uri: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(hyper::header::HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        check(&method, &uri.parse().unwrap(), &map).err().map(|error| error.status_code().unwrap().as_u16())
    }

    const SIGNED: (&str, &str) = ("authorization", "AWS4-HMAC-SHA256 Credential=…");
    const HERE: (&str, &str) = ("host", "127.0.0.1:4000");

    #[test]
    fn only_signed_requests_to_loopback_pass() {
        for (uri, headers, expected) in [
            ("/b/k", vec![HERE, SIGNED], None),
            ("/b/k", vec![("host", "LocalHost"), SIGNED], None),
            ("/b/k?X-Amz-Signature=1", vec![HERE], None),
            ("/b/k", vec![HERE], Some(403)),
            ("/b/k", vec![SIGNED], Some(403)),
            ("/b/k", vec![HERE, ("host", "evil.example"), SIGNED], Some(403)),
            ("/b/k", vec![("host", "evil.example:4000"), SIGNED], Some(403)),
            ("/b/k", vec![("host", "127.0.0.1.evil.example"), SIGNED], Some(403)),
            ("/b/k", vec![HERE, ("authorization", "Bearer x")], Some(403)),
            ("/b/k", vec![HERE, ("authorization", "AWS key:signature")], Some(403)),
            ("/b/k", vec![HERE, SIGNED, SIGNED], Some(403)),
            ("/b/k?Signature=1&AWSAccessKeyId=2&Expires=3", vec![HERE], Some(403)),
            ("/b/k?X-Amz-Signature=1&Sign%61ture=2", vec![HERE], Some(403)),
        ] {
            assert_eq!(outcome(Method::GET, uri, &headers), expected, "{uri} {headers:?}");
        }
    }

    #[test]
    fn forms_are_not_read() {
        let form = ("content-type", " Multipart/Form-Data; boundary=x");
        assert_eq!(outcome(Method::POST, "/b", &[HERE, SIGNED, form]), Some(501));
        assert_eq!(outcome(Method::POST, "/b", &[HERE, form]), Some(403));
    }
}
