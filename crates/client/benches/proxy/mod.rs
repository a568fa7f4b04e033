//! A proxy that counts requests, so that what is counted is what went over the wire.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::BodyExt;
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use tokio::net::TcpListener;

/// A running proxy.
pub struct Proxy {
    /// Where it listens.
    pub endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
}

type Body = http_body_util::combinators::BoxBody<bytes::Bytes, hyper::Error>;

impl Proxy {
    /// Passes everything on to `upstream`, with the headers as they are (the signature covers `host`), over a link on which a request
    /// takes this much longer.
    pub async fn start(upstream: &str, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        // Else a body that follows its head waits for the head's acknowledgement, 40 ms on Linux, and that would be what is measured.
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build(connector);
        let (log, upstream) = (requests.clone(), upstream.to_owned());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let (client, log, upstream) = (client.clone(), log.clone(), upstream.clone());
                let service =
                    service_fn(move |request: Request<Incoming>| pass(request, client.clone(), log.clone(), upstream.clone(), delay));
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { endpoint, requests }
    }

    /// `METHOD PATH` of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn pass(
    mut request: Request<Incoming>,
    client: Client<HttpConnector, Body>,
    log: Arc<Mutex<Vec<String>>>,
    upstream: String,
    delay: Duration,
) -> Result<Response<Incoming>, hyper_util::client::legacy::Error> {
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    log.lock().unwrap().push(format!("{} {path}", request.method()));
    *request.uri_mut() = format!("{upstream}{path}").parse().unwrap();
    client.request(request.map(BodyExt::boxed)).await
}
