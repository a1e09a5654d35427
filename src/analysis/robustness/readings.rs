//! The other ways to read the answers: one threshold at a time, and one part of those who answered at a time.

use std::collections::BTreeMap;

use crate::analysis::dataset::{Column, Dataset};
use crate::analysis::disclosure;
use crate::analysis::support::Split;
use crate::definition::consensus::DecisionRule;
use crate::item::Scale;

/// Words that a text must have, and people who must have sent it, to be a campaign's: as for themes.
const CAMPAIGN_WORDS: usize = 12;
const CAMPAIGN_PEOPLE: u64 = 5;

/// A rule that differs from the one in force by one threshold.
pub(super) struct OtherRule {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) rule: DecisionRule,
}

/// A part of those who answered.
pub(super) struct Part {
    pub(super) id: String,
    pub(super) label: String,
    /// Whether each respondent is in it; none where it would tell of few people.
    pub(super) kept: Option<Vec<bool>>,
}

/// The documented grid: each of `tau_overall` and `tau_segment` 5 and 10 points lower and higher, `tau_polar` and `delta`
/// 10 and 5 points, `alpha` of 1% and 10%, and groups tested from 30 and from 100 answers.
pub(super) fn other_rules(rule: &DecisionRule) -> Vec<OtherRule> {
    let mut all = Vec::new();
    let mut share = |name: &str, label: &str, now: f64, steps: &[f64], set: fn(&mut DecisionRule, f64)| {
        for step in steps {
            let other = ((now + step) * 1000.0).round() / 1000.0;
            if other > 0.0 && other < 1.0 {
                let mut changed = rule.clone();
                set(&mut changed, other);
                let label = format!("{label} {}%", (other * 1000.0).round() / 10.0);
                all.push(OtherRule { id: format!("{name}={other}"), label, rule: changed });
            }
        }
    };
    let steps = [-0.1, -0.05, 0.05, 0.1];
    share("tau_overall", "Overall support above", rule.tau_overall, &steps, |rule, to| rule.tau_overall = to);
    share("tau_segment", "Support in every group above", rule.tau_segment, &steps, |rule, to| rule.tau_segment = to);
    share("tau_polar", "Division above", rule.tau_polar, &[-0.1, 0.1], |rule, to| rule.tau_polar = to);
    share("delta", "Lead of a group of", rule.delta, &[-0.05, 0.05], |rule, to| rule.delta = to);
    for alpha in [0.01, 0.10].into_iter().filter(|alpha| (alpha - rule.alpha).abs() > 1e-9) {
        let label = format!("Error rate of {}%", (alpha * 100.0_f64).round());
        all.push(OtherRule { id: format!("alpha={alpha}"), label, rule: DecisionRule { alpha, ..rule.clone() } });
    }
    for fewest in [30, 100].into_iter().filter(|n| *n != rule.n_min_segment && *n >= rule.n_min_guard) {
        let changed = DecisionRule { n_min_segment: fewest, ..rule.clone() };
        let label = format!("Groups tested from {fewest} answers");
        all.push(OtherRule { id: format!("n_min_segment={fewest}"), label, rule: changed });
    }
    all
}

/// Without each group of each segment; by the way people took part; without what many sent in the same words.
pub(super) fn parts(data: &Dataset<'_>, splits: &[Split<'_>]) -> Vec<Part> {
    let min_cell = data.survey.privacy.min_cell;
    let mut all = Vec::new();
    for split in splits.iter().filter(|split| !split.overlapping) {
        let hidden = disclosure::hidden(&split.sizes, min_cell);
        for (group, (option, hidden)) in split.options.iter().zip(hidden).enumerate() {
            let is_there = split.sizes.get(group).is_some_and(|size| *size > 0);
            if is_there {
                let kept = || split.members.iter().map(|groups| !groups.contains(&group)).collect();
                let id = format!("without:{}.{}", split.id, option.id);
                let label = format!("Without “{}” ({})", option.label, split.id);
                all.push(Part {
                    id,
                    label,
                    kept: (!hidden).then(kept).filter(|kept: &Vec<bool>| enough(kept, min_cell)),
                });
            }
        }
    }
    all.extend(by_mode(data));
    all.extend(without_campaigns(data));
    all
}

/// True where those kept and those left out are both nobody or enough people to be shown.
fn enough(kept: &[bool], min_cell: u32) -> bool {
    let count = kept.iter().filter(|kept| **kept).count();
    let least = min_cell as usize;
    [count, kept.len() - count].into_iter().all(|people| people == 0 || people >= least)
}

fn by_mode(data: &Dataset<'_>) -> Vec<Part> {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for mode in data.modes() {
        *sizes.entry(mode).or_default() += 1;
    }
    if sizes.len() < 2 {
        return Vec::new();
    }
    let min_cell = data.survey.privacy.min_cell;
    let counts: Vec<u64> = sizes.values().copied().collect();
    let hidden = disclosure::hidden(&counts, min_cell);
    let part = |id: String, label: String, hidden: bool, keep: &dyn Fn(&str) -> bool| {
        let kept = || data.modes().map(keep).collect();
        Part { id, label, kept: (!hidden).then(kept).filter(|kept: &Vec<bool>| enough(kept, min_cell)) }
    };
    let several = sizes.len() > 2;
    let mut all = Vec::new();
    for (mode, hidden) in sizes.keys().zip(hidden) {
        let name = in_words(mode);
        all.push(part(format!("only:{mode}"), format!("Only {name}"), hidden, &|one| one == *mode));
        if several {
            all.push(part(format!("without:{mode}"), format!("Without {name}"), hidden, &|one| one != *mode));
        }
    }
    all
}

/// A way of taking part, after “only” and “without”.
fn in_words(mode: &str) -> &str {
    match mode {
        "open_link" => "answers by the open link",
        "invitation" => "answers by invitation",
        "passphrase" => "answers by passphrase",
        "email_domain" => "answers by e-mail address",
        "imported" => "imported answers",
        "simulated" => "simulated answers",
        "unfinished" => "unfinished answers",
        other => other,
    }
}

/// Without whoever wrote, in answer to any free question, a text of 12 words or more that 5 people or more sent; nothing
/// where nobody did. Letters and figures alone are compared, in small letters.
fn without_campaigns(data: &Dataset<'_>) -> Option<Part> {
    let mut campaigns = vec![false; data.n];
    for question in data.survey.answered_questions() {
        let (Scale::FreeText { .. }, Some(Column::Texts(cells))) =
            (question.item.scale(), data.column(&question.item.head.id))
        else {
            continue;
        };
        let mut senders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (person, text) in cells.iter().enumerate().filter_map(|(person, cell)| Some((person, cell.as_ref().ok()?)))
        {
            let text = text.to_lowercase();
            let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            if words.len() >= CAMPAIGN_WORDS {
                senders.entry(words.join(" ")).or_default().push(person);
            }
        }
        let sent_often = senders.into_values().filter(|people| people.len() as u64 >= CAMPAIGN_PEOPLE);
        for person in sent_often.flatten() {
            campaigns.get_mut(person).into_iter().for_each(|campaign| *campaign = true);
        }
    }
    campaigns.contains(&true).then(|| {
        let kept = campaigns.iter().map(|campaign| !campaign).collect();
        Part {
            id: "without:campaigns".to_string(),
            label: "Without those who sent a text that many sent".to_string(),
            kept: Some(kept).filter(|kept: &Vec<bool>| enough(kept, data.survey.privacy.min_cell)),
        }
    })
}
