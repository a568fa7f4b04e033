//! Everything that can go wrong with a request.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use patchbay_registry::{
    key::Key,
    store::{Fetched, StoreErrorKind},
};

use super::{Method, Request};

type Meanwhile = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// What goes wrong with a request.
#[derive(Clone)]
pub enum Fault {
    /// It fails and has no effect.
    Before(StoreErrorKind),
    /// It takes effect, and fails all the same.
    After(StoreErrorKind),
    /// Something else happens first; then it goes on as usual.
    Meanwhile(Meanwhile),
    /// It goes as usual, and something else happens before whoever asked goes on: its computer sleeps.
    Afterwards(Meanwhile),
    /// A GET answers what stood there before what stands there now, as far as this store has seen.
    Stale,
    /// A GET answers this.
    Answer(Fetched),
    /// A GET answers half of what stands there, as if that were all.
    Truncated,
    /// A PUT is sent twice, and the second answer comes back.
    Twice,
    /// A PUT fails, and arrives all the same: when this many other requests have been made.
    Late(usize),
    /// This long nothing happens; then this.
    Slow(Duration, Box<Fault>),
    /// It is never answered and has no effect.
    Hang,
    /// It takes effect and is never answered.
    HangAfter,
}

impl Fault {
    /// The connection is cut on the way there: no effect, but the writer cannot know.
    #[must_use]
    pub fn cut_before() -> Self {
        Self::Before(lost())
    }

    /// The connection is cut on the way back: the effect is there, but the writer cannot know.
    #[must_use]
    pub fn cut_after() -> Self {
        Self::After(lost())
    }

    /// 412 on one's own success, as when something between sends a PUT twice.
    #[must_use]
    pub fn own_success_refused(key: &Key) -> Self {
        Self::After(StoreErrorKind::PreconditionFailed { key: key.to_string() })
    }

    /// 409: somebody is writing right now.
    #[must_use]
    pub fn busy(key: &Key) -> Self {
        Self::Before(StoreErrorKind::Busy { key: key.to_string() })
    }

    /// 503, without effect.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::Before(StoreErrorKind::Unavailable { endpoint: ENDPOINT.into(), status: 503 })
    }

    /// Nothing is heard until whoever asks gives up.
    #[must_use]
    pub fn silent(fault: Self) -> Self {
        Self::Slow(Duration::from_secs(60), Box::new(fault))
    }

    /// Every way in which a request can go wrong, by name.
    #[must_use]
    pub fn every(request: &Request) -> Vec<(&'static str, Self)> {
        let unavailable = |status| StoreErrorKind::Unavailable { endpoint: ENDPOINT.into(), status };
        let page = || StoreErrorKind::NotAStore { endpoint: ENDPOINT.into(), what: "a web page".into() };
        let key = || request.key.clone();
        let mut faults = vec![
            ("lost on the way there", Self::cut_before()),
            ("503 before", Self::unavailable()),
            ("no answer in time, without effect", Self::silent(Self::cut_before())),
            ("slow", Self::Slow(Duration::from_secs(5), Box::new(Self::meanwhile(|| async {})))),
            ("unreachable", Self::unreachable()),
            ("denied", Self::Before(StoreErrorKind::Denied { verb: "write", what: key() })),
            ("a web page", Self::Before(page())),
            ("damaged", Self::Before(StoreErrorKind::Damaged { key: key() })),
            ("killed before", Self::Hang),
            ("killed after", Self::HangAfter),
        ];
        match request.method {
            Method::Put => faults.extend([
                ("lost on the way back", Self::cut_after()),
                ("500 after", Self::After(unavailable(500))),
                ("503 after", Self::After(unavailable(503))),
                ("409", Self::Before(StoreErrorKind::Busy { key: key() })),
                ("412 on one's own success", Self::After(StoreErrorKind::PreconditionFailed { key: key() })),
                ("an answer without an ETag, after", Self::After(page())),
                ("no answer in time, after", Self::silent(Self::cut_after())),
                ("sent twice", Self::Twice),
                ("arrives one request later", Self::Late(1)),
                ("arrives two requests later", Self::Late(2)),
                ("arrives four requests later", Self::Late(4)),
            ]),
            Method::Get => {
                faults.extend([("cut off", Self::Truncated), ("stale", Self::Stale), ("not there yet", Self::Answer(Fetched::Absent))])
            }
            Method::GetRange | Method::Download | Method::List | Method::Delete => {}
        }
        faults
    }

    /// The name cannot be resolved: certainly nothing was sent.
    #[must_use]
    pub fn unreachable() -> Self {
        Self::Before(StoreErrorKind::Unreachable { endpoint: ENDPOINT.into(), reason: "its name is not known".into() })
    }

    /// Something else happens first, such as another writer's change.
    #[must_use]
    pub fn meanwhile<F>(happens: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::Meanwhile(Arc::new(move || happens().boxed()))
    }

    /// Something else happens after the answer, before whoever asked goes on.
    #[must_use]
    pub fn afterwards<F>(happens: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::Afterwards(Arc::new(move || happens().boxed()))
    }
}

const ENDPOINT: &str = "https://store.example";

pub(super) fn lost() -> StoreErrorKind {
    StoreErrorKind::Lost { endpoint: ENDPOINT.into(), reason: "the connection was closed before an answer came".into() }
}
