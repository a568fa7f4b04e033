//! The key that requests are signed with, and the file that keeps it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use serde::{Deserialize, Serialize};

use crate::LocalError;
use crate::durable::sync_dir;

pub(crate) const FILE_NAME: &str = "key.json";

/// The secret of a new key, in random bytes. SigV4 feeds it to HMAC-SHA256, which gains nothing past 32.
const SECRET_BYTES: usize = 32;

/// The key that every request to the embedded registry is signed with (SigV4). `Debug` leaves the secret out.
#[derive(Clone, Serialize, Deserialize)]
pub struct LocalKey {
    access_key_id: String,
    secret_access_key: String,
}

impl LocalKey {
    /// The public half, which goes into every request.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret half. It belongs into the SDK's credentials and nowhere else.
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// Reads the key of a folder, or makes one if there is none. Whoever comes second gets the key of whoever came first.
    pub(crate) fn of_folder(folder: &Path, scratch: &Path) -> Result<Self, LocalError> {
        if let Some(key) = Self::read(folder)? {
            return Ok(key);
        }
        Self::random()?.write(folder, scratch)?;
        Self::read(folder)?.ok_or_else(|| LocalError::folder(folder.join(FILE_NAME))(io::ErrorKind::NotFound.into()))
    }

    fn random() -> Result<Self, LocalError> {
        let mut id = [0; 12];
        let mut secret = [0; SECRET_BYTES];
        SysRng.try_fill_bytes(&mut id).map_err(|source| LocalError::Random { source })?;
        SysRng.try_fill_bytes(&mut secret).map_err(|source| LocalError::Random { source })?;
        Ok(Self { access_key_id: format!("PATCHBAY{}", hex::encode_upper(id)), secret_access_key: URL_SAFE_NO_PAD.encode(secret) })
    }

    fn read(folder: &Path) -> Result<Option<Self>, LocalError> {
        let path = folder.join(FILE_NAME);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(LocalError::folder(path)(error)),
        };
        // Asked of the open file, not of its name: the file that is judged is the one that is read.
        check_private(&file, &path)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(LocalError::folder(&path))?;
        let key: Self = serde_json::from_str(&text).map_err(|error| LocalError::KeyDamaged {
            path: path.clone(),
            line: error.line(),
            column: error.column(),
        })?;
        // A shortened secret could be guessed, so a file that was cut or edited is not a key.
        let whole = URL_SAFE_NO_PAD.decode(&key.secret_access_key).is_ok_and(|secret| secret.len() >= SECRET_BYTES);
        if !whole || key.access_key_id.is_empty() {
            return Err(LocalError::KeyDamaged { path, line: 0, column: 0 });
        }
        Ok(Some(key))
    }

    fn write(&self, folder: &Path, scratch: &Path) -> Result<(), LocalError> {
        let path = folder.join(FILE_NAME);
        let write = || {
            // tempfile creates with create_new and mode 0600, so the secret is never readable under any name.
            let mut file = tempfile::NamedTempFile::new_in(scratch)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.as_file().sync_all()?;
            match file.persist_noclobber(&path) {
                Ok(_) => sync_dir(folder),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                Err(error) => Err(error.error),
            }
        };
        write().map_err(LocalError::folder(&path))
    }
}

impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(unix)]
fn check_private(file: &File, path: &Path) -> Result<(), LocalError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(LocalError::folder(path))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(LocalError::KeyExposed { path: path.to_owned(), mode }) }
}

/// Elsewhere the folder lies in the user's profile, whose access list keeps other users out.
#[cfg(not(unix))]
fn check_private(_: &File, _: &Path) -> Result<(), LocalError> {
    Ok(())
}
