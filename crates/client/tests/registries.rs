//! The registries that a person knows.

use std::{fs, path::Path};

use patchbay_client::{
    files::FileError,
    home::Home,
    registries::{Place, Profile, Profiles, RegistriesError},
    wire::{Access, Code, CredentialSource, RegistryInput, RegistryKind, WireError},
};

fn home() -> (tempfile::TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    (folder, home)
}

fn s3(name: &str) -> RegistryInput {
    RegistryInput {
        name: name.into(),
        bucket: Some("plugins".into()),
        prefix: None,
        endpoint: None,
        region: None,
        url: None,
        credentials: CredentialSource::Keychain,
        create: false,
    }
}

fn public(name: &str, url: &str) -> RegistryInput {
    RegistryInput { bucket: None, url: Some(url.into()), credentials: CredentialSource::None, ..s3(name) }
}

fn refused(input: &RegistryInput) -> WireError {
    Profile::try_from(input).unwrap_err().into()
}

#[test]
fn registries_come_back_as_they_were_added() {
    let (_folder, home) = home();
    assert!(matches!(Profiles::load(&home).unwrap().get(None), Err(RegistriesError::NoneYet)));
    let full = RegistryInput {
        prefix: Some("/team/plugins/".into()),
        endpoint: Some("https://s3.example.com:9000".into()),
        region: Some("eu-central-1".into()),
        credentials: CredentialSource::Profile { name: "work".into() },
        ..s3("main")
    };
    Profiles::change(&home, |profiles| {
        profiles.add(Profile::try_from(&full)?)?;
        profiles.add(Profile::try_from(&public("mirror", "https://cdn.example.com/plugins"))?)?;
        profiles.add(Profile::embedded("local")?)
    })
    .unwrap();
    let profiles = Profiles::load(&home).unwrap();
    assert_eq!(profiles.get(None).unwrap().name, "main", "the first becomes the default");
    assert!(
        matches!(&profiles.get(Some("mirror")).unwrap().place, Place::Http { url } if url.as_str() == "https://cdn.example.com/plugins/")
    );
    let views = profiles.views(Path::new("/data/registry"));
    insta::assert_json_snapshot!(views);
    insta::assert_snapshot!(fs::read_to_string(home.registries()).unwrap());
}

#[test]
fn the_default_is_always_one_that_is_known() {
    let (_folder, home) = home();
    Profiles::change(&home, |profiles| {
        for name in ["a", "b", "c"] {
            profiles.add(Profile::try_from(&s3(name))?)?;
        }
        profiles.set_default("b")
    })
    .unwrap();
    assert_eq!(Profiles::load(&home).unwrap().default_name(), Some("b"));
    let removed = Profiles::change(&home, |profiles| profiles.remove("b")).unwrap();
    assert_eq!(removed.name, "b");
    assert_eq!(Profiles::load(&home).unwrap().default_name(), Some("a"));
    let error = WireError::from(Profiles::change(&home, |profiles| profiles.set_default("b")).unwrap_err());
    assert_eq!((error.code, error.message.as_str()), (Code::NotFound, "No registry called `b` is known."));
    assert_eq!(error.hint.as_deref(), Some("Known are: a, c."));
}

#[test]
fn a_name_is_taken_once() {
    let (_folder, home) = home();
    Profiles::change(&home, |profiles| profiles.add(Profile::try_from(&s3("a"))?)).unwrap();
    let before = fs::read(home.registries()).unwrap();
    let error = WireError::from(Profiles::change(&home, |profiles| profiles.add(Profile::try_from(&s3("a"))?)).unwrap_err());
    assert_eq!((error.code, error.message.as_str()), (Code::Conflict, "A registry called `a` is already known."));
    assert_eq!(fs::read(home.registries()).unwrap(), before);
}

#[test]
fn names_that_are_none() {
    for name in ["", "A", "a b", "-a", "a-", "a--b", "ä", "a/b", "..", "con", "com1", "a_b", &"a".repeat(65)] {
        assert_eq!(refused(&s3(name)).kind, "registry_name_invalid", "{name:?}");
    }
    for name in ["a", "0", "a-b-1", "console", &"a".repeat(64)] {
        assert!(Profile::try_from(&s3(name)).is_ok(), "{name:?}");
    }
}

#[test]
fn input_that_makes_no_sense_gets_a_sentence() {
    let bucket = |bucket: &str| RegistryInput { bucket: Some(bucket.into()), ..s3("a") };
    let prefix = |prefix: &str| RegistryInput { prefix: Some(prefix.into()), ..s3("a") };
    let endpoint = |endpoint: &str| RegistryInput { endpoint: Some(endpoint.into()), ..s3("a") };
    let with = |credentials| RegistryInput { credentials, ..s3("a") };
    let cases = [
        ("no place", RegistryInput { bucket: None, ..s3("a") }),
        ("two places", RegistryInput { bucket: Some("b".into()), ..public("a", "https://e.example") }),
        ("empty bucket", bucket("  ")),
        ("bucket with scheme", bucket("s3://plugins")),
        ("bucket with dots", bucket("a..b")),
        ("prefix that climbs", prefix("a/../b")),
        ("prefix with an empty part", prefix("a//b")),
        ("region", RegistryInput { region: Some("eu west".into()), ..s3("a") }),
        ("endpoint without scheme", endpoint("s3.example.com")),
        ("endpoint of another kind", endpoint("ftp://s3.example.com")),
        ("endpoint with a path", endpoint("https://s3.example.com/plugins")),
        ("URL and region", RegistryInput { region: Some("x".into()), ..public("a", "https://e.example") }),
        ("URL and credentials", RegistryInput { credentials: CredentialSource::Keychain, ..public("a", "https://e.example") }),
        ("bucket without credentials", with(CredentialSource::None)),
        ("bucket with the embedded key", with(CredentialSource::Embedded)),
    ];
    let told: Vec<_> = cases
        .iter()
        .map(|(case, input)| (*case, refused(input)))
        .map(|(case, e)| format!("{case}: {} {}", e.message, e.hint.unwrap()))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert!(cases.iter().all(|(_, input)| refused(input).code == Code::Usage));
}

#[test]
fn an_address_with_a_secret_is_refused_and_not_repeated() {
    for (address, part) in [
        ("https://ada:canary@e.example", "user name or password"),
        ("https://canary@e.example", "user name or password"),
        ("https://e.example/?X-Amz-Signature=canary", "query"),
        ("https://e.example/#canary", "fragment"),
    ] {
        for input in [public("a", address), RegistryInput { endpoint: Some(address.into()), ..s3("a") }] {
            let error = refused(&input);
            assert_eq!((error.kind.as_str(), error.data["part"].as_str()), ("url_with_secret", part));
            assert!(!serde_json::to_string(&error).unwrap().contains("canary"));
        }
    }
    // What cannot be parsed may still hold one.
    let error = refused(&public("a", "https://ada:canary@:x"));
    assert_eq!(error.message, "The URL is not an address that begins with https:// or http://.");
    assert!(!serde_json::to_string(&error).unwrap().contains("canary"));
    let error = "AKIA:canary".parse::<CredentialSource>().unwrap_err();
    assert!(!format!("{error}{error:?}").contains("canary"));
}

#[test]
fn sources_of_credentials_as_they_are_typed() {
    assert_eq!("keychain".parse::<CredentialSource>().unwrap(), CredentialSource::Keychain);
    assert_eq!("environment".parse::<CredentialSource>().unwrap(), CredentialSource::Environment);
    assert_eq!("profile:my work".parse::<CredentialSource>().unwrap(), CredentialSource::Profile { name: "my work".into() });
    for wrong in ["", "profile:", "profile", "Keychain", "none", "embedded"] {
        let error = WireError::from(wrong.parse::<CredentialSource>().unwrap_err());
        assert_eq!(error.hint.as_deref(), Some("Choose `keychain`, `environment` or `profile:NAME`."), "{wrong}");
    }
}

#[test]
fn a_probe_counts_for_the_place_that_was_probed() {
    let mut profile = Profile::try_from(&s3("a")).unwrap();
    assert_eq!(profile.access(), Access::Unknown);
    profile.remember(Access::ReadWrite);
    assert_eq!(profile.access(), Access::ReadWrite);
    let Place::S3 { bucket, .. } = &mut profile.place else { panic!("it is a bucket") };
    bucket.push_str("-other");
    assert_eq!(profile.access(), Access::Unknown);
    profile.remember(Access::ReadWrite);
    profile.remember(Access::Unknown);
    assert_eq!(profile.probe, None);
    let mirror = Profile::try_from(&public("m", "https://cdn.example.com")).unwrap();
    let Access::ReadOnly { reason } = mirror.access() else { panic!("a public URL is read-only") };
    assert_eq!((reason.code, reason.message.as_str()), (Code::Refused, "cdn.example.com is a public URL, which can only be read."));
    assert_eq!(Profile::embedded("local").unwrap().access(), Access::ReadWrite);
}

#[test]
fn what_a_newer_program_wrote_is_kept_or_left_alone() {
    let (_folder, home) = home();
    let text = r#"{"version":1,"theirs":{"a":1},"registries":[{"name":"a","place":{"kind":"embedded"},"credentials":{"source":"embedded"},"colour":"red"}]}"#;
    fs::write(home.registries(), text).unwrap();
    Profiles::change(&home, |profiles| {
        profiles.get_mut("a")?.identity = Some("me".into());
        Ok(())
    })
    .unwrap();
    let written: serde_json::Value = serde_json::from_slice(&fs::read(home.registries()).unwrap()).unwrap();
    assert_eq!((&written["theirs"]["a"], &written["registries"][0]["colour"]), (&1.into(), &"red".into()));
    assert_eq!(written["registries"][0]["identity"], "me");

    let newer = r#"{"version":2,"registries":"elsewhere"}"#;
    fs::write(home.registries(), newer).unwrap();
    let error = Profiles::change(&home, |profiles| profiles.add(Profile::embedded("b")?)).unwrap_err();
    assert!(matches!(error, RegistriesError::File(FileError::Newer { found: 2, known: 1, .. })), "{error}");
    assert_eq!(WireError::from(error).hint.as_deref(), Some("Update Patchbay."));
    assert_eq!(fs::read_to_string(home.registries()).unwrap(), newer);
}

#[test]
fn a_damaged_file_is_named_and_left_alone() {
    let (_folder, home) = home();
    let damaged = [
        "",
        "{",
        "[]",
        r#"{"version":1,"registries":[{"name":"a"}]}"#,
        // Edited by hand: the same checks as for what is typed.
        "{\"version\":1,\"registries\":[\n{\"name\":\"a\",\"credentials\":{\"source\":\"none\"},\"place\":{\"kind\":\"http\",\"url\":\"https://u:canary@e.example\"}}]}",
    ];
    for text in damaged {
        fs::write(home.registries(), text).unwrap();
        let error = WireError::from(Profiles::load(&home).unwrap_err());
        assert_eq!(error.kind, "file_damaged", "{text}");
        let said = format!("{} is damaged at line ", home.registries().display());
        assert!(error.message.starts_with(&said) && !error.message.contains("canary"), "{}", error.message);
        assert!(Profiles::change(&home, |profiles| profiles.add(Profile::embedded("b")?)).is_err());
        assert_eq!(fs::read_to_string(home.registries()).unwrap(), text);
    }
}

#[test]
fn many_writers_at_once_lose_nothing() {
    let (_folder, home) = home();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let home = &home;
            scope.spawn(move || {
                for n in 0..5 {
                    Profiles::change(home, |profiles| profiles.add(Profile::try_from(&s3(&format!("w{writer}-{n}")))?)).unwrap();
                }
            });
        }
    });
    assert_eq!(Profiles::load(&home).unwrap().iter().count(), 40);
}

#[test]
fn the_key_of_the_local_copy_is_the_registry_itself() {
    let mut profile = Profile::try_from(&s3("a")).unwrap();
    assert_eq!((profile.key(), profile.kind()), ("a", RegistryKind::S3));
    profile.registry_id = Some("0d9c1f6e".into());
    assert_eq!(profile.key(), "0d9c1f6e");
}
