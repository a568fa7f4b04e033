//! A wire that can be cut: a TCP proxy that loses the answer to one request, and with it all that comes after, until it is mended.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

pub struct Proxy {
    pub endpoint: String,
    /// Hears about the cut.
    pub cut: mpsc::Receiver<()>,
    broken: Arc<AtomicBool>,
}

impl Proxy {
    /// Cuts the wire when this stands in a request, after the server has done what it asks for.
    pub fn before(server: &str, request: &'static str) -> Self {
        let server: SocketAddr = server.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let broken = Arc::new(AtomicBool::new(false));
        let (told, cut) = mpsc::channel();
        let state = broken.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (broken, told) = (state.clone(), told.clone());
                // A wire that is cut ends whoever uses it.
                thread::spawn(move || carry(client.ok()?, server, request, &broken, &told));
            }
        });
        Self { endpoint, cut, broken }
    }

    pub fn mend(&self) {
        self.broken.store(false, Ordering::SeqCst);
    }
}

fn carry(mut client: TcpStream, server: SocketAddr, request: &str, broken: &AtomicBool, told: &mpsc::Sender<()>) -> Option<()> {
    if broken.load(Ordering::SeqCst) {
        return client.shutdown(Shutdown::Both).ok();
    }
    let mut server = TcpStream::connect(server).ok()?;
    let (mut from_server, mut to_client) = (server.try_clone().ok()?, client.try_clone().ok()?);
    let (answered, answer) = mpsc::channel();
    let losing = Arc::new(AtomicBool::new(false));
    let lost = losing.clone();
    thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(read @ 1..) = from_server.read(&mut buffer) {
            if lost.load(Ordering::SeqCst) {
                let _ = answered.send(());
                break;
            }
            if to_client.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let mut buffer = [0; 65536];
    loop {
        let read = client.read(&mut buffer).ok().filter(|read| *read > 0)?;
        let wanted = buffer[..read].windows(request.len()).any(|window| window == request.as_bytes());
        if wanted {
            losing.store(true, Ordering::SeqCst);
            broken.store(true, Ordering::SeqCst);
            server.write_all(&buffer[..read]).ok()?;
            // The rest of the request, if there is one, still goes through.
            let mut rest = client.try_clone().ok()?;
            let mut onwards = server.try_clone().ok()?;
            thread::spawn(move || std::io::copy(&mut rest, &mut onwards));
            let _ = answer.recv();
            let _ = client.shutdown(Shutdown::Both);
            let _ = told.send(());
            return None;
        }
        server.write_all(&buffer[..read]).ok()?;
    }
}
