//! The connection test, step by step; and asking a registry once whether it can be written to.

use std::sync::Arc;

use patchbay_registry::{
    Registry,
    probe::{ProbeReport, probe},
    store::{StoreError, StoreErrorKind},
};

use crate::{
    App, credentials,
    registries::{Place, Profile},
    sentence::sentence,
    session::{self, Session},
    wire::{Access, Code, ConnectionStep, CredentialSource, RegistryView, StepName, StepState, WireError},
};

impl App {
    /// Tests the connection to a registry and tells each step as it goes. What fails is told as a step; the steps after it are
    /// skipped. What was found is remembered.
    ///
    /// # Errors
    /// When there is no such registry.
    pub async fn test_registry(
        &self,
        name: &str,
        on_step: &(dyn Fn(ConnectionStep) + Send + Sync),
    ) -> Result<Vec<RegistryView>, WireError> {
        let profile = self.profile(Some(name))?;
        self.close(name).await;
        let steps = Steps { app: self, profile: &profile, tell: on_step };
        let (access, identity) = steps.run().await;
        self.change_profile(name, |p| {
            p.identity = identity;
            if let Some(access) = access {
                p.remember(access);
            }
        })?;
        self.registries()
    }

    /// The registry, opened, once it is known that it can be written to. The probe runs once per endpoint and bucket.
    pub(crate) async fn writable(&self, name: Option<&str>) -> Result<Arc<Session>, WireError> {
        let session = self.session(name).await?;
        match self.profile(Some(&session.profile.name))?.access() {
            Access::ReadWrite => Ok(session),
            Access::ReadOnly { reason } => Err(reason),
            Access::Unknown => {
                let access = write_access(probe(&**session.registry.store()).await)?;
                self.change_profile(&session.profile.name, |p| p.remember(access.clone()))?;
                match access {
                    Access::ReadOnly { reason } => Err(reason),
                    Access::ReadWrite | Access::Unknown => Ok(session),
                }
            }
        }
    }
}

/// What a probe says about writing. A failure that will pass says nothing.
fn write_access(report: Result<ProbeReport, StoreError>) -> Result<Access, WireError> {
    match report {
        Ok(report) if report.passed() => Ok(Access::ReadWrite),
        Ok(report) => Ok(Access::ReadOnly { reason: broken_promise(&report) }),
        Err(e) if matches!(e.kind, StoreErrorKind::Denied { .. } | StoreErrorKind::ReadOnly) => Ok(Access::ReadOnly { reason: e.into() }),
        Err(e) => Err(e.into()),
    }
}

fn broken_promise(report: &ProbeReport) -> WireError {
    let found: Vec<_> = report.failures().map(|check| check.found.as_str()).collect();
    let names: Vec<_> = report.failures().map(|check| check.name.name()).collect();
    sentence(
        Code::Refused,
        "probe_failed",
        format!("This store does not keep its word about conditional writes, so it can only be read. {}", found.join(" ")),
        Some("Publishing there could lose what others publish. Use a store that honours If-Match and If-None-Match, such as AWS S3 or SeaweedFS.".into()),
        &[("found", found.join(" ")), ("checks", names.join(", "))],
    )
}

struct Steps<'a> {
    app: &'a App,
    profile: &'a Profile,
    tell: &'a (dyn Fn(ConnectionStep) + Send + Sync),
}

/// A step that failed, and why.
type Stopped = (StepName, WireError);

impl Steps<'_> {
    fn say(&self, name: StepName, state: StepState) {
        (self.tell)(ConnectionStep { name, state });
    }

    fn passed(&self, name: StepName, detail: impl Into<String>) {
        self.say(name, StepState::Passed { detail: detail.into() });
    }

    fn skipped(&self, name: StepName, detail: impl Into<String>) {
        self.say(name, StepState::Skipped { detail: detail.into() });
    }

    /// All steps, in order; and what was found out about writing and about whose credentials these are.
    async fn run(&self) -> (Option<Access>, Option<String>) {
        let mut identity = None;
        match self.try_all(&mut identity).await {
            Ok(access) => (access, identity),
            Err((failed, error)) => {
                self.say(failed, StepState::Failed { error });
                for later in [StepName::Name, StepName::Tls, StepName::Credentials, StepName::Bucket, StepName::Read, StepName::Write] {
                    if later > failed {
                        self.skipped(later, "");
                    }
                }
                (None, identity)
            }
        }
    }

    async fn try_all(&self, identity: &mut Option<String>) -> Result<Option<Access>, Stopped> {
        self.say(StepName::Name, StepState::Running);
        // Where the credentials come from is only told in its turn, but nothing can be signed without them.
        let s3 = match self.profile.place {
            Place::Http { .. } => None,
            Place::Embedded | Place::S3 { .. } => Some(session::s3(self.app, self.profile).await),
        };
        self.resolve().await?;
        self.say(StepName::Tls, StepState::Running);
        let secure = match &self.profile.place {
            Place::Http { url } => url.scheme() == "https",
            Place::S3 { endpoint: Some(url), .. } => url.scheme() == "https",
            Place::S3 { endpoint: None, .. } => true,
            Place::Embedded => false,
        };
        let connected = |secure| if secure { self.passed(StepName::Tls, "") } else { self.skipped(StepName::Tls, "http") };
        match s3 {
            None => {
                connected(secure);
                self.skipped(StepName::Credentials, "");
                self.skipped(StepName::Bucket, "");
            }
            Some(Err(e)) => {
                // Without credentials nothing was sent, so nothing is known of the connection.
                self.skipped(StepName::Tls, "");
                return Err((StepName::Credentials, e));
            }
            Some(Ok(store)) => {
                let answer = store.head_bucket().await;
                let step = answer.as_ref().err().map(|e| step_of(&e.kind));
                if step != Some(StepName::Tls) {
                    connected(secure);
                    self.say(StepName::Credentials, StepState::Running);
                }
                if step.is_none_or(|s| s > StepName::Credentials) {
                    *identity = self.identity().await;
                    self.passed(StepName::Credentials, identity.clone().unwrap_or_else(|| source(&self.profile.credentials)));
                    self.say(StepName::Bucket, StepState::Running);
                }
                match answer {
                    Ok(()) => self.passed(StepName::Bucket, store.bucket()),
                    // Being allowed to read the objects is enough: reading them comes next.
                    Err(e) if matches!(e.kind, StoreErrorKind::Denied { .. }) => self.passed(StepName::Bucket, store.bucket()),
                    Err(e) => return Err((step_of(&e.kind), e.into())),
                }
            }
        }
        self.say(StepName::Read, StepState::Running);
        let session = Session::open(self.app, self.profile).await.map_err(|e| (StepName::Read, e))?;
        let about = Registry::open(session.registry.store().clone(), session.registry.seen().clone(), &session.place);
        let about = about.await.map_err(|e| (StepName::Read, e.into()))?;
        self.passed(StepName::Read, about.about().name.clone());
        if matches!(self.profile.place, Place::Http { .. }) {
            self.skipped(StepName::Write, "");
            return Ok(None);
        }
        self.say(StepName::Write, StepState::Running);
        let access = write_access(probe(&**session.registry.store()).await).map_err(|e| (StepName::Write, e))?;
        match &access {
            Access::ReadOnly { reason } => self.say(StepName::Write, StepState::Failed { error: reason.clone() }),
            Access::ReadWrite | Access::Unknown => self.passed(StepName::Write, ""),
        }
        Ok(Some(access))
    }

    /// The name of the endpoint, unless a proxy resolves it.
    async fn resolve(&self) -> Result<(), Stopped> {
        let url = match &self.profile.place {
            Place::Embedded => {
                self.passed(StepName::Name, "127.0.0.1");
                return Ok(());
            }
            Place::Http { url } => Some(url.clone()),
            Place::S3 { endpoint, .. } => endpoint.clone(),
        };
        let region = match &self.profile.place {
            Place::S3 { region: Some(region), .. } => region,
            _ => "us-east-1",
        };
        let host = url.as_ref().and_then(|u| u.host_str()).map_or_else(|| format!("s3.{region}.amazonaws.com"), str::to_owned);
        let port = url.as_ref().and_then(url::Url::port_or_known_default).unwrap_or(443);
        let proxies = self.app.environment().proxies();
        let secure = url.as_ref().is_none_or(|u| u.scheme() == "https");
        let looped = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        if !looped && (if secure { proxies.https } else { proxies.http }).is_some() {
            self.skipped(StepName::Name, "proxy");
            return Ok(());
        }
        let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await.ok().and_then(|mut all| all.next());
        match found {
            Some(address) => {
                self.passed(StepName::Name, address.ip().to_string());
                Ok(())
            }
            None => {
                let kind = StoreErrorKind::Unreachable { endpoint: host, reason: "its name is not known".into() };
                Err((StepName::Name, StoreError::new(kind, None).into()))
            }
        }
    }

    /// Whose credentials these are, where the provider tells.
    async fn identity(&self) -> Option<String> {
        let Place::S3 { endpoint, region, .. } = &self.profile.place else { return None };
        let credentials = self.app.credentials(self.profile).await.ok()?;
        let http = self.app.sts_client().ok()?;
        credentials::identity(&credentials, region.as_deref(), endpoint.as_ref(), self.app.environment(), &http).await
    }
}

/// Where in the order of steps a failure belongs.
fn step_of(kind: &StoreErrorKind) -> StepName {
    match kind {
        StoreErrorKind::Tls { .. }
        | StoreErrorKind::Unreachable { .. }
        | StoreErrorKind::Lost { .. }
        | StoreErrorKind::Unavailable { .. }
        | StoreErrorKind::NotAStore { .. } => StepName::Tls,
        StoreErrorKind::NoCredentials { .. } | StoreErrorKind::WrongKey | StoreErrorKind::Expired | StoreErrorKind::ClockSkew => {
            StepName::Credentials
        }
        _ => StepName::Bucket,
    }
}

fn source(source: &CredentialSource) -> String {
    match source {
        CredentialSource::Keychain => "keychain".into(),
        CredentialSource::Environment => "environment".into(),
        CredentialSource::Profile { name } => format!("profile {name}"),
        CredentialSource::Embedded => "this computer".into(),
        CredentialSource::None => String::new(),
    }
}
