//! Where a word of the query was found, and what that is worth.

/// Where in a plugin a word stands. Each is a bit, so that one byte holds all places of a word.
pub(crate) mod field {
    /// The name, written as one word.
    pub const WHOLE_NAME: u8 = 1;
    /// A word of the name.
    pub const NAME: u8 = 1 << 1;
    /// The id, written as one word.
    pub const WHOLE_ID: u8 = 1 << 2;
    /// A part of the id.
    pub const ID: u8 = 1 << 3;
    /// A word of a category.
    pub const CATEGORY: u8 = 1 << 4;
    /// A word of the author.
    pub const AUTHOR: u8 = 1 << 5;
    /// A word of the description.
    pub const DESCRIPTION: u8 = 1 << 6;
}

/// How a word of the query was found in a word of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is the word.
    Exact,
    /// The word begins so.
    Beginning,
    /// The word has it inside.
    Inside,
    /// The word begins so when one typo is forgiven.
    Nearly,
}

/// What a match is worth in each place, best first: the whole before a beginning before an inside, names before
/// descriptions. The distances matter only where a query has several words, whose values are added.
const WORTH: [(u8, [u16; 4]); 7] = [
    //                     exact  beginning  inside  nearly
    (field::WHOLE_NAME, [130, 100, 0, 34]),
    (field::WHOLE_ID, [120, 90, 0, 0]),
    (field::NAME, [100, 95, 70, 30]),
    (field::ID, [88, 84, 60, 0]),
    (field::CATEGORY, [58, 50, 24, 10]),
    (field::AUTHOR, [52, 44, 22, 8]),
    (field::DESCRIPTION, [40, 36, 20, 4]),
];

/// For each set of places: what the best of them is worth.
pub(crate) fn worth(found: Match) -> [u16; 256] {
    let mut worth = [0; 256];
    for (places, best) in worth.iter_mut().enumerate() {
        let values = WORTH.iter().filter(|(place, _)| places & usize::from(*place) != 0).map(|(_, values)| values[found as usize]);
        *best = values.max().unwrap_or_default();
    }
    worth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_places() {
        let of = |found, place: u8| worth(found)[usize::from(place)];
        // Exact, then a beginning, then an inside, then a typo, in every place.
        for (place, _) in WORTH {
            let values = [Match::Exact, Match::Beginning, Match::Inside, Match::Nearly].map(|found| of(found, place));
            assert!(values.windows(2).all(|w| w[0] > w[1] || w[1] == 0 || values[2] == 0), "{place}: {values:?}");
            assert!(values[0] <= 130);
        }
        // Any place in a name before any place in a description.
        assert!(of(Match::Inside, field::NAME) > of(Match::Exact, field::DESCRIPTION));
        // A word that stands in several places counts where it is worth most.
        assert_eq!(of(Match::Exact, field::NAME | field::DESCRIPTION), of(Match::Exact, field::NAME));
    }
}
