//! Sizes, dates and counts.

use jiff::{Timestamp, tz::TimeZone};

/// A size as people say it: `812 B`, `1.2 KB`, `14 MB`. Thousands, as in file managers.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // In tenths, rounded, so that 999,950 becomes 1.0 MB and not 1000.0 KB.
    let mut tenths = (u128::from(bytes) + 50) / 100;
    let mut unit = 0;
    while tenths >= 9_995 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    let unit = UNITS[unit];
    if tenths >= 100 { format!("{} {unit}", (tenths + 5) / 10) } else { format!("{}.{} {unit}", tenths / 10, tenths % 10) }
}

fn local(time: &str, format: &str) -> String {
    match time.parse::<Timestamp>() {
        Ok(time) => time.to_zoned_datetime(TimeZone::system()).strftime(format).to_string(),
        Err(_) => time.to_owned(),
    }
}

/// The day, where this person is.
#[must_use]
pub fn day(time: &str) -> String {
    local(time, "%Y-%m-%d")
}

/// The day and the minute, where this person is.
#[must_use]
pub fn minute(time: &str) -> String {
    local(time, "%Y-%m-%d %H:%M")
}

/// `1 file`, `2 files`.
#[must_use]
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let table = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 KB"),
            (1234, "1.2 KB"),
            (9_960, "10 KB"),
            (14_300_000, "14 MB"),
            (999_949, "1.0 MB"),
            (2_500_000_000, "2.5 GB"),
            (u64::MAX, "18446744 TB"),
        ];
        for (bytes, said) in table {
            assert_eq!(size(bytes), said, "{bytes}");
        }
    }
}
