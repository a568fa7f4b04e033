//! What is known and what is installed.

use patchbay_client::wire::{InstalledView, OutdatedView, SyncView, UpdateAdvice};

use super::{Line, Page, Span, Table, style, units::count};

/// What to do about each plugin; those that are well as they are only counted.
#[must_use]
pub fn outdated(view: &OutdatedView) -> Page {
    let mut table = Table::new(["ID", "HAVE", "", ""]);
    let mut well = 0_u64;
    for plugin in &view.plugins {
        let (advice, care) = advice(plugin);
        if advice.is_empty() {
            well += 1;
            continue;
        }
        let style = if care { style::CARE } else { style::STRONG };
        table.row([plugin.id.as_str().into(), plugin.version.as_str().into(), Span::new(&advice, style), because(plugin).into()]);
    }
    let mut page = Page::default();
    if well < view.plugins.len() as u64 {
        page.table("", table);
    }
    if well > 0 {
        page.line(Line::new().styled(&format!("{} up to date.", count(well, "plugin is", "plugins are")), style::FAINT));
    }
    page
}

/// What to do, and whether it deserves care; nothing when all is well.
fn advice(plugin: &InstalledView) -> (String, bool) {
    let has_word = plugin.yanked.is_some() || plugin.deprecated.is_some() || plugin.plugin_deprecated.is_some();
    match &plugin.advice {
        UpdateAdvice::Current if plugin.yanked.is_some() => ("yanked".into(), true),
        UpdateAdvice::Current if has_word => ("deprecated".into(), true),
        UpdateAdvice::Current => (String::new(), false),
        UpdateAdvice::Update { to } => (format!("update to {to}"), false),
        UpdateAdvice::GoBack { to, .. } => (format!("go back to {to}"), true),
        UpdateAdvice::Ahead { of } if has_word => (format!("ahead of {of}"), true),
        UpdateAdvice::Ahead { of } => (format!("ahead of {of}"), false),
        UpdateAdvice::NoChannel => (format!("no channel {}", plugin.channel), true),
        UpdateAdvice::NotListed => ("not listed".into(), true),
    }
}

fn because(plugin: &InstalledView) -> String {
    let rolled_back = if let UpdateAdvice::GoBack { reason, .. } = &plugin.advice { Some(reason.clone()) } else { None };
    let yanked = plugin.yanked.as_ref().map(|reason| format!("yanked: {reason}"));
    let deprecated = [&plugin.deprecated, &plugin.plugin_deprecated].into_iter().flatten().map(|d| format!("deprecated: {}", d.message));
    rolled_back.into_iter().chain(yanked).chain(deprecated).collect::<Vec<_>>().join("; ")
}

/// How fresh the list is.
#[must_use]
pub fn synced(view: &SyncView) -> Page {
    let plugins = count(view.total.into(), "plugin", "plugins");
    Page::from(Line::from(if view.changed { format!("{plugins}; there is something new.") } else { format!("{plugins}; nothing is new.") }))
}
