//! A panel that is asked in rounds, from its answers to what a report says of it.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Change, Concord, Figures, RoundBase, Rounds, StatementRound, StatementRounds};
use super::{
    Comet, ItemState, Stop, attrition, comet, distribution_change, kendalls_w, mcnemar, panel, stop, wilcoxon,
};
use crate::analysis::agreement::{Weights, kappa};
use crate::analysis::interval::wilson;
use crate::analysis::multiple::holm;
use crate::analysis::quantile::of_counts;
use crate::definition::{PanelRule, Segment, Side, Statement, Survey, plain};
use crate::item::options::Choice;
use crate::item::{Answer, Item};
use crate::response::{Answers, Record};

/// Error rate of tests about one statement, and of all about who came back together.
const ALPHA: f64 = 0.05;
/// Under this a distribution counts as stable.
const STABLE: f64 = 0.15;

/// The answers of a panel, round by round.
#[derive(Debug)]
pub struct PanelAnswers<'a> {
    survey: &'a Survey,
    /// The survey of each round.
    surveys: BTreeMap<u32, &'a Survey>,
    /// What came back in any round, those of the latest first.
    statements: Vec<Statement<'a>>,
    people: Vec<Person>,
}

/// One person: the steps chosen in each round, by statement, and the groups they belong to, by segment.
#[derive(Debug)]
struct Person {
    rounds: BTreeMap<u32, Vec<Option<u8>>>,
    groups: Vec<Option<u16>>,
}

impl<'a> PanelAnswers<'a> {
    /// A panel without people; `None` where the survey is not asked in rounds. `others` are earlier versions of it.
    pub fn new(survey: &'a Survey, others: impl Iterator<Item = &'a Survey>) -> Option<Self> {
        let number = survey.round.as_ref()?.number;
        let mut surveys: BTreeMap<u32, &Survey> = others.map(|other| (other.round_number(), other)).collect();
        surveys.retain(|round, _| (1..number).contains(round));
        surveys.insert(number, survey);
        let mut statements: Vec<Statement<'a>> = Vec::new();
        for asked in surveys.values().rev() {
            for statement in asked.statements() {
                if !statements.iter().any(|known| known.name == statement.name) {
                    statements.push(statement);
                }
            }
        }
        Some(Self { survey, surveys, statements, people: Vec::new() })
    }

    /// True if the answers of this version belong to the latest round.
    pub fn is_latest(&self, answered: &Survey) -> bool {
        answered.round_number() == self.survey.round_number()
    }

    /// Adds a person, whose latest round was answered in this version.
    pub fn push(&mut self, answered: &Survey, record: &Record) {
        let mut rounds = BTreeMap::new();
        for (round, survey) in &self.surveys {
            let answers = if *round == answered.round_number() {
                Some(self.steps(&record.answers))
            } else {
                record.in_round(survey, *round).map(|answers| self.steps(&answers))
            };
            rounds.extend(answers.map(|answers| (*round, answers)));
        }
        let segments = self.survey.segments().filter(|(_, segment, _)| *segment == Segment::Tested);
        let group = |(item, _, options): (&Item, Segment, &[Choice])| {
            let Some(Answer::Choice { option, .. }) = record.answers.get(&item.head.id) else { return None };
            options.iter().position(|known| known.id == *option).and_then(|at| u16::try_from(at).ok())
        };
        let groups = segments.map(group).collect();
        if !rounds.is_empty() {
            self.people.push(Person { rounds, groups });
        }
    }

    fn steps(&self, answers: &Answers) -> Vec<Option<u8>> {
        let step = |statement: &Statement<'_>| statement.step_in(answers).and_then(|step| u8::try_from(step).ok());
        self.statements.iter().map(step).collect()
    }

    /// What came of it. Nothing is told of fewer people than `min_cell`.
    pub fn reported(&self) -> Option<Rounds> {
        let round = self.survey.round.as_ref()?;
        let statements: Vec<StatementRounds> = (0..self.statements.len()).map(|place| self.statement(place)).collect();
        let latest = |one: &&StatementRounds| one.rounds.last().is_some_and(|last| last.round == round.number);
        let asked: Vec<&StatementRounds> = statements.iter().filter(latest).collect();
        let states: Vec<ItemState> = asked
            .iter()
            .map(|one| ItemState {
                consensus: one.state == "consensus",
                stable: one.change.as_ref().is_some_and(|change| change.is_stable),
            })
            .collect();
        let named = |open: &[usize]| {
            let labels = open.iter().filter_map(|place| asked.get(*place)).map(|one| format!("“{}”", one.label));
            labels.collect::<Vec<_>>().join("; ")
        };
        let (word, text) = match stop(&states, round.number, round.planned) {
            _ if asked.iter().all(|one| one.rounds.last().is_none_or(|last| last.figures.is_none())) => {
                ("go_on", "Too few people have answered in this round to say.".to_string())
            }
            Stop::Settled => (
                "settled",
                format!(
                    "Every statement has consensus or stable answers after round {}: another round would change little.",
                    round.number
                ),
            ),
            Stop::RoundsOver(open) => (
                "rounds_over",
                format!(
                    "All {} rounds that were planned are over. Neither consensus nor stable answers: {}.",
                    round.planned,
                    named(&open)
                ),
            ),
            Stop::GoOn(open) => (
                "go_on",
                format!(
                    "{} of {} statements are open after round {} of {}, without consensus and without stable answers: {}.",
                    open.len(),
                    asked.len(),
                    round.number,
                    round.planned,
                    named(&open)
                ),
            ),
        };
        Some(Rounds {
            number: round.number,
            planned: round.planned,
            rule: round.rule.name().to_string(),
            rule_text: self.rule_in_words(),
            agreement: (round.rule == PanelRule::Agreement).then_some(round.agreement),
            stop: word.to_string(),
            text,
            not_returned: self.people.iter().filter(|person| !person.rounds.contains_key(&round.number)).count() as u64,
            people: self.surveys.keys().map(|number| self.base(*number)).collect(),
            statements,
        })
    }

    fn rule_in_words(&self) -> String {
        let Some(round) = &self.survey.round else { return String::new() };
        match round.rule {
            PanelRule::Agreement => {
                format!("Consensus: at least {:.0}% of the answers agree, or disagree.", round.agreement * 100.0)
            }
            PanelRule::Comet => "Consensus: at least 70% of the answers at one end of the scale (7 to 9, or 1 to 3) and fewer than 15% at the other (COMET).".to_string(),
            PanelRule::Iqr => "Consensus: the middle half of the answers spans at most one step, or two on scales of eight steps and more.".to_string(),
            PanelRule::Ipras => "Consensus: no disagreement by the interpercentile range adjusted for symmetry (RAND/UCLA).".to_string(),
        }
    }

    /// Enough people to tell of.
    fn is_enough(&self, n: u64) -> bool {
        n > 0 && n >= u64::from(self.survey.privacy.min_cell)
    }

    /// The steps that a person chose for a statement in a round.
    fn step(person: &Person, round: u32, place: usize) -> Option<usize> {
        person.rounds.get(&round)?.get(place).copied().flatten().map(usize::from)
    }

    /// How many chose each step of a statement in a round.
    pub(super) fn counts(&self, place: usize, round: u32) -> Vec<u64> {
        let steps = self.statements.get(place).map_or(0, |statement| statement.steps.len());
        let mut counts = vec![0; steps];
        for step in self.people.iter().filter_map(|person| Self::step(person, round, place)) {
            if let Some(count) = counts.get_mut(step) {
                *count += 1;
            }
        }
        counts
    }

    /// What all answered in the latest round, as the next one tells it: by statement and option; those only that enough
    /// people answered.
    pub fn before(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let round = self.survey.round_number();
        let of = |(place, statement): (usize, &Statement<'_>)| {
            let counts = self.counts(place, round);
            let steps = statement.steps.iter().map(|step| step.id.clone());
            self.is_enough(counts.iter().sum()).then(|| (statement.name.clone(), steps.zip(counts).collect()))
        };
        self.statements.iter().enumerate().filter_map(of).collect()
    }

    fn asked_in(&self, place: usize) -> Vec<u32> {
        let name = self.statements.get(place).map(|statement| statement.name.as_str());
        let asks = |survey: &&Survey| survey.statements().iter().any(|one| Some(one.name.as_str()) == name);
        self.surveys.iter().filter(|(_, survey)| asks(survey)).map(|(round, _)| *round).collect()
    }

    fn statement(&self, place: usize) -> StatementRounds {
        let asked_in = self.asked_in(place);
        let statement = self.statements.get(place);
        let rounds: Vec<StatementRound> = asked_in.iter().map(|round| self.in_round(place, *round)).collect();
        let change = match asked_in.as_slice() {
            [.., from, to] => self.change(place, *from, *to),
            _ => None,
        };
        let state = match (rounds.last(), &change) {
            (Some(last), _) if last.consensus != "none" => "consensus",
            (_, Some(change)) if change.is_stable => "stable",
            _ => "open",
        };
        StatementRounds {
            id: statement.map(|one| one.name.clone()).unwrap_or_default(),
            label: statement.map(|one| plain(one.label())).unwrap_or_default(),
            steps: statement.into_iter().flat_map(|one| &one.steps).map(|step| plain(&step.label)).collect(),
            rounds,
            change,
            state: state.to_string(),
        }
    }

    fn sides(&self, place: usize) -> &[Side] {
        self.statements.get(place).map_or(&[], |statement| &statement.sides)
    }

    fn in_round(&self, place: usize, round: u32) -> StatementRound {
        let counts = self.counts(place, round);
        let n: u64 = counts.iter().sum();
        if !self.is_enough(n) {
            return StatementRound { round, n, figures: None, consensus: "none".to_string() };
        }
        let of_side = |side: Side| {
            let chose = counts.iter().zip(self.sides(place)).filter(|(_, known)| **known == side);
            chose.map(|(count, _)| count).sum::<u64>() as f64 / n as f64
        };
        let at = |p: f64| of_counts(&counts, p).unwrap_or_default();
        let ratings = || -> Vec<f64> {
            let each = (1_u32..).zip(&counts);
            each.flat_map(|(step, count)| {
                std::iter::repeat_n(f64::from(step), usize::try_from(*count).unwrap_or_default())
            })
            .collect()
        };
        let on_nine = (counts.len() == 9).then(|| panel(&ratings())).flatten();
        let figures = Figures {
            median: at(0.5),
            q1: at(0.25),
            q3: at(0.75),
            agree: of_side(Side::For),
            agree_interval: wilson(of_side(Side::For) * n as f64, n as f64, ALPHA),
            disagree: of_side(Side::Against),
            disagreement_index: on_nine.map(|panel| panel.disagreement_index),
        };
        let asked = self.survey.round.as_ref();
        let (rule, share) = asked.map_or((PanelRule::Agreement, 1.0), |round| (round.rule, round.agreement));
        let widest = if counts.len() >= 8 { 2.0 } else { 1.0 };
        let consensus = match rule {
            PanelRule::Agreement if figures.agree >= share => "for",
            PanelRule::Agreement if figures.disagree >= share => "against",
            PanelRule::Comet => match comet(&[ratings()]) {
                Comet::In => "for",
                Comet::Out => "against",
                Comet::NoConsensus => "none",
            },
            PanelRule::Iqr if figures.q3 - figures.q1 <= widest => "agreed",
            PanelRule::Ipras if on_nine.is_some_and(|panel| !panel.is_disagreement()) => "agreed",
            PanelRule::Agreement | PanelRule::Iqr | PanelRule::Ipras => "none",
        };
        StatementRound { round, n, figures: Some(figures), consensus: consensus.to_string() }
    }

    /// How the same people's answers changed.
    fn change(&self, place: usize, from: u32, to: u32) -> Option<Change> {
        let steps = self.statements.get(place)?.steps.len();
        let mut table = vec![vec![0.0; steps]; steps];
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for person in &self.people {
            let (Some(before), Some(after)) = (Self::step(person, from, place), Self::step(person, to, place)) else {
                continue;
            };
            pairs.push((before, after));
            if let Some(cell) = table.get_mut(before).and_then(|row| row.get_mut(after)) {
                *cell += 1.0;
            }
        }
        let n = pairs.len() as u64;
        if !self.is_enough(n) {
            return None;
        }
        // Sums of ranks do not show in which order people came.
        pairs.sort_unstable();
        let count = |side: fn(&(usize, usize)) -> usize| {
            let mut counts = vec![0; steps];
            for at in pairs.iter().map(side) {
                if let Some(count) = counts.get_mut(at) {
                    *count += 1;
                }
            }
            counts
        };
        let distribution = distribution_change(&count(|pair| pair.0), &count(|pair| pair.1));
        let moves: Vec<(f64, f64)> = pairs.iter().map(|(before, after)| (*before as f64, *after as f64)).collect();
        let agrees = |step: usize| self.sides(place).get(step) == Some(&Side::For);
        let turned = |from: bool| pairs.iter().filter(|(a, b)| agrees(*a) == from && agrees(*b) != from).count() as u64;
        let wilcoxon_p = wilcoxon(&moves).p;
        let kappa = kappa(&table, Weights::Quadratic);
        Some(Change {
            from,
            to,
            n,
            moved: pairs.iter().filter(|(before, after)| before != after).count() as f64 / n as f64,
            distribution,
            wilcoxon_p,
            mcnemar_p: mcnemar(turned(false), turned(true)).p_to_use(),
            kappa: kappa.map(|kappa| kappa.value),
            kappa_interval: kappa.map(|kappa| kappa.interval),
            is_stable: distribution < STABLE && wilcoxon_p > ALPHA,
        })
    }

    fn base(&self, round: u32) -> RoundBase {
        let in_round = |person: &&Person| person.rounds.contains_key(&round);
        let n = self.people.iter().filter(in_round).count() as u64;
        let mut base = RoundBase {
            round,
            n,
            kept: None,
            interval: None,
            differs_by: Vec::new(),
            is_doubtful: false,
            concordance: self.concordance(round),
        };
        let before: Vec<&Person> =
            self.people.iter().filter(|person| person.rounds.contains_key(&(round.saturating_sub(1)))).collect();
        if round < 2 || !self.is_enough(before.len() as u64) {
            return base;
        }
        // People by something that may decide who comes back: (came back, left) for each value of it.
        let by = |value: &dyn Fn(&Person) -> Option<usize>| {
            let mut groups: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
            for person in &before {
                let Some(value) = value(person) else { continue };
                let (came, left) = groups.entry(value).or_default();
                *if person.rounds.contains_key(&round) { came } else { left } += 1;
            }
            groups.into_values().collect::<Vec<_>>()
        };
        let mut tests: Vec<(String, f64)> = Vec::new();
        let segments = self.survey.segments().filter(|(_, segment, _)| *segment == Segment::Tested);
        for (place, (item, ..)) in segments.enumerate() {
            let groups = by(&|person| person.groups.get(place).copied().flatten().map(usize::from));
            tests.extend(attrition(&groups).map(|found| (plain(&item.head.text), found.differs.p)));
        }
        for (place, statement) in self.statements.iter().enumerate() {
            let side = |person: &Person| {
                let step = Self::step(person, round - 1, place)?;
                statement.sides.get(step).map(|side| *side as usize)
            };
            tests.extend(attrition(&by(&side)).map(|found| (plain(statement.label()), found.differs.p)));
        }
        let adjusted = holm(&tests.iter().map(|(_, p)| *p).collect::<Vec<_>>());
        let differs = tests.into_iter().zip(adjusted).filter(|(_, p)| *p <= ALPHA).map(|((name, _), _)| name);
        base.differs_by = differs.collect::<BTreeSet<_>>().into_iter().collect();
        if let Some(found) = attrition(&by(&|_| Some(0))) {
            base.kept = Some(found.kept);
            base.interval = Some(found.interval);
            base.is_doubtful = found.is_doubtful() || !base.differs_by.is_empty();
        }
        base
    }

    fn concordance(&self, round: u32) -> Option<Concord> {
        let places: Vec<usize> =
            (0..self.statements.len()).filter(|place| self.asked_in(*place).contains(&round)).collect();
        let row = |person: &Person| -> Option<Vec<f64>> {
            places.iter().map(|place| Self::step(person, round, *place).map(|step| step as f64)).collect()
        };
        let rows: Vec<Vec<f64>> = self.people.iter().filter_map(row).collect();
        if places.len() < 3 || !self.is_enough(rows.len() as u64) {
            return None;
        }
        kendalls_w(&rows).map(|found| Concord { w: found.w, p: found.p, n: rows.len() as u64 })
    }
}
