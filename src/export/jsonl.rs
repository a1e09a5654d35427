//! `responses.jsonl`: JSON Lines, one object a response with the names of `responses.csv`, values typed.

use std::io::{self, Write};

use super::cells::{Cell, Field, Type, number};

/// The key of why values are missing; no column has it, for their names have no capitals.
pub const REASONS: &str = "NA";

/// Writes a response: every field by its name, `null` where there is no value, and under [`REASONS`] why.
///
/// Numbers stand as they were written, with all their digits; what is no number where one should be stays a text.
pub fn line(out: &mut Vec<u8>, fields: &[Field<'_>], cells: &[Cell]) -> io::Result<()> {
    let mut before = b'{';
    for (field, cell) in fields.iter().zip(cells) {
        key(out, before, field.name)?;
        before = b',';
        match cell.written() {
            None => out.write_all(b"null")?,
            Some(written) if matches!(field.kind, Type::Whole | Type::Number) => put_number(out, written)?,
            Some(written) => serde_json::to_writer(&mut *out, written)?,
        }
    }
    key(out, before, REASONS)?;
    reasons(out, fields, cells)?;
    out.write_all(b"}\n")
}

/// Writes why values are missing, `{"colour":"skipped"}`.
pub fn reasons(out: &mut Vec<u8>, fields: &[Field<'_>], cells: &[Cell]) -> io::Result<()> {
    let mut before = b'{';
    for (field, cell) in fields.iter().zip(cells) {
        if let Some(reason) = cell.reason() {
            key(out, before, field.name)?;
            serde_json::to_writer(&mut *out, reason)?;
            before = b',';
        }
    }
    out.write_all(if before == b'{' { b"{}" } else { b"}" })
}

fn key(out: &mut Vec<u8>, before: u8, name: &str) -> io::Result<()> {
    out.push(before);
    serde_json::to_writer(&mut *out, name)?;
    out.write_all(b":")
}

fn put_number(out: &mut Vec<u8>, written: &str) -> io::Result<()> {
    // As JSON has it: no sign before, a digit on each side of the point.
    let is_json = serde_json::from_str::<f64>(written).is_ok() && !written.contains(char::is_whitespace);
    match number(written) {
        Some(_) if is_json => out.write_all(written.as_bytes()),
        Some(number) => Ok(serde_json::to_writer(out, &number)?),
        None => Ok(serde_json::to_writer(out, written)?),
    }
}

#[cfg(test)]
mod tests {
    use super::put_number;

    #[test]
    fn numbers_keep_their_digits_and_are_json() {
        for (written, expected) in [
            ("12.50", "12.50"),
            ("90071992547409931", "90071992547409931"),
            ("+5", "5.0"),
            (".5", "0.5"),
            ("about 5", "\"about 5\""),
            ("NaN", "\"NaN\""),
        ] {
            let mut out = Vec::new();
            put_number(&mut out, written).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{written}");
        }
    }
}
