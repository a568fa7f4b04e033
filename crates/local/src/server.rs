//! The server: its port, its tasks, its end.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use s3s::auth::{S3Auth, SecretKey};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Result, s3_error};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::folder::Folder;
use crate::gate;
use crate::s3::{REGION, Registry};
use crate::{LocalError, LocalKey};

const BUCKET: &str = "patchbay";

/// Longer than the SDK keeps an idle connection (90 s), so that it is never we who close one that is about to be used.
const IDLE: Duration = Duration::from_secs(120);

/// How long a shutdown waits for requests that are under way.
const GRACE: Duration = Duration::from_secs(10);

/// Another program could open connections until the app has no file descriptors left for its own work.
#[derive(Clone, Copy)]
struct Limits {
    /// So many connections are kept for the next request. One that comes when so many are open is closed after its answer: were all
    /// of them kept, a client that holds them idle would wait for ever for the one that it opened last.
    kept: usize,
    /// So many are open at once. One more waits.
    most: usize,
    /// How long one that is not kept may take to send its request: a client's pool opens some in advance and never uses them.
    patience: Duration,
}

const LIMITS: Limits = Limits { kept: 512, most: 1024, patience: Duration::from_secs(5) };

/// A running embedded registry. Dropping it stops it at once; [`shutdown`](Self::shutdown) lets requests end first.
#[derive(Debug)]
pub struct LocalServer {
    endpoint: String,
    key: LocalKey,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl LocalServer {
    /// Opens or creates the folder and serves it on `127.0.0.1`, on the given port or any free one. Several servers, in
    /// one program or in many, may serve the same folder. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the folder, its key or the port cannot be used.
    pub async fn start(folder: &Path, port: Option<u16>) -> Result<Self, LocalError> {
        let path = folder.to_owned();
        let opened = tokio::task::spawn_blocking(move || {
            let (folder, key) = Folder::open(&path)?;
            match folder.create_bucket(BUCKET) {
                Ok(()) | Err(crate::refusal::Refusal::BucketExists) => Ok((folder, key)),
                Err(crate::refusal::Refusal::Io(source)) => Err(LocalError::Folder { path, source }),
                Err(other) => Err(LocalError::Folder { path, source: std::io::Error::other(other) }),
            }
        });
        let (opened, key) = opened.await.map_err(|error| LocalError::folder(folder)(error.into()))??;

        let port = port.unwrap_or(0);
        let bind = async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = bind.await.map_err(|source| LocalError::Port { port, source })?;

        let mut builder = S3ServiceBuilder::new(Registry::new(Arc::new(opened)));
        builder.set_auth(OneKey(key.clone()));
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, builder.build(), LIMITS, stopped));
        Ok(Self { endpoint: format!("http://{address}"), key, stop: Some(stop), task })
    }

    /// The endpoint URL, `http://127.0.0.1:PORT`. Buckets are addressed by path.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The bucket that is there from the start.
    pub fn bucket(&self) -> &str {
        BUCKET
    }

    /// The name, in the folder, of the file that holds the key.
    pub const KEY_FILE: &str = crate::credentials::FILE_NAME;

    /// The region to sign for.
    pub fn region(&self) -> &str {
        REGION
    }

    /// The key to sign with.
    pub fn credentials(&self) -> &LocalKey {
        &self.key
    }

    /// Stops accepting, waits up to ten seconds for requests that are under way, and ends. Whatever was answered is on
    /// the disk; an upload that is cut here leaves nothing.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only when the task has ended, which is what we want.
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The one key of the folder.
struct OneKey(LocalKey);

#[async_trait::async_trait]
impl S3Auth for OneKey {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == self.0.access_key_id() {
            Ok(SecretKey::from(self.0.secret_access_key()))
        } else {
            Err(s3_error!(InvalidAccessKeyId, "This registry has another key"))
        }
    }
}

async fn accept(listener: TcpListener, service: S3Service, limits: Limits, mut stopped: oneshot::Receiver<()>) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(limits.most));
    // Dropped with this task, and with it every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            (slot, accepted) = async { (Arc::clone(&slots).acquire_owned().await, listener.accept().await) } => match accepted {
                Ok((stream, _)) => {
                    let over = (connections.len() >= limits.kept).then_some(limits.patience);
                    let connection = graceful.watch(serve(stream, service.clone(), over));
                    connections.spawn(async move {
                        // A connection that breaks is the client's to notice.
                        let _ = connection.await;
                        drop(slot);
                    });
                }
                // Out of file descriptors, most likely: they come back when others close theirs.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// `over` is the patience with a connection that is not kept.
fn serve(
    stream: TcpStream,
    service: S3Service,
    over: Option<Duration>,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::HttpService<hyper::body::Incoming, ResBody = Body, Error = s3s::HttpError, Future: Send>,
> {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let service = service.clone();
        async move {
            match gate::refuse(&request) {
                Some(refusal) => Ok(refusal),
                None => service.call(request.map(Body::from)).await,
            }
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(over.unwrap_or(IDLE))
        .keep_alive(over.is_none())
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// Sends a request (a refused one does) and reads the head of the answer.
    async fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).to_lowercase()
    }

    #[tokio::test]
    async fn connections_that_are_held_idle_keep_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let (opened, _) = Folder::open(folder.path()).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let limits = Limits { kept: 2, most: 3, patience: Duration::from_millis(100) };
        let service = S3ServiceBuilder::new(Registry::new(Arc::new(opened))).build();
        let server = tokio::spawn(accept(listener, service, limits, stopped));
        let mut held = Vec::new();
        for number in 0..8 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let answer = ask(&mut stream).await;
            assert!(answer.starts_with("http/1.1 403"), "{answer}");
            assert_eq!(answer.contains("connection: close"), number >= 1, "connection {number}: {answer}");
            held.push(stream);
            // And one that never sends anything.
            held.push(TcpStream::connect(address).await.unwrap());
        }
        assert!(ask(&mut held[0]).await.starts_with("http/1.1 403"), "one that is kept serves on");
        drop(held);
        stop.send(()).unwrap();
        server.await.unwrap();
    }
}
