//! Answers as they are stored: one JSON object by item id, and beside it why the others are missing.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::definition::{Storage, Survey};
use crate::item::{Answer, Item, Scale};

use super::draft::Draft;
use super::part::Screen;
use super::present::order_presented;
use crate::definition::rule::Value as Calculated;

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
    /// Answered in a version where it meant something else. Only the analysis says so: it is never stored.
    LeftOut,
}

impl Gap {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::NotShown => "not_shown",
            Self::NotReached => "not_reached",
            Self::LeftOut => "left_out",
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
    /// Gaps by item id, and by `REPEAT.FIELD` for fields that were not shown.
    pub gaps: BTreeMap<String, Gap>,
    /// The order in which options or rows were presented, by item id, for items that not everyone sees in one order.
    pub presented: BTreeMap<String, Vec<String>>,
    /// What was calculated from the answers, by id: numbers and texts as they are, days as `YYYY-MM-DD`, 1 and 0.
    pub calculated: BTreeMap<String, String>,
    /// What the person answered in earlier rounds to what comes back in each, by the number of the round: as it was stored,
    /// for a later version may ask something else. See [`Record::in_round`].
    pub earlier: BTreeMap<u32, Value>,
}

impl Record {
    /// Splits a finished draft into the record and the contact details, which are kept apart.
    /// Answers to hidden items and fields are left out.
    pub fn finish(survey: &Survey, draft: &Draft) -> (Self, Map<String, Value>) {
        let record = Self::of(survey, draft, |_| Gap::Skipped);
        let route = draft.route(survey);
        let kept_apart = survey.questions().filter(|(page, _)| page.store == Storage::Contact);
        let mut contact = Map::new();
        for (_, question) in kept_apart {
            let id = &question.item.head.id;
            if let Some(answer) = route.answer(id) {
                contact.extend(to_json(&BTreeMap::from([(id.clone(), answer.clone())])));
            }
        }
        (record, contact)
    }

    /// The record of a draft that was not sent: what stands on pages that were not continued was not reached.
    /// `None` if nothing was answered. Contact details are never part of it.
    pub fn unfinished(survey: &Survey, draft: &Draft) -> Option<Self> {
        let gap = |at: &Screen| if draft.done.contains(&at.key()) { Gap::Skipped } else { Gap::NotReached };
        Some(Self::of(survey, draft, gap)).filter(|record| !record.answers.is_empty())
    }

    fn of(survey: &Survey, draft: &Draft, gap_on: impl Fn(&Screen) -> Gap) -> Self {
        let route = draft.route(survey);
        let mut record = Self { earlier: draft.earlier.clone(), ..Self::default() };
        for (page, question) in survey.questions().filter(|(page, _)| page.store == Storage::Response) {
            let id = &question.item.head.id;
            match route.answer(id) {
                Some(answer) => {
                    record.answers.insert(id.clone(), answer.clone());
                }
                None if question.item.scale() == Scale::None => {}
                None => {
                    // Of a grid in parts, none of whose rows is answered, the first part says whether it was reached.
                    let at = route.stop(&page.id).and_then(|stop| stop.parts.iter().find(|part| part.asks_item(id)));
                    record.gaps.insert(id.clone(), at.map_or(Gap::NotShown, |part| gap_on(&part.screen())));
                }
            }
        }
        for shown in route.stops.iter().flat_map(|stop| &stop.questions) {
            let id = &shown.question.item.head.id;
            if let Some(order) = order_presented(shown, &draft.seed) {
                record.presented.insert(id.clone(), order);
            }
            record.gaps.extend(shown.withheld_fields().map(|field| (format!("{id}.{field}"), Gap::NotShown)));
        }
        for (id, value) in &route.calculated {
            let written = match value {
                Calculated::Number(number) => number.to_string(),
                Calculated::Text(text) => text.clone(),
                Calculated::Bool(holds) => i32::from(*holds).to_string(),
                Calculated::Unanswered | Calculated::List(_) => continue,
            };
            record.calculated.insert((*id).to_string(), written);
        }
        record
    }

    /// True if the person was routed past this item.
    pub fn was_not_shown(&self, item: &str) -> bool {
        self.gaps.get(item) == Some(&Gap::NotShown)
    }

    /// The record as it is stored: `{"answers": {…}, "missing": {"q4": "skipped"}}`, with `presented`, `calculated` and
    /// `earlier` where there is any.
    pub fn to_json(&self) -> Value {
        let missing: Map<String, Value> = self.gaps.iter().map(|(id, gap)| (id.clone(), json!(gap.name()))).collect();
        let mut stored = json!({ "answers": to_json(&self.answers), "missing": missing });
        if let Some(stored) = stored.as_object_mut() {
            if !self.presented.is_empty() {
                stored.insert("presented".to_string(), json!(self.presented));
            }
            if !self.calculated.is_empty() {
                stored.insert("calculated".to_string(), json!(self.calculated));
            }
            if !self.earlier.is_empty() {
                stored.insert("earlier".to_string(), json!(self.earlier));
            }
        }
        stored
    }

    /// Reads a stored record. What does not fit the survey is left out.
    pub fn from_json(survey: &Survey, stored: &Value) -> Self {
        let missing = stored.get("missing").and_then(Value::as_object);
        let gaps = missing.into_iter().flatten().filter_map(|(id, gap)| Some((id.clone(), Gap::named(gap.as_str()?)?)));
        Self {
            answers: stored.get("answers").map(|answers| from_json(survey, answers)).unwrap_or_default(),
            gaps: gaps.collect(),
            presented: part(stored, "presented"),
            calculated: part(stored, "calculated"),
            earlier: part(stored, "earlier"),
        }
    }

    /// What the person answered in an earlier round, read by the survey of that round or a later one.
    pub fn in_round(&self, survey: &Survey, round: u32) -> Option<Answers> {
        self.earlier.get(&round).map(|stored| from_json(survey, stored))
    }

    /// The answers to what comes back in every round, as they are kept for the next.
    pub(super) fn carried(&self, survey: &Survey) -> Value {
        let mut carried = self.answers.clone();
        carried.retain(|id, _| survey.round.as_ref().is_some_and(|round| round.questions.contains(id)));
        Value::Object(to_json(&carried))
    }
}

fn part<T: serde::de::DeserializeOwned + Default>(stored: &Value, key: &str) -> T {
    stored.get(key).and_then(|part| serde_json::from_value(part.clone()).ok()).unwrap_or_default()
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
            Answer::Entries(entries) => json!(entries.iter().map(to_json).collect::<Vec<_>>()),
            Answer::Ideas { own, votes } => json!({ "own": own, "votes": votes }),
        };
        object.insert(id.clone(), value);
    }
    object
}

/// Reads stored answers by the scale of each item.
pub(super) fn from_json(survey: &Survey, stored: &Value) -> Answers {
    answers_of(survey.questions().map(|(_, question)| &question.item), stored)
}

fn answers_of<'a>(items: impl Iterator<Item = &'a Item>, stored: &Value) -> Answers {
    let read = items.filter_map(|item| {
        let id = &item.head.id;
        Some((id.clone(), answer(item, stored.get(id)?, stored.get(format!("{id}.other")))?))
    });
    read.collect()
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
        Scale::Entries { fields, .. } => {
            Answer::Entries(value.as_array()?.iter().map(|entry| answers_of(fields.iter(), entry)).collect())
        }
        Scale::Ideas { .. } => Answer::Ideas { own: part(value, "own"), votes: part(value, "votes") },
    })
}
