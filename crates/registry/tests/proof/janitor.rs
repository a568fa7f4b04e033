//! Whoever looks after the registry while others work: checks it, mends the catalogue, removes what nobody refers to.

use std::{rc::Rc, sync::Arc, time::Duration};

use patchbay_registry::{
    Key, Registry,
    doctor::{Report, Scope, Weight, check},
    gc::{GcError, Orphan, clean, plan},
    references::References,
    store::Progress,
};
use patchbay_testkit::document::stamp;
use rand::{RngExt as _, rngs::SmallRng, seq::IndexedRandom as _};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    calendar::WEEK,
    network::Flaw,
    simulation::{Day, Fate},
};

fn silent() -> Progress {
    Arc::new(|_| {})
}

/// What somebody does about the whole registry.
#[derive(Clone, Copy, Debug)]
enum Chore {
    Check(Scope),
    CleanUp,
}

/// Does chores all day, is killed now and then, and stops now and then.
pub async fn janitor(day: Rc<Day>, mut rng: SmallRng) -> Result<(), String> {
    for run in 0..rng.random_range(0..=4_u64) {
        sleep(Duration::from_millis(rng.random_range(0..1_500))).await;
        if rng.random_bool(0.4) {
            day.pause(&mut rng);
        }
        let checks = [false, true].map(|repair| Chore::Check(Scope { quick: rng.random_bool(0.5), repair }));
        let chore = *[Chore::CleanUp, Chore::CleanUp, checks[0], checks[1]].choose(&mut rng).unwrap();
        let name = format!("janitor.{run}");
        day.diary.note(format_args!("{name}: {chore:?}"));
        let registry = day.world.program(Arc::new(day.line(name.clone(), &mut rng)), Default::default());
        let (cancel, fate) = (CancellationToken::new(), Fate::drawn(&mut rng));
        // So long the list is looked at.
        let looks = Duration::from_millis(rng.random_range(0..60_000));
        let work = async {
            match chore {
                Chore::Check(scope) => match check(&registry, scope, stamp(9, "").at, &|_| {}, silent()).await {
                    Ok(report) => sound(&report),
                    Err(e) => {
                        day.diary.note(format_args!("{name} is told: {e}"));
                        Ok(())
                    }
                },
                Chore::CleanUp => tidies(&day, &registry, looks, &cancel).await,
            }
        };
        match fate.befalls(work, &cancel).await {
            Some(outcome) => outcome.map_err(|e| format!("{name}: {e}"))?,
            None => day.diary.note(format_args!("{name} is killed")),
        }
    }
    Ok(())
}

/// However much happens meanwhile, a check finds no damage where there is none.
fn sound(report: &Report) -> Result<(), String> {
    match report.findings.iter().find(|finding| finding.weight() == Weight::Damage) {
        Some(finding) => Err(format!("the doctor found: {finding}")),
        None => Ok(()),
    }
}

async fn tidies(day: &Day, registry: &Registry, looks: Duration, cancel: &CancellationToken) -> Result<(), String> {
    if day.flaw == Flaw::EagerCollection {
        eagerly(day, looks).await;
        return Ok(());
    }
    let outcome = async {
        let orphans = plan(registry, &silent()).await?.orphans;
        sleep(looks).await;
        clean(registry, &orphans, &day.clock(), &silent(), cancel).await
    };
    match outcome.await {
        Ok(done) => day.diary.note(format_args!("removed {}, kept {}", done.removed, done.kept)),
        Err(e @ GcError::DocumentMissing { .. }) => return Err(e.to_string()),
        Err(e) => day.diary.note(format_args!("the clean-up is told: {e}")),
    }
    Ok(())
}

/// What nobody refers to now is removed in a moment.
async fn eagerly(day: &Day, looks: Duration) {
    let memory = &day.world.memory;
    let mut references = References::default();
    for key in memory.keys().iter().filter(|key| key.starts_with("plugins/") || key.starts_with("history/")) {
        references.read(&memory.object(key).unwrap().bytes);
    }
    let orphans: Vec<String> = memory
        .keys()
        .into_iter()
        .filter(|key| match Key::parse(key) {
            Some(Key::Package(_, _, digest) | Key::Asset(_, digest)) => !references.contains(&digest),
            _ => false,
        })
        .collect();
    sleep(looks).await;
    for key in orphans {
        day.diary.note(format_args!("{key} is removed"));
        // Past whoever watches: what is to be found is the harm.
        memory.remove(&key);
    }
}

/// When all is over: one repair makes it whole, and one clean-up removes what nobody refers to, and nothing else.
pub async fn evening(day: &Day) -> Result<(), String> {
    let calm = day.world.calm();
    let examine = async |repair| {
        let report = check(&calm, Scope { quick: false, repair }, stamp(9, "").at, &|_| {}, silent()).await;
        report.map_err(|e| format!("the check in the evening: {e}"))
    };
    let report = examine(true).await?;
    if !report.is_healthy() {
        return Err(format!("in the evening: {}", report.findings[0]));
    }
    day.diary.calendar.skip(WEEK);
    day.diary.calendar.now();
    let failed = |e: GcError| format!("the clean-up in the evening: {e}");
    let orphans: Vec<Orphan> = plan(&calm, &silent()).await.map_err(failed)?.orphans;
    let done = clean(&calm, &orphans, &day.diary.calendar.clock(), &silent(), &CancellationToken::new()).await.map_err(failed)?;
    if done.removed != orphans.len() as u64 {
        return Err(format!("of {} uploads that nobody refers to {} were removed", orphans.len(), done.removed));
    }
    match examine(false).await?.findings.first() {
        Some(finding) => Err(format!("after the clean-up: {finding}")),
        None => Ok(()),
    }
}
