//! Expressions of SurveyJS and the rules that they become.
//!
//! Each pair was held against survey-core 3.1.1 with random answers: both are true for the same ones.

use serde_json::{Value, json};

use super::super::report::Fate;
use super::read;

/// The questions that the expressions ask about.
fn asked() -> Vec<Value> {
    let made = json!([
        {"type": "radiogroup", "name": "role", "choices": ["item1", "Item 2", 3, "04", "yes"], "showOtherItem": true},
        {"type": "dropdown", "name": "drop", "choices": ["item1", "b", {"value": 5, "text": "Five"}]},
        {"type": "checkbox", "name": "multi", "choices": ["a", "b", 5, "B2"], "showNoneItem": true},
        {"type": "text", "inputType": "number", "name": "n"},
        {"type": "text", "inputType": "number", "name": "m"},
        {"type": "text", "inputType": "date", "name": "d"},
        {"type": "text", "name": "t"},
        {"type": "boolean", "name": "bool"},
        {"type": "boolean", "name": "agreed", "valueTrue": "yes", "valueFalse": "no"},
        {"type": "rating", "name": "rate"},
        {"type": "matrix", "name": "mat", "rows": ["r1", "r2"], "columns": ["bad", "good", 3]},
        {"type": "ranking", "name": "rank", "choices": ["x", "y", "z"], "selectToRankEnabled": true},
        {"type": "paneldynamic", "name": "rep", "templateElements": [{"type": "text", "name": "f"}]},
        {"type": "multipletext", "name": "mt", "items": [{"name": "a"}, {"name": "b"}]},
    ]);
    made.as_array().unwrap().clone()
}

/// What becomes of each expression: the rule, or the lost rule after `LOST: `.
fn rules(expressions: &[&str]) -> Vec<String> {
    let mut elements = asked();
    let first = elements.len();
    let under = expressions.iter().enumerate();
    elements.extend(under.map(|(at, rule)| json!({"type": "text", "name": format!("x{at}"), "visibleIf": rule})));
    let made = read(json!({"title": "T", "elements": elements}).to_string().as_bytes()).unwrap();
    let pages = made.definition["pages"].as_array().unwrap();
    let questions: Vec<&Value> = pages.iter().flat_map(|page| page["questions"].as_array().unwrap()).collect();
    let told = |at: usize| {
        let pointer = format!("/elements/{}/visibleIf", first + at);
        let entry = made.report.entries.iter().find(|entry| entry.source == pointer).unwrap();
        entry.message.clone()
    };
    let of = |at: usize| {
        let id = format!("x{at}");
        let question = questions.iter().find(|question| question["id"] == *id).unwrap();
        let lost = question["lost_rule"].as_str().map(|_| format!("LOST: {}", told(at)));
        lost.unwrap_or_else(|| question["show_if"].as_str().unwrap_or("true").to_string())
    };
    (0..expressions.len()).map(of).collect()
}

#[test]
fn expressions_become_rules_that_hold_for_the_same_answers() {
    let pairs = [
        // Options are found whatever their capitals, and numbers however they are written.
        ("{role} = 'ITEM1'", "role == 'item1'"),
        ("{Role} <> 'Item 2'", "role != 'item_2'"),
        ("{role} = '3'", "role == '3'"),
        ("3 = {role}", "role == '3'"),
        ("{role} = other", "role == 'other'"),
        ("{role-Comment} notempty", "answered(role.other)"),
        ("{role} = 'item1' or {role} = 3", "role in ['item1', '3']"),
        ("{role} != 'item1' and {role} != 3", "role not in ['item1', '3']"),
        ("{role} anyof ['item1', 'yes']", "role in ['item1', 'yes']"),
        ("{role} noneof ['item1', 'yes']", "role not in ['item1', 'yes']"),
        ("{role} contains 'item'", "role in ['item1', 'item_2']"),
        ("{rate} >= 4", "rate in ['4', '5']"),
        ("5 > {rate}", "rate in ['1', '2', '3', '4']"),
        ("{role} notempty", "answered(role)"),
        ("{role} empty", "not answered(role)"),
        ("{role} = ''", "not answered(role)"),
        ("{role} = null", "not answered(role)"),
        // Two answers that were not given are equal.
        ("{role} = {drop}", "(role == 'item1' and drop == 'item1') or (not answered(role) and not answered(drop))"),
        ("{n} >= {m}", "n >= m or (not answered(n) and not answered(m))"),
        ("{n} > {m}", "n > m"),
        // Several choices.
        ("{multi} contains 'A'", "'a' in multi"),
        ("{multi} *= ['a', 5]", "'a' in multi and '5' in multi"),
        ("{multi} notcontains ['a', 'b']", "'a' not in multi or 'b' not in multi"),
        ("{multi} anyof ['a', 'b']", "'a' in multi or 'b' in multi"),
        ("{multi} = ['a', 'none']", "'a' in multi and 'none' in multi and count(multi) == 2"),
        ("{multi.length} > 1", "count(multi) > 1"),
        // Yes or no.
        ("{bool} = true", "bool == 'yes'"),
        ("{bool}", "bool == 'yes'"),
        ("!{bool}", "bool != 'yes'"),
        ("{agreed} = 'No'", "agreed == 'no'"),
        // Numbers, days and texts.
        ("{n} = '5'", "n == 5"),
        ("{n} < -1.5 || {n} > 0x10", "n < -1.5 or n > 16"),
        ("{n} != 3", "n != 3"),
        ("!({n} > 3)", "not (n > 3)"),
        ("{d} > '2026-01-31'", "d > '2026-01-31'"),
        ("{d} <= today()", "d <= today()"),
        ("age({d}) >= 18", "years_since(d) >= 18"),
        ("{t} = 'Yes'", "matches(t, '(?i)^Yes$')"),
        ("{t} != '12'", "t != '12'"),
        (r"{t} contains 'it\'s (so)'", r"matches(t, '(?i)it\x27s \(so\)')"),
        // Parts.
        ("{mat.r1} != 'bad'", "mat.r1 != 'bad'"),
        ("{mat} notempty", "answered(mat)"),
        ("{rank[0]} = 'x'", "rank[1] == 'x'"),
        ("{rank} contains 'x'", "rank[1] == 'x' or rank[2] == 'x' or rank[3] == 'x'"),
        ("{rep.length} >= 2", "rep.count >= 2"),
        ("{mt.a} notempty", "answered(mt_a)"),
        ("{mt} empty", "not answered(mt_a) and not answered(mt_b)"),
        // Precedence, brackets, constants.
        ("{n} > 1 or {n} < 0 and {bool} = true", "n > 1 or (n < 0 and bool == 'yes')"),
        ("({n} > 1 or {n} < 0) and {bool} = true", "(n > 1 or n < 0) and bool == 'yes'"),
        ("iif({bool} = true, {n} > 1, {n} > 2)", "(bool == 'yes' and n > 1) or (bool != 'yes' and n > 2)"),
        ("1 = 1", "true"),
        // What is not empty counts as true, but a rule must be true itself.
        ("{n} and {bool} = true", "answered(n) and n != 0 and bool == 'yes'"),
    ];
    let made = rules(&pairs.map(|(expression, _)| expression));
    for ((expression, rule), made) in pairs.iter().zip(made) {
        assert_eq!(made, *rule, "{expression}");
    }
}

#[test]
fn what_cannot_mean_the_same_is_lost_with_a_word_on_why() {
    let pairs = [
        ("{role} = 'itm1'", "did you mean ‘item1’?"),
        ("{multi} contains 'c'", "has no option ‘c’"),
        ("{multi} = 'a'", "write `'a' in multi` if that is meant"),
        ("{role} contains ['item1', 'yes']", "only one option"),
        ("{t} > 5", "make it a `number`"),
        ("{t} + 1 > 5", "make it a number"),
        ("{n} % 2 = 0", "have no `%`"),
        ("{n}", "never holds"),
        ("{n} > 5 and {n} < 3", "never holds"),
        ("{role} = 'item1' and {role} = 'yes'", "never holds"),
        ("{panel.f} = 1", "same entry or row"),
        ("{rep[0].f} = 'x'", "cannot ask about"),
        ("{multi[0]} = 'a'", "which option was chosen first"),
        ("{$self.visible}", "asks how something looks"),
        ("{d} > today(-3)", "no function `today` for this"),
        ("sumInArray({rep}, 'f') > 3", "no function `sumInArray`"),
        ("{missing} = 1", "no question ‘missing’"),
        ("{rate} >= 4 and", "ends too early"),
        ("{mat} contains 'good'", "no such parts"),
    ];
    let made = rules(&pairs.map(|(expression, _)| expression));
    for ((expression, why), made) in pairs.iter().zip(made) {
        assert!(made.starts_with("LOST: ") && made.contains(why), "{expression}: {made}");
    }
}

#[test]
fn sums_say_how_they_differ() {
    let mut elements = asked();
    elements.push(json!({"type": "text", "name": "x", "visibleIf": "sum({n}, {m}) * 2 > 10"}));
    let made = read(json!({"title": "T", "elements": elements}).to_string().as_bytes()).unwrap();
    let entry =
        made.report.entries.iter().find(|entry| entry.target.as_deref() == Some("x") && entry.code == "visible-if");
    let entry = entry.unwrap();
    assert!(entry.message.contains("(n + m) * 2 > 10"), "{}", entry.message);
    assert!(entry.message.contains("takes a number that was not given for 0"), "{}", entry.message);
    assert_eq!(entry.fate, super::super::report::Fate::Degraded);
}

#[test]
fn a_field_keeps_its_rule_and_is_alone_hidden_where_that_is_lost() {
    let form = json!({"title": "T", "locale": "en", "elements": [
        {"type": "radiogroup", "name": "home", "choices": ["house", "flat"]},
        {"type": "paneldynamic", "name": "p", "minPanelCount": 1, "templateElements": [
            {"type": "boolean", "name": "alive"},
            {"type": "text", "name": "died", "isRequired": true, "visibleIf": "{panel.alive} = false"},
            {"type": "radiogroup", "name": "kind", "requiredIf": "{panel.alive} = true", "choices": [
                "a", {"value": "b", "visibleIf": "{panel.alive} = true"}, {"value": "c", "visibleIf": "{home} = 'flat'"}]},
            {"type": "panel", "visibleIf": "{home} = 'house'", "elements": [
                {"type": "text", "name": "garden", "isRequired": true},
                {"type": "text", "name": "roof", "visibleIf": "{p.length} > 1"},
                {"type": "paneldynamic", "name": "trees", "visibleIf": "{home} = 'tent'", "templateElements": [
                    {"type": "text", "name": "tree"}]}]},
            {"type": "matrixdropdown", "name": "plan", "rows": ["r"], "columns": [
                {"name": "x", "cellType": "text"}, {"name": "y", "cellType": "text", "visibleIf": "{row.x} = 1"}]},
        ]},
    ]});
    let made = read(form.to_string().as_bytes()).unwrap();
    let pages = made.definition["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 2, "the fields ask about the question before them");
    let repeat = &pages[1]["questions"][0];
    assert!(["show_if", "lost_rule", "required"].iter().all(|key| repeat.get(key).is_none()), "{repeat:#}");
    let field = |id: &str| repeat["fields"].as_array().unwrap().iter().find(|field| field["id"] == id).unwrap();
    assert_eq!(
        (&field("died")["lost_rule"], &field("died")["required"]),
        (&json!("{panel.alive} = false"), &json!(true))
    );
    assert!(field("kind").get("required").is_none() && field("kind").get("lost_rule").is_none());
    let options = &field("kind")["options"];
    assert_eq!(
        (&options[1]["lost_rule"], &options[2]["show_if"]),
        (&json!("{panel.alive} = true"), &json!("home == 'flat'"))
    );
    assert_eq!((&field("garden")["show_if"], &field("garden")["required"]), (&json!("home == 'house'"), &json!(true)));
    assert_eq!(field("roof")["lost_rule"], "({p.length} > 1) and ({home} = 'house')");
    assert_eq!(field("tree")["lost_rule"], "({home} = 'tent') and ({home} = 'house')");
    assert_eq!(field("plan_r_y")["lost_rule"], "{row.x} = 1");
    let mut lost = made.report.entries.iter().filter(|entry| entry.code == "visible-if-lost");
    let died = lost.next().unwrap();
    assert_eq!((died.fate, died.target.as_deref()), (Fate::Degraded, Some("died")));
    assert_eq!(died.source, "/elements/1/templateElements/1/visibleIf");
    assert!(made.report.entries.iter().any(|entry| entry.code == "required-if-lost" && entry.fate == Fate::Degraded));
}
