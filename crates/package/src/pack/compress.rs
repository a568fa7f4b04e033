//! Compressing files on every core, and handing them over in the order of the package.
//!
//! What a file compresses to depends on that file alone, so how many threads there are and which of them is faster changes
//! nothing in the package.

use std::{
    collections::BTreeMap,
    io::{self, Seek as _, Write as _},
    ops::ControlFlow,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use flate2::{Crc, write::DeflateEncoder};
use tempfile::{SpooledTempFile, spooled_tempfile_in};

use super::{CHUNK, LEVEL, PackError, source::Source, write_error};
use crate::{Digest, Hasher, SourceFile};

/// More threads than this wait for the one that writes.
const MOST_THREADS: usize = 8;
/// How many files may be under way at once. With [`IN_MEMORY`] it bounds the memory: at most 32 MiB of compressed bytes.
const AHEAD: usize = 32;
/// Up to this many bytes in all, starting threads takes longer than compressing.
const FEW: u64 = 256 << 10;
/// From this size on a compressed file waits on disk instead of in memory, in bytes.
const IN_MEMORY: usize = 1 << 20;

/// A file after it was read.
pub(super) struct Compressed {
    /// Its compressed bytes, from the start.
    pub bytes: SpooledTempFile,
    /// How many there are.
    pub packed: u64,
    /// Of what was read.
    pub crc32: u32,
    /// Of what was read.
    pub sha256: Digest,
}

enum News {
    /// So many more bytes of some file were read.
    Read(usize),
    /// The file at this place is done, or cannot be.
    Done(usize, Result<Compressed, PackError>),
}

/// Reads, digests and compresses every file; `each` gets them in the order given. Of several failures the first in that order is
/// told, so that the same folder fails with the same words each time.
pub(super) fn compress_all(
    folder: &Path,
    files: &[&SourceFile],
    scratch: &Path,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    mut each: impl FnMut(&SourceFile, Compressed) -> Result<(), PackError>,
) -> Result<(), PackError> {
    if files.iter().map(|file| file.size).sum::<u64>() <= FEW {
        let (mut compressor, mut read) = (Compressor::new(folder, scratch), 0);
        for file in files {
            let done = compressor.file(file, &mut |bytes| {
                read += bytes as u64;
                progress(read)
            })?;
            each(file, done)?;
        }
        return Ok(());
    }
    let (orders, todo) = channel();
    let (todo, stop) = (Mutex::new(todo), AtomicBool::new(false));
    let (tell, news) = channel();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(files.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            let worker = Worker { folder, files, scratch, todo: &todo, tell: tell.clone(), stop: &stop };
            scope.spawn(move || worker.run());
        }
        drop(tell);
        // Moved in here, so that they are gone when this ends, in whatever way, and the threads end too.
        let (orders, _stop) = (orders, StopOnDrop(&stop));
        let mut ordered = 0..files.len();
        let mut order_one = || {
            // Nobody takes it only when the threads have panicked, which is noticed below.
            let _ = ordered.next().map(|next| orders.send(next));
        };
        (0..AHEAD).for_each(|_| order_one());
        let (mut read, mut next, mut waiting) = (0, 0, BTreeMap::new());
        while next < files.len() {
            // The threads are gone without a word only when one of them panicked; the scope passes that on.
            let Ok(news) = news.recv() else { return Err(write_error(io::ErrorKind::Other.into())) };
            match news {
                News::Read(bytes) => {
                    read += bytes as u64;
                    if progress(read).is_break() {
                        return Err(PackError::Cancelled);
                    }
                }
                News::Done(place, done) => drop(waiting.insert(place, done)),
            }
            while let Some(done) = waiting.remove(&next) {
                each(files[next], done?)?;
                next += 1;
                order_one();
            }
        }
        Ok(())
    })
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Worker<'a> {
    folder: &'a Path,
    files: &'a [&'a SourceFile],
    scratch: &'a Path,
    todo: &'a Mutex<Receiver<usize>>,
    tell: Sender<News>,
    stop: &'a AtomicBool,
}

impl Worker<'_> {
    /// Until there is nothing more to do, or nobody listens any more.
    fn run(self) {
        let mut compressor = Compressor::new(self.folder, self.scratch);
        let mut on_read = |bytes| {
            // Nobody listens only after a failure that is told already.
            let _ = self.tell.send(News::Read(bytes));
            if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        loop {
            let next = self.todo.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(place) = next else { return };
            let done = compressor.file(self.files[place], &mut on_read);
            if self.tell.send(News::Done(place, done)).is_err() {
                return;
            }
        }
    }
}

struct Compressor<'a> {
    folder: &'a Path,
    scratch: &'a Path,
    /// One for all files: the compressor's tables are larger than most files.
    encoder: DeflateEncoder<SpooledTempFile>,
    chunk: Vec<u8>,
}

impl<'a> Compressor<'a> {
    fn new(folder: &'a Path, scratch: &'a Path) -> Self {
        Self { folder, scratch, encoder: DeflateEncoder::new(spool(scratch), LEVEL), chunk: vec![0; CHUNK] }
    }

    fn file(&mut self, file: &SourceFile, on_read: &mut dyn FnMut(usize) -> ControlFlow<()>) -> Result<Compressed, PackError> {
        let mut source = Source::open(self.folder, file)?;
        let (mut crc, mut hasher) = (Crc::new(), Hasher::new());
        while let Some(bytes) = source.next(&mut self.chunk)? {
            if on_read(bytes.len()).is_break() {
                return Err(PackError::Cancelled);
            }
            crc.update(bytes);
            hasher.update(bytes);
            self.encoder.write_all(bytes).map_err(write_error)?;
        }
        let mut bytes = self.encoder.reset(spool(self.scratch)).map_err(write_error)?;
        let packed = bytes.stream_position().map_err(write_error)?;
        bytes.rewind().map_err(write_error)?;
        Ok(Compressed { bytes, packed, crc32: crc.sum(), sha256: hasher.finish() })
    }
}

fn spool(scratch: &Path) -> SpooledTempFile {
    spooled_tempfile_in(IN_MEMORY, scratch)
}
