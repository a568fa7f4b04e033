//! What people read: lines of styled text, and tables.

pub mod change;
pub mod consequences;
pub mod diff;
pub mod files;
pub mod health;
pub mod history;
pub mod installed;
pub mod job;
pub mod package;
pub mod plugin;
pub mod publish;
pub mod registries;
pub mod style;
pub mod table;
pub mod units;

use std::fmt::Write;

use style::Style;
use unicode_width::UnicodeWidthStr;

pub use table::Table;

/// A piece of text in one style. What it holds cannot move the cursor, change colours or begin a new line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    text: String,
    style: Style,
}

/// Names, descriptions and reasons come from a bucket that others write to. A terminal obeys what it prints: escape sequences can
/// rewrite lines above or the window's title, a line break can fake a line of our own, and the bidirectional controls (CVE-2021-42574)
/// can make a text read as another one.
fn harmless(text: &str) -> String {
    let harmless = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    };
    text.chars().map(harmless).collect()
}

/// A piece of a file. Unlike a name it may hold tabs, and what cannot be seen in it is told apart: `<U+202E>`.
fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            c if harmless(c.encode_utf8(&mut [0; 4])) != c.to_string() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}') => {
                // Writing into a String does not fail.
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

impl Span {
    /// A piece of a file in a style.
    #[must_use]
    pub fn code(text: &str, style: Style) -> Self {
        Self { text: spelled(text), style }
    }

    /// Text in a style.
    #[must_use]
    pub fn new(text: &str, style: Style) -> Self {
        Self { text: harmless(text), style }
    }

    /// How many columns it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.text.width()
    }
}

impl From<&str> for Span {
    fn from(text: &str) -> Self {
        Self::new(text, Style::new())
    }
}

impl From<String> for Span {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Vec<Span>);

impl Line {
    /// An empty line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The line with more text.
    #[must_use]
    pub fn plain(self, text: &str) -> Self {
        self.styled(text, Style::new())
    }

    /// A line of a file, with its tabs; characters that cannot be seen, or that turn text around, are spelled out (CVE-2021-42574).
    #[must_use]
    pub fn code(text: &str) -> Self {
        Self::new().span(Span::code(text, Style::new()))
    }

    /// The line with more text in a style.
    #[must_use]
    pub fn styled(mut self, text: &str, style: Style) -> Self {
        self.0.push(Span::new(text, style));
        self
    }

    /// The line with a span.
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }

    fn render(&self, into: &mut String) {
        let last = self.0.iter().rposition(|span| !span.text.trim_end().is_empty());
        for (at, span) in self.0.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let text = if Some(at) == last { span.text.trim_end() } else { &span.text };
            // Writing into a String does not fail.
            let _ = write!(into, "{}{text}{:#}", span.style, span.style);
        }
        into.push('\n');
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::new().plain(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// Lines in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page(Vec<Line>);

impl Page {
    /// Adds a line.
    pub fn line(&mut self, line: impl Into<Line>) {
        self.0.push(line.into());
    }

    /// Adds an empty line, unless there is nothing above it.
    pub fn gap(&mut self) {
        if !self.0.is_empty() {
            self.0.push(Line::new());
        }
    }

    /// Adds the lines of a table, each with this indent.
    pub fn table(&mut self, indent: &str, table: Table) {
        self.0.extend(table.lines(indent));
    }

    /// The text with its styles as ANSI escape sequences; the stream that it goes to takes them out where they are not wanted.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for line in &self.0 {
            line.render(&mut text);
        }
        text
    }
}

impl From<Line> for Page {
    fn from(line: Line) -> Self {
        Self(vec![line])
    }
}

impl FromIterator<Line> for Page {
    fn from_iter<T: IntoIterator<Item = Line>>(lines: T) -> Self {
        Self(lines.into_iter().collect())
    }
}

/// A page as plain text, for tests.
#[cfg(test)]
pub fn text(page: &Page) -> String {
    anstream::adapter::strip_str(&page.render()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_cannot_steer_the_terminal() {
        let name = "good\u{1b}[2J\u{1b}]0;title\u{7}\nerror: fake\r\u{9b}31m\u{202e}lave\u{2066}";
        let page = Page::from(Line::from(name));
        let text = page.render();
        assert_eq!(text, "good\u{fffd}[2J\u{fffd}]0;title\u{fffd} error: fake \u{fffd}31m\u{fffd}lave\u{fffd}\n");
    }

    #[test]
    fn no_line_ends_in_spaces() {
        let page = Page::from(Line::new().plain("a ").styled("b  ", style::FAINT).plain("  "));
        assert_eq!(text(&page), "a b\n");
    }
}
