//! Finding and reading objects.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use crate::etag::{Etags, md5_hex};
use crate::name::Key;
use crate::refusal::Refusal;

/// Up to this size an object is read once, and what was hashed is what is sent, from memory.
const SMALL: u64 = 1024 * 1024;

/// What lies where a key maps to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A regular file: the object.
    Object(PathBuf),
    /// Nothing yet.
    Free(PathBuf),
    /// A folder, or something that is none of ours (a link, a device).
    Occupied,
    /// A part of the way is not a folder; the key of what it is instead.
    InsideObject(String),
}

/// Looks where a key maps to, and follows no link on the way: a link in the folder could lead out of it.
pub(crate) fn find(bucket: &Path, key: &Key) -> io::Result<Place> {
    let mut path = bucket.to_owned();
    let (last, parents) = match key.file_names().split_last() {
        Some((last, parents)) => (last, parents),
        None => return Ok(Place::Occupied),
    };
    for (depth, parent) in parents.iter().enumerate() {
        path.push(parent);
        match metadata(&path)? {
            None => return Ok(Place::Free(key.path_in(bucket))),
            Some(found) if found.is_dir() => {}
            Some(_) => {
                let object = key.as_str().split('/').take(depth + 1).collect::<Vec<_>>().join("/");
                return Ok(Place::InsideObject(object));
            }
        }
    }
    path.push(last);
    Ok(match metadata(&path)? {
        None => Place::Free(path),
        Some(found) if found.is_file() => Place::Object(path),
        Some(_) => Place::Occupied,
    })
}

fn metadata(path: &Path) -> io::Result<Option<fs::Metadata>> {
    found(fs::symlink_metadata(path))
}

/// `None` when the file is not there.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        // NotADirectory: a part of the way was replaced by a file in this moment.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is true of an object, all of it taken from one open file.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) size: u64,
    pub(crate) modified: SystemTime,
    /// Without quotes.
    pub(crate) etag: String,
}

/// The bytes of an object.
#[derive(Debug)]
pub(crate) enum Content {
    Small(Bytes),
    /// Positioned at its start.
    Big(File),
}

/// The time of the last change in whole seconds, as S3 has it: a LIST could tell more than the header of a GET can.
fn last_modified(metadata: &fs::Metadata) -> io::Result<SystemTime> {
    let modified = metadata.modified()?;
    Ok(modified.duration_since(UNIX_EPOCH).map_or(modified, |since| UNIX_EPOCH + Duration::from_secs(since.as_secs())))
}

/// Describes a file, or `None` if it is gone.
pub(crate) fn describe(path: &Path, etags: &Etags) -> io::Result<Option<Description>> {
    let Some(mut file) = found(File::open(path))? else { return Ok(None) };
    let metadata = file.metadata()?;
    let etag = etags.of(path, &mut file, &metadata)?;
    Ok(Some(Description { size: metadata.len(), modified: last_modified(&metadata)?, etag }))
}

/// Opens an object once, and takes its description and its bytes from that one file.
pub(crate) fn open(bucket: &Path, key: &Key, etags: &Etags) -> Result<(Description, Content), Refusal> {
    let Place::Object(path) = find(bucket, key)? else { return Err(Refusal::NoSuchKey) };
    let file = found(File::open(&path))?.ok_or(Refusal::NoSuchKey)?;
    Ok(read(&path, file, etags)?)
}

/// A writer in between replaces the name, not the file, so the ETag is always that of the bytes. `path` is where the
/// file was found, and is not opened again.
fn read(path: &Path, mut file: File, etags: &Etags) -> io::Result<(Description, Content)> {
    let metadata = file.metadata()?;
    let modified = last_modified(&metadata)?;
    if metadata.len() <= SMALL {
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
        file.read_to_end(&mut bytes)?;
        let description = Description { size: bytes.len() as u64, modified, etag: md5_hex(&bytes) };
        return Ok((description, Content::Small(bytes.into())));
    }
    let etag = etags.of(path, &mut file, &metadata)?;
    file.seek(SeekFrom::Start(0))?;
    Ok((Description { size: metadata.len(), modified, etag }, Content::Big(file)))
}

/// What a reader is told an object is. Nothing is stored beside the bytes, so the extension has to say it.
pub(crate) fn content_type(key: &str) -> &'static str {
    match key.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json" | "jsonl") => "application/json",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_is_replaced_while_it_is_read_stays_what_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let (path, next) = (dir.path().join("k"), dir.path().join("next"));
        for size in [1000, 2 * 1024 * 1024] {
            let (old, new) = (vec![1; size], vec![2; size]);
            fs::write(&path, &old).unwrap();
            let file = File::open(&path).unwrap();
            fs::write(&next, &new).unwrap();
            fs::rename(&next, &path).unwrap();
            let (description, content) = read(&path, file, &Etags::default()).unwrap();
            let bytes = match content {
                Content::Small(bytes) => bytes.to_vec(),
                Content::Big(mut file) => {
                    let mut bytes = Vec::new();
                    file.read_to_end(&mut bytes).unwrap();
                    bytes
                }
            };
            assert_eq!(bytes, old);
            assert_eq!(description.etag, md5_hex(&old));
        }
    }
}
