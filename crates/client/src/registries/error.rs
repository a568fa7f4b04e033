use crate::{
    files::FileError,
    sentence::sentence,
    wire::{Code, WireError},
};

/// Why a registry could not be added, found or changed.
///
/// No variant holds an address that was refused: the reason may be the password in it.
#[derive(Debug, thiserror::Error)]
pub enum RegistriesError {
    /// The name breaks the grammar.
    #[error("`{name}` cannot be the name of a registry.")]
    BadName {
        /// The name, cut to 64 characters.
        name: String,
    },
    /// The name is in use.
    #[error("A registry called `{name}` is already known.")]
    Taken {
        /// The name.
        name: String,
    },
    /// There is none of this name.
    #[error("No registry called `{name}` is known.")]
    NotFound {
        /// The name.
        name: String,
        /// The names that are known.
        known: Vec<String>,
    },
    /// There is no registry at all.
    #[error("No registry is known yet.")]
    NoneYet,
    /// Neither a bucket nor a URL, or both.
    #[error("A registry is either a bucket or a public URL.")]
    BucketOrUrl,
    /// Something that only a bucket has was given with a URL.
    #[error("A public URL has no {field} of its own.")]
    NotForUrl {
        /// `prefix`, `endpoint`, `region`, `credentials`.
        field: &'static str,
    },
    /// The bucket's name is not one.
    #[error("`{bucket}` cannot be the name of a bucket.")]
    BadBucket {
        /// The name, cut to 64 characters.
        bucket: String,
    },
    /// The prefix is not one.
    #[error("`{prefix}` cannot be a prefix.")]
    BadPrefix {
        /// The prefix, cut to 64 characters.
        prefix: String,
    },
    /// The region is not one.
    #[error("`{region}` cannot be a region.")]
    BadRegion {
        /// The region, cut to 64 characters.
        region: String,
    },
    /// Not an absolute http or https URL.
    #[error("The {field} is not an address that begins with https:// or http://.")]
    BadUrl {
        /// `endpoint` or `URL`.
        field: &'static str,
    },
    /// A user name, password, query or fragment in an address.
    #[error("The {field} has a {part} in it.")]
    SecretInUrl {
        /// `endpoint` or `URL`.
        field: &'static str,
        /// `user name or password`, `query`, `fragment`.
        part: &'static str,
    },
    /// An endpoint with a path: S3 puts the bucket there.
    #[error("The endpoint has a path after its host.")]
    EndpointWithPath,
    /// A bucket needs a source of credentials that fits.
    #[error("A bucket needs credentials from the keychain, the environment or an AWS profile.")]
    NoSource,
    /// The text after `--credentials` is not a source. It is not repeated: somebody may have put a key there.
    #[error("This is not a source of credentials.")]
    BadSource,
    /// Publishing to a public URL.
    #[error("{host} is a public URL, which can only be read.")]
    PublicUrl {
        /// The host.
        host: String,
    },
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
}

impl RegistriesError {
    fn kind(&self) -> &'static str {
        match self {
            Self::BadName { .. } => "registry_name_invalid",
            Self::Taken { .. } => "registry_name_taken",
            Self::NotFound { .. } => "registry_unknown",
            Self::NoneYet => "registry_none",
            Self::BucketOrUrl => "registry_bucket_or_url",
            Self::NotForUrl { .. } => "registry_not_for_url",
            Self::BadBucket { .. } => "bucket_name_invalid",
            Self::BadPrefix { .. } => "prefix_invalid",
            Self::BadRegion { .. } => "region_invalid",
            Self::BadUrl { .. } => "url_invalid",
            Self::SecretInUrl { .. } => "url_with_secret",
            Self::EndpointWithPath => "endpoint_with_path",
            Self::NoSource => "credentials_source_missing",
            Self::BadSource => "credentials_source_invalid",
            Self::PublicUrl { .. } => "registry_public_url",
            Self::File(_) => "file",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::BadName { .. } => "Use 1 to 64 lower-case letters, digits and single `-` between them.".to_owned(),
            Self::Taken { .. } => "Choose another name, or remove the known one first.".to_owned(),
            Self::NotFound { known, .. } if known.is_empty() => "Add one with `patchbay registry add`.".to_owned(),
            Self::NotFound { known, .. } => format!("Known are: {}.", known.join(", ")),
            Self::NoneYet => "Add one with `patchbay registry add`.".to_owned(),
            Self::BucketOrUrl => "Name a bucket, or the URL of a registry that is read over HTTP.".to_owned(),
            Self::NotForUrl { field } => format!("Leave the {field} out."),
            Self::BadBucket { .. } => "Use the bucket's own name: no `/`, no spaces, no `s3://` in front.".to_owned(),
            Self::BadPrefix { .. } => "Use a folder inside the bucket, such as `plugins` or `team/plugins`.".to_owned(),
            Self::BadRegion { .. } => "Use a region such as `eu-central-1`, or `auto`.".to_owned(),
            Self::BadUrl { .. } => "Use an address such as `https://s3.example.com`.".to_owned(),
            Self::SecretInUrl { part, .. } => format!("Leave the {part} out; secrets belong in the keychain."),
            Self::EndpointWithPath => "Use the host alone, such as `https://s3.example.com`, and give the bucket separately.".to_owned(),
            Self::NoSource | Self::BadSource => "Choose `keychain`, `environment` or `profile:NAME`.".to_owned(),
            Self::PublicUrl { .. } => "Add the bucket behind it as a registry of its own to publish.".to_owned(),
            Self::File(_) => String::new(),
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } | Self::NoneYet => Code::NotFound,
            Self::Taken { .. } => Code::Conflict,
            Self::PublicUrl { .. } => Code::Refused,
            _ => Code::Usage,
        }
    }

    fn data(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::BadName { name } | Self::Taken { name } => vec![("name", name.clone())],
            Self::NotFound { name, known } => vec![("name", name.clone()), ("known", known.join(", "))],
            Self::NotForUrl { field } | Self::BadUrl { field } => vec![("field", (*field).to_owned())],
            Self::SecretInUrl { field, part } => vec![("field", (*field).to_owned()), ("part", (*part).to_owned())],
            Self::BadBucket { bucket } => vec![("bucket", bucket.clone())],
            Self::BadPrefix { prefix } => vec![("prefix", prefix.clone())],
            Self::BadRegion { region } => vec![("region", region.clone())],
            Self::PublicUrl { host } => vec![("host", host.clone())],
            Self::NoneYet | Self::BucketOrUrl | Self::EndpointWithPath | Self::NoSource | Self::BadSource | Self::File(_) => Vec::new(),
        }
    }
}

impl From<&RegistriesError> for WireError {
    fn from(error: &RegistriesError) -> Self {
        match error {
            RegistriesError::File(error) => error.into(),
            _ => sentence(error.code(), error.kind(), error, Some(error.hint()), &error.data()),
        }
    }
}

impl From<RegistriesError> for WireError {
    fn from(error: RegistriesError) -> Self {
        Self::from(&error)
    }
}
