//! Registries, and how a connection test went.

use patchbay_client::wire::{Access, ConnectionStep, CredentialSource, RegistryView, StepName, StepState};

use super::{Page, Span, Table, style};

/// The registries that are known. `*` marks the default.
#[must_use]
pub fn list(registries: &[RegistryView]) -> Page {
    let mut table = Table::new(["", "NAME", "LOCATION", "CREDENTIALS", "ACCESS"]);
    for registry in registries {
        table.row([
            if registry.is_default { "*" } else { "" }.into(),
            Span::new(&registry.name, style::STRONG),
            registry.location.as_str().into(),
            credentials(registry).into(),
            access(&registry.access),
        ]);
    }
    let mut page = Page::default();
    page.table("", table);
    page
}

fn credentials(registry: &RegistryView) -> String {
    let source = match &registry.credentials {
        CredentialSource::Keychain => "keychain".to_owned(),
        CredentialSource::Environment => "environment".to_owned(),
        CredentialSource::Profile { name } => format!("profile {name}"),
        CredentialSource::Embedded => "its own key".to_owned(),
        CredentialSource::None => "none needed".to_owned(),
    };
    match &registry.identity {
        Some(identity) => format!("{source}: {identity}"),
        None => source,
    }
}

fn access(access: &Access) -> Span {
    match access {
        Access::Unknown => Span::new("not tested", style::FAINT),
        Access::ReadWrite => Span::new("read and write", style::GOOD),
        Access::ReadOnly { reason } => Span::new(&format!("read only: {}", reason.message), style::CARE),
    }
}

/// What a step of a connection test is called.
#[must_use]
pub fn step(name: StepName) -> &'static str {
    match name {
        StepName::Name => "Name",
        StepName::Tls => "TLS",
        StepName::Credentials => "Credentials",
        StepName::Bucket => "Bucket",
        StepName::Read => "Read",
        StepName::Write => "Write",
    }
}

/// How the steps of a connection test went.
#[must_use]
pub fn steps(steps: &[ConnectionStep]) -> Page {
    let mut table = Table::new(["", "", ""]);
    for ConnectionStep { name, state } in steps {
        let (word, paint, detail) = match state {
            StepState::Running => ("…", style::FAINT, ""),
            StepState::Passed { detail } => ("ok", style::GOOD, detail.as_str()),
            StepState::Failed { error } => ("failed", style::BAD, error.message.as_str()),
            StepState::Skipped { detail } => ("skipped", style::FAINT, detail.as_str()),
        };
        table.row([step(*name).into(), Span::new(word, paint), detail.into()]);
    }
    let mut page = Page::default();
    page.table("", table);
    page
}
