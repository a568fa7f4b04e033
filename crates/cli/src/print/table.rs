//! Columns that line up, also with characters that are two columns wide. No boxes.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Line, Span, style};

const BETWEEN: &str = "  ";

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

/// A table.
#[derive(Debug, Default)]
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<Span>>,
    limit: Option<usize>,
}

impl Table {
    /// A table with these headings. Those that begin with `>` head columns of numbers. No headings at all: a list of labels and values.
    #[must_use]
    pub fn new<const N: usize>(headings: [&'static str; N]) -> Self {
        let column = |heading: &'static str| match heading.strip_prefix('>') {
            Some(heading) => (heading, Align::Right),
            None => (heading, Align::Left),
        };
        Self { columns: headings.into_iter().map(column).collect(), ..Self::default() }
    }

    /// Cuts the last column so that the table fits into so many columns of a terminal.
    #[must_use]
    pub fn within(mut self, width: Option<usize>) -> Self {
        self.limit = width;
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Span>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Its lines, with this indent. Columns in which every cell is empty are left out.
    #[must_use]
    pub fn lines(self, indent: &str) -> Vec<Line> {
        let Self { mut columns, mut rows, limit } = self;
        let empty = |at: usize| rows.iter().all(|row| row.get(at).is_none_or(|cell| cell.width() == 0));
        let keep: Vec<bool> = (0..columns.len()).map(|at| !empty(at)).collect();
        let kept = |at: usize| keep.get(at).copied().unwrap_or(true);
        columns = columns.into_iter().enumerate().filter_map(|(at, column)| kept(at).then_some(column)).collect();
        for row in &mut rows {
            *row = std::mem::take(row).into_iter().enumerate().filter_map(|(at, cell)| kept(at).then_some(cell)).collect();
        }
        if columns.iter().any(|(heading, _)| !heading.is_empty()) {
            rows.insert(0, columns.iter().map(|(heading, _)| Span::new(heading, style::FAINT)).collect());
        }
        let widths: Vec<usize> =
            (0..columns.len()).map(|at| rows.iter().filter_map(|row| row.get(at)).map(Span::width).max().unwrap_or(0)).collect();
        let before_last = indent.len() + widths.iter().rev().skip(1).map(|width| width + BETWEEN.len()).sum::<usize>();
        let room = limit.map(|limit| limit.saturating_sub(before_last).max(10));
        rows.into_iter().map(|row| line(row, &columns, &widths, room, indent)).collect()
    }
}

fn line(row: Vec<Span>, columns: &[(&str, Align)], widths: &[usize], room: Option<usize>, indent: &str) -> Line {
    let mut line = Line::new().plain(indent);
    for (at, cell) in row.into_iter().enumerate() {
        let last = at + 1 == columns.len();
        let pad = " ".repeat(widths.get(at).copied().unwrap_or(0).saturating_sub(cell.width()));
        let right = columns.get(at).is_some_and(|(_, align)| *align == Align::Right);
        if at > 0 {
            line = line.plain(BETWEEN);
        }
        line = match (right, last, room) {
            (true, _, _) => line.plain(&pad).span(cell),
            (false, true, Some(room)) => line.span(cut(cell, room)),
            (false, _, _) => line.span(cell).plain(&pad),
        };
    }
    line
}

/// The beginning of a text, with `…` where something is left out.
fn cut(cell: Span, room: usize) -> Span {
    if cell.text.width() <= room {
        return cell;
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    let start: String = cell.text.chars().take_while(fits).collect();
    Span { text: format!("{}…", start.trim_end()), style: cell.style }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::{Page, text};

    fn table() -> Table {
        let mut table = Table::new(["NAME", ">SIZE", "NOTHING", "WHAT"]);
        table.row(["天气".into(), "1.2 MB".into(), "".into(), "weather on a card, 天气 and more".into()]);
        table.row(["é".into(), "812 B".into(), "".into(), "short".into()]);
        table
    }

    fn show(table: Table) -> String {
        let mut page = Page::default();
        page.table("  ", table);
        text(&page)
    }

    #[test]
    fn columns_line_up_and_empty_ones_are_left_out() {
        assert_eq!(show(table()), "  NAME    SIZE  WHAT\n  天气  1.2 MB  weather on a card, 天气 and more\n  é      812 B  short\n");
    }

    #[test]
    fn the_last_column_is_cut_where_the_terminal_ends() {
        let shown = show(table().within(Some(40)));
        assert!(shown.contains("  weather on a card, 天气…\n"), "{shown}");
        assert!(shown.lines().all(|line| line.width() <= 40), "{shown}");
    }
}
