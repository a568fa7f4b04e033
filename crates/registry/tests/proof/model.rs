//! A model of several writers and a garbage collector on one bucket, checked in all its states by stateright. What the writers do is
//! decided by the very code that decides it in the product: `patchbay_registry::commit::decision` and `change::apply`. The model only
//! carries the steps out, in every order, with every answer, and with everything that can happen on the way.
//!
//! One step of the model is one request with its answer. A request that takes its time is two: it is sent (and its writer told that
//! the answer is lost), and it arrives, at any later moment or never. Everybody may sleep for a week, also in the middle of a commit; nothing
//! that was signed before is taken after that.

mod met;
mod state;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, MutexGuard},
};

use bytes::Bytes;
use patchbay_registry::{
    Change, Stamp,
    commit::decision::{self, Failure, Step},
    format::document::Document,
    store::Condition,
};
use patchbay_testkit::document::{Story, publish, rollback, stamp, with_bytes};
use stateright::{Checker, HasDiscoveries, Model, Property};

use self::{
    met::{Decision, Met},
    state::{Answer, At, Collector, Doing, Event, Flying, Made, Mishap, Verdict, World, Writer},
};

/// A mistake that others have made, and that the model must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    /// 412 is taken as somebody else's success.
    RefusalIsConflict,
    /// No answer is taken as no effect.
    SilenceIsFailure,
    /// What was uploaded is removed when the commit fails.
    CleansUp,
    /// The document is written before the package that it names.
    DocumentFirst,
    /// It is looked whether the document is still the same, and then written without a condition.
    LooksThenWrites,
    /// Garbage is collected however young it is, as it was listed.
    EagerCollection,
    /// A writer who slept commits as if no time had passed.
    Oblivious,
}

struct Protocol {
    writers: Vec<(&'static Change, &'static Stamp)>,
    setup: Vec<Bytes>,
    faults: u8,
    lives: u8,
    /// How often everybody may sleep for a week in the middle of a commit.
    naps: u8,
    mistake: Option<Mistake>,
    met: Mutex<Met>,
}

impl fmt::Debug for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.mistake)
    }
}

impl Protocol {
    /// Writers who make these changes, to a plugin on which `setup` was done.
    fn new(setup: &[Change], changes: Vec<Change>, faults: u8, lives: u8) -> Self {
        let story = Story::of(setup);
        let setup = story.revisions().iter().map(|r| Bytes::from(r.document.to_bytes())).collect();
        let writers = (0..).zip(changes).map(|(n, change)| {
            // As long as the process: the steps borrow them, and the checker wants them to live forever.
            let (change, stamp): (&Change, &Stamp) =
                (Box::leak(Box::new(change)), Box::leak(Box::new(stamp(100 + n, &format!("writer {n}")))));
            (change, stamp)
        });
        Self { writers: writers.collect(), setup, faults, lives, naps: 0, mistake: None, met: Mutex::default() }
    }

    fn sleeping(mut self, naps: u8) -> Self {
        self.naps = naps;
        self
    }

    fn with(mut self, mistake: Mistake) -> Self {
        self.mistake = Some(mistake);
        self
    }

    fn makes(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    fn met(&self) -> MutexGuard<'_, Met> {
        self.met.lock().unwrap()
    }

    /// The first step of a commit.
    fn begin(&self, writer: usize, resumed: bool) -> Doing {
        let (change, stamp) = self.writers[writer];
        match self.met().verdict(decision::first(change, stamp, None, None, resumed)) {
            Verdict::Goes(at) => Doing::Commits(at),
            Verdict::Ends(_) => panic!("it begins with a question"),
        }
    }

    fn uploads(&self, writer: usize) -> bool {
        matches!(self.writers[writer].0, Change::Publish(_))
    }

    /// The package of which writer a document refers to.
    fn refers(&self, document: &Document) -> u8 {
        let named = |change: &Change| match change {
            Change::Publish(publish) => {
                document.release(&publish.release.version).is_some_and(|there| there.artifacts == publish.release.artifacts)
            }
            _ => false,
        };
        (0..self.writers.len()).filter(|n| named(self.writers[*n].0)).map(|n| 1 << n).sum()
    }

    fn referred(&self, world: &World) -> u8 {
        let met = self.met();
        world.document.map_or(0, |made| self.refers(&met.documents[usize::from(made)].revision.document))
    }

    /// How a failure looks to a writer.
    fn seen(&self, how: Failure) -> Failure {
        match how {
            Failure::Taken if self.makes(Mistake::RefusalIsConflict) => Failure::Definite,
            Failure::Lost | Failure::Strange if self.makes(Mistake::SilenceIsFailure) => Failure::Definite,
            how => how,
        }
    }

    /// A PUT of the document arrives. Whether it takes effect.
    fn lands(&self, world: &mut World, put: Flying) -> bool {
        if world.document != put.on && !self.makes(Mistake::LooksThenWrites) {
            return false;
        }
        world.document = Some(put.bytes);
        true
    }

    /// What a writer asks comes to.
    fn asks(&self, world: &mut World, n: usize, mishap: Option<Mishap>, late: bool) -> Option<()> {
        world.faults -= u8::from(mishap.is_some()) + u8::from(late);
        let at = match world.writers[n].doing {
            Doing::Uploads | Doing::UploadsLate => {
                let early = world.writers[n].doing == Doing::Uploads;
                world.packages |= 1 << n;
                // What is found there is sent again, so that it does not look old.
                world.old &= !(1 << n);
                world.writers[n].slept = false;
                let resumed = world.writers[n].lives < self.lives;
                world.writers[n].doing = if early { self.begin(n, resumed) } else { Doing::Done };
                return Some(());
            }
            Doing::Commits(at) | Doing::Looked(at) => at,
            Doing::Off | Doing::Done => return None,
        };
        let step = self.met().steps[at as usize].clone();
        if matches!(step, Step::Put(_)) && self.uploads(n) && world.writers[n].slept && !self.makes(Mistake::Oblivious) {
            // Before it commits it makes sure of its upload, which is a request of its own.
            world.packages |= 1 << n;
            world.old &= !(1 << n);
            world.writers[n].slept = false;
            return mishap.is_none().then_some(());
        }
        let work = |world: &mut World| match &step {
            Step::Read(_) => Answer::Found(world.document),
            Step::Look(ask) => Answer::Found(world.history.get(usize::try_from(ask.seq()).unwrap() - 1).copied()),
            Step::Archive(ask) => {
                let seq = usize::try_from(ask.standing().revision.document.header.seq).unwrap();
                let made = self.met().document(&ask.standing().bytes);
                match world.history.get(seq - 1) {
                    Some(there) if *there == made => Answer::Done,
                    Some(_) => Answer::Fails(Failure::Definite),
                    None => {
                        assert_eq!(world.history.len(), seq - 1, "history has no gaps");
                        world.history.push(made);
                        Answer::Done
                    }
                }
            }
            Step::Put(_) => match self.lands(world, self.flying(&step)) {
                true => Answer::Done,
                false => Answer::Fails(self.seen(Failure::Taken)),
            },
            Step::Wait(_) | Step::End(_) => Answer::Done,
        };
        if self.makes(Mistake::LooksThenWrites) && matches!(step, Step::Put(_)) && world.writers[n].doing == Doing::Commits(at) {
            // HEAD: is it still what was read?
            if world.document == self.flying(&step).on {
                world.writers[n].doing = Doing::Looked(at);
            } else {
                self.answer(world, n, at, Answer::Fails(Failure::Taken), late);
            }
            return Some(());
        }
        let answer = match mishap {
            None => work(world),
            Some(Mishap::Before(how)) => Answer::Fails(self.seen(how)),
            Some(Mishap::After(how)) => match work(world) {
                Answer::Fails(first) => Answer::Fails(first),
                _ => Answer::Fails(self.seen(how)),
            },
            Some(Mishap::Flies) => {
                world.flying.insert(self.flying(&step));
                Answer::Fails(self.seen(Failure::Lost))
            }
            Some(Mishap::Again) => {
                world.flying.insert(self.flying(&step));
                work(world)
            }
        };
        self.answer(world, n, at, answer, late);
        Some(())
    }

    fn flying(&self, step: &Decision) -> Flying {
        let Step::Put(ask) = step else { panic!("only the commit flies") };
        let mut met = self.met();
        let on = match ask.condition() {
            Condition::Absent => None,
            Condition::Matches(etag) => Some(met.tag(&etag)),
        };
        Flying { bytes: met.document(&ask.bytes()), on }
    }

    fn answer(&self, world: &mut World, n: usize, at: At, answer: Answer, late: bool) {
        let verdict = self.met().decide(at, answer, late);
        self.go(world, n, verdict);
    }

    fn go(&self, world: &mut World, n: usize, verdict: Verdict) {
        let told = match verdict {
            Verdict::Goes(at) => {
                world.writers[n].doing = Doing::Commits(at);
                return;
            }
            Verdict::Ends(told) => told,
        };
        let writer = &mut world.writers[n];
        writer.doing = if told.is_some() { Doing::Done } else { Doing::Off };
        writer.told = told;
        writer.slept = false;
        if told != Some(true) && self.makes(Mistake::CleansUp) {
            world.packages &= !(1 << n);
        }
        if told == Some(true) && self.makes(Mistake::DocumentFirst) && self.uploads(n) {
            world.writers[n].doing = Doing::UploadsLate;
        }
    }

    /// What can go wrong with the next request of a writer.
    fn mishaps(&self, doing: Doing) -> Vec<Mishap> {
        use Failure::{Definite, Lost, Strange, Taken, Unreachable};
        use Mishap::{After, Again, Before, Flies};
        let Doing::Commits(at) = doing else { return Vec::new() };
        match &self.met().steps[at as usize] {
            Step::Read(_) | Step::Look(_) => vec![Before(Lost), Before(Unreachable), Before(Definite)],
            Step::Archive(_) => vec![Before(Lost), After(Lost), Before(Taken), Before(Definite)],
            Step::Put(_) => {
                let before = [Lost, Strange, Taken, Unreachable, Definite].map(Before);
                let after = [Lost, Strange, Taken].map(After);
                [&before[..], &after, &[Flies, Again]].concat()
            }
            Step::Wait(_) | Step::End(_) => Vec::new(),
        }
    }

    fn document(&self, world: &World) -> Option<Document> {
        world.document.map(|made| self.met().documents[usize::from(made)].revision.document.clone())
    }

    /// Promise 1 and 4: what a reader finds is complete.
    fn is_complete(&self, world: &World) -> bool {
        self.referred(world) & !world.packages == 0
    }

    /// Promise 4: every revision but the newest is in history, each with the digest that its successor names.
    fn has_its_history(&self, world: &World) -> bool {
        let met = self.met();
        let revision = |made: Made| &met.documents[usize::from(made)].revision;
        let Some(newest) = world.document.map(revision) else { return world.history.is_empty() };
        let mut after = &newest.document;
        for seq in (1..newest.document.header.seq).rev() {
            let Some(made) = usize::try_from(seq).ok().and_then(|seq| world.history.get(seq - 1)) else { return false };
            let before = revision(*made);
            if after.header.prev != Some(before.digest) {
                return false;
            }
            after = &before.document;
        }
        after.header.prev.is_none()
    }

    /// Promise 2 and 3: what was told is true, and stays so.
    fn told_the_truth(&self, world: &World) -> bool {
        let document = self.document(world);
        let ops = document.as_ref().map_or(&[][..], |d| &d.header.ops);
        world.writers.iter().zip(&self.writers).all(|(writer, (_, stamp))| {
            let there = ops.iter().filter(|op| **op == stamp.op).count();
            there <= 1 && writer.told.is_none_or(|told| told == (there == 1))
        })
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        let mut made: Vec<Made> = self.setup.iter().map(|bytes| self.met().document(bytes)).collect();
        let document = made.pop();
        let writer = |n: usize| {
            let first = self.uploads(n) && !self.makes(Mistake::DocumentFirst);
            Writer { doing: if first { Doing::Uploads } else { self.begin(n, false) }, slept: false, lives: self.lives, told: None }
        };
        let writers = (0..self.writers.len()).map(writer).collect();
        let collector = Collector { listed: 0, rounds: 1 };
        let history = made;
        vec![World {
            document,
            history,
            packages: 0,
            old: 0,
            writers,
            flying: BTreeSet::new(),
            collector,
            faults: self.faults,
            naps: self.naps,
        }]
    }

    fn actions(&self, world: &World, events: &mut Vec<Event>) {
        for (n, writer) in world.writers.iter().enumerate() {
            match writer.doing {
                Doing::Done => {}
                Doing::Off => {
                    if writer.lives > 0 {
                        events.push(Event::Returns(n));
                    }
                }
                doing => {
                    events.push(Event::Asks(n, None, false));
                    if world.faults > 0 {
                        events.extend(self.mishaps(doing).into_iter().map(|mishap| Event::Asks(n, Some(mishap), false)));
                        if writer.lives > 0 {
                            events.push(Event::Dies(n));
                        }
                        if let Doing::Commits(at) = doing
                            && !matches!(self.met().steps[at as usize], Step::Wait(_))
                        {
                            events.push(Event::Stops(n));
                        }
                    }
                    if world.faults > 1 {
                        events.extend(self.mishaps(doing).into_iter().map(|mishap| Event::Asks(n, Some(mishap), true)));
                    }
                }
            }
        }
        events.extend(world.flying.iter().map(|put| Event::Lands(*put)));
        if world.old != world.packages && (world.naps > 0 || !world.is_committing()) {
            events.push(Event::Ages);
        }
        if world.collector.rounds > 0 {
            events.push(Event::Lists);
        }
        events.extend((0..world.writers.len()).filter(|n| world.collector.listed & 1 << n != 0).map(Event::Removes));
    }

    fn next_state(&self, last: &World, event: Event) -> Option<World> {
        let mut world = last.clone();
        match event {
            Event::Asks(n, mishap, late) => self.asks(&mut world, n, mishap, late)?,
            Event::Stops(n) => {
                let Doing::Commits(at) = world.writers[n].doing else { return None };
                world.faults -= 1;
                self.answer(&mut world, n, at, Answer::Stopped, false);
            }
            Event::Dies(n) => {
                world.faults -= 1;
                world.writers[n].doing = Doing::Off;
                world.writers[n].slept = false;
            }
            Event::Returns(n) => {
                world.writers[n].lives -= 1;
                world.writers[n].doing = if self.uploads(n) { Doing::Uploads } else { self.begin(n, true) };
            }
            Event::Lands(put) => {
                world.flying.remove(&put);
                self.lands(&mut world, put);
            }
            Event::Ages => {
                world.naps -= u8::from(world.is_committing());
                world.old = world.packages;
                // Whatever was on its way for so long is lost.
                world.flying.clear();
                for (n, writer) in world.writers.iter_mut().enumerate() {
                    writer.slept = self.uploads(n) && matches!(writer.doing, Doing::Commits(_) | Doing::Looked(_));
                }
            }
            Event::Lists => {
                world.collector.rounds -= 1;
                let young = if self.makes(Mistake::EagerCollection) { 0 } else { !world.old };
                world.collector.listed = world.packages & !self.referred(&world) & !young;
            }
            Event::Removes(n) => {
                world.collector.listed &= !(1 << n);
                let kept = self.referred(&world) & 1 << n != 0 || world.old & 1 << n == 0;
                if self.makes(Mistake::EagerCollection) || !kept {
                    world.packages &= !(1 << n);
                    world.old &= !(1 << n);
                }
            }
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("what a reader finds is complete", |model: &Self, world: &World| model.is_complete(world)),
            Property::always("history is complete", |model: &Self, world: &World| model.has_its_history(world)),
            Property::always("what was told is true", |model: &Self, world: &World| model.told_the_truth(world)),
            // Else the three above could hold because nothing ever happens.
            Property::sometimes("somebody has to be told that it is not known", |_: &Self, world: &World| {
                world.writers.iter().any(|w| w.doing == Doing::Off && w.told.is_none() && w.lives > 0)
            }),
            Property::sometimes("everybody was told", |_: &Self, world: &World| world.writers.iter().all(|w| w.told.is_some())),
            Property::sometimes("somebody was refused", |_: &Self, world: &World| world.writers.iter().any(|w| w.told == Some(false))),
            Property::sometimes("it was live, and found out later", |model: &Self, world: &World| {
                world.writers.iter().any(|w| w.told == Some(true) && w.lives < model.lives)
            }),
        ]
    }
}

/// Two who want the same version, and one who rolls the channel back.
fn three() -> Vec<Change> {
    vec![with_bytes("1.2.0", "ours"), with_bytes("1.2.0", "theirs"), rollback("stable", "1.0.0")]
}

fn setup() -> [Change; 2] {
    [publish("1.0.0"), publish("1.1.0")]
}

fn check(model: Protocol) -> (usize, Vec<&'static str>) {
    let checker = model.checker().threads(2).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let failures = checker.discoveries().into_iter().filter(|(name, _)| {
        let properties = checker.model().properties();
        properties.iter().any(|p| p.name == *name && p.expectation == stateright::Expectation::Always)
    });
    (checker.unique_state_count(), failures.map(|(name, _)| name).collect())
}

#[test]
fn every_state_of_the_protocol_keeps_the_promises() {
    let mut all = 0;
    for (name, model) in [
        ("two of one version and a rollback", Protocol::new(&setup(), three(), 2, 1)),
        ("the first publish", Protocol::new(&[], vec![with_bytes("1.0.0", "ours"), with_bytes("1.0.0", "theirs")], 3, 2)),
        ("a week is slept through", Protocol::new(&[], vec![with_bytes("1.0.0", "ours"), with_bytes("1.0.0", "theirs")], 2, 1).sleeping(1)),
    ] {
        let checker = model.checker().threads(2).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
        checker.assert_properties();
        println!("{name}: {} states", checker.unique_state_count());
        all += checker.unique_state_count();
    }
    assert!(all >= 100_000, "{all}");
}

#[test]
fn the_model_finds_what_others_got_wrong() {
    for (mistake, breaks) in [
        (Mistake::RefusalIsConflict, "what was told is true"),
        (Mistake::SilenceIsFailure, "what was told is true"),
        (Mistake::CleansUp, "what a reader finds is complete"),
        (Mistake::DocumentFirst, "what a reader finds is complete"),
        (Mistake::LooksThenWrites, "what was told is true"),
        (Mistake::EagerCollection, "what a reader finds is complete"),
        (Mistake::Oblivious, "what a reader finds is complete"),
    ] {
        let (states, found) = check(Protocol::new(&setup(), three(), 2, 1).sleeping(u8::from(mistake == Mistake::Oblivious)).with(mistake));
        println!("{mistake:?}: {found:?} after {states} states");
        assert!(found.contains(&breaks), "{mistake:?}: {found:?}");
    }
}
