//! Tells Tauri which commands exist, so that each one has a permission of its own and an unlisted one cannot be called.

include!("src/commands/list.rs");

macro_rules! names {
    ($($name:ident,)*) => { &[$(stringify!($name)),*] };
}

fn main() {
    println!("cargo::rerun-if-changed=src/commands/list.rs");
    let manifest = tauri_build::AppManifest::new().commands(commands!(names));
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)).expect("tauri.conf.json or a capability is wrong");
}
