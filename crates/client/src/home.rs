//! Where Patchbay keeps its own files.

use std::{
    fs::DirBuilder,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    environment::Environment,
    files::FileError,
    sentence::sentence,
    wire::{Code, WireError},
};

/// Why there is no place for Patchbay's files.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// Neither the person nor the system names one.
    #[error("This account has no home directory, so Patchbay has no place for its files.")]
    NoPlace,
    /// A folder cannot be made.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<HomeError> for WireError {
    fn from(error: HomeError) -> Self {
        match error {
            HomeError::File(error) => error.into(),
            HomeError::NoPlace => {
                sentence(Code::Failed, "no_home", &error, Some("Name a folder with `--home DIR` or PATCHBAY_HOME.".to_owned()), &[])
            }
        }
    }
}

/// The folders of one installation: what is set, what must not be lost, what can be fetched again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    config: PathBuf,
    data: PathBuf,
    cache: PathBuf,
}

impl Home {
    /// Everything under one folder: portable installs and tests.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { config: folder.clone(), cache: folder.join("cache"), data: folder }
    }

    /// The folder that was asked for, else `PATCHBAY_HOME`, else the platform's own places. The folders are made, for their owner alone.
    ///
    /// # Errors
    /// [`HomeError::NoPlace`] when nobody names a place; [`HomeError::File`] when a folder cannot be made.
    pub fn open(asked: Option<&Path>, environment: &Environment) -> Result<Self, HomeError> {
        let one_folder = asked.map(Path::to_owned).or_else(|| environment.patchbay_home());
        let home = match (one_folder, environment.places()) {
            (Some(folder), _) => Self::at(std::path::absolute(&folder).map_err(FileError::write(&folder))?),
            (None, Some(places)) => Self { config: places.config.clone(), data: places.data.clone(), cache: places.cache.clone() },
            (None, None) => return Err(HomeError::NoPlace),
        };
        home.make()?;
        Ok(home)
    }

    /// Makes the folders that are not there yet.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn make(&self) -> Result<(), FileError> {
        [&self.config, &self.data, &self.cache, &self.jobs(), &self.data.join("seen")].into_iter().try_for_each(|folder| make(folder))
    }

    /// The registries that this person knows.
    #[must_use]
    pub fn registries(&self) -> PathBuf {
        self.config.join("registries.json")
    }

    /// What this person has set.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.config.join("settings.json")
    }

    /// The folder of the embedded registry.
    #[must_use]
    pub fn registry(&self) -> PathBuf {
        self.data.join("registry")
    }

    /// One file per job.
    #[must_use]
    pub fn jobs(&self) -> PathBuf {
        self.data.join("jobs")
    }

    /// Where packages are made and checked before they go anywhere.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.cache.join("temporary")
    }

    /// The local copy of a registry. `registry` is [`Profile::key`](crate::registries::Profile::key).
    #[must_use]
    pub fn cache(&self, registry: &str) -> PathBuf {
        self.cache.join(component(registry))
    }

    /// The last known catalogue of a registry.
    #[must_use]
    pub fn catalogue(&self, registry: &str) -> PathBuf {
        self.cache(registry).join("catalogue")
    }

    /// The index over that catalogue.
    #[must_use]
    pub fn index(&self, registry: &str) -> PathBuf {
        self.cache(registry).join("index")
    }

    /// The folder of what was last known to be counted: a file that is called by its digest.
    #[must_use]
    pub fn statistics(&self, registry: &str) -> PathBuf {
        self.cache(registry).join("statistics")
    }

    /// The folder of the last known documents of a registry.
    #[must_use]
    pub fn documents(&self, registry: &str) -> PathBuf {
        self.cache(registry).join("documents")
    }

    /// The highest revisions that were seen of a registry. Not in the cache: forgetting them would let an older state pass.
    #[must_use]
    pub fn seen(&self, registry: &str) -> PathBuf {
        self.data.join("seen").join(format!("{}.json", component(registry)))
    }
}

/// Makes a folder, and those above it, for the owner alone.
///
/// # Errors
/// [`FileError::Write`].
pub fn make(folder: &Path) -> Result<(), FileError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(FileError::write(folder))
}

/// A name for one path component. A registry's id is read from a bucket that anybody may have written, so `../../.ssh` must not come
/// out as itself, nor `con`, which is a device on Windows.
fn component(key: &str) -> String {
    let plain = !key.is_empty() && key.len() <= 64 && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if plain && !device(key) { key.to_owned() } else { hex::encode(Sha256::digest(key)) }
}

/// The device names of Windows ("Naming Files, Paths, and Namespaces").
pub(crate) fn device(name: &str) -> bool {
    let numbered = |prefix: &str| name.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    matches!(name, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Places;

    #[test]
    fn the_folder_that_was_asked_for_wins() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let places = Places { config: at("config"), data: at("data"), cache: at("cache") };
        let env = Environment::default().with_places(places);
        assert_eq!(Home::open(None, &env).unwrap().settings(), at("config").join("settings.json"));
        let env = env.with("PATCHBAY_HOME", at("home").to_str().unwrap());
        assert_eq!(Home::open(None, &env).unwrap().settings(), at("home").join("settings.json"));
        let home = Home::open(Some(&at("asked")), &env).unwrap();
        assert_eq!(home.registries(), at("asked").join("registries.json"));
        assert_eq!(home.catalogue("main"), at("asked").join("cache/main/catalogue"));
        assert_eq!(home.seen("main"), at("asked").join("seen/main.json"));
        assert!(matches!(Home::open(None, &Environment::default()), Err(HomeError::NoPlace)));
    }

    #[cfg(unix)]
    #[test]
    fn the_folders_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(Some(&folder.path().join("a/b")), &Environment::default()).unwrap();
        for path in [folder.path().join("a/b"), home.jobs()] {
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700, "{}", path.display());
        }
    }

    #[test]
    fn a_hostile_registry_id_stays_inside_the_cache() {
        let home = Home::at("/h");
        for hostile in ["../../.ssh", "a/b", "con", "com1", "..", "", "A", "a\\b", "a:b"] {
            let path = home.cache(hostile);
            assert_eq!(path.parent(), Some(Path::new("/h/cache")), "{hostile}");
            assert_eq!(path.file_name().unwrap().len(), 64, "{hostile}");
        }
    }
}
