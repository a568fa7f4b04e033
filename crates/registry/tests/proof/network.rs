//! The way from a program to the bucket, in weather.

use std::{
    fmt::{self, Write as _},
    ops::Range,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use patchbay_package::Digest;
use patchbay_registry::{
    Key,
    store::{Body, Condition, ETag, Fetched, Page, Progress, Store, StoreError, StoreErrorKind, memory::MemoryStore},
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng, seq::IndexedRandom as _};
use tokio::time::sleep;

use super::calendar::{Calendar, WEEK};

const ENDPOINT: &str = "https://store.example";

/// A mistake, to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flaw {
    None,
    /// The store does not look at one `If-Match` in twenty.
    Forgets,
    /// Garbage is collected however young it is, as it was listed.
    EagerCollection,
    /// No program notices that its computer slept.
    Oblivious,
}

/// How bad the network is: of a thousand requests.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    lost_before: u32,
    lost_after: u32,
    late: u32,
    unavailable: u32,
    busy: u32,
    own_success: u32,
    unreachable: u32,
    page: u32,
    twice: u32,
    /// The computer sleeps for a week when it has the answer.
    naps: u32,
}

impl Weather {
    pub fn drawn(rng: &mut SmallRng) -> Self {
        let storm = *[0, 10, 40, 120].choose(rng).unwrap();
        let naps = *[0, 4, 20].choose(rng).unwrap();
        let mut rate = || rng.random_range(0..=storm);
        Self {
            lost_before: rate(),
            lost_after: rate(),
            late: rate(),
            unavailable: rate(),
            busy: rate(),
            own_success: rate(),
            twice: rate(),
            unreachable: rate() / 4,
            page: rate() / 4,
            naps,
        }
    }

    fn strikes(&self, rng: &mut SmallRng) -> Luck {
        let mut drawn = rng.random_range(0..1_000);
        let rates = [
            (self.lost_before, Luck::LostBefore),
            (self.lost_after, Luck::LostAfter),
            (self.late, Luck::Late),
            (self.unavailable, Luck::Unavailable),
            (self.busy, Luck::Busy),
            (self.own_success, Luck::OwnSuccess),
            (self.twice, Luck::Twice),
            (self.unreachable, Luck::Unreachable),
            (self.page, Luck::Page),
        ];
        for (rate, luck) in rates {
            if drawn < rate {
                return luck;
            }
            drawn -= rate;
        }
        Luck::Good
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Luck {
    Good,
    LostBefore,
    LostAfter,
    /// Nobody hears of it until whoever asks gives up; and then it arrives.
    Late,
    Unavailable,
    Busy,
    /// 412, and it was our own success.
    OwnSuccess,
    Twice,
    Unreachable,
    /// An answer that no store gives, after the effect.
    Page,
}

/// What happened, in order.
#[derive(Clone)]
pub struct Diary {
    pub calendar: Calendar,
    text: Arc<Mutex<String>>,
}

impl Diary {
    pub fn new(calendar: Calendar) -> Self {
        Self { calendar, text: Arc::default() }
    }

    pub fn note(&self, what: fmt::Arguments<'_>) {
        writeln!(self.text.lock().unwrap(), "{:>8} {what}", self.calendar.elapsed().as_millis()).unwrap();
    }

    pub fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }
}

/// The way from one program to the bucket.
#[derive(Clone)]
pub struct Line {
    inner: Arc<dyn Store>,
    bucket: MemoryStore,
    rng: Arc<Mutex<SmallRng>>,
    weather: Weather,
    flaw: Flaw,
    name: String,
    diary: Diary,
    mended: Arc<AtomicBool>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Line {
    pub fn new(
        inner: Arc<dyn Store>,
        bucket: MemoryStore,
        weather: Weather,
        flaw: Flaw,
        name: String,
        diary: Diary,
        rng: &mut SmallRng,
    ) -> Self {
        let rng = Arc::new(Mutex::new(SmallRng::from_rng(rng)));
        Self { inner, bucket, rng, weather, flaw, name, diary, mended: Arc::default() }
    }

    /// From now on nothing goes wrong.
    pub fn mend(&self) {
        self.mended.store(true, Ordering::Relaxed);
    }

    /// What becomes of a request, and how long it takes there and back.
    fn luck(&self) -> (Luck, Duration, Duration) {
        let mut rng = self.rng.lock().unwrap();
        let luck = if self.mended.load(Ordering::Relaxed) { Luck::Good } else { self.weather.strikes(&mut rng) };
        let mut leg = || Duration::from_millis(rng.random_range(1..40));
        (luck, leg(), leg())
    }

    fn fails(&self, kind: StoreErrorKind, key: &str) -> StoreError {
        self.diary.note(format_args!("{} {key}: {kind}", self.name));
        StoreError { kind, key: Some(key.to_owned()), source: None }
    }

    /// What was signed then is refused when it comes too late.
    fn in_time(&self, signed: Timestamp, key: &str) -> Result<(), StoreError> {
        if self.diary.calendar.takes(signed) { Ok(()) } else { Err(self.fails(StoreErrorKind::ClockSkew, key)) }
    }

    /// The computer may sleep for a week now that it has its answer, and wakes when others have been awake for a while.
    async fn nap(&self) {
        if self.mended.load(Ordering::Relaxed) {
            return;
        }
        let wakes = {
            let mut rng = self.rng.lock().unwrap();
            rng.random_ratio(self.weather.naps, 1_000).then(|| Duration::from_millis(rng.random_range(0..60_000)))
        };
        if let Some(wakes) = wakes {
            self.diary.note(format_args!("{} sleeps for a week", self.name));
            self.diary.calendar.skip(WEEK);
            sleep(wakes).await;
        }
    }

    /// Asks for something that changes nothing.
    async fn ask<T: Send>(&self, what: &str, key: &str, work: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
        let (luck, there, back) = self.luck();
        let signed = self.diary.calendar.now();
        sleep(there).await;
        match luck {
            Luck::Unreachable => return Err(self.fails(unreachable(), key)),
            Luck::Unavailable => return Err(self.fails(unavailable(), key)),
            Luck::Page => return Err(self.fails(page(), key)),
            Luck::LostBefore | Luck::LostAfter => return Err(self.fails(lost(), key)),
            Luck::Late => {
                sleep(Duration::from_secs(20)).await;
                return Err(self.fails(lost(), key));
            }
            Luck::Good | Luck::Busy | Luck::OwnSuccess | Luck::Twice => {}
        }
        self.in_time(signed, key)?;
        let answer = work.await;
        self.diary.note(format_args!("{} {what} {key}", self.name));
        sleep(back).await;
        self.nap().await;
        answer
    }

    /// A PUT arrives.
    async fn arrives(&self, signed: Timestamp, key: &Key, body: Body, condition: Condition) -> Result<ETag, StoreError> {
        self.in_time(signed, &key.to_string())?;
        let forgets =
            self.flaw == Flaw::Forgets && matches!(condition, Condition::Matches(_)) && self.rng.lock().unwrap().random_ratio(1, 20);
        let condition = match self.bucket.object(&key.to_string()) {
            Some(object) if forgets => Condition::Matches(object.etag),
            _ => condition,
        };
        let answer = self.inner.put(key, body, condition, None).await;
        let said = answer.as_ref().map_or_else(|e| e.kind.name(), |_| "written");
        self.diary.note(format_args!("{} PUT {key} arrives: {said}", self.name));
        answer
    }

    fn send(&self, wait: Duration, key: &Key, body: &Body, condition: &Condition) -> tokio::task::JoinHandle<Result<ETag, StoreError>> {
        let (line, key, body, condition) = (self.clone(), key.clone(), body.clone(), condition.clone());
        let signed = self.diary.calendar.now();
        // On its own: it arrives also when the program has ended meanwhile.
        tokio::spawn(async move {
            sleep(wait).await;
            line.arrives(signed, &key, body, condition).await
        })
    }

    /// The same for a removal.
    fn send_removal(&self, wait: Duration, key: &Key) -> tokio::task::JoinHandle<Result<(), StoreError>> {
        let (line, key, signed) = (self.clone(), key.clone(), self.diary.calendar.now());
        tokio::spawn(async move {
            sleep(wait).await;
            line.in_time(signed, &key.to_string())?;
            line.diary.note(format_args!("{} DELETE {key} arrives", line.name));
            line.inner.delete(&key).await
        })
    }

    /// How long somebody waits for an answer that does not come, and how long its request is on its way: about as long as it may be.
    fn late(&self) -> (Duration, Duration) {
        let mut rng = self.rng.lock().unwrap();
        let flight = if rng.random_bool(0.5) { 60_000 } else { 840_000 };
        (Duration::from_millis(rng.random_range(1..20_000)), Duration::from_millis(rng.random_range(1..flight)))
    }
}

fn unreachable() -> StoreErrorKind {
    StoreErrorKind::Unreachable { endpoint: ENDPOINT.into(), reason: "its name is not known".into() }
}

fn unavailable() -> StoreErrorKind {
    StoreErrorKind::Unavailable { endpoint: ENDPOINT.into(), status: 503 }
}

fn page() -> StoreErrorKind {
    StoreErrorKind::NotAStore { endpoint: ENDPOINT.into(), what: "a web page".into() }
}

fn lost() -> StoreErrorKind {
    StoreErrorKind::Lost { endpoint: ENDPOINT.into(), reason: "the connection was closed before an answer came".into() }
}

#[async_trait]
impl Store for Line {
    async fn get(&self, key: &Key, known: Option<&ETag>, limit: u64) -> Result<Fetched, StoreError> {
        self.ask("GET", &key.to_string(), self.inner.get(key, known, limit)).await
    }

    async fn get_range(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.ask("GET", &key.to_string(), self.inner.get_range(key, range)).await
    }

    async fn download(&self, key: &Key, to: &Path, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.ask("GET", &key.to_string(), self.inner.download(key, to, progress)).await
    }

    async fn digest(&self, key: &Key, progress: Progress) -> Result<(u64, Digest), StoreError> {
        self.ask("GET", &key.to_string(), self.inner.digest(key, progress)).await
    }

    async fn put(&self, key: &Key, body: Body, condition: Condition, _: Option<Progress>) -> Result<ETag, StoreError> {
        let (luck, there, back) = self.luck();
        let path = key.to_string();
        let fails = |kind| Err(self.fails(kind, &path));
        if let Some(kind) = never_there(luck, there).await {
            return fails(kind);
        }
        match luck {
            Luck::Busy => {
                sleep(there + back).await;
                return fails(StoreErrorKind::Busy { key: path.clone() });
            }
            Luck::Late => {
                let (patience, flight) = self.late();
                drop(self.send(flight, key, &body, &condition));
                sleep(patience).await;
                return fails(lost());
            }
            Luck::Twice => drop(self.send(there + back / 2, key, &body, &condition)),
            _ => {}
        }
        let answer = match self.send(there, key, &body, &condition).await {
            Ok(answer) => answer,
            Err(e) => panic!("{e}"),
        };
        sleep(back).await;
        self.nap().await;
        match on_the_way_back(luck) {
            Some(kind) => fails(kind),
            None if luck == Luck::OwnSuccess && answer.is_ok() => fails(StoreErrorKind::PreconditionFailed { key: path.clone() }),
            None => answer,
        }
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        self.ask("LIST", prefix, self.inner.page(prefix, after)).await
    }

    /// Once, however late: what is delivered a second time after its answer could meet what somebody uploaded anew
    /// (`docs/decisions.md`, "A clean-up and a publisher see each other").
    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let (luck, there, back) = self.luck();
        let path = key.to_string();
        let fails = |kind| Err(self.fails(kind, &path));
        if let Some(kind) = never_there(luck, there).await {
            return fails(kind);
        }
        if luck == Luck::Late {
            let (patience, flight) = self.late();
            drop(self.send_removal(flight, key));
            sleep(patience).await;
            return fails(lost());
        }
        let answer = match self.send_removal(there, key).await {
            Ok(answer) => answer,
            Err(e) => panic!("{e}"),
        };
        sleep(back).await;
        self.nap().await;
        match on_the_way_back(luck) {
            Some(kind) => fails(kind),
            None => answer,
        }
    }
}

/// What becomes of a request that does not reach the store.
async fn never_there(luck: Luck, there: Duration) -> Option<StoreErrorKind> {
    match luck {
        Luck::Unreachable => Some(unreachable()),
        Luck::LostBefore => {
            sleep(there).await;
            Some(lost())
        }
        _ => None,
    }
}

/// What is heard instead of the store's answer.
fn on_the_way_back(luck: Luck) -> Option<StoreErrorKind> {
    match luck {
        Luck::LostAfter => Some(lost()),
        Luck::Unavailable => Some(unavailable()),
        Luck::Page => Some(page()),
        _ => None,
    }
}
