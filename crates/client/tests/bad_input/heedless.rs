//! A store that takes conditional writes and does not heed the condition, as some do.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header::ETAG, service::service_fn};
use hyper_util::rt::TokioIo;
use patchbay_package::Digest;
use tokio::net::TcpListener;

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// A running store.
pub struct Heedless {
    /// Where it listens.
    pub endpoint: String,
    objects: Objects,
}

impl Heedless {
    /// A store with these objects, by path.
    pub async fn start(objects: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let objects: Objects = Arc::new(Mutex::new(objects.into_iter().map(|(path, bytes)| (path, bytes.into())).collect()));
        let shared = objects.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let objects = shared.clone();
                let service = service_fn(move |request| answer(request, objects.clone()));
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { endpoint, objects }
    }

    /// The paths of all objects.
    pub fn paths(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }
}

async fn answer(request: Request<Incoming>, objects: Objects) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let body = request.into_body().collect().await?.to_bytes();
    let mut objects = objects.lock().unwrap();
    let reply = |status: StatusCode, tagged: Option<&Bytes>, body: Bytes| {
        let mut reply = Response::builder().status(status);
        if let Some(bytes) = tagged {
            reply = reply.header(ETAG, format!("\"{}\"", Digest::of(bytes)));
        }
        reply.body(Full::new(body)).unwrap()
    };
    Ok(match method {
        Method::PUT => {
            let answer = reply(StatusCode::OK, Some(&body), Bytes::new());
            objects.insert(path, body);
            answer
        }
        Method::DELETE => {
            objects.remove(&path);
            reply(StatusCode::NO_CONTENT, None, Bytes::new())
        }
        _ => match objects.get(&path) {
            Some(bytes) => reply(StatusCode::OK, Some(bytes), bytes.clone()),
            None => reply(StatusCode::NOT_FOUND, None, Bytes::from_static(b"<Error><Code>NoSuchKey</Code></Error>")),
        },
    })
}
