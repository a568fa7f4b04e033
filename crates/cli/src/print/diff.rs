//! What differs: manifests first, then files, then lines, then the number.

use patchbay_client::wire::{
    ChangeLevel, DiffBody, DiffView, FileChangeKind, FileChangeView, HunkView, LevelReason, LevelReasonKind, LineSign, LineView,
    ManifestArea, ManifestChangeView, ManifestEffect, NumberConvention,
};

use super::{
    Line, Page, Span, Table, style,
    units::{count, size},
};

/// A difference. `stat`: without the lines. `only`: the files that were asked for by name; all when empty.
#[must_use]
pub fn page(view: &DiffView, stat: bool, only: &[String]) -> Page {
    let Some(old) = &view.old else {
        return Page::from(
            Line::new().styled(&view.id, style::STRONG).plain(&format!(" {} would be the first version.", view.new.version)),
        );
    };
    let mut page = Page::from(
        Line::new()
            .styled(&view.id, style::STRONG)
            .plain(&format!(" {} → {}", old.version, view.new.version))
            .plain(if view.new.path.is_some() { " (this folder)" } else { "" }),
    );
    if view.manifest.is_empty() && view.files.is_empty() {
        page.line("Nothing differs.");
        return page;
    }
    manifest(&mut page, &view.manifest);
    let shown: Vec<_> = view.files.iter().filter(|file| only.is_empty() || only.iter().any(|path| path == path_of(file))).collect();
    summary(&mut page, view, &shown);
    if !stat {
        for file in &shown {
            lines(&mut page, file);
        }
    }
    suggestion(&mut page, view);
    page
}

fn path_of(file: &FileChangeView) -> &str {
    file.new.as_ref().or(file.old.as_ref()).map_or("", |state| &state.path)
}

fn area(area: ManifestArea) -> &'static str {
    match area {
        ManifestArea::Host => "host",
        ManifestArea::Peer => "peer",
        ManifestArea::Platform => "platform",
        ManifestArea::Permission => "permission",
        ManifestArea::Entry => "entry point",
        ManifestArea::Dependency => "dependency",
        ManifestArea::Identity => "about",
    }
}

fn manifest(page: &mut Page, changes: &[ManifestChangeView]) {
    if changes.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().styled("Manifest", style::STRONG));
    let mut table = Table::new(["", "", "", ""]);
    for change in changes {
        let (sign, what) = match (&change.old, &change.new) {
            (Some(old), Some(new)) => ("~", format!("{old} → {new}")),
            (None, new) => ("+", new.clone().unwrap_or_default()),
            (Some(old), None) => ("-", old.clone()),
        };
        let effect = match change.effect {
            Some(ManifestEffect::Narrows) => " (shuts out what worked before)",
            Some(ManifestEffect::Widens) => " (works with more than before)",
            Some(ManifestEffect::Same) => " (means the same)",
            None => "",
        };
        table.row([sign.into(), Span::new(area(change.area), style::FAINT), change.name.as_str().into(), format!("{what}{effect}").into()]);
    }
    page.table("  ", table);
}

fn summary(page: &mut Page, view: &DiffView, files: &[&FileChangeView]) {
    page.gap();
    let differ = count(view.files.len() as u64, "file differs", "files differ");
    page.line(Line::new().styled("Files", style::STRONG).styled(&format!("  {differ}, {} the same", view.unchanged), style::FAINT));
    let mut table = Table::new(["", "", ">", ""]);
    for file in files {
        let (sign, paint) = match file.kind {
            FileChangeKind::Added => ("A", style::GOOD),
            FileChangeKind::Removed => ("D", style::BAD),
            FileChangeKind::Renamed => ("R", style::CARE),
            FileChangeKind::Changed => ("M", style::CARE),
        };
        let path = match (&file.old, &file.new) {
            (Some(old), Some(new)) if old.path != new.path => format!("{} → {}", old.path, new.path),
            _ => path_of(file).to_owned(),
        };
        let sizes = match (&file.old, &file.new) {
            (Some(old), Some(new)) if old.size != new.size => format!("{} → {}", size(old.size), size(new.size)),
            (old, new) => new.as_ref().or(old.as_ref()).map(|state| size(state.size)).unwrap_or_default(),
        };
        table.row([Span::new(sign, paint), path.into(), sizes.into(), Span::new(&inside(file), style::FAINT)]);
    }
    page.table("  ", table);
}

/// What is different inside a file, in a few words.
fn inside(file: &FileChangeView) -> String {
    let modes = match (&file.old, &file.new) {
        (Some(old), Some(new)) if old.mode != new.mode => format!("mode {} → {}", old.mode, new.mode),
        _ => String::new(),
    };
    let body = match &file.body {
        DiffBody::Same => String::new(),
        DiffBody::Text { endings_only: true, .. } => "line ends only".to_owned(),
        DiffBody::Text { added, removed, .. } => format!("+{added} -{removed}"),
        DiffBody::Binary => {
            let short = |state: &Option<patchbay_client::wire::FileStateView>| {
                state.as_ref().map(|s| s.sha256.chars().take(12).collect::<String>())
            };
            format!("binary {}", [short(&file.old), short(&file.new)].into_iter().flatten().collect::<Vec<_>>().join(" → "))
        }
        DiffBody::TooLarge { .. } => "too large to compare".to_owned(),
        DiffBody::NotFetched => "not compared; ask for it with --file".to_owned(),
        DiffBody::Altered { .. } => "NOT WHAT WAS PUBLISHED".to_owned(),
    };
    [modes, body].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn lines(page: &mut Page, file: &FileChangeView) {
    match &file.body {
        DiffBody::Altered { error } => {
            page.gap();
            page.line(Line::new().styled("error:", style::BAD).plain(" ").plain(&error.message));
        }
        DiffBody::Text { hunks, cut, coarse, endings_only: false, .. } if !hunks.is_empty() => {
            let name =
                |state: &Option<patchbay_client::wire::FileStateView>| state.as_ref().map_or("nothing", |state| &state.path).to_owned();
            page.gap();
            page.line(Line::new().styled(&format!("--- {}", name(&file.old)), style::STRONG));
            page.line(Line::new().styled(&format!("+++ {}", name(&file.new)), style::STRONG));
            if *coarse {
                page.line(Line::new().styled("  (too much differs to line it up; shown as replaced)", style::FAINT));
            }
            for hunk in hunks {
                self::hunk(page, hunk);
            }
            if *cut {
                page.line(Line::new().styled("  (more differs; see all of it with --file)", style::FAINT));
            }
        }
        _ => {}
    }
}

fn hunk(page: &mut Page, hunk: &HunkView) {
    let begins = |number: fn(&LineView) -> Option<u32>| hunk.lines.iter().find_map(number).unwrap_or(0);
    let length = |number: fn(&LineView) -> Option<u32>| hunk.lines.iter().filter(|line| number(line).is_some()).count();
    let (old, new) = (begins(|line| line.old), begins(|line| line.new));
    let head = format!("@@ -{old},{} +{new},{} @@", length(|line| line.old), length(|line| line.new));
    page.line(Line::new().styled(&head, style::FAINT));
    for line in &hunk.lines {
        let (sign, paint) = match line.sign {
            LineSign::Same => (" ", style::Style::new()),
            LineSign::Added => ("+", style::GOOD),
            LineSign::Removed => ("-", style::BAD),
        };
        let before = if line.cut_before > 0 { format!("…({})", line.cut_before) } else { String::new() };
        let after = if line.cut_after > 0 { format!("…({})", line.cut_after) } else { String::new() };
        page.line(Line::new().styled(&format!("{sign}{before}"), paint).span(Span::code(&line.text, paint)).styled(&after, paint));
        if line.unended {
            page.line(Line::new().styled("\\ No newline at end of file", style::FAINT));
        }
    }
}

fn suggestion(page: &mut Page, view: &DiffView) {
    let Some(found) = &view.suggestion else { return };
    let level = match found.level {
        ChangeLevel::Patch => "patch",
        ChangeLevel::Minor => "minor",
        ChangeLevel::Major => "major",
    };
    page.gap();
    page.line(
        Line::new()
            .styled("Suggested version", style::STRONG)
            .plain("  ")
            .styled(&found.version, style::STRONG)
            .plain(&format!(" (a {level} change)")),
    );
    for why in found.reasons.iter().take(5) {
        page.line(Line::new().plain("  ").plain(&reason(why)));
    }
    if found.reasons.len() > 5 {
        page.line(format!("  And {} more.", found.reasons.len() - 5));
    }
    match found.convention {
        Some(NumberConvention::ZeroMajor) => {
            page.line("  Below 1.0.0 a breaking change raises the second number, and anything else the third.");
        }
        Some(NumberConvention::PreRelease) => page.line("  After a pre-release comes the next one, whatever changed."),
        None => {}
    }
}

fn reason(reason: &LevelReason) -> String {
    let LevelReason { kind, name, count: n } = reason;
    match kind {
        LevelReasonKind::RangeNarrows => format!("Versions of {name} that worked before are shut out."),
        LevelReasonKind::PlatformNarrows => "It no longer runs everywhere it ran.".to_owned(),
        LevelReasonKind::EntryRemoved => format!("The entry point {name} is gone."),
        LevelReasonKind::IdChanges => "It has another id.".to_owned(),
        LevelReasonKind::RangeWidens => format!("It works with more versions of {name}."),
        LevelReasonKind::RangeChanges => format!("What it says about {name} is different."),
        LevelReasonKind::PlatformChanges => "It runs in other places.".to_owned(),
        LevelReasonKind::PermissionAdded => format!("It may do more: {name}."),
        LevelReasonKind::EntryAdded => format!("There is a new entry point: {name}."),
        LevelReasonKind::DependencyAdded => format!("It brings along {name}."),
        LevelReasonKind::FilesAdded if *n == 1 => "There is 1 new file.".to_owned(),
        LevelReasonKind::FilesAdded => format!("There are {n} new files."),
        LevelReasonKind::ContentOnly => "Only what was there already is different.".to_owned(),
    }
}
