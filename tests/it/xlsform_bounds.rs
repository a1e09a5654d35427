//! XLSForm at its bounds: hostile and damaged workbooks.

#![cfg(test)]

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use canvass::exchange::xlsform::{read, template};
use zip::write::SimpleFileOptions;

use crate::data::data;

const RELATIONS: &str =
    r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook><sheets><sheet name="survey" r:id="s1"/></sheets></workbook>"#;
const WORKBOOK_RELATIONS: &str = r#"<Relationships><Relationship Id="s1" Type="x/worksheet" Target="s.xml"/><Relationship Id="s2" Type="x/sharedStrings" Target="t.xml"/></Relationships>"#;

/// A package of a sheet and shared texts.
fn package(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts: [(&str, &[u8]); 5] = [
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS.as_bytes()),
        ("xl/s.xml", sheet),
        ("xl/t.xml", strings),
    ];
    for (name, content) in parts {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(name, options.compression_level(Some(1))).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A sheet with a header, one question and more.
fn sheet(more: &str) -> Vec<u8> {
    let cell = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let head = cell("A1", "type") + &cell("B1", "name") + &cell("C1", "label");
    let row = cell("A2", "text") + &cell("B2", "q") + &cell("C2", "Q?");
    format!(r#"<worksheet><sheetData><row r="1">{head}</row><row r="2">{row}</row>{more}</sheetData></worksheet>"#)
        .into()
}

/// Reads, and says how; never slowly.
fn outcome(bytes: &[u8]) -> Result<usize, String> {
    let start = Instant::now();
    let read = read(bytes);
    let taken = start.elapsed();
    if std::env::var_os("CANVASS_TIMES").is_some() {
        println!("{} bytes in {taken:?}", bytes.len());
    }
    assert!(taken < Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 }), "{taken:?}");
    read.map(|imported| imported.definition["pages"].as_array().map_or(0, Vec::len)).map_err(|refusal| refusal.message)
}

#[test]
fn a_package_in_its_plainest_form_is_read() {
    assert_eq!(outcome(&package(&sheet(""), b"<sst/>")), Ok(1));
}

#[test]
fn what_unpacks_to_too_much_is_refused_whatever_it_says_of_itself() {
    let zeros = vec![b' '; 60 << 20];
    let honest = package(&sheet(""), &zeros);
    assert!(outcome(&honest).unwrap_err().contains("unpacks to more than"));
    // The sizes in the directory made small: what is unpacked is counted.
    let size = u32::try_from(zeros.len()).unwrap().to_le_bytes();
    let mut lying = honest;
    let places: Vec<usize> = (0..lying.len() - 4).filter(|at| lying[*at..*at + 4] == size).collect();
    for at in places {
        lying[at..at + 4].copy_from_slice(&[9, 0, 0, 0]);
    }
    assert!(outcome(&lying).is_err());
}

#[test]
fn entities_are_neither_declared_nor_expanded() {
    let laughs =
        r#"<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
    assert!(outcome(&package(&sheet(""), laughs.as_bytes())).unwrap_err().contains("document type"));
    let outside = r#"<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>"#;
    assert!(outcome(&package(&sheet(""), outside.as_bytes())).unwrap_err().contains("document type"));
    assert!(outcome(&package(&sheet(""), b"<sst><si><t>&x;</t></si></sst>")).is_err());
}

#[test]
fn no_cell_row_or_count_is_too_much() {
    let long = format!(r#"<row r="3"><c r="A3" t="inlineStr"><is><t>{}</t></is></c></row>"#, "x".repeat(10 << 20));
    assert!(outcome(&package(&sheet(&long), b"<sst/>")).unwrap_err().contains("32767 characters"));
    let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert_eq!(outcome(&package(&sheet(far), b"<sst/>")), Ok(1));
    let rows = "<row><c><v>1</v></c></row>".repeat(1_048_574);
    assert!(outcome(&package(&sheet(&rows), b"<sst/>")).is_err());
    let empty = "<row/>".repeat(1_048_574);
    assert_eq!(outcome(&package(&sheet(&empty), b"<sst/>")), Ok(1));
    let counts = br#"<sst count="99999999999999999" uniqueCount="99999999999999999"><si><t>a</t></si></sst>"#;
    assert_eq!(outcome(&package(&sheet(""), counts)), Ok(1));
    // One long text that every cell shares.
    let shared = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000));
    let cells: Vec<String> =
        (3..8_000).map(|row| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#)).collect();
    assert!(
        outcome(&package(&sheet(&cells.concat()), shared.as_bytes())).unwrap_err().contains("more cells than a form")
    );
    let deep = "<a>".repeat(100_000);
    assert!(outcome(&package(&sheet(&deep), b"<sst/>")).is_err());
}

#[test]
fn a_form_with_no_end_of_questions_groups_or_rules_is_read_within_bounds() {
    let row = |number: usize, cells: [&str; 4]| {
        let cells = cells
            .iter()
            .zip(["A", "B", "C", "D"])
            .map(|(text, column)| format!(r#"<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>"#));
        format!(r#"<row r="{number}">{}</row>"#, cells.collect::<String>())
    };
    let header = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>text</t></is></c><c r="B2" t="inlineStr"><is><t>q</t></is></c></row>"#;
    let many: String = (3..9_000).map(|n| row(n, ["text", &format!("q{n}"), "Q?", ""])).collect();
    assert!(outcome(&package(&sheet(&(header.to_string() + &many)), b"<sst/>")).is_ok());
    let groups: String = (3..3_000).map(|n| row(n, ["begin group", &format!("g{n}"), "G", ""])).collect();
    let groups = groups + &row(3_000, ["text", "last", "Last?", ""]);
    assert!(outcome(&package(&sheet(&groups), b"<sst/>")).is_ok());
    let rule = "(".repeat(3_000);
    let rules: String = (3..200).map(|n| row(n, ["text", &format!("q{n}"), "Q?", &rule])).collect();
    let head = String::from_utf8(sheet(&rules)).unwrap().replace(
        "</c></row><row r=\"2\">",
        "</c><c r=\"D1\" t=\"inlineStr\"><is><t>relevant</t></is></c></row><row r=\"2\">",
    );
    assert!(outcome(&package(head.as_bytes(), b"<sst/>")).is_ok());
    // Calculations that name one another, and themselves.
    let chain: String = (3..2_000)
        .map(|n| {
            row(
                n,
                [
                    "calculate",
                    &format!("c{n}"),
                    &format!("${{c{}}}", n + 1),
                    &format!("if(${{c{}}} = '1', ${{c{}}}, ${{c{n}}})", n + 1, n - 1),
                ],
            )
        })
        .collect();
    let head = String::from_utf8(sheet(&chain)).unwrap().replace(
        "</c></row><row r=\"2\">",
        "</c><c r=\"D1\" t=\"inlineStr\"><is><t>calculation</t></is></c></row><row r=\"2\">",
    );
    assert!(outcome(&package(head.as_bytes(), b"<sst/>")).is_ok());
}

/// A compound file with one stream `Workbook` of these records.
fn compound(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (kind, content) in records {
        stream.extend(kind.to_le_bytes());
        stream.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
        stream.extend(content);
    }
    stream.resize(stream.len().max(4_096).next_multiple_of(512), 0);
    let sectors = stream.len() / 512;
    let mut file = vec![0u8; 512];
    file[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(26, &3u16.to_le_bytes());
    put(30, &9u16.to_le_bytes());
    put(32, &6u16.to_le_bytes());
    put(44, &1u32.to_le_bytes());
    put(48, &1u32.to_le_bytes());
    put(56, &4_096u32.to_le_bytes());
    put(60, &u32::MAX.wrapping_sub(1).to_le_bytes());
    put(68, &u32::MAX.wrapping_sub(1).to_le_bytes());
    put(76, &0u32.to_le_bytes());
    (80..512).step_by(4).for_each(|at| put(at, &u32::MAX.to_le_bytes()));
    // Sector 0 says which follows which, sector 1 is the directory, and the stream begins in sector 2.
    let mut follows = vec![0xFFFF_FFFDu32, 0xFFFF_FFFE];
    follows.extend((0..sectors).map(|n| if n + 1 == sectors { 0xFFFF_FFFE } else { u32::try_from(n).unwrap() + 3 }));
    follows.resize(128, u32::MAX);
    file.extend(follows.iter().take(128).flat_map(|next| next.to_le_bytes()));
    let entry = |name: &str, kind: u8, start: u32, size: u32| {
        let mut entry = vec![0u8; 128];
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..units.len()].copy_from_slice(&units);
        entry[64..66].copy_from_slice(&u16::try_from(units.len() + 2).unwrap().to_le_bytes());
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&size.to_le_bytes());
        entry
    };
    let size = u32::try_from(stream.len()).unwrap();
    let mut directory = [entry("Root Entry", 5, 0xFFFF_FFFE, 0), entry("Workbook", 2, 2, size)].concat();
    directory.resize(512, 0);
    file.extend(directory);
    file.extend(stream);
    file
}

/// The records of a workbook with one sheet, its texts, and cells that show one of them.
fn old_workbook(texts: &[&str], cells: &[(u16, u16, u32)]) -> Vec<u8> {
    let beginning = |kind: u16| (0x0809u16, [0x0600u16.to_le_bytes(), kind.to_le_bytes()].concat());
    let mut strings = vec![0u8; 8];
    for text in texts {
        strings.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        strings.push(0);
        strings.extend(text.as_bytes());
    }
    let globals = |offset: u32| {
        let mut sheet = offset.to_le_bytes().to_vec();
        sheet.extend([0, 0, 6, 0]);
        sheet.extend(b"survey");
        vec![beginning(5), (0x0085, sheet), (0x00FC, strings.clone()), (0x000A, Vec::new())]
    };
    let length: usize = globals(0).iter().map(|(_, content)| content.len() + 4).sum();
    let mut records = globals(u32::try_from(length).unwrap());
    records.push(beginning(0x10));
    for (row, column, text) in cells {
        let mut cell = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        cell.extend(text.to_le_bytes());
        records.push((0x00FD, cell));
    }
    records.push((0x000A, Vec::new()));
    compound(&records)
}

#[test]
fn old_workbooks_are_bounded_too() {
    let texts = ["type", "name", "text", "q"];
    let form = [(0, 0, 0), (0, 1, 1), (1, 0, 2), (1, 1, 3)];
    assert_eq!(outcome(&old_workbook(&texts, &form)), Ok(1));
    let far = [&form[..], &[(65_535, 255, 3)]].concat();
    assert_eq!(outcome(&old_workbook(&texts, &far)), Ok(1));
    let mut circle = old_workbook(&texts, &form);
    circle[512 + 4 * 3..512 + 4 * 4].copy_from_slice(&2u32.to_le_bytes());
    assert!(outcome(&circle).unwrap_err().contains("damaged"));
    let long = "x".repeat(8_000);
    let shared: Vec<(u16, u16, u32)> = (2..2_000).map(|row| (row, 2, 4)).collect();
    let shared = [&form[..], &[(0, 2, 1)], &shared].concat();
    let all = [&texts[..], &[long.as_str()]].concat();
    assert!(outcome(&old_workbook(&all, &shared)).is_err());
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [&b""[..], b"PK", b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"type,name\n", b"{\"a\": 1}"] {
        assert!(outcome(bytes).is_err(), "{bytes:?}");
    }
}

/// Numbers that look like chance and are the same in every run.
fn seeded(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 11).unwrap_or(0) % below.max(1)
    }
}

/// Reads copies of a workbook with a few bytes changed.
fn flipped(bytes: &[u8], copies: u64) {
    for seed in 1..=copies {
        let mut dice = seeded(seed);
        let mut copy = bytes.to_vec();
        for _ in 0..=dice(8) {
            let at = dice(copy.len());
            copy[at] = u8::try_from(dice(256)).unwrap();
        }
        let _ = outcome(&copy);
    }
}

#[test]
fn damaged_workbooks_never_break_the_reader() {
    let copies = std::env::var("CANVASS_FLIPS").ok().and_then(|copies| copies.parse().ok()).unwrap_or(6);
    flipped(&template().unwrap(), copies);
    let Some(folder) = data().map(|data| data.join("forms/xlsform")) else {
        println!("skipped: no data");
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "xls" || ending == "xlsx") {
            flipped(&std::fs::read(&path).unwrap(), copies);
        }
    }
}
