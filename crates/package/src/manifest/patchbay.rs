//! `patchbay.json`: read strictly, because it is written for us.

use super::{ANY_PLATFORM, Fields, Manifest, ManifestError, text};
use crate::{Problem, parse_version};

pub(super) fn read(fields: &mut Fields) -> Result<Manifest, ManifestError> {
    let file = fields.file;
    let id = fields.required("id")?.parse().map_err(|source| ManifestError::Id { file, source })?;
    let version = parse_version(&fields.required("version")?).map_err(|source| ManifestError::Version { file, source })?;
    let manifest = Manifest {
        name: fields.text("name")?.unwrap_or_else(|| String::from(AsRef::<str>::as_ref(&id))),
        id,
        version,
        description: fields.text("description")?.unwrap_or_default(),
        author: fields.text("author")?.unwrap_or_default(),
        license: fields.text("license")?,
        homepage: link(fields, "homepage")?,
        repository: link(fields, "repository")?,
        categories: fields.texts("categories")?,
        keywords: fields.texts("keywords")?,
        icon: path(fields, "icon")?,
        readme: path(fields, "readme")?,
        changelog: path(fields, "changelog")?,
        main: path(fields, "main")?,
        hosts: fields.text_map("hosts")?,
        permissions: fields.texts("permissions")?,
        executables: fields.texts("executables")?.iter().map(|p| fields.path("executables", p)).collect::<Result<_, _>>()?,
        platform: platform(fields)?,
    };
    let unknown: Vec<String> = fields.rest().filter(|f| *f != "$schema").map(Into::into).collect();
    for field in unknown {
        let message = format!("“{field}” in {file} means nothing to Patchbay.");
        fields.warn(Problem::warning("manifest_unknown_field", message, "Check how it is written, or take it out.").with("field", field));
    }
    Ok(manifest)
}

fn link(fields: &mut Fields, field: &'static str) -> Result<Option<String>, ManifestError> {
    let file = fields.file;
    fields.text(field)?.map(|t| text::link(&t).ok_or(ManifestError::Url { file, field })).transpose()
}

fn path(fields: &mut Fields, field: &'static str) -> Result<Option<String>, ManifestError> {
    fields.text(field)?.map(|p| fields.path(field, &p)).transpose()
}

fn platform(fields: &mut Fields) -> Result<String, ManifestError> {
    let platform = fields.text("platform")?.unwrap_or_else(|| ANY_PLATFORM.into());
    if super::is_platform(&platform) { Ok(platform) } else { Err(ManifestError::Platform { file: fields.file, platform }) }
}
