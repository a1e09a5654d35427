//! Answers as they are stored: one JSON object by item id, and beside it why the others are missing.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::definition::{Storage, Survey};
use crate::item::{Answer, Item, Scale};

use super::route;

/// Answers by item id.
pub type Answers = BTreeMap<String, Answer>;

/// Why an item has no answer. "Don't know" is an answer: an option marked `missing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Seen and left.
    Skipped,
    /// Routed past.
    NotShown,
    /// Stopped before it.
    NotReached,
}

impl Gap {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::NotShown => "not_shown",
            Self::NotReached => "not_reached",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Skipped, Self::NotShown, Self::NotReached].into_iter().find(|gap| gap.name() == name)
    }
}

/// A finished response: the answers, and why each other item has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Answers by item id.
    pub answers: Answers,
    /// Gaps by item id.
    pub gaps: BTreeMap<String, Gap>,
}

impl Record {
    /// Splits finished answers into the record and the contact details, which are kept apart.
    /// Answers to hidden items are left out.
    pub fn finish(survey: &Survey, answers: &Answers) -> (Self, Map<String, Value>) {
        let route = route::route(survey, answers);
        let mut record = Self::default();
        let mut contact = Map::new();
        for (page, question) in survey.questions() {
            let item = &question.item;
            let id = &item.head.id;
            let shown = route.shows(id);
            match (answers.get(id).filter(|_| shown), page.store) {
                (Some(answer), Storage::Response) => {
                    record.answers.insert(id.clone(), answer.clone());
                }
                (Some(answer), Storage::Contact) => {
                    contact.extend(to_json(&BTreeMap::from([(id.clone(), answer.clone())])));
                }
                (None, Storage::Response) if item.scale() != Scale::None => {
                    record.gaps.insert(id.clone(), if shown { Gap::Skipped } else { Gap::NotShown });
                }
                (None, _) => {}
            }
        }
        (record, contact)
    }

    /// The record as it is stored: `{"answers": {…}, "missing": {"q4": "skipped"}}`.
    pub fn to_json(&self) -> Value {
        let missing: Map<String, Value> = self.gaps.iter().map(|(id, gap)| (id.clone(), json!(gap.name()))).collect();
        json!({ "answers": to_json(&self.answers), "missing": missing })
    }

    /// Reads a stored record. What does not fit the survey is left out.
    pub fn from_json(survey: &Survey, stored: &Value) -> Self {
        let missing = stored.get("missing").and_then(Value::as_object);
        let gaps = missing.into_iter().flatten().filter_map(|(id, gap)| Some((id.clone(), Gap::named(gap.as_str()?)?)));
        Self {
            answers: stored.get("answers").map(|answers| from_json(survey, answers)).unwrap_or_default(),
            gaps: gaps.collect(),
        }
    }
}

/// Answers as JSON. A text beside an option stands under `ITEM.other`: a text for one choice, `{option: text}` for several.
pub(super) fn to_json(answers: &Answers) -> Map<String, Value> {
    let mut object = Map::new();
    for (id, answer) in answers {
        let value = match answer {
            Answer::Given => json!(true),
            Answer::Choice { option, other } => {
                if let Some(other) = other {
                    object.insert(format!("{id}.other"), json!(other));
                }
                json!(option)
            }
            Answer::Choices { options, other } => {
                if !other.is_empty() {
                    object.insert(format!("{id}.other"), json!(other));
                }
                json!(options)
            }
            Answer::Text(text) | Answer::Number(text) | Answer::Date(text) => json!(text),
            Answer::Ratings(ratings) => json!(ratings),
            Answer::Ranking(order) => json!(order),
            Answer::Points(points) => json!(points),
        };
        object.insert(id.clone(), value);
    }
    object
}

/// Reads stored answers by the scale of each item.
pub(super) fn from_json(survey: &Survey, stored: &Value) -> Answers {
    survey
        .questions()
        .filter_map(|(_, question)| {
            let id = &question.item.head.id;
            let answer = answer(&question.item, stored.get(id)?, stored.get(format!("{id}.other")))?;
            Some((id.clone(), answer))
        })
        .collect()
}

fn answer(item: &Item, value: &Value, other: Option<&Value>) -> Option<Answer> {
    let text = |value: &Value| value.as_str().map(str::to_string);
    let texts = |value: &Value| value.as_array().map(|values| values.iter().filter_map(text).collect());
    Some(match item.scale() {
        Scale::None => return None,
        Scale::Flag => value.as_bool().filter(|given| *given).map(|_| Answer::Given)?,
        Scale::Nominal(_) | Scale::Ordinal(_) => Answer::Choice { option: text(value)?, other: other.and_then(text) },
        Scale::Multiple(_) => {
            let beside = other.and_then(Value::as_object);
            let other =
                beside.into_iter().flatten().filter_map(|(id, written)| Some((id.clone(), text(written)?))).collect();
            Answer::Choices { options: texts(value)?, other }
        }
        Scale::Ratings { .. } => {
            let ratings = value.as_object()?.iter().filter_map(|(row, step)| Some((row.clone(), text(step)?)));
            Answer::Ratings(ratings.collect())
        }
        Scale::Ranking { .. } => Answer::Ranking(texts(value)?),
        Scale::Allocation { .. } => {
            let points = value
                .as_object()?
                .iter()
                .filter_map(|(row, given)| Some((row.clone(), u32::try_from(given.as_u64()?).ok()?)));
            Answer::Points(points.collect())
        }
        Scale::Interval => Answer::Number(text(value)?),
        Scale::Day => Answer::Date(text(value)?),
        Scale::FreeText { .. } => Answer::Text(text(value)?),
    })
}
