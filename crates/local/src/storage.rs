//! Changing objects: check, write and make durable, under the lock of the key.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use s3s::dto::ETagCondition;
use tempfile::NamedTempFile;

use crate::durable::sync_dir;
use crate::folder::Folder;
use crate::name::Key;
use crate::object::{Place, describe, find};
use crate::point::passed;
use crate::refusal::Refusal;

/// How often a write whose folders were removed by a DELETE in the same moment makes them again.
const FOLDER_TRIES: usize = 64;

/// What must be true of the object in the moment of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// No condition.
    None,
    /// `If-None-Match: *`: the key is free.
    Absent,
    /// `If-Match: *`: there is an object.
    Present,
    /// `If-Match: "…"`: the object has this ETag (without quotes).
    Matches(String),
}

impl Condition {
    /// From the headers of a PUT or DELETE. S3 knows no other combination than these, and no `If-None-Match` but `*`.
    pub(crate) fn of_write(if_match: Option<ETagCondition>, if_none_match: Option<ETagCondition>) -> Result<Self, Refusal> {
        match (if_match, if_none_match) {
            (None, None) => Ok(Self::None),
            (None, Some(ETagCondition::Any)) => Ok(Self::Absent),
            (None, Some(_)) => Err(Refusal::Unsupported("If-None-Match with anything but *")),
            (Some(ETagCondition::Any), None) => Ok(Self::Present),
            // A weak ETag never matches strongly (RFC 9110, 8.8.3.2).
            (Some(ETagCondition::ETag(etag)), None) => etag.into_strong().map(Self::Matches).ok_or(Refusal::PreconditionFailed),
            (Some(_), Some(_)) => Err(Refusal::Unsupported("If-Match together with If-None-Match")),
        }
    }

    /// S3: a condition that fails is 412, but If-Match on a key that has no object is 404.
    fn check(&self, folder: &Folder, place: &Place) -> Result<(), Refusal> {
        match (self, place) {
            (Self::None, _) | (Self::Present, Place::Object(_)) => Ok(()),
            (Self::Absent, Place::Object(_)) => Err(Refusal::PreconditionFailed),
            (Self::Absent, _) => Ok(()),
            (Self::Matches(etag), Place::Object(path)) => match describe(path, &folder.etags)? {
                Some(now) if now.etag == *etag => Ok(()),
                Some(_) => Err(Refusal::PreconditionFailed),
                None => Err(Refusal::NoSuchKey),
            },
            (Self::Present | Self::Matches(_), _) => Err(Refusal::NoSuchKey),
        }
    }
}

/// Makes a whole upload the object of a key. Readers and a kill at any moment see the old object or the new one.
pub(crate) async fn put(folder: Arc<Folder>, bucket: String, key: Key, condition: Condition, upload: NamedTempFile) -> Result<(), Refusal> {
    let inner = Arc::clone(&folder);
    let key_text = key.as_str().to_owned();
    let bucket_name = bucket.clone();
    folder
        .locks
        .with(&bucket_name, &key_text, move || {
            passed("locked");
            let bucket = inner.bucket(&bucket)?;
            condition.check(&inner, &storable(&bucket, &key)?)?;
            passed("checked");
            // Before the rename: a name that points to bytes which are not on the disk yet is an empty file after a power cut.
            upload.as_file().sync_all()?;
            passed("synced");
            rename_into(&bucket, &key, upload)?;
            inner.durable.sync(&key.path_in(&bucket), &bucket)?;
            Ok(())
        })
        .await
}

/// Removes an object. One that is not there is a success, unless a condition asks for it.
pub(crate) async fn delete(folder: Arc<Folder>, bucket: String, key: Key, condition: Condition) -> Result<(), Refusal> {
    let inner = Arc::clone(&folder);
    let key_text = key.as_str().to_owned();
    let bucket_name = bucket.clone();
    folder
        .locks
        .with(&bucket_name, &key_text, move || {
            passed("locked");
            let bucket = inner.bucket(&bucket)?;
            let place = find(&bucket, &key)?;
            condition.check(&inner, &place)?;
            passed("checked");
            let Place::Object(path) = place else { return Ok(()) };
            fs::remove_file(&path)?;
            passed("removed");
            if let Some(parent) = path.parent() {
                sync_dir(parent)?;
                passed("folder synced");
            }
            // S3 has no folders, so an empty one must not stand in the way of an object with its name.
            for parent in path.ancestors().skip(1).take_while(|parent| *parent != bucket) {
                if fs::remove_dir(parent).is_err() {
                    break;
                }
                passed("folder removed");
            }
            Ok(())
        })
        .await
}

fn storable(bucket: &Path, key: &Key) -> Result<Place, Refusal> {
    match find(bucket, key)? {
        Place::Occupied => Err(Refusal::KeyIsFolder { key: key.as_str().to_owned() }),
        Place::InsideObject(object) => Err(Refusal::KeyInsideObject { key: key.as_str().to_owned(), object }),
        place => Ok(place),
    }
}

fn rename_into(bucket: &Path, key: &Key, upload: NamedTempFile) -> Result<(), Refusal> {
    let target = key.path_in(bucket);
    let temporary = upload.into_temp_path();
    for _ in 0..FOLDER_TRIES {
        if let Some(parent) = target.parent() {
            match fs::create_dir_all(parent) {
                // A DELETE of a neighbour has just removed a folder that it found empty.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other?,
            }
        }
        passed("folders made");
        // std's rename replaces an open target on Windows, too; tempfile's persist does not.
        match fs::rename(&temporary, &target) {
            Ok(()) => {
                passed("renamed");
                // The name is gone already; this only stops the drop from looking for it.
                let _ = temporary.keep();
                return Ok(());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                // Another key has taken a part of the way since it was looked at.
                storable(bucket, key)?;
                return Err(error.into());
            }
        }
    }
    Err(Refusal::Io(io::ErrorKind::NotFound.into()))
}
