//! What becomes of the texts, links and paths in a manifest.

use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::{PathError, check_path, path::is_bidi};

/// A text in one line: spaces and control characters become single spaces. Characters that turn the direction of text are
/// dropped, because a name could otherwise rewrite what stands around it (CVE-2021-42574).
pub(super) fn one_line(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !is_bidi(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A path as authors write it (`./bin/run`, in any normalization form) in the form that packages use.
pub(super) fn path(written: &str) -> Result<String, PathError> {
    let path: String = written.strip_prefix("./").unwrap_or(written).nfc().collect();
    check_path(&path)?;
    Ok(path)
}

/// An address that can be offered to click: http or https, and no user name or password in it. Anything else could run
/// something (`javascript:`, `file:`) or publish a credential.
pub(super) fn link(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (web && url.username().is_empty() && url.password().is_none()).then(|| url.into())
}

/// The https address of a repository in any of the forms that npm knows (docs.npmjs.com, package.json, “repository”).
pub(super) fn repository(text: &str) -> Option<String> {
    let text = text.trim();
    for (shorthand, host) in [("github:", "github.com"), ("gitlab:", "gitlab.com"), ("bitbucket:", "bitbucket.org")] {
        if let Some(path) = text.strip_prefix(shorthand) {
            return link(&format!("https://{host}/{}", bare(path)));
        }
    }
    if let Some(path) = text.strip_prefix("git@").and_then(|t| t.split_once(':')) {
        return known_host(path.0).then(|| link(&format!("https://{}/{}", path.0, bare(path.1)))).flatten();
    }
    if !text.contains(':') {
        let owner_and_name = text.split('/').filter(|part| !part.is_empty()).count() == 2;
        return (owner_and_name && !text.starts_with(['/', '.'])).then(|| link(&format!("https://github.com/{}", bare(text)))).flatten();
    }
    let url = Url::parse(text.strip_prefix("git+").unwrap_or(text)).ok()?;
    match url.scheme() {
        "http" | "https" => link(bare(text.strip_prefix("git+").unwrap_or(text))),
        // These hosts serve the same repository as a page.
        "git" | "ssh" => {
            let host = url.host_str().filter(|h| known_host(h))?;
            link(&format!("https://{host}{}", bare(url.path())))
        }
        _ => None,
    }
}

fn known_host(host: &str) -> bool {
    matches!(host, "github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org")
}

fn bare(path: &str) -> &str {
    path.strip_suffix(".git").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        assert_eq!(link("https://example.com/a?b#c").as_deref(), Some("https://example.com/a?b#c"));
        for bad in ["javascript:alert(1)", "file:///etc/passwd", "example.com", "https://u:p@example.com/", "data:text/html,x", "http://"] {
            assert_eq!(link(bad), None, "{bad}");
        }
        assert_eq!(link("https://example.com/\"onclick=\"x").as_deref(), Some("https://example.com/%22onclick=%22x"));
    }

    #[test]
    fn repositories() {
        let github = Some("https://github.com/u/r".to_owned());
        for form in [
            "https://github.com/u/r",
            "git+https://github.com/u/r.git",
            "git://github.com/u/r.git",
            "ssh://git@github.com/u/r.git",
            "git+ssh://git@github.com/u/r.git",
            "git@github.com:u/r.git",
            "github:u/r",
            "u/r",
        ] {
            assert_eq!(repository(form), github, "{form}");
        }
        assert_eq!(repository("gitlab:u/r").as_deref(), Some("https://gitlab.com/u/r"));
        for none in ["", "r", "../r", "/a/b", "gist:11081aaa281", "https://token@github.com/u/r", "git://intranet/u/r.git", "file:///srv/r"]
        {
            assert_eq!(repository(none), None, "{none}");
        }
    }

    #[test]
    fn one_line_of_text() {
        assert_eq!(one_line("  a\n\tb\u{202e}c \u{7} "), "a bc");
    }
}
