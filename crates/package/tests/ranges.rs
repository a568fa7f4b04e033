//! Ranges of real npm packages, and some odd ones, against what node's own semver says of them (`scripts/ranges.mjs`).

use patchbay_package::{Range, Version};
use serde_json::Value;

/// The single checks in which Patchbay is meant to say something else than node, and why: the range, what is asked of it, and of what.
const DIFFERENT: [(&str, &str, &str, &str); 5] = [
    (">=1.2.3, <2", "parse", "", "Cargo's comma is read as a space; npm refuses the range"),
    ("9007199254740991", "parse", "", "npm cannot count to the end of it"),
    // These hold nothing; node says that they meet `*` all the same.
    ("<*", "meets", "*", "nothing meets nothing"),
    (">x", "meets", "*", "nothing meets nothing"),
    ("<0.0.0-0", "meets", "*", "nothing meets nothing"),
];

#[test]
fn what_node_says_of_real_ranges() {
    let all: Value = serde_json::from_str(include_str!("ranges/npm.json")).unwrap();
    let texts = |value: &Value| value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let versions: Vec<Version> = texts(&all[1]).iter().map(|v| Version::parse(v).unwrap()).collect();
    let pairs: Vec<Range> = texts(&all[2]).iter().map(|v| Range::parse(v).unwrap()).collect();
    let cases = all[3].as_array().unwrap();
    assert!(cases.len() > 400, "the fixture is not what it was");
    let bits = |bits: &mut dyn Iterator<Item = bool>| bits.map(|bit| if bit { '1' } else { '0' }).collect::<String>();
    let mut wrong: Vec<(String, &str, String)> = Vec::new();
    for case in cases {
        let (text, expected) = (case[0].as_str().unwrap(), &case[1]);
        let (Ok(range), false) = (Range::parse(text), expected.is_null()) else {
            if Range::parse(text).is_ok() == expected.is_null() {
                wrong.push((text.to_owned(), "parse", String::new()));
            }
            continue;
        };
        for (what, said) in [
            ("matches", bits(&mut versions.iter().map(|v| range.matches(v)))),
            ("allows", bits(&mut versions.iter().map(|v| range.allows(v)))),
            ("meets", bits(&mut pairs.iter().map(|pair| range.meets(pair)))),
        ] {
            let meant = expected[what].as_str().unwrap();
            assert_eq!(meant.len(), said.len(), "{text} {what}");
            let at = meant.bytes().zip(said.bytes()).enumerate().filter(|(_, (a, b))| a != b).map(|(at, _)| at);
            wrong.extend(at.map(|at| {
                let of = if what == "meets" { all[2][at].as_str().unwrap().to_owned() } else { versions[at].to_string() };
                (text.to_owned(), what, of)
            }));
        }
    }
    wrong.sort_unstable();
    let mut meant: Vec<_> = DIFFERENT.iter().map(|(text, what, of, _)| ((*text).to_owned(), *what, (*of).to_owned())).collect();
    meant.sort_unstable();
    // Both ways: a difference that is gone is not in the list any more.
    assert_eq!(wrong, meant);
}

#[test]
fn what_is_read_differently_on_purpose() {
    let comma = Range::parse(">=1.2.3, <2").unwrap();
    assert!(comma.matches(&Version::new(1, 9, 0)) && !comma.matches(&Version::new(2, 0, 0)));
    // Cargo would read these as ^1.2 and ^1.2.3; authors of plugins mean what npm means.
    assert!(!Range::parse("1.2").unwrap().matches(&Version::new(1, 3, 0)));
    assert!(!Range::parse("1.2.3").unwrap().matches(&Version::new(1, 2, 4)));
    for (text, part) in [("latest", "latest"), (">=1 || next", "next"), ("1.2.3 -", "1.2.3 -"), ("=>1.2", "=>1.2")] {
        let said = Range::parse(text).unwrap_err().to_string();
        assert!(said.contains(&format!("“{part}” does not belong in one")), "{said}");
    }
    assert!(Range::parse(&"1 ".repeat(2_000)).is_err());
}
