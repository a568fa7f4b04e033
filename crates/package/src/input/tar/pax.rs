//! Records of pax about an entry: `LENGTH KEY=VALUE\n`, one after the other.

/// What of it matters here.
#[derive(Default)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) is_sparse: bool,
}

impl Pax {
    /// Reads records; none when they are damaged or say a thing twice, which readers settle in different ways.
    pub(super) fn of(mut bytes: &[u8]) -> Option<Self> {
        let mut pax = Self::default();
        while !bytes.is_empty() {
            let space = bytes.iter().position(|b| *b == b' ')?;
            let len: usize = decimal(&bytes[..space])?.try_into().ok()?;
            let record = bytes.get(space + 1..len)?.strip_suffix(b"\n")?;
            bytes = &bytes[len..];
            let equals = record.iter().position(|b| *b == b'=')?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                // A zero ends the name for readers in C.
                b"path" if pax.path.is_none() && !value.is_empty() && !value.contains(&0) => pax.path = Some(value.to_vec()),
                b"size" if pax.size.is_none() => pax.size = Some(decimal(value)?),
                b"path" | b"size" => return None,
                // The names of all others are in UTF-8.
                b"hdrcharset" if value != b"ISO-IR 10646 2000 UTF-8" => return None,
                _ if key.starts_with(b"GNU.sparse.") => pax.is_sparse = true,
                _ => {}
            }
        }
        Some(pax)
    }

    /// Whether it says nothing of what matters here.
    pub(super) const fn is_empty(&self) -> bool {
        self.path.is_none() && self.size.is_none() && !self.is_sparse
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(digits).ok()?;
    // `parse` also takes a sign.
    if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}
