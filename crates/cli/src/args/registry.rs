//! `patchbay registry …`

use clap::{Args, Subcommand};
use patchbay_client::wire::CredentialSource;

use super::examples;

/// What can be done with registries.
#[derive(Debug, Subcommand)]
pub enum RegistryVerb {
    /// Add a bucket or a public URL as a registry
    #[command(after_help = examples::REGISTRY_ADD)]
    Add(Add),
    /// List the registries that are known on this computer
    #[command(after_help = examples::REGISTRY_LIST)]
    List,
    /// Test the connection step by step
    #[command(after_help = examples::REGISTRY_TEST)]
    Test {
        /// The registry [default: the one of --registry, or the default]
        name: Option<String>,
    },
    /// Store a key in the keychain of the system
    #[command(after_help = examples::REGISTRY_LOGIN)]
    Login {
        /// The registry
        name: String,
        /// How the key is given.
        #[command(flatten)]
        key: Key,
    },
    /// Make a registry the one that is used when none is named
    #[command(after_help = examples::REGISTRY_DEFAULT)]
    Default {
        /// The registry
        name: String,
    },
    /// Forget a registry and its key; the bucket stays as it is
    #[command(after_help = examples::REGISTRY_REMOVE)]
    Remove {
        /// The registry
        name: String,
    },
}

/// How a key is given. Never as an argument: every user of a computer can read the arguments of every process.
#[derive(Clone, Copy, Debug, Args)]
pub struct Key {
    /// Read the key from stdin: access key id, secret and, if there is one, session token, one per line
    #[arg(long)]
    pub key_stdin: bool,
}

/// `registry add`
#[derive(Debug, Args)]
pub struct Add {
    /// What to call it: lower-case letters, digits and -
    pub name: String,
    /// The bucket
    #[arg(long, value_name = "BUCKET", required_unless_present = "url", conflicts_with = "url")]
    pub bucket: Option<String>,
    /// A folder inside the bucket
    #[arg(long, value_name = "PREFIX", conflicts_with = "url")]
    pub prefix: Option<String>,
    /// The address of the store when it is not AWS [env: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    pub endpoint: Option<String>,
    /// The region [env: AWS_REGION, AWS_DEFAULT_REGION]
    #[arg(long, value_name = "REGION", conflicts_with = "url")]
    pub region: Option<String>,
    /// A registry that is read over HTTP, without credentials
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Where the key comes from: keychain, environment or profile:NAME [default: keychain]
    #[arg(long, value_name = "SOURCE", conflicts_with = "url", value_parser = source)]
    pub credentials: Option<CredentialSource>,
    /// Turn an empty bucket into a registry; the bucket is made if it does not exist
    #[arg(long, conflicts_with = "url")]
    pub create: bool,
    /// How the key is given.
    #[command(flatten)]
    pub key: Key,
}

fn source(text: &str) -> Result<CredentialSource, String> {
    text.parse::<CredentialSource>().map_err(|_| "choose keychain, environment or profile:NAME".to_owned())
}

impl Add {
    /// Where the key comes from: the keychain, unless the person says otherwise.
    #[must_use]
    pub fn source(&self) -> CredentialSource {
        match (&self.credentials, &self.url) {
            (Some(source), _) => source.clone(),
            (None, Some(_)) => CredentialSource::None,
            (None, None) => CredentialSource::Keychain,
        }
    }
}
