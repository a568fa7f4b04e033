//! What somebody who has a version installed should do, from a row alone.

use patchbay_package::{Version, same_version};

use super::{Advised, Left, Row, Rung, Withdrawn};
use crate::format::document::ChannelName;

/// What is installed.
#[derive(Clone, Copy, Debug)]
pub struct Follows<'a> {
    /// The version.
    pub version: &'a Version,
    /// The channel that it is kept up with.
    pub channel: &'a ChannelName,
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is what the channel offers here.
    Current,
    /// A newer one is offered.
    Update {
        /// Which.
        to: Version,
    },
    /// The channel was rolled back: this one is to be left.
    GoBack(Left),
    /// It is above where the channel stands, and nobody rolled back from it.
    Ahead {
        /// Where the channel stands.
        of: Version,
    },
    /// The plugin has no such channel, so nothing is offered.
    NoChannel,
}

impl Row {
    /// Why a version is no longer offered.
    #[must_use]
    pub fn yank_of(&self, version: &Version) -> Option<&Withdrawn> {
        self.yanked.iter().find(|w| same_version(&w.version, version))
    }

    /// Advice against a version.
    #[must_use]
    pub fn advice_against(&self, version: &Version) -> Option<&Advised> {
        self.advised.iter().find(|a| same_version(&a.version, version))
    }
}

/// What to do about an installed version. `fits` says whether a version is for this computer's hosts and platform.
#[must_use]
pub fn verdict(row: &Row, installed: Follows<'_>, fits: impl Fn(&Rung) -> bool) -> Verdict {
    let Follows { version, channel } = installed;
    let Some(pointer) = row.channels.get(channel) else { return Verdict::NoChannel };
    let above = version.cmp_precedence(&pointer.version);
    if above.is_gt() {
        // Somebody who is between the two has skipped the rollback's own version, and is to leave all the same.
        let of_channel = || row.rollbacks.iter().filter(|left| left.channel == *channel);
        let exactly = of_channel().find(|left| same_version(&left.from, version));
        let between = || of_channel().find(|left| version.cmp_precedence(&left.from).is_le());
        return exactly.or_else(between).cloned().map_or_else(|| Verdict::Ahead { of: pointer.version.clone() }, Verdict::GoBack);
    }
    let offered = |rung: &Rung| {
        let reached = rung.version.cmp_precedence(&pointer.version).is_le();
        reached && (rung.version.pre.is_empty() || !pointer.version.pre.is_empty()) && fits(rung)
    };
    let best = row.rungs().filter(offered).max_by(|a, b| a.version.cmp_precedence(&b.version));
    match best {
        Some(rung) if rung.version.cmp_precedence(version).is_gt() => Verdict::Update { to: rung.version },
        _ => Verdict::Current,
    }
}
