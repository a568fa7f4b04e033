//! SIGKILL at each point at which a request has an effect on the disk: readers find the old object or the new one, the lock
//! is free at once, and the next writer goes on.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use futures::StreamExt as _;
use futures::future::BoxFuture;

use crate::LocalServer;
use crate::point::armed::arm;
use client::{BUCKET, client, client_of, get, outcome, put};

#[path = "../tests/server/client.rs"]
#[expect(dead_code, reason = "what the SDK would not send is tested elsewhere")]
mod client;

const KEY: &str = "plugins/timer.jsonl";
const FOLDER: &str = "PATCHBAY_LOCAL_KILLED_FOLDER";
const POINT: &str = "PATCHBAY_LOCAL_KILLED_POINT";
const MARK: &str = "@ ";

/// How many processes are killed side by side.
const BESIDE: usize = 4;

/// The entry point of the process that is killed. Within a test run there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_process() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let server = LocalServer::start(Path::new(&folder), None).await.unwrap();
    arm(std::env::var(POINT).unwrap().parse().unwrap());
    // The test harness has begun the line.
    println!();
    say(&format!("endpoint {}", server.endpoint()));
    // Until our parent closes the pipe.
    for _ in std::io::stdin().lines() {}
}

/// Tells the parent something.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{line}").unwrap();
    out.flush().unwrap();
}

/// The embedded registry in a process of its own.
struct Child {
    process: std::process::Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Stops at this point.
    fn start(folder: &Path, point: usize) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed_tests::second_process", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder)
            .env(POINT, point.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    fn next_line(&mut self) -> Option<String> {
        self.lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix(MARK).map(str::to_owned))
    }

    fn endpoint(&mut self) -> String {
        self.next_line().unwrap().strip_prefix("endpoint ").unwrap().to_owned()
    }

    /// SIGKILL, and what was said before.
    fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        std::iter::from_fn(|| self.next_line()).collect()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a publisher asks of the registry.
struct Asked {
    name: &'static str,
    old: Option<&'static str>,
    new: Option<&'static str>,
    /// With the ETag of the old object. Whether it was answered.
    send: fn(Client, Option<String>) -> BoxFuture<'static, bool>,
}

const OLD: Option<&str> = Some("old");
const NEW: Option<&str> = Some("new");

fn bytes(text: &'static str) -> ByteStream {
    ByteStream::from_static(text.as_bytes())
}

const ASKED: [Asked; 5] = [
    Asked {
        name: "create",
        old: None,
        new: NEW,
        send: |s3, _| {
            Box::pin(async move { s3.put_object().bucket(BUCKET).key(KEY).if_none_match("*").body(bytes("new")).send().await.is_ok() })
        },
    },
    Asked {
        name: "replace",
        old: OLD,
        new: NEW,
        send: |s3, etag| {
            Box::pin(async move { s3.put_object().bucket(BUCKET).key(KEY).set_if_match(etag).body(bytes("new")).send().await.is_ok() })
        },
    },
    Asked {
        name: "overwrite",
        old: OLD,
        new: NEW,
        send: |s3, _| Box::pin(async move { s3.put_object().bucket(BUCKET).key(KEY).body(bytes("new")).send().await.is_ok() }),
    },
    Asked {
        name: "remove",
        old: OLD,
        new: None,
        send: |s3, _| Box::pin(async move { s3.delete_object().bucket(BUCKET).key(KEY).send().await.is_ok() }),
    },
    Asked {
        name: "remove what did not change",
        old: OLD,
        new: None,
        send: |s3, etag| Box::pin(async move { s3.delete_object().bucket(BUCKET).key(KEY).set_if_match(etag).send().await.is_ok() }),
    },
];

/// The names of the points that a request passes.
async fn points(asked: &Asked) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let etag = old(&client(&server), asked).await;
    let mut child = Child::start(folder.path(), usize::MAX);
    let theirs = client_of(&server, &child.endpoint());
    assert!((asked.send)(theirs, etag).await, "{}", asked.name);
    let said = child.kill();
    said.iter().filter_map(|line| line.strip_prefix("point ")).map(str::to_owned).collect()
}

async fn old(s3: &Client, asked: &Asked) -> Option<String> {
    match asked.old {
        Some(old) => Some(put(s3, KEY, old).await),
        None => None,
    }
}

/// Whether the new object was there when the process was killed at this point.
async fn killed(asked: &Asked, point: usize, name: &str) -> bool {
    let case = format!("{} at {point}, {name}", asked.name);
    let folder = tempfile::tempdir().unwrap();
    let ours = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&ours);
    let etag = old(&s3, asked).await;
    let mut child = Child::start(folder.path(), point);
    let theirs = client_of(&ours, &child.endpoint());
    let request = tokio::spawn((asked.send)(theirs, etag));
    let (child, reached) = tokio::task::spawn_blocking(move || {
        let reached = (0..=point).filter_map(|_| child.next_line()).last();
        (child, reached)
    })
    .await
    .unwrap();
    assert_eq!(reached.as_deref(), Some(&*format!("point {name}")), "{case}");

    let there = get(&s3, KEY).await;
    let text = there.as_deref().map(|bytes| std::str::from_utf8(bytes).unwrap());
    assert!(text == asked.old || text == asked.new, "{case}: {text:?}");
    let is_new = text == asked.new;
    // The next writer, who may have to wait for the lock of the one that is about to die.
    let next = s3.put_object().bucket(BUCKET).key(KEY).body(bytes("next"));
    let next = match there {
        Some(_) => next.if_match(s3.head_object().bucket(BUCKET).key(KEY).send().await.unwrap().e_tag.unwrap()),
        None => next.if_none_match("*"),
    };
    let next = tokio::spawn(next.send());
    child.kill();
    assert!(!request.await.unwrap(), "{case}: it was answered");
    assert_eq!(outcome(next.await.unwrap()), Ok(()), "{case}");

    // And after a restart.
    ours.shutdown().await;
    let again = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&again);
    assert_eq!(get(&s3, KEY).await.as_deref(), Some(&b"next"[..]), "{case}");
    let listed = s3.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert_eq!(listed.contents().iter().map(|object| object.key().unwrap()).collect::<Vec<_>>(), [KEY], "{case}");
    let incoming: Vec<_> = std::fs::read_dir(folder.path().join("incoming")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(incoming.len(), 2, "{case}: only what belongs to the one that runs is there: {incoming:?}");
    for session in incoming.iter().filter(|path| path.is_dir()) {
        assert_eq!(std::fs::read_dir(session).unwrap().count(), 0, "{case}");
    }
    s3.delete_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    is_new
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_every_write() {
    let mut all = BTreeMap::new();
    for asked in &ASKED {
        let points = points(asked).await;
        let runs = points.iter().enumerate().map(|(point, name)| killed(asked, point, name));
        let is_new: Vec<bool> = futures::stream::iter(runs).buffered(BESIDE).collect().await;
        assert!(is_new.is_sorted(), "{}: once it is there it stays: {points:?} {is_new:?}", asked.name);
        assert!(is_new.contains(&false) && is_new.contains(&true), "{}: {points:?} {is_new:?}", asked.name);
        all.insert(asked.name, points);
    }
    println!("{} points: {all:?}", all.values().map(Vec::len).sum::<usize>());
    assert!(all["create"].len() >= 9 && all["remove"].len() >= 5, "{all:?}");
}
