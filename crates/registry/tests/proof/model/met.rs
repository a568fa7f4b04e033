//! The decisions and documents of a model, by number.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    fmt,
    hash::{Hash as _, Hasher as _},
};

use bytes::Bytes;
use patchbay_package::Digest;
use patchbay_registry::{
    Key, Standing,
    change::Revision,
    commit::decision::{End, Failed, Failure, Step},
    format::document::Document,
    store::ETag,
};
use patchbay_testkit::document::id;

use super::state::{Answer, At, Made, Verdict};

pub type Decision = Step<'static, ()>;

/// Steps and documents that were met so far. Every step is decided once, however many worlds it is met in.
#[derive(Default)]
pub struct Met {
    pub steps: Vec<Decision>,
    pub step_numbers: HashMap<u64, At>,
    pub documents: Vec<Standing>,
    pub document_numbers: HashMap<Digest, Made>,
    pub decided: HashMap<(At, Answer, bool), Verdict>,
}

fn hash_of(value: &impl fmt::Debug) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{value:?}").hash(&mut hasher);
    hasher.finish()
}

impl Met {
    pub fn document(&mut self, bytes: &Bytes) -> Made {
        let digest = Digest::of(bytes);
        *self.document_numbers.entry(digest).or_insert_with(|| {
            let document = Document::parse(&Key::Document(id()), bytes).unwrap();
            let revision = Revision { document, digest };
            self.documents.push(Standing { revision, bytes: bytes.clone(), etag: ETag(digest.to_string()) });
            Made::try_from(self.documents.len() - 1).unwrap()
        })
    }

    pub fn tag(&self, etag: &ETag) -> Made {
        Made::try_from(self.documents.iter().position(|d| d.etag == *etag).unwrap()).unwrap()
    }

    pub fn verdict(&mut self, step: Decision) -> Verdict {
        if let Step::End(end) = step {
            return Verdict::Ends(match end {
                End::Committed(done) => Some(done.wrote),
                End::Refused(_) | End::Failed(()) | End::Cancelled => Some(false),
                End::Unknown(_) => None,
            });
        }
        let steps = &mut self.steps;
        Verdict::Goes(*self.step_numbers.entry(hash_of(&step)).or_insert_with(|| {
            steps.push(step);
            At::try_from(steps.len() - 1).unwrap()
        }))
    }

    pub fn decide(&mut self, at: At, answer: Answer, late: bool) -> Verdict {
        if let Some(decided) = self.decided.get(&(at, answer, late)) {
            return *decided;
        }
        let failed = |how| Failed { how, error: () };
        let found = |made: Option<Made>| made.map(|made| self.documents[usize::from(made)].clone());
        let next = match (self.steps[at as usize].clone(), answer) {
            (Step::Read(ask), Answer::Found(made)) => ask.answered(Ok(found(made)), late),
            (Step::Read(ask), Answer::Fails(how)) => ask.answered(Err(failed(how)), late),
            (Step::Read(ask), Answer::Stopped) => ask.stopped(),
            (Step::Look(ask), Answer::Found(made)) => ask.answered(found(made).map(|s| s.revision).ok_or(failed(Failure::Definite)), late),
            (Step::Look(ask), Answer::Fails(how)) => ask.answered(Err(failed(how)), late),
            (Step::Look(ask), Answer::Stopped) => ask.stopped(),
            (Step::Archive(ask), Answer::Done) => ask.answered(Ok(()), late),
            (Step::Archive(ask), Answer::Fails(how)) => ask.answered(Err(failed(how)), late),
            (Step::Archive(ask), Answer::Stopped) => ask.stopped(),
            (Step::Put(ask), Answer::Done) => ask.answered(Ok(())),
            (Step::Put(ask), Answer::Fails(how)) => ask.answered(Err(failed(how))),
            (Step::Put(ask), Answer::Stopped) => ask.stopped(),
            (Step::Wait(wait), Answer::Done) => wait.over(),
            (step, answer) => panic!("{answer:?} is no answer to {step:?}"),
        };
        let verdict = self.verdict(next);
        self.decided.insert((at, answer, late), verdict);
        verdict
    }
}
