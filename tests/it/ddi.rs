//! `codebook.xml` read back: held against the order of DDI-Codebook 2.5 and the rules of ids, and taken apart.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

/// A column as `codebook.xml` describes it.
#[derive(Default)]
pub(crate) struct XmlColumn {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) question: String,
    pub(crate) universe: String,
    pub(crate) derivation: String,
    pub(crate) derived_from: Vec<String>,
    pub(crate) codes: Vec<(String, String, bool)>,
}

/// What may stand within an element of DDI-Codebook 2.5, in this order: from the types of its `codebook.xsd`, as far as
/// they are used. Where the order is free there is a star.
const CONTENT: [(&str, &str); 22] = [
    ("codeBook", "docDscr stdyDscr fileDscr dataDscr otherMat"),
    ("docDscr", "citation guide docStatus docSrc controlledVocabUsed notes"),
    ("stdyDscr", "citation studyAuthorization stdyInfo studyDevelopment method dataAccs othrStdyMat notes"),
    ("citation", "titlStmt rspStmt prodStmt distStmt serStmt verStmt biblCit holdings notes"),
    ("titlStmt", "titl subTitl altTitl parTitl IDNo"),
    ("prodStmt", "producer copyright prodDate prodPlac software fundAg grantNo"),
    ("verStmt", "version verResp notes"),
    ("stdyInfo", "studyBudget subject abstract sumDscr qualityStatement notes exPostEvaluation"),
    ("sumDscr", "timePrd collDate nation geogCover geogUnit geoBndBox boundPoly anlyUnit universe dataKind"),
    ("method", "dataColl notes anlyInfo stdyClas dataProcessing codingInstructions"),
    (
        "dataColl",
        "timeMeth dataCollector collectorTraining frequenc sampProc sampleFrame targetSampleSize deviat collMode resInstru \
         instrumentDevelopment sources collSitu actMin ConOps weight cleanOps",
    ),
    ("fileDscr", "fileTxt locMap notes"),
    (
        "fileTxt",
        "fileName fileCitation fileCont fileStrc dimensns fileType format filePlac dataChck ProcStat dataMsng software verStmt",
    ),
    ("dimensns", "caseQnty varQnty logRecL recPrCas recNumTot"),
    ("dataDscr", "varGrp nCubeGrp var nCube notes"),
    ("varGrp", "labl txt concept defntn universe notes"),
    (
        "var",
        "location labl imputation security embargo respUnit anlysUnit qstn valrng invalrng undocCod universe TotlResp sumStat \
         txt stdCatgry catgryGrp catgry codInstr verStmt concept derivation varFormat geoMap catLevel notes",
    ),
    ("qstn", "* preQTxt qstnLit postQTxt forward backward ivuInstr"),
    ("valrng", "item range key notes"),
    ("range", ""),
    ("catgry", "catValu labl txt catStat mrow"),
    ("derivation", "drvdesc drvcmd"),
];

/// Reads the document and holds it against the schema's order and the rules of ids; gives its columns.
pub(crate) fn columns(xml: &str) -> Vec<XmlColumn> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<(String, usize, BTreeMap<String, String>)> = Vec::new();
    let (mut ids, mut references, mut of_id) = (BTreeSet::new(), Vec::new(), BTreeMap::new());
    let mut columns: Vec<XmlColumn> = Vec::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error} at {}", reader.error_position()));
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(start) | Event::Empty(start) => {
                let name = start.name().as_ref().to_string();
                let attributes: BTreeMap<String, String> = start
                    .attributes()
                    .map(|attribute| {
                        let attribute = attribute.unwrap();
                        (
                            attribute.key.as_ref().to_string(),
                            attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned(),
                        )
                    })
                    .collect();
                if let Some((parent, at, _)) = open.last_mut() {
                    let content = CONTENT.iter().find(|(element, _)| element == parent).map(|(_, content)| *content);
                    let content = content.unwrap_or_else(|| panic!("{parent} has a {name} and should have text"));
                    let place = content.split_whitespace().position(|child| child == name);
                    let place = place.unwrap_or_else(|| panic!("{name} cannot stand in {parent}"));
                    assert!(content.starts_with('*') || place >= *at, "{name} comes too late in {parent}");
                    *at = place;
                }
                if let Some(id) = attributes.get("ID") {
                    assert!(ids.insert(id.clone()), "the id {id} stands twice");
                    assert!(id.starts_with(|c: char| c.is_ascii_alphabetic()) && !id.contains(' '), "{id}");
                }
                for key in ["var", "varGrp", "files", "qstn"] {
                    references.extend(attributes.get(key).iter().flat_map(|list| list.split(' ')).map(str::to_string));
                }
                if name == "var" {
                    of_id.insert(attributes["ID"].clone(), attributes["name"].clone());
                    columns.push(XmlColumn { name: attributes["name"].clone(), ..XmlColumn::default() });
                }
                if name == "catgry" {
                    let missing = attributes.get("missing").is_some_and(|missing| missing == "Y");
                    columns.last_mut().unwrap().codes.push((String::new(), String::new(), missing));
                }
                if name == "derivation" {
                    columns.last_mut().unwrap().derived_from =
                        attributes["var"].split(' ').map(str::to_string).collect();
                }
                if !is_empty {
                    open.push((name, 0, attributes));
                }
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Eof => break,
            Event::Text(_) | Event::GeneralRef(_) => {
                let text = match event {
                    Event::Text(text) => text.as_ref().to_string(),
                    Event::GeneralRef(entity) => match entity.as_ref() {
                        "lt" => "<".to_string(),
                        "gt" => ">".to_string(),
                        "amp" => "&".to_string(),
                        "quot" => "\"".to_string(),
                        "apos" => "'".to_string(),
                        other => panic!("&{other};"),
                    },
                    _ => String::new(),
                };
                let path: Vec<&str> = open.iter().map(|(name, ..)| name.as_str()).collect();
                let translated = open
                    .last()
                    .is_some_and(|(.., attributes)| attributes.get("xml:lang").is_some_and(|tag| tag != "en"));
                let (Some(column), false) = (columns.last_mut(), translated) else { continue };
                match path.as_slice() {
                    [.., "var", "labl"] => column.label += &text,
                    [.., "var", "universe"] => column.universe += &text,
                    [.., "qstn", "qstnLit"] => column.question += &text,
                    [.., "drvdesc" | "drvcmd"] => column.derivation += &text,
                    [.., "catgry", "catValu"] => column.codes.last_mut().unwrap().0 += &text,
                    [.., "catgry", "labl"] => column.codes.last_mut().unwrap().1 += &text,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    for reference in references {
        assert!(ids.contains(&reference), "there is no {reference}");
    }
    for column in &mut columns {
        for from in &mut column.derived_from {
            from.clone_from(&of_id[from.as_str()]);
        }
    }
    columns
}
