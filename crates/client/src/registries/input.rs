//! What a person typed, checked before anything is asked of the network or written to a file.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;

use super::{Place, Profile, RegistriesError};
use crate::{
    home::device,
    wire::{CredentialSource, RegistryInput},
};

/// Long enough to recognise, short enough for a sentence.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Checks the name of a registry: 1 to 64 lower-case letters, digits and single `-` between them, and no device name of Windows, since
/// it also names files.
///
/// # Errors
/// [`RegistriesError::BadName`].
pub fn name(name: &str) -> Result<String, RegistriesError> {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let good = name.len() <= 64 && name.split('-').all(word) && !device(name);
    if good { Ok(name.to_owned()) } else { Err(RegistriesError::BadName { name: cut(name) }) }
}

/// An absolute http or https address that holds no secret. A password in it would end up in a file, and a query may be a signature.
fn address(text: &str, field: &'static str) -> Result<Url, RegistriesError> {
    let url = Url::parse(text.trim()).map_err(|_| RegistriesError::BadUrl { field })?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(RegistriesError::BadUrl { field });
    }
    let secret = |part| Err(RegistriesError::SecretInUrl { field, part });
    if !url.username().is_empty() || url.password().is_some() {
        return secret("user name or password");
    }
    if url.query().is_some() {
        return secret("query");
    }
    if url.fragment().is_some() {
        return secret("fragment");
    }
    Ok(url)
}

/// Checks the endpoint of an S3 store: scheme, host and port.
///
/// # Errors
/// [`RegistriesError::BadUrl`], [`RegistriesError::SecretInUrl`], [`RegistriesError::EndpointWithPath`].
pub fn endpoint(text: &str) -> Result<Url, RegistriesError> {
    let url = address(text, "endpoint")?;
    if url.path() == "/" { Ok(url) } else { Err(RegistriesError::EndpointWithPath) }
}

/// Checks the public URL of a registry, and ends it in `/` so that keys can be joined to it.
///
/// # Errors
/// [`RegistriesError::BadUrl`], [`RegistriesError::SecretInUrl`].
pub fn public_url(text: &str) -> Result<Url, RegistriesError> {
    let mut url = address(text, "URL")?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// A file that a person edited passes the same checks as what they type: an address goes on to the window and into messages.
pub(super) fn stored_endpoint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(|text| endpoint(&text).map_err(D::Error::custom)).transpose()
}

/// As [`stored_endpoint`].
pub(super) fn stored_public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    public_url(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// S3's own rules for new buckets are narrower (3 to 63 of `a-z0-9.-`), but old buckets and other stores also have upper case and `_`.
fn bucket(text: &str) -> Result<String, RegistriesError> {
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let good = bytes.len() <= 255
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && !text.contains("..");
    if good { Ok(text.to_owned()) } else { Err(RegistriesError::BadBucket { bucket: cut(text) }) }
}

/// Folders with `/` between them. The characters are those that S3 calls safe in a key ("Naming Amazon S3 objects"): others come back
/// changed from some stores and proxies.
fn prefix(text: &str) -> Result<Option<String>, RegistriesError> {
    let inner = text.trim().trim_matches('/');
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"!-_.*'()".contains(&b);
    let part = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(safe);
    match inner {
        "" => Ok(None),
        _ if inner.len() <= 256 && inner.split('/').all(part) => Ok(Some(inner.to_owned())),
        _ => Err(RegistriesError::BadPrefix { prefix: cut(text) }),
    }
}

fn region(text: &str) -> Result<String, RegistriesError> {
    let good = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if good { Ok(text.to_owned()) } else { Err(RegistriesError::BadRegion { region: cut(text) }) }
}

/// What a form leaves empty was not given.
fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

impl TryFrom<&RegistryInput> for Profile {
    type Error = RegistriesError;

    fn try_from(input: &RegistryInput) -> Result<Self, RegistriesError> {
        let fields = [("prefix", &input.prefix), ("endpoint", &input.endpoint), ("region", &input.region)];
        let place = match (given(&input.bucket), given(&input.url)) {
            (Some(name), None) => Place::S3 {
                bucket: bucket(name)?,
                prefix: given(&input.prefix).map_or(Ok(None), prefix)?,
                endpoint: given(&input.endpoint).map(endpoint).transpose()?,
                region: given(&input.region).map(region).transpose()?,
            },
            (None, Some(url)) => match fields.into_iter().find(|(_, value)| given(value).is_some()) {
                Some((field, _)) => return Err(RegistriesError::NotForUrl { field }),
                None => Place::Http { url: public_url(url)? },
            },
            _ => return Err(RegistriesError::BucketOrUrl),
        };
        match (&place, &input.credentials) {
            (Place::S3 { .. }, CredentialSource::None | CredentialSource::Embedded) => return Err(RegistriesError::NoSource),
            (Place::Http { .. }, source) if *source != CredentialSource::None => {
                return Err(RegistriesError::NotForUrl { field: "credentials" });
            }
            _ => {}
        }
        Self::new(&input.name, place, input.credentials.clone())
    }
}

/// `keychain`, `environment` or `profile:NAME`, as after `--credentials`.
impl FromStr for CredentialSource {
    type Err = RegistriesError;

    fn from_str(text: &str) -> Result<Self, RegistriesError> {
        match (text, text.strip_prefix("profile:").map(str::trim)) {
            ("keychain", _) => Ok(Self::Keychain),
            ("environment", _) => Ok(Self::Environment),
            (_, Some(name)) if !name.is_empty() => Ok(Self::Profile { name: name.to_owned() }),
            _ => Err(RegistriesError::BadSource),
        }
    }
}
