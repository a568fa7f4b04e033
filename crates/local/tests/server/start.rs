//! Starting: the key, the port, the folder.

use std::collections::HashSet;

use futures::future::join_all;
use patchbay_local::{LocalError, LocalServer};

use crate::client::{client, get, put};
use crate::process::Child;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_starts_at_once_agrees_on_one_key() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let servers = join_all((0..8).map(|_| LocalServer::start(folder.path(), None))).await;
        let servers: Vec<_> = servers.into_iter().map(Result::unwrap).collect();
        let keys: HashSet<_> = servers.iter().map(|server| server.credentials().secret_access_key().to_owned()).collect();
        assert_eq!(keys.len(), 1);
        put(&client(&servers[0]), "k", "x").await;
        assert_eq!(get(&client(&servers[7]), "k").await.unwrap(), b"x");
    }
}

#[tokio::test]
async fn two_programs_that_start_at_once_agree_on_one_key() {
    for _ in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let mut children: Vec<_> = (0..4).map(|_| Child::start("serve", folder.path())).collect();
        let ids: HashSet<_> = children.iter_mut().map(|child| child.line_after("key ")).collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
    }
}

#[tokio::test]
async fn keys_of_two_folders_differ() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (a, b) = (LocalServer::start(a.path(), None).await.unwrap(), LocalServer::start(b.path(), None).await.unwrap());
    assert_ne!(a.credentials().secret_access_key(), b.credentials().secret_access_key());
    assert_ne!(a.credentials().access_key_id(), b.credentials().access_key_id());
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_can_open_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    drop(LocalServer::start(folder.path(), None).await.unwrap());
    let path = folder.path().join("key.json");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o620, 0o644] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let error = LocalServer::start(folder.path(), None).await.unwrap_err();
        assert!(matches!(error, LocalError::KeyExposed { mode: found, .. } if found == mode), "{error}");
        assert!(error.to_string().contains(&format!("{mode:03o}")) && error.hint().contains("chmod 600"));
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    LocalServer::start(folder.path(), None).await.unwrap();
}

#[tokio::test]
async fn a_damaged_key_is_an_error_that_does_not_show_it() {
    let folder = tempfile::tempdir().unwrap();
    drop(LocalServer::start(folder.path(), None).await.unwrap());
    let path = folder.path().join("key.json");
    for text in [
        "",
        "{",
        "\"canary-secret\"",
        r#"{"access_key_id":"A","secret_access_key":["canary-secret"]}"#,
        r#"{"access_key_id":"A","secret_access_key":"canary-secret"}"#,
        r#"{"access_key_id":"A","secret_access_key":""}"#,
        r#"{"access_key_id":"","secret_access_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
    ] {
        std::fs::write(&path, text).unwrap();
        let error = LocalServer::start(folder.path(), None).await.unwrap_err();
        assert!(matches!(error, LocalError::KeyDamaged { .. }), "{text}: {error}");
        assert!(!format!("{error} {error:?} {}", error.hint()).contains("canary-secret"));
    }
    // As the hint says.
    std::fs::remove_file(&path).unwrap();
    LocalServer::start(folder.path(), None).await.unwrap();
}

#[tokio::test]
async fn the_port_is_the_one_asked_for_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let first = LocalServer::start(folder.path(), None).await.unwrap();
    let port: u16 = first.endpoint().rsplit(':').next().unwrap().parse().unwrap();
    let error = LocalServer::start(folder.path(), Some(port)).await.unwrap_err();
    assert!(matches!(error, LocalError::Port { port: taken, .. } if taken == port), "{error}");
    first.shutdown().await;
    let again = LocalServer::start(folder.path(), Some(port)).await.unwrap();
    assert_eq!(again.endpoint(), format!("http://127.0.0.1:{port}"));
    assert_eq!((again.bucket(), again.region()), ("patchbay", "us-east-1"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = LocalServer::start(&file, None).await.unwrap_err();
    assert!(matches!(&error, LocalError::Folder { path, .. } if *path == file), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), b"x");
}

#[tokio::test]
async fn shutdown_and_drop_close_the_port() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    put(&s3, "k", "x").await;
    server.shutdown().await;
    assert!(s3.head_bucket().bucket("patchbay").send().await.unwrap_err().raw_response().is_none());

    let server = LocalServer::start(folder.path(), None).await.unwrap();
    let s3 = client(&server);
    assert_eq!(get(&s3, "k").await.unwrap(), b"x");
    drop(server);
    assert!(s3.head_bucket().bucket("patchbay").send().await.unwrap_err().raw_response().is_none());
}
