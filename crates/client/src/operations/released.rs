//! Which release and which package is meant.

use std::sync::Arc;

use patchbay_package::{FileList, PluginId};
use patchbay_registry::{
    Refusal,
    format::{
        document::{ChannelName, Document},
        release::{Artifact, Release},
    },
};

use crate::{
    App,
    sentence::sentence,
    session::Session,
    wire::{Code, WireError},
};

impl App {
    /// A document that has the release that is meant: as it was last read when that is enough, because a version stays what it is and a
    /// channel does not.
    pub(super) async fn document_with(&self, session: &Session, id: &PluginId, wanted: &[&str]) -> Result<Document, WireError> {
        let has = |document: &Document, wanted: &str| super::version(wanted).is_ok_and(|version| document.release(&version).is_some());
        match super::plugin::known(session, id) {
            Some((document, _)) if !wanted.is_empty() && wanted.iter().all(|wanted| has(&document, wanted)) => Ok(document),
            _ => Ok(self.read(session, id).await?.revision.document),
        }
    }
}

/// The release that is meant: by its version, or by a channel; when nothing is said, the one that is shown.
pub(super) fn release<'a>(document: &'a Document, wanted: Option<&str>) -> Result<&'a Release, WireError> {
    let version = match wanted.map(|wanted| (wanted, wanted.parse::<ChannelName>())) {
        // A document without a release is not written, but it can be there.
        None => return document.shown().ok_or_else(|| Refusal::NoPlugin.into()),
        Some((_, Ok(channel))) => match document.header.channels.get(&channel) {
            Some(there) => there.version.clone(),
            None => return Err(Refusal::NoChannel { channel }.into()),
        },
        Some((wanted, Err(_))) => super::version(wanted)?,
    };
    document.release(&version).ok_or_else(|| Refusal::NoVersion { version }.into())
}

/// The package for a platform; when none is said, the one for any, else the first.
pub(super) fn artifact<'a>(id: &PluginId, release: &'a Release, platform: Option<&str>) -> Result<&'a Artifact, WireError> {
    let of = |name: &str| release.artifacts.iter().find(|a| a.platform == name);
    let found = match platform {
        Some(name) => of(name),
        None => of("any").or_else(|| release.artifacts.first()),
    };
    found.ok_or_else(|| {
        let have: Vec<_> = release.artifacts.iter().map(|a| a.platform.as_str()).collect();
        let message = format!("{id} {} has no package for {}.", release.version, platform.unwrap_or("any platform"));
        sentence(Code::NotFound, "no_platform", message, Some(format!("It has: {}.", have.join(", "))), &[("plugin", id.to_string())])
    })
}

/// The list of a package's files. It never changes, so it is asked for once.
pub(super) async fn list(session: &Session, id: &PluginId, release: &Release, artifact: &Artifact) -> Result<Arc<FileList>, WireError> {
    if let Some(known) = session.lists.get(&artifact.list) {
        return Ok(known);
    }
    let list = Arc::new(session.registry.files(id, &release.version, artifact).await?);
    session.lists.keep(artifact.list, list.clone());
    Ok(list)
}
