//! The operations of S3 that the registry needs. s3s answers 501 to every other one.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hyper::header::{ETAG, HeaderMap, HeaderValue};
use s3s::dto::*;
use s3s::{Body, S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::folder::Folder;
use crate::listing::{Mark, Page, Query, list};
use crate::locks::blocking;
use crate::name::Key;
use crate::object::{Content, Description, content_type, open};
use crate::refusal::Refusal;
use crate::storage::{self, Condition};
use crate::upload::{Announced, drain, receive};

/// The region that S3 gives to who names none; it has no meaning here, but a signature needs one.
pub(crate) const REGION: &str = "us-east-1";

const MAX_KEYS: i32 = 1000;
const READ_CHUNK: usize = 64 * 1024;

/// S3 over a [`Folder`].
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    folder: Arc<Folder>,
}

impl Registry {
    pub(crate) fn new(folder: Arc<Folder>) -> Self {
        Self { folder }
    }

    async fn open(&self, bucket: String, key: &str) -> Result<(Description, Content), Refusal> {
        let folder = Arc::clone(&self.folder);
        let key = Key::parse(key)?;
        blocking(move || open(&folder.bucket(&bucket)?, &key, &folder.etags)).await
    }

    /// What can be said against a PUT before its body is read.
    async fn check_put(&self, req: &mut S3Request<PutObjectInput>) -> Result<(Key, Condition, Announced), Refusal> {
        let input = &mut req.input;
        // To take such an object and leave out what was asked for would be a lie about how safe it is.
        unsupported(
            "Encryption by the server",
            input.server_side_encryption.is_some() || input.sse_customer_algorithm.is_some() || input.ssekms_key_id.is_some(),
        )?;
        unsupported("An object lock", input.object_lock_mode.is_some() || input.object_lock_legal_hold_status.is_some())?;
        unsupported("A tag", input.tagging.is_some())?;
        unsupported("An ACL that lets others in", input.acl.as_ref().is_some_and(|acl| acl.as_str() != ObjectCannedACL::PRIVATE))?;
        unsupported("A write at an offset", input.write_offset_bytes.is_some())?;
        unsupported("A redirect", input.website_redirect_location.is_some())?;
        let key = Key::parse(&input.key)?;
        let condition = Condition::of_write(input.if_match.take(), input.if_none_match.take())?;
        let announced = Announced::new(input.content_length, std::mem::take(&mut req.headers), req.trailing_headers.take())?;
        let folder = Arc::clone(&self.folder);
        let bucket = input.bucket.clone();
        blocking(move || folder.bucket(&bucket)).await?;
        Ok((key, condition, announced))
    }
}

#[async_trait::async_trait]
impl S3 for Registry {
    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = req.input;
        unsupported("An object version", input.version_id.is_some())?;
        unsupported("A part number", input.part_number.is_some())?;
        unsupported("A customer's encryption key", input.sse_customer_algorithm.is_some())?;
        unsupported("If-Unmodified-Since", input.if_unmodified_since.is_some())?;
        let (object, content) = self.open(input.bucket, &input.key).await?;
        check_read(&object, input.if_match.as_ref(), input.if_none_match.as_ref())?;

        let range = match &input.range {
            // An empty object has no range at all, though s3s grants one to `bytes=-5`.
            Some(range) => range.check(object.size).ok().filter(|range| !range.is_empty()).ok_or(Refusal::Range)?,
            None => 0..object.size,
        };
        let content_range = input.range.map(|_| format!("bytes {}-{}/{}", range.start, range.end - 1, object.size));
        Ok(S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(length(range.end - range.start)?),
            content_range,
            content_type: Some(content_type(&input.key).to_owned()),
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(object.modified.into()),
            body: Some(body(content, range).await?),
            ..Default::default()
        }))
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = req.input;
        unsupported("An object version", input.version_id.is_some())?;
        unsupported("A part number", input.part_number.is_some())?;
        unsupported("A customer's encryption key", input.sse_customer_algorithm.is_some())?;
        unsupported("If-Unmodified-Since", input.if_unmodified_since.is_some())?;
        let (object, _) = self.open(input.bucket, &input.key).await?;
        check_read(&object, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(length(object.size)?),
            content_type: Some(content_type(&input.key).to_owned()),
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(object.modified.into()),
            ..Default::default()
        }))
    }

    async fn put_object(&self, mut req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let mut body = req.input.body.take().unwrap_or_else(|| StreamingBlob::from(Body::empty()));
        let (key, condition, announced) = match self.check_put(&mut req).await {
            Ok(checked) => checked,
            Err(refusal) => {
                drain(&mut body).await;
                return Err(refusal.into());
            }
        };
        // The lock comes after the last byte: a slow client must not keep others from a key.
        let upload = receive(&self.folder.scratch, &mut body, &announced).await?;
        storage::put(Arc::clone(&self.folder), req.input.bucket, key, condition, upload.file).await?;
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(ETag::Strong(upload.etag)),
            checksum_sha256: upload.checksums.checksum_sha256,
            checksum_sha1: upload.checksums.checksum_sha1,
            checksum_crc32: upload.checksums.checksum_crc32,
            checksum_crc32c: upload.checksums.checksum_crc32c,
            checksum_crc64nvme: upload.checksums.checksum_crc64nvme,
            ..Default::default()
        }))
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = req.input;
        unsupported("An object version", input.version_id.is_some())?;
        unsupported(
            "A condition on the size or the time of an object",
            input.if_match_size.is_some() || input.if_match_last_modified_time.is_some(),
        )?;
        let key = Key::parse(&input.key).map_err(Refusal::from)?;
        let condition = Condition::of_write(input.if_match, None)?;
        storage::delete(Arc::clone(&self.folder), input.bucket, key, condition).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = req.input;
        let max_keys = input.max_keys.unwrap_or(MAX_KEYS).min(MAX_KEYS);
        let after = match &input.continuation_token {
            // A token goes before start-after, which the SDK sends again with every page.
            Some(token) => Some(mark_of(token)?),
            None => input.start_after.clone().map(Mark::Key),
        };
        let query = Query {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone(),
            after,
            max: usize::try_from(max_keys).map_err(|_| Refusal::Argument("max-keys"))?,
        };
        let folder = Arc::clone(&self.folder);
        let bucket = input.bucket.clone();
        let Page { objects, prefixes, next } = blocking(move || Ok(list(&folder.bucket(&bucket)?, &query, &folder.etags)?)).await?;

        let contents = objects.into_iter().map(|(key, object)| {
            Ok(Object {
                key: Some(key),
                e_tag: Some(ETag::Strong(object.etag)),
                last_modified: Some(object.modified.into()),
                size: Some(length(object.size)?),
                ..Default::default()
            })
        });
        let contents: Vec<Object> = contents.collect::<Result<_, Refusal>>()?;
        let prefixes: Vec<CommonPrefix> = prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(prefix) }).collect();
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            delimiter: input.delimiter,
            start_after: input.start_after,
            continuation_token: input.continuation_token,
            max_keys: Some(max_keys),
            key_count: i32::try_from(contents.len() + prefixes.len()).ok(),
            is_truncated: Some(next.is_some()),
            next_continuation_token: next.as_ref().map(token_of),
            contents: Some(contents),
            common_prefixes: Some(prefixes),
            ..Default::default()
        }))
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        let folder = Arc::clone(&self.folder);
        blocking(move || folder.bucket(&req.input.bucket)).await?;
        Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(REGION.to_owned()), ..Default::default() }))
    }

    async fn create_bucket(&self, req: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
        let location = format!("/{}", req.input.bucket);
        let folder = Arc::clone(&self.folder);
        blocking(move || folder.create_bucket(&req.input.bucket)).await?;
        Ok(S3Response::new(CreateBucketOutput { location: Some(location) }))
    }

    async fn list_buckets(&self, _: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
        let folder = Arc::clone(&self.folder);
        let buckets = blocking(move || folder.buckets()).await?;
        let buckets = buckets.into_iter().map(|(name, changed)| Bucket {
            name: Some(name),
            creation_date: Some(changed.into()),
            bucket_region: Some(REGION.to_owned()),
        });
        Ok(S3Response::new(ListBucketsOutput { buckets: Some(buckets.collect()), ..Default::default() }))
    }

    async fn get_bucket_location(&self, req: S3Request<GetBucketLocationInput>) -> S3Result<S3Response<GetBucketLocationOutput>> {
        let folder = Arc::clone(&self.folder);
        blocking(move || folder.bucket(&req.input.bucket)).await?;
        // S3 writes us-east-1 as an empty constraint.
        Ok(S3Response::new(GetBucketLocationOutput::default()))
    }
}

fn unsupported(what: &'static str, asked_for: bool) -> Result<(), Refusal> {
    if asked_for { Err(Refusal::Unsupported(what)) } else { Ok(()) }
}

/// The conditions of a GET or HEAD, in the order of RFC 9110, 13.2.2.
fn check_read(object: &Description, if_match: Option<&ETagCondition>, if_none_match: Option<&ETagCondition>) -> Result<(), S3Error> {
    if let Some(ETagCondition::ETag(expected)) = if_match
        && expected.as_strong() != Some(&object.etag)
    {
        return Err(Refusal::PreconditionFailed.into());
    }
    let known = match if_none_match {
        None => false,
        Some(ETagCondition::Any) => true,
        Some(ETagCondition::ETag(etag)) => etag.value() == object.etag,
    };
    if known { Err(not_modified(&object.etag)) } else { Ok(()) }
}

/// 304 has no body, but it names the ETag (RFC 9110, 15.4.5).
fn not_modified(etag: &str) -> S3Error {
    let mut error = S3Error::new(S3ErrorCode::NotModified);
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{etag}\"")) {
        error.set_headers(HeaderMap::from_iter([(ETAG, etag)]));
    }
    error
}

async fn body(content: Content, range: Range<u64>) -> Result<StreamingBlob, Refusal> {
    match content {
        Content::Small(bytes) => {
            // The range lies within the bytes, whose length is a usize.
            let part = |at: u64| usize::try_from(at).unwrap_or(bytes.len());
            let bytes: Bytes = bytes.slice(part(range.start)..part(range.end));
            Ok(StreamingBlob::from(Body::from(bytes)))
        }
        Content::Big(file) => {
            let mut file = tokio::fs::File::from_std(file);
            file.seek(std::io::SeekFrom::Start(range.start)).await?;
            Ok(StreamingBlob::wrap(ReaderStream::with_capacity(file.take(range.end - range.start), READ_CHUNK)))
        }
    }
}

fn length(size: u64) -> Result<i64, Refusal> {
    i64::try_from(size).map_err(|_| Refusal::TooLarge)
}

fn token_of(mark: &Mark) -> String {
    let (kind, text) = match mark {
        Mark::Key(key) => ('k', key),
        Mark::Prefix(prefix) => ('p', prefix),
    };
    URL_SAFE_NO_PAD.encode(format!("{kind}{text}"))
}

fn mark_of(token: &str) -> Result<Mark, Refusal> {
    let invalid = || Refusal::Argument("The continuation token");
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?).map_err(|_| invalid())?;
    match text.split_at_checked(1) {
        Some(("k", key)) => Ok(Mark::Key(key.to_owned())),
        Some(("p", prefix)) => Ok(Mark::Prefix(prefix.to_owned())),
        _ => Err(invalid()),
    }
}
