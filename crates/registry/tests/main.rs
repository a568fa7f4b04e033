//! Format, storage and protocol, on stores of every kind. One program, because each would compile the generic code of the AWS SDK anew.
#![allow(clippy::unwrap_used)]

mod audit;
mod catalogue;
mod change;
mod commit;
mod conformance;
mod doctor;
mod document;
mod files;
mod format_doc;
mod gc;
mod probe;
mod s3_errors;
mod servers;
mod suite;
mod web;
