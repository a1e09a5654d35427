//! A workbook as sheets of texts, read within bounds: what a spreadsheet program would show, whatever the file claims.

mod cfb;
mod xls;
mod xlsx;

use jiff::ToSpan;
use jiff::civil::date;

use super::report::Refusal;

/// Largest file.
const MAX_BYTES: usize = 16 << 20;
/// Most rows with something in them in one sheet.
const MAX_ROWS: usize = 20_000;
/// Most columns that are read.
const MAX_COLUMNS: u32 = 1_000;
/// Most cells in all sheets that are read.
const MAX_CELLS: usize = 400_000;
/// Most bytes of text in all sheets that are read.
const MAX_TEXT: usize = 12 << 20;
/// Most characters of one cell, as Excel has it.
const MAX_CELL: usize = 32_767;
/// A sheet ends after as many empty rows, as for `pyxform`.
const MAX_GAP: u32 = 60;

/// After as many empty rows nothing more is looked for.
const MAX_EMPTY: u32 = 10_000;

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Its name, in small letters.
    pub(super) name: String,
    /// Its rows, without the empty ones.
    pub(super) rows: Vec<Row>,
    /// The first row that is not read, for there is too much empty space before it.
    pub(super) unread: Option<u32>,
}

/// One row: its number from 1, and its cells by column from 0.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) cells: Vec<(u32, String)>,
}

/// What has been read so far, in all sheets.
#[derive(Debug, Default)]
pub(super) struct Budget {
    cells: usize,
    text: usize,
}

/// Whether more of a sheet is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum More {
    Yes,
    No,
}

/// The rows of a workbook's only sheet, with their numbers from 1 and their cells from the first column on.
///
/// # Errors
/// If it is no workbook, has more than one sheet, has many empty rows between others, or is larger than a form can be.
pub(super) fn only_sheet(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Refusal> {
    let sheets = sheets(bytes, &[])?;
    let [sheet] = sheets.as_slice() else {
        return Err(Refusal::of_file("the workbook must have one sheet and no other; remove the others and try again"));
    };
    if let Some(row) = sheet.unread {
        return Err(Refusal::of_file(format!("there are many empty rows before row {row}; remove them and try again")));
    }
    let cells = |row: &Row| {
        let mut texts = Vec::new();
        for (column, text) in &row.cells {
            texts.resize(texts.len().max(*column as usize), String::new());
            texts.push(text.clone());
        }
        (row.number as usize, texts)
    };
    Ok(sheet.rows.iter().map(cells).collect())
}

/// Reads the sheets of these names in an `.xlsx` or `.xls` workbook, told apart by what is in them; its only sheet is
/// read whatever it is called, and takes the first of the names.
///
/// # Errors
/// If it is neither, is damaged, or is larger than a form can be.
pub(super) fn sheets(bytes: &[u8], names: &[&str]) -> Result<Vec<Sheet>, Refusal> {
    if bytes.len() > MAX_BYTES {
        let most = MAX_BYTES >> 20;
        return Err(Refusal::of_file(format!("the file has more than {most} MB; remove pictures and other sheets")));
    }
    match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => xlsx::read(bytes, names),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => xls::read(bytes, names),
        _ => Err(Refusal::of_file("this is not an Excel workbook; save it as .xlsx and try again")),
    }
}

/// The name under which a sheet is kept, if it is read.
fn kept_name(name: &str, only: bool, names: &[&str]) -> Option<String> {
    let lower = name.trim().to_lowercase();
    if names.contains(&lower.as_str()) {
        return Some(lower);
    }
    only.then(|| names.first().map_or(lower, |first| (*first).to_string()))
}

impl Sheet {
    /// Whether to go on at a row, however empty.
    pub(super) fn at(&self, row: u32) -> More {
        let last = self.rows.last().map_or(0, |row| row.number);
        if row > last.saturating_add(MAX_EMPTY) { More::No } else { More::Yes }
    }

    /// Adds a cell; they come row by row. Empty cells may be left out.
    pub(super) fn add(&mut self, row: u32, column: u32, text: String, budget: &mut Budget) -> Result<More, Refusal> {
        if text.is_empty() {
            return Ok(More::Yes);
        }
        let number = row.saturating_add(1);
        let last = self.rows.last().map_or(0, |row| row.number);
        if number > last.saturating_add(MAX_GAP) {
            self.unread = self.unread.or(Some(number));
            return Ok(More::No);
        }
        if column >= MAX_COLUMNS {
            return Ok(More::Yes);
        }
        let place = || format!("{}!{number}", self.name);
        let refuse = |message: String| Err(Refusal { source_pointer: place(), message });
        if text.len() > MAX_CELL && text.chars().count() > MAX_CELL {
            return refuse(format!("a cell in row {number} has more than {MAX_CELL} characters; shorten it"));
        }
        budget.cells += 1;
        budget.text += text.len();
        if budget.cells > MAX_CELLS || budget.text > MAX_TEXT {
            return refuse(
                "the workbook has more cells than a form can have; remove the sheets that are no form".into(),
            );
        }
        if number > last && self.rows.len() >= MAX_ROWS {
            return refuse(format!("the sheet `{}` has more than {MAX_ROWS} rows; split the form", self.name));
        }
        match self.rows.last_mut() {
            Some(row) if row.number == number => row.cells.push((column, text)),
            _ if number < last => {}
            _ => self.rows.push(Row { number, cells: vec![(column, text)] }),
        }
        Ok(More::Yes)
    }
}

/// A number as Excel shows it in a general cell: `4`, not `4.0`.
pub(super) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { format!("{number}") }
}

/// A day and time kept as days since 1900 or 1904, as `2026-01-31 12:00:00`; a time alone as `12:00:00`.
pub(super) fn date_text(serial: f64, from_1904: bool) -> String {
    if !(0.0..2_958_466.0).contains(&serial) {
        return number_text(serial);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a serial below 2,958,466 has fewer than 2^38 seconds")]
    let seconds = (serial * 86_400.0).round() as i64;
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let time = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    if days == 0 {
        return time;
    }
    // Excel believes that 1900 was a leap year: its day 60 does not exist.
    let since_1970 = if from_1904 { days - 24_107 } else { days - 25_569 + i64::from(days < 60) };
    match date(1970, 1, 1).checked_add(since_1970.days()) {
        Ok(day) => format!("{day} {time}"),
        Err(_) => time,
    }
}

/// True if a number format shows a date or a time: a `d`, `h`, `m`, `s` or `y` outside quotation marks and brackets.
pub(super) fn is_date_format(format: &str) -> bool {
    let (mut quoted, mut bracketed, mut skip) = (false, false, false);
    format.chars().any(|c| {
        if std::mem::take(&mut skip) {
            return false;
        }
        match c {
            '\\' | '_' => skip = true,
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            'd' | 'h' | 'm' | 's' | 'y' | 'D' | 'H' | 'M' | 'S' | 'Y' => return !quoted && !bracketed,
            _ => {}
        }
        false
    })
}

/// True if a number format that is built into Excel shows a date or a time.
pub(super) fn is_builtin_date(format: u32) -> bool {
    matches!(format, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_look_as_in_a_spreadsheet() {
        assert_eq!((number_text(4.0), number_text(0.5)), ("4".to_string(), "0.5".to_string()));
        assert_eq!(date_text(44_662.0, false), "2022-04-11 00:00:00");
        assert_eq!(date_text(0.5, false), "12:00:00");
        assert_eq!(date_text(59.0, false), "1900-02-28 00:00:00");
        assert_eq!(date_text(43_200.0, true), "2022-04-11 00:00:00");
        assert!(is_date_format("dd/mm/yyyy") && !is_date_format("0.00\"days\"") && !is_date_format("[Red]0"));
    }

    #[test]
    fn a_cell_far_below_the_others_is_not_read() {
        let mut sheet = Sheet { name: "survey".into(), ..Sheet::default() };
        let mut budget = Budget::default();
        assert_eq!(sheet.add(0, 0, "type".into(), &mut budget), Ok(More::Yes));
        assert_eq!(sheet.add(60, 0, "note".into(), &mut budget), Ok(More::Yes));
        assert_eq!(sheet.add(1_048_575, 16_383, "x".into(), &mut budget), Ok(More::No));
        assert_eq!((sheet.rows.len(), sheet.unread), (2, Some(1_048_576)));
    }
}
