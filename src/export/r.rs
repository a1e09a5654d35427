//! `responses.R`: a script that reads `responses.csv` into data frames with factors, labels and the reasons for missing
//! values, in R without packages.

use std::io::{self, Write};

use super::cells::{Field, Type};
use crate::definition::codebook::MISSING;

/// What the script does before and after it names the columns.
const HEAD: &str = r#"# Base R alone is needed. Run this in the folder of responses.csv, or set `folder` before.
#
# responses  one row a response, with the names of responses.csv. Codes are factors whose levels are the codes, in the
#            order of the questionnaire; attribute "label" is the question, "labels" names the codes by what they mean,
#            and "no_answer" tells the codes that are no answer, such as "don't know". Numbers are numeric, days Date.
# missing    the same columns: why a cell has no value, NA where it has one.
# labelled() gives a column of codes as a factor of what the codes mean.

folder <- if (exists("folder", inherits = FALSE)) folder else "."
cells <- read.csv(file.path(folder, "responses.csv"), colClasses = "character", check.names = FALSE,
                  na.strings = character(0), encoding = "UTF-8", fill = FALSE, comment.char = "")
responses <- missing <- data.frame(row.names = seq_len(nrow(cells)))

column <- function(name, kind, label, codes = character(0), meanings = character(0), no_answer = character(0)) {
  cell <- cells[[name]]
  if (is.null(cell)) stop("responses.csv has no column ", name, ": write the script anew with the same responses")
  reason <- factor(REASONS[cell], levels = c(REASONS, "empty"))
  reason[cell == ""] <- "empty"
  cell[!is.na(reason)] <- NA
  value <- switch(kind,
    number = as.numeric(cell),
    day = as.Date(cell, format = "%Y-%m-%d"),
    code = factor(cell, levels = codes),
    # The mark that keeps a spreadsheet from taking a text for a formula.
    text = ifelse(grepl(GUARDED, cell), substring(cell, 2), cell))
  if (any(is.na(value) & !is.na(cell))) stop("column ", name, " of responses.csv holds what the script does not know")
  attr(value, "label") <- label
  if (length(codes) > 0) attr(value, "labels") <- setNames(codes, meanings)
  if (length(no_answer) > 0) attr(value, "no_answer") <- no_answer
  responses[[name]] <<- value
  missing[[name]] <<- reason
}

labelled <- function(values) {
  labels <- attr(values, "labels")
  factor(names(labels)[match(as.character(values), labels)], levels = unique(names(labels)))
}

"#;

/// Writes the script for these fields, beneath the notes.
pub fn write<W: Write>(fields: &[Field<'_>], notes: &[String], mut out: W) -> io::Result<()> {
    for note in notes {
        let line: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(out, "# {line}")?;
    }
    writeln!(out, "#")?;
    out.write_all(HEAD.as_bytes())?;
    let reasons = MISSING.map(|(code, _)| format!("{} = {}", text(code), text(code.trim_start_matches("NA:"))));
    writeln!(out, "REASONS <- c({})", reasons.join(", "))?;
    writeln!(out, "GUARDED <- {}\n", text("^''*[=+@\t\r\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}-]"))?;
    for field in fields {
        let kind = match field.kind {
            Type::Whole | Type::Number => "number",
            Type::Day => "day",
            Type::Code => "code",
            Type::Text => "text",
        };
        write!(out, "column({}, \"{kind}\", {}", text(field.name), text(field.label))?;
        if !field.codes.is_empty() && field.kind != Type::Text {
            let list = |named: &str, texts: Vec<&str>| format!(", {named} = {}", vector(&texts));
            let codes = || field.codes.iter();
            out.write_all(list("codes", codes().map(|code| code.code.as_str()).collect()).as_bytes())?;
            out.write_all(list("meanings", codes().map(|code| code.meaning.as_str()).collect()).as_bytes())?;
            let none: Vec<&str> = codes().filter(|code| code.missing).map(|code| code.code.as_str()).collect();
            if !none.is_empty() {
                out.write_all(list("no_answer", none).as_bytes())?;
            }
        }
        writeln!(out, ")")?;
    }
    writeln!(out, "rm(cells, column, REASONS, GUARDED)")?;
    out.flush()
}

fn vector(texts: &[&str]) -> String {
    format!("c({})", texts.iter().map(|written| text(written)).collect::<Vec<_>>().join(", "))
}

/// A text of R, in ASCII, so that no locale reads it otherwise.
fn text(written: &str) -> String {
    let letters = written.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        '\n' => "\\n".to_string(),
        ' '..='~' => letter.to_string(),
        // R has no way to write this one.
        '\0' => "\\ufffd".to_string(),
        letter => match letter as u32 {
            number @ ..0x1_0000 => format!("\\u{number:04x}"),
            number => format!("\\U{number:08x}"),
        },
    });
    format!("\"{}\"", letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_of_r_is_ascii_and_ends_nowhere_else() {
        assert_eq!(super::text("a\"); q(\"\\\n\té😀"), r#""a\"); q(\"\\\n\u0009\u00e9\U0001f600""#);
    }
}
