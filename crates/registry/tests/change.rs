//! The rules for making the next document, one by one, and what holds after any number of changes.

mod advice;
mod channels;
mod invariants;
mod publish;
mod restore;
mod undo;
mod writing;
