//! ETags: the MD5 of an object's bytes, as S3 gives for a plain PUT.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use md5::{Digest, Md5};

/// How long a file must have been left alone before its digest is remembered. Clocks of filesystems tick as slowly as
/// every 2 s (FAT), and within one tick another file can come to have the same inode, size and time.
const SETTLED: Duration = Duration::from_secs(3);

/// At about 200 bytes each.
const MOST_REMEMBERED: usize = 65_536;

const CHUNK: usize = 128 * 1024;

/// An MD5 digest, in lower-case hexadecimal without the quotes of the header.
pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// The digests of files that have been read, so that a LIST or a big download does not read them once more.
#[derive(Debug, Default)]
pub(crate) struct Etags(Mutex<HashMap<PathBuf, (Identity, String)>>);

impl Etags {
    /// The ETag of an open file of `size` bytes, read from that very file unless it is known. Leaves the position
    /// anywhere.
    pub(crate) fn of(&self, path: &Path, file: &mut File, metadata: &Metadata) -> io::Result<String> {
        let identity = Identity::of(metadata)?;
        if let Some((known, etag)) = self.lock().get(path)
            && *known == identity
        {
            return Ok(etag.clone());
        }
        let etag = digest(file, metadata.len())?;
        if identity.is_settled(SystemTime::now()) {
            let mut known = self.lock();
            if known.len() >= MOST_REMEMBERED {
                known.clear();
            }
            known.insert(path.to_owned(), (identity, etag.clone()));
        }
        Ok(etag)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, (Identity, String)>> {
        // The map is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(file: &mut File, size: u64) -> io::Result<String> {
    let mut hasher = Md5::new();
    let mut buffer = vec![0; CHUNK];
    let mut left = size;
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        match file.read(&mut buffer[..want]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                left -= read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hex::encode(hasher.finalize()))
}

/// What tells one content of a path from the next one. Objects are never changed in place, only replaced by a rename.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    file: (u64, u64),
    size: u64,
    modified: SystemTime,
    changed: (i64, i64),
}

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        Ok(Self {
            file: (metadata.dev(), metadata.ino()),
            size: metadata.len(),
            modified: metadata.modified()?,
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    fn of(metadata: &Metadata) -> io::Result<Self> {
        Ok(Self { file: (0, 0), size: metadata.len(), modified: metadata.modified()?, changed: (0, 0) })
    }

    fn is_settled(&self, now: SystemTime) -> bool {
        now.duration_since(self.modified).is_ok_and(|age| age >= SETTLED)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn etag_at(etags: &Etags, path: &Path) -> String {
        let mut file = File::open(path).unwrap();
        let metadata = file.metadata().unwrap();
        etags.of(path, &mut file, &metadata).unwrap()
    }

    fn file_with(path: &Path, text: &[u8], age: Duration) {
        let mut file = File::create(path).unwrap();
        file.write_all(text).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn a_file_is_hashed_and_then_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let (path, etags) = (dir.path().join("a"), Etags::default());
        file_with(&path, b"hello", Duration::from_secs(60));
        assert_eq!(etag_at(&etags, &path), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(etags.lock().len(), 1);
        // Replaced by a file of the same size and time: another inode, hence another ETag.
        file_with(&dir.path().join("b"), b"jello", Duration::from_secs(60));
        std::fs::rename(dir.path().join("b"), &path).unwrap();
        assert_eq!(etag_at(&etags, &path), md5_hex(b"jello"));
    }

    #[test]
    fn a_file_of_this_moment_is_not_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let (path, etags) = (dir.path().join("a"), Etags::default());
        file_with(&path, b"hello", Duration::ZERO);
        assert_eq!(etag_at(&etags, &path), md5_hex(b"hello"));
        assert_eq!(etags.lock().len(), 0);
    }

    #[test]
    fn a_big_file_is_hashed_in_pieces() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let bytes: Vec<u8> = (0..CHUNK * 2 + 7).map(|i| (i % 251) as u8).collect();
        file_with(&path, &bytes, Duration::ZERO);
        assert_eq!(etag_at(&Etags::default(), &path), md5_hex(&bytes));
    }
}
