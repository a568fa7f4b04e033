//! From a `package.json` to the hosts that a plugin works with.

use serde_json::{Map, Value};

use super::{
    Fields, pipe,
    said::{Ecosystem, Said},
    text,
};

/// Fills in hosts, and says for which program the package was written.
pub(super) fn fill(fields: &mut Fields, said: &mut Said, npm_name: &str) {
    // Ancient packages have a list here; npm has passed over it since 2011.
    if let Some(Value::Object(engines)) = fields.take("engines") {
        for (host, range) in ranges(engines).filter(|(host, _)| !matches!(host.as_str(), "npm" | "yarn" | "pnpm")) {
            said.host(&host, range, &format!("engines.{host}"));
        }
    }
    if let Some(Value::Object(mut red)) = fields.take("node-red") {
        said.ecosystem = Ecosystem::NodeRed;
        let (range, key) = match red.remove("version").as_ref().and_then(Value::as_str).map(text::one_line) {
            Some(range) if !range.is_empty() => (range, "node-red.version"),
            _ => ("*".into(), "node-red"),
        };
        said.host("node-red", range, key);
    }
    if said.hosts.contains_key("vscode") && fields.peek("publisher").is_some() {
        said.ecosystem = Ecosystem::VsCode;
    }
    let is = |word: &str, said: &Said| said.keywords.iter().any(|k| k == word);
    if said.hosts.contains_key("homebridge") || is("homebridge-plugin", said) {
        said.ecosystem = Ecosystem::Homebridge;
        said.host("homebridge", "*".into(), "keywords");
    }
    // `eslint-plugin-x` and `@scope/eslint-plugin` name their host before the dash, and its range as a peer.
    let base = npm_name.rsplit('/').next().unwrap_or(npm_name);
    if let Some(Value::Object(peers)) = fields.take("peerDependencies") {
        for (host, range) in ranges(peers).filter(|(host, _)| base.strip_prefix(host.as_str()).is_some_and(|rest| rest.starts_with('-'))) {
            said.host(&host, range, &format!("peerDependencies.{host}"));
        }
    }
    if said.ecosystem == Ecosystem::Npm
        && let Some(Value::Object(needs)) = fields.peek("dependencies")
        && let Some(library) = needs.keys().find(|name| name.starts_with("@screenpipe/"))
    {
        said.ecosystem = Ecosystem::Screenpipe;
        let key = format!("dependencies.{library}");
        said.host(pipe::HOST, "*".into(), &key);
    }
}

fn ranges(of: Map<String, Value>) -> impl Iterator<Item = (String, String)> {
    let one = |(host, range): (String, Value)| {
        let (host, range) = (text::one_line(&host), text::one_line(range.as_str()?));
        (!host.is_empty() && !range.is_empty()).then_some((host, range))
    };
    of.into_iter().filter_map(one).take(200)
}
