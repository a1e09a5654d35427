//! `responses.csv`: UTF-8, RFC 4180, one row a response and one column a variable of the codebook.

use std::io::Write;

use super::codebook::ABOUT_THE_RESPONSE;
use super::columns::Columns;
use crate::definition::codebook::{MISSING, Source};
pub use crate::exchange::cell::guarded;
use crate::response::{Gap, Record};

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

/// Says what the header and each row hold, so that rows can be made side by side.
pub struct ResponsesCsv<'a> {
    columns: Columns<'a>,
}

impl<'a> ResponsesCsv<'a> {
    /// A file with these columns.
    pub fn new(columns: Columns<'a>) -> Self {
        Self { columns }
    }

    /// Writes the header.
    pub fn header(&self, out: &mut ::csv::Writer<impl Write>) -> Result<(), ::csv::Error> {
        let about = ABOUT_THE_RESPONSE.into_iter().map(|(name, ..)| name);
        out.write_record(about.chain(self.columns.all().iter().map(|column| column.variable.name.as_str())))
    }

    /// Writes one response, read by the version that it answered.
    pub fn row(
        &self,
        out: &mut ::csv::Writer<impl Write>,
        head: &RowHead<'_>,
        record: &Record,
    ) -> Result<(), ::csv::Error> {
        let (version, started) = (head.version.to_string(), head.started_version.to_string());
        for about in [head.id, head.mode, &version, &started, head.submitted_on] {
            out.write_field(about)?;
        }
        let answers = self.columns.of(head.version).into_iter().map(|variable| {
            // What the version answered did not have was not shown.
            let Some(variable) = variable else { return gap_code(Gap::NotShown).to_string() };
            let cell = match variable.source {
                Source::Answer => record.answers.get(&variable.item).and_then(|answer| variable.cell(answer)),
                Source::Presented => record.presented.get(&variable.item).map(|order| order.join(" ")),
                Source::Calculated => return record.calculated.get(&variable.item).cloned().unwrap_or_default(),
            };
            // A field that was not shown has a gap of its own.
            let of_field = variable.field().map(|field| format!("{}.{field}", variable.item));
            let field_gap = of_field.and_then(|field| record.gaps.get(&field));
            match cell {
                Some(cell) if variable.is_text() => guarded(cell),
                Some(cell) => cell,
                // Part of an answer that was given: a row left unrated, a place not taken, no text beside "other".
                None if let Some(gap) = field_gap => gap_code(*gap).to_string(),
                None if record.answers.contains_key(&variable.item) => String::new(),
                None => gap_code(record.gaps.get(&variable.item).copied().unwrap_or(Gap::NotShown)).to_string(),
            }
        });
        for answer in answers {
            out.write_field(answer)?;
        }
        out.write_record(None::<&[u8]>)
    }
}

fn gap_code(gap: Gap) -> &'static str {
    let [skipped, not_shown, not_reached] = MISSING.map(|(code, _)| code);
    match gap {
        Gap::Skipped => skipped,
        Gap::NotShown | Gap::LeftOut => not_shown,
        Gap::NotReached => not_reached,
    }
}
