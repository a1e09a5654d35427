//! Reads the cells of an `.xls` workbook (BIFF8, Excel 97 to 2003): texts, numbers, dates and results of formulas.
//!
//! Records are read one after the other and cells kept as they come, so that neither a cell in the far corner nor a
//! text that a million cells share takes more memory than the sheet has content.

use super::super::report::Refusal;
use super::cfb::{self, f64_at, u16_at, u32_at};
use super::{Budget, More, Sheet, date_text, is_builtin_date, is_date_format, kept_name, number_text};

const BIFF8: u16 = 0x0600;
/// A result that is no number: the high two bytes of its eight.
const NO_NUMBER: u16 = 0xFFFF;

/// Reads the sheets that mean something.
pub(super) fn read(bytes: &[u8], wanted: &[&str]) -> Result<Vec<Sheet>, Refusal> {
    let stream = cfb::stream(bytes, &["Workbook", "Book"])?;
    let globals = globals(&stream)?;
    let mut budget = Budget::default();
    let mut sheets: Vec<Sheet> = Vec::new();
    for (name, offset) in &globals.sheets {
        let Some(kept) = kept_name(name, globals.sheets.len() == 1, wanted) else { continue };
        if sheets.iter().any(|sheet| sheet.name == kept) {
            continue;
        }
        let mut sheet = Sheet { name: kept, ..Sheet::default() };
        cells(&stream, *offset, &globals, &mut sheet, &mut budget)?;
        // Rows come in blocks that need not be in order of columns.
        sheet.rows.iter_mut().for_each(|row| row.cells.sort_by_key(|(column, _)| *column));
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// What stands before the sheets.
#[derive(Default)]
struct Globals {
    sheets: Vec<(String, usize)>,
    strings: Vec<String>,
    /// For each style, the number of its format.
    styles: Vec<u16>,
    date_formats: Vec<(u16, bool)>,
    from_1904: bool,
}

impl Globals {
    fn is_date(&self, style: u16) -> bool {
        let Some(format) = self.styles.get(usize::from(style)).copied() else { return false };
        let custom = self.date_formats.iter().rev().find(|(id, _)| *id == format);
        custom.map_or_else(|| is_builtin_date(format.into()), |(_, date)| *date)
    }

    fn number(&self, number: f64, style: u16) -> String {
        if self.is_date(style) { date_text(number, self.from_1904) } else { number_text(number) }
    }
}

/// A record: its kind, its content, and where the next begins.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let kind = u16_at(stream, at)?;
    let start = at.checked_add(4)?;
    let end = start.checked_add(usize::from(u16_at(stream, at + 2)?))?;
    Some((kind, stream.get(start..end)?, end))
}

fn globals(stream: &[u8]) -> Result<Globals, Refusal> {
    let mut globals = Globals::default();
    let mut at = 0;
    match record(stream, 0) {
        Some((0x0809, content, _)) if u16_at(content, 0) == Some(BIFF8) => {}
        _ => {
            return Err(Refusal::of_file(
                "the workbook is of Excel 95 or older, or damaged; open it in a spreadsheet program and save it as .xlsx",
            ));
        }
    }
    while let Some((kind, content, next)) = record(stream, at) {
        match kind {
            0x000A => break,
            0x002F => return Err(Refusal::of_file("the workbook is protected by a password; save it without one")),
            0x0022 => globals.from_1904 = u16_at(content, 0) == Some(1),
            0x0085 => {
                let offset = u32_at(content, 0).and_then(|offset| usize::try_from(offset).ok());
                let is_sheet = content.get(5) == Some(&0);
                let name = content.get(6).and_then(|chars| {
                    let mut reader = Strings { pieces: vec![content.get(7..)?], piece: 0, at: 0 };
                    reader.characters((*chars).into(), *content.get(7)? & 1 == 1, 1)
                });
                globals.sheets.extend(name.zip(offset).filter(|_| is_sheet));
            }
            0x041E => {
                if let (Some(id), Some(length)) = (u16_at(content, 0), u16_at(content, 2)) {
                    let wide = content.get(4).is_some_and(|flags| flags & 1 == 1);
                    let mut reader = Strings { pieces: vec![content], piece: 0, at: 5 };
                    let format = reader.characters(length.into(), wide, 0).unwrap_or_default();
                    globals.date_formats.push((id, is_date_format(&format)));
                }
            }
            0x00E0 => globals.styles.push(u16_at(content, 2).unwrap_or(0)),
            0x00FC => {
                let mut pieces = vec![content];
                let mut after = next;
                while let Some((0x003C, more, end)) = record(stream, after) {
                    pieces.push(more);
                    after = end;
                }
                globals.strings = Strings { pieces, piece: 0, at: 8 }.all();
                at = after;
                continue;
            }
            _ => {}
        }
        at = next;
    }
    Ok(globals)
}

/// The shared texts, which run on from one record to the next.
struct Strings<'a> {
    pieces: Vec<&'a [u8]>,
    piece: usize,
    at: usize,
}

impl Strings<'_> {
    fn all(mut self) -> Vec<String> {
        let mut strings = Vec::new();
        while let Some(text) = self.string() {
            strings.push(text);
        }
        strings
    }

    fn string(&mut self) -> Option<String> {
        let length = u16::from_le_bytes([self.byte()?, self.byte()?]);
        let flags = self.byte()?;
        let runs = if flags & 8 == 8 { u16::from_le_bytes([self.byte()?, self.byte()?]) } else { 0 };
        let extra = if flags & 4 == 4 {
            u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?])
        } else {
            0
        };
        let text = self.characters(length.into(), flags & 1 == 1, 0)?;
        self.skip(usize::from(runs) * 4 + usize::try_from(extra).ok()?)?;
        Some(text)
    }

    /// Characters of one byte or two; where they run on into the next record, it says anew which.
    fn characters(&mut self, length: usize, mut wide: bool, skip: usize) -> Option<String> {
        self.at += skip;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < length {
            if self.at >= self.pieces.get(self.piece)?.len() {
                self.piece += 1;
                self.at = 1;
                wide = self.pieces.get(self.piece)?.first()? & 1 == 1;
                continue;
            }
            let low = self.byte()?;
            let high = if wide { self.byte()? } else { 0 };
            units.push(u16::from_le_bytes([low, high]));
        }
        Some(String::from_utf16_lossy(&units))
    }

    fn byte(&mut self) -> Option<u8> {
        while self.at >= self.pieces.get(self.piece)?.len() {
            self.piece += 1;
            self.at = 0;
        }
        let byte = self.pieces.get(self.piece)?.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        let mut left = bytes;
        while left > 0 {
            let here = self.pieces.get(self.piece)?.len().saturating_sub(self.at);
            let step = here.min(left);
            self.at += step;
            left -= step;
            if left > 0 {
                self.piece += 1;
                self.at = 0;
            }
        }
        Some(())
    }
}

fn cells(
    stream: &[u8],
    offset: usize,
    globals: &Globals,
    sheet: &mut Sheet,
    budget: &mut Budget,
) -> Result<(), Refusal> {
    let mut at = offset;
    let mut depth = 0u32;
    // The cell whose formula gives a text, which stands in the next record.
    let mut awaited: Option<(u32, u32)> = None;
    while let Some((kind, content, next)) = record(stream, at) {
        at = next;
        match kind {
            0x0809 => depth += 1,
            0x000A => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ if depth > 1 => {} // A chart in the sheet.
            _ => {
                for (row, column, text) in record_cells(kind, content, globals, &mut awaited) {
                    if sheet.add(row, column, text, budget)? == More::No {
                        return Ok(());
                    }
                }
            }
        }
    }
    Ok(())
}

/// The cells of one record.
fn record_cells(
    kind: u16,
    content: &[u8],
    globals: &Globals,
    awaited: &mut Option<(u32, u32)>,
) -> Vec<(u32, u32, String)> {
    let place = || Some((u32::from(u16_at(content, 0)?), u32::from(u16_at(content, 2)?)));
    let Some((row, column)) = place() else { return Vec::new() };
    let style = u16_at(content, 4).unwrap_or(0);
    let cell = |text: Option<String>| text.map(|text| (row, column, text)).into_iter().collect();
    match kind {
        // LABELSST, LABEL
        0x00FD => cell(u32_at(content, 6).and_then(|n| globals.strings.get(usize::try_from(n).ok()?).cloned())),
        0x0204 => cell(u16_at(content, 6).and_then(|length| {
            let wide = content.get(8)? & 1 == 1;
            Strings { pieces: vec![content], piece: 0, at: 9 }.characters(length.into(), wide, 0)
        })),
        // NUMBER, RK, MULRK
        0x0203 => cell(f64_at(content, 6).map(|number| globals.number(number, style))),
        0x027E => cell(u32_at(content, 6).map(|packed| globals.number(unpack(packed), style))),
        0x00BD => {
            let packed = content.get(4..content.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6);
            let cells = (column..).zip(packed).filter_map(|(column, six)| {
                let number = unpack(u32_at(six, 2)?);
                Some((row, column, globals.number(number, u16_at(six, 0)?)))
            });
            cells.collect()
        }
        // BOOLERR
        0x0205 if content.get(7) == Some(&0) => cell(content.get(6).map(|value| yes_no(*value))),
        // FORMULA, and STRING with its text
        0x0006 if u16_at(content, 12) != Some(NO_NUMBER) => {
            cell(f64_at(content, 6).map(|number| globals.number(number, style)))
        }
        0x0006 => match content.get(6) {
            Some(0) => {
                *awaited = Some((row, column));
                Vec::new()
            }
            Some(1) => cell(content.get(8).map(|value| yes_no(*value))),
            _ => Vec::new(),
        },
        0x0207 => {
            let Some((row, column)) = awaited.take() else { return Vec::new() };
            let wide = content.get(2).is_some_and(|flags| flags & 1 == 1);
            let length = u16_at(content, 0).unwrap_or(0);
            let text = Strings { pieces: vec![content], piece: 0, at: 3 }.characters(length.into(), wide, 0);
            text.map(|text| (row, column, text)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn yes_no(value: u8) -> String {
    if value == 1 { "TRUE" } else { "FALSE" }.to_string()
}

/// A number packed into four bytes: the upper 30 bits of a float, or a whole number; perhaps a hundredfold.
fn unpack(packed: u32) -> f64 {
    let number = if packed & 2 == 2 {
        f64::from(packed.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(packed & 0xFFFF_FFFC) << 32)
    };
    if packed & 1 == 1 { number / 100.0 } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_unpacked() {
        assert!((unpack((5 << 2) | 2) - 5.0).abs() < 1e-9);
        assert!((unpack((250 << 2) | 3) - 2.5).abs() < 1e-9);
        assert!((unpack(0x3FF0_0000) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_text_runs_on_into_the_next_record_in_another_width() {
        let first = [0u8, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, b'a', b'b'];
        let second = [1u8, b'c', 0, b'd', 0];
        let strings = Strings { pieces: vec![&first, &second], piece: 0, at: 8 }.all();
        assert_eq!(strings, ["abcd"]);
    }
}
