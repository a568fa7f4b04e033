//! Who changed what, when and why.

use patchbay_client::wire::{ActionKind, ChannelMove, HistoryView, RevisionView};

use super::{Page, Span, Table, style, units::minute};

/// A page of history, newest first.
#[must_use]
pub fn history(view: &HistoryView) -> Page {
    let mut table = Table::new([">SEQ", "WHEN", "WHO", "UNDO", "WHAT"]);
    for revision in &view.revisions {
        table.row([
            Span::new(&revision.seq.to_string(), style::STRONG),
            minute(&revision.at).into(),
            revision.by.as_str().into(),
            if revision.can_undo { "yes" } else { "" }.into(),
            what(revision).into(),
        ]);
    }
    let mut page = Page::default();
    page.table("", table);
    page
}

fn what(revision: &RevisionView) -> String {
    let first = revision.versions.first().map(String::as_str).unwrap_or_default();
    let moves: Vec<_> = revision.moves.iter().map(moved).collect();
    let moves = moves.join(", ");
    let with_moves = |what: String| if moves.is_empty() { what } else { format!("{what}: {moves}") };
    let what = match revision.kind {
        ActionKind::Publish => with_moves(format!("published {first}")),
        ActionKind::Rollback => with_moves("rolled back".to_owned()),
        ActionKind::Promote if moves.is_empty() => format!("promoted {first}: no longer held"),
        ActionKind::Promote => with_moves("promoted".to_owned()),
        ActionKind::Undo => with_moves("undone".to_owned()),
        ActionKind::Restore => with_moves("restored an earlier state".to_owned()),
        ActionKind::Yank => format!("yanked {first}"),
        ActionKind::Unyank => format!("unyanked {first}"),
        ActionKind::Deprecate => format!("deprecated {first}"),
        ActionKind::Undeprecate => format!("took back advice against {first}"),
        ActionKind::Other => with_moves("something that a newer Patchbay knows".to_owned()),
    };
    match revision.reason.as_deref() {
        Some(reason) if !reason.is_empty() => format!("{what}; “{reason}”"),
        _ => what,
    }
}

fn moved(m: &ChannelMove) -> String {
    match (&m.from, &m.to) {
        (Some(from), Some(to)) => format!("{} {from} → {to}", m.channel),
        (None, Some(to)) => format!("{} → {to}", m.channel),
        (_, None) => format!("{} taken away", m.channel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_is_said() {
        let revision = |kind, moves: &[(Option<&str>, Option<&str>)], reason: Option<&str>| RevisionView {
            seq: 1,
            kind,
            versions: vec!["1.1.0".into()],
            moves: moves
                .iter()
                .map(|(from, to)| ChannelMove { channel: "stable".into(), from: from.map(Into::into), to: to.map(Into::into) })
                .collect(),
            reason: reason.map(Into::into),
            by: "Ada".into(),
            at: String::new(),
            op: String::new(),
            can_undo: false,
        };
        let table = [
            (revision(ActionKind::Publish, &[(Some("1.0.0"), Some("1.1.0"))], None), "published 1.1.0: stable 1.0.0 → 1.1.0"),
            (revision(ActionKind::Publish, &[], None), "published 1.1.0"),
            (revision(ActionKind::Rollback, &[(Some("1.1.0"), Some("1.0.0"))], Some("slow")), "rolled back: stable 1.1.0 → 1.0.0; “slow”"),
            (revision(ActionKind::Promote, &[(None, Some("1.1.0"))], None), "promoted: stable → 1.1.0"),
            (revision(ActionKind::Promote, &[], None), "promoted 1.1.0: no longer held"),
            (revision(ActionKind::Undo, &[(Some("1.1.0"), None)], None), "undone: stable taken away"),
            (revision(ActionKind::Yank, &[], Some("leaks")), "yanked 1.1.0; “leaks”"),
        ];
        for (revision, said) in table {
            assert_eq!(what(&revision), said);
        }
    }
}
