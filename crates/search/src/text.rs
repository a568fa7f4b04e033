//! What is the same to somebody who searches: case, accents, width, hiragana and katakana.

use unicode_normalization::UnicodeNormalization;

/// A word longer than so many bytes is taken for several: no reader would, and what is long and repeats itself takes its time to sort.
const LONGEST: usize = 240;

/// What a run of characters is made of. A run ends where its kind does: nobody writes a space between 用 and PDF.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Apart,
    Letters,
    Han,
    Hangul,
}

fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Letters,
        '\0'..='\x7f' => Kind::Apart,
        // Hangul is kept in its letters (jamo): the syllable that is still being typed is then a beginning of the one that is meant.
        '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}' => Kind::Hangul,
        // Ideographs, both kana with their voicing marks, and bopomofo.
        '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3031}'..='\u{30fa}'
        | '\u{30fc}'..='\u{312f}'
        | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Han,
        _ if c.is_alphanumeric() || is_vowel_sign(c) => Kind::Letters,
        _ => Kind::Apart,
    }
}

/// Signs inside the words of scripts whose vowels are marks: they part no word, and they are no accents either.
fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{109f}' | '\u{1780}'..='\u{17ff}') && !c.is_ascii_punctuation() && !c.is_whitespace()
}

/// Marks that a reader may leave out.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0591}'..='\u{05bd}' | '\u{064b}'..='\u{0652}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

/// Letters that no normalisation takes apart, and what people without them type.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ς' => "σ",
        _ => return None,
    })
}

/// Appends the text as it is compared, and tells where a capital began a word inside one (`QuickAdd`).
fn fold(text: &str, mut put: impl FnMut(char, bool)) {
    if text.is_ascii() {
        let mut before = b' ';
        for b in text.bytes() {
            put(char::from(b.to_ascii_lowercase()), b.is_ascii_uppercase() && before.is_ascii_lowercase());
            before = b;
        }
        return;
    }
    let mut small = false;
    for c in text.nfkd().filter(|c| !is_accent(*c)) {
        let humped = small && c.is_uppercase();
        small = c.is_lowercase();
        for (i, c) in c.to_lowercase().filter(|c| !is_accent(*c)).enumerate() {
            match plain(c) {
                Some(letters) => letters.chars().enumerate().for_each(|(j, c)| put(c, humped && i + j == 0)),
                None => put(hiragana(c), humped && i == 0),
            }
        }
    }
}

fn hiragana(c: char) -> char {
    match c {
        '\u{30a1}'..='\u{30f6}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// The words of a text, as they are compared. Kept between texts so that nothing is allocated for each.
#[derive(Debug, Default)]
pub(crate) struct Words {
    text: String,
    ends: Vec<usize>,
    /// Where in `text` a capital stands inside a word.
    humps: Vec<usize>,
}

impl Words {
    /// Reads a text.
    pub fn read(&mut self, text: &str) {
        self.text.clear();
        self.ends.clear();
        self.humps.clear();
        let mut run = Kind::Apart;
        let Self { text: folded, ends, humps } = self;
        fold(text, |c, humped| {
            let kind = kind(c);
            let begun = folded.len() - ends.last().copied().unwrap_or_default();
            if run != Kind::Apart && (kind != run || begun + c.len_utf8() > LONGEST) {
                ends.push(folded.len());
            } else if humped && kind != Kind::Apart {
                humps.push(folded.len());
            }
            if kind != Kind::Apart {
                folded.push(c);
            }
            run = kind;
        });
        if run != Kind::Apart {
            ends.push(folded.len());
        }
    }

    /// The words, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut at = 0;
        self.ends.iter().map(move |end| &self.text[std::mem::replace(&mut at, *end)..*end])
    }

    /// The parts of words that are written together with capitals inside.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        let behind = |hump: usize| self.ends.partition_point(|end| *end <= hump);
        let start = move |hump: usize| behind(hump).checked_sub(1).map_or(0, |before| self.ends[before]);
        let end = move |hump: usize| self.ends.get(behind(hump)).copied().unwrap_or(self.text.len());
        self.humps.iter().enumerate().flat_map(move |(i, hump)| {
            let next = self.humps.get(i + 1).copied().unwrap_or(usize::MAX).min(end(*hump));
            let first = (i == 0 || self.humps[i - 1] < start(*hump)).then(|| &self.text[start(*hump)..*hump]);
            first.into_iter().chain([&self.text[*hump..next]])
        })
    }

    /// All words as one: `Data View` is found by `dataview`.
    pub fn whole(&self) -> &str {
        &self.text
    }
}

/// The words of a text, each as it is compared.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Words::default();
    words.read(text);
    words.iter().map(str::to_owned).collect()
}

/// A text as one value, for what is compared whole: `Note-taking` and `note taking` are the same category.
pub(crate) fn value(text: &str) -> String {
    words(text).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same() {
        for (a, b) in [
            ("Éditeur", "editeur"),
            ("STRASSE", "Straße"),
            ("Łódź", "lodz"),
            ("ＰＤＦ", "pdf"),
            ("ﬁle", "file"),
            ("Ёлка", "елка"),
            ("カレンダー", "かれんだー"),
            ("ｶﾚﾝﾀﾞｰ", "カレンダー"),
            ("İstanbul", "istanbul"),
            ("naïve café", "naive cafe"),
            ("ΟΔΟΣ", "οδος"),
        ] {
            assert_eq!(words(a), words(b), "{a} {b}");
        }
        // Not accents: か and が are different letters.
        assert_ne!(words("か"), words("が"));
    }

    #[test]
    fn where_words_end() {
        for (text, expected) in [
            ("obsidian-git", vec!["obsidian", "git"]),
            ("make.md", vec!["make", "md"]),
            ("PDF++", vec!["pdf"]),
            ("  ", vec![]),
            ("用PDF导出笔记", vec!["用", "pdf", "导出笔记"]),
            ("タスク管理、ノート", vec!["たすく管理", "のーと"]),
            ("5e statblocks", vec!["5e", "statblocks"]),
            ("L'été", vec!["l", "ete"]),
            ("हिन्दी नोट", vec!["हिन्दी", "नोट"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
        // The syllable in the making is a beginning of the whole one.
        let (making, made) = (words("플러그이"), words("플러그인"));
        assert!(made[0].starts_with(&making[0]));
    }

    #[test]
    fn no_word_is_longer_than_words_are() {
        let all = words(&format!("{} {}", "a".repeat(1_000), "记".repeat(100)));
        assert_eq!(all.iter().map(String::len).collect::<Vec<_>>(), [240, 240, 240, 240, 40, 240, 60]);
    }

    #[test]
    fn parts_of_words_with_capitals_inside() {
        let parts = |text: &str| {
            let mut words = Words::default();
            words.read(text);
            words.parts().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(parts("QuickAdd"), ["quick", "add"]);
        assert_eq!(parts("My BetterWordCount plugin MindMap"), ["better", "word", "count", "mind", "map"]);
        assert!(parts("Quick add LLM PDF").is_empty());
        assert_eq!(parts("ÜberPlan"), ["uber", "plan"]);
    }
}
