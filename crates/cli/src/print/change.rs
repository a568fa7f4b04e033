//! A change, planned or made.

use patchbay_client::wire::{ChangeDone, ChangePlan, Consequence};

use super::{
    Line, Page,
    consequences::{Tense, sentences},
    style,
};

/// The sentences of the consequences, indented.
pub(super) fn told(page: &mut Page, all: &[Consequence], tense: Tense) {
    for sentence in sentences(all, tense) {
        page.line(Line::new().plain("  ").plain(&sentence));
    }
}

/// What a change would do.
#[must_use]
pub fn plan(plan: &ChangePlan) -> Page {
    let mut page = Page::from(
        Line::new()
            .plain("Dry run; nothing was changed. On ")
            .styled(&plan.id, style::STRONG)
            .plain(&format!(", revision {}, this would happen:", plan.seq)),
    );
    told(&mut page, &plan.consequences, Tense::Would);
    page
}

/// What a change did.
#[must_use]
pub fn done(done: &ChangeDone) -> Page {
    let head = Line::new().styled(&done.id, style::STRONG);
    if done.consequences == [Consequence::NothingChanges] {
        return Page::from(head.plain(": nothing changes, it is so already."));
    }
    let mut page = Page::from(head.plain(&format!(", revision {}:", done.seq)));
    told(&mut page, &done.consequences, Tense::Did);
    page
}
