//! Unpacking a package into a folder. There is nothing of it under its name before all of it is there and checked.

use std::{
    fs, io,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{
    Accepted, ArchiveError, Expected, Limits, ReadAt,
    accept::{list, read},
    output,
};

/// Unpacks a package into a folder that is new or empty, through the strict door: what [`crate::accept()`] refuses is refused
/// here. Everything is written beside first and moved when it is whole, so an error leaves the folder as it was. Files have
/// mode 0644 or 0755, less what the process masks.
///
/// `progress` is told how many bytes of its files are done, and cancels by breaking.
///
/// # Errors
/// [`ArchiveError`]; when it is [`ArchiveError::Refused`], it says what is refused and why.
pub fn unpack(
    package: &(impl ReadAt + ?Sized),
    expected: &Expected<'_>,
    into: &Path,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Accepted, ArchiveError> {
    let place = Place::of(into)?;
    let listed = list(package, expected, limits)?;
    let beside = place.beside()?;
    let root = beside.path();
    output::make_folders(root, listed.iter().filter_map(|file| output::folder_of(&file.member.path)))?;
    let accepted = read(package, &listed, &|file| output::make_file(root, &file.member.path, file.mode).map(Some), progress)?;
    expected.check(&accepted)?;
    place.take(beside)?;
    Ok(accepted)
}

/// The folder to unpack into.
enum Place {
    /// It is not there yet.
    New(PathBuf),
    /// It is there, and empty.
    Empty(PathBuf),
}

impl Place {
    fn of(into: &Path) -> Result<Self, ArchiveError> {
        match fs::read_dir(into).map(Iterator::count) {
            Ok(0) => Ok(Self::Empty(into.to_owned())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Self::New(into.to_owned())),
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Err(write_error(into, e)),
            _ => Err(ArchiveError::NotEmpty { folder: into.display().to_string() }),
        }
    }

    /// A folder on the same disk, which goes away again unless it is taken.
    fn beside(&self) -> Result<TempDir, ArchiveError> {
        let (at, into) = match self {
            Self::New(into) => (into.parent().filter(|p| *p != Path::new("")).unwrap_or(Path::new(".")), into),
            // Its own parent need not be writable, and it may be where a disk begins.
            Self::Empty(into) => (into.as_path(), into),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".patchbay-unpacking-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        builder.tempdir_in(at).map_err(|e| write_error(into, e))
    }

    fn take(&self, beside: TempDir) -> Result<(), ArchiveError> {
        match self {
            Self::New(into) => {
                fs::rename(beside.path(), into).map_err(|e| write_error(into, e))?;
                // There is nothing to remove any more.
                let _ = beside.keep();
                Ok(())
            }
            Self::Empty(into) => move_up(beside.path(), into),
        }
    }
}

/// Moves everything out of a folder into the one that it is in; or nothing, when one thing cannot be moved.
fn move_up(from: &Path, into: &Path) -> Result<(), ArchiveError> {
    let names = |folder: &Path| fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>();
    // A rename would replace what came in between.
    if names(into).map_err(|e| write_error(into, e))?.len() > 1 {
        return Err(ArchiveError::NotEmpty { folder: into.display().to_string() });
    }
    let mut moved = Vec::new();
    for name in names(from).map_err(|e| write_error(into, e))? {
        if let Err(e) = fs::rename(from.join(&name), into.join(&name)) {
            for name in moved {
                // Back to where it is removed from; what cannot go back is named by the error.
                let _ = fs::rename(into.join(&name), from.join(&name));
            }
            return Err(write_error(&into.join(name), e));
        }
        moved.push(name);
    }
    Ok(())
}

fn write_error(path: &Path, source: io::Error) -> ArchiveError {
    ArchiveError::Write { path: path.display().to_string(), source }
}
