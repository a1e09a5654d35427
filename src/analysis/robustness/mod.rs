//! The robustness sheet: each verdict under other thresholds, with and without weights, and without parts of those who
//! answered, so that a reader sees which verdicts hold whatever one chooses and which turn.
//!
//! No verdict is chosen by it: the decision rule was fixed before the first answer. Weights stay what they are for all.
//! A reading that would tell of few people, by its difference to all answers, is withheld and says so.

mod readings;
pub mod report;

use rayon::prelude::*;

use super::dataset::Dataset;
use super::report::Intervention;
use super::support::{self, Split, Stance, Table};
use super::verdict::{self, Candidate, Label, Reason};
use super::weight::support::WeightedTable;
use super::weight::{Weighing, Weights, in_force};
use crate::definition::consensus::DecisionRule;
use readings::{other_rules, parts};
use report::{Reading, Robustness, Steadiness};

/// Most interventions times groups times readings; more would take longer than the report itself.
const MOST_WORK: usize = 200_000;
/// Most interventions.
const MOST_INTERVENTIONS: usize = 300;
/// Most readings that a sentence names for a turn.
const MOST_NAMED: usize = 6;
/// Why a reading is withheld.
const WITHHELD: &str = "Withheld: it differs from all answers, or rests on, fewer people than may be shown.";

/// The votes on one intervention: who answered, by their place, and how.
type Votes = Vec<(usize, Stance)>;

/// The candidates of one reading with what its weights make of differences.
struct Judged {
    candidates: Vec<Candidate>,
    heterogeneity: Vec<Vec<(String, f64)>>,
    /// People who answered, by candidate.
    people: Vec<usize>,
    /// What the candidates were made of, without weights.
    tables: Vec<Table>,
}

/// Judges every intervention that `shown` has figures of under each reading; `None` where nothing is judged.
///
/// Deterministic, on all cores. Cost: for each part of the answers, linear in the votes; for each reading, one
/// classification.
pub fn robustness(data: &Dataset<'_>, weighing: Option<&Weighing>, shown: &[Intervention]) -> Option<Robustness> {
    let survey = data.survey;
    let (rows, stances) = support::stances(data)?;
    let splits = support::splits(data);
    let min_cell = survey.privacy.min_cell as usize;
    let judged: Vec<(Votes, &Intervention)> = support::judged(survey, rows)
        .into_iter()
        .filter_map(|row| {
            let known = shown.iter().find(|one| Some(&one.id) == rows.get(row).map(|row| &row.id))?;
            let answered =
                |(person, stance): (usize, &Stance)| (!matches!(stance, Stance::Missing)).then_some((person, *stance));
            let stances: Votes = stances.get(row)?.iter().enumerate().filter_map(answered).collect();
            Some((stances, known))
        })
        .filter(|(votes, _)| !votes.is_empty() && votes.len() >= min_cell)
        .collect();
    if judged.is_empty() {
        return None;
    }
    let (votes, known): (Vec<Votes>, Vec<&Intervention>) = judged.into_iter().unzip();
    let (rules, parts) = (other_rules(&survey.consensus), parts(data, &splits));
    let groups = 1 + splits.iter().map(|split| split.options.len()).sum::<usize>();
    if votes.len() > MOST_INTERVENTIONS || votes.len() * groups * (rules.len() + parts.len() + 1) > MOST_WORK {
        return Some(Robustness { text: too_many(votes.len()), interventions: Vec::new(), readings: Vec::new() });
    }
    let weights = in_force(weighing, survey);
    let all = count(&votes, &splits, weights, &survey.consensus, None);
    let judge = |judged: &Judged, rule: &DecisionRule| verdict::labels(&judged.candidates, &judged.heterogeneity, rule);
    let mut readings = Vec::new();
    let of_rules: Vec<Vec<Label>> = rules
        .par_iter()
        .map(|other| match weights {
            // Which groups are tested decides which are compared under weights.
            Some(_) => judge(&count(&votes, &splits, weights, &other.rule, None), &other.rule),
            None => judge(&all, &other.rule),
        })
        .collect();
    for (other, labels) in rules.into_iter().zip(of_rules) {
        readings.push(reading(other.id, other.label, data.n, labels.into_iter().map(Some)));
    }
    let other = match weights {
        Some(_) => Some(("unweighted", "Unweighted", None)),
        None => weighing
            .and_then(|found| found.weights.as_ref().ok())
            .map(|weights| ("weighted", "Weighted to the population", Some(weights))),
    };
    if let Some((id, label, weights)) = other {
        let labels = judge(&count(&votes, &splits, weights, &survey.consensus, None), &survey.consensus);
        readings.push(reading(id.to_string(), label.to_string(), data.n, labels.into_iter().map(Some)));
    }
    let of_parts: Vec<Option<(usize, Vec<Option<Label>>)>> = parts
        .par_iter()
        .map(|part| {
            let kept = part.kept.as_ref()?;
            let counted = count(&votes, &splits, weights, &survey.consensus, Some((kept, &all.tables)));
            let labels = judge(&counted, &survey.consensus);
            let may_show = |(label, (left, full)): (Label, (&usize, &usize))| {
                let gone = full.saturating_sub(*left);
                ((*left == 0 || *left >= min_cell) && (gone == 0 || gone >= min_cell)).then_some(label)
            };
            let people = counted.people.iter().zip(&all.people);
            let n = kept.iter().filter(|kept| **kept).count();
            Some((n, labels.into_iter().zip(people).map(may_show).collect()))
        })
        .collect();
    for (part, found) in parts.into_iter().zip(of_parts) {
        readings.push(match found {
            Some((n, labels)) => reading(part.id, part.label, n, labels.into_iter()),
            None => Reading {
                id: part.id,
                label: part.label,
                n: None,
                withheld: Some(WITHHELD.to_string()),
                verdicts: vec![None; known.len()],
            },
        });
    }
    let interventions: Vec<Steadiness> =
        known.iter().enumerate().map(|(place, one)| steadiness(place, one, &readings)).collect();
    Some(Robustness { text: text(&interventions, readings.len()), interventions, readings })
}

/// The votes of all, or of those `kept`, whose tables are what is left of those of all: mostly few people are left out.
fn count(
    votes: &[Votes],
    splits: &[Split<'_>],
    weights: Option<&Weights>,
    rule: &DecisionRule,
    kept: Option<(&Vec<bool>, &[Table])>,
) -> Judged {
    let is_kept = |person: usize| kept.is_none_or(|(kept, _)| kept.get(person).copied().unwrap_or_default());
    let mut judged =
        Judged { candidates: Vec::new(), heterogeneity: Vec::new(), people: Vec::new(), tables: Vec::new() };
    for (place, one) in votes.iter().enumerate() {
        let stances = || one.iter().copied().filter(|(person, _)| is_kept(*person));
        judged.people.push(stances().count());
        if let Some(weights) = weights {
            let table = WeightedTable::count(stances(), splits, weights);
            judged.candidates.push(table.candidate(splits));
            judged.heterogeneity.push(table.heterogeneity(splits, rule));
        } else {
            let table = match kept.and_then(|(_, all)| all.get(place)) {
                Some(all) => {
                    all.less(&Table::count(one.iter().copied().filter(|(person, _)| !is_kept(*person)), splits))
                }
                None => Table::count(stances(), splits),
            };
            judged.candidates.push(table.candidate(splits));
            judged.tables.push(table);
        }
    }
    judged
}

fn reading(id: String, label: String, n: usize, labels: impl Iterator<Item = Option<Label>>) -> Reading {
    let verdicts = labels.map(|label| label.map(|label| code(label).to_string())).collect();
    Reading { id, label, n: Some(n as u64), withheld: None, verdicts }
}

/// The code of a label, and that of its reason where there are too few people or groups to judge.
fn code(label: Label) -> &'static str {
    match label {
        Label::NotEstablished(Reason::TooFewRespondents) => Reason::TooFewRespondents.code(),
        label => label.code(),
    }
}

fn steadiness(place: usize, one: &Intervention, readings: &[Reading]) -> Steadiness {
    let too_few = Reason::TooFewRespondents.code();
    let own = one.verdict.reason.as_deref().filter(|reason| *reason == too_few).unwrap_or(&one.verdict.label);
    let (mut judged, mut same, mut left_few) = (0, 0, 0);
    let mut turned: Vec<(&str, Vec<&str>)> = Vec::new();
    for reading in readings {
        let Some(label) = reading.verdicts.get(place).and_then(Option::as_deref) else { continue };
        if label == too_few && own != too_few {
            left_few += 1;
            continue;
        }
        judged += 1;
        if label == own {
            same += 1;
        } else if let Some((_, under)) = turned.iter_mut().find(|(known, _)| *known == label) {
            under.push(&reading.label);
        } else {
            turned.push((label, vec![&reading.label]));
        }
    }
    let few = match left_few {
        0 => "",
        1 => " One more reading leaves too few people or groups to judge.",
        _ => " Others leave too few people or groups to judge.",
    };
    let text = if turned.is_empty() {
        format!("“{}”: {} under every other reading that judges it ({judged}).{few}", one.label, in_words(own))
    } else {
        let turn = |(label, under): &(&str, Vec<&str>)| format!("{} with: {}", in_words(label), listed(under));
        let turns = turned.iter().map(turn).collect::<Vec<_>>().join(". To ");
        format!("“{}”: {} under {same} of {judged} other readings; it turns to {turns}.{few}", one.label, in_words(own))
    };
    Steadiness { id: one.id.clone(), label: one.label.clone(), verdict: own.to_string(), judged, same, text }
}

/// The first readings by name, and how many more they are.
fn listed(readings: &[&str]) -> String {
    let named: Vec<&str> = readings.iter().copied().take(MOST_NAMED).collect();
    match readings.len().saturating_sub(named.len()) {
        0 => named.join("; "),
        more => format!("{}; and {more} more", named.join("; ")),
    }
}

/// A verdict's code in plain words.
pub fn in_words(label: &str) -> &'static str {
    match label {
        "broad_support" => "broad support",
        "broad_opposition" => "broad opposition",
        "focused" => "focused support",
        "divisive" => "divided opinion",
        "too_few_respondents" => "too few to judge",
        _ => "not established",
    }
}

fn text(interventions: &[Steadiness], readings: usize) -> String {
    let all = interventions.len();
    let hold = interventions.iter().filter(|one| one.same == one.judged).count();
    let verdicts = if all == 1 { "verdict" } else { "verdicts" };
    let turn = match all - hold {
        0 => "none turns".to_string(),
        1 => "1 turns under at least one".to_string(),
        turn => format!("{turn} turn under at least one"),
    };
    format!(
        "Of {all} {verdicts}, {hold} {} under all of {readings} other readings of the same answers; {turn}. The decision \
         rule was fixed before the first answer: these readings show how much depends on it, and decide nothing.",
        if hold == 1 { "holds" } else { "hold" },
    )
}

fn too_many(interventions: usize) -> String {
    format!(
        "Other readings of the answers are not computed: {interventions} interventions in so many groups are too many to \
         judge and to read."
    )
}
