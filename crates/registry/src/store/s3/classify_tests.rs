use super::*;
use crate::store::ETag;

fn place() -> Place {
    Place { bucket: "plugins".into(), endpoint: "https://s3.example.com".into(), region: "us-east-1".into() }
}

fn on_key() -> Asked<'static> {
    Asked { verb: "read", key: Some("registry.json"), condition: None }
}

fn sentence(asked: Asked<'_>, status: u16, code: &str, region: &str) -> String {
    let some = |text| (!str::is_empty(text)).then_some(text);
    refusal(&place(), asked, Answer { status, code: some(code), region: some(region) }).to_string()
}

#[test]
fn the_code_decides() {
    let table = [
        (404, "NoSuchBucket", "There is no bucket plugins at https://s3.example.com."),
        (404, "NoSuchKey", "The registry has no object registry.json."),
        (412, "PreconditionFailed", "Somebody else changed registry.json first."),
        (409, "ConditionalRequestConflict", "Somebody else is writing registry.json right now."),
        (409, "OperationAborted", "Somebody else is writing registry.json right now."),
        (400, "ExpiredToken", "The credentials have expired."),
        (400, "TokenRefreshRequired", "The credentials have expired."),
        (403, "RequestExpired", "The credentials have expired."),
        (403, "InvalidAccessKeyId", "The store does not accept this access key."),
        (403, "SignatureDoesNotMatch", "The store does not accept this access key."),
        (403, "RequestTimeTooSkewed", "The clock of this computer is too far from the store's."),
        (403, "AccessDenied", "These credentials may not read registry.json."),
        (400, "BadDigest", "registry.json arrived damaged."),
        (400, "XAmzContentSHA256Mismatch", "registry.json arrived damaged."),
        (400, "RequestTimeout", "The connection to https://s3.example.com was lost: the request did not arrive in time."),
        (503, "SlowDown", "https://s3.example.com is not able to answer right now (status 503)."),
        (500, "InternalError", "https://s3.example.com is not able to answer right now (status 500)."),
        (501, "NotImplemented", "The store refused: NotImplemented (status 501)."),
        (400, "EntityTooLarge", "The store refused: EntityTooLarge (status 400)."),
    ];
    for (status, code, expected) in table {
        assert_eq!(sentence(on_key(), status, code, ""), expected, "{code}");
    }
}

#[test]
fn without_a_code_the_status_decides() {
    let table = [
        (302, "https://s3.example.com did not answer as a store does: it sent a redirect to somewhere else."),
        (401, "These credentials may not read registry.json."),
        (403, "These credentials may not read registry.json."),
        (404, "The registry has no object registry.json."),
        (409, "The store refused: no reason given (status 409)."),
        (412, "Somebody else changed registry.json first."),
        (429, "https://s3.example.com is not able to answer right now (status 429)."),
        (502, "https://s3.example.com is not able to answer right now (status 502)."),
        (418, "The store refused: no reason given (status 418)."),
    ];
    for (status, expected) in table {
        assert_eq!(sentence(on_key(), status, "", ""), expected, "{status}");
    }
}

#[test]
fn another_region_is_named_when_it_is_known() {
    let elsewhere = "The bucket plugins is not in the region us-east-1 but in eu-west-3.";
    for (status, code) in [(301, "PermanentRedirect"), (400, "AuthorizationHeaderMalformed"), (400, "IllegalLocationConstraintException")] {
        assert_eq!(sentence(on_key(), status, code, "eu-west-3"), elsewhere, "{code}");
        assert_eq!(sentence(on_key(), status, code, ""), "The bucket plugins is not in the region us-east-1.", "{code}");
    }
    assert_eq!(sentence(on_key(), 301, "", "eu-west-3"), elsewhere);
    assert_eq!(sentence(on_key(), 400, "", "eu-west-3"), elsewhere);
    assert_eq!(sentence(on_key(), 400, "", "us-east-1"), "The store refused: no reason given (status 400).");
}

#[test]
fn the_bucket_itself_is_named_as_such() {
    let bucket = Asked { verb: "list", key: None, condition: None };
    assert_eq!(sentence(bucket, 403, "", ""), "These credentials may not list the bucket plugins.");
    assert_eq!(sentence(bucket, 404, "", ""), "There is no bucket plugins at https://s3.example.com.");
}

#[test]
fn a_conditional_write_reads_404_and_409_as_conflicts() {
    let condition = Condition::Matches(ETag("\"1\"".into()));
    let write = Asked { verb: "write", key: Some("registry.json"), condition: Some(&condition) };
    for code in ["NoSuchKey", ""] {
        assert_eq!(sentence(write, 404, code, ""), "Somebody else changed registry.json first.");
    }
    assert_eq!(sentence(write, 409, "", ""), "Somebody else is writing registry.json right now.");
    assert_eq!(sentence(write, 404, "NoSuchBucket", ""), "There is no bucket plugins at https://s3.example.com.");
}

#[test]
fn a_code_that_is_no_word_is_not_repeated() {
    let echo = "<AWSAccessKeyId>AKIA</AWSAccessKeyId>";
    assert_eq!(sentence(on_key(), 400, echo, ""), "The store refused: no reason given (status 400).");
}

#[test]
fn the_region_is_read_from_the_body_and_nothing_else_is() {
    assert_eq!(region_in(b"<Error><Code>X</Code><Region>eu-west-3</Region></Error>").as_deref(), Some("eu-west-3"));
    assert_eq!(region_in(b"<Error><Region>AKIA secret</Region></Error>"), None);
    assert_eq!(region_in(b"<Error></Error>"), None);
    assert_eq!(region_in(b"\xff<Region>a</Region>"), None);
}
