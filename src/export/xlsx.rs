//! `responses.xlsx`: a workbook with the codes, the labels, the codebook and notes, written as a stream (ECMA-376, part 1).
//!
//! Texts stand within their cells, as texts: nothing that anyone wrote can become a formula, so nothing is put before it.

use std::collections::HashMap;
use std::io::{self, Write};

use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::cells::{Cell, Field, Type, days_since_1970, reason_of};
use crate::definition::codebook::MISSING;

/// The sheets, in their order.
pub const SHEETS: [&str; 4] = ["data", "labels", "codebook", "notes"];
/// Most responses in a sheet: Excel has 1,048,576 rows, and one names the columns.
pub const MOST_ROWS: u64 = 1_048_575;
/// Most columns of a sheet.
pub const MOST_COLUMNS: usize = 16_384;
/// Most characters of a cell, counted as UTF-16 does.
pub const MOST_CHARACTERS: usize = 32_767;
/// Digits before the point, and in all, that a number of a spreadsheet keeps; a longer one stands as text.
const WHOLE_DIGITS: usize = 15;
const DIGITS: usize = 17;
/// Excel's number of 1970-01-01, counted from 1899-12-30.
const EPOCH: i32 = 25_569;
/// Excel's number of 1900-03-01, before which it counts wrongly; earlier days stand as text.
const FIRST_DAY: i32 = 61;

/// The looks of a cell, in the order of the style sheet.
#[derive(Clone, Copy)]
enum Look {
    /// A text that stays one when a person edits the cell.
    Text = 1,
    Day = 2,
    Heading = 3,
    /// A text over several lines.
    Wrapped = 4,
}

/// What the cells of a sheet of responses say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// Codes, as `responses.csv` has them.
    Codes,
    /// What the codes mean.
    Labels,
}

/// How the rows of both sheets are written.
pub struct Rows<'a> {
    fields: Vec<Field<'a>>,
    /// The meanings of the codes of each field.
    meanings: Vec<HashMap<&'a str, &'a str>>,
}

impl<'a> Rows<'a> {
    /// Rows with these fields.
    pub fn new(fields: Vec<Field<'a>>) -> Self {
        let meanings = fields.iter().map(|field| {
            let meanings = field.codes.iter().map(|code| (code.code.as_str(), code.meaning.as_str()));
            meanings.collect()
        });
        Self { meanings: meanings.collect(), fields }
    }

    /// The first row: names of columns, or what they ask.
    pub fn heading(&self, say: Say) -> Vec<u8> {
        let heading = |field: &Field<'a>| if say == Say::Codes { field.name } else { field.label };
        let mut out = Vec::new();
        row(&mut out, 1, |out, put| {
            self.fields.iter().enumerate().for_each(|(at, field)| {
                put(out, at);
                text(out, heading(field), Look::Heading);
            });
        });
        out
    }

    /// A response as the row of this number, from 2; gives how many texts were cut to [`MOST_CHARACTERS`].
    pub fn row(&self, out: &mut Vec<u8>, say: Say, number: u64, cells: &[Cell]) -> u64 {
        let mut cut = 0;
        row(out, number, |out, put| {
            for (at, (cell, (field, meanings))) in cells.iter().zip(self.fields.iter().zip(&self.meanings)).enumerate()
            {
                match cell {
                    Cell::Empty => {}
                    Cell::Missing(gap) => {
                        let (code, meaning) = MISSING.get(reason_of(*gap)).copied().unwrap_or_default();
                        put(out, at);
                        text(out, if say == Say::Codes { code } else { meaning }, Look::Text);
                    }
                    Cell::Value(written) | Cell::Text(written) => {
                        put(out, at);
                        let meaning = meanings.get(written.as_str()).filter(|_| say == Say::Labels);
                        cut += match meaning {
                            Some(meaning) => text(out, meaning, Look::Text),
                            None => value(out, field.kind, written),
                        };
                    }
                }
            }
        });
        cut
    }
}

/// Writes what stands in a cell by the type of its field; gives 1 if it was cut.
fn value(out: &mut Vec<u8>, kind: Type, written: &str) -> u64 {
    let number = match kind {
        Type::Whole | Type::Number => plain_number(written).map(|number| (number.to_string(), None)),
        Type::Day => days_since_1970(written)
            .map(|days| days.saturating_add(EPOCH))
            .filter(|days| *days >= FIRST_DAY)
            .map(|days| (days.to_string(), Some(Look::Day))),
        Type::Code | Type::Text => None,
    };
    let Some((number, look)) = number else { return text(out, written, Look::Text) };
    if let Some(look) = look {
        out.extend_from_slice(format!(" s=\"{}\"", look as u8).as_bytes());
    }
    out.extend_from_slice(b"><v>");
    out.extend_from_slice(number.as_bytes());
    out.extend_from_slice(b"</v></c>");
    0
}

/// A number in digits that a spreadsheet keeps all of.
fn plain_number(written: &str) -> Option<&str> {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    (is_digits(whole) && is_digits(decimals) && whole.len() <= WHOLE_DIGITS && count <= DIGITS).then_some(written)
}

/// Writes a row; `fill` begins each cell by the place that it is told.
fn row(out: &mut Vec<u8>, number: u64, fill: impl FnOnce(&mut Vec<u8>, &dyn Fn(&mut Vec<u8>, usize))) {
    let digits = number.to_string();
    out.extend_from_slice(b"<row r=\"");
    out.extend_from_slice(digits.as_bytes());
    out.extend_from_slice(b"\">");
    fill(out, &|out, at| {
        out.extend_from_slice(b"<c r=\"");
        letters(out, at);
        out.extend_from_slice(digits.as_bytes());
        out.push(b'"');
    });
    out.extend_from_slice(b"</row>");
}

/// The name of a column by its place from 0: A to Z, AA and so on.
fn letters(out: &mut Vec<u8>, at: usize) {
    if let Some(before) = (at / 26).checked_sub(1) {
        letters(out, before);
    }
    out.extend(u8::try_from(at % 26).map(|letter| b'A' + letter));
}

/// Goes on with a cell of text to its end; gives 1 if the text was cut.
fn text(out: &mut Vec<u8>, written: &str, look: Look) -> u64 {
    // Readers may take blanks away at either end otherwise.
    let has_blanks = written.trim_ascii().len() < written.len();
    let space = if has_blanks { " xml:space=\"preserve\"" } else { "" };
    let start = format!(" s=\"{}\" t=\"inlineStr\"><is><t{space}>", look as u8);
    out.extend_from_slice(start.as_bytes());
    let is_cut = written.len() > MOST_CHARACTERS && written.encode_utf16().count() > MOST_CHARACTERS;
    let mut left = MOST_CHARACTERS - usize::from(is_cut);
    for (at, letter) in written.char_indices() {
        if is_cut {
            let Some(rest) = left.checked_sub(letter.len_utf16()) else { break };
            left = rest;
        }
        match letter {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '\t' | '\n' => out.push(letter as u8),
            // A reader takes `_x0041_` for a letter by its number.
            '_' if is_escape(written.get(at..).unwrap_or_default()) => out.extend_from_slice(b"_x005F_"),
            '\r' => out.extend_from_slice(b"_x000D_"),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.extend_from_slice("\u{fffd}".as_bytes()),
            _ => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    if is_cut {
        out.extend_from_slice("…".as_bytes());
    }
    out.extend_from_slice(b"</t></is></c>");
    u64::from(is_cut)
}

fn is_escape(from: &str) -> bool {
    let digits = from.strip_prefix("_x").and_then(|rest| rest.get(..5)?.strip_suffix('_'));
    digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// A workbook in the making. What is written to it goes into the sheet that was begun last.
pub struct Workbook<W: Write> {
    package: ZipWriter<StreamWriter<W>>,
    /// The number of the sheet that was begun last, from 1.
    sheet: usize,
    /// Bytes of that sheet.
    bytes: u64,
}

impl<W: Write> Workbook<W> {
    /// A workbook with sheets of these names, which are to be written in this order.
    pub fn new(out: W, sheets: &[&str]) -> io::Result<Self> {
        let mut book = Self { package: ZipWriter::new_stream(out), sheet: 0, bytes: 0 };
        for (path, content) in parts(sheets) {
            book.part(path)?;
            write!(book, "{HEAD}{content}")?;
        }
        Ok(book)
    }

    /// Begins a sheet of responses; its first row stays in sight.
    pub fn responses(&mut self, rows: &Rows<'_>, say: Say) -> io::Result<()> {
        self.begin(&[])?;
        self.write_all(&rows.heading(say))
    }

    /// Ends a sheet.
    pub fn end(&mut self) -> io::Result<()> {
        self.write_all(b"</sheetData></worksheet>")
    }

    /// Writes a sheet of texts, the first row of which names the columns, with the widths of columns in characters.
    pub fn table<'t>(&mut self, widths: &[u32], rows: impl IntoIterator<Item = Vec<&'t str>>) -> io::Result<()> {
        self.begin(widths)?;
        for (number, cells) in (1..).zip(rows) {
            let mut out = Vec::new();
            row(&mut out, number, |out, put| {
                for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                    put(out, at);
                    text(out, cell, if number == 1 { Look::Heading } else { Look::Wrapped });
                }
            });
            self.write_all(&out)?;
        }
        self.end()
    }

    fn begin(&mut self, widths: &[u32]) -> io::Result<()> {
        self.sheet += 1;
        self.part(&format!("xl/worksheets/sheet{}.xml", self.sheet))?;
        write!(
            self,
            "{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" \
             topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
        )?;
        if !widths.is_empty() {
            write!(self, "<cols>")?;
            for (column, width) in (1..).zip(widths) {
                write!(self, "<col min=\"{column}\" max=\"{column}\" width=\"{width}\" customWidth=\"1\"/>")?;
            }
            write!(self, "</cols>")?;
        }
        write!(self, "<sheetData>")
    }

    fn part(&mut self, path: &str) -> io::Result<()> {
        self.bytes = 0;
        self.package.start_file(path, SimpleFileOptions::default()).map_err(io_error)
    }

    /// Ends the workbook.
    pub fn finish(self) -> io::Result<()> {
        self.package.finish().map_err(io_error)?.into_inner().flush()
    }
}

impl<W: Write> Write for Workbook<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        if self.bytes > u64::from(u32::MAX) {
            return Err(io::Error::other("a sheet takes more than 4 GiB, which a workbook has no room for"));
        }
        self.package.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.package.flush()
    }
}

/// The parts that stand before the sheets.
fn parts(sheets: &[&str]) -> [(&'static str, String); 5] {
    let each = |say: &dyn Fn(usize, &str) -> String| -> String {
        (1..).zip(sheets).map(|(number, name)| say(number, name)).collect()
    };
    let kinds = each(&|number, _| {
        format!("<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{KIND}.worksheet+xml\"/>")
    });
    let named = each(&|number, name| format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"));
    let related =
        each(&|number, _| relation(&format!("rId{number}"), "worksheet", &format!("worksheets/sheet{number}.xml")));
    [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{KIND}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" ContentType=\"{KIND}.styles+xml\"/>{kinds}</Types>"
            ),
        ),
        ("_rels/.rels", relations(&relation("rId1", "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><bookViews><workbookView/></bookViews>\
                 <sheets>{named}</sheets></workbook>"
            ),
        ),
        ("xl/_rels/workbook.xml.rels", relations(&(related + &relation("styles", "styles", "styles.xml")))),
        ("xl/styles.xml", format!("<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>")),
    ]
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
/// A format for each [`Look`]: 49 is the one for text, 164 that of days.
const STYLES: &str = "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>\
    <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
    <font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
    <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
    <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
    <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
    <cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
    <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"49\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/>\
    <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\">\
    <alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs>\
    <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>";

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
}

fn relations(entries: &str) -> String {
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{entries}</Relationships>"
    )
}

fn io_error(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        error => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(write: impl FnOnce(&mut Vec<u8>) -> u64) -> (String, u64) {
        let mut out = Vec::new();
        let cut = write(&mut out);
        (String::from_utf8(out).unwrap(), cut)
    }

    #[test]
    fn columns_are_named_as_spreadsheets_do() {
        let name = |at| {
            cell(|out| {
                letters(out, at);
                0
            })
            .0
        };
        assert_eq!([0, 25, 26, 701, 702, MOST_COLUMNS - 1].map(name), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn a_text_is_escaped_and_cut_at_the_most_that_a_cell_holds() {
        let (written, cut) = cell(|out| text(out, "=a<b>&_x0041_\u{1}", Look::Text));
        assert!(written.contains(">=a&lt;b&gt;&amp;_x005F_x0041_\u{fffd}</t>"), "{written}");
        assert_eq!(cut, 0);
        let held = |text: String| text.split(['<', '>']).nth(5).unwrap().encode_utf16().count();
        let whole = "😀".repeat(MOST_CHARACTERS / 2);
        let (written, cut) = cell(|out| text(out, &whole, Look::Text));
        assert_eq!((held(written), cut), (MOST_CHARACTERS - 1, 0));
        let (written, cut) = cell(|out| text(out, &format!("{whole}😀"), Look::Text));
        assert_eq!((held(written), cut), (MOST_CHARACTERS, 1));
    }

    #[test]
    fn numbers_and_days_that_a_spreadsheet_would_change_stand_as_text() {
        let kept = |kind, written: &str| cell(|out| value(out, kind, written)).0;
        assert!(kept(Type::Number, "-12.5").contains("<v>-12.5</v>"));
        assert!(kept(Type::Number, "33.333333333333336").contains("<v>33.333333333333336</v>"));
        assert!(kept(Type::Number, "1234567890123456").contains(">1234567890123456</t>"));
        assert!(kept(Type::Number, "1e5").contains(">1e5</t>"));
        assert!(kept(Type::Day, "1900-03-01").contains("<v>61</v>"));
        assert!(kept(Type::Day, "1899-12-31").contains(">1899-12-31</t>"));
    }
}
