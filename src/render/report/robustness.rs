//! How steady each verdict is: a sentence each, and one table of interventions by readings.

use serde::Serialize;

use super::Words;
use super::table::{Cell, Column, Table, shows, shows_of, words};
use super::why;
use crate::analysis::figures;
use crate::analysis::report::Report;
use crate::analysis::robustness::in_words;
use crate::analysis::robustness::report::{Reading, Robustness};
use crate::render::words::WITHHELD;

/// Most readings that stand side by side: more do not fit on paper.
const SIDE_BY_SIDE: usize = 10;

/// Who is counted.
const BASE: &str = "under each reading those who gave an answer that counts, but those it leaves out";

/// The section.
#[derive(Serialize)]
pub(super) struct RobustnessView {
    text: String,
    /// Interventions whose verdict turns under some reading.
    turning: Vec<String>,
    /// Those whose verdict holds under all.
    holding: Vec<String>,
    /// Readings under which no verdict turns.
    quiet: Option<String>,
    withheld: Option<String>,
    tables: Vec<Table>,
}

impl RobustnessView {
    /// The section; none where nothing is judged.
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Option<Self> {
        let found = report.robustness.as_ref()?;
        let told = |holds: bool| {
            let those = found.interventions.iter().filter(|one| (one.same == one.judged) == holds);
            those.map(|one| one.text.clone()).collect()
        };
        let named = |those: &[&Reading]| those.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join("; ");
        let (withheld, there): (Vec<&Reading>, Vec<&Reading>) =
            found.readings.iter().partition(|one| one.withheld.is_some());
        let turns = |reading: &Reading| {
            found.interventions.iter().zip(&reading.verdicts).any(|(one, label)| label.as_ref() != Some(&one.verdict))
        };
        let (turning, quiet): (Vec<&Reading>, Vec<&Reading>) = there.into_iter().partition(|reading| turns(reading));
        let blocks = turning.chunks(SIDE_BY_SIDE);
        let parts = blocks.len();
        let tables = blocks.enumerate().map(|(part, block)| readings(found, block, (part, parts), text));
        Some(Self {
            text: found.text.clone(),
            turning: told(false),
            holding: told(true),
            quiet: (!quiet.is_empty()).then(|| format!("No verdict turns with: {}.", named(&quiet))),
            withheld: (!withheld.is_empty()).then(|| {
                format!(
                    "Withheld, because they differ from all answers by too few people, or rest on too few: {}.",
                    named(&withheld)
                )
            }),
            tables: tables.collect(),
        })
    }
}

/// Some of the readings under which a verdict turns, a column each: one of several parts.
fn readings(found: &Robustness, block: &[&Reading], (part, parts): (usize, usize), text: &Words<'_>) -> Table {
    let columns: Vec<Column> = [words("Intervention"), shows(&figures::BY_THE_RULE)]
        .into_iter()
        .chain(block.iter().map(|reading| shows_of(text.label(&reading.label), &figures::READING)))
        .collect();
    let rows = found.interventions.iter().enumerate().map(|(place, one)| {
        let own = [Cell::head(text.label(&one.label)), Cell::words(in_words(&one.verdict))];
        let others = block.iter().map(|reading| cell(reading, place, &one.verdict));
        own.into_iter().chain(others).collect()
    });
    let of = if parts > 1 { format!(", {} of {parts}", part + 1) } else { String::new() };
    let caption = text.caption(&format!("The verdict under each reading; “same” is that of the rule{of}"));
    let id = if part == 0 { "t-robustness".to_owned() } else { format!("t-robustness-{part}") };
    Table::new(id, caption, columns, rows.collect()).of(&[why::base(BASE)], text)
}

fn cell(reading: &Reading, place: usize, own: &str) -> Cell {
    match reading.verdicts.get(place).and_then(Option::as_deref) {
        None => Cell::figure(WITHHELD),
        Some(label) if label == own => Cell::figure("same"),
        Some(label) => Cell::two_lines(in_words(label), ""),
    }
}
