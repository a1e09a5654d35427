//! Tables from a user's file, CSV or XLSX: rows of texts, read without trusting the file.

use super::json::without_mark;
use super::report::Refusal;

/// A row with its number as a spreadsheet counts, from 1, and its cells.
pub type Row = (usize, Vec<String>);

/// Largest file, in bytes.
const MAX_BYTES: usize = 20_000_000;
/// Most rows.
const MAX_ROWS: usize = 50_000;
/// Most columns.
const MAX_COLUMNS: usize = 200;

/// The rows of a CSV file in UTF-8, with commas, semicolons or tabs between its columns.
pub fn read_csv(bytes: &[u8]) -> Result<Vec<Row>, Refusal> {
    check_size(bytes)?;
    let bytes = without_mark(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Refusal::of_file("it is not UTF-8: save it as “CSV UTF-8”, or as XLSX"))?;
    let head = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| head.bytes().filter(|byte| byte == separator).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(count).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|error| Refusal::of_file(format!("row {number} cannot be read: {error}")))?;
        check_extent(number, record.len())?;
        rows.push((number, record.iter().map(str::to_string).collect()));
    }
    Ok(rows)
}

/// The rows of a workbook's only sheet that have anything in them.
pub fn read_xlsx(bytes: &[u8]) -> Result<Vec<Row>, Refusal> {
    check_size(bytes)?;
    let rows = super::workbook::only_sheet(bytes)?;
    for (number, cells) in &rows {
        check_extent(*number, cells.len())?;
    }
    Ok(rows)
}

fn check_size(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() <= MAX_BYTES {
        Ok(())
    } else {
        Err(Refusal::of_file(format!("it is larger than {} MB", MAX_BYTES / 1_000_000)))
    }
}

fn check_extent(row: usize, columns: usize) -> Result<(), Refusal> {
    if row > MAX_ROWS {
        return Err(Refusal::of_file(format!("it has more than {MAX_ROWS} rows: delete what is below the texts")));
    }
    if columns > MAX_COLUMNS {
        return Err(Refusal::of_file(format!(
            "row {row} has more than {MAX_COLUMNS} columns: delete what is beside the texts"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn zipped(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            package.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            package.write_all(content).unwrap();
        }
        package.finish().unwrap().into_inner()
    }

    /// A workbook with this sheet and these shared strings.
    fn workbook(sheet: &str, strings: &str) -> Vec<u8> {
        let relations = |entries: &str| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{entries}</Relationships>"
            )
        };
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let parts = [
            (
                "_rels/.rels",
                relations(&format!(
                    "<Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/>"
                )),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"cy\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                relations(&format!(
                    "<Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                     <Relationship Id=\"r2\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/>"
                )),
            ),
            ("xl/sharedStrings.xml", format!("<sst xmlns=\"{main}\" {strings}</sst>")),
            (
                "xl/worksheets/sheet1.xml",
                format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>"),
            ),
        ];
        zipped(&parts.map(|(name, text)| (name, text.into_bytes())))
    }

    #[test]
    fn the_cells_of_a_sheet_are_read_where_they_stand() {
        let sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>x</t></is></c></row>\
                     <row r=\"3\"><c r=\"B3\"><v>2</v></c></row>";
        let rows = read_xlsx(&workbook(sheet, "uniqueCount=\"1\"><si><t>Pam?</t></si>")).unwrap();
        let expected = [(1, vec!["Pam?", "", "x"]), (3, vec!["", "2"])];
        assert_eq!(rows, expected.map(|(row, cells)| (row, cells.into_iter().map(str::to_string).collect::<Vec<_>>())));
    }

    #[test]
    fn a_workbook_that_is_none_or_too_large_is_refused() {
        let wide = read_xlsx(&workbook("<row r=\"2\"><c r=\"AAA2\"><v>1</v></c></row>", ">")).unwrap_err();
        assert!(wide.message.contains("columns"), "{wide}");
        let far = read_xlsx(&workbook(
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"900\"><c r=\"A900\"><v>1</v></c></row>",
            ">",
        ));
        assert!(far.unwrap_err().message.contains("empty rows"));
        assert!(read_xlsx(&vec![0; MAX_BYTES + 1]).unwrap_err().message.contains("larger"));
        for nonsense in [b"".as_slice(), b"PK\x03\x04", b"source,translation"] {
            assert!(read_xlsx(nonsense).is_err());
        }
    }

    #[test]
    fn csv_is_read_with_the_separator_it_has() {
        for separator in [',', ';', '\t'] {
            let text = format!("\u{feff}source{separator}translation\n\"a\nb\"{separator}\"ŵ, y\"\n");
            let rows = read_csv(text.as_bytes()).unwrap();
            assert_eq!(rows[1], (2, vec!["a\nb".to_string(), "ŵ, y".to_string()]), "{separator:?}");
        }
        assert!(read_csv(b"source,translation\na,\xf4").unwrap_err().message.contains("UTF-8"));
        let long = "x,y\n".repeat(MAX_ROWS + 1);
        assert!(read_csv(long.as_bytes()).unwrap_err().message.contains("rows"));
    }
}
