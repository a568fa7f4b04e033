//! Keys, from a person or from a pipe. Never from arguments: every user of a computer can read those of every process.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use patchbay_client::wire::{Code, Secret, WireError};

use crate::{answer::error, args::Key, interrupt::stopped};

/// More than any key pair with its token; the pipe may be the wrong one, and endless.
const MAX: u64 = 64 * 1024;

/// Asks for the key of a registry, or reads it from stdin if that was asked for.
///
/// # Errors
/// [`Code::Credentials`] when there is nobody to ask or what came is not a key; [`Code::Interrupted`].
pub fn key(registry: &str, key: Key, no_input: bool) -> Result<Secret, WireError> {
    if key.key_stdin {
        let mut text = String::new();
        io::stdin().lock().take(MAX).read_to_string(&mut text).map_err(|e| unreadable(&e))?;
        return of(text.lines());
    }
    if no_input || !io::stdin().is_terminal() {
        return Err(missing(registry));
    }
    let id = ask(&format!("Access key id for {registry}: ")).map_err(|e| unreadable(&e))?;
    let secret = rpassword::prompt_password("Secret access key (not shown): ").map_err(|e| unreadable(&e))?;
    let token = rpassword::prompt_password("Session token, if there is one (not shown): ").map_err(|e| unreadable(&e))?;
    of([id.as_str(), secret.as_str(), token.as_str()].into_iter())
}

/// Asks a question that is answered with yes or no; anything but yes is no.
///
/// # Errors
/// When stdin cannot be read.
pub fn confirmed(question: &str) -> Result<bool, WireError> {
    let answer = ask(question).map_err(|e| match e.kind() {
        io::ErrorKind::Interrupted => stopped("Interrupted; nothing was changed."),
        _ => error(Code::Usage, "no_answer", format!("The answer could not be read: {e}."), "Say --yes instead."),
    })?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn ask(question: &str) -> io::Result<String> {
    let mut stderr = io::stderr().lock();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    let mut line = String::new();
    io::stdin().lock().take(MAX).read_line(&mut line)?;
    Ok(line)
}

fn of<'a>(mut lines: impl Iterator<Item = &'a str>) -> Result<Secret, WireError> {
    let mut next = || lines.next().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    match (next(), next(), next()) {
        (Some(access_key_id), Some(secret_access_key), session_token) => Ok(Secret { access_key_id, secret_access_key, session_token }),
        _ => Err(error(
            Code::Credentials,
            "key_incomplete",
            "This is not a key: the access key id or the secret is missing.",
            "Give the access key id on the first line and the secret on the second; a session token goes on the third.",
        )),
    }
}

fn missing(registry: &str) -> WireError {
    error(
        Code::Credentials,
        "key_not_given",
        format!("No key was given for {registry}, and nobody can be asked."),
        "Pipe it in with --key-stdin, or use `--credentials environment` or `--credentials profile:NAME`.",
    )
}

/// What the system says cannot hold what was read.
fn unreadable(e: &io::Error) -> WireError {
    if e.kind() == io::ErrorKind::Interrupted {
        return stopped("Interrupted; nothing was changed.");
    }
    error(Code::Credentials, "key_unreadable", format!("The key could not be read: {e}."), "Try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_two_or_three_lines() {
        let secret = of("AKID\r\n  s3cret \n\n".lines()).unwrap();
        assert_eq!((secret.access_key_id.as_str(), secret.secret_access_key.as_str()), ("AKID", "s3cret"));
        assert_eq!(secret.session_token, None);
        assert_eq!(of("a\nb\ntoken\n".lines()).unwrap().session_token.as_deref(), Some("token"));
        for bad in ["", "only-one\n", "\nsecret\n"] {
            assert_eq!(of(bad.lines()).unwrap_err().code, Code::Credentials, "{bad:?}");
        }
    }
}
