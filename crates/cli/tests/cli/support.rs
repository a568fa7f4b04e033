//! Runs the real command in a folder of its own, with surroundings of its own.

#[cfg(unix)]
pub mod proxy;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a run of the command said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Its one JSON object.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:#?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }

    /// Asserts that it went well.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// Asserts that it failed like this, with nothing on stdout.
    #[track_caller]
    pub fn failed(self, code: i32, stderr: &str) {
        assert_eq!((self.code, self.stderr.as_str(), self.stdout.as_str()), (code, stderr, ""), "{self:#?}");
    }
}

/// A computer with nothing on it but the command.
pub struct Computer {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Computer {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, variables: vec![("TZ".into(), "UTC".into()), ("USER".into(), "ada".into())] }
    }

    /// The same with a variable in the environment.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchbay"));
        // Neither the keychain, nor the proxies, nor the credentials of whoever runs the tests.
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value))).env("HOME", self.folder.path());
        command.current_dir(self.folder.path()).arg("--home").arg(self.home()).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the command. `--quiet`, so that stderr holds what went wrong and nothing else.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with("", &[args, &["--quiet"]].concat())
    }

    /// Runs the command with this on stdin.
    pub fn run_with(&self, stdin: &str, args: &[&str]) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A command that does not want it may have ended already.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        self.ran(child)
    }

    /// Waits for a child, and takes the paths of this computer out of what it said.
    pub fn ran(&self, child: Child) -> Ran {
        let output = child.wait_with_output().unwrap();
        let folder = fs::canonicalize(self.folder.path()).unwrap();
        let clean = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(self.folder.path().to_str().unwrap(), "[computer]").replace(folder.to_str().unwrap(), "[computer]")
        };
        Ran { code: output.status.code().unwrap_or(-1), stdout: clean(output.stdout), stderr: clean(output.stderr) }
    }

    /// Runs the command with `--json` and returns its object.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).json()
    }

    /// Writes the folder of a plugin. The files differ between versions.
    pub fn plugin(&self, id: &str, version: &str) -> String {
        self.plugin_with(id, version, &json!({}))
    }

    /// The same, with more fields in its manifest.
    pub fn plugin_with(&self, id: &str, version: &str, fields: &Value) -> String {
        let mut manifest = json!({
            "id": id, "version": version, "name": "Weather Card", "description": "Weather on a card", "author": "Ada Lovelace",
            "license": "MIT", "categories": ["weather"], "hosts": { "homebridge": ">=1.6" },
        });
        manifest.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let folder = format!("{id}-{version}");
        self.write(&format!("{folder}/patchbay.json"), manifest.to_string());
        self.write(&format!("{folder}/README.md"), "# Weather Card\n");
        self.write(&format!("{folder}/main.js"), format!("export const version = \"{version}\";\n"));
        folder
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Publishes a version of `weather-card`, and says how that went.
    #[track_caller]
    pub fn publish(&self, version: &str) -> Ran {
        let folder = self.plugin("weather-card", version);
        self.run(&["publish", &folder]).ok()
    }

    /// Serves this computer's embedded registry to others.
    pub fn serve(&self) -> Served {
        let mut child = self.command(&["serve-local", "--json", "--quiet"]).stderr(Stdio::inherit()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let text = |field: &str| told[field].as_str().unwrap().to_owned();
        let key: Value = serde_json::from_slice(&fs::read(text("key_file")).unwrap()).unwrap();
        let key = |field: &str| key[field].as_str().unwrap().to_owned();
        Served {
            endpoint: text("endpoint"),
            bucket: text("bucket"),
            region: text("region"),
            access_key_id: key("access_key_id"),
            secret_access_key: key("secret_access_key"),
            said: line,
            child,
            _stdout: stdout,
        }
    }
}

/// A running `serve-local`.
pub struct Served {
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// Its line on stdout.
    pub said: String,
    child: Child,
    _stdout: BufReader<ChildStdout>,
}

impl Served {
    /// Another computer, which has the key in its environment and adds the bucket as `team`.
    pub fn user(&self, endpoint: &str, more: &[&str]) -> (Computer, Ran) {
        let computer =
            Computer::new().with("AWS_ACCESS_KEY_ID", &self.access_key_id).with("AWS_SECRET_ACCESS_KEY", &self.secret_access_key);
        let add = ["registry", "add", "team", "--bucket", &self.bucket, "--region", &self.region, "--endpoint", endpoint];
        let added = computer.run(&[&add, &["--credentials", "environment"][..], more].concat());
        (computer, added)
    }

    #[cfg(unix)]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    #[cfg(unix)]
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Presses Ctrl-C.
#[cfg(unix)]
pub fn interrupt(process: u32) {
    assert!(Command::new("kill").args(["-INT", &process.to_string()]).status().unwrap().success());
}

/// A JSON value without what is different in every run.
pub fn redacted(value: Value) -> Value {
    match value {
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => "[time]".into(),
        Value::String(text) if text.parse::<uuid::Uuid>().is_ok() => "[uuid]".into(),
        Value::String(text) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => "[sha256]".into(),
        Value::Array(all) => all.into_iter().map(redacted).collect(),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(name, value)| (name, redacted(value))).collect()),
        other => other,
    }
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}
