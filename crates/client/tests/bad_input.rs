//! Bad input from outside: what stands in a bucket, what answers in its place, and what happens on the way there.

mod documents;
mod heedless;
mod interrupted;
mod places;
mod proxy;
mod publishing;
mod upkeep;
mod world;
