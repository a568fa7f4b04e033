//! A server on loopback that gives every request the same bad answer, and remembers what it was sent.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// What it does once the head of a request is there.
#[derive(Clone)]
pub enum Reply {
    /// Reads the body, sends these bytes and closes.
    Sends(String),
    /// Reads so many bytes of the body and closes.
    CutsAfter(usize),
    /// Says nothing at all, and holds the connection.
    Silent,
}

impl Reply {
    /// A whole answer.
    pub fn answer(status: &str, headers: &[&str], body: &str) -> Self {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        Self::Sends(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()))
    }

    /// An S3 error, as its API reference has it.
    pub fn error(status: &str, code: &str, more: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>No.</Message>{more}<RequestId>4442587FB7D0A2F9</RequestId></Error>"
        );
        Self::answer(status, &["Content-Type: application/xml"], &body)
    }

    /// An answer without a body, as to a HEAD.
    pub fn bare(status: &str, headers: &[&str]) -> Self {
        Self::answer(status, headers, "")
    }
}

/// The server.
pub struct Scripted {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub async fn start(reply: Reply) -> Self {
        Self::listen(reply, None).await
    }

    pub async fn start_tls(reply: Reply, acceptor: TlsAcceptor) -> Self {
        Self::listen(reply, Some(acceptor)).await
    }

    async fn listen(reply: Reply, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let heads = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reply, heads, tls) = (reply.clone(), heads.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(stream, reply, &heads).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => converse(stream, reply, &heads).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { address, requests }
    }

    /// The heads of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// One request, one reply. Whatever fails ends the conversation.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, reply: Reply, heads: &Mutex<Vec<String>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    heads.lock().unwrap().push(head);
    let length = length.unwrap_or(0);
    match reply {
        Reply::Sends(text) => {
            stream.read_exact(&mut vec![0; length]).await.ok()?;
            stream.write_all(text.as_bytes()).await.ok()?;
            stream.shutdown().await.ok()?;
        }
        Reply::CutsAfter(bytes) => drop(stream.read_exact(&mut vec![0; bytes.min(length)]).await),
        Reply::Silent => std::future::pending().await,
    }
    Some(())
}
