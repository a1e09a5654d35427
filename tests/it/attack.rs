//! An attack on tables by group of every shape: questions with several answers, rankings and allocations, and segments whose
//! groups overlap. All that is published of a question by a segment is one linear programme, solved by `microlp`.

#![cfg(test)]

use canvass::analysis::crosstab::Crosstab;
use canvass::analysis::report::{Missing, Report};
use canvass::definition::parse;
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::report::analysed;

const MIN_CELL: u64 = 10;
const PLACES: usize = 2;
const POINTS: f64 = 10.0;
/// As many seeds as give 1,000 tables: four questions by two segments.
const SEEDS: u64 = 125;

/// A sum of unknowns, each with its factor.
type Sum = Vec<(usize, f64)>;

/// What a reader knows: unknowns of 0 or more, and sums of them.
#[derive(Default)]
struct Known {
    unknowns: usize,
    sums: Vec<(Sum, ComparisonOp, f64)>,
}

impl Known {
    fn unknown(&mut self) -> usize {
        self.unknowns += 1;
        self.unknowns - 1
    }

    fn several(&mut self, n: usize) -> Vec<usize> {
        (0..n).map(|_| self.unknown()).collect()
    }

    fn is(&mut self, sum: Sum, is: Option<f64>) {
        self.sums.extend(is.map(|is| (sum, ComparisonOp::Eq, is)));
    }

    /// `less` is at most `more`.
    fn at_most(&mut self, less: Sum, more: &[(usize, f64)]) {
        let sum = less.into_iter().chain(more.iter().map(|(at, factor)| (*at, -factor))).collect();
        self.sums.push((sum, ComparisonOp::Le, 0.0));
    }

    /// The most that a sum of unknowns can be.
    fn most(&self, of: &[(usize, f64)]) -> f64 {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let factor = |at: usize| of.iter().filter(|(of, _)| *of == at).map(|(_, factor)| factor).sum();
        let at: Vec<Variable> = (0..self.unknowns).map(|at| problem.add_var(factor(at), (0.0, 1e6))).collect();
        for (sum, how, is) in &self.sums {
            let mut terms: Vec<(usize, f64)> = Vec::new();
            for (unknown, factor) in sum {
                match terms.iter_mut().find(|(known, _)| known == unknown) {
                    Some((_, sum)) => *sum += factor,
                    None => terms.push((*unknown, *factor)),
                }
            }
            let terms: Vec<(Variable, f64)> =
                terms.into_iter().map(|(unknown, factor)| (at[unknown], factor)).collect();
            problem.add_constraint(&terms, *how, *is);
        }
        problem.solve().unwrap().into_solution().unwrap().objective()
    }
}

fn ones(unknowns: impl IntoIterator<Item = usize>) -> Sum {
    unknowns.into_iter().map(|at| (at, 1.0)).collect()
}

fn options(ids: &[&str]) -> Vec<Value> {
    ids.iter().map(|id| json!({"id": id, "label": id})).collect()
}

const WARDS: [&str; 5] = ["north", "south", "east", "rare", "few"];
const USES: [&str; 3] = ["phone", "desk", "pager"];
const ITEMS: [&str; 3] = ["tea", "bikes", "rest"];

fn definition() -> Value {
    json!({
        "format": 1, "id": "shapes", "title": "Shapes", "privacy": {"min_cell": MIN_CELL},
        "interventions": options(&ITEMS),
        "pages": [{"id": "p", "title": "All", "questions": [
            {"id": "ward", "type": "single", "text": "Ward?", "segment": true, "options": options(&WARDS)},
            {"id": "uses", "type": "multi", "text": "Uses?", "segment": true, "options": options(&USES)},
            {"id": "way", "type": "single", "text": "Way?", "options": options(&ITEMS)},
            {"id": "drinks", "type": "multi", "text": "Drinks?", "options": options(&ITEMS)},
            {"id": "order", "type": "rank", "text": "Order?", "items": "interventions", "max": PLACES},
            {"id": "points", "type": "allocate", "text": "Points?", "items": "interventions", "total": 10},
        ]}],
    })
}

/// People of whom each seed makes other answers rare, and other groups overlap more or less.
fn people(seed: u64) -> Vec<Value> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let often = |dice: &mut ChaCha8Rng| [0.03, 0.1, 0.3, 0.6, 0.95][dice.random_range(0..5)];
    let [likes, holds] = [0, 0].map(|_| [0; 3].map(|_| often(&mut dice)));
    let both = [0.0, 0.02, 0.3, 1.0][dice.random_range(0..4)];
    let n = dice.random_range(50..220);
    (0..n)
        .map(|_| {
            let mut answers = json!({});
            let at = dice.random_range(0..24);
            if let Some(ward) = [(10, 0), (17, 1), (21, 2), (22, 3), (23, 4)].iter().find(|(end, _)| at < *end) {
                answers["ward"] = json!(WARDS[ward.1]);
            }
            let mut uses: Vec<&str> = (0..3).filter(|at| dice.random_bool(holds[*at])).map(|at| USES[at]).collect();
            if !dice.random_bool(both) {
                uses.truncate(1);
            }
            if !uses.is_empty() {
                answers["uses"] = json!(uses);
            }
            let mut order: Vec<usize> = (0..3).collect();
            order.sort_by_key(|at| dice.random_range(0..1_000) + if dice.random_bool(likes[*at]) { 0 } else { 1_000 });
            if dice.random_bool(0.9) {
                answers["way"] = json!(ITEMS[order[0]]);
            }
            let drinks: Vec<&str> = (0..3).filter(|at| dice.random_bool(likes[*at])).map(|at| ITEMS[at]).collect();
            if !drinks.is_empty() {
                answers["drinks"] = json!(drinks);
            }
            if dice.random_bool(0.9) {
                let ranked = dice.random_range(1..=PLACES);
                answers["order"] = json!(order[..ranked].iter().map(|at| ITEMS[*at]).collect::<Vec<_>>());
            }
            if dice.random_bool(0.9) {
                let first = dice.random_range(1..=10);
                answers["points"][ITEMS[order[0]]] = json!(first);
                if first < 10 {
                    answers["points"][ITEMS[order[1]]] = json!(10 - first);
                }
            }
            json!({"answers": answers, "missing": {}})
        })
        .collect()
}

fn kinds(missing: &Missing) -> [u64; 5] {
    [missing.skipped, missing.not_shown, missing.not_reached, missing.dont_know, missing.left_out]
}

/// What may be attacked: a sum of unknowns that is a number of people of one group, and that number.
struct Target {
    of: Sum,
    people: u64,
    is_shown: bool,
    what: String,
}

/// All that is published of a question by a segment. With `margins_only` nothing from inside of the table but its zeros.
#[expect(clippy::too_many_lines, reason = "what is published, table by table, in the order of the page")]
fn solved(report: &Report, people: &[Value], table: &Crosstab, margins_only: bool) -> (Known, Vec<Target>) {
    let tally = report.questions.iter().find(|tally| tally.id == table.question).unwrap();
    let asked = report.questions.iter().find(|tally| tally.id == table.segment).unwrap();
    let split = report.segments.iter().find(|one| one.id == table.segment).unwrap();
    let groups = table.groups.len();
    // People who are in the same groups; the first are in none.
    let alike: Vec<Vec<bool>> = if table.segment == "uses" {
        (0..1 << groups).map(|set: usize| (0..groups).map(|group| set >> group & 1 == 1).collect()).collect()
    } else {
        (0..=groups).map(|one| (1..=groups).map(|group| group == one).collect()).collect()
    };
    let of_group = |group: usize| (0..alike.len()).filter(|set| alike[*set][group]).collect::<Vec<_>>();
    let everyone: Vec<usize> = (0..alike.len()).collect();
    let known = &mut Known::default();
    let answered = known.several(alike.len());
    let missing: Vec<Vec<usize>> = alike.iter().map(|_| known.several(5)).collect();
    let all = |sets: &[usize]| {
        ones(sets.iter().flat_map(|set| std::iter::once(answered[*set]).chain(missing[*set].iter().copied())))
    };
    let n_of = |sets: &[usize]| ones(sets.iter().map(|set| answered[*set]));
    known.is(all(&everyone), Some(report.base.completed as f64));
    known.is(all(&[0]), Some(kinds(&asked.missing).iter().sum::<u64>() as f64));
    known.is(n_of(&everyone), Some(tally.n as f64));
    for (kind, count) in kinds(&tally.missing).into_iter().enumerate() {
        known.is(ones(missing.iter().map(|of| of[kind])), Some(count as f64));
    }
    for (group, of) in table.groups.iter().enumerate() {
        let sets = of_group(group);
        known.is(all(&sets), split.groups[group].n.map(|n| n as f64));
        known.is(n_of(&sets), of.n.map(|n| n as f64));
        for (kind, count) in of.missing.iter().flat_map(kinds).enumerate().filter(|_| !margins_only) {
            known.is(ones(sets.iter().map(|set| missing[*set][kind])), Some(count as f64));
        }
    }
    let answers = table.answers.len();
    let grid = |known: &mut Known| -> Vec<Vec<usize>> { alike.iter().map(|_| known.several(answers)).collect() };
    // People by what `counts` of the table tell.
    let counted = grid(known);
    let (mut points, mut most): (Vec<Vec<Sum>>, f64) = (Vec::new(), 0.0);
    let mut chosen_of_all = true;
    match table.question.as_str() {
        "way" => {
            for set in &everyone {
                known.at_most(ones(counted[*set].iter().copied()), &[(answered[*set], 1.0)]);
                known.at_most(vec![(answered[*set], 1.0)], &ones(counted[*set].iter().copied()));
            }
        }
        "drinks" => {}
        "order" => {
            chosen_of_all = false;
            most = PLACES as f64;
            let second = grid(known);
            for set in &everyone {
                known.at_most(ones(counted[*set].iter().copied()), &[(answered[*set], 1.0)]);
                known.at_most(ones(second[*set].iter().copied()), &ones(counted[*set].iter().copied()));
                let of = |at: usize| vec![(counted[*set][at], 2.0), (second[*set][at], 1.0)];
                points.push((0..answers).map(of).collect());
                for at in 0..answers {
                    known.at_most(vec![(counted[*set][at], 1.0), (second[*set][at], 1.0)], &[(answered[*set], 1.0)]);
                }
            }
            for (at, row) in tally.rows.iter().enumerate() {
                let ranked = everyone.iter().flat_map(|set| [counted[*set][at], second[*set][at]]);
                known.is(ones(ranked), row.count.map(|count| count as f64));
            }
        }
        _ => {
            most = POINTS;
            let given = grid(known);
            for set in &everyone {
                points.push(given[*set].iter().map(|at| vec![(*at, 1.0)]).collect());
                let sum = ones(given[*set].iter().copied());
                known.at_most(sum.clone(), &[(answered[*set], POINTS)]);
                known.at_most(vec![(answered[*set], POINTS)], &sum);
                for (given, people) in given[*set].iter().zip(&counted[*set]) {
                    known.at_most(vec![(*given, 1.0)], &[(*people, POINTS)]);
                    known.at_most(vec![(*people, 1.0)], &[(*given, 1.0)]);
                }
            }
        }
    }
    for set in &everyone {
        for at in &counted[*set] {
            known.at_most(vec![(*at, 1.0)], &[(answered[*set], 1.0)]);
        }
    }
    let of_answer = |sets: &[usize], at: usize| ones(sets.iter().map(|set| counted[*set][at]));
    let points_of = |sets: &[usize], at: usize| sets.iter().flat_map(|set| points[*set][at].clone()).collect::<Sum>();
    let whole = |mean: f64, n: u64| (mean * n as f64 * most).round();
    for (at, row) in tally.rows.iter().enumerate() {
        let count = if chosen_of_all { row.count } else { row.first };
        known.is(of_answer(&everyone, at), count.map(|count| count as f64));
        if most > 0.0 {
            known.is(points_of(&everyone, at), row.mean.map(|mean| whole(mean, tally.n)));
        }
    }
    let mut targets = Vec::new();
    for (group, of) in table.groups.iter().enumerate() {
        let sets = of_group(group);
        let members = || people.iter().filter(|one| is_in(one, &table.segment, &of.group));
        let n = members().filter(|one| !one["answers"][&table.question].is_null()).count() as u64;
        assert!(of.n.is_none_or(|shown| shown == n), "{} of {} by {}", of.group, table.question, table.segment);
        for (at, answer) in table.answers.iter().enumerate() {
            let count = of.counts[at];
            known
                .is(of_answer(&sets, at), count.filter(|count| !margins_only || *count == 0).map(|count| count as f64));
            if let (Some(mean), false) = (of.means.get(at).copied().flatten(), margins_only) {
                known.is(points_of(&sets, at), Some(whole(mean, of.n.unwrap())));
            }
            let people = members().filter(|one| gave(one, &table.question, answer)).count() as u64;
            assert!(count.is_none_or(|count| count == people), "{answer} of {} by {}", table.question, table.segment);
            let what = format!("{answer} by {}", of.group);
            targets.push(Target { of: of_answer(&sets, at), people, is_shown: count.is_some(), what });
            if matches!(table.question.as_str(), "drinks" | "points") {
                let others = of_answer(&sets, at).into_iter().map(|(at, _)| (at, -1.0));
                let what = format!("no {answer} by {}", of.group);
                let of = n_of(&sets).into_iter().chain(others).collect();
                targets.push(Target { of, people: n - people, is_shown: count.is_some(), what });
            }
        }
    }
    (std::mem::take(known), targets)
}

fn is_in(person: &Value, segment: &str, group: &str) -> bool {
    match &person["answers"][segment] {
        Value::Array(groups) => groups.iter().any(|one| one == group),
        one => one == group,
    }
}

fn gave(person: &Value, question: &str, answer: &str) -> bool {
    match &person["answers"][question] {
        Value::Array(order) if question == "order" => order.first().is_some_and(|first| first == answer),
        Value::Array(several) => several.iter().any(|one| one == answer),
        Value::Object(points) => points.contains_key(answer),
        one => one == answer,
    }
}

#[test]
fn an_attack_on_tables_of_every_shape_pins_no_answer_of_a_few() {
    let parsed = parse(&definition().to_string());
    let survey = parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings));
    let (mut tables, mut attacked, mut shown) = (0, 0, 0);
    let mut leaks = Vec::new();
    for seed in 0..SEEDS {
        let people = people(seed);
        let report = analysed(&survey, people.iter());
        for table in &report.crosstabs {
            tables += 1;
            let (known, targets) = solved(&report, &people, table, false);
            let mut margins = None;
            for Target { of, people: count, is_shown, what } in targets {
                let about = || format!("seed {seed}: {what}, {} by {}", table.question, table.segment);
                if is_shown {
                    assert!(count == 0 || count >= MIN_CELL, "{} is shown: {count}", about());
                    shown += 1;
                } else if (1..MIN_CELL).contains(&count) {
                    attacked += 1;
                    // A small count is less than k away from 0 in any case. People and points are audited each by themselves, so
                    // that both together may tell a little more: not that a count is small.
                    let far = if table.question == "points" { MIN_CELL } else { count + MIN_CELL };
                    let is_near = |most: f64| most < far as f64 - 1e-6;
                    let most = known.most(&of);
                    assert!(most >= count as f64 - 1e-6, "{}", about());
                    if is_near(most) {
                        let margins = margins.get_or_insert_with(|| solved(&report, &people, table, true).0);
                        let widest = margins.most(&of);
                        if !is_near(widest) {
                            leaks
                                .push(format!("{}: {count} is at most {most:.1}, by the margins {widest:.1}", about()));
                        }
                    }
                }
            }
        }
    }
    println!("{tables} tables, {attacked} attacked, {shown} shown");
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
    assert!(tables > 900 && attacked > 5_000 && shown > 1_500, "{tables} tables, {attacked} attacked, {shown} shown");
}
