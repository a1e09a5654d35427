//! `mentions.csv`: which interventions people write about without being asked, by theme; not votes.

use std::io::Write;

use super::csv::guarded;
use crate::analysis::mentions::{ALL, OTHER};
use crate::analysis::report::{MentionCounts, QuestionThemes, Report};

/// What the columns are called.
const COLUMNS: [&str; 11] = [
    "question",
    "question_label",
    "intervention",
    "intervention_label",
    "theme",
    "theme_label",
    "withheld",
    "people",
    "people_for",
    "people_against",
    "people_unclear",
];

/// Writes a row for each question, intervention that is mentioned, and theme, and one for all answers; counts that are
/// withheld are empty.
pub fn write(report: &Report, out: impl Write) -> Result<(), ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(out);
    out.write_record(COLUMNS)?;
    for question in &report.themes {
        for one in &question.interventions {
            for cell in std::iter::once(&one.all).chain(&one.themes) {
                let about = [&question.question, &question.label, &one.intervention, &one.label, &cell.theme];
                for text in about {
                    out.write_field(guarded(text.clone()))?;
                }
                out.write_field(guarded(label(question, cell)))?;
                out.write_field(if cell.suppressed { "1" } else { "0" })?;
                for count in [cell.people, cell.people_for, cell.people_against, cell.people_unclear] {
                    out.write_field(count.map(|count| count.to_string()).unwrap_or_default())?;
                }
                out.write_record(None::<&[u8]>)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn label(question: &QuestionThemes, cell: &MentionCounts) -> String {
    match cell.theme.as_str() {
        ALL => "All answers".to_string(),
        OTHER => "In no theme".to_string(),
        id => question.themes.iter().find(|theme| theme.id == id).map(|theme| theme.label.clone()).unwrap_or_default(),
    }
}
