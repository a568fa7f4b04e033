//! What is different between two versions of a plugin, from their file lists and the bytes of the files that differ. Pure: who
//! calls fetches the bytes, and decides by its limits which.
//!
//! In the order in which people want to know it: what the manifests say ([`Facts`]), which files ([`pair`]), which lines
//! ([`compare_text`]), and what that means for the next version number ([`suggest`]).

mod align;
mod facts;
mod pair;
mod suggest;
mod text;

pub use facts::{Area, Effect, Facts, MANIFESTS, MAX_MANIFEST, ManifestChange};
pub use pair::{FileChange, FileState, Kind, Pairs, pair};
pub use suggest::{Convention, Level, Reason, ReasonKind, Suggestion, suggest};
pub use text::{Hunk, Line, Sign, TextDiff, TextLimits, compare_text, is_text};
