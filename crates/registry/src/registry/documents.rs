//! The catalogue beside the documents: how they differ, and bringing it up to what they say.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use patchbay_package::PluginId;
use uuid::Uuid;

use super::{
    Registry,
    catalogue::{AT_ONCE, Synced, shrank},
};
use crate::{
    catalogue::{Head, Known, Line, RowRef, Table, Tag},
    commit::read,
    error::ReadError,
    key::Key,
};

/// How the documents differ from what the catalogue says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// How many documents there are.
    pub documents: usize,
    /// The plugins of which the catalogue may not know the latest.
    pub behind: Vec<PluginId>,
    /// The plugins that it knows and that have no document, with the revision that it knows.
    pub gone: Vec<(PluginId, u64)>,
}

impl Registry {
    /// The catalogue from the documents themselves, of which only those are read that `known` does not have as they are.
    ///
    /// # Errors
    /// As reading fails.
    pub async fn read_documents(&self, known: &Table) -> Result<Table, ReadError> {
        let survey = self.survey(known).await?;
        let lines = self.surveyed(&survey).await?;
        // Every line has its card, so none can be missing.
        Ok(known.with(lines).unwrap_or_else(|_| known.clone()))
    }

    /// Compares the documents with a table, without reading one. One request for each 1,000 documents.
    ///
    /// # Errors
    /// As listing fails.
    pub async fn survey(&self, table: &Table) -> Result<Survey, ReadError> {
        let listed = self.store.list(Key::DOCUMENTS).await?;
        let there: std::collections::BTreeMap<PluginId, Tag> =
            listed.iter().filter_map(|object| Some((Key::document_id(&object.key)?, Tag::of(&object.etag)))).collect();
        let behind = there.iter().filter(|(id, tag)| table.get(id).is_none_or(|row| row.tag != Some(**tag)));
        let behind = behind.map(|(id, _)| id.clone()).collect();
        let known = table.all().filter_map(|row| Some((row.id.parse::<PluginId>().ok()?, row)));
        let gone = known.filter(|(id, row)| row.row.is_some() && !there.contains_key(id)).map(|(id, row)| (id, row.seq)).collect();
        Ok(Survey { documents: there.len(), behind, gone })
    }

    /// What the catalogue should say of the plugins that a survey found: their documents are read.
    ///
    /// # Errors
    /// As reading fails.
    pub async fn surveyed(&self, survey: &Survey) -> Result<Vec<Line>, ReadError> {
        let read = stream::iter(survey.behind.clone()).map(|id| async move {
            let standing = read(&*self.store, &self.seen, &id).await?;
            Ok::<_, ReadError>(standing.map(|s| Line::of(&s.revision.document, Some(&s.etag))))
        });
        let found: Vec<Option<Line>> = read.buffer_unordered(AT_ONCE).try_collect().await?;
        let mut lines: Vec<Line> = found.into_iter().flatten().collect();
        lines.extend(survey.gone.iter().map(|(id, seq)| Line::gone(id.clone(), *seq)));
        Ok(lines)
    }

    /// Brings the catalogue up to what the documents say: what writers could not fold, and what is gone. One that is lost, or was set
    /// back, is made anew at a higher position.
    /// Answers with the catalogue and how many plugins it had wrong.
    ///
    /// # Errors
    /// [`ReadError::Missing`] when many plugins have no document any more, unless somebody has `confirmed` that; else as reading or writing
    /// fails.
    pub async fn catch_up(&self, known: Option<Known>, confirmed: bool, at: Timestamp) -> Result<(Known, usize), ReadError> {
        let now = match self.sync(known.as_ref(), true, at).await? {
            Synced::Same => known.clone(),
            Synced::New(now) => Some(*now),
        };
        let says = now.as_ref().and_then(|now| now.table.clone()).unwrap_or_default();
        let (lost, back) = match (&known, &now) {
            (Some(known), Some(now)) => (now.etag.is_none() && known.head.position > 0, now.head.is_before(&known.head)),
            _ => (false, false),
        };
        // What is known of the documents is true of them also when the catalogue forgot it.
        let table = known.as_ref().filter(|_| lost || back).and_then(|known| known.table.clone()).unwrap_or_else(|| says.clone());
        let survey = self.survey(&table).await?;
        let (listed, there) = (table.len(), table.len().saturating_sub(survey.gone.len()));
        if !confirmed && shrank(listed, there) {
            // Rather a listing that is wrong, or an accident in the bucket: nobody takes so much off a list on purpose.
            return Err(ReadError::Missing { listed, there });
        }
        let lines = self.surveyed(&survey).await?;
        if lost || back {
            let whole = table.with_all(lines).unwrap_or(table);
            let wrong = whole.all().filter(|row| row.id.parse().ok().and_then(|id| says.get(&id)) != Some(*row)).count();
            let before = known.map_or(0, |known| known.head.position);
            let anew = Head { position: before, ..Head::empty(Uuid::new_v4(), at) };
            let etag = now.and_then(|now| now.etag);
            return Ok((self.put_catalogue(Some(anew), etag.as_ref(), whole, at).await?, wrong));
        }
        let wrong = lines.iter().filter(|line| says.get(&line.id).is_none_or(|row| differs(line, &row))).count();
        Ok((self.fold(now, lines, at).await?, wrong))
    }
}

fn differs(line: &Line, row: &RowRef<'_>) -> bool {
    line.seq != row.seq
        || line.row.as_ref().map(|raw| raw.get()) != row.row
        || line.card.as_ref().is_some_and(|card| card.get() != row.card)
}
