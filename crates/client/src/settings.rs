//! What a person has set.

use serde_json::{Map, Value};

use crate::{
    files::{FileError, Lock, read_json, write_json},
    home::Home,
    wire::Settings,
};

/// Reads the settings; the defaults when nothing was ever set.
///
/// # Errors
/// [`FileError`]. A damaged file is never reset in silence: it names the file, and the person repairs or removes it.
pub fn load(home: &Home) -> Result<Settings, FileError> {
    Ok(read_json(&home.settings())?.unwrap_or_default())
}

/// Writes the settings. Fields that this program does not know (a newer one wrote them) stay as they are.
///
/// # Errors
/// [`FileError`].
pub fn save(home: &Home, settings: &Settings) -> Result<(), FileError> {
    let path = home.settings();
    let _lock = Lock::of(&path)?;
    let mut fields: Map<String, Value> = read_json(&path)?.unwrap_or_default();
    let known = serde_json::to_value(settings).map_err(|error| FileError::write(&path)(error.into()))?;
    if let Value::Object(known) = known {
        fields.extend(known);
    }
    write_json(&path, &fields)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::wire::{Theme, WireError};

    #[test]
    fn settings_come_back_and_unknown_fields_stay() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        assert_eq!(load(&home).unwrap(), Settings::default());
        fs::write(home.settings(), r#"{"actor":"Ada","from_the_future":{"a":[1]}}"#).unwrap();
        let mut settings = load(&home).unwrap();
        assert_eq!(settings.actor, "Ada");
        settings.theme = Theme::Dark;
        save(&home, &settings).unwrap();
        assert_eq!(load(&home).unwrap(), settings);
        let text = fs::read_to_string(home.settings()).unwrap();
        assert!(text.contains("from_the_future"), "{text}");
    }

    #[test]
    fn a_damaged_file_is_neither_reset_nor_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        fs::write(home.settings(), "{\"actor\":").unwrap();
        let error = WireError::from(load(&home).unwrap_err());
        assert_eq!(error.kind, "file_damaged");
        assert!(error.message.contains("settings.json"), "{}", error.message);
        assert!(save(&home, &Settings::default()).is_err());
        assert_eq!(fs::read_to_string(home.settings()).unwrap(), "{\"actor\":");
    }
}
