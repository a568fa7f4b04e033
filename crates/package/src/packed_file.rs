//! One file out of a package, from the bytes that the file list says are its own.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use crate::{Digest, FileEntry, Method};

/// Why bytes are not the file that the list describes. Whatever it is, nothing of them is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedFileError {
    /// There are more or fewer bytes than the list says.
    #[error("there are {found} bytes where {expected} were packed")]
    Length {
        /// What the list says.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// They cannot be inflated, or into another size than the list says.
    #[error("they do not unpack to the size in the list")]
    Unpacked,
    /// They unpack to other bytes than were published.
    #[error("they unpack to other bytes than were published")]
    Digest,
}

/// The bytes of a file, checked against its size and digest. `packed` is what stands at its offset in the package.
///
/// Memory is bounded by the size in the list, which the caller has checked against its own limit: a deflate stream of a few
/// kilobytes can inflate to gigabytes (a “zip bomb”), so not one byte more than announced is inflated.
///
/// # Errors
/// [`PackedFileError`] when the bytes are not that file.
pub fn read_packed_file(file: &FileEntry, packed: &[u8]) -> Result<Vec<u8>, PackedFileError> {
    let found = packed.len() as u64;
    if found != file.packed {
        return Err(PackedFileError::Length { expected: file.packed, found });
    }
    let bytes = match file.method() {
        Method::Stored => packed.to_vec(),
        Method::Deflated => inflate(packed, file.size)?,
    };
    if bytes.len() as u64 != file.size {
        return Err(PackedFileError::Unpacked);
    }
    if Digest::of(&bytes) == file.sha256 { Ok(bytes) } else { Err(PackedFileError::Digest) }
}

fn inflate(packed: &[u8], size: u64) -> Result<Vec<u8>, PackedFileError> {
    // Deflate makes at most 1032 bytes of one, so a size beyond that is a lie and no reason to ask for memory.
    let possible = (packed.len() as u64).saturating_mul(1032);
    if size > possible {
        return Err(PackedFileError::Unpacked);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(|_| PackedFileError::Unpacked)?);
    let mut stream = DeflateDecoder::new(packed).take(size.saturating_add(1));
    stream.read_to_end(&mut bytes).map_err(|_| PackedFileError::Unpacked)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::DeflateEncoder};

    use super::*;
    use crate::Mode;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn entry(bytes: &[u8], packed: &[u8]) -> FileEntry {
        let (size, packed) = (bytes.len() as u64, packed.len() as u64);
        FileEntry { path: "a".into(), size, sha256: Digest::of(bytes), offset: 31, packed, mode: Mode::Plain }
    }

    #[test]
    fn a_file_is_read_in_either_form() {
        let text = "the same line again\n".repeat(50).into_bytes();
        let packed = deflated(&text);
        assert_eq!(read_packed_file(&entry(&text, &packed), &packed), Ok(text.clone()));
        assert_eq!(read_packed_file(&entry(b"ab", b"ab"), b"ab"), Ok(b"ab".to_vec()));
        assert_eq!(read_packed_file(&entry(b"", b""), b""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_not_the_file_is_never_handed_out() {
        let text = b"the same line again\n".repeat(50);
        let packed = deflated(&text);
        let file = entry(&text, &packed);
        assert_eq!(read_packed_file(&file, &packed[1..]), Err(PackedFileError::Length { expected: file.packed, found: file.packed - 1 }));
        let mut flipped = packed.clone();
        flipped[3] ^= 0x10;
        assert!(read_packed_file(&file, &flipped).is_err());
        assert_eq!(read_packed_file(&FileEntry { sha256: Digest::of(b"else"), ..file.clone() }, &packed), Err(PackedFileError::Digest));
        assert_eq!(read_packed_file(&FileEntry { size: 999, ..file }, &packed), Err(PackedFileError::Unpacked));
    }

    /// A stream that announces little and inflates to much stops at what was announced; one that announces more than deflate
    /// can make is refused before memory is asked for.
    #[test]
    fn a_bomb_stays_small() {
        let packed = deflated(&vec![0; 50 << 20]);
        let announced = |size| FileEntry { size, ..entry(&[0; 4], &packed) };
        assert_eq!(read_packed_file(&announced(packed.len() as u64 + 1), &packed), Err(PackedFileError::Unpacked));
        assert_eq!(read_packed_file(&announced(1 << 40), &packed), Err(PackedFileError::Unpacked));
    }
}
