//! Collections of hostile archives that others have made, where they are there: in the folder that `PATCHBAY_CORPORA` names, or
//! in `shared/corpora` beside the project. malo is in `malo/`, PyPI's test archives in `pypi/`, those of rubyzip and of Snyk's
//! zip slip in `rubyzip-traversal/` and `snyk/`.
#![expect(clippy::print_stdout, reason = "what is skipped is said")]

use std::{
    env, fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use patchbay_package::{ArchiveError, Expected, Limits, accept, unpack_input};

fn corpora() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = env::var_os("PATCHBAY_CORPORA").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no folder {} with archives of others", folder.display());
    None
}

fn archives(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    assert!(!all.is_empty(), "{}", folder.display());
    all
}

fn strictly(archive: &Path) -> Result<(), ArchiveError> {
    let file = fs::File::open(archive).unwrap();
    accept(&file, &Expected::default(), &Limits::DEFAULT, &mut |_| ControlFlow::Continue(())).map(|_| ())
}

/// Through the lenient door, which must write nothing outside of its folder whatever comes.
fn leniently(archive: &Path) -> Result<(), ArchiveError> {
    let dir = tempfile::tempdir().unwrap();
    let into = dir.path().join("a/b");
    fs::create_dir_all(&into).unwrap();
    let result = unpack_input(archive, &into, &Limits::DEFAULT, &mut |_| ControlFlow::Continue(()));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count() + fs::read_dir(dir.path().join("a")).unwrap().count(), 2);
    result.map(|_| ())
}

/// The archives of a folder that a door lets in.
fn let_in(folder: &Path, door: fn(&Path) -> Result<(), ArchiveError>) -> Vec<String> {
    let through = archives(folder).into_iter().filter(|archive| door(archive).is_ok());
    through.map(|archive| archive.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn hostile_archives_of_others_pass_neither_door() {
    let Some(corpora) = corpora() else { return };
    for folder in ["malo/reject", "malo/malicious", "pypi/reject", "rubyzip-traversal", "snyk"] {
        let folder = corpora.join(folder);
        assert_eq!(let_in(&folder, strictly), [""; 0], "strict, {}", folder.display());
        assert_eq!(
            let_in(&folder, leniently),
            LENIENT.iter().filter(|(f, _)| folder.ends_with(f)).map(|(_, name)| *name).collect::<Vec<_>>()
        );
    }
}

/// What the lenient door lets in of what others refuse: nothing but a data descriptor, which ordinary tools write and a package
/// to be uploaded to PyPI may not have.
const LENIENT: [(&str, &str); 2] = [("pypi/reject", "data_descriptor.zip"), ("pypi/reject", "data_descriptor_zip64.zip")];

#[test]
fn ordinary_archives_of_others_pass_the_lenient_door() {
    let Some(corpora) = corpora() else { return };
    // Two that PyPI takes say that their file is shorter than it is; readers cut it off or go on, so they are refused here.
    let lying = ["short_usize.zip", "short_usize_zip64.zip"];
    for folder in ["malo/accept", "pypi/accept"] {
        let folder = corpora.join(folder);
        let names = archives(&folder).iter().map(|archive| archive.file_name().unwrap().to_string_lossy().into_owned()).collect::<Vec<_>>();
        let expected: Vec<_> = names.into_iter().filter(|name| !lying.contains(&name.as_str())).collect();
        assert_eq!(let_in(&folder, leniently), expected, "{}", folder.display());
    }
}

#[test]
fn doubtful_archives_of_others_do_not_pass_the_strict_door() {
    let Some(corpora) = corpora() else { return };
    assert_eq!(let_in(&corpora.join("malo/iffy"), strictly), [""; 0]);
}
