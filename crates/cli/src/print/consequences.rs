//! What a change does, in plain English sentences.

use patchbay_client::wire::{Consequence, StatusView, StaysBecause};

/// Whether the sentences tell what would happen or what has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// A plan.
    Would,
    /// A change that is live.
    Did,
}

const HOLDS: &str = "new publishes leave it alone until you promote";
const MOVES_AGAIN: &str = "new publishes move it again";

/// The sentences, in the order of the consequences. A move and the hold that goes with it are one sentence.
#[must_use]
pub fn sentences(all: &[Consequence], tense: Tense) -> Vec<String> {
    let mut rest = all;
    let mut sentences = Vec::new();
    while let [first, others @ ..] = rest {
        rest = others;
        let Consequence::Moves { channel, from, to } = first else {
            sentences.push(sentence(first, tense));
            continue;
        };
        let moved = moves(channel, from.as_deref(), to.as_deref(), tense);
        let end = match others.first() {
            Some(Consequence::Held { channel: held }) if held == channel => format!(" and is held: {HOLDS}."),
            Some(Consequence::Released { channel: released }) if released == channel => format!(" and is no longer held: {MOVES_AGAIN}."),
            _ => ".".to_owned(),
        };
        if end.len() > 1 {
            rest = &others[1..];
        }
        sentences.push(format!("{moved}{end}"));
    }
    sentences
}

fn moves(channel: &str, from: Option<&str>, to: Option<&str>, tense: Tense) -> String {
    let (moves, is) = match tense {
        Tense::Would => ("moves", "is"),
        Tense::Did => ("moved", "was"),
    };
    match (from, to) {
        (Some(from), Some(to)) => format!("{channel} {moves} from {from} to {to}"),
        (None, Some(to)) => format!("{channel} is new and points to {to}"),
        (Some(from), None) => format!("{channel}, which {} at {from}, {is} taken away", if tense == Tense::Would { "is" } else { "was" }),
        (None, None) => format!("{channel} {is} taken away"),
    }
}

fn stays(channel: &str, at: Option<&str>, because: StaysBecause, tense: Tense) -> String {
    let stays = match (at, tense) {
        (Some(at), Tense::Would) => format!("{channel} stays at {at}"),
        (Some(at), Tense::Did) => format!("{channel} stayed at {at}"),
        (None, Tense::Would) => format!("{channel} is not made"),
        (None, Tense::Did) => format!("{channel} was not made"),
    };
    match because {
        StaysBecause::Held => format!("{stays}: a rollback holds it until you promote."),
        StaysBecause::Older => format!("{stays}, which is newer."),
        StaysBecause::PreRelease => format!("{stays}: a pre-release does not move it unless you ask for it with --force-channel."),
    }
}

fn hosts(host: &str, from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("The range for {host} changes from {from} to {to}."),
        (None, Some(to)) => format!("It names {host} {to}, which the version before does not."),
        (Some(from), None) => format!("It no longer names {host}; the version before has {from}."),
        (None, None) => format!("The range for {host} changes."),
    }
}

fn sentence(consequence: &Consequence, tense: Tense) -> String {
    let is = if tense == Tense::Would { "is" } else { "was" };
    match consequence {
        Consequence::Moves { channel, from, to } => format!("{}.", moves(channel, from.as_deref(), to.as_deref(), tense)),
        Consequence::Stays { channel, at, because } => stays(channel, at.as_deref(), *because, tense),
        Consequence::Held { channel } => format!("{channel} is held: {HOLDS}."),
        Consequence::Released { channel } => format!("{channel} is no longer held: {MOVES_AGAIN}."),
        Consequence::SameHosts { from, to } => format!("{from} and {to} accept the same hosts."),
        Consequence::HostDiffers { host, from, to } => hosts(host, from.as_deref(), to.as_deref()),
        Consequence::Yanks { version } => {
            format!("{version} is no longer offered to new installs; whoever pinned it can still download it.")
        }
        Consequence::Unyanks { version } => format!("{version} is offered again."),
        Consequence::Deprecates { version } => format!("People see advice against {version}."),
        Consequence::Undeprecates { version } => format!("People no longer see advice against {version}."),
        Consequence::Adds { version } => format!("{version} {is} added."),
        Consequence::AlreadyLive { version } => format!("{version} is already live with exactly these bytes."),
        Consequence::Becomes { status } => match status {
            StatusView::Active => format!("The plugin {is} active as usual."),
            StatusView::Deprecated => format!("The plugin {is} deprecated."),
            StatusView::Frozen => format!("The plugin {is} frozen: it takes no new versions."),
            StatusView::Hidden => format!("The plugin {is} hidden from the catalogue."),
        },
        Consequence::NothingChanges => "Nothing changes: it is so already.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(from: Option<&str>, to: Option<&str>) -> Consequence {
        Consequence::Moves { channel: "stable".into(), from: from.map(Into::into), to: to.map(Into::into) }
    }

    #[test]
    fn a_rollback_is_said_in_one_sentence() {
        let all = [
            moves(Some("3.3.0"), Some("3.2.0")),
            Consequence::Held { channel: "stable".into() },
            Consequence::HostDiffers { host: "homebridge".into(), from: Some(">=1.6".into()), to: Some(">=1.3".into()) },
            Consequence::Yanks { version: "3.3.0".into() },
        ];
        assert_eq!(
            sentences(&all, Tense::Would),
            [
                "stable moves from 3.3.0 to 3.2.0 and is held: new publishes leave it alone until you promote.",
                "The range for homebridge changes from >=1.6 to >=1.3.",
                "3.3.0 is no longer offered to new installs; whoever pinned it can still download it.",
            ]
        );
        assert!(sentences(&all, Tense::Did)[0].starts_with("stable moved from 3.3.0 to 3.2.0 and is held: "));
    }

    #[test]
    fn the_hold_of_another_channel_is_a_sentence_of_its_own() {
        let all = [moves(None, Some("1.0.0")), Consequence::Held { channel: "beta".into() }];
        assert_eq!(
            sentences(&all, Tense::Did),
            ["stable is new and points to 1.0.0.", "beta is held: new publishes leave it alone until you promote."]
        );
    }

    #[test]
    fn every_other_sentence() {
        let stays = |at: Option<&str>, because| Consequence::Stays { channel: "stable".into(), at: at.map(Into::into), because };
        let table = [
            (stays(Some("2.0.0"), StaysBecause::Older), "stable stays at 2.0.0, which is newer."),
            (stays(Some("2.0.0"), StaysBecause::Held), "stable stays at 2.0.0: a rollback holds it until you promote."),
            (
                stays(None, StaysBecause::PreRelease),
                "stable is not made: a pre-release does not move it unless you ask for it with --force-channel.",
            ),
            (moves(Some("1.0.0"), None), "stable, which is at 1.0.0, is taken away."),
            (Consequence::Released { channel: "stable".into() }, "stable is no longer held: new publishes move it again."),
            (Consequence::SameHosts { from: "2.0.0".into(), to: "1.0.0".into() }, "2.0.0 and 1.0.0 accept the same hosts."),
            (Consequence::Adds { version: "1.0.0".into() }, "1.0.0 is added."),
            (Consequence::NothingChanges, "Nothing changes: it is so already."),
        ];
        for (consequence, said) in table {
            assert_eq!(sentences(&[consequence], Tense::Would), [said]);
        }
    }
}
