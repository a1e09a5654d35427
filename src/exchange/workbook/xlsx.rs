//! Reads the cells of an `.xlsx` workbook as a stream, with a bound on every part of the package.
//!
//! A shared text is kept once however often it is used, and nothing that the file says of its own size is believed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::super::report::Refusal;
use super::{Budget, More, Sheet, date_text, is_builtin_date, is_date_format, kept_name, number_text};

/// Largest part of the package, unpacked.
const MAX_PART: u64 = 12 << 20;
/// Largest sum of the parts, unpacked.
const MAX_PACKAGE: u64 = 48 << 20;
/// Most parts.
const MAX_PARTS: usize = 2_000;
/// Most shared texts.
const MAX_STRINGS: usize = 300_000;
/// Deepest nesting of elements.
const MAX_DEPTH: usize = 100;

type Package<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Reads the sheets that mean something.
pub(super) fn read(bytes: &[u8], wanted: &[&str]) -> Result<Vec<Sheet>, Refusal> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let sizes: u64 = (0..package.len()).filter_map(|n| package.by_index_raw(n).ok().map(|part| part.size())).sum();
    if package.len() > MAX_PARTS || sizes > MAX_PACKAGE {
        let message = format!("the workbook unpacks to more than {} MB; remove what is no form", MAX_PACKAGE >> 20);
        return Err(Refusal::of_file(message));
    }
    let relations = relations(&mut package, "_rels/.rels")?;
    let workbook = relations.values().find(|(kind, _)| kind.ends_with("/officeDocument"));
    let workbook = workbook.map_or_else(|| "xl/workbook.xml".to_string(), |(_, target)| resolve("", target));
    let folder = workbook.rsplit_once('/').map_or("", |(folder, _)| folder).to_string();
    let file = workbook.rsplit('/').next().unwrap_or_default();
    let (names, from_1904) = sheet_names(&mut package, &workbook)?;
    let relations = self::relations(&mut package, &format!("{folder}/_rels/{file}.rels"))?;
    let part = |ending: &str| {
        let found = relations.values().find(|(kind, _)| kind.ends_with(ending));
        found.map(|(_, target)| resolve(&folder, target))
    };
    let strings = match part("/sharedStrings") {
        Some(path) => shared_strings(&mut package, &path)?,
        None => Vec::new(),
    };
    let dates = match part("/styles") {
        Some(path) => date_styles(&mut package, &path)?,
        None => Vec::new(),
    };
    let context = Context { strings: &strings, dates: &dates, from_1904 };
    let mut budget = Budget::default();
    let mut sheets: Vec<Sheet> = Vec::new();
    for (name, relation) in &names {
        let Some(kept) = kept_name(name, names.len() == 1, wanted) else { continue };
        let Some((_, target)) = relations.get(relation) else { continue };
        if sheets.iter().any(|sheet| sheet.name == kept) {
            continue;
        }
        let mut sheet = Sheet { name: kept, ..Sheet::default() };
        cells(&mut package, &resolve(&folder, target), &context, &mut sheet, &mut budget)?;
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// What the cells of every sheet refer to.
struct Context<'a> {
    strings: &'a [String],
    dates: &'a [bool],
    from_1904: bool,
}

fn damaged() -> Refusal {
    Refusal::of_file("the workbook is damaged; open it in a spreadsheet program, save it as .xlsx and try again")
}

/// The path of a part that another names.
fn resolve(folder: &str, target: &str) -> String {
    let joined = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_string(),
        None => format!("{folder}/{target}"),
    };
    let mut path: Vec<&str> = Vec::new();
    for step in joined.split('/').filter(|step| !step.is_empty() && *step != ".") {
        if step == ".." {
            path.pop();
        } else {
            path.push(step);
        }
    }
    path.join("/")
}

/// Calls `with` for every start, end and text of a part, until it wants no more. A part that is missing has none.
fn each_event(
    package: &mut Package<'_>,
    path: &str,
    with: &mut dyn FnMut(Xml<'_>) -> Result<More, Refusal>,
) -> Result<(), Refusal> {
    let parts: Vec<String> = package.file_names().flatten().map(Cow::into_owned).collect();
    let Some(name) = parts.iter().find(|name| name.eq_ignore_ascii_case(path)) else { return Ok(()) };
    let part = package.by_name(name).map_err(|_| damaged())?;
    if part.size() > MAX_PART {
        return Err(too_large(path));
    }
    let limited = BufReader::new(part.take(MAX_PART + 1));
    let mut xml = Reader::from_reader(limited);
    xml.config_mut().check_end_names = false;
    xml.config_mut().expand_empty_elements = true;
    stream(&mut xml, path, with)
}

/// What stands next in a part.
enum Xml<'a> {
    Start(&'a BytesStart<'a>),
    End(&'a str),
    Text(&'a str),
}

fn stream<R: BufRead>(
    xml: &mut Reader<R>,
    path: &str,
    with: &mut dyn FnMut(Xml<'_>) -> Result<More, Refusal>,
) -> Result<(), Refusal> {
    let mut buffer = Vec::new();
    let mut depth = 0usize;
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer);
        if xml.buffer_position() > MAX_PART {
            return Err(too_large(path));
        }
        let more = match event.map_err(|_| damaged())? {
            Event::Start(start) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(damaged());
                }
                with(Xml::Start(&start))?
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                with(Xml::End(end.local_name().as_ref()))?
            }
            Event::Text(text) => with(Xml::Text(&text.xml10_content()))?,
            Event::CData(text) => with(Xml::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|_| damaged())? {
                Some(c) => with(Xml::Text(c.encode_utf8(&mut [0; 4])))?,
                // Only the five entities of XML itself: a workbook declares none.
                None => with(Xml::Text(resolve_predefined_entity(&reference.xml10_content()).ok_or_else(damaged)?))?,
            },
            Event::DocType(_) => {
                return Err(Refusal::of_file(format!(
                    "`{path}` in the workbook declares a document type, which no form needs"
                )));
            }
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => More::Yes,
        };
        if more == More::No {
            return Ok(());
        }
    }
}

fn too_large(path: &str) -> Refusal {
    Refusal::of_file(format!(
        "`{path}` in the workbook unpacks to more than {} MB; remove what is no form",
        MAX_PART >> 20
    ))
}

/// The value of an attribute, whatever its prefix.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).flatten();
    let mut found = attributes.filter(|attribute| attribute.key.local_name().as_ref() == name);
    found.next().and_then(|attribute| attribute.normalized_value(XmlVersion::Explicit1_0).ok().map(Cow::into_owned))
}

/// Relation ids with their kinds and targets.
fn relations(package: &mut Package<'_>, path: &str) -> Result<BTreeMap<String, (String, String)>, Refusal> {
    let mut relations = BTreeMap::new();
    each_event(package, path, &mut |event| {
        if let Xml::Start(start) = event
            && start.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(kind), Some(target)) =
                (attribute(start, "Id"), attribute(start, "Type"), attribute(start, "Target"))
        {
            relations.insert(id, (kind, target));
        }
        Ok(More::Yes)
    })?;
    Ok(relations)
}

/// The sheets with their relation ids, and whether days are counted from 1904.
fn sheet_names(package: &mut Package<'_>, path: &str) -> Result<(Vec<(String, String)>, bool), Refusal> {
    let mut names = Vec::new();
    let mut from_1904 = false;
    each_event(package, path, &mut |event| {
        let Xml::Start(start) = event else { return Ok(More::Yes) };
        match start.local_name().as_ref() {
            "workbookPr" => {
                from_1904 = attribute(start, "date1904").is_some_and(|value| value == "1" || value == "true");
            }
            "sheet" if names.len() < MAX_PARTS => {
                names.extend(attribute(start, "name").zip(attribute(start, "id")));
            }
            _ => {}
        }
        Ok(More::Yes)
    })?;
    if names.is_empty() { Err(damaged()) } else { Ok((names, from_1904)) }
}

/// The texts that cells refer to by number.
fn shared_strings(package: &mut Package<'_>, path: &str) -> Result<Vec<String>, Refusal> {
    let mut strings: Vec<String> = Vec::new();
    let mut text = TextRun::default();
    each_event(package, path, &mut |event| {
        match event {
            Xml::Start(start) if start.local_name().as_ref() == "si" => text.take(),
            Xml::Start(start) => {
                text.start(start.local_name().as_ref());
                String::new()
            }
            Xml::Text(more) => {
                text.add(more);
                String::new()
            }
            Xml::End("si") => {
                if strings.len() >= MAX_STRINGS {
                    return Err(too_large(path));
                }
                strings.push(unescape(text.take()));
                String::new()
            }
            Xml::End(name) => {
                text.end(name);
                String::new()
            }
        };
        Ok(More::Yes)
    })?;
    Ok(strings)
}

/// A text that may be written in several runs; what stands outside `t`, or gives the pronunciation, is not part of it.
#[derive(Default)]
struct TextRun {
    text: String,
    inside: bool,
    phonetic: bool,
}

impl TextRun {
    fn start(&mut self, name: &str) {
        self.phonetic |= name == "rPh";
        self.inside = matches!(name, "t" | "v") && !self.phonetic;
    }

    fn end(&mut self, name: &str) {
        self.phonetic &= name != "rPh";
        self.inside = false;
    }

    fn add(&mut self, more: &str) {
        if self.inside {
            self.text.push_str(more);
        }
    }

    fn take(&mut self) -> String {
        self.inside = false;
        std::mem::take(&mut self.text)
    }
}

/// Undoes Excel's `_x000D_` for characters that XML does not carry.
fn unescape(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_x") {
        out.push_str(before);
        let code =
            after.get(..4).filter(|_| after.get(4..5) == Some("_")).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            out.push(c);
            rest = after.get(5..).unwrap_or_default();
        } else {
            out.push_str("_x");
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// For each cell style, whether it shows a date.
fn date_styles(package: &mut Package<'_>, path: &str) -> Result<Vec<bool>, Refusal> {
    let mut custom: BTreeMap<u32, bool> = BTreeMap::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    each_event(package, path, &mut |event| {
        match event {
            Xml::Start(start) => match start.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok());
                    let format = attribute(start, "formatCode").map(|format| is_date_format(&format));
                    custom.extend(id.zip(format));
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells && styles.len() < MAX_STRINGS => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    styles.push(custom.get(&id).copied().unwrap_or_else(|| is_builtin_date(id)));
                }
                _ => {}
            },
            Xml::End("cellXfs") => return Ok(More::No),
            _ => {}
        }
        Ok(More::Yes)
    })?;
    Ok(styles)
}

/// Reads the cells of a sheet.
fn cells(
    package: &mut Package<'_>,
    path: &str,
    context: &Context<'_>,
    sheet: &mut Sheet,
    budget: &mut Budget,
) -> Result<(), Refusal> {
    let (mut row, mut column) = (0u32, 0u32);
    let mut kind = String::new();
    let mut is_date = false;
    let mut text = TextRun::default();
    each_event(package, path, &mut |event| {
        match event {
            Xml::Start(start) => match start.local_name().as_ref() {
                "row" => {
                    if let Some(number) = attribute(start, "r").and_then(|number| number.parse::<u32>().ok()) {
                        row = number.saturating_sub(1);
                    }
                    column = 0;
                    return Ok(sheet.at(row));
                }
                "c" => {
                    if let Some((at_row, at_column)) = attribute(start, "r").as_deref().and_then(position) {
                        (row, column) = (at_row, at_column);
                    }
                    kind = attribute(start, "t").unwrap_or_default();
                    let style = attribute(start, "s").and_then(|style| style.parse::<usize>().ok()).unwrap_or(0);
                    is_date = context.dates.get(style).copied().unwrap_or(false);
                    text.take();
                }
                name => text.start(name),
            },
            Xml::Text(more) => text.add(more),
            Xml::End("c") => {
                let shown = shown(&kind, text.take(), is_date, context);
                let more = sheet.add(row, column, shown, budget)?;
                column = column.saturating_add(1);
                return Ok(more);
            }
            Xml::End("row") => row = row.saturating_add(1),
            Xml::End("sheetData") => return Ok(More::No),
            Xml::End(name) => text.end(name),
        }
        Ok(More::Yes)
    })
}

/// What a cell shows.
fn shown(kind: &str, written: String, is_date: bool, context: &Context<'_>) -> String {
    match kind {
        "s" => {
            let string = written.trim().parse::<usize>().ok().and_then(|number| context.strings.get(number));
            string.cloned().unwrap_or_default()
        }
        "b" if written.is_empty() => String::new(),
        "b" => if written.trim() == "1" { "TRUE" } else { "FALSE" }.to_string(),
        "e" => String::new(),
        "str" | "inlineStr" => unescape(written),
        "d" => written.replace('T', " "),
        _ => match written.trim().parse::<f64>() {
            Ok(number) if is_date => date_text(number, context.from_1904),
            Ok(number) if number.is_finite() => number_text(number),
            _ => written,
        },
    }
}

/// Row and column, from 0, of a cell such as `AB12`.
fn position(cell: &str) -> Option<(u32, u32)> {
    let letters = cell.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = cell.bytes().take(letters).try_fold(0u32, |column, letter| {
        column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row: u32 = cell.get(letters..)?.parse().ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_name_gives_its_place() {
        assert_eq!(position("A1"), Some((0, 0)));
        assert_eq!(position("XFD1048576"), Some((1_048_575, 16_383)));
        assert_eq!((position("1"), position("A"), position("A0"), position("ÄÖ1")), (None, None, None, None));
    }

    #[test]
    fn excels_escapes_are_undone() {
        assert_eq!(unescape("a_x000D_b _x005F_x000D_ _xy".into()), "a\rb _x000D_ _xy");
    }

    #[test]
    fn parts_are_found_relative_to_who_names_them() {
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/./a/../b.xml"), "xl/b.xml");
    }
}
