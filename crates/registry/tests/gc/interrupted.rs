//! A computer that sleeps for a week in the middle of something, and a clean-up that is stopped.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicI64, Ordering},
};

use patchbay_registry::Uploads;

use super::*;

const WEEK: SignedDuration = SignedDuration::from_hours(8 * 24);
const CLEANING: &str = "cleaning.json";

/// A bucket, with a computer whose clock goes on while it sleeps.
struct Sleepy {
    world: World,
    slept: Arc<AtomicI64>,
    folder: TempDir,
}

impl Sleepy {
    /// With what a crash left behind a week ago.
    async fn new() -> Self {
        let world = World::new().await;
        left_behind(&world);
        world.memory.pass(SETTLED);
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("package.zip"), package("2.0.0")).unwrap();
        world.store.forget();
        Self { world, slept: Arc::default(), folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("package.zip")
    }

    fn clock(&self) -> Clock {
        let slept = self.slept.clone();
        Arc::new(move || Timestamp::from_second(slept.load(Ordering::SeqCst)).unwrap())
    }

    /// The computer sleeps for a week after its nth request, and meanwhile somebody who is awake does something.
    fn sleeps_after<F>(&self, nth: usize, meanwhile: impl Fn(Registry) -> F + Send + Sync + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (memory, slept) = (self.world.memory.clone(), self.slept.clone());
        let about = self.world.registry.about().clone();
        let sleep = Fault::afterwards(move || {
            memory.pass(WEEK);
            slept.fetch_add(WEEK.as_secs(), Ordering::SeqCst);
            meanwhile(Registry::known(Arc::new(memory.clone()), Arc::default(), about.clone()))
        });
        self.world.store.fail_nth(nth, sleep);
    }

    #[track_caller]
    fn is_whole(&self, case: &str) {
        let document = self.world.text("plugins/timer.jsonl");
        assert!(document.contains("\"version\":\"2.0.0\""), "{case}: it is not live");
        for (key, _) in objects("timer", "2.0.0") {
            assert!(self.world.memory.object(&key).is_some(), "{case}: {key} is gone");
        }
    }
}

/// Whoever cleans up while others sleep.
async fn tidies(registry: Registry) {
    let orphans = plan(&registry, &silent()).await.unwrap().orphans;
    cleaned(&registry, &orphans).await.unwrap();
}

#[tokio::test]
async fn a_publisher_who_sleeps_for_a_week_looks_again_before_the_commit() {
    let requests = {
        let sleepy = Sleepy::new().await;
        publish_again(&sleepy.world.registry, &sleepy.file(), sleepy.clock()).await.unwrap();
        sleepy.world.store.requests()
    };
    let commit = requests.iter().position(|r| r.method == Method::Put && r.key.starts_with("plugins/")).unwrap();
    assert!(commit >= 8, "{requests:?}");
    // Once the commit is sent it is signed, and a store does not take it a week later.
    for request in &requests[..commit] {
        let sleepy = Sleepy::new().await;
        sleepy.sleeps_after(request.index, tidies);
        publish_again(&sleepy.world.registry, &sleepy.file(), sleepy.clock()).await.unwrap();
        sleepy.is_whole(&request.to_string());
    }
}

#[tokio::test]
async fn a_commit_that_was_awake_asks_for_nothing_more() {
    let sleepy = Sleepy::new().await;
    let uploads = Uploads::new(&sleepy.world.registry, &id(), &parsed("2.0.0"), Vec::new(), sleepy.clock());
    uploads.send(silent(), &CancellationToken::new()).await.unwrap();
    let (id, change, stamp, cancel) = (id(), Change::Publish(Box::new(whole("2.0.0"))), stamp(20, "bo"), CancellationToken::new());
    sleepy.slept.store(23 * 3_600, Ordering::SeqCst);
    let mut commit = sleepy.world.registry.commit(&id, &change, &stamp, &cancel);
    commit.uploads = Some(&uploads);
    commit.run().await.unwrap();
    let requests: Vec<_> = sleepy.world.store.requests().iter().map(ToString::to_string).collect();
    assert_eq!(requests, ["Get plugins/timer.jsonl", "Put history/timer/0000000003.jsonl", "Put plugins/timer.jsonl"]);
}

#[tokio::test]
async fn a_clean_up_that_sleeps_for_a_week_looks_again_before_it_removes() {
    let mut points = 0;
    for nth in 0.. {
        let sleepy = Sleepy::new().await;
        let orphans = plan(&sleepy.world.registry, &silent()).await.unwrap().orphans;
        sleepy.world.store.forget();
        let (memory, file) = (sleepy.world.memory.clone(), sleepy.file());
        sleepy.sleeps_after(nth, move |registry| {
            let (memory, file) = (memory.clone(), file.clone());
            async move {
                publish_again(&registry, &file, awake()).await.unwrap();
                // As old again as it was.
                memory.pass(WEEK);
            }
        });
        clean(&sleepy.world.registry, &orphans, &sleepy.clock(), &silent(), &CancellationToken::new()).await.ok();
        if sleepy.slept.load(Ordering::SeqCst) == 0 {
            break;
        }
        points += 1;
        let after = &sleepy.world.store.requests()[nth];
        // Taking back what was announced sends nothing after it that removes anything.
        sleepy.is_whole(&after.to_string());
    }
    assert!(points >= 8, "{points}");
}

#[tokio::test]
async fn a_clean_up_that_is_cancelled_takes_its_announcement_back() {
    let total = {
        let sleepy = Sleepy::new().await;
        let orphans = plan(&sleepy.world.registry, &silent()).await.unwrap().orphans;
        sleepy.world.store.forget();
        cleaned(&sleepy.world.registry, &orphans).await.unwrap();
        sleepy.world.store.requests().len()
    };
    let mut stopped = 0;
    for nth in 0..total {
        let sleepy = Sleepy::new().await;
        let orphans = plan(&sleepy.world.registry, &silent()).await.unwrap().orphans;
        sleepy.world.store.forget();
        let cancel = CancellationToken::new();
        let token = cancel.clone();
        sleepy.world.store.fail_nth(
            nth,
            Fault::meanwhile(move || {
                token.cancel();
                async {}
            }),
        );
        let outcome = clean(&sleepy.world.registry, &orphans, &awake(), &silent(), &cancel).await;
        match outcome {
            Err(GcError::Cancelled) => stopped += 1,
            outcome => drop(outcome.unwrap()),
        }
        assert!(sleepy.world.memory.object(CLEANING).is_none(), "{nth}");
        // What was asked to be removed is: nothing is cut off on its way.
        let asked = sleepy.world.store.count(Method::Delete, "packages/") + sleepy.world.store.count(Method::Delete, "assets/");
        let left = orphans.iter().filter(|orphan| sleepy.world.memory.object(&orphan.key.to_string()).is_some()).count();
        assert_eq!(asked + left, orphans.len(), "{nth}");
        // And the next one goes on at once.
        tidies(sleepy.world.stranger().registry).await;
        assert_eq!(planned(&sleepy.world).await, [""; 0], "{nth}");
    }
    assert!(stopped >= 6, "{stopped} of {total}");
}

#[tokio::test]
async fn as_long_as_a_removal_is_in_doubt_it_stays_announced() {
    for lost in [Fault::cut_before(), Fault::cut_after()] {
        let sleepy = Sleepy::new().await;
        let orphans = plan(&sleepy.world.registry, &silent()).await.unwrap().orphans;
        sleepy.world.store.fail_when(|request| request.method == Method::Delete, lost);
        assert!(matches!(cleaned(&sleepy.world.registry, &orphans).await, Err(GcError::Failed(_))));
        assert!(sleepy.world.memory.object(CLEANING).is_some());
    }
}

/// Found by the simulated days: a publisher who is refused has made the upload young, and the next attempt took that for safe.
#[tokio::test]
async fn whoever_was_refused_is_refused_again_as_long_as_the_removal_may_arrive() {
    let sleepy = Sleepy::new().await;
    let orphans = plan(&sleepy.world.registry, &silent()).await.unwrap().orphans;
    sleepy.world.store.fail_when(|request| request.method == Method::Delete, Fault::cut_before());
    assert!(cleaned(&sleepy.world.registry, &orphans).await.is_err());
    for _ in 0..3 {
        let error = publish_again(&sleepy.world.registry, &sleepy.file(), awake()).await.unwrap_err();
        assert!(matches!(error, ChangeError::BeingRemoved { .. }), "{error}");
        sleepy.world.memory.pass(SignedDuration::from_mins(10));
    }
    sleepy.world.memory.pass(SignedDuration::from_mins(31));
    publish_again(&sleepy.world.registry, &sleepy.file(), awake()).await.unwrap();
    sleepy.is_whole("an hour later");
}

#[tokio::test]
async fn the_announcement_of_another_is_never_taken_back() {
    let sleepy = Sleepy::new().await;
    let orphans = plan(&sleepy.world.registry, &silent()).await.unwrap().orphans;
    sleepy.world.store.forget();
    let memory = sleepy.world.memory.clone();
    // It takes so long that the next one may begin.
    sleepy.world.store.fail(
        Method::Get,
        "plugins/",
        Fault::meanwhile(move || {
            memory.pass(SignedDuration::from_mins(61));
            memory.insert(CLEANING, "{\"patchbay\":1,\"id\":\"1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b\",\"keys\":[]}\n");
            async {}
        }),
    );
    assert_eq!(cleaned(&sleepy.world.registry, &orphans).await.unwrap().removed, 0);
    assert!(sleepy.world.memory.object(CLEANING).is_some());
}
