//! The exit codes: the one place where a [`Code`] becomes a number.

use patchbay_client::wire::Code;

/// The exit code for what went wrong. 0 is for what went well. `docs/cli.md` lists them.
#[must_use]
pub fn code(code: Code) -> u8 {
    match code {
        Code::Failed => 1,
        Code::Usage => 2,
        Code::NotFound => 3,
        Code::Credentials => 4,
        Code::Conflict => 5,
        Code::Network => 6,
        Code::Integrity => 7,
        Code::Refused => 8,
        Code::UnknownOutcome => 9,
        // What a shell reports for a program that SIGINT ended.
        Code::Interrupted => 130,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_documentation() {
        let page = include_str!("../../../docs/cli.md");
        let all = [
            Code::Failed,
            Code::Usage,
            Code::NotFound,
            Code::Credentials,
            Code::Conflict,
            Code::Network,
            Code::Integrity,
            Code::Refused,
            Code::UnknownOutcome,
            Code::Interrupted,
        ];
        for known in all {
            let name = serde_json::to_value(known).unwrap();
            let row = format!("| {} | `{}` |", code(known), name.as_str().unwrap());
            assert!(page.contains(&row), "docs/cli.md has no row {row}");
        }
    }
}
