//! Checking a registry: every pointer, digest, chain and row, by streaming.
//!
//! A few plugins are read at a time, each from its first revision to its document, and nothing is kept of them but what is
//! wrong. Only what is derived is ever written, and only when it differs: the documents are what everything is measured by.

mod assets;
mod catalogue;
mod finding;
mod plugin;
mod report;

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use patchbay_package::PluginId;

pub use finding::{Finding, Weight};
pub use report::{Amount, MAX_FINDINGS, Report, Usage};

use self::catalogue::Catalogue;
use crate::{
    Registry,
    error::ReadError,
    format::{FormatError, MAX_DOCUMENT, registry::About},
    key::Key,
    store::{Fetched, Listed, Progress},
};

/// How old an upload must be, by the store's clock, before anybody says that nothing will refer to it any more.
pub const SETTLED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many plugins are read at once.
const PLUGINS: usize = 8;

/// Where a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Looking at what there is.
    Surveying,
    /// Reading it: so many bytes.
    Checking(u64),
    /// Making the catalogue anew.
    Repairing,
}

/// What a check is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Trust the packages' sizes and do not read them.
    pub quick: bool,
    /// Mend what is derived.
    pub repair: bool,
}

/// A check on its way.
pub struct Check<'a> {
    registry: &'a Registry,
    scope: Scope,
    progress: Progress,
    report: Mutex<Report>,
}

/// Checks a registry, and mends what is derived when asked to. `at` is the time to write into a catalogue that is mended.
///
/// # Errors
/// As the store fails: what could not be read is not known to be wrong.
pub async fn check(
    registry: &Registry,
    scope: Scope,
    at: Timestamp,
    tell: &(dyn Fn(Step) + Send + Sync),
    progress: Progress,
) -> Result<Report, ReadError> {
    let check = Check { registry, scope, progress, report: Mutex::default() };
    tell(Step::Surveying);
    check.about().await?;
    // Before any document: a row that is ahead of a document which was read later is wrong, and not just early.
    let catalogue = Catalogue::read(registry).await?;
    let ids = check.survey(&catalogue).await?;
    tell(Step::Checking(check.weight()));
    let plugin = async |id: PluginId| check.plugin(&id, &catalogue).await;
    let suspects: Vec<Option<PluginId>> = stream::iter(ids).map(plugin).buffer_unordered(PLUGINS).try_collect().await?;
    let suspects: BTreeSet<PluginId> = suspects.into_iter().flatten().collect();
    check.catalogue(&catalogue, suspects, at, tell).await?;
    Ok(check.report.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Check<'_> {
    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, finding: Finding) {
        self.report().add(finding);
    }

    /// So many bytes were read.
    fn read(&self, bytes: u64) {
        (self.progress)(bytes);
        self.report().bytes += bytes;
    }

    /// How much there is to read.
    fn weight(&self) -> u64 {
        let usage = self.report().usage;
        let packages = if self.scope.quick { 0 } else { usage.packages.bytes };
        usage.documents.bytes + usage.history.bytes + usage.assets.bytes + packages
    }

    async fn about(&self) -> Result<(), ReadError> {
        match self.registry.store().get(&Key::Registry, None, MAX_DOCUMENT).await? {
            Fetched::Found(object) => match About::parse(&object.bytes) {
                Ok(_) => {}
                Err(FormatError::Newer { key, found }) => self.find(Finding::NewerFormat { key, found }),
                Err(_) => self.find(Finding::RegistryUnreadable),
            },
            Fetched::Same | Fetched::Absent => self.find(Finding::RegistryMissing),
        }
        Ok(())
    }

    /// Looks at every key once, and answers the plugins that anything tells of.
    async fn survey(&self, catalogue: &Catalogue) -> Result<BTreeSet<PluginId>, ReadError> {
        let mut ids: BTreeSet<PluginId> = catalogue.ids().collect();
        let mut after = None;
        loop {
            let page = self.registry.store().page("", after.as_deref()).await?;
            for Listed { key: path, size, modified, .. } in page.objects {
                let key = Key::parse(&path);
                self.report().usage.count(key.as_ref(), size);
                match &key {
                    // A probe that is running has its keys for seconds.
                    Some(Key::Probe(_)) if page.now.is_none_or(|now| now.duration_since(modified) > SignedDuration::from_hours(1)) => {
                        self.find(Finding::ProbeLeft { key: path });
                    }
                    Some(key) => ids.extend(key.plugin().cloned()),
                    None if path.starts_with(Key::DOCUMENTS) => self.find(Finding::DocumentMisplaced { key: path }),
                    None => self.find(Finding::UnknownKey { key: path }),
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(ids),
            }
        }
    }
}
