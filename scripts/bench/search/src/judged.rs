//! How good an order is: a list of queries, each with the plugins that people mean by it and how much (3 is it, 1 would do).

use std::collections::HashMap;

/// How good an order is, over all queries.
pub struct Score {
    /// Mean reciprocal rank of the first plugin that is meant, of the first ten.
    pub rank: f64,
    /// nDCG of the first ten.
    pub gain: f64,
}

/// Judges an order; `tell` says where it is not the best.
pub fn score(mut find: impl FnMut(&str) -> Vec<String>, tell: bool) -> Score {
    let judged: Vec<(String, HashMap<String, f64>)> = serde_json::from_str(include_str!("../judged.json")).expect("the judged list");
    let (mut rank, mut gain) = (0.0, 0.0);
    for (text, meant) in &judged {
        let found = find(text);
        let worth = |id: &String| meant.get(id).copied().unwrap_or_default();
        let first = found.iter().position(|id| worth(id) >= 3.0);
        if tell && first != Some(0) {
            eprintln!("{text}: {first:?} {:?}", &found[..found.len().min(5)]);
        }
        rank += first.map_or(0.0, |at| 1.0 / (at + 1) as f64);
        let sum =
            |grades: &[f64]| grades.iter().enumerate().map(|(at, grade)| (grade.exp2() - 1.0) / ((at + 2) as f64).log2()).sum::<f64>();
        let mut best: Vec<f64> = meant.values().copied().collect();
        best.sort_by(|a, b| b.total_cmp(a));
        gain += sum(&found.iter().map(worth).collect::<Vec<_>>()) / sum(&best);
    }
    let all = judged.len() as f64;
    Score { rank: rank / all, gain: gain / all }
}
