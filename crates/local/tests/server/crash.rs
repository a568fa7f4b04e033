//! Cut off, killed, out of space: the old object or the new one, and nothing in between.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use patchbay_local::LocalServer;
use sha2::{Digest, Sha256};

use crate::client::{BUCKET, client, get, put};
use crate::objects::assert_nothing_incoming;
use crate::process::{Child, say};

const KILLS: u32 = 30;

/// A version that shows whether it is whole: its number, and that number all over 2 MiB.
fn version(number: u64) -> Vec<u8> {
    number.to_le_bytes().repeat(256 * 1024)
}

fn number_of(body: &[u8]) -> u64 {
    let number = u64::from_le_bytes(body.get(..8).expect("a torn object").try_into().unwrap());
    assert!(body == version(number), "a torn object");
    number
}

/// In the second process: one version after the other, until killed.
pub async fn write_versions(s3: &Client) {
    let first = get(s3, "k").await.map_or(1, |body| number_of(&body) + 1);
    for number in first.. {
        say(&format!("begin {number}"));
        put(s3, "k", version(number)).await;
        say(&format!("done {number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_leaves_one_whole_version() {
    let folder = tempfile::tempdir().unwrap();
    let pace = work_per_write(folder.path()).await;
    let mut reached = 0;
    for kill in 0..KILLS {
        let mut child = Child::start("versions", folder.path());
        for _ in 0..=kill % 3 {
            child.line_after("begin ");
        }
        // From the first moment of the write to the last one.
        (0..pace * kill / KILLS).for_each(|_| work());
        let said = child.kill();

        let numbers = |word: &str| said.iter().filter_map(|line| line.strip_prefix(word)?.parse::<u64>().ok()).max();
        let server = LocalServer::start(folder.path(), None).await.unwrap();
        let s3 = client(&server);
        let now = get(&s3, "k").await.map_or(0, |body| number_of(&body));
        reached = reached.max(numbers("done ").unwrap_or(0));
        assert!(now >= reached, "version {reached} was acknowledged, and {now} is there");
        if let Some(begun) = numbers("begin ") {
            assert!(now <= begun, "version {now} was never begun");
        }
        reached = now;
        // What the dead one left is swept, and its locks are free.
        assert_nothing_incoming(folder.path());
        assert_eq!(sessions(folder.path()), 1);
        put(&s3, "k", version(now)).await;
    }
    assert!(reached > 0);
}

/// A little work, as a clock that does not sleep.
fn work() {
    std::hint::black_box(Sha256::digest(std::hint::black_box([0u8; 4096])));
}

/// How much of it is done during one write.
async fn work_per_write(folder: &Path) -> u32 {
    let server = LocalServer::start(folder, None).await.unwrap();
    let s3 = client(&server);
    let write = tokio::spawn(async move { drop(put(&s3, "pace", version(0)).await) });
    (0..).take_while(|_| !write.is_finished()).inspect(|_| work()).count().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_running_server_receives_is_not_swept() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let mut upload = begin_upload(&client(&server), "k", 1_000_000).await;
    upload.write_all(&vec![b'x'; 500_000]).unwrap();
    begun(folder.path()).await;
    let child = Child::start("serve", folder.path());
    let other = LocalServer::start(folder.path(), None).await.unwrap();
    other.shutdown().await;
    drop(child);
    begun(folder.path()).await;
    upload.write_all(&vec![b'x'; 500_000]).unwrap();
    let answer = std::io::read_to_string(&upload).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(get(&client(&server), "k").await.unwrap(), vec![b'x'; 1_000_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    put(&s3, "old", "old").await;
    for key in ["new", "old"] {
        let mut upload = begin_upload(&s3, key, 1_000_000).await;
        upload.write_all(&vec![b'x'; 500_000]).unwrap();
        begun(folder.path()).await;
        drop(upload);
        while !incoming(folder.path()).is_empty() {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(get(&s3, "new").await, None);
    assert_eq!(get(&s3, "old").await.unwrap(), b"old");
    assert_eq!(s3.list_objects_v2().bucket(BUCKET).send().await.unwrap().key_count(), Some(1));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_stores_nothing() {
    use aws_sdk_s3::primitives::ByteStream;

    use crate::client::{client_of, outcome};

    let folder = tempfile::tempdir().unwrap();
    let here = LocalServer::start(folder.path(), None).await.unwrap();
    put(&client(&here), "k", "old").await;
    let mut child = Child::start_limited("serve", folder.path(), 1024);
    let s3 = client_of(&here, &child.line_after("endpoint "));
    for (key, status) in [("k", 507), ("new", 507), ("nul", 400)] {
        // Far more than the buffers of the connection hold, from a client that does not listen before it has said all:
        // the answer has to wait for the end of the body.
        let mut upload = begin_upload(&s3, key, 30_000_000).await;
        upload.write_all(&vec![b'x'; 30_000_000]).unwrap();
        let answer = std::io::read_to_string(&upload).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    let result = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from(vec![1; 3_000_000])).send().await;
    assert_eq!(outcome(result), Err((507, "InsufficientStorage".to_owned())));
    assert_nothing_incoming(folder.path());
    assert_eq!(get(&s3, "k").await.unwrap(), b"old");
    assert_eq!(get(&s3, "new").await, None);
    // What fits is taken.
    put(&s3, "new", "small").await;
    assert_eq!(get(&s3, "new").await.unwrap(), b"small");
}

/// The head of a signed PUT whose body has `size` bytes.
async fn begin_upload(s3: &Client, key: &str, size: usize) -> TcpStream {
    let config = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
    let request = s3.put_object().bucket(BUCKET).key(key).presigned(config).await.unwrap();
    let (host, path) = request.uri().strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "PUT /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

/// Waits until a file in `incoming/` has bytes: the server has taken the first of the body.
async fn begun(folder: &Path) {
    while incoming(folder).iter().all(|file| file.len() == 0) {
        tokio::task::yield_now().await;
    }
}

fn sessions(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("incoming")).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count()
}

fn incoming(folder: &Path) -> Vec<std::fs::Metadata> {
    let sessions = std::fs::read_dir(folder.join("incoming")).unwrap().map(|entry| entry.unwrap().path());
    let files = sessions.filter(|path| path.is_dir()).flat_map(|path| std::fs::read_dir(path).unwrap());
    files.filter_map(|file| file.unwrap().metadata().ok()).collect()
}
