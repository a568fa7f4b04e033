//! Files of what can be fetched or made again are blocks, each with its length and checksum: one that is damaged or cut off counts as absent.

use bytes::Bytes;

/// What is before the bytes of a block: their length and checksum.
pub(crate) fn seal(block: &[u8]) -> [u8; 12] {
    let mut seal = [0; 12];
    seal[..8].copy_from_slice(&(block.len() as u64).to_le_bytes());
    seal[8..].copy_from_slice(&crc32fast::hash(block).to_le_bytes());
    seal
}

/// Takes the next whole block.
pub(crate) fn block(rest: &mut Bytes) -> Option<Bytes> {
    let length = u64::from_le_bytes(rest.get(..8)?.try_into().ok()?);
    let end = usize::try_from(length).ok()?.checked_add(12)?;
    let checksum = u32::from_le_bytes(rest.get(8..12)?.try_into().ok()?);
    let block = rest.get(12..end).map(|block| rest.slice_ref(block)).filter(|block| crc32fast::hash(block) == checksum)?;
    *rest = rest.slice(end..);
    Some(block)
}
