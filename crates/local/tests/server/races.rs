//! Many writers, one winner.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use futures::future::join_all;
use patchbay_local::LocalServer;

use crate::client::{BUCKET, client, get, outcome, put};
use crate::process::{Child, say};

const ROUNDS: usize = 20;
const WRITERS: usize = 16;

/// Writers at once, spread over the clients; the bodies of those that were told that they won. All others must have
/// been told 412.
async fn race(clients: &[Client], key: &str, name: &str, writers: usize, if_match: Option<&str>) -> Vec<String> {
    let writers = (0..writers).map(|writer| {
        let body = format!("{name} {writer}");
        let put = clients[writer % clients.len()].put_object().bucket(BUCKET).key(key).body(ByteStream::from(body.clone().into_bytes()));
        let put = match if_match {
            Some(etag) => put.if_match(etag),
            None => put.if_none_match("*"),
        };
        tokio::spawn(async move {
            match outcome(put.send().await) {
                Ok(()) => Some(body),
                Err(refusal) => {
                    assert_eq!(refusal, (412, "PreconditionFailed".to_owned()));
                    None
                }
            }
        })
    });
    join_all(writers).await.into_iter().filter_map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_folder_have_one_winner() {
    let folder = tempfile::tempdir().unwrap();
    let servers = [LocalServer::start(folder.path(), None).await.unwrap(), LocalServer::start(folder.path(), None).await.unwrap()];
    let clients = servers.each_ref().map(client);
    for round in 0..ROUNDS {
        let key = format!("round/{round}");
        let created = race(&clients, &key, "create", WRITERS, None).await;
        assert_eq!(created.len(), 1, "create-only, round {round}: {created:?}");
        assert_eq!(get(&clients[0], &key).await.unwrap(), created[0].as_bytes());

        let etag = clients[0].head_object().bucket(BUCKET).key(&key).send().await.unwrap().e_tag.unwrap();
        let replaced = race(&clients, &key, "replace", WRITERS, Some(&etag)).await;
        assert_eq!(replaced.len(), 1, "If-Match, round {round}: {replaced:?}");
        assert_eq!(get(&clients[1], &key).await.unwrap(), replaced[0].as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_on_one_folder_have_one_winner() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let clients = [client(&server)];
    let mut child = Child::start("race", folder.path());
    child.line_after("endpoint ");
    let mut wins = [0, 0];
    for round in 0..ROUNDS {
        let key = format!("round/{round}");
        let etag = put(&clients[0], &format!("{key}/replace"), "old").await;
        for (suffix, if_match) in [("create", None), ("replace", Some(etag.as_str()))] {
            let key = format!("{key}/{suffix}");
            child.tell(&format!("{key} {}", if_match.unwrap_or("-")));
            let ours = race(&clients, &key, "ours", WRITERS / 2, if_match).await;
            let theirs = child.line_after("won ");
            let theirs: Vec<_> = theirs.split(',').filter(|body| !body.is_empty()).map(str::to_owned).collect();
            wins[0] += ours.len();
            wins[1] += theirs.len();
            let all: Vec<_> = ours.into_iter().chain(theirs).collect();
            assert_eq!(all.len(), 1, "{key}: {all:?}");
            assert_eq!(get(&clients[0], &key).await.unwrap(), all[0].as_bytes());
        }
    }
    assert_eq!(wins[0] + wins[1], 2 * ROUNDS);
}

/// The other program: one race per line of its input.
pub async fn second_half(s3: &Client) {
    let clients = [s3.clone()];
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (key, condition) = line.split_once(' ').unwrap();
        let if_match = (condition != "-").then_some(condition);
        let won = race(&clients, key, "theirs", WRITERS / 2, if_match).await;
        say(&format!("won {}", won.join(",")));
    }
}

/// A DELETE takes the folders that it leaves empty; a PUT beside it must not fall into the gap.
#[tokio::test(flavor = "multi_thread")]
async fn a_put_beside_a_delete_finds_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    for round in 0..50 {
        put(&s3, "a/b/c/old", "x").await;
        let delete = s3.delete_object().bucket(BUCKET).key("a/b/c/old").send();
        let (deleted, _) = tokio::join!(delete, put(&s3, "a/b/c/new", "y"));
        deleted.unwrap();
        assert_eq!(get(&s3, "a/b/c/new").await.unwrap(), b"y", "round {round}");
        assert_eq!(get(&s3, "a/b/c/old").await, None);
        s3.delete_object().bucket(BUCKET).key("a/b/c/new").send().await.unwrap();
    }
}

/// Whoever reads while others write gets one version, whole, with the ETag of its bytes.
#[tokio::test(flavor = "multi_thread")]
async fn readers_see_whole_versions_with_their_etags() {
    use md5::{Digest, Md5};
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    // One size on both paths, so that size tells the versions apart for nobody.
    for size in [50_000, 1_500_000] {
        put(&s3, "k", vec![0; size]).await;
        let writer = tokio::spawn({
            let s3 = s3.clone();
            async move {
                for version in 1..=40u8 {
                    put(&s3, "k", vec![version; size]).await;
                }
            }
        });
        while !writer.is_finished() {
            let object = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap();
            let etag = object.e_tag().unwrap().to_owned();
            let body = object.body.collect().await.unwrap().to_vec();
            assert_eq!(body.len(), size);
            assert_eq!(etag, format!("\"{}\"", hex::encode(Md5::digest(&body))));
        }
        writer.await.unwrap();
        assert_eq!(get(&s3, "k").await.unwrap(), vec![40; size]);
    }
}
