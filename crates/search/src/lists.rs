//! A list of numbers for each of many things, all in one piece of memory.

use serde::{Deserialize, Serialize};

/// The lists, one after another.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Lists {
    /// Where each begins, and where the next one would.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl Lists {
    /// Of parts that are there already.
    pub fn new(starts: Vec<u32>, items: Vec<u32>) -> Self {
        Self { starts, items }
    }

    /// Adds to the list that is open.
    pub fn push(&mut self, item: u32) {
        self.items.push(item);
    }

    /// The list that is open.
    pub fn last(&self) -> &[u32] {
        &self.items[self.starts.last().map_or(0, |start| *start as usize)..]
    }

    /// Ends the list that is open and begins the next one.
    pub fn close(&mut self) {
        self.starts.push(crate::short(self.items.len()));
    }

    /// One list.
    pub fn get(&self, at: u32) -> &[u32] {
        self.between(at as usize, at as usize + 1)
    }

    /// The lists from one to before another, as one.
    pub fn between(&self, from: usize, to: usize) -> &[u32] {
        &self.items[self.starts[from] as usize..self.starts[to] as usize]
    }

    pub fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.items.shrink_to_fit();
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        (self.starts.capacity() + self.items.capacity()) * size_of::<u32>()
    }
}
