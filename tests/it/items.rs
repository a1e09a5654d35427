//! Items: what is posted becomes an answer or a fault a person understands, and nothing typed is lost.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::definition::{Survey, parse};
use canvass::item::options::{Choice, Other};
use canvass::item::{Answer, Fault, Fields, Item, Kind, Scale, tidy};
use canvass::render::form::error_links;
use canvass::response::{Draft, Gap, Next, Record, Screen};
use canvass::vocabulary::Words;
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::check::{FORMAT, GALLERY, survey as text_of};

/// Items with the bounds that the gallery's do not have.
const BOUNDED: &str = r#"
    {"id": "set", "type": "multi", "text": "Pick two?", "min": 2, "max": 3, "required": true, "options": [
        {"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}, {"id": "d", "label": "D"},
        {"id": "none", "label": "None", "exclusive": true}]},
    {"id": "score", "type": "rate", "text": "Rate them?", "min_items": 2, "required": true,
     "items": [{"id": "r1", "label": "Row 1"}, {"id": "r2", "label": "Row 2"}],
     "scale": [{"id": "no", "label": "No"}, {"id": "yes", "label": "Yes"}]},
    {"id": "top", "type": "rank", "text": "Top two?", "min": 2, "max": 2,
     "items": [{"id": "r1", "label": "Row 1"}, {"id": "r2", "label": "Row 2"}, {"id": "r3", "label": "Row 3"}]},
    {"id": "pot", "type": "allocate", "text": "Share?", "total": 20, "step": 5, "required": true,
     "items": [{"id": "r1", "label": "Row 1"}, {"id": "r2", "label": "Row 2"}]},
    {"id": "whole", "type": "number", "text": "How many?", "required": true},
    {"id": "day", "type": "date", "text": "Which day?", "required": true},
    {"id": "line", "type": "text", "text": "In a word:", "max_chars": 5, "required": true},
    {"id": "pick", "type": "single", "text": "Which one?", "required": true, "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]}"#;

fn gallery() -> Survey {
    parse(GALLERY).survey.unwrap()
}

fn bounded() -> Survey {
    let parsed = parse(&text_of(BOUNDED, ""));
    parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings))
}

fn items() -> Vec<Item> {
    let surveys = [gallery(), bounded(), parse(FORMAT).survey.unwrap()];
    surveys.iter().flat_map(Survey::questions).map(|(_, question)| question.item.clone()).collect()
}

/// Text as it could be kept: something to see at either end.
fn kept_text(max: usize) -> BoxedStrategy<String> {
    let any = proptest::string::string_regex(&format!("[a-zé€漢👩 \n\"'<&=,;]{{0,{max}}}")).unwrap();
    any.prop_map(|text| tidy(&text)).prop_filter("nothing to see", |text| !text.is_empty()).boxed()
}

fn other_of(option: &Choice) -> BoxedStrategy<Option<String>> {
    match option.other {
        Other::None => Just(None).boxed(),
        Other::Optional => prop::option::of(kept_text(60)).boxed(),
        Other::Required => kept_text(60).prop_map(Some).boxed(),
    }
}

/// Any answer that the item takes.
fn answer(item: &Item) -> Option<BoxedStrategy<Answer>> {
    Some(match (&item.kind, item.scale()) {
        (_, Scale::None) => return None,
        (_, Scale::Flag) => Just(Answer::Given).boxed(),
        (_, Scale::Nominal(options) | Scale::Ordinal(options)) => prop::sample::select(options.to_vec())
            .prop_flat_map(|option| (Just(option.id.clone()), other_of(&option)))
            .prop_map(|(option, other)| Answer::Choice { option, other })
            .boxed(),
        (Kind::Multi(multi), _) => {
            let (exclusive, open): (Vec<Choice>, Vec<Choice>) =
                multi.options.iter().cloned().partition(|option| option.exclusive);
            let max = multi.max.map_or(open.len(), |max| max as usize);
            let together = subsequence(open, multi.min.unwrap_or(1) as usize..=max);
            let alone = prop::sample::select(exclusive).prop_map(|option| vec![option]);
            prop_oneof![4 => together, 1 => alone]
                .prop_flat_map(|chosen| {
                    let texts: Vec<_> = chosen.iter().map(other_of).collect();
                    (Just(chosen), texts)
                })
                .prop_map(|(chosen, texts)| {
                    let options: Vec<String> = chosen.iter().map(|option| option.id.clone()).collect();
                    let other = options.iter().zip(texts).filter_map(|(id, text)| Some((id.clone(), text?))).collect();
                    Answer::Choices { options, other }
                })
                .boxed()
        }
        (Kind::Email(_), _) => "[a-z]{1,9}@[a-z]{1,9}\\.org".prop_map(Answer::Text).boxed(),
        (Kind::Text(text), _) if text.look.is_some() => {
            let pattern = text.look.as_ref().unwrap().pattern.as_str().trim_matches(['^', '$']).to_string();
            proptest::string::string_regex(&pattern).unwrap().prop_map(Answer::Text).boxed()
        }
        (Kind::Text(text), _) => {
            let (min, max) = (text.min_chars as usize, text.max_chars as usize);
            kept_text(max)
                .prop_filter("too long", move |text| (min..=max).contains(&text.chars().count()))
                .prop_map(Answer::Text)
                .boxed()
        }
        (Kind::Number(number), _) => {
            let decimal = number.decimals > 0;
            let tenths = if number.step.is_some() { vec![0, 5] } else { (0..10).collect() };
            (0..60_u32, prop::sample::select(tenths))
                .prop_map(move |(whole, tenth)| {
                    let with = decimal && tenth > 0;
                    Answer::Number(if with { format!("{whole}.{tenth}") } else { whole.to_string() })
                })
                .boxed()
        }
        (_, Scale::Day) => (1950..2100_i32, 1..=12_i32, 1..=28_i32)
            .prop_map(|(year, month, day)| Answer::Date(format!("{year}-{month:02}-{day:02}")))
            .boxed(),
        (_, Scale::Ratings { rows, steps }) => {
            let step = prop::sample::select(steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>());
            (subsequence(rows.to_vec(), 1..=rows.len()), prop::collection::vec(step, rows.len()))
                .prop_map(|(rows, steps)| Answer::Ratings(rows.into_iter().map(|row| row.id).zip(steps).collect()))
                .boxed()
        }
        (Kind::Rank(rank), _) => subsequence(rank.rows.clone(), rank.min.unwrap_or(1) as usize..=rank.max as usize)
            .prop_shuffle()
            .prop_map(|rows| Answer::Ranking(rows.into_iter().map(|row| row.id).collect()))
            .boxed(),
        (Kind::Allocate(allocate), _) => {
            let (steps, step) = (allocate.total / allocate.step, allocate.step);
            let rows = allocate.rows.clone();
            (0..=steps, 0..rows.len(), 0..rows.len())
                .prop_map(move |(first, a, b)| {
                    let mut points = BTreeMap::new();
                    *points.entry(rows[a].id.clone()).or_insert(0) += first * step;
                    *points.entry(rows[b].id.clone()).or_insert(0) += (steps - first) * step;
                    points.retain(|_, given| *given > 0);
                    Answer::Points(points)
                })
                .boxed()
        }
        (Kind::Repeat(repeat), _) => {
            let entry = repeat.fields.iter().filter_map(|field| {
                let id = field.head.id.clone();
                Some(answer(field)?.prop_map(move |given| (id.clone(), given)))
            });
            let entry = entry.collect::<Vec<_>>().prop_map(|given| given.into_iter().collect::<BTreeMap<_, _>>());
            prop::collection::vec(entry, 1..=repeat.max as usize).prop_map(Answer::Entries).boxed()
        }
        (Kind::Ideas(ideas), _) => {
            let vote = prop::sample::select(vec!["agree".to_string(), "disagree".to_string(), "pass".to_string()]);
            let votes = ideas.seeds.iter().map(|seed| (Just(seed.id.clone()), vote.clone())).collect::<Vec<_>>();
            (0..=ideas.max_ideas, votes)
                .prop_map(|(own, votes)| Answer::Ideas { own, votes: votes.into_iter().collect() })
                .boxed()
        }
        (kind, scale) => panic!("no answers for {kind:?} {scale:?}"),
    })
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(name, typed)| ((*name).to_string(), (*typed).to_string())).collect())
}

/// The messages of all faults of one item, those of leaving it empty among them.
fn messages(item: &Item, pairs: &[(&str, &str)]) -> Vec<String> {
    let reading = item.read(&fields(pairs));
    let mut faults = reading.faults;
    if faults.is_empty() {
        faults = item.unanswered(reading.answer.as_ref());
    }
    said(&faults)
}

/// Faults as people read them.
fn said(faults: &[Fault]) -> Vec<String> {
    error_links(faults, Words::of("en")).into_iter().map(|link| link.text).collect()
}

#[test]
fn every_answer_survives_being_written_into_a_form_and_read_back() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let mut types = std::collections::BTreeSet::new();
    for item in items() {
        let Some(answers) = answer(&item) else { continue };
        types.insert(item.kind.name());
        runner
            .run(&answers, |answer| {
                let mut posted = Fields::default();
                item.write(&answer, &mut posted);
                let reading = item.read(&posted);
                prop_assert_eq!(&reading.faults, &Vec::new());
                prop_assert_eq!(reading.answer, Some(answer));
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{}: {error}", item.head.id));
    }
    assert_eq!(types.len(), Kind::types().len() - 1, "every type but the note: {types:?}");
}

/// An item, the fields posted for it, and what its fault says.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn every_fault_says_in_plain_words_what_to_do() {
    let all = items();
    let long = "x".repeat(201);
    let cases: &[Case] = &[
        ("agree", &[], "Select the box if you agree: “I agree to try this out”"),
        ("pick", &[], "Select an answer to “Which one?”"),
        ("pick", &[("pick", "z")], "Select one of the options offered for “Which one”"),
        ("line", &[("line", " \u{200b} ")], "Enter an answer to “In a word:”"),
        ("line", &[("line", "sixsix")], "“In a word” must be 5 characters or less"),
        ("colour", &[("colour", "other")], "Enter what you mean by “Another one”"),
        (
            "colour",
            &[("colour", "other"), ("colour.other.other", &long)],
            "“Another one” must be 200 characters or less",
        ),
        (
            "colour",
            &[("colour", "red"), ("colour.other.other", "Teal")],
            "Select “Another one”, or delete what you wrote beside it",
        ),
        ("set", &[], "Select at least 2 for “Pick two”"),
        ("set", &[("set", "a")], "Select at least 2 for “Pick two”"),
        ("set", &[("set", "a"), ("set", "b"), ("set", "c"), ("set", "d")], "Select no more than 3 for “Pick two”"),
        ("set", &[("set", "a"), ("set", "b"), ("set", "none")], "Select “A” or select “None”, not both"),
        ("years", &[("years", "ten")], "“How many years have you worked here” must be a number, like 10"),
        ("whole", &[("whole", "2.5")], "“How many” must be a whole number, like 10"),
        ("years", &[("years", "2.55")], "“How many years have you worked here” must have no more than 1 decimal place"),
        ("years", &[("years", "-1")], "“How many years have you worked here” must be 0 or more"),
        ("years", &[("years", "61")], "“How many years have you worked here” must be 60 or less"),
        ("day", &[], "Enter an answer to “Which day?”"),
        ("day", &[("day.day", "1")], "“Which day” must include a month and a year"),
        ("day", &[("day.day", "30"), ("day.month", "2"), ("day.year", "2026")], "“Which day” must be a real date"),
        ("email", &[("email", "me@")], "Enter an email address in the correct format, like name@example.com"),
        ("score", &[("score.r1", "yes")], "Select an answer for at least 2 in “Rate them”"),
        ("score", &[("score.r1", "maybe"), ("score.r2", "no")], "Select one of the options offered for “Row 1”"),
        ("support", &[("support.tea", "no"), ("support.bikes", "no")], "Select an answer to “Hot food at night”"),
        (
            "top",
            &[("top.r1", "1"), ("top.r2", "1")],
            "“Row 1” and “Row 2” both have place 1: give each a place of its own",
        ),
        ("top", &[("top.r1", "2")], "Give place 1 to an item: it is left out in “Top two”"),
        ("top", &[("top.r1", "1")], "Select at least 2 for “Top two”"),
        ("top", &[("top.r1", "3")], "Select one of the options offered for “Row 1”"),
        ("pot", &[], "The points must add up to 20: you have given 0, so there are 20 left to give"),
        ("pot", &[("pot.r1", "15")], "The points must add up to 20: you have given 15, so there are 5 left to give"),
        (
            "pot",
            &[("pot.r1", "15"), ("pot.r2", "10")],
            "The points must add up to 20: you have given 25, which is 5 too many",
        ),
        ("pot", &[("pot.r1", "7")], "Points for “Row 1” must be a multiple of 5, like 10"),
        ("pot", &[("pot.r1", "lots")], "“Row 1” must be a whole number, like 10"),
        ("pot", &[("pot.r1", "1,5")], "“Row 1” must be a whole number, like 10"),
        (
            "pot",
            &[("pot.r1", "1,500"), ("pot.r2", "0")],
            "The points must add up to 20: you have given 1500, which is 1480 too many",
        ),
    ];
    for (id, posted, message) in cases {
        let item = all.iter().find(|item| item.head.id == *id).unwrap();
        assert_eq!(messages(item, posted), [*message], "{id} {posted:?}");
    }
}

#[test]
fn what_is_written_beside_an_option_chooses_it() {
    let survey = gallery();
    let colour = survey.item("colour").unwrap().read(&fields(&[("colour.other.other", "Teal")]));
    assert_eq!(colour.answer, Some(Answer::Choice { option: "other".into(), other: Some("Teal".into()) }));
    let drinks = survey.item("drinks").unwrap();
    let reading = drinks.read(&fields(&[("drinks", "tea"), ("drinks.other.juice", "Pear")]));
    let other = BTreeMap::from([("juice".to_string(), "Pear".to_string())]);
    assert_eq!(reading.answer, Some(Answer::Choices { options: vec!["tea".into(), "juice".into()], other }));
    assert!(colour.faults.is_empty() && reading.faults.is_empty());
    let beside_none = drinks.read(&fields(&[("drinks", "none"), ("drinks.other.juice", "Pear")]));
    assert_eq!(said(&beside_none.faults).len(), 1, "{:?}", beside_none.faults);
}

#[test]
fn an_exclusive_option_beside_another_is_a_fault_that_names_both_and_keeps_what_was_ticked() {
    let survey = gallery();
    let item = survey.item("drinks").unwrap();
    let reading = item.read(&fields(&[("drinks", "none"), ("drinks", "coffee")]));
    assert_eq!(said(&reading.faults), ["Select “Coffee” or select “None of these”, not both"]);
    assert_eq!(
        reading.answer,
        Some(Answer::Choices { options: vec!["coffee".into(), "none".into()], other: BTreeMap::new() })
    );
}

/// A draft that has gone through `pages` with these fields.
fn walked(survey: &Survey, pages: &[(&str, &[(&str, &str)])]) -> Draft {
    let mut draft = Draft::default();
    for (page, posted) in pages {
        let faults = draft.save(survey, &(*page).into(), fields(posted));
        assert_eq!(faults, Vec::new(), "{page}");
    }
    draft
}

const TEA: &[(&str, &str)] = &[("support.tea", "yes"), ("support.bikes", "no"), ("support.nights", "dk")];
const NO_TEA: &[(&str, &str)] = &[("support.tea", "no"), ("support.bikes", "no"), ("support.nights", "dk")];
const TO_SUGAR: &[(&str, &[(&str, &str)])] = &[
    ("welcome", &[("agree", "yes")]),
    ("choices", &[("drinks", "tea"), ("drinks", "coffee")]),
    ("typed", &[("nickname", " Zoë\u{301} "), ("years", "+10.50")]),
    ("grids", TEA),
    ("followup", &[("sugar", "yes")]),
];

#[test]
fn a_hidden_answer_counts_as_none_stays_in_the_draft_and_is_not_sent() {
    let survey = gallery();
    let mut draft = walked(&survey, TO_SUGAR);
    assert!(Record::finish(&survey, &draft).0.answers.contains_key("sugar"));

    draft.save(&survey, &"grids".into(), fields(NO_TEA));
    let (record, _) = Record::finish(&survey, &draft);
    assert!(draft.answers.contains_key("sugar"), "Back restores it");
    assert!(!record.answers.contains_key("sugar"));
    assert_eq!(record.gaps.get("sugar"), Some(&Gap::NotShown));
    assert_eq!(record.gaps.get("story"), Some(&Gap::Skipped));

    draft.save(&survey, &"grids".into(), fields(TEA));
    assert!(Record::finish(&survey, &draft).0.answers.contains_key("sugar"), "shown again, with its answer");
}

#[test]
fn going_back_and_forth_loses_nothing_typed_not_even_what_is_wrong() {
    let survey = gallery();
    let mut draft = walked(&survey, TO_SUGAR);
    let typed = &Screen::from("typed");
    let wrong = fields(&[("nickname", "Ann"), ("years", "many"), ("since.day", "31"), ("since.month", "feb")]);
    assert_eq!(draft.save(&survey, typed, wrong.clone()).len(), 2);
    assert_eq!(draft.fields(&survey, typed), wrong, "the page shows exactly what was typed");
    assert_eq!(draft.next(&survey), Next::Page("typed".into()), "and must be put right before sending");
    assert_eq!(draft.answers.get("nickname"), Some(&Answer::Text("Ann".into())), "the good answers of it are kept");
    let stored = Draft::from_text(&survey, &draft.to_text(), draft.today);
    assert_eq!(stored, draft);
    draft.save(&survey, typed, fields(&[("nickname", "Ann"), ("years", "3")]));
    assert_eq!(draft.next(&survey), Next::Page("contact".into()));
    assert_eq!(draft.fields(&survey, &"followup".into()).first("sugar"), Some("yes"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_posted_makes_reading_fail(
        posted in prop::collection::vec(
            (
                prop_oneof![
                    "\\PC{0,12}",
                    prop::sample::select(vec![
                        "agree", "colour", "colour.other.other", "month", "drinks", "drinks.other.juice", "nickname",
                        "years", "since.day", "since.month", "since.year", "support.tea", "order.tea", "order.bikes",
                        "points.tea", "points.nights", "email", "sugar",
                    ]).prop_map(str::to_string),
                ],
                prop_oneof![
                    "\\PC{0,20}",
                    any::<String>(),
                    any::<i128>().prop_map(|n| n.to_string()),
                    any::<f64>().prop_map(|n| n.to_string()),
                    prop::sample::select(vec!["other", "none", "juice", "tea", "yes", "1", "4294967295", "-0", "\u{202e}x", "\0"])
                        .prop_map(str::to_string),
                ],
            ),
            0..20,
        )
    ) {
        let survey = gallery();
        let posted = Fields(posted);
        let mut draft = Draft::default();
        for page in &survey.pages {
            for text in said(&draft.save(&survey, &page.id.as_str().into(), posted.clone())) {
                prop_assert!(!text.is_empty());
            }
            let _shown = draft.fields(&survey, &page.id.as_str().into());
        }
        prop_assert_eq!(&Draft::from_text(&survey, &draft.to_text(), draft.today), &draft);
        let (record, _) = Record::finish(&survey, &draft);
        prop_assert_eq!(&Record::from_json(&survey, &record.to_json()), &record);
    }
}
