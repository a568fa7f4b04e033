//! What survives a power cut.

use std::io;
use std::path::Path;

/// Makes the names in a folder durable: after a rename, the data of the file is safe, but its name is only so after this.
#[cfg(unix)]
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}

/// Windows has no such call for folders; NTFS journals names by itself.
#[cfg(not(unix))]
pub(crate) fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}
