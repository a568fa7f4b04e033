//! The others. Each gets what suits it: text in one line or in columns, prefix indexes, popularity to break ties.

use nucleo_matcher::{
    Config, Matcher, Utf32String,
    pattern::{CaseMatching, Normalization, Pattern},
};
use rusqlite::Connection;
use tantivy::{
    Index, IndexReader, Term,
    collector::TopDocs,
    query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query},
    schema::{FAST, Field, STORED, Schema, TEXT, Value},
};

use crate::{PAGE, corpus::Plugin};

/// Finds the first page of plugins, by number.
pub trait Engine {
    fn find(&mut self, text: &str) -> Vec<usize>;
}

pub const NUCLEO: &str = "nucleo-matcher 0.3";
pub const FRIZBEE: &str = "frizbee 0.13";
pub const FTS5: &str = "SQLite FTS5 with bm25";
pub const TANTIVY: &str = "tantivy 0.27";

/// Makes one of them over these plugins.
pub fn make(name: &str, plugins: &[Plugin]) -> Box<dyn Engine> {
    match name {
        NUCLEO => Box::new(Nucleo::new(plugins)),
        FRIZBEE => Box::new(Frizbee::new(plugins)),
        FTS5 => Box::new(Fts5::new(plugins)),
        _ => Box::new(Tantivy::new(plugins)),
    }
}

struct Nucleo {
    matcher: Matcher,
    lines: Vec<Utf32String>,
    downloads: Vec<u64>,
}

impl Nucleo {
    fn new(plugins: &[Plugin]) -> Self {
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        let lines = plugins.iter().map(|plugin| Utf32String::from(plugin.line())).collect();
        Self { matcher: Matcher::new(config), lines, downloads: plugins.iter().map(|p| p.downloads).collect() }
    }
}

impl Engine for Nucleo {
    fn find(&mut self, text: &str) -> Vec<usize> {
        let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
        let mut found: Vec<_> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(at, line)| Some((pattern.score(line.slice(..), &mut self.matcher)?, self.downloads[at], at)))
            .collect();
        first(&mut found)
    }
}

fn first<T: Ord + Copy>(found: &mut Vec<(T, u64, usize)>) -> Vec<usize> {
    let best = |a: &(T, u64, usize), b: &(T, u64, usize)| (b.0, b.1).cmp(&(a.0, a.1));
    if found.len() > PAGE {
        found.select_nth_unstable_by(PAGE, best);
        found.truncate(PAGE);
    }
    found.sort_unstable_by(best);
    found.iter().map(|(.., at)| *at).collect()
}

struct Frizbee {
    lines: Vec<String>,
    downloads: Vec<u64>,
}

impl Frizbee {
    fn new(plugins: &[Plugin]) -> Self {
        Self { lines: plugins.iter().map(Plugin::line).collect(), downloads: plugins.iter().map(|p| p.downloads).collect() }
    }
}

impl Engine for Frizbee {
    fn find(&mut self, text: &str) -> Vec<usize> {
        let typos = u16::from(text.chars().count() >= 4);
        let patterns: Vec<_> = frizbee::Pattern::parse_query(text).into_iter().map(|pattern| pattern.max_typos(Some(typos))).collect();
        let mut matcher = frizbee::Matcher::from_patterns(&patterns, &frizbee::Config::default());
        let mut found: Vec<_> =
            matcher.match_list(&self.lines).iter().map(|m| (m.score, self.downloads[m.index as usize], m.index as usize)).collect();
        first(&mut found)
    }
}

struct Fts5(Connection);

impl Fts5 {
    fn new(plugins: &[Plugin]) -> Self {
        let connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch("CREATE VIRTUAL TABLE p USING fts5(name, id, author, categories, description, downloads UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4'); BEGIN;").expect("fts5");
        {
            let mut insert = connection
                .prepare("INSERT INTO p(rowid, name, id, author, categories, description, downloads) VALUES (?, ?, ?, ?, ?, ?, ?)")
                .expect("sql");
            for (at, p) in plugins.iter().enumerate() {
                insert
                    .execute((at as i64, &p.name, &p.id, &p.author, p.categories.join(" "), &p.description, p.downloads as i64))
                    .expect("insert");
            }
        }
        connection.execute_batch("COMMIT; INSERT INTO p(p) VALUES ('optimize');").expect("commit");
        Self(connection)
    }
}

impl Engine for Fts5 {
    fn find(&mut self, text: &str) -> Vec<usize> {
        let words: Vec<String> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(|w| format!("\"{w}\"*")).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut select = self
            .0
            .prepare_cached("SELECT rowid FROM p WHERE p MATCH ? ORDER BY bm25(p, 10, 6, 3, 3, 1), downloads DESC LIMIT 100")
            .expect("sql");
        select.query_map([words.join(" ")], |row| row.get::<_, i64>(0)).expect("query").map(|row| row.expect("row") as usize).collect()
    }
}

struct Tantivy {
    reader: IndexReader,
    fields: Vec<(Field, f32)>,
    number: Field,
}

impl Tantivy {
    fn new(plugins: &[Plugin]) -> Self {
        let mut schema = Schema::builder();
        let fields: Vec<(Field, f32)> = [("name", 10.0), ("id", 6.0), ("author", 3.0), ("categories", 3.0), ("description", 1.0)]
            .map(|(name, boost)| (schema.add_text_field(name, TEXT), boost))
            .into();
        let number = schema.add_u64_field("number", FAST | STORED);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 200_000_000).expect("writer");
        for (at, p) in plugins.iter().enumerate() {
            let mut document = tantivy::TantivyDocument::new();
            for ((field, _), text) in fields.iter().zip([&p.name, &p.id, &p.author, &p.categories.join(" "), &p.description]) {
                document.add_text(*field, text);
            }
            document.add_u64(number, at as u64);
            writer.add_document(document).expect("add");
        }
        writer.commit().expect("commit");
        Self { reader: index.reader().expect("reader"), fields, number }
    }
}

impl Engine for Tantivy {
    fn find(&mut self, text: &str) -> Vec<usize> {
        let text = text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        let query: Vec<(Occur, Box<dyn Query>)> = words
            .map(|word| {
                let typos = u8::from(word.chars().count() >= 4);
                let anywhere = self.fields.iter().map(|(field, boost)| {
                    let query = FuzzyTermQuery::new_prefix(Term::from_field_text(*field, word), typos, true);
                    (Occur::Should, Box::new(BoostQuery::new(Box::new(query), *boost)) as Box<dyn Query>)
                });
                (Occur::Must, Box::new(BooleanQuery::new(anywhere.collect())) as Box<dyn Query>)
            })
            .collect();
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(query), &TopDocs::with_limit(PAGE).order_by_score()).expect("search");
        found
            .iter()
            .map(|(_, at)| {
                searcher
                    .doc::<tantivy::TantivyDocument>(*at)
                    .expect("document")
                    .get_first(self.number)
                    .and_then(|v| v.as_u64())
                    .unwrap_or_default() as usize
            })
            .collect()
    }
}
