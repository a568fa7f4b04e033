//! Secrets that stop a publish, and what looks like one and is none. The texts are put together here, so that this file holds
//! nothing that a scanner would find.

use std::{fs, path::Path};

use patchbay_package::{Limits, Secrets, Severity, scan, secrets, secrets::rule_names};

/// Characters that look random, the same in every run.
fn random(alphabet: &str, len: usize) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut state = 0x9e37_79b9_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()]
    };
    (0..len).map(|_| next()).collect()
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &str = "0123456789abcdef";

fn look(files: &[(&str, &[u8])]) -> Secrets {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    secrets(dir.path(), &scan(dir.path(), &Limits::DEFAULT).unwrap())
}

fn names(secrets: &Secrets) -> Vec<String> {
    secrets.found.iter().map(patchbay_package::Secret::name).collect()
}

fn samples() -> Vec<(&'static str, String)> {
    let pem = format!("-----BEGIN {} KEY-----\n{}\n", "RSA PRIVATE", random(ALNUM, 64));
    vec![
        ("private-key", pem.clone()),
        ("private-key", pem.replace('\n', "\\n").replace("RSA ", "")),
        ("aws-access-key", format!("AKIA{}", random(UPPER, 16))),
        ("aws-secret-key", format!("aws_secret_access_key = {}", random(ALNUM, 40))),
        ("azure-storage-key", format!("AccountKey={}==", random(ALNUM, 86))),
        ("google-oauth-secret", format!("GOCSPX-{}", random(ALNUM, 28))),
        ("digitalocean-token", format!("dop_v1_{}", random(HEX, 64))),
        ("github-token", format!("ghp_{}", random(ALNUM, 36))),
        ("github-fine-grained-token", format!("github_pat_{}_{}", random(ALNUM, 22), random(ALNUM, 59))),
        ("gitlab-token", format!("glpat-{}", random(ALNUM, 20))),
        ("npm-token", format!("npm_{}", random(ALNUM, 36))),
        ("npmrc-token", format!("//npm.example.com/:_authToken={}", random(HEX, 36))),
        ("pypi-token", format!("pypi-AgEIcHlwaS5vcmc{}", random(ALNUM, 60))),
        ("slack-token", format!("xoxb-{}-{}", "2345678901", random(ALNUM, 36))),
        ("slack-webhook", format!("https://hooks.slack.com/services/T{}/B{}/{}", random(UPPER, 9), random(UPPER, 9), random(ALNUM, 24))),
        ("discord-webhook", format!("https://discord.com/api/webhooks/902456789012345079/{}", random(ALNUM, 68))),
        ("telegram-token", format!("987204561:AA{}", random(ALNUM, 33))),
        ("stripe-key", format!("sk_live_{}", random(ALNUM, 24))),
        ("openai-key", format!("sk-{}T3BlbkFJ{}", random(ALNUM, 20), random(ALNUM, 20))),
        ("anthropic-key", format!("sk-ant-api03-{}", random(ALNUM, 93))),
        ("sendgrid-key", format!("SG.{}.{}", random(ALNUM, 22), random(ALNUM, 43))),
        ("shopify-token", format!("shpat_{}", random(HEX, 32))),
        ("age-key", format!("AGE-SECRET-KEY-1{}", random("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58))),
        ("google-refresh-token", format!("1//0{}", random(ALNUM, 98))),
        ("huggingface-token", format!("hf_{}", random(&ALNUM[..52], 34))),
        ("mailgun-key", format!("mailgun: 'key-{}'", random(HEX, 32))),
        ("vault-token", format!("hvs.{}", random(ALNUM, 95))),
        ("linear-key", format!("lin_api_{}", random(ALNUM, 40))),
        ("notion-token", format!("ntn_{}{}", "48291750364", random(ALNUM, 35))),
        ("grafana-token", format!("glsa_{}_{}", random(ALNUM, 32), random(HEX, 8))),
        ("atlassian-token", format!("ATATT3{}", random(ALNUM, 186))),
        ("docker-token", format!("dckr_pat_{}", random(ALNUM, 27))),
        ("doppler-token", format!("dp.pt.{}", random(ALNUM, 43))),
    ]
}

/// For each rule something near: a placeholder, another length, a word that begins in the same way.
fn near_misses() -> Vec<(&'static str, String)> {
    vec![
        ("private-key", "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----".into()),
        ("private-key", format!("-----BEGIN CERTIFICATE-----\n{}\n", random(ALNUM, 64))),
        ("age-key", "AGE-SECRET-KEY-1QQPQQPQQP".into()),
        ("aws-access-key", format!("AKIA{}", random(UPPER, 20))),
        ("aws-secret-key", format!("aws_secret_access_key = {}", "A".repeat(40))),
        ("aws-secret-key", format!("secretAccessKey: process.env.{}", "AWS_SECRET_ACCESS_KEY_OF_THE_WHOLE_TEAM1")),
        ("azure-storage-key", format!("AccountKey={}==", "a".repeat(86))),
        ("google-oauth-secret", "GOCSPX-your-client-secret-goes-here".into()),
        ("google-refresh-token", "http://1//0/path".into()),
        ("digitalocean-token", format!("dop_v1_{}", random(HEX, 20))),
        ("github-token", format!("ghp_{}", random(ALNUM, 20))),
        ("github-fine-grained-token", format!("github_pat_{}", "x".repeat(82))),
        ("gitlab-token", format!("glpat-{}", "x".repeat(20))),
        ("npm-token", "npm_config_user_agent_and_other_variables_".into()),
        ("npmrc-token", "//registry.npmjs.org/:_authToken=${NODE_AUTH_TOKEN}".into()),
        ("pypi-token", "pypi-AgEIcHlwaS5vcmc".into()),
        ("slack-token", "xoxb-your-token".into()),
        ("slack-webhook", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX".into()),
        ("discord-webhook", "https://discord.com/api/webhooks/ID/TOKEN".into()),
        ("telegram-token", "123456789:AAexample_token_of_the_documentation".into()),
        ("stripe-key", format!("sk_test_{}", random(ALNUM, 24))),
        ("openai-key", format!("sk-{}", random(ALNUM, 40))),
        ("anthropic-key", "sk-ant-api03-...".into()),
        ("huggingface-token", "hf_hub_download_of_a_repository_name".into()),
        ("sendgrid-key", format!("SG.{}", random(ALNUM, 22))),
        ("mailgun-key", format!("class=\"key-{}\"", random(HEX, 32))),
        ("shopify-token", format!("shpat_{}", "a".repeat(32))),
        ("vault-token", format!("hvs.{}", random(ALNUM, 20))),
        ("linear-key", "lin_api_key".into()),
        ("notion-token", format!("ntn_{}", random(ALNUM, 46))),
        ("grafana-token", format!("glsa_{}", random(ALNUM, 32))),
        ("atlassian-token", format!("ATATT3{}", random(ALNUM, 40))),
        ("docker-token", "dckr_pat_xxxxxxxxxxxxxxxxxxxxxxxxxxx".into()),
        ("doppler-token", "dp.pt.token".into()),
        ("password-in-settings", format!("const token = '{}';", random(ALNUM, 32))),
        ("env-file", "API_URL=http://localhost:3000".into()),
    ]
}

#[test]
fn every_rule_has_something_that_it_finds_and_something_near_that_it_does_not() {
    // These two need a file of a certain name: `settings_and_env_files`.
    let by_file = ["password-in-settings", "env-file"];
    for rule in rule_names() {
        assert!(by_file.contains(&rule) || samples().iter().any(|(name, _)| *name == rule), "nothing shows what {rule} finds");
        assert!(near_misses().iter().any(|(name, _)| *name == rule), "nothing shows what {rule} leaves alone");
    }
    for (rule, text) in near_misses() {
        assert_eq!(names(&look(&[("a.js", text.as_bytes())])), [""; 0], "{rule}: {text}");
    }
}

#[test]
fn every_kind_is_found_with_file_line_and_rule_and_never_repeated() {
    for (rule, secret) in samples() {
        let file = format!("// one\n// two\nconst x = \"{secret}\";\n");
        let text = if rule == "npmrc-token" || rule == "aws-secret-key" { format!("a\nb\n{secret}\n") } else { file };
        let found = look(&[("lib/main.js", text.as_bytes())]);
        assert_eq!(names(&found), [format!("{rule}:lib/main.js:3")], "{rule}");
        let problem = &found.problems(&[])[0];
        assert_eq!((problem.severity, problem.kind, problem.file.as_deref()), (Severity::Error, "secret", Some("lib/main.js")));
        assert_eq!(problem.message, format!("Line 3 of “lib/main.js” holds what looks like a secret ({rule})."));
        let everything = format!("{found:?}{problem:?}");
        assert!(!everything.contains(&secret[secret.len() - 12..]), "the secret itself was said");
    }
}

#[test]
fn what_only_looks_like_one() {
    for text in [
        "if (pem.startsWith('-----BEGIN PRIVATE KEY-----')) return;",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAabcd",
        "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "//registry.example.com/:_authToken=${NPM_TOKEN}",
        "sk_live_your_key_goes_here_please",
        "const npm_config_registry_for_the_whole_company = 1",
        "hf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert_eq!(names(&look(&[("a.js", text.as_bytes())])), [""; 0], "{text}");
    }
    let token = format!("ghp_{}", random(ALNUM, 36));
    let binary = [b"\0\x01".as_slice(), token.as_bytes()].concat();
    assert_eq!(names(&look(&[("a.bin", &binary)])), [""; 0], "not text");
}

#[test]
fn settings_and_env_files() {
    let value = random(ALNUM, 32);
    let line = format!("# a comment\nHOST=example.com\nAPI_TOKEN={value}\n");
    // `!.env` in .patchbayignore is what brings it in.
    let found =
        look(&[(".patchbayignore", b"!.env\n"), (".env", line.as_bytes()), ("a.js", line.as_bytes()), ("conf/app.ini", line.as_bytes())]);
    assert_eq!(names(&found), ["env-file:.env:2", "password-in-settings:.env:3", "password-in-settings:conf/app.ini:3"]);
    let empty = look(&[(".patchbayignore", b"!.env\n"), (".env", b"TOKEN=\n# A=1\nB=\"\"\n"), (".env.example", b"TOKEN=abc\n")]);
    assert_eq!(names(&empty), [""; 0]);
}

#[test]
fn each_is_allowed_alone_and_by_its_name() {
    let (a, b) = (format!("ghp_{}", random(ALNUM, 36)), format!("npm_{}", random(ALNUM, 36)));
    let found = look(&[("a.js", format!("{a} {b} {a}\n{a}").as_bytes())]);
    assert_eq!(names(&found), ["github-token:a.js:1", "github-token:a.js:1#2", "npm-token:a.js:1", "github-token:a.js:2"]);
    let allowed = ["github-token:a.js:1".to_owned(), "github-token:a.js".to_owned(), "github-token:*".to_owned()];
    let said: Vec<_> = found.problems(&allowed).into_iter().map(|p| (p.severity, p.kind, p.data["name"].clone())).collect();
    assert_eq!(
        said,
        [
            (Severity::Warning, "secret_allowed", "github-token:a.js:1".to_owned()),
            (Severity::Error, "secret", "github-token:a.js:1#2".to_owned()),
            (Severity::Error, "secret", "npm-token:a.js:1".to_owned()),
            (Severity::Error, "secret", "github-token:a.js:2".to_owned()),
            (Severity::Warning, "secret_not_found", "github-token:a.js".to_owned()),
            (Severity::Warning, "secret_not_found", "github-token:*".to_owned()),
        ]
    );
}

#[test]
fn in_a_large_file_across_the_pieces_and_in_one_endless_line() {
    let token = format!("ghp_{}", random(ALNUM, 36));
    for at in [(256 << 10) - 20, (256 << 10) - 60, (512 << 10) - 4096 - 5, 700_000] {
        let mut text = vec![b' '; at];
        text.extend(format!("\"{token}\"").bytes());
        text.extend(vec![b'x'; 300_000]);
        assert_eq!(names(&look(&[("a.js", &text)])), ["github-token:a.js:1"], "{at}");
    }
    let lines = "x\n".repeat(400_000) + &token;
    assert_eq!(names(&look(&[("a.js", lines.as_bytes())])), ["github-token:a.js:400001"]);
}

#[test]
#[cfg(unix)]
fn a_file_that_cannot_be_read_stops_the_publish() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.js"), "x").unwrap();
    let contents = scan(dir.path(), &Limits::DEFAULT).unwrap();
    fs::remove_file(dir.path().join("a.js")).unwrap();
    let problems = secrets(Path::new(dir.path()), &contents).problems(&[]);
    assert_eq!((problems[0].severity, problems[0].message.as_str()), (Severity::Error, "“a.js” cannot be read: it is not there."));
}
