//! Merging, like a log-structured tree: how far each delta may grow before it goes into the next one.

use super::{
    head::Head,
    line::{Line, Lines, over},
    part::Part,
};

/// How many changes the youngest delta spans at most.
const SMALL: u64 = 256;

/// What is read to merge, in steps: each delta only when the one before it has grown past its limit.
///
/// The three deltas are told apart by how much they span. The oldest and the middle one are windows: when they go into the next one,
/// their latest part stays, so that a reader who is a day behind never needs the next one.
#[derive(Debug)]
pub(crate) struct Merge {
    from: u64,
    to: u64,
    lines: Lines,
    left: Vec<Part>,
    limits: Limits,
}

/// What comes of a merge.
#[derive(Debug)]
pub(crate) struct Merged {
    /// Everything, when it is time for that: without the base, which is still to be put under it.
    pub all: Option<(u64, Lines)>,
    /// The deltas that stay as they are.
    pub kept: Vec<Part>,
    /// The deltas to write, oldest first.
    pub made: Vec<(Part, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    /// How much of the middle delta stays behind.
    middle: u64,
    /// How many changes the oldest delta spans at most.
    large: u64,
}

impl Limits {
    fn of(head: &Head) -> Self {
        let plugins = head.snapshot.iter().chain(&head.deltas).map(|part| part.lines).max().unwrap_or_default();
        // On real registries 3.4 % of the plugins change in a day.
        let middle = (plugins / 25).max(1_024);
        Self { middle, large: (plugins / 2).max(4 * middle) }
    }

    fn middle_at_most(self) -> u64 {
        self.middle + self.middle / 4
    }
}

impl Merge {
    /// A merge of the latest changes of a head.
    pub fn of(head: &Head) -> Self {
        let lines = over(head.unmerged().iter().cloned(), Lines::new());
        Self { from: head.merged(), to: head.position, lines, left: head.deltas.clone(), limits: Limits::of(head) }
    }

    fn span(&self) -> u64 {
        self.to - self.from
    }

    /// The delta to read next; none when that is all.
    pub fn wants(&self) -> Option<&Part> {
        let last = self.left.last()?;
        let most = if self.span() <= SMALL {
            SMALL
        } else if self.span() <= self.limits.middle_at_most() {
            self.limits.middle_at_most()
        } else {
            u64::MAX
        };
        (last.span() <= most).then_some(last)
    }

    /// Puts what was gathered over the lines of the delta that was wanted.
    pub fn take(&mut self, lines: Vec<Line>) {
        if let Some(part) = self.left.pop() {
            self.from = self.from.min(part.from);
            self.lines = over(std::mem::take(&mut self.lines).into_values(), over(lines, Lines::new()));
        }
    }

    /// What to write.
    pub fn finish(self) -> Merged {
        let Limits { middle, large } = self.limits;
        let (from, to) = (self.from, self.to);
        if self.span() <= self.limits.middle_at_most() {
            return Merged { all: None, kept: self.left, made: vec![Part::new(from, to, &self.lines)] };
        }
        let window = window(&self.lines, from, to, middle);
        if self.span() <= large {
            return Merged { all: None, kept: self.left, made: vec![Part::new(from, to, &self.lines), window] };
        }
        let made = vec![self::window(&self.lines, from, to, large / 2), window];
        Merged { all: Some((to, self.lines)), kept: Vec::new(), made }
    }
}

/// The latest changes of these, as a delta.
fn window(lines: &Lines, from: u64, to: u64, changes: u64) -> (Part, Vec<u8>) {
    let from = from.max(to.saturating_sub(changes));
    let latest = lines.iter().filter(|(_, line)| line.at > from).map(|(id, line)| (id.clone(), line.clone())).collect();
    Part::new(from, to, &latest)
}
