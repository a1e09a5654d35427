use serde_json::{Value, json};

use super::{Class, Diff, Effect, diff};
use crate::definition::{Survey, parse};

/// A survey with something of everything that can change.
const EVERYTHING: &str = include_str!("everything.json");

fn definition() -> Value {
    serde_json::from_str(EVERYTHING).unwrap()
}

fn survey(definition: &Value) -> Survey {
    let parsed = parse(&serde_json::to_string_pretty(definition).unwrap());
    parsed.survey.unwrap_or_else(|| panic!("{:#?}", parsed.findings))
}

/// The diff of setting, adding (`/-` at the end) or deleting (`null`).
pub(super) fn after(edits: &[(&str, Value)]) -> Diff {
    let mut edited = definition();
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = edited.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
        match (parent, key, value) {
            (Value::Array(list), "-", value) => list.push(value.clone()),
            (Value::Array(list), index, Value::Null) => drop(list.remove(index.parse().unwrap())),
            (Value::Array(list), index, value) => list[index.parse::<usize>().unwrap()] = value.clone(),
            (Value::Object(map), key, Value::Null) => drop(map.remove(key)),
            (Value::Object(map), key, value) => drop(map.insert(key.to_string(), value.clone())),
            _ => panic!("{pointer}"),
        }
    }
    diff(&survey(&definition()), &survey(&edited))
}

/// What changed and how gravely, as `class what`.
fn told(diff: &Diff) -> Vec<String> {
    diff.changes.iter().map(|change| format!("{} {}", change.class.name(), change.what)).collect()
}

const Q: &str = "/pages/0/questions";

pub(super) fn expect(cases: &[(&str, Value, &str)]) {
    for (pointer, value, expected) in cases {
        let found = after(&[(pointer, value.clone())]);
        assert_eq!(told(&found), [*expected], "{pointer} = {value}: {found:#?}");
        let said = &found.changes[0].text;
        assert!(said.ends_with('.') && said.starts_with(|c: char| c.is_uppercase() || c == '“'), "{said}");
    }
}

#[test]
fn a_survey_does_not_differ_from_itself_however_it_is_written() {
    assert_eq!(diff(&survey(&definition()), &survey(&definition())), Diff::default());
    let spaced = after(&[
        ("/pages/2/show_if", json!("(place  in ['north','else'])")),
        ("/calculated/0/value", json!("years*2")),
        ("/checks/0/rule", json!("not answered(years) or (years<90)")),
        ("/lists/unused", json!([{"id": "a", "label": "A"}, {"id": "b", "label": "B"}])),
    ]);
    assert_eq!(spaced, Diff::default());
    assert_eq!((spaced.class(), spaced.keeps_answers()), (None, true));
}

#[test]
fn words_and_looks_are_wording() {
    expect(&[
        ("/title", json!("Everything"), "wording title"),
        ("/version", json!(2), "wording version"),
        ("/language", json!("en-GB"), "wording language"),
        ("/introduction/purpose", json!("To see"), "wording introduction, purpose"),
        ("/introduction/minutes", json!(6), "wording introduction, minutes"),
        ("/introduction/contact", Value::Null, "wording introduction, contact"),
        ("/privacy/notice", json!("We keep nothing"), "wording privacy, notice"),
        ("/population/source", json!("A census"), "wording population, source"),
        ("/translations/cy/title/text", json!("Pob peth"), "wording translation cy, title"),
        ("/translations/cy", Value::Null, "wording translation cy"),
        ("/translations/fr", json!({"title": {"text": "Tout"}}), "wording translation fr"),
        ("/interventions/0/label", json!("Many trees"), "wording intervention trees"),
        ("/lists/agree/2/label", json!("I agree"), "wording list agree, option yes"),
        ("/calculated/0/label", json!("Doubled"), "wording calculated twice"),
        ("/checks/0/message", json!("Really?"), "wording check 1"),
        ("/retired", json!(["old"]), "wording retired"),
        ("/pages/0/title", json!("Yourself"), "wording page you"),
        ("/pages/0/text", Value::Null, "wording page you"),
        ("/pages/0/questions/0/text", json!("Hi"), "wording question hello"),
        ("/pages/0/questions/0", Value::Null, "wording question hello"),
        ("/pages/0/questions/1/text", json!("I do agree"), "wording question ok"),
        ("/pages/0/questions/2/hint", json!("The village"), "wording question place"),
        ("/pages/0/questions/3/style", json!("dropdown"), "wording question grade"),
        ("/pages/0/questions/2/order", json!("random"), "wording question place"),
        ("/pages/0/questions/2/order_group", json!("g"), "wording question place"),
        ("/pages/0/questions/2/options/0/label", json!("The north"), "wording question place, option north"),
        ("/pages/0/questions/2/options/0/hint", json!("Cold"), "wording question place, option north"),
        ("/pages/0/questions/2/options/2/last", json!(true), "wording question place, option else"),
        ("/pages/0/questions/7/lines", json!(4), "wording question why"),
        ("/pages/0/questions/7/pattern_message", json!("Begin with a capital"), "wording question why"),
        ("/pages/2/questions/1/item_name", json!("wish"), "wording question own"),
        ("/pages/2/questions/1/fields/0/text", json!("Name of it"), "wording question own, field name"),
        ("/pages/3/questions/0/seeds/0/label", json!("A seed"), "wording question wall, row s1"),
    ]);
}

#[test]
fn what_leaves_answers_valid_and_complete_is_additive() {
    expect(&[
        ("/window/closes", json!("2026-03-01T17:00"), "additive window"),
        ("/window/grace_minutes", json!(90), "additive window"),
        ("/window/opens", json!("2025-12-01T09:00"), "additive window"),
        ("/window", Value::Null, "additive window"),
        ("/privacy/retain_days", json!(50), "additive privacy, retain_days"),
        ("/privacy/min_cell", json!(10), "additive privacy, min_cell"),
        ("/population/size/high", json!(20), "additive population, high"),
        ("/population/margins/place", json!({"north": 0.4, "south": 0.6}), "additive population, margins of place"),
        ("/interventions/1/withdrawn", json!(true), "additive intervention shops"),
        ("/calculated/-", json!({"id": "half", "value": "years / 2"}), "additive calculated half"),
        ("/checks/0", Value::Null, "additive check 1"),
        ("/checks/0/level", json!("warn"), "additive check 1"),
        ("/checks/0/rule", json!("not answered(years) or years < 95"), "additive check 1"),
        ("/checks/-", json!({"rule": "years != 7", "message": "7?", "level": "warn"}), "additive check 2"),
        ("/pages/0/questions/-", json!({"id": "new", "type": "text", "text": "New?"}), "additive question new"),
        (
            "/pages/0/questions/2/options/-",
            json!({"id": "west", "label": "West"}),
            "additive question place, option west",
        ),
        (
            "/pages/0/questions/3/options/-",
            json!({"id": "na", "label": "None", "missing": true}),
            "additive question grade, option na",
        ),
        ("/pages/0/questions/4/options/-", json!({"id": "car", "label": "Car"}), "additive question ways, option car"),
        ("/pages/0/questions/4/options/3/exclusive", json!(false), "additive question ways, option none"),
        ("/pages/0/questions/2/options/0/other", json!("optional"), "additive question place, option north"),
        ("/pages/0/questions/4/max", json!(3), "additive question ways"),
        ("/pages/0/questions/4/min", Value::Null, "additive question ways"),
        ("/pages/0/questions/5/max", json!(95), "additive question years"),
        ("/pages/0/questions/5/min", json!(-1), "additive question years"),
        ("/pages/0/questions/5/decimals", json!(1), "additive question years"),
        ("/pages/0/questions/6/max", Value::Null, "additive question since"),
        ("/pages/0/questions/6/min", json!("1940-01-01"), "additive question since"),
        ("/pages/0/questions/7/max_chars", json!(200), "additive question why"),
        ("/pages/0/questions/7/min_chars", json!(1), "additive question why"),
        ("/pages/0/questions/7/pattern", Value::Null, "additive question why"),
        ("/pages/0/questions/7/themes", json!(true), "additive question why"),
        ("/pages/1/questions/0/min_items", json!(1), "additive question support"),
        ("/pages/2/show_if", json!("place in ['north', 'else', 'south']"), "additive page north_only"),
        ("/pages/2/show_if", Value::Null, "additive page north_only"),
        ("/pages/2/questions/0/show_if", json!("years > 2"), "additive question snow"),
        ("/pages/2/questions/0/options/0/show_if", json!("years > 4"), "additive question snow, option much"),
        ("/pages/2/questions/1/max", json!(4), "additive question own"),
        ("/pages/2/questions/1/fields/1/max", json!(6), "additive question own, field cost"),
        ("/pages/2/questions/1/fields/1/show_if", json!("years > 0"), "additive question own, field cost"),
        (
            "/pages/2/questions/1/fields/-",
            json!({"id": "more", "type": "text", "text": "More"}),
            "additive question own, field more",
        ),
        ("/pages/3/questions/0/seeds/-", json!({"id": "s2", "label": "Another"}), "additive question wall, row s2"),
        ("/pages/3/questions/0/max_ideas", json!(5), "additive question wall"),
        ("/pages/3/questions/0/comments", json!(true), "additive question wall"),
        ("/pages/3/questions/0/moderation", json!("after"), "additive question wall"),
    ]);
}

#[test]
fn what_makes_answers_invalid_or_incomplete_is_breaking() {
    let opinion = json!({"id": "new", "type": "text", "text": "New?", "required": true});
    expect(&[
        ("/id", json!("other"), "breaking survey"),
        ("/window/closes", json!("2026-01-15T17:00"), "breaking window"),
        ("/window/grace_minutes", json!(0), "breaking window"),
        ("/window/opens", json!("2026-01-02T09:00"), "breaking window"),
        ("/privacy/retain_days", json!(200), "breaking privacy, retain_days"),
        ("/privacy/min_cell", json!(5), "breaking privacy, min_cell"),
        ("/unfinished", json!("keep"), "breaking unfinished"),
        ("/access/mode", json!("invitation"), "breaking access"),
        ("/calculated/0/value", json!("years * 3"), "breaking calculated twice"),
        ("/calculated/0", Value::Null, "breaking calculated twice"),
        ("/checks/0/rule", json!("not answered(years) or years < 80"), "breaking check 1"),
        ("/checks/-", json!({"rule": "years != 7", "message": "7?"}), "breaking check 2"),
        ("/pages/0/questions/-", opinion, "breaking question new"),
        ("/pages/0/questions/1/required", json!(true), "breaking question ok"),
        ("/pages/1/questions/1/required_if", json!("years > 3"), "breaking question top"),
        ("/pages/0/questions/2/options/2/other", json!("required"), "breaking question place, option else"),
        ("/pages/0/questions/2/options/2/other", Value::Null, "breaking question place, option else"),
        ("/pages/0/questions/4/options/2/exclusive", json!(true), "breaking question ways, option walk"),
        ("/pages/0/questions/4/max", json!(1), "breaking question ways"),
        ("/pages/0/questions/4/min", json!(2), "breaking question ways"),
        ("/pages/0/questions/5/max", json!(80), "breaking question years"),
        ("/pages/0/questions/5/step", json!(5), "breaking question years"),
        ("/pages/0/questions/6/min", json!("1960-01-01"), "breaking question since"),
        ("/pages/0/questions/7/max_chars", json!(50), "breaking question why"),
        ("/pages/0/questions/7/min_chars", json!(3), "breaking question why"),
        ("/pages/0/questions/7/pattern", json!("^[A-Y]"), "breaking question why"),
        ("/pages/2/show_if", json!("place == 'north'"), "breaking page north_only"),
        ("/pages/2/questions/0/show_if", json!("years > 4"), "breaking question snow"),
        ("/pages/2/questions/0/show_if", json!("years != 4"), "breaking question snow"),
        ("/pages/2/questions/0/options/1/show_if", json!("years > 6"), "breaking question snow, option some"),
        ("/pages/2/questions/1/max", json!(2), "breaking question own"),
        ("/pages/2/questions/1/min", json!(1), "breaking question own"),
        ("/pages/2/questions/1/fields/1/show_if", json!("years > 2"), "breaking question own, field cost"),
        ("/pages/2/questions/1/fields/0/required", json!(true), "breaking question own, field name"),
        ("/pages/3/questions/0/max_chars", json!(100), "breaking question wall"),
        ("/pages/4/end", json!("screened_out"), "breaking page done"),
        ("/pages/4/show_if", json!("place in ['south', 'else']"), "breaking page done"),
        ("/pages/4", Value::Null, "breaking page done"),
    ]);
    let lost = after(&[("/pages/2/questions/0/show_if", Value::Null), ("/pages/2/questions/0/lost_rule", json!("?"))]);
    assert_eq!(told(&lost), ["breaking question snow"]);
    let mut apart = definition();
    apart["pages"][0]["questions"].as_array_mut().unwrap().remove(7);
    apart["pages"][5]["questions"].as_array_mut().unwrap().push(definition()["pages"][0]["questions"][7].clone());
    apart["pages"][5]["title"] = json!("Later");
    let found = diff(&survey(&definition()), &survey(&apart));
    assert_eq!(told(&found), ["wording page contact", "breaking question why"]);
    assert!(found.changes[1].text.contains("is now kept apart"), "{}", found.changes[1].text);
}

#[test]
fn what_changes_the_meaning_of_answers_is_told_apart() {
    let cases = [
        ("/pages/0/questions/2/options/0", Value::Null, "question place, option north", "place"),
        ("/pages/0/questions/3/options/0/value", json!(0), "question grade, option low", "grade"),
        ("/pages/0/questions/3/options/0/missing", json!(true), "question grade, option low", "grade"),
        (
            "/pages/0/questions/3/options/-",
            json!({"id": "top", "label": "Top", "value": 3}),
            "question grade, option top",
            "grade",
        ),
        ("/pages/0/questions/5/unit", json!("months"), "question years", "years"),
        ("/lists/agree/1", Value::Null, "question support, option so", "support"),
        (
            "/lists/agree/-",
            json!({"id": "na", "label": "Not for me", "missing": true}),
            "question support, option na",
            "support",
        ),
        ("/pages/1/questions/1/max", json!(2), "question top", "top"),
        ("/pages/1/questions/2/total", json!(200), "question points", "points"),
        ("/pages/1/questions/2/step", json!(5), "question points", "points"),
        ("/pages/2/questions/1/fields/1", Value::Null, "question own, field cost", "own"),
        ("/pages/3/questions/0/seeds/0", json!({"id": "s2", "label": "Seed"}), "question wall, row s1", "wall"),
    ];
    for (pointer, value, what, question) in cases {
        let mut edits = vec![(pointer, value)];
        if pointer.contains("options/0") && question == "place" {
            // What names the option goes with it.
            edits.push(("/population", Value::Null));
            edits.push(("/pages/2/show_if", json!("place in ['else', 'south']")));
        }
        let found = after(&edits);
        let change = found.changes.iter().find(|change| change.what == what).unwrap_or_else(|| panic!("{found:#?}"));
        assert_eq!((change.class, change.effect), (Class::Breaking, Effect::Meaning), "{pointer}: {found:#?}");
        assert_eq!(found.changed_meaning().into_iter().collect::<Vec<_>>(), [question], "{pointer}: {found:#?}");
    }
    let retyped = json!({"id": "years", "type": "text", "text": "How many years?"});
    let found = after(&[
        ("/pages/0/questions/5", retyped),
        ("/calculated", json!([])),
        ("/checks", json!([])),
        ("/pages/2/questions/1/fields/1/show_if", Value::Null),
        ("/pages/2/questions/0", Value::Null),
    ]);
    assert_eq!(found.changed_meaning().into_iter().collect::<Vec<_>>(), ["years"]);
    assert!(
        found
            .changes
            .iter()
            .any(|change| change.text.contains("was of the type `number` and is of the type `text` now"))
    );
}

#[test]
fn what_changes_the_conclusions_is_breaking_and_says_so() {
    for (pointer, value, what) in [
        ("/consensus/tau_overall", json!(0.6), "decision rule, tau_overall"),
        ("/consensus/n_min_segment", json!(40), "decision rule, n_min_segment"),
        ("/interventions/0/breadth", json!("focused"), "intervention trees"),
        ("/interventions/0/audience", json!("north"), "intervention trees"),
        ("/pages/0/questions/2/segment", json!("descriptive"), "question place"),
        ("/pages/0/questions/3/segment", json!(true), "question grade"),
        ("/pages/1/questions/0/support", json!(["yes", "so"]), "question support"),
        ("/pages/1/questions/0/oppose", json!(["no", "so"]), "question support"),
        ("/pages/1/questions/1/measure", Value::Null, "question top"),
        ("/pages/1/questions/2/measure", Value::Null, "question points"),
        (
            &format!("{Q}/-"),
            json!({"id": "new", "type": "single", "text": "New?", "segment": true,
            "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]}),
            "question new",
        ),
    ] {
        let found = after(&[(pointer, value)]);
        let told = |change: &&super::Change| change.what == what && change.effect == Effect::Verdicts;
        let change = found.changes.iter().find(told).unwrap_or_else(|| panic!("{found:#?}"));
        assert_eq!((change.class, change.effect), (Class::Breaking, Effect::Verdicts), "{pointer}");
        assert!(change.text.contains("changes what the report concludes"), "{}", change.text);
        assert!(found.changed_meaning().is_empty());
    }
}

#[test]
fn a_row_more_is_additive_only_where_answers_stay_complete_and_comparable() {
    let river = json!({"id": "river", "label": "A river path", "breadth": "broad"});
    let found = after(&[("/interventions/-", river.clone())]);
    assert_eq!(
        told(&found),
        [
            "additive intervention river",
            "additive question support, row river",
            "breaking question top, row river",
            "breaking question points, row river",
        ]
    );
    assert_eq!(found.changed_meaning().into_iter().collect::<Vec<_>>(), ["points", "top"]);
    let required = |mut definition: Value| {
        definition["pages"][1]["questions"][0]["required"] = json!(true);
        definition
    };
    let mut longer = required(definition());
    longer["interventions"].as_array_mut().unwrap().push(river);
    let found = diff(&survey(&required(definition())), &survey(&longer));
    assert!(told(&found).contains(&"breaking question support, row river".to_string()), "{found:#?}");
    assert!(!found.changed_meaning().contains("support"));
}

#[test]
fn showing_more_people_something_they_must_answer_is_breaking() {
    let mut before = definition();
    before["pages"][2]["questions"][0]["required"] = json!(true);
    let mut wider = before.clone();
    wider["pages"][2]["show_if"] = json!("place in ['north', 'else', 'south']");
    let found = diff(&survey(&before), &survey(&wider));
    assert_eq!(told(&found), ["breaking page north_only"]);
    assert!(found.changes[0].text.ends_with("More people see it, and some must answer."), "{}", found.changes[0].text);
    let mut eased = before.clone();
    eased["pages"][2]["questions"][0].as_object_mut().unwrap().remove("required");
    assert_eq!(told(&diff(&survey(&before), &survey(&eased))), ["additive question snow"]);
    eased["pages"][2]["questions"][0]["required_if"] = json!("years > 7");
    assert_eq!(told(&diff(&survey(&before), &survey(&eased))), ["additive question snow"]);
    let mut fewer = eased.clone();
    fewer["pages"][2]["questions"][0]["required_if"] = json!("years > 8");
    assert_eq!(told(&diff(&survey(&eased), &survey(&fewer))), ["additive question snow"]);
    assert_eq!(told(&diff(&survey(&fewer), &survey(&eased))), ["breaking question snow"]);
}

#[test]
fn pages_and_questions_may_move_but_not_past_a_closing_page() {
    let moved = |from: &str, to: usize| {
        let mut edited = definition();
        let pages = edited["pages"].as_array_mut().unwrap();
        let page = pages.remove(pages.iter().position(|page| page["id"] == from).unwrap());
        pages.insert(to, page);
        diff(&survey(&definition()), &survey(&edited))
    };
    assert_eq!(told(&moved("weigh", 2)), ["additive pages"]);
    assert_eq!(told(&moved("done", 2)), ["breaking pages"]);
    let mut edited = definition();
    let why = edited["pages"][0]["questions"].as_array_mut().unwrap().remove(7);
    edited["pages"][1]["questions"].as_array_mut().unwrap().push(why);
    assert_eq!(told(&diff(&survey(&definition()), &survey(&edited))), ["additive question why"]);
    let why = edited["pages"][1]["questions"].as_array_mut().unwrap().remove(3);
    edited["pages"][2]["questions"].as_array_mut().unwrap().push(why);
    assert_eq!(told(&diff(&survey(&definition()), &survey(&edited))), ["breaking question why"]);
    let mut edited = definition();
    let why = edited["pages"][0]["questions"].as_array_mut().unwrap().remove(7);
    let last = json!({"id": "last", "questions": [why]});
    edited["pages"].as_array_mut().unwrap().insert(5, last);
    let found = diff(&survey(&definition()), &survey(&edited));
    assert_eq!(told(&found), ["additive page last", "breaking question why"]);
    assert!(found.changes[1].text.contains("Other closing pages"));
    let mut edited = definition();
    edited["pages"][0]["questions"].as_array_mut().unwrap().swap(2, 3);
    assert_eq!(told(&diff(&survey(&definition()), &survey(&edited))), ["wording page you"]);
    let mut edited = definition();
    let page = json!({"id": "more", "questions": [{"id": "more", "type": "text", "text": "More?"}]});
    edited["pages"].as_array_mut().unwrap().insert(1, page.clone());
    assert_eq!(told(&diff(&survey(&definition()), &survey(&edited))), ["additive page more", "additive question more"]);
    let back = diff(&survey(&edited), &survey(&definition()));
    assert_eq!(told(&back), ["additive page more", "breaking question more"]);
    assert!(back.warnings.iter().any(|warning| warning.contains("add it to `retired`")), "{:?}", back.warnings);
}

#[test]
fn a_question_that_goes_must_be_retired_and_a_retired_id_must_stay_away() {
    let gone = &format!("{Q}/7");
    let found = after(&[(gone, Value::Null)]);
    assert_eq!((told(&found), found.warnings.len()), (vec!["breaking question why".to_string()], 1));
    let found = after(&[(gone, Value::Null), ("/retired", json!(["why"]))]);
    assert_eq!(found.warnings, Vec::<String>::new());
    let mut retired = definition();
    retired["retired"] = json!(["again"]);
    let mut again = definition();
    again["pages"][0]["questions"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "again", "type": "text", "text": "Again?"}));
    let found = diff(&survey(&retired), &survey(&again));
    assert!(found.warnings[0].contains("was retired and is used again"), "{:?}", found.warnings);
}

#[test]
fn a_text_that_says_something_else_asks_to_be_looked_at() {
    let found = after(&[(&format!("{Q}/2/text"), json!("Which is your best colour?"))]);
    assert!(found.changes[0].text.contains("Check that it still asks the same."), "{}", found.changes[0].text);
    let found = after(&[(&format!("{Q}/2/text"), json!("Where do you mainly live now?"))]);
    assert_eq!(
        found.changes[0].text,
        "Its text was “Where do you live now?” and is now “Where do you mainly live now?”."
    );
    let found = after(&[(&format!("{Q}/1/text"), json!("I do not agree"))]);
    assert!(found.changes[0].text.contains("agreed to the earlier words"), "{}", found.changes[0].text);
}
