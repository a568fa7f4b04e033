//! One function per thing that a person can do, on [`App`](crate::App). The front doors only translate.

mod audit;
mod browse;
mod change;
mod compare;
mod connect;
mod download;
mod files;
mod folder;
mod health;
mod make;
mod outdated;
mod package;
mod plugin;
mod publish;
mod registries;
mod released;
mod settle;

pub use files::ReadFile;

use patchbay_package::{PluginId, Version, parse_version};
use patchbay_registry::format::document::ChannelName;

use crate::{
    error::explained,
    wire::{Code, WireError},
};

fn id(text: &str) -> Result<PluginId, WireError> {
    text.parse().map_err(|e: patchbay_package::IdError| explained(Code::Usage, &e))
}

fn version(text: &str) -> Result<Version, WireError> {
    parse_version(text).map_err(|e| explained(Code::Usage, &e))
}

fn channel(text: &str) -> Result<ChannelName, WireError> {
    Ok(text.parse::<ChannelName>()?)
}
