//! How large things may be.

/// Limits for making a package. They are values passed in: a registry may set lower ones. Sizes are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest package.
    pub package_size: u64,
    /// The largest sum of the files' sizes.
    pub unpacked_size: u64,
    /// The largest file. It stays under 4 GiB whatever is set here: a package never uses ZIP64.
    pub file_size: u64,
    /// The most files. It stays under 65,535 whatever is set here, for the same reason.
    pub files: usize,
    /// The largest manifest.
    pub manifest_size: u64,
    /// From this size on a file is pointed out to its author.
    pub large_file: u64,
}

impl Limits {
    /// The limits of a registry that sets none.
    pub const DEFAULT: Self = Self {
        package_size: 512 << 20,
        unpacked_size: 2 << 30,
        file_size: 1 << 30,
        files: 10_000,
        manifest_size: 1 << 20,
        large_file: 32 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limits {
    /// The largest file, under what a package can hold.
    #[must_use]
    pub fn file_size(&self) -> u64 {
        self.file_size.min(u64::from(u32::MAX) - 1)
    }

    /// The largest package, under what a package can be.
    #[must_use]
    pub fn package_size(&self) -> u64 {
        self.package_size.min(u64::from(u32::MAX) - 1)
    }

    /// The most files, under what a package can hold.
    #[must_use]
    pub fn files(&self) -> usize {
        self.files.min(usize::from(u16::MAX) - 1)
    }
}

/// A size as people read it: `3 bytes`, `1.5 KiB`, `512 MiB`.
pub(crate) fn size_words(bytes: u64) -> String {
    const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];
    match bytes {
        1 => return "1 byte".into(),
        0..1024 => return format!("{bytes} bytes"),
        _ => {}
    }
    let (mut unit, mut scale) = (0, 1024_u64);
    while bytes / scale >= 1024 && unit + 1 < UNITS.len() {
        unit += 1;
        scale *= 1024;
    }
    // In tenths, in integers: the same text on every machine.
    let tenths = bytes.saturating_mul(10) / scale;
    if tenths.is_multiple_of(10) {
        format!("{} {}", tenths / 10, UNITS[unit])
    } else {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (512 << 20, "512 MiB"),
            (5 << 40, "5120 GiB"),
        ] {
            assert_eq!(size_words(bytes), words);
        }
    }
}
