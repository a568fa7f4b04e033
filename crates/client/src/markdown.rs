//! Markdown of strangers (READMEs, notes) as HTML that can do nothing but be read.
//!
//! Two layers: CommonMark is made into HTML, and all of that, raw HTML of the author included, passes a list of what is allowed. What is
//! not on the list is dropped. Nothing that is left loads anything, runs anything, or looks like a part of the window.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

/// What is rendered at most, so that no README can keep the window waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of Markdown; the rest is cut off, and `…` says so.
    pub bytes: usize,
    /// Levels of nesting; deeper ones are flattened. An HTML parser takes time in the square of the depth.
    pub depth: usize,
    /// Tags of raw HTML; the rest is shown as text. A parser carries unclosed ones (`<b>` more than any) through everything that follows
    /// (HTML, "reconstruct the active formatting elements"), which is slow, and can make a large page of a small file.
    pub raw_tags: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 512 * 1024, depth: 24, raw_tags: 1_000 }
    }
}

/// Renders Markdown (CommonMark with tables, strikethrough, task lists and footnotes) within the default [`Limits`].
#[must_use]
pub fn render(markdown: &str) -> String {
    render_within(markdown, Limits::default())
}

/// Renders Markdown within these limits.
#[must_use]
pub fn render_within(markdown: &str, limits: Limits) -> String {
    let (text, cut) = shorten(markdown, limits.bytes);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES;
    let mut unsafe_html = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut unsafe_html, Tamed { events: Parser::new_ext(text, options), limits, depth: 0, raw_tags: 0 });
    // Alignment arrives as a style, and no style passes. Text has its quotes escaped, so this meets attributes only.
    for side in ["left", "center", "right"] {
        unsafe_html = unsafe_html.replace(&format!("style=\"text-align: {side}\""), &format!("align=\"{side}\""));
    }
    let mut safe = ALLOWED.clean(&unsafe_html).to_string();
    if cut {
        safe.push_str("<p>…</p>\n");
    }
    safe
}

/// At most so many bytes, up to the end of a line where there is one.
fn shorten(text: &str, bytes: usize) -> (&str, bool) {
    if text.len() <= bytes {
        return (text, false);
    }
    let start = &text[..text.floor_char_boundary(bytes)];
    (start.rfind('\n').map_or(start, |end| &start[..end]), true)
}

/// The events of the parser, with images made into their words and the limits kept.
struct Tamed<'a> {
    events: Parser<'a>,
    limits: Limits,
    /// How many elements are open.
    depth: usize,
    raw_tags: usize,
}

impl<'a> Tamed<'a> {
    /// The alternative text. An image of the network would tell its server who reads what, and when.
    fn image(&mut self) -> String {
        let mut words = String::new();
        let mut inside = 1;
        for event in self.events.by_ref() {
            match event {
                Event::Start(_) => inside += 1,
                Event::End(_) if inside == 1 => break,
                Event::End(_) => inside -= 1,
                Event::Text(text) | Event::Code(text) => words.push_str(&text),
                Event::SoftBreak | Event::HardBreak => words.push(' '),
                _ => {}
            }
        }
        // As HTML, because one event has to hold it all.
        let mut escaped = String::with_capacity(words.len());
        html::push_html(&mut escaped, std::iter::once(Event::Text(words.into())));
        format!("<span class=\"image-alt\">{escaped}</span>")
    }

    fn raw(&mut self, text: CowStr<'a>) -> Event<'a> {
        self.raw_tags += text.bytes().filter(|b| *b == b'<').count();
        if self.raw_tags > self.limits.raw_tags { Event::Text(text) } else { Event::InlineHtml(text) }
    }
}

impl<'a> Iterator for Tamed<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            let event = match self.events.next()? {
                Event::Start(Tag::Image { .. }) => Event::InlineHtml(self.image().into()),
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > self.limits.depth {
                        continue;
                    }
                    Event::Start(tag)
                }
                Event::End(tag) => {
                    self.depth -= 1;
                    if self.depth >= self.limits.depth {
                        continue;
                    }
                    Event::End(tag)
                }
                Event::Html(text) | Event::InlineHtml(text) => self.raw(text),
                // A form control would be one that a stranger put into the window.
                Event::TaskListMarker(done) => Event::Text(if done { "☑ " } else { "☐ " }.into()),
                other => other,
            };
            return Some(event);
        }
    }
}

/// What every link gets: its target learns nothing of the window and gains nothing from being linked.
const REL: &str = "noopener noreferrer nofollow";

/// What may be there.
static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp span strong sub \
                summary sup table tbody td th thead tr ul var";
    // Their content is not meant to be read, or is a language of its own.
    let dropped_whole = "script style svg math iframe object embed template noscript select textarea title";
    let set = |words: &'static str| words.split_ascii_whitespace().collect::<HashSet<_>>();
    let attributes = [
        ("a", "href title"),
        ("code", "class"),
        ("div", "class"),
        ("ol", "start"),
        ("span", "class"),
        ("sup", "class"),
        ("td", "align"),
        ("th", "align"),
    ];
    let mut builder = Builder::empty();
    builder
        .tags(set(tags))
        .clean_content_tags(set(dropped_whole))
        .tag_attributes(attributes.into_iter().map(|(tag, names)| (tag, set(names))).collect::<HashMap<_, _>>())
        // Even an empty builder lets `lang` and `title` pass on every tag.
        .generic_attributes(HashSet::new())
        .attribute_filter(|tag, name, value| value_allowed(tag, name, value).then_some(Cow::Borrowed(value)))
        .url_schemes(set("http https mailto"))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some(REL));
    builder
});

/// Classes are ours alone: any other would borrow the look of the window.
fn value_allowed(tag: &str, name: &str, value: &str) -> bool {
    match (tag, name) {
        ("code", "class") => value.strip_prefix("language-").is_some_and(|language| {
            (1..=32).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#-_.".contains(&b))
        }),
        ("span", "class") => value == "image-alt",
        ("sup", "class") => matches!(value, "footnote-reference" | "footnote-definition-label"),
        ("div", "class") => value == "footnote-definition",
        (_, "align") => matches!(value, "left" | "center" | "right"),
        (_, "start") => value.parse::<u32>().is_ok(),
        ("a", "href" | "title") => true,
        ("a", "rel") => value == REL,
        _ => false,
    }
}
