//! `codebook.xml`: the instrument and its columns as DDI-Codebook 2.5, which data archives and survey tools read.
//!
//! The elements, their order and their attributes are those of the DDI Alliance's `codebook.xsd` of 2012-01-17.
//! `docs/instrument.md` says what stands in which.

use std::io::{self, Write};

use jiff::Timestamp;

use super::codebook::{ABOUT_THE_RESPONSE, Entry, asked_of, entries_of, to_whom};
use super::columns::Columns;
use super::limits::{counted, limits, pattern};
use super::xml::Xml;
use crate::definition::codebook::{Source, Variable, variables};
use crate::definition::routing::{self, Numbers, Required, items_named};
use crate::definition::rule::english;
use crate::definition::{End, Page, Question, Segment, Storage, Survey, Window, plain};
use crate::item::{Item, Kind, Scale};

/// Writes the codebook of these columns; `version` is the number of the published version, if it is one.
///
/// Labels stand in every language of the survey, what this program says in English.
/// Linear in the number of columns and codes; equal surveys give equal bytes.
pub fn write<W: Write>(columns: &Columns<'_>, version: Option<u32>, out: W) -> io::Result<()> {
    let book = Book::new(columns);
    let survey = book.survey;
    let mut xml = Xml::new(out)?;
    let mut attributes = vec![
        ("xmlns", "ddi:codebook:2_5"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xsi:schemaLocation", SCHEMA),
        ("version", "2.5"),
    ];
    attributes.extend(tag(&survey.language).map(|tag| ("xml:lang", tag)));
    xml.element("codeBook", &attributes, |xml| {
        xml.element("docDscr", &[], |xml| document(xml, survey, version))?;
        xml.element("stdyDscr", &[], |xml| study(xml, &book, version))?;
        xml.element("fileDscr", &[("ID", "F1")], |xml| file(xml, &book))?;
        xml.element("dataDscr", &[], |xml| {
            groups(xml, &book)?;
            book.entries.iter().enumerate().try_for_each(|(number, entry)| variable(xml, &book, number, entry))
        })
    })?;
    xml.finish()
}

const SCHEMA: &str = "ddi:codebook:2_5 https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd";

/// The survey with its columns, in its own language and in the others.
struct Book<'a> {
    survey: &'a Survey,
    numbers: Numbers,
    entries: Vec<Entry<'a>>,
    translated: Vec<(&'a str, Survey, Vec<Variable>)>,
}

impl<'a> Book<'a> {
    fn new(columns: &Columns<'a>) -> Self {
        let survey = columns.current();
        let translate = |language: &'a String| {
            let mut other = survey.clone();
            other.translate(language);
            let variables = variables(&other);
            Some((tag(language)?, other, variables))
        };
        Self {
            survey,
            numbers: Numbers::new(survey),
            entries: entries_of(columns.all()),
            translated: survey.translations.keys().filter_map(translate).collect(),
        }
    }

    /// The ids in this document of the columns that belong to an item.
    fn columns_of(&self, item: &str) -> impl Iterator<Item = String> {
        let own = self.entries.iter().enumerate().filter(move |(_, entry)| entry.variable.item == item);
        own.map(|(number, _)| column_id(number))
    }
}

fn column_id(number: usize) -> String {
    format!("V{}", number + 1)
}

/// A language as XML takes it.
fn tag(language: &str) -> Option<&str> {
    let fits = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    language.split('-').all(fits).then_some(language).filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn document<W: Write>(xml: &mut Xml<W>, survey: &Survey, version: Option<u32>) -> io::Result<()> {
    xml.element("citation", &[], |xml| {
        xml.element("titlStmt", &[], |xml| {
            xml.text("titl", &[], &format!("Codebook: {}", plain(&survey.title)))?;
            xml.text("IDNo", &[], &format!("{}-codebook", survey.id))
        })?;
        xml.element("prodStmt", &[], |xml| xml.text("software", &[], concat!("Canvass ", env!("CARGO_PKG_VERSION"))))?;
        edition(xml, version)
    })
}

fn edition<W: Write>(xml: &mut Xml<W>, version: Option<u32>) -> io::Result<()> {
    let text = version.map_or_else(|| "Not published".to_string(), |version| format!("Version {version}"));
    xml.element("verStmt", &[], |xml| xml.text("version", &[], &text))
}

fn study<W: Write>(xml: &mut Xml<W>, book: &Book<'_>, version: Option<u32>) -> io::Result<()> {
    let survey = book.survey;
    let introduction = &survey.introduction;
    xml.element("citation", &[], |xml| {
        xml.element("titlStmt", &[], |xml| {
            xml.text("titl", &[], &plain(&survey.title))?;
            for (language, other, _) in &book.translated {
                translated(xml, "parTitl", language, &plain(&other.title), &plain(&survey.title))?;
            }
            xml.text("IDNo", &[], &survey.id)
        })?;
        if let Some(organisation) = &introduction.organisation {
            xml.element("prodStmt", &[], |xml| xml.text("producer", &[], &plain(organisation)))?;
        }
        edition(xml, version)
    })?;
    xml.element("stdyInfo", &[], |xml| {
        xml.text("abstract", &[], &introduction.purpose.as_deref().map(plain).unwrap_or_default())?;
        xml.element("sumDscr", &[], |xml| {
            for (event, at) in survey.window.as_ref().map(moments).into_iter().flatten() {
                xml.text("collDate", &[("date", &at), ("event", event)], &at)?;
            }
            xml.text("anlyUnit", &[], "Individual")?;
            xml.text("dataKind", &[], "Survey data")
        })
    })?;
    xml.element("method", &[], |xml| {
        xml.element("dataColl", &[], |xml| {
            xml.text("collMode", &[], "Self-administered questionnaire")?;
            let pages = u32::try_from(survey.pages.len()).unwrap_or(u32::MAX);
            xml.text("resInstru", &[], &format!("Structured questionnaire with {}", counted(pages, "page")))
        })
    })
}

/// When answers are taken, as instants.
fn moments(window: &Window) -> [(&'static str, String); 2] {
    let instant = |seconds| Timestamp::from_second(seconds).map(|at| at.to_string()).unwrap_or_default();
    [("start", instant(window.opens_at)), ("end", instant(window.closes_at))]
}

fn file<W: Write>(xml: &mut Xml<W>, book: &Book<'_>) -> io::Result<()> {
    let about = ABOUT_THE_RESPONSE.map(|(name, holds, _)| format!("{name} ({holds})")).join("; ");
    let columns = (book.entries.len() + ABOUT_THE_RESPONSE.len()).to_string();
    xml.element("fileTxt", &[], |xml| {
        xml.text("fileName", &[], "responses.csv")?;
        xml.text("fileCont", &[], &format!("One row a response. Columns before those described here: {about}"))?;
        xml.element("dimensns", &[], |xml| xml.text("varQnty", &[], &columns))?;
        xml.text("fileType", &[("charset", "UTF-8")], "Text with a header line")?;
        xml.text("format", &[], "comma-delimited")?;
        for check in book.survey.checks.iter().filter(|check| !check.rule.is_lost()) {
            let level =
                if check.may_go_on { "people are asked to look again" } else { "people must change their answers" };
            let (rule, message) = (english(&check.rule, book.survey), plain(&check.message));
            xml.text("dataChck", &[], &format!("Must hold: {rule}. Otherwise {level}: “{message}”"))?;
        }
        xml.text(
            "dataMsng",
            &[],
            "Codes that begin with NA: say why there is no answer. An empty cell is a part of an answer that was not \
             given, or a calculation without a value.",
        )
    })
}

/// Pages and questions with several columns, as groups of columns.
fn groups<W: Write>(xml: &mut Xml<W>, book: &Book<'_>) -> io::Result<()> {
    for page in book.survey.pages.iter().filter(|page| page.store == Storage::Response) {
        let (mut single, mut grouped) = (Vec::new(), Vec::new());
        let own: Vec<(&Question, Vec<String>)> = page
            .questions
            .iter()
            .map(|question| (question, book.columns_of(&question.item.head.id).collect()))
            .collect();
        for (question, columns) in &own {
            match columns.as_slice() {
                [] => {}
                [column] => single.push(column.clone()),
                _ => grouped.push(format!("G_{}", question.item.head.id)),
            }
        }
        let (id, columns, groups) = (format!("P_{}", page.id), single.join(" "), grouped.join(" "));
        let mut attributes = vec![("ID", id.as_str()), ("type", "section"), ("name", page.id.as_str())];
        attributes.extend((!columns.is_empty()).then_some(("var", columns.as_str())));
        attributes.extend((!groups.is_empty()).then_some(("varGrp", groups.as_str())));
        xml.element("varGrp", &attributes, |xml| {
            xml.text("labl", &[], &page_label(book, page))?;
            xml.text("txt", &[], &page.text.as_deref().map(plain).unwrap_or_default())?;
            xml.text("universe", &[], &to_whom(&routing::of_page(book.survey, page)))
        })?;
        for (question, columns) in own.iter().filter(|(_, columns)| columns.len() > 1) {
            let (head, columns) = (&question.item.head, columns.join(" "));
            let id = format!("G_{}", head.id);
            let attributes =
                [("ID", id.as_str()), ("type", group_type(&question.item)), ("name", &head.id), ("var", &columns)];
            xml.element("varGrp", &attributes, |xml| {
                xml.text("labl", &[], &plain(&head.text))?;
                xml.text("txt", &[], &head.hint.as_deref().map(plain).unwrap_or_default())?;
                xml.text("universe", &[], &asked_of(book.survey, &book.numbers, page, question))
            })?;
        }
    }
    Ok(())
}

fn page_label(book: &Book<'_>, page: &Page) -> String {
    let number = book.numbers.page(&page.id).map_or_else(String::new, |number| format!("Part {number}"));
    let ends = match page.end {
        Some(End::ScreenedOut) => Some("the consultation ends here, without a response"),
        Some(End::Finished) => Some("the consultation ends here"),
        None => None,
    };
    let parts = [(!number.is_empty()).then_some(number), page.title.as_deref().map(plain), ends.map(str::to_string)];
    let label = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
    if label.is_empty() { page.id.clone() } else { label }
}

fn group_type(item: &Item) -> &'static str {
    match item.kind {
        Kind::Multi(_) => "multipleResp",
        Kind::Rate(_) | Kind::Rank(_) | Kind::Allocate(_) => "grid",
        Kind::Repeat(_) => "repetition",
        _ => "other",
    }
}

fn variable<W: Write>(xml: &mut Xml<W>, book: &Book<'_>, number: usize, entry: &Entry<'_>) -> io::Result<()> {
    let of = &entry.variable;
    let (id, decimals) = (column_id(number), decimals(entry));
    let is_continuous = of.scale == "interval" && decimals.as_deref() != Some("0");
    let mut attributes = vec![("ID", id.as_str()), ("name", of.name.as_str()), ("files", "F1")];
    attributes.extend(decimals.as_deref().map(|decimals| ("dcml", decimals)));
    attributes.push(("intrvl", if is_continuous { "contin" } else { "discrete" }));
    let unit = match entry.item.map(|item| &item.kind) {
        Some(Kind::Number(number)) if of.scale == "interval" => number.unit.as_deref(),
        _ => None,
    };
    attributes.extend(unit.map(|unit| ("measUnit", unit)));
    attributes.extend(nature(of.scale).map(|nature| ("nature", nature)));
    attributes.push(("representationType", representation(of.scale)));
    xml.element("var", &attributes, |xml| {
        xml.text("labl", &[], &of.label)?;
        for (language, _, variables) in &book.translated {
            let label = variables.get(number).map_or("", |other| other.label.as_str());
            translated(xml, "labl", language, label, &of.label)?;
        }
        question(xml, book, entry)?;
        range(xml, entry)?;
        if of.source != Source::Calculated {
            xml.text("universe", &[], &entry.asked)?;
        }
        xml.text("txt", &[], &about(entry))?;
        categories(xml, book, number, entry)?;
        xml.text("concept", &[], concept(entry).unwrap_or_default())?;
        derivation(xml, book, entry)?;
        let numeric = matches!(of.scale, "interval" | "allocation" | "ranking" | "multiple");
        let kind = if numeric { "numeric" } else { "character" };
        if of.scale == "day" {
            return xml.empty("varFormat", &[("type", kind), ("formatname", "YYYY-MM-DD"), ("category", "date")]);
        }
        xml.empty("varFormat", &[("type", kind)])
    })
}

/// What was asked for this column; nothing for what nobody was asked.
fn question<W: Write>(xml: &mut Xml<W>, book: &Book<'_>, entry: &Entry<'_>) -> io::Result<()> {
    let (Some((_, page)), Some((number, question)), Source::Answer) =
        (entry.page, entry.question, entry.variable.source)
    else {
        return Ok(());
    };
    let head = &question.item.head;
    let id = format!("Q_{}", head.id);
    let first = book.entries.iter().find(|other| other.variable.item == head.id);
    let is_first = first.is_some_and(|first| first.variable.name == entry.variable.name);
    let number = number.map(|number| number.to_string());
    let mut attributes = vec![(if is_first { "ID" } else { "qstn" }, id.as_str())];
    attributes.extend(number.as_deref().map(|number| ("seqNo", number)));
    attributes.push(("responseDomainType", domain(&entry.variable)));
    xml.element("qstn", &attributes, |xml| {
        for before in [&page.title, &page.text].into_iter().flatten() {
            xml.text("preQTxt", &[], &plain(before))?;
        }
        xml.text("qstnLit", &[], &plain(&head.text))?;
        for (language, other, _) in &book.translated {
            let text = other.item(&head.id).map(|item| plain(&item.head.text)).unwrap_or_default();
            translated(xml, "qstnLit", language, &text, &plain(&head.text))?;
        }
        xml.text("postQTxt", &[], entry.variable.detail.as_deref().unwrap_or_default())?;
        let field = entry.item.filter(|item| item.head.id != head.id);
        for hint in [Some(&question.item), field].into_iter().flatten().filter_map(|item| item.head.hint.as_deref()) {
            xml.text("ivuInstr", &[], &plain(hint))?;
        }
        for limit in entry.item.map(limits).into_iter().flatten().chain(entry.item.and_then(pattern)) {
            xml.text("ivuInstr", &[], &limit)?;
        }
        match routing::required(book.survey, question) {
            Required::No => Ok(()),
            Required::Yes => xml.text("ivuInstr", &[], "An answer is needed"),
            Required::If(condition) => xml.text("ivuInstr", &[], &format!("An answer is needed if {condition}")),
        }
    })
}

/// A text in another language, where it was translated.
fn translated<W: Write>(xml: &mut Xml<W>, name: &str, language: &str, text: &str, original: &str) -> io::Result<()> {
    if text == original { Ok(()) } else { xml.text(name, &[("xml:lang", language)], text) }
}

fn range<W: Write>(xml: &mut Xml<W>, entry: &Entry<'_>) -> io::Result<()> {
    let (units, min, max) = match (entry.variable.scale, entry.item.map(|item| &item.kind)) {
        ("interval", Some(Kind::Number(number))) => {
            let units = if number.decimals > 0 { "REAL" } else { "INT" };
            (units, number.min.map(|min| min.to_string()), number.max.map(|max| max.to_string()))
        }
        ("interval", Some(Kind::Repeat(repeat))) => ("INT", Some("1".to_string()), Some(repeat.max.to_string())),
        ("allocation", Some(Kind::Allocate(points))) => ("INT", Some("0".to_string()), Some(points.total.to_string())),
        _ => return Ok(()),
    };
    let ends = [("min", min.as_deref()), ("max", max.as_deref())];
    let ends: Vec<(&str, &str)> = ends.into_iter().filter_map(|(end, at)| Some((end, at?))).collect();
    if ends.is_empty() {
        return Ok(());
    }
    let attributes: Vec<(&str, &str)> = std::iter::once(("UNITS", units)).chain(ends).collect();
    xml.element("valrng", &[], |xml| xml.empty("range", &attributes))
}

fn categories<W: Write>(xml: &mut Xml<W>, book: &Book<'_>, number: usize, entry: &Entry<'_>) -> io::Result<()> {
    for (place, code) in entry.variable.codes.iter().enumerate() {
        let missing: &[(&str, &str)] =
            if code.missing { &[("missing", "Y"), ("missType", "no substantive answer")] } else { &[] };
        xml.element("catgry", missing, |xml| {
            xml.text("catValu", &[], &code.code)?;
            xml.text("labl", &[], &code.meaning)?;
            for (language, _, variables) in &book.translated {
                let label = variables.get(number).and_then(|other| other.codes.get(place));
                translated(xml, "labl", language, label.map_or("", |other| other.meaning.as_str()), &code.meaning)?;
            }
            if let Some(value) = code.value {
                xml.text("txt", &[], &format!("Value on the scale: {value}"))?;
            }
            if entry.variable.option().is_none() {
                let hint = entry.choice(&code.code).and_then(|choice| choice.hint.as_deref());
                xml.text("txt", &[], &hint.map(plain).unwrap_or_default())?;
            }
            xml.text("txt", &[], &entry.offered(&code.code))
        })?;
    }
    for (code, meaning) in entry.variable.reasons() {
        let kind = code.trim_start_matches("NA:").replace('_', " ");
        xml.element("catgry", &[("missing", "Y"), ("missType", &kind)], |xml| {
            xml.text("catValu", &[], code)?;
            xml.text("labl", &[("xml:lang", "en")], meaning)
        })?;
    }
    Ok(())
}

fn derivation<W: Write>(xml: &mut Xml<W>, book: &Book<'_>, entry: &Entry<'_>) -> io::Result<()> {
    let (Some(calculated), Some((written, words))) = (entry.calculated, entry.expression()) else {
        return Ok(());
    };
    let from: Vec<String> =
        items_named(book.survey, &calculated.value).into_iter().flat_map(|item| book.columns_of(item)).collect();
    let from = from.join(" ");
    let attributes: &[(&str, &str)] = if from.is_empty() { &[] } else { &[("var", &from)] };
    xml.element("derivation", attributes, |xml| {
        xml.text("drvdesc", &[], &words)?;
        xml.text("drvcmd", &[("syntax", "Canvass rule")], &written)
    })
}

/// What else there is to say of a column.
fn about(entry: &Entry<'_>) -> String {
    let of = &entry.variable;
    if of.source == Source::Presented {
        return "The ids of the options or rows in the order in which they were shown, separated by spaces".to_string();
    }
    let option = of.option().and_then(|option| entry.choice(option));
    let hint = option.and_then(|option| option.hint.as_deref()).map(plain);
    let empty = of.empty().map(|empty| format!("An empty cell: {empty}"));
    [hint, empty].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

/// What a column is for in the report.
fn concept(entry: &Entry<'_>) -> Option<&'static str> {
    let (_, question) = entry.question?;
    match &question.item.kind {
        Kind::Rate(rate) if rate.measure.is_some() => Some("Support for a candidate intervention"),
        Kind::Rank(rank) if rank.priority => Some("Priority of a candidate intervention"),
        Kind::Allocate(points) if points.spend => Some("Spending on a candidate intervention"),
        _ if question.segment == Some(Segment::Tested) => Some("Group of respondents, tested for differences"),
        _ if question.segment.is_some() => Some("Group of respondents, described"),
        _ => match question.item.scale() {
            Scale::FreeText { themes: true } | Scale::Entries { themes: true, .. } => {
                Some("Free text, grouped into themes")
            }
            _ => None,
        },
    }
}

/// The decimal places of a number; a calculated one has as many as it takes.
fn decimals(entry: &Entry<'_>) -> Option<String> {
    match (entry.variable.scale, entry.item.map(|item| &item.kind)) {
        ("interval", Some(Kind::Number(number))) => Some(number.decimals.to_string()),
        ("interval", Some(_)) | ("allocation" | "ranking", _) => Some("0".to_string()),
        _ => None,
    }
}

fn nature(scale: &str) -> Option<&'static str> {
    match scale {
        "flag" | "nominal" | "multiple" => Some("nominal"),
        "ordinal" | "ranking" => Some("ordinal"),
        "interval" | "day" => Some("interval"),
        "allocation" => Some("ratio"),
        _ => None,
    }
}

fn representation(scale: &str) -> &'static str {
    match scale {
        "flag" | "nominal" | "multiple" | "ordinal" => "code",
        "interval" | "allocation" | "ranking" => "numeric",
        "day" => "datetime",
        _ => "text",
    }
}

fn domain(variable: &Variable) -> &'static str {
    match variable.scale {
        "flag" | "nominal" | "ordinal" => "category",
        "multiple" => "multiple",
        "interval" | "allocation" | "ranking" => "numeric",
        "day" => "datetime",
        _ => "text",
    }
}
