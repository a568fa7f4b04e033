//! A folder before it is published.

use patchbay_client::wire::{
    ChannelChoice, Consequence, ContentsView, ExcludedView, FileView, InitView, ManifestView, OriginView, PackPlan, PackedView,
    ProblemView, PublishPlan, Severity, StaysBecause,
};

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
        mapped(&mut page, manifest);
        told(&mut page, &consequences(plan, &manifest.version, channel, force), Tense::Would);
    }
    files(&mut page, &plan.files, &plan.excluded, plan.excluded_files, plan.unpacked_size);
    problems(&mut page, &plan.problems);
    for other in &plan.others {
        package(&mut page, other);
    }
    page
}

/// What packing a folder would come to.
#[must_use]
pub fn pack_plan(plan: &PackPlan) -> Page {
    let mut page = Page::from(Line::from("Dry run; nothing was written."));
    if let Some(manifest) = &plan.manifest {
        page.gap();
        let what = Line::new().styled(&manifest.id, style::STRONG).plain(" ").styled(&manifest.version, style::STRONG);
        page.line(what.styled(&format!("  from {}", manifest.source), style::FAINT));
        mapped(&mut page, manifest);
    }
    package(&mut page, &plan.package);
    page
}

/// A package that was made.
#[must_use]
pub fn packed(packed: &PackedView) -> Page {
    let PackedView { path, id, version, platform, size: bytes, files, sha256, .. } = packed;
    let mut page = Page::from(Line::from(format!("Packed {id} {version} ({platform}) into {path}.")));
    page.line(format!("{}, {}", count(u64::from(*files), "file", "files"), size(*bytes)));
    page.line(Line::new().styled(&format!("SHA-256 {sha256}"), style::FAINT));
    page
}

/// A manifest that was or would be written.
#[must_use]
pub fn init(init: &InitView) -> Page {
    let said = if init.written { format!("Wrote {}.", init.path) } else { format!("Dry run; {} would hold:", init.path) };
    let mut page = Page::from(Line::from(said));
    if !init.written {
        init.text.lines().for_each(|line| page.line(format!("  {line}")));
    }
    origins(&mut page, &init.origins);
    page
}

/// Which field came from where, when the manifest is another program's.
fn mapped(page: &mut Page, manifest: &ManifestView) {
    if manifest.ecosystem != "patchbay" {
        origins(page, &manifest.origins);
    }
}

/// Which field came from where.
fn origins(page: &mut Page, origins: &[OriginView]) {
    let mut table = Table::new(["", ""]);
    for OriginView { field, file, key } in origins {
        let from = match key {
            Some(key) if key.starts_with('(') => format!("{file} {key}"),
            Some(key) => format!("{key} in {file}"),
            None => file.clone(),
        };
        table.row([field.as_str().into(), Span::new(&from, style::FAINT)]);
    }
    page.table("  ", table);
}

/// One package, with its own heading.
fn package(page: &mut Page, package: &ContentsView) {
    page.gap();
    let platform = package.platform.as_deref().unwrap_or("unknown platform");
    page.line(Line::new().styled(platform, style::STRONG).styled(&format!("  {}", package.path), style::FAINT));
    files(page, &package.files, &package.excluded, package.excluded_files, package.unpacked_size);
    problems(page, &package.problems);
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

fn files(page: &mut Page, files: &[FileView], excluded: &[ExcludedView], excluded_files: u32, unpacked: u64) {
    if files.is_empty() {
        return;
    }
    page.gap();
    let many = count(files.len() as u64, "file goes in", "files go in");
    page.line(Line::new().styled(&format!("{many}, {}", size(unpacked)), style::STRONG));
    let mut table = Table::new(["", ">", ">"]);
    for file in files {
        let share = if unpacked == 0 { 0 } else { u128::from(file.size) * 100 / u128::from(unpacked) };
        let share = if share == 0 { String::new() } else { format!("{share}%") };
        table.row([file.path.as_str().into(), Span::new(&size(file.size), style::FAINT), Span::new(&share, style::FAINT)]);
    }
    page.table("  ", table);
    if excluded.is_empty() {
        return;
    }
    page.gap();
    let many = count(excluded_files.into(), "file stays out", "files stay out");
    page.line(Line::new().styled(&many, style::STRONG));
    let mut table = Table::new(["", ""]);
    for path in excluded {
        table.row([path.path.as_str().into(), Span::new(&format!("{} in {}", path.rule, path.source), style::FAINT)]);
    }
    page.table("  ", table);
}

fn problems(page: &mut Page, problems: &[ProblemView]) {
    if problems.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().styled("Findings", style::STRONG));
    for ProblemView { severity, error, fix, .. } in problems {
        let (label, paint) = match severity {
            Severity::Error => ("error:", style::BAD),
            Severity::Warning => ("warning:", style::CARE),
        };
        page.line(
            Line::new()
                .plain("  ")
                .styled(label, paint)
                .plain(" ")
                .plain(&error.message)
                .styled(&format!(" [{}]", error.kind), style::FAINT),
        );
        if let Some(hint) = error.hint.as_ref().filter(|_| *severity == Severity::Error) {
            page.line(Line::new().plain("    ").styled(hint, style::FAINT));
        }
        for edit in fix.iter().flat_map(|fix| &fix.edits) {
            page.line(Line::new().plain("    ").styled(&format!("fix: write {} into {}", edit.shown, edit.file), style::FAINT));
        }
    }
}
