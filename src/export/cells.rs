//! What stands in the cells of a response, for every format: the fields of a file, and the cells of a row beside them.

use std::collections::BTreeSet;

use super::codebook::ABOUT_THE_RESPONSE;
use super::columns::Columns;
use crate::definition::codebook::{Code, MISSING, Source, Variable};
use crate::response::{Gap, Record};

/// A response to be written.
pub struct Row<'a> {
    /// What stands before the answers.
    pub head: RowHead<'a>,
    /// The answers, read by the version that was answered.
    pub record: Record,
}

/// What stands in a row before the answers.
pub struct RowHead<'a> {
    /// The response's random id.
    pub id: &'a str,
    /// The participation mode.
    pub mode: &'a str,
    /// The survey version that was answered: the one it was finished on.
    pub version: u32,
    /// The survey version that it was begun on.
    pub started_version: u32,
    /// The day it was sent, `YYYY-MM-DD`.
    pub submitted_on: &'a str,
}

/// What a field can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A whole number: ticks as 1 and 0, places, points, versions.
    Whole,
    /// A number, kept as it was written.
    Number,
    /// A day, `YYYY-MM-DD`.
    Day,
    /// One of the field's codes.
    Code,
    /// Any text; also a column that is measured otherwise in another version.
    Text,
}

/// One field of every row, in the order of `responses.csv`.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// The column's name.
    pub name: &'a str,
    /// What it asks, without Markdown.
    pub label: &'a str,
    /// Its level of measurement, as the codebook has it.
    pub scale: &'static str,
    /// What it can hold.
    pub kind: Type,
    /// Its codes with their meanings.
    pub codes: &'a [Code],
    /// The column; none for what is about the response itself.
    pub variable: Option<&'a Variable>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A code, a number or a day.
    Value(String),
    /// What someone wrote, or an order that someone saw.
    Text(String),
    /// Nothing, for a reason.
    Missing(Gap),
    /// Nothing: part of an answer that was not given, or a calculation without a value.
    Empty,
}

impl Cell {
    /// What stands in the cell, if it is a value or a text.
    pub fn written(&self) -> Option<&str> {
        match self {
            Self::Value(text) | Self::Text(text) => Some(text),
            Self::Missing(_) | Self::Empty => None,
        }
    }

    /// Why nothing stands there, in one word: `skipped`, `not_shown`, `not_reached`, or `empty`.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Value(_) | Self::Text(_) => None,
            Self::Missing(Gap::LeftOut) => Some(Gap::NotShown.name()),
            Self::Missing(gap) => Some(gap.name()),
            Self::Empty => Some("empty"),
        }
    }
}

/// The place of a gap in [`MISSING`].
pub fn reason_of(gap: Gap) -> usize {
    match gap {
        Gap::Skipped => 0,
        Gap::NotShown | Gap::LeftOut => 1,
        Gap::NotReached => 2,
    }
}

/// The code of a gap in a table, `NA:skipped` and so on.
pub fn gap_code(gap: Gap) -> &'static str {
    MISSING.get(reason_of(gap)).map_or("", |(code, _)| code)
}

/// Every field, those about the response first.
pub fn fields<'c>(columns: &'c Columns<'_>) -> Vec<Field<'c>> {
    let mut seen = BTreeSet::new();
    let all = columns.meanings().map(|meaning| meaning.variable.name.as_str());
    let mixed: BTreeSet<&str> = all.filter(|name| !seen.insert(*name)).collect();
    let about = ABOUT_THE_RESPONSE.into_iter().map(|(name, label, scale)| {
        let kind = match name {
            "version" | "started_version" => Type::Whole,
            "submitted_on" => Type::Day,
            _ => Type::Text,
        };
        Field { name, label, scale, kind, codes: &[], variable: None }
    });
    let answers = columns.all().iter().map(|column| {
        let variable = &column.variable;
        let kind = match variable.scale {
            _ if mixed.contains(variable.name.as_str()) => Type::Text,
            "flag" | "multiple" | "ranking" | "allocation" => Type::Whole,
            "interval" => Type::Number,
            "day" => Type::Day,
            "nominal" | "ordinal" => Type::Code,
            _ => Type::Text,
        };
        Field {
            name: &variable.name,
            label: &variable.label,
            scale: variable.scale,
            kind,
            codes: &variable.codes,
            variable: Some(variable),
        }
    });
    about.chain(answers).collect()
}

/// The cells of a response, one a field.
pub fn cells(columns: &Columns<'_>, row: &Row<'_>) -> Vec<Cell> {
    let Row { head, record } = row;
    let about = [head.id, head.mode, &head.version.to_string(), &head.started_version.to_string(), head.submitted_on];
    let about = about.map(|about| Cell::Value(about.to_string()));
    let answers = columns.of(head.version).into_iter().map(|variable| match variable {
        Some(variable) => cell(variable, record),
        // What the version answered did not have was not shown.
        None => Cell::Missing(Gap::NotShown),
    });
    about.into_iter().chain(answers).collect()
}

fn cell(variable: &Variable, record: &Record) -> Cell {
    let found = match variable.source {
        Source::Answer => record.answers.get(&variable.item).and_then(|answer| variable.cell(answer)),
        Source::Presented => record.presented.get(&variable.item).map(|order| order.join(" ")),
        Source::Calculated => match record.calculated.get(&variable.item).filter(|value| !value.is_empty()) {
            Some(value) => Some(value.clone()),
            None => return Cell::Empty,
        },
    };
    match found {
        Some(text) if variable.is_text() => Cell::Text(text),
        Some(value) => Cell::Value(value),
        None => {
            // A field that was not shown has a gap of its own.
            let of_field = variable.field().map(|field| format!("{}.{field}", variable.item));
            match of_field.and_then(|field| record.gaps.get(&field)) {
                Some(gap) => Cell::Missing(*gap),
                // Part of an answer that was given: a row left unrated, a place not taken, no text beside "other".
                None if record.answers.contains_key(&variable.item) => Cell::Empty,
                None => Cell::Missing(record.gaps.get(&variable.item).copied().unwrap_or(Gap::NotShown)),
            }
        }
    }
}

/// A written number, if it is one.
pub fn number(written: &str) -> Option<f64> {
    written.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The days from 1970-01-01 to a written day.
pub fn days_since_1970(written: &str) -> Option<i32> {
    let day: jiff::civil::Date = written.parse().ok()?;
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    epoch.until(day).ok().map(|span| span.get_days())
}

/// What the cells of a field take, found by reading all of them: for formats that must say so before the first row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extent {
    /// Bytes of the longest text.
    pub longest: usize,
    /// Most digits after the point.
    pub decimals: usize,
    /// The least number.
    pub least: Option<f64>,
    /// Cells that are not what the field's type says, which only a database changed by hand has.
    pub strangers: u64,
}

impl Extent {
    /// Takes note of a cell.
    pub fn take(&mut self, field: &Field<'_>, cell: &Cell) {
        let Some(written) = cell.written() else { return };
        self.longest = self.longest.max(written.len());
        let fits = match field.kind {
            Type::Text => true,
            Type::Code => field.codes.iter().any(|code| code.code == written),
            Type::Day => days_since_1970(written).is_some(),
            Type::Whole => written.parse::<i32>().is_ok(),
            Type::Number => {
                let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                self.decimals = self.decimals.max(decimals);
                let number = number(written);
                self.least = match (self.least, number) {
                    (Some(least), Some(number)) => Some(least.min(number)),
                    (least, number) => least.or(number),
                };
                number.is_some()
            }
        };
        self.strangers += u64::from(!fits);
    }

    /// Takes note of what was found in other rows.
    pub fn join(&mut self, other: &Self) {
        self.longest = self.longest.max(other.longest);
        self.decimals = self.decimals.max(other.decimals);
        self.least = match (self.least, other.least) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.strangers += other.strangers;
    }
}

/// The fields with those as text whose cells are not all what they should be.
pub fn settled<'a>(fields: &[Field<'a>], extents: &[Extent]) -> Vec<Field<'a>> {
    let settle = |(field, extent): (&Field<'a>, &Extent)| match extent.strangers {
        0 => *field,
        _ => Field { kind: Type::Text, ..*field },
    };
    fields.iter().zip(extents).map(settle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{Survey, parse};

    fn survey(question: &str) -> Survey {
        let text =
            format!(r#"{{"format": 1, "id": "s", "title": "S", "pages": [{{"id": "p", "questions": [{question}]}}]}}"#);
        parse(&text).survey.unwrap_or_else(|| panic!("{:?}", parse(&text).findings))
    }

    #[test]
    fn a_column_that_is_measured_otherwise_in_another_version_is_text() {
        let text = survey(r#"{"id": "age", "type": "text", "text": "Age?"}"#);
        let number = survey(r#"{"id": "age", "type": "number", "text": "Age?"}"#);
        let kind = |columns: &Columns<'_>| fields(columns).last().map(|field| field.kind);
        assert_eq!(kind(&Columns::new(&number, [])), Some(Type::Number));
        let both = Columns::new(&number, [(1, &text)]);
        assert_eq!(kind(&both), Some(Type::Text));
        let record = Record::from_json(&text, &serde_json::json!({"answers": {"age": "=40"}, "missing": {}}));
        let head = RowHead { id: "r", mode: "open_link", version: 1, started_version: 1, submitted_on: "2026-11-23" };
        assert_eq!(cells(&both, &Row { head, record }).last(), Some(&Cell::Text("=40".to_string())));
    }

    #[test]
    fn what_does_not_fit_makes_its_field_text() {
        let survey = survey(r#"{"id": "age", "type": "number", "text": "Age?"}"#);
        let columns = Columns::new(&survey, []);
        let all = fields(&columns);
        let extent = |written: &[&str]| {
            let mut extents = vec![Extent::default(); all.len()];
            for written in written {
                let mut one = Extent::default();
                one.take(&all[5], &Cell::Value((*written).to_string()));
                extents[5].join(&one);
            }
            extents
        };
        let fitting = extent(&["12.50", "-3"]);
        assert_eq!((fitting[5].least, fitting[5].decimals, fitting[5].longest), (Some(-3.0), 2, 5));
        assert_eq!(settled(&all, &fitting)[5].kind, Type::Number);
        assert_eq!(settled(&all, &extent(&["1", "about 5"]))[5].kind, Type::Text);
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(["1970-01-01", "1969-12-31", "2000-03-01"].map(days_since_1970), [Some(0), Some(-1), Some(11_017)]);
        assert_eq!(days_since_1970("soon"), None);
    }
}
