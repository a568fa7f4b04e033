//! What the program is started with.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

const USAGE: &str = "\
Patchbay: publish, browse and roll back plugins.

Usage: patchbay-app [--home DIR] [--samples]

  --home DIR   Keep settings, data and cache in this folder (also: PATCHBAY_HOME)
  --samples    On a fresh computer, begin with the registry on this computer and its sample plugins
  --version    Print the version
  --help       Print this";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Launch {
    /// Open the window.
    Open(Options),
    /// Print this and end.
    Print(String),
}

/// How to open the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The one folder for settings, data and cache; the platform's own places when absent.
    pub home: Option<PathBuf>,
    /// On a fresh computer, begin with the registry on this computer and its samples instead of asking.
    pub samples: bool,
    /// A file that holds the path which a file dialog answers instead of asking. Only a window that is driven by a test has one:
    /// native dialogs cannot be driven.
    pub answers: Option<PathBuf>,
    /// Whether a test drives the window.
    pub driven: bool,
}

/// Why the window cannot be opened.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// An argument that means nothing.
    #[error("{argument:?} is not an option. Try --help.")]
    UnknownArgument {
        /// The argument.
        argument: OsString,
    },
    /// `--home` without its folder.
    #[error("--home needs a folder. Try --help.")]
    NoHome,
    /// Linux without X11 or Wayland.
    #[error(
        "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). Start it in a desktop session, or use the patchbay command."
    )]
    NoDisplay,
}

impl LaunchError {
    /// The exit code that the command line uses for the same kind of failure.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::UnknownArgument { .. } | Self::NoHome => 2,
            Self::NoDisplay => 1,
        }
    }
}

impl Launch {
    /// Reads the arguments (without the program's name) and the environment.
    pub fn read(
        arguments: impl IntoIterator<Item = OsString>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, LaunchError> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let mut home = set("PATCHBAY_HOME").map(PathBuf::from);
        let mut samples = false;
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--home") => home = Some(arguments.next().filter(|dir| !dir.is_empty()).ok_or(LaunchError::NoHome)?.into()),
                Some("--samples") => samples = true,
                Some("--version" | "-V") => return Ok(Self::Print(format!("Patchbay {}", env!("CARGO_PKG_VERSION")))),
                Some("--help" | "-h") => return Ok(Self::Print(USAGE.to_owned())),
                _ => match argument.to_str().and_then(|text| text.strip_prefix("--home=")) {
                    Some(dir) if !dir.is_empty() => home = Some(dir.into()),
                    Some(_) => return Err(LaunchError::NoHome),
                    None => return Err(LaunchError::UnknownArgument { argument }),
                },
            }
        }
        if cfg!(target_os = "linux") && set("DISPLAY").is_none() && set("WAYLAND_DISPLAY").is_none() {
            return Err(LaunchError::NoDisplay);
        }
        // The same variable makes the window driveable, so a person's window never has this.
        let driven = set("TAURI_AUTOMATION").as_deref() == Some(OsStr::new("true"));
        let answers = set("PATCHBAY_E2E_PICK").filter(|_| driven).map(PathBuf::from);
        Ok(Self::Open(Options { home, samples, answers, driven }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Launch, LaunchError> {
        Launch::read(arguments.iter().map(OsString::from), |name| {
            environment.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    fn open(arguments: &[&str], environment: &[(&str, &str)]) -> Options {
        let environment = [environment, &[("DISPLAY", ":0")]].concat();
        match read(arguments, &environment).unwrap() {
            Launch::Open(options) => options,
            Launch::Print(text) => panic!("printed {text}"),
        }
    }

    #[test]
    fn the_argument_beats_the_environment() {
        assert_eq!(open(&[], &[]).home, None);
        assert_eq!(open(&[], &[("PATCHBAY_HOME", "")]).home, None);
        assert_eq!(open(&[], &[("PATCHBAY_HOME", "/a")]).home, Some("/a".into()));
        assert_eq!(open(&["--home", "/b"], &[("PATCHBAY_HOME", "/a")]).home, Some("/b".into()));
        assert_eq!(open(&["--home=/c"], &[("PATCHBAY_HOME", "/a")]).home, Some("/c".into()));
    }

    #[test]
    fn answers_need_a_driven_window() {
        assert_eq!(open(&[], &[("PATCHBAY_E2E_PICK", "/p")]).answers, None);
        assert_eq!(open(&[], &[("PATCHBAY_E2E_PICK", "/p"), ("TAURI_AUTOMATION", "1")]).answers, None);
        assert_eq!(open(&[], &[("PATCHBAY_E2E_PICK", "/p"), ("TAURI_AUTOMATION", "true")]).answers, Some("/p".into()));
    }

    #[test]
    fn samples_are_asked_for() {
        assert!(!open(&[], &[]).samples);
        assert!(open(&["--samples"], &[]).samples);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let said = |arguments: &[&str]| read(arguments, &[("DISPLAY", ":0")]).unwrap_err();
        assert_eq!(said(&["--hoem"]).to_string(), "\"--hoem\" is not an option. Try --help.");
        assert_eq!(said(&["--home"]).to_string(), "--home needs a folder. Try --help.");
        assert_eq!(said(&["--home="]).exit_code(), 2);
    }

    #[test]
    fn version_and_help_need_no_display() {
        assert_eq!(read(&["--version"], &[]), Ok(Launch::Print(format!("Patchbay {}", env!("CARGO_PKG_VERSION")))));
        assert_eq!(read(&["-h"], &[]), Ok(Launch::Print(USAGE.to_owned())));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_display_is_said_before_gtk_panics() {
        assert_eq!(read(&[], &[]), Err(LaunchError::NoDisplay));
        assert!(read(&[], &[("WAYLAND_DISPLAY", "wayland-0")]).is_ok());
    }
}
