//! Rolling back, promoting, yanking and the rest: planned, then applied.

use patchbay_package::PluginId;
use patchbay_registry::{Change, ChangeError, Stamp, Standing};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    App,
    session::Session,
    view,
    wire::{ChangeDone, ChangePlan, ChangeRequest, WireError},
};

impl App {
    /// What a change would do now. One request, two or three for an undo.
    ///
    /// # Errors
    /// The rule that forbids it, or as reading fails.
    pub async fn plan(&self, registry: Option<&str>, plugin: &str, request: &ChangeRequest) -> Result<ChangePlan, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let standing = self.read(&session, &id).await?;
        let change = change(&session, &standing, request).await?;
        Ok(view::plan(&standing, &change)?)
    }

    /// Makes a change live.
    ///
    /// # Errors
    /// A refusal or a failure, after which nothing is different; or `unknown_outcome` with the operation id.
    pub async fn apply(&self, registry: Option<&str>, plugin: &str, request: &ChangeRequest) -> Result<ChangeDone, WireError> {
        let id = super::id(plugin)?;
        let session = self.writable(registry).await?;
        let standing = self.read(&session, &id).await?;
        let change = change(&session, &standing, request).await?;
        let stamp = Stamp { op: Uuid::new_v4(), actor: self.actor(&session.profile)?, at: self.now() };
        let done =
            session.registry.commit(&id, &change, &stamp, &CancellationToken::new()).run().await.map_err(|e| where_to_look(&id, e))?;
        // The change is live whatever becomes of the catalogue and of what is kept on this computer.
        let (kept, folded) = tokio::join!(session.keep_seen(), session.fold(&done.document, done.etag.as_ref(), self.now()));
        let tidied = session.tidy(self.now()).await;
        let warning = kept.and(folded).and(tidied).err();
        Ok(ChangeDone {
            id: id.to_string(),
            seq: done.document.header.seq,
            op: stamp.op.to_string(),
            consequences: view::consequences(&done.consequences),
            warning,
        })
    }
}

/// A change is no job, so its operation id is looked for in the history.
fn where_to_look(id: &PluginId, error: ChangeError) -> WireError {
    let unknown = if let ChangeError::Unknown { op, .. } = &error { Some(*op) } else { None };
    let mut error = WireError::from(error);
    if let Some(op) = unknown {
        error.hint = Some(format!("Find out with `patchbay history {id} --json`: the change is live if an entry has the operation {op}."));
        error.data.insert("plugin".into(), id.to_string());
    }
    error
}

/// A person's request as a change of the document.
async fn change(session: &Session, standing: &Standing, request: &ChangeRequest) -> Result<Change, WireError> {
    use super::{channel, version};
    let expected = |expect: &Option<String>| expect.as_deref().map(version).transpose();
    Ok(match request {
        ChangeRequest::Rollback { channel: name, to, reason, yank, expect } => {
            Change::Rollback { channel: channel(name)?, to: version(to)?, reason: reason.clone(), yank: *yank, expect: expected(expect)? }
        }
        ChangeRequest::Promote { channel: name, version: to, expect } => {
            Change::Promote { channel: channel(name)?, version: version(to)?, expect: expected(expect)? }
        }
        ChangeRequest::Undo { seq } => session.registry.undo(standing, *seq).await?,
        ChangeRequest::Restore { seq, reason, expect } => session.registry.restore(standing, *seq, reason, *expect).await?,
        ChangeRequest::Yank { version: v, reason } => Change::Yank { version: version(v)?, reason: reason.clone() },
        ChangeRequest::Unyank { version: v, reason } => Change::Unyank { version: version(v)?, reason: reason.clone() },
        ChangeRequest::Deprecate { version: v, message, replacement } => {
            Change::Deprecate { version: version(v)?, message: message.clone(), replacement: replacement.clone() }
        }
        ChangeRequest::Undeprecate { version: v } => Change::Undeprecate { version: version(v)? },
    })
}
