//! The contents of a package: inflated, counted and digested on every processor, while another one digests the package.

use std::{
    fs::File,
    io::Write as _,
    num::NonZero,
    ops::ControlFlow,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use super::{Accepted, Listed};
use crate::{
    ArchiveError, Digest, FileEntry, FileList, Hasher, ReadAt,
    member::{Reader, read_error},
};

/// How much of the package is digested at once, in bytes.
const CHUNK: usize = 256 << 10;
/// More would only wait for the disk, and take memory.
const MAX_WORKERS: usize = 4;

/// Where the bytes of a file go besides; nowhere when it gives none.
pub(crate) type Sink<'a> = &'a (dyn Fn(&Listed) -> Result<Option<File>, ArchiveError> + Sync);

/// Reads every content. The first flaw that is found ends it.
pub(crate) fn read(
    package: &(impl ReadAt + ?Sized),
    listed: &[Listed],
    sink: Sink<'_>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Accepted, ArchiveError> {
    // Large ones first, so that no processor is left alone with one at the end.
    let mut order: Vec<_> = (0..listed.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(listed[*at].member.size));
    let size = package.size().map_err(read_error)?;
    let (done, told) = channel();
    let reading =
        Reading { package, size, listed, order, sink, next: AtomicUsize::new(0), stopped: AtomicBool::new(false), error: Mutex::default() };
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(MAX_WORKERS).min(listed.len() + 1);
    let found = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| (done.clone(), &reading)).map(|(done, r)| scope.spawn(move || r.work(&done))).collect();
        drop(done);
        let mut sum = 0;
        // Ends with the last worker.
        for bytes in told {
            sum += bytes;
            if progress(sum).is_break() {
                reading.stop(ArchiveError::Cancelled);
            }
        }
        handles.into_iter().flat_map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<_>>()
    });
    if let Some(e) = reading.error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(e);
    }
    Ok(together(size, listed, &found))
}

/// What a worker found out: the digest of the file at this place, or of the package.
type Found = (Option<usize>, Digest);

/// Every digest is there: no worker ended early.
fn together(size: u64, listed: &[Listed], found: &[Found]) -> Accepted {
    let mut sha256 = Digest([0; 32]);
    let entry = |Listed { member, mode }: &Listed| FileEntry {
        path: member.path.clone(),
        size: member.size,
        sha256,
        offset: member.offset,
        packed: member.packed,
        mode: *mode,
    };
    let mut files: Vec<_> = listed.iter().map(entry).collect();
    for (at, digest) in found {
        match at {
            Some(at) => files[*at].sha256 = *digest,
            None => sha256 = *digest,
        }
    }
    Accepted { sha256, size, list: FileList { files } }
}

struct Reading<'a, P: ?Sized> {
    package: &'a P,
    size: u64,
    listed: &'a [Listed],
    order: Vec<usize>,
    sink: Sink<'a>,
    next: AtomicUsize,
    stopped: AtomicBool,
    error: Mutex<Option<ArchiveError>>,
}

impl<P: ReadAt + ?Sized> Reading<'_, P> {
    fn stop(&self, error: ArchiveError) {
        self.stopped.store(true, Ordering::Relaxed);
        self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Does one thing after the other until nothing is left. The package's own digest is the first.
    fn work(&self, done: &Sender<u64>) -> Vec<Found> {
        let (mut reader, mut found) = (Reader::new(), Vec::new());
        loop {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let result = match next.checked_sub(1).map(|at| self.order.get(at)) {
                None => self.package().map(|digest| (None, digest)),
                Some(Some(at)) => self.file(&mut reader, &self.listed[*at], done).map(|digest| (Some(*at), digest)),
                Some(None) => return found,
            };
            match result {
                Ok(result) => found.push(result),
                Err(e) => {
                    self.stop(e);
                    return found;
                }
            }
        }
    }

    fn go_on(&self) -> Result<(), ArchiveError> {
        // Whoever stopped it has said why.
        if self.stopped.load(Ordering::Relaxed) { Err(ArchiveError::Cancelled) } else { Ok(()) }
    }

    fn package(&self) -> Result<Digest, ArchiveError> {
        let (mut hasher, mut chunk, mut at) = (Hasher::new(), vec![0; CHUNK], 0);
        while at < self.size {
            self.go_on()?;
            let n = chunk.len().min(usize::try_from(self.size - at).unwrap_or(usize::MAX));
            self.package.read_exact_at(&mut chunk[..n], at).map_err(read_error)?;
            hasher.update(&chunk[..n]);
            at += n as u64;
        }
        Ok(hasher.finish())
    }

    fn file(&self, reader: &mut Reader, listed: &Listed, done: &Sender<u64>) -> Result<Digest, ArchiveError> {
        let mut out = (self.sink)(listed)?;
        let mut hasher = Hasher::new();
        reader.read(self.package, &listed.member, &mut |bytes| {
            self.go_on()?;
            hasher.update(bytes);
            // The receiver is there as long as any worker.
            let _ = done.send(bytes.len() as u64);
            match &mut out {
                Some(out) => out.write_all(bytes).map_err(|source| ArchiveError::Write { path: listed.member.path.clone(), source }),
                None => Ok(()),
            }
        })?;
        Ok(hasher.finish())
    }
}
