//! Where a working definition begins: an example, a file of Canvass or of another program, or nothing but a title.

use serde_json::{Value, json};

use crate::document::set_entries;
use crate::exchange::{Imported, Refusal, Report, fhir, settle, surveyjs, xlsform};

/// The examples: their ids and texts.
pub const EXAMPLES: [(&str, &str); 4] = [
    ("digital-ready-workforce", include_str!("../../surveys/digital-ready-workforce.json")),
    ("delphi-panel", include_str!("../../surveys/delphi-panel.json")),
    ("item-gallery", include_str!("../../surveys/item-gallery.json")),
    ("format-gallery", include_str!("../../surveys/format-gallery.json")),
];

/// The text of a file, and what became of everything in it if it is another program's.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The definition; it may have mistakes, and need not even be JSON.
    pub text: String,
    /// What became of everything.
    pub report: Option<Report>,
}

/// Reads a file by what is in it: a workbook as XLSForm, a FHIR Questionnaire, a form of SurveyJS, or else a definition.
///
/// A definition is taken as it stands, mistakes and all.
///
/// # Errors
/// A file of another program that cannot be read, or a text that is not UTF-8.
pub fn read(bytes: &[u8]) -> Result<Begun, Refusal> {
    if bytes.starts_with(b"PK") {
        return xlsform::read(bytes).map(imported);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let message = "it is neither a workbook nor a text in UTF-8: choose an .xlsx or a .json file".to_string();
        Refusal { source_pointer: String::new(), message }
    })?;
    // A reader of another program's files measures them before it reads them.
    if mentions(text, "\"resourceType\"") && !mentions(text, "\"format\"") {
        return fhir::read(bytes).map(imported);
    }
    if mentions(text, "\"elements\"") && !mentions(text, "\"format\"") {
        return surveyjs::read(bytes).map(imported);
    }
    if text.contains('\0') {
        let message = "it has a character that no text has (NUL)".to_string();
        return Err(Refusal { source_pointer: String::new(), message });
    }
    Ok(Begun { text: text.to_string(), report: None })
}

fn mentions(text: &str, key: &str) -> bool {
    text.match_indices(key)
        .any(|(at, _)| text.get(at + key.len()..).is_some_and(|rest| rest.trim_start().starts_with(':')))
}

fn imported(read: Imported) -> Begun {
    let Imported { definition, report } = settle(read);
    Begun { text: pretty(&definition), report: Some(report) }
}

fn pretty(definition: &Value) -> String {
    let mut text = serde_json::to_string_pretty(definition).unwrap_or_default();
    text.push('\n');
    text
}

/// A definition of one page with one question, to go on from.
pub fn blank(id: &str, title: &str) -> String {
    pretty(&json!({
        "format": 1, "id": id, "title": title, "language": "en-GB",
        "introduction": {"purpose": "Say here why you ask, and what becomes of the answers."},
        "pages": [{"id": "first", "title": "First page", "questions": [
            {"id": "question_1", "type": "text", "text": "What would you like to ask?"}
        ]}],
    }))
}

/// The text with another id, or as it is where it has this one or is not JSON.
pub fn with_id(text: &str, id: &str) -> String {
    let has_it = crate::document::parse(text).is_ok_and(|root| root.get("id").and_then(|id| id.text()) == Some(id));
    let changed = || set_entries(text, &[], &[("id", Some(json!(id).to_string()))]);
    if has_it { text.to_string() } else { changed().unwrap_or_else(|| text.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition;

    #[test]
    fn every_beginning_can_be_published() {
        for (id, text) in EXAMPLES {
            let survey = definition::parse(text).survey.unwrap();
            assert_eq!(survey.id, id);
            assert_eq!(with_id(text, id), text);
            assert_eq!(definition::parse(&with_id(text, "other")).survey.unwrap().id, "other");
        }
        let parsed = definition::parse(&blank("park", "The \"park\""));
        assert_eq!(parsed.survey.unwrap().title, "The \"park\"");
        assert!(parsed.findings.is_empty(), "{:?}", parsed.findings);
    }

    #[test]
    fn a_file_is_read_by_what_is_in_it() {
        assert!(
            read(b"{\"pages\": [{\"elements\": [{\"type\": \"text\", \"name\": \"q\"}]}]}").unwrap().report.is_some()
        );
        let fhir = b"{\"resourceType\": \"Questionnaire\", \"status\": \"draft\", \"item\": [{\"linkId\": \"a\", \"type\": \"string\", \"text\": \"A\"}]}";
        assert!(read(fhir).unwrap().report.is_some());
        let unfinished = "{\"format\": 1, \"id\": \"x\", ";
        assert_eq!(read(unfinished.as_bytes()).unwrap().text, unfinished);
        for bytes in [&b"PK\x03\x04 no workbook"[..], b"\xff\xfe", b"{\"a\0\": 1}"] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
