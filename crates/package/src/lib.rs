//! The artifact: manifest, ids, versions, file lists, digests and packing.
