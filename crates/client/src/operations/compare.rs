//! What differs between two releases, or between a folder and a release.

mod side;
mod told;

use std::sync::atomic::{AtomicU64, Ordering};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use patchbay_package::{
    Version,
    diff::{Facts, FileChange, Kind, MANIFESTS, TextLimits, compare_text, pair, suggest},
    same_version,
};
use patchbay_registry::{Standing, format::document::Document};

use self::side::Side;
use super::{folder, released};
use crate::{
    App,
    sentence::sentence,
    wire::{Code, DiffBody, DiffView, PackageInput, WireError},
};

/// How many files are fetched at once.
const AT_ONCE: usize = 8;

/// What is compared before somebody asks for a file by its name: enough for a release as people make them, and answered in a moment.
struct Budget {
    /// The largest file.
    file: u64,
    /// All files together.
    bytes: AtomicU64,
    /// All lines that are shown.
    lines: AtomicU64,
    limits: TextLimits,
    /// The most lines of a file that came or went: all of it is news, and little of it.
    whole: usize,
    /// Whether a name is enough to take a file for something that is not text.
    by_name: bool,
}

impl Budget {
    fn overview() -> Self {
        let (bytes, lines) = (AtomicU64::new(16 << 20), AtomicU64::new(24_000));
        Self { file: 1 << 20, bytes, lines, limits: TextLimits::DEFAULT, whole: 400, by_name: true }
    }

    /// For files that were asked for by name.
    fn named() -> Self {
        let limits = TextLimits { lines: 20_000, ..TextLimits::DEFAULT };
        let (bytes, lines) = (AtomicU64::new(64 << 20), AtomicU64::new(60_000));
        Self { file: 8 << 20, bytes, lines, limits, whole: 20_000, by_name: false }
    }

    /// Takes so much, if it is left.
    fn take(of: &AtomicU64, amount: u64) -> bool {
        of.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(amount)).is_ok()
    }
}

impl App {
    /// What differs between two releases of a plugin, each named by its version or a channel. Only files that differ are fetched, and of
    /// a very large difference not all of them: those in `only` always are, and nothing else then.
    ///
    /// # Errors
    /// When there is no such plugin, version, channel or package, else as reading fails; `altered_file` when a manifest is not what was
    /// published.
    pub async fn compare(
        &self,
        registry: Option<&str>,
        plugin: &str,
        old: &str,
        new: &str,
        platform: Option<&str>,
        only: &[String],
    ) -> Result<DiffView, WireError> {
        let id = super::id(plugin)?;
        let session = self.session(registry).await?;
        let document = self.document_with(&session, &id, &[old, new]).await?;
        let new = Side::of_release(&session, &document, new, platform).await?;
        // The same platform on both sides, where both have it.
        let like = platform.or_else(|| Some(new.platform()).filter(|name| released_for(&document, old, name)));
        let old = Side::of_release(&session, &document, old, like).await?;
        difference(&document, old, new, only).await
    }

    /// What publishing a folder would change: against `against`, or the newest release; against the one before, when the folder's version
    /// belongs between two that are there.
    ///
    /// # Errors
    /// When the folder or its manifest cannot be read, else as [`App::compare`].
    pub async fn compare_folder(
        &self,
        registry: Option<&str>,
        path: &str,
        against: Option<&str>,
        only: &[String],
    ) -> Result<DiffView, WireError> {
        let session = self.session(registry).await?;
        let folder = folder::read(PackageInput { path: path.to_owned(), platform: None }, Vec::new(), self.home().temporary()).await?;
        let standing = session.registry.find(&folder.manifest.id).await?;
        let (version, platform) = (folder.manifest.version.clone(), folder.manifest.platform.clone());
        let new = Side::of_folder(path, folder).await?;
        let Some(Standing { revision, .. }) = standing else { return Ok(told::first(&new)) };
        let document = &revision.document;
        let base = match against {
            Some(named) => named.to_owned(),
            None => match base(document, &version) {
                Some(base) => base.to_string(),
                None => return Ok(told::first(&new)),
            },
        };
        let platform = Some(&*platform).filter(|name| released_for(document, &base, name));
        let old = Side::of_release(&session, document, &base, platform).await?;
        difference(document, old, new, only).await
    }
}

/// Whether a release has a package for a platform.
fn released_for(document: &Document, wanted: &str, platform: &str) -> bool {
    released::release(document, Some(wanted)).is_ok_and(|release| release.artifacts.iter().any(|a| a.platform == platform))
}

/// The release that a folder of this version follows.
fn base<'a>(document: &'a Document, version: &Version) -> Option<&'a Version> {
    let all = || document.releases.iter().map(|release| &release.version);
    let newest = all().max_by(|a, b| a.cmp_precedence(b));
    let taken = all().any(|there| same_version(there, version));
    let before = all().filter(|there| there.cmp_precedence(version).is_lt()).max_by(|a, b| a.cmp_precedence(b));
    if taken { newest } else { before.or(newest) }
}

async fn difference(document: &Document, mut old: Side<'_>, mut new: Side<'_>, only: &[String]) -> Result<DiffView, WireError> {
    let pairs = pair(old.states(), new.states());
    let manifest = if pairs.changes.iter().any(|change| is_manifest(change.path())) {
        let (before, after) = tokio::try_join!(old.read_manifests(), new.read_manifests())?;
        Facts::read(before).changes(&Facts::read(after))
    } else {
        Vec::new()
    };
    let unused = |version: &Version| document.release(version).is_none() || same_version(version, new.version());
    let suggestion = suggest(old.version(), &manifest, &pairs, |version| !unused(version));
    let budget = &if only.is_empty() { Budget::overview() } else { Budget::named() };
    let (before, after) = (&old, &new);
    let bodies: Vec<DiffBody> = stream::iter(pairs.changes.clone())
        .map(|change| async move {
            let wanted = only.is_empty() || only.iter().any(|path| path == change.path());
            if wanted { body(before, after, &change, budget).await } else { Ok(DiffBody::NotFetched) }
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(told::difference(&old, &new, manifest, pairs, bodies, suggestion))
}

fn is_manifest(path: &str) -> bool {
    MANIFESTS.contains(&path)
}

/// What is different inside a file.
async fn body(old: &Side<'_>, new: &Side<'_>, change: &FileChange, budget: &Budget) -> Result<DiffBody, WireError> {
    if change.same_bytes() {
        return Ok(DiffBody::Same);
    }
    let sizes = [&change.old, &change.new].map(|side| side.as_ref().map_or(0, |file| file.size));
    if budget.by_name && is_binary_by_name(change.path()) {
        return Ok(DiffBody::Binary);
    }
    if sizes.iter().any(|size| *size > budget.file) {
        return Ok(if budget.by_name && sizes.iter().all(|size| *size <= Budget::named().file) {
            DiffBody::NotFetched
        } else {
            DiffBody::TooLarge { limit: Budget::named().file }
        });
    }
    if budget.lines.load(Ordering::Relaxed) == 0 || !Budget::take(&budget.bytes, sizes.iter().sum()) {
        return Ok(DiffBody::NotFetched);
    }
    let read = async {
        tokio::try_join!(
            async {
                Ok::<_, WireError>(match &change.old {
                    Some(file) => old.bytes(&file.path, budget.file).await?,
                    None => Vec::new(),
                })
            },
            async {
                Ok(match &change.new {
                    Some(file) => new.bytes(&file.path, budget.file).await?,
                    None => Vec::new(),
                })
            },
        )
    };
    let (before, after) = match read.await {
        Ok(both) => both,
        // One file that is not what was published must not hide what happened to all the others.
        Err(error) if error.kind == "altered_file" => return Ok(DiffBody::Altered { error }),
        Err(error) => return Err(error),
    };
    let whole = matches!(change.kind, Kind::Added | Kind::Removed);
    let limits = TextLimits { lines: if whole { budget.whole } else { budget.limits.lines }, ..budget.limits };
    // Off the threads that answer requests: it computes.
    let work = tokio::task::spawn_blocking(move || compare_text(&before, &after, &limits));
    let diff = work.await.map_err(|e| sentence(Code::Failed, "broke", e, None, &[]))?;
    let Some(diff) = diff else { return Ok(DiffBody::Binary) };
    let shown = diff.hunks.iter().map(|hunk| hunk.lines.len() as u64).sum();
    if !Budget::take(&budget.lines, shown) {
        budget.lines.store(0, Ordering::Relaxed);
        return Ok(DiffBody::NotFetched);
    }
    Ok(told::text(diff))
}

/// Endings of files that are not text: nobody reads their bytes, so they are not fetched.
const BINARY: [&str; 33] = [
    "7z", "avif", "bin", "bmp", "br", "class", "dat", "dll", "dylib", "eot", "exe", "gif", "gz", "icns", "ico", "jar", "jpeg", "jpg",
    "mp3", "mp4", "node", "ogg", "otf", "pdf", "png", "so", "tgz", "ttf", "wasm", "webm", "webp", "woff2", "zip",
];

fn is_binary_by_name(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| BINARY.contains(&ending.to_ascii_lowercase().as_str()) || ending == "woff")
}
