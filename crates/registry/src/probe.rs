//! Whether an endpoint does what conditional writes promise: asked of the endpoint itself, for some take the headers and
//! ignore them, and a registry there would lose what people publish.
//!
//! RFC 9110 §13.1 says what `If-Match` and `If-None-Match` mean, the S3 user guide ("Conditional writes") which answers to
//! expect.

use std::{fmt, time::Duration};

use bytes::Bytes;
use futures::future::{join, join_all};
use tokio::time::Instant;

use crate::{
    key::Key,
    store::{Body, Condition, ETag, Fetched, Object, Store, StoreError, StoreErrorKind},
};

/// How many writers race.
const WRITERS: usize = 8;

/// How many times, at most. In a store without a lock a single writer wins by luck: in s3s-fs, in every sixth race.
const ROUNDS: usize = 6;

/// After this long there is no further round: where a race takes its time the writers meet for certain, and some stores let a
/// writer who meets another wait for seconds.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// Larger than anything that the probe writes.
const LIMIT: u64 = 64 * 1024;

/// One thing that a store must do right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProbeCheck {
    /// Read back the bytes and the tag of a write.
    ReadBack,
    /// Create once; a second create-only PUT fails and changes nothing.
    CreateOnce,
    /// Accept a PUT with the right `If-Match`.
    FreshTag,
    /// Refuse a PUT with a stale `If-Match`, and change nothing.
    StaleTag,
    /// Refuse `If-Match` where nothing stands.
    MissingMatch,
    /// Of several create-only PUTs at once, let exactly one win.
    CreateRace,
    /// Of several `If-Match` PUTs at once, let exactly one win.
    MatchRace,
}

impl ProbeCheck {
    /// Every check, in the order in which they are made.
    pub const ALL: [Self; 7] =
        [Self::ReadBack, Self::CreateOnce, Self::FreshTag, Self::StaleTag, Self::MissingMatch, Self::CreateRace, Self::MatchRace];

    /// What is done, for a list of steps.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ReadBack => "Write an object and read it back",
            Self::CreateOnce => "Create an object that is there already",
            Self::FreshTag => "Replace an object that did not change meanwhile",
            Self::StaleTag => "Replace an object that changed meanwhile",
            Self::MissingMatch => "Replace an object that is not there",
            Self::CreateRace => "Let eight writers create the same object at once",
            Self::MatchRace => "Let eight writers replace the same object at once",
        }
    }

    /// The name that scripts know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadBack => "read_back",
            Self::CreateOnce => "create_once",
            Self::FreshTag => "fresh_tag",
            Self::StaleTag => "stale_tag",
            Self::MissingMatch => "missing_match",
            Self::CreateRace => "create_race",
            Self::MatchRace => "match_race",
        }
    }
}

impl fmt::Display for ProbeCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub name: ProbeCheck,
    /// Whether the endpoint did right.
    pub passed: bool,
    /// What it did, as a sentence.
    pub found: String,
}

/// How all checks went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeReport {
    /// Each of [`ProbeCheck::ALL`], in that order.
    pub checks: Vec<Check>,
}

impl ProbeReport {
    /// Whether a registry can be written there.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }

    /// What the endpoint did wrong.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed)
    }
}

/// Makes every check, on objects of its own under `probe/`, which it removes again if it may.
///
/// # Errors
/// When a request fails for another reason than its condition: an endpoint that cannot be asked is neither good nor bad.
pub async fn probe(store: &dyn Store) -> Result<ProbeReport, StoreError> {
    let bench = Bench { store, run: uuid::Uuid::new_v4() };
    let report = bench.all().await;
    // Not every key may remove; what stays behind is a few bytes under a key that nothing reads.
    join_all(bench.objects().map(|key| async move { store.delete(&key).await })).await;
    report
}

/// The objects of one run.
struct Bench<'a> {
    store: &'a dyn Store,
    run: uuid::Uuid,
}

/// What a conditional PUT came to.
enum Outcome {
    Wrote(ETag),
    /// 412 or 409.
    Refused,
    /// Another answer that is the endpoint's own: it does not know the request.
    Strange(String),
}

/// A finding: good or bad, and what it was.
type Finding = (bool, String);

impl Bench<'_> {
    const ONE: &'static str = "one";
    const MISSING: &'static str = "missing";

    /// The object of one race.
    fn raced(verb: &str, round: usize) -> String {
        format!("{verb}-{round}")
    }

    /// All keys of the run.
    fn objects(&self) -> impl Iterator<Item = Key> {
        let raced = (0..ROUNDS).flat_map(|round| ["create", "replace"].map(|verb| Self::raced(verb, round)));
        [Self::ONE, Self::MISSING].map(str::to_owned).into_iter().chain(raced).map(|object| self.key(&object))
    }

    fn key(&self, object: &str) -> Key {
        Key::Probe(format!("{}-{object}", self.run))
    }

    async fn put(&self, object: &str, bytes: &Bytes, condition: Condition) -> Result<Outcome, StoreError> {
        match self.store.put(&self.key(object), Body::Bytes(bytes.clone()), condition, None).await {
            Ok(etag) => Ok(Outcome::Wrote(etag)),
            Err(error) => match error.kind {
                StoreErrorKind::PreconditionFailed { .. } | StoreErrorKind::Busy { .. } => Ok(Outcome::Refused),
                StoreErrorKind::Other { code, status } => Ok(Outcome::Strange(format!("It answered {code} (status {status})."))),
                _ => Err(error),
            },
        }
    }

    async fn standing(&self, object: &str) -> Result<Option<Object>, StoreError> {
        match self.store.get(&self.key(object), None, LIMIT).await? {
            Fetched::Found(found) => Ok(Some(found)),
            Fetched::Same | Fetched::Absent => Ok(None),
        }
    }

    /// A PUT that must be refused, and must leave `first` where it was.
    async fn refused(&self, object: &str, first: Option<&Bytes>, condition: Condition, wrong: &str) -> Result<Finding, StoreError> {
        Ok(match self.put(object, &Bytes::from_static(b"another"), condition).await? {
            Outcome::Wrote(_) => (false, wrong.to_owned()),
            Outcome::Strange(found) => (false, found),
            Outcome::Refused if self.standing(object).await?.as_ref().map(|o| &o.bytes) == first => {
                (true, "It refused, and nothing changed.".to_owned())
            }
            Outcome::Refused => (false, "It said that it refused, and changed the object all the same.".to_owned()),
        })
    }

    async fn all(&self) -> Result<ProbeReport, StoreError> {
        let (one, two) = (Bytes::from_static(b"one"), Bytes::from_static(b"two"));
        let mut findings = Vec::new();

        let first = match self.put(Self::ONE, &one, Condition::Absent).await? {
            Outcome::Wrote(etag) => etag,
            Outcome::Strange(found) => return Ok(no_writes(&found)),
            Outcome::Refused => return Ok(no_writes("It refused to create an object that was not there.")),
        };
        findings.push(match self.standing(Self::ONE).await? {
            Some(object) if object.bytes != one => (false, "It answered with other bytes than were written.".to_owned()),
            Some(object) if object.etag != first => (false, "It answered with another tag than the write had.".to_owned()),
            Some(_) => (true, "It answered with what was written.".to_owned()),
            None => (false, "It did not have what was just written.".to_owned()),
        });
        findings.push(self.refused(Self::ONE, Some(&one), Condition::Absent, "It let two writers create the same object.").await?);

        // The object may have been replaced by the check before, so what stands there is asked again.
        let fresh = self.standing(Self::ONE).await?.map_or_else(|| first.clone(), |object| object.etag);
        let replaced = self.put(Self::ONE, &two, Condition::Matches(fresh.clone())).await?;
        let standing = self.standing(Self::ONE).await?.map(|object| object.bytes);
        findings.push(match replaced {
            Outcome::Wrote(_) if standing.as_ref() == Some(&two) => (true, "It replaced the object.".to_owned()),
            Outcome::Wrote(_) => (false, "It said that it replaced the object, and did not.".to_owned()),
            Outcome::Refused => (false, "It refused to replace an object that had not changed.".to_owned()),
            Outcome::Strange(found) => (false, found),
        });
        let wrong = "It let a writer replace what somebody else had changed meanwhile.";
        findings.push(self.refused(Self::ONE, standing.as_ref(), Condition::Matches(fresh.clone()), wrong).await?);
        let wrong = "It let a writer replace an object that was not there.";
        findings.push(self.refused(Self::MISSING, None, Condition::Matches(fresh), wrong).await?);

        findings.extend(self.races().await?);

        let checks = ProbeCheck::ALL.into_iter().zip(findings).map(|(name, (passed, found))| Check { name, passed, found }).collect();
        Ok(ProbeReport { checks })
    }

    /// Both races, again and again up to the first time that one goes wrong.
    async fn races(&self) -> Result<[Finding; 2], StoreError> {
        let began = Instant::now();
        let mut round = 0;
        loop {
            let (created, replaced) = join(self.race("create", round), self.race("replace", round)).await;
            let findings = [created?, replaced?];
            round += 1;
            if round == ROUNDS || began.elapsed() > LONG_ENOUGH || findings.iter().any(|(right, _)| !right) {
                return Ok(findings);
            }
        }
    }

    /// Several writers at once, of whom one must win and be told so.
    async fn race(&self, verb: &str, round: usize) -> Result<Finding, StoreError> {
        let object = &Self::raced(verb, round);
        let condition = match verb {
            "create" => Condition::Absent,
            _ => match self.put(object, &Bytes::from_static(b"before"), Condition::Absent).await? {
                Outcome::Wrote(etag) => Condition::Matches(etag),
                Outcome::Refused => return Ok((false, "It refused to create an object that was not there.".to_owned())),
                Outcome::Strange(found) => return Ok((false, found)),
            },
        };
        let bodies: Vec<Bytes> = (0..WRITERS).map(|writer| Bytes::from(format!("writer {writer}"))).collect();
        let outcomes = join_all(bodies.iter().map(|bytes| self.put(object, bytes, condition.clone()))).await;
        let (mut winners, mut overrun) = (Vec::new(), None);
        for (outcome, bytes) in outcomes.into_iter().zip(&bodies) {
            match outcome {
                Ok(Outcome::Wrote(_)) => winners.push(bytes),
                Ok(Outcome::Refused) => {}
                Ok(Outcome::Strange(found)) => return Ok((false, found)),
                // So many writers can be too many. What the others were told is still true.
                Err(error) if error.is_transient() => overrun = Some(error),
                Err(error) => return Err(error),
            }
        }
        let standing = self.standing(object).await?.map(|object| object.bytes);
        Ok(match (winners.as_slice(), overrun) {
            ([winner], _) if standing.as_ref() == Some(winner) => (true, "Exactly one writer won.".to_owned()),
            ([_], _) => (false, "It told one writer that it had won, and kept something else.".to_owned()),
            ([], Some(overrun)) => return Err(overrun),
            ([], None) => (false, format!("It let none of {WRITERS} writers {verb} the object.")),
            (several, _) => (false, format!("It let {} of {WRITERS} writers {verb} the same object at once.", several.len())),
        })
    }
}

/// The report on an endpoint that does not even create an object.
fn no_writes(found: &str) -> ProbeReport {
    let checks = ProbeCheck::ALL.into_iter().map(|name| Check { name, passed: false, found: found.to_owned() }).collect();
    ProbeReport { checks }
}
