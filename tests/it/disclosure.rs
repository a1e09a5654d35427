//! An attack on what is published: all published sums as a linear programme, written without the suppressor's own
//! arithmetic and solved by `microlp`. It pins no withheld count.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::analysis::disclosure::network::{Figure, Network, Standing};
use canvass::analysis::disclosure::suppress::{Width, suppress};
use canvass::analysis::report::{Missing, Report};
use canvass::definition::parse;
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::report::analysed;

/// What an attacker knows: counts that add up to known sums, and counts that are known.
#[derive(Clone, Default)]
struct Known {
    counts: usize,
    sums: Vec<(Vec<usize>, f64)>,
    /// Two groups of counts with the same sum.
    equal: Vec<(Vec<usize>, Vec<usize>)>,
}

impl Known {
    fn count(&mut self) -> usize {
        self.counts += 1;
        self.counts - 1
    }

    fn sum(&mut self, of: &[usize], is: Option<u64>) {
        if let Some(is) = is {
            self.sums.push((of.to_vec(), is as f64));
        }
    }

    /// The least or the most that a count can be.
    fn end(&self, of: usize, direction: OptimizationDirection) -> f64 {
        let mut problem = Problem::new(direction);
        let at: Vec<Variable> =
            (0..self.counts).map(|count| problem.add_var(f64::from(u8::from(count == of)), (0.0, 1e6))).collect();
        for (counts, sum) in &self.sums {
            let terms: Vec<(Variable, f64)> = counts.iter().map(|count| (at[*count], 1.0)).collect();
            problem.add_constraint(&terms, ComparisonOp::Eq, *sum);
        }
        for (one, other) in &self.equal {
            let terms = one.iter().map(|count| (at[*count], 1.0)).chain(other.iter().map(|count| (at[*count], -1.0)));
            problem.add_constraint(terms.collect::<Vec<_>>(), ComparisonOp::Eq, 0.0);
        }
        problem.solve().unwrap().into_solution().unwrap().objective()
    }

    fn interval(&self, of: usize) -> [f64; 2] {
        [OptimizationDirection::Minimize, OptimizationDirection::Maximize].map(|direction| self.end(of, direction))
    }
}

/// True where an interval tells a count to within ±(k - 1).
fn pins([low, high]: [f64; 2], count: u64, min_cell: u64) -> bool {
    let (count, near) = (count as f64, (min_cell - 1) as f64 + 1e-6);
    low >= count - near && high <= count + near
}

/// The counts of a table whose margins are published, without those that are shown.
fn attack(rows: &[Vec<u64>], is_shown: impl Fn(usize, usize) -> bool) -> (Known, BTreeMap<(usize, usize), usize>) {
    let (mut known, mut at) = (Known::default(), BTreeMap::new());
    for (row, counts) in rows.iter().enumerate() {
        for (column, count) in counts.iter().enumerate() {
            let cell = known.count();
            at.insert((row, column), cell);
            known.sum(&[cell], is_shown(row, column).then_some(*count));
        }
    }
    let cells = |pick: &dyn Fn(&(usize, usize)) -> bool| {
        at.iter().filter(|(place, _)| pick(place)).map(|(_, cell)| *cell).collect::<Vec<_>>()
    };
    for (row, counts) in rows.iter().enumerate() {
        known.sum(&cells(&|place| place.0 == row), Some(counts.iter().sum()));
    }
    for column in 0..rows[0].len() {
        known.sum(&cells(&|place| place.1 == column), Some(rows.iter().map(|counts| counts[column]).sum()));
    }
    (known, at)
}

/// Hides what has to be hidden in a table whose margins are published and whose zeros are shown.
fn suppressed(rows: &[Vec<u64>], min_cell: u64) -> Vec<(usize, usize)> {
    let (mut network, mut places) = (Network::default(), Vec::new());
    for (row, counts) in rows.iter().enumerate() {
        for (column, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let standing = if count < min_cell { Standing::Small } else { Standing::Open };
            network.add(Figure { from: row, to: rows.len() + column, count, least: 1, standing, cost: count });
            places.push((row, column));
        }
    }
    let hidden = suppress(&network, Width::ByThreshold(u32::try_from(min_cell).unwrap()));
    places.into_iter().zip(hidden).filter(|(_, hidden)| *hidden).map(|(place, _)| place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Margins of fewer people than may be shown tell much by themselves: there, what a hidden count can be is as wide as the
    /// margins and the zeros leave it.
    #[test]
    fn an_attack_by_linear_programming_pins_no_suppressed_count(
        (rows, min_cell) in (2_usize..6, 2_usize..6).prop_flat_map(|(rows, columns)| {
            let count = prop_oneof![1 => Just(0_u64), 3 => 1_u64..15, 3 => 10_u64..150];
            (prop::collection::vec(prop::collection::vec(count, columns), rows), prop_oneof![Just(5_u64), Just(10)])
        })
    ) {
        let hidden = suppressed(&rows, min_cell);
        let (known, at) = attack(&rows, |row, column| !hidden.contains(&(row, column)));
        let (margins, _) = attack(&rows, |row, column| rows[row][column] == 0);
        for (row, counts) in rows.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                prop_assert!(*count == 0 || *count >= min_cell || hidden.contains(&(row, column)));
            }
        }
        for place in &hidden {
            let (count, cell) = (rows[place.0][place.1], at[place]);
            let interval = known.interval(cell);
            if pins(interval, count, min_cell) {
                let widest = margins.interval(cell);
                prop_assert!(pins(widest, count, min_cell), "{rows:?}: {place:?} of {count} in {interval:?}");
            }
        }
    }
}

/// A consultation of groups of very different size, two of them small, with a question of each kind.
fn survey() -> Value {
    let options = |ids: &[&str]| ids.iter().map(|id| json!({"id": id, "label": id})).collect::<Vec<_>>();
    json!({
        "format": 1, "id": "small", "title": "Small groups", "privacy": {"min_cell": 10},
        "consensus": {"n_min_overall": 20, "n_min_segment": 15, "n_min_guard": 10},
        "lists": {"scale": [
            {"id": "sd", "label": "Strongly disagree", "value": 1}, {"id": "d", "label": "Disagree", "value": 2},
            {"id": "n", "label": "Neither", "value": 3}, {"id": "a", "label": "Agree", "value": 4},
            {"id": "sa", "label": "Strongly agree", "value": 5}, {"id": "dk", "label": "Do not know", "missing": true}]},
        "interventions": [{"id": "tea", "label": "Tea"}, {"id": "bikes", "label": "Bicycles"}],
        "pages": [{"id": "p", "title": "All", "questions": [
            {"id": "ward", "type": "single", "text": "Ward?", "segment": true, "options": options(&["north", "south", "east", "west", "rare", "few"])},
            {"id": "age", "type": "single", "text": "Age?", "segment": true, "options": options(&["young", "old", "other"])},
            {"id": "support", "type": "rate", "text": "Support?", "items": "interventions", "scale": "scale",
             "measure": "support", "support": ["a", "sa"], "oppose": ["d", "sd"]},
            {"id": "way", "type": "single", "text": "Way?", "options": options(&["bus", "foot", "car", "boat"])},
        ]}],
    })
}

fn people(seed: u64) -> Vec<Value> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut pick = |of: &[(&'static str, u32)]| {
        let all: u32 = of.iter().map(|(_, weight)| weight).sum();
        let mut at = chance.random_range(0..all);
        of.iter()
            .find(|(_, weight)| {
                if at < *weight {
                    true
                } else {
                    at -= weight;
                    false
                }
            })
            .map_or("", |(id, _)| *id)
    };
    let steps: &[(&str, u32)] = &[("sd", 4), ("d", 8), ("n", 14), ("a", 40), ("sa", 30), ("dk", 4), ("", 3)];
    (0..260)
        .map(|_| {
            let mut answers = serde_json::Map::new();
            let mut put = |id: &str, option: &str| {
                if !option.is_empty() {
                    answers.insert(id.to_string(), json!(option));
                }
            };
            put(
                "ward",
                pick(&[("north", 60), ("south", 40), ("east", 25), ("west", 14), ("rare", 3), ("few", 2), ("", 3)]),
            );
            put("age", pick(&[("young", 50), ("old", 50), ("other", 5)]));
            put("way", pick(&[("bus", 50), ("foot", 30), ("car", 12), ("boat", 2), ("", 5)]));
            let rated: serde_json::Map<String, Value> = ["tea", "bikes"]
                .into_iter()
                .map(|id| (id.to_string(), json!(pick(steps))))
                .filter(|(_, step)| step != "")
                .collect();
            answers.insert("support".to_string(), Value::Object(rated));
            json!({"answers": answers, "missing": {}})
        })
        .collect()
}

/// Where a person's answer stands in a table: its option, or behind these the kind of missing.
fn place(person: &Value, question: &str, options: &[String]) -> usize {
    let answers = &person["answers"];
    let given = match question.split_once('.') {
        Some((item, row)) => &answers[item][row],
        None => &answers[question],
    };
    match given.as_str() {
        Some("dk") => options.len() + 3,
        Some(option) => options.iter().position(|known| known == option).unwrap(),
        // Nothing says why it is missing: a grid's row left out was skipped or never asked, as the report counts it.
        None => usize::MAX,
    }
}

/// Everything in a report that bears on one question and one segment, as sums; true counts come from the people.
struct Solved {
    known: Known,
    /// By group (the last is nobody's) and answer: the unknown, its true count, and whether it is shown.
    cells: Vec<(usize, u64, bool)>,
}

fn kinds(missing: &Missing) -> [u64; 5] {
    [missing.skipped, missing.not_shown, missing.not_reached, missing.dont_know, missing.left_out]
}

/// Takes a report apart; with `margins_only` what stands inside of the table is not used, except zeros.
fn take_apart(report: &Report, people: &[Value], question: &str, segment: &str, margins_only: bool) -> Solved {
    let table = report.crosstabs.iter().find(|table| table.question == question && table.segment == segment).unwrap();
    let tally = report.questions.iter().find(|tally| tally.id == question).unwrap();
    let split = report.segments.iter().find(|one| one.id == segment).unwrap();
    let split_missing = &report.questions.iter().find(|tally| tally.id == segment).unwrap().missing;
    let mut known = Known::default();
    let rows = table.groups.len() + 1;
    let answers: Vec<Vec<usize>> = (0..rows).map(|_| table.answers.iter().map(|_| known.count()).collect()).collect();
    let missing: Vec<Vec<usize>> = (0..rows).map(|_| (0..5).map(|_| known.count()).collect()).collect();
    for (at, row) in tally.rows.iter().enumerate() {
        known.sum(&answers.iter().map(|counts| counts[at]).collect::<Vec<_>>(), row.count);
    }
    for (kind, count) in kinds(&tally.missing).into_iter().enumerate() {
        known.sum(&missing.iter().map(|counts| counts[kind]).collect::<Vec<_>>(), Some(count));
    }
    let all = |row: usize| [answers[row].clone(), missing[row].clone()].concat();
    known.sum(&all(rows - 1), Some(kinds(split_missing).iter().sum()));
    let stances: [&[&str]; 3] = [&["a", "sa"], &["n"], &["sd", "d"]];
    let mut cells = Vec::new();
    for (row, group) in table.groups.iter().enumerate() {
        known.sum(&all(row), split.groups[row].n);
        known.sum(&answers[row], group.n);
        let members = || people.iter().filter(|person| person["answers"][segment] == group.group.as_str());
        for (at, count) in group.counts.iter().enumerate() {
            let is_used = !margins_only || *count == Some(0);
            known.sum(&[answers[row][at]], count.filter(|_| is_used));
            let truth = members().filter(|person| place(person, question, &table.answers) == at).count() as u64;
            assert!(count.is_none_or(|count| count == truth), "{question} by {segment}");
            cells.push((answers[row][at], truth, count.is_some()));
        }
        if margins_only {
            continue;
        }
        for (kind, count) in group.missing.iter().flat_map(kinds).enumerate() {
            known.sum(&[missing[row][kind]], Some(count));
        }
        let of = |ids: &[&str]| {
            let at = table.answers.iter().enumerate().filter(|(_, id)| ids.contains(&id.as_str()));
            at.map(|(at, _)| answers[row][at]).collect::<Vec<_>>()
        };
        if let Some(ordered) = &group.ordered {
            known.sum(&of(&["a", "sa"]), ordered.top_two);
            known.sum(&of(&["sd", "d"]), ordered.bottom_two);
        }
        if let Some((_, intervention)) = question.split_once('.') {
            let one = report.interventions.iter().find(|one| one.id == intervention).unwrap();
            let shown = one.segments.iter().find(|one| one.segment == segment && one.group == group.group).unwrap();
            for (ids, count) in stances.into_iter().zip([shown.support, shown.neutral, shown.oppose]) {
                known.sum(&of(ids), count);
            }
            known.sum(&missing[row], shown.missing);
            known.sum(&answers[row], shown.n);
        }
    }
    // The people in no group have answers too, which nothing shows directly.
    let rest = people.iter().filter(|person| person["answers"][segment].is_null());
    let mut counts = vec![0; table.answers.len()];
    for person in rest {
        if let Some(count) = counts.get_mut(place(person, question, &table.answers)) {
            *count += 1;
        }
    }
    cells.extend(answers[rows - 1].iter().zip(counts).map(|(cell, truth)| (*cell, truth, false)));
    Solved { known, cells }
}

#[test]
fn an_attack_on_a_whole_report_pins_no_answer_of_a_few() {
    const MIN_CELL: u64 = 10;
    let parsed = parse(&survey().to_string());
    let survey = parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings));
    let (mut attacked, mut shown) = (0, 0);
    for seed in 0..6 {
        let people = people(seed);
        let report = analysed(&survey, people.iter());
        for table in &report.crosstabs {
            let solved = take_apart(&report, &people, &table.question, &table.segment, false);
            let margins = take_apart(&report, &people, &table.question, &table.segment, true);
            for (cell, truth, is_shown) in solved.cells {
                if is_shown {
                    assert!(truth == 0 || truth >= MIN_CELL, "{} by {}", table.question, table.segment);
                    shown += 1;
                    continue;
                }
                if !(1..MIN_CELL).contains(&truth) {
                    continue;
                }
                attacked += 1;
                let interval = solved.known.interval(cell);
                let widest = margins.known.interval(cell);
                assert!(
                    !pins(interval, truth, MIN_CELL) || pins(widest, truth, MIN_CELL),
                    "{} by {}, seed {seed}: {truth} is known to be in {interval:?}, by the margins in {widest:?}",
                    table.question,
                    table.segment
                );
            }
        }
    }
    assert!(attacked > 200 && shown > 100, "{attacked} attacked, {shown} shown");
}
