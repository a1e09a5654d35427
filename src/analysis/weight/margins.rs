//! The margins of the population beside those who answered, and the weights between the two.
//!
//! Small groups stay small: groups of a margin that are too few to be shown are weighted as one, so that neither the
//! weights nor a weighted share tells how many they are.

use std::collections::BTreeMap;

use super::{CannotRake, Profile, Weights, rake_within};
use crate::analysis::dataset::{Column, Dataset};
use crate::analysis::disclosure;
use crate::analysis::findings::thousands;
use crate::definition::consensus::DecisionRule;
use crate::item::Scale;

/// One question with shares in the population, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Margin {
    /// The question's id.
    pub id: String,
    /// The question as asked.
    pub label: String,
    /// Its options, those that count as missing left out.
    pub options: Vec<MarginOption>,
    /// People who gave no answer that counts, or were not asked.
    pub unanswered: u64,
}

/// One option of a margin.
#[derive(Clone, Debug, PartialEq)]
pub struct MarginOption {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// People who chose it.
    pub people: u64,
    /// Its share of the population, if the margin states one above 0.
    pub population: Option<f64>,
    /// True where the number of people is withheld to protect them.
    pub hidden: bool,
    /// Its category in raking; `None` where its people keep their weight.
    category: Option<usize>,
}

/// Why there are no weights.
#[derive(Clone, Debug, PartialEq)]
pub enum NoWeights {
    /// The definition states no shares, or nobody has answered.
    Nothing,
    /// Nobody is in a group that has a share in the population.
    EmptyGroup {
        /// The margin's question.
        question: String,
        /// The group's label.
        group: String,
        /// Its share of the population.
        population: f64,
    },
    /// The margins contradict each other among those who answered.
    NotSettled,
}

impl NoWeights {
    /// The reason in plain words, with what could be done.
    pub fn text(&self) -> String {
        match self {
            Self::Nothing => "There is nothing to weight yet.".to_string(),
            Self::EmptyGroup { question, group, population } => format!(
                "Nobody who answered “{question}” is in the group “{group}”, {:.0}% of the population, and no weight \
                 can stand for people who are not there. Reach some of them, or state one share for groups that belong \
                 together.",
                100.0 * population
            ),
            Self::NotSettled => "The shares of the population cannot all be met at once by those who answered: some \
                                 combinations of groups have nobody in them. State fewer margins, or one share for \
                                 groups that belong together."
                .to_string(),
        }
    }
}

/// The margins, and weights that bring them about.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighing {
    /// The margins, in the order of the definition.
    pub margins: Vec<Margin>,
    /// Weights, or why there are none.
    pub weights: Result<Weights, NoWeights>,
}

impl Weighing {
    /// The same for some of the people, whose weights are those that they have among all.
    #[must_use]
    pub fn of_part(self, is_in: &[bool]) -> Self {
        Self { weights: self.weights.map(|weights| weights.of_part(is_in)), ..self }
    }
}

/// Compares those who answered with the margins of the population, and finds weights between the bounds of the rule.
///
/// `None` where the definition states no margins of questions that are asked. Whoever left a margin's question, or chose an option without a share,
/// keeps the weight that the other margins give. Cost: linear in the people and the margins.
pub fn weigh(data: &Dataset<'_>) -> Option<Weighing> {
    let shares = &data.survey.population.as_ref()?.margins;
    let mut margins = Vec::new();
    let mut chosen: Vec<Vec<Option<usize>>> = vec![Vec::new(); data.n];
    let mut targets = Vec::new();
    for question in data.survey.answered_questions() {
        let head = &question.item.head;
        let (Some(shares), Some(Column::Choices(cells))) = (shares.get(&head.id), data.column(&head.id)) else {
            continue;
        };
        let (Scale::Nominal(options) | Scale::Ordinal(options)) = question.item.scale() else { continue };
        let mut people = vec![0_u64; options.len()];
        for code in cells.iter().flatten() {
            people.get_mut(usize::from(*code)).into_iter().for_each(|count| *count += 1);
        }
        let mut margin = Margin { id: head.id.clone(), label: head.text.clone(), options: Vec::new(), unanswered: 0 };
        let mut places = Vec::new();
        for (option, people) in options.iter().zip(people) {
            places.push((!option.missing).then_some(margin.options.len()));
            if !option.missing {
                let population = shares.get(&option.id).copied().filter(|share| *share > 0.0);
                let (id, label) = (option.id.clone(), option.label.clone());
                margin.options.push(MarginOption { id, label, people, population, hidden: false, category: None });
            }
        }
        let answered: u64 = margin.options.iter().map(|option| option.people).sum();
        margin.unanswered = (data.n as u64).saturating_sub(answered);
        targets.push(margin.settle(data.survey.privacy.min_cell));
        let category = |code: &u16| {
            let place = places.get(usize::from(*code)).copied().flatten()?;
            margin.options.get(place)?.category
        };
        for (chosen, cell) in chosen.iter_mut().zip(cells) {
            chosen.push(cell.as_ref().ok().and_then(category));
        }
        margins.push(margin);
    }
    if margins.is_empty() {
        return None;
    }
    let weights = if data.n == 0 {
        Err(NoWeights::Nothing)
    } else {
        raked(&chosen, &targets, &data.survey.consensus).map_err(|reason| explained(reason, &margins))
    };
    Some(Weighing { margins, weights })
}

impl Margin {
    /// Hides what is too small, makes the categories, and gives their targets. What is hidden is one category; where a
    /// part of that has no share in the population, all of it is left as it is.
    fn settle(&mut self, min_cell: u32) -> Vec<f64> {
        let sizes: Vec<u64> = self.options.iter().map(|option| option.people).collect();
        for (option, hidden) in self.options.iter_mut().zip(disclosure::hidden(&sizes, min_cell)) {
            option.hidden = hidden;
        }
        let together = self.options.iter().filter(|option| option.hidden).all(|option| option.population.is_some());
        let mut targets: Vec<f64> = Vec::new();
        let mut hidden = None;
        for option in &mut self.options {
            let Some(share) = option.population.filter(|_| together || !option.hidden) else { continue };
            let category = match hidden {
                Some(known) if option.hidden => known,
                _ => {
                    targets.push(0.0);
                    targets.len() - 1
                }
            };
            if option.hidden {
                hidden = Some(category);
            }
            option.category = Some(category);
            targets.get_mut(category).into_iter().for_each(|target| *target += share);
        }
        targets
    }
}

fn raked(chosen: &[Vec<Option<usize>>], targets: &[Vec<f64>], rule: &DecisionRule) -> Result<Weights, CannotRake> {
    let mut alike: BTreeMap<&[Option<usize>], u32> = BTreeMap::new();
    for categories in chosen {
        *alike.entry(categories).or_default() += 1;
    }
    let profile = |(categories, people): (&&[Option<usize>], &u32)| Profile {
        people: f64::from(*people),
        weight: 1.0,
        categories: categories.to_vec(),
    };
    let profiles: Vec<Profile> = alike.iter().map(profile).collect();
    let raked = rake_within(&profiles, targets, &(rule.weight_min..=rule.weight_max))?;
    let weight_of: BTreeMap<&[Option<usize>], f64> = alike.into_keys().zip(raked.weights.iter().copied()).collect();
    Ok(Weights::new(
        chosen.iter().map(|categories| weight_of.get(categories.as_slice()).copied().unwrap_or(1.0)),
        &raked,
    ))
}

fn explained(reason: CannotRake, margins: &[Margin]) -> NoWeights {
    let CannotRake::EmptyCategory { margin, category } = reason else {
        return if reason == CannotRake::Nothing { NoWeights::Nothing } else { NoWeights::NotSettled };
    };
    let found = margins.get(margin).and_then(|margin| {
        let group = margin.options.iter().find(|option| option.category == Some(category))?;
        Some((margin, group))
    });
    found.map_or(NoWeights::Nothing, |(margin, group)| NoWeights::EmptyGroup {
        question: margin.label.clone(),
        group: group.label.clone(),
        population: group.population.unwrap_or_default(),
    })
}

/// What the weights cost, as a sentence.
pub(super) fn cost(weights: &Weights) -> String {
    let n = thousands(whole(weights.all.people));
    format!(
        "Under weights the {n} who answered tell as much as {} of equal weight would (design effect {:.2}; weights from \
         {:.2} to {:.2}).",
        thousands(whole(weights.all.effective_n())),
        weights.all.design_effect(),
        weights.least,
        weights.most,
    )
}

/// People, rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people")]
pub(super) fn whole(people: f64) -> u64 {
    (people + 1e-6).floor() as u64
}
