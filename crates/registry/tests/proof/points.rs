//! One thing goes wrong, at every request of every operation, in every way; then the program goes on, or ends there. Then it is
//! started again and resumes, and meanwhile somebody else works. All points are enumerated, none is drawn.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use patchbay_registry::{
    Change, ChangeError, Committed, Refusal, Registry, Stamp, format::registry::About, seen::Mark, store::memory::MemoryStore,
};
use patchbay_testkit::{
    document::{deprecate, id, promote, rollback, stamp, undeprecate, unyank, yank},
    promises::{Told, Watched, timeline},
    store::{Fault, FaultStore, Method, Request},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::world::{Task, World, carry_out, told};

/// Longer than anything may take: what takes longer was killed.
const FOREVER: Duration = Duration::from_secs(3_600);

/// When the program ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    /// It goes on.
    Never,
    /// It is killed at the request after the one that failed.
    Next,
}

fn operations() -> Vec<(&'static str, Vec<Task>, Task)> {
    let two = vec![Task::publish("1.0.0"), Task::publish("1.1.0")];
    let and = |task: Change| [two.clone(), vec![Task::Change(task)]].concat();
    let yanking = Change::Rollback {
        channel: "stable".parse().unwrap(),
        to: "1.0.0".parse().unwrap(),
        reason: "It leaks.".into(),
        yank: true,
        expect: Some("1.1.0".parse().unwrap()),
    };
    vec![
        ("first publish", vec![], Task::publish("1.0.0")),
        ("publish", two.clone(), Task::publish("1.2.0")),
        ("the same again", two.clone(), Task::publish("1.1.0")),
        ("rollback", two.clone(), Task::Change(rollback("stable", "1.0.0"))),
        ("rollback and yank", two.clone(), Task::Change(yanking)),
        ("promote", and(rollback("stable", "1.0.0")), Task::Change(promote("1.1.0", "stable"))),
        ("undo", and(rollback("stable", "1.0.0")), Task::Undo(Some(3))),
        ("undo of an older one", [and(rollback("stable", "1.0.0")), vec![Task::Change(deprecate("1.1.0"))]].concat(), Task::Undo(Some(3))),
        ("restore", and(rollback("stable", "1.0.0")), Task::Restore(1)),
        ("yank", two.clone(), Task::Change(yank("1.0.0"))),
        ("unyank", and(yank("1.0.0")), Task::Change(unyank("1.0.0"))),
        ("deprecate", two.clone(), Task::Change(deprecate("1.0.0"))),
        ("undeprecate", and(deprecate("1.0.0")), Task::Change(undeprecate("1.0.0"))),
    ]
}

/// A program on a bucket, with what goes wrong between them.
struct Bench {
    world: World,
    faults: FaultStore,
    /// What the program had written down of what it has seen, before it began.
    marks: BTreeMap<patchbay_package::PluginId, Mark>,
}

impl Bench {
    async fn after(setup: &[Task]) -> Self {
        let world = World::new();
        let calm = world.calm();
        for (n, task) in (1..).zip(setup) {
            carry_out(&calm, &id(), task, &stamp(n, "ada"), false, &CancellationToken::new()).await.unwrap();
        }
        let faults = FaultStore::new(Arc::new(world.watched.clone()));
        let marks = calm.seen().marks();
        Self { world, faults, marks }
    }

    /// Starts the program and does it; none when the program was killed.
    async fn run(&self, task: &Task, stamp: &Stamp, resumed: bool) -> Option<Result<Committed, ChangeError>> {
        let registry = self.world.program(Arc::new(self.faults.clone()), self.marks.clone());
        let cancel = CancellationToken::new();
        tokio::time::timeout(FOREVER, carry_out(&registry, &id(), task, stamp, resumed, &cancel)).await.ok()
    }

    fn written(&self, op: Uuid) -> usize {
        timeline(&self.world.memory, &id()).unwrap().iter().filter(|(document, _)| document.header.op == op).count()
    }

    fn revisions(&self) -> usize {
        timeline(&self.world.memory, &id()).unwrap().len()
    }
}

/// The requests of an operation when nothing goes wrong.
async fn requests(setup: &[Task], task: &Task) -> (Vec<Request>, usize) {
    let bench = Bench::after(setup).await;
    bench.run(task, &stamp(50, "ben"), false).await.unwrap().unwrap();
    (bench.faults.requests(), bench.written(stamp(50, "").op))
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_every_request_of_every_operation() {
    let mut points = BTreeMap::new();
    for (name, setup, task) in operations() {
        let (clean, writes) = requests(&setup, &task).await;
        for request in &clean {
            for (what, fault) in Fault::every(request) {
                for ending in [Ending::Never, Ending::Next] {
                    *points.entry(name).or_insert(0) += 1;
                    let case = format!("{name}: {what} at {request}, killed {ending:?}");
                    point(&setup, &task, writes, request.index, fault.clone(), ending).await.unwrap_or_else(|e| panic!("{case}: {e}"));
                }
            }
        }
    }
    let all: usize = points.values().sum();
    println!("{all} points: {points:?}");
    assert!(all >= 2_000, "{all}");
}

async fn point(setup: &[Task], task: &Task, writes: usize, index: usize, fault: Fault, ending: Ending) -> Result<(), String> {
    let bench = Bench::after(setup).await;
    let keys = bench.world.memory.keys();
    let own = stamp(50, "ben");
    bench.faults.fail_nth(index, fault);
    if ending == Ending::Next {
        bench.faults.fail_nth(index + 1, Fault::Hang);
    }
    let mut said = Vec::new();
    let outcome = bench.run(task, &own, false).await;
    said.extend(outcome.as_ref().map(|outcome| (own.op, told(outcome))));
    bench.world.check(&id(), &said)?;

    // Whatever is left behind, the next person can work at once.
    if ending == Ending::Next {
        let theirs = Task::Publish { version: "7.0.0".into(), content: "theirs".into(), channel: Some("beta") };
        let done = carry_out(&bench.world.calm(), &id(), &theirs, &stamp(60, "eve"), false, &CancellationToken::new()).await;
        said.push((stamp(60, "").op, told(&done)));
        done.map_err(|e| format!("the next person: {e}"))?;
        bench.world.check(&id(), &said)?;
    }

    // What was still on its way arrives. It is not live after it was said not to be.
    bench.faults.heal();
    bench.faults.land().await;
    bench.world.check(&id(), &said)?;

    // What is certain stays so; what is not is settled, once and for all.
    if outcome.as_ref().is_none_or(|outcome| told(outcome) == Told::Unknown) {
        for _ in 0..2 {
            let again = bench.run(task, &own, true).await.ok_or("it hangs")?;
            said.push((own.op, told(&again)));
            let done = again.map_err(|e| format!("resumed: {e}"))?;
            if writes > 0 && !done.wrote {
                return Err("resumed: it wrote nothing".into());
            }
        }
    }
    bench.world.check(&id(), &said)?;
    let committed = said.iter().any(|(op, told)| *op == own.op && matches!(told, Told::Committed(_)));
    if bench.written(own.op) != usize::from(committed) {
        return Err("what is there is not what was told".into());
    }
    if bench.revisions() != setup.len() + usize::from(committed) + usize::from(ending == Ending::Next) {
        return Err("a revision was lost, or is one too many".into());
    }
    let now = bench.world.memory.keys();
    if let Some(gone) = keys.iter().find(|key| !now.contains(key)) {
        return Err(format!("{gone} is gone"));
    }
    if bench.faults.count(Method::Delete, "") > 0 {
        return Err("something was deleted".into());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_every_request_of_making_a_registry() {
    let about = |n| About::new(Uuid::from_u128(n), "Team");
    let create = async |store: &FaultStore, n| Registry::create(Arc::new(store.clone()), Arc::default(), about(n), "plugins").await;
    let clean = {
        let store = FaultStore::new(Arc::new(MemoryStore::new()));
        create(&store, 1).await.unwrap();
        store.requests()
    };
    let mut points = 0;
    for request in &clean {
        for (what, fault) in Fault::every(request) {
            points += 1;
            let case = format!("{what} at {request}");
            let memory = MemoryStore::new();
            let watched = Watched::new(memory.clone());
            let store = FaultStore::new(Arc::new(watched.clone()));
            store.fail_nth(request.index, fault);
            let first = tokio::time::timeout(FOREVER, create(&store, 1)).await;
            store.heal();
            // Somebody else makes one there, and then the first person tries again: it is the same one for both.
            let theirs = create(&store, 2).await.unwrap_or_else(|e| panic!("{case}: {e}"));
            store.land().await;
            let ours = create(&store, 3).await.unwrap_or_else(|e| panic!("{case}: {e}"));
            assert_eq!(ours.about(), theirs.about(), "{case}");
            if let Ok(Ok(first)) = first {
                assert_eq!(first.about(), ours.about(), "{case}");
            }
            assert_eq!(watched.breaches(), Vec::<String>::new(), "{case}");
            assert_eq!(memory.keys(), ["registry.json"], "{case}");
        }
    }
    println!("{points} points");
    assert!(points >= 50, "{points}");
}

/// A person who is refused is told who was first.
#[tokio::test(start_paused = true)]
async fn who_loses_is_told_who_won() {
    let bench = Bench::after(&[Task::publish("1.0.0")]).await;
    let theirs = Task::Publish { version: "1.1.0".into(), content: "theirs".into(), channel: None };
    carry_out(&bench.world.calm(), &id(), &theirs, &stamp(60, "eve"), false, &CancellationToken::new()).await.unwrap();
    let outcome = bench.run(&Task::publish("1.1.0"), &stamp(50, "ben"), false).await.unwrap();
    let Err(ChangeError::Refused(Refusal::VersionTaken { by, .. })) = outcome else { panic!("{outcome:?}") };
    assert_eq!(by, "eve");
}
