//! What a `.vsix` says about itself: `extension.vsixmanifest`, an XML file whose `Identity` has the platform.

use super::{VSIX, is_platform, said::Said};
use crate::Problem;

/// Adds the platform, and says when the package was made of another `package.json`.
pub(super) fn add(said: &mut Said, text: &str) {
    let Some(identity) = element(text, "Identity") else { return };
    match attribute(identity, "TargetPlatform").as_deref() {
        None | Some("" | "universal" | "undefined" | "unknown") => {}
        Some(platform) if is_platform(platform) => {
            said.platform = Some(platform.to_owned());
            said.key("platform", "TargetPlatform in extension.vsixmanifest");
        }
        Some(_) => {}
    }
    if let (Some(Ok(version)), Some(other)) = (&said.version, attribute(identity, "Version"))
        && version.to_string() != other
    {
        let file = said.file;
        let message = format!("The version is {version} in {file} and {other} in {VSIX}.");
        let problem = Problem::warning("version_disagrees", message, "Make the .vsix again.").stopping().in_file(VSIX);
        said.problems.push(problem.with("version", version).with("other", &other).with("file", file).with("other_file", VSIX));
    }
}

/// The text of a start tag. This reads two attributes of a file that a tool wrote; it is no XML reader.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(name)
            && after.starts_with(char::is_whitespace)
        {
            return after.split('>').next();
        }
    }
    None
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().next_back();
        rest = &rest[at + name.len()..];
        if let Some(value) = rest.trim_start().strip_prefix('=')
            && before.is_some_and(char::is_whitespace)
        {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return value[1..].split(quote).next().map(Into::into);
        }
    }
}
