//! What is to be known of a plugin so that it can be found.

/// A plugin, as somebody looks for it. Borrowed: the index keeps no text but its ids and the words in it.
#[derive(Clone, Debug, Default)]
pub struct Entry<'a> {
    /// The id; every entry has its own.
    pub id: &'a str,
    /// The name people read.
    pub name: &'a str,
    /// One sentence.
    pub description: &'a str,
    /// Who made it.
    pub author: &'a str,
    /// Its categories, as the author named them.
    pub categories: Vec<&'a str>,
    /// The channels it has.
    pub channels: Vec<&'a str>,
    /// Host and range, as the author wrote it.
    pub hosts: Vec<(&'a str, &'a str)>,
    /// When it last changed, in any unit that grows.
    pub updated: i64,
    /// How often it was downloaded, or whatever else says that people want it; none where nobody counts.
    pub popularity: Option<u64>,
    /// Its author advises against it.
    pub deprecated: bool,
    /// It takes no new versions.
    pub frozen: bool,
    /// One of its channels is held, since a rollback.
    pub held: bool,
}
