use std::{collections::BTreeMap, io};

use crate::{Explain, IdError, PathError, VersionError, io_words::words};

/// Why a manifest could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The path leads to something that is not a folder.
    #[error("“{path}” is not a folder.")]
    NotAFolder {
        /// The path.
        path: String,
    },
    /// The folder is not there, or cannot be looked into.
    #[error("The folder “{path}” cannot be opened: {}.", words(source))]
    Folder {
        /// The path.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The folder holds no manifest.
    #[error("The folder “{folder}” has no manifest: no patchbay.json, package.json, pipe.md, pipe.json, nor an Obsidian manifest.json.")]
    Missing {
        /// The folder.
        folder: String,
    },
    /// The manifest is a folder, a pipe or something else that is not a file.
    #[error("{file} is not a file.")]
    NotAFile {
        /// The file.
        file: &'static str,
    },
    /// The manifest cannot be opened or read.
    #[error("{file} cannot be read: {}.", words(source))]
    Unreadable {
        /// The file.
        file: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The manifest is larger than [`super::MAX_SIZE`].
    #[error("{file} is larger than 1 MiB.")]
    TooLarge {
        /// The file.
        file: &'static str,
    },
    /// The manifest is not text.
    #[error("{file} is not UTF-8 text: byte {offset} does not belong to a character.")]
    NotUtf8 {
        /// The file.
        file: &'static str,
        /// The first wrong byte, counted from 0.
        offset: usize,
    },
    /// The manifest has no content.
    #[error("{file} is empty.")]
    Empty {
        /// The file.
        file: &'static str,
    },
    /// The manifest is not JSON (RFC 8259).
    #[error("{file} is not valid JSON: {reason} at line {line}, column {column}.")]
    Syntax {
        /// The file.
        file: &'static str,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What was wrong there, in words.
        reason: String,
    },
    /// A Markdown file begins without front matter.
    #[error("{file} does not begin with front matter: a line “---”, fields, and another line “---”.")]
    NoFrontMatter {
        /// The file.
        file: &'static str,
    },
    /// The front matter is not YAML, or uses what is not read of it.
    #[error("The front matter of {file} is not valid YAML: {reason} at line {line}, column {column}.")]
    Yaml {
        /// The file.
        file: &'static str,
        /// The line in the file, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What was wrong there.
        reason: String,
    },
    /// The manifest is JSON, but a list, a text or the like.
    #[error("{file} holds {found}; it must hold an object, “{{ … }}”.")]
    NotAnObject {
        /// The file.
        file: &'static str,
        /// What it holds.
        found: &'static str,
    },
    /// A field that every plugin needs is not there.
    #[error("{file} has no “{field}”.")]
    MissingField {
        /// The file.
        file: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A field holds another kind of value.
    #[error("“{field}” in {file} is {found}; it must be {expected}.")]
    WrongType {
        /// The file.
        file: &'static str,
        /// The field.
        field: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A field is longer than a registry can show.
    #[error("“{field}” in {file} is too long: {len}; at most {limit} are allowed.")]
    TooLong {
        /// The file.
        file: &'static str,
        /// The field.
        field: String,
        /// How many characters or entries it has.
        len: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The id breaks the grammar of ids.
    #[error("{file}: {source}")]
    Id {
        /// The file.
        file: &'static str,
        /// What is wrong.
        source: IdError,
    },
    /// The version breaks the grammar of versions.
    #[error("{file}: {source}")]
    Version {
        /// The file.
        file: &'static str,
        /// What is wrong.
        source: VersionError,
    },
    /// A path leads out of the folder or breaks another rule.
    #[error("“{field}” in {file}: {source}")]
    Path {
        /// The file.
        file: &'static str,
        /// The field.
        field: String,
        /// What is wrong.
        source: PathError,
    },
    /// A link is not one that can be offered to click. The text is not repeated: it may hold a password.
    #[error("“{field}” in {file} must be an http or https address without a user name or password.")]
    Url {
        /// The file.
        file: &'static str,
        /// The field.
        field: &'static str,
    },
    /// The platform is not `any`, `web`, or a system and a processor.
    #[error("“{platform}” in {file} is not a platform.")]
    Platform {
        /// The file.
        file: &'static str,
        /// The text.
        platform: String,
    },
}

impl Explain for ManifestError {
    fn kind(&self) -> &'static str {
        match self {
            Self::NotAFolder { .. } => "not_a_folder",
            Self::Folder { .. } => "folder_unreadable",
            Self::Missing { .. } => "manifest_missing",
            Self::NotAFile { .. } => "manifest_not_a_file",
            Self::Unreadable { .. } => "manifest_unreadable",
            Self::TooLarge { .. } => "manifest_too_large",
            Self::NotUtf8 { .. } => "manifest_not_utf8",
            Self::Empty { .. } => "manifest_empty",
            Self::Syntax { .. } => "manifest_syntax",
            Self::NoFrontMatter { .. } => "manifest_no_front_matter",
            Self::Yaml { .. } => "manifest_yaml",
            Self::NotAnObject { .. } => "manifest_not_an_object",
            Self::MissingField { .. } => "manifest_missing_field",
            Self::WrongType { .. } => "manifest_wrong_type",
            Self::TooLong { .. } => "manifest_too_long",
            Self::Id { source, .. } => source.kind(),
            Self::Version { source, .. } => source.kind(),
            Self::Path { source, .. } => source.kind(),
            Self::Url { .. } => "manifest_url",
            Self::Platform { .. } => "manifest_platform",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::NotAFolder { .. } => "Choose the folder that holds the plugin.".into(),
            Self::Folder { .. } => "Check the path, and that you may read it.".into(),
            Self::Missing { .. } => "Write one with `patchbay init`, or choose the folder that has it.".into(),
            Self::NotAFile { file } => format!("Put an ordinary file named {file} there."),
            Self::Unreadable { .. } => "Check that you may read it.".into(),
            Self::TooLarge { .. } => "Keep only what describes the plugin in it.".into(),
            Self::NotUtf8 { .. } => "Save it as UTF-8.".into(),
            Self::Empty { file: super::NPM } => "Write at least {\"name\": \"my-plugin\", \"version\": \"1.0.0\"} into it.".into(),
            Self::Empty { .. } => "Write at least {\"id\": \"my-plugin\", \"version\": \"1.0.0\"} into it.".into(),
            Self::NoFrontMatter { .. } => "Begin it with “---”, “name: my-plugin”, “version: 1.0.0”, “---”.".into(),
            Self::Syntax { line, .. } | Self::Yaml { line, .. } => format!("Look at line {line} and the one before it."),
            Self::NotAnObject { .. } => "Put everything between { and }.".into(),
            Self::MissingField { file: super::PIPE_MD, field: "version" } => "Add the line “version: 1.0.0” to its front matter.".into(),
            Self::MissingField { file: super::PIPE_MD, field } => format!("Add the line “{field}: my-plugin” to its front matter."),
            Self::MissingField { field: "version", .. } => "Add \"version\": \"1.0.0\".".into(),
            Self::MissingField { field, .. } => format!("Add \"{field}\": \"my-plugin\"."),
            Self::WrongType { expected, .. } => format!("Write {expected}."),
            Self::TooLong { .. } => "Shorten it.".into(),
            Self::Id { source, .. } => source.hint(),
            Self::Version { source, .. } => source.hint(),
            Self::Path { .. } => "Write a path inside the folder, like assets/icon.png.".into(),
            Self::Url { .. } => "Write an address like https://example.com/plugin, or take the field out.".into(),
            Self::Platform { .. } => "Write “any”, or a system and a processor, like “linux-x64” or “darwin-arm64”.".into(),
        }
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        let (file, mut data) = match self {
            Self::NotAFolder { path } => return [("path", path.clone())].into(),
            Self::Folder { path, source } => return [("path", path.clone()), ("reason", words(source))].into(),
            Self::Missing { folder } => return [("folder", folder.clone())].into(),
            Self::NotAFile { file } | Self::TooLarge { file } | Self::Empty { file } | Self::NoFrontMatter { file } => {
                (file, BTreeMap::new())
            }
            Self::Unreadable { file, source } => (file, [("reason", words(source))].into()),
            Self::NotUtf8 { file, offset } => (file, [("offset", offset.to_string())].into()),
            Self::Syntax { file, line, column, reason } | Self::Yaml { file, line, column, reason } => {
                (file, [("line", line.to_string()), ("column", column.to_string()), ("reason", reason.clone())].into())
            }
            Self::NotAnObject { file, found } => (file, [("found", (*found).into())].into()),
            Self::MissingField { file, field } | Self::Url { file, field } => (file, [("field", (*field).into())].into()),
            Self::WrongType { file, field, expected, found } => {
                (file, [("field", field.clone()), ("expected", (*expected).into()), ("found", (*found).into())].into())
            }
            Self::TooLong { file, field, len, limit } => {
                (file, [("field", field.clone()), ("len", len.to_string()), ("limit", limit.to_string())].into())
            }
            Self::Id { file, source } => (file, source.data()),
            Self::Version { file, source } => (file, source.data()),
            Self::Path { file, field, source } => {
                let mut data = source.data();
                data.insert("field", field.clone());
                (file, data)
            }
            Self::Platform { file, platform } => (file, [("platform", platform.clone())].into()),
        };
        data.insert("file", (*file).into());
        data
    }
}
