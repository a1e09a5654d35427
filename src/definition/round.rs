//! A round of a panel that is asked the same more than once (Delphi): which questions come back, when they are settled, and
//! what all answered in the round before.

use std::collections::BTreeMap;

use super::Survey;
use crate::document::keys::{Bounds, Key, Object, Shape, Words, words};
use crate::document::{Id, Reader, Value, closest};
use crate::item::options::{Choice, ItemRow};
use crate::item::{Answer, Item, Scale};

/// One round of several. People who answered before are asked again, and see what all answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// Which one it is, from 1.
    pub number: u32,
    /// How many are planned, at least `number`.
    pub planned: u32,
    /// The ids of the questions that come back in every round.
    pub questions: Vec<String>,
    /// What counts as consensus on a statement.
    pub rule: PanelRule,
    /// The share (0 to 1) of answers that [`PanelRule::Agreement`] asks for.
    pub agreement: f64,
    /// True if people can begin in this round who were not there before.
    pub newcomers: bool,
    /// What all answered in the round before: by the name of a statement, how many chose each option.
    pub before: BTreeMap<String, BTreeMap<String, u64>>,
}

/// What counts as consensus on one statement within one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PanelRule {
    /// A large enough share agrees, or disagrees.
    #[default]
    Agreement,
    /// The COMET rule: at least 70 % at one end of nine steps and fewer than 15 % at the other.
    Comet,
    /// The interquartile range is narrow.
    Iqr,
    /// RAND/UCLA: no disagreement by the interpercentile range adjusted for symmetry, on nine steps.
    Ipras,
}

impl Round {
    /// True for a later round that nobody can begin in who was not there before.
    pub fn is_for_returning(&self) -> bool {
        self.number > 1 && !self.newcomers
    }
}

/// Something that comes back in every round: a question on a scale, or a row of one.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    /// Its name, as rules and exports write it: `QUESTION` or `QUESTION.ROW`.
    pub name: String,
    /// The question.
    pub item: &'a Item,
    /// The row, if it is one.
    pub row: Option<&'a ItemRow>,
    /// The steps of its scale from the lowest, without those that are no answer.
    pub steps: Vec<&'a Choice>,
    /// For each step whether it agrees, disagrees or neither.
    pub sides: Vec<Side>,
}

/// What a step of a scale says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It disagrees.
    Against,
    /// Neither.
    Between,
    /// It agrees.
    For,
}

impl Statement<'_> {
    /// What it says, in the language of the survey.
    pub fn label(&self) -> &str {
        self.row.map_or(&self.item.head.text, |row| &row.label)
    }

    /// The number of the step that was chosen, from 0; none where it was not answered, or by “don't know”.
    pub fn step_in(&self, answers: &BTreeMap<String, Answer>) -> Option<usize> {
        let chosen = match (answers.get(&self.item.head.id)?, self.row) {
            (Answer::Choice { option, .. }, None) => option,
            (Answer::Ratings(ratings), Some(row)) => ratings.get(&row.id)?,
            _ => return None,
        };
        self.steps.iter().position(|step| step.id == *chosen)
    }

    /// How many chose each step, from counts by option.
    pub fn by_step(&self, counts: &BTreeMap<String, u64>) -> Vec<u64> {
        self.steps.iter().map(|step| counts.get(&step.id).copied().unwrap_or_default()).collect()
    }
}

impl Survey {
    /// What comes back in every round, in the order of the definition; nothing where there are no rounds.
    ///
    /// The steps that agree are those that count as support where the question measures it, and else the upper third of the
    /// scale, rounded up: 7 to 9 of nine, 4 and 5 of five.
    pub fn statements(&self) -> Vec<Statement<'_>> {
        let Some(round) = &self.round else { return Vec::new() };
        let asked = self.answered_questions().map(|question| &question.item);
        asked.filter(|item| round.questions.contains(&item.head.id)).flat_map(|item| self.statements_of(item)).collect()
    }

    fn statements_of<'a>(&self, item: &'a Item) -> Vec<Statement<'a>> {
        let (rows, options): (Option<&[ItemRow]>, &[Choice]) = match item.scale() {
            Scale::Ordinal(options) => (None, options),
            Scale::Ratings { rows, steps } => (Some(rows), steps),
            _ => return Vec::new(),
        };
        let mut steps: Vec<&Choice> = options.iter().filter(|option| !option.missing).collect();
        steps.sort_by_key(|step| step.value);
        let sides = match self.support().filter(|(measured, _)| measured.head.id == item.head.id) {
            Some((_, measure)) => {
                let side =
                    |step: &&Choice| match (measure.support.contains(&step.id), measure.oppose.contains(&step.id)) {
                        (true, _) => Side::For,
                        (_, true) => Side::Against,
                        _ => Side::Between,
                    };
                steps.iter().map(side).collect()
            }
            None => thirds(steps.len()),
        };
        let statement = |row: Option<&'a ItemRow>| Statement {
            name: row.map_or_else(|| item.head.id.clone(), |row| format!("{}.{}", item.head.id, row.id)),
            item,
            row,
            steps: steps.clone(),
            sides: sides.clone(),
        };
        match rows {
            Some(rows) => rows.iter().map(|row| statement(Some(row))).collect(),
            None => vec![statement(None)],
        }
    }
}

/// The sides of a scale of so many steps.
fn thirds(steps: usize) -> Vec<Side> {
    let third = steps.div_ceil(3);
    let side = |step: usize| match step {
        low if low < third => Side::Against,
        high if high + third >= steps => Side::For,
        _ => Side::Between,
    };
    (0..steps).map(side).collect()
}

/// A round.
pub(super) const ROUND: Object = Object::new(
    "round",
    "Which round of a panel this is that is asked the same more than once (Delphi); `canvass round` writes the next one",
    &[&[
        Key::new("number", Shape::Count(1, 20), "Which round it is").or("1"),
        Key::new("planned", Shape::Count(1, 20), "How many rounds are planned").or("2"),
        Key::needed(
            "questions",
            Shape::List(&Shape::Named(Id::Name)),
            "The ids of the questions that come back in every round: `rate`, or `single` whose options have a `value`",
        ),
        Key::new("rule", Shape::Words(|| words(RULES)), "What counts as consensus on a statement").or("agreement"),
        Key::new("agreement", Shape::Number(Bounds::Share), "The share of answers that the rule `agreement` asks for")
            .or("0.75")
            .code("E411"),
        Key::new("newcomers", Shape::Flag, "Whether people can begin in a later round who were not there before"),
        Key::new(
            "before",
            Shape::Map(&Shape::Text, &Shape::Map(&Shape::Named(Id::Code), &Shape::COUNT)),
            "What all answered in the round before, written by `canvass round`: how many chose each option, by the \
             statement, such as `support.trees`",
        ),
    ]],
);
const RULES: Words<PanelRule> = &[
    ("agreement", PanelRule::Agreement, "At least the share `agreement` agrees, or disagrees"),
    ("comet", PanelRule::Comet, "At least 70% at one end of nine steps and fewer than 15% at the other"),
    ("iqr", PanelRule::Iqr, "The middle half of the answers spans at most one step, or two of eight steps and more"),
    ("ipras", PanelRule::Ipras, "No disagreement as RAND/UCLA's method finds it, on nine steps"),
];

impl PanelRule {
    /// As a definition writes it.
    pub fn name(self) -> &'static str {
        RULES.iter().find(|(_, rule, _)| *rule == self).map_or("", |(name, ..)| name)
    }
}

pub(super) fn read(reader: &Reader<'_>) -> Round {
    let counts = |value: &Value| {
        let Value::Map(entries) = value else { return BTreeMap::new() };
        let count = |value: &Value| if let Value::Number(written) = value { written.parse().ok() } else { None };
        entries.iter().filter_map(|entry| Some((entry.key.clone(), count(&entry.node.value)?))).collect()
    };
    let before = reader.map("before").iter().map(|entry| (entry.key.clone(), counts(&entry.node.value))).collect();
    Round {
        number: reader.count("number"),
        planned: reader.count("planned"),
        questions: reader.texts("questions").into_iter().map(|(id, _)| id).collect(),
        rule: reader.word("rule", RULES).unwrap_or_default(),
        agreement: reader.number("agreement"),
        newcomers: reader.flag("newcomers"),
        before,
    }
}

/// Records what is wrong with a round in the light of the questions.
pub(super) fn check(survey: &Survey, whole: &Reader<'_>) {
    let (Some(round), Some(reader)) = (&survey.round, whole.inner("round", "the round")) else { return };
    let wrong = |place, message: String, help: String| reader.findings.error("E431", place, message, help);
    if round.number > round.planned {
        let message = format!("this is round {} of {} that are planned", round.number, round.planned);
        wrong(reader.place_of("planned"), message, format!("write \"planned\": {}, or more", round.number));
    }
    let needs_nine = matches!(round.rule, PanelRule::Comet | PanelRule::Ipras);
    for (id, place) in reader.texts("questions") {
        let Some(question) = survey.answered_questions().find(|question| question.item.head.id == id) else {
            let known = survey.answered_questions().map(|question| question.item.head.id.as_str());
            let help = closest(&id, known).unwrap_or_else(|| "name a question by its id".to_string());
            wrong(place, format!("no question `{id}` can come back in the next round"), help);
            continue;
        };
        let statements = survey.statements_of(&question.item);
        let steps = statements.first().map_or(0, |statement| statement.steps.len());
        let mut values: Vec<_> =
            statements.first().into_iter().flat_map(|one| &one.steps).map(|step| step.value).collect();
        values.dedup();
        if steps < 3 || values.len() < steps || values.contains(&None) {
            let message = format!("question `{id}` cannot come back: it has no scale of three steps or more in order");
            let help = "name a `rate`, or a `single`, whose options each have a `value` of their own".to_string();
            wrong(place, message, help);
        } else if needs_nine && steps != 9 {
            let message =
                format!("the rule `{}` is for scales of nine steps, and `{id}` has {steps}", round.rule.name());
            wrong(place, message, "write \"rule\": \"agreement\" or \"iqr\", or give it nine steps".to_string());
        }
    }
    let statements = survey.statements();
    for entry in reader.map("before") {
        let Some(statement) = statements.iter().find(|statement| statement.name == entry.key) else {
            let help = closest(&entry.key, statements.iter().map(|statement| statement.name.as_str()));
            let help = help.unwrap_or_else(|| "delete it, or name its question under `questions`".to_string());
            wrong(entry.place, format!("`before` tells of `{}`, which does not come back", entry.key), help);
            continue;
        };
        let Value::Map(counts) = &entry.node.value else { continue };
        for count in counts.iter().filter(|count| !statement.steps.iter().any(|step| step.id == count.key)) {
            let help = closest(&count.key, statement.steps.iter().map(|step| step.id.as_str()));
            let help = help.unwrap_or_else(|| "delete it".to_string());
            wrong(count.place, format!("the scale of `{}` has no step `{}`", entry.key, count.key), help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_and_lower_third_of_a_scale_are_its_sides() {
        let drawn = |steps| -> String {
            let drawn = |side: Side| match side {
                Side::Against => '-',
                Side::Between => '0',
                Side::For => '+',
            };
            thirds(steps).into_iter().map(drawn).collect()
        };
        assert_eq!(drawn(9), "---000+++");
        assert_eq!(drawn(7), "---0+++");
        assert_eq!(drawn(5), "--0++");
        assert_eq!(drawn(4), "--++");
        assert_eq!(drawn(3), "-0+");
    }
}
