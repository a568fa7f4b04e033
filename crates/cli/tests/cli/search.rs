//! `search`: filters among the words, parts of the results, and what stands in the way.

use serde_json::{Value, json};

use crate::support::Computer;

fn with_three() -> Computer {
    let computer = Computer::new();
    for (id, fields) in [
        ("day-timer", json!({ "name": "Day timer", "description": "Counts down", "author": "Mei Lin", "categories": ["time keeping"] })),
        ("night-timer", json!({ "name": "Night timer", "description": "Counts up", "author": "Ana", "categories": ["time keeping"] })),
        ("weather-card", json!({})),
    ] {
        let folder = computer.plugin_with(id, "1.0.0", &fields);
        computer.run(&["publish", &folder]).ok();
    }
    computer
}

fn ids(view: &Value) -> Vec<&str> {
    view["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[test]
fn filters_among_the_words() {
    let computer = with_three();
    for (args, expected) in [
        (vec!["timer", "author:mei"], vec!["day-timer"]),
        (vec!["tmier", "--sort", "name"], vec!["day-timer", "night-timer"]),
        (vec!["--category", "time keeping", "--sort", "name"], vec!["day-timer", "night-timer"]),
        (vec!["timer", "--", "-author:mei"], vec!["night-timer"]),
        (vec!["host:homebridge>=2", "author:ada"], vec!["weather-card"]),
        (vec!["is:installed"], vec![]),
    ] {
        let view = computer.run_with("", &[&["search", "--json"], &args[..]].concat()).json();
        assert_eq!(ids(&view), expected, "{args:?}");
        assert_eq!(view["found"], expected.len(), "{args:?}");
    }
}

#[test]
fn a_part_of_the_results() {
    let computer = with_three();
    let view = computer.json(&["search", "--sort", "name", "--limit", "1", "--offset", "1"]);
    assert_eq!((ids(&view), &view["found"], &view["offset"]), (vec!["night-timer"], &json!(3), &json!(1)));
    let ran = computer.run_with("", &["search", "--sort", "name", "--limit", "2"]).ok();
    assert_eq!(ran.stdout.lines().count(), 3, "{ran:#?}");
    assert_eq!(ran.stderr, "There is more: 2 of 3. Go on with --offset 2.\n");
}

#[test]
fn what_stands_in_the_way_is_said() {
    let computer = with_three();
    let ran = computer.run_with("", &["search", "weather", "author:mei"]).ok();
    assert_eq!(ran.stderr, "Nothing matches.\nWithout weather: 1 plugin.\nWithout author:mei: 1 plugin.\n");
    let ran = computer.run_with("", &["search", "weather", "is:instaled"]).ok();
    assert_eq!(ran.stderr, "is:instaled is no filter, and filters nothing.\n");
    assert!(ran.stdout.contains("weather-card"), "{ran:#?}");
}
