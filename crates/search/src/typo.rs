//! One typo: a letter too many, one too few, a wrong one, or two that changed places.

/// The shortest word, in letters, in which a typo is forgiven: in shorter ones half of the dictionary is one letter away.
pub(crate) const SHORTEST: usize = 4;

/// Whether the beginning of a term, or all of it, is the word with one typo at most. What is found is held against this.
#[cfg(test)]
pub(crate) fn one_typo<T: PartialEq + Copy>(term: &[T], word: &[T]) -> bool {
    let same = term.iter().zip(word).take_while(|(a, b)| a == b).count();
    let (rest, left) = (&term[same..], &word[same..]);
    let begins = |skip: usize, drop: usize| rest.len() >= skip && left.len() >= drop && rest[skip..].starts_with(&left[drop..]);
    let swapped = rest.len() > 1 && left.len() > 1 && rest[0] == left[1] && rest[1] == left[0];
    left.is_empty() || begins(0, 1) || begins(1, 0) || begins(1, 1) || (swapped && begins(2, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(term: &str, word: &str) -> bool {
        one_typo(&term.chars().collect::<Vec<_>>(), &word.chars().collect::<Vec<_>>())
    }

    #[test]
    fn one_typo_and_not_two() {
        for word in ["calendar", "calend", "calnd", "caelndar", "calwndar", "callendar", "alendar", "calendae", "calendra", "calendarx"] {
            assert!(begins("calendar", word), "{word}");
        }
        for word in ["caelndra", "clnd", "kalendxr", "calendarxy", "dar"] {
            assert!(!begins("calendar", word), "{word}");
        }
        assert!(begins("заметки", "замтки") && begins("заметки", "земетки") && !begins("notes", "заме"));
    }
}
