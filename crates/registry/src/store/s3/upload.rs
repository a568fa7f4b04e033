//! What goes up: a body whose size and digest are known before its first byte is sent.

use std::{
    fmt, io,
    path::PathBuf,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use aws_runtime::auth::PayloadSigningOverride;
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextMut, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use futures::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};
use patchbay_package::Digest;
use tokio::{
    fs::File,
    io::{AsyncReadExt, Take},
    time::Instant,
};
use tokio_util::io::ReaderStream;

use crate::{
    key::Key,
    store::{Body, Progress, StoreError, StoreErrorKind, error::cause},
};

/// How much of a file is read and sent at once.
const CHUNK: usize = 64 * 1024;

/// A body that is ready to be sent.
pub(super) struct Upload {
    pub(super) body: ByteStream,
    pub(super) size: i64,
    pub(super) sha256: Digest,
    pub(super) movement: Movement,
}

impl Upload {
    /// Opens a body. `progress` hears of bytes as the connection takes them; of a body in memory, once.
    pub(super) async fn open(body: Body, key: &Key, progress: Option<Progress>) -> Result<Self, StoreError> {
        let movement = Movement::new();
        let heard = {
            let movement = movement.clone();
            move |bytes: u64| {
                movement.note();
                if let Some(progress) = &progress {
                    progress(bytes);
                }
            }
        };
        let (body, size, sha256) = match body {
            Body::Bytes(bytes) => {
                let size = bytes.len() as u64;
                heard(size);
                let sha256 = Digest::of(&bytes);
                (ByteStream::from(SdkBody::from(bytes)), size, sha256)
            }
            Body::File { path, size, sha256 } => {
                let opened = File::open(&path).await;
                let file = opened.map_err(|e| StoreError::new(cause::disk(&e, &path, "read"), Some(key)))?;
                let file = FileBody { file: ReaderStream::with_capacity(file.take(size), CHUNK), path, left: size, heard };
                (ByteStream::new(SdkBody::from_body_1_x(file)), size, sha256)
            }
        };
        // S3 takes 5 GiB in one PUT; that a size does not fit an i64 is beyond any disk.
        let size = i64::try_from(size)
            .map_err(|_| StoreError::new(StoreErrorKind::TooLarge { key: key.to_string(), limit: i64::MAX.unsigned_abs() }, Some(key)))?;
        Ok(Self { body, size, sha256, movement })
    }
}

/// A local file that failed while it was sent.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) path: PathBuf,
    pub(super) error: io::Error,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for Unreadable {}

/// A file as a body of known length.
struct FileBody<F> {
    file: ReaderStream<Take<File>>,
    path: PathBuf,
    left: u64,
    heard: F,
}

impl<F: Fn(u64) + Unpin> HttpBody for FileBody<F> {
    type Data = Bytes;
    type Error = Unreadable;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Unreadable>>> {
        let failed = |path: &PathBuf, error| Poll::Ready(Some(Err(Unreadable { path: path.clone(), error })));
        match ready!(Pin::new(&mut self.file).poll_next(cx)) {
            Some(Ok(chunk)) => {
                self.left = self.left.saturating_sub(chunk.len() as u64);
                (self.heard)(chunk.len() as u64);
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
            Some(Err(error)) => failed(&self.path, error),
            None if self.left > 0 => {
                self.left = 0;
                failed(&self.path, io::ErrorKind::UnexpectedEof.into())
            }
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// When a byte of a body last moved.
#[derive(Clone)]
pub(super) struct Movement {
    began: Instant,
    /// Milliseconds since.
    moved: Arc<AtomicU64>,
}

impl Movement {
    fn new() -> Self {
        Self { began: Instant::now(), moved: Arc::default() }
    }

    fn note(&self) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(since, Ordering::Relaxed);
    }

    /// Does the work for as long as something moves; none when nothing moved for `stall`.
    pub(super) async fn watch<T>(&self, stall: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            let deadline = self.began + Duration::from_millis(self.moved.load(Ordering::Relaxed)) + stall;
            match tokio::time::timeout_at(deadline, &mut work).await {
                Ok(done) => return Some(done),
                Err(_) => {
                    let moved = self.began + Duration::from_millis(self.moved.load(Ordering::Relaxed));
                    if moved + stall <= Instant::now() {
                        return None;
                    }
                }
            }
        }
    }
}

/// Signs a body that is not in memory by its digest, which the SDK would leave out of the signature.
#[derive(Debug)]
pub(super) struct PayloadDigest(pub(super) Digest);

#[dyn_dispatch_hint]
impl Intercept for PayloadDigest {
    fn name(&self) -> &'static str {
        "PayloadDigest"
    }

    fn modify_before_signing(
        &self,
        _context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(PayloadSigningOverride::Precomputed(self.0.to_string()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_is_given_up_only_when_nothing_moves() {
        let movement = Movement::new();
        let moving = movement.clone();
        let work = async move {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_secs(40)).await;
                moving.note();
            }
        };
        assert_eq!(movement.watch(Duration::from_secs(60), work).await, Some(()));
        assert_eq!(movement.watch(Duration::from_secs(60), std::future::pending::<()>()).await, None);
    }
}
