//! `responses.ndjson`: a FHIR R4 `QuestionnaireResponse` a line, to the Questionnaire that `canvass export fhir` writes.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value, json};

use super::cells::{Row, number};
use crate::exchange::fhir;
use crate::item::Answer;
use crate::response::{Gap, Record};

/// Where FHIR says why an answer is not there.
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// The Questionnaire of a version, as far as responses are written by it.
pub struct Form {
    /// Its address, with its version if it has one.
    canonical: String,
    items: Vec<Value>,
    /// The codings of options, by question and option.
    codings: BTreeMap<String, BTreeMap<String, Value>>,
}

impl Form {
    /// The form of a definition that has been checked.
    pub fn new(definition: &Value) -> Self {
        let questionnaire = fhir::write(definition).questionnaire;
        let part = |key: &str| questionnaire.get(key).and_then(Value::as_str);
        let url = part("url").unwrap_or_default();
        Self {
            canonical: part("version").map_or_else(|| url.to_string(), |version| format!("{url}|{version}")),
            items: list(&questionnaire).to_vec(),
            codings: fhir::codings(definition),
        }
    }

    /// Writes a response. Items that were not shown are not there; one that was left says so.
    ///
    /// What the Questionnaire has no question for is left out: idea walls, orders presented and calculated values.
    pub fn line(&self, out: &mut Vec<u8>, row: &Row<'_>) -> io::Result<()> {
        let head = &row.head;
        let tag = |name: &str, code: &str| json!({"system": format!("urn:canvass:{name}"), "code": code});
        let mut response = json!({
            "resourceType": "QuestionnaireResponse",
            "id": head.id,
            "meta": {"tag": [tag("mode", head.mode), tag("version", &head.version.to_string())]},
            "questionnaire": self.canonical,
            "status": if head.mode == "unfinished" { "stopped" } else { "completed" },
            "authored": head.submitted_on,
        });
        // FHIR has no empty lists.
        let items = self.items(&self.items, &row.record);
        if let (Value::Object(response), false) = (&mut response, items.is_empty()) {
            response.insert("item".to_string(), items.into());
        }
        serde_json::to_writer(&mut *out, &response)?;
        out.push(b'\n');
        Ok(())
    }

    fn items(&self, items: &[Value], record: &Record) -> Vec<Value> {
        items.iter().flat_map(|item| self.item(item, record)).collect()
    }

    /// The item of a response for one of the Questionnaire; several for a repeat, none for what has no answer.
    fn item(&self, item: &Value, record: &Record) -> Vec<Value> {
        let (link, kind) = (text(item, "linkId"), text(item, "type"));
        match (record.answers.get(link), kind) {
            (_, "display") => Vec::new(),
            (Some(Answer::Entries(entries)), _) => {
                let entry = |entry: &BTreeMap<String, Answer>| {
                    let fields = list(item).iter().filter_map(|field| {
                        let name = text(field, "linkId");
                        let id = name.strip_prefix(link)?.strip_prefix('.')?;
                        self.answered(field, entry.get(id)?)
                    });
                    group(link, fields.collect())
                };
                entries.iter().flat_map(entry).collect()
            }
            (Some(answer), "group") => {
                let rows = list(item).iter().filter_map(|row| {
                    let name = text(row, "linkId");
                    let given = self.of_row(link, name.strip_prefix(link)?.strip_prefix('.')?, answer)?;
                    Some(json!({"linkId": name, "answer": [given]}))
                });
                group(link, rows.collect())
            }
            (Some(answer), _) => self.answered(item, answer).into_iter().collect(),
            (None, _) if record.gaps.get(link) == Some(&Gap::Skipped) => {
                vec![json!({
                    "extension": [{"url": ABSENT, "valueCode": "asked-declined"}],
                    "linkId": link,
                })]
            }
            // A page; a question that was not shown has no items with answers.
            (None, "group") => group(link, self.items(list(item), record)),
            (None, _) => Vec::new(),
        }
    }

    /// A question with its answer, if FHIR has a place for it.
    fn answered(&self, item: &Value, answer: &Answer) -> Option<Value> {
        let link = text(item, "linkId");
        let with_text = |option: &str, other: Option<&String>| {
            let mut given = self.coding(link, option);
            if let (Some(other), Value::Object(given)) = (other, &mut given) {
                let inner = json!([{"linkId": format!("{link}.other"), "answer": [{"valueString": other}]}]);
                given.insert("item".to_string(), inner);
            }
            given
        };
        let given = match answer {
            Answer::Given => vec![json!({"valueBoolean": true})],
            Answer::Choice { option, other } => vec![with_text(option, other.as_ref())],
            Answer::Choices { options, other } => {
                options.iter().map(|option| with_text(option, other.get(option))).collect()
            }
            Answer::Text(written) => vec![json!({"valueString": written})],
            Answer::Date(day) => vec![json!({"valueDate": day})],
            Answer::Number(written) => vec![numeric(text(item, "type"), written)],
            Answer::Ratings(_) | Answer::Ranking(_) | Answer::Points(_) | Answer::Entries(_) | Answer::Ideas { .. } => {
                Vec::new()
            }
        };
        (!given.is_empty()).then(|| json!({"linkId": link, "answer": given}))
    }

    /// What a grid's answer says of one of its rows.
    fn of_row(&self, link: &str, row: &str, answer: &Answer) -> Option<Value> {
        match answer {
            Answer::Ratings(ratings) => ratings.get(row).map(|step| self.coding(link, step)),
            Answer::Ranking(order) => {
                order.iter().position(|id| id == row).map(|place| json!({"valueInteger": place + 1}))
            }
            Answer::Points(points) => Some(json!({"valueInteger": points.get(row).copied().unwrap_or(0)})),
            _ => None,
        }
    }

    fn coding(&self, question: &str, option: &str) -> Value {
        let known = self.codings.get(question).and_then(|options| options.get(option));
        json!({"valueCoding": known.cloned().unwrap_or_else(|| json!({"code": option}))})
    }
}

/// A whole number where the question takes one and it has room, else a decimal one.
fn numeric(kind: &str, written: &str) -> Value {
    match (kind, written.parse::<i32>()) {
        ("integer", Ok(whole)) => json!({"valueInteger": whole}),
        _ => number(written).map_or_else(|| json!({"valueString": written}), |number| json!({"valueDecimal": number})),
    }
}

/// A group, unless nothing is in it.
fn group(link: &str, items: Vec<Value>) -> Vec<Value> {
    if items.is_empty() {
        return Vec::new();
    }
    let mut group = Map::new();
    group.insert("linkId".to_string(), link.into());
    group.insert("item".to_string(), items.into());
    vec![group.into()]
}

fn list(of: &Value) -> &[Value] {
    of.get("item").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(of: &'v Value, key: &str) -> &'v str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}
