//! A second operating system process: this very test binary, started again for one job.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use patchbay_local::LocalServer;

use crate::client::client;

const JOB: &str = "PATCHBAY_LOCAL_TEST_JOB";
const FOLDER: &str = "PATCHBAY_LOCAL_TEST_FOLDER";
const MARK: &str = "@ ";

/// The entry point of the second process. Within a test run there is no job, and nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn second_process() {
    let Ok(job) = std::env::var(JOB) else { return };
    let folder = std::env::var_os(FOLDER).unwrap();
    let server = LocalServer::start(Path::new(&folder), None).await.unwrap();
    // The test harness has begun the line.
    println!();
    say(&format!("key {}", server.credentials().access_key_id()));
    say(&format!("endpoint {}", server.endpoint()));
    match job.as_str() {
        "serve" => {
            // Until our parent closes the pipe.
            for _ in std::io::stdin().lines() {}
        }
        "race" => crate::races::second_half(&client(&server)).await,
        "versions" => crate::crash::write_versions(&client(&server)).await,
        other => panic!("no job {other}"),
    }
}

/// Tells the parent something.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{line}").unwrap();
    out.flush().unwrap();
}

pub struct Child {
    process: std::process::Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Child {
    pub fn start(job: &str, folder: &Path) -> Self {
        Self::spawn(Command::new(std::env::current_exe().unwrap()), job, folder)
    }

    /// With a largest file size, in blocks of 512 or 1024 bytes as the shell has it: writes beyond it fail as on a full disk.
    #[cfg(unix)]
    pub fn start_limited(job: &str, folder: &Path, blocks: u32) -> Self {
        let mut shell = Command::new("sh");
        // Ignored, the signal becomes an error of the write.
        shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")).arg(std::env::current_exe().unwrap());
        Self::spawn(shell, job, folder)
    }

    fn spawn(mut command: Command, job: &str, folder: &Path) -> Self {
        let mut process = command
            .args(["--exact", "process::second_process", "--nocapture", "--test-threads=1"])
            .env(JOB, job)
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = process.stdin.take().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, stdin, lines }
    }

    /// The next thing that the child says; `None` when it has ended.
    pub fn next_line(&mut self) -> Option<String> {
        self.lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix(MARK).map(str::to_owned))
    }

    /// What follows `word` in the next line that begins with it.
    pub fn line_after(&mut self, word: &str) -> String {
        loop {
            let line = self.next_line().expect("the child ended");
            if let Some(rest) = line.strip_prefix(word) {
                return rest.to_owned();
            }
        }
    }

    pub fn tell(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").unwrap();
        self.stdin.flush().unwrap();
    }

    /// SIGKILL, and the lines that were said before it took effect.
    pub fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        std::iter::from_fn(|| self.next_line()).collect()
    }

    /// In bytes.
    #[cfg(target_os = "linux")]
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
