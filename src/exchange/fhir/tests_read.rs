//! What becomes of the parts of a Questionnaire.

use serde_json::{Value, json};

use super::read;
use crate::exchange::report::{Fate, Imported};

/// Reads a Questionnaire of these items.
#[expect(clippy::needless_pass_by_value, reason = "a test reads better with the value in place")]
pub(super) fn import(items: Value) -> Imported {
    whole(
        json!({"resourceType": "Questionnaire", "title": "A form", "language": "en", "status": "draft", "item": items}),
    )
}

#[expect(clippy::needless_pass_by_value, reason = "a test reads better with the value in place")]
pub(super) fn whole(questionnaire: Value) -> Imported {
    read(questionnaire.to_string().as_bytes()).expect("it is a Questionnaire")
}

/// All questions of a definition, in order.
pub(super) fn questions(imported: &Imported) -> Vec<&Value> {
    let pages = imported.definition["pages"].as_array().unwrap();
    pages.iter().flat_map(|page| page["questions"].as_array().into_iter().flatten()).collect()
}

pub(super) fn fates(imported: &Imported, code: &str) -> Vec<Fate> {
    imported.report.entries.iter().filter(|entry| entry.code == code).map(|entry| entry.fate).collect()
}

pub(super) fn options(ids: &[&str]) -> Value {
    ids.iter()
        .map(|id| json!({"valueCoding": {"system": "http://s", "code": id, "display": id.to_uppercase()}}))
        .collect()
}

#[test]
fn each_type_has_its_like() {
    let cases = [
        (json!({"type": "display"}), "note", Fate::Exact),
        (json!({"type": "boolean"}), "single", Fate::Assumed),
        (json!({"type": "integer"}), "number", Fate::Exact),
        (json!({"type": "decimal"}), "number", Fate::Exact),
        (json!({"type": "date"}), "date", Fate::Exact),
        (json!({"type": "string"}), "text", Fate::Exact),
        (json!({"type": "text"}), "text", Fate::Exact),
        (json!({"type": "url"}), "text", Fate::Exact),
        (json!({"type": "time"}), "text", Fate::Degraded),
        (json!({"type": "dateTime"}), "text", Fate::Degraded),
        (json!({"type": "quantity"}), "number", Fate::Exact),
        (json!({"type": "choice", "answerOption": options(&["a", "b"])}), "single", Fate::Exact),
        (json!({"type": "choice", "repeats": true, "answerOption": options(&["a", "b"])}), "multi", Fate::Exact),
        (json!({"type": "coding", "answerOption": options(&["a", "b"])}), "single", Fate::Exact),
        (json!({"type": "choice", "answerValueSet": "http://far/away"}), "text", Fate::Degraded),
        (json!({"type": "string", "repeats": true}), "repeat", Fate::Exact),
    ];
    for (mut item, wanted, fate) in cases {
        item["linkId"] = "q".into();
        item["text"] = "Q".into();
        let imported = import(json!([item]));
        assert_eq!(questions(&imported)[0]["type"], wanted, "{item}");
        assert_eq!(fates(&imported, "question"), [fate], "{item}");
    }
    for kind in ["attachment", "reference"] {
        let imported =
            import(json!([{"linkId": "q", "type": kind, "text": "Q"}, {"linkId": "r", "type": "date", "text": "R"}]));
        assert_eq!(fates(&imported, "type-dropped"), [Fate::Dropped]);
        assert_eq!(questions(&imported).len(), 1);
    }
    assert_eq!(fates(&import(json!([{"linkId": "q", "type": "hologram"}])), "type-unknown"), [Fate::Unknown]);
}

#[test]
fn a_box_to_tick_is_a_consent() {
    let control = json!([{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
        "valueCodeableConcept": {"coding": [{"code": "check-box"}]}}]);
    let imported =
        import(json!([{"linkId": "q", "type": "boolean", "text": "I agree", "required": true, "extension": control}]));
    let wanted = json!({"id": "q", "type": "consent", "text": "I agree", "required": true});
    assert_eq!(*questions(&imported)[0], wanted);
}

#[test]
fn options_keep_their_codes_and_their_weight() {
    let imported = import(json!([{"linkId": "q", "type": "choice", "text": "Q", "answerOption": [
        {"valueCoding": {"system": "http://loinc.org", "code": "LA33-6", "display": "Yes"},
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 2}]},
        {"valueCoding": {"code": "no"}}, {"valueString": "Perhaps *not*"},
        {"valueCoding": {"code": "None"}, "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive", "valueBoolean": true},
            {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix", "valueString": "d)"}]}]}]));
    let wanted = json!([
        {"id": "la33_6", "label": "Yes", "value": 2, "source": "http://loinc.org|LA33-6"},
        {"id": "no", "label": "no"}, {"id": "perhaps_not", "label": "Perhaps \\*not\\*"},
        {"id": "none", "label": "d) None", "exclusive": true, "source": "None"}
    ]);
    assert_eq!(questions(&imported)[0]["options"], wanted);
}

#[test]
fn value_sets_in_the_file_become_lists() {
    let set = |id: &str, compose: Value| json!({"resourceType": "ValueSet", "id": id, "url": format!("http://{id}"), "compose": compose});
    let questionnaire = json!({"resourceType": "Questionnaire", "title": "T", "language": "en", "contained": [
            set("yes-no", json!({"include": [{"system": "s", "concept": [
                {"code": "Y", "display": "Yes", "designation": [{"language": "cy", "value": "Ie"}]}, {"code": "N"}, {"code": "X"}]}],
                "exclude": [{"system": "s", "concept": [{"code": "X"}]}]})),
            set("whole", json!({"include": [{"system": "http://cs"}]})),
            set("described", json!({"include": [{"system": "http://cs", "filter": [{}]}]})),
            {"resourceType": "CodeSystem", "url": "http://cs", "content": "complete", "concept": [{"code": "1", "concept": [{"code": "2"}]}]}],
        "item": [
            {"linkId": "a", "type": "choice", "text": "A", "answerValueSet": "#yes-no"},
            {"linkId": "b", "type": "choice", "text": "B", "answerValueSet": "http://yes-no|1.0"},
            {"linkId": "c", "type": "choice", "text": "C", "answerValueSet": "#whole"},
            {"linkId": "d", "type": "choice", "text": "D", "answerValueSet": "#described"},
            {"linkId": "e", "type": "choice", "text": "E", "answerValueSet": "http://beside"},
            {"linkId": "f", "type": "string", "text": "F", "enableWhen": [
                {"question": "b", "operator": "=", "answerCoding": {"system": "s", "code": "Y"}}]}]});
    let beside = json!({"resourceType": "ValueSet", "url": "http://beside",
        "expansion": {"contains": [{"system": "s", "code": "p"}, {"code": "abstract", "abstract": true, "contains": [{"system": "s", "code": "q"}]}]}});
    let imported =
        whole(json!({"resourceType": "Bundle", "entry": [{"resource": beside}, {"resource": questionnaire}]}));
    let kinds: Vec<_> =
        questions(&imported).iter().map(|one| (one["type"].as_str().unwrap(), &one["options"])).collect();
    let list = |name: &str| json!(name);
    assert_eq!(kinds[..3], [("single", &list("yes_no")), ("single", &list("yes_no")), ("single", &list("whole"))]);
    assert_eq!((kinds[3].0, kinds[4]), ("text", ("single", &list("list"))));
    assert_eq!(questions(&imported)[5]["show_if"], "b == 'y'");
    assert_eq!(imported.definition["lists"]["whole"][1]["id"], "2");
    assert_eq!(imported.definition["lists"]["yes_no"].as_array().unwrap().len(), 2);
    assert_eq!(imported.definition["translations"]["cy"]["yes_no.y"]["text"], "Ie");
    assert_eq!(fates(&imported, "value-set-partial"), [Fate::Degraded]);
}

#[test]
fn an_open_choice_takes_a_text() {
    let label = json!([{"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-openLabel", "valueString": "Another"}]);
    for item in [
        json!({"linkId": "q", "type": "open-choice", "text": "Q", "answerOption": options(&["a"]), "extension": label}),
        json!({"linkId": "q", "type": "coding", "text": "Q", "answerOption": options(&["a"]), "extension": label, "answerConstraint": "optionsOrString"}),
    ] {
        let imported = import(json!([item]));
        assert_eq!(
            questions(&imported)[0]["options"][1],
            json!({"id": "other", "label": "Another", "other": "optional"})
        );
    }
    let named =
        import(json!([{"linkId": "q", "type": "open-choice", "text": "Q", "answerOption": options(&["a", "other"])}]));
    assert_eq!(questions(&named)[0]["options"].as_array().unwrap().len(), 2);
    assert_eq!(questions(&named)[0]["options"][1]["other"], "optional");
}

#[test]
fn what_repeats_becomes_entries() {
    let imported = import(json!([
        {"linkId": "o", "type": "integer", "text": "O"},
        {"linkId": "g", "type": "group", "text": "Children", "repeats": true, "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs", "valueInteger": 3}], "item": [
            {"linkId": "g.name", "type": "string", "text": "Name", "required": true},
            {"linkId": "g.if", "type": "string", "text": "If", "enableWhen": [{"question": "g.name", "operator": "exists", "answerBoolean": true}]},
            {"linkId": "g.old", "type": "string", "text": "Old", "enableWhen": [
                {"question": "o", "operator": ">", "answerInteger": 3}], "item": [{"linkId": "g.why", "type": "string", "text": "Why"}]},
            {"linkId": "g.more", "type": "string", "text": "More", "enableWhen": [
                {"question": "g", "operator": "exists", "answerBoolean": true}]},
            {"linkId": "g.in", "type": "group", "text": "Inner", "enableWhen": [{"question": "o", "operator": "=", "answerInteger": 1}],
                "item": [{"linkId": "age", "type": "integer", "text": "Age"}]}]},
        {"linkId": "z", "type": "string", "text": "Z", "enableWhen": [{"question": "g", "operator": "exists", "answerBoolean": true}]}
    ]));
    let asked = questions(&imported);
    let repeat = asked[1];
    assert_eq!((&repeat["type"], &repeat["max"]), (&json!("repeat"), &json!(3)));
    assert!(repeat.get("show_if").is_none() && repeat.get("lost_rule").is_none());
    let fields = repeat["fields"].as_array().unwrap().iter();
    let rules: Vec<Value> = fields.map(|field| json!([field["id"], field["show_if"], field["lost_rule"]])).collect();
    assert_eq!(
        rules,
        [
            json!(["name", null, null]),
            json!(["if", null, "g.name exists true"]),
            json!(["old", "o > 3", null]),
            json!(["why", "o > 3", null]),
            json!(["more", null, "g exists true"]),
            json!(["age", "o == 1", null]),
        ]
    );
    let lost = imported.report.entries.iter().filter(|entry| entry.code == "rule-lost");
    let lost: Vec<_> = lost.map(|entry| (entry.fate, entry.source.rsplit("/item/").next().unwrap())).collect();
    assert_eq!(lost, [(Fate::Degraded, "1"), (Fate::Degraded, "3")]);
    assert_eq!(imported.definition["pages"].as_array().unwrap().len(), 3, "each rule is about an earlier page");
    assert_eq!(asked[2]["show_if"], "answered(g)");
}

#[test]
fn a_table_of_the_same_options_is_a_rate() {
    let table = |second: Value| {
        import(json!([{"linkId": "t", "type": "group", "text": "T", "extension": [{
                "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": "table"}]}}],
            "item": [{"linkId": "t.x", "type": "choice", "text": "X", "required": true, "answerOption": options(&["a", "b"])},
                {"linkId": "t.y", "type": "choice", "text": "Y", "required": true, "answerOption": second}]},
            {"linkId": "z", "type": "string", "text": "Z", "enableWhen": [
                {"question": "t.y", "operator": "=", "answerCoding": {"system": "http://s", "code": "b"}}]}]))
    };
    let same = table(options(&["a", "b"]));
    let rate = questions(&same)[0];
    assert_eq!(
        (rate["type"].as_str(), &rate["required"], rate["items"][1]["id"].as_str()),
        (Some("rate"), &json!(true), Some("y"))
    );
    assert_eq!(questions(&same)[1]["show_if"], "t.y == 'b'");
    let other = table(options(&["b", "c"]));
    assert_eq!(questions(&other).iter().filter(|one| one["type"] == "single").count(), 2);
}

#[test]
fn bounds_lengths_and_patterns_are_kept() {
    let url = |name: &str| format!("http://hl7.org/fhir/StructureDefinition/{name}");
    let imported = import(json!([
        {"linkId": "n", "type": "decimal", "text": "N", "extension": [
            {"url": url("minValue"), "valueDecimal": 0.5}, {"url": url("maxValue"), "valueDecimal": 9}, {"url": url("maxDecimalPlaces"), "valueInteger": 2},
            {"url": url("questionnaire-unit"), "valueCoding": {"code": "kg", "display": "kilos"}}]},
        {"linkId": "d", "type": "date", "text": "D", "extension": [{"url": url("minValue"), "valueDate": "2020-01-01"}, {"url": url("maxValue"), "valueDate": "2030"}]},
        {"linkId": "t", "type": "string", "text": "T", "maxLength": 30, "extension": [
            {"url": url("minLength"), "valueInteger": 3}, {"url": url("regex"), "valueString": "[a-z]+|x"}]},
        {"linkId": "u", "type": "string", "text": "U", "extension": [{"url": url("regex"), "valueString": "(?=x)y"}]},
        {"linkId": "m", "type": "integer", "text": "M", "extension": [{"url": url("minValue"), "valueInteger": 9}, {"url": url("maxValue"), "valueInteger": 1}]},
        {"linkId": "c", "type": "choice", "repeats": true, "text": "C", "answerOption": options(&["a", "b", "c"]), "extension": [
            {"url": url("questionnaire-minOccurs"), "valueInteger": 1}, {"url": url("questionnaire-maxOccurs"), "valueInteger": 2}]}
    ]));
    let all = questions(&imported);
    assert_eq!(
        (&all[0]["min"], &all[0]["max"], &all[0]["decimals"], &all[0]["unit"]),
        (&json!(0.5), &json!(9), &json!(2), &json!("kilos"))
    );
    assert_eq!((&all[1]["min"], &all[1]["max"]), (&json!("2020-01-01"), &Value::Null));
    assert_eq!(
        (&all[2]["min_chars"], &all[2]["max_chars"], &all[2]["pattern"]),
        (&json!(3), &json!(30), &json!("^(?:[a-z]+|x)$"))
    );
    assert_eq!((&all[3]["pattern"], &all[4]["min"]), (&Value::Null, &Value::Null));
    assert_eq!((&all[5]["min"], &all[5]["max"]), (&json!(1), &json!(2)));
    assert_eq!(fates(&imported, "pattern-lost"), [Fate::Degraded]);
    assert_eq!(fates(&imported, "bounds-dropped"), [Fate::Degraded; 2]);
}

#[test]
fn texts_are_shown_as_they_are_and_in_their_languages() {
    let translated = |text: &str| {
        json!({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation",
        "extension": [{"url": "lang", "valueCode": "cy"}, {"url": "content", "valueString": text}]}]})
    };
    let imported = import(
        json!([{"linkId": "p", "type": "group", "text": "Page", "_text": translated("Tudalen"), "item": [
        {"linkId": "q", "prefix": "1.", "type": "string", "text": "*Name* of {{ you }} [x]", "_text": translated("Enw"), "item": [
            {"linkId": "h", "type": "display", "text": "In full", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
                "valueCodeableConcept": {"coding": [{"code": "help"}]}}]}]},
        {"linkId": "n", "type": "display", "text": "Read", "_text": {"extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/rendering-markdown", "valueMarkdown": "**Read** {{ q }}"}]}}]}]),
    );
    let all = questions(&imported);
    assert_eq!((&all[0]["text"], &all[0]["hint"]), (&json!("1\\. \\*Name\\* of { { you }} \\[x]"), &json!("In full")));
    assert_eq!(all[1]["text"], "**Read** { { q }}");
    let texts = &imported.definition["translations"]["cy"];
    assert_eq!((&texts["p.title"]["text"], &texts["q.text"]["text"]), (&json!("Tudalen"), &json!("1\\. Enw")));
}

#[test]
fn what_nobody_can_answer_is_left_out_and_said_so() {
    let hidden = json!([{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": true}]);
    let imported = import(json!([
        {"linkId": "a", "type": "string", "text": "A", "extension": hidden}, {"linkId": "b", "type": "string", "text": "B", "readOnly": true},
        {"linkId": "c", "type": "string", "text": "C", "initial": [{"valueString": "x"}], "enableWhen": [
            {"question": "a", "operator": "exists", "answerBoolean": true}]},
        {"linkId": "d", "type": "string", "text": "D", "modifierExtension": [{"url": "http://x"}]}
    ]));
    assert_eq!(questions(&imported).len(), 2);
    assert_eq!(questions(&imported)[0]["lost_rule"], "a exists true");
    assert_eq!(questions(&imported)[1]["lost_rule"], "modifierExtension http://x");
    for code in ["hidden-dropped", "read-only-dropped", "initial-dropped"] {
        assert_eq!(fates(&imported, code), [Fate::Dropped], "{code}");
    }
}

#[test]
fn constraints_are_kept_as_checks_to_be_written() {
    let imported = import(json!([{"linkId": "a", "type": "integer", "text": "A", "extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-constraint", "extension": [
            {"url": "key", "valueId": "c-1"}, {"url": "severity", "valueCode": "warning"},
            {"url": "expression", "valueString": "%a > 3"}, {"url": "human", "valueString": "More than 3"}]}]}]));
    let wanted = json!([{"lost_rule": "%a > 3", "message": "More than 3", "level": "warn", "source": "c-1"}]);
    assert_eq!(imported.definition["checks"], wanted);
}

#[test]
fn ids_are_clean_and_each_stands_once() {
    let items = ["1.1", "1-1", "and", "Größe", "/53574-4/54134-6", "page", "PAGE", &"x".repeat(90), &"x".repeat(80)];
    let items: Value = items.iter().map(|link| json!({"linkId": link, "type": "string", "text": "T"})).collect();
    let imported = import(items);
    let ids: Vec<&str> = questions(&imported).iter().map(|one| one["id"].as_str().unwrap()).collect();
    let long = "x".repeat(40);
    let second = format!("{}_2", "x".repeat(38));
    assert_eq!(ids, ["q_1_1", "q_1_1_2", "q_and", "gr_e", "q_53574_4_54134_6", "page", "page_2", &long, &second]);
    assert_eq!(questions(&imported)[0]["source"], "1.1");
}

#[test]
fn a_file_that_is_no_questionnaire_is_refused_with_what_it_is() {
    for (file, says) in [
        ("", "is empty"),
        ("<Questionnaire/>", "is XML"),
        ("PK\u{3}\u{4}", "a workbook"),
        ("{", "is not JSON"),
        ("[1]", "is a JSON list"),
        ("{\"resourceType\": \"Patient\"}", "a FHIR Patient"),
        ("{\"resourceType\": \"QuestionnaireResponse\"}", "holds answers"),
        ("{\"resourceType\": \"Bundle\", \"entry\": []}", "without a Questionnaire"),
        ("{\"resourceType\": \"Questionnaire\"}", "no items"),
        ("{\"resourceType\": \"Questionnaire\", \"group\": {}}", "DSTU2"),
        ("{\"format\": 1, \"pages\": []}", "definition of this program"),
        ("{\"elements\": []}", "SurveyJS"),
    ] {
        let refusal = read(file.as_bytes()).expect_err(file);
        assert!(refusal.message.contains(says), "{file}: {refusal}");
    }
    assert!(read(&[0xff, 0xfe]).unwrap_err().message.contains("UTF-8"));
    assert!(read("[".repeat(100_000).as_bytes()).unwrap_err().message.contains("deep"));
    assert!(read(format!("[{}0]", "0,".repeat(4_000_000)).as_bytes()).unwrap_err().message.contains("too many parts"));
    assert!(read(&vec![b' '; 11_000_000]).unwrap_err().message.contains("10 MB"));
}

#[test]
fn too_much_is_cut_and_said_so() {
    let items: Value =
        (0..6_000).map(|at| json!({"linkId": format!("q{at}"), "type": "string", "text": "T"})).collect();
    let imported = import(items);
    assert_eq!(questions(&imported).len(), 5_000);
    assert_eq!(fates(&imported, "questions-cut"), [Fate::Dropped]);
    let nothing = import(json!([{"linkId": "a", "type": "attachment"}]));
    assert_eq!(fates(&nothing, "nothing-asked"), [Fate::Degraded]);
}
