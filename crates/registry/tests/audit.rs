//! The export of all revisions, and what is seen when somebody changed it.

use patchbay_registry::{
    ReadError,
    audit::{Audited, Auditor, export},
};

use crate::doctor::world::{World, revision};

async fn exported(world: &World) -> Result<Vec<String>, ReadError> {
    let mut lines = Vec::new();
    export(&world.registry, None, |line| {
        lines.push(serde_json::to_string(&line).unwrap());
        Ok::<_, ReadError>(())
    })
    .await?;
    Ok(lines)
}

fn verified(lines: &[String]) -> Result<Audited, String> {
    let mut auditor = Auditor::default();
    lines.iter().try_for_each(|line| auditor.line(line)).map_err(|e| e.to_string())?;
    auditor.finish().map_err(|e| e.to_string())
}

#[tokio::test]
async fn what_was_exported_is_verified_without_the_registry() {
    let lines = exported(&World::new().await).await.unwrap();
    assert_eq!(lines.len(), 6);
    assert_eq!(verified(&lines), Ok(Audited { plugins: 2, revisions: 4 }));
}

#[tokio::test]
async fn every_change_is_seen() {
    let lines = exported(&World::new().await).await.unwrap();
    let removed = |n: usize| [&lines[..n], &lines[n + 1..]].concat();
    for n in 0..lines.len() {
        assert!(verified(&removed(n)).is_err(), "line {n} is gone");
        let mut twice = lines.clone();
        twice.insert(n, lines[n].clone());
        assert!(verified(&twice).is_err(), "line {n} is there twice");
    }
    for n in 2..lines.len() {
        let mut swapped = lines.clone();
        swapped.swap(n - 1, n);
        // The first two plugins are `lamp` with one revision and `timer`: any other order breaks a chain.
        assert!(verified(&swapped).is_err(), "{n}");
    }
    let mut edited = lines.clone();
    edited[3] = edited[3].replacen("ada", "eve", 1);
    assert_eq!(verified(&edited).unwrap_err(), "Line 4 of the export is not to be trusted: revision 2 of timer differs from its digest.");
    assert_eq!(verified(&["{}".into()]).unwrap_err(), "Line 1 of the export is not to be trusted: it is not a line of an export.");
}

#[tokio::test]
async fn a_broken_chain_is_not_exported() {
    let world = World::new().await;
    world.edit(&revision(1), "ada", "eve");
    assert!(matches!(exported(&world).await, Err(ReadError::Altered { .. })));
    world.memory.remove(&revision(1));
    assert!(matches!(exported(&world).await, Err(ReadError::Altered { .. })));
}
