//! A part of an object on its way, from servers that send parts and from those that send everything.

use std::ops::Range;

use bytes::Bytes;

/// The most bytes that are passed over to come to a part. A server that does not know ranges would otherwise make of every look into
/// a package its download.
const PASSED_OVER: u64 = 8 * 1024 * 1024;

/// What a server is about to send.
pub(super) enum Sent {
    /// The part that was asked for (206).
    Part,
    /// The whole object (200).
    Whole,
    /// Another part than was asked for.
    Other,
    /// The whole object, in which the part is too far from the beginning.
    TooFar,
}

impl Sent {
    /// From the status and the `Content-Range` of an answer.
    pub(super) fn of(content_range: Option<&str>, partial: bool, asked: &Range<u64>) -> Self {
        match (partial, content_range.map(first_of)) {
            (true, Some(Some(first))) if first == asked.start => Self::Part,
            (true, _) => Self::Other,
            (false, _) if asked.start > PASSED_OVER => Self::TooFar,
            (false, _) => Self::Whole,
        }
    }
}

/// Where a part begins, from `bytes FIRST-LAST/SIZE` (RFC 9110 §14.4).
fn first_of(content_range: &str) -> Option<u64> {
    content_range.trim().strip_prefix("bytes")?.trim_start().split_once('-')?.0.trim().parse().ok()
}

/// What of the chunks belongs to the part.
pub(super) struct Part {
    bytes: Vec<u8>,
    skip: u64,
    length: u64,
}

impl Part {
    /// `whole`: the chunks begin with the object and not with the part.
    pub(super) fn new(range: &Range<u64>, whole: bool) -> Self {
        Self { bytes: Vec::new(), skip: if whole { range.start } else { 0 }, length: range.end - range.start }
    }

    /// Takes what belongs to it, and says whether more is to come. The rest of an answer is never read.
    pub(super) fn take(&mut self, chunk: &[u8]) -> bool {
        let passed = usize::try_from(self.skip).map_or(chunk.len(), |skip| skip.min(chunk.len()));
        self.skip -= passed as u64;
        let missing = usize::try_from(self.length).unwrap_or(usize::MAX) - self.bytes.len();
        self.bytes.extend(chunk.iter().skip(passed).take(missing));
        (self.bytes.len() as u64) < self.length
    }

    pub(super) fn finish(self) -> Bytes {
        self.bytes.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent() {
        let asked = 10..20;
        let of = |range: Option<&str>, partial| match Sent::of(range, partial, &asked) {
            Sent::Part => "part",
            Sent::Whole => "whole",
            Sent::Other => "other",
            Sent::TooFar => "too far",
        };
        assert_eq!(of(Some("bytes 10-19/100"), true), "part");
        assert_eq!(of(Some("bytes 10-14/15"), true), "part");
        assert_eq!(of(Some("bytes 0-99/100"), true), "other");
        assert_eq!(of(Some("lines 10-19/100"), true), "other");
        assert_eq!(of(None, true), "other");
        assert_eq!(of(None, false), "whole");
        assert!(matches!(Sent::of(None, false, &(PASSED_OVER + 1..PASSED_OVER + 2)), Sent::TooFar));
    }

    #[test]
    fn a_part_is_cut_out_of_whatever_comes() {
        let mut part = Part::new(&(3..7), true);
        assert!(part.take(b"01") && part.take(b"2345"));
        assert!(!part.take(b"6789"));
        assert_eq!(part.finish(), "3456");
        let mut part = Part::new(&(3..7), false);
        assert!(!part.take(b"345678"));
        assert_eq!(part.finish(), "3456");
    }
}
