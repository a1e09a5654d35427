//! What each kind of thing becomes, and what is said of it.

use serde_json::{Value, json};

use super::super::report::{Fate, Imported};
use super::read;

fn import(definition: &Value) -> Imported {
    read(definition.to_string().as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The questions of a form without pages, by id.
fn questions(elements: &Value) -> Imported {
    import(&json!({"title": "T", "locale": "en", "elements": elements}))
}

fn find<'i>(imported: &'i Imported, id: &str) -> &'i Value {
    let pages = imported.definition["pages"].as_array().unwrap();
    let mut all = pages.iter().flat_map(|page| page["questions"].as_array().into_iter().flatten());
    all.find(|question| question["id"] == id).unwrap_or_else(|| panic!("no {id} in {:#}", imported.definition))
}

fn fate(imported: &Imported, code: &str) -> Fate {
    let entry = imported.report.entries.iter().find(|entry| entry.code == code);
    entry.unwrap_or_else(|| panic!("no {code} in {:#?}", imported.report)).fate
}

fn ids(options: &Value) -> Vec<&str> {
    options.as_array().unwrap().iter().map(|option| option["id"].as_str().unwrap()).collect()
}

#[test]
fn inputs_become_texts_numbers_and_dates() {
    let made = questions(&json!([
        {"type": "text", "name": "firstName", "isRequired": true, "maxLength": 30, "placeholder": "As in your passport"},
        {"type": "comment", "name": "why", "rows": 6, "title": "Why\nnot?", "description": "In <b>short</b>"},
        {"type": "text", "name": "age", "inputType": "number", "min": "18", "max": 99, "step": 1},
        {"type": "text", "name": "weight", "inputType": "number"},
        {"type": "text", "name": "since", "inputType": "date", "min": "2020-01-01"},
        {"type": "text", "name": "at", "inputType": "time"},
        {"type": "slider", "name": "temperature", "min": -10, "max": 40, "step": 0.5},
        {"type": "slider", "name": "range", "sliderType": "range"},
        {"type": "text", "name": "fee", "maskType": "currency", "maskSettings": {"prefix": "£", "precision": 2}},
    ]));
    let first = find(&made, "first_name");
    assert_eq!((first["type"].as_str(), first["required"].as_bool()), (Some("text"), Some(true)));
    assert_eq!((first["source"].as_str(), first["max_chars"].as_u64()), (Some("firstName"), Some(30)));
    assert_eq!(first["hint"], "As in your passport");
    let why = find(&made, "why");
    assert_eq!((why["text"].as_str(), why["hint"].as_str()), (Some("Why not?"), Some("In **short**")));
    assert_eq!(why["lines"], 6);
    let age = find(&made, "age");
    assert_eq!(json!([age["type"], age["min"], age["max"], age["step"]]), json!(["number", 18, 99, 1]));
    assert!(age.get("decimals").is_none());
    assert_eq!(find(&made, "weight")["decimals"], 2);
    assert_eq!(fate(&made, "decimals"), Fate::Assumed);
    assert_eq!(find(&made, "since")["min"], "2020-01-01");
    assert_eq!(find(&made, "at")["type"], "text");
    assert!(find(&made, "at")["pattern"].is_string());
    assert_eq!(fate(&made, "input-type"), Fate::Degraded);
    assert_eq!(json!([find(&made, "temperature")["step"], find(&made, "temperature")["decimals"]]), json!([0.5, 1]));
    assert_eq!(find(&made, "range_from")["type"], "number");
    assert_eq!(find(&made, "range_to")["text"], "range – to");
    assert_eq!(json!([find(&made, "fee")["unit"], find(&made, "fee")["decimals"]]), json!(["£", 2]));
}

#[test]
fn choices_are_read_however_they_are_written() {
    let made = questions(&json!([
        {"type": "radiogroup", "name": "plain", "choices": ["Item 1", 2, {"value": "c", "text": "Third"}, "d|Fourth"]},
        {"type": "checkbox", "name": "several", "choices": ["a", {"value": "b", "isExclusive": true}], "hasOther": true,
         "showNoneItem": true, "showDontKnowItem": true, "minSelectedChoices": 1, "maxSelectedChoices": 2,
         "choicesOrder": "random"},
        {"type": "dropdown", "name": "years", "choicesMin": 2020, "choicesMax": 2022},
        {"type": "dropdown", "name": "open", "choices": ["x"], "showOtherItem": true, "otherText": "Else"},
        {"type": "imagepicker", "name": "pet", "choices": [{"value": "cat", "text": "A cat", "imageLink": "c.png"}]},
        {"type": "boolean", "name": "agree", "label": "Do you agree?"},
        {"type": "rating", "name": "stars", "rateMax": 3, "minRateDescription": "Bad", "maxRateDescription": "Good"},
        {"type": "ranking", "name": "top", "choices": ["x", "y"]},
        {"type": "rating", "name": "upside", "rateMin": 5, "rateMax": 1},
        {"type": "dropdown", "name": "remote", "choicesByUrl": {"url": "https://example.org"}},
    ]));
    assert_eq!(ids(&find(&made, "plain")["options"]), ["item_1", "2", "c", "d"]);
    assert_eq!(find(&made, "plain")["options"][0]["source"], "Item 1");
    assert_eq!(find(&made, "plain")["options"][3]["label"], "Fourth");
    let several = find(&made, "several");
    assert_eq!(ids(&several["options"]), ["a", "b", "none", "dontknow", "other"]);
    assert_eq!(json!([several["min"], several["max"], several["order"]]), json!([1, 2, "random"]));
    let expected = json!([
        {"id": "a", "label": "a"},
        {"id": "b", "label": "b", "exclusive": true},
        {"id": "none", "label": "None", "exclusive": true, "last": true},
        {"id": "dontknow", "label": "Don't know", "missing": true, "exclusive": true, "last": true},
        {"id": "other", "label": "Other (describe)", "last": true, "other": "required"},
    ]);
    assert_eq!(several["options"], expected);
    assert_eq!(
        json!([ids(&find(&made, "years")["options"]), find(&made, "years")["style"]]),
        json!([["2020", "2021", "2022"], "dropdown"])
    );
    assert!(find(&made, "open").get("style").is_none(), "an option with a text cannot stand in a dropdown");
    assert_eq!(find(&made, "pet")["options"], json!([{"id": "cat", "label": "A cat"}]));
    assert_eq!(fate(&made, "picture"), Fate::Degraded);
    assert_eq!(find(&made, "agree")["text"], "Do you agree?");
    assert_eq!(ids(&find(&made, "agree")["options"]), ["yes", "no"]);
    assert_eq!(find(&made, "stars")["options"][0], json!({"id": "1", "label": "1 – Bad", "value": 1}));
    assert_eq!(json!([ids(&find(&made, "top")["items"]), find(&made, "top")["min"]]), json!([["x", "y"], 2]));
    assert_eq!(fate(&made, "choices-by-url"), Fate::Dropped);
    assert_eq!(fate(&made, "no-options"), Fate::Dropped);
}

#[test]
fn tables_become_ratings_questions_and_repeats() {
    let made = questions(&json!([
        {"type": "matrix", "name": "m", "columns": [1, {"value": 2, "text": "Two"}], "rows": ["One", "2"], "isAllRowRequired": true},
        {"type": "matrix", "name": "some", "columns": ["a", "b"], "rows": ["r", "s"], "isRequired": true},
        {"type": "matrix", "name": "under", "columns": ["a", "b"], "rows": ["r", {"value": "s", "visibleIf": "{some.r} = 'a'"}]},
        {"type": "matrixdropdown", "name": "grid", "choices": ["x"], "rows": ["r1", "r2"],
         "columns": [{"name": "c1"}, {"name": "c2", "cellType": "text", "inputType": "number"}]},
        {"type": "matrixdynamic", "name": "jobs", "minRowCount": 1, "maxRowCount": 4, "choices": [1, 2],
         "columns": [{"name": "what", "cellType": "text", "isRequired": true}, {"name": "kind"}]},
        {"type": "paneldynamic", "name": "children", "templateElements": [
            {"type": "panel", "title": "Child", "elements": [{"type": "text", "name": "name"}]},
            {"type": "boolean", "name": "atSchool"}]},
        {"type": "multipletext", "name": "who", "title": "Who?", "items": [{"name": "first"}, {"name": "born", "inputType": "date"}]},
    ]));
    let rate = find(&made, "m");
    assert_eq!(json!([rate["type"], rate["required"], ids(&rate["items"])]), json!(["rate", true, ["one", "row_2"]]));
    assert_eq!(rate["scale"], json!([{"id": "1", "label": "1", "value": 1}, {"id": "2", "label": "Two", "value": 2}]));
    assert_eq!(json!([find(&made, "some")["required"], find(&made, "some")["min_items"]]), json!([true, 1]));
    assert_eq!(find(&made, "under_s")["show_if"], "some.r == 'a'");
    assert!(find(&made, "under_r").get("show_if").is_none());
    assert_eq!(fate(&made, "matrix-split"), Fate::Degraded);
    assert_eq!(find(&made, "grid_r2_c2")["type"], "number");
    assert_eq!(find(&made, "grid_r1_heading")["text"], "#### r1");
    assert_eq!(find(&made, "grid_r1_c1")["source"], "grid.r1.c1");
    let jobs = find(&made, "jobs");
    assert_eq!(json!([jobs["type"], jobs["min"], jobs["max"], jobs["required"]]), json!(["repeat", 1, 4, true]));
    assert_eq!(ids(&jobs["fields"]), ["what", "kind"]);
    let children = find(&made, "children");
    assert_eq!(ids(&children["fields"]), ["heading", "name", "at_school"]);
    assert_eq!(find(&made, "who_born")["type"], "date");
    assert_eq!(find(&made, "who_heading")["text"], "#### Who?");
}

#[test]
fn a_page_is_split_where_a_rule_or_a_text_asks_about_it() {
    let made = import(&json!({"title": "T", "locale": "en", "pages": [{"name": "one", "title": "Home", "elements": [
        {"type": "radiogroup", "name": "home", "choices": ["house", "flat"]},
        {"type": "panel", "name": "garden", "title": "Garden", "visibleIf": "{home} = 'house'", "elements": [
            {"type": "text", "name": "size", "inputType": "number", "step": 1},
            {"type": "text", "name": "plants", "visibleIf": "{size} > 10", "requiredIf": "{home} notempty"}]},
        {"type": "html", "name": "said", "html": "<p>You live in a {home}, or {nothing}.</p>"}]}]}));
    let pages = made.definition["pages"].as_array().unwrap();
    let on: Vec<Vec<&str>> = pages.iter().map(|page| ids(&page["questions"])).collect();
    assert_eq!(on, [vec!["home"], vec!["garden_heading", "size"], vec!["plants", "said"]]);
    assert!(pages.iter().all(|page| page["title"] == "Home"));
    assert_eq!(find(&made, "garden_heading")["text"], "### Garden");
    assert_eq!(find(&made, "size")["show_if"], "home == 'house'");
    assert_eq!(find(&made, "plants")["show_if"], "home == 'house' and size > 10");
    assert_eq!(find(&made, "plants")["required_if"], "answered(home)");
    assert_eq!(find(&made, "said")["text"], "You live in a {{ home }}, or {nothing}.");
    assert_eq!(fate(&made, "page-split"), Fate::Assumed);
}

#[test]
fn a_rule_that_is_lost_hides_and_never_shows() {
    let made = questions(&json!([
        {"type": "radiogroup", "name": "home", "choices": ["house", "apartments"]},
        {"type": "file", "name": "photo"},
        {"type": "text", "name": "a", "visibleIf": "{home} = 'apartment'"},
        {"type": "text", "name": "b", "visibleIf": "{hom} = 'house'"},
        {"type": "text", "name": "c", "visibleIf": "{z} notempty"},
        {"type": "text", "name": "d", "visibleIf": "{photo} notempty"},
        {"type": "text", "name": "e", "visibleIf": "{home} =< 2"},
        {"type": "text", "name": "f", "visible": false},
        {"type": "text", "name": "g", "visible": false, "visibleIf": "{home} = 'house'"},
        {"type": "text", "name": "h", "visibleIf": "{home} = 'house' and {home} = 'apartments'"},
        {"type": "text", "name": "z"},
    ]));
    for id in ["a", "b", "c", "d", "e", "f", "h"] {
        assert!(find(&made, id)["lost_rule"].is_string(), "{id}");
        assert!(find(&made, id).get("show_if").is_none(), "{id}");
    }
    assert_eq!(find(&made, "g")["show_if"], "home == 'house'", "visibleIf counts before visible");
    let said: String = made.report.entries.iter().map(|entry| entry.message.as_str()).collect();
    for words in
        ["did you mean ‘apartments’?", "did you mean ‘home’?", "asked later", "`<=`", "Canvass has nothing like it"]
    {
        assert!(said.contains(words), "{words}");
    }
}

#[test]
fn emails_are_kept_apart_unless_a_rule_decides_who_is_asked() {
    let made = questions(&json!([
        {"type": "text", "name": "mail", "inputType": "email", "isRequired": true, "title": "Where, {name}?"},
        {"type": "text", "name": "name"},
        {"type": "text", "name": "other", "validators": [{"type": "email"}], "visibleIf": "{name} notempty"},
        {"type": "text", "name": "after", "visibleIf": "{mail} notempty"},
    ]));
    let last = made.definition["pages"].as_array().unwrap().last().unwrap();
    assert_eq!(
        json!([last["store"], last["id"], last["questions"][0]["type"]]),
        json!(["contact", "contact", "email"])
    );
    assert_eq!(last["questions"][0]["text"], "Where, (name)?");
    assert_eq!(
        json!([find(&made, "other")["type"], find(&made, "other")["show_if"]]),
        json!(["text", "answered(name)"])
    );
    assert!(find(&made, "other")["pattern"].is_string());
    assert!(find(&made, "after")["lost_rule"].is_string(), "nothing may depend on an address");
    assert_eq!(fate(&made, "email-with-answers"), Fate::Degraded);
}

#[test]
fn validators_become_bounds_patterns_and_checks() {
    let made = questions(&json!([
        {"type": "text", "name": "n", "validators": [{"type": "numeric", "minValue": 1, "maxValue": 9}]},
        {"type": "text", "name": "code", "validators": [
            {"type": "regexvalidator", "regex": "^\\d{4}$", "text": "Four digits"},
            {"type": "regex", "regex": "^1"}, {"type": "regex", "regex": "(?=x)"},
            {"type": "text", "minLength": 4, "maxLength": 8}]},
        {"type": "checkbox", "name": "c", "choices": [1, 2, 3], "validators": [{"type": "answercount", "minCount": 1, "maxCount": 2}]},
        {"type": "text", "name": "m", "inputType": "number", "step": 1, "maxValueExpression": "{n} * 2", "validators": [
            {"type": "expression", "expression": "{m} > {n}", "text": "More, please", "notificationType": "warning"},
            {"type": "expression", "expression": "strange({m})"}]},
    ]));
    assert_eq!(
        json!([find(&made, "n")["type"], find(&made, "n")["min"], find(&made, "n")["max"]]),
        json!(["number", 1, 9])
    );
    let code = find(&made, "code");
    assert_eq!(json!([code["pattern"], code["pattern_message"]]), json!(["^[0-9]{4}$", "Four digits"]));
    assert_eq!(json!([code["min_chars"], code["max_chars"]]), json!([4, 8]));
    assert_eq!(fate(&made, "pattern-lost"), Fate::Dropped);
    assert_eq!(json!([find(&made, "c")["min"], find(&made, "c")["max"]]), json!([1, 2]));
    let expected = json!([
        {"rule": "not answered(code) or matches(code, '^1')", "message": "Check how this answer is written."},
        {"rule": "not answered(m) or m > n", "message": "More, please", "level": "warn"},
        {"lost_rule": "strange({m})", "message": "Check this answer."},
        {"rule": "not answered(m) or m <= n * 2", "message": "Check this answer: it is too large or too small."},
    ]);
    assert_eq!(made.definition["checks"], expected);
}

#[test]
fn triggers_skip_pages_and_end_early_and_values_are_calculated() {
    let page = |name: &str, elements: Value| json!({"name": name, "elements": elements});
    let made = import(&json!({"title": "T", "locale": "en",
        "pages": [
            page("p1", json!([{"type": "text", "inputType": "number", "name": "n", "step": 1}])),
            page("p2", json!([{"type": "text", "name": "q2"}])),
            page("p3", json!([{"type": "text", "name": "q3", "visible": false},
                {"type": "expression", "name": "lost", "expression": "strange({n})"},
                {"type": "expression", "name": "total", "title": "In all", "expression": "{twice} + 1"}])),
            page("p4", json!([{"type": "text", "name": "q4", "visibleIf": "{adult}"}])),
        ],
        "triggers": [
            {"type": "skip", "expression": "{n} > 5", "gotoName": "q3"},
            {"type": "complete", "name": "q2", "operator": "equal", "value": "done"},
            {"type": "visible", "expression": "{n} = 1", "questions": ["q3"]},
            {"type": "setvalue", "expression": "{n} = 1", "setToName": "q4", "setValue": 3},
        ],
        "calculatedValues": [{"name": "twice", "expression": "{n} * 2"}, {"name": "adult", "expression": "{n} >= 18"}]}));
    let definition = &made.definition;
    assert_eq!(definition["pages"][1]["show_if"], "not (n > 5)");
    let end = &definition["pages"][2];
    assert_eq!(json!([end["end"], end["show_if"]]), json!(["finished", "matches(q2, '(?i)^done$')"]));
    assert_eq!(find(&made, "q3")["show_if"], "n == 1");
    assert_eq!(find(&made, "q4")["show_if"], "adult");
    assert_eq!(find(&made, "total_note")["text"], "In all: {{ total }}");
    assert!(!definition.to_string().contains("lost_note"));
    assert_eq!(fate(&made, "calculated-lost"), Fate::Dropped);
    let values: Vec<(&str, &str)> = definition["calculated"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| (value["id"].as_str().unwrap(), value["value"].as_str().unwrap()))
        .collect();
    assert_eq!(values, [("twice", "n * 2"), ("adult", "n >= 18"), ("total", "twice + 1")]);
    assert_eq!(fate(&made, "trigger-dropped"), Fate::Dropped);
}

#[test]
fn options_are_offered_under_the_rules_that_they_had() {
    let made = questions(&json!([
        {"type": "checkbox", "name": "used", "choices": ["bus", "train", "bike"]},
        {"type": "radiogroup", "name": "best", "choicesFromQuestion": "used", "choicesFromQuestionMode": "selected"},
        {"type": "dropdown", "name": "land", "choices": ["uk", "fr"]},
        {"type": "dropdown", "name": "town", "choicesVisibleIf": "{$item.land} = {land}",
         "choices": [{"value": "york", "land": "uk"}, {"value": "nice", "land": "fr"}, {"value": "oslo", "land": "no"}]},
    ]));
    let rules = |id: &str| -> Vec<Value> {
        let options = find(&made, id)["options"].as_array().unwrap();
        options
            .iter()
            .map(|option| option.get("show_if").or(option.get("lost_rule")).cloned().unwrap_or_default())
            .collect()
    };
    assert_eq!(rules("best"), ["'bus' in used", "'train' in used", "'bike' in used"]);
    assert_eq!(rules("town"), ["land == 'uk'", "land == 'fr'", "{$item.land} = {land}"]);
}

#[test]
fn texts_in_other_languages_become_translations() {
    let made = import(&json!({"title": {"default": "Hello", "nl": "Hallo"}, "elements": [
        {"type": "radiogroup", "name": "q", "title": {"default": "Who, {q0}?", "nl": "Wie?"},
         "choices": [{"value": 1, "text": {"default": "Me", "nl": "Ik"}}], "description": {"nl": "Alleen"}}]}));
    assert_eq!(made.definition["language"], "en");
    let expected = json!({"nl": {"title": {"text": "Hallo"}, "q.text": {"text": "Wie?"}, "q.1": {"text": "Ik"}}});
    assert_eq!(made.definition["translations"], expected);
    assert_eq!(find(&made, "q")["hint"], "Alleen");
    let dutch = import(&json!({"title": "Hallo", "locale": "nl", "elements": [{"type": "boolean", "name": "q"}]}));
    assert_eq!(dutch.definition["language"], "nl");
    assert_eq!(fate(&dutch, "words-of-surveyjs"), Fate::Assumed);
}

#[test]
fn old_names_of_keys_are_read() {
    let made = import(&json!({"title": "T", "pages": [{"name": "p", "questions": [
        {"type": "checkbox", "name": "q", "choices": ["a"], "hasOther": true, "hasNone": true, "hasComment": true},
        {"type": "radiogroup", "name": "r", "choices": ["a"], "hasComment": true},
        {"type": "text", "name": "t", "placeHolder": "Here"},
    ]}], "questionsOrder": "random", "completedHtml": "<p>Bye</p>", "goNextPageAutomatic": true}));
    assert_eq!(ids(&find(&made, "q")["options"]), ["a", "none", "other"]);
    assert_eq!(find(&made, "r_comment")["type"], "text");
    assert_eq!(find(&made, "t")["hint"], "Here");
    assert_eq!(fate(&made, "question-order"), Fate::Dropped);
    assert_eq!(fate(&made, "start-or-end-text"), Fate::Dropped);
    assert_eq!(fate(&made, "looks"), Fate::Assumed);
}

#[test]
fn everything_left_out_is_told() {
    let made = questions(&json!([
        {"type": "text", "name": "q", "defaultValue": "x", "enableIf": "{q} = 1", "readOnly": true, "setValueIf": "{q} = 2",
         "correctAnswer": "y", "madeUp": 1},
        {"type": "signaturepad", "name": "s"},
        {"type": "html", "name": "h", "html": "<p>Read <script>x</script>this</p>"},
        {"type": "spaceship", "name": "u"},
    ]));
    for code in ["default-value", "enable-if", "read-only", "value-set-by-rule", "correct-answer", "question-dropped"] {
        assert_eq!(fate(&made, code), Fate::Dropped, "{code}");
    }
    assert_eq!(fate(&made, "html-degraded"), Fate::Degraded);
    assert_eq!(fate(&made, "unknown-key"), Fate::Unknown);
    assert_eq!(fate(&made, "unknown-type"), Fate::Unknown);
    let places: Vec<&str> = made.report.entries.iter().map(|entry| entry.source.as_str()).collect();
    let at = |pointer: &str| places.iter().position(|place| *place == pointer).unwrap();
    assert!(at("/elements/0/defaultValue") < at("/elements/1") && at("/elements/1") < at("/elements/3"));
    assert!(made.report.has_losses());
}

#[test]
fn what_is_no_definition_is_refused_with_what_it_looks_like() {
    let refusal = |text: &str| read(text.as_bytes()).unwrap_err().message;
    assert!(refusal(r#"{"resourceType": "Questionnaire", "item": []}"#).contains("FHIR Questionnaire"));
    assert!(refusal(r#"{"format": 1, "id": "s", "title": "S", "pages": []}"#).contains("of Canvass already"));
    assert!(refusal(r#"{"json": {"pages": []}}"#).contains("inside another object"));
    assert!(refusal("[]").contains("is an object"));
    assert!(refusal("{}").contains("no `pages`, `elements` or `questions`"));
    let many: Vec<Value> = (0..5_001).map(|number| json!({"type": "text", "name": format!("q{number}")})).collect();
    assert!(refusal(&json!({"elements": many}).to_string()).contains("more than 5000 questions"));
    let options: Vec<u32> = (0..5_001).collect();
    assert!(
        refusal(&json!({"elements": [{"type": "dropdown", "name": "q", "choices": options}]}).to_string())
            .contains("5,000 options")
    );
}

#[test]
fn a_form_of_which_nothing_is_left_still_makes_a_definition() {
    for elements in [json!([]), json!([{"type": "file", "name": "f"}])] {
        let made = questions(&elements);
        assert_eq!(made.definition["pages"][0]["questions"][0]["type"], "note");
        assert_eq!(fate(&made, "nothing-left"), Fate::Dropped);
    }
}
