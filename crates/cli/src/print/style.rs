//! The few styles. Colour only repeats what the words say, so nothing is lost without it.

use clap::builder::styling::AnsiColor;
pub use clap::builder::styling::Style;

/// What stands out: names and headings.
pub const STRONG: Style = Style::new().bold();
/// What can be passed over: labels.
pub const FAINT: Style = Style::new().dimmed();
/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What wants care.
pub const CARE: Style = AnsiColor::Yellow.on_default().bold();
/// What went wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
