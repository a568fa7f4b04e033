//! What to do about installed plugins, from the local copy of the catalogue.

use patchbay_package::{PluginId, Version};
use patchbay_registry::{
    catalogue::{Follows, Table, Verdict, verdict},
    format::document::ChannelName,
};

use crate::{
    App,
    view::deprecated,
    wire::{InstalledPlugin, InstalledView, OutdatedView, UpdateAdvice, WireError},
};

impl App {
    /// What to do about these plugins. One request, however many there are; none is needed when the registry cannot be reached and
    /// was synced before.
    ///
    /// # Errors
    /// When an id, a version or a channel makes no sense, or there is no local copy and none can be had.
    pub async fn outdated(&self, registry: Option<&str>, installed: &[InstalledPlugin]) -> Result<OutdatedView, WireError> {
        let asked = installed.iter().map(|plugin| {
            let channel = plugin.channel.as_deref().map(super::channel).transpose()?;
            Ok((super::id(&plugin.id)?, super::version(&plugin.version)?, channel.unwrap_or_else(ChannelName::stable)))
        });
        let asked: Vec<_> = asked.collect::<Result<_, WireError>>()?;
        let synced = self.sync(registry).await?;
        let copy = self.session(registry).await?.copy();
        let none = Table::default();
        let table = copy.as_ref().map_or(&none, |copy| copy.table());
        let plugins = asked.into_iter().map(|(id, version, channel)| one(table, &id, &version, &channel)).collect();
        Ok(OutdatedView { plugins, synced_at: synced.synced_at, stale: synced.stale })
    }
}

fn one(table: &Table, id: &PluginId, version: &Version, channel: &ChannelName) -> InstalledView {
    let row = table.row(id);
    let advice = match row.as_ref().map(|row| verdict(row, Follows { version, channel }, |_| true)) {
        None => UpdateAdvice::NotListed,
        Some(Verdict::Current) => UpdateAdvice::Current,
        Some(Verdict::Update { to }) => UpdateAdvice::Update { to: to.to_string() },
        Some(Verdict::GoBack(left)) => UpdateAdvice::GoBack {
            to: left.rollback.to.to_string(),
            reason: left.rollback.reason,
            by: left.rollback.by,
            at: left.rollback.at.to_string(),
        },
        Some(Verdict::Ahead { of }) => UpdateAdvice::Ahead { of: of.to_string() },
        Some(Verdict::NoChannel) => UpdateAdvice::NoChannel,
    };
    InstalledView {
        id: id.to_string(),
        name: row.as_ref().map(|row| row.card.name.clone()),
        version: version.to_string(),
        channel: channel.to_string(),
        advice,
        yanked: row.as_ref().and_then(|row| row.yank_of(version)).map(|yank| yank.reason.clone()),
        deprecated: row.as_ref().and_then(|row| row.advice_against(version)).map(|advised| deprecated(&advised.advice)),
        plugin_deprecated: row.as_ref().and_then(|row| row.deprecated.as_ref()).map(deprecated),
    }
}
