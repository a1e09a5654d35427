use std::collections::BTreeMap;

use super::*;
use crate::definition;
use crate::document::parse;

const TEXT: &str = r#"{
  "format": 1, "id": "s",
  "title": "Town",
  "pages": [
    { "id": "p",   "questions": [
      { "id": "role", "type": "single", "text": "Who are you?",
        "options": [ {"id": "a", "label": "Alone", "value":  3}, {"id": "b", "label": "Both"} ], "segment": true }
    ] }
  ]
}
"#;

fn at(written: &str) -> Pointer {
    Pointer::read(written).unwrap()
}

/// A form as a browser posts it with nothing changed but this.
fn post(text: &str, way: &str, changed: &[(&str, &str)]) -> Result<String, Vec<Fault>> {
    let root = parse(text).unwrap();
    let form = Form::of(&at(way), &root).unwrap();
    let mut posted: BTreeMap<String, String> = BTreeMap::new();
    for field in &form.fields {
        if !matches!(field.input, Input::Flag(_)) || field.typed == "true" {
            posted.insert(field.name(), field.typed.replace('\n', "\r\n"));
        }
    }
    posted.insert("rest".to_string(), form.rest.replace('\n', "\r\n"));
    for (name, value) in changed {
        posted.insert((*name).to_string(), (*value).to_string());
    }
    posted.retain(|_, value| value != "<none>");
    let edits = form.changes(&at(way), |name| posted.get(name).map(String::as_str))?;
    Ok(edits.apply(text, &at(way)).unwrap())
}

const QUESTION: &str = "/pages/0/questions/0";

#[test]
fn a_form_that_is_posted_as_it_was_changes_no_byte_of_any_part() {
    for text in [
        TEXT,
        include_str!("../../tests/it/keys/every-key.json"),
        include_str!("../../surveys/digital-ready-workforce.json"),
        include_str!("../../surveys/format-gallery.json"),
        include_str!("../../surveys/delphi-panel.json"),
    ] {
        let root = parse(text).unwrap();
        let mut parts = vec![Pointer::default()];
        let mut next = 0;
        while let Some(part) = parts.get(next).cloned() {
            next += 1;
            assert_eq!(post(text, &part.to_string(), &[]).unwrap(), text, "{part}");
            let form = Form::of(&part, &root).unwrap();
            for inner in form.inner.iter().filter(|inner| inner.is_there) {
                let entries = inner.entries.iter().map(|(at, _)| at.clone());
                parts.extend(if inner.is_list { entries.collect() } else { vec![inner.at.clone()] });
            }
            if part.0.is_empty() {
                let pages = root.get("pages").unwrap().list().len();
                parts.extend((0..pages).map(|page| part.key("pages").index(page)));
            }
        }
        assert!(next > 2);
    }
}

#[test]
fn what_is_changed_is_changed_where_it_stands() {
    let text = post(TEXT, QUESTION, &[("k.text", "What are you?"), ("k.required", "on"), ("k.segment", "descriptive")])
        .unwrap();
    let expected = TEXT
        .replace("Who are you?", "What are you?")
        .replace("\"segment\": true", "\"segment\": \"descriptive\",\n          \"required\": true");
    assert_eq!(text, expected);
    assert!(definition::parse(&text).findings.iter().all(|finding| finding.code != "E103"));
}

#[test]
fn options_keep_their_ids_and_all_they_have_when_labels_and_order_change() {
    let text = post(TEXT, QUESTION, &[("k.options", "b: Both of us\r\n\r\nSomebody else\r\na: Alone")]).unwrap();
    let root = parse(&text).unwrap();
    let options = at("/pages/0/questions/0/options").find(&root).unwrap().to_json();
    assert_eq!(
        options,
        json!([{"id": "b", "label": "Both of us"}, {"id": "somebody_else", "label": "Somebody else"}, {"id": "a", "label": "Alone", "value": 3}])
    );
    assert!(text.contains("{\"id\": \"a\", \"label\": \"Alone\", \"value\":  3}"), "{text}");
    let listed = post(TEXT, QUESTION, &[("k.options", "@people")]).unwrap();
    assert!(listed.contains("\"options\": \"people\""));
    assert!(post(&listed, QUESTION, &[("k.options", "Yes\nNo")]).unwrap().contains("\"id\": \"no\""));
    let shared =
        listed.replace("\"title\"", "\"lists\": {\"people\": [ {\"id\": \"c\",  \"label\": \"Couple\"} ]}, \"title\"");
    let longer = post(&shared, QUESTION, &[("l.people", "c: Couple\nd: Dozen")]).unwrap();
    assert!(longer.contains("[ {\"id\": \"c\",  \"label\": \"Couple\"},"), "{longer}");
    assert!(longer.contains("\"Dozen\"") && longer.contains("\"options\": \"people\""), "{longer}");
    let twice = post(TEXT, QUESTION, &[("k.options", "a: One\na: Two")]).unwrap_err();
    assert_eq!(twice[0].0, "k.options");
}

#[test]
fn keys_without_a_field_are_kept_and_can_be_changed_as_json() {
    let odd = TEXT.replace("\"segment\": true", "\"colour\": [1, {\"x\": \"<b>\"}], \"hint\": 3");
    let form = Form::of(&at(QUESTION), &parse(&odd).unwrap()).unwrap();
    assert!(form.rest.contains("\"colour\"") && form.rest.contains("\"hint\": 3"), "{}", form.rest);
    let text = post(&odd, QUESTION, &[("rest", "{\"hint\": 3, \"new\": null}")]).unwrap();
    assert!(!text.contains("colour") && text.contains("\"hint\": 3") && text.contains("\"new\": null"));
    for wrong in ["{", "[]", "{\"text\": \"twice\"}"] {
        assert_eq!(post(&odd, QUESTION, &[("rest", wrong)]).unwrap_err()[0].0, "rest", "{wrong}");
    }
}

#[test]
fn every_type_of_question_has_a_form_and_takes_what_is_typed() {
    for kind in definition_types() {
        let text = TEXT.replace("\"single\"", &format!("\"{kind}\""));
        let form = Form::of(&at(QUESTION), &parse(&text).unwrap()).unwrap();
        let own: Vec<&str> = form.fields.iter().map(|field| field.key.name).collect();
        assert!(own.contains(&"text") && own.contains(&"show_if"), "{kind}: {own:?}");
    }
    let text = post(TEXT, QUESTION, &[("k.type", "number")]).unwrap();
    let text = post(&text, QUESTION, &[("k.min", "-2.5"), ("k.max", "many")]).unwrap();
    assert!(
        text.contains("\"min\": -2.5") && text.contains("\"max\": \"many\""),
        "the checker says what is wrong with it"
    );
}

fn definition_types() -> Vec<&'static str> {
    crate::item::Kind::types().iter().map(|kind| kind.name).collect()
}

#[test]
fn a_part_that_is_not_there_is_made_once_something_is_typed() {
    let root = parse(TEXT).unwrap();
    let form = Form::of(&at("/introduction"), &root).unwrap();
    assert!(form.fields.iter().all(|field| field.typed.is_empty()));
    let text = post(TEXT, "/introduction", &[("k.purpose", "Why\r\nwe ask")]).unwrap();
    assert!(text.contains("\"introduction\": {") && text.contains("\"purpose\": \"Why\\nwe ask\""), "{text}");
    assert!(Form::of(&at("/pages/7"), &root).is_none() && Form::of(&at("/title"), &root).is_none());
    assert!(Form::of(&at("/pages/0/questions"), &root).is_none());
}
