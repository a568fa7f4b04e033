//! What the window needs before it paints.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::RegistryView;

/// The look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Language {
    /// As the system.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// What a person has set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    /// The look.
    pub theme: Theme,
    /// The language.
    pub language: Language,
    /// The name under which this person's changes are recorded.
    pub actor: String,
}

/// What the window needs to know before it paints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Start {
    /// This program's version.
    pub version: String,
    /// `linux`, `macos`, `windows`.
    pub platform: String,
    /// The system's language tag, when it tells.
    pub locale: Option<String>,
    /// The settings.
    pub settings: Settings,
    /// The registries; empty on a fresh computer.
    pub registries: Vec<RegistryView>,
}
