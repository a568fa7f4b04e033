//! Many people at once, on a network that delays, loses and repeats, in a day that is drawn from a seed; among them somebody who looks
//! after the registry, and computers that sleep for a week. Everything runs in one thread and in virtual time, so the same seed is the
//! same day, message for message.
//!
//! `PATCHBAY_SEED=n` runs one day and prints what happened; `PATCHBAY_RUNS=n` runs more of them (`npm run soak`).

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as RealInstant},
};

use jiff::SignedDuration;
use patchbay_package::PluginId;
use patchbay_registry::{ChangeError, Clock, ReadError, Refusal, Stamp};
use patchbay_testkit::{
    document::{deprecate, parsed, promote, rollback, stamp, undeprecate, unyank, yank},
    promises::{Told, timeline},
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng, seq::IndexedRandom as _};
use tokio::{
    runtime,
    task::LocalSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    calendar::{Calendar, WEEK},
    janitor::{evening, janitor},
    network::{Diary, Flaw, Line, Weather},
    world::{Task, World, awake, carry_out_by, told},
};

/// How many days the default tests run.
const RUNS: u64 = 3_000;

/// What everybody on this day knows.
pub struct Day {
    pub world: World,
    weather: Weather,
    pub flaw: Flaw,
    pub diary: Diary,
    told: RefCell<Vec<(PluginId, Uuid, Told)>>,
    /// Who was told that somebody else had a version first, and who that was.
    lost_to: RefCell<Vec<(PluginId, String, String)>>,
    /// What nobody should ever be told.
    alarms: RefCell<Vec<String>>,
}

impl Day {
    pub fn line(&self, name: String, rng: &mut SmallRng) -> Line {
        Line::new(Arc::new(self.world.watched.clone()), self.world.memory.clone(), self.weather, self.flaw, name, self.diary.clone(), rng)
    }

    /// The clock of a program.
    pub fn clock(&self) -> Clock {
        if self.flaw == Flaw::Oblivious { awake() } else { self.diary.calendar.clock() }
    }

    /// Nobody works for a while.
    pub fn pause(&self, rng: &mut SmallRng) {
        let time = *[SignedDuration::from_hours(25), WEEK].choose(rng).unwrap();
        self.diary.note(format_args!("{} hours pass", time.as_hours()));
        self.diary.calendar.skip(time);
    }
}

/// What befalls a program: after so long it is killed, or the person presses Cancel.
pub struct Fate {
    dies: Option<Duration>,
    stops: Option<Duration>,
}

impl Fate {
    pub fn drawn(rng: &mut SmallRng) -> Self {
        let dies = rng.random_bool(0.15).then(|| Duration::from_millis(rng.random_range(0..600)));
        let stops = rng.random_bool(0.1).then(|| Duration::from_millis(rng.random_range(0..600)));
        Self { dies, stops }
    }

    /// How the work ended; none when it was killed.
    pub async fn befalls<T>(&self, work: impl Future<Output = T>, cancel: &CancellationToken) -> Option<T> {
        tokio::pin!(work);
        let began = Instant::now();
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => return Some(outcome),
                () = after(began, self.dies) => return None,
                () = after(began, self.stops), if !cancel.is_cancelled() => cancel.cancel(),
            }
        }
    }
}

/// A day by its seed: what happened, and what was wrong with it.
fn day(seed: u64, flaw: Flaw) -> (String, Result<(), String>) {
    let runtime = runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let local = LocalSet::new();
    local.block_on(&runtime, async move {
        let mut rng = SmallRng::seed_from_u64(seed);
        let weather = Weather::drawn(&mut rng);
        let world = World::new();
        let diary = Diary::new(Calendar::new(world.memory.clone()));
        let day =
            Rc::new(Day { world, weather, flaw, diary, told: RefCell::default(), lost_to: RefCell::default(), alarms: RefCell::default() });
        let plugins: Vec<PluginId> = ["timer", "clock"][..rng.random_range(1..=2)].iter().map(|id| parsed(id)).collect();
        let mut people: Vec<_> = (0..rng.random_range(2..=4_u64))
            .map(|n| tokio::task::spawn_local(person(day.clone(), n, plugins.clone(), SmallRng::from_rng(&mut rng))))
            .collect();
        people.push(tokio::task::spawn_local(janitor(day.clone(), SmallRng::from_rng(&mut rng))));
        let reader = tokio::task::spawn_local(reader(day.clone(), plugins.clone(), SmallRng::from_rng(&mut rng)));
        let mut result = Ok(());
        for person in people {
            result = result.and(person.await.unwrap_or_else(|e| Err(e.to_string())));
        }
        reader.abort();
        // What is still on its way arrives, or is lost.
        sleep(Duration::from_secs(1_000)).await;
        if result.is_ok() {
            result = evening(&day).await.and_then(|()| judge(&day, &plugins));
        }
        // What was broken first tells more than who noticed it later.
        let result = day.world.watched.breaches().first().map_or(result, |breach| Err(breach.clone()));
        (day.diary.text(), result)
    })
}

/// After all is over: everything that anybody was told is true.
fn judge(day: &Day, plugins: &[PluginId]) -> Result<(), String> {
    if let Some(alarm) = day.alarms.borrow().first() {
        return Err(alarm.clone());
    }
    for id in plugins {
        let told = day.told.borrow();
        let told: Vec<_> = told.iter().filter(|(plugin, ..)| plugin == id).map(|(_, op, told)| (*op, *told)).collect();
        day.world.check(id, &told)?;
        // Nobody is left in doubt, and nothing is there that nobody knows of.
        let revisions = timeline(&day.world.memory, id)?;
        for (document, _) in &revisions {
            let op = document.header.op;
            if !told.iter().any(|(told, outcome)| *told == op && matches!(outcome, Told::Committed(_))) {
                return Err(format!("{op} is live in {id}, and nobody was told so"));
            }
        }
        for (plugin, version, by) in day.lost_to.borrow().iter().filter(|(plugin, ..)| plugin == id) {
            let there = revisions.last().and_then(|(document, _)| document.release(&parsed(version)).map(|r| r.by.clone()));
            if there.as_ref() != Some(by) {
                return Err(format!("somebody was told that {by} published {plugin} {version}, and it was {there:?}"));
            }
        }
    }
    Ok(())
}

/// What comes to somebody's mind.
fn idea(rng: &mut SmallRng, person: &str) -> Task {
    let version = ["1.0.0", "1.1.0", "1.2.0", "2.0.0", "2.1.0-beta.1"].choose(rng).unwrap();
    let channel = ["stable", "beta"].choose(rng).unwrap();
    match rng.random_range(0..15) {
        // From the same sources or from others: the first is the same release, the second a conflict.
        0..8 => {
            let content = if rng.random_bool(0.3) { "shared".to_owned() } else { person.to_owned() };
            Task::Publish { version: (*version).into(), content, channel: rng.random_bool(0.3).then_some(channel) }
        }
        8 | 9 => Task::Change(rollback(channel, version)),
        10 => Task::Change(promote(version, channel)),
        11 => Task::Undo(None),
        14 => Task::Restore(rng.random_range(1..=3)),
        12 => Task::Change([yank(version), unyank(version)].choose(rng).unwrap().clone()),
        _ => Task::Change([deprecate(version), undeprecate(version)].choose(rng).unwrap().clone()),
    }
}

async fn person(day: Rc<Day>, number: u64, plugins: Vec<PluginId>, mut rng: SmallRng) -> Result<(), String> {
    let name = format!("person {number}");
    for n in 0..rng.random_range(2..=4_u64) {
        sleep(Duration::from_millis(rng.random_range(0..400))).await;
        if rng.random_bool(0.1) {
            day.pause(&mut rng);
        }
        let id = plugins.choose(&mut rng).unwrap();
        let task = idea(&mut rng, &name);
        let stamp = stamp(1_000 * (number + 1) + n, &name);
        day.diary.note(format_args!("{name} has the idea {n} for {id}: {task:?}"));
        pursue(&day, id, task, &stamp, &mut rng).await?;
    }
    Ok(())
}

/// Does it, through crashes and doubt, until the person knows how it ended.
async fn pursue(day: &Day, id: &PluginId, mut task: Task, stamp: &Stamp, rng: &mut SmallRng) -> Result<(), String> {
    let name = &stamp.actor;
    let mut marks = Default::default();
    for run in 0..200 {
        let line = Arc::new(day.line(format!("{name}.{run}"), rng));
        if run > 20 {
            // In the end the network is mended.
            line.mend();
        }
        let registry = day.world.program(line, marks);
        if let Task::Undo(None) = task {
            // The person decided on what stood there, and it stays that when the program is started again.
            let Ok(standing) = registry.document(id).await else { return Ok(()) };
            task = Task::Undo(Some(standing.revision.document.header.seq));
        }
        let (cancel, fate) = (CancellationToken::new(), Fate::drawn(rng));
        let outcome = fate.befalls(carry_out_by(&day.clock(), &registry, id, &task, stamp, run > 0, &cancel), &cancel).await;
        marks = registry.seen().marks();
        let Some(outcome) = outcome else {
            day.diary.note(format_args!("{name} is killed"));
            if rng.random_bool(0.2) {
                day.pause(rng);
            }
            sleep(Duration::from_millis(rng.random_range(0..2_000))).await;
            continue;
        };
        day.diary.note(format_args!("{name} is told: {}", said(&outcome)));
        if let Err(ChangeError::Failed(ReadError::SetBack(_) | ReadError::Altered { .. } | ReadError::Format(_))) = &outcome {
            return Err(format!("{name} was told: {}", said(&outcome)));
        }
        if let Err(ChangeError::Refused(Refusal::VersionTaken { version, by, .. })) = &outcome {
            day.lost_to.borrow_mut().push((id.clone(), version.to_string(), by.clone()));
        }
        day.told.borrow_mut().push((id.clone(), stamp.op, told(&outcome)));
        if told(&outcome) != Told::Unknown {
            return Ok(());
        }
        // What is being removed stays announced for up to an hour.
        sleep(Duration::from_millis(rng.random_range(0..if run < 20 { 5_000 } else { 120_000 }))).await;
    }
    Err(format!("{name} never finds out how {} ended", stamp.op))
}

async fn after(began: Instant, wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep_until(began + wait).await,
        None => std::future::pending().await,
    }
}

fn said(outcome: &Result<patchbay_registry::Committed, ChangeError>) -> String {
    match outcome {
        Ok(done) => format!("revision {}, written: {}", done.document.header.seq, done.wrote),
        Err(e) => e.to_string(),
    }
}

/// Somebody who looks all day long. The bucket is whole at every moment (`Watched` sees to that), and never goes back.
async fn reader(day: Rc<Day>, plugins: Vec<PluginId>, mut rng: SmallRng) {
    let registry = day.world.program(Arc::new(day.line("reader".into(), &mut rng)), Default::default());
    loop {
        for id in &plugins {
            if let Err(e @ (ReadError::SetBack(_) | ReadError::Format(_) | ReadError::Altered { .. })) = registry.find(id).await {
                day.alarms.borrow_mut().push(format!("the reader was told: {e}"));
            }
        }
        sleep(Duration::from_millis(rng.random_range(1..10_000))).await;
    }
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Days from `first` on, on every core; the first that went wrong.
fn days(first: u64, count: u64, flaw: Flaw) -> Option<(u64, String)> {
    let next = AtomicU64::new(first);
    let wrong = Mutex::new(None);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while wrong.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    if let (_, Err(e)) = day(seed, flaw) {
                        wrong.lock().unwrap().get_or_insert((seed, e));
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

#[test]
fn whatever_happens_on_a_day_the_promises_are_kept() {
    if let Some(seed) = from_environment("PATCHBAY_SEED") {
        let (diary, result) = day(seed, Flaw::None);
        println!("{diary}");
        result.unwrap();
        return;
    }
    let runs = from_environment("PATCHBAY_RUNS").unwrap_or(RUNS);
    let first = from_environment("PATCHBAY_FIRST").unwrap_or(0);
    let began = RealInstant::now();
    if let Some((seed, wrong)) = days(first, runs, Flaw::None) {
        panic!("day {seed}: {wrong}\nAgain: PATCHBAY_SEED={seed} cargo test -p patchbay-registry --test proof simulation -- --nocapture");
    }
    println!("{runs} days in {:.1} s", began.elapsed().as_secs_f64());
}

#[test]
fn a_day_is_the_same_from_the_same_seed() {
    let mut lines = 0;
    for seed in 0..20 {
        let (first, _) = day(seed, Flaw::None);
        let (again, _) = day(seed, Flaw::None);
        let differs = first.lines().zip(again.lines()).find(|(one, other)| one != other);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(first.len(), again.len(), "seed {seed}");
        lines += first.lines().count();
    }
    assert!(lines > 1_000, "{lines}");
}

#[test]
fn a_store_that_forgets_a_condition_is_found_out_and_the_day_can_be_repeated() {
    let wrong = found_out(Flaw::Forgets);
    assert!(wrong.contains("is not in history") || wrong.contains("does not follow"), "{wrong}");
}

#[test]
fn a_clean_up_that_does_not_wait_is_found_out() {
    let wrong = found_out(Flaw::EagerCollection);
    assert!(wrong.ends_with("which is not there") || wrong.ends_with("is missing."), "{wrong}");
}

#[test]
fn programs_that_do_not_notice_that_they_slept_are_found_out() {
    let wrong = found_out(Flaw::Oblivious);
    assert!(wrong.ends_with("which is not there") || wrong.contains(" was deleted, and "), "{wrong}");
}

/// What goes wrong on the first day on which anything does. The same goes wrong when that day is repeated.
fn found_out(flaw: Flaw) -> String {
    let (seed, wrong) = days(0, 2_000, flaw).unwrap_or_else(|| panic!("{flaw:?}: nothing goes wrong"));
    println!("{flaw:?}, seed {seed}: {wrong}");
    let (diary, again) = day(seed, flaw);
    assert_eq!(again, Err(wrong.clone()), "{diary}");
    wrong
}
