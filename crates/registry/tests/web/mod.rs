//! A web server over a bucket in memory, as a CDN in front of a public bucket is.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, header, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use patchbay_registry::store::memory::MemoryStore;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// What becomes of a `Range` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranges {
    /// The part is sent (206).
    Sent,
    /// Everything is sent (200), as servers may.
    Ignored,
    /// A cache sends the part beside it.
    Shifted,
}

/// Serves what a bucket holds, for as long as the runtime lives, and answers the address.
pub async fn serve(objects: MemoryStore, ranges: Ranges) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let objects = objects.clone();
            let service = service_fn(move |request| {
                let answer = answer(&objects, &request, ranges);
                async move { Ok::<_, Infallible>(answer) }
            });
            tokio::spawn(async move {
                let _ = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    address
}

/// Serves one object of so many zeros, whatever is asked for, and counts what it could send before the reader hung up.
pub async fn serve_endless(size: u64) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sent = Arc::new(AtomicU64::new(0));
    let counted = sent.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // An answer before the question is no HTTP.
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(stream.read_u8().await.unwrap());
            }
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {size}\r\n\r\n");
            let mut left = size;
            let mut going = stream.write_all(head.as_bytes()).await.is_ok();
            while going && left > 0 {
                let chunk = left.min(100_000);
                going = stream.write_all(&vec![b'0'; chunk as usize]).await.is_ok();
                counted.fetch_add(chunk, Ordering::Relaxed);
                left -= chunk;
            }
        }
    });
    (address, sent)
}

fn answer(objects: &MemoryStore, request: &Request<Incoming>, ranges: Ranges) -> Response<Full<Bytes>> {
    let key = request.uri().path().trim_start_matches('/').replace("%2B", "+");
    let Some(object) = objects.object(&key) else {
        // As web servers do: in HTML.
        let page = Full::new(Bytes::from_static(b"<!doctype html><title>404</title>"));
        return Response::builder().status(404).header(header::CONTENT_TYPE, "text/html").body(page).unwrap();
    };
    let tag = object.etag.0;
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Response::builder().status(304).header(header::ETAG, tag).body(Full::default()).unwrap();
    }
    let answer = Response::builder().header(header::ETAG, tag).header(header::CONTENT_TYPE, "application/octet-stream");
    let asked = request.headers().get(header::RANGE).filter(|_| ranges != Ranges::Ignored).map(|range| range.to_str().unwrap());
    let Some(asked) = asked else { return answer.body(Full::new(object.bytes)).unwrap() };
    let (first, last) = asked.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let shift = usize::from(ranges == Ranges::Shifted);
    let (first, end) = (first.parse::<usize>().unwrap() + shift, last.parse::<usize>().unwrap() + 1);
    let size = object.bytes.len();
    if first >= size {
        return answer.status(416).header(header::CONTENT_RANGE, format!("bytes */{size}")).body(Full::default()).unwrap();
    }
    let part = object.bytes.slice(first..end.min(size));
    answer.status(206).header(header::CONTENT_RANGE, format!("bytes {first}-{}/{size}", end.min(size) - 1)).body(Full::new(part)).unwrap()
}
