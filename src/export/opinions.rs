//! `opinions.csv`: how each opinion group voted on each statement.

use std::io::Write;

use super::csv::guarded;
use crate::analysis::report::Report;

/// What the columns are called.
const COLUMNS: [&str; 13] = [
    "question",
    "statement",
    "label",
    "group",
    "withheld",
    "agree",
    "disagree",
    "pass",
    "agree_share",
    "disagree_share",
    "consensus",
    "consensus_against",
    "p",
];

/// Writes a row for each statement and group, in their order; figures that are withheld are empty. The last three columns
/// are those of the statement.
pub fn write(report: &Report, out: impl Write) -> Result<(), ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(out);
    out.write_record(COLUMNS)?;
    if let Some(opinions) = &report.opinions {
        for statement in &opinions.statements {
            for (group, votes) in opinions.groups.iter().zip(&statement.groups) {
                for text in [&statement.question, &statement.id, &statement.label, &group.id] {
                    out.write_field(guarded(text.clone()))?;
                }
                out.write_field(if votes.is_none() { "1" } else { "0" })?;
                let votes = votes.as_ref();
                let counts = [votes.map(|of| of.agree), votes.map(|of| of.disagree), votes.map(|of| of.pass)];
                for count in counts {
                    out.write_field(count.map(|count| count.to_string()).unwrap_or_default())?;
                }
                let shares = [votes.map(|of| of.agree_share), votes.map(|of| of.disagree_share)];
                let of_statement = [statement.consensus, statement.consensus_against, statement.p];
                for number in shares.into_iter().chain(of_statement) {
                    out.write_field(number.map(|number| number.to_string()).unwrap_or_default())?;
                }
                out.write_record(None::<&[u8]>)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
