//! What the surroundings say, read once by a front door and passed on as a value.
//!
//! Nothing else in the libraries looks at the process environment or for a home directory, so a test can say exactly what the
//! surroundings are, and the answer cannot change in the middle of an operation.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use url::Url;

/// The variables that are used beside those that begin with `AWS_`.
const USED: [&str; 14] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "PATCHBAY_HOME",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
    "USER",
    "USERNAME",
];

/// The variables whose values may appear in a Debug output. A list of what is safe, because a list of what is secret is never
/// complete (`AWS_CONTAINER_AUTHORIZATION_TOKEN` is one that is easily missed).
const SHOWN: [&str; 11] = [
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "NO_PROXY",
    "no_proxy",
    "PATCHBAY_HOME",
    "LC_ALL",
    "LANG",
];

/// The platform's own places for a program's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// What the person has set.
    pub config: PathBuf,
    /// What must not be lost.
    pub data: PathBuf,
    /// What can be fetched again.
    pub cache: PathBuf,
}

/// The proxies to use. The values may hold a password, so the Debug output shows none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http:` addresses.
    pub http: Option<String>,
    /// For `https:` addresses.
    pub https: Option<String>,
    /// Hosts that are reached without a proxy, comma-separated.
    pub no_proxy: Option<String>,
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies")
            .field("http", &self.http.as_deref().map(without_userinfo))
            .field("https", &self.https.as_deref().map(without_userinfo))
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

/// The surroundings of this program. The Debug output shows no value that may be a secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    vars: BTreeMap<String, String>,
    home_dir: Option<PathBuf>,
    places: Option<Places>,
}

impl Environment {
    /// The surroundings of the running process. **For the `main` of a front door, and nothing else.**
    ///
    /// A variable that is empty or not UTF-8 counts as not set.
    #[must_use]
    pub fn current() -> Self {
        let vars = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut environment = Self { home_dir: std::env::home_dir(), ..Self::default() };
        environment.places = directories::ProjectDirs::from("", "", "patchbay").map(|dirs| Places {
            config: dirs.config_dir().to_owned(),
            data: dirs.data_local_dir().to_owned(),
            cache: dirs.cache_dir().to_owned(),
        });
        vars.fold(environment, |environment, (name, value)| environment.with(&name, &value))
    }

    /// Surroundings in which this variable is set too. A variable that Patchbay does not use is not kept; nor is an empty one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        // Names of environment variables are case-insensitive on Windows, where `Path` is as good as `PATH`.
        let name = if cfg!(windows) { name.to_uppercase() } else { name.to_owned() };
        if !value.is_empty() && (name.starts_with("AWS_") || USED.contains(&name.as_str())) {
            self.vars.insert(name, value.to_owned());
        }
        self
    }

    /// Surroundings with this home directory.
    #[must_use]
    pub fn with_home_dir(mut self, home_dir: impl Into<PathBuf>) -> Self {
        self.home_dir = Some(home_dir.into());
        self
    }

    /// Surroundings in which a program's files belong here.
    #[must_use]
    pub fn with_places(mut self, places: Places) -> Self {
        self.places = Some(places);
        self
    }

    /// A variable that is set, not empty, and used by Patchbay.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str)
    }

    fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.var(name))
    }

    /// The person's home directory.
    #[must_use]
    pub fn home_dir(&self) -> Option<&std::path::Path> {
        self.home_dir.as_deref()
    }

    /// The platform's own places for this program's files.
    #[must_use]
    pub fn places(&self) -> Option<&Places> {
        self.places.as_ref()
    }

    /// `linux`, `macos`, `windows`, …
    #[must_use]
    pub fn platform(&self) -> &'static str {
        std::env::consts::OS
    }

    /// `AWS_ENDPOINT_URL_S3`, or else `AWS_ENDPOINT_URL` (AWS SDKs guide, "Service-specific endpoints").
    #[must_use]
    pub fn aws_endpoint(&self) -> Option<&str> {
        self.first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
    }

    /// `AWS_ENDPOINT_URL_STS`, or else `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn sts_endpoint(&self) -> Option<&str> {
        self.first(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"])
    }

    /// `AWS_REGION`, or else `AWS_DEFAULT_REGION`.
    #[must_use]
    pub fn aws_region(&self) -> Option<&str> {
        self.first(&["AWS_REGION", "AWS_DEFAULT_REGION"])
    }

    /// `AWS_PROFILE`: what to offer first. It is never used unless the person chose it for a registry.
    #[must_use]
    pub fn aws_profile(&self) -> Option<&str> {
        self.var("AWS_PROFILE")
    }

    /// `AWS_CONFIG_FILE`, or else `~/.aws/config`.
    #[must_use]
    pub fn aws_config_file(&self) -> Option<PathBuf> {
        self.aws_file("AWS_CONFIG_FILE", "config")
    }

    /// `AWS_SHARED_CREDENTIALS_FILE`, or else `~/.aws/credentials`.
    #[must_use]
    pub fn aws_credentials_file(&self) -> Option<PathBuf> {
        self.aws_file("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    }

    fn aws_file(&self, variable: &str, name: &str) -> Option<PathBuf> {
        match self.var(variable) {
            Some(path) => Some(self.expand(path)),
            None => Some(self.home_dir.as_ref()?.join(".aws").join(name)),
        }
    }

    /// `AWS_CA_BUNDLE`: a PEM file with the certificates to trust beside those of the system.
    #[must_use]
    pub fn ca_bundle(&self) -> Option<PathBuf> {
        self.var("AWS_CA_BUNDLE").map(|path| self.expand(path))
    }

    /// `~/` at the front is the home directory, as every AWS tool reads it.
    fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.home_dir) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }

    /// `PATCHBAY_HOME`: the folder that keeps everything.
    #[must_use]
    pub fn patchbay_home(&self) -> Option<PathBuf> {
        self.var("PATCHBAY_HOME").map(PathBuf::from)
    }

    /// The proxies; the lower-case name wins, as it does for curl.
    #[must_use]
    pub fn proxies(&self) -> Proxies {
        let of = |names: &[&str]| self.first(names).map(str::to_owned);
        Proxies {
            http: of(&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]),
            https: of(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            no_proxy: of(&["no_proxy", "NO_PROXY"]),
        }
    }

    /// The name of the account (`USER`; `USERNAME` on Windows).
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.first(&["USER", "USERNAME"])
    }

    /// The language tag (BCP 47) of `LC_ALL`, `LC_MESSAGES` or `LANG`: `zh-CN` for `zh_CN.UTF-8`; none for `C` and `POSIX`.
    #[must_use]
    pub fn locale(&self) -> Option<String> {
        let value = self.first(&["LC_ALL", "LC_MESSAGES", "LANG"])?;
        let tag = value.split(['.', '@']).next().unwrap_or_default();
        let names_a_language = tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !matches!(tag, "C" | "POSIX");
        names_a_language.then(|| tag.replace('_', "-"))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vars: BTreeMap<_, _> = self
            .vars
            .iter()
            .map(|(name, value)| {
                let shown = match name.as_str() {
                    name if SHOWN.contains(&name) => value.clone(),
                    name if name.starts_with("AWS_ENDPOINT_URL") || name.to_ascii_lowercase().ends_with("_proxy") => {
                        without_userinfo(value)
                    }
                    _ => "…".to_owned(),
                };
                (name, shown)
            })
            .collect();
        f.debug_struct("Environment").field("vars", &vars).field("home_dir", &self.home_dir).field("places", &self.places).finish()
    }
}

/// An address as scheme, host and port: what stands before `@`, and every query (a signature may be in it), is left out.
fn without_userinfo(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) if url.has_host() => url.origin().ascii_serialization(),
        // `user:password@proxy:3128` has no scheme, so it parses as something else or not at all.
        _ => match address.rsplit_once('@') {
            Some((_, host)) => format!("…@{host}"),
            None => "…".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_of_its_kind_wins() {
        let env = Environment::default()
            .with("AWS_ENDPOINT_URL", "http://all")
            .with("AWS_DEFAULT_REGION", "eu-west-1")
            .with("HTTPS_PROXY", "http://upper")
            .with("PATH", "/bin");
        assert_eq!(env.aws_endpoint(), Some("http://all"));
        assert_eq!(env.aws_region(), Some("eu-west-1"));
        assert_eq!(env.proxies().https.as_deref(), Some("http://upper"));
        assert_eq!(env.var("PATH"), None);
        let env = env.with("AWS_ENDPOINT_URL_S3", "http://s3").with("AWS_REGION", "us-east-2").with("https_proxy", "http://lower");
        assert_eq!(env.aws_endpoint(), Some("http://s3"));
        assert_eq!(env.sts_endpoint(), Some("http://all"));
        assert_eq!(env.aws_region(), Some("us-east-2"));
        if !cfg!(windows) {
            assert_eq!(env.proxies().https.as_deref(), Some("http://lower"));
        }
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let env = Environment::default().with("LC_ALL", "").with("LANG", "zh_CN.UTF-8");
        assert_eq!(env.locale().as_deref(), Some("zh-CN"));
        assert_eq!(Environment::default().with("LANG", "C.UTF-8").locale(), None);
        assert_eq!(Environment::default().with("LANG", "POSIX").locale(), None);
        assert_eq!(Environment::default().with("LC_ALL", "de_AT@euro").locale().as_deref(), Some("de-AT"));
    }

    #[test]
    fn aws_files_follow_the_variables_and_the_home_directory() {
        let env = Environment::default().with_home_dir("/h");
        assert_eq!(env.aws_config_file(), Some(PathBuf::from("/h/.aws/config")));
        let env = env.with("AWS_CONFIG_FILE", "~/other").with("AWS_SHARED_CREDENTIALS_FILE", "/c");
        assert_eq!(env.aws_config_file(), Some(PathBuf::from("/h/other")));
        assert_eq!(env.aws_credentials_file(), Some(PathBuf::from("/c")));
        assert_eq!(Environment::default().aws_config_file(), None);
    }
}
