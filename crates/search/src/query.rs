//! What somebody typed: words, and filters such as `author:ada`.

use std::ops::Range as Bytes;

use patchbay_package::Range;

use crate::text;

/// More words than this are not looked for: nobody types them, somebody pasted a page.
const MOST_WORDS: usize = 12;

/// What holds words together.
const QUOTES: [char; 3] = ['"', '“', '”'];

/// What somebody typed, read.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    pub(crate) parts: Vec<Part>,
}

/// A part of what was typed: a word, or a filter.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Where it stands in the text.
    pub at: Bytes<usize>,
    pub meaning: Meaning,
}

/// What a part means.
#[derive(Clone, Debug)]
pub(crate) enum Meaning {
    /// Words, as they are compared. `note-taking` is two of them.
    Words(Vec<String>),
    /// Only plugins of which this is true; with `true`, only the others.
    Filter(Filter, bool),
    /// It looks like a filter, and is none.
    Unclear,
}

/// What can be asked of a plugin, besides its words.
#[derive(Clone, Debug)]
pub(crate) enum Filter {
    Author(String),
    Category(String),
    Channel(String),
    Host { name: Option<String>, range: Option<Range> },
    Is(State),
}

/// What a plugin can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is on this computer.
    Installed,
    /// Its author advises against it.
    Deprecated,
    /// It takes no new versions.
    Frozen,
    /// One of its channels is held, since a rollback.
    Held,
}

impl State {
    /// All of them, with the words that people type.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Installed, "installed"), (Self::Deprecated, "deprecated"), (Self::Frozen, "frozen"), (Self::Held, "held")];

    /// The word that people type.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

/// Why a part that looks like a filter is none. It filters nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Nothing follows the colon yet.
    Empty,
    /// `is:` knows no such state.
    State,
    /// What follows the host is no range of versions.
    Range,
}

/// What a filter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `author:`
    Author,
    /// `category:`
    Category,
    /// `channel:`
    Channel,
    /// `host:`
    Host,
    /// `is:`
    Is,
}

impl Kind {
    /// All of them, with what people type before the colon.
    const ALL: [(Self, &'static str); 5] =
        [(Self::Author, "author"), (Self::Category, "category"), (Self::Channel, "channel"), (Self::Host, "host"), (Self::Is, "is")];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// A filter as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed<'a> {
    /// The text of it, whole.
    pub text: &'a str,
    /// The text of the query without it.
    pub without: String,
    /// What it is about.
    pub kind: Kind,
    /// What it asks for, without quotes.
    pub value: &'a str,
    /// Whether it leaves out what it finds.
    pub not: bool,
    /// Why it does nothing, when it does.
    pub unclear: Option<Unclear>,
}

impl Query {
    /// Reads what somebody typed. Whatever is not understood as a filter is looked for as words.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut query = Self { text: text.to_owned(), parts: Vec::new() };
        let mut words = 0;
        for at in split(text) {
            let meaning = match filter(&text[at.clone()]) {
                Some((_, not, _, Ok(filter))) => Meaning::Filter(filter, not),
                Some((.., Err(_))) => Meaning::Unclear,
                None => {
                    let mut found = text::words(&text[at.clone()]);
                    found.truncate(MOST_WORDS - words);
                    words += found.len();
                    Meaning::Words(found)
                }
            };
            query.parts.push(Part { at, meaning });
        }
        query
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The filters, as they were typed.
    pub fn filters(&self) -> impl Iterator<Item = Typed<'_>> {
        self.parts.iter().filter_map(|part| {
            let text = &self.text[part.at.clone()];
            let (kind, not, value, read) = filter(text)?;
            Some(Typed { text, without: self.without(&part.at), kind, value, not, unclear: read.err() })
        })
    }

    /// Whether there are words in it.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.words().next().is_some()
    }

    /// The words.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.parts
            .iter()
            .filter_map(|part| if let Meaning::Words(words) = &part.meaning { Some(words) } else { None })
            .flatten()
            .map(String::as_str)
    }

    /// The text without one of its parts.
    pub(crate) fn without(&self, part: &Bytes<usize>) -> String {
        [self.text[..part.start].trim(), self.text[part.end..].trim()]
            .into_iter()
            .filter(|rest| !rest.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The text with one more filter; none when that stands there already, or when such a value cannot be typed. What is still being
    /// typed of the same kind makes way for it.
    #[must_use]
    pub fn with(&self, kind: Kind, value: &str) -> Option<String> {
        let value: String = value.chars().filter(|c| !QUOTES.contains(c)).collect();
        let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
        let added = format!("{}:{quote}{value}{quote}", kind.word());
        let (_, false, read, Ok(meant)) = filter(&added)? else { return None };
        // A host that is called like a version, or has a range in its name.
        let another = matches!(&meant, Filter::Host { name, range } if range.is_some() || name.as_deref() != Some(read));
        let same = |typed: Typed<'_>| typed.kind == kind && !typed.not && text::value(typed.value) == text::value(&value);
        if another || self.filters().any(same) {
            return None;
        }
        let text = |part: &Part| &self.text[part.at.clone()];
        let stays = |part: &&Part| !(matches!(part.meaning, Meaning::Unclear) && filter(text(part)).is_some_and(|(of, ..)| of == kind));
        let mut all: Vec<String> = self.parts.iter().filter(stays).map(|part| text(part).to_owned()).collect();
        if let Some(last) = all.last_mut()
            && last.matches(QUOTES).count() % 2 == 1
        {
            last.push('"');
        }
        all.push(added);
        Some(all.join(" "))
    }

    /// The authors alone.
    pub(crate) fn only_authors(&self) -> Self {
        Self { text: self.text.clone(), parts: self.parts.iter().filter(|part| part.is_author()).cloned().collect() }
    }
}

impl Part {
    /// Whether it asks for an author, of whom a plugin has one.
    pub fn is_author(&self) -> bool {
        matches!(self.meaning, Meaning::Filter(Filter::Author(_), false))
    }

    /// Whether it leaves less to be found.
    pub fn narrows(&self) -> bool {
        match &self.meaning {
            Meaning::Words(words) => !words.is_empty(),
            Meaning::Filter(..) => true,
            Meaning::Unclear => false,
        }
    }
}

/// Where the parts are: between spaces, except in quotes. A quote that is not closed goes to the end: it is still being typed.
fn split(text: &str) -> Vec<Bytes<usize>> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), None, false);
    for (at, c) in text.char_indices() {
        match c {
            c if QUOTES.contains(&c) => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                parts.extend(start.take().map(|start| start..at));
                continue;
            }
            _ => {}
        }
        start.get_or_insert(at);
    }
    parts.extend(start.map(|start| start..text.len()));
    parts
}

type Read<'a> = (Kind, bool, &'a str, Result<Filter, Unclear>);

/// A part as a filter; none when it does not begin like one. A colon from a Chinese keyboard is one too.
fn filter(part: &str) -> Option<Read<'_>> {
    let (not, rest) = part.strip_prefix(['-', '－']).map_or((false, part), |rest| (true, rest));
    let (key, value) = rest.split_once([':', '：'])?;
    let (kind, _) = *Kind::ALL.iter().find(|(_, word)| key.eq_ignore_ascii_case(word))?;
    let value = value.trim_matches(QUOTES).trim();
    if text::words(value).is_empty() {
        return Some((kind, not, value, Err(Unclear::Empty)));
    }
    let read = match kind {
        Kind::Author => Ok(Filter::Author(value.to_owned())),
        Kind::Category => Ok(Filter::Category(value.to_owned())),
        Kind::Channel => Ok(Filter::Channel(value.to_owned())),
        Kind::Host => host(value),
        Kind::Is => {
            let state = State::ALL.iter().find(|(_, word)| value.eq_ignore_ascii_case(word));
            state.map(|(state, _)| Filter::Is(*state)).ok_or(Unclear::State)
        }
    };
    Some((kind, not, value, read))
}

/// `screenpipe`, `screenpipe>=1.4`, `screenpipe@1.4.2`, `>=1.4`, `1.4.2`.
fn host(value: &str) -> Result<Filter, Unclear> {
    let begins_with_a_number = value.starts_with(|c: char| c.is_ascii_digit());
    let at = if begins_with_a_number { 0 } else { value.find(['@', '<', '>', '=', '^', '~']).unwrap_or(value.len()) };
    let (name, range) = value.split_at(at);
    let range = range.strip_prefix('@').unwrap_or(range).trim();
    let name = Some(name.trim()).filter(|name| !name.is_empty()).map(str::to_owned);
    let range = match range {
        "" => None,
        range => Some(Range::parse(range).map_err(|_| Unclear::Range)?),
    };
    Ok(Filter::Host { name, range })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<(Kind, String, bool, Option<Unclear>)> {
        Query::parse(text).filters().map(|f| (f.kind, f.value.to_owned(), f.not, f.unclear)).collect()
    }

    #[test]
    fn words_and_filters() {
        let query = Query::parse("  note-taking author:\"Liam Cain\" 日历 -is:deprecated http://x ");
        assert_eq!(query.words().collect::<Vec<_>>(), ["note", "taking", "日历", "http", "x"]);
        let filters = [(Kind::Author, "Liam Cain".into(), false, None), (Kind::Is, "deprecated".into(), true, None)];
        assert_eq!(typed(query.text()), filters);
        assert_eq!(query.filters().map(|f| f.text).collect::<Vec<_>>(), ["author:\"Liam Cain\"", "-is:deprecated"]);
        let without: Vec<_> = query.filters().map(|f| f.without).collect();
        assert_eq!(without, ["note-taking 日历 -is:deprecated http://x", "note-taking author:\"Liam Cain\" 日历 http://x"]);
    }

    #[test]
    fn what_is_still_being_typed_filters_nothing() {
        for (text, unclear) in [
            ("author:", Unclear::Empty),
            ("category:\"", Unclear::Empty),
            ("is:depre", Unclear::State),
            ("host:app>=", Unclear::Range),
            ("host:app@x.y", Unclear::Range),
        ] {
            let found = typed(text);
            assert!(found.iter().all(|f| f.3 == Some(unclear)), "{text}: {found:?}");
            assert_eq!(found.len(), 1);
        }
    }

    #[test]
    fn quotes_that_are_open_and_keyboards_that_are_chinese() {
        assert_eq!(typed("author:\"Liam C"), [(Kind::Author, "Liam C".into(), false, None)]);
        assert_eq!(typed("category：效率"), [(Kind::Category, "效率".into(), false, None)]);
        assert_eq!(typed("author:“Liam Cain” x"), [(Kind::Author, "Liam Cain".into(), false, None)]);
        assert_eq!(typed("IS:Installed"), [(Kind::Is, "Installed".into(), false, None)]);
    }

    #[test]
    fn hosts() {
        let read = |text: &str| match host(text) {
            Ok(Filter::Host { name, range }) => (name, range.map(|r| r.to_string())),
            other => panic!("{other:?}"),
        };
        let app = || Some("node-red".to_owned());
        assert_eq!(read("node-red"), (app(), None));
        assert_eq!(read("node-red>=1.4"), (app(), Some(">=1.4.0".into())));
        assert_eq!(read("node-red@1.4.2"), (app(), Some("=1.4.2".into())));
        assert_eq!(read(">=1.4"), (None, Some(">=1.4.0".into())));
        assert_eq!(read("1.4.2"), (None, Some("=1.4.2".into())));
    }

    #[test]
    fn one_more_filter() {
        for (text, kind, value, expected) in [
            ("", Kind::Category, "notes", Some("category:notes")),
            (" timer ", Kind::Category, "Note taking", Some("timer category:\"Note taking\"")),
            ("author:\"Liam C", Kind::Is, "deprecated", Some("author:\"Liam C\" is:deprecated")),
            ("timer category: x", Kind::Category, "notes", Some("timer x category:notes")),
            ("is:dep channel:", Kind::Is, "deprecated", Some("channel: is:deprecated")),
            ("category:NOTES", Kind::Category, "notes", None),
            ("-category:notes", Kind::Category, "notes", Some("-category:notes category:notes")),
            ("", Kind::Author, "Ana \"A\" Lee", Some("author:\"Ana A Lee\"")),
            ("", Kind::Host, "node-red", Some("host:node-red")),
            // They cannot be typed.
            ("", Kind::Host, "5e", None),
            ("", Kind::Host, "app>=2", None),
            ("", Kind::Category, "???", None),
        ] {
            assert_eq!(Query::parse(text).with(kind, value).as_deref(), expected, "{text} {value}");
        }
    }

    #[test]
    fn a_pasted_page_is_cut() {
        let query = Query::parse(&"word ".repeat(5_000));
        assert_eq!(query.words().count(), MOST_WORDS);
    }
}
