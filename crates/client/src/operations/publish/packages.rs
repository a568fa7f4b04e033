//! The packages of one release: what was asked for, what they must agree in, what a registry takes.

use patchbay_registry::{Upload, store::Body};
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    jobs::Reporter,
    operations::folder::{Folder, Package, Ready},
    sentence::sentence,
    wire::{Code, PackageInput, PublishRequest, WireError},
};

impl Ready {
    /// The package, ready to be uploaded; a file of it goes with this.
    pub(super) fn upload(&self) -> Upload {
        match &self.package {
            Package::Small(bytes) => Upload { body: Body::Bytes(bytes.clone()), sha256: self.packed.sha256 },
            Package::File(file) => Upload::file(file.path(), self.packed.size, self.packed.sha256),
        }
    }
}

impl App {
    /// Packs every package of a release. The first names them all.
    pub(super) async fn pack_all(
        &self,
        first: Folder,
        more: Vec<Folder>,
        notes: Option<String>,
        reporter: &dyn Reporter,
        cancel: &CancellationToken,
    ) -> Result<(Ready, Vec<Ready>), WireError> {
        let mut ready = self.pack(first, notes, reporter, cancel).await?;
        let mut others = Vec::new();
        for folder in more {
            let other = self.pack(folder, None, reporter, cancel).await?;
            ready.release.artifacts.extend(other.release.artifacts.iter().cloned());
            others.push(other);
        }
        Ok((ready, others))
    }
}

/// The first package of a request, and those for other platforms.
pub(super) fn inputs(request: &PublishRequest) -> (PackageInput, Vec<PackageInput>) {
    (PackageInput { path: request.path.clone(), platform: request.platform.clone() }, request.others.clone())
}

/// The findings of one package that are allowed. With several packages a name begins with the package's path, so that what was
/// looked at in one is not allowed in another.
pub(super) fn allowed(request: &PublishRequest, path: &str) -> Vec<String> {
    if request.others.is_empty() {
        return request.allow_secrets.clone();
    }
    request.allow_secrets.iter().filter_map(|name| name.strip_prefix(path)?.strip_prefix('#')).map(Into::into).collect()
}

/// Why a package is not one of the release.
pub(super) fn disagreement<'a>(first: &Folder, mut earlier: impl Iterator<Item = &'a Folder>, other: &Folder) -> Option<WireError> {
    let (a, b) = (&first.manifest, &other.manifest);
    if a.id != b.id || a.version != b.version {
        return Some(sentence(
            Code::Refused,
            "package_differs",
            format!("“{}” is {} {}, and “{}” is {} {}.", first.named, a.id, a.version, other.named, b.id, b.version),
            Some("The packages of one release have one id and one version.".into()),
            &[("path", other.named.clone()), ("first", format!("{} {}", a.id, a.version)), ("other", format!("{} {}", b.id, b.version))],
        ));
    }
    let twice = earlier.find(|f| f.manifest.platform == b.platform)?;
    Some(sentence(
        Code::Refused,
        "platform_twice",
        format!("“{}” and “{}” are both for {}.", twice.named, other.named, b.platform),
        Some("Say in each manifest what it runs on (“platform”), or name it before the path: linux-x64=PATH.".into()),
        &[("first", twice.named.clone()), ("path", other.named.clone()), ("platform", b.platform.clone())],
    ))
}

/// A package that a registry takes. The limit is the registry's own, so the person hears what takes the room.
pub(super) fn fits(ready: &Ready, limit: u64) -> Result<(), WireError> {
    let size = ready.packed.size;
    if size <= limit {
        return Ok(());
    }
    let mut files: Vec<_> = ready.packed.list.files.iter().collect();
    files.sort_by_key(|f| std::cmp::Reverse(f.packed));
    let largest = files.iter().take(3).map(|f| format!("{} ({} bytes)", f.path, f.packed)).collect::<Vec<_>>().join(", ");
    Err(sentence(
        Code::Refused,
        "package_too_large",
        format!("The package has {size} bytes, and the registry takes {limit}. The largest files: {largest}."),
        Some("Exclude what the plugin does not need in .patchbayignore.".into()),
        &[("size", size.to_string()), ("limit", limit.to_string()), ("largest", largest)],
    ))
}
