//! What rankings and points come to, as the report shows it: orders by several rules, and mean shares with intervals.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ballots::Ballots;
use super::bootstrap::mean_intervals;
use super::positional::{borda, first_choice};
use super::ranked_pairs::ranked_pairs;
use super::{Places, places_by, schulze};
use crate::analysis::dataset::{Column, Dataset};
use crate::analysis::interval::mean_interval;
use crate::analysis::report::Question;
use crate::item::Scale;
use crate::item::options::ItemRow;

/// Most answers whose intervals are found by resampling; with more the mean is as good as normal.
const MOST_RESAMPLED: usize = 1_000;

/// What the rankings of a question, or the points that people gave, come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// Ranking: the order by each of several rules. Options that a person did not rank share that person's last place.
    pub orders: Vec<Order>,
    /// Ranking: the id of the option that more people prefer to each other one than the reverse; `null` where there is none.
    pub beats_all: Option<String>,
    /// Points: the mean share of each option.
    pub shares: Vec<MeanShare>,
}

/// The order of the options by one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// `borda`, `first_choice`, `schulze` or `ranked_pairs`.
    pub rule: String,
    /// The rule's name for people.
    pub label: String,
    /// Ids of the options from the first place on; those in one place are tied.
    pub places: Vec<Vec<String>>,
    /// False where ties could be settled in more ways than were followed, so that further options could be tied.
    pub complete: bool,
    /// The score that a rule gives each option, in the order of the definition: for `borda` the mean points as a share of the
    /// most one can get, for `first_choice` the share of people; both 0 to 1. Empty for the other rules.
    pub scores: Vec<OptionScore>,
}

/// An option's score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptionScore {
    /// The option's id.
    pub id: String,
    /// Its score.
    pub score: f64,
}

/// What an option gets of the points, on average.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MeanShare {
    /// The option's id.
    pub id: String,
    /// Mean share of the total over everyone who answered, 0 to 1.
    pub mean: f64,
    /// Its 95% interval: of up to 1,000 answers by resampling people (percentiles of 9,999 samples), of more the normal one.
    pub interval: [f64; 2],
}

/// Adds what rankings and points come to, to each such question of which nothing is withheld.
pub fn add(questions: &mut [Question], data: &Dataset<'_>, seed: u64) {
    for asked in data.survey.answered_questions() {
        let id = &asked.item.head.id;
        let Some(question) = questions.iter_mut().find(|question| question.id == *id) else { continue };
        if question.n == 0 || question.rows.iter().any(|row| row.count.is_none()) {
            continue;
        }
        question.choice = match (asked.item.scale(), data.column(id)) {
            (Scale::Ranking { rows, .. }, Some(Column::Orders(cells))) => {
                let given = cells.iter().flatten().map(|order| (order.iter().copied().map(usize::from).collect(), 1));
                Some(of_rankings(rows, &Ballots::new(rows.len(), given)))
            }
            (Scale::Allocation { rows, total }, Some(Column::Points(cells))) => {
                let points = |given: &crate::analysis::dataset::Allocation| {
                    let mut points = vec![0_u32; rows.len()];
                    for (code, given) in given {
                        if let Some(points) = points.get_mut(usize::from(*code)) {
                            *points = *given;
                        }
                    }
                    points
                };
                Some(of_points(rows, total, cells.iter().flatten().map(points).collect(), seed))
            }
            _ => None,
        };
    }
}

fn of_rankings(rows: &[ItemRow], ballots: &Ballots) -> Choice {
    let pairs = ballots.pairwise();
    let people = ballots.people().max(1) as f64;
    let most = people * rows.len().saturating_sub(1).max(1) as f64;
    let points: Vec<f64> = borda(ballots).into_iter().map(|points| points / most).collect();
    let first: Vec<f64> = first_choice(ballots).into_iter().map(|count| count as f64 / people).collect();
    let locked = ranked_pairs(&pairs);
    let name = |option: usize| rows.get(option).map(|row| row.id.clone());
    let order = |rule: &str, label: &str, places: Places, scores: &[f64], complete| Order {
        rule: rule.to_string(),
        label: label.to_string(),
        places: places.into_iter().map(|place| place.into_iter().filter_map(name).collect()).collect(),
        complete,
        scores: rows.iter().zip(scores).map(|(row, score)| OptionScore { id: row.id.clone(), score: *score }).collect(),
    };
    Choice {
        orders: vec![
            order("borda", "Borda points", places_by(&points), &points, true),
            order("first_choice", "First choices", places_by(&first), &first, true),
            order("schulze", "Schulze", schulze::order(&pairs), &[], true),
            order("ranked_pairs", "Ranked pairs", locked.order, &[], locked.is_complete),
        ],
        beats_all: pairs.condorcet_winner().and_then(name),
        shares: Vec::new(),
    }
}

/// Answers come in no order of their own: sorting makes equal answers give equal intervals.
fn of_points(rows: &[ItemRow], total: u32, mut answers: Vec<Vec<u32>>, seed: u64) -> Choice {
    answers.sort_unstable();
    let total = f64::from(total.max(1));
    let n = answers.len().max(1) as f64;
    let column = |row: usize| answers.iter().map(move |points| u64::from(points.get(row).copied().unwrap_or_default()));
    let resampled = if answers.len() > MOST_RESAMPLED { None } else { mean_intervals(&answers, seed) };
    let share = |(row, option): (usize, &ItemRow)| {
        let (sum, squares) =
            column(row).fold((0, 0), |(sum, squares), points| (sum + points, squares + points * points));
        let found = resampled.as_ref().and_then(|intervals| intervals.get(row)).copied();
        let [low, high] = found.unwrap_or_else(|| mean_interval(n, sum as f64, squares as f64));
        MeanShare {
            id: option.id.clone(),
            mean: sum as f64 / n / total,
            interval: [(low / total).max(0.0), (high / total).min(1.0)],
        }
    };
    Choice { orders: Vec::new(), beats_all: None, shares: rows.iter().enumerate().map(share).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(ids: &[&str]) -> Vec<ItemRow> {
        let row = |id: &&str| ItemRow { id: (*id).to_string(), label: (*id).to_string() };
        ids.iter().map(row).collect()
    }

    #[test]
    fn the_orders_name_ties_as_sets() {
        let ballots = Ballots::new(3, [(vec![0, 1], 2), (vec![1, 0], 2), (vec![0], 0)]);
        let found = of_rankings(&rows(&["a", "b", "c"]), &ballots);
        for order in &found.orders {
            assert_eq!(order.places, [vec!["a", "b"], vec!["c"]], "{}", order.rule);
            assert!(order.complete);
        }
        assert_eq!(found.beats_all, None);
        let scores: Vec<f64> = found.orders[0].scores.iter().map(|score| score.score).collect();
        assert_eq!(scores, [0.75, 0.75, 0.0]);
    }

    #[test]
    fn the_order_of_people_changes_no_interval_and_many_answers_have_the_normal_one() {
        let of = |answers: Vec<Vec<u32>>| of_points(&rows(&["a", "b"]), 100, answers, 7);
        let answers: Vec<Vec<u32>> = (0..60).map(|n| vec![n, 100 - n]).collect();
        let turned: Vec<Vec<u32>> = answers.iter().rev().cloned().collect();
        let found = of(answers.clone());
        assert_eq!(found, of(turned));
        let many = of(answers.iter().cycle().take(60 * 20).cloned().collect());
        for (few, many) in found.shares.iter().zip(&many.shares) {
            assert!((few.mean - many.mean).abs() < 1e-12);
            assert!(few.interval[0] < few.mean && few.mean < few.interval[1]);
            let widths = [few.interval, many.interval].map(|[low, high]| high - low);
            assert!((widths[0] / widths[1] - 20.0_f64.sqrt()).abs() < 0.3, "{widths:?}");
        }
    }
}
