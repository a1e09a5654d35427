//! The codebook: one variable a column of the export, with its level of measurement and what its codes mean.

use crate::item::options::{Choice, ItemRow, Other};
use crate::item::{Answer, Item, Scale, VOTES};
use crate::vocabulary::Words;

use super::rule::ValueType;
use super::{Survey, plain};

mod cells;

pub use cells::{Cells, read_list};

/// One column of the export.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The column's name: the item's id, followed by a dot and an option's or a row's id where the item has several columns.
    pub name: String,
    /// The item it belongs to, or the calculated value.
    pub item: String,
    /// The question, with the option's or row's label, without Markdown.
    pub label: String,
    /// The part of the label that is not the question: the option's or row's label, the number of an entry and its field.
    pub detail: Option<String>,
    /// Level of measurement: `flag`, `nominal`, `ordinal`, `multiple`, `ranking`, `allocation`, `interval`, `day`, `text`.
    pub scale: &'static str,
    /// Codes and what they mean; empty where any value can stand.
    pub codes: Vec<Code>,
    /// Where its values come from.
    pub source: Source,
    part: Part,
}

/// A code and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What stands in the cell.
    pub code: String,
    /// What it means, without Markdown.
    pub meaning: String,
    /// Its place on an ordinal scale.
    pub value: Option<i32>,
    /// True for “don't know” and “not applicable”: chosen, and no answer to the question.
    pub missing: bool,
}

/// Where the values of a variable come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The answer to the item.
    Answer,
    /// The order in which the item's options or rows were presented.
    Presented,
    /// What was calculated from answers.
    Calculated,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Whole,
    Other,
    Option(String),
    OptionText(String),
    Row(String),
    Count,
    /// The number of an entry from 0, the field, and the part of its answer.
    Entry(usize, String, Box<Part>),
    Given,
}

/// How the column ends that holds the order in which options or rows were presented.
pub const PRESENTED: &str = "presented";

/// The columns before the answers: name, what it holds, level of measurement.
pub const ABOUT_THE_RESPONSE: [(&str, &str, &str); 5] = [
    ("response", "Random id of the response", "text"),
    (
        "mode",
        "How the response came in: open_link, invitation, passphrase, email_domain, imported, simulated or unfinished",
        "nominal",
    ),
    ("version", "Version of the survey that was answered: the one it was finished on", "nominal"),
    ("started_version", "Version of the survey that the response was begun on", "nominal"),
    ("submitted_on", "Day on which the response was sent", "day"),
];

/// Why a cell has no value, with the code that stands in its place.
pub const MISSING: [(&str, &str); 3] = [
    ("NA:skipped", "Saw the question and left it"),
    ("NA:not_shown", "Was routed past the question"),
    ("NA:not_reached", "Stopped before the question"),
];

/// Every column, in the order of the survey; what is calculated from answers comes last.
pub fn variables(survey: &Survey) -> Vec<Variable> {
    let mut all = Vec::new();
    for question in survey.answered_questions() {
        let item = &question.item;
        columns(item, &mut all);
        if item.head.order.differs() {
            all.push(Variable {
                name: format!("{}.{PRESENTED}", item.head.id),
                item: item.head.id.clone(),
                label: format!("{}: order presented", plain(&item.head.text)),
                detail: Some("order presented".to_string()),
                scale: "text",
                codes: Vec::new(),
                source: Source::Presented,
                part: Part::Whole,
            });
        }
    }
    for calculated in &survey.calculated {
        let (scale, codes) = match calculated.kind {
            ValueType::Number => ("interval", Vec::new()),
            ValueType::Condition => ("flag", vec![coded("1", "True"), coded("0", "False")]),
            ValueType::Date => ("day", Vec::new()),
            ValueType::Text => ("text", Vec::new()),
        };
        all.push(Variable {
            name: calculated.id.clone(),
            item: calculated.id.clone(),
            label: plain(&calculated.label),
            detail: None,
            scale,
            codes,
            source: Source::Calculated,
            part: Part::Whole,
        });
    }
    all
}

/// Adds the columns of one item.
fn columns(item: &Item, all: &mut Vec<Variable>) {
    let head = &item.head;
    let question = plain(&head.text);
    let mut add = |suffix: Option<&str>, detail: Option<&str>, scale, codes, part| {
        let detail = detail.map(plain);
        all.push(Variable {
            name: suffix.map_or_else(|| head.id.clone(), |suffix| format!("{}.{suffix}", head.id)),
            item: head.id.clone(),
            label: detail.as_ref().map_or_else(|| question.clone(), |detail| format!("{question}: {detail}")),
            detail,
            scale,
            codes,
            source: Source::Answer,
            part,
        });
    };
    let option_codes = |options: &[Choice]| options.iter().map(of_option).collect();
    let yes_no = || vec![coded("1", "Chosen"), coded("0", "Not chosen")];
    let in_words = Some("in their own words");
    match item.scale() {
        Scale::None => {}
        Scale::Flag => add(None, None, "flag", vec![coded("1", "Ticked")], Part::Whole),
        scale @ (Scale::Nominal(options) | Scale::Ordinal(options)) => {
            let name = if matches!(scale, Scale::Ordinal(_)) { "ordinal" } else { "nominal" };
            add(None, None, name, option_codes(options), Part::Whole);
            if options.iter().any(|option| option.other != Other::None) {
                add(Some("other"), in_words, "text", Vec::new(), Part::Other);
            }
        }
        Scale::Multiple(options) => {
            for option in options {
                let id = &option.id;
                add(Some(id), Some(&option.label), "multiple", yes_no(), Part::Option(id.clone()));
                if option.other != Other::None {
                    add(Some(&format!("{id}.other")), in_words, "text", Vec::new(), Part::OptionText(id.clone()));
                }
            }
        }
        Scale::Ratings { rows, steps } => {
            each_row(rows, |row| {
                add(Some(&row.id), Some(&row.label), "ordinal", option_codes(steps), Part::Row(row.id.clone()));
            });
        }
        Scale::Ranking { rows, places } => {
            let codes: Vec<_> = (1..=places.min(rows.len()))
                .map(|place| coded(&place.to_string(), &format!("Place {place}")))
                .collect();
            each_row(rows, |row| {
                add(Some(&row.id), Some(&row.label), "ranking", codes.clone(), Part::Row(row.id.clone()));
            });
        }
        Scale::Allocation { rows, .. } => {
            each_row(rows, |row| {
                add(Some(&row.id), Some(&row.label), "allocation", Vec::new(), Part::Row(row.id.clone()));
            });
        }
        Scale::Interval => add(None, None, "interval", Vec::new(), Part::Whole),
        Scale::Day => add(None, None, "day", Vec::new(), Part::Whole),
        Scale::FreeText { .. } => add(None, None, "text", Vec::new(), Part::Whole),
        Scale::Entries { fields, max, .. } => {
            add(Some("count"), Some("number of entries"), "interval", Vec::new(), Part::Count);
            entries(item, fields, max as usize, all);
        }
        Scale::Ideas { seeds, max } => {
            if max > 0 {
                add(Some("given"), Some("number of ideas given"), "interval", Vec::new(), Part::Given);
            }
            let labels = Words::of("en").form.votes;
            let votes: Vec<_> = VOTES.iter().zip(labels).map(|(id, label)| coded(id, label)).collect();
            each_row(seeds, |seed| {
                let suffix = format!("vote.{}", seed.id);
                add(Some(&suffix), Some(&seed.label), "nominal", votes.clone(), Part::Row(seed.id.clone()));
            });
        }
    }
}

fn coded(code: &str, meaning: &str) -> Code {
    Code { code: code.to_string(), meaning: meaning.to_string(), value: None, missing: false }
}

fn of_option(option: &Choice) -> Code {
    Code { code: option.id.clone(), meaning: plain(&option.label), value: option.value, missing: option.missing }
}

fn each_row(rows: &[ItemRow], mut with: impl FnMut(&ItemRow)) {
    rows.iter().for_each(&mut with);
}

/// Adds the columns of a repeat's entries: `ID.1.FIELD`, `ID.2.FIELD` and so on.
fn entries(item: &Item, fields: &[Item], max: usize, all: &mut Vec<Variable>) {
    let question = plain(&item.head.text);
    for number in 0..max {
        for field in fields {
            let mut inner = Vec::new();
            columns(field, &mut inner);
            all.extend(inner.into_iter().map(|variable| Variable {
                name: format!("{}.{}.{}", item.head.id, number + 1, variable.name),
                item: item.head.id.clone(),
                label: format!("{question} ({}): {}", number + 1, variable.label),
                detail: Some(format!("{}: {}", number + 1, variable.label)),
                part: Part::Entry(number, field.head.id.clone(), Box::new(variable.part)),
                ..variable
            }));
        }
    }
}

impl Part {
    fn option(&self) -> Option<&str> {
        match self {
            Self::Option(id) | Self::OptionText(id) => Some(id),
            Self::Entry(_, _, part) => part.option(),
            _ => None,
        }
    }
}

impl Variable {
    /// The cell for an answer; `None` if this part of the answer was not given.
    pub fn cell(&self, answer: &Answer) -> Option<String> {
        cell(&self.part, answer)
    }

    /// The field of a repeat that it belongs to, by its id.
    pub fn field(&self) -> Option<&str> {
        if let Part::Entry(_, field, _) = &self.part { Some(field) } else { None }
    }

    /// The option that it is about, by its id, where an item has a column for each.
    pub fn option(&self) -> Option<&str> {
        self.part.option()
    }

    /// True if both are about the same part of an answer.
    pub(super) fn is_same_part(&self, other: &Self) -> bool {
        (self.source, &self.part) == (other.source, &other.part)
    }

    /// The codes that say why there is no answer.
    pub fn reasons(&self) -> &'static [(&'static str, &'static str)] {
        if self.source == Source::Calculated { &[] } else { &MISSING }
    }

    /// What an empty cell means; `None` if no cell can be empty.
    pub fn empty(&self) -> Option<&'static str> {
        match (self.source, &self.part) {
            (Source::Calculated, _) => Some("No value: something that it is computed from was not answered"),
            (Source::Presented, _) | (_, Part::Whole | Part::Option(_) | Part::Count) => None,
            (_, Part::Row(_)) if self.scale == "allocation" => None,
            _ => Some("Part of an answer that was not given"),
        }
    }

    /// True for columns of free text, which an export guards against formulas.
    pub fn is_text(&self) -> bool {
        self.scale == "text"
    }
}

fn cell(part: &Part, answer: &Answer) -> Option<String> {
    match (answer, part) {
        (Answer::Given, Part::Whole) => Some("1".to_string()),
        (Answer::Choice { option, .. }, Part::Whole) => Some(option.clone()),
        (Answer::Choice { other, .. }, Part::Other) => other.clone(),
        (Answer::Choices { options, .. }, Part::Option(id)) => {
            Some(if options.contains(id) { "1" } else { "0" }.to_string())
        }
        (Answer::Choices { other, .. }, Part::OptionText(id)) => other.get(id).cloned(),
        (Answer::Text(text) | Answer::Number(text) | Answer::Date(text), Part::Whole) => Some(text.clone()),
        (Answer::Ratings(ratings), Part::Row(row)) => ratings.get(row).cloned(),
        (Answer::Ranking(order), Part::Row(row)) => {
            order.iter().position(|id| id == row).map(|place| (place + 1).to_string())
        }
        (Answer::Points(points), Part::Row(row)) => Some(points.get(row).copied().unwrap_or(0).to_string()),
        (Answer::Entries(entries), Part::Count) => Some(entries.len().to_string()),
        (Answer::Entries(entries), Part::Entry(number, field, part)) => cell(part, entries.get(*number)?.get(field)?),
        (Answer::Ideas { own, .. }, Part::Given) => Some(own.to_string()),
        (Answer::Ideas { votes, .. }, Part::Row(seed)) => votes.get(seed).cloned(),
        _ => None,
    }
}
