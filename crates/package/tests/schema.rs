//! The published JSON Schema of `patchbay.json` says what the reader says.

use patchbay_package::Manifest;
use serde_json::{Map, Value, json};

const SCHEMA: &str = include_str!("../schema/patchbay.schema.json");

fn with(fields: Value) -> Value {
    let mut manifest = json!({ "id": "team.tool", "version": "1.2.3" });
    manifest.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    manifest
}

/// Whether the reader takes it, without knowing nothing of a field.
fn reader_takes(manifest: &Value) -> bool {
    Manifest::parse("patchbay.json", &manifest.to_string()).is_ok_and(|found| found.problems.is_empty())
}

#[test]
fn the_schema_and_the_reader_take_and_refuse_the_same() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let long = "a".repeat(2001);
    let good = [
        with(json!({})),
        with(json!({
            "$schema": "./patchbay.schema.json", "name": "Tool", "description": "Does it.", "author": "Ada", "license": "MIT",
            "homepage": "https://example.com/a?b#c", "repository": "http://example.com", "categories": ["Audio"], "keywords": [],
            "icon": "art/icon.png", "readme": "docs/a.md", "changelog": "NEWS", "main": "dist/index", "hosts": {"app": ">=2 <4"},
            "executables": ["bin/run"], "permissions": ["network"], "platform": "linux-x64"
        })),
        with(json!({ "name": null, "hosts": null, "icon": null, "keywords": null, "platform": null })),
        with(json!({ "platform": "any" })),
        with(json!({ "platform": "web" })),
        with(json!({ "version": "1.0.0-rc.1+build.05" })),
        with(json!({ "id": "a" })),
        with(json!({ "id": "console" })),
    ];
    for manifest in good {
        assert!(reader_takes(&manifest), "the reader refuses {manifest}");
        let said: Vec<_> = validator.iter_errors(&manifest).map(|e| e.to_string()).collect();
        assert!(said.is_empty(), "the schema refuses {manifest}: {said:?}");
    }
    let bad = [
        json!([]),
        json!({ "id": "a" }),
        json!({ "version": "1.0.0" }),
        with(json!({ "id": "My Tool" })),
        with(json!({ "id": "a..b" })),
        with(json!({ "id": "con.fig" })),
        with(json!({ "id": "a".repeat(65) })),
        with(json!({ "version": "1.0" })),
        with(json!({ "version": "v1.0.0" })),
        with(json!({ "version": "1.0.0-01" })),
        with(json!({ "version": 1 })),
        with(json!({ "name": 1 })),
        with(json!({ "name": long })),
        with(json!({ "homepage": "javascript:alert(1)" })),
        with(json!({ "repository": "https://ada:secret@example.com" })),
        with(json!({ "icon": "../icon.png" })),
        with(json!({ "main": "/etc/passwd" })),
        with(json!({ "readme": "a\\b" })),
        with(json!({ "executables": ["/bin/sh"] })),
        with(json!({ "executables": "bin/run" })),
        with(json!({ "keywords": "a, b" })),
        with(json!({ "keywords": vec!["a"; 201] })),
        with(json!({ "hosts": { "app": 2 } })),
        with(json!({ "permissions": [1] })),
        with(json!({ "platform": "Linux" })),
        with(json!({ "licence": "MIT" })),
    ];
    for manifest in bad {
        assert!(!reader_takes(&manifest), "the reader takes {manifest}");
        assert!(!validator.is_valid(&manifest), "the schema takes {manifest}");
    }
}

#[test]
fn every_field_of_the_schema_is_read() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let properties: &Map<String, Value> = schema["properties"].as_object().unwrap();
    for (field, property) in properties {
        assert!(property["description"].as_str().is_some_and(|d| d.ends_with('.')), "“{field}” has no description");
        let manifest = with(json!({ field.as_str(): null }));
        let read = Manifest::parse("patchbay.json", &manifest.to_string());
        let means_nothing = read.is_ok_and(|found| !found.problems.is_empty());
        assert!(!means_nothing, "the reader knows nothing of “{field}”");
    }
}
