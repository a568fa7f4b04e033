//! A proxy in front of a real server that does to a request, on the wire, what networks, balancers and caches do.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// What happens to a request on its way. Quarters are those of its bytes, or of those of its answer.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// It is answered with this status and S3 error code, and goes no further.
    Refused(u16, &'static str),
    /// It is done, and answered like this all the same.
    RefusedAfter(u16, &'static str),
    /// The connection is reset when this many quarters of it have gone on.
    CutRequest(usize),
    /// It is done, and the connection is reset when this many quarters of the answer have come.
    CutAnswer(usize),
    /// Nobody hears of it, and it goes no further.
    SilentBefore,
    /// It is done, and nobody hears of it.
    SilentAfter,
    /// Its answer comes in small pieces, with pauses.
    Slow,
    /// Half of the answer's body is missing, and its head says that this is all.
    Truncated,
    /// It is sent twice, and the second answer comes back.
    Twice,
    /// A GET without a condition is answered with what was answered the first time.
    Stale,
    /// A web page answers, and it goes no further.
    Page,
    /// It is done, and a web page answers.
    PageAfter,
    /// It waits for the test.
    Held(Gate),
    /// It is done, and its answer waits for the test.
    AnswerHeld(Gate),
}

impl Mishap {
    /// Every one that needs no test to wait for it.
    #[must_use]
    pub fn every() -> Vec<Self> {
        let quarters = |cut: fn(usize) -> Self| (0..4).map(cut);
        let mut all = vec![
            Self::Refused(503, "SlowDown"),
            Self::Refused(500, "InternalError"),
            Self::Refused(409, "ConditionalRequestConflict"),
            Self::RefusedAfter(503, "SlowDown"),
            Self::RefusedAfter(500, "InternalError"),
            Self::RefusedAfter(412, "PreconditionFailed"),
            Self::SilentBefore,
            Self::SilentAfter,
            Self::Slow,
            Self::Truncated,
            Self::Twice,
            Self::Stale,
            Self::Page,
            Self::PageAfter,
        ];
        all.extend(quarters(Self::CutRequest));
        all.extend(quarters(Self::CutAnswer));
        all
    }
}

/// Where a request waits for the test.
#[derive(Clone, Debug)]
pub struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { arrived: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }
}

impl Gate {
    /// Until a request stands at the gate.
    pub async fn reached(&self) {
        if let Ok(arrived) = self.arrived.acquire().await {
            arrived.forget();
        }
    }

    /// Lets everybody through, now and later.
    pub fn open(&self) {
        self.open.add_permits(1);
    }

    async fn stand(&self) {
        self.arrived.add_permits(1);
        drop(self.open.acquire().await);
    }
}

type Rule = Box<dyn Fn(usize, &str) -> Option<Mishap> + Send>;

#[derive(Default)]
struct Script {
    rule: Option<Rule>,
    requests: Vec<String>,
    mishaps: HashMap<usize, Mishap>,
    /// What was answered to a GET of a path for the first time, for a cache that is behind.
    cached: HashMap<String, Vec<u8>>,
}

/// A running proxy.
#[derive(Clone)]
pub struct Wire {
    /// Where it listens.
    pub endpoint: String,
    script: Arc<Mutex<Script>>,
}

impl Wire {
    /// Passes everything on to `upstream` (`http://host:port`), until it is told otherwise.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn start(upstream: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let script: Arc<Mutex<Script>> = Arc::default();
        let (shared, upstream) = (script.clone(), upstream.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (script, upstream) = (shared.clone(), upstream.clone());
                // A connection that is cut ends whoever uses it, and that is meant.
                tokio::spawn(async move { carry(client, &upstream, &script).await });
            }
        });
        Ok(Self { endpoint, script })
    }

    /// This happens to the request with this index, counted from the start or from [`Wire::forget`].
    pub fn strike(&self, index: usize, mishap: Mishap) {
        self.script().mishaps.insert(index, mishap);
    }

    /// What happens to requests from now on, by index and `METHOD PATH`.
    pub fn rule(&self, rule: impl Fn(usize, &str) -> Option<Mishap> + Send + 'static) {
        self.script().rule = Some(Box::new(rule));
    }

    /// `METHOD PATH` of every request so far.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.script().requests.clone()
    }

    /// Starts counting anew, and nothing goes wrong from now on.
    pub fn forget(&self) {
        let mut script = self.script();
        script.requests.clear();
        script.mishaps.clear();
        script.rule = None;
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        lock(&self.script)
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One request and its answer: with each comes a connection of its own.
async fn carry(mut client: TcpStream, upstream: &str, script: &Mutex<Script>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let request = receive(&mut client).await?;
    let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let conditional = String::from_utf8_lossy(head(&request)).to_ascii_lowercase().contains("\r\nif-none-match:");
    let (mishap, cached) = {
        let mut script = lock(script);
        let index = script.requests.len();
        script.requests.push(line.clone());
        let struck = script.mishaps.remove(&index).or_else(|| script.rule.as_ref()?(index, &line));
        (struck, script.cached.get(&line).cloned())
    };
    let pass = || pass(upstream, &request);
    let answer = match &mishap {
        Some(Mishap::Refused(status, code)) => refusal(*status, code),
        Some(Mishap::RefusedAfter(status, code)) => {
            pass().await?;
            refusal(*status, code)
        }
        Some(Mishap::CutRequest(quarters)) => {
            let mut server = TcpStream::connect(upstream).await?;
            server.write_all(&request[..request.len() * quarters / 4]).await?;
            server.set_zero_linger()?;
            return client.set_zero_linger();
        }
        Some(Mishap::CutAnswer(quarters)) => {
            let answer = pass().await?;
            client.write_all(&answer[..answer.len() * quarters / 4]).await?;
            client.flush().await?;
            return client.set_zero_linger();
        }
        Some(Mishap::SilentBefore) => return until_closed(client).await,
        Some(Mishap::SilentAfter) => {
            pass().await?;
            return until_closed(client).await;
        }
        Some(Mishap::Slow) => {
            for piece in pass().await?.chunks(256) {
                client.write_all(piece).await?;
                client.flush().await?;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            return client.shutdown().await;
        }
        Some(Mishap::Truncated) => truncated(&pass().await?),
        Some(Mishap::Twice) => {
            pass().await?;
            pass().await?
        }
        Some(Mishap::Stale) if !conditional && line.starts_with("GET ") => match cached {
            Some(cached) => cached,
            None => pass().await?,
        },
        Some(Mishap::Page) => page(),
        Some(Mishap::PageAfter) => {
            pass().await?;
            page()
        }
        Some(Mishap::Held(gate)) => {
            gate.stand().await;
            pass().await?
        }
        Some(Mishap::AnswerHeld(gate)) => {
            let answer = pass().await?;
            gate.stand().await;
            answer
        }
        None | Some(Mishap::Stale) => pass().await?,
    };
    if line.starts_with("GET ") && !conditional && mishap.is_none() {
        lock(script).cached.entry(line).or_insert_with(|| answer.clone());
    }
    client.write_all(&answer).await?;
    client.shutdown().await
}

/// Keeps a connection open until whoever asks has had enough.
async fn until_closed(mut client: TcpStream) -> io::Result<()> {
    let mut rest = [0; 1024];
    while client.read(&mut rest).await? > 0 {}
    Ok(())
}

/// A request, whole.
async fn receive(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        let begun = head(&request).len();
        if begun > 0 {
            let whole = begun + content_length(head(&request));
            if request.len() >= whole {
                return Ok(request);
            }
        }
        if client.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// The head of a message with its blank line; empty as long as it is not whole.
fn head(message: &[u8]) -> &[u8] {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or(&[], |end| &message[..end + 4])
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or_default()
}

/// Passes a request on, with its headers as they are, for they are signed; only the connection is not kept. The answer, whole.
async fn pass(upstream: &str, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    let first = request.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let once = [&request[..first], b"Connection: close\r\n", &request[first..]].concat();
    server.write_all(&once).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

fn truncated(answer: &[u8]) -> Vec<u8> {
    let start = head(answer).len();
    let body = &answer[start..start + (answer.len() - start) / 2];
    let head = String::from_utf8_lossy(&answer[..start]).into_owned();
    let lines = head.lines().filter(|line| !line.is_empty());
    let mut short: String = lines
        .map(|line| match line.to_ascii_lowercase().starts_with("content-length:") {
            true => format!("Content-Length: {}\r\n", body.len()),
            false => format!("{line}\r\n"),
        })
        .collect();
    short.push_str("\r\n");
    [short.as_bytes(), body].concat()
}

fn refusal(status: u16, code: &str) -> Vec<u8> {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>No.</Message></Error>");
    message(status, "application/xml", &body)
}

fn page() -> Vec<u8> {
    message(200, "text/html", "<!DOCTYPE html><title>Welcome to the hotel</title>")
}

fn message(status: u16, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Word\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}
