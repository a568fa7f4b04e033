//! A proxy in front of a store that does to a request what the network, a hotel or an unlucky moment may do to it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{Method, Request, Response, body::Incoming, header::CONTENT_TYPE, service::service_fn};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use tokio::{net::TcpListener, sync::Semaphore};

/// What a guest network sends in place of every answer.
const PAGE: &str = "<!DOCTYPE html><title>Welcome to the hotel</title>";

/// What becomes of a request.
#[derive(Clone)]
pub enum Fate {
    /// It is passed on, and answered.
    Passes,
    /// The connection is closed after the first piece of its body; the store never sees it.
    Cut,
    /// The store does it, and the answer is lost.
    Unanswered,
    /// A web page answers it; the store never sees it.
    Portal,
    /// The store sees it when the gate opens.
    Waits(Gate),
    /// The store does it, and the answer comes when the gate opens.
    AnswerWaits(Gate),
}

/// Where a request waits for the test.
#[derive(Clone)]
pub struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    pub fn new() -> Self {
        Self { arrived: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    /// Until a request stands at the gate.
    pub async fn reached(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }

    /// Lets everybody through, now and later.
    pub fn open(&self) {
        self.open.add_permits(1);
    }

    async fn stand(&self) {
        self.arrived.add_permits(1);
        drop(self.open.acquire().await.unwrap());
    }
}

type Rule = Arc<dyn Fn(&Method, &str) -> Fate + Send + Sync>;
type Body = BoxBody<Bytes, hyper::Error>;

/// A running proxy.
pub struct Proxy {
    /// Where it listens.
    pub endpoint: String,
    rule: Arc<Mutex<Rule>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Passes everything on to `upstream`, until it is told otherwise.
    pub async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Arc::new(|_, _| Fate::Passes)));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
        let (rules, log, upstream) = (rule.clone(), requests.clone(), upstream.to_owned());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (client, rules, log, upstream) = (client.clone(), rules.clone(), log.clone(), upstream.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
                    log.lock().unwrap().push(format!("{} {path}", request.method()));
                    let rule = rules.lock().unwrap().clone();
                    let fate = rule(request.method(), request.uri().path());
                    suffer(request, fate, client.clone(), format!("{upstream}{path}"))
                });
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { endpoint, rule, requests }
    }

    /// What becomes of requests from now on, by method and path.
    pub fn rule(&self, rule: impl Fn(&Method, &str) -> Fate + Send + Sync + 'static) {
        *self.rule.lock().unwrap() = Arc::new(rule);
    }

    /// `METHOD PATH` of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Ends the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed")]
struct Closed;

async fn suffer(
    mut request: Request<Incoming>,
    fate: Fate,
    client: Client<HttpConnector, Body>,
    upstream: String,
) -> Result<Response<Body>, Closed> {
    *request.uri_mut() = upstream.parse().unwrap();
    let pass = |request: Request<Incoming>| async move {
        // The headers stay as they are: the signature covers `host`.
        let answer = client.request(request.map(BodyExt::boxed)).await.map_err(|_| Closed)?;
        Ok(answer.map(BodyExt::boxed))
    };
    match fate {
        Fate::Passes => pass(request).await,
        Fate::Cut => {
            request.body_mut().frame().await;
            Err(Closed)
        }
        Fate::Unanswered => {
            pass(request).await?;
            Err(Closed)
        }
        Fate::Portal => {
            let page = Full::new(Bytes::from_static(PAGE.as_bytes())).map_err(|never| match never {}).boxed();
            Ok(Response::builder().header(CONTENT_TYPE, "text/html").body(page).unwrap())
        }
        Fate::Waits(gate) => {
            gate.stand().await;
            pass(request).await
        }
        Fate::AnswerWaits(gate) => {
            let answer = pass(request).await?;
            gate.stand().await;
            Ok(answer)
        }
    }
}
