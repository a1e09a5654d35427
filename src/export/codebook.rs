//! `codebook.csv`: one row a variable and code: name, question, level of measurement, code and what it means.

use std::io::Write;

use super::csv::guarded;
use crate::definition::Survey;
use crate::definition::codebook::{MISSING, variables};

/// Writes the codebook of a survey.
pub fn write<W: Write>(survey: &Survey, out: W) -> Result<(), ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(out);
    out.write_record(["variable", "label", "scale", "code", "meaning"])?;
    let head = [
        ("response", "Random id of the response", "text"),
        ("mode", "How the response came in: open_link, imported, simulated or unfinished", "nominal"),
        ("version", "Version of the survey that was answered", "nominal"),
        ("submitted_on", "Day on which the response was sent", "day"),
    ];
    for (name, label, scale) in head {
        out.write_record([name, label, scale, "", ""])?;
    }
    for variable in variables(survey) {
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
