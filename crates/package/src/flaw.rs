//! What an archive is refused for, at either door.

use std::collections::BTreeMap;

use crate::{
    Explain, PathError,
    limits::size_words,
    path::{Collision, show},
};

/// Why an archive is refused. Nothing of it is ever repaired, renamed or left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It does not end in an end record.
    #[error("The archive does not end as one does: it is cut off, or something stands after its end.")]
    End,
    /// Something that looks like an end record stands where some programs would find it first.
    #[error("The archive has more than one end; programs disagree about which of its lists counts.")]
    SeveralEnds,
    /// It is one disk of several.
    #[error("The archive is a part of one that is divided into several files.")]
    Disks,
    /// The list of entries, or a header of a tar archive, cannot be what it says.
    #[error("The archive's header number {entry} is damaged.")]
    Header {
        /// Which, counted from 1.
        entry: usize,
    },
    /// Bytes belong to nothing: an entry that is not listed, or another archive.
    #[error("The archive holds {} at byte {offset} that belong to none of its entries.", size_words(*len))]
    Hidden {
        /// Where they begin.
        offset: u64,
        /// How many they are.
        len: u64,
    },
    /// Two entries share bytes.
    #[error("“{}” shares bytes with another entry of the archive.", show(path))]
    Overlap {
        /// The entry.
        path: String,
    },
    /// Two places that must say the same do not.
    #[error("“{}”: the archive contradicts itself about its {about}.", show(path))]
    Contradiction {
        /// The entry.
        path: String,
        /// What about.
        about: &'static str,
    },
    /// Fields for large archives contradict the others, or are there without need.
    #[error("The archive's fields for large sizes (ZIP64) are not what they must be.")]
    Zip64,
    /// There is nothing in it.
    #[error("There is nothing in the archive.")]
    Empty,
    /// An entry is encrypted.
    #[error("“{}” is encrypted.", show(path))]
    Encrypted {
        /// The entry.
        path: String,
    },
    /// An entry is compressed in a way that is not deflate.
    #[error("“{}” is compressed with method {method}; only stored and deflated entries are read.", show(path))]
    Method {
        /// The entry.
        path: String,
        /// The number of the method (APPNOTE 4.4.5).
        method: u16,
    },
    /// An entry has flags or additional fields that no reader here knows, or that do not end where they must.
    #[error("“{}” has {what} that are not allowed.", show(path))]
    Fields {
        /// The entry.
        path: String,
        /// Flags or extra fields.
        what: &'static str,
    },
    /// An entry is a symbolic or hard link.
    #[error("“{}” is a link, and links are refused.", show(path))]
    Link {
        /// The entry.
        path: String,
    },
    /// An entry is a device, a pipe, or something else that is no file.
    #[error("“{}” is neither a file nor a folder.", show(path))]
    Special {
        /// The entry.
        path: String,
    },
    /// A folder has content.
    #[error("“{}” is a folder and has content.", show(path))]
    FolderWithContent {
        /// The entry.
        path: String,
    },
    /// A name is not UTF-8.
    #[error("The name “{}” is not UTF-8 text.", show(name))]
    NotUtf8 {
        /// The name as far as it can be shown.
        name: String,
    },
    /// A path breaks the rules.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Two paths are one on some systems.
    #[error(transparent)]
    Collision(#[from] Collision),
    /// A path is there twice.
    #[error("“{}” is in the archive twice.", show(path))]
    Twice {
        /// The path.
        path: String,
    },
    /// The gzip layer is damaged or cut off.
    #[error("The archive's compressed bytes (gzip) are damaged or cut off.")]
    Gzip,
    /// Something stands after the last entry.
    #[error("Something stands after the end of the archive.")]
    AfterEnd,
    /// Compressed bytes are damaged, end too early or go on after their end.
    #[error("The compressed bytes of “{}” are damaged.", show(path))]
    Compressed {
        /// The entry, or the archive.
        path: String,
    },
    /// It has other bytes than its checksum is of.
    #[error("“{}” is damaged: its checksum is another.", show(path))]
    Checksum {
        /// The entry, or the archive.
        path: String,
    },
    /// It does not have the size that it says.
    #[error("“{}” says that it has {}, and that is not so.", show(path), size_words(*size))]
    Size {
        /// The entry.
        path: String,
        /// What it says.
        size: u64,
    },
    /// There are more entries than there may be.
    #[error("The archive has more than {limit} entries.")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// A file is larger than it may.
    #[error("“{}” is larger than {}, the most that one file may have.", show(path), size_words(*limit))]
    FileTooLarge {
        /// The entry.
        path: String,
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// The files are larger together than they may.
    #[error("The files in the archive are larger together than {}.", size_words(*limit))]
    TooLarge {
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// The archive itself is larger than a package may.
    #[error("The package is larger than {}.", size_words(*limit))]
    PackageTooLarge {
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// It is an archive, and not in the one form that packages have.
    #[error("“{}”: the {field} is not what Patchbay writes into a package.", show(path))]
    NotCanonical {
        /// The entry, or the archive.
        path: String,
        /// Which field.
        field: &'static str,
    },
    /// It is not what the registry says that it is.
    #[error("The package is not the one that was expected: its {about} differs.")]
    NotExpected {
        /// What differs.
        about: &'static str,
    },
}

impl Explain for Flaw {
    fn kind(&self) -> &'static str {
        match self {
            Self::End => "archive_end",
            Self::SeveralEnds => "archive_several_ends",
            Self::Disks => "archive_disks",
            Self::Header { .. } => "archive_header",
            Self::Hidden { .. } => "archive_hidden",
            Self::Overlap { .. } => "archive_overlap",
            Self::Contradiction { .. } => "archive_contradiction",
            Self::Zip64 => "archive_zip64",
            Self::Empty => "archive_empty",
            Self::Encrypted { .. } => "archive_encrypted",
            Self::Method { .. } => "archive_method",
            Self::Fields { .. } => "archive_fields",
            Self::Link { .. } => "archive_link",
            Self::Special { .. } => "archive_special",
            Self::FolderWithContent { .. } => "archive_folder_with_content",
            Self::NotUtf8 { .. } => "archive_name_not_utf8",
            Self::Path(e) => e.kind(),
            Self::Collision(e) => e.kind(),
            Self::Twice { .. } => "archive_twice",
            Self::Gzip => "archive_gzip",
            Self::AfterEnd => "archive_after_end",
            Self::Compressed { .. } => "archive_compressed",
            Self::Checksum { .. } => "archive_checksum",
            Self::Size { .. } => "archive_size",
            Self::TooMany { .. } => "archive_too_many",
            Self::FileTooLarge { .. } => "archive_file_too_large",
            Self::TooLarge { .. } => "archive_too_large",
            Self::PackageTooLarge { .. } => "archive_package_too_large",
            Self::NotCanonical { .. } => "archive_not_canonical",
            Self::NotExpected { .. } => "archive_not_expected",
        }
    }

    fn hint(&self) -> String {
        "Make it again from its files, or get it again from where it came.".into()
    }

    fn data(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Empty | Self::End | Self::SeveralEnds | Self::Disks | Self::Zip64 | Self::Gzip | Self::AfterEnd => BTreeMap::new(),
            Self::Header { entry } => [("entry", entry.to_string())].into(),
            Self::Hidden { offset, len } => [("offset", offset.to_string()), ("size", size_words(*len))].into(),
            Self::Contradiction { path, about } => [("path", show(path)), ("about", (*about).into())].into(),
            Self::Method { path, method } => [("path", show(path)), ("method", method.to_string())].into(),
            Self::Fields { path, what } => [("path", show(path)), ("what", (*what).into())].into(),
            Self::NotUtf8 { name } => [("name", show(name))].into(),
            Self::Path(e) => e.data(),
            Self::Collision(e) => e.data(),
            Self::Size { path, size } => [("path", show(path)), ("size", size_words(*size))].into(),
            Self::TooMany { limit } => [("limit", limit.to_string())].into(),
            Self::FileTooLarge { path, limit } => [("path", show(path)), ("limit", size_words(*limit))].into(),
            Self::TooLarge { limit } | Self::PackageTooLarge { limit } => [("limit", size_words(*limit))].into(),
            Self::NotCanonical { path, field } => [("path", show(path)), ("field", (*field).into())].into(),
            Self::NotExpected { about } => [("about", (*about).into())].into(),
            Self::Overlap { path }
            | Self::Encrypted { path }
            | Self::Link { path }
            | Self::Special { path }
            | Self::FolderWithContent { path }
            | Self::Twice { path }
            | Self::Compressed { path }
            | Self::Checksum { path } => [("path", show(path))].into(),
        }
    }
}
