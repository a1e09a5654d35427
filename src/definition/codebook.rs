//! The codebook: one variable a column of the export, with its level of measurement and what its codes mean.

use crate::item::options::{Choice, Other};
use crate::item::{Answer, Scale};

use super::Survey;

/// One column of the export.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The column's name: the item's id, followed by a dot and an option's or a row's id where the item has several columns.
    pub name: String,
    /// The item it belongs to.
    pub item: String,
    /// The question, with the option's or row's label.
    pub label: String,
    /// Level of measurement: `flag`, `nominal`, `ordinal`, `multiple`, `ranking`, `allocation`, `interval`, `day`, `text`.
    pub scale: &'static str,
    /// Codes and what they mean; empty where any value can stand.
    pub codes: Vec<(String, String)>,
    part: Part,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Whole,
    Other,
    Option(String),
    OptionText(String),
    Row(String),
}

/// Why a cell has no value, with the code that stands in its place.
pub const MISSING: [(&str, &str); 3] = [
    ("NA:skipped", "Saw the question and left it"),
    ("NA:not_shown", "Was routed past the question"),
    ("NA:not_reached", "Stopped before the question"),
];

/// Every column, in the order of the survey.
pub fn variables(survey: &Survey) -> Vec<Variable> {
    let mut all = Vec::new();
    for question in survey.answered_questions() {
        let head = &question.item.head;
        let mut add = |suffix: Option<&str>, label: Option<&str>, scale, codes, part| {
            all.push(Variable {
                name: suffix.map_or_else(|| head.id.clone(), |suffix| format!("{}.{suffix}", head.id)),
                item: head.id.clone(),
                label: label.map_or_else(|| head.text.clone(), |label| format!("{}: {label}", head.text)),
                scale,
                codes,
                part,
            });
        };
        let option_codes =
            |options: &[Choice]| options.iter().map(|option| (option.id.clone(), option.label.clone())).collect();
        let yes_no = || vec![("1".to_string(), "Chosen".to_string()), ("0".to_string(), "Not chosen".to_string())];
        match question.item.scale() {
            Scale::None => {}
            Scale::Flag => add(None, None, "flag", vec![("1".into(), "Ticked".into())], Part::Whole),
            scale @ (Scale::Nominal(options) | Scale::Ordinal(options)) => {
                let name = if matches!(scale, Scale::Ordinal(_)) { "ordinal" } else { "nominal" };
                add(None, None, name, option_codes(options), Part::Whole);
                if options.iter().any(|option| option.other != Other::None) {
                    add(Some("other"), Some("in their own words"), "text", Vec::new(), Part::Other);
                }
            }
            Scale::Multiple(options) => {
                for option in options {
                    add(Some(&option.id), Some(&option.label), "multiple", yes_no(), Part::Option(option.id.clone()));
                    if option.other != Other::None {
                        add(
                            Some(&format!("{}.other", option.id)),
                            Some("in their own words"),
                            "text",
                            Vec::new(),
                            Part::OptionText(option.id.clone()),
                        );
                    }
                }
            }
            Scale::Ratings { rows, steps } => {
                for row in rows {
                    add(Some(&row.id), Some(&row.label), "ordinal", option_codes(steps), Part::Row(row.id.clone()));
                }
            }
            Scale::Ranking { rows, places } => {
                let codes: Vec<_> = (1..=places).map(|place| (place.to_string(), format!("Place {place}"))).collect();
                for row in rows {
                    add(Some(&row.id), Some(&row.label), "ranking", codes.clone(), Part::Row(row.id.clone()));
                }
            }
            Scale::Allocation { rows, .. } => {
                for row in rows {
                    add(Some(&row.id), Some(&row.label), "allocation", Vec::new(), Part::Row(row.id.clone()));
                }
            }
            Scale::Interval => add(None, None, "interval", Vec::new(), Part::Whole),
            Scale::Day => add(None, None, "day", Vec::new(), Part::Whole),
            Scale::FreeText { .. } => add(None, None, "text", Vec::new(), Part::Whole),
        }
    }
    all
}

impl Variable {
    /// The cell for an answer; `None` if this part of the answer was not given.
    pub fn cell(&self, answer: &Answer) -> Option<String> {
        match (answer, &self.part) {
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
            _ => None,
        }
    }

    /// True for columns of free text, which an export guards against formulas.
    pub fn is_text(&self) -> bool {
        self.scale == "text"
    }
}
