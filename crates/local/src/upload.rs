//! Receiving a body: all of it, checked, into a temporary file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use hyper::HeaderMap;
use md5::{Digest, Md5};
use s3s::TrailingHeaders;
use s3s::checksum::ChecksumHasher;
use s3s::dto::{Checksum, StreamingBlob};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use crate::locks::blocking;
use crate::point::passed;
use crate::refusal::Refusal;
use crate::scratch::Scratch;

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html>: the most that one PUT takes.
const MAX_SIZE: u64 = 5 * 1024 * 1024 * 1024;

const CONTENT_SHA256: &str = "x-amz-content-sha256";
const TRAILER: &str = "x-amz-trailer";

/// A checksum that S3 knows: its header, how to have it computed, and where s3s puts the result.
struct Algorithm {
    header: &'static str,
    enable: fn(&mut ChecksumHasher),
    computed: fn(&Checksum) -> Option<&String>,
}

const ALGORITHMS: [Algorithm; 5] = [
    Algorithm {
        header: "x-amz-checksum-sha256",
        enable: |hasher| hasher.sha256 = Some(s3s::crypto::Checksum::new()),
        computed: |sums| sums.checksum_sha256.as_ref(),
    },
    Algorithm {
        header: "x-amz-checksum-sha1",
        enable: |hasher| hasher.sha1 = Some(s3s::crypto::Checksum::new()),
        computed: |sums| sums.checksum_sha1.as_ref(),
    },
    Algorithm {
        header: "x-amz-checksum-crc32",
        enable: |hasher| hasher.crc32 = Some(s3s::crypto::Checksum::new()),
        computed: |sums| sums.checksum_crc32.as_ref(),
    },
    Algorithm {
        header: "x-amz-checksum-crc32c",
        enable: |hasher| hasher.crc32c = Some(s3s::crypto::Checksum::new()),
        computed: |sums| sums.checksum_crc32c.as_ref(),
    },
    Algorithm {
        header: "x-amz-checksum-crc64nvme",
        enable: |hasher| hasher.crc64nvme = Some(s3s::crypto::Checksum::new()),
        computed: |sums| sums.checksum_crc64nvme.as_ref(),
    },
];

/// What the headers of a PUT announce.
#[derive(Debug)]
pub(crate) struct Announced {
    size: u64,
    headers: HeaderMap,
    trailers: Option<TrailingHeaders>,
}

impl Announced {
    /// `length` counts the object's bytes, without the framing of a chunked upload.
    pub(crate) fn new(length: Option<i64>, headers: HeaderMap, trailers: Option<TrailingHeaders>) -> Result<Self, Refusal> {
        let size = length.and_then(|length| u64::try_from(length).ok()).ok_or(Refusal::NoLength)?;
        if size > MAX_SIZE {
            return Err(Refusal::TooLarge);
        }
        Ok(Self { size, headers, trailers })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn is_in_trailer(&self, name: &str) -> bool {
        self.headers
            .get_all(TRAILER)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|announced| announced.trim().eq_ignore_ascii_case(name))
    }

    /// Why a body broke off. s3s checks the digest after the last byte, so when they are all here, that is what failed;
    /// a client that still hears the answer to a chunk-signed upload has signed a chunk wrongly.
    fn why_broken(&self, received: u64) -> Refusal {
        if self.header(CONTENT_SHA256).is_some_and(|value| value.starts_with("STREAMING-AWS4-HMAC")) {
            Refusal::BodySignature
        } else if received == self.size {
            Refusal::BodyDigest
        } else {
            Refusal::Incomplete
        }
    }
}

/// A whole upload.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) file: NamedTempFile,
    /// Without quotes.
    pub(crate) etag: String,
    /// Those that were announced; all of them match.
    pub(crate) checksums: Checksum,
}

/// Receives a body of any size in little memory. When anything is wrong with it, the temporary file is gone with the error.
pub(crate) async fn receive(scratch: &Scratch, body: &mut StreamingBlob, announced: &Announced) -> Result<Upload, Refusal> {
    let dir = scratch.dir().to_owned();
    let file = blocking(move || Ok(NamedTempFile::new_in(dir)?)).await?;
    passed("temporary file made");
    let mut writer = tokio::fs::File::from_std(file.as_file().try_clone()?);

    let mut md5 = Md5::new();
    let mut hasher = ChecksumHasher::default();
    for Algorithm { header, enable, .. } in ALGORITHMS {
        if announced.header(header).is_some() || announced.is_in_trailer(header) {
            enable(&mut hasher);
        }
    }
    let mut received = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| announced.why_broken(received))?;
        received += chunk.len() as u64;
        if received > announced.size {
            drain(body).await;
            return Err(Refusal::Incomplete);
        }
        md5.update(&chunk);
        hasher.update(&chunk);
        if let Err(error) = writer.write_all(&chunk).await {
            drain(body).await;
            return Err(error.into());
        }
        passed("a part received");
    }
    // tokio's writes end in the background; this one waits for them and returns their error.
    writer.flush().await?;
    passed("all received");
    if received != announced.size {
        return Err(Refusal::Incomplete);
    }

    let md5 = md5.finalize();
    let checksums = hasher.finalize();
    if announced.header("content-md5").is_some_and(|expected| expected != STANDARD.encode(md5)) {
        return Err(Refusal::Digest("Content-MD5"));
    }
    for Algorithm { header, computed, .. } in ALGORITHMS {
        check(header, computed(&checksums), announced)?;
    }
    Ok(Upload { file, etag: hex::encode(md5), checksums })
}

/// Reads what is left of a body that nobody wants. Closing the connection on it instead would make TCP throw away the
/// answer (RFC 9112, 9.6), and the client would learn of a reset and not of a full disk.
pub(crate) async fn drain(body: &mut StreamingBlob) {
    while let Some(Ok(_)) = body.next().await {}
}

fn check(name: &'static str, computed: Option<&String>, announced: &Announced) -> Result<(), Refusal> {
    let Some(computed) = computed else { return Ok(()) };
    if announced.header(name).is_some_and(|expected| expected != computed) {
        return Err(Refusal::Digest(name));
    }
    if announced.is_in_trailer(name) {
        let arrived = announced.trailers.as_ref().and_then(|trailers| {
            trailers.read(|headers| headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|expected| expected == computed))
        });
        // A trailer that was announced and did not come is as bad as a wrong one.
        if arrived != Some(true) {
            return Err(Refusal::Digest(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hyper::header::{HeaderName, HeaderValue};
    use s3s::Body;

    use super::*;

    /// What a body that announces `headers` and a length becomes, and how many temporary files are left of it.
    async fn received(
        body: &'static [u8],
        length: Option<i64>,
        headers: &[(&'static str, &'static str)],
    ) -> (Result<String, String>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::create(folder.path()).unwrap();
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        let announced = Announced::new(length, headers, None);
        let mut body = StreamingBlob::from(Body::from(Bytes::from_static(body)));
        let upload = match announced {
            Ok(announced) => receive(&scratch, &mut body, &announced).await,
            Err(refusal) => Err(refusal),
        };
        let left = std::fs::read_dir(scratch.dir()).unwrap().count();
        (upload.map(|upload| upload.etag.clone()).map_err(|refusal| s3s::S3Error::from(refusal).code().as_str().to_owned()), left)
    }

    #[tokio::test]
    async fn only_what_was_announced_is_an_upload() {
        let refused = |code: &str| (Err(code.to_owned()), 0);
        assert_eq!(received(b"hello", Some(5), &[]).await, (Ok("5d41402abc4b2a76b9719d911017c592".to_owned()), 1));
        // s3s does not compare the decoded length of a chunked upload with what came.
        assert_eq!(received(b"hello", Some(6), &[]).await, refused("IncompleteBody"));
        assert_eq!(received(b"hello", Some(4), &[]).await, refused("IncompleteBody"));
        assert_eq!(received(b"hello", None, &[]).await, refused("MissingContentLength"));
        assert_eq!(received(b"hello", Some(-1), &[]).await, refused("MissingContentLength"));
        assert_eq!(received(b"hello", Some(5 * 1024 * 1024 * 1024 + 1), &[]).await, refused("EntityTooLarge"));
        assert_eq!(received(b"hello", Some(5), &[("content-md5", "not base64")]).await, refused("BadDigest"));
        assert_eq!(received(b"hello", Some(5), &[("x-amz-checksum-crc32", "AAAAAA==")]).await, refused("BadDigest"));
        // Announced for the end of the body, and not there.
        assert_eq!(received(b"hello", Some(5), &[("x-amz-trailer", "x-amz-checksum-crc32")]).await, refused("BadDigest"));
    }
}
