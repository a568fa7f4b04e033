//! A web server over a bucket in memory, as a CDN in front of a public bucket is.

use std::{convert::Infallible, net::SocketAddr};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, header, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use patchbay_registry::store::memory::MemoryStore;
use tokio::net::TcpListener;

/// Serves what a bucket holds, for as long as the runtime lives, and answers the address.
pub async fn serve(objects: MemoryStore) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let objects = objects.clone();
            let service = service_fn(move |request| {
                let answer = answer(&objects, &request);
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

fn answer(objects: &MemoryStore, request: &Request<Incoming>) -> Response<Full<Bytes>> {
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
    Response::builder()
        .header(header::ETAG, tag)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Full::new(object.bytes))
        .unwrap()
}
