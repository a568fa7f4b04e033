//! What is found, and in which order.

use std::collections::BTreeSet;

use patchbay_search::{Entry, Found, Index, Query, Sort, State};

fn plugin<'a>(id: &'a str, name: &'a str, description: &'a str) -> Entry<'a> {
    Entry { id, name, description, ..Entry::default() }
}

fn search(index: &Index, text: &str) -> Found {
    index.find(&Query::parse(text), Sort::Relevance, &BTreeSet::new())
}

fn ids<'a>(index: &'a Index, found: &'a Found) -> Vec<&'a str> {
    found.ids(index, 0, 1_000).collect()
}

#[track_caller]
fn finds(entries: &[Entry<'_>], text: &str, expected: &[&str]) {
    let index = Index::new(entries);
    assert_eq!(ids(&index, &search(&index, text)), expected, "{text}");
}

#[test]
fn exact_and_beginning_before_inside_and_names_before_descriptions() {
    let all = [
        plugin("e", "Note", "A list of maps."),
        plugin("d", "Notes", "For task and list."),
        plugin("c", "Subtasks", ""),
        plugin("b", "Tasks everywhere", ""),
        plugin("a", "Task", ""),
        plugin("multitask", "Other", ""),
    ];
    finds(&all, "task", &["a", "b", "c", "multitask", "d"]);
    finds(&all, "tas", &["a", "b", "c", "multitask", "d"]);
    finds(&all, "list note", &["e", "d"]);
}

#[test]
fn equal_matches_stand_by_advice_popularity_freshness_and_name() {
    let map = |id, popularity, updated, deprecated| Entry { popularity, updated, deprecated, ..plugin(id, "Map", "") };
    let all = [
        map("advised-against", Some(1_000_000), 9, true),
        map("liked", Some(900), 1, false),
        map("fresh", Some(5), 9, false),
        map("old", Some(5), 1, false),
        map("uncounted", None, 99, false),
    ];
    finds(&all, "map", &["liked", "fresh", "old", "uncounted", "advised-against"]);
    let index = Index::new(&all);
    let by = |sort| index.find(&Query::parse("map"), sort, &BTreeSet::new());
    assert_eq!(ids(&index, &by(Sort::Updated))[..2], ["uncounted", "fresh"]);
    assert_eq!(ids(&index, &by(Sort::Popularity))[..2], ["advised-against", "liked"]);
    assert!(index.knows_popularity());
    // Where nobody counts, freshness it is.
    let uncounted = [map("old", None, 1, false), map("fresh", None, 9, false)];
    finds(&uncounted, "", &["fresh", "old"]);
    assert!(!Index::new(&uncounted).knows_popularity());
}

#[test]
fn a_name_is_found_however_it_is_put_together() {
    let all = [
        plugin("quickadd", "QuickAdd", ""),
        plugin("x", "Add quick notes", ""),
        plugin("dataview-more", "Data view properties", ""),
        plugin("dataview", "Dataview", ""),
    ];
    finds(&all, "quick add", &["quickadd", "x"]);
    finds(&all, "add", &["x", "quickadd"]);
    finds(&all, "data view", &["dataview", "dataview-more"]);
}

#[test]
fn one_typo_is_forgiven_where_little_is_found() {
    let all = [plugin("calendar", "Calendar", ""), plugin("kanban", "Kanban", "Beside the calendar.")];
    for text in ["calnedar", "calender", "caendar", "callendar", "calwn", "xalendar"] {
        let index = Index::new(&all);
        let found = search(&index, text);
        assert_eq!(ids(&index, &found), ["calendar", "kanban"], "{text}");
        assert!(found.forgiven);
    }
    finds(&all, "clnedar", &[]);
    finds(&all, "kanbn calnedar", &["kanban"]);
    // Whoever finds enough meant what they typed.
    let ids: Vec<String> = (0..30).map(|n| format!("note-{n}")).collect();
    let many: Vec<Entry<'_>> = ids.iter().map(|id| plugin(id, "Note", "")).chain([plugin("tote", "Tote", "")]).collect();
    let index = Index::new(&many);
    let found = search(&index, "note");
    assert_eq!((found.len(), found.forgiven), (30, false));
}

#[test]
fn any_part_of_a_word_without_spaces_and_neither_case_nor_accents() {
    let all = [
        plugin("rili", "农历日历", "显示农历"),
        plugin("tasks", "タスク管理", ""),
        plugin("note", "플러그인 노트", ""),
        plugin("ed", "Éditeur", "Naïve"),
    ];
    for text in ["日历", "历", "农历日"] {
        finds(&all, text, &["rili"]);
    }
    finds(&all, "管理", &["tasks"]);
    finds(&all, "たすく", &["tasks"]);
    finds(&all, "러그이", &["note"]);
    finds(&all, "EDIT", &["ed"]);
    finds(&all, "naive", &["ed"]);
}

fn market() -> [Entry<'static>; 5] {
    [
        Entry {
            author: "Mei Lin",
            categories: vec!["Note taking", "Tasks"],
            channels: vec!["stable"],
            hosts: vec![("app", ">=1.2")],
            ..plugin("a", "Alpha", "")
        },
        Entry {
            author: "Mei Wong",
            categories: vec!["note-taking"],
            channels: vec!["stable", "beta"],
            hosts: vec![("app", "<1.4"), ("node-red", ">=4")],
            ..plugin("b", "Beta", "")
        },
        Entry { author: "Ana", categories: vec!["Tasks"], channels: vec!["beta"], held: true, ..plugin("c", "Gamma", "") },
        Entry { author: "陈美玲", deprecated: true, hosts: vec![("app", "what?")], ..plugin("d", "Delta", "") },
        Entry { author: "", frozen: true, ..plugin("e", "Epsilon", "") },
    ]
}

#[test]
fn filters() {
    for (text, expected) in [
        ("author:mei", vec!["a", "b"]),
        ("author:\"mei lin\"", vec!["a"]),
        ("author:lin author:ana", vec!["a", "c"]),
        ("-author:mei", vec!["e", "c", "d"]),
        ("author:美", vec!["d"]),
        ("category:note-taking", vec!["a", "b"]),
        ("category:note-taking category:tasks", vec!["a"]),
        ("category:tak", vec!["a", "b"]),
        ("channel:beta", vec!["b", "c"]),
        ("host:app", vec!["a", "b", "d"]),
        ("host:>=1.4", vec!["a", "b"]),
        ("host:app>=1.4", vec!["a"]),
        ("host:app@1.3.0", vec!["a", "b"]),
        ("host:node", vec!["b"]),
        ("is:deprecated", vec!["d"]),
        ("is:frozen", vec!["e"]),
        ("is:held", vec!["c"]),
        ("is:installed", vec![]),
        ("-is:deprecated gamma", vec!["c"]),
        ("category:nothing", vec![]),
        // Not understood, or still being typed: it filters nothing.
        ("is:dep beta", vec!["b"]),
        ("author: alpha", vec!["a"]),
    ] {
        finds(&market(), text, &expected);
    }
    let index = Index::new(&market());
    let installed = ["b", "elsewhere"].map(str::to_owned).into();
    let found = index.find(&Query::parse("is:installed"), Sort::Name, &installed);
    assert_eq!(ids(&index, &found), ["b"]);
}

#[test]
fn counts_are_of_the_results() {
    let index = Index::new(&market());
    let counts = |text: &str, installed: &BTreeSet<String>| index.counts(&search(&index, text), installed, 10);
    let all = counts("", &BTreeSet::new());
    let pairs = |all: &[(&str, u32)]| all.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>();
    assert_eq!(all.categories, pairs(&[("Note taking", 2), ("Tasks", 2)]));
    assert_eq!(all.channels, pairs(&[("stable", 2), ("beta", 2)]));
    assert_eq!(all.hosts, pairs(&[("app", 3), ("node-red", 1)]));
    assert_eq!(all.authors, pairs(&[("Mei Lin", 1), ("Mei Wong", 1), ("Ana", 1), ("陈美玲", 1)]));
    assert_eq!(all.states, [(State::Deprecated, 1), (State::Frozen, 1), (State::Held, 1)]);
    let some = counts("author:mei", &["b".to_owned()].into());
    assert_eq!(some.categories, pairs(&[("Note taking", 2), ("Tasks", 1)]));
    assert_eq!(some.states, [(State::Installed, 1)]);
    let found = search(&index, "");
    assert_eq!(index.counts(&found, &BTreeSet::new(), 1).categories, pairs(&[("Note taking", 2)]));
}

#[test]
fn what_stands_in_the_way_is_said() {
    let index = Index::new(&market());
    let loose = |text: &str| {
        let query = Query::parse(text);
        assert!(search(&index, text).is_empty(), "{text}");
        let loose = index.loosened(&query, &BTreeSet::new());
        loose.into_iter().map(|(loose, found)| (loose.text.to_owned(), loose.query, found)).collect::<Vec<_>>()
    };
    let one = |text: &str, query: &str, found| (text.to_owned(), query.to_owned(), found);
    assert_eq!(loose("alpha is:deprecated"), [one("alpha", "is:deprecated", 1), one("is:deprecated", "alpha", 1)]);
    assert_eq!(loose("category:tasks xyz -author:lin"), [one("xyz", "category:tasks -author:lin", 1)]);
    assert_eq!(loose("author:ana author:mei delta"), [one("delta", "author:ana author:mei", 3)]);
    assert!(loose("xyz qqq").is_empty());
}

#[test]
fn pages_are_parts_of_one_order() {
    let index = Index::new(&market());
    let found = index.find(&Query::parse(""), Sort::Name, &BTreeSet::new());
    let whole = ids(&index, &found);
    assert_eq!(whole, ["a", "b", "d", "e", "c"]);
    let pages: Vec<&str> = (0..3).flat_map(|page| found.ids(&index, page * 2, 2).collect::<Vec<_>>()).collect();
    assert_eq!(pages, whole);
    assert_eq!(found.ids(&index, 9, 2).count(), 0);
    assert_eq!((found.position(&index, "d"), found.position(&index, "z")), (Some(2), None));
}

#[test]
fn an_empty_registry() {
    let index = Index::new(&[]);
    assert!(index.is_empty() && search(&index, "").is_empty() && search(&index, "a b author:x host:>=1").is_empty());
    assert!(index.loosened(&Query::parse("a b author:x author:y"), &BTreeSet::new()).is_empty());
}
