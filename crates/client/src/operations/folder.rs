//! A plugin's folder on its way to a release: read, packed, and described.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use patchbay_local::Scratch;
use patchbay_package::{
    Contents, Digest, Found, InputKind, Limits, Manifest, Packed, PluginId, lint, lint_folder, manifest, pack, scan, scan_packed, secrets,
    unpack_input,
};
use patchbay_registry::{
    Asset, ChangeError,
    format::{
        document::Card,
        release::{Artifact, Release},
    },
};
use serde_json::Map;
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    error::explained,
    files::FileError,
    jobs::Reporter,
    scratch::{self, ScratchFile},
    sentence::sentence,
    view,
    wire::{self, Code, ContentsView, PackageInput, ProblemView, WireError},
};

/// A folder with no more than this in it is packed in memory: making and reading a file takes longer than compressing it does.
const SMALL: u64 = 256 * 1024;

/// The largest icon.
const MAX_ICON: usize = 256 * 1024;

/// A folder that was read.
pub(super) struct Folder {
    /// The folder, or the one that an archive was unpacked into.
    pub path: PathBuf,
    /// Removes that one when it is dropped.
    _unpacked: Option<Scratch>,
    /// What the person named.
    pub named: String,
    pub manifest: Manifest,
    pub found: Found,
    pub contents: Contents,
    pub problems: Vec<ProblemView>,
}

impl Folder {
    /// The first finding that stops it.
    pub fn stop(&self) -> Option<&WireError> {
        self.problems.iter().find(|p| p.severity == wire::Severity::Error).map(|p| &p.error)
    }

    pub fn manifest_view(&self) -> wire::ManifestView {
        let manifest = &self.manifest;
        wire::ManifestView {
            source: self.found.source.to_owned(),
            id: manifest.id.to_string(),
            version: manifest.version.to_string(),
            name: manifest.name.clone(),
            description: manifest.description.clone(),
            author: manifest.author.clone(),
            license: manifest.license.clone(),
            hosts: manifest.hosts.clone(),
            permissions: manifest.permissions.clone(),
            platform: manifest.platform.clone(),
            ecosystem: self.found.ecosystem.name().to_owned(),
            origins: view::origins(&self.found.origins),
        }
    }

    pub fn package_view(&self) -> ContentsView {
        let Self { contents, .. } = self;
        let excluded = |e: &patchbay_package::Excluded| wire::ExcludedView {
            path: e.path.clone(),
            rule: e.rule.clone(),
            source: e.source.clone(),
            files: e.files,
        };
        ContentsView {
            path: self.named.clone(),
            platform: Some(self.manifest.platform.clone()),
            files: contents.files.iter().map(|f| wire::FileView { path: f.path.clone(), size: f.size }).collect(),
            excluded: contents.excluded.iter().map(excluded).collect(),
            excluded_files: contents.excluded_files(),
            unpacked_size: contents.unpacked_size,
            problems: self.problems.clone(),
        }
    }
}

/// A package that could not be looked at.
pub(super) fn unread(input: &PackageInput, error: WireError) -> ContentsView {
    ContentsView {
        path: input.path.clone(),
        platform: input.platform.clone(),
        files: Vec::new(),
        excluded: Vec::new(),
        excluded_files: 0,
        unpacked_size: 0,
        problems: vec![ProblemView { severity: wire::Severity::Error, error, file: None, fix: None }],
    }
}

/// The bytes of a package.
pub(super) enum Package {
    /// In memory.
    Small(Bytes),
    /// In a file that is removed when this is dropped.
    File(ScratchFile),
}

impl Package {
    /// Writes it elsewhere, too.
    pub fn copy(&self, mut to: impl Write) -> io::Result<()> {
        match self {
            Self::Small(bytes) => to.write_all(bytes),
            Self::File(file) => io::copy(&mut File::open(file.path())?, &mut to).map(drop),
        }
    }
}

/// A folder that was packed, with what is uploaded beside the package.
pub(super) struct Ready {
    pub id: PluginId,
    pub package: Package,
    pub packed: Packed,
    pub assets: Vec<Asset>,
    pub card: Card,
    pub release: Release,
}

impl App {
    pub(super) async fn pack(
        &self,
        folder: Folder,
        notes: Option<String>,
        reporter: &dyn Reporter,
        cancel: &CancellationToken,
    ) -> Result<Ready, WireError> {
        let mut bytes = Vec::new();
        let mut file = if folder.contents.unpacked_size > SMALL { Some(ScratchFile::create(&self.home().temporary())?) } else { None };
        let (sender, mut progress) = tokio::sync::mpsc::unbounded_channel();
        let token = cancel.clone();
        let scratch = file.as_ref().map_or_else(|| self.home().temporary(), |file| file.folder().to_owned());
        let work = tokio::task::spawn_blocking(move || {
            let mut told = 0;
            let mut on_bytes = |read: u64| {
                // The receiver ends with this task.
                let _ = sender.send(read - std::mem::replace(&mut told, read));
                if token.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let out: &mut dyn Write = match &mut file {
                Some(file) => file.as_file_mut(),
                None => &mut bytes,
            };
            let packed = pack(&folder.path, &folder.contents, &folder.manifest, &Limits::default(), &scratch, out, &mut on_bytes)?;
            Ok((file.map_or_else(|| Package::Small(bytes.into()), Package::File), folder, packed))
        });
        while let Some(bytes) = progress.recv().await {
            reporter.advance(bytes);
        }
        let (package, folder, packed) = joined(work.await)?.map_err(|e| match e {
            patchbay_package::PackError::Cancelled => ChangeError::Cancelled.into(),
            e => explained(Code::Failed, &e),
        })?;
        ready(package, &folder, packed, notes)
    }
}

/// A blocking task that panicked has a bug; the person hears a sentence.
pub(super) fn joined<T>(result: Result<T, tokio::task::JoinError>) -> Result<T, WireError> {
    result.map_err(|_| {
        sentence(Code::Failed, "broke", "A fault in Patchbay stopped this.", Some("Try again, and report it if it stays so.".into()), &[])
    })
}

/// Reads a folder: manifest, contents, and what is wrong with them. `allowed` names findings of secrets that are none.
/// An archive is unpacked below `temporary`.
pub(super) async fn read(input: PackageInput, allowed: Vec<String>, temporary: PathBuf) -> Result<Folder, WireError> {
    read_telling(input, allowed, temporary, |_| {}).await
}

/// The same, and tells whose folder it is, of which version, as soon as that is known.
pub(super) async fn read_telling(
    input: PackageInput,
    allowed: Vec<String>,
    temporary: PathBuf,
    tell: impl FnOnce(&Manifest) + Send + 'static,
) -> Result<Folder, WireError> {
    if let Some(platform) = input.platform.as_ref().filter(|p| !manifest::is_platform(p)) {
        let hint = "Write “any”, or a system and a processor, like “linux-x64” or “darwin-arm64”.".to_owned();
        return Err(sentence(
            Code::Usage,
            "bad_platform",
            format!("“{platform}” is not a platform."),
            Some(hint),
            &[("platform", platform.clone())],
        ));
    }
    let work = move || {
        let limits = Limits::default();
        let Opened { path, unpacked, kind } = open(PathBuf::from(&input.path), &temporary, &limits)?;
        let mut found = Manifest::read(&path).map_err(|e| explained(Code::Failed, &e))?;
        tell(&found.manifest);
        let chosen = matches!(kind, Some(InputKind::Vsix | InputKind::Tgz));
        let contents = if chosen { scan_packed(&path, &limits) } else { scan(&path, &limits) }.map_err(|e| explained(Code::Failed, &e))?;
        found.settle(&contents);
        let says_none = found.manifest.platform == manifest::ANY_PLATFORM && kind == Some(InputKind::Vsix);
        // What the person says counts more than what the package says, and its name only where both say nothing.
        if let Some(platform) = input.platform.or_else(|| vsix_platform(&input.path).filter(|_| says_none)) {
            found.manifest.platform = platform;
        }
        let mut problems = lint(&found.manifest, &contents, &limits);
        problems.extend(lint_folder(&path, &found, &contents));
        problems.extend(found.problems.iter().cloned());
        problems.extend(secrets(&path, &contents).problems(&allowed));
        // What stops the publish comes first, and of that what may have got into the package by mistake.
        problems.sort_by_key(|p| (p.severity, p.kind != "secret"));
        if kind.is_some() {
            // An archive is not edited: what is wrong in it is put right where it was made.
            problems.iter_mut().for_each(|p| p.fix = None);
        }
        let problems = problems.iter().map(view::problem).collect();
        Ok(Folder { named: input.path, _unpacked: unpacked, path, manifest: found.manifest.clone(), found, contents, problems })
    };
    joined(tokio::task::spawn_blocking(work).await)?
}

/// A folder to read from.
struct Opened {
    path: PathBuf,
    unpacked: Option<Scratch>,
    kind: Option<InputKind>,
}

/// A folder as it is; an archive unpacked into a temporary one.
fn open(path: PathBuf, temporary: &Path, limits: &Limits) -> Result<Opened, WireError> {
    if !std::fs::metadata(&path).is_ok_and(|m| m.is_file()) {
        return Ok(Opened { path, unpacked: None, kind: None });
    }
    let unpacked = scratch::folder(temporary)?;
    // Under the archive's name: Screenpipe names a pipe after its folder.
    let into = unpacked.dir().join(path.file_stem().unwrap_or("plugin".as_ref()));
    std::fs::create_dir(&into).map_err(FileError::write(&into))?;
    let kind = unpack_input(&path, &into, limits, &mut |_| ControlFlow::Continue(())).map_err(|e| explained(Code::Failed, &e))?;
    Ok(Opened { path: into, unpacked: Some(unpacked), kind: Some(kind) })
}

/// The platform in the name that VS Code's tool gives a package: `name-linux-x64-1.0.0.vsix`, `publisher.name-1.0.0@linux-x64.vsix`.
fn vsix_platform(path: &str) -> Option<String> {
    const KNOWN: [&str; 10] = [
        "win32-x64",
        "win32-arm64",
        "linux-x64",
        "linux-arm64",
        "linux-armhf",
        "alpine-x64",
        "alpine-arm64",
        "darwin-x64",
        "darwin-arm64",
        "web",
    ];
    let stem = Path::new(path).file_stem()?.to_str()?;
    let has = |platform: &&&str| stem.contains(&format!("-{platform}-")) || stem.ends_with(&format!("@{platform}"));
    KNOWN.iter().find(has).map(|platform| (*platform).to_owned())
}

/// A packed folder as a release, with its assets.
fn ready(package: Package, folder: &Folder, packed: Packed, notes: Option<String>) -> Result<Ready, WireError> {
    let manifest = &folder.manifest;
    let mut assets = Vec::new();
    let mut asset = |path: &Option<String>, good: fn(&[u8]) -> bool| -> Result<Option<Digest>, WireError> {
        let Some(path) = path.as_ref().filter(|p| folder.contents.files.iter().any(|f| f.path == **p)) else { return Ok(None) };
        let full = folder.path.join(path);
        let bytes = std::fs::read(&full).map_err(|source| FileError::Read { path: full, source })?;
        if !good(&bytes) {
            return Ok(None);
        }
        let asset = Asset::of(bytes);
        let digest = asset.digest;
        assets.push(asset);
        Ok(Some(digest))
    };
    let readme = asset(&manifest.readme, |b| b.len() <= 1024 * 1024)?;
    let changelog = asset(&manifest.changelog, |b| b.len() <= 1024 * 1024)?;
    let icon = asset(&manifest.icon, |b| b.len() <= MAX_ICON && super::plugin::image_type(b).is_some())?;
    let list = Asset::of(packed.list.to_bytes());
    let artifact = Artifact {
        platform: manifest.platform.clone(),
        sha256: packed.sha256,
        size: packed.size,
        unpacked: packed.unpacked_size,
        files: u32::try_from(folder.contents.files.len()).unwrap_or(u32::MAX),
        list: list.digest,
        extra: Map::new(),
    };
    assets.push(list);
    let card = Card {
        name: manifest.name.clone(),
        description: manifest.description.clone(),
        author: manifest.author.clone(),
        icon,
        categories: manifest.categories.clone(),
        extra: Map::new(),
    };
    let release = Release {
        version: manifest.version.clone(),
        artifacts: vec![artifact],
        hosts: manifest.hosts.clone(),
        license: manifest.license.clone(),
        homepage: manifest.homepage.clone(),
        repository: manifest.repository.clone(),
        notes: notes.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
        readme,
        changelog,
        // The stamp of the commit says when and by whom.
        at: jiff::Timestamp::UNIX_EPOCH,
        by: String::new(),
        yanked: None,
        deprecated: None,
        rolled_back: BTreeMap::new(),
        extra: Map::new(),
    };
    Ok(Ready { id: manifest.id.clone(), package, packed, assets, card, release })
}
