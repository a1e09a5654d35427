//! `report.docx`: the page of the report as a document for word processors (ECMA-376, part 1, chapter 17).
//!
//! It is made of the finished page, so that it says what the page says: headings by their styles, tables with heads that
//! repeat, the language of each text. A chart gives its description, which a table with its figures follows; what tells where
//! figures come from gives way, as on paper, to the section on the method.

mod parts;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Cursor, Write};

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::html::escape;
use parts::{CONTENT_TYPES, DECLARATION, DOCUMENT_RELATIONSHIPS, FOOTER, NUMBERING, RELATIONSHIPS, W, styles};

/// The media type of such a document.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Elements of a page that a document leaves out, with all that is in them.
const LEFT_OUT: [&str; 2] = ["nav", "svg"];
/// The class of what tells under a table where its figures come from.
const WHY: &str = "canvass-why";
/// Tables with more columns than these have small type.
const WIDE: usize = 8;
/// The width of the text on A4, in twentieths of a point.
const TEXT_WIDTH: f64 = 9_638.0;

/// The page of a report as a document.
///
/// # Errors
///
/// A page that is not well-formed within `<main>`.
pub fn docx(page: &str) -> io::Result<Vec<u8>> {
    let between =
        |from: &str, to: &str| page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(found, _)| found);
    let title = between("<title>", "</title>").unwrap_or_default();
    let language = between("<html lang=\"", "\"").unwrap_or("en-GB");
    let start = page.find("<main").unwrap_or_default();
    let end = page.find("</main>").map_or(page.len(), |at| at + "</main>".len());
    let body = body(page.get(start..end).unwrap_or_default())?;
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let core = format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{title}</dc:title><dc:language>{language}</dc:language></cp:coreProperties>"
    );
    let document = format!(
        "{DECLARATION}<w:document xmlns:w=\"{W}\"><w:body>{body}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    for (path, content) in [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONSHIPS.to_owned()),
        ("docProps/core.xml", core),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONSHIPS.to_owned()),
        ("word/styles.xml", styles(language)),
        ("word/numbering.xml", NUMBERING.to_owned()),
        ("word/footer1.xml", FOOTER.to_owned()),
        ("word/document.xml", document),
    ] {
        package.start_file(path, SimpleFileOptions::default()).map_err(io::Error::other)?;
        package.write_all(content.as_bytes())?;
    }
    Ok(package.finish().map_err(io::Error::other)?.into_inner())
}

/// A cell of a table: its paragraphs' text, and what it is.
#[derive(Default)]
struct Cell {
    runs: String,
    span: usize,
    is_head: bool,
    is_words: bool,
    has_picture: bool,
}

/// A table in the making.
#[derive(Default)]
struct Table {
    rows: Vec<(bool, Vec<Cell>)>,
    in_head: bool,
}

/// What is written so far.
#[derive(Default)]
struct Document {
    out: String,
    /// The runs of the paragraph in the making.
    runs: String,
    /// The style of the paragraph in the making.
    style: &'static str,
    bold: usize,
    italic: usize,
    languages: Vec<Option<String>>,
    table: Option<Table>,
    /// Elements open within one that is left out.
    skipping: usize,
    /// Lists open, within terms and their descriptions.
    lists: usize,
    descriptions: usize,
    quotes: usize,
    spaces: usize,
    /// The caption before the next table.
    caption: String,
}

fn body(html: &str) -> io::Result<String> {
    let mut reader = Reader::from_str(html);
    let mut document = Document { style: "", ..Document::default() };
    loop {
        match reader.read_event().map_err(io::Error::other)? {
            Event::Start(tag) => document.open(&tag)?,
            Event::Empty(tag) => {
                document.open(&tag)?;
                document.close(tag.name().as_ref());
            }
            Event::End(tag) => document.close(tag.name().as_ref()),
            Event::Text(text) => document.text(&text.xml10_content()),
            Event::GeneralRef(named) => {
                let character = named.resolve_char_ref().map_err(io::Error::other)?.map(String::from);
                let text = character.or_else(|| resolve_predefined_entity(&named.xml10_content()).map(str::to_owned));
                document.text(&text.unwrap_or_default());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    document.paragraph();
    Ok(document.out)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> io::Result<Option<String>> {
    let found = tag.try_get_attribute(name).map_err(io::Error::other)?;
    let value = found.map(|found| found.normalized_value(XmlVersion::Explicit1_0).map(Cow::into_owned));
    value.transpose().map_err(io::Error::other)
}

impl Document {
    fn open(&mut self, tag: &BytesStart<'_>) -> io::Result<()> {
        let name = tag.name();
        let name = name.as_ref();
        let class = attribute(tag, "class")?.unwrap_or_default();
        if self.skipping > 0 {
            self.skipping += 1;
            return Ok(());
        }
        let heard = attribute(tag, "aria-label")?
            .filter(|_| attribute(tag, "role").is_ok_and(|role| role.as_deref() == Some("img")));
        if let Some(heard) = heard {
            self.paragraph();
            self.style = "Picture";
            self.text(&heard);
            self.paragraph();
            self.skipping = 1;
            return Ok(());
        }
        if LEFT_OUT.contains(&name) || class == WHY {
            if name == "svg"
                && let Some(cell) = self.cell()
            {
                cell.has_picture = true;
            }
            self.skipping = 1;
            return Ok(());
        }
        self.languages.push(attribute(tag, "lang")?);
        match name {
            "h1" | "h2" | "h3" | "h4" | "p" | "li" | "dt" | "dd" | "div" | "section" | "summary" | "details" => {
                self.paragraph();
                match name {
                    "h1" => self.style = "Heading1",
                    "h2" => self.style = "Heading2",
                    "h3" => self.style = "Heading3",
                    "h4" => self.style = "Heading4",
                    "dt" => self.style = "Term",
                    "dd" => self.descriptions += 1,
                    "p" if class == "canvass-caption" => self.style = "Caption",
                    "p" if class == "canvass-answer" => self.style = "Answer",
                    "div" if class == "canvass-space" => self.spaces += 1,
                    _ => {}
                }
            }
            "ul" | "ol" => {
                self.paragraph();
                self.lists += 1;
            }
            "blockquote" => {
                self.paragraph();
                self.quotes += 1;
            }
            "b" | "strong" => self.bold += 1,
            "em" => self.italic += 1,
            "br" => self.line(),
            "span" => self.space(),
            "table" => {
                self.paragraph();
                self.table = Some(Table::default());
            }
            "thead" => {
                if let Some(table) = &mut self.table {
                    table.in_head = true;
                }
            }
            "tr" => {
                if let Some(table) = &mut self.table {
                    table.rows.push((table.in_head, Vec::new()));
                }
            }
            "th" | "td" => {
                let span = attribute(tag, "colspan")?.and_then(|span| span.parse().ok()).unwrap_or(1);
                let is_words = class == "w" || attribute(tag, "scope")?.is_some_and(|scope| scope != "col");
                let cell = Cell { span, is_head: name == "th", is_words, ..Cell::default() };
                if let Some((_, row)) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        self.languages.pop();
        match name {
            "h1" | "h2" | "h3" | "h4" | "p" | "li" | "dt" | "section" | "summary" | "details" => {
                // Lines to write on have no text.
                if name == "p" && self.spaces > 0 {
                    self.out.push_str("<w:p><w:pPr><w:pStyle w:val=\"Space\"/></w:pPr></w:p>");
                }
                self.paragraph();
            }
            "div" => {
                self.paragraph();
                // The only element of its kind within which nothing but paragraphs stand.
                self.spaces = 0;
            }
            "dd" => {
                self.paragraph();
                self.descriptions = self.descriptions.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.paragraph();
                self.lists = self.lists.saturating_sub(1);
            }
            "blockquote" => {
                self.paragraph();
                self.quotes = self.quotes.saturating_sub(1);
            }
            "b" | "strong" => {
                self.bold = self.bold.saturating_sub(1);
                if name == "b" && self.cell().is_some() {
                    self.line();
                }
            }
            "em" => self.italic = self.italic.saturating_sub(1),
            "thead" => {
                if let Some(table) = &mut self.table {
                    table.in_head = false;
                }
            }
            "table" => {
                if let Some(table) = self.table.take() {
                    table.write(&mut self.out, &std::mem::take(&mut self.caption));
                }
            }
            _ => {}
        }
    }

    fn cell(&mut self) -> Option<&mut Cell> {
        self.table.as_mut()?.rows.last_mut()?.1.last_mut()
    }

    /// The end of a line within a cell or a paragraph.
    fn line(&mut self) {
        let runs = self.runs_mut();
        if !runs.is_empty() {
            runs.push_str("<w:r><w:br/></w:r>");
        }
    }

    fn runs_mut(&mut self) -> &mut String {
        let in_cell = self.cell().is_some();
        match self.table.as_mut().and_then(|table| table.rows.last_mut()).and_then(|(_, row)| row.last_mut()) {
            Some(cell) if in_cell => &mut cell.runs,
            _ => &mut self.runs,
        }
    }

    /// Keeps the words of two elements apart, as the look of the page does.
    fn space(&mut self) {
        if !self.runs.is_empty() && !self.runs.ends_with(" </w:t></w:r>") {
            self.runs.push_str("<w:r><w:t xml:space=\"preserve\"> </w:t></w:r>");
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping > 0 {
            return;
        }
        let in_cell = self.cell().is_some();
        if self.table.is_some() && !in_cell {
            return;
        }
        for (index, part) in text.split('\n').enumerate() {
            // In a cell of figures the ends of lines tell figures apart; elsewhere they are blanks.
            if index > 0 && in_cell {
                self.line();
            } else if index > 0 && !self.runs.is_empty() {
                self.run(" ");
            }
            let begins = self.runs_mut().is_empty() || self.runs_mut().ends_with("<w:br/></w:r>");
            let part = if begins { part.trim_start() } else { part };
            if !part.is_empty() {
                self.run(part);
            }
        }
    }

    fn run(&mut self, text: &str) {
        let mut properties = String::new();
        if self.bold > 0 {
            properties.push_str("<w:b/>");
        }
        if self.italic > 0 {
            properties.push_str("<w:i/>");
        }
        if let Some(language) = self.languages.iter().rev().flatten().next() {
            let _ = write!(properties, "<w:lang w:val=\"{}\"/>", escape(language));
        }
        let properties = if properties.is_empty() { properties } else { format!("<w:rPr>{properties}</w:rPr>") };
        let run = format!("<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escape(text));
        self.runs_mut().push_str(&run);
    }

    /// Ends the paragraph in the making, if it says anything.
    fn paragraph(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        let style = std::mem::take(&mut self.style);
        if self.table.is_some() || runs.is_empty() {
            return;
        }
        let style = match style {
            "" if self.lists > 0 => "ListBullet",
            "" if self.quotes > 0 => "Quote",
            "" if self.descriptions > 0 => "Description",
            "" => "Normal",
            named => named,
        };
        if style == "Caption" {
            self.caption = spoken(&runs);
        }
        let _ = write!(self.out, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>");
    }
}

/// The text of runs, escaped as it stands there.
fn spoken(runs: &str) -> String {
    let texts = runs.split("<w:t xml:space=\"preserve\">").skip(1);
    texts.filter_map(|rest| rest.split("</w:t>").next()).collect()
}

impl Table {
    /// How much room a column needs: its longest word, and more the more its fullest cell says.
    fn need(&self, at: usize) -> f64 {
        let cells = self.rows.iter().filter_map(|(_, row)| row.get(at)).filter(|cell| cell.span == 1);
        let need = cells.map(|cell| {
            let text = spoken(&cell.runs);
            let word = text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or_default();
            (word as f64 + 2.0).max(3.2 * (text.chars().count() as f64).sqrt())
        });
        need.fold(4.0, f64::max).min(45.0)
    }

    /// Writes the table without the columns that hold pictures alone; `caption` is its description.
    fn write(self, out: &mut String, caption: &str) {
        let columns = self.rows.iter().map(|(_, row)| row.len()).max().unwrap_or_default();
        let pictures: Vec<bool> = (0..columns)
            .map(|at| {
                let mut cells = self.rows.iter().filter(|(is_head, _)| !is_head).filter_map(|(_, row)| row.get(at));
                cells.clone().any(|cell| cell.has_picture) && cells.all(|cell| cell.runs.is_empty() || cell.span > 1)
            })
            .collect();
        let shown = pictures.iter().filter(|picture| !**picture).count().max(1);
        let size = if shown > WIDE { "TableSmall" } else { "TableText" };
        let _ = write!(
            out,
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"Figures\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblLook w:firstRow=\"1\" w:firstColumn=\"1\"/><w:tblCaption w:val=\"{caption}\"/></w:tblPr><w:tblGrid>"
        );
        let needs: Vec<f64> =
            (0..columns).filter(|at| !pictures.get(*at).copied().unwrap_or_default()).map(|at| self.need(at)).collect();
        let all: f64 = needs.iter().sum();
        let widths = needs.iter().map(|need| (need / all * TEXT_WIDTH).round());
        for width in widths {
            let _ = write!(out, "<w:gridCol w:w=\"{width}\"/>");
        }
        out.push_str("</w:tblGrid>");
        for (is_head, row) in &self.rows {
            out.push_str("<w:tr><w:trPr><w:cantSplit/>");
            out.push_str(if *is_head { "<w:tblHeader/></w:trPr>" } else { "</w:trPr>" });
            for (at, cell) in row.iter().enumerate().filter(|(at, _)| !pictures.get(*at).copied().unwrap_or_default()) {
                let span = if cell.span > 1 { format!("<w:gridSpan w:val=\"{shown}\"/>") } else { String::new() };
                let align = if cell.is_words || at == 0 { "left" } else { "right" };
                let style = if cell.is_head && (*is_head || cell.span > 1) { "TableHead" } else { size };
                let _ = write!(
                    out,
                    "<w:tc><w:tcPr>{span}</w:tcPr><w:p><w:pPr><w:pStyle w:val=\"{style}\"/><w:jc w:val=\"{align}\"/></w:pPr>{}</w:p></w:tc>",
                    cell.runs.strip_suffix("<w:r><w:br/></w:r>").unwrap_or(&cell.runs)
                );
            }
            out.push_str("</w:tr>");
        }
        out.push_str("</w:tbl><w:p><w:pPr><w:pStyle w:val=\"AfterTable\"/></w:pPr></w:p>");
    }
}

#[cfg(test)]
mod tests;
