//! The plugins that are searched, and what people type.

use std::collections::HashMap;

use patchbay_search::Entry;
use serde::Deserialize;

/// A plugin as the catalogue has it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Plugin {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub author: String,
    #[serde(default)]
    pub description: String,
    #[serde(skip)]
    pub categories: Vec<String>,
    #[serde(skip)]
    pub range: String,
    #[serde(skip)]
    pub downloads: u64,
    #[serde(skip)]
    pub updated: i64,
}

impl Plugin {
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            id: &self.id,
            name: &self.name,
            description: &self.description,
            author: &self.author,
            categories: self.categories.iter().map(String::as_str).collect(),
            channels: vec!["stable"],
            hosts: vec![("app", &self.range)],
            updated: self.updated,
            popularity: Some(self.downloads),
            ..Entry::default()
        }
    }

    /// All of it in one line, for those that search lines.
    pub fn line(&self) -> String {
        format!("{} {} {} {} {}", self.name, self.id, self.author, self.categories.join(" "), self.description)
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most.max(1)
    }

    fn word(&mut self) -> String {
        const PARTS: [&str; 24] = [
            "ba", "con", "der", "fi", "gra", "hol", "in", "jo", "ka", "lum", "mi", "nex", "or", "pre", "qui", "ro", "syn", "tor", "ul",
            "vis", "wen", "xa", "yo", "zen",
        ];
        (0..2 + self.below(3)).map(|_| PARTS[self.below(PARTS.len())]).collect()
    }
}

const CATEGORIES: [&str; 20] = [
    "Editing",
    "Notes",
    "Calendar",
    "Tasks",
    "Import",
    "Export",
    "Sync",
    "AI",
    "Charts",
    "Theme",
    "Navigation",
    "Search",
    "Publishing",
    "Language",
    "Science",
    "Media",
    "Games",
    "Code",
    "Security",
    "Automation",
];

fn facts(plugin: &mut Plugin, dice: &mut Dice) {
    plugin.categories = (0..1 + dice.below(3)).map(|_| CATEGORIES[dice.below(CATEGORIES.len())].to_owned()).collect();
    plugin.range = format!(">={}.{}.0", dice.below(2), dice.below(17));
}

/// Real plugins, and whether they are those that were judged.
pub fn real() -> (Vec<Plugin>, bool) {
    let mut dice = Dice(7);
    let read =
        |name: &str| std::env::var("PATCHBAY_PLUGINS").ok().and_then(|folder| std::fs::read_to_string(format!("{folder}/{name}")).ok());
    let Some(text) = read("obsidian-plugins.json") else { return (made_up(&mut dice), false) };
    let mut plugins: Vec<Plugin> = serde_json::from_str(&text).expect("obsidian-plugins.json");
    let stats: HashMap<String, HashMap<String, f64>> =
        serde_json::from_str(&read("obsidian-stats.json").unwrap_or_else(|| "{}".into())).expect("obsidian-stats.json");
    for plugin in &mut plugins {
        let of = |key: &str| stats.get(&plugin.id).and_then(|s| s.get(key)).copied().unwrap_or_default();
        (plugin.downloads, plugin.updated) = (of("downloads") as u64, of("updated") as i64);
        facts(plugin, &mut dice);
    }
    (plugins, true)
}

fn made_up(dice: &mut Dice) -> Vec<Plugin> {
    let vocabulary: Vec<String> = (0..12_000).map(|_| dice.word()).collect();
    // Few words are frequent and most are rare, as in any language.
    let say = |dice: &mut Dice, words: usize| {
        (0..words)
            .map(|_| {
                let a = dice.below(110);
                vocabulary[a * dice.below(110) % 12_000].clone()
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    (0..6_858)
        .map(|n| {
            let name = say(dice, 1 + n % 3);
            let mut plugin = Plugin {
                id: format!("{}-{n}", name.replace(' ', "-")),
                author: format!("{} {}", dice.word(), dice.word()),
                description: say(dice, 17),
                name,
                downloads: dice.below(1_000_000) as u64,
                updated: dice.below(1_000_000) as i64,
                ..Plugin::default()
            };
            facts(&mut plugin, dice);
            plugin
        })
        .collect()
}

/// The real ones, and variations of them: another word in the name, a fifth of the description from elsewhere, other people, and new
/// words, because a larger registry has more of them.
pub fn many(real: &[Plugin], count: usize) -> Vec<Plugin> {
    let mut dice = Dice(11);
    let mut all = real.to_vec();
    // Fifteen times as many plugins have about five times as many words (Heaps' law), and not one of their own each.
    let pool: Vec<String> = (0..60_000).map(|_| dice.word()).collect();
    let coin = |dice: &mut Dice| pool[dice.below(pool.len())].clone();
    while all.len() < count {
        let n = all.len();
        let (base, other) = (&real[n % real.len()], &real[dice.below(real.len())]);
        let mut plugin = base.clone();
        let pick = |dice: &mut Dice, text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.get(dice.below(words.len())).map_or(String::new(), |word| (*word).to_owned())
        };
        let extra = if dice.below(3) == 0 { coin(&mut dice) } else { pick(&mut dice, &other.name) };
        plugin.name = match dice.below(3) {
            0 => format!("{} {extra}", base.name),
            1 => format!("{extra} {}", base.name),
            _ => format!("{} {extra}", pick(&mut dice, &base.name)),
        };
        plugin.id = format!("{}-{}-{n}", base.id, coin(&mut dice));
        plugin.author = if dice.below(2) == 0 { format!("{} {}", coin(&mut dice), coin(&mut dice)) } else { other.author.clone() };
        let words: Vec<String> = base
            .description
            .split_whitespace()
            .map(|word| match dice.below(20) {
                0 => coin(&mut dice),
                1..=4 => pick(&mut dice, &other.description),
                _ => word.to_owned(),
            })
            .collect();
        plugin.description = words.join(" ");
        plugin.downloads = base.downloads / (2 + dice.below(50)) as u64;
        plugin.updated = base.updated - dice.below(1_000_000_000) as i64;
        facts(&mut plugin, &mut dice);
        all.push(plugin);
    }
    all
}

/// Every beginning of what people type: the judged queries, names of plugins, words of descriptions, and filters.
pub fn typed(many: &[Plugin]) -> Vec<String> {
    let judged: Vec<(String, HashMap<String, f64>)> = serde_json::from_str(include_str!("../judged.json")).expect("the judged list");
    let mut whole: Vec<String> = judged.into_iter().map(|(text, _)| text).collect();
    let mut dice = Dice(3);
    for _ in 0..120 {
        let plugin = &many[dice.below(6_858.min(many.len()))];
        whole.push(plugin.name.to_lowercase());
        let words: Vec<&str> = plugin.description.split_whitespace().collect();
        whole.push(words.iter().skip(dice.below(words.len())).take(2).map(|w| w.to_lowercase()).collect::<Vec<_>>().join(" "));
    }
    whole
        .iter()
        .flat_map(|text| {
            text.char_indices().map(|(at, c)| text[..at + c.len_utf8()].to_owned()).filter(|text| !text.ends_with(' ')).collect::<Vec<_>>()
        })
        .collect()
}
