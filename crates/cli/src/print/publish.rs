//! A folder before it is published.

use patchbay_client::wire::{ChannelChoice, Consequence, PublishPlan, Severity, StaysBecause};

use super::{
    Line, Page, Span, Table,
    change::told,
    consequences::Tense,
    style,
    units::{count, size},
};

/// What publishing a folder would do. `channel` and `force` as asked for.
#[must_use]
pub fn plan(plan: &PublishPlan, channel: Option<&str>, force: bool) -> Page {
    let mut page = Page::from(Line::from("Dry run; nothing was published."));
    if let Some(manifest) = &plan.manifest {
        page.gap();
        page.line(
            Line::new()
                .styled(&manifest.id, style::STRONG)
                .plain(" ")
                .styled(&manifest.version, style::STRONG)
                .styled(&format!("  from {}", manifest.source), style::FAINT),
        );
        told(&mut page, &consequences(plan, &manifest.version, channel, force), Tense::Would);
    }
    files(&mut page, plan);
    problems(&mut page, plan);
    page
}

fn consequences(plan: &PublishPlan, version: &str, channel: Option<&str>, force: bool) -> Vec<Consequence> {
    if plan.already_live {
        return vec![Consequence::AlreadyLive { version: version.to_owned() }];
    }
    // A number that is taken stops the publish, and the problems say so.
    if plan.problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Vec::new();
    }
    let name = channel.unwrap_or(&plan.default_channel);
    let unknown = ChannelChoice { channel: name.to_owned(), at: None, stays: None };
    let choice = plan.channels.iter().find(|choice| choice.channel == name).unwrap_or(&unknown);
    let adds = Consequence::Adds { version: version.to_owned() };
    let moves = Consequence::Moves { channel: name.to_owned(), from: choice.at.clone(), to: Some(version.to_owned()) };
    match choice.stays {
        None => vec![adds, moves],
        Some(StaysBecause::Held) if force => vec![adds, moves, Consequence::Released { channel: name.to_owned() }],
        Some(_) if force => vec![adds, moves],
        Some(because) => vec![adds, Consequence::Stays { channel: name.to_owned(), at: choice.at.clone(), because }],
    }
}

fn files(page: &mut Page, plan: &PublishPlan) {
    if plan.files.is_empty() {
        return;
    }
    page.gap();
    let files = count(plan.files.len() as u64, "file goes in", "files go in");
    page.line(Line::new().styled(&format!("{files}, {}", size(plan.unpacked_size)), style::STRONG));
    let mut table = Table::new(["", ""]);
    for file in &plan.files {
        table.row([file.path.as_str().into(), Span::new(&size(file.size), style::FAINT)]);
    }
    page.table("  ", table);
    if plan.excluded.is_empty() {
        return;
    }
    page.gap();
    let excluded = count(plan.excluded_files.into(), "file stays out", "files stay out");
    page.line(Line::new().styled(&excluded, style::STRONG));
    let mut table = Table::new(["", ""]);
    for path in &plan.excluded {
        table.row([path.path.as_str().into(), Span::new(&format!("{} in {}", path.rule, path.source), style::FAINT)]);
    }
    page.table("  ", table);
}

fn problems(page: &mut Page, plan: &PublishPlan) {
    if plan.problems.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().styled("Findings", style::STRONG));
    for problem in &plan.problems {
        let (label, paint) = match problem.severity {
            Severity::Error => ("error:", style::BAD),
            Severity::Warning => ("warning:", style::CARE),
        };
        page.line(Line::new().plain("  ").styled(label, paint).plain(" ").plain(&problem.error.message));
    }
}
