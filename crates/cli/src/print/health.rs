//! How a registry is, and what can be cleaned up.

use patchbay_client::wire::{AmountView, CleanPlan, FindingView, HealthReport, RevisionDiff, Weight};

use super::{
    Line, Page, Span, Table,
    consequences::{Tense, sentences},
    style,
    units::{count, minute, size},
};

/// What a check found.
#[must_use]
pub fn report(report: &HealthReport) -> Page {
    let mut page = Page::default();
    let usage = report.usage;
    let mut table = Table::new(["WHAT", ">OBJECTS", ">SIZE"]);
    let mut row = |what: &str, amount: AmountView| table.row([what.into(), amount.objects.to_string().into(), size(amount.bytes).into()]);
    row("documents", usage.documents);
    row("earlier revisions", usage.history);
    row("packages", usage.packages);
    row("file lists, READMEs, icons", usage.assets);
    row("other", usage.other);
    page.table("", table);
    for (title, findings) in [("Mended", &report.repaired), ("Found", &report.findings)] {
        if !findings.is_empty() {
            page.gap();
            page.line(Line::new().styled(title, style::STRONG));
            findings.iter().for_each(|finding| found(&mut page, finding));
        }
    }
    if report.more > 0 {
        page.line(format!("  And {} more.", report.more));
    }
    page.gap();
    let checked = format!(
        "{} and {} checked, {} read{}.",
        count(report.plugins, "plugin", "plugins"),
        count(report.revisions, "earlier revision", "earlier revisions"),
        size(report.bytes),
        if report.quick { "; the packages were only measured" } else { "" }
    );
    page.line(checked);
    if report.healthy {
        page.line(Line::new().styled("Nothing is wrong.", style::GOOD));
    }
    page
}

fn found(page: &mut Page, finding: &FindingView) {
    let (word, paint) = match finding.weight {
        Weight::Damage => ("damage", style::BAD),
        Weight::Derived => ("catalogue", style::CARE),
        Weight::Untidy => ("untidy", style::FAINT),
    };
    page.line(Line::from("  ").styled(&format!("{word:<9}"), paint).plain("  ").plain(&finding.error.message));
    if let Some(hint) = &finding.error.hint {
        page.line(Line::new().styled(&format!("             {hint}"), style::FAINT));
    }
}

/// What a clean-up would remove.
#[must_use]
pub fn plan(plan: &CleanPlan) -> Page {
    let mut table = Table::new(["UPLOADED", ">SIZE", "KEY"]);
    for orphan in &plan.orphans {
        table.row([minute(&orphan.modified).into(), size(orphan.size).into(), Span::from(orphan.key.as_str())]);
    }
    let mut page = Page::default();
    page.table("", table);
    page.gap();
    let objects = count(plan.orphans.len() as u64, "upload", "uploads");
    let more = if plan.more { " There are more; clean up again afterwards." } else { "" };
    page.line(if plan.orphans.is_empty() {
        "There is nothing to clean up.".to_owned()
    } else {
        format!("{objects} that nothing refers to, {} together.{more}", size(plan.bytes))
    });
    page
}

/// How two revisions differ.
#[must_use]
pub fn compared(diff: &RevisionDiff) -> Page {
    let mut page = Page::from(Line::new().styled(&format!("{} from revision {} to {}", diff.id, diff.from, diff.to), style::STRONG));
    if diff.changes.is_empty() {
        page.line("  Nothing is different.");
    }
    for sentence in sentences(&diff.changes, Tense::Did) {
        page.line(format!("  {sentence}"));
    }
    page
}
