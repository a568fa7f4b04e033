//! The patchbay command: arguments, printing and exit codes.
fn main() {}
