//! I/O errors in words, without numbers of the operating system.

use std::io::{Error, ErrorKind};

/// What went wrong, to stand after a colon.
pub(crate) fn words(e: &Error) -> String {
    match e.kind() {
        ErrorKind::NotFound => "it is not there".into(),
        ErrorKind::PermissionDenied => "you have no permission".into(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".into(),
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        ErrorKind::FileTooLarge => "the disk does not take files of this size".into(),
        ErrorKind::Interrupted => "it was interrupted".into(),
        kind => kind.to_string(),
    }
}

/// Whether there is no more room.
pub(crate) fn is_full(e: &Error) -> bool {
    matches!(e.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}
