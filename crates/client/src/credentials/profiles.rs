//! Named profiles of the AWS configuration: keys, SSO, `credential_process`, roles.

use std::{fs, io, path::PathBuf};

use aws_config::{
    profile::{ProfileFileCredentialsProvider, ProfileSet, load},
    provider_config::ProviderConfig,
};
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, error, future};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_sts::config::{Region, SharedHttpClient};
use aws_types::os_shim_internal::{Env, Fs};

use super::{CredentialsError, ProfileKind, from_environment, from_secret};
use crate::{environment::Environment, files::FileError};

/// The two files, read here and handed over as text, so that the SDK does not look for them with the process environment.
fn files(environment: &Environment) -> Result<EnvConfigFiles, CredentialsError> {
    let read = |path: Option<PathBuf>| match path.as_ref().map(fs::read_to_string) {
        None => Ok(String::new()),
        Some(Ok(text)) => Ok(text),
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Some(Err(error)) => Err(CredentialsError::unreadable(&FileError::read(&path.unwrap_or_default())(error))),
    };
    let config = read(environment.aws_config_file())?;
    let credentials = read(environment.aws_credentials_file())?;
    Ok(EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, config)
        .with_contents(EnvConfigFileKind::Credentials, credentials)
        .build())
}

async fn parse(files: &EnvConfigFiles) -> Result<ProfileSet, CredentialsError> {
    // An empty file system and environment: everything is in the texts.
    load(&Fs::from_slice(&[]), &Env::from_slice(&[]), files, None).await.map_err(|_| CredentialsError::BadConfiguration)
}

fn names(profiles: &ProfileSet) -> Vec<String> {
    let mut names: Vec<_> = profiles.profiles().map(str::to_owned).collect();
    names.sort();
    names
}

/// The names of the profiles that there are, sorted. `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` are honoured.
///
/// # Errors
/// [`CredentialsError::BadConfiguration`], [`CredentialsError::Unreadable`].
pub async fn aws_profiles(environment: &Environment) -> Result<Vec<String>, CredentialsError> {
    Ok(names(&parse(&files(environment)?).await?))
}

/// The credentials of exactly this profile.
pub(super) async fn provider(
    name: &str,
    environment: &Environment,
    http: &SharedHttpClient,
) -> Result<SharedCredentialsProvider, CredentialsError> {
    let files = files(environment)?;
    let set = parse(&files).await?;
    let Some(profile) = set.get_profile(name) else {
        return Err(CredentialsError::NoProfile { name: name.to_owned(), known: names(&set) });
    };
    let has = |key| profile.get(key).is_some();
    let kind = match () {
        () if has("sso_session") || has("sso_start_url") => ProfileKind::Sso,
        () if has("role_arn") => ProfileKind::Role,
        () if has("credential_process") => ProfileKind::Process,
        () => ProfileKind::Keys,
    };
    let region = profile.get("region").or_else(|| environment.aws_region()).map(|region| Region::new(region.to_owned()));
    let config = ProviderConfig::without_region().with_region(region).with_http_client(http.clone());
    let mut builder = ProfileFileCredentialsProvider::builder().configure(&config).profile_files(files).profile_name(name);
    // A role may name the environment as its `credential_source`; that is then ours and not the process's.
    if let Ok(secret) = from_environment(environment) {
        builder = builder.with_custom_provider("Environment", from_secret(&secret, "environment"));
    }
    Ok(SharedCredentialsProvider::new(NamedProfile { inner: builder.build(), name: name.to_owned(), kind }))
}

/// A profile whose errors say which one it is and nothing else: the original repeats what a `credential_process` printed.
#[derive(Debug)]
struct NamedProfile {
    inner: ProfileFileCredentialsProvider,
    name: String,
    kind: ProfileKind,
}

impl ProvideCredentials for NamedProfile {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async move {
            let answer: provider::Result = self.inner.provide_credentials().await;
            answer.map_err(|_| {
                error::CredentialsError::provider_error(CredentialsError::ProfileFailed { name: self.name.clone(), kind: self.kind })
            })
        })
    }
}
