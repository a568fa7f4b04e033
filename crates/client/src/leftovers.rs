//! What a program that was killed left behind, which nobody else removes.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use crate::Home;

/// As long as the registry keeps uploads that nothing refers to. What is younger may be somebody's work.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Removes packages on their way, and files on their way to being replaced, that were last written a week ago. Only what is called as
/// [`crate::files`] and `tempfile` call theirs: with `--home` the folders may be somebody's. What cannot be removed now stays until
/// another time.
pub fn sweep(home: &Home, now: SystemTime) {
    remove(&home.temporary(), now, |name| name.starts_with(".tmp"));
    for folder in home.written() {
        remove(&folder, now, |name| name.strip_prefix('.').and_then(|name| name.strip_suffix(".tmp")).is_some_and(is_random));
    }
}

/// As `tempfile` has them, between prefix and suffix.
fn is_random(name: &str) -> bool {
    name.len() == 6 && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn remove(folder: &Path, now: SystemTime, is_ours: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(&is_ours);
        let Ok(metadata) = entry.metadata() else { continue };
        let age = metadata.modified().ok().and_then(|then| now.duration_since(then).ok());
        if !is_ours || age.is_none_or(|age| age < KEPT) {
            continue;
        }
        // The metadata is the entry's own: what a link leads to is not followed.
        let _ = if metadata.is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, path::PathBuf, sync::Arc};

    use super::*;
    use crate::{App, Environment, MemoryKeychain};

    #[test]
    fn what_is_old_and_ours_goes() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        home.make().unwrap();
        let now = SystemTime::now();
        let left = |path: &str, age: Duration| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            File::create(&path).unwrap().set_modified(now - age).unwrap();
            path
        };
        let old = KEPT + Duration::from_secs(1);
        let young = Duration::from_secs(3_600);
        left("cache/main/registry.json", old);
        let gone = [
            left("jobs/.gnSMs4.tmp", old),
            left("seen/.aB3dE6.tmp", old),
            left("cache/main/.aB3dE6.tmp", old),
            left("cache/main/documents/.aB3dE6.tmp", old),
            left("cache/temporary/.tmpaB3dE6", old),
        ];
        let stays = [
            left("jobs/.aB3dE6.tmp", young),
            left("jobs/7.json", old),
            left("seen/.notes.tmp", old),
            left("cache/temporary/.tmpaB3dE7", young),
            left("cache/temporary/holiday.jpg", old),
            // Not a registry's.
            left("cache/other/.aB3dE6.tmp", old),
            left(".aB3dE6.tmp", old),
        ];
        let clock = Arc::new(jiff::Timestamp::now);
        App::new(home, Environment::default(), Arc::new(MemoryKeychain::default()), clock).unwrap();
        assert_eq!(gone.iter().filter(|path| path.exists()).collect::<Vec<_>>(), Vec::<&PathBuf>::new());
        assert_eq!(stays.iter().filter(|path| !path.exists()).collect::<Vec<_>>(), Vec::<&PathBuf>::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_goes_with_what_is_in_it_and_a_link_without() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let temporary = home.temporary();
        fs::create_dir_all(temporary.join(".tmpaB3dE6/package")).unwrap();
        fs::create_dir_all(folder.path().join("work")).unwrap();
        fs::write(folder.path().join("work/main.js"), "//").unwrap();
        std::os::unix::fs::symlink(folder.path().join("work"), temporary.join(".tmplinked")).unwrap();
        sweep(&home, SystemTime::now() + 2 * KEPT);
        assert_eq!(fs::read_dir(temporary).unwrap().count(), 0);
        assert!(folder.path().join("work/main.js").exists());
    }
}
