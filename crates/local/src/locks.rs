//! One lock per key, for every program on this computer.

use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::folder::{lock, open_lock};
use crate::point::passed;
use crate::refusal::Refusal;

/// Lock files are never deleted (whoever deletes one may delete the one that somebody has just locked), so there is a
/// fixed number of them; two keys that share one wait for each other now and then, which is harmless.
const SHARDS: usize = 256;

/// Two levels: a mutex between the tasks of this server, so that at most one thread per shard waits for the operating
/// system, and a file lock between servers and programs. The operating system drops the latter when a process dies.
#[derive(Debug)]
pub(crate) struct KeyLocks {
    dir: PathBuf,
    shards: Vec<Arc<Mutex<()>>>,
}

impl KeyLocks {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir, shards: (0..SHARDS).map(|_| Arc::default()).collect() }
    }

    /// Does blocking work while nobody else works on that key. The work runs to its end even when the caller is
    /// cancelled (the client hung up), and holds the lock until then.
    pub(crate) async fn with<T, W>(&self, bucket: &str, key: &str, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, Refusal> + Send + 'static,
    {
        // A bucket's name has no slash, so the joined name is unambiguous.
        let shard = Sha256::digest(format!("{bucket}/{key}"))[0];
        let path = self.dir.join(hex::encode([shard]));
        let turn = Arc::clone(&self.shards[usize::from(shard)]).lock_owned().await;
        blocking(move || {
            let file = open_lock(&path)?;
            lock(&file)?;
            let done = work();
            drop(file);
            passed("unlocked");
            drop(turn);
            done
        })
        .await
    }
}

/// Runs blocking work on a thread that may block.
pub(crate) async fn blocking<T, W>(work: W) -> Result<T, Refusal>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, Refusal> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Interrupted)?
}
