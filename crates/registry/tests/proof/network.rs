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
use patchbay_package::Digest;
use patchbay_registry::{
    Key,
    store::{Body, Condition, ETag, Fetched, Page, Progress, Store, StoreError, StoreErrorKind, memory::MemoryStore},
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng, seq::IndexedRandom as _};
use tokio::time::{Instant, sleep};

const ENDPOINT: &str = "https://store.example";

/// A mistake of the store, to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flaw {
    None,
    /// One `If-Match` in twenty is not looked at.
    Forgets,
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
}

impl Weather {
    pub fn drawn(rng: &mut SmallRng) -> Self {
        let storm = *[0, 10, 40, 120].choose(rng).unwrap();
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
    began: Instant,
    text: Arc<Mutex<String>>,
}

impl Diary {
    pub fn new(began: Instant) -> Self {
        Self { began, text: Arc::default() }
    }

    pub fn note(&self, what: fmt::Arguments<'_>) {
        writeln!(self.text.lock().unwrap(), "{:>8} {what}", self.began.elapsed().as_millis()).unwrap();
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

    /// Asks for something that changes nothing.
    async fn ask<T: Send>(&self, what: &str, key: &str, work: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
        let (luck, there, back) = self.luck();
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
        let answer = work.await;
        self.diary.note(format_args!("{} {what} {key}", self.name));
        sleep(back).await;
        answer
    }

    /// A PUT arrives.
    async fn arrives(&self, key: &Key, body: Body, condition: Condition) -> Result<ETag, StoreError> {
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
        // On its own: it arrives also when the program has ended meanwhile.
        tokio::spawn(async move {
            sleep(wait).await;
            line.arrives(&key, body, condition).await
        })
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
        match luck {
            Luck::Unreachable => return fails(unreachable()),
            Luck::LostBefore => {
                sleep(there).await;
                return fails(lost());
            }
            Luck::Busy => {
                sleep(there + back).await;
                return fails(StoreErrorKind::Busy { key: path.clone() });
            }
            Luck::Late => {
                let (patience, flight) = {
                    let mut rng = self.rng.lock().unwrap();
                    (rng.random_range(1..20_000), rng.random_range(1..60_000))
                };
                drop(self.send(Duration::from_millis(flight), key, &body, &condition));
                sleep(Duration::from_millis(patience)).await;
                return fails(lost());
            }
            Luck::Twice => drop(self.send(there + back / 2, key, &body, &condition)),
            Luck::Good | Luck::LostAfter | Luck::Unavailable | Luck::OwnSuccess | Luck::Page => {}
        }
        let answer = match self.send(there, key, &body, &condition).await {
            Ok(answer) => answer,
            Err(e) => panic!("{e}"),
        };
        sleep(back).await;
        match luck {
            Luck::LostAfter => fails(lost()),
            Luck::Unavailable => fails(unavailable()),
            Luck::Page => fails(page()),
            Luck::OwnSuccess if answer.is_ok() => fails(StoreErrorKind::PreconditionFailed { key: path.clone() }),
            _ => answer,
        }
    }

    async fn page(&self, prefix: &str, after: Option<&str>) -> Result<Page, StoreError> {
        self.ask("LIST", prefix, self.inner.page(prefix, after)).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.ask("DELETE", &key.to_string(), self.inner.delete(key)).await
    }
}
