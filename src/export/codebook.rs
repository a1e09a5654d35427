//! `codebook.csv`: one row a variable and code: name, question, level of measurement, code and what it means.

use std::io::Write;

use super::columns::Columns;
use super::csv::guarded;
use crate::definition::codebook::MISSING;

/// Writes the codebook of these columns.
pub fn write<W: Write>(columns: &Columns, out: W) -> Result<(), ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(out);
    out.write_record(["variable", "label", "scale", "code", "meaning"])?;
    let head = [
        ("response", "Random id of the response", "text"),
        ("mode", "How the response came in: open_link, imported, simulated or unfinished", "nominal"),
        ("version", "Version of the survey that was answered: the one it was finished on", "nominal"),
        ("started_version", "Version of the survey that the response was begun on", "nominal"),
        ("submitted_on", "Day on which the response was sent", "day"),
    ];
    for (name, label, scale) in head {
        out.write_record([name, label, scale, "", ""])?;
    }
    for variable in columns.meanings() {
        let label = guarded(variable.label.clone());
        if variable.codes.is_empty() {
            out.write_record([&variable.name, &label, variable.scale, "", ""])?;
        }
        for (code, meaning) in &variable.codes {
            out.write_record([&variable.name, &label, variable.scale, code, &guarded(meaning.clone())])?;
        }
        for (code, meaning) in MISSING {
            out.write_record([&variable.name, &label, variable.scale, code, meaning])?;
        }
    }
    out.flush()?;
    Ok(())
}
