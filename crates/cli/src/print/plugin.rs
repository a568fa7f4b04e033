//! Plugins: found, shown, and version by version.

use patchbay_client::wire::{BrowseView, ChannelView, DeprecatedView, PluginView, ReleaseView, RolledBack, StatusView};

use super::{
    Line, Page, Span, Table, style,
    units::{count, day, size},
};

/// How many versions `show` shows.
const NEWEST: usize = 5;

/// Search results. `width` is that of the terminal.
#[must_use]
pub fn found(view: &BrowseView, width: Option<usize>) -> Page {
    let mut table = Table::new(["ID", "VERSION", "", "UPDATED", "DESCRIPTION"]).within(width);
    for card in &view.rows {
        let held = card.channels.iter().any(|channel| channel.version == card.version && channel.held);
        let state = match card.status {
            StatusView::Deprecated => "deprecated",
            StatusView::Frozen => "frozen",
            StatusView::Hidden => "hidden",
            StatusView::Active if held => "held",
            StatusView::Active => "",
        };
        table.row([
            Span::new(&card.id, style::STRONG),
            card.version.as_str().into(),
            Span::new(state, style::CARE),
            day(&card.updated).into(),
            card.description.as_str().into(),
        ]);
    }
    let mut page = Page::default();
    page.table("", table);
    page
}

/// Everything about a plugin.
#[must_use]
pub fn shown(view: &PluginView) -> Page {
    let card = &view.card;
    let mut page = Page::from(Line::new().styled(&card.name, style::STRONG).plain("  ").styled(&card.id, style::FAINT));
    if !card.description.is_empty() {
        page.line(card.description.as_str());
    }
    page.gap();
    page.table("", facts(view));
    page.gap();
    page.line(Line::new().styled("Channels", style::STRONG));
    let mut channels = Table::new(["", "", "", ""]);
    for channel in &card.channels {
        channels.row([
            channel.name.as_str().into(),
            channel.version.as_str().into(),
            Span::new(if channel.held { "held" } else { "" }, style::CARE),
            because(channel).into(),
        ]);
    }
    page.table("  ", channels);
    page.gap();
    let releases = view.releases.len();
    let heading = if releases > NEWEST { format!("Versions, the newest {NEWEST} of {releases}") } else { "Versions".to_owned() };
    page.line(Line::new().styled(&heading, style::STRONG));
    page.table("  ", table(&view.releases[..releases.min(NEWEST)]));
    page
}

/// Every version.
#[must_use]
pub fn versions(releases: &[ReleaseView]) -> Page {
    let mut page = Page::default();
    page.table("", table(releases));
    page
}

fn facts(view: &PluginView) -> Table {
    let card = &view.card;
    let mut table = Table::new(["", ""]);
    let mut fact = |label: &str, value: &str| {
        if !value.is_empty() {
            table.row([Span::new(label, style::FAINT), value.into()]);
        }
    };
    fact("Author", &card.author);
    fact("Owners", &view.owners.join(", "));
    fact("Licence", view.license.as_deref().unwrap_or_default());
    fact("Categories", &card.categories.join(", "));
    let hosts: Vec<_> = card.hosts.iter().map(|(host, range)| format!("{host} {range}")).collect();
    fact("Hosts", &hosts.join(", "));
    fact("Homepage", view.homepage.as_deref().unwrap_or_default());
    fact("Repository", view.repository.as_deref().unwrap_or_default());
    match card.status {
        StatusView::Active => {}
        StatusView::Deprecated => fact("Status", &view.deprecated.as_ref().map_or_else(|| "deprecated".to_owned(), deprecated)),
        StatusView::Frozen => fact("Status", "frozen: takes no new versions"),
        StatusView::Hidden => fact("Status", "hidden: not in the list"),
    }
    fact("Updated", &format!("{}, revision {}", day(&card.updated), view.seq));
    table
}

fn because(channel: &ChannelView) -> String {
    match (&channel.rolled_back, &channel.since) {
        (Some(back), _) => format!("rolled back from {} on {} by {}: “{}”", back.from, day(&back.at), back.by, back.reason),
        (None, Some(since)) => format!("since {}", day(since)),
        (None, None) => String::new(),
    }
}

fn deprecated(advice: &DeprecatedView) -> String {
    let replacement = advice.replacement.as_deref().map(|other| format!("; use {other} instead")).unwrap_or_default();
    format!("deprecated: “{}”{replacement}", advice.message)
}

fn left(back: &RolledBack) -> String {
    format!("{} was rolled back to {}: “{}”", back.channel, back.to, back.reason)
}

fn state(release: &ReleaseView) -> Span {
    let yanked = release.yanked.as_ref().map(|yanked| format!("yanked: “{}”", yanked.reason));
    let parts = [yanked, release.rolled_back.as_ref().map(left), release.deprecated.as_ref().map(deprecated)];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    Span::new(&text, style::CARE)
}

fn table(releases: &[ReleaseView]) -> Table {
    let mut table = Table::new(["VERSION", "PUBLISHED", "BY", ">SIZE", "CHANNELS", "STATE"]);
    for release in releases {
        let sizes = match release.artifacts.as_slice() {
            [one] => size(one.size),
            many => count(many.len() as u64, "package", "packages"),
        };
        table.row([
            Span::new(&release.version, style::STRONG),
            day(&release.published_at).into(),
            release.published_by.as_str().into(),
            sizes.into(),
            Span::new(&release.channels.join(", "), style::GOOD),
            state(release),
        ]);
    }
    table
}
