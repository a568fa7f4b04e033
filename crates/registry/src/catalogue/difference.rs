//! The catalogue against what it should say.

use std::collections::BTreeMap;

use patchbay_package::PluginId;

use super::{Line, Row, Table};

/// How the catalogue differs from what it should say of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It says nothing.
    Missing,
    /// It says something of a plugin that is not there.
    Stray,
    /// What it says is as old as this revision.
    Stale(u64),
    /// It claims to know this later revision.
    Ahead(u64),
    /// It shows a plugin that is hidden.
    Shown,
    /// It hides a plugin that is not hidden.
    Hidden,
    /// It knows the revision and says something else of it.
    Wrong,
}

/// What a line says, parsed; none when the plugin is not shown.
fn row(line: &Line) -> Option<Row> {
    let (card, row) = (line.card.as_ref()?, line.row.as_ref()?);
    let row: Row = serde_json::from_str(row.get()).ok()?;
    Some(Row { seq: line.seq, card: serde_json::from_str(card.get()).ok()?, ..row })
}

impl Table {
    /// How it differs from what it should say of a plugin; `should` is none when there is no such plugin.
    #[must_use]
    pub fn difference(&self, id: &PluginId, should: Option<&Line>) -> Option<Difference> {
        let (should, known) = match (should, self.get(id)) {
            // Of one that is gone it remembers the number, so that it does not come back by itself.
            (None, known) => return known.filter(|known| known.row.is_some()).map(|_| Difference::Stray),
            (Some(_), None) => return Some(Difference::Missing),
            (Some(should), Some(known)) => (should, known),
        };
        if known.seq != should.seq {
            return Some(if known.seq < should.seq { Difference::Stale(known.seq) } else { Difference::Ahead(known.seq) });
        }
        match (row(should), known.row) {
            (None, None) => None,
            (None, Some(_)) => Some(Difference::Shown),
            (Some(_), None) => Some(Difference::Hidden),
            (Some(should), Some(_)) => {
                let says = known.read().ok().flatten().map(|(_, row)| row);
                (says.as_ref() != Some(&should)).then_some(Difference::Wrong)
            }
        }
    }

    /// The table with what it should say, whatever it says now.
    #[must_use]
    pub fn mended(&self, should: &BTreeMap<PluginId, Option<Line>>) -> Self {
        let line = |(id, line): (&PluginId, &Option<Line>)| {
            line.clone().or_else(|| self.get(id).filter(|known| known.row.is_some()).map(|known| Line::gone(id.clone(), known.seq)))
        };
        // Lines of documents have their cards.
        self.with_all(should.iter().filter_map(line)).unwrap_or_else(|_| self.clone())
    }
}
