//! Links that open outside, in the person's browser.

use std::collections::BTreeMap;

use patchbay_client::wire::{Code, WireError};
use tauri::Url;

/// Why a link was not opened.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Opening `file:`, `smb:`, `ms-msdt:` and the like can start programs and send credentials away; a README may hold any of them.
    #[error("Only web addresses are opened, and {url:?} is none.")]
    NotWeb {
        /// The link.
        url: String,
    },
    /// The system has no browser, or cannot start it.
    #[error("No browser could be opened for {url}.")]
    NoBrowser {
        /// The link.
        url: Url,
        /// Why.
        source: Box<tauri_plugin_opener::Error>,
    },
}

impl From<LinkError> for WireError {
    fn from(error: LinkError) -> Self {
        let (code, kind, hint, url) = match &error {
            LinkError::NotWeb { url } => (Code::Refused, "link_not_web", "Copy it if you trust it.", url.clone()),
            LinkError::NoBrowser { url, .. } => (Code::Failed, "no_browser", "Copy the address into a browser.", url.to_string()),
        };
        Self { code, kind: kind.into(), message: error.to_string(), hint: Some(hint.into()), data: BTreeMap::from([("url".into(), url)]) }
    }
}

/// Opens an `http` or `https` address.
pub fn open(link: &str) -> Result<(), LinkError> {
    let url = web_address(link)?;
    tauri_plugin_opener::open_url(&url, None::<&str>).map_err(|source| LinkError::NoBrowser { url, source: Box::new(source) })
}

fn web_address(link: &str) -> Result<Url, LinkError> {
    match Url::parse(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(LinkError::NotWeb { url: link.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_opened() {
        for link in ["https://example.org/a?b#c", "http://localhost:8080"] {
            assert!(web_address(link).is_ok(), "{link}");
        }
        for link in
            ["file:///etc/passwd", "javascript:alert(1)", "smb://host/share", "ms-msdt:/id", "mailto:a@b", "/etc/passwd", "--help", ""]
        {
            assert!(web_address(link).is_err(), "{link}");
        }
    }

    #[test]
    fn a_refusal_says_what_and_what_next() {
        let error = WireError::from(web_address("file:///etc/passwd").unwrap_err());
        assert_eq!(error.message, "Only web addresses are opened, and \"file:///etc/passwd\" is none.");
        assert_eq!(error.hint.as_deref(), Some("Copy it if you trust it."));
        assert_eq!((error.code, error.kind.as_str()), (Code::Refused, "link_not_web"));
    }
}
