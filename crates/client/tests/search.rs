//! Searching the local copy: what is found, in pages and with chips; and that the index follows the catalogue and the statistics.

use std::{fs, sync::Arc};

use patchbay_client::{
    App, Environment, Home, MemoryKeychain,
    wire::{BrowseRequest, BrowseView, FilterKind, JobState, PublishRequest, SortBy, UnclearFilter},
};
use tempfile::TempDir;

use crate::support::{count, crowd};

fn app(folder: &TempDir) -> App {
    let environment = Environment::default().with("USER", "mei");
    let home = Home::open(Some(folder.path()), &environment).unwrap();
    App::new(home, environment, Arc::new(MemoryKeychain::default()), Arc::new(jiff::Timestamp::now)).unwrap()
}

async fn publish(app: &App, folder: &TempDir, id: &str, card: &str) {
    let path = folder.path().join("plugins").join(id);
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("patchbay.json"), format!(r#"{{"id":"{id}","version":"1.0.0",{card}}}"#)).unwrap();
    fs::write(path.join("main.js"), "module.exports = 1\n").unwrap();
    let request = PublishRequest { path: path.display().to_string(), ..PublishRequest::default() };
    let job = app.publish(None, request).await.unwrap();
    let status = app.wait_job(&job.id).await.unwrap().status;
    assert!(matches!(status, JobState::Done { .. }), "{id}: {status:?}");
}

async fn three(app: &App, folder: &TempDir) {
    publish(app, folder, "planner", r#""name":"Day planner","description":"Beside your calendar.","author":"Ana""#).await;
    publish(app, folder, "calendar", r#""name":"Calendar","author":"Mei Lin","categories":["time"],"hosts":{"app":"^1.2"}"#).await;
    publish(app, folder, "rili", r#""name":"农历日历","description":"Éphéméride","hosts":{"app":"<1"}"#).await;
}

async fn browse(app: &App, request: BrowseRequest) -> BrowseView {
    app.browse(None, &request).await.unwrap()
}

fn ids(view: &BrowseView) -> Vec<&str> {
    view.rows.iter().map(|card| card.id.as_str()).collect()
}

#[tokio::test]
async fn words_typos_and_filters_over_a_catalogue_that_changes() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    three(&app, &folder).await;
    for (query, expected) in [
        // The name before the description, the beginning as it is typed, a typo; accents, and a part of a Chinese word.
        ("calendar", vec!["calendar", "planner"]),
        ("cal", vec!["calendar", "planner"]),
        ("calnedar", vec!["calendar", "planner"]),
        ("CALENDÁR", vec!["calendar", "planner"]),
        ("ephem", vec!["rili"]),
        ("日", vec!["rili"]),
        // Every word has to be somewhere.
        ("calendar 日", vec![]),
        ("author:mei", vec!["calendar"]),
        ("cal -author:mei", vec!["planner"]),
        ("category:time", vec!["calendar"]),
        ("host:>=1.4", vec!["calendar"]),
        ("channel:stable cal", vec!["calendar", "planner"]),
        ("is:deprecated", vec![]),
        // Patchbay installs nothing.
        ("is:installed", vec![]),
    ] {
        let view = browse(&app, BrowseRequest::of(query)).await;
        assert_eq!(ids(&view), expected, "{query}");
        assert_eq!((view.found as usize, view.total), (expected.len(), 3));
    }
    // What is published is found by the next search, and pages of before are of another edition.
    let before = browse(&app, BrowseRequest::of("weather")).await;
    assert_eq!(before.found, 0);
    publish(&app, &folder, "weather", r#""name":"Weather""#).await;
    let after = browse(&app, BrowseRequest::of("weather")).await;
    assert_eq!(ids(&after), ["weather"]);
    assert_ne!(before.edition, after.edition);
    assert!(after.synced_at.is_some() && !after.counted);
}

#[tokio::test]
async fn pages_and_where_a_plugin_stands() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    assert_eq!(browse(&app, BrowseRequest::of("")).await.total, 0);
    three(&app, &folder).await;
    let page = |offset, limit| BrowseRequest { sort: SortBy::Name, offset, limit, locate: Some("rili".into()), ..BrowseRequest::default() };
    let first = browse(&app, page(0, 2)).await;
    assert_eq!((ids(&first), first.found, first.located), (vec!["calendar", "planner"], 3, Some(2)));
    let second = browse(&app, page(2, 2)).await;
    assert_eq!((ids(&second), second.offset, second.edition), (vec!["rili"], 2, first.edition));
    assert!(browse(&app, page(9, 2)).await.rows.is_empty());
    // The latest change first, with and without being asked: nobody counts.
    for sort in [SortBy::Updated, SortBy::Relevance, SortBy::Popularity] {
        let view = browse(&app, BrowseRequest { sort, ..BrowseRequest::of("") }).await;
        assert_eq!(view.found, 3, "{sort:?}");
        assert!(view.rows.is_sorted_by(|a, b| a.updated >= b.updated), "{sort:?}");
    }
}

#[tokio::test]
async fn chips_are_queries() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    three(&app, &folder).await;
    let view = browse(&app, BrowseRequest::of("cal category: is:instaled")).await;
    let chips: Vec<_> = view.chips.iter().map(|chip| (chip.kind, chip.value.as_str(), chip.count, chip.query.as_str())).collect();
    // All are on stable, and nothing is installed: neither would narrow the results.
    assert_eq!(
        chips,
        [
            (FilterKind::Category, "time", 1, "cal is:instaled category:time"),
            (FilterKind::Host, "app", 1, "cal category: is:instaled host:app"),
            (FilterKind::Author, "Mei Lin", 1, "cal category: is:instaled author:\"Mei Lin\""),
            (FilterKind::Author, "Ana", 1, "cal category: is:instaled author:Ana"),
        ]
    );
    let filters: Vec<_> = view.filters.iter().map(|filter| (filter.text.as_str(), filter.unclear, filter.query.as_str())).collect();
    let unclear =
        [("category:", Some(UnclearFilter::Empty), "cal is:instaled"), ("is:instaled", Some(UnclearFilter::State), "cal category:")];
    assert_eq!(filters, unclear);
    for chip in &view.chips {
        assert_eq!(browse(&app, BrowseRequest::of(&chip.query)).await.found, chip.count, "{}", chip.query);
    }
    // Where nothing is found, what stands in the way is said.
    let none = browse(&app, BrowseRequest::of("planner category:time")).await;
    let looser: Vec<_> = none.looser.iter().map(|looser| (looser.text.as_str(), looser.found, looser.query.as_str())).collect();
    assert_eq!(looser, [("planner", 1, "category:time"), ("category:time", 1, "planner")]);
}

#[tokio::test]
async fn what_is_wanted_stands_first_where_somebody_counts() {
    let folder = TempDir::new().unwrap();
    let first = app(&folder);
    three(&first, &folder).await;
    browse(&first, BrowseRequest::of("")).await;
    count(&first, "{\"id\":\"planner\",\"downloads\":900,\"stars\":3}\n{\"id\":\"rili\",\"downloads\":7}\n{\"id\":\"gone\"}\n");
    assert!(first.sync(None).await.unwrap().changed);
    let view = browse(&first, BrowseRequest::of("")).await;
    assert_eq!((ids(&view), view.counted), (vec!["planner", "rili", "calendar"], true));
    assert_eq!(view.rows.iter().map(|card| card.downloads).collect::<Vec<_>>(), [Some(900), Some(7), None]);
    // Other counts are another order, and the next start knows them without asking.
    count(&first, "{\"id\":\"rili\",\"downloads\":70}\n");
    first.sync(None).await.unwrap();
    let second = app(&folder);
    assert_eq!(ids(&browse(&second, BrowseRequest::of("")).await)[0], "rili");
    // Counts that are not what the head names give no order, and nothing fails.
    count(&first, "damaged");
    assert_eq!(first.sync(None).await.unwrap().stale, None);
    let view = browse(&first, BrowseRequest::of("")).await;
    assert_eq!((view.found, view.counted), (3, false));
}

#[tokio::test]
async fn among_many_a_search_answers_at_once_and_says_what_it_lacks() {
    let folder = TempDir::new().unwrap();
    let app = app(&folder);
    publish(&app, &folder, "timer", r#""name":"Timer""#).await;
    crowd(&app, 2_000);
    app.sync(None).await.unwrap();
    let all = browse(&app, BrowseRequest::of("")).await;
    assert_eq!((all.total, all.found, all.behind), (2_000, 2_000, false), "the first search waits: nothing could serve meanwhile");
    publish(&app, &folder, "zyzzyva", r#""name":"Zyzzyva""#).await;
    let waited = browse(&app, BrowseRequest { wait: true, ..BrowseRequest::of("zyzzyva") }).await;
    assert_eq!((ids(&waited), waited.behind), (vec!["zyzzyva"], false));
    // A program that starts now reads the index that was kept before that.
    let next = self::app(&folder);
    let behind = browse(&next, BrowseRequest::of("zyzzyva")).await;
    assert_eq!((behind.found, behind.total, behind.behind), (0, 2_001, true));
    let waited = browse(&next, BrowseRequest { wait: true, ..BrowseRequest::of("zyzzyva") }).await;
    assert_eq!((ids(&waited), waited.behind), (vec!["zyzzyva"], false));
    assert_ne!(behind.edition, waited.edition);
}
