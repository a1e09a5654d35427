//! Invented respondents: plausible, different by segment, and answering through the same pages as a person.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::part::Part;
use super::present::present;
use super::{Draft, Next, Screen};
use crate::definition::{Breadth, Survey};
use crate::item::options::{Choice, ItemRow};
use crate::item::{Answer, Fields, Item, Scale};

/// Share of a round's respondents who come back to the next, and of their answers that move a step towards the middle.
const RETURNING: f64 = 0.85;
const MOVING: f64 = 0.4;

/// The finished draft of the `number`-th invented respondent in a later round, whose `stored` answers of an earlier one,
/// asked by `before`, are known; `None` for one who does not come back.
///
/// Of what comes back, some answers move one step towards the median of what all answered.
pub fn returning(survey: &Survey, earlier: (&Survey, &Value), seed: u64, number: u64, today: Date) -> Option<Draft> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    dice.set_stream(number);
    if !dice.random_bool(RETURNING) {
        return None;
    }
    let mut draft = Draft { today, ..Draft::returning(survey, earlier, number.to_string()) };
    for statement in survey.statements() {
        let told = survey.round.as_ref().and_then(|round| round.before.get(&statement.name));
        let (Some(told), Some(own)) = (told, statement.step_in(&draft.answers)) else { continue };
        let counts = statement.by_step(told);
        let half = counts.iter().sum::<u64>().div_ceil(2);
        let below = counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        let median = below.take_while(|sum| *sum < half).count();
        let moved =
            if dice.random_bool(MOVING) { own + usize::from(own < median) - usize::from(own > median) } else { own };
        let Some(step) = statement.steps.get(moved) else { continue };
        match (draft.answers.get_mut(&statement.item.head.id), statement.row) {
            (Some(Answer::Choice { option, .. }), None) => option.clone_from(&step.id),
            (Some(Answer::Ratings(ratings)), Some(row)) => {
                ratings.insert(row.id.clone(), step.id.clone());
            }
            _ => {}
        }
    }
    Some(draft)
}

/// The finished draft of the `number`-th invented respondent; `None` for one whom the survey screens out.
///
/// Equal survey, seed and number give an equal draft. Support depends on the intervention: a broad one is liked by most,
/// a focused one by the group named as its audience, and each respondent leans a little to agreeing or not.
pub fn respondent(survey: &Survey, seed: u64, number: u64, today: Date) -> Option<Draft> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    dice.set_stream(number);
    let mut person = Person { survey, lean: normal(&mut dice) * 0.08, dice, groups: Vec::new() };
    let mut draft = Draft { seed: format!("{seed}:{number}"), today, ..Draft::default() };
    for _ in 0..survey.pages.len() * 3 {
        match draft.next(survey) {
            Next::Check => return Some(draft),
            Next::End(_) | Next::Overview => return None,
            Next::Page(at) => {
                let mut fields = Fields::default();
                let route = draft.route(survey);
                let stop = route.stop(&at.page)?;
                for (shown, item) in stop.questions.iter().zip(present(&route, &stop.whole(), &draft.seed).items) {
                    if let Some(answer) = person.answer(&item) {
                        if let (Some(_), Answer::Choice { option, .. }) = (shown.question.segment, &answer) {
                            person.groups.push(option.clone());
                        }
                        item.write(&answer, &mut fields);
                    }
                }
                let screens: Vec<Screen> = stop.parts.iter().map(Part::screen).collect();
                for at in screens {
                    draft.save(survey, &at, fields.clone());
                }
            }
        }
    }
    None
}

struct Person<'a> {
    survey: &'a Survey,
    dice: ChaCha8Rng,
    lean: f64,
    groups: Vec<String>,
}

impl Person<'_> {
    fn answer(&mut self, item: &Item) -> Option<Answer> {
        let skips = !item.head.required && self.dice.random_bool(0.12);
        if skips && !matches!(item.scale(), Scale::Flag) {
            return None;
        }
        match item.scale() {
            Scale::None => None,
            Scale::Flag => Some(Answer::Given),
            Scale::Nominal(options) | Scale::Ordinal(options) => {
                let option = self.pick_option(item, options)?;
                let other = (option.other != crate::item::options::Other::None).then(|| self.pick(OTHER).to_string());
                Some(Answer::Choice { option: option.id.clone(), other })
            }
            Scale::Multiple(options) => self.several(item, options),
            Scale::Ratings { rows, steps } => Some(self.ratings(rows, steps)),
            Scale::Ranking { rows, places } => {
                let mut order: Vec<(f64, &ItemRow)> =
                    rows.iter().map(|row| (self.liking(&row.id) + normal(&mut self.dice) * 0.25, row)).collect();
                order.sort_by(|a, b| b.0.total_cmp(&a.0));
                Some(Answer::Ranking(order.into_iter().take(places).map(|(_, row)| row.id.clone()).collect()))
            }
            Scale::Allocation { rows, total } => Some(self.points(item, rows, total)),
            Scale::Interval => self.number(item),
            Scale::Day => {
                let (year, month, day) =
                    (self.dice.random_range(2016..2026), self.dice.random_range(1..13), self.dice.random_range(1..29));
                Some(Answer::Date(format!("{year}-{month:02}-{day:02}")))
            }
            Scale::FreeText { .. } if matches!(item.kind, crate::item::Kind::Email(_)) => {
                let number = self.dice.random_range(1..100_000);
                self.dice.random_bool(0.2).then(|| Answer::Text(format!("simulated.{number}@example.org")))
            }
            Scale::FreeText { .. } => {
                let may_answer = item.head.required || self.dice.random_bool(0.75);
                may_answer.then(|| Answer::Text(self.sentence()))
            }
            Scale::Entries { fields, .. } => {
                let fields: Vec<Item> =
                    fields.iter().map(|field| Item { head: field.head.clone(), kind: field.kind.clone() }).collect();
                let answers = fields.iter().filter_map(|field| Some((field.head.id.clone(), self.answer(field)?)));
                let entry: BTreeMap<String, Answer> = answers.collect();
                (!entry.is_empty()).then(|| Answer::Entries(vec![entry]))
            }
            // Invented people put nothing on the wall.
            Scale::Ideas { seeds, .. } => {
                let votes = seeds.iter().map(|seed| {
                    let vote = if self.dice.random_bool(self.liking(&seed.id).clamp(0.05, 0.95)) {
                        "agree"
                    } else {
                        "disagree"
                    };
                    (seed.id.clone(), vote.to_string())
                });
                let votes: BTreeMap<String, String> = votes.collect();
                (!votes.is_empty()).then_some(Answer::Ideas { own: 0, votes })
            }
        }
    }

    /// Earlier options are chosen somewhat more often than later ones; "don't know" seldom. Population margins decide where given.
    fn pick_option<'o>(&mut self, item: &Item, options: &'o [Choice]) -> Option<&'o Choice> {
        let margin = self.survey.population.as_ref().and_then(|population| population.margins.get(&item.head.id));
        let weight = |(index, option): (usize, &Choice)| {
            let share = margin.and_then(|margin| margin.get(&option.id)).copied();
            let usual = if option.missing || option.exclusive { 0.05 } else { 1.0 / (index as f64 + 2.0) };
            share.unwrap_or(if margin.is_some() { 0.02 } else { usual })
        };
        let weights: Vec<f64> = options.iter().enumerate().map(weight).collect();
        let mut left = self.dice.random::<f64>() * weights.iter().sum::<f64>();
        let chosen = weights.iter().position(|weight| {
            left -= weight;
            left <= 0.0
        });
        options.get(chosen.unwrap_or(0))
    }

    fn several(&mut self, item: &Item, options: &[Choice]) -> Option<Answer> {
        let (min, max) = match &item.kind {
            crate::item::Kind::Multi(multi) => {
                (multi.min.unwrap_or(1) as usize, multi.max.map_or(options.len(), |max| max as usize))
            }
            _ => (1, options.len()),
        };
        let mut chosen: Vec<&Choice> =
            options.iter().filter(|option| !option.exclusive && self.dice.random_bool(0.35)).take(max).collect();
        if chosen.len() < min {
            chosen = options.iter().filter(|option| !option.exclusive).take(min).collect();
        }
        let beside = chosen.iter().filter(|option| option.other != crate::item::options::Other::None);
        let other = beside.map(|option| (option.id.clone(), self.pick(OTHER).to_string())).collect();
        (!chosen.is_empty())
            .then(|| Answer::Choices { options: chosen.iter().map(|option| option.id.clone()).collect(), other })
    }

    fn ratings(&mut self, rows: &[ItemRow], steps: &[Choice]) -> Answer {
        let mut ordered: Vec<&Choice> = steps.iter().filter(|step| !step.missing).collect();
        ordered.sort_by_key(|step| step.value.unwrap_or(0));
        let unsure = steps.iter().find(|step| step.missing);
        let mut ratings = BTreeMap::new();
        for row in rows {
            if let Some(step) = unsure.filter(|_| self.dice.random_bool(0.04)) {
                ratings.insert(row.id.clone(), step.id.clone());
                continue;
            }
            let likes = self.dice.random_bool((self.liking(&row.id) + self.lean).clamp(0.03, 0.97));
            let half = (ordered.len() / 2).max(1);
            let neutral =
                ordered.len() % 2 == 1 && self.dice.random_bool(if likes { 0.04 } else { self.shrugging(&row.id) });
            let at = if neutral {
                half
            } else if likes {
                ordered.len() - 1 - self.dice.random_range(0..half)
            } else {
                self.dice.random_range(0..half)
            };
            if let Some(step) = ordered.get(at) {
                ratings.insert(row.id.clone(), step.id.clone());
            }
        }
        Answer::Ratings(ratings)
    }

    /// How likely this person is to support an intervention, between 0 and 1.
    fn liking(&self, row: &str) -> f64 {
        let mixed = row.bytes().fold(17_u32, |mixed, byte| mixed.wrapping_mul(31).wrapping_add(byte.into()));
        let spread = f64::from(mixed % 101) / 100.0;
        let Some(intervention) = self.survey.interventions.iter().find(|intervention| intervention.id == row) else {
            return 0.3 + 0.5 * spread;
        };
        match (intervention.breadth, &intervention.audience) {
            (Some(Breadth::Focused), Some(audience)) if self.groups.contains(audience) => 0.80 + 0.15 * spread,
            (Some(Breadth::Focused), _) => 0.22 + 0.22 * spread,
            _ => 0.74 + 0.20 * spread,
        }
    }

    /// How likely someone who does not support an intervention is to be neutral rather than against.
    /// What is meant for other groups leaves most people cold; every third such intervention angers them.
    fn shrugging(&self, row: &str) -> f64 {
        let index = self.survey.interventions.iter().position(|intervention| intervention.id == row);
        let focused = |index: usize| {
            self.survey.interventions.get(index).is_some_and(|known| known.breadth == Some(Breadth::Focused))
        };
        match index {
            Some(index) if focused(index) && index % 3 != 0 => 0.7,
            _ => 0.35,
        }
    }

    fn points(&mut self, item: &Item, rows: &[ItemRow], total: u32) -> Answer {
        let step = if let crate::item::Kind::Allocate(allocate) = &item.kind { allocate.step } else { 1 };
        let mut points = BTreeMap::new();
        for _ in 0..total / step {
            let tries: Vec<usize> = (0..3).map(|_| self.dice.random_range(0..rows.len())).collect();
            let best = tries
                .into_iter()
                .filter_map(|index| rows.get(index))
                .max_by(|a, b| self.liking(&a.id).total_cmp(&self.liking(&b.id)));
            if let Some(row) = best {
                *points.entry(row.id.clone()).or_insert(0) += step;
            }
        }
        Answer::Points(points)
    }

    fn number(&mut self, item: &Item) -> Option<Answer> {
        let crate::item::Kind::Number(number) = &item.kind else { return None };
        let (low, high) = (number.min.unwrap_or(0.0), number.max.unwrap_or(40.0));
        Some(Answer::Number(format!(
            "{:.0}",
            (low + (high - low) * self.dice.random::<f64>().powi(2)).ceil().min(high)
        )))
    }

    /// A short answer from a small grammar: what is wanted, for whom, why.
    fn sentence(&mut self) -> String {
        if self.dice.random_bool(0.05) {
            return self.pick(NOTHING).to_string();
        }
        let (topic, reasons) =
            TOPICS.get(self.dice.random_range(0..TOPICS.len())).copied().unwrap_or(("More training", OTHER));
        let whom = self.pick(WHOM);
        let reason = self.pick(reasons);
        match self.dice.random_range(0..4) {
            0 => format!("{topic} {whom}."),
            1 => format!("{topic} {whom}, because {reason}."),
            2 => format!("{}. {topic} would help.", capital(reason)),
            _ => format!("{topic}: {reason}."),
        }
    }

    fn pick<'t>(&mut self, from: &'t [&'t str]) -> &'t str {
        from.get(self.dice.random_range(0..from.len())).copied().unwrap_or_default()
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A standard normal number, by the sum of twelve uniform ones.
fn normal(dice: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| dice.random::<f64>()).sum::<f64>() - 6.0
}

const NOTHING: &[&str] = &["None", "n/a", "Nothing", "No comment", "-"];
const OTHER: &[&str] =
    &["Service improvement", "Digital midwifery", "Clinical safety", "Health visiting", "A mix of several"];
const WHOM: &[&str] = &[
    "for all staff",
    "for everyone who uses our systems",
    "in every trust",
    "for my team",
    "at board level",
    "for new starters",
    "in the community",
];
const TOPICS: &[(&str, &[&str])] = &[
    (
        "Protected time to learn",
        &[
            "we never get released from the ward",
            "training always gets cancelled when we are short",
            "nobody covers my shifts while I study",
        ],
    ),
    (
        "A clear career pathway",
        &[
            "there is nowhere to go after band 6",
            "job titles mean something else in each trust",
            "good people leave because they cannot move up",
        ],
    ),
    (
        "Basic digital skills",
        &[
            "colleagues struggle with a spreadsheet",
            "people are afraid of breaking the system",
            "half my day goes on helping others log in",
        ],
    ),
    (
        "Leaders who understand digital",
        &[
            "the board sees informatics as IT support",
            "decisions are made without asking us",
            "our executives never use the systems they buy",
        ],
    ),
    (
        "Professional recognition and registration",
        &[
            "anyone can call themselves an analyst",
            "our work is not seen as a profession",
            "nurses have a register and we have nothing",
        ],
    ),
    (
        "Systems that talk to each other",
        &[
            "I type the same data three times",
            "old computers take ten minutes to start",
            "passwords for nine systems waste hours",
        ],
    ),
    (
        "Local networks and mentoring",
        &[
            "I am the only one doing this job here",
            "I learn most from colleagues in other trusts",
            "a mentor would have saved me two years",
        ],
    ),
    (
        "Funding for accredited courses",
        &[
            "I paid for my own qualification",
            "apprenticeship money goes unspent",
            "there is no budget for our development",
        ],
    ),
];
